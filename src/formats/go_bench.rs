//! The text of `go test -bench`.
//!
//! For: result lines as the Go benchmark data format defines them, `-count` repetitions, failures. Not for:
//! `go test -json`, and what other output says.
//! Invariant: a line that begins like a result is read or is a defect; other lines may be anything.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::error::{Class, Malformed, ReadError};
use super::output::Output;
use super::reading::{Pool, Reading, slug};
use crate::model::{ResultDraft, RunDraft};

/// Whether a text is recognised: it has a configuration line of `go test` and a benchmark's name, or a result.
pub(super) fn matches(text: &str) -> bool {
    let is_header = |line: &str| line.starts_with("goos: ") || line.starts_with("pkg: ");
    let is_result = |line: &str| benchmark_name(line).is_some() && line.contains("ns/op");
    text.lines().any(|line| is_header(line) || is_result(line))
}

pub(super) fn read(text: &str, output: &mut Output<'_>) -> Result<(), ReadError> {
    let mut reader = Reader::default();
    for (number, line) in (1_u64..).zip(text.lines()) {
        reader.line(number, line.trim_end()).map_err(|defect| defect.on_line(number))?;
    }
    reader.end_of_package()?;
    output.run(RunDraft { environment: reader.environment, ..RunDraft::default() })?;
    reader.pool.finish(output)
}

/// The name at the beginning of a line, as Go defines it: `Benchmark`, then no lower-case letter.
fn benchmark_name(line: &str) -> Option<&str> {
    let name = line.split_whitespace().next().filter(|_| line.starts_with("Benchmark"))?;
    let next = name["Benchmark".len()..].chars().next();
    (!next.is_some_and(char::is_lowercase)).then_some(name)
}

#[derive(Default)]
struct Reader {
    pool: Pool,
    environment: BTreeMap<String, String>,
    package: Option<String>,
    cpu: Option<String>,
    /// Names that were printed without a result so far, with their line, by the name without processors: `-v` prints
    /// the name first.
    pending: HashMap<String, (String, u64)>,
    /// The last of them.
    last_pending: Option<String>,
    /// The names of the current package that have a result.
    seen: BTreeSet<String>,
    /// The benchmark whose failure is being explained, its line and the explanation so far.
    failing: Option<(String, u64, Vec<String>)>,
    has_failed: bool,
}

impl Reader {
    fn line(&mut self, number: u64, line: &str) -> Result<(), Malformed> {
        if let Some((_, _, reason)) = &mut self.failing
            && line.starts_with([' ', '\t'])
        {
            reason.push(line.trim().to_owned());
            return Ok(());
        }
        self.end_of_failure()?;
        if line.starts_with("<<<<<<<") {
            let message = "the file holds the markers of an unresolved merge";
            return Err(Malformed::new(Class::ConflictMarkers, message).at(number, 1));
        }
        if let Some(name) = benchmark_name(line) {
            return self.benchmark(name, line[name.len()..].trim(), number);
        }
        if let Some(failed) = line.trim_start().strip_prefix("--- FAIL: ") {
            let name = failed.split_whitespace().next().unwrap_or(failed);
            self.failing = Some((name.to_owned(), number, Vec::new()));
            return Ok(());
        }
        if let Some((key, value)) = line.split_once(": ") {
            self.configuration(key, value.trim())?;
        }
        match line.split_whitespace().next() {
            Some("FAIL") if line.contains('\t') => self.failed_package(line, number),
            Some("ok") if line.contains('\t') => self.end_of_package(),
            // The counts of a benchmark whose log came between its name and its result.
            Some(first) if first.bytes().all(|byte| byte.is_ascii_digit()) && line.contains(" ns/op") => {
                match self.last_pending.take().and_then(|name| self.pending.remove(&name)) {
                    Some((name, _)) => self.result(&name, line.trim(), number),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn configuration(&mut self, key: &str, value: &str) -> Result<(), Malformed> {
        match key {
            "pkg" => {
                self.end_of_package()?;
                self.package = Some(value.to_owned());
            }
            "cpu" => self.cpu = Some(value.to_owned()),
            "goos" | "goarch" => {
                self.environment.insert(key.to_owned(), value.to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    fn benchmark(&mut self, name: &str, rest: &str, number: u64) -> Result<(), Malformed> {
        if rest.is_empty() {
            self.last_pending = Some(base_name(name).to_owned());
            self.pending.insert(base_name(name).to_owned(), (name.to_owned(), number));
            return Ok(());
        }
        self.result(name, rest, number)
    }

    /// Reads `iterations value unit value unit ...`.
    fn result(&mut self, name: &str, rest: &str, number: u64) -> Result<(), Malformed> {
        let defect = |class, message: String| {
            let hint = "a benchmark that prints to standard output breaks its own result line";
            Malformed::new(class, message).on_line(number).hint(hint)
        };
        let mut words = rest.split_whitespace();
        let count = words.next().unwrap_or_default();
        let iterations: u64 = count.parse().map_err(|error: std::num::ParseIntError| {
            let class = if matches!(error.kind(), std::num::IntErrorKind::PosOverflow) {
                Class::TooLarge
            } else {
                Class::WrongType
            };
            defect(class, format!("expected a number of iterations, found `{}`", excerpt(count)))
        })?;
        let mut readings = Vec::new();
        while let Some(word) = words.next() {
            let value: f64 = word
                .parse()
                .ok()
                .ok_or_else(|| defect(Class::WrongType, format!("`{}` is no number", excerpt(word))))?;
            let unit = words
                .next()
                .ok_or_else(|| defect(Class::Truncated, format!("the number `{}` has no unit", excerpt(word))))?;
            readings.push(reading(value, unit));
        }
        if readings.is_empty() {
            return Err(defect(Class::Truncated, "the line ends before the first value".to_owned()));
        }
        self.pending.remove(base_name(name));
        self.seen.insert(name.to_owned());
        let mut draft = self.draft(name, ResultDraft::completed(Vec::new()));
        draft.iterations = Some(iterations);
        self.pool.add(self.key(name), draft, readings, |defect| defect.on_line(number))
    }

    /// Adds name, package and CPU to a draft.
    fn draft(&self, name: &str, mut draft: ResultDraft) -> ResultDraft {
        let (case, processors) = split_name(name);
        draft.test_case = Some(case.to_owned());
        if let Some(processors) = processors {
            draft.parameters.insert("gomaxprocs".to_owned(), processors.to_owned());
        }
        if let Some(package) = &self.package {
            draft.parameters.insert("package".to_owned(), package.clone());
        }
        draft.hardware.machine.cpu_model.clone_from(&self.cpu);
        draft
    }

    fn key(&self, name: &str) -> String {
        format!("{} {name}", self.package.as_deref().unwrap_or_default())
    }

    fn fail(&mut self, name: &str, number: u64, reason: &str) -> Result<(), Malformed> {
        self.has_failed = true;
        self.seen.insert(name.to_owned());
        let draft = self.draft(name, ResultDraft::failed(reason));
        self.pool.add(self.key(name), draft, Vec::new(), |defect| defect.on_line(number))
    }

    fn end_of_failure(&mut self) -> Result<(), Malformed> {
        let Some((name, number, reason)) = self.failing.take() else { return Ok(()) };
        self.pending.remove(base_name(&name));
        // Only benchmarks are results; a failed test beside them fails the package.
        if benchmark_name(&name).is_none() {
            return Ok(());
        }
        let reason = if reason.is_empty() { "no reason given".to_owned() } else { reason.join("\n") };
        self.fail(&name, number, &reason)
    }

    /// What was begun and has no result failed.
    fn end_of_package(&mut self) -> Result<(), Malformed> {
        self.end_of_failure()?;
        let mut pending: Vec<_> = self.pending.drain().map(|(_, pending)| pending).collect();
        pending.sort_by_key(|(_, number)| *number);
        for (name, number) in pending {
            // `-v` prints the parent of sub-benchmarks, which has no result of its own.
            let below = format!("{name}/");
            if !self.seen.range(below.clone()..).next().is_some_and(|seen| seen.starts_with(&below)) {
                self.fail(&name, number, "the benchmark printed no result")?;
            }
        }
        self.seen.clear();
        self.last_pending = None;
        self.has_failed = false;
        Ok(())
    }

    /// `FAIL<tab>package<tab>time or [build failed]`: if nothing named what failed, the package itself did.
    fn failed_package(&mut self, line: &str, number: u64) -> Result<(), Malformed> {
        let mut columns = line.split('\t').skip(1);
        let package = columns.next().and_then(|column| column.split_whitespace().next());
        if let Some(package) = package {
            self.package = Some(package.to_owned());
        }
        let has_failed = self.has_failed || !self.pending.is_empty() || self.failing.is_some();
        self.end_of_package()?;
        if has_failed {
            return Ok(());
        }
        let mut draft = self.draft("", ResultDraft::failed(&line.replace('\t', " ")));
        draft.test_case = None;
        self.pool.add(self.key(""), draft, Vec::new(), |defect| defect.on_line(number))
    }
}

/// The four units that Go prints itself have names; a benchmark's own metric is called like its unit.
fn reading(value: f64, unit: &str) -> Reading {
    let metric = match unit {
        "ns/op" => "latency".to_owned(),
        "B/op" => "memory_allocated".to_owned(),
        "allocs/op" => "allocations".to_owned(),
        "MB/s" => "bandwidth".to_owned(),
        other => slug(other),
    };
    Reading::value(metric, value, unit)
}

/// `BenchmarkX/case-8` is `BenchmarkX/case` with 8 processors. Go leaves the suffix out for one processor.
fn split_name(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('-') {
        Some((base, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            (base, Some(digits))
        }
        _ => (name, None),
    }
}

fn base_name(name: &str) -> &str {
    split_name(name).0
}

fn excerpt(word: &str) -> String {
    word.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use crate::model::Status;

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/go-bench/normal.txt");
    const FAILED: &str = include_str!("../../tests/fixtures/formats/go-bench/failed.txt");
    const VERBOSE: &str = include_str!("../../tests/fixtures/formats/go-bench/verbose.txt");

    #[test]
    fn lines_are_results_and_repetitions_samples() {
        let Collected { runs, results, .. } = collect(Format::GoBench, NORMAL);
        assert_eq!(runs[0].environment["goarch"], "amd64");
        assert_eq!(results.len(), 3);
        assert_eq!(results[0].test_case.as_deref(), Some("BenchmarkDecode/small"));
        assert_eq!(results[0].parameters["gomaxprocs"], "8");
        assert_eq!(results[0].parameters["package"], "example.org/parser");
        assert_eq!(results[0].iterations, Some(1_000_000));
        assert_value(&results[0], "latency", 2.55e-3, "ms");
        assert_eq!(measured(&results[0], "latency").samples().len(), 2);
        assert_value(&results[1], "frames_s", 17.5, "frames/s");
        assert_eq!(measured(&results[1], "allocations").value().to_bits(), 0.0_f64.to_bits());
        assert_eq!(results[2].parameters["package"], "example.org/writer");
        assert_eq!(results[2].hardware.machine.cpu_model.as_deref(), Some("AMD EPYC 7763 64-Core Processor"));
    }

    #[test]
    fn failures_are_failed_results() {
        let results = collect(Format::GoBench, FAILED).results;
        let failed: Vec<_> = results
            .iter()
            .filter_map(|result| match &result.status {
                Status::Completed => None,
                Status::Failed(reason) => Some((result.test_case.as_deref(), reason.as_str())),
            })
            .collect();
        let expected = [
            (Some("BenchmarkEncode"), "encode_test.go:42: unexpected end of input\nencode_test.go:43: gave up"),
            (Some("BenchmarkCrash"), "the benchmark printed no result"),
            (None, "FAIL example.org/broken [build failed]"),
        ];
        assert_eq!(failed, expected);
        assert_eq!(results[3].parameters["package"], "example.org/broken");
    }

    #[test]
    fn names_printed_before_their_result_are_joined_with_it() {
        let results = collect(Format::GoBench, VERBOSE).results;
        assert!(results.iter().all(|result| result.status == Status::Completed), "{results:?}");
        let cases: Vec<_> = results.iter().filter_map(|result| result.test_case.as_deref()).collect();
        assert_eq!(cases, ["BenchmarkDecode/small", "BenchmarkLoud"]);
        assert_value(&results[1], "latency", 7e-3, "ms");
    }

    #[test]
    fn a_result_line_that_cannot_be_read_is_a_defect_on_its_line() {
        for (line, class) in [
            ("BenchmarkA-8 \t 100 \t fast ns/op", Class::WrongType),
            ("BenchmarkA-8 \t 2026/01/31 starting", Class::WrongType),
            ("BenchmarkA-8 \t 100 \t 12", Class::Truncated),
            ("BenchmarkA-8 \t 100", Class::Truncated),
            ("BenchmarkA-8 \t 99999999999999999999 \t 12 ns/op", Class::TooLarge),
            ("BenchmarkA-8 \t 100 \t NaN ns/op", Class::NotFinite),
            ("BenchmarkA-8 \t 100 \t 1e999 ns/op", Class::NotFinite),
            ("BenchmarkA-8 \t 100 \t -1 ns/op", Class::Negative),
            ("BenchmarkA-8 \t 100 \t 0 ns/op", Class::Zero),
            ("BenchmarkA-8 \t 100 \t 1 ns/op 2 ns/op", Class::Duplicate),
            ("<<<<<<< HEAD", Class::ConflictMarkers),
        ] {
            let (found, number, _, _) = defect_place(&format!("goos: linux\n{line}\nPASS\n"));
            assert_eq!((found, number), (class, Some(2)), "{line}");
        }
    }
}
