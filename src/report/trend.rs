//! The trend of a history, as Markdown and as text.
//!
//! For: who looks once a week: what became slower, between which commits, and what stopped reporting. Not for: a
//! candidate's verdict.
//! Invariant: every series is listed, or counted; foreign names are escaped.

use jiff::Timestamp;

use super::markdown::{listed, name, number};
use super::view::{benchmark_label, hardware_label};
use crate::gate::Drift;
use crate::gate::trend::{LevelChange, SeriesTrend, Trend};
use crate::model::{Configuration, HistoryRun, SeriesMeta};
use crate::text::number::percent_interval;
use crate::text::time::date;
use crate::text::{escape, percent, plural, quantity, short_commit, signed_percent, sparkline};

/// Rows of each table, at most; the rest is counted.
const ROWS: usize = 100;

/// A trend as it is shown: of changes, those that began at or after a time.
#[derive(Clone, Debug)]
pub struct TrendView {
    /// What the gate found.
    pub trend: Trend,
    /// Changes before this are not listed.
    pub since: Option<Timestamp>,
    /// The history's runs in words.
    pub baseline: String,
}

impl TrendView {
    /// The changes that are listed, newest first, each with its series.
    fn changes(&self) -> Vec<(&SeriesTrend, &LevelChange)> {
        let is_listed =
            |change: &LevelChange| self.since.is_none_or(|since| self.trend.runs[change.start].started_at >= since);
        let all = self.trend.series.iter().flat_map(|one| one.changes.iter().map(move |change| (one, change)));
        let mut listed: Vec<(&SeriesTrend, &LevelChange)> = all.filter(|(_, change)| is_listed(change)).collect();
        listed.sort_by_key(|(_, change)| std::cmp::Reverse(change.start));
        listed
    }

    /// How many listed changes are worsenings.
    #[must_use]
    pub fn worsenings(&self) -> usize {
        self.changes().iter().filter(|(_, change)| change.is_worse).count()
    }

    /// The outcome in one line.
    #[must_use]
    pub fn headline(&self) -> String {
        let changes = self.changes();
        let worse = changes.iter().filter(|(_, change)| change.is_worse).count();
        let better = changes.len() - worse;
        let drifted = self.trend.series.iter().filter(|one| one.drift.is_some()).count();
        let silent = self.trend.series.iter().filter(|one| one.silent_runs > 0).count();
        let mut parts = vec![format!(
            "{} in {}",
            plural(worse, "worsening", "worsenings"),
            plural(self.trend.series.len(), "series", "series")
        )];
        for (count, words) in [(better, "improved"), (drifted, "drifted"), (silent, "stopped reporting")] {
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
    fn place(&self, change: &LevelChange) -> String {
        let (before, after) = (self.run(change.between.0), self.run(change.between.1));
        match (&before.commit, &after.commit) {
            (Some(first), Some(last)) => format!("{}..{}", short_commit(first), short_commit(last)),
            _ => format!("{} to {}", date(before.started_at), date(after.started_at)),
        }
    }
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

/// Renders a trend as GitHub Markdown, with a final newline.
#[must_use]
pub fn trend_markdown(view: &TrendView) -> String {
    let sign = if view.worsenings() > 0 { "⚠️" } else { "✅" };
    let mut blocks = vec![format!("### {sign} {}", view.headline())];
    blocks.push(changes_table(view));
    blocks.push(drift_table(view));
    blocks.push(silent(view));
    blocks.push(refused(view));
    blocks.push(format!("<sub>{}</sub>", name(&view.baseline)));
    blocks.retain(|block| !block.is_empty());
    format!("{}\n", blocks.join("\n\n"))
}

/// The worsenings as a table, and what became better folded below it.
fn changes_table(view: &TrendView) -> String {
    let (worse, better): (Vec<_>, Vec<_>) = view.changes().into_iter().partition(|(_, change)| change.is_worse);
    if worse.is_empty() && better.is_empty() {
        return "No level changed by more than its noise and the minimum effect.".to_owned();
    }
    let mut blocks = Vec::new();
    if !worse.is_empty() {
        blocks.push(table(view, &worse));
    }
    if !better.is_empty() {
        let summary = plural(better.len(), "improvement", "improvements");
        blocks.push(format!("<details><summary>{summary}</summary>\n\n{}\n\n</details>", table(view, &better)));
    }
    blocks.join("\n\n")
}

/// Two lines a cell: a summary is narrow.
fn table(view: &TrendView, changes: &[(&SeriesTrend, &LevelChange)]) -> String {
    let mut lines =
        vec!["| Change | Series | Level | Since | History |".to_owned(), "| --: | :-- | --: | :-- | :-- |".to_owned()];
    lines.extend(changes.iter().take(ROWS).map(|(one, change)| {
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
    let left = changes.len().saturating_sub(ROWS);
    if left > 0 {
        lines.push(format!("\nand {}, older ones", plural(left, "more change", "more changes")));
    }
    lines.join("\n")
}

fn drift_table(view: &TrendView) -> String {
    let drifted = view.trend.series.iter().filter_map(|one| Some((one, one.drift?)));
    let line = |(one, drift): (&SeriesTrend, Drift)| {
        let change = signed_percent(drift.change);
        format!("{}: {change} against the best level, which ended on {}", one.series.key, date(drift.since))
    };
    listed("Crept away from their best level in small steps", drifted.map(line), ROWS)
}

fn silent(view: &TrendView) -> String {
    let silent = view.trend.series.iter().filter(|one| one.silent_runs > 0);
    let line = |one: &SeriesTrend| {
        let commits = plural(one.silent_runs, "commit", "commits");
        format!("{}: not in the last {commits} of its hardware", one.series.key)
    };
    listed("Stopped reporting", silent.map(line), ROWS)
}

fn refused(view: &TrendView) -> String {
    let refused = view.trend.series.iter().filter_map(|one| Some((one, one.refusal.as_ref()?)));
    listed("Not looked at", refused.map(|(one, reason)| format!("{}: {reason}", one.series.key)), ROWS)
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
        if let Some(drift) = one.drift {
            let since = date(drift.since);
            lines.push(format!("  drift  {} since {since}: {}", signed_percent(drift.change), one.series.key));
        }
        if one.silent_runs > 0 {
            let runs = plural(one.silent_runs, "commit", "commits");
            lines.push(format!("  silent for {runs}: {}", one.series.key));
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
        let markdown = trend_markdown(&view("embedding"));
        assert!(markdown.starts_with("### ⚠️ TREND: 1 worsening in 1 series, 1 stopped reporting\n"), "{markdown}");
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
        assert_eq!(view.worsenings(), 0);
        assert!(trend_markdown(&view).contains("No level changed"));
    }

    #[test]
    fn hostile_names_stay_text() {
        let markdown = trend_markdown(&view(HOSTILE));
        assert!(!markdown.contains("<img") && !markdown.contains("@octocat") && !markdown.contains("|'A1'"));
        assert!(trend_text(&view(HOSTILE)).lines().all(|line| !line.starts_with("next")));
    }
}
