//! Percentages, windows and words, shared by the file and the command line.
//!
//! For: one spelling and one range check per kind of value, wherever it is written. Not for: which key takes which.
//! Invariant: a value of these types is within its range, so nothing behind them checks again.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use thiserror::Error;

use crate::gate::{Action, Correction, Scale};
use crate::model::Direction;

/// Why a value was refused, as a sentence fragment that says what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct ValueError(String);

impl ValueError {
    /// A fragment that says what is allowed.
    pub(super) fn new(message: String) -> Self {
        Self(message)
    }
}

/// A relative change, written `"2%"`; kept as a fraction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect(f64);

impl Effect {
    /// The change as a fraction: 0.02 for `2%`.
    #[must_use]
    pub fn fraction(self) -> f64 {
        self.0
    }
}

impl FromStr for Effect {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let fraction = percentage(text)?;
        // Above 1000 % the number is more likely a slip than a wish: no gate looks for an elevenfold slowdown only.
        if (0.0..=10.0).contains(&fraction) {
            Ok(Self(fraction))
        } else {
            Err(ValueError(format!("`{text}` is out of range: allowed is `0%` to `1000%`")))
        }
    }
}

/// A share of false alarms, written `"5%"`; kept as a fraction strictly between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level(f64);

impl Level {
    /// The level as a fraction: 0.05 for `5%`.
    #[must_use]
    pub fn fraction(self) -> f64 {
        self.0
    }
}

impl FromStr for Level {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let fraction = percentage(text)?;
        if fraction > 0.0 && fraction < 1.0 {
            Ok(Self(fraction))
        } else {
            Err(ValueError(format!("`{text}` is out of range: allowed is more than `0%` and less than `100%`")))
        }
    }
}

/// How many of the newest runs of a history count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window(usize);

impl Window {
    /// Longer histories say nothing more about the next run, and are slower to read.
    pub const MAXIMUM: usize = 10_000;

    /// The number of runs.
    #[must_use]
    pub fn runs(self) -> usize {
        self.0
    }
}

impl FromStr for Window {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text.parse() {
            Ok(runs) if (1..=Self::MAXIMUM).contains(&runs) => Ok(Self(runs)),
            _ => Err(ValueError(format!(
                "`{text}` is out of range: allowed is a whole number of runs from 1 to {}",
                Self::MAXIMUM
            ))),
        }
    }
}

/// How many re-runs a suspect series wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reruns(usize);

impl Reruns {
    /// More re-runs than this confirm nothing that these do not.
    pub const MAXIMUM: usize = 5;

    /// Their number.
    #[must_use]
    pub fn count(self) -> usize {
        self.0
    }
}

impl FromStr for Reruns {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text.parse() {
            Ok(count) if count <= Self::MAXIMUM => Ok(Self(count)),
            _ => Err(ValueError(format!(
                "`{text}` is out of range: allowed is a whole number of re-runs from 0 to {}",
                Self::MAXIMUM
            ))),
        }
    }
}

/// A day, written as a date of TOML: `2027-01-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(Date);

impl Day {
    /// The day.
    #[must_use]
    pub fn date(self) -> Date {
        self.0
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let moment = toml::value::Datetime::deserialize(deserializer)?;
        let toml::value::Datetime { date: Some(date), time: None, offset: None } = moment else {
            return Err(de::Error::custom(format_args!("`{moment}` is not a day: write it like 2027-01-31")));
        };
        let day = [date.month, date.day].map(|number| i8::try_from(number).unwrap_or_default());
        let year = i16::try_from(date.year).unwrap_or_default();
        Date::new(year, day[0], day[1]).map(Self).map_err(de::Error::custom)
    }
}

fn percentage(text: &str) -> Result<f64, ValueError> {
    text.trim()
        .strip_suffix('%')
        .map(str::trim_end)
        // Rust also reads `1e1`, `+2`, `2.` and `inf`; the schema and a reader of the file do not expect them.
        .filter(|number| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && !number.ends_with('.'))
        .and_then(|number| number.parse::<f64>().ok())
        .map(|percent| percent / 100.0)
        .ok_or_else(|| {
            ValueError(format!("`{text}` is not a percentage: write a number and a percent sign, like `2%`"))
        })
}

/// Defines a closed set of words with their meaning.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident -> $target:ty {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal => $value:expr,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
        pub enum $name {
            $($(#[$variant_meta])* #[schemars(rename = $word)] $variant,)*
        }

        impl $name {
            /// The words, in the order of the documentation.
            pub const WORDS: &[&str] = &[$($word),*];
        }

        impl From<$name> for $target {
            fn from(word: $name) -> Self {
                match word {
                    $($name::$variant => $value,)*
                }
            }
        }

        impl FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(ValueError(format!("`{text}` is unknown: allowed is {}", alternatives(Self::WORDS)))),
                }
            }
        }
    };
}

words! {
    /// What a finding does to the check.
    ActionWord -> Action {
        /// The check fails.
        Fail = "fail" => Action::Fail,
        /// It is reported, and the check passes.
        Warn = "warn" => Action::Warn,
        /// It is counted only.
        Ignore = "ignore" => Action::Ignore,
    }
}

words! {
    /// How the number of series judged at once is paid for.
    CorrectionWord -> Correction {
        /// Thresholds only, no guarantee over the run.
        None = "none" => Correction::None,
        /// Benjamini-Hochberg over all series of the run at level `alpha`.
        BenjaminiHochberg = "benjamini-hochberg" => Correction::BenjaminiHochberg,
    }
}

words! {
    /// Which values of a metric are better.
    DirectionWord -> Direction {
        /// Smaller is better: durations, memory, energy.
        Lower = "lower" => Direction::LowerIsBetter,
        /// Larger is better: rates.
        Higher = "higher" => Direction::HigherIsBetter,
    }
}

words! {
    /// The scale on which values are compared.
    ScaleWord -> Option<Scale> {
        /// Chosen by unit: `log` for what must be positive, `additive` for the rest, `exact` where no noise was seen.
        Automatic = "automatic" => None,
        /// Ratios matter: durations, rates, sizes; needs positive values.
        Log = "log" => Some(Scale::Log),
        /// Ratios of odds matter: shares of a whole that come close to 0 or to all of it, such as an accuracy of 99 %.
        Logit = "logit" => Some(Scale::Logit),
        /// Differences matter: counts, percentages, scores.
        Additive = "additive" => Some(Scale::Additive),
        /// Equal within the minimum effect: deterministic metrics.
        Exact = "exact" => Some(Scale::Exact),
    }
}

/// `a`, `b` or `c`.
pub(super) fn alternatives(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// How a value is written in the file.
trait Written: Sized {
    /// What the file should hold, for the message about anything else.
    fn expected() -> String;

    /// Reads a string.
    fn from_text(_text: &str) -> Option<Result<Self, ValueError>> {
        None
    }

    /// Reads a whole number.
    fn from_integer(_number: i64) -> Option<Result<Self, ValueError>> {
        None
    }
}

impl Written for Window {
    fn expected() -> String {
        "a whole number of runs".to_owned()
    }

    fn from_integer(number: i64) -> Option<Result<Self, ValueError>> {
        Some(number.to_string().parse())
    }
}

impl Written for Reruns {
    fn expected() -> String {
        "a whole number of re-runs".to_owned()
    }

    fn from_integer(number: i64) -> Option<Result<Self, ValueError>> {
        Some(number.to_string().parse())
    }
}

/// Values that are written as strings: what to expect instead of anything else.
macro_rules! written_as_text {
    ($($name:ident: $expected:expr,)*) => {$(
        impl Written for $name {
            fn expected() -> String {
                $expected
            }

            fn from_text(text: &str) -> Option<Result<Self, ValueError>> {
                Some(text.parse())
            }
        }
    )*};
}

written_as_text! {
    Effect: "a percentage in quotes, like \"2%\"".to_owned(),
    Level: "a percentage in quotes, like \"5%\"".to_owned(),
    ActionWord: alternatives(Self::WORDS),
    CorrectionWord: alternatives(Self::WORDS),
    DirectionWord: alternatives(Self::WORDS),
    ScaleWord: alternatives(Self::WORDS),
}

struct WrittenVisitor<T>(PhantomData<T>);

impl<T: Written> Visitor<'_> for WrittenVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&T::expected())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        match T::from_text(text) {
            Some(result) => result.map_err(E::custom),
            None => Err(E::invalid_type(de::Unexpected::Str(text), &self)),
        }
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        match T::from_integer(number) {
            Some(result) => result.map_err(E::custom),
            None => Err(E::invalid_type(de::Unexpected::Signed(number), &self)),
        }
    }
}

/// Deserializes what is [`Written`].
macro_rules! deserialize_written {
    ($($name:ident),*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(WrittenVisitor(PhantomData))
            }
        }
    )*};
}

deserialize_written!(Effect, Level, Window, Reruns, ActionWord, CorrectionWord, DirectionWord, ScaleWord);

impl JsonSchema for Effect {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Effect".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        percentage_schema("A relative change from 0% to 1000%, written as a number and a percent sign.", "2%")
    }
}

impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A day, written without quotes.", "type": "string", "format": "date" })
    }
}

impl JsonSchema for Level {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Level".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        percentage_schema("A share above 0% and below 100%, written as a number and a percent sign.", "5%")
    }
}

fn percentage_schema(description: &str, example: &str) -> Schema {
    json_schema!({
        "description": description,
        "type": "string",
        "pattern": r"^\s*[0-9]*\.?[0-9]+\s*%\s*$",
        "examples": [example],
    })
}

impl JsonSchema for Window {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Window".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of runs.",
            "type": "integer",
            "minimum": 1,
            "maximum": Self::MAXIMUM,
        })
    }
}

impl JsonSchema for Reruns {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Reruns".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of re-runs.",
            "type": "integer",
            "minimum": 0,
            "maximum": Self::MAXIMUM,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_as_fractions() {
        for (text, fraction) in [("2%", 0.02), ("0.5 %", 0.005), (" 100%", 1.0), ("0%", 0.0)] {
            let effect: Effect = text.parse().unwrap();
            assert!((effect.fraction() - fraction).abs() < 1e-15, "{text}");
        }
    }

    #[test]
    fn a_number_without_percent_sign_is_refused_because_it_has_two_readings() {
        for text in ["0.02", "2", "", "%", "NaN%", "1e1%", "+2%", "2.%", "inf%", "-1%", "1001%"] {
            assert!(text.parse::<Effect>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_level_is_strictly_between_none_and_all() {
        assert!("5%".parse::<Level>().is_ok());
        for text in ["0%", "100%", "-5%"] {
            assert!(text.parse::<Level>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_window_has_at_least_one_run() {
        assert_eq!("1".parse::<Window>().unwrap().runs(), 1);
        for text in ["0", "-3", "2.5", "10001", "many"] {
            assert!(text.parse::<Window>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        let error = "stop".parse::<ActionWord>().unwrap_err();
        assert_eq!(error.to_string(), "`stop` is unknown: allowed is `fail`, `warn` or `ignore`");
    }
}
