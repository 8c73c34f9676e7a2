//! The metrics that benchgate knows by name, and directions.
//!
//! For: one name, unit and direction for what tools call by many names. Not for: policy; a project's own metrics and
//! directions come from its results or from `benchgate.toml`.
//! Invariant: a direction is stated, known by name, or implied by the unit; otherwise it is unknown, and a series of
//! unknown direction is never judged.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::unit::Unit;

/// Whether larger or smaller values of a metric are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Smaller is better: durations, memory, energy.
    #[serde(rename = "lower")]
    LowerIsBetter,
    /// Larger is better: rates.
    #[serde(rename = "higher")]
    HigherIsBetter,
}

impl Direction {
    /// `lower` or `higher`, the words of files and columns.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LowerIsBetter => "lower",
            Self::HigherIsBetter => "higher",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The metrics known by name: name, canonical unit if the name alone fixes it, direction.
const KNOWN: &[(&str, Option<&str>, Direction)] = &[
    ("latency", Some("ms"), Direction::LowerIsBetter),
    ("latency_p50", Some("ms"), Direction::LowerIsBetter),
    ("latency_p90", Some("ms"), Direction::LowerIsBetter),
    ("latency_p95", Some("ms"), Direction::LowerIsBetter),
    ("latency_p99", Some("ms"), Direction::LowerIsBetter),
    ("cpu_time", Some("ms"), Direction::LowerIsBetter),
    ("user_time", Some("ms"), Direction::LowerIsBetter),
    ("system_time", Some("ms"), Direction::LowerIsBetter),
    ("load_time", Some("ms"), Direction::LowerIsBetter),
    ("time_to_first_token", Some("ms"), Direction::LowerIsBetter),
    ("throughput", None, Direction::HigherIsBetter),
    ("bandwidth", Some("MB/s"), Direction::HigherIsBetter),
    ("real_time_factor", None, Direction::LowerIsBetter),
    ("memory_peak", Some("MB"), Direction::LowerIsBetter),
    ("memory_allocated", Some("MB"), Direction::LowerIsBetter),
    ("allocations", Some("allocs"), Direction::LowerIsBetter),
    ("instructions", Some("count"), Direction::LowerIsBetter),
    ("estimated_cycles", Some("count"), Direction::LowerIsBetter),
    ("power", Some("W"), Direction::LowerIsBetter),
    ("energy", Some("J"), Direction::LowerIsBetter),
];

/// The direction of a metric: as stated by the results, else as known by name, else as implied by the unit.
#[must_use]
pub fn direction(metric: &str, unit: &Unit, stated: Option<Direction>) -> Option<Direction> {
    stated
        .or_else(|| KNOWN.iter().find(|(name, _, _)| *name == metric).map(|(_, _, better)| *better))
        .or_else(|| unit.direction())
}

/// The canonical unit that a metric's name alone fixes, for results that state no unit.
#[must_use]
pub fn default_unit(metric: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(name, _, _)| *name == metric).and_then(|(_, unit, _)| *unit)
}

/// Whether zero is a possible value of the metric. Counts, percentages and sizes can be zero, and so can the processor
/// time of a command or the time of a garbage collection that a coarse clock missed; elapsed time and rates cannot: a zero there is a defect of the
/// result and not a number.
#[must_use]
pub fn can_be_zero(metric: &str, unit: &Unit) -> bool {
    matches!(metric, "cpu_time" | "user_time" | "system_time" | "gc_time")
        || !matches!(unit.as_str(), "ms" | "items/s" | "tokens/s" | "MB/s")
}

/// Whether a metric can be negative: only where nothing is known about it. Durations, sizes, rates and counts cannot.
#[must_use]
pub fn can_be_negative(metric: &str, unit: &Unit) -> bool {
    unit.direction().is_none()
        && !matches!(unit.as_str(), "count" | "%")
        && !KNOWN.iter().any(|(name, _, _)| *name == metric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_results_state_wins() {
        let unit = Unit::canonical("ms").0;
        assert_eq!(direction("latency", &unit, Some(Direction::HigherIsBetter)), Some(Direction::HigherIsBetter));
        assert_eq!(direction("latency", &unit, None), Some(Direction::LowerIsBetter));
        assert_eq!(direction("my_time", &unit, None), Some(Direction::LowerIsBetter));
        assert_eq!(direction("score", &Unit::canonical("points").0, None), None);
    }

    #[test]
    fn known_units_are_canonical() {
        for (name, unit, _) in KNOWN {
            if let Some(unit) = unit {
                assert_eq!(Unit::canonical(unit).0.as_str(), *unit, "{name}");
            }
        }
    }
}
