//! Exponentially weighted spread.
//!
//! For: how far runs stray from their level, newer runs counting more. Not for: robust noise (see [`super::noise`]):
//! here rare spikes count on purpose, since a series that spikes will spike again.
//! Invariant: the answer lies between the smallest and the largest absolute residual.

/// Root mean square of residuals, oldest first, the newest with weight 1 and each older one with `decay` times the
/// weight of the next: the volatility of J.P. Morgan's technical document of 1996 on risk metrics, section 5.2, with
/// weights that sum to one over a finite history. `None` for no residuals.
#[must_use]
pub fn weighted_root_mean_square(residuals: &[f64], decay: f64) -> Option<f64> {
    let (mut weighted, mut weights) = (0.0, 0.0);
    // Horner's scheme: going forward in time, all that came before shrinks by one more factor.
    for residual in residuals {
        weighted = weighted * decay + residual * residual;
        weights = weights * decay + 1.0;
    }
    (weights > 0.0).then(|| (weighted / weights).sqrt())
}

/// Sample standard deviation (divisor n - 1) of the natural logarithms: the relative spread of positive values, with
/// which no change of unit interferes. `None` for fewer than two values or one that is not positive.
#[must_use]
pub fn log_standard_deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 2 || values.iter().any(|value| *value <= 0.0 || !value.is_finite()) {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().map(|value| value.ln()).sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value.ln() - mean).powi(2)).sum();
    Some((squares / (count - 1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_agrees_with_numpy() {
        // numpy.sqrt(numpy.average(r ** 2, weights=0.96 ** age)), NumPy 2.4.6.
        let actual = weighted_root_mean_square(&[0.1, -0.2, 0.3, 0.05, -0.4], 0.96).unwrap();
        assert!((actual - 0.250_323_359_749_064_7).abs() < 1e-15, "{actual}");
    }

    #[test]
    fn without_decay_it_is_the_root_mean_square() {
        assert_eq!(weighted_root_mean_square(&[3.0, 4.0, 3.0, 4.0], 1.0), Some(12.5_f64.sqrt()));
        assert_eq!(weighted_root_mean_square(&[], 0.96), None);
    }

    #[test]
    fn log_spread_agrees_with_numpy() {
        // numpy.std(numpy.log([10, 11, 9.5, 10.2]), ddof=1), NumPy 2.4.6.
        let actual = log_standard_deviation(&[10.0, 11.0, 9.5, 10.2]).unwrap();
        assert!((actual - 0.060797324284769645).abs() < 1e-15, "{actual}");
        assert_eq!((log_standard_deviation(&[1.0]), log_standard_deviation(&[1.0, 0.0])), (None, None));
    }

    #[test]
    fn what_is_new_counts_more() {
        let calm_then_wild = weighted_root_mean_square(&[0.1, 0.1, 0.1, 1.0], 0.96);
        let wild_then_calm = weighted_root_mean_square(&[1.0, 0.1, 0.1, 0.1], 0.96);
        assert!(calm_then_wild > wild_then_calm);
    }
}
