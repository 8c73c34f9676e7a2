//! How well found change points agree with known ones.
//!
//! For: precision, recall and F1. Not for: deciding where the known ones are.
//! Invariant: a known change point is found at most once, and a found one counts for at most one known one.

use serde::Serialize;

/// How far a found change point may be from a known one: the margin of van den Burg and Williams (2020), "An evaluation
/// of change point detection algorithms", arXiv 2003.06222, section 4.2.
pub(crate) const MARGIN: usize = 5;

/// Agreement with known change points, as fractions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Score {
    /// Harmonic mean of precision and recall.
    pub(crate) f1: f64,
    /// Share of the found ones that are known.
    pub(crate) precision: f64,
    /// Share of the known ones that were found.
    pub(crate) recall: f64,
}

impl Score {
    /// The score of a precision and a recall.
    pub(crate) fn new(precision: f64, recall: f64) -> Self {
        let sum = precision + recall;
        Self { f1: if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 }, precision, recall }
    }

    /// The score of counts: found and known, found in all, known in all. Nothing found is precise, nothing known is
    /// found.
    pub(crate) fn of_counts(both: usize, found: usize, known: usize) -> Self {
        let share = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        Self::new(share(both, found), share(both, known))
    }

    /// The mean of each number.
    pub(crate) fn mean(scores: &[Self]) -> Self {
        let mean = |part: fn(&Self) -> f64| scores.iter().map(part).sum::<f64>() / scores.len().max(1) as f64;
        Self { f1: mean(|one| one.f1), precision: mean(|one| one.precision), recall: mean(|one| one.recall) }
    }
}

/// How many known change points are found within the margin, each by another one: the true positives of van den Burg
/// and Williams, every known one in turn taking the nearest that is left.
pub(crate) fn matches(known: &[usize], found: &[usize]) -> usize {
    let mut left = found.to_vec();
    let mut count = 0;
    for place in known {
        let nearest = (0..left.len())
            .filter(|index| left[*index].abs_diff(*place) <= MARGIN)
            .min_by_key(|index| left[*index].abs_diff(*place));
        if let Some(index) = nearest {
            left.remove(index);
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_found_one_counts_once() {
        assert_eq!(matches(&[20, 24], &[22]), 1);
        assert_eq!(matches(&[20, 24], &[19, 25]), 2);
        assert_eq!(matches(&[20], &[14, 26]), 0);
        assert_eq!(matches(&[], &[3]), 0);
    }

    #[test]
    fn scores_of_counts_are_shares() {
        let score = Score::of_counts(3, 4, 6);
        assert!((score.precision - 0.75).abs() < 1e-15 && (score.recall - 0.5).abs() < 1e-15);
        assert!((score.f1 - 0.6).abs() < 1e-15);
        assert!((Score::of_counts(0, 0, 0).f1 - 1.0).abs() < 1e-15);
        assert!(Score::of_counts(0, 2, 2).f1 <= 0.0);
    }
}
