//! Numbers, times, plurals, sparklines and escaping: how anything becomes text that a person reads.
//!
//! For: one way of writing each kind of value, everywhere. Not for: layout, nor knowledge of verdicts (see `report`).
//! Invariant: functions are pure and total; names from results files are hostile data until they went through
//! [`escape`].
//!
//! - [`short_commit()`]: commits in sentences
//! - [`escape`]: names for terminals, Markdown, HTML, CSV and JSON
//! - [`number`]: numbers with sensible digits and units, percentages
//! - [`plural()`]: counted nouns
//! - [`sparkline()`]: a series as a row of blocks
//! - [`time`]: dates, spans and ages
//! - [`wrap()`]: sentences broken into lines

mod commit;
pub mod escape;
pub mod number;
pub mod plural;
pub mod sparkline;
pub mod time;
mod wrap;

#[cfg(test)]
mod tests;

pub use commit::short_commit;
pub use number::{grouped, percent, quantity, signed_percent};
pub use plural::plural;
pub use sparkline::sparkline;
pub use wrap::wrap;
