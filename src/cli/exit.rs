//! The exit codes.
//!
//! For: what a process that started benchgate can tell from its end alone. Not for: deciding which one a run has
//! earned; each command does that.
//! Invariant: a code is never given a second meaning; `docs/exit-codes.md` is this list, held equal by a test.

use std::process::ExitCode;

/// How benchgate ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Passed, or the command did its work.
    Success = 0,
    /// benchgate could not finish (a file, the store or the network failed): there is no verdict.
    Trouble = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// There was nothing to judge, and the policy says that is a failure.
    NothingToJudge = 3,
    /// Some input files could not be imported; the others were.
    PartlyImported = 4,
    /// A benchmark regressed, or a trend holds what `--fail-on` names.
    Regression = 10,
    /// Nothing regressed, but some benchmarks could not be settled, and the policy says that is a failure.
    Inconclusive = 11,
    /// Nothing regressed, but a benchmark is missing, failed to run, or cannot be compared any more.
    Missing = 12,
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
