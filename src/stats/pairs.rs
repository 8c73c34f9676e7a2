//! Pairs of measurements taken one after the other.
//!
//! For: a change between two programs that were measured alternately in one job. Not for: runs on different days.
//! Invariant: turning the sign of every difference turns the sign of the shift and swaps the tails.

use super::quantile::median;

/// Most pairs for which the exact distribution is counted out: beyond it 2^n no longer has all its digits.
const LARGEST_EXACT: usize = 50;

/// The Hodges-Lehmann estimate of the centre of differences: the median of the means of all pairs of them, each with
/// itself included (Hodges and Lehmann (1963), "Estimates of location based on rank tests", Annals of Mathematical
/// Statistics 34(2)). `None` for no differences.
#[must_use]
pub fn hodges_lehmann(differences: &[f64]) -> Option<f64> {
    let mut means = Vec::with_capacity(differences.len() * (differences.len() + 1) / 2);
    for (index, first) in differences.iter().enumerate() {
        means.extend(differences[index..].iter().map(|second| f64::midpoint(*first, *second)));
    }
    median(&means)
}

/// P(W+ >= w) of the exact Wilcoxon signed-rank test, one-sided towards positive differences (Wilcoxon (1945),
/// "Individual comparisons by ranking methods", Biometrics Bulletin 1(6)). Zeros are left out; equal sizes share the
/// mean of their ranks, and the distribution is that of the shared ranks.
///
/// `None` where no difference is left, or more than 50.
#[must_use]
pub fn wilcoxon_upper_tail(differences: &[f64]) -> Option<f64> {
    let mut sizes: Vec<(f64, bool)> = differences
        .iter()
        .filter(|difference| difference.abs() > 0.0)
        .map(|difference| (difference.abs(), *difference > 0.0))
        .collect();
    if sizes.is_empty() || sizes.len() > LARGEST_EXACT {
        return None;
    }
    sizes.sort_by(|first, second| first.0.total_cmp(&second.0));
    // Twice the ranks, so that shared ranks are whole.
    let mut doubled = Vec::with_capacity(sizes.len());
    let mut positive = 0;
    let mut first = 0;
    while first < sizes.len() {
        let equal = sizes[first..].iter().take_while(|(size, _)| *size <= sizes[first].0).count();
        let rank = 2 * first + equal + 1;
        positive += rank * sizes[first..first + equal].iter().filter(|(_, is_positive)| *is_positive).count();
        doubled.extend(std::iter::repeat_n(rank, equal));
        first += equal;
    }
    let counts = subset_sums(&doubled);
    let total: f64 = counts.iter().sum();
    Some(counts[positive..].iter().sum::<f64>() / total)
}

/// How many subsets of the numbers have each sum.
fn subset_sums(numbers: &[usize]) -> Vec<f64> {
    let mut counts = vec![0.0; numbers.iter().sum::<usize>() + 1];
    counts[0] = 1.0;
    for number in numbers {
        for sum in (*number..counts.len()).rev() {
            counts[sum] += counts[sum - number];
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFFERENCES: [f64; 8] = [0.031, -0.012, 0.054, 0.023, 0.075, 0.046, -0.027, 0.068];

    #[test]
    fn the_centre_agrees_with_its_definition() {
        // numpy.median of the 36 pairwise means, NumPy 2.4.6.
        assert!((hodges_lehmann(&DIFFERENCES).unwrap() - 0.033).abs() < 1e-15);
        assert_eq!(hodges_lehmann(&[]), None);
    }

    #[test]
    fn the_tail_agrees_with_scipy() {
        // scipy.stats.wilcoxon(d, alternative="greater" and "less", method="exact").pvalue, SciPy 1.17.1.
        let turned = DIFFERENCES.map(|difference| -difference);
        assert!((wilcoxon_upper_tail(&DIFFERENCES).unwrap() - 0.027_343_75).abs() < 1e-14);
        assert!((wilcoxon_upper_tail(&turned).unwrap() - 0.980_468_75).abs() < 1e-14);
        // Six pairs that all rise: 1 in 64.
        assert_eq!(wilcoxon_upper_tail(&[0.03, 0.01, 0.05, 0.02, 0.07, 0.04]), Some(1.0 / 64.0));
    }

    #[test]
    fn equal_sizes_share_their_ranks_and_zeros_are_left_out() {
        // By hand: sizes 1, 1, 2 have doubled ranks 3, 3, 6; sums of at least 9 have 3 of 8 subsets.
        assert_eq!(wilcoxon_upper_tail(&[1.0, -1.0, 2.0, 0.0]), Some(3.0 / 8.0));
        assert_eq!(wilcoxon_upper_tail(&[0.0, 0.0]), None);
    }
}
