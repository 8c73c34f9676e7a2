//! Whether benchgate's own statements hold.
//!
//! For: counting how often a change is found that was said to be visible. Not for: comparing rules.
//! Invariant: only clean points count, since elsewhere another change is mixed in.

use benchgate::gate::Verdict;
use benchgate::gate::replay::Replayed;
use serde::Serialize;

use super::protocol::share;

/// Sizes of changes that are said to be visible or not.
const SIZES: [f64; 3] = [0.05, 0.10, 0.20];

/// Of the clean points where a change is said to be visible or not, how often it is found.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Promises {
    /// Share of points where a change of 5, 10 or 20 % is said to be visible.
    pub(crate) visible: f64,
    /// Share of those changes that is found: suspect in the run and confirmed by its re-run.
    pub(crate) found_where_visible: f64,
    /// The same where it is said not to be visible.
    pub(crate) found_elsewhere: f64,
}

impl Promises {
    /// Adds others with a weight.
    pub(crate) fn add(&mut self, others: &Self, weight: f64) {
        self.visible += weight * others.visible;
        self.found_where_visible += weight * others.found_where_visible;
        self.found_elsewhere += weight * others.found_elsewhere;
    }
}

/// Counts for [`Promises`].
#[derive(Clone, Debug, Default)]
pub(crate) struct PromiseCounts {
    visible: usize,
    found_where_visible: usize,
    hidden: usize,
    found_elsewhere: usize,
}

impl PromiseCounts {
    /// Adds a clean point.
    pub(crate) fn add(&mut self, replayed: &Replayed) {
        for size in SIZES {
            let is_found = replayed.verdict(size, 1) == Verdict::Regressed;
            if replayed.smallest_visible <= size {
                self.visible += 1;
                self.found_where_visible += usize::from(is_found);
            } else {
                self.hidden += 1;
                self.found_elsewhere += usize::from(is_found);
            }
        }
    }

    /// The counts as shares.
    pub(crate) fn shares(&self) -> Promises {
        Promises {
            visible: share(self.visible, self.visible + self.hidden),
            found_where_visible: share(self.found_where_visible, self.visible),
            found_elsewhere: share(self.found_elsewhere, self.hidden),
        }
    }
}
