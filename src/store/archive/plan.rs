//! Which runs are beyond what is kept.
//!
//! For: a rotation's plan, from plain values. Not for: reading or moving anything.
//! Invariant: a run leaves as a whole, and only where none of the series that it measured wants it; a run that is pinned,
//! begins an epoch, has no known time or is among the newest of a series stays.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::RunId;
use crate::model::retention::{Retention, Tier};

/// A run as a plan sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFact {
    /// Its id.
    pub id: RunId,
    /// When it was made.
    pub started_at: Option<Timestamp>,
    /// Results that it holds.
    pub results: u64,
    /// Whether a decision that holds rests on it: a pin, or an accepted shift.
    pub is_anchor: bool,
}

/// What a plan is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Every run, oldest first; those of an unknown time before all others.
    pub runs: Vec<RunFact>,
    /// For each series on each branch the places of the runs that measured it.
    pub series: Vec<Vec<u32>>,
}

/// Why a run stays; of several reasons the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeping {
    /// A decision rests on it.
    Anchor,
    /// Nobody knows how old it is.
    Timeless,
    /// It is among the newest of a series, which baselines need.
    Needed,
    /// Its tier keeps it.
    Tier,
}

/// What becomes of the runs of a tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TierCount {
    /// Runs of that age.
    pub runs: usize,
    /// Of them, those that leave.
    pub leaving: usize,
    /// Results of these.
    pub results: u64,
}

/// What leaves, and why the rest stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RotationPlan {
    /// The runs that leave, oldest first.
    pub leaving: Vec<RunId>,
    /// When the oldest and the newest of them were made.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Runs by age.
    pub tiers: BTreeMap<Tier, TierCount>,
    /// Runs that stay, by reason.
    pub kept: BTreeMap<Keeping, usize>,
}

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// Plans a rotation: `needed` is how many of the newest runs of each series a baseline looks at.
#[must_use]
pub fn plan_rotation(facts: &Facts, retention: &Retention, needed: usize, now: Timestamp) -> RotationPlan {
    let ages: Vec<i64> = facts.runs.iter().map(|run| age(run, now)).collect();
    let mut keeping: Vec<Option<Keeping>> = facts.runs.iter().map(of_run_itself).collect();
    // A run that measured nothing is nobody's: its age decides.
    let mut is_measured = vec![false; facts.runs.len()];
    for series in &facts.series {
        let mut last_bucket = None;
        for (place, run) in series.iter().rev().map(|run| *run as usize).enumerate() {
            is_measured[run] = true;
            let bucket = bucket(retention, ages[run], facts.runs[run].started_at);
            let is_first = bucket.is_none_or(|bucket| last_bucket.replace(bucket) != Some(bucket));
            let is_dense = retention.max_runs.is_none_or(|most| place < most);
            let wanted = if place < needed {
                Some(Keeping::Needed)
            } else if is_dense && is_first && retention.tier(ages[run]) != Tier::Nothing {
                Some(Keeping::Tier)
            } else {
                None
            };
            keeping[run] = [keeping[run], wanted].into_iter().flatten().min();
        }
    }
    for (run, keeping) in
        keeping.iter_mut().enumerate().filter(|(run, keeping)| !is_measured[*run] && keeping.is_none())
    {
        *keeping = (retention.tier(ages[run]) == Tier::All).then_some(Keeping::Tier);
    }
    summed(facts, retention, &ages, &keeping)
}

fn of_run_itself(run: &RunFact) -> Option<Keeping> {
    match run.started_at {
        _ if run.is_anchor => Some(Keeping::Anchor),
        None => Some(Keeping::Timeless),
        Some(_) => None,
    }
}

fn age(run: &RunFact, now: Timestamp) -> i64 {
    run.started_at.map_or(0, |time| (now.as_second() - time.as_second()).div_euclid(DAY))
}

/// The day or week that one run stands for; `None` where each stands for itself.
fn bucket(retention: &Retention, age: i64, started_at: Option<Timestamp>) -> Option<(Tier, i64)> {
    let day = started_at?.as_second().div_euclid(DAY);
    match retention.tier(age) {
        Tier::All | Tier::Nothing => None,
        Tier::Daily => Some((Tier::Daily, day)),
        // The first day of 1970 was a Thursday; weeks begin on Mondays.
        Tier::Weekly => Some((Tier::Weekly, (day + 3).div_euclid(7))),
    }
}

fn summed(facts: &Facts, retention: &Retention, ages: &[i64], keeping: &[Option<Keeping>]) -> RotationPlan {
    let mut plan = RotationPlan::default();
    for ((run, age), keeping) in facts.runs.iter().zip(ages).zip(keeping) {
        let tier = plan.tiers.entry(retention.tier(*age)).or_default();
        tier.runs += 1;
        match keeping {
            Some(reason) => *plan.kept.entry(*reason).or_default() += 1,
            None => {
                tier.leaving += 1;
                tier.results += run.results;
                plan.leaving.push(run.id);
                let time = run.started_at;
                plan.span = time.map(|time| (plan.span.map_or(time, |(oldest, _)| oldest), time)).or(plan.span);
            }
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;
    use crate::model::Span;

    fn now() -> Timestamp {
        "2026-06-30T12:00:00Z".parse().expect("a time")
    }

    /// Runs of so many hours ago, the oldest first, which all measured one series.
    fn facts(hours: impl IntoIterator<Item = i64>) -> Facts {
        let mut hours: Vec<i64> = hours.into_iter().collect();
        hours.sort_unstable_by_key(|hours| std::cmp::Reverse(*hours));
        let run = |(number, hours): (usize, &i64)| RunFact {
            id: RunId(number as u64),
            started_at: Some(now() - hours.hours()),
            results: 2,
            is_anchor: false,
        };
        let runs: Vec<RunFact> = hours.iter().enumerate().map(run).collect();
        let all = (0..).take(runs.len()).collect();
        Facts { runs, series: vec![all] }
    }

    fn short() -> Retention {
        Retention { keep_all: Span::Days(2), daily: Span::Days(10), weekly: Span::Days(30), max_runs: None }
    }

    #[test]
    fn older_runs_are_kept_one_a_day_then_one_a_week_then_not_at_all() {
        // Every six hours for forty days.
        let facts = facts((0..160).map(|step| step * 6));
        let plan = plan_rotation(&facts, &short(), 0, now());
        let count = |tier| plan.tiers.get(&tier).copied().unwrap_or_default();
        assert_eq!(count(Tier::All), TierCount { runs: 8, leaving: 0, results: 0 });
        let daily = count(Tier::Daily);
        assert_eq!((daily.runs, daily.runs - daily.leaving), (32, 9), "ten days less two, one of them in two parts");
        let weekly = count(Tier::Weekly);
        assert_eq!((weekly.runs, weekly.runs - weekly.leaving), (80, 4));
        assert_eq!(count(Tier::Nothing), TierCount { runs: 40, leaving: 40, results: 80 });
        assert_eq!(plan.leaving.len(), 160 - 8 - 9 - 4);
        let again = Facts {
            runs: facts.runs.iter().filter(|run| !plan.leaving.contains(&run.id)).cloned().collect(),
            series: vec![(0..21).collect()],
        };
        assert_eq!(plan_rotation(&again, &short(), 0, now()).leaving, [], "a second rotation finds nothing");
    }

    #[test]
    fn the_newest_runs_of_a_series_never_leave_however_old() {
        let facts = facts((0..20).map(|step| 24 * (100 + step)));
        let plan = plan_rotation(&facts, &short(), 12, now());
        assert_eq!((plan.leaving.len(), plan.kept[&Keeping::Needed]), (8, 12));
        assert_eq!(plan.leaving, (0..8).map(RunId).collect::<Vec<_>>(), "the oldest");
        assert_eq!(plan.span.map(|(oldest, newest)| newest.duration_since(oldest).as_hours()), Some(24 * 7));
    }

    #[test]
    fn what_a_decision_rests_on_and_what_has_no_time_stays() {
        let mut facts = facts((0..6).map(|step| 24 * (100 + step)));
        facts.runs[2].is_anchor = true;
        facts.runs[0].started_at = None;
        let plan = plan_rotation(&facts, &short(), 0, now());
        assert_eq!(plan.leaving, [1, 3, 4, 5].map(RunId));
        assert_eq!(plan.kept, BTreeMap::from([(Keeping::Anchor, 1), (Keeping::Timeless, 1)]));
    }

    #[test]
    fn a_run_stays_where_any_of_its_series_wants_it() {
        // Two runs of a day; the later one lacks the second series, the earlier one has both.
        let mut facts = facts([24 * 5, 24 * 5 - 2]);
        facts.series.push(vec![0]);
        assert_eq!(plan_rotation(&facts, &short(), 0, now()).leaving, []);
        facts.series.pop();
        assert_eq!(plan_rotation(&facts, &short(), 0, now()).leaving, [RunId(0)]);
    }

    #[test]
    fn a_number_of_runs_bounds_every_tier_but_not_what_baselines_need() {
        let facts = facts((0..40).map(|step| 1 + step));
        let most = |runs| Retention { max_runs: Some(runs), ..short() };
        assert_eq!(plan_rotation(&facts, &most(30), 5, now()).leaving.len(), 10);
        assert_eq!(plan_rotation(&facts, &most(3), 5, now()).leaving.len(), 35);
    }

    #[test]
    fn a_run_that_measured_nothing_leaves_when_it_is_no_longer_young() {
        let mut facts = facts([24 * 5, 1]);
        facts.series.clear();
        assert_eq!(plan_rotation(&facts, &short(), 100, now()).leaving, [RunId(0)]);
    }
}
