//! Every series, with what was found of it.
//!
//! For: finding a series by its name, its model, its hardware or a kind of finding. Not for: one series (see `series`).
//! Invariant: series that were not looked at are listed too, with the reason on their own page.

use std::collections::{BTreeMap, BTreeSet};

use super::super::html::{Block, Field, Form, Link, Page, Section, Table, address};
use super::super::overview::Labels;
use super::super::trend::{TrendFinding, TrendView};
use super::super::trend_rows::{columns, row};
use super::super::view::hardware_label;
use super::asked::{Asked, holds};
use super::frame::{Frame, SERIES, series_address};
use super::listing::Listing;
use crate::gate::trend::SeriesTrend;

/// Kinds of findings: what the address says, and the words of the form.
const FOUND: [(&str, &str); 5] = [
    ("worse", "became worse"),
    ("better", "became better"),
    ("drift", "crept away"),
    ("noise", "became noisier"),
    ("silent", "stopped reporting"),
];

/// The page. `others` says whether there are results of the other kind, simulated or real.
#[must_use]
pub fn series_list(frame: &Frame, asked: &Asked, view: &TrendView, others: bool) -> Page {
    let all = &view.trend.series;
    let words = asked.words();
    let fitting: Vec<&SeriesTrend> = all.iter().filter(|one| is_asked_for(view, one, asked, &words)).collect();
    let listing = Listing::of(fitting, all.len(), asked, SERIES, ("series", "series"));
    let mut section = Section::new("series", "Series").lead(listing.sentence);
    if !listing.shown.is_empty() {
        let mut table = Table::new("ranked", "Series, worst first by size and recency", columns());
        listing.shown.iter().for_each(|one| table.push(row(view, one, series_address(one.series.key.id()))));
        section = section.with(Block::Table(table));
    }
    section = listing.parts.into_iter().chain(other_results(asked, SERIES, others)).fold(section, Section::with);
    frame.place(Page::new("Series", &view.baseline).with(section), SERIES, Some(form(asked, all)))
}

fn is_asked_for(view: &TrendView, one: &SeriesTrend, asked: &Asked, words: &[String]) -> bool {
    let configuration = &one.series.key.configuration;
    let is = |asked: &str, value: &str| asked.is_empty() || asked == value;
    let found = match asked.found.as_str() {
        "worse" => view.count_of(one, TrendFinding::Worse) > 0,
        "better" => view.changes_of(one).any(|change| !change.is_worse),
        "drift" => view.count_of(one, TrendFinding::Drift) > 0,
        "noise" => view.count_of(one, TrendFinding::Noise) > 0,
        "silent" => view.count_of(one, TrendFinding::Silent) > 0,
        _ => true,
    };
    found
        && is(&asked.metric, &one.series.key.metric)
        && is(&asked.model, &configuration.model)
        && (asked.hardware.is_empty() || asked.hardware == configuration.hardware.id().to_string())
        && (words.is_empty()
            || holds(&format!("{} {}", one.series.key, hardware_label(&configuration.hardware)), words))
}

fn form(asked: &Asked, all: &[SeriesTrend]) -> Form {
    let labels = Labels::of(all.iter().map(|one| &one.series.key.configuration.hardware));
    let models: BTreeSet<&str> = all.iter().map(|one| one.series.key.configuration.model.as_str()).collect();
    let metrics: BTreeSet<&str> = all.iter().map(|one| one.series.key.metric.as_str()).collect();
    let hardware: BTreeMap<String, String> = all
        .iter()
        .map(|one| &one.series.key.configuration.hardware)
        .map(|hardware| (labels.label(hardware), hardware.id().to_string()))
        .collect();
    let same = |names: BTreeSet<&str>| names.into_iter().map(|name| (name.to_owned(), name.to_owned())).collect();
    let found = FOUND.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect();
    let hardware = hardware.into_iter().map(|(label, id)| (id, label)).collect();
    Form {
        action: SERIES.to_owned(),
        button: "Show",
        fields: [
            Some(Field::Words { name: "q", label: "Words of a name", value: asked.q.clone(), example: "bert latency" }),
            Some(choice("found", "Finding", "any", found, &asked.found)),
            Some(choice("model", "Model", "any", same(models), &asked.model)),
            Some(choice("hardware", "Hardware", "any", hardware, &asked.hardware)),
            Some(choice("metric", "Metric", "any", same(metrics), &asked.metric)),
            kind_of_results(asked),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

/// A choice that can be left open.
pub(super) fn choice(
    name: &'static str,
    label: &'static str,
    open: &str,
    options: Vec<(String, String)>,
    chosen: &str,
) -> Field {
    let options = std::iter::once((String::new(), open.to_owned())).chain(options).collect();
    Field::Choice { name, label, options, chosen: chosen.to_owned() }
}

/// A form keeps showing simulated results where they were asked for.
pub(super) fn kind_of_results(asked: &Asked) -> Option<Field> {
    let options = vec![("simulated".to_owned(), "simulated".to_owned())];
    asked.is_simulated().then(|| choice("results", "Results", "real", options, "simulated"))
}

/// The way to the results of the other kind, where there are any.
pub(super) fn other_results(asked: &Asked, path: &str, others: bool) -> Option<Block> {
    let link = if asked.is_simulated() {
        Link::new("Real results", path)
    } else {
        Link::new("Simulated results", address(path, &[("results", "simulated")]))
    };
    others.then(|| Block::Links(vec![link]))
}
