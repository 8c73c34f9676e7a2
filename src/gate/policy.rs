//! What a project asks of the gate, resolved per series.
//!
//! For: the thresholds and actions that the decision uses, each with where it came from. Not for: reading
//! `benchgate.toml` (see `config`).
//! Invariant: every value carries its origin, so that a report can say which rule decided.

use std::fmt;

use super::waiver::Waiver;
use crate::model::{Direction, SeriesMeta};

/// A value and where it came from: `default`, `--window`, or `benchgate.toml:12 [[rules]] 2`.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Its origin in words.
    pub origin: String,
}

impl<T> Setting<T> {
    /// The origin of a value that nobody set.
    pub const BUILT_IN: &'static str = "default";

    /// A built-in value.
    pub fn default_value(value: T) -> Self {
        Self { value, origin: Self::BUILT_IN.to_owned() }
    }

    /// A value from a named place.
    pub fn from_place(value: T, origin: impl Into<String>) -> Self {
        Self { value, origin: origin.into() }
    }
}

/// What a finding does to the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The check fails.
    Fail,
    /// It is reported, and the check passes.
    Warn,
    /// It is counted only.
    Ignore,
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Ignore => "ignore",
        })
    }
}

/// How the multiplicity of a whole run is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// Thresholds only, no guarantee over the run.
    None,
    /// Benjamini-Hochberg over the tail probabilities of the run at level alpha.
    BenjaminiHochberg,
}

impl fmt::Display for Correction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::None => "none",
            Self::BenjaminiHochberg => "benjamini-hochberg",
        })
    }
}

/// The scale on which the values of a metric are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Natural logarithm: ratios matter. Durations, rates, sizes; needs positive values.
    Log,
    /// Natural logarithm of the odds: shares of a whole, strictly between 0 and 1 (or 0 and 100 %).
    Logit,
    /// Differences matter, relative to the history's centre where that is not zero: counts, percentages, scores.
    Additive,
    /// Exact comparison with a relative tolerance (the minimum effect): deterministic metrics.
    Exact,
}

impl fmt::Display for Scale {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Log => "log",
            Self::Logit => "logit",
            Self::Additive => "additive",
            Self::Exact => "exact",
        })
    }
}

/// The thresholds that one series is judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesPolicy {
    /// Whether the series is judged at all; an unjudged one is listed and never decides.
    pub is_judged: Setting<bool>,
    /// Direction; `None` is nobody says, and makes the series incomparable.
    pub better: Setting<Option<Direction>>,
    /// Smallest relative change worth reporting, as a fraction: 0.02 is 2 %.
    pub minimum_effect: Setting<f64>,
    /// The relative change that the project wants to see, as a fraction: a series too noisy for it is inconclusive.
    pub target_effect: Setting<f64>,
    /// Scale; `None` lets the gate choose by unit: log for what must be positive, additive for the rest, exact where
    /// the history shows no noise.
    pub scale: Setting<Option<Scale>>,
    /// How many of the newest baseline runs count, at most.
    pub window: Setting<usize>,
    /// What a missing series does.
    pub missing: Setting<Action>,
    /// What a series without history does.
    pub new: Setting<Action>,
    /// What an inconclusive series does.
    pub inconclusive: Setting<Action>,
    /// What a series does whose level has crept away from its best by more than the target effect.
    pub drift: Setting<Action>,
}

/// The thresholds that concern the run as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// False-discovery level over all series of a run, as a fraction.
    pub alpha: Setting<f64>,
    /// Correction for the number of series.
    pub correction: Setting<Correction>,
    /// How many re-runs a suspect series wants before it counts as settled.
    pub reruns: Setting<usize>,
    /// What a run in which nothing could be compared does.
    pub nothing_to_judge: Setting<Action>,
    /// What a leg does that was expected and brought no results.
    pub missing_leg: Setting<Action>,
}

/// A whole policy: the run's limits, and the thresholds of any series.
pub trait Policy: Sync {
    /// The limits of the run.
    fn limits(&self) -> &Limits;

    /// The thresholds of one series.
    fn for_series(&self, series: &SeriesMeta) -> SeriesPolicy;

    /// The regressions that were accepted in writing.
    fn waivers(&self) -> &[Waiver] {
        &[]
    }

    /// Who accepted every regression of this run, and how; `None` where nobody did.
    fn acceptance(&self) -> Option<&str> {
        None
    }
}

/// The built-in policy, for projects without a `benchgate.toml` and for tests.
#[derive(Clone, Debug)]
pub struct DefaultPolicy(Limits);

impl Default for DefaultPolicy {
    fn default() -> Self {
        Self(Limits {
            alpha: Setting::default_value(0.05),
            correction: Setting::default_value(Correction::None),
            reruns: Setting::default_value(2),
            nothing_to_judge: Setting::default_value(Action::Fail),
            missing_leg: Setting::default_value(Action::Fail),
        })
    }
}

impl Policy for DefaultPolicy {
    fn limits(&self) -> &Limits {
        &self.0
    }

    fn for_series(&self, series: &SeriesMeta) -> SeriesPolicy {
        SeriesPolicy {
            is_judged: Setting::default_value(true),
            better: Setting::default_value(series.better),
            minimum_effect: Setting::default_value(0.02),
            target_effect: Setting::default_value(0.10),
            scale: Setting::default_value(None),
            window: Setting::default_value(100),
            missing: Setting::default_value(Action::Fail),
            new: Setting::default_value(Action::Warn),
            inconclusive: Setting::default_value(Action::Warn),
            drift: Setting::default_value(Action::Warn),
        }
    }
}
