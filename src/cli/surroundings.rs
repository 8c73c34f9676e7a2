//! Clock, environment and terminal, read once.
//!
//! For: handing the world to the commands as values, so that tests can hand them another. Not for: flags.
//! Invariant: nothing else in the crate reads the clock or the environment.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write};

use jiff::Timestamp;

/// The world as a command sees it.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Now.
    pub now: Timestamp,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// Width of the terminal that standard output goes to; `None` where it goes elsewhere.
    pub width: Option<u16>,
    /// Whether colour is welcome.
    pub has_colour: bool,
    /// Whether a progress bar is welcome: on a terminal, outside CI.
    pub has_progress: bool,
}

impl Surroundings {
    /// Reads the clock, the environment and the terminal.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock and the environment")]
    pub fn read() -> Self {
        let environment: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let is_terminal = io::stdout().is_terminal();
        let has_colour = is_terminal && environment.get("NO_COLOR").is_none_or(String::is_empty);
        let width = is_terminal.then(|| terminal_width(&environment));
        let is_in_ci = environment.get("CI").is_some_and(|ci| !ci.is_empty());
        let has_progress = io::stderr().is_terminal() && !is_in_ci;
        Self { now: Timestamp::now(), environment, width, has_colour, has_progress }
    }

    /// A variable of the environment; empty counts as absent.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// The clock, for a command that goes on: what it asks later is later.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the room of the clock")]
pub fn clock() -> Timestamp {
    Timestamp::now()
}

/// Where a command writes: data to `out`, talk to `err`.
pub struct Console<'a> {
    /// Standard output.
    pub out: &'a mut dyn Write,
    /// Standard error.
    pub err: &'a mut dyn Write,
}

/// Standard output whose reader may go away, as in `benchgate query ... | head`: what is written then is dropped, and the
/// command goes on to its end, so that neither an import nor a verdict depends on who listens.
pub struct ClosablePipe<W>(pub W);

impl<W: Write> Write for ClosablePipe<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self.0.write(buffer) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(buffer.len()),
            other => other,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }
}

/// `COLUMNS` where it is set, else what the terminal says, else 100; less than 20 is no width.
fn terminal_width(environment: &BTreeMap<String, String>) -> u16 {
    environment
        .get("COLUMNS")
        .and_then(|columns| columns.parse().ok())
        .filter(|columns| *columns >= 20)
        .or_else(|| comfy_table::Table::new().width())
        .unwrap_or(100)
}
