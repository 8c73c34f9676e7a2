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
    fn what_is_new_counts_more() {
        let calm_then_wild = weighted_root_mean_square(&[0.1, 0.1, 0.1, 1.0], 0.96);
        let wild_then_calm = weighted_root_mean_square(&[1.0, 0.1, 0.1, 0.1], 0.96);
        assert!(calm_then_wild > wild_then_calm);
    }
}
