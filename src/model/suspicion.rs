//! Values that look made up.
//!
//! For: a note beside a result that somebody should look at. Not for: dropping or judging anything.
//! Invariant: a suspicion never changes a value; what is not stated is not suspected.

use super::measurement::Measurement;

/// How far throughput may be from batch size / latency: warm-up, pauses and rounding stay within it.
const TOLERANCE: f64 = 0.1;

/// Significant digits up to which a number is round: `0.045` and `120` are, `80.3` is not.
const ROUND_DIGITS: usize = 2;

/// Round numbers that are no chance.
const FEWEST: usize = 2;

/// Why a result looks made up, if it does.
#[must_use]
pub fn suspicion(batch_size: Option<u32>, measurements: &[Measurement]) -> Option<String> {
    let find = |metric: &str, unit: &str| {
        measurements.iter().find(|one| one.metric() == metric && one.unit().as_str() == unit)
    };
    if let (Some(latency), Some(throughput), Some(batch_size)) =
        (find("latency", "ms"), find("throughput", "items/s"), batch_size)
    {
        let implied = f64::from(batch_size) * 1000.0 / latency.value();
        if (throughput.value() / implied - 1.0).abs() > TOLERANCE {
            return Some(format!("throughput contradicts latency: {implied:.4} items/s would follow from it"));
        }
    }
    let timed = || measurements.iter().filter(|one| matches!(one.unit().as_str(), "ms" | "items/s"));
    let has_samples = timed().any(|one| !one.samples().is_empty());
    let is_made_up = !has_samples && timed().count() >= FEWEST && timed().all(|one| is_round(one.value()));
    is_made_up.then(|| "round constants: no time or rate has more than two digits".to_owned())
}

fn is_round(value: f64) -> bool {
    let digits = format!("{value:.6e}");
    let mantissa = digits.split('e').next().unwrap_or_default();
    mantissa.trim_end_matches('0').bytes().filter(u8::is_ascii_digit).count() <= ROUND_DIGITS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(batch_size: Option<u32>, latency: f64, throughput: f64) -> Option<String> {
        let measure = |metric, value, unit| Measurement::new(metric, Some(value), Vec::new(), Some(unit), None);
        let measurements = [
            measure("latency", latency, "ms").expect("valid"),
            measure("throughput", throughput, "items/s").expect("valid"),
        ];
        suspicion(batch_size, &measurements)
    }

    #[test]
    fn constants_and_contradictions_are_suspected_and_measured_values_are_not() {
        assert!(of(Some(1), 12.0, 100.0).is_some_and(|reason| reason.starts_with("throughput contradicts")));
        assert!(of(None, 80.0, 100.0).is_some_and(|reason| reason.starts_with("round constants")));
        assert_eq!(of(Some(1), 24.797, 40.327), None);
        assert_eq!(of(Some(8), 24.797, 322.6), None);
        assert_eq!(of(None, 24.797, 40.0), None, "one round number is chance");
        assert_eq!(suspicion(Some(1), &[]), None);
    }
}
