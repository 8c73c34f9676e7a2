//! What calibration found, for a terminal.
//!
//! For: false alarms to expect, what the series can show, and what to do about the noisy ones. Not for: programs (see
//! `calibration_json`).
//! Invariant: a rate stands beside the count that it rests on; a proposed policy is valid TOML as it stands.

use super::terminal::name;
use crate::gate::calibrate::{Alarms, Calibration, Fitness, Remedy, SeriesCalibration};
use crate::model::SeriesKey;
use crate::text::{escape, percent, plural, wrap};

/// Sizes of changes in the table of what is visible.
const SIZES: [f64; 6] = [0.01, 0.02, 0.05, 0.10, 0.20, 0.50];

/// Series that are listed one by one, at most.
const LISTED: usize = 40;

/// Series too noisy for any gate: not even twice as slow would show.
const HOPELESS: f64 = 1.0;

/// Renders a calibration, with a final newline. `width` is the terminal's.
#[must_use]
pub fn calibration(found: &Calibration, width: Option<u16>) -> String {
    let mut blocks = vec![headline(found), alarms(found, width), same_code(found, width), visible(found)];
    blocks.push(too_noisy(found, width));
    blocks.push(not_comparable(found, width));
    blocks.push(proposal(found, width));
    blocks.retain(|block| !block.is_empty());
    format!("{}\n", blocks.join("\n\n"))
}

fn headline(found: &Calibration) -> String {
    let [gateable, noisy, _, not_judged] = found.fitness_counts();
    let mut parts = vec![format!("{gateable} of {} can be gated", plural(found.series.len(), "series", "series"))];
    if noisy > 0 {
        parts.push(format!("{noisy} too noisy"));
    }
    let unknown = found.series.len() - gateable - noisy - not_judged;
    if unknown > 0 {
        parts.push(format!("{unknown} without a verdict"));
    }
    if not_judged > 0 {
        parts.push(format!("{not_judged} not judged by policy"));
    }
    parts.join(", ")
}

fn alarms(found: &Calibration, width: Option<u16>) -> String {
    if found.clean_points == 0 {
        let text = "False alarms: the history is too short to count any (13 runs of a series are the least); expected is \
                    what public histories show.";
        return format!("{}\n{}", wrap(text, width, 0), alarm_lines(found));
    }
    let points = plural(found.clean_points, "measurement", "measurements");
    let runs = plural(found.clean_runs, "run", "runs");
    let text = format!("False alarms in {points} of {runs} in which, seen from today, nothing changed:");
    format!("{}\n{}", wrap(&text, width, 0), alarm_lines(found))
}

fn alarm_lines(found: &Calibration) -> String {
    let line = |alarms: &Alarms| {
        let label = match alarms.reruns {
            0 => "without a re-run".to_owned(),
            1 => "confirmed by a re-run".to_owned(),
            reruns => format!("confirmed by {reruns}"),
        };
        format!(
            "  {label:<22} {:>5} counted in {:>4}, expected {:>7} of series and runs, {:>6} in 100 runs",
            alarms.counted,
            plural(alarms.runs, "run", "runs"),
            percent(alarms.rate),
            format!("{:.1}", alarms.per_hundred_runs),
        )
    };
    found.alarms.iter().map(line).collect::<Vec<String>>().join("\n")
}

fn same_code(found: &Calibration, width: Option<u16>) -> String {
    let same = found.same_code;
    if same.points == 0 {
        let text = "Same code: no run measured the commit or artifact of the run before it. Benchmark one commit twice \
                    now and then, and this line checks the rates above.";
        return wrap(text, width, 0);
    }
    let expected = found.alarms[0].rate * same.points as f64;
    let text = format!(
        "Same code: of {} that measured the code of the run before, {} would have been reported without a re-run; the \
         rate above expects {expected:.1}.",
        plural(same.points, "measurement", "measurements"),
        same.alarms,
    );
    wrap(&text, width, 0)
}

fn visible(found: &Calibration) -> String {
    let known = found.series.iter().filter(|series| series.smallest_visible.is_some()).count();
    if known == 0 {
        return String::new();
    }
    let shown = found.visible_by_size(&SIZES);
    let line = |size: &f64| {
        let count = shown.get(&format!("{:.0}", size * 100.0)).copied().unwrap_or(0);
        let bar = "#".repeat(30 * count / known);
        format!("  {:>5}  {count:>5} of {known}  {bar}", percent(*size))
    };
    let lines: Vec<String> = SIZES.iter().map(line).collect();
    format!("Series whose next run would show a worsening of\n{}", lines.join("\n"))
}

fn too_noisy(found: &Calibration, width: Option<u16>) -> String {
    let noisy: Vec<(&SeriesCalibration, Remedy)> = found
        .series
        .iter()
        .filter_map(|series| match series.fitness {
            Fitness::TooNoisy(remedy) => Some((series, remedy)),
            _ => None,
        })
        .collect();
    if noisy.is_empty() {
        return String::new();
    }
    let mut lines = vec!["Too noisy for their target:".to_owned()];
    for (series, remedy) in noisy.iter().take(LISTED) {
        let visible = series.smallest_visible.map_or_else(|| "nothing".to_owned(), percent);
        let noise = series.noise.map_or_else(|| "unknown".to_owned(), percent);
        let text = format!(
            "  {}: noise {noise}, sees {visible}, target {}; {}",
            name(&series.series.key.to_string()),
            percent(series.target),
            remedy_words(*remedy)
        );
        lines.push(wrap(&text, width, 4));
    }
    if noisy.len() > LISTED {
        lines.push(format!("  and {} more", noisy.len() - LISTED));
    }
    lines.join("\n")
}

fn remedy_words(remedy: Remedy) -> String {
    match remedy {
        Remedy::MoreSamples => "more samples in a run would help most".to_owned(),
        Remedy::MoreHistory => "more history will do".to_owned(),
        Remedy::MoreRuns(runs) => format!("{} of a candidate together would show it", plural(runs, "run", "runs")),
        Remedy::QuieterMachine => "only a quieter machine or a steadier benchmark would help".to_owned(),
    }
}

fn not_comparable(found: &Calibration, width: Option<u16>) -> String {
    let refused: Vec<String> = found
        .series
        .iter()
        .filter_map(|series| match &series.fitness {
            Fitness::NotComparable(reason) => {
                let text = format!("  {}: {}", name(&series.series.key.to_string()), escape::terminal(reason));
                Some(wrap(&text, width, 4))
            }
            _ => None,
        })
        .collect();
    if refused.is_empty() {
        return String::new();
    }
    let more = if refused.len() > LISTED { format!("\n  and {} more", refused.len() - LISTED) } else { String::new() };
    format!("Without a verdict:\n{}{more}", refused[..refused.len().min(LISTED)].join("\n"))
}

/// Rules for `benchgate.toml` under which every series is gated by what it can show.
fn proposal(found: &Calibration, width: Option<u16>) -> String {
    let mut rules: Vec<String> = Vec::new();
    for series in &found.series {
        if let (Fitness::TooNoisy(_), Some(visible)) = (&series.fitness, series.smallest_visible) {
            let value = if visible > HOPELESS {
                "judged = false".to_owned()
            } else {
                format!("target-effect = \"{}%\"", round_up_to_five(visible))
            };
            rules.push(format!("[[rules]]\n{}\n{value}", patterns(&series.series.key)));
        }
    }
    if rules.is_empty() {
        return "Proposed policy: as it is.".to_owned();
    }
    let text = "Proposed policy, for benchgate.toml: noisy series are judged by what they can show, and hopeless ones are \
                listed only:";
    let more = if rules.len() > LISTED { format!("\n\n# and {} more", rules.len() - LISTED) } else { String::new() };
    format!("{}\n\n{}{more}", wrap(text, width, 0), rules[..rules.len().min(LISTED)].join("\n\n"))
}

/// The next multiple of 5 %, in percent.
fn round_up_to_five(fraction: f64) -> String {
    format!("{:.0}", (fraction * 20.0).ceil() * 5.0)
}

/// Glob patterns that match a series and as few others as patterns can.
fn patterns(key: &SeriesKey) -> String {
    let configuration = &key.configuration;
    let hardware = configuration.hardware.device.as_deref().unwrap_or(&configuration.hardware.kind);
    let mut lines = vec![format!("model = {}", pattern(&configuration.model))];
    lines.push(format!("hardware = {}", pattern(hardware)));
    lines.extend(configuration.test_case.as_ref().map(|case| format!("test-case = {}", pattern(case))));
    lines.push(format!("metric = {}", pattern(&key.metric)));
    lines.join("\n")
}

/// A text as a TOML string with a glob that matches it alone.
fn pattern(text: &str) -> String {
    let mut glob = String::new();
    for character in text.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '{' | '}' | '\\') {
            glob.extend(['[', character, ']']);
        } else {
            glob.push(character);
        }
    }
    toml::Value::String(glob).to_string()
}
