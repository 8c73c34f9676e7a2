//! Values and samples, finite by construction.
//!
//! For: the one place where a number from outside becomes a measurement. Not for: reading text, statistics.
//! Invariant: every value and sample is finite, in the canonical unit, and possible for its metric.

use thiserror::Error;

use super::metric::{self, Direction};
use super::unit::Unit;

/// One metric of one result: a value in a canonical unit, and its samples where the tool reports them.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    metric: String,
    value: f64,
    unit: Unit,
    original_unit: String,
    better: Option<Direction>,
    samples: Vec<f64>,
}

/// Why a number cannot be a measurement.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum MeasurementError {
    /// The value or a sample is NaN or infinite.
    #[error("`{metric}` is not a finite number")]
    NotFinite {
        /// The metric.
        metric: String,
    },
    /// The value or a sample is negative where the metric cannot be.
    #[error("`{metric}` is negative ({value} {unit})")]
    Negative {
        /// The metric.
        metric: String,
        /// The number as reported.
        value: f64,
        /// The unit as reported.
        unit: String,
    },
    /// The value or a sample is zero where the metric cannot be: old tools wrote zero for "not measured".
    #[error("`{metric}` is zero, which {unit} cannot be; leave out what was not measured")]
    Zero {
        /// The metric.
        metric: String,
        /// The unit as reported.
        unit: String,
    },
    /// Neither a value nor samples.
    #[error("`{metric}` has neither a value nor samples")]
    Empty {
        /// The metric.
        metric: String,
    },
    /// The metric's name is empty or longer than 200 bytes.
    #[error("a metric's name is empty or longer than 200 bytes")]
    Name,
    /// No unit is stated, and the metric's name does not imply one.
    #[error("`{metric}` has no unit")]
    NoUnit {
        /// The metric.
        metric: String,
    },
}

impl Measurement {
    /// Makes a measurement of a value, its samples (empty where the tool reports none) and a unit in any spelling.
    ///
    /// Without a value, the median of the samples is the value. Without a unit, the metric's name must imply one.
    ///
    /// # Errors
    /// See [`MeasurementError`]; every sample is held to the same rules as the value.
    pub fn new(
        metric: &str,
        value: Option<f64>,
        samples: Vec<f64>,
        unit: Option<&str>,
        better: Option<Direction>,
    ) -> Result<Self, MeasurementError> {
        if metric.is_empty() || metric.len() > 200 {
            return Err(MeasurementError::Name);
        }
        let original_unit = match unit.map(str::trim).filter(|unit| !unit.is_empty()) {
            Some(unit) => unit,
            None => {
                metric::default_unit(metric).ok_or_else(|| MeasurementError::NoUnit { metric: metric.to_owned() })?
            }
        };
        let (unit, factor) = Unit::canonical(original_unit);
        let can_be_zero = metric::can_be_zero(metric, &unit);
        let can_be_negative = metric::can_be_negative(metric, &unit);
        for number in value.iter().chain(&samples) {
            if !number.is_finite() || !(number * factor).is_finite() {
                return Err(MeasurementError::NotFinite { metric: metric.to_owned() });
            }
            if *number < 0.0 && !can_be_negative {
                return Err(MeasurementError::Negative {
                    metric: metric.to_owned(),
                    value: *number,
                    unit: original_unit.to_owned(),
                });
            }
            // Underflow to zero is as impossible as zero itself.
            if (number * factor).abs() < f64::MIN_POSITIVE && !can_be_zero {
                return Err(MeasurementError::Zero { metric: metric.to_owned(), unit: original_unit.to_owned() });
            }
        }
        let mut samples = samples;
        for sample in &mut samples {
            *sample *= factor;
        }
        let value = value
            .map(|value| value * factor)
            .or_else(|| median(&samples))
            .ok_or_else(|| MeasurementError::Empty { metric: metric.to_owned() })?;
        Ok(Self { metric: metric.to_owned(), value, unit, original_unit: original_unit.to_owned(), better, samples })
    }

    /// The metric's name.
    #[must_use]
    pub fn metric(&self) -> &str {
        &self.metric
    }

    /// The value as reported, in the canonical unit.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The same measurement with value and samples multiplied by a positive factor; numbers that would leave the range
    /// of a float stay as they are.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let scale = |number: f64| Some(number * factor).filter(|scaled| scaled.is_finite()).unwrap_or(number);
        Self { value: scale(self.value), samples: self.samples.iter().copied().map(scale).collect(), ..self.clone() }
    }

    /// The value that the gate judges: the median of the samples, or the reported value where there are none.
    #[must_use]
    pub fn centre(&self) -> f64 {
        median(&self.samples).unwrap_or(self.value)
    }

    /// The canonical unit.
    #[must_use]
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// The unit as the source spelled it.
    #[must_use]
    pub fn original_unit(&self) -> &str {
        &self.original_unit
    }

    /// The direction as stated by the results, by the metric's name or by the unit, in this order.
    #[must_use]
    pub fn better(&self) -> Option<Direction> {
        metric::direction(&self.metric, &self.unit, self.better)
    }

    /// The samples in the order in which they were taken, in the canonical unit; empty where none were reported.
    #[must_use]
    pub fn samples(&self) -> &[f64] {
        &self.samples
    }
}

/// The median of finite numbers; `None` for none.
fn median(samples: &[f64]) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = sorted[middle - 1];
    Some(lower + (upper - lower) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(metric: &str, value: f64, unit: &str) -> Result<Measurement, MeasurementError> {
        Measurement::new(metric, Some(value), Vec::new(), Some(unit), None)
    }

    #[test]
    fn numbers_are_kept_in_the_canonical_unit_with_the_original_noted() {
        let latency = Measurement::new("latency", None, vec![0.003, 0.001, 0.002, 0.004], Some("s"), None);
        let latency = latency.expect("valid");
        assert!((latency.value() - 2.5).abs() < 1e-12, "{}", latency.value());
        assert_eq!((latency.unit().as_str(), latency.original_unit()), ("ms", "s"));
    }

    #[test]
    fn impossible_numbers_are_refused() {
        assert!(matches!(new("latency", f64::NAN, "ms"), Err(MeasurementError::NotFinite { .. })));
        assert!(matches!(new("latency", 1e308, "min"), Err(MeasurementError::NotFinite { .. })));
        assert!(matches!(new("latency", -1.0, "ms"), Err(MeasurementError::Negative { .. })));
        assert!(matches!(new("latency", 0.0, "ms"), Err(MeasurementError::Zero { .. })));
        assert!(matches!(new("throughput", 0.0, "items/s"), Err(MeasurementError::Zero { .. })));
        assert!(matches!(new("score", 1.0, ""), Err(MeasurementError::NoUnit { .. })));
        let empty = Measurement::new("latency", None, Vec::new(), None, None);
        assert!(matches!(empty, Err(MeasurementError::Empty { .. })));
        let sample = Measurement::new("latency", Some(1.0), vec![1.0, f64::INFINITY], None, None);
        assert!(matches!(sample, Err(MeasurementError::NotFinite { .. })));
    }

    #[test]
    fn counts_and_unknown_metrics_can_be_zero() {
        assert!(new("allocations", 0.0, "allocs/op").is_ok());
        assert!(new("user_time", 0.0, "s").is_ok());
        assert!(new("score", -1.0, "points").is_ok());
    }

    #[test]
    fn the_reported_value_is_kept_and_the_median_is_judged() {
        let latency = Measurement::new("latency", Some(2.0), vec![1.0, 1.0, 4.0], Some("ms"), None).expect("valid");
        assert!((latency.value() - 2.0).abs() < 1e-12);
        assert!((latency.centre() - 1.0).abs() < 1e-12);
    }
}
