//! Unit spellings and their canonical forms.
//!
//! For: turning "us", "sec", "GiB" or "tok/s" into the one unit that the store keeps for that dimension. Not for:
//! choosing how a number is shown (see `text`).
//! Invariant: a conversion is a multiplication by a positive factor, so it keeps order, ratios and absence.

use std::fmt;

use super::metric::Direction;

/// A canonical unit, such as `ms`, `MB`, `items/s`; an unknown spelling is its own unit, kept verbatim.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unit(String);

/// Canonical unit, which direction it implies if any, and its spellings with the factor into it.
struct Dimension {
    canonical: &'static str,
    better: Option<Direction>,
    spellings: &'static [(&'static str, f64)],
}

/// Spellings are matched exactly first, then without regard to case; `MB` is a million bytes.
const DIMENSIONS: &[Dimension] = &[
    Dimension {
        canonical: "ms",
        better: Some(Direction::LowerIsBetter),
        spellings: &[
            ("ms", 1.0),
            ("msec", 1.0),
            ("millisecond", 1.0),
            ("milliseconds", 1.0),
            ("ns", 1e-6),
            ("nsec", 1e-6),
            ("nanosecond", 1e-6),
            ("nanoseconds", 1e-6),
            ("us", 1e-3),
            ("µs", 1e-3),
            ("μs", 1e-3),
            ("usec", 1e-3),
            ("microsecond", 1e-3),
            ("microseconds", 1e-3),
            ("s", 1e3),
            ("sec", 1e3),
            ("secs", 1e3),
            ("second", 1e3),
            ("seconds", 1e3),
            ("min", 6e4),
            ("minute", 6e4),
            ("minutes", 6e4),
            ("ns/op", 1e-6),
            ("us/op", 1e-3),
            ("ms/op", 1.0),
            ("s/op", 1e3),
            ("min/op", 6e4),
            ("hr/op", 3.6e6),
            ("day/op", 8.64e7),
            ("ns/iter", 1e-6),
            ("us/iter", 1e-3),
            ("ms/iter", 1.0),
            ("s/iter", 1e3),
        ],
    },
    Dimension {
        canonical: "MB",
        better: Some(Direction::LowerIsBetter),
        spellings: &[
            ("MB", 1.0),
            ("megabyte", 1.0),
            ("megabytes", 1.0),
            ("B", 1e-6),
            ("byte", 1e-6),
            ("bytes", 1e-6),
            ("B/op", 1e-6),
            ("bytes/op", 1e-6),
            ("kB", 1e-3),
            ("kilobyte", 1e-3),
            ("kilobytes", 1e-3),
            ("GB", 1e3),
            ("gigabyte", 1e3),
            ("gigabytes", 1e3),
            ("KiB", 1.024e-3),
            ("MiB", 1.048_576),
            ("GiB", 1_073.741_824),
        ],
    },
    Dimension {
        canonical: "items/s",
        better: Some(Direction::HigherIsBetter),
        spellings: &[
            ("items/s", 1.0),
            ("items/sec", 1.0),
            ("item/s", 1.0),
            ("items_per_second", 1.0),
            ("elements/s", 1.0),
            ("samples/s", 1.0),
            ("images/s", 1.0),
            ("it/s", 1.0),
            ("i/s", 1.0),
            ("ops/s", 1.0),
            ("ops/sec", 1.0),
            ("op/s", 1.0),
            ("ops/ns", 1e9),
            ("ops/us", 1e6),
            ("ops/ms", 1e3),
            ("ops/min", 1.0 / 60.0),
            ("ops/hr", 1.0 / 3600.0),
            ("ops/day", 1.0 / 86_400.0),
            ("iter/sec", 1.0),
            ("req/s", 1.0),
            ("requests/s", 1.0),
        ],
    },
    Dimension {
        canonical: "tokens/s",
        better: Some(Direction::HigherIsBetter),
        spellings: &[
            ("tokens/s", 1.0),
            ("tokens/sec", 1.0),
            ("token/s", 1.0),
            ("tok/s", 1.0),
            ("t/s", 1.0),
            ("tokens_per_second", 1.0),
        ],
    },
    Dimension {
        canonical: "MB/s",
        better: Some(Direction::HigherIsBetter),
        spellings: &[
            ("MB/s", 1.0),
            ("MB/sec", 1.0),
            ("B/s", 1e-6),
            ("bytes/s", 1e-6),
            ("kB/s", 1e-3),
            ("GB/s", 1e3),
            ("KiB/s", 1.024e-3),
            ("MiB/s", 1.048_576),
            ("GiB/s", 1_073.741_824),
        ],
    },
    Dimension {
        canonical: "W",
        better: Some(Direction::LowerIsBetter),
        spellings: &[("W", 1.0), ("watt", 1.0), ("watts", 1.0), ("mW", 1e-3)],
    },
    Dimension {
        canonical: "J",
        better: Some(Direction::LowerIsBetter),
        spellings: &[("J", 1.0), ("joule", 1.0), ("joules", 1.0), ("mJ", 1e-3), ("Wh", 3.6e3), ("kWh", 3.6e6)],
    },
    Dimension { canonical: "count", better: None, spellings: &[("count", 1.0)] },
    Dimension {
        canonical: "allocs",
        better: Some(Direction::LowerIsBetter),
        spellings: &[("allocs", 1.0), ("allocs/op", 1.0), ("allocations", 1.0)],
    },
    Dimension { canonical: "%", better: None, spellings: &[("%", 1.0), ("percent", 1.0)] },
];

impl Unit {
    /// The canonical unit for a spelling, and the factor that turns a number in that spelling into it.
    ///
    /// An unknown spelling is returned unchanged with factor 1: two tools that write `frames` mean the same thing,
    /// and inventing a conversion would be a guess.
    #[must_use]
    pub fn canonical(spelling: &str) -> (Self, f64) {
        let trimmed = spelling.trim();
        let found = find(|known| known == trimmed).or_else(|| find(|known| known.eq_ignore_ascii_case(trimmed)));
        match found {
            Some((dimension, factor)) => (Self(dimension.canonical.to_owned()), factor),
            None => (Self(trimmed.to_owned()), 1.0),
        }
    }

    /// The direction that the unit itself implies: durations and sizes are better when lower, rates when higher.
    #[must_use]
    pub fn direction(&self) -> Option<Direction> {
        DIMENSIONS.iter().find(|dimension| dimension.canonical == self.0).and_then(|dimension| dimension.better)
    }

    /// The canonical spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn find(matches: impl Fn(&str) -> bool) -> Option<(&'static Dimension, f64)> {
    DIMENSIONS.iter().find_map(|dimension| {
        let (_, factor) = dimension.spellings.iter().find(|(known, _)| matches(known))?;
        Some((dimension, *factor))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_reach_their_canonical_unit() {
        for (spelling, canonical, factor) in [
            ("s", "ms", 1e3),
            ("µs", "ms", 1e-3),
            ("ns/op", "ms", 1e-6),
            ("GiB", "MB", 1_073.741_824),
            ("mb", "MB", 1.0),
            ("tok/s", "tokens/s", 1.0),
            ("frames", "frames", 1.0),
            (" Seconds ", "ms", 1e3),
        ] {
            let (unit, actual) = Unit::canonical(spelling);
            assert_eq!(unit.as_str(), canonical, "{spelling}");
            assert!((actual - factor).abs() < 1e-15, "{spelling}: {actual}");
        }
    }

    #[test]
    fn tokens_are_not_items() {
        assert_ne!(Unit::canonical("tokens/s").0, Unit::canonical("items/s").0);
    }

    #[test]
    fn case_matters_where_it_changes_the_meaning() {
        let (unit, factor) = Unit::canonical("mW");
        assert_eq!((unit.as_str(), factor.to_bits()), ("W", 1e-3_f64.to_bits()));
    }
}
