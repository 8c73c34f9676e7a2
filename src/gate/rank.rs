//! Configurations that differ in one thing only, ordered.
//!
//! For: one model on several kinds of hardware, several models on one, batch sizes and precisions: which is best, and by how
//! much. Not for: verdicts; nothing regresses here.
//! Invariant: what is compared is alike in everything but the one thing asked about, real with real and simulated with
//! simulated; what has no counterpart is listed, and nothing is averaged over unlike configurations.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::change_points::change_points;
use super::policy::Policy;
use crate::model::overview::SeriesValues;
use crate::model::{Configuration, Direction, Hardware, SeriesMeta, Unit, metric};
use crate::stats;

/// The newest values of a level that count, at most.
const NEWEST: usize = 100;

/// With fewer values on either side, an interval of 95 % does not exist (see [`stats::hodges_lehmann_shift`]).
const LEAST_FOR_INTERVAL: usize = 4;

/// What the compared configurations differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Hardware: type, device and machine.
    Hardware,
    /// Model.
    Model,
    /// Batch size.
    BatchSize,
    /// Precision.
    Precision,
}

/// Groups of comparable configurations, and what could not be compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranking {
    /// The groups, in the order of what their members have in common.
    pub groups: Vec<Group>,
    /// Series without a counterpart.
    pub alone: Vec<SeriesMeta>,
    /// Series that cannot be ranked, with the reason.
    pub refused: Vec<(SeriesMeta, String)>,
    /// How each member did over all groups: the one that is most often the best first, then that nearest to the best.
    pub standings: Vec<Standing>,
}

/// Configurations that differ in one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// One of them; what they differ in is to be ignored.
    pub like: Configuration,
    /// Its model's name, by the table of aliases where that has one.
    pub model: String,
    /// What is compared.
    pub metric: String,
    /// Its unit.
    pub unit: Unit,
    /// Which direction is better.
    pub better: Direction,
    /// The members, the best first.
    pub members: Vec<Member>,
}

/// One of several configurations.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// What tells it from the others.
    pub label: Label,
    /// Family of its model.
    pub family: Option<String>,
    /// Runs at its present level that count.
    pub runs: usize,
    /// Median of them.
    pub median: f64,
    /// Interval of 95 % of the median; `None` with fewer than six runs.
    pub interval: Option<(f64, f64)>,
    /// Its value as a multiple of the best one's.
    pub ratio: Ratio,
}

/// What tells a member from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// A model or precision.
    Name(String),
    /// A batch size.
    Size(u32),
    /// A machine.
    Hardware(Hardware),
}

/// A ratio of two levels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The estimate: the exponential of the Hodges-Lehmann shift between the logarithms.
    pub estimate: f64,
    /// Interval of 95 %; `None` where there are too few runs.
    pub interval: Option<(f64, f64)>,
}

impl Ratio {
    const ONE: Self = Self { estimate: 1.0, interval: Some((1.0, 1.0)) };

    /// Whether the two may be equal: the interval holds 1, or there is none.
    #[must_use]
    pub fn may_be_one(&self) -> bool {
        self.interval.is_none_or(|(low, high)| low <= 1.0 && 1.0 <= high)
    }
}

/// One member over all groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The member.
    pub label: Label,
    /// Groups it is in.
    pub groups: usize,
    /// Those in which it is the best, or may equal the best.
    pub best: usize,
    /// The ratios to the best that are nearest to 1 and furthest from it.
    pub ratios: (f64, f64),
}

/// Compares configurations that differ in one thing.
#[must_use]
pub fn rank(series: &[SeriesValues], dimension: Dimension, policy: &dyn Policy) -> Ranking {
    let mut found = Ranking::default();
    let mut groups: BTreeMap<String, (Group, Vec<Candidate>)> = BTreeMap::new();
    for one in series {
        let thresholds = policy.for_series(&one.meta);
        let SeriesMeta { key, unit, better } = &one.meta;
        let stated = thresholds.better.value.or_else(|| metric::direction(&key.metric, unit, *better));
        let Some(better) = stated else {
            found.refused.push((one.meta.clone(), "nobody says which direction is better".to_owned()));
            continue;
        };
        if one.values.is_empty() || one.values.iter().any(|value| *value <= 0.0) {
            found.refused.push((one.meta.clone(), "a value of zero or less has no ratio to another".to_owned()));
            continue;
        }
        let Some(label) = Label::of(one, dimension) else {
            found.alone.push(one.meta.clone());
            continue;
        };
        let level = present_level(&one.values, thresholds.minimum_effect.value);
        let group = Group {
            like: key.configuration.clone(),
            model: one.model.clone(),
            metric: key.metric.clone(),
            unit: unit.clone(),
            better,
            members: Vec::new(),
        };
        let (_, members) = groups.entry(group.alike(dimension)).or_insert((group, Vec::new()));
        match members.iter_mut().find(|member| member.label == label) {
            // Other names of the same model, by the table of aliases.
            Some(known) => known.logarithms.extend(level),
            None => members.push(Candidate { label, one, logarithms: level }),
        }
    }
    for (mut group, members) in groups.into_values() {
        if members.len() < 2 {
            found.alone.extend(members.iter().map(|member| member.one.meta.clone()));
            continue;
        }
        group.members = ordered(&members, group.better);
        found.groups.push(group);
    }
    found.standings = standings(&found.groups);
    found
}

/// A member before it is compared.
struct Candidate<'a> {
    label: Label,
    one: &'a SeriesValues,
    logarithms: Vec<f64>,
}

/// Logarithms of the newest values since the level last changed.
fn present_level(values: &[f64], minimum_effect: f64) -> Vec<f64> {
    let logarithms: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    let start = change_points(&logarithms, minimum_effect.ln_1p()).last().map_or(0, |change| change.start);
    logarithms[start.max(logarithms.len().saturating_sub(NEWEST))..].to_vec()
}

fn ordered(members: &[Candidate<'_>], better: Direction) -> Vec<Member> {
    let middle = |member: &Candidate<'_>| stats::median(&member.logarithms).unwrap_or(0.0);
    let mut members: Vec<&Candidate<'_>> = members.iter().collect();
    members.sort_by(|first, second| {
        let ascending = middle(first).total_cmp(&middle(second));
        let by_value = if better == Direction::HigherIsBetter { ascending.reverse() } else { ascending };
        by_value.then_with(|| first.label.cmp(&second.label))
    });
    let best = &members[0].logarithms;
    members
        .iter()
        .enumerate()
        .map(|(place, member)| Member {
            label: member.label.clone(),
            family: member.one.family.clone(),
            runs: member.logarithms.len(),
            median: middle(member).exp(),
            interval: stats::median_interval(&member.logarithms).map(|(low, high)| (low.exp(), high.exp())),
            ratio: if place == 0 { Ratio::ONE } else { ratio(best, &member.logarithms) },
        })
        .collect()
}

fn ratio(best: &[f64], other: &[f64]) -> Ratio {
    let Some(shift) = stats::hodges_lehmann_shift(best, other) else { return Ratio::ONE };
    let is_enough = best.len().min(other.len()) >= LEAST_FOR_INTERVAL;
    Ratio { estimate: shift.estimate.exp(), interval: is_enough.then(|| (shift.low.exp(), shift.high.exp())) }
}

fn standings(groups: &[Group]) -> Vec<Standing> {
    let mut standings: BTreeMap<&Label, Standing> = BTreeMap::new();
    for group in groups {
        for (place, member) in group.members.iter().enumerate() {
            let ratio = member.ratio.estimate;
            let standing = standings.entry(&member.label).or_insert_with(|| Standing {
                label: member.label.clone(),
                groups: 0,
                best: 0,
                ratios: (ratio, ratio),
            });
            standing.groups += 1;
            standing.best += usize::from(place == 0 || (member.ratio.interval.is_some() && member.ratio.may_be_one()));
            let distance = |ratio: f64| ratio.ln().abs();
            if distance(ratio) < distance(standing.ratios.0) {
                standing.ratios.0 = ratio;
            }
            if distance(ratio) > distance(standing.ratios.1) {
                standing.ratios.1 = ratio;
            }
        }
    }
    let mut standings: Vec<Standing> = standings.into_values().collect();
    standings.sort_by(|first, second| {
        let share = |one: &Standing| one.best as f64 / one.groups as f64;
        let distance = |one: &Standing| one.ratios.1.ln().abs();
        share(second).total_cmp(&share(first)).then(distance(first).total_cmp(&distance(second)))
    });
    standings
}

impl Label {
    /// `None` where the results say nothing of it.
    fn of(one: &SeriesValues, dimension: Dimension) -> Option<Self> {
        let Configuration { hardware, batch_size, precision, .. } = &one.meta.key.configuration;
        match dimension {
            Dimension::Model => Some(Self::Name(one.model.clone())),
            Dimension::Precision => precision.clone().map(Self::Name),
            Dimension::BatchSize => batch_size.map(Self::Size),
            Dimension::Hardware => Some(Self::Hardware(hardware.clone())),
        }
    }
}

/// Orders members that are equally good, so that the same history gives the same report.
impl Ord for Label {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |label: &Self| match label {
            Self::Name(name) => (name.clone(), 0),
            Self::Size(size) => (String::new(), u64::from(*size)),
            Self::Hardware(hardware) => (format!("{} {:?}", hardware.kind, hardware.device), hardware.id().0),
        };
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Group {
    /// Everything that the members have in common, as one text.
    fn alike(&self, dimension: Dimension) -> String {
        let Configuration { hardware, test_case, batch_size, precision, parameters, is_simulated, model: _ } =
            &self.like;
        let hardware = (&hardware.kind, &hardware.device, hardware.id().0);
        format!(
            "{:?}",
            (
                (dimension != Dimension::Model).then_some(&self.model),
                (dimension != Dimension::Hardware).then_some(hardware),
                test_case,
                &self.metric,
                self.unit.as_str(),
                (dimension != Dimension::BatchSize).then_some(batch_size),
                (dimension != Dimension::Precision).then_some(precision),
                parameters,
                is_simulated,
            )
        )
    }
}
