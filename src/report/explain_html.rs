//! The explanation of one verdict as a picture and as a page.
//!
//! For: seeing why: history, levels, thresholds, samples. Not for: the wording of the arithmetic, which is that of the text form.
//! Invariant: picture and page show the numbers of the explanation, and thresholds only where the verdict rests on them.

use jiff::{SignedDuration, Timestamp};

use super::explain::{ARITHMETIC, policy, subject, table};
use super::explain_lines::{decision, workings};
use super::html::{Block, Cell, Column, Figure, Page, Section, Table};
use super::svg::{Distribution, Line, Mark, PlotPoint, SeriesPlot, Sign, Stretch, Strip};
use super::view::{Provenance, hardware_label};
use super::words;
use crate::gate::Verdict;
use crate::gate::explain::{Explanation, PastRun, Workings};
use crate::text::time::minute;
use crate::text::{percent, quantity, short_commit, signed_percent};

/// How to read the plot.
const CAPTION: &str = "A small dot is a run of the history, the large one the candidate; solid lines are levels. Beyond a \
    dashed threshold, a run like this one is further from the centre than its standard error and the minimum effect allow. \
    A candidate whose time is not known is drawn after the newest run.";

/// The history with the judged point as an SVG file.
#[must_use]
pub fn explanation_svg(found: &Explanation) -> String {
    plot(found).draw().file()
}

/// The whole story as one HTML file.
#[must_use]
pub fn explanation_html(found: &Explanation, provenance: &Provenance) -> String {
    let judged = &found.judged;
    let title = format!("{}: {}", judged.series.key, words::verdict(judged));
    let hardware = hardware_label(&judged.series.key.configuration.hardware);
    let subtitle =
        format!("Series {} on {hardware}. Judged by benchgate {}.", judged.series.key.id(), provenance.tool_version);
    sections(found, provenance).into_iter().fold(Page::new(title, subtitle), Page::with).html()
}

/// The story in parts: verdict, distribution, arithmetic, decision, policy.
pub(super) fn sections(found: &Explanation, provenance: &Provenance) -> Vec<Section> {
    let lines = workings(found);
    let arithmetic = (!lines.is_empty())
        .then(|| Section::new("arithmetic", "Arithmetic").lead(ARITHMETIC).with(Block::Lines(table(&lines, None))));
    let decision = Block::Lines(table(&decision(found), None));
    let decision = Section::new("decision", "Decision").with(decision);
    let parts = [Some(verdict(found, provenance)), distribution(found), arithmetic, Some(decision)];
    parts.into_iter().flatten().chain([policy_section(found)]).collect()
}

fn verdict(found: &Explanation, provenance: &Provenance) -> Section {
    let mut section = Section::new("verdict", "Verdict").lead(found.judged.reason.clone());
    for line in subject(found, provenance) {
        section = section.lead(line);
    }
    let (picture, caption) = (plot(found).draw(), CAPTION.to_owned());
    section.with(Block::Figure(Figure { picture, caption, values: Some(history(found)) }))
}

/// What was measured, and when: the candidate's first run, where it has a value.
fn candidate(found: &Explanation) -> Option<PlotPoint> {
    let value = found.judged.value?;
    let at = found.run.as_ref().map(|run| run.started_at);
    at.or_else(|| after(found)).map(|at| PlotPoint { at, value })
}

/// A time after the newest run, at the distance that runs usually have: the candidate's own is not known.
fn after(found: &Explanation) -> Option<Timestamp> {
    let (first, last) = (found.past.first()?.run.started_at, found.past.last()?.run.started_at);
    let steps = i32::try_from(found.past.len().saturating_sub(1).max(1)).unwrap_or(i32::MAX);
    last.checked_add((last.duration_since(first) / steps).max(SignedDuration::from_mins(1))).ok()
}

fn plot(found: &Explanation) -> SeriesPlot {
    let judged = &found.judged;
    let past = &found.past;
    let sign = match judged.verdict {
        Verdict::Regressed => Sign::Worse,
        Verdict::Improved => Sign::Better,
        Verdict::Unchanged | Verdict::Inconclusive | Verdict::New | Verdict::Missing | Verdict::Incomparable => {
            Sign::Neither
        }
    };
    let epochs = past.iter().filter(|run| run.begins_epoch);
    SeriesPlot {
        title: format!("{}: {}", judged.series.key, words::verdict(judged)),
        unit: judged.series.unit.as_str().to_owned(),
        points: past.iter().map(|run| PlotPoint { at: run.run.started_at, value: run.value }).collect(),
        stretches: past.chunk_by(|first, second| segment(first) == segment(second)).filter_map(stretch).collect(),
        marks: epochs
            .map(|run| Mark { at: run.run.started_at, sign: Sign::Neither, words: "accepted".to_owned() })
            .collect(),
        lines: lines(found),
        judged: candidate(found).map(|point| (point, sign)),
        runs: Vec::new(),
    }
}

fn segment(run: &PastRun) -> Option<usize> {
    run.level.map(|level| level.segment)
}

/// A level: the median of its runs, which is what residuals are taken from.
fn stretch(runs: &[PastRun]) -> Option<Stretch> {
    segment(runs.first()?)?;
    let mut values: Vec<f64> = runs.iter().map(|run| run.value).collect();
    values.sort_by(f64::total_cmp);
    let level = values[(values.len() - 1) / 2] / 2.0 + values[values.len() / 2] / 2.0;
    Some(Stretch { from: runs.first()?.run.started_at, to: runs.last()?.run.started_at, level, band: None })
}

fn lines(found: &Explanation) -> Vec<Line> {
    let change =
        |value: f64, centre: f64| if centre.abs() > 0.0 { signed_percent(value / centre - 1.0) } else { String::new() };
    match &found.workings {
        Workings::Spread(of) => [("worse from here", of.worse_from), ("better from here", of.better_from)]
            .map(|(words, value)| Line { value, words: format!("{words} {}", change(value, of.centre)) })
            .into_iter()
            .chain([Line { value: of.centre, words: "centre".to_owned() }])
            .collect(),
        Workings::Exact { newest, tolerance } => {
            vec![Line {
                value: *newest,
                words: format!("newest value, a difference of {} counts as none", percent(*tolerance)),
            }]
        }
        Workings::Pairs(of) => vec![Line { value: of.base, words: "base".to_owned() }],
        Workings::None => Vec::new(),
    }
}

/// The history as a table.
fn history(found: &Explanation) -> Table {
    let columns = vec![
        Column::number("Run"),
        Column::text("Commit"),
        Column::number("Value"),
        Column::number("Samples"),
        Column::number("Level"),
        Column::number("Residual"),
    ];
    let mut table = Table::new("history", "The history, oldest first; residuals are positive where worse", columns);
    let unit = found.judged.series.unit.as_str();
    for PastRun { run, value, samples, begins_epoch, level } in &found.past {
        let started = Cell::number(minute(run.started_at), run.started_at.as_second() as f64);
        let commit =
            run.commit.as_ref().map_or_else(|| Cell::missing("unknown"), |commit| Cell::text(short_commit(commit)));
        let samples =
            if *samples == 0 { Cell::missing("none") } else { Cell::number(samples.to_string(), f64::from(*samples)) };
        let segment = level.map_or_else(
            || Cell::missing("none"),
            |level| Cell::number((level.segment + 1).to_string(), level.segment as f64),
        );
        let residual = level.map_or_else(
            || Cell::missing("none"),
            |level| Cell::number(signed_percent(level.residual), level.residual),
        );
        let started = if *begins_epoch { started.note("an epoch begins") } else { started };
        table.push(vec![started, commit, Cell::number(quantity(*value, unit), *value), samples, segment, residual]);
    }
    table
}

/// The values of past runs beside what the candidate's samples are, or its runs where there are no samples.
fn distribution(found: &Explanation) -> Option<Section> {
    let newest = found.past.iter().filter_map(segment).max();
    let (last, earlier): (Vec<&PastRun>, Vec<&PastRun>) = found.past.iter().partition(|run| segment(run) == newest);
    let values = |runs: Vec<&PastRun>| -> Vec<f64> { runs.into_iter().map(|run| run.value).collect() };
    let mut strips = vec![
        ("Runs of earlier levels".to_owned(), values(earlier)),
        ("Runs of the newest level".to_owned(), values(last)),
    ];
    if found.samples.is_empty() {
        strips.push(("Candidate".to_owned(), found.judged.value.into_iter().collect()));
    }
    for (number, samples) in found.samples.iter().enumerate() {
        let label =
            if number == 0 { "Samples of the candidate".to_owned() } else { format!("Samples of re-run {number}") };
        strips.push((label, samples.clone()));
    }
    strips.retain(|(_, values)| !values.is_empty());
    if strips.is_empty() {
        return None;
    }
    let unit = found.judged.series.unit.as_str();
    let mut table = Table::new("samples", "What the dots are", vec![Column::text("Group"), Column::text("Values")]);
    for (label, values) in &strips {
        let words: Vec<String> = values.iter().map(|value| quantity(*value, unit)).collect();
        table.push(vec![Cell::text(label.clone()), Cell::text(words.join(", "))]);
    }
    let strips = strips.into_iter().map(|(label, values)| Strip { label, values }).collect();
    let title = format!("{}: distribution", found.judged.series.key);
    let picture = Distribution { title, unit: unit.to_owned(), strips }.draw();
    let caption =
        "A dot is the value of a past run, or a sample of the candidate; the long line is the median.".to_owned();
    let figure = Figure { picture, caption, values: Some(table) };
    Some(Section::new("distribution", "Distribution").with(Block::Figure(figure)))
}

fn policy_section(found: &Explanation) -> Section {
    let columns = ["Setting", "Value", "From"].map(Column::text).into();
    let mut table = Table::new("policy-table", "The policy that decided, each value with where it came from", columns);
    for named in policy(found) {
        table.push(vec![Cell::text(named.name), Cell::text(named.value), Cell::text(named.origin)]);
    }
    Section::new("policy", "Policy").with(Block::Table(table))
}

#[cfg(test)]
mod tests {
    use super::super::explain::tests::found;
    use super::super::fixtures::{HOSTILE, provenance};
    use super::*;

    #[test]
    fn the_page_tells_the_whole_story() {
        let page = explanation_html(&found("embed"), &provenance());
        for part in [
            "<h1>bert cpu embed latency: regressed (confirmed by a re-run)</h1>",
            "worse from here +",
            "class=\"judged worse\"",
            "Samples of re-run 1: 3 values",
            "standard error",
            "minimum effect",
        ] {
            assert!(page.contains(part), "no {part}");
        }
    }

    #[test]
    fn thresholds_enclose_the_centre_and_the_picture_is_a_file() {
        let found = found("embed");
        let Workings::Spread(of) = &found.workings else { panic!("{:?}", found.workings) };
        assert!(of.better_from < of.centre && of.centre < of.worse_from && of.worse_from < 11.2, "{of:?}");
        assert!(explanation_svg(&found).starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""));
    }

    #[test]
    fn hostile_names_stay_text() {
        let (found, provenance) = (found(HOSTILE), provenance());
        for text in [explanation_html(&found, &provenance), explanation_svg(&found)] {
            assert!(!text.contains("<img") && text.contains("&lt;img src=x&gt;"));
            assert!(text.chars().all(|one| one == '\n' || !crate::text::escape::is_unsafe(one)));
        }
    }
}
