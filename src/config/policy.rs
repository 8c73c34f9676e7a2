//! The configuration resolved per series.
//!
//! For: which of the built-in values, `[defaults]`, `[metrics]`, `[[rules]]` and flags wins for a series. Not for:
//! reading the file (see `read`).
//! Invariant: the more special source wins, in that order; whatever no source sets is the built-in policy's value.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::retention::{RetentionOverrides, RetentionPolicy, RetentionSettings};
use super::rule::Patterns;
use super::settings::{SeriesSettings, lay};
use super::value::{ActionWord, Effect, Level, Window};
use crate::gate::policy::DefaultPolicy;
use crate::gate::{Action, Correction, Limits, Policy, SeriesPolicy, Setting, Waiver};
use crate::model::{Aliases, SeriesMeta, Unit};

/// A validated configuration. [`Config::default`] is that of a project without a file.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub(super) alpha: Option<Setting<f64>>,
    pub(super) correction: Option<Setting<Correction>>,
    pub(super) reruns: Option<Setting<usize>>,
    pub(super) nothing_to_judge: Option<Setting<Action>>,
    pub(super) missing_leg: Option<Setting<Action>>,
    pub(super) branch: Option<Setting<String>>,
    pub(super) retention: RetentionSettings,
    pub(super) defaults: SeriesSettings,
    pub(super) metrics: BTreeMap<String, MetricSettings>,
    pub(super) rules: Vec<Rule>,
    pub(super) waivers: Vec<Waiver>,
    pub(super) aliases: Aliases,
}

/// What a `[metrics.<name>]` table says.
#[derive(Clone, Debug)]
pub(super) struct MetricSettings {
    pub(super) origin: String,
    pub(super) unit: Option<Setting<Unit>>,
    pub(super) settings: SeriesSettings,
}

/// What a `[[rules]]` table says.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) origin: String,
    pub(super) patterns: Patterns,
    pub(super) settings: SeriesSettings,
}

/// Values of the command line, which win over the file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overrides {
    /// `--alpha`.
    pub alpha: Option<Level>,
    /// `--window`.
    pub window: Option<Window>,
    /// `--minimum-effect`.
    pub minimum_effect: Option<Effect>,
    /// `--missing`.
    pub missing: Option<ActionWord>,
    /// `--new`.
    pub new: Option<ActionWord>,
    /// `--inconclusive`.
    pub inconclusive: Option<ActionWord>,
    /// The day on which is judged, UTC: waivers whose last day is before it hold no more. Without it, all hold.
    pub today: Option<Date>,
}

impl Config {
    /// The policy of this configuration under the values of the command line.
    #[must_use]
    pub fn policy(&self, overrides: &Overrides) -> ConfiguredPolicy {
        let mut limits = DefaultPolicy::default().limits().clone();
        lay(&mut limits.alpha, self.alpha.as_ref());
        lay(&mut limits.correction, self.correction.as_ref());
        lay(&mut limits.reruns, self.reruns.as_ref());
        lay(&mut limits.nothing_to_judge, self.nothing_to_judge.as_ref());
        lay(&mut limits.missing_leg, self.missing_leg.as_ref());
        let alpha = flag(overrides.alpha, "--alpha", Level::fraction);
        lay(&mut limits.alpha, alpha.as_ref());
        let mut config = self.clone();
        for waiver in &mut config.waivers {
            waiver.is_expired = overrides.today.is_some_and(|today| today > waiver.expires);
        }
        ConfiguredPolicy { config, limits, overrides: overrides.settings(), accepted: None }
    }

    /// Hardware types and device names that the project renames: spelling -> name to keep.
    #[must_use]
    pub fn aliases(&self) -> &Aliases {
        &self.aliases
    }

    /// The branch whose runs are the baseline, where the file names one.
    #[must_use]
    pub fn baseline_branch(&self) -> Option<Setting<String>> {
        self.branch.clone()
    }

    /// What a rotation keeps, under the values of the command line.
    #[must_use]
    pub fn retention(&self, overrides: &RetentionOverrides) -> RetentionPolicy {
        self.retention.under(overrides)
    }

    /// The metrics and rules of the file that speak of none of the given series, by origin, in the order of the file:
    /// what a report should mention, since a misspelt pattern is otherwise never noticed.
    #[must_use]
    pub fn unmatched(&self, series: &[SeriesMeta]) -> Vec<String> {
        let is_measured = |name: &str| series.iter().any(|series| series.key.metric == name);
        let metrics = self.metrics.iter().filter(|(name, _)| !is_measured(name)).map(|(_, metric)| &metric.origin);
        let is_matched = |rule: &&Rule| series.iter().any(|series| rule.patterns.match_series(&series.key));
        let rules = self.rules.iter().filter(|rule| !is_matched(rule)).map(|rule| &rule.origin);
        metrics.chain(rules).cloned().collect()
    }
}

impl Overrides {
    fn settings(&self) -> SeriesSettings {
        SeriesSettings {
            minimum_effect: flag(self.minimum_effect, "--minimum-effect", Effect::fraction),
            window: flag(self.window, "--window", Window::runs),
            missing: flag(self.missing, "--missing", Action::from),
            new: flag(self.new, "--new", Action::from),
            inconclusive: flag(self.inconclusive, "--inconclusive", Action::from),
            ..SeriesSettings::default()
        }
    }
}

pub(super) fn flag<T, U>(value: Option<T>, name: &str, convert: impl Fn(T) -> U) -> Option<Setting<U>> {
    value.map(|value| Setting::from_place(convert(value), name))
}

/// A configuration and the values of the command line, as a policy.
#[derive(Clone, Debug)]
pub struct ConfiguredPolicy {
    config: Config,
    limits: Limits,
    overrides: SeriesSettings,
    accepted: Option<String>,
}

impl ConfiguredPolicy {
    /// The same policy for a run whose regressions somebody accepted; `by` says who, and how.
    #[must_use]
    pub fn accepted_by(self, by: Option<String>) -> Self {
        Self { accepted: by, ..self }
    }

    /// The same policy with another answer to a run in which nothing could be compared.
    #[must_use]
    pub fn with_nothing_to_judge(mut self, action: Setting<Action>) -> Self {
        self.limits.nothing_to_judge = action;
        self
    }
}

impl Policy for ConfiguredPolicy {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn waivers(&self) -> &[Waiver] {
        &self.config.waivers
    }

    fn acceptance(&self) -> Option<&str> {
        self.accepted.as_deref()
    }

    fn for_series(&self, series: &SeriesMeta) -> SeriesPolicy {
        let mut policy = DefaultPolicy::default().for_series(series);
        self.config.defaults.apply(&mut policy);
        let metric = self.config.metrics.get(&series.key.metric);
        if let Some(metric) = metric {
            metric.settings.apply(&mut policy);
        }
        for rule in self.config.rules.iter().filter(|rule| rule.patterns.match_series(&series.key)) {
            rule.settings.apply(&mut policy);
        }
        self.overrides.apply(&mut policy);
        if let Some(unit) = metric.and_then(|metric| metric.unit.as_ref()) {
            refuse_other_unit(&mut policy, unit, &series.unit);
        }
        raise_target(&mut policy);
        policy
    }
}

/// What is better is said of values in the project's unit; of values in another one nobody says it. The gate calls
/// such a series incomparable, also where its whole history is in the other unit, and the origin says why.
fn refuse_other_unit(policy: &mut SeriesPolicy, expected: &Setting<Unit>, actual: &Unit) {
    if expected.value != *actual {
        let origin = format!("{} says the unit is `{}`, not `{actual}`", expected.origin, expected.value);
        policy.better = Setting::from_place(None, origin);
    }
}

/// A change below the minimum effect is never reported, so a smaller target could never be met.
fn raise_target(policy: &mut SeriesPolicy) {
    if policy.target_effect.value < policy.minimum_effect.value {
        policy.target_effect = policy.minimum_effect.clone();
    }
}
