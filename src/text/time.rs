//! Dates, spans and ages.
//!
//! For: "3 days", "2026-03-01". Not for: reading the clock, or time zones other than UTC.
//! Invariant: an age names one unit, the largest that fits; a moment is always in UTC and says so.

use jiff::Timestamp;

use super::plural::plural;

/// Units of an age in seconds, largest first. A month is 30 days and a year 365: ages are rounded anyway.
const UNITS: [(i64, &str, &str); 7] = [
    (365 * 86_400, "year", "years"),
    (30 * 86_400, "month", "months"),
    (7 * 86_400, "week", "weeks"),
    (86_400, "day", "days"),
    (3_600, "hour", "hours"),
    (60, "minute", "minutes"),
    (1, "second", "seconds"),
];

/// The time from one moment to a later one in its largest unit, rounded down: `3 days`. Weeks are used from two on. A
/// moment in the future, which a wrong clock produces, is `0 seconds` away.
#[must_use]
pub fn age(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.as_second().saturating_sub(from.as_second()).max(0);
    let (size, one, many) = UNITS
        .into_iter()
        .find(|(size, one, _)| seconds >= if *one == "week" { 2 * size } else { *size })
        .unwrap_or(UNITS[UNITS.len() - 1]);
    plural(usize::try_from(seconds / size).unwrap_or(usize::MAX), one, many)
}

/// The day in UTC: `2026-03-01`.
#[must_use]
pub fn date(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d").to_string()
}

/// The minute in UTC: `2026-03-01 14:05 UTC`.
#[must_use]
pub fn minute(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_names_its_largest_unit() {
        let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        for (seconds, expected) in [
            (-5, "0 seconds"),
            (0, "0 seconds"),
            (1, "1 second"),
            (90, "1 minute"),
            (7_300, "2 hours"),
            (3 * 86_400, "3 days"),
            (13 * 86_400, "13 days"),
            (15 * 86_400, "2 weeks"),
            (45 * 86_400, "1 month"),
            (800 * 86_400, "2 years"),
        ] {
            let end = Timestamp::from_second(start.as_second() + seconds).unwrap();
            assert_eq!(age(start, end), expected);
        }
    }

    #[test]
    fn moments_are_in_utc() {
        let moment: Timestamp = "2026-03-01T23:30:00-02:00".parse().unwrap();
        assert_eq!((date(moment).as_str(), minute(moment).as_str()), ("2026-03-02", "2026-03-02 01:30 UTC"));
    }
}
