//! Predicting false alarms.
//!
//! For: whether what `calibrate` expects from the first half of a history comes true in the second. Not for: comparing
//! rules.
//! Invariant: the prediction sees nothing of the second half.

use std::collections::BTreeSet;

use benchgate::gate::Verdict;
use benchgate::gate::calibrate::calibrate;
use benchgate::gate::policy::DefaultPolicy;
use benchgate::gate::replay::{Hindsight, Selection, replay};
use benchgate::model::{History, SeriesHistory};
use serde::Serialize;

use super::protocol::share;
use super::suite::Suite;

/// Fewest runs before one that counts in the second half, as in `calibrate`.
const LEAST_PAST: usize = 10;

/// Predicted and observed false alarms per series and run, without a re-run, with one and with two.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Halves {
    /// What `calibrate` says after the first half.
    pub(crate) predicted: [f64; 3],
    /// What the second half shows.
    pub(crate) observed: [f64; 3],
    /// Clean points of the second half.
    pub(crate) nulls: usize,
}

/// Splits each suite in the middle of its runs. Predictions are weighted by the points that the second half has of them.
pub(crate) fn predict(suites: &[Suite]) -> Halves {
    let policy = DefaultPolicy::default();
    let mut expected = [0.0; 3];
    let mut observed = [0; 3];
    let mut nulls = 0;
    for suite in suites {
        let middle = suite.history.runs.len() / 2;
        let rates = calibrate(&before(&suite.history, middle), &policy).alarms.map(|alarms| alarms.rate);
        let runs: BTreeSet<usize> = (middle..suite.history.runs.len()).collect();
        let selection = Selection { runs, least_past: LEAST_PAST, most_past: None };
        for replayed in replay(&suite.history, &policy, &selection).flat_map(|run| run.series) {
            if replayed.hindsight != Hindsight::Clean {
                continue;
            }
            nulls += 1;
            for reruns in 0..3 {
                expected[reruns] += rates[reruns];
                observed[reruns] += usize::from(replayed.verdict(0.0, reruns) == Verdict::Regressed);
            }
        }
    }
    Halves {
        predicted: expected.map(|expected| if nulls == 0 { 0.0 } else { expected / nulls as f64 }),
        observed: observed.map(|observed| share(observed, nulls)),
        nulls,
    }
}

/// The part of a history before a run.
fn before(history: &History, run: usize) -> History {
    let part = |series: &SeriesHistory| SeriesHistory {
        points: series.points.iter().copied().filter(|point| point.run < run).collect(),
        ..series.clone()
    };
    History {
        runs: history.runs[..run].to_vec(),
        series: history.series.iter().map(part).collect(),
        ..History::default()
    }
}
