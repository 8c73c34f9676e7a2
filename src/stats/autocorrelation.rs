//! Correlation of neighbours in a series.
//!
//! For: paying for noise that wanders, where neighbouring runs share more than their level. Not for: models of time
//! series.
//! Invariant: the answer lies between -1 and 1.

/// The autocorrelation at lag 1: the sum of products of neighbouring deviations from the mean over the sum of squared
/// deviations (Box and Jenkins, "Time Series Analysis", the estimator `r_1` with divisor n). Zero for a constant
/// series.
#[must_use]
pub fn lag_one_autocorrelation(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count.max(1.0);
    let total: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    if total <= 0.0 {
        return 0.0;
    }
    let shared: f64 = values.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
    shared / total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autocorrelation_agrees_with_statsmodels() {
        // statsmodels 0.15.0: tsa.stattools.acf(y, nlags=1, fft=False)[1].
        let series = [0.5, 1.5, 0.25, -1.0, -0.5, 2.0, 1.75, 0.0];
        assert!((lag_one_autocorrelation(&series) - 0.156_835_205_992_509_36).abs() < 1e-15);
    }

    #[test]
    fn a_constant_series_has_none() {
        assert!(lag_one_autocorrelation(&[3.0; 9]).abs() <= 0.0);
        assert!(lag_one_autocorrelation(&[]).abs() <= 0.0);
    }
}
