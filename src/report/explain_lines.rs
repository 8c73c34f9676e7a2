//! The arithmetic of a verdict and the decision, as lines with their numbers filled in.
//!
//! For: what is computed, from what, and by which step of the procedure. Not for: layout (see `explain`).
//! Invariant: numbers come from the explanation; what is printed as a formula gives the printed number, to the digits
//! printed.

use super::verbose::probability;
use crate::gate::explain::{
    Explanation, PairWorkings, RunWorkings, RunnerWorkings, SpreadWorkings, TailFacts, Workings,
};
use crate::gate::{CommonShift, Correction, Drift, Evidence, Scale, Verdict};
use crate::model::Direction;
use crate::text::number::percent_interval;
use crate::text::time::date;
use crate::text::{percent, plural, signed_percent};

/// One line: the step of the procedure, what it gives, the number, and how it came about.
pub(super) struct Line {
    pub(super) step: &'static str,
    pub(super) name: String,
    pub(super) value: String,
    pub(super) how: String,
}

fn line(step: &'static str, name: impl Into<String>, value: impl Into<String>, how: impl Into<String>) -> Line {
    Line { step, name: name.into(), value: value.into(), how: how.into() }
}

/// Six significant digits, without zeros at the end.
pub(super) fn precise(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return super::verbose::deviation(value);
    }
    if size > 0.0 && !(1e-5..1e9).contains(&size) {
        return format!("{value:.5e}");
    }
    let mut decimals = 5_usize;
    let mut border = 10.0;
    while size >= border && decimals > 0 {
        decimals -= 1;
        border *= 10.0;
    }
    let mut below = 1.0;
    while size < below && size > 0.0 && decimals < 11 {
        decimals += 1;
        below /= 10.0;
    }
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A distance with its sign.
fn signed(value: f64) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", precise(value))
}

/// The arithmetic of a comparison against centre and spread or in pairs; of any other there is none.
pub(super) fn workings(found: &Explanation) -> Vec<Line> {
    let of = match &found.workings {
        Workings::Spread(of) => of,
        Workings::Pairs(of) => return pairs(of),
        Workings::Exact { .. } | Workings::None => return Vec::new(),
    };
    let mut lines = vec![line(
        "2",
        "centre",
        precise(of.centre),
        format!(
            "median of the newest {} of the current level (noted \"centre\")",
            plural(of.centre_runs, "run", "runs")
        ),
    )];
    lines.push(spread(of));
    for (number, run) in of.runs.iter().enumerate() {
        if number > 0 {
            lines.push(line(
                "",
                format!("re-run {number}"),
                precise(run.value),
                "compared without regard to the runner",
            ));
        }
        lines.extend(run_lines(of, run, if number == 0 { of.runner.as_ref() } else { None }, number));
    }
    lines
}

fn pairs(of: &PairWorkings) -> Vec<Line> {
    let PairWorkings { base, pairs, distance, error, t, probability } = *of;
    let division = format!("{} / {}", signed(distance), precise(error));
    let t_how = if (distance / error - t).abs() > 1e-9 {
        format!("{division}, no more than a suspect's, since the ranks are not significant")
    } else {
        division
    };
    vec![
        line("", "base", precise(base), format!("median of its {}", plural(pairs, "run", "runs"))),
        line(
            "",
            "distance",
            signed(distance),
            format!("Hodges-Lehmann estimate of ln(candidate / base) over {pairs} pairs"),
        ),
        line("", "standard error", precise(error), "of the pairs, and what two builds of a program differ by"),
        line("", "T", precise(t), t_how),
        line("", "ranks", super::verbose::probability(probability), "probability by the exact signed-rank test"),
    ]
}

fn spread(of: &SpreadWorkings) -> Line {
    let SpreadWorkings { root_mean_square, floor, decay, .. } = *of;
    let total = root_mean_square.hypot(floor);
    let how = format!(
        "sqrt({}^2 + {}^2): root mean square of the residuals, each run {decay} of the next, and the least of any history",
        precise(root_mean_square),
        precise(floor)
    );
    line("3", "spread", precise(total), how)
}

fn run_lines(of: &SpreadWorkings, run: &RunWorkings, runner: Option<&RunnerWorkings>, number: usize) -> Vec<Line> {
    let mut lines = vec![line("", "distance", signed(run.measured), distance_formula(of, run.value))];
    if let Some(RunnerWorkings { loading, others }) = runner {
        let how =
            format!("{} x {}: what this series takes of what the others show", precise(*loading), signed(*others));
        lines.push(line("5", "runner's share", signed(run.runner), how));
        let how = format!("{} - {}", signed(run.measured), signed(run.runner));
        lines.push(line("", "distance left", signed(run.distance), how));
    }
    // What all runs have alike is told with the first.
    if number == 0 || run.fewer_samples > 0.0 {
        lines.push(line("4", "few samples", precise(run.fewer_samples), fewer_samples(of, run)));
    }
    lines.push(line("4", "own samples", precise(run.own_samples), own_samples(of, run)));
    let how =
        format!("sqrt(pi/2 x ({}^2 + {}^2) / {})", precise(run.spread), precise(run.fewer_samples), of.centre_runs);
    lines.push(line("4", "centre's error", precise(run.centre_error), how));
    let how = format!("1 + 8 / {}^1.5, for a history of {}", of.history_runs, plural(of.history_runs, "run", "runs"));
    lines.push(line("4", "short history", precise(run.short_history), how));
    let parts = [run.spread, run.fewer_samples, run.own_samples, run.centre_error];
    let squares: Vec<String> = parts.iter().map(|part| format!("{}^2", precise(*part))).collect();
    let how = format!("sqrt({}) x {}", squares.join(" + "), precise(run.short_history));
    lines.push(line("4", "standard error", precise(run.error), how));
    let how = format!("{} / {}", signed(run.distance), precise(run.error));
    lines.push(line("", "T", precise(run.t), how));
    lines
}

fn distance_formula(of: &SpreadWorkings, value: f64) -> String {
    let (value, centre) = (precise(value), precise(of.centre));
    let is_lower = of.better == Direction::LowerIsBetter;
    let (worse, better) = if is_lower { (&value, &centre) } else { (&centre, &value) };
    match of.scale {
        Scale::Log | Scale::Exact => format!("ln({worse} / {better})"),
        Scale::Additive => format!("({worse} - {better}) / {}", precise(of.unit)),
        Scale::Logit => {
            let odds = |share: &str| format!("({share} / ({} - {share}))", precise(of.unit));
            format!("ln({} / {})", odds(worse), odds(better))
        }
    }
}

fn fewer_samples(of: &SpreadWorkings, run: &RunWorkings) -> String {
    if run.samples == 0 || of.usual_samples < 1.0 {
        return "the number of samples is not known".to_owned();
    }
    let (own, usual) = (run.samples, precise(of.usual_samples));
    if run.fewer_samples > 0.0 {
        return format!("sqrt({}^2 x (1/{own} - 1/{usual})): {own} instead of {usual}", precise(of.usual_within));
    }
    format!("no fewer samples ({own}) than usual ({usual})")
}

fn own_samples(of: &SpreadWorkings, run: &RunWorkings) -> String {
    let Some(within) = run.within else { return "how its samples lie is not known".to_owned() };
    let (own, usual) = (precise(within), precise(of.usual_within));
    if run.own_samples > 0.0 {
        return format!("sqrt(pi/2 x ({own}^2 - {usual}^2) / {}): its samples disagree more than usual", run.samples);
    }
    format!("its samples agree as usual or better (standard deviation {own}, usual {usual})")
}

/// How the numbers became the verdict.
pub(super) fn decision(found: &Explanation) -> Vec<Line> {
    let judged = &found.judged;
    let mut lines = Vec::new();
    if let Some(evidence) = &judged.evidence {
        lines.extend(thresholds(found, evidence));
        lines.extend(rerun_lines(found, evidence));
        lines.extend(visible(found, evidence));
        lines.extend(found.tail.map(|tail| tail_line(&tail, evidence)));
        lines.extend(correction(found));
        lines.extend(found.common_shift.as_ref().map(shift));
        lines.extend(evidence.drift.map(|Drift { change, since }| {
            let how = format!("from the best level that lasted, until {}", date(since));
            line("7", "drift", signed_percent(change), how)
        }));
    }
    let row = found.row.unwrap_or("no rule could be applied");
    lines.push(line("", "verdict", judged.verdict.as_str(), row));
    lines
}

fn thresholds(found: &Explanation, evidence: &Evidence) -> Vec<Line> {
    let policy = &found.judged.policy.minimum_effect;
    match &found.workings {
        Workings::Spread(of) => {
            let Some(first) = of.runs.first() else { return Vec::new() };
            let (size, suspect, single) = (first.t.abs(), evidence.suspect, evidence.threshold);
            let how = if size > single {
                format!("beyond {suspect} (suspect) and beyond {single} (a regression in one run)")
            } else if size > suspect {
                format!("beyond {suspect} (suspect), not beyond {single} (a regression in one run)")
            } else {
                format!("not beyond {suspect} (suspect)")
            };
            let how = if first.t < 0.0 { format!("mirrored: {how}") } else { how };
            let effect = format!(
                "{} than the minimum effect of {} ({}); {}",
                if first.effect > policy.value { "more" } else { "not more" },
                percent(policy.value),
                policy.origin,
                effect_formula(of, first),
            );
            let side = if first.t < 0.0 { "change for the better" } else { "change for the worse" };
            let runs = plural(of.runs.len(), "run", "runs");
            let interval = format!(
                "change of the value over {runs}, three standard errors to either side: {}",
                percent_interval(evidence.interval.0, evidence.interval.1)
            );
            vec![
                line("", "T", precise(size), how),
                line("", side, percent(first.effect), effect),
                line("", "interval", signed_percent(evidence.change), interval),
            ]
        }
        Workings::Exact { newest, tolerance } => vec![line(
            "",
            "change",
            signed_percent(evidence.change),
            format!(
                "from the newest value {}; differences up to {} count as none",
                precise(*newest),
                percent(*tolerance)
            ),
        )],
        Workings::Pairs(_) | Workings::None => Vec::new(),
    }
}

fn effect_formula(of: &SpreadWorkings, run: &RunWorkings) -> String {
    let distance = precise(run.distance.abs());
    match of.scale {
        Scale::Additive => format!("{distance} x {} / {}", precise(of.unit), precise(of.centre.abs())),
        _ => format!("exp({distance}) - 1"),
    }
}

fn rerun_lines(found: &Explanation, evidence: &Evidence) -> Vec<Line> {
    let Workings::Spread(of) = &found.workings else { return Vec::new() };
    let least = found.judged.policy.minimum_effect.value;
    let sign = if of.runs.first().is_some_and(|first| first.t < 0.0) { -1.0 } else { 1.0 };
    let rerun = |(number, run): (usize, &RunWorkings)| {
        let t = sign * run.t;
        let shows = if t > evidence.confirm && run.effect > least { "shows it too" } else { "does not show it" };
        let how = format!(
            "a re-run must be beyond {} and {}; {shows} ({})",
            evidence.confirm,
            percent(least),
            percent(run.effect)
        );
        line("", format!("T of re-run {number}"), precise(t), how)
    };
    of.runs.iter().enumerate().skip(1).map(rerun).collect()
}

fn visible(found: &Explanation, evidence: &Evidence) -> Option<Line> {
    let Workings::Spread(of) = &found.workings else { return None };
    let target = &found.judged.policy.target_effect;
    let error = precise(of.runs.first()?.error);
    let formula = match of.scale {
        Scale::Additive => format!("{} x {error} x {} / {}", of.visible, precise(of.unit), precise(of.centre.abs())),
        _ => format!("exp({} x {error}) - 1", of.visible),
    };
    let is_visible = if evidence.smallest_visible <= target.value { "would" } else { "might not" };
    let how = format!(
        "{formula}; the target effect of {} ({}) {is_visible} have been seen",
        percent(target.value),
        target.origin
    );
    Some(line("", "smallest visible", percent(evidence.smallest_visible), how))
}

fn tail_line(tail: &TailFacts, evidence: &Evidence) -> Line {
    let TailFacts { past_deviations, as_large, series, prior_weight, degrees_of_freedom } = *tail;
    let how = format!(
        "{as_large} of {past_deviations} past deviations of {} are as large; Student's t with {degrees_of_freedom} degrees of \
         freedom weighs as much as {prior_weight} of them",
        plural(series, "series", "series")
    );
    line("6", "tail probability", probability(evidence.p_worse), how)
}

fn correction(found: &Explanation) -> Option<Line> {
    let limits = &found.limits;
    (limits.correction.value == Correction::BenjaminiHochberg).then(|| {
        let how =
            format!("{} at {} ({})", limits.correction.value, percent(limits.alpha.value), limits.correction.origin);
        line("6", "correction", "yes", how)
    })
}

fn shift(shift: &CommonShift) -> Line {
    let CommonShift { hardware, slowdown, usual, t, series, verdict } = shift;
    let meaning = match verdict {
        Verdict::Regressed => "more than a slow runner explains",
        Verdict::Inconclusive => "another run would tell",
        _ => "an ordinary run",
    };
    let how = format!(
        "median distance of {} of {}, usually {}; T {t:.1}: {meaning}",
        plural(*series, "series", "series"),
        hardware.kind,
        percent(*usual)
    );
    line("5", "all series together", signed_percent(*slowdown), how)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_whatever_the_size() {
        for (value, expected) in [
            (15.721_345_6, "15.7213"),
            (0.009_612_346, "0.00961235"),
            (-0.171_234_56, "-0.171235"),
            (1_234_567.8, "1234568"),
            (123_456.78, "123457"),
            (0.002, "0.002"),
            (0.0, "0"),
            (1.25e-7, "1.25000e-7"),
            (12.0, "12"),
            (f64::INFINITY, "infinite"),
        ] {
            assert_eq!(precise(value), expected);
        }
    }
}
