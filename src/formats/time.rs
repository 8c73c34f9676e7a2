//! Times in the spellings that tools use.
//!
//! For: RFC 3339, and dates without a zone. Not for: the clock.
//! Invariant: a time without a zone is taken as UTC, on every machine; nothing else would be reproducible.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads a time: RFC 3339, ISO 8601 without a zone, `20250303_050235` or `20250303-050235`.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let civil = match text.parse::<DateTime>() {
        Ok(civil) => civil,
        Err(_) => DateTime::strptime("%Y%m%d_%H%M%S", text.replacen('-', "_", 1)).ok()?,
    };
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_is_utc() {
        for text in [
            "2025-03-03T05:02:35",
            "2025-03-03 05:02:35",
            "20250303_050235",
            "20250303-050235",
            "2025-03-03T06:02:35+01:00",
        ] {
            assert_eq!(parse(text).map(|time| time.to_string()).as_deref(), Some("2025-03-03T05:02:35Z"), "{text}");
        }
        assert_eq!(parse("yesterday"), None);
        assert_eq!(parse("2025-13-03T05:02:35"), None);
    }
}
