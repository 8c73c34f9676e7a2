//! What became of each file of an import.
//!
//! For: one line a file and the totals, as text and as JSON (`benchgate/ingest/v1`, frozen). Not for: importing.
//! Invariant: every file has exactly one of the four words, and the totals add up to the number of files.

use std::fmt;

use serde::Serialize;

use super::exit::Exit;
use crate::formats::Format;
use crate::store::ImportOutcome;
use crate::text::{escape, plural};

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// Its results are in the history now.
    Imported,
    /// Its results were in the history already.
    Duplicate,
    /// It holds no results, or nothing that could be taken as it is.
    Skipped,
    /// It is defective; nothing of it was taken.
    Malformed,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileReport {
    path: String,
    outcome: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    runs: u64,
    results: u64,
    failed: u64,
    measurements: u64,
    known: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    is_failure: bool,
}

/// All files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestReport {
    files: Vec<FileReport>,
}

impl FileReport {
    /// Results that it brought into the history.
    #[must_use]
    pub fn results(&self) -> u64 {
        self.results
    }

    /// A file that was read; without a new result it is a duplicate.
    #[must_use]
    pub fn imported(path: &str, format: Format, outcome: ImportOutcome) -> Self {
        let ImportOutcome { results, failed, measurements, known, runs } = outcome;
        Self {
            path: path.to_owned(),
            outcome: if results == 0 { Word::Duplicate } else { Word::Imported },
            format: Some(format.name()),
            runs,
            results,
            failed,
            measurements,
            known,
            reason: None,
            is_failure: false,
        }
    }

    /// A file without results, as folders have.
    #[must_use]
    pub fn skipped(path: &str, reason: String) -> Self {
        Self { is_failure: false, ..Self::failed(path, Word::Skipped, reason) }
    }

    /// A file that should have been imported and was not.
    #[must_use]
    pub fn failed(path: &str, outcome: Word, reason: String) -> Self {
        Self {
            path: path.to_owned(),
            outcome,
            format: None,
            runs: 0,
            results: 0,
            failed: 0,
            measurements: 0,
            known: 0,
            reason: Some(reason),
            is_failure: true,
        }
    }
}

impl fmt::Display for FileReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = escape::terminal(&self.path);
        match (self.outcome, &self.reason) {
            (Word::Imported, _) => {
                write!(formatter, "imported ({}) {path}", self.results)?;
                let mut notes = Vec::new();
                if self.failed > 0 {
                    notes.push(format!("{} failed to run", self.failed));
                }
                if self.known > 0 {
                    notes.push(format!("{} known already", self.known));
                }
                if notes.is_empty() { Ok(()) } else { write!(formatter, ": {}", notes.join(", ")) }
            }
            (Word::Duplicate, _) => write!(formatter, "duplicate {path}"),
            (Word::Skipped, reason) => {
                write!(formatter, "skipped ({}) {path}", escape::terminal(reason.as_deref().unwrap_or_default()))
            }
            (Word::Malformed, reason) => {
                write!(formatter, "malformed ({}) {path}", escape::terminal(reason.as_deref().unwrap_or_default()))
            }
        }
    }
}

/// The wire format.
#[derive(Serialize)]
struct ReportV1<'a> {
    schema: &'static str,
    files: &'a [FileReport],
    totals: TotalsV1,
}

#[derive(Serialize)]
struct TotalsV1 {
    files: usize,
    imported: usize,
    duplicate: usize,
    skipped: usize,
    malformed: usize,
    results: u64,
    failed: u64,
    measurements: u64,
}

impl IngestReport {
    /// Adds a file.
    pub fn add(&mut self, file: FileReport) {
        self.files.push(file);
    }

    /// How the import ends: well, partly, or with nothing taken at all.
    #[must_use]
    pub fn exit(&self) -> Exit {
        let is_taken = |file: &FileReport| matches!(file.outcome, Word::Imported | Word::Duplicate);
        match (self.files.iter().any(is_taken), self.files.iter().any(|file| file.is_failure)) {
            (false, _) => Exit::Trouble,
            (true, true) => Exit::PartlyImported,
            (true, false) => Exit::Success,
        }
    }

    /// The totals in one line.
    #[must_use]
    pub fn totals(&self) -> String {
        let totals = self.sum();
        let files = plural(totals.files, "file", "files");
        let results = plural(totals.results, "result", "results");
        let measurements = plural(totals.measurements, "measurement", "measurements");
        format!(
            "{files}: {} imported ({results}, {measurements}, {} failed to run), {} duplicate, {} skipped, {} malformed",
            totals.imported, totals.failed, totals.duplicate, totals.skipped, totals.malformed
        )
    }

    /// The report as `benchgate/ingest/v1`.
    #[must_use]
    pub fn json(&self) -> String {
        let report = ReportV1 { schema: "benchgate/ingest/v1", files: &self.files, totals: self.sum() };
        serde_json::to_string_pretty(&report).expect("internal error: texts and numbers are always JSON")
    }

    fn sum(&self) -> TotalsV1 {
        let count = |word| self.files.iter().filter(|file| file.outcome == word).count();
        TotalsV1 {
            files: self.files.len(),
            imported: count(Word::Imported),
            duplicate: count(Word::Duplicate),
            skipped: count(Word::Skipped),
            malformed: count(Word::Malformed),
            results: self.files.iter().map(|file| file.results).sum(),
            failed: self.files.iter().map(|file| file.failed).sum(),
            measurements: self.files.iter().map(|file| file.measurements).sum(),
        }
    }
}
