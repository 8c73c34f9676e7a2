//! The change-point side of an evaluation.
//!
//! For: what is reported of one file, and how. Not for: measuring.
//! Invariant: the text shows what the JSON holds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::monitoring::{Monitoring, monitor};
use super::steps::{Steps, steps};
use crate::series::Series;

/// Change points in the series of one file.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Changes {
    /// Steps injected into real noise, by method.
    pub(crate) steps: BTreeMap<&'static str, Steps>,
    /// What monitoring a main branch tells, by method.
    pub(crate) monitor: BTreeMap<&'static str, Monitoring>,
}

impl Changes {
    /// Measures.
    pub(crate) fn of(series: &[Series], seed: u64) -> Self {
        Self { steps: steps(series, seed), monitor: monitor(series) }
    }

    /// Lines for people.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (method, steps) in &self.steps {
            writeln!(
                text,
                "  steps in {} series, {method:<12} F1 {:.3}, precision {:.3}, recall {:.3}; false in {:.1} % of quiet windows",
                steps.series,
                steps.score.f1,
                steps.score.precision,
                steps.score.recall,
                steps.quiet_with_false * 100.0
            )
            .expect("internal error: a String takes every text");
        }
        for (method, monitoring) in &self.monitor {
            let found: Vec<String> =
                monitoring.found_within.iter().map(|(runs, found)| format!("{runs}: {:.0} %", found * 100.0)).collect();
            writeln!(
                text,
                "  monitor, {method:<12} any alarm in {:.1} % of {} clean stretches of 20 runs; +10 % found within {}",
                monitoring.any_alarm * 100.0,
                monitoring.stretches,
                found.join(", ")
            )
            .expect("internal error: a String takes every text");
        }
        text
    }
}
