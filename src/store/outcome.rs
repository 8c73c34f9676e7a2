//! What an import did, in numbers.
//!
//! For: counting what comes into the history, of a source or of many. Not for: saying it (see the reports of `cli`).
//! Invariant: every count is of one thing, and the sum of two outcomes is the outcome of both.

use std::ops::AddAssign;

use serde::Serialize;

/// What an import did.
///
/// Reports write it as it stands (`benchgate/ingest/v1`, frozen): names and order of the fields are theirs too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportOutcome {
    /// Runs that the source holds.
    pub runs: u64,
    /// Results written.
    pub results: u64,
    /// Of them, results that failed to run.
    pub failed: u64,
    /// Measurements written.
    pub measurements: u64,
    /// Results that were in the history already, with the same values.
    pub known: u64,
    /// Of the results written, those that are marked as simulated.
    pub simulated: u64,
    /// Of the results written, those whose values look made up.
    pub suspicious: u64,
    /// Compatibility of models and hardware types, written.
    pub compatibility: u64,
    /// Functional tests written.
    pub tests: u64,
    /// Of them, tests that failed.
    pub tests_failed: u64,
    /// Hardware types that were looked for, written.
    pub detections: u64,
    /// Of these three, what was in the history already.
    pub records_known: u64,
    /// Parts of new runs that failed as a whole.
    pub errors: u64,
    /// Results that were left out, since their runs are in an archive or their series was dropped.
    pub archived: u64,
    /// Decisions written.
    pub decisions: u64,
}

impl ImportOutcome {
    /// Everything that is new in the history.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.results + self.compatibility + self.tests + self.detections + self.errors + self.decisions
    }
}

impl AddAssign for ImportOutcome {
    fn add_assign(&mut self, other: Self) {
        let Self { results, failed, measurements, known, runs, simulated, suspicious, .. } = other;
        let Self { compatibility, tests, tests_failed, detections, records_known, errors, archived, decisions, .. } =
            other;
        self.results += results;
        self.failed += failed;
        self.measurements += measurements;
        self.known += known;
        self.runs += runs;
        self.simulated += simulated;
        self.suspicious += suspicious;
        self.compatibility += compatibility;
        self.tests += tests;
        self.tests_failed += tests_failed;
        self.detections += detections;
        self.records_known += records_known;
        self.errors += errors;
        self.archived += archived;
        self.decisions += decisions;
    }
}
