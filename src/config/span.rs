//! How long something is kept, as it is written.
//!
//! For: `30d`, `8w`, `2y` and `forever`, in the file and on the command line. Not for: what is kept (see `model::retention`).
//! Invariant: what was read has at least a day.

use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error as _};

use super::value::ValueError;
use crate::model::Span;

/// Days of a week and of a year.
const UNITS: [(char, u32); 3] = [('d', 1), ('w', 7), ('y', 365)];

/// The longest time that is written as a number.
const MOST_DAYS: u32 = 36_500;

impl FromStr for Span {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refused =
            || ValueError::new(format!("`{text}` is no length of time: write it like `30d`, `8w`, `2y` or `forever`"));
        if text == "forever" {
            return Ok(Self::Forever);
        }
        let (unit, days) = UNITS.into_iter().find(|(unit, _)| text.ends_with(*unit)).ok_or_else(refused)?;
        let number = text.strip_suffix(unit).unwrap_or(text);
        let number = number.parse::<u32>().ok().filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()));
        let days = number.and_then(|number| number.checked_mul(days)).ok_or_else(refused)?;
        if (1..=MOST_DAYS).contains(&days) { Ok(Self::Days(days)) } else { Err(refused()) }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of days, weeks or years (of 365 days), or `forever`.",
            "type": "string",
            "pattern": r"^([0-9]+[dwy]|forever)$",
            "examples": ["30d"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_days_weeks_years_or_without_an_end() {
        for (text, days) in [("30d", 30), ("8w", 56), ("2y", 730)] {
            assert_eq!(text.parse(), Ok(Span::Days(days)), "{text}");
        }
        assert_eq!("forever".parse(), Ok(Span::Forever));
        for text in ["", "d", "0d", "-1d", "+3d", "30", "1.5y", "3m", "ever", "99999999999y", "30dd"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}
