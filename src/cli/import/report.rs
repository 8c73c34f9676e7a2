//! What became of each database of an import.
//!
//! For: a line a database, its tables, and the totals, as text, Markdown and JSON (`benchgate/import/v1`, frozen). Not
//! for: importing.
//! Invariant: every database has exactly one of the four words, and every row of a table that was read is taken or left
//! out with its reason.

use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::ingest::report::{FileReport, IngestReport, TotalsV1};
use crate::formats::TableCount;
use crate::text::{escape, plural};

/// One database.
#[derive(Serialize)]
pub(super) struct DatabaseReport {
    /// What became of it.
    #[serde(flatten)]
    pub(super) file: FileReport,
    /// Its tables that were read.
    pub(super) tables: Vec<TableCount>,
    /// Its tables that were not.
    pub(super) tables_not_read: Vec<String>,
}

impl From<FileReport> for DatabaseReport {
    fn from(file: FileReport) -> Self {
        Self { file, tables: Vec::new(), tables_not_read: Vec::new() }
    }
}

/// All databases.
#[derive(Default)]
pub(super) struct ImportReport {
    databases: Vec<DatabaseReport>,
    files: IngestReport,
}

/// The wire format.
#[derive(Serialize)]
struct ReportV1<'a> {
    schema: &'static str,
    databases: &'a [DatabaseReport],
    totals: TotalsV1,
}

/// Tables that are not read and are named; a file may have any number.
const MOST_NAMES: usize = 20;

impl ImportReport {
    /// Adds a database.
    pub(super) fn add(&mut self, database: DatabaseReport) {
        self.files.add(&database.file);
        self.databases.push(database);
    }

    /// How the import ends.
    #[must_use]
    pub(super) fn exit(&self) -> Exit {
        self.files.exit()
    }

    /// The totals in one line.
    #[must_use]
    pub(super) fn totals(&self) -> String {
        self.files.totals()
    }

    /// A line a database, with its tables below.
    #[must_use]
    pub(super) fn text(&self) -> String {
        let mut lines = Vec::new();
        for DatabaseReport { file, tables, tables_not_read } in &self.databases {
            lines.push(file.to_string());
            lines.extend(tables.iter().flat_map(table_lines).map(|line| format!("  {}", escape::terminal(&line))));
            if !tables_not_read.is_empty() {
                lines.push(format!("  not read: {}", escape::terminal(&names(tables_not_read))));
            }
        }
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// What was not imported, the tables, and the totals.
    #[must_use]
    pub(super) fn markdown(&self, rehearsed: &str) -> String {
        let mut page = self.files.markdown(rehearsed);
        for DatabaseReport { file, tables, tables_not_read } in &self.databases {
            let mut lines: Vec<String> = tables.iter().flat_map(table_lines).collect();
            if !tables_not_read.is_empty() {
                lines.push(format!("not read: {}", names(tables_not_read)));
            }
            if !lines.is_empty() {
                page.extend(["\n", &escape::markdown(file.path()), ":\n\n"]);
            }
            for line in lines {
                page.push_str("- ");
                page.push_str(&escape::markdown(&line));
                page.push('\n');
            }
        }
        page
    }

    /// The report as `benchgate/import/v1`.
    #[must_use]
    pub(super) fn json(&self) -> String {
        let report = ReportV1 { schema: "benchgate/import/v1", databases: &self.databases, totals: self.files.sum() };
        serde_json::to_string_pretty(&report).expect("internal error: texts and numbers are always JSON")
    }
}

/// `benchmark_performance: 101 rows, 0 taken`, and what was left out.
fn table_lines(table: &TableCount) -> Vec<String> {
    let TableCount { name, rows, taken, values_left_out, left_out } = table;
    if *rows == 0 {
        return Vec::new();
    }
    let without = match values_left_out {
        0 => String::new(),
        count => format!(" without {}", plural(*count, "zero that was not measured", "zeros that were not measured")),
    };
    let first = format!("{name}: {}, {taken} taken{without}", plural(*rows, "row", "rows"));
    let reasons = left_out.iter().map(|one| {
        let (rows, first) = (plural(one.rows, "row", "rows"), escape::shorten(&one.first, 200));
        format!("{name}: {rows} left out: {} (first: {first})", one.reason)
    });
    std::iter::once(first).chain(reasons).collect()
}

fn names(tables: &[String]) -> String {
    let named = tables.iter().take(MOST_NAMES).map(|name| escape::shorten(name, 80)).collect::<Vec<_>>().join(", ");
    match tables.len().saturating_sub(MOST_NAMES) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
