//! How much of a history is kept.
//!
//! For: the tiers of runs by age. Not for: choosing runs (see `store`).
//! Invariant: the newer a run is, the denser is the tier that it is in.

use std::fmt;

/// How long something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    /// So many days.
    Days(u32),
    /// Without an end.
    Forever,
}

impl Span {
    /// Whether something of this age is within it.
    #[must_use]
    pub fn holds(self, days: i64) -> bool {
        match self {
            Self::Days(most) => days < i64::from(most),
            Self::Forever => true,
        }
    }
}

/// `30 days`, `ever`: what follows "for".
impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(formatter, "{days} days"),
            Self::Forever => formatter.write_str("ever"),
        }
    }
}

/// What is kept of each series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Every run, until it is so old.
    pub keep_all: Span,
    /// One run a day, until it is so old.
    pub daily: Span,
    /// One run a week, until it is so old.
    pub weekly: Span,
    /// At most so many runs, whatever their age.
    pub max_runs: Option<usize>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { keep_all: Span::Days(30), daily: Span::Days(365), weekly: Span::Forever, max_runs: None }
    }
}

/// How dense runs of an age are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Every run.
    All,
    /// One a day.
    Daily,
    /// One a week.
    Weekly,
    /// None.
    Nothing,
}

impl Tier {
    /// Every one, the newest first.
    pub const ALL: [Self; 4] = [Self::All, Self::Daily, Self::Weekly, Self::Nothing];
}

impl Retention {
    /// The tier of a run of this age.
    #[must_use]
    pub fn tier(&self, days: i64) -> Tier {
        if self.keep_all.holds(days) {
            Tier::All
        } else if self.daily.holds(days) {
            Tier::Daily
        } else if self.weekly.holds(days) {
            Tier::Weekly
        } else {
            Tier::Nothing
        }
    }
}
