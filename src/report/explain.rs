//! The explanation of one verdict, for people.
//!
//! For: checking a verdict by hand: the history, then the arithmetic line by line with its numbers filled in. Not for:
//! programs (see `explain_json`).
//! Invariant: the numbers of the arithmetic are printed with six significant digits, so that T can be computed again from
//! what is printed; every line names the step of the procedure that it is.

use super::explain_lines::{Line, decision, precise, workings};
use super::policy_words;
use super::terminal::name;
use super::verbose::named_line;
use super::view::{Provenance, hardware_label};
use super::words;
use crate::gate::explain::{Explanation, PastRun, Workings};
use crate::model::HistoryRun;
use crate::text::time::date;
use crate::text::{escape, plural, signed_percent, sparkline, wrap};

/// Runs of the history that are listed; more are counted.
const LISTED: usize = 100;

/// Runs in the plot, where no terminal says how many fit.
const PLOTTED: usize = 100;

/// What the history's columns mean.
const LEGEND: &str = "  residual: distance from the median of the run's level, times sqrt(L / (L - 1)) for L runs in it, positive where \
                      worse; divided by the number noted where the run's samples disagreed more than usual";

/// What the arithmetic is.
pub(super) const ARITHMETIC: &str =
    "Arithmetic, in the steps of docs/statistics.md, \"The procedure\" (distances are positive where worse)";

/// Digits of a commit.
const COMMIT: usize = 8;

/// Renders an explanation, with a final newline. `width` is the terminal's.
#[must_use]
pub fn explanation(found: &Explanation, provenance: &Provenance, width: Option<u16>) -> String {
    let mut blocks = vec![headline(found, width), rule(found, provenance, width)];
    blocks.push(plot(found, width));
    blocks.push(history(found, width));
    let lines = workings(found);
    if !lines.is_empty() {
        blocks.push(format!("{}\n{}", wrap(ARITHMETIC, width, 2), table(&lines, width)));
    }
    blocks.push(format!("Decision\n{}", table(&decision(found), width)));
    blocks.retain(|block| !block.is_empty());
    format!("{}\n", blocks.join("\n\n"))
}

fn headline(found: &Explanation, width: Option<u16>) -> String {
    let judged = &found.judged;
    let key = &judged.series.key;
    let unit = judged.series.unit.as_str();
    let unit = if unit.is_empty() { String::new() } else { format!(", in {}", escape::terminal(unit)) };
    let better = judged.policy.better.value.map_or_else(String::new, |better| format!(", {better} is better"));
    let hardware = name(&hardware_label(&key.configuration.hardware));
    let lines = [
        format!("{}: {}", name(&key.to_string()), words::verdict(judged)),
        format!("  series {} on {hardware}{unit}{better}", key.id()),
        format!("  {}", escape::terminal(&judged.reason)),
    ];
    lines.map(|line| wrap(&line, width, 2)).join("\n")
}

/// What was judged, and against what.
pub(super) fn subject(found: &Explanation, provenance: &Provenance) -> [String; 2] {
    let candidate = match &found.run {
        Some(run) => format!("Candidate: the newest run that measured it, {}.", run_name(run)),
        None => {
            let files: Vec<String> = provenance.files.iter().map(|file| name(file)).collect();
            format!("Candidate: {}.", files.join(", "))
        }
    };
    let baseline = format!(
        "Baseline: {} from {}; {}.",
        plural(found.past.len(), "run", "runs"),
        escape::terminal(&provenance.database),
        escape::terminal(&provenance.rule)
    );
    [candidate, baseline]
}

/// What was judged against what, and by which rule.
fn rule(found: &Explanation, provenance: &Provenance, width: Option<u16>) -> String {
    let [candidate, baseline] = subject(found, provenance).map(|line| wrap(&line, width, 2));
    format!("{candidate}\n{baseline}\n\nPolicy\n{}", named_line(&policy(found)))
}

/// Each value of the policy with where it came from.
pub(super) fn policy(found: &Explanation) -> Vec<policy_words::Named> {
    let mut named = policy_words::series(&found.judged.policy);
    named.extend(policy_words::limits(&found.limits));
    named
}

fn run_name(run: &HistoryRun) -> String {
    let commit = run.commit.as_deref().map_or_else(String::new, |commit| format!(" at commit {}", short(commit)));
    format!("{}{commit}", date(run.started_at))
}

fn short(commit: &str) -> String {
    escape::terminal(&commit.chars().take(COMMIT).collect::<String>())
}

/// The history as blocks, levels apart, and the candidate at the end.
fn plot(found: &Explanation, width: Option<u16>) -> String {
    // Levels need signs of their own; a level has at least four runs.
    let fitting = width.map_or(PLOTTED, |width| (usize::from(width).saturating_sub(8)) * 3 / 4);
    let past = &found.past[found.past.len().saturating_sub(fitting)..];
    let values = past.iter().map(|run| Some(run.value)).chain([found.judged.value]).collect::<Vec<_>>();
    let blocks: Vec<char> = sparkline(&values).chars().collect();
    let mut line = String::from("  ");
    for (index, (run, block)) in past.iter().zip(&blocks).enumerate() {
        let segment = |run: &PastRun| run.level.map(|level| level.segment);
        if index > 0 && segment(run) != segment(&past[index - 1]) {
            line.push('|');
        }
        line.push(*block);
    }
    line.push(' ');
    line.extend(blocks.last());
    if past.is_empty() {
        String::new()
    } else {
        format!("{line}\n  oldest to newest, | between levels, the candidate last")
    }
}

fn history(found: &Explanation, width: Option<u16>) -> String {
    if found.past.is_empty() {
        return String::new();
    }
    let (older, shown) = found.past.split_at(found.past.len().saturating_sub(LISTED));
    let unit = found.judged.series.unit.as_str();
    let unit = if unit.is_empty() { "value".to_owned() } else { name(&format!("value ({unit})")) };
    let mut rows = vec![["date", "commit", &unit, "samples", "level", "residual", "notes"].map(str::to_owned)];
    rows.extend(shown.iter().map(row));
    rows.extend(candidate_rows(found));
    let mut widths = [0; 7];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; 7]| {
        let [date, commit, value, samples, level, residual, notes] = row;
        let [of_date, of_commit, of_value, of_samples, of_level, of_residual, _] = widths;
        let line = format!(
            "  {date:<of_date$}  {commit:<of_commit$}  {value:>of_value$}  {samples:>of_samples$}  {level:>of_level$}  \
             {residual:>of_residual$}  {notes}"
        );
        wrap(line.trim_end(), width, 14)
    };
    let mut lines = vec!["History".to_owned()];
    if !older.is_empty() {
        lines.push(format!(
            "  {} left out here; `--format json` has all",
            plural(older.len(), "older run", "older runs")
        ));
    }
    lines.extend(rows.iter().map(line));
    if found.past.iter().any(|run| run.level.is_some()) {
        lines.push(wrap(LEGEND, width, 2));
    }
    lines.join("\n")
}

/// The candidate's first run and its re-runs.
fn candidate_rows(found: &Explanation) -> Vec<[String; 7]> {
    let row = |label: &str, value: f64, samples: usize| {
        let samples = if samples == 0 { "-".to_owned() } else { samples.to_string() };
        let [commit, level, residual, notes] = [(); 4].map(|()| String::new());
        [label.to_owned(), commit, precise(value), samples, level, residual, notes]
    };
    match &found.workings {
        Workings::Spread(of) => {
            let label = |number| if number == 0 { "candidate".to_owned() } else { format!("re-run {number}") };
            of.runs.iter().enumerate().map(|(number, run)| row(&label(number), run.value, run.samples)).collect()
        }
        _ => found.judged.value.iter().map(|value| row("candidate", *value, 0)).collect(),
    }
}

fn row(run: &PastRun) -> [String; 7] {
    let mut notes = Vec::new();
    if run.begins_epoch {
        notes.push("an epoch begins".to_owned());
    }
    let (mut segment, mut residual) = (String::new(), String::new());
    if let Some(level) = run.level {
        segment = (level.segment + 1).to_string();
        residual = signed_percent(level.residual);
        if level.is_in_centre {
            notes.push("centre".to_owned());
        }
        if level.discount > 1.005 {
            notes.push(format!("samples / {:.2}", level.discount));
        }
        if level.runner.abs() >= 5e-5 {
            notes.push(format!("runner {}", signed_percent(level.runner)));
        }
    }
    let samples = if run.samples == 0 { "-".to_owned() } else { run.samples.to_string() };
    let commit = run.run.commit.as_deref().map_or_else(|| "-".to_owned(), short);
    [date(run.run.started_at), commit, precise(run.value), samples, segment, residual, notes.join(", ")]
}

/// Lines as a table: step, name, number, and where it comes from.
pub(super) fn table(lines: &[Line], width: Option<u16>) -> String {
    let widest = |of: fn(&Line) -> &str| lines.iter().map(|line| of(line).chars().count()).max().unwrap_or(0);
    let (of_step, of_name) = (widest(|line| line.step), widest(|line| &line.name));
    let of_value = widest(|line| &line.value);
    let indent = 2 + of_step + 2 + of_name + 2 + of_value + 2;
    let line = |Line { step, name, value, how }: &Line| {
        let how = escape::terminal(how);
        let text = format!("  {step:<of_step$}  {name:<of_name$}  {value:>of_value$}  {how}");
        wrap(text.trim_end(), width, indent)
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::fixtures::{HOSTILE, provenance};
    use super::*;
    use crate::gate::explain::explain;
    use crate::gate::policy::DefaultPolicy;
    use crate::model::{
        BenchmarkResult, CandidateRun, Context, Direction, History, Measurement, Point, ResultDraft, RunId,
        SeriesHistory, SeriesKey, SeriesMeta,
    };

    /// A series with a step in its level, a run whose samples disagreed, and a slow candidate with a re-run.
    pub(in crate::report) fn found(case: &str) -> Explanation {
        let result = |value: f64| -> BenchmarkResult {
            let latency = Measurement::new("latency", None, vec![value * 0.99, value, value * 1.02], Some("ms"), None);
            let mut draft = ResultDraft::completed(vec![latency.unwrap()]);
            draft.test_case = Some(case.to_owned());
            draft.hardware.kind = Some("cpu".to_owned());
            let context = Context { model: Some("bert".to_owned()), ..Context::default() };
            context.complete_result(draft).unwrap()
        };
        let first = result(11.2);
        let key = SeriesKey { configuration: first.configuration.clone(), metric: "latency".to_owned() };
        let unit = first.measurements[0].unit().clone();
        let meta = SeriesMeta { key, unit, better: Some(Direction::LowerIsBetter) };
        let wobble = [1.0, 1.01, 0.99, 1.005, 0.995, 1.0, 1.015];
        let point = |run: usize| Point {
            run,
            value: wobble[run % 7] * if run < 10 { 12.0 } else { 10.0 },
            samples: 3,
            within_sd: Some(if run == 17 { 0.09 } else { 0.012 }),
        };
        let run = |index: usize| HistoryRun {
            id: RunId(index as u64),
            started_at: jiff::Timestamp::from_second(1_767_225_600 + 86_400 * i64::try_from(index).unwrap()).unwrap(),
            commit: Some(format!("{HOSTILE}{index}")),
            branch: None,
            artifact_hash: None,
        };
        let points = (0..24).map(point).collect();
        let series = SeriesHistory { meta: meta.clone(), points, epochs: Vec::new() };
        let history = History { runs: (0..24).map(run).collect(), series: vec![series], ..History::default() };
        let candidate =
            CandidateRun { results: vec![first], reruns: vec![vec![result(11.0)]], ..CandidateRun::default() };
        explain(&candidate, &history, &DefaultPolicy::default(), meta.key.id()).unwrap()
    }

    #[test]
    fn an_explanation_can_be_read_and_checked() {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!("explanation", explanation(&found("embed"), &provenance(), Some(100)));
        });
    }

    #[test]
    fn lines_fit_and_hostile_names_steer_nothing() {
        for width in [80, 100, 140] {
            let text = explanation(&found(HOSTILE), &provenance(), Some(width));
            for line in text.lines() {
                assert!(line.chars().count() <= usize::from(width), "{width}: {line}");
                assert!(!line.chars().any(escape::is_unsafe), "{line:?}");
            }
        }
    }
}
