//! The trend of a history, as Markdown and as text.
//!
//! For: who looks once a week: what became slower, between which commits, and what stopped reporting. Not for: a
//! candidate's verdict.
//! Invariant: every series is listed, or counted; foreign names are escaped.

use jiff::Timestamp;

use super::markdown::{listed, most_that_fit, name, number};
use super::view::{benchmark_label, hardware_label};
use crate::gate::trend::{LevelChange, SeriesTrend, Trend};
use crate::gate::{Drift, Noisier, PinDrift};
use crate::model::{Configuration, HistoryRun, SeriesMeta};
use crate::text::number::percent_interval;
use crate::text::time::date;
use crate::text::{escape, percent, plural, quantity, short_commit, signed_percent, sparkline};

/// Rows of each table, at most; the rest is counted.
const ROWS: usize = 100;

/// Rows of each table, at least: with names of full length they take some 20 kB.
const FEWEST_ROWS: usize = 10;

/// A trend as it is shown: of findings, those that began at or after a time.
#[derive(Clone, Debug)]
pub struct TrendView {
    /// What the gate found.
    pub trend: Trend,
    /// What began before this is not listed.
    pub since: Option<Timestamp>,
    /// The history's runs in words.
    pub baseline: String,
}

/// A kind of finding that a trend can be made to fail on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrendFinding {
    /// A level became worse.
    Worse,
    /// A level crept away in small steps.
    Drift,
    /// The newest runs scatter more.
    Noise,
    /// A series stopped reporting.
    Silent,
}

impl TrendView {
    /// Whether what began with a run is listed.
    fn is_listed(&self, run: usize) -> bool {
        self.since.is_none_or(|since| self.run(run).started_at >= since)
    }

    /// The listed changes of a series, oldest first.
    pub(super) fn changes_of<'a>(&'a self, one: &'a SeriesTrend) -> impl DoubleEndedIterator<Item = &'a LevelChange> {
        one.changes.iter().filter(|change| self.is_listed(change.start))
    }

    /// The changes that are listed, worst first by size and recency, each with its series.
    pub(super) fn changes(&self) -> Vec<(&SeriesTrend, &LevelChange)> {
        let all = self.trend.series.iter();
        let mut listed: Vec<_> = all.flat_map(|one| self.changes_of(one).map(move |change| (one, change))).collect();
        let weight = |change: &LevelChange| self.trend.weight(change);
        listed.sort_by(|(_, first), (_, second)| {
            first.is_worse.cmp(&second.is_worse).then(weight(first).total_cmp(&weight(second))).reverse()
        });
        listed
    }

    /// The drift of a series, where it is listed.
    pub(super) fn drift_of(&self, one: &SeriesTrend) -> Option<Drift> {
        one.drift.filter(|drift| self.since.is_none_or(|since| drift.since >= since))
    }

    /// The growth of a series' noise, where it is listed.
    pub(super) fn noisier_of(&self, one: &SeriesTrend) -> Option<Noisier> {
        one.noisier.filter(|noisier| self.is_listed(noisier.start))
    }

    /// The commits that lack a series which stopped reporting, where it is listed; else 0.
    pub(super) fn silent_of(&self, one: &SeriesTrend) -> usize {
        one.points.last().filter(|last| self.is_listed(last.run)).map_or(0, |_| one.silent_runs)
    }

    /// How many listed changes are worsenings.
    #[must_use]
    pub fn worsenings(&self) -> usize {
        self.count(TrendFinding::Worse)
    }

    /// How many findings of a kind are listed.
    #[must_use]
    pub fn count(&self, finding: TrendFinding) -> usize {
        self.trend.series.iter().map(|one| self.count_of(one, finding)).sum()
    }

    /// How many listed findings of a kind a series has.
    pub(super) fn count_of(&self, one: &SeriesTrend, finding: TrendFinding) -> usize {
        match finding {
            TrendFinding::Worse => self.changes_of(one).filter(|change| change.is_worse).count(),
            TrendFinding::Drift => usize::from(self.drift_of(one).is_some() || !one.since_pins.is_empty()),
            TrendFinding::Noise => usize::from(self.noisier_of(one).is_some()),
            TrendFinding::Silent => usize::from(self.silent_of(one) > 0),
        }
    }

    /// How many series were looked at: not those without a direction, and not those with too few runs.
    #[must_use]
    pub fn looked_at(&self) -> usize {
        self.trend.series.iter().filter(|one| one.refusal.is_none() && !one.levels.is_empty()).count()
    }

    /// The outcome in one line.
    #[must_use]
    pub fn headline(&self) -> String {
        let better = self.changes().iter().filter(|(_, change)| !change.is_worse).count();
        let mut parts = vec![format!(
            "{} in {}",
            plural(self.worsenings(), "worsening", "worsenings"),
            plural(self.trend.series.len(), "series", "series")
        )];
        for (count, words) in [
            (better, "improved"),
            (self.count(TrendFinding::Drift), "drifted"),
            (self.count(TrendFinding::Noise), "became noisier"),
            (self.count(TrendFinding::Silent), "stopped reporting"),
        ] {
            if count > 0 {
                parts.push(format!("{count} {words}"));
            }
        }
        let since = self.since.map_or(String::new(), |since| format!(" since {}", date(since)));
        format!("TREND: {}{since}", parts.join(", "))
    }

    pub(super) fn run(&self, index: usize) -> &HistoryRun {
        &self.trend.runs[index]
    }

    /// `0123456789ab..fedcba987654`, or the days where commits are unknown.
    pub(super) fn place(&self, change: &LevelChange) -> String {
        let (before, after) = (self.run(change.between.0), self.run(change.between.1));
        match (&before.commit, &after.commit) {
            (Some(first), Some(last)) => format!("{}..{}", short_commit(first), short_commit(last)),
            _ => format!("{} to {}", date(before.started_at), date(after.started_at)),
        }
    }
}

/// `against the best level, which ended on 2026-03-01`.
/// `+6.0 % since v1.0`, a pin each.
pub(super) fn pin_words(one: &SeriesTrend) -> Option<String> {
    let words = |pin: &PinDrift| format!("{} since {}", signed_percent(pin.change), pin.name);
    let words: Vec<String> = one.since_pins.iter().map(words).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

pub(super) fn drift_words(drift: Drift) -> String {
    format!("{} against the best level, which ended on {}", signed_percent(drift.change), date(drift.since))
}

/// `noise rose from 1.2 % to 3.4 %`.
pub(super) fn noisier_words(noisier: Noisier) -> String {
    format!("noise rose from {} to {}", percent(noisier.before), percent(noisier.after))
}

fn label(series: &SeriesMeta) -> String {
    let Configuration { model, hardware, .. } = &series.key.configuration;
    let benchmark = benchmark_label(&series.key.configuration);
    let gap = if benchmark.is_empty() { "" } else { " " };
    format!(
        "{} on {}<br>{}{gap}**{}**",
        name(model),
        name(&hardware_label(hardware)),
        name(&benchmark),
        name(&series.key.metric)
    )
}

/// Renders a trend as GitHub Markdown, with a final newline, in at most `budget` bytes where ten rows of each table fit.
#[must_use]
pub fn trend_markdown(view: &TrendView, budget: usize) -> String {
    let rows = most_that_fit(ROWS, |rows| layout(view, rows).len() <= budget);
    layout(view, rows.max(FEWEST_ROWS))
}

fn layout(view: &TrendView, rows: usize) -> String {
    let sign = if view.worsenings() > 0 { "⚠️" } else { "✅" };
    let mut blocks = vec![format!("### {sign} {}", view.headline())];
    blocks.push(changes_table(view, rows));
    let drift = |one: &SeriesTrend| view.drift_of(one).map(drift_words);
    blocks.push(findings(view, rows, "Crept away from their best level in small steps", drift));
    blocks.push(findings(view, rows, "Worse than a pinned commit", pin_words));
    blocks.push(findings(view, rows, "Became noisier", |one| view.noisier_of(one).map(noisier_words)));
    blocks.push(findings(view, rows, "Stopped reporting", |one| silent(view, one)));
    blocks.push(findings(view, rows, "Not looked at", |one| one.refusal.clone()));
    blocks.push(format!("<sub>{}</sub>", name(&view.baseline)));
    blocks.retain(|block| !block.is_empty());
    format!("{}\n", blocks.join("\n\n"))
}

/// The worsenings as a table, and what became better folded below it.
fn changes_table(view: &TrendView, rows: usize) -> String {
    let (worse, better): (Vec<_>, Vec<_>) = view.changes().into_iter().partition(|(_, change)| change.is_worse);
    if worse.is_empty() && better.is_empty() {
        return "No level changed by more than its noise and the minimum effect.".to_owned();
    }
    let mut blocks = Vec::new();
    if !worse.is_empty() {
        blocks.push(table(view, &worse, rows));
    }
    if !better.is_empty() {
        let summary = plural(better.len(), "improvement", "improvements");
        blocks.push(format!("<details><summary>{summary}</summary>\n\n{}\n\n</details>", table(view, &better, rows)));
    }
    blocks.join("\n\n")
}

/// Two lines a cell: a summary is narrow.
fn table(view: &TrendView, changes: &[(&SeriesTrend, &LevelChange)], rows: usize) -> String {
    let mut lines =
        vec!["| Change | Series | Level | Since | History |".to_owned(), "| --: | :-- | --: | :-- | :-- |".to_owned()];
    lines.extend(changes.iter().take(rows).map(|(one, change)| {
        let unit = one.series.unit.as_str();
        let values: Vec<Option<f64>> = one.values.iter().copied().map(Some).collect();
        let cells = [
            format!(
                "**{}**<br>{}",
                number(&signed_percent(change.change)),
                number(&percent_interval(change.interval.0, change.interval.1))
            ),
            label(&one.series),
            format!("{}<br>was&nbsp;{}", number(&quantity(change.after, unit)), number(&quantity(change.before, unit))),
            format!("{}<br>{}", date(view.run(change.start).started_at), name(&view.place(change))),
            sparkline(&values),
        ];
        format!("| {} |", cells.join(" | "))
    }));
    let left = changes.len().saturating_sub(rows);
    if left > 0 {
        lines.push(format!("\nand {}, smaller or older ones", plural(left, "more change", "more changes")));
    }
    lines.join("\n")
}

/// A list of the series that have something, with its words.
fn findings(view: &TrendView, rows: usize, heading: &str, words: impl Fn(&SeriesTrend) -> Option<String>) -> String {
    let found = view.trend.series.iter().filter_map(|one| Some(format!("{}: {}", one.series.key, words(one)?)));
    listed(heading, found, rows)
}

/// `not in the last 4 commits of its hardware`, for a listed series that stopped reporting.
pub(super) fn silent(view: &TrendView, one: &SeriesTrend) -> Option<String> {
    let commits = Some(view.silent_of(one)).filter(|commits| *commits > 0)?;
    Some(format!("not in the last {} of its hardware", plural(commits, "commit", "commits")))
}

/// Renders a trend for a log: a line a finding, with a final newline.
#[must_use]
pub fn trend_text(view: &TrendView) -> String {
    let mut lines = vec![view.headline()];
    for (one, change) in view.changes() {
        let unit = one.series.unit.as_str();
        lines.push(format!(
            "  {} {} ({}), {} to {}, since {} ({}): {}",
            if change.is_worse { "worse " } else { "better" },
            signed_percent(change.change),
            percent_interval(change.interval.0, change.interval.1),
            quantity(change.before, unit),
            quantity(change.after, unit),
            date(view.run(change.start).started_at),
            view.place(change),
            one.series.key
        ));
    }
    for one in &view.trend.series {
        let key = &one.series.key;
        if let Some(words) = pin_words(one) {
            lines.push(format!("  pinned {words}: {key}"));
        }
        if let Some(drift) = view.drift_of(one) {
            lines.push(format!("  drift  {} since {}: {key}", signed_percent(drift.change), date(drift.since)));
        }
        if let Some(noisier) = view.noisier_of(one) {
            lines.push(format!("  {}: {key}", noisier_words(noisier)));
        }
        if let Some(words) = silent(view, one) {
            lines.push(format!("  silent, {words}: {key}"));
        }
    }
    let noise: Vec<f64> = view.trend.series.iter().filter_map(|one| one.noise).collect();
    if let (Some(least), Some(most)) = (noise.iter().copied().reduce(f64::min), noise.iter().copied().reduce(f64::max))
    {
        lines.push(format!("Noise from run to run: {} to {}.", percent(least), percent(most)));
    }
    lines.push(view.baseline.clone());
    format!("{}\n", lines.iter().map(|line| escape::terminal(line)).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{HOSTILE, trend as view};
    use super::*;

    #[test]
    fn a_worsening_is_told_with_size_place_and_commits() {
        let markdown = trend_markdown(&view("embedding"), usize::MAX);
        assert!(
            markdown.starts_with("### ⚠️ TREND: 1 worsening in 1 series, 1 became noisier, 1 stopped reporting\n"),
            "{markdown}"
        );
        assert!(markdown.contains("| **+12.0&nbsp;%**<br>+10.0&nbsp;to&nbsp;+14.0&nbsp;%"), "{markdown}");
        assert!(
            markdown.contains("| 11.2&nbsp;ms<br>was&nbsp;10&nbsp;ms | 1970-01-06<br>000000000000..000000000000 |"),
            "{markdown}"
        );
        assert!(trend_text(&view("embedding")).contains("worse  +12.0 %"));
    }

    #[test]
    fn changes_before_the_time_asked_for_are_not_listed() {
        let mut view = view("embedding");
        view.since = Some(Timestamp::from_second(86_400 * 6).expect("valid"));
        assert_eq!((view.worsenings(), view.count(TrendFinding::Silent)), (0, 1));
        assert!(trend_markdown(&view, usize::MAX).contains("No level changed"));
    }

    #[test]
    fn hostile_names_stay_text() {
        let markdown = trend_markdown(&view(HOSTILE), usize::MAX);
        assert!(!markdown.contains("<img") && !markdown.contains("@octocat") && !markdown.contains("|'A1'"));
        assert!(trend_text(&view(HOSTILE)).lines().all(|line| !line.starts_with("next")));
    }
}
