//! Pages of what a history holds, for programs that ask for it part by part.
//!
//! For: rows under the names that the former system's interface gave them, filtered in the database. Not for: reports,
//! which look at a whole history (see `overview`).
//! Invariant: a filter is a value, never SQL text; a page reads what it shows, not the history; what is missing is `None`.
//!
//! - `page` - which part of a list
//! - `performance` - results, one row each
//! - `compatibility` - models on hardware types
//! - `integration` - functional tests by module
//! - `names` - hardware and models with how often they were measured
//! - `series` - series, and the values of one
//! - `runs` - which run a name means

mod compatibility;
mod integration;
mod names;
mod page;
mod performance;
mod runs;
mod series;

pub use compatibility::CompatibilityRow;
pub use integration::IntegrationRow;
pub use names::{HardwareRow, ModelRow};
pub use page::{Page, Rows};
pub use performance::{PerformanceFilter, PerformanceRow};
pub use runs::KnownName;
pub use series::{PointRow, SeriesFilter, SeriesRow};
