//! A folder of its own, a clean environment, and what a command printed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// A place to run benchgate in.
pub(crate) struct Place {
    folder: TempDir,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and returns its name for the command line.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        name.to_owned()
    }

    /// A command in this place, without the variables that would change what it does.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("benchgate").unwrap();
        #[expect(clippy::disallowed_methods, reason = "to know what must not reach the command")]
        for (name, _) in std::env::vars() {
            let foreign = ["BENCHGATE_", "GITHUB_", "ACTIONS_", "RUNNER_", "GH_"];
            if foreign.iter().any(|prefix| name.starts_with(prefix)) || ["CI", "NO_COLOR", "COLUMNS"].contains(&&*name)
            {
                command.env_remove(name);
            }
        }
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        let output = self.command(arguments).output().unwrap();
        Answer {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that must succeed and returns what it printed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {answer:#?}");
        answer.out
    }

    /// The one value that a query answers with.
    pub(crate) fn value(&self, sql: &str) -> String {
        let out = self.ok(&["query", sql, "--format", "csv"]);
        out.lines().nth(1).unwrap_or_default().to_owned()
    }
}

/// The repository's root.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A native results file of one run: day, and (test case, latency in ms, throughput in items/s) of each result.
pub(crate) fn native(day: u32, results: &[(&str, f64, f64)]) -> String {
    let mut list = String::new();
    for (case, latency, throughput) in results {
        let comma = if list.is_empty() { "" } else { "," };
        write!(
            list,
            r#"{comma}{{"model": "bert", "test_case": "{case}", "batch_size": 8, "metrics": {{
                "latency": {{"value": {latency}, "unit": "ms"}},
                "throughput": {{"value": {throughput}, "unit": "items/s"}}}}}}"#
        )
        .unwrap();
    }
    let (year, month, date) = (2026 + day / 336, 1 + day / 28 % 12, 1 + day % 28);
    format!(
        r#"{{"schema": "benchgate/results/v1",
            "run": {{"id": "run-{day}", "commit": "{day:040x}", "branch": "main",
                "started_at": "{year}-{month:02}-{date:02}T00:00:00Z"}},
            "hardware": {{"type": "cpu", "device": "Test CPU"}},
            "results": [{list}]}}"#
    )
}

/// A history of `days` runs of two test cases with a little noise; the same on every machine.
pub(crate) fn history(place: &Place, days: u32) {
    for day in 0..days {
        let wobble = 1.0 + 0.004 * f64::from((day * 7) % 5) - 0.008;
        let results = [("embed", 10.0 * wobble, 800.0 / wobble), ("classify", 20.0 / wobble, 400.0 * wobble)];
        place.write(&format!("history/run-{day:03}.json"), native(day, &results));
    }
    place.ok(&["ingest", "history", "--quiet"]);
}

/// What fixtures leave open.
pub(crate) const FACTS: [&str; 11] = [
    "--model",
    "m",
    "--hardware",
    "cpu",
    "--no-fingerprint",
    "--commit",
    "abc",
    "--branch",
    "main",
    "--time",
    "2026-01-01T00:00:00Z",
];

/// Changes a history behind benchgate's back.
#[expect(clippy::disallowed_types, reason = "what benchgate would never write")]
pub(crate) fn change(path: &Path, sql: &str) {
    let connection = duckdb::Connection::open(path).unwrap();
    connection.execute_batch(sql).unwrap();
    connection.execute_batch("CHECKPOINT").unwrap();
}

/// Everything that a history holds, apart from the times of its imports.
pub(crate) fn content(place: &Place, db: &str) -> String {
    let one = |sql: &str| place.ok(&["query", sql, "--format", "csv", "--limit", "1000000", "--db", db]);
    one("FROM history ORDER BY ALL") + &one("SELECT * EXCLUDE (imported_at) FROM sources ORDER BY ALL")
}

/// The names in a folder, in order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
