//! The verdicts of a judgement as a list.
//!
//! For: a run's page and a comparison. Not for: the sentences of a judgement, which both pages lead with.
//! Invariant: every series of the judgement is in the list, worst first, and leads to its own page.

use std::collections::HashMap;

use super::super::html::{Block, Cell, Column, Field, Section, Table};
use super::super::svg::{Sign, Sparkline};
use super::super::view::{Group, Row, View};
use super::asked::{Asked, holds};
use super::frame::series_address;
use super::listing::Listing;
use super::series_list::choice;
use crate::gate::Verdict;
use crate::model::SeriesId;
use crate::text::{quantity, signed_percent};

/// The questions that can be asked of the list.
pub(super) fn questions(asked: &Asked) -> [Field; 2] {
    let verdicts = Verdict::ALL.iter().map(|one| (one.as_str().to_owned(), one.as_str().to_owned())).collect();
    [
        Field::Words { name: "q", label: "Words of a name", value: asked.q.clone(), example: "bert latency" },
        choice("verdict", "Verdict", "any", verdicts, &asked.verdict),
    ]
}

/// The list. `base` holds the values of a run to show beside it, where there is one.
pub(super) fn verdicts(view: &View, asked: &Asked, path: &str, base: Option<&HashMap<SeriesId, f64>>) -> Section {
    let mut rows: Vec<(&Group, &Row)> =
        view.groups.iter().flat_map(|group| group.rows.iter().map(move |row| (group, row))).collect();
    rows.sort_by_key(|(_, row)| row.index);
    let (all, words) = (rows.len(), asked.words());
    rows.retain(|(group, row)| {
        (asked.verdict.is_empty() || row.verdict.as_str() == asked.verdict)
            && (words.is_empty() || holds(&format!("{} {}", view.series(row).series.key, group.hardware), &words))
    });
    let listing = Listing::of(rows, all, asked, path, ("series", "series"));
    let mut section = Section::new("verdicts", "Verdicts").lead(listing.sentence);
    if !listing.shown.is_empty() {
        let mut columns = vec![Column::text("Series"), Column::number("Value")];
        if base.is_some() {
            columns.extend([Column::number("Base"), Column::number("Against base")]);
        }
        columns.extend([
            Column::number("Baseline"),
            Column::number("Change"),
            Column::number("Noise"),
            Column::unsorted("History"),
            Column::text("Verdict"),
        ]);
        let mut table = Table::new("verdicts-table", "Verdicts, worst first", columns);
        listing.shown.iter().for_each(|(group, row)| table.push(cells(view, group, row, base)));
        section = section.with(Block::Table(table));
    }
    listing.parts.into_iter().fold(section, Section::with)
}

fn cells(view: &View, group: &Group, row: &Row, base: Option<&HashMap<SeriesId, f64>>) -> Vec<Cell> {
    let judged = view.series(row);
    let (key, unit) = (&judged.series.key, judged.series.unit.as_str());
    let gap = if row.benchmark.is_empty() { "" } else { " " };
    let name = Cell::text(format!("{} {}{gap}{}", group.model, row.benchmark, row.metric)).note(&group.hardware);
    let measured = |value: Option<f64>| {
        value.map_or_else(|| Cell::missing("none"), |value| Cell::number(quantity(value, unit), value))
    };
    let sign = match row.verdict {
        Verdict::Regressed => Sign::Worse,
        Verdict::Improved => Sign::Better,
        Verdict::Unchanged | Verdict::Inconclusive | Verdict::New | Verdict::Missing | Verdict::Incomparable => {
            Sign::Neither
        }
    };
    let evidence = judged.evidence.as_ref();
    let change = evidence.zip(row.change.clone()).map_or_else(
        || Cell::missing("not compared"),
        |(evidence, words)| {
            Cell::number(words, evidence.change).note(row.interval.clone().unwrap_or_default()).sign(sign)
        },
    );
    let noise = evidence.zip(row.noise.clone());
    let mut cells = vec![name.link(series_address(key.id())), measured(judged.value)];
    if let Some(base) = base {
        let value = base.get(&key.id()).copied();
        let ratio =
            judged.value.zip(value).filter(|(_, base)| base.abs() > 0.0).map(|(value, base)| value / base - 1.0);
        let ratio = ratio.map_or_else(|| Cell::missing("none"), |ratio| Cell::number(signed_percent(ratio), ratio));
        cells.extend([measured(value), ratio]);
    }
    cells.extend([
        measured(evidence.map(|evidence| evidence.centre)),
        change,
        noise.map_or_else(|| Cell::missing("unknown"), |(evidence, words)| Cell::number(words, evidence.noise)),
        Cell::picture(Sparkline { title: key.to_string(), unit: unit.to_owned(), values: row.trend.clone() }.draw()),
        Cell::text(&row.words).note(judged.reason.clone()),
    ]);
    cells
}

/// What is said of a judgement as a whole.
pub(super) fn outcome(view: &View) -> Section {
    let mut section = Section::new("outcome", view.headline.clone());
    if !view.judgement.reasons.is_empty() {
        section = section.with(Block::List(view.judgement.reasons.clone()));
    }
    let said: Vec<String> = [&view.visibility, &view.waivers, &view.legs].into_iter().flatten().cloned().collect();
    if !said.is_empty() {
        section = section.with(Block::List(said));
    }
    view.baseline.iter().cloned().map(Block::Text).fold(section, Section::with)
}
