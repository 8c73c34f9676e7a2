//! Moments as people write them.
//!
//! For: `--since` and `--until`. Not for: times in results, which have formats of their own.
//! Invariant: a day is a day in UTC and begins at midnight.

use jiff::{Timestamp, ToSpan as _};

use super::error::CliError;

/// A time, a day, or a number of days ago.
///
/// # Errors
/// [`CliError::Usage`], which names the flag.
pub(super) fn moment(flag: &str, text: &str, now: Timestamp) -> Result<Timestamp, CliError> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()).filter(|days| *days >= 0);
    let ago = days.and_then(|days| now.checked_sub((24 * days.min(100_000)).hours()).ok());
    let day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    ago.or_else(|| text.parse().ok()).or_else(|| day().map(|day| day.timestamp())).ok_or_else(|| CliError::Usage {
        message: format!("`{flag} {text}` is no time"),
        hint: "write it as 30d, 2026-03-01, or 2026-03-01T12:00:00Z".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_write_them() {
        let now: Timestamp = "2026-03-31T12:00:00Z".parse().expect("valid");
        for (text, expected) in [
            ("30d", "2026-03-01T12:00:00Z"),
            ("2026-03-01", "2026-03-01T00:00:00Z"),
            ("2026-03-01T06:00:00Z", "2026-03-01T06:00:00Z"),
        ] {
            assert_eq!(moment("--since", text, now).expect(text).to_string(), expected);
        }
        for text in ["yesterday", "-3d", "d", ""] {
            assert!(moment("--since", text, now).is_err(), "{text}");
        }
    }
}
