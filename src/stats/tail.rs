//! Tail of Student's t distribution.
//!
//! For: the probability of a standardised deviation at least as large, where noise has heavy tails. Not for: choosing
//! degrees of freedom.
//! Invariant: the answer is between 0 and 1 and falls as the deviation grows.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

/// P(T > t) of Student's t distribution (Student (1908), "The probable error of a mean", Biometrika 6(1)), computed by
/// `statrs` through the regularised incomplete beta function. `None` unless the degrees of freedom are positive.
#[must_use]
pub fn student_t_upper_tail(t: f64, degrees_of_freedom: f64) -> Option<f64> {
    let distribution = StudentsT::new(0.0, 1.0, degrees_of_freedom).ok()?;
    if t.is_infinite() {
        return Some(if t > 0.0 { 0.0 } else { 1.0 });
    }
    Some(distribution.sf(t))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_agree_with_scipy() {
        // scipy.stats.t.sf, SciPy 1.17.1.
        for (t, degrees_of_freedom, expected) in [
            (-2.0, 5.0, 0.949_030_260_585_070_8),
            (0.0, 5.0, 0.5),
            (1.0, 5.0, 0.181_608_733_824_561_44),
            (2.5, 5.0, 0.027_245_049_671_188_13),
            (3.0, 5.0, 0.015_049_623_948_731_293),
            (4.0, 5.0, 0.005_161_707_740_415_725),
            (9.7, 5.0, 9.889_865_949_937_734e-5),
            (50.0, 5.0, 3.023_878_813_300_612_5e-8),
            (2.5, 1.0, 0.121_118_941_590_843_41),
            (2.5, 30.0, 0.009_057_824_534_033_344),
        ] {
            let actual = student_t_upper_tail(t, degrees_of_freedom).unwrap();
            assert!((actual / expected - 1.0).abs() < 1e-9, "t {t}, {degrees_of_freedom}: {actual}");
        }
    }

    #[test]
    fn the_ends_are_exact() {
        assert_eq!(student_t_upper_tail(f64::INFINITY, 5.0), Some(0.0));
        assert_eq!(student_t_upper_tail(f64::NEG_INFINITY, 5.0), Some(1.0));
        assert_eq!(student_t_upper_tail(1.0, 0.0), None);
    }
}
