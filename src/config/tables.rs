//! The tables of `benchgate.toml` as they are written.
//!
//! For: the names, types and documentation of all keys, from which the JSON Schema is made too. Not for: what follows
//! from them (see `read` and `policy`).
//! Invariant: every value remembers where in the text it stands; a key that is not here is an error.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};

use super::settings::SeriesSettings;
use super::value::{ActionWord, CorrectionWord, Day, DirectionWord, Effect, Level, Reruns, ScaleWord, Window};
use crate::gate::{Action, Setting};
use crate::model::Span;

/// A value and the offset in bytes at which it stands.
#[derive(Clone, Debug)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) offset: usize,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = toml::Spanned::<T>::deserialize(deserializer)?;
        Ok(Self { offset: spanned.span().start, value: spanned.into_inner() })
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A located value as a setting.
pub(super) fn setting<T: Copy, U>(
    located: Option<&Located<T>>,
    origin: &dyn Fn(usize) -> String,
    convert: impl Fn(T) -> U,
) -> Option<Setting<U>> {
    located.map(|located| Setting::from_place(convert(located.value), origin(located.offset)))
}

/// Defines a table with the series values and keys of its own. (Serde's `flatten` would do it, and lose both the
/// positions and the check for unknown keys.)
macro_rules! table_with_series_values {
    ($(#[$meta:meta])* $name:ident { $($(#[$key_meta:meta])* $key:ident: $type:ty,)* }, better: $better:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        pub(super) struct $name {
            $($(#[$key_meta])* pub(super) $key: Option<Located<$type>>,)*
            /// Whether the series is judged; one that is not is listed and never decides.
            judged: Option<Located<bool>>,
            /// The smallest relative change that is worth reporting.
            minimum_effect: Option<Located<Effect>>,
            /// The relative change that must be visible: a series too noisy to show it is inconclusive.
            target_effect: Option<Located<Effect>>,
            /// The scale on which values are compared.
            scale: Option<Located<ScaleWord>>,
            /// How many of the newest runs of the baseline count, at most.
            window: Option<Located<Window>>,
            /// What a benchmark does that the history has and the run lacks.
            missing: Option<Located<ActionWord>>,
            /// What a benchmark without history does.
            new: Option<Located<ActionWord>>,
            /// What a benchmark does whose change cannot be told from noise.
            inconclusive: Option<Located<ActionWord>>,
            /// What a benchmark does that has crept away from its best level by more than the target effect.
            drift: Option<Located<ActionWord>>,
        }

        impl $name {
            /// What this table sets, each value with the origin that `origin` gives to its offset.
            pub(super) fn settings(&self, origin: &dyn Fn(usize) -> String) -> SeriesSettings {
                let better: fn(&Self) -> Option<&Located<DirectionWord>> = $better;
                SeriesSettings {
                    is_judged: setting(self.judged.as_ref(), origin, |judged| judged),
                    better: setting(better(self), origin, |word| Some(word.into())),
                    minimum_effect: setting(self.minimum_effect.as_ref(), origin, Effect::fraction),
                    target_effect: setting(self.target_effect.as_ref(), origin, Effect::fraction),
                    scale: setting(self.scale.as_ref(), origin, Option::from),
                    window: setting(self.window.as_ref(), origin, Window::runs),
                    missing: setting(self.missing.as_ref(), origin, Action::from),
                    new: setting(self.new.as_ref(), origin, Action::from),
                    inconclusive: setting(self.inconclusive.as_ref(), origin, Action::from),
                    drift: setting(self.drift.as_ref(), origin, Action::from),
                }
            }
        }
    };
}

table_with_series_values! {
    /// Values for all series that no metric and no rule says otherwise of.
    DefaultsTable {}, better: |_| None
}

table_with_series_values! {
    /// Values for one metric.
    MetricTable {
        /// The unit that values of this metric have, in any spelling: a series in another unit is incomparable.
        unit: String,
        /// Which values are better; wins over what the results say.
        better: DirectionWord,
    }, better: |table| table.better.as_ref()
}

table_with_series_values! {
    /// Values for the series that all given patterns match; where several rules match, the later one wins.
    RuleTable {
        /// Pattern for the model's name.
        model: String,
        /// Pattern for the hardware type or the device name, in any case.
        hardware: String,
        /// Pattern for the test case; a series without one does not match.
        test_case: String,
        /// Pattern for the metric's name.
        metric: String,
        /// Which values are better; wins over what the results say.
        better: DirectionWord,
    }, better: |table| table.better.as_ref()
}

/// What concerns the run as a whole.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct GateTable {
    /// The share of false ones among the regressions reported, over all series of a run.
    pub(super) alpha: Option<Located<Level>>,
    /// How the number of series judged at once is paid for.
    pub(super) correction: Option<Located<CorrectionWord>>,
    /// How many re-runs a suspect series wants before it counts as settled.
    pub(super) reruns: Option<Located<Reruns>>,
    /// What a run does in which nothing could be compared.
    pub(super) nothing_to_judge: Option<Located<ActionWord>>,
    /// What a leg of a matrix does that was expected and brought no results.
    pub(super) missing_leg: Option<Located<ActionWord>>,
}

/// The acceptance of one named regression.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WaiverTable {
    /// The series: its name as reports print it, or its id.
    pub(super) series: Located<String>,
    /// The largest change that is accepted.
    pub(super) up_to: Effect,
    /// The last day on which the waiver holds, UTC.
    pub(super) expires: Day,
    /// Why the regression is accepted.
    pub(super) reason: Located<String>,
    /// Where that was discussed.
    #[serde(default)]
    pub(super) link: Option<String>,
}

/// What a run is compared with.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct BaselineTable {
    /// The branch whose runs are the baseline.
    pub(super) branch: Option<Located<String>>,
}

/// What `benchgate baseline rotate` keeps.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RetentionTable {
    /// Every run is kept until it is so old.
    pub(super) keep_all: Option<Located<Span>>,
    /// One run a day of each series is kept until it is so old.
    pub(super) daily: Option<Located<Span>>,
    /// One run a week of each series is kept until it is so old.
    pub(super) weekly: Option<Located<Span>>,
    /// At most so many runs of each series are kept, whatever their age.
    pub(super) max_runs: Option<Located<Window>>,
}

/// Names of hardware.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct HardwareTable {
    /// Spelling of a hardware type or device name -> the name to keep it under.
    pub(super) aliases: BTreeMap<String, Located<String>>,
}

/// Names of models.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ModelTable {
    /// Spelling of a model's name -> its canonical name.
    pub(super) aliases: BTreeMap<String, Located<String>>,
}

/// The configuration of benchgate, `benchgate.toml`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "benchgate.toml")]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    /// What concerns the run as a whole.
    pub(super) gate: GateTable,
    /// What a run is compared with.
    pub(super) baseline: BaselineTable,
    /// What `benchgate baseline rotate` keeps.
    pub(super) retention: RetentionTable,
    /// Values for all series that no metric and no rule says otherwise of.
    pub(super) defaults: DefaultsTable,
    /// Values by metric name.
    pub(super) metrics: BTreeMap<String, Located<MetricTable>>,
    /// Values by pattern, in order; later ones win.
    pub(super) rules: Vec<Located<RuleTable>>,
    /// Regressions that were accepted.
    pub(super) waivers: Vec<Located<WaiverTable>>,
    /// Names of hardware.
    pub(super) hardware: HardwareTable,
    /// Names of models.
    pub(super) models: ModelTable,
    /// Formats of results files, as docs/mappings.md describes.
    #[schemars(with = "Vec<std::collections::BTreeMap<String, serde_json::Value>>")]
    pub(super) mapping: Vec<toml::Table>,
}
