//! Policy values as text, each with its origin.
//!
//! For: the verbose terminal report and the JSON, which must name values alike. Not for: deciding.
//! Invariant: every value of the policy appears, with where it came from; a new field breaks the build here.

use std::fmt::Display;

use crate::gate::{Limits, SeriesPolicy, Setting};
use crate::text::{percent, plural};

/// A named value in words, and its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The name in `benchgate.toml`'s words.
    pub(super) name: &'static str,
    /// The value in words.
    pub(super) value: String,
    /// Where it came from.
    pub(super) origin: String,
}

fn named<T>(name: &'static str, setting: &Setting<T>, words: impl FnOnce(&T) -> String) -> Named {
    Named { name, value: words(&setting.value), origin: setting.origin.clone() }
}

fn shown<T: Display>(value: &T) -> String {
    value.to_string()
}

/// The thresholds of a series.
pub(super) fn series(policy: &SeriesPolicy) -> Vec<Named> {
    let SeriesPolicy {
        is_judged,
        better,
        minimum_effect,
        target_effect,
        scale,
        window,
        missing,
        new,
        inconclusive,
        drift,
    } = policy;
    vec![
        named("judged", is_judged, |yes| if *yes { "yes" } else { "no" }.to_owned()),
        named("better", better, |better| better.map_or("unknown".to_owned(), |better| better.to_string())),
        named("minimum effect", minimum_effect, |fraction| percent(*fraction)),
        named("target effect", target_effect, |fraction| percent(*fraction)),
        named("scale", scale, |scale| scale.map_or("chosen by unit".to_owned(), |scale| scale.to_string())),
        named("window", window, |runs| plural(*runs, "run", "runs")),
        named("missing", missing, shown),
        named("new", new, shown),
        named("inconclusive", inconclusive, shown),
        named("drift", drift, shown),
    ]
}

/// The limits of the run.
pub(super) fn limits(limits: &Limits) -> Vec<Named> {
    let Limits { alpha, correction, reruns, nothing_to_judge, missing_leg } = limits;
    vec![
        named("alpha", alpha, |fraction| percent(*fraction)),
        named("correction", correction, shown),
        named("re-runs", reruns, |count| format!("{count} of a suspect")),
        named("nothing to judge", nothing_to_judge, shown),
        named("missing leg", missing_leg, shown),
    ]
}
