//! The sentences of a report: headline, verdicts, visibility, baseline, next step.
//!
//! For: saying in plain English what was found, what could have been found, and what to do. Not for: numbers in tables.
//! Invariant: a headline names every kind of finding with its count, and says so where nothing was compared; a hint
//! appears only where something happened that it helps with.

use super::verbose::deviation;
use super::view::Provenance;
use crate::gate::{
    Baseline, CommonShift, Confirmation, Counts, Judgement, Outcome, SeriesJudgement, Verdict, Waiver, WaiverState,
};
use crate::model::ConfigurationId;
use crate::text::time::{age, date};
use crate::text::{percent, plural, short_commit};

/// `FAILED: 2 regressions in 72 series, 1 new, 1 missing`.
pub(super) fn headline(judgement: &Judgement) -> String {
    let counts = &judgement.counts;
    let word = match judgement.outcome {
        Outcome::Passed => "PASSED",
        Outcome::Failed => "FAILED",
        Outcome::Inconclusive => "INCONCLUSIVE",
        Outcome::NothingToJudge => "NOTHING TO JUDGE",
    };
    let mut parts = vec![lead(judgement)];
    let lost = lost_legs(judgement);
    if lost > 0 && !is_led_by_legs(judgement) {
        parts.push(format!("{} without results", plural(lost, "leg", "legs")));
    }
    if !judgement.failed_by_missing_only && counts.missing > 0 {
        parts.push(format!("{} missing", counts.missing));
    }
    for (count, noun) in [
        (counts.waived, "accepted"),
        (counts.incomparable, "incomparable"),
        (counts.inconclusive, "inconclusive"),
        (counts.new, "new"),
        (counts.improved, "improved"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {noun}"));
        }
    }
    if counts.unjudged > 0 {
        parts.push(format!("{} not judged by policy", counts.unjudged));
    }
    let simulated = if judgement.is_simulated { " (simulated results)" } else { "" };
    format!("{word}: {}{simulated}", parts.join(", "))
}

fn lead(judgement: &Judgement) -> String {
    let counts = &judgement.counts;
    let compared = plural(counts.compared, "series compared", "series compared");
    if counts.total() == 0 {
        "the run holds no series to judge".to_owned()
    } else if counts.regressed > 0 {
        let found = plural(counts.regressed, "regression", "regressions");
        format!("{found} in {}", plural(counts.total(), "series", "series"))
    } else if let Some(shift) = judgement.common_shifts.iter().find(|shift| shift.verdict == Verdict::Regressed) {
        let all = plural(shift.series, "series", "series");
        format!("all {all} of {} together became {} slower", shift.hardware.kind, percent(shift.slowdown))
    } else if is_led_by_legs(judgement) {
        format!("{} without results, no regression in {compared}", plural(lost_legs(judgement), "leg", "legs"))
    } else if counts.compared == 0 {
        format!("none of {} could be compared", plural(counts.total(), "series", "series"))
    } else if judgement.failed_by_missing_only {
        format!("{} missing, no regression in {compared}", plural(counts.missing, "series", "series"))
    } else {
        format!("no regression in {compared}")
    }
}

fn lost_legs(judgement: &Judgement) -> usize {
    judgement.legs.iter().filter(|leg| leg.is_lost()).count()
}

/// Whether a lost leg is what failed, and nothing worse.
fn is_led_by_legs(judgement: &Judgement) -> bool {
    judgement.failed_by_missing_only && judgement.counts.missing == 0 && lost_legs(judgement) > 0
}

/// The legs and what each brought.
pub(super) fn legs(judgement: &Judgement) -> Vec<String> {
    judgement.legs.iter().map(|leg| format!("{}: {}", leg.name, leg.state)).collect()
}

/// What was accepted, by whom, and which waivers did nothing.
pub(super) fn waivers(judgement: &Judgement) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(judgement.accepted.as_ref().map(|by| format!("Every regression of this run is accepted: {by}.")));
    lines.extend(judgement.waivers.iter().map(|one| {
        let Waiver { origin, series, ceiling, expires, reason, link, is_expired: _ } = &one.waiver;
        let link = link.as_ref().map_or(String::new(), |link| format!(" ({link})"));
        let what = match one.state {
            WaiverState::Applied => format!("accepts up to {} until {expires}", percent(*ceiling)),
            WaiverState::Exceeded => format!("accepts up to {} only, and it regressed by more", percent(*ceiling)),
            WaiverState::Expired => format!("ended on {expires} and covers nothing: remove it, or renew it"),
            WaiverState::Unused => "covers nothing in this run: remove it if the regression is gone".to_owned(),
        };
        format!("{series}: {origin} {what}; reason: {reason}{link}")
    }));
    lines
}

/// A verdict with what limits or supports it: `regressed (confirmed by 2 re-runs)`.
pub(super) fn verdict(judged: &SeriesJudgement) -> String {
    let verdict = judged.verdict;
    let reruns = judged.evidence.as_ref().map_or(0, |evidence| evidence.reruns.len());
    match judged.confirmation {
        _ if !judged.policy.is_judged.value => format!("{verdict} (not judged)"),
        _ if judged.waived.is_some() => format!("{verdict} (accepted)"),
        Some(Confirmation::Confirmed) if reruns == 1 => format!("{verdict} (confirmed by a re-run)"),
        Some(Confirmation::Confirmed) => format!("{verdict} (confirmed by {reruns} re-runs)"),
        Some(Confirmation::Cleared) => format!("{verdict} (cleared by a re-run)"),
        None if verdict == Verdict::Inconclusive && judged.needs_rerun => format!("{verdict} (suspect)"),
        None => verdict.to_string(),
    }
}

/// What the comparison could have seen, and whether everything moved together.
pub(super) fn visibility(judgement: &Judgement) -> Vec<String> {
    let mut sentences = Vec::new();
    let compared: Vec<(&SeriesJudgement, f64)> = judgement
        .series
        .iter()
        .filter(|series| series.policy.is_judged.value)
        .filter_map(|series| Some((series, series.evidence.as_ref()?.smallest_visible)))
        .collect();
    let mut smallest: Vec<f64> = compared.iter().map(|(_, visible)| *visible).collect();
    smallest.sort_by(f64::total_cmp);
    if let (Some(least), Some(most)) = (smallest.first(), smallest.last()) {
        let median = smallest[smallest.len() / 2];
        let seen = compared.iter().filter(|(series, visible)| *visible <= series.policy.target_effect.value).count();
        let (least, median, most) = (percent(*least), percent(median), percent(*most));
        sentences.push(if least == most {
            format!("Smallest visible worsening: {most} in every series compared.")
        } else {
            format!(
                "Smallest visible worsening: {median} in the median series ({least} in the quietest, {most} in the \
                 noisiest)."
            )
        });
        sentences.push(format!(
            "A worsening of the target size ({}) would have been visible in {seen} of {}.",
            targets(&compared),
            plural(compared.len(), "series compared", "series compared")
        ));
    }
    sentences.extend(judgement.common_shifts.iter().map(runner));
    sentences
}

/// What was put down to the machine.
fn runner(shift: &CommonShift) -> String {
    let CommonShift { hardware, slowdown, usual, t: _, series, verdict: _ } = shift;
    let words = if *slowdown < 0.0 { "faster" } else { "slower" };
    format!(
        "The runner ({}) was {} {words} than usual over {} (usual variation {}), which was taken out of series that \
         follow it.",
        hardware.kind,
        percent(slowdown.abs()),
        plural(*series, "series", "series"),
        percent(*usual)
    )
}

/// The target effects in use: one number, or the range.
fn targets(compared: &[(&SeriesJudgement, f64)]) -> String {
    let targets = || compared.iter().map(|(series, _)| series.policy.target_effect.value);
    let (low, high) = (targets().fold(f64::INFINITY, f64::min), targets().fold(0.0, f64::max));
    if low < high { format!("{} to {}", percent(low), percent(high)) } else { percent(low) }
}

/// What the candidate was, and what it was compared with.
pub(super) fn baseline(judgement: &Judgement, provenance: &Provenance) -> Vec<String> {
    let Baseline { runs, span, newest_commit } = &judgement.baseline;
    let Provenance { files, commit, run, reruns, database, rule, history, notices: _, url: _, tool_version } =
        provenance;
    let mut candidate = Vec::new();
    candidate.extend(commit.as_ref().map(|commit| format!("commit {}", short_commit(commit))));
    candidate.extend(run.as_ref().map(|run| format!("run {run}")));
    candidate.extend((*reruns > 0).then(|| plural(*reruns, "re-run", "re-runs")));
    candidate.extend(file_list(files));
    let mut sentences = Vec::new();
    if !candidate.is_empty() {
        sentences.push(format!("Candidate: {}.", candidate.join(", ")));
    }
    let runs = plural(*runs, "run", "runs");
    let span = span.map_or(String::new(), |(oldest, newest)| match (date(oldest), date(newest)) {
        (from, to) if from == to => format!(" of {from}"),
        (from, to) => format!(" from {from} to {to} ({})", age(oldest, newest)),
    });
    let newest =
        newest_commit.as_ref().map_or(String::new(), |commit| format!(", newest commit {}", short_commit(commit)));
    let rule = if rule.is_empty() { String::new() } else { format!("; {rule}") };
    sentences.push(format!("Baseline: {runs}{span}{newest}, from {database}{rule}."));
    sentences.extend(history.clone());
    if judgement.is_simulated {
        sentences.push("The results are simulated and were judged against simulated history only.".to_owned());
    }
    sentences.push(format!("Judged by benchgate {tool_version}."));
    sentences
}

/// At most three file names, and how many more there are.
fn file_list(files: &[String]) -> Option<String> {
    let (shown, rest) = files.split_at(files.len().min(3));
    let more =
        if rest.is_empty() { String::new() } else { format!(" and {}", plural(rest.len(), "more file", "more files")) };
    (!files.is_empty())
        .then(|| format!("{} {}{more}", if files.len() == 1 { "file" } else { "files" }, shown.join(", ")))
}

/// What to do next.
pub(super) fn hints(judgement: &Judgement, provenance: &Provenance) -> Vec<String> {
    let is_in_ci = provenance.url.is_some();
    let counts: &Counts = &judgement.counts;
    let mut hints = Vec::new();
    if counts.total() == 0 {
        hints.push("check that the benchmark wrote its results and that the policy judges any of them".to_owned());
    } else if judgement.baseline.runs == 0 && is_in_ci {
        hints.push("the history holds no run to compare with: it begins with the next push to the baseline branch; to bring earlier results along, see docs/github.md".to_owned());
    } else if judgement.baseline.runs == 0 {
        hints.push("the history holds no run to compare with: import earlier runs of the same hardware with `benchgate ingest`".to_owned());
    } else if counts.compared == 0 && counts.inconclusive == 0 {
        hints.push("the history holds runs, but none of these series: another device, CPU model or GPU begins a history of its own; on a machine that was measured before, check that model, hardware and test case are spelled as they were".to_owned());
    }
    hints.extend(reruns_wanted(judgement, is_in_ci));
    if counts.missing > 0 {
        hints.push("a missing series was measured before: look for the benchmark's failure in its own log; for one removed on purpose, set `missing` to `ignore` in benchgate.toml".to_owned());
    }
    if judgement
        .series
        .iter()
        .any(|series| series.verdict == Verdict::Incomparable && series.policy.better.value.is_none())
    {
        hints.push(
            "nobody says which direction is better for some series: state `better` for their metric in benchgate.toml"
                .to_owned(),
        );
    }
    hints.extend(runs_needed(judgement));
    hints
}

/// Which series another run could still turn, and how to go on.
fn reruns_wanted(judgement: &Judgement, is_in_ci: bool) -> Option<String> {
    let how = "on another machine if possible";
    let add =
        if is_in_ci { "re-run the job: its attempts are judged together" } else { "add the results with `--confirm`" };
    if judgement.slowed_down().next().is_some() {
        return Some(if is_in_ci {
            format!("the whole suite of this commit is worth another run, {how}: {add}")
        } else {
            format!("run the whole suite of this commit again, {how}, and {add}")
        });
    }
    let wanted = judgement.suspects().count();
    if wanted > 0 && is_in_ci {
        let series = plural(wanted, "suspect series is", "suspect series are");
        return Some(format!(
            "{series} worth another run, {how}: {add}; the output `suspects` holds filters for the benchmark's runner"
        ));
    }
    (wanted > 0).then(|| {
        format!(
            "run {} of this commit again, {how}, and {add}; `--suspects-out` writes what to run as filters for the \
             benchmark's runner",
            plural(wanted, "suspect series", "suspect series")
        )
    })
}

/// What to run again, a configuration each with its suspect metrics; empty where everything is worth another run.
pub(super) fn suspects(judgement: &Judgement) -> Vec<String> {
    if judgement.slowed_down().next().is_some() {
        return Vec::new();
    }
    let mut lines: Vec<(ConfigurationId, String)> = Vec::new();
    for judged in judgement.suspects() {
        let key = &judged.series.key;
        let t = judged.evidence.as_ref().map_or(0.0, |evidence| evidence.t);
        let metric = format!("{} (T {})", key.metric, deviation(t));
        let configuration = key.configuration.id();
        match lines.iter_mut().find(|(id, _)| *id == configuration) {
            Some((_, line)) => line.extend([", ", &metric]),
            None => lines.push((configuration, format!("{}: {metric}", key.configuration))),
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// How many runs of the candidate would settle the inconclusive series.
fn runs_needed(judgement: &Judgement) -> Option<String> {
    let inconclusive: Vec<Option<usize>> = judgement
        .series
        .iter()
        .filter(|series| series.verdict == Verdict::Inconclusive && series.policy.is_judged.value)
        .map(|series| series.evidence.as_ref().and_then(|evidence| evidence.runs_needed))
        .collect();
    let settled: Vec<usize> = inconclusive.iter().copied().flatten().collect();
    let (least, most) = (settled.iter().min()?, settled.iter().max()?);
    let runs = if least == most {
        plural(*most, "run", "runs")
    } else {
        format!("{least} to {}", plural(*most, "run", "runs"))
    };
    let total = inconclusive.len();
    let what = if settled.len() < total {
        format!("{} of {total} inconclusive series", settled.len())
    } else if total == 1 {
        "the inconclusive series".to_owned()
    } else {
        format!("all {total} inconclusive series")
    };
    Some(format!("{runs} of the candidate would settle {what}"))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Series, judgement};
    use super::*;

    fn series(verdict: Verdict) -> Series {
        let series = Series::new(verdict.as_str(), "latency", "ms", verdict);
        match verdict {
            Verdict::New | Verdict::Incomparable => series.value(11.0),
            Verdict::Missing => series.history(11.0, 0.01),
            _ => series.compared(11.0, 0.01, 0.0),
        }
    }

    #[test]
    fn headlines_say_what_was_found_and_what_was_not_compared() {
        use Verdict::{Improved, Inconclusive, Missing, New, Regressed, Unchanged};
        for (outcome, verdicts, expected) in [
            (Outcome::Passed, vec![Unchanged], "PASSED: no regression in 1 series compared"),
            (
                Outcome::Passed,
                vec![Unchanged, Improved, New],
                "PASSED: no regression in 2 series compared, 1 new, 1 improved",
            ),
            (Outcome::Failed, vec![Regressed], "FAILED: 1 regression in 1 series"),
            (
                Outcome::Failed,
                vec![Regressed, Regressed, Missing, Unchanged],
                "FAILED: 2 regressions in 4 series, 1 missing",
            ),
            (
                Outcome::Inconclusive,
                vec![Inconclusive],
                "INCONCLUSIVE: no regression in 1 series compared, 1 inconclusive",
            ),
            (Outcome::NothingToJudge, vec![New, New], "NOTHING TO JUDGE: none of 2 series could be compared, 2 new"),
            (Outcome::NothingToJudge, vec![], "NOTHING TO JUDGE: the run holds no series to judge"),
        ] {
            let judgement = judgement(outcome, verdicts.into_iter().map(series).collect());
            assert_eq!(headline(&judgement), expected);
        }
    }

    #[test]
    fn a_failure_by_missing_series_leads_with_them_and_simulation_is_named() {
        let mut judgement = judgement(Outcome::Failed, vec![series(Verdict::Missing), series(Verdict::Unchanged)]);
        judgement.failed_by_missing_only = true;
        judgement.is_simulated = true;
        let expected = "FAILED: 1 series missing, no regression in 1 series compared (simulated results)";
        assert_eq!(headline(&judgement), expected);
    }

    #[test]
    fn hints_fit_what_happened() {
        let hint = |verdict, runs| {
            let mut judgement = judgement(Outcome::Failed, vec![series(verdict)]);
            judgement.baseline.runs = runs;
            hints(&judgement, &Provenance::default()).join("; ")
        };
        assert_eq!(hint(Verdict::Unchanged, 42), "");
        assert!(hint(Verdict::Regressed, 42).contains("run 1 suspect series of this commit again"));
        assert!(hint(Verdict::New, 0).contains("`benchgate ingest`"));
        assert!(hint(Verdict::New, 42).contains("none of these series"));
        assert!(hint(Verdict::Missing, 42).contains("set `missing` to `ignore`"));
        assert_eq!(hint(Verdict::Inconclusive, 42), "3 runs of the candidate would settle the inconclusive series");
    }

    #[test]
    fn visibility_counts_the_series_in_which_the_target_size_shows() {
        let noisy = Series::new("noisy", "latency", "ms", Verdict::Inconclusive).compared(11.0, 0.05, 0.0);
        let judgement = judgement(Outcome::Passed, vec![series(Verdict::Unchanged), noisy]);
        assert_eq!(
            visibility(&judgement),
            [
                "Smallest visible worsening: 24 % in the median series (4.8 % in the quietest, 24 % in the noisiest).",
                "A worsening of the target size (10 %) would have been visible in 1 of 2 series compared.",
            ]
        );
    }
}
