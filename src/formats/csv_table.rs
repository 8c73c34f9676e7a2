//! CSV with a header, as benchmark scripts write it: a row a result.
//!
//! For: tables whose columns say in their names what they hold: facts, and metrics with their unit. Not for: tables that
//! leave the unit to the reader's memory. No tool defines the shape; the tables below do.
//! Invariant: a number becomes a metric only under a name and a unit that are known; rows that agree in all facts and
//! parameters are repetitions of each other.

use std::collections::HashSet;

use csv::{ErrorKind, ReaderBuilder, StringRecord, Trim};

use super::error::{Class, Malformed, ReadError};
use super::output::{MAX_METRICS, Output};
use super::reading::{Reading, Runs, slug};
use super::text::conflict_markers;
use super::time;
use crate::model::{ResultDraft, RunDraft, Unit};

/// What a column that is no metric says.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Fact {
    Model,
    TestCase,
    Hardware,
    Device,
    BatchSize,
    Precision,
    Iterations,
    Commit,
    Branch,
    Time,
    Status,
    Error,
    /// The number of a row or of a repetition.
    Ignored,
}

const FACTS: &[(Fact, &[&str])] = &[
    (Fact::Model, &["model", "model_name", "model_id"]),
    (Fact::TestCase, &["name", "benchmark", "benchmark_name", "test", "test_name", "test_case", "case", "task"]),
    (Fact::Hardware, &["hardware", "hardware_type", "device", "device_type", "accelerator"]),
    (Fact::Device, &["device_name", "gpu", "gpu_name"]),
    (Fact::BatchSize, &["batch_size", "batch", "bs"]),
    (Fact::Precision, &["precision", "dtype", "data_type", "torch_dtype"]),
    (Fact::Iterations, &["iterations", "num_iterations"]),
    (Fact::Commit, &["commit", "commit_hash", "commit_sha", "git_commit", "sha"]),
    (Fact::Branch, &["branch", "git_branch"]),
    (Fact::Time, &["timestamp", "date", "datetime", "measured_at"]),
    (Fact::Status, &["status"]),
    (Fact::Error, &["error", "error_message"]),
    (Fact::Ignored, &["index", "unnamed_0", "run", "run_index", "iteration", "repetition", "repeat", "trial"]),
];

/// What metrics are called without their unit, and the canonical units that they can have.
const METRICS: &[(&str, &[&str], &[&str])] = &[
    (
        "latency",
        &[
            "latency",
            "avg_latency",
            "mean_latency",
            "latency_avg",
            "latency_mean",
            "time",
            "mean_time",
            "inference_time",
        ],
        &["ms"],
    ),
    ("latency_p50", &["latency_p50", "p50_latency", "p50", "median_latency", "latency_median"], &["ms"]),
    ("latency_p90", &["latency_p90", "p90_latency", "p90"], &["ms"]),
    ("latency_p95", &["latency_p95", "p95_latency", "p95"], &["ms"]),
    ("latency_p99", &["latency_p99", "p99_latency", "p99"], &["ms"]),
    ("time_to_first_token", &["time_to_first_token", "ttft", "first_token_latency"], &["ms"]),
    ("time_per_output_token", &["time_per_output_token", "tpot"], &["ms"]),
    ("load_time", &["load_time", "model_load_time"], &["ms"]),
    // A rate is named by its unit alone, too.
    ("throughput", &["throughput", "avg_throughput", ""], &["items/s", "tokens/s", "MB/s"]),
    ("bandwidth", &["bandwidth"], &["MB/s"]),
    ("memory", &["memory", "memory_usage", "memory_used"], &["MB"]),
    ("memory_peak", &["memory_peak", "peak_memory", "max_memory"], &["MB"]),
    ("power", &["power", "avg_power", "power_consumption"], &["W"]),
    ("energy", &["energy", "energy_consumption"], &["J"]),
];

/// Units at the end of a name, and how the model spells them.
const UNITS: &[(&str, &str)] = &[
    ("ns", "ns"),
    ("us", "us"),
    ("ms", "ms"),
    ("s", "s"),
    ("sec", "s"),
    ("seconds", "s"),
    ("bytes", "bytes"),
    ("kb", "kB"),
    ("mb", "MB"),
    ("gb", "GB"),
    ("mib", "MiB"),
    ("gib", "GiB"),
    ("w", "W"),
    ("watts", "W"),
    ("j", "J"),
    ("joules", "J"),
    ("mb_s", "MB/s"),
    ("gb_s", "GB/s"),
];

/// What is counted in rates: `items_per_second`, `items_per_sec` and `items_s`.
const COUNTED: &[(&str, &str)] = &[
    ("items", "items/s"),
    ("samples", "samples/s"),
    ("requests", "requests/s"),
    ("ops", "ops/s"),
    ("tokens", "tokens/s"),
    ("tok", "tokens/s"),
];

/// What a column holds.
enum Column {
    Fact(Fact),
    Metric { metric: &'static str, unit: &'static str },
    Other,
}

/// Whether the first line is a header with a model or name and a metric.
pub(super) fn matches(text: &str) -> bool {
    let line = text.trim_start().lines().next().unwrap_or_default();
    !line.starts_with(['{', '[']) && delimiter(line).is_some()
}

/// The separator under which the first line is such a header.
fn delimiter(line: &str) -> Option<u8> {
    [b',', b';', b'\t'].into_iter().find(|delimiter| {
        let cells = line.split(char::from(*delimiter)).take(MAX_METRICS);
        let columns: Vec<_> = cells.map(|cell| column(cell.trim().trim_matches('"'))).collect();
        columns.iter().any(|column| matches!(column, Column::Metric { .. })) && columns.iter().any(is_name)
    })
}

fn is_name(column: &Column) -> bool {
    is(column, Fact::Model) || is(column, Fact::TestCase)
}

fn is(column: &Column, fact: Fact) -> bool {
    matches!(column, Column::Fact(found) if *found == fact)
}

fn column(title: &str) -> Column {
    if title.is_empty() {
        return Column::Fact(Fact::Ignored);
    }
    let name = slug(title);
    if let Some((fact, _)) = FACTS.iter().find(|(_, names)| names.contains(&name.as_str())) {
        return Column::Fact(*fact);
    }
    match metric(&name) {
        Some((metric, unit)) => Column::Metric { metric, unit },
        None => Column::Other,
    }
}

/// Metric and unit of a column such as `avg_latency_ms`, `tokens_per_second` or `Throughput (items/s)`.
fn metric(name: &str) -> Option<(&'static str, &'static str)> {
    let rates = COUNTED.iter().flat_map(|(counted, unit)| {
        ["per_second", "per_sec", "s"].map(|suffix| (format!("{counted}_{suffix}"), *unit))
    });
    let units = UNITS.iter().map(|(suffix, unit)| ((*suffix).to_owned(), *unit));
    rates.chain(units).find_map(|(suffix, unit)| {
        let base = name.strip_suffix(&suffix)?;
        let base = if base.is_empty() { base } else { base.strip_suffix('_')? };
        let canonical = Unit::canonical(unit).0;
        let is_this =
            |(_, names, units): &&(_, &[&str], &[&str])| names.contains(&base) && units.contains(&canonical.as_str());
        METRICS.iter().find(is_this).map(|(metric, _, _)| (*metric, unit))
    })
}

pub(super) fn read(text: &str, output: &mut Output<'_>) -> Result<(), ReadError> {
    if let Some(malformed) = conflict_markers(text) {
        return Err(malformed.into());
    }
    let line = text.trim_start().lines().next().unwrap_or_default();
    let Some(delimiter) = delimiter(line) else {
        let reason =
            "the first line is no header with a model or name and a metric with its unit, such as `latency_ms`";
        return Err(ReadError::Skipped(reason.to_owned()));
    };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).trim(Trim::All).from_reader(text.as_bytes());
    let titles = reader.headers().map_err(|error| defect(&error, text))?.clone();
    if titles.len() > MAX_METRICS {
        return Err(Malformed::new(Class::TooLarge, format!("more than {MAX_METRICS} columns")).on_line(1).into());
    }
    let rows = reader.records().collect::<Result<Vec<_>, _>>().map_err(|error| defect(&error, text))?;
    let table = Table::new(titles, &rows)?;
    for title in table.left_out() {
        output.omit(title, "a column of fractions that is no known metric with its unit");
    }
    let mut runs = Runs::default();
    for row in &rows {
        table.add(row, &mut runs).map_err(|defect| match row.position() {
            Some(position) => defect.on_line(position.line()),
            None => defect,
        })?;
    }
    runs.finish(output)
}

/// A header whose columns are understood.
struct Table {
    titles: StringRecord,
    columns: Vec<Column>,
    /// Whether a column that is no fact and no metric is a parameter: it has texts or whole numbers. A fraction is
    /// something measured, of which nobody says what.
    is_parameter: Vec<bool>,
}

impl Table {
    fn new(titles: StringRecord, rows: &[StringRecord]) -> Result<Self, Malformed> {
        let mut columns: Vec<_> = titles.iter().map(column).collect();
        let count = |columns: &[Column]| columns.iter().filter(|column| is(column, Fact::Hardware)).count();
        if let Some(device) = titles.iter().position(|title| slug(title) == "device").filter(|_| count(&columns) > 1) {
            // Beside the type of the hardware, it names the device.
            columns[device] = Column::Fact(Fact::Device);
        }
        let mut facts = HashSet::new();
        for column in &mut columns {
            if matches!(column, Column::Fact(fact) if *fact != Fact::Ignored && !facts.insert(*fact)) {
                *column = Column::Other;
            }
        }
        let mut metrics = HashSet::new();
        for (title, column) in titles.iter().zip(&columns) {
            let defect = match column {
                Column::Metric { metric, .. } if !metrics.insert(metric) => {
                    Malformed::new(Class::Duplicate, format!("a second column for the metric `{metric}`"))
                }
                Column::Other if METRICS.iter().any(|(_, names, _)| names.contains(&slug(title).as_str())) => {
                    let hint = "name the unit in the column, such as `latency_ms` or `memory_mb`";
                    Malformed::new(Class::MissingField, "a metric without a unit").hint(hint)
                }
                _ => continue,
            };
            return Err(defect.on_line(1).in_field(title));
        }
        let is_whole = |cell: &str| cell.parse::<i128>().is_ok() || cell.parse::<f64>().is_err();
        let is_parameter = (0..titles.len())
            .map(|index| rows.iter().filter_map(|row| row.get(index)).all(|cell| cell.is_empty() || is_whole(cell)))
            .collect();
        Ok(Self { titles, columns, is_parameter })
    }

    /// The columns that become nothing, although something was measured.
    fn left_out(&self) -> impl Iterator<Item = &str> {
        let columns = self.titles.iter().zip(self.columns.iter().zip(&self.is_parameter));
        columns
            .filter(|(_, (column, is_parameter))| matches!(column, Column::Other) && !**is_parameter)
            .map(|(title, _)| title)
    }

    /// Adds a row to the run of its commit and branch.
    fn add(&self, row: &StringRecord, runs: &mut Runs) -> Result<(), Malformed> {
        let mut run = RunDraft::default();
        let mut draft = ResultDraft::completed(Vec::new());
        let mut readings = Vec::new();
        let mut failure = None;
        for ((title, column), (cell, is_parameter)) in
            self.titles.iter().zip(&self.columns).zip(row.iter().zip(&self.is_parameter))
        {
            if cell.is_empty() {
                continue;
            }
            match column {
                Column::Metric { metric, unit } => {
                    let reading =
                        Reading::value(*metric, number(cell).map_err(|defect| defect.in_field(title))?, *unit);
                    reading.measure().map_err(|defect| Malformed { pointer: None, ..defect }.in_field(title))?;
                    readings.push(reading);
                }
                Column::Fact(fact) => {
                    set(*fact, cell, &mut run, &mut draft, &mut failure).map_err(|defect| defect.in_field(title))?;
                }
                Column::Other if *is_parameter => {
                    draft.parameters.insert(title.to_owned(), cell.to_owned());
                }
                Column::Other => {}
            }
        }
        if let Some(reason) = failure {
            draft.status = ResultDraft::failed(&reason).status;
            readings.clear();
        } else if readings.is_empty() {
            return Err(Malformed::new(Class::Empty, "a row without a metric, a status or an error"));
        }
        runs.pool(run).add(key(&draft), draft, readings, |defect| defect)
    }
}

/// What tells results apart.
fn key(draft: &ResultDraft) -> String {
    let ResultDraft { model, hardware, test_case, batch_size, precision, parameters, .. } = draft;
    format!("{:?}", (model, &hardware.kind, &hardware.device, test_case, batch_size, precision, parameters))
}

fn set(
    fact: Fact,
    cell: &str,
    run: &mut RunDraft,
    draft: &mut ResultDraft,
    failure: &mut Option<String>,
) -> Result<(), Malformed> {
    let text = || Some(cell.to_owned());
    match fact {
        Fact::Model => draft.model = text(),
        Fact::TestCase => draft.test_case = text(),
        Fact::Hardware => draft.hardware.kind = text(),
        Fact::Device => draft.hardware.device = text(),
        Fact::BatchSize => draft.batch_size = Some(size(cell)?),
        Fact::Precision => draft.precision = text(),
        Fact::Iterations => draft.iterations = Some(u64::from(size(cell)?)),
        Fact::Commit => run.commit = text(),
        Fact::Branch => run.branch = text(),
        Fact::Time => {
            let wrong = || Malformed::new(Class::WrongType, "expected a date and time, such as 2026-01-31T12:00:00Z");
            draft.measured_at = Some(time::parse(cell).ok_or_else(wrong)?);
        }
        Fact::Error => *failure = text(),
        Fact::Status => {
            let is_good = ["ok", "success", "completed", "passed"].contains(&cell.to_lowercase().as_str());
            if !is_good && failure.is_none() {
                *failure = Some(format!("status `{cell}`"));
            }
        }
        Fact::Ignored => {}
    }
    Ok(())
}

fn number(cell: &str) -> Result<f64, Malformed> {
    let wrong = || Malformed::new(Class::WrongType, "expected a number, with a point and without separators");
    cell.parse().ok().ok_or_else(wrong)
}

/// A whole number from 1; pandas writes `8.0` where a column has gaps.
fn size(cell: &str) -> Result<u32, Malformed> {
    match cell.strip_suffix(".0").unwrap_or(cell).parse() {
        Ok(0) => Err(Malformed::new(Class::Zero, "a size cannot be zero")),
        Ok(size) => Ok(size),
        Err(_) => Err(Malformed::new(Class::WrongType, "expected a whole number from 1")),
    }
}

/// What is wrong with the table itself.
fn defect(error: &csv::Error, text: &str) -> Malformed {
    let malformed = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, pos } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            let is_last = usize::try_from(line).is_ok_and(|line| line >= text.lines().count());
            let class = if is_last && len < expected_len { Class::Truncated } else { Class::Syntax };
            Malformed::new(class, format!("the row has {len} cells, the header {expected_len}"))
        }
        _ => Malformed::new(Class::Syntax, "the row cannot be read as CSV"),
    };
    match error.position() {
        Some(position) => malformed.on_line(position.line()),
        None => malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect, defect_place, measured, skipped};
    use super::super::{Class, Format};
    use super::{Column, column};
    use crate::model::Status;

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/csv/normal.csv");
    const MANY: &str = include_str!("../../tests/fixtures/formats/csv/many.csv");

    #[test]
    fn columns_are_facts_metrics_and_parameters_by_their_names() {
        let Collected { results, omissions, .. } = collect(Format::Csv, NORMAL);
        assert_eq!((results.len(), omissions.len(), omissions[0].place.as_str()), (3, 1, "accuracy"));
        assert_eq!(results[1].model.as_deref(), Some("bert-base-uncased"));
        assert_eq!(results[1].hardware.kind.as_deref(), Some("cuda"));
        assert_eq!((results[1].hardware.device.as_deref(), results[1].batch_size), (Some("NVIDIA L4"), Some(8)));
        assert_eq!(results[1].precision.as_deref(), Some("fp16"));
        assert_value(&results[1], "latency", 12.5, "ms");
        assert_value(&results[1], "throughput", 640.0, "items/s");
        assert_value(&results[1], "memory", 1024.0, "MB");
        let parameters: Vec<_> =
            results[1].parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        // `accuracy` is a fraction of which nobody says what it is, and the first column only counts.
        assert_eq!(parameters, [("backend", "pytorch"), ("sequence_length", "128")]);
        assert_eq!((results[2].model.as_deref(), results[2].measurements.len()), (Some("t5-small, finetuned"), 2));
        assert_eq!(results[2].hardware.device, None);
    }

    #[test]
    fn commits_are_runs_and_rows_of_one_configuration_repetitions() {
        let Collected { runs, results, .. } = collect(Format::Csv, MANY);
        assert_eq!(
            runs.iter().map(|run| run.commit.as_deref()).collect::<Vec<_>>(),
            [Some("aaaaaaa"), Some("bbbbbbb")]
        );
        assert_eq!(results.len(), 4);
        assert_eq!(measured(&results[0], "latency").samples(), [125.0, 130.0, 120.0]);
        assert_value(&results[0], "throughput", 80.5, "tokens/s");
        assert_value(&results[0], "latency_p99", 145.0, "ms");
        assert_eq!(results[1].status, Status::Failed("out of memory".to_owned()));
        assert_eq!(results[0].measured_at.map(|time| time.to_string()).as_deref(), Some("2026-01-30T10:00:00Z"));
    }

    #[test]
    fn a_metric_needs_a_known_name_and_a_unit_that_fits_it() {
        for (title, expected) in [
            ("Latency (ms)", Some(("latency", "ms"))),
            ("avg_latency_us", Some(("latency", "us"))),
            ("tokens_per_second", Some(("throughput", "tokens/s"))),
            ("Throughput [items/s]", Some(("throughput", "items/s"))),
            ("bandwidth_gb_s", Some(("bandwidth", "GB/s"))),
            ("peak_memory_gib", Some(("memory_peak", "GiB"))),
            ("latency", None),
            ("latency_mb", None),
            ("throughput_ms", None),
            ("timeout_s", None),
            ("sms", None),
        ] {
            let found = match column(title) {
                Column::Metric { metric, unit } => Some((metric, unit)),
                Column::Fact(_) | Column::Other => None,
            };
            assert_eq!(found, expected, "{title}");
        }
    }

    #[test]
    fn a_second_column_of_a_fact_is_a_parameter_and_device_names_it_beside_a_type() {
        let text = "name,device,task,hardware,latency_ms\nembed,NVIDIA L4,qa,cuda,4.5\n";
        let result = collect(Format::Csv, text).results.pop().expect("result");
        assert_eq!((result.test_case.as_deref(), result.parameters["task"].as_str()), (Some("embed"), "qa"));
        assert_eq!(
            (result.hardware.kind.as_deref(), result.hardware.device.as_deref()),
            (Some("cuda"), Some("NVIDIA L4"))
        );
        let result = collect(Format::Csv, "name,device,latency_ms\nembed,cuda:0,4.5\n").results.pop().expect("result");
        assert_eq!((result.hardware.kind.as_deref(), result.hardware.device), (Some("cuda:0"), None));
    }

    #[test]
    fn other_tables_are_skipped() {
        for text in ["a,b\n1,2\n", "model,accuracy\nbert,0.9\n", "step,latency_ms\n1,2\n"] {
            assert!(skipped(text).contains("csv (a header"), "{text}");
        }
        assert!(skipped("model,latency_ms\n").contains("without results"));
    }

    #[test]
    fn defects_are_located() {
        for (from, to, class, line, pointer) in [
            ("4.25", "fast", Class::WrongType, 2, Some("latency_ms")),
            ("4.25", "nan", Class::NotFinite, 2, Some("latency_ms")),
            ("4.25", "-4.25", Class::Negative, 2, Some("latency_ms")),
            ("4.25", "0", Class::Zero, 2, Some("latency_ms")),
            (",8,fp16", ",0,fp16", Class::Zero, 3, Some("batch_size")),
            (",8,fp16", ",eight,fp16", Class::WrongType, 3, Some("batch_size")),
            ("memory_mb", "avg_latency_s", Class::Duplicate, 1, Some("avg_latency_s")),
            ("memory_mb", "memory", Class::MissingField, 1, Some("memory")),
            (",1024.0,0.91", "", Class::Syntax, 3, None),
            (",,0.88\n", "", Class::Truncated, 4, None),
            (",31.5,31.7,,", ",,,,", Class::Empty, 4, None),
        ] {
            assert!(NORMAL.contains(from), "{from}");
            let (found, at, _, place) = defect_place(&NORMAL.replacen(from, to, 1));
            assert_eq!((found, at, place.as_deref()), (class, Some(line), pointer), "{to}");
        }
        let wide = format!("model,latency_ms{}\n", ",x".repeat(2000));
        assert_eq!(defect(wide.as_bytes()).class, Class::TooLarge);
    }
}
