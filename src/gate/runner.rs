//! The runner's share: what all series of a run have in common.
//!
//! For: estimating how slow the machine was from all series of a run, and taking that part out of each series that
//! follows it. Not for: machines that differ for some series only; shares are used only where the history shows that they
//! explain variance.
//! Invariant: what a series itself measured never enters what is taken out of it; what is taken out is judged as one
//! more series, so that a change of everything is found there.

use std::collections::BTreeMap;

use super::axis::Axis;
use super::level::{CENTRE_RUNS, Level, MEDIAN_VARIANCE, Placed, SPREAD_DECAY, SPREAD_FLOOR};
use crate::stats;

/// Fewest series of a run that show what they have in common.
const FEWEST_SERIES: usize = 8;

/// Fewest past runs that show whether a series follows the others.
const FEWEST_RUNS: usize = 20;

/// Largest spread of the common part, as a distance of logarithms: machines that differ more between runs are not one
/// runner that is sometimes slow, but several machines.
const LARGEST_SPREAD: f64 = 0.10;

/// Correlation between a series and the rest below which it does not follow them.
const SMALLEST_CORRELATION: f64 = 0.3;

/// Largest share: a little more than all of what the others show.
const LARGEST_LOADING: f64 = 1.2;

/// Where to winsorise a series' residuals, in standard deviations.
const WINSORISE: f64 = 3.0;

/// Part of the variance that must remain at most, out of sample, for a share to be used.
const REMAINING_VARIANCE: f64 = 0.9;

/// One series of the run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'a> {
    /// The runs of its points.
    pub(super) runs: &'a [usize],
    pub(super) axis: &'a Axis,
    pub(super) level: &'a Level,
    /// The indices of points at which its epochs begin.
    pub(super) epochs: &'a [usize],
    /// The candidate's distance from its centre.
    pub(super) distance: f64,
}

/// What is taken out of one series.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Share {
    /// How much of the common part the series takes: 1 is all of it.
    pub(super) loading: f64,
    /// The distance that is taken out of the candidate.
    pub(super) removed: f64,
    /// The level of the history from which the same was taken out.
    pub(super) level: Level,
}

/// The common part of the run, as one more series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Common {
    /// How far the run lies from the usual: the median distance of all series, positive where worse.
    pub(super) distance: f64,
    /// Spread of the same over past runs.
    pub(super) spread: f64,
    /// Distance in standard errors.
    pub(super) t: f64,
    /// The series that it rests on.
    pub(super) series: usize,
}

impl Common {
    /// The common part of a re-run in standard errors, from the distances of its series; `None` for too few of them.
    pub(super) fn deviation(&self, distances: &[f64]) -> Option<f64> {
        (distances.len() >= FEWEST_SERIES).then(|| deviation(stats::median(distances).unwrap_or(0.0), self.spread))
    }
}

/// The distance in standard errors; the centres of the series rest on about as many runs as a centre may.
fn deviation(distance: f64, spread: f64) -> f64 {
    distance / (spread * (1.0 + MEDIAN_VARIANCE / CENTRE_RUNS as f64).sqrt())
}

/// Estimates the runner's share of each member, in their order, and the common part.
///
/// For each run the common part, as a series sees it, is the median of the residuals of the other series; a series'
/// share is the slope of a regression of its own winsorised residuals on it. A share is used where their correlation
/// exceeds 0.3 and where slopes fitted to one half of the history remove a tenth of the variance of the other half.
pub(super) fn shares(members: &[Member<'_>]) -> (Vec<Option<Share>>, Option<Common>) {
    let none = || (vec![None; members.len()], None);
    if members.len() < FEWEST_SERIES {
        return none();
    }
    let mut by_run: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for member in members {
        for (run, residual) in member.runs.iter().zip(&member.level.residuals) {
            by_run.entry(*run).or_default().push(*residual);
        }
    }
    let past: BTreeMap<usize, Others> = by_run
        .into_iter()
        .filter(|(_, residuals)| residuals.len() >= FEWEST_SERIES)
        .map(|(run, residuals)| (run, Others::of(residuals)))
        .collect();
    if past.len() < FEWEST_RUNS {
        return none();
    }
    let now = Others::of(members.iter().map(|member| member.distance).collect());
    let history: Vec<f64> = past.values().map(Others::median).collect();
    // Weighted, and never nothing, as for single series.
    let spread = stats::weighted_root_mean_square(&history, SPREAD_DECAY).unwrap_or(0.0).hypot(SPREAD_FLOOR);
    if spread > LARGEST_SPREAD {
        return none();
    }
    let shares: Vec<Option<Share>> = members.iter().map(|member| share(member, &past, &now)).collect();
    let distance = now.median();
    let common = Common { distance, spread, t: deviation(distance, spread), series: members.len() };
    let is_used = shares.iter().any(Option::is_some);
    (shares, is_used.then_some(common))
}

fn share(member: &Member<'_>, past: &BTreeMap<usize, Others>, now: &Others) -> Option<Share> {
    let Member { runs, axis, level, epochs, distance } = member;
    let seen: Vec<Option<f64>> = runs
        .iter()
        .zip(&level.residuals)
        .map(|(run, residual)| past.get(run).map(|others| others.median_without(*residual)))
        .collect();
    let pairs: Vec<(f64, f64)> =
        seen.iter().zip(&level.residuals).filter_map(|(seen, own)| seen.map(|seen| (seen, *own))).collect();
    if pairs.len() < FEWEST_RUNS {
        return None;
    }
    let fit = regress(&pairs)?;
    let (older, newer) = pairs.split_at(pairs.len() / 2);
    let slope = |half: &[(f64, f64)]| regress(half).map_or(0.0, |fit| fit.slope);
    let remaining = variance_left(newer, slope(older)) + variance_left(older, slope(newer));
    if fit.correlation <= SMALLEST_CORRELATION || remaining > REMAINING_VARIANCE * variance_left(&pairs, 0.0) {
        return None;
    }
    let take_out = |(run, seen): (&Placed, &Option<f64>)| Placed {
        position: run.position - fit.slope * seen.unwrap_or(0.0),
        ..*run
    };
    let level = Level::of_placed(level.placed.iter().zip(&seen).map(take_out).collect(), epochs, axis)?;
    Some(Share { loading: fit.slope, removed: fit.slope * now.median_without(*distance), level })
}

struct Fit {
    slope: f64,
    correlation: f64,
}

/// Regression through the origin of winsorised second parts on first parts. `None` where either has no variance.
fn regress(pairs: &[(f64, f64)]) -> Option<Fit> {
    let sizes: Vec<f64> = pairs.iter().map(|(_, own)| own.abs()).collect();
    let limit = WINSORISE * stats::MEDIAN_TO_SD * stats::median(&sizes)?;
    let (mut square, mut product, mut own_square) = (0.0, 0.0, 0.0);
    for (common, own) in pairs {
        let own = own.clamp(-limit, limit);
        square += common * common;
        product += common * own;
        own_square += own * own;
    }
    (square > 0.0 && own_square > 0.0).then(|| Fit {
        slope: (product / square).clamp(0.0, LARGEST_LOADING),
        correlation: product / (square * own_square).sqrt(),
    })
}

fn variance_left(pairs: &[(f64, f64)], slope: f64) -> f64 {
    pairs.iter().map(|(common, own)| (own - slope * common).powi(2)).sum()
}

/// The values of all series in one run, ready for medians that leave one out.
struct Others {
    sorted: Vec<f64>,
}

impl Others {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self { sorted: values }
    }

    fn median(&self) -> f64 {
        stats::median(&self.sorted).unwrap_or(0.0)
    }

    /// The median of all values but one of this size.
    fn median_without(&self, value: f64) -> f64 {
        let left_out = self.sorted.partition_point(|other| other.total_cmp(&value).is_lt());
        let at = |index: usize| self.sorted[if index < left_out { index } else { index + 1 }];
        let count = self.sorted.len() - 1;
        if count % 2 == 1 { at(count / 2) } else { f64::midpoint(at(count / 2 - 1), at(count / 2)) }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution as _, StandardNormal};

    use super::*;
    use crate::model::{Direction, Point};

    fn normal(seed: u64, count: usize) -> Vec<f64> {
        StandardNormal.sample_iter(ChaCha8Rng::seed_from_u64(seed)).take(count).collect()
    }

    /// Levels of series with noise of their own and a common part, each with its candidate's distance.
    fn suite(series: u64, own: f64, common: f64, now: f64) -> Vec<(Level, f64)> {
        let shared = normal(99, 60);
        let level = |seed| {
            let noise = normal(seed, 60);
            let value = |run: usize| 100.0 * (own * noise[run] + common * shared[run]).exp();
            let points: Vec<Point> =
                (0..60).map(|run| Point { run, value: value(run), samples: 0, within_sd: None }).collect();
            Level::of(&points, &[], &Axis::log(Direction::LowerIsBetter)).unwrap()
        };
        (0..series).map(|seed| (level(seed), now)).collect()
    }

    fn shares_of(suite: &[(Level, f64)]) -> (Vec<Option<Share>>, Option<Common>) {
        let runs: Vec<usize> = (0..60).collect();
        let axis = Axis::log(Direction::LowerIsBetter);
        let members: Vec<Member<'_>> = suite
            .iter()
            .map(|(level, distance)| Member { runs: &runs, axis: &axis, level, epochs: &[], distance: *distance })
            .collect();
        shares(&members)
    }

    #[test]
    fn a_slow_runner_is_taken_out_and_reported() {
        let suite = suite(12, 0.01, 0.03, 0.08);
        let (shares, common) = shares_of(&suite);
        for (share, (level, _)) in shares.iter().zip(&suite) {
            let share = share.as_ref().unwrap();
            assert!((0.8..=1.2).contains(&share.loading), "{}", share.loading);
            assert!((0.06..0.1).contains(&share.removed));
            assert!(share.level.spread < 0.6 * level.spread, "{} {}", share.level.spread, level.spread);
        }
        let common = common.unwrap();
        assert!((common.distance - 0.08).abs() < 1e-12 && (0.02..0.04).contains(&common.spread), "{common:?}");
    }

    #[test]
    fn series_without_anything_in_common_keep_all_of_theirs() {
        let (shares, common) = shares_of(&suite(12, 0.02, 0.0, 0.08));
        assert!(shares.iter().filter(|share| share.is_some()).count() <= 1);
        assert!(common.is_none() || shares.iter().any(Option::is_some));
    }

    #[test]
    fn few_series_or_very_different_machines_show_nothing() {
        assert_eq!(shares_of(&suite(7, 0.01, 0.03, 0.08)).1, None);
        assert_eq!(shares_of(&suite(12, 0.01, 0.3, 0.08)).1, None, "a spread above 10 %");
    }

    #[test]
    fn a_series_never_takes_its_own_change_out() {
        let mut suite = suite(12, 0.01, 0.03, 0.0);
        suite[3].1 = 0.5;
        let (shares, _) = shares_of(&suite);
        assert!(shares[3].as_ref().unwrap().removed.abs() < 1e-12);
    }

    #[test]
    fn medians_leave_one_out() {
        let others = Others::of(vec![3.0, 1.0, 2.0, 5.0, 4.0]);
        assert!((others.median_without(1.0) - 3.5).abs() < 1e-12);
        assert!((others.median_without(3.0) - 3.0).abs() < 1e-12);
        assert!((others.median_without(5.0) - 2.5).abs() < 1e-12);
    }
}
