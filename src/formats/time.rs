//! Times in the spellings that tools use.
//!
//! For: RFC 3339, and dates without a zone. Not for: the clock.
//! Invariant: a time without a zone is taken as UTC, on every machine; nothing else would be reproducible.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// 2000-01-01 and 2100-01-01: a number outside is no time in seconds.
const FIRST_EPOCH: i64 = 946_684_800;
const LAST_EPOCH: i64 = 4_102_444_800;

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

/// Reads seconds since 1970, of this century.
pub(super) fn from_epoch(seconds: f64) -> Option<Timestamp> {
    let duration = SignedDuration::try_from_secs_f64(seconds).ok()?;
    let time = Timestamp::from_duration(duration).ok()?;
    (FIRST_EPOCH..=LAST_EPOCH).contains(&time.as_second()).then_some(time)
}

/// The time in a file's name: `_20250303_050235` or `_1741232337`. What follows `.json` is when it was archived.
pub(super) fn in_file_name(path: &str) -> Option<Timestamp> {
    let name = path.rsplit(['/', '\\']).next()?;
    let name = name.split_once(".json").map_or(name, |(name, _)| name);
    let parts: Vec<&str> = name.split('_').collect();
    let dated = parts.windows(2).rev().find_map(|pair| match pair {
        [date, time] if date.len() == 8 && time.len() == 6 => parse(&format!("{date}_{time}")),
        _ => None,
    });
    let epoch = || {
        let seconds = parts.iter().rev().find(|part| part.len() == 10)?.parse::<u32>().ok()?;
        from_epoch(f64::from(seconds))
    };
    dated.or_else(epoch)
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

    #[test]
    fn a_file_name_tells_when_it_was_written_and_not_when_it_was_archived() {
        for (name, expected) in [
            ("a/run_bert_20250303_050235.json", Some("2025-03-03T05:02:35Z")),
            ("run_1741232337.json", Some("2025-03-06T03:38:57Z")),
            ("run_20250303_050235.json.20250305_232327", Some("2025-03-03T05:02:35Z")),
            ("run.json.20250305_232327", None),
            ("20250303_050235/run.json", None),
            ("run_99999999_999999.json", None),
        ] {
            assert_eq!(in_file_name(name).map(|time| time.to_string()).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn seconds_since_1970_are_a_time_of_this_century() {
        assert_eq!(
            from_epoch(1_741_232_337.25).map(|time| time.to_string()).as_deref(),
            Some("2025-03-06T03:38:57.25Z")
        );
        assert_eq!(from_epoch(1.5e12), None, "milliseconds");
        assert_eq!(from_epoch(f64::NAN), None);
    }
}
