//! What badges say.
//!
//! For: one sentence of two words for a README. Not for: drawing it (see [`Badge`]).
//! Invariant: green only where something was compared and nothing was found that the policy, or the trend, counts.

use super::svg::{Badge, BadgeColour};
use super::trend::{TrendFinding, TrendView};
use super::view::View;
use crate::gate::Outcome;
use crate::text::plural;

/// The badge of a judgement: `benchmarks: 2 regressions`.
#[must_use]
pub fn judgement_badge(view: &View) -> Badge {
    let counts = &view.judgement.counts;
    match view.judgement.outcome {
        Outcome::Passed => badge(format!("no regression in {}", counts.compared), BadgeColour::Green),
        Outcome::Failed if counts.regressed > 0 => {
            badge(plural(counts.regressed, "regression", "regressions"), BadgeColour::Red)
        }
        Outcome::Failed if counts.missing > 0 => badge(format!("{} missing", counts.missing), BadgeColour::Red),
        // A whole machine became slower, or a leg left no results: the report says which.
        Outcome::Failed => badge("failed".to_owned(), BadgeColour::Red),
        Outcome::Inconclusive => badge("inconclusive".to_owned(), BadgeColour::Amber),
        Outcome::NothingToJudge => badge("nothing to judge".to_owned(), BadgeColour::Grey),
    }
}

/// The badge of a trend: `benchmarks: 1 worsening`.
#[must_use]
pub fn trend_badge(view: &TrendView) -> Badge {
    let worse = view.count(TrendFinding::Worse);
    let others = [TrendFinding::Drift, TrendFinding::Noise, TrendFinding::Silent];
    let others: usize = others.into_iter().map(|finding| view.count(finding)).sum();
    let looked_at = view.looked_at();
    match (worse, others) {
        (0, 0) if looked_at == 0 => badge("nothing to look at".to_owned(), BadgeColour::Grey),
        (0, 0) => badge(format!("{looked_at} steady"), BadgeColour::Green),
        (0, others) => badge(format!("{others} to look at"), BadgeColour::Amber),
        (worse, _) => badge(plural(worse, "worsening", "worsenings"), BadgeColour::Red),
    }
}

fn badge(message: String, colour: BadgeColour) -> Badge {
    Badge { label: "benchmarks".to_owned(), message, colour }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{all_green, everything, nothing, trend};
    use super::*;

    #[test]
    fn a_badge_is_green_only_where_something_was_compared() {
        for (view, message, colour) in [
            (everything(), "3 regressions", BadgeColour::Red),
            (all_green(), "no regression in 3", BadgeColour::Green),
            (nothing(), "nothing to judge", BadgeColour::Grey),
        ] {
            assert_eq!(judgement_badge(&view), badge(message.to_owned(), colour));
        }
    }

    #[test]
    fn a_trend_is_steady_only_where_series_were_looked_at() {
        let mut view = trend("a");
        assert_eq!(trend_badge(&view), badge("1 worsening".to_owned(), BadgeColour::Red));
        view.trend.series[0].changes.clear();
        assert_eq!(trend_badge(&view), badge("2 to look at".to_owned(), BadgeColour::Amber));
        (view.trend.series[0].noisier, view.trend.series[0].silent_runs) = (None, 0);
        assert_eq!(trend_badge(&view), badge("1 steady".to_owned(), BadgeColour::Green));
        view.trend.series[0].refusal = Some("nobody says".to_owned());
        assert_eq!(trend_badge(&view), badge("nothing to look at".to_owned(), BadgeColour::Grey));
    }
}
