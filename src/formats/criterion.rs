//! The folder that criterion.rs leaves under `target/criterion`.
//!
//! For: the newest measurement of each benchmark: `<benchmark>/new/{benchmark,sample,estimates}.json`. Not for: `base`
//! and `change`, which are older runs and criterion's own comparison.
//! Invariant: times are nanoseconds, as criterion's default measurement writes them; a folder of another measurement
//! (such as CPU cycles) does not say so, and cannot be told apart.

use std::collections::BTreeMap;

use super::error::{Class, Malformed, ReadError};
use super::format::Format;
use super::json::{self, Json};
use super::node::{Node, optional};
use super::output::{Limits, Output, Sink};
use super::reading::Reading;
use super::text;
use crate::model::{ResultDraft, RunDraft};

/// A file of a criterion folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// Path relative to the folder, with `/`.
    pub path: String,
    /// Content.
    pub text: Vec<u8>,
}

/// The files of one benchmark's folder `new`, by name.
type Folder<'a> = BTreeMap<&'a str, &'a TreeFile>;

const NAMES: [&str; 3] = ["benchmark.json", "estimates.json", "sample.json"];

/// Whether a path belongs to the newest measurement of a criterion benchmark.
#[must_use]
pub fn is_criterion_tree_file(path: &str) -> bool {
    split(path).is_some()
}

/// The benchmark's folder and the file's name.
fn split(path: &str) -> Option<(&str, &str)> {
    let (folder, name) = path.rsplit_once('/')?;
    (NAMES.contains(&name) && (folder == "new" || folder.ends_with("/new"))).then_some((folder, name))
}

/// Reads a criterion folder from its files; files that [`is_criterion_tree_file`] does not know are ignored.
///
/// # Errors
/// See [`ReadError`]; the pointer of a defect begins with the file's path.
pub fn read_criterion_tree(files: &[TreeFile], limits: &Limits, sink: &mut dyn Sink) -> Result<Format, ReadError> {
    let mut folders: BTreeMap<&str, Folder<'_>> = BTreeMap::new();
    for file in files {
        if let Some((folder, name)) = split(&file.path) {
            folders.entry(folder).or_default().insert(name, file);
        }
    }
    if folders.is_empty() {
        return Err(ReadError::Skipped("a criterion folder without results".to_owned()));
    }
    let mut output = Output::new(sink, limits);
    output.run(RunDraft::default())?;
    for (path, folder) in &folders {
        let draft = draft(path, folder, limits.max_depth)?;
        output.result(draft, |defect| defect.in_field(*path))?;
    }
    Ok(Format::Criterion)
}

fn draft(path: &str, folder: &Folder<'_>, max_depth: usize) -> Result<ResultDraft, Malformed> {
    let missing = |names: &str| Malformed::new(Class::MissingField, format!("missing file {names}")).in_field(path);
    let parsed = |name: &str| folder.get(name).map(|file| parse(file, max_depth)).transpose();
    let benchmark = parsed("benchmark.json")?.ok_or_else(|| missing("`benchmark.json`"))?;
    let benchmark = Node::file(&benchmark, &format!("{path}/benchmark.json"));
    let value = match parsed("estimates.json")? {
        None => None,
        Some(estimates) => Some(typical(&Node::file(&estimates, &format!("{path}/estimates.json")))?),
    };
    let (times, iterations) = match parsed("sample.json")? {
        None if value.is_none() => return Err(missing("`sample.json` or `estimates.json`")),
        None => (Vec::new(), None),
        Some(sample) => times(&Node::file(&sample, &format!("{path}/sample.json")))?,
    };
    let readings = readings(&benchmark, value, times)?;
    let measurements = readings.iter().map(|reading| reading.measure().map_err(|defect| defect.in_field(path)));
    let mut draft = ResultDraft::completed(measurements.collect::<Result<_, _>>()?);
    draft.test_case = Some(benchmark.field("full_id")?.text()?.to_owned());
    draft.iterations = iterations;
    Ok(draft)
}

fn parse(file: &TreeFile, max_depth: usize) -> Result<Json, Malformed> {
    let text = text::decode(&file.text).map_err(|defect| defect.in_field(&*file.path))?;
    json::parse(text, max_depth).map_err(|defect| defect.in_field(&*file.path))
}

/// criterion's own choice of the typical time: the slope of the regression, or the mean where there is none.
fn typical(estimates: &Node<'_>) -> Result<f64, Malformed> {
    let estimate = match estimates.maybe("slope")? {
        Some(slope) => slope,
        None => estimates.field("mean")?,
    };
    estimate.field("point_estimate")?.number()
}

/// The time of one iteration in each sample, and the number of iterations.
fn times(sample: &Node<'_>) -> Result<(Vec<f64>, Option<u64>), Malformed> {
    let counts: Vec<_> = sample.field("iters")?.items()?.collect();
    let times = sample.field("times")?.numbers()?;
    if counts.len() != times.len() {
        let message = format!("{} times for {} numbers of iterations", times.len(), counts.len());
        return Err(sample.defect(Class::Contradiction, message));
    }
    let mut total = Some(0_u64);
    let mut each = Vec::with_capacity(times.len());
    for (count, time) in counts.iter().zip(times) {
        let whole = count.count()?;
        if whole == 0 {
            return Err(count.defect(Class::Zero, "a sample has at least one iteration"));
        }
        total = total.and_then(|total| total.checked_add(whole));
        each.push(time / count.number()?);
    }
    Ok((each, total))
}

/// Latency, and the rates that follow from the amount of work in an iteration.
fn readings(benchmark: &Node<'_>, value: Option<f64>, times: Vec<f64>) -> Result<Vec<Reading>, Malformed> {
    let mut readings = Vec::new();
    if let Some(throughput) = benchmark.maybe("throughput")? {
        for (kind, amount) in throughput.entries()? {
            match kind {
                "ElementsAndBytes" => {
                    let elements = optional(&amount, "elements", Node::number)?;
                    let bytes = optional(&amount, "bytes", Node::number)?;
                    readings.extend(elements.map(|amount| rate("throughput", "elements/s", amount, value, &times)));
                    readings.extend(bytes.map(|amount| rate("bandwidth", "bytes/s", amount, value, &times)));
                }
                "Elements" => readings.push(rate("throughput", "elements/s", amount.number()?, value, &times)),
                "Bytes" | "BytesDecimal" => {
                    readings.push(rate("bandwidth", "bytes/s", amount.number()?, value, &times));
                }
                "Bits" => readings.push(rate("bandwidth", "bytes/s", amount.number()? / 8.0, value, &times)),
                // A kind of work that a later criterion may add is no reason to lose the times.
                _ => {}
            }
        }
    }
    readings.push(Reading::samples("latency", value, times, "ns"));
    Ok(readings)
}

/// `amount` in an iteration, a second.
fn rate(metric: &str, unit: &str, amount: f64, value: Option<f64>, times: &[f64]) -> Reading {
    let a_second = |nanoseconds: f64| amount / (nanoseconds * 1e-9);
    Reading::samples(metric, value.map(a_second), times.iter().copied().map(a_second).collect(), unit)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, measured};
    use super::*;

    macro_rules! files {
        ($($path:literal),* $(,)?) => {
            vec![$(TreeFile {
                path: $path.to_owned(),
                text: include_bytes!(concat!("../../tests/fixtures/formats/criterion/", $path)).to_vec(),
            }),*]
        };
    }

    fn tree() -> Vec<TreeFile> {
        files![
            "fib_20/new/benchmark.json",
            "fib_20/new/estimates.json",
            "fib_20/new/sample.json",
            "parse/json/1024/new/benchmark.json",
            "parse/json/1024/new/estimates.json",
            "parse/json/1024/new/sample.json",
        ]
    }

    fn read(files: &[TreeFile]) -> Result<Collected, ReadError> {
        let mut collected = Collected::default();
        read_criterion_tree(files, &Limits::default(), &mut collected).map(|_| collected)
    }

    fn defect(files: &[TreeFile]) -> Malformed {
        match read(files) {
            Err(ReadError::Malformed(malformed)) => malformed,
            other => panic!("expected a defect, got {other:?}"),
        }
    }

    #[test]
    fn a_folder_gives_a_result_a_benchmark_with_a_sample_an_iteration() {
        let collected = read(&tree()).expect("well formed");
        assert_eq!(collected.results.len(), 2);
        let [fib, parse] = &collected.results[..] else { panic!("two results") };
        assert_eq!(fib.test_case.as_deref(), Some("fib_20"));
        assert_value(fib, "latency", 2.6029e-2, "ms");
        assert_eq!(measured(fib, "latency").samples().len(), 5);
        assert_eq!(fib.iterations, Some(15));
        assert_eq!(parse.test_case.as_deref(), Some("parse/json/1024"));
        assert_value(parse, "latency", 2.048e-3, "ms");
        assert_value(parse, "bandwidth", 500.0, "MB/s");
    }

    #[test]
    fn estimates_are_enough_and_older_measurements_are_ignored() {
        let mut files = tree();
        files.retain(|file| !file.path.ends_with("sample.json"));
        let collected = read(&files).expect("well formed");
        assert_eq!(measured(&collected.results[0], "latency").samples().len(), 0);
        assert!(is_criterion_tree_file("fib/new/sample.json"));
        for path in ["fib/base/sample.json", "fib/change/estimates.json", "fib/new/tukey.json", "sample.json"] {
            assert!(!is_criterion_tree_file(path), "{path}");
        }
    }

    #[test]
    fn defects_name_the_file() {
        let replaced = |name: &str, from: &str, to: &str| {
            let mut files = tree();
            let file = files.iter_mut().find(|file| file.path.ends_with(name)).expect("file");
            let text = String::from_utf8(file.text.clone()).expect("text");
            assert!(text.contains(from));
            file.text = text.replacen(from, to, 1).into_bytes();
            defect(&files)
        };
        for (name, from, to, class, pointer) in [
            ("sample.json", "[1.0", "[0", Class::Zero, "fib_20/new/sample.json: iters[0]"),
            ("sample.json", "25900.0", "-1", Class::Negative, "fib_20/new"),
            ("sample.json", "25900.0", "NaN", Class::NotFinite, "fib_20/new/sample.json"),
            ("sample.json", "25900.0", "1e999", Class::NotFinite, "fib_20/new/sample.json"),
            ("sample.json", "25900.0", "\"x\"", Class::WrongType, "fib_20/new/sample.json: times[0]"),
            ("sample.json", "25900.0,", "", Class::Contradiction, "fib_20/new/sample.json:"),
            ("sample.json", "]}", "", Class::Truncated, "fib_20/new/sample.json"),
            ("benchmark.json", "full_id", "id", Class::MissingField, "fib_20/new/benchmark.json:"),
        ] {
            let found = replaced(name, from, to);
            assert_eq!((found.class, found.pointer.as_deref()), (class, Some(pointer)), "{to}");
        }
        let lonely = defect(&tree()[1..3]);
        assert_eq!((lonely.class, lonely.pointer.as_deref()), (Class::MissingField, Some("fib_20/new")));
        let mut twice = tree();
        twice.extend(
            files!["fib_20/new/benchmark.json", "fib_20/new/sample.json"]
                .into_iter()
                .map(|file| TreeFile { path: format!("copy/{}", file.path), ..file }),
        );
        assert_eq!(defect(&twice).class, Class::Duplicate);
        assert!(matches!(read(&[]), Err(ReadError::Skipped(_))));
    }
}
