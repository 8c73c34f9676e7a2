//! Waiting for a history that another process has open.
//!
//! For: writers, which DuckDB's file lock lets in one after the other. Not for: readers, which fail at once: what they
//! would wait for may take long.
//! Invariant: who waits says so, for what and how long, before the first pause.

use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::error::CliError;
use super::surroundings::Console;
use crate::store::{Mode, Store, StoreError};
use crate::text::escape;

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(200);

/// Opens a history, waiting up to so many seconds while another process holds it.
///
/// # Errors
/// [`StoreError::Locked`] when that time is over, and the other ways in which a history cannot be opened.
pub(super) fn open(
    path: &Path,
    mode: Mode,
    now: Timestamp,
    seconds: u64,
    console: &mut Console<'_>,
) -> Result<Store, CliError> {
    let attempts = seconds.saturating_mul(1000 / u64::try_from(PAUSE.as_millis()).unwrap_or(1000));
    let mut attempt = 0;
    loop {
        let error = match Store::open(path, mode, now) {
            Err(error @ StoreError::Locked { .. }) if attempt < attempts => error,
            other => return Ok(other?),
        };
        if attempt == 0 {
            let holder = error.source().map(ToString::to_string).unwrap_or_default();
            let holder = holder.lines().next().unwrap_or_default();
            let holder = escape::terminal(&escape::shorten(holder, 200));
            let since =
                self::holder(&error).map_or_else(String::new, |since| format!("; {}", escape::terminal(&since)));
            writeln!(console.err, "waiting up to {seconds} s: {error} ({holder}{since})")?;
            console.err.flush()?;
        }
        attempt += 1;
        std::thread::sleep(PAUSE);
    }
}

/// The process that keeps others out: since when it runs, and where. DuckDB names it where the system tells, which a
/// file on a network may prevent.
pub(super) fn holder(error: &StoreError) -> Option<String> {
    let StoreError::Locked { source, .. } = error else { return None };
    let pid: u32 = source.to_string().split_once("(PID ")?.1.split_once(')')?.0.parse().ok()?;
    let pid = Pid::from_u32(pid);
    let mut system = System::new().ok()?;
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, ProcessRefreshKind::nothing());
    let started = system.process(pid)?.start_time();
    let started = Timestamp::from_second(i64::try_from(started).ok()?).ok()?;
    let host = System::host_name().map_or_else(|_| String::new(), |host| format!(" on {host}"));
    Some(format!("process {pid}{host} has been running since {started}"))
}
