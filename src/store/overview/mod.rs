//! What a history holds, counted for reports.
//!
//! For: medians, spreads and counts over a selection of runs, models and hardware. Not for: what a candidate is compared
//! with (see [`super::history`]).
//! Invariant: a report reads and changes nothing.
//!
//! - `selection` - what is looked at
//! - `performance` - what was measured
//! - `machines` - on what
//! - `compatibility` - which models run where
//! - `totals` - all of it, counted

mod compatibility;
mod machines;
mod performance;
mod selection;
mod totals;

pub(super) use performance::{RowError, run_summary, time};
