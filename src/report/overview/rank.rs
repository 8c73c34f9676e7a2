//! Configurations that differ in one thing, ordered, as a document.
//!
//! For: who is the best, by how much, and how sure that is. Not for: deciding it (see [`crate::gate::rank`]).
//! Invariant: a ratio without an interval says so; what was not compared is listed with its reason.

use super::super::document::{Column, Document, Plot, Section, Value};
use super::super::svg::{Bar, Bars};
use super::parts::{Labels, benchmark, configuration_columns, configuration_values, span};
use crate::gate::rank::{Dimension, Group, Label, Member, Ranking, Standing};
use crate::model::{Configuration, Direction, Hardware, SeriesMeta};
use crate::text::plural;

/// What the ratios mean.
const RATIOS: &str = "A ratio is a value as a multiple of the best one's, over the runs since its level last changed, with \
    an interval of 95 %; with fewer than four runs on either side there is none.";

/// The document.
#[must_use]
pub fn ranking(found: &Ranking, dimension: Dimension, mut notes: Vec<String>) -> Document {
    notes.push(RATIOS.to_owned());
    let names = Names::of(found, dimension);
    let mut sections: Vec<Section> = found.groups.iter().map(|group| names.group(group)).collect();
    if sections.is_empty() {
        sections.push(Section {
            heading: "Comparisons".to_owned(),
            empty: Some(format!("No two series differ in their {} only.", names.word)),
            ..names.members(Vec::new())
        });
    }
    sections.insert(0, names.standings(&found.standings, found.groups.len()));
    sections.push(left_out(found, names.word));
    Document { kind: "rank", title: format!("Compared by {}", names.word), notes, sections }
}

/// What the members are called.
struct Names {
    word: &'static str,
    dimension: Dimension,
    labels: Labels,
}

impl Names {
    fn of(found: &Ranking, dimension: Dimension) -> Self {
        let word = match dimension {
            Dimension::Hardware => "hardware",
            Dimension::Model => "model",
            Dimension::BatchSize => "batch size",
            Dimension::Precision => "precision",
        };
        let members = found.groups.iter().flat_map(|group| &group.members);
        let machines = members.filter_map(|member| match &member.label {
            Label::Hardware(hardware) => Some(hardware),
            Label::Name(_) | Label::Size(_) => None,
        });
        let common = found.groups.iter().map(|group| &group.like.hardware);
        Self { word, dimension, labels: Labels::of(machines.chain(common)) }
    }

    fn label(&self, label: &Label) -> Value {
        match label {
            Label::Name(name) => Value::text(Some(name)),
            Label::Size(size) => Value::count(usize::try_from(*size).unwrap_or(usize::MAX)),
            Label::Hardware(hardware) => Value::text(Some(&self.labels.label(hardware))),
        }
    }

    /// What the members have in common.
    fn heading(&self, group: &Group) -> String {
        let Configuration { hardware, .. } = &group.like;
        let mut like = group.like.clone();
        match self.dimension {
            Dimension::BatchSize => like.batch_size = None,
            Dimension::Precision => like.precision = None,
            Dimension::Hardware | Dimension::Model => {}
        }
        let machine = self.labels.label(hardware);
        let place = match self.dimension {
            Dimension::Hardware => group.model.clone(),
            Dimension::Model => format!("on {machine}"),
            Dimension::BatchSize | Dimension::Precision => format!("{} on {machine}", group.model),
        };
        match benchmark(&like).as_str() {
            "-" => format!("{}: {place}", group.metric),
            mark if mark.starts_with('(') => format!("{}: {place} {mark}", group.metric),
            benchmark => format!("{}: {place}, {benchmark}", group.metric),
        }
    }

    fn group(&self, group: &Group) -> Section {
        let direction = if group.better == Direction::HigherIsBetter { "Higher" } else { "Lower" };
        let bar = |member: &Member| Bar {
            label: self.label(&member.label).words,
            value: Some(member.median),
            interval: member.interval,
            note: plural(member.runs, "run", "runs"),
        };
        let bars = Bars {
            title: format!("Median {}, with intervals of 95 %", group.metric),
            unit: group.unit.as_str().to_owned(),
            bars: group.members.iter().map(bar).collect(),
        };
        Section {
            heading: self.heading(group),
            plots: vec![Plot::Bars(bars)],
            lead: Some(format!("{direction} is better.")),
            ..self.members(group.members.iter().map(|member| self.member(group, member)).collect())
        }
    }

    fn members(&self, rows: Vec<Vec<Value>>) -> Section {
        let mut columns = vec![
            Column::words("member", &capitalised(self.word)),
            Column::data("model"),
            Column::data("family"),
            Column::data("metric"),
            Column::data("unit"),
            Column::data("better"),
        ];
        columns.extend(configuration_columns());
        columns.extend([
            Column::numbers("median", "Median"),
            Column::data("median_low"),
            Column::data("median_high"),
            Column::shown("Interval", true),
            Column::numbers("ratio", "Ratio to the best"),
            Column::data("ratio_low"),
            Column::data("ratio_high"),
            Column::shown("Interval", true),
            Column::numbers("runs", "Runs"),
            Column::shown("Remarks", false),
        ]);
        Section { name: "members", columns, rows, ..Section::default() }
    }

    fn member(&self, group: &Group, member: &Member) -> Vec<Value> {
        let unit = group.unit.as_str();
        let value = |value: Option<f64>| Value::quantity(value, unit);
        let mut configuration = group.like.clone();
        let mut model = group.model.clone();
        match (&member.label, self.dimension) {
            (Label::Name(name), Dimension::Precision) => configuration.precision = Some(name.clone()),
            (Label::Name(name), _) => model.clone_from(name),
            (Label::Size(size), _) => configuration.batch_size = Some(*size),
            (Label::Hardware(hardware), _) => configuration.hardware = Hardware::clone(hardware),
        }
        let (low, high) = member.interval.unzip();
        let (low, high) = (value(low), value(high));
        let is_best = member == &group.members[0];
        let (ratio_low, ratio_high) = member.ratio.interval.unzip();
        let (ratio_low, ratio_high) = (Value::ratio(ratio_low), Value::ratio(ratio_high));
        let remark = match member.ratio.interval {
            _ if is_best => "best",
            Some(_) if member.ratio.may_be_one() => "may equal the best",
            Some(_) => "",
            None => "too few runs for an interval",
        };
        let ratio_span = if is_best { Value::missing() } else { span(&ratio_low, &ratio_high) };
        let mut cells = vec![
            self.label(&member.label),
            Value::text(Some(&model)),
            Value::text(member.family.as_deref()),
            Value::text(Some(&group.metric)),
            Value::text(Some(unit)),
            Value::text(Some(group.better.as_str())),
        ];
        cells.extend(configuration_values(&configuration));
        let median_span = span(&low, &high);
        cells.extend([
            value(Some(member.median)),
            low,
            high,
            median_span,
            Value::ratio(Some(member.ratio.estimate)),
            ratio_low,
            ratio_high,
            ratio_span,
            Value::count(member.runs),
            Value::words(remark),
        ]);
        cells
    }

    fn standings(&self, standings: &[Standing], groups: usize) -> Section {
        let row = |one: &Standing| {
            let (near, far) = one.ratios;
            let (near, far) = (Value::ratio(Some(near)), Value::ratio(Some(far)));
            let both = if near == far { near.clone() } else { span(&near, &far) };
            vec![
                self.label(&one.label),
                Value::count(one.best),
                Value::count(one.groups),
                near,
                far,
                Value::words(both.words),
            ]
        };
        Section {
            name: "standings",
            heading: "Overall".to_owned(),
            lead: Some(format!(
                "How often each is the best, or may equal it, in {}; and its ratios to the best, none of which is an average.",
                plural(groups, "comparison", "comparisons")
            )),
            columns: vec![
                Column::words("member", &capitalised(self.word)),
                Column::numbers("best", "Best"),
                Column::numbers("groups", "Of"),
                Column::data("nearest_ratio"),
                Column::data("furthest_ratio"),
                Column::shown("Ratios to the best", true),
            ],
            rows: standings.iter().map(row).collect(),
            empty: None,
            ..Section::default()
        }
    }
}

/// Series that were not compared, and why.
fn left_out(found: &Ranking, word: &str) -> Section {
    let row = |meta: &SeriesMeta, reason: &str| {
        let id = meta.key.id().to_string();
        vec![Value::text(Some(&id)), Value::text(Some(&meta.key.to_string())), Value::text(Some(reason))]
    };
    let alone = format!("nothing else differs from it in its {word} only");
    let alone = found.alone.iter().map(|meta| row(meta, &alone));
    let refused = found.refused.iter().map(|(meta, reason)| row(meta, reason));
    Section {
        name: "left_out",
        heading: "Not compared".to_owned(),
        columns: vec![Column::data("series"), Column::words("name", "Series"), Column::words("reason", "Why")],
        rows: alone.chain(refused).collect(),
        ..Section::default()
    }
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
