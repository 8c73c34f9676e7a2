//! Regressions that somebody has accepted.
//!
//! For: which regressed series a waiver covers, and which waivers did nothing. Not for: reading waivers (see `config`),
//! nor for hiding anything: a waived series keeps its verdict and its numbers.
//! Invariant: a waiver names one series, has a ceiling, a last day and a reason; beyond any of them it covers nothing,
//! and the judgement says so.

use jiff::civil::Date;

use super::judgement::{SeriesJudgement, Verdict};
use super::policy::{Action, Policy};

/// The acceptance of one named regression, written down and reviewed.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiver {
    /// Where it is written: `benchgate.toml:12 [[waivers]] 1`.
    pub origin: String,
    /// The series: its name as reports print it, or its id.
    pub series: String,
    /// The largest relative change that it covers, as a fraction: 0.15 is 15 %.
    pub ceiling: f64,
    /// The last day on which it holds, UTC.
    pub expires: Date,
    /// Why the regression is accepted.
    pub reason: String,
    /// Where that was discussed.
    pub link: Option<String>,
    /// Whether its last day is over.
    pub is_expired: bool,
}

/// Why a regressed series does not fail the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    /// The waiver's place, or who accepted the whole run and how.
    pub origin: String,
    /// Why, where that is written down.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// Where that was discussed.
    pub link: Option<String>,
}

/// What a waiver did in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaiverState {
    /// It covers a regression of this run.
    Applied,
    /// Its series regressed by more than it covers.
    Exceeded,
    /// Its last day is over.
    Expired,
    /// Its series was judged and did not regress, or was not measured at all.
    Unused,
}

impl WaiverState {
    /// The word of reports and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Exceeded => "exceeded",
            Self::Expired => "expired",
            Self::Unused => "unused",
        }
    }
}

/// A waiver and what it did.
#[derive(Clone, Debug, PartialEq)]
pub struct WaiverUse {
    /// The waiver.
    pub waiver: Waiver,
    /// What it did.
    pub state: WaiverState,
}

/// Marks the regressed series that are accepted, and says what became of each waiver.
pub(super) fn waive(series: &mut [SeriesJudgement], policy: &dyn Policy) -> Vec<WaiverUse> {
    let mut uses: Vec<WaiverUse> = Vec::new();
    for waiver in policy.waivers() {
        let mut state = if waiver.is_expired { WaiverState::Expired } else { WaiverState::Unused };
        for judged in series.iter_mut().filter(|judged| names(waiver, judged)) {
            let Some(size) = worsening(judged).filter(|_| !waiver.is_expired) else { continue };
            if size <= waiver.ceiling {
                judged.waived = Some(waiver.into());
                state = if state == WaiverState::Exceeded { state } else { WaiverState::Applied };
            } else {
                state = WaiverState::Exceeded;
            }
        }
        uses.push(WaiverUse { waiver: waiver.clone(), state });
    }
    if let Some(by) = policy.acceptance() {
        for judged in series.iter_mut().filter(|judged| judged.waived.is_none() && worsening(judged).is_some()) {
            judged.waived = Some(Waived { origin: by.to_owned(), reason: None, expires: None, link: None });
        }
    }
    uses
}

fn names(waiver: &Waiver, judged: &SeriesJudgement) -> bool {
    let key = &judged.series.key;
    waiver.series == key.to_string() || waiver.series == key.id().to_string()
}

/// The size of what would fail the check, as a fraction; `None` where nothing would.
fn worsening(judged: &SeriesJudgement) -> Option<f64> {
    let evidence = judged.evidence.as_ref().filter(|_| judged.policy.is_judged.value)?;
    let drift = evidence.drift.filter(|_| judged.policy.drift.value == Action::Fail);
    let regression = (judged.verdict == Verdict::Regressed).then_some(evidence.change.abs());
    [regression, drift.map(|drift| drift.change.abs())].into_iter().flatten().reduce(f64::max)
}

impl From<&Waiver> for Waived {
    fn from(waiver: &Waiver) -> Self {
        let Waiver { origin, series: _, ceiling: _, expires, reason, link, is_expired: _ } = waiver.clone();
        Self { origin, reason: Some(reason), expires: Some(expires), link }
    }
}
