//! What became of each file of an import.
//!
//! For: one line a file and the totals, as text and as JSON (`benchgate/ingest/v1`, frozen). Not for: importing.
//! Invariant: every file has exactly one of the four words, and the totals add up to the number of files. A folder may
//! hold a million files: only counts and the first of what was not imported are kept.

use std::fmt;
use std::ops::AddAssign;

use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::read_ahead::{CHANGED, Omissions};
use crate::formats::Omission;
use crate::store::ImportOutcome;
use crate::text::{escape, plural};

/// What became of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli) enum Word {
    /// Its results are in the history now.
    Imported,
    /// Its results were in the history already.
    Duplicate,
    /// It holds no results, or nothing that could be taken as it is.
    #[default]
    Skipped,
    /// It is defective; nothing of it was taken.
    Malformed,
}

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct FileReport {
    path: String,
    outcome: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    #[serde(flatten)]
    counts: CountsV1,
    /// What it holds and is not taken, the first of it.
    omitted: Vec<OmissionV1>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    is_failure: bool,
}

/// What came into the history, of a file or of all, and how much did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct CountsV1 {
    #[serde(flatten)]
    taken: ImportOutcome,
    omissions: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct OmissionV1 {
    place: String,
    reason: String,
}

/// Rows of the Markdown report.
const MOST_ROWS: usize = 200;

/// All files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct IngestReport {
    totals: TotalsV1,
    /// The first files that were not imported.
    rest: Vec<FileReport>,
    has_more_rest: bool,
    has_failure: bool,
}

impl FileReport {
    /// Results that it brought into the history.
    #[must_use]
    pub(in crate::cli) fn results(&self) -> u64 {
        self.counts.taken.results
    }

    /// A file that was read; without anything new it is a duplicate.
    #[must_use]
    pub(in crate::cli) fn imported(
        path: &str,
        format: &dyn fmt::Display,
        outcome: ImportOutcome,
        omissions: Omissions,
    ) -> Self {
        let Omissions { count, first } = omissions;
        Self {
            path: path.to_owned(),
            outcome: if outcome.written() == 0 { Word::Duplicate } else { Word::Imported },
            format: Some(format.to_string()),
            counts: CountsV1 { taken: outcome, omissions: count },
            omitted: first.into_iter().map(|Omission { place, reason }| OmissionV1 { place, reason }).collect(),
            reason: None,
            is_failure: false,
        }
    }

    /// The same, with so much left out that is listed elsewhere.
    #[must_use]
    pub(in crate::cli) fn with_left_out(mut self, omissions: u64) -> Self {
        self.counts.omissions = omissions;
        self
    }

    /// A file whose content was imported before, and which was not read again.
    #[must_use]
    pub(in crate::cli) fn duplicate(path: &str) -> Self {
        Self { path: path.to_owned(), outcome: Word::Duplicate, ..Self::default() }
    }

    /// Its name.
    #[must_use]
    pub(in crate::cli) fn path(&self) -> &str {
        &self.path
    }

    /// What became of it.
    #[must_use]
    pub(in crate::cli) fn outcome(&self) -> Word {
        self.outcome
    }

    /// Why it was not imported.
    #[must_use]
    pub(in crate::cli) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Whether it was still being written.
    #[must_use]
    pub(in crate::cli) fn is_unfinished(&self) -> bool {
        self.reason.as_deref().is_some_and(|reason| reason.contains(CHANGED))
    }

    /// A file without results, as folders have.
    #[must_use]
    pub(in crate::cli) fn skipped(path: &str, reason: String) -> Self {
        Self { is_failure: false, ..Self::failed(path, Word::Skipped, reason) }
    }

    /// A file that should have been imported and was not.
    #[must_use]
    pub(in crate::cli) fn failed(path: &str, outcome: Word, reason: String) -> Self {
        Self { path: path.to_owned(), outcome, reason: Some(reason), is_failure: true, ..Self::default() }
    }

    /// What is worth a word beside the number of results.
    fn notes(&self) -> String {
        let CountsV1 { taken: ImportOutcome { failed, known, simulated, suspicious, errors, archived, .. }, omissions } =
            self.counts;
        let notes = [
            (failed, "failed to run"),
            (known, "known already"),
            (simulated, "simulated"),
            (suspicious, "suspicious"),
            (errors, "not run at all"),
            (omissions, "left out"),
            (archived, "in an archive"),
        ];
        let notes = notes.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        notes.collect::<Vec<_>>().join(", ")
    }
}

impl CountsV1 {
    /// What is no result, in words: `3 tests (1 failed), 12 of compatibility`.
    fn records(&self) -> Vec<String> {
        let ImportOutcome { compatibility, tests, tests_failed, detections, decisions, .. } = self.taken;
        let mut words = Vec::new();
        if compatibility > 0 {
            words.push(format!("compatibility of {compatibility}"));
        }
        if tests > 0 {
            words.push(format!("{} ({tests_failed} failed)", plural(tests, "test", "tests")));
        }
        if detections > 0 {
            words.push(format!("{} looked for", plural(detections, "hardware type", "hardware types")));
        }
        if decisions > 0 {
            words.push(plural(decisions, "decision", "decisions"));
        }
        words
    }
}

impl AddAssign for CountsV1 {
    fn add_assign(&mut self, other: Self) {
        let Self { taken, omissions } = other;
        self.taken += taken;
        self.omissions += omissions;
    }
}

impl fmt::Display for FileReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = escape::terminal(&self.path);
        match (self.outcome, &self.reason) {
            (Word::Imported, _) => {
                let mut taken = self.counts.records();
                if self.counts.taken.results > 0 || taken.is_empty() {
                    taken.insert(0, self.counts.taken.results.to_string());
                }
                write!(formatter, "imported ({}) {path}", taken.join(", "))?;
                let notes = self.notes();
                if notes.is_empty() { Ok(()) } else { write!(formatter, ": {notes}") }
            }
            (Word::Duplicate, _) if self.counts.taken.archived > 0 => {
                write!(formatter, "duplicate {path}: {} in an archive", self.counts.taken.archived)
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

/// The totals of all files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct TotalsV1 {
    files: usize,
    imported: usize,
    duplicate: usize,
    skipped: usize,
    malformed: usize,
    #[serde(flatten)]
    counts: CountsV1,
}

impl IngestReport {
    /// Adds a file.
    pub(in crate::cli) fn add(&mut self, file: &FileReport) {
        let totals = &mut self.totals;
        totals.files += 1;
        *match file.outcome {
            Word::Imported => &mut totals.imported,
            Word::Duplicate => &mut totals.duplicate,
            Word::Skipped => &mut totals.skipped,
            Word::Malformed => &mut totals.malformed,
        } += 1;
        totals.counts += file.counts;
        self.has_failure |= file.is_failure;
        if file.reason.is_some() {
            self.has_more_rest = self.rest.len() == MOST_ROWS;
            if !self.has_more_rest {
                self.rest.push(file.clone());
            }
        }
    }

    /// How the import ends: well, partly, or with nothing taken at all.
    #[must_use]
    pub(in crate::cli) fn exit(&self) -> Exit {
        match (self.totals.imported + self.totals.duplicate > 0, self.has_failure) {
            (false, _) => Exit::Trouble,
            (true, true) => Exit::PartlyImported,
            (true, false) => Exit::Success,
        }
    }

    /// The totals in one line.
    #[must_use]
    pub(in crate::cli) fn totals(&self) -> String {
        let totals = &self.totals;
        let files = plural(totals.files, "file", "files");
        let CountsV1 { taken, omissions } = totals.counts;
        let ImportOutcome { results, measurements, failed, simulated, suspicious, .. } = taken;
        let results = plural(results, "result", "results");
        let measurements = plural(measurements, "measurement", "measurements");
        let mut taken = vec![results, measurements, format!("{failed} failed to run")];
        for (count, word) in [(simulated, "simulated"), (suspicious, "suspicious"), (omissions, "left out")] {
            if count > 0 {
                taken.push(format!("{count} {word}"));
            }
        }
        taken.extend(totals.counts.records());
        format!(
            "{files}: {} imported ({}), {} duplicate, {} skipped, {} malformed",
            totals.imported,
            taken.join(", "),
            totals.duplicate,
            totals.skipped,
            totals.malformed
        )
    }

    /// The report as Markdown: what was not imported, and the totals.
    #[must_use]
    pub(in crate::cli) fn markdown(&self, rehearsed: &str) -> String {
        let mut page = format!("### Import\n\n{rehearsed}{}\n", escape::markdown(&self.totals()));
        if !self.rest.is_empty() {
            page.push_str("\n| file | outcome | reason |\n| --- | --- | --- |\n");
        }
        for FileReport { path, outcome, reason, .. } in &self.rest {
            let word = if *outcome == Word::Malformed { "malformed" } else { "skipped" };
            let reason = escape::shorten(reason.as_deref().unwrap_or_default(), 300);
            let (path, reason) = (escape::markdown(path), escape::markdown(&reason));
            page.push_str(&[&path, word, &reason].map(|cell| format!("| {cell} ")).concat());
            page.push_str("|\n");
        }
        if self.has_more_rest {
            page.push_str("\nFurther files are not listed.\n");
        }
        page
    }

    /// The next part of the report as `benchgate/ingest/v1`: a file that is about to be added.
    #[must_use]
    pub(in crate::cli) fn json_file(&self, file: &FileReport) -> String {
        let before = if self.totals.files == 0 { JSON_START } else { "," };
        format!("{before}\n    {}", json(file, 4))
    }

    /// The last part of it: the totals.
    #[must_use]
    pub(in crate::cli) fn json_totals(&self) -> String {
        let before = if self.totals.files == 0 { JSON_START } else { "\n  " };
        format!("{before}],\n  \"totals\": {}\n}}", json(&self.totals, 2))
    }

    /// The totals, for reports that embed them.
    #[must_use]
    pub(in crate::cli) fn sum(&self) -> TotalsV1 {
        self.totals
    }
}

/// How the report begins as JSON. It is written part by part, since it holds a place for every file.
const JSON_START: &str = "{\n  \"schema\": \"benchgate/ingest/v1\",\n  \"files\": [";

/// A value as it stands `indent` columns from the left. A text in JSON has no line ends of its own.
fn json(value: &impl Serialize, indent: usize) -> String {
    let text = serde_json::to_string_pretty(value).expect("internal error: texts and numbers are always JSON");
    text.replace('\n', &format!("\n{}", " ".repeat(indent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_lists_the_first_files_and_says_that_there_are_more() {
        let mut report = IngestReport::default();
        let add = |report: &mut IngestReport, number: usize| {
            report.add(&FileReport::skipped(&format!("{number}.json"), "no results".to_owned()));
        };
        (0..MOST_ROWS).for_each(|number| add(&mut report, number));
        assert!(!report.markdown("").contains("Further files"));
        add(&mut report, MOST_ROWS);
        let page = report.markdown("");
        assert!(page.contains("Further files") && page.contains(&format!("{} files", MOST_ROWS + 1)), "{page}");
        assert!(!page.contains(&format!("| {MOST_ROWS}.json")), "{page}");
    }

    #[test]
    fn json_is_whole_with_no_file_and_with_some() {
        let mut report = IngestReport::default();
        let mut text = String::new();
        for files in 0..3 {
            let whole: serde_json::Value =
                serde_json::from_str(&format!("{text}{}", report.json_totals())).expect("JSON");
            assert_eq!(whole["files"].as_array().map(Vec::len), Some(files));
            assert_eq!(whole["totals"]["files"], files);
            let file = FileReport::duplicate("a\nb.json");
            text.push_str(&report.json_file(&file));
            report.add(&file);
        }
    }
}
