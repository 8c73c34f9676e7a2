//! Ticks of time.
//!
//! For: the time axis of a series. Not for: values (see [`Scale`](super::Scale)).
//! Invariant: ticks are moments of the range at round times in UTC, at most about as many as asked for.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Unit, Zoned, ZonedRound};

/// Steps in days from which one is chosen; those below a day are in hours.
const DAYS: [i64; 5] = [1, 2, 7, 14, 28];
const HOURS: [i64; 4] = [1, 3, 6, 12];
const MONTHS: [i64; 7] = [1, 2, 3, 6, 12, 24, 60];

const DAY: i64 = 86_400;

/// Round times from `first` to `last`, each with its words.
pub(super) fn ticks(first: Timestamp, last: Timestamp, count: i64) -> Vec<(Timestamp, String)> {
    let span = last.as_second().saturating_sub(first.as_second());
    let fits = |seconds: i64| span / seconds.max(1) < count.max(1);
    let (step, format, floor) = if let Some(hours) = HOURS.into_iter().find(|hours| fits(hours * 3600)) {
        (hours.hours(), "%m-%d %H:%M", Unit::Day)
    } else if let Some(days) = DAYS.into_iter().find(|days| fits(days * DAY)) {
        (days.days(), "%Y-%m-%d", Unit::Day)
    } else {
        let months =
            MONTHS.into_iter().find(|months| fits(months * 30 * DAY)).unwrap_or(span / (30 * DAY) / count.max(1));
        (months.months(), if months < 12 { "%Y-%m" } else { "%Y" }, Unit::Year)
    };
    let Some(start) = floored(first, floor) else { return Vec::new() };
    // A year of steps before the first, at most: the walk is short.
    std::iter::successors(Some(start), |moment| moment.checked_add(step).ok())
        .take(4096)
        .take_while(|moment| moment.timestamp() <= last)
        .filter(|moment| moment.timestamp() >= first)
        .map(|moment| (moment.timestamp(), moment.strftime(format).to_string()))
        .collect()
}

/// The beginning of the day or year.
fn floored(moment: Timestamp, unit: Unit) -> Option<Zoned> {
    let zoned = moment.to_zoned(TimeZone::UTC);
    if unit == Unit::Year {
        return zoned.date().first_of_year().to_zoned(TimeZone::UTC).ok();
    }
    zoned.round(ZonedRound::new().smallest(unit).mode(jiff::RoundMode::Trunc)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_times() {
        for (first, last, expected) in [
            ("2026-03-01T10:00:00Z", "2026-03-01T14:30:00Z", "03-01 12:00"),
            ("2026-03-01T10:00:00Z", "2026-03-09T00:00:00Z", "2026-03-03 2026-03-05 2026-03-07 2026-03-09"),
            ("2025-11-20T00:00:00Z", "2026-06-03T00:00:00Z", "2026-01 2026-03 2026-05"),
            ("2019-05-01T00:00:00Z", "2026-06-03T00:00:00Z", "2021 2023 2025"),
        ] {
            let found = ticks(first.parse().unwrap(), last.parse().unwrap(), 4);
            let words: Vec<String> = found.into_iter().map(|(_, words)| words).collect();
            assert_eq!(words.join(" "), expected);
        }
    }

    #[test]
    fn any_range_is_ticked() {
        let moment: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        assert!(ticks(moment, moment, 4).len() <= 1);
        assert!(ticks(Timestamp::MIN, Timestamp::MAX, 4).len() <= 8);
    }
}
