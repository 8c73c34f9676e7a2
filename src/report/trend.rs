//! The trend of a history, as Markdown and as JSON (`benchgate/trend/v1`).
//!
//! For: who looks once a week: what became slower, between which commits, and what stopped reporting. Not for: a
//! candidate's verdict.
//! Invariant: every series is listed, or counted; foreign names are escaped; `docs/trend-v1.schema.json` is this file's
//! schema.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::json::finite;
use super::json_schema::{DriftV1, HardwareV1, schema_of};
use super::markdown::{listed, name, number};
use super::view::{benchmark_label, hardware_label};
use crate::gate::Drift;
use crate::gate::trend::{LevelChange, SeriesTrend, Trend};
use crate::model::{Configuration, HistoryRun, SeriesMeta};
use crate::text::number::percent_interval;
use crate::text::time::date;
use crate::text::{escape, percent, plural, quantity, short_commit, signed_percent, sparkline};

/// The name and version of the schema, in every document.
const TREND_SCHEMA: &str = "benchgate/trend/v1";

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

    fn run(&self, index: usize) -> &HistoryRun {
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

/// The JSON schema of the document, as kept in `docs/`.
#[must_use]
pub fn trend_schema() -> String {
    schema_of::<TrendV1>()
}

/// The trend as indented JSON with a final newline.
#[must_use]
pub fn trend_json(view: &TrendView) -> String {
    let text = serde_json::to_string_pretty(&TrendV1::from(view))
        .expect("internal error: a trend holds only strings, finite numbers and maps with string keys");
    format!("{}\n", escape::json(&text))
}

/// Every series over time.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "benchgate/trend/v1")]
struct TrendV1 {
    /// Always `benchgate/trend/v1`.
    #[schemars(extend("const" = "benchgate/trend/v1"))]
    schema: &'static str,
    /// The outcome in one line for people; not for parsing.
    headline: String,
    /// Runs of the history.
    runs: usize,
    /// Every series, the newest worsening first; all its changes, whatever the time asked for.
    series: Vec<SeriesTrendV1>,
}

/// One series over time.
#[derive(Debug, Serialize, JsonSchema)]
struct SeriesTrendV1 {
    /// Id of the series.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    id: String,
    /// Its name.
    name: String,
    /// Model name, verbatim.
    model: String,
    /// Hardware.
    hardware: HardwareV1,
    /// Metric.
    metric: String,
    /// Canonical unit of every value.
    unit: String,
    /// Runs that measured it.
    runs: usize,
    /// Run-to-run noise, as a fraction.
    noise: Option<f64>,
    /// Changes of its level, oldest first.
    changes: Vec<LevelChangeV1>,
    /// How far it has crept away from its best level.
    drift: Option<DriftV1>,
    /// Newest commits of its hardware that lack it, where these are three or more; else 0.
    silent_runs: usize,
    /// Why no changes were looked for.
    refusal: Option<String>,
}

/// A change of level.
#[derive(Debug, Serialize, JsonSchema)]
struct LevelChangeV1 {
    /// Whether it became worse.
    is_worse: bool,
    /// Relative change of the value, as a fraction.
    change: Option<f64>,
    /// Low end of the interval of 95 %.
    interval_low: Option<f64>,
    /// High end.
    interval_high: Option<f64>,
    /// Level before.
    before: Option<f64>,
    /// Level after.
    after: Option<f64>,
    /// Time of the first run at the new level.
    #[schemars(extend("format" = "date-time"))]
    since: String,
    /// Commit of the last run that is surely before the change.
    last_before: Option<String>,
    /// Commit of the first run that is surely after it.
    first_after: Option<String>,
}

impl From<&TrendView> for TrendV1 {
    fn from(view: &TrendView) -> Self {
        Self {
            schema: TREND_SCHEMA,
            headline: view.headline(),
            runs: view.trend.runs.len(),
            series: view.trend.series.iter().map(|one| series_v1(view, one)).collect(),
        }
    }
}

fn series_v1(view: &TrendView, one: &SeriesTrend) -> SeriesTrendV1 {
    let SeriesTrend { series, runs, noise, changes, drift, silent_runs, values: _, refusal } = one;
    let change = |change: &LevelChange| LevelChangeV1 {
        is_worse: change.is_worse,
        change: finite(change.change),
        interval_low: finite(change.interval.0),
        interval_high: finite(change.interval.1),
        before: finite(change.before),
        after: finite(change.after),
        since: view.run(change.start).started_at.to_string(),
        last_before: view.run(change.between.0).commit.clone(),
        first_after: view.run(change.between.1).commit.clone(),
    };
    SeriesTrendV1 {
        id: series.key.id().to_string(),
        name: series.key.to_string(),
        model: series.key.configuration.model.clone(),
        hardware: (&series.key.configuration.hardware).into(),
        metric: series.key.metric.clone(),
        unit: series.unit.as_str().to_owned(),
        runs: *runs,
        noise: noise.and_then(finite),
        changes: changes.iter().map(change).collect(),
        drift: drift.map(|drift| DriftV1 { change: finite(drift.change), since: drift.since.to_string() }),
        silent_runs: *silent_runs,
        refusal: refusal.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::fixtures::{HOSTILE, Series, judgement};
    use super::*;
    use crate::gate::{Outcome, Verdict};
    use crate::model::RunId;

    fn view(case: &str) -> TrendView {
        let series = Series::new(case, "latency", "ms", Verdict::Unchanged).compared(10.0, 0.01, 0.0);
        let series = judgement(Outcome::Passed, vec![series]).series.remove(0).series;
        let run = |second: i64| HistoryRun {
            id: RunId(second.unsigned_abs()),
            started_at: Timestamp::from_second(second * 86_400).expect("valid"),
            commit: Some(format!("{second:040x}")),
            branch: None,
            artifact_hash: None,
        };
        let change = LevelChange {
            is_worse: true,
            change: 0.12,
            interval: (0.10, 0.14),
            before: 10.0,
            after: 11.2,
            start: 5,
            between: (2, 8),
        };
        let one = SeriesTrend {
            series,
            runs: 10,
            noise: Some(0.01),
            changes: vec![change],
            drift: None,
            silent_runs: 4,
            values: vec![10.0, 10.0, 11.2, 11.2],
            refusal: None,
        };
        TrendView {
            trend: Trend { runs: (0..10).map(run).collect(), series: vec![one] },
            since: None,
            baseline: "10 runs of branch main".to_owned(),
        }
    }

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

    fn kept() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/trend-v1.schema.json")
    }

    #[test]
    fn the_document_fits_its_schema_which_is_the_documented_one() {
        let schema = serde_json::from_str(&trend_schema()).expect("JSON");
        let document = serde_json::from_str(&trend_json(&view("embedding"))).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("schema");
        assert!(validator.is_valid(&document), "{:?}", validator.iter_errors(&document).next());
        let kept = std::fs::read_to_string(kept()).unwrap_or_default();
        assert!(kept == trend_schema(), "to write it anew: cargo test --lib write_the_schema -- --ignored");
    }

    #[test]
    #[ignore = "writes docs/trend-v1.schema.json"]
    fn write_the_schema_to_the_documentation() {
        std::fs::write(kept(), trend_schema()).expect("written");
    }
}
