//! What a self-test found, for a terminal.
//!
//! For: saying whether the gate can fail, and which series cannot. Not for: programs (see `calibration_json`).
//! Invariant: a gate that stayed green is named as such in the first line.

use super::terminal::name;
use crate::gate::selftest::{SelfTest, SeriesTest};
use crate::text::{percent, plural, wrap};

/// Series that are listed one by one, at most.
const LISTED: usize = 40;

/// Renders a self-test, with a final newline. `width` is the terminal's.
#[must_use]
pub fn selftest(found: &SelfTest, width: Option<u16>) -> String {
    let mut lines = vec![headline(found)];
    let blind: Vec<&SeriesTest> = found.blind().collect();
    for series in blind.iter().take(LISTED) {
        let text = format!("  {}: {}", name(&series.series.key.to_string()), red_from(series));
        lines.push(wrap(&text, width, 4));
    }
    if blind.len() > LISTED {
        lines.push(format!("  and {} more", blind.len() - LISTED));
    }
    let red: Vec<f64> = found.series.iter().filter_map(|series| series.red_from).collect();
    if !red.is_empty() {
        lines.push(String::new());
        lines.push("A single run goes red from".to_owned());
        let mut sizes = red.clone();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup_by(|second, first| (*second - *first).abs() < 1e-9);
        for size in sizes {
            let count = red.iter().filter(|from| (**from - size).abs() < 1e-9).count();
            lines.push(format!("  {:>6} in {}", percent(size), plural(count, "series", "series")));
        }
    }
    if !blind.is_empty() {
        lines.push(String::new());
        lines.push(wrap(
            "hint: `benchgate calibrate` says what would help them; what cannot be helped belongs under `judged = false` in \
             benchgate.toml, so that nobody relies on it",
            width,
            0,
        ));
    }
    format!("{}\n", lines.join("\n"))
}

fn headline(found: &SelfTest) -> String {
    let worse = worse(found.effect);
    let judged = plural(found.series.len(), "series", "series");
    if found.series.is_empty() {
        return format!(
            "NOT PROVED: none of the results can be compared with a history, so nothing {worse} could fail"
        );
    }
    let blind = found.blind().count();
    if !found.is_red() {
        return format!("BLIND: with everything {worse} the gate stays green");
    }
    if blind > 0 {
        return format!("BLIND IN PART: {blind} of {judged} would not go red when {worse}:");
    }
    format!("PROVED: each of {judged} goes red when {worse}, and so does the gate")
}

/// `twice as slow`, or `worse by 30 %`.
fn worse(effect: f64) -> String {
    if (effect - 1.0).abs() < 1e-9 { "twice as bad".to_owned() } else { format!("worse by {}", percent(effect)) }
}

fn red_from(series: &SeriesTest) -> String {
    match series.red_from {
        Some(size) => format!("goes red from {}", percent(size)),
        None => "goes red at no size tried".to_owned(),
    }
}
