//! Levels against pinned commits.
//!
//! For: what crept away from a release in steps too small to be told one by one. Not for: single changes (see
//! [`super::change_points()`]).
//! Invariant: what was accepted since a pin is not held against a series; a series that the pinned commit did not measure
//! has nothing to be compared with.

use super::axis::Axis;
use super::drift::worsening;
use super::level::Level;
use super::trend::SeriesTrend;
use crate::model::{HistoryRun, Pin};

/// A level that is worse than that of a pinned commit.
#[derive(Clone, Debug, PartialEq)]
pub struct PinDrift {
    /// The pin's name.
    pub name: String,
    /// Relative change of the value since then, as a fraction.
    pub change: f64,
}

/// The pins than whose level the present one is worse, by at least a minimum effect and significantly; oldest pin first.
pub(super) fn since_pins(
    one: &SeriesTrend,
    runs: &[HistoryRun],
    pins: &[Pin],
    axis: &Axis,
    level: &Level,
    minimum: f64,
) -> Vec<PinDrift> {
    let epoch = one.epochs.iter().copied().max().unwrap_or(0);
    let Some(current) = level.segments.last() else { return Vec::new() };
    let of_pin = |pin: &Pin| {
        let is_pinned = |place: &usize| runs[one.points[*place].run].commit.as_ref() == Some(&pin.commit);
        let place = (epoch..one.points.len()).rev().find(is_pinned)?;
        let then = level.segments.iter().find(|segment| segment.contains(&place) && *segment != current)?;
        worsening(axis, level, then, minimum).map(|change| PinDrift { name: pin.name.clone(), change })
    };
    pins.iter().filter_map(of_pin).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::policy::DefaultPolicy;
    use super::super::tests::scene::{latency, noisy, scene};
    use super::super::trend::trend;
    use super::*;
    use crate::model::History;

    /// A level that rises by 1.5 % every eight runs, with a pin at the fifth.
    fn creeping() -> History {
        let mut past = noisy(1, 80, 0.004);
        past.iter_mut().enumerate().for_each(|(run, value)| *value *= 1.015_f64.powf((run / 8) as f64));
        let (_, mut history) = scene(&[latency("a", past, 100.0)]);
        for (run, one) in history.runs.iter_mut().enumerate() {
            one.commit = Some(format!("{run:040x}"));
        }
        history.pins =
            vec![Pin { name: "v1.0".to_owned(), commit: format!("{:040x}", 5), pinned_at: Timestamp::UNIX_EPOCH }];
        history
    }

    fn of(history: &History) -> Vec<PinDrift> {
        trend(history.clone(), &DefaultPolicy::default()).series.remove(0).since_pins
    }

    #[test]
    fn small_steps_since_a_release_are_told_with_their_sum() {
        let found = of(&creeping());
        let [drift] = &found[..] else { panic!("{found:?}") };
        assert!(drift.name == "v1.0" && (0.11..0.17).contains(&drift.change), "{drift:?}");
    }

    #[test]
    fn what_was_accepted_since_and_what_was_not_measured_then_is_not_held_against_a_series() {
        let mut accepted = creeping();
        accepted.series[0].epochs = vec![60];
        assert_eq!(of(&accepted), []);
        let mut unmeasured = creeping();
        unmeasured.pins[0].commit = "other".to_owned();
        assert_eq!(of(&unmeasured), []);
    }

    #[test]
    fn a_steady_level_is_not_worse_than_any_pin() {
        let mut steady = creeping();
        let (_, quiet) = scene(&[latency("a", noisy(2, 80, 0.004), 100.0)]);
        steady.series[0].points.clone_from(&quiet.series[0].points);
        assert_eq!(of(&steady), []);
    }
}
