//! The pages of the dashboard, as functions of values.
//!
//! For: what is shown of a history to somebody who looks around in it. Not for: fetching it, nor answering requests (see
//! `serve`).
//! Invariant: everything can be read and asked without a script; names are text, and addresses carry ids or encoded
//! names; whatever a page leaves out, it counts and links to.
//!
//! - [`Frame`]: what all pages share; `address`: where they are
//! - [`Asked`]: what an address asks of a page
//! - `listing`: long lists in parts
//! - [`overview()`]: what became worse, what is noisy, what stopped, what came last
//! - [`series_list()`], [`series()`]: every series, and one over time
//! - [`matrix()`]: models and hardware
//! - [`runs()`], [`run()`]: every run, and one with its verdicts
//! - [`compare()`]: two runs or commits
//! - [`empty()`], [`problem()`]: where there is nothing to show

mod asked;
mod compare;
mod frame;
mod listing;
mod matrix;
mod nothing;
mod overview;
mod run;
mod runs;
mod series;
mod series_list;
#[cfg(test)]
mod tests;
mod verdicts;

pub use asked::Asked;
pub use compare::{Compared, compare};
pub use frame::{Frame, HOME, run_address, series_address};
pub use matrix::matrix;
pub use nothing::{empty, problem};
pub use overview::overview;
pub use run::{JudgedRun, run};
pub use runs::runs;
pub use series::series;
pub use series_list::series_list;
