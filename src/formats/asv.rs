//! asv (airspeed velocity): `results/<machine>/<commit>-<environment>.json`, version 2.
//!
//! For: each benchmark at each combination of its parameters. Not for: the names of parameters and the units of `track_`
//! benchmarks, which stand in `benchmarks.json`. The shape is that of asv's `asv/results.py`.
//! Invariant: `null` is a failure and `NaN` a combination that the benchmark skips, which is no result: skipping it is not a
//! failure, and if it was measured before, it is missing. Neither is ever a number.

use super::error::{Class, Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional, optional_text};
use super::output::Output;
use super::reading::{Reading, measure_all};
use super::text::to_u64;
use crate::model::{Machine, ResultDraft, RunDraft};

/// What stands for `NaN`: JSON has no word for it, and of the same length, places stay those of the file.
const SKIPPED: &str = "\"-\"";

/// Kinds of benchmarks by the beginning of their function's name: metric, unit.
const KINDS: &[(&str, &str, &str)] = &[
    ("time_", "latency", "s"),
    ("timeraw_", "latency", "s"),
    ("mem_", "memory", "bytes"),
    ("peakmem_", "memory_peak", "bytes"),
];

/// The most bytes of parameters in all combinations of one file: a few lists of values make many.
const MAX_COMBINED_BYTES: usize = 64 << 20;

/// What a text takes beside its bytes.
const TEXT_BYTES: usize = size_of::<String>();

/// Whether a text that is no JSON is worth the repair of [`with_marks`].
pub(super) fn may_be(text: &str) -> bool {
    ["\"result_columns\"", "\"commit_hash\""].iter().all(|mark| text.contains(mark))
}

/// The text with [`SKIPPED`] for every `NaN` that is not within a string.
pub(super) fn with_marks(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    let mut is_string = false;
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            marked.push('"');
        }
        if is_string {
            marked.push_str(part);
        } else {
            marked.push_str(&part.replace("NaN", SKIPPED));
        }
        // An escaped quotation mark does not end the string; an escaped backslash escapes nothing.
        let escapes = part.bytes().rev().take_while(|byte| *byte == b'\\').count();
        is_string = !is_string || escapes % 2 == 1;
    }
    marked
}

/// The commit and the columns of the table.
pub(super) fn matches(json: &Json) -> bool {
    json.get("commit_hash").is_some() && json.get("result_columns").is_some()
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    let root = Node::root(json);
    let environment = optional_text(&root, "env_name")?;
    let (run, machine) = run(&root)?;
    output.run(run)?;
    let columns = Columns::new(&root.field("result_columns")?)?;
    let mut left = MAX_COMBINED_BYTES;
    for (name, node) in root.field("results")?.entries()? {
        let row = Row { name, columns: &columns, node: &node, cells: node.items()?.collect() };
        for (place, draft) in row.drafts(&mut left)? {
            let Some(mut draft) = draft else {
                output.omit(&place, "skipped by the benchmark: `NaN`");
                continue;
            };
            draft.hardware.machine = machine.clone();
            draft.parameters.extend(environment.clone().map(|name| ("env_name".to_owned(), name)));
            output.result(draft, |defect| node.place(defect))?;
        }
    }
    Ok(())
}

/// The run's time is the commit's, so that commits that were measured later, as `asv run` does, are in order.
fn run(root: &Node<'_>) -> Result<(RunDraft, Machine), Malformed> {
    let mut run = RunDraft {
        commit: Some(root.field("commit_hash")?.text()?.to_owned()),
        started_at: optional(root, "date", Node::milliseconds)?,
        ..RunDraft::default()
    };
    run.environment.extend(optional_text(root, "python")?.map(|version| ("python".to_owned(), version)));
    let mut machine = Machine::default();
    if let Some(facts) = root.maybe("params")? {
        machine.cpu_model = optional_text(&facts, "cpu")?.filter(|cpu| !cpu.is_empty());
        machine.cpu_cores = facts.maybe("num_cpu")?.and_then(|cores| cores.scalar()?.parse().ok());
        for (name, field) in [("os", "os"), ("architecture", "arch")] {
            run.environment.extend(optional_text(&facts, field)?.map(|value| (name.to_owned(), value)));
        }
    }
    Ok((run, machine))
}

/// Where the columns are that are read.
struct Columns {
    result: Option<usize>,
    params: Option<usize>,
    samples: Option<usize>,
    started_at: Option<usize>,
}

impl Columns {
    fn new(names: &Node<'_>) -> Result<Self, Malformed> {
        let names = names.items()?.map(|name| name.text()).collect::<Result<Vec<_>, _>>()?;
        let find = |wanted: &str| names.iter().position(|name| *name == wanted);
        let (result, params) = (find("result"), find("params"));
        Ok(Self { result, params, samples: find("samples"), started_at: find("started_at") })
    }
}

/// One benchmark: a list in the order of the columns, from which asv leaves out the last ones that are empty.
struct Row<'a> {
    name: &'a str,
    columns: &'a Columns,
    node: &'a Node<'a>,
    cells: Vec<Node<'a>>,
}

impl<'a> Row<'a> {
    fn cell(&self, column: Option<usize>) -> Option<&Node<'a>> {
        self.cells.get(column?).filter(|cell| !cell.is_null())
    }

    fn list(&self, column: Option<usize>) -> Result<Option<Vec<Node<'a>>>, Malformed> {
        self.cell(column).map(|cell| Ok(cell.items()?.collect())).transpose()
    }

    /// A result for each combination of parameters, or nothing for one that the benchmark skips; and its place.
    fn drafts(&self, left: &mut usize) -> Result<Vec<(String, Option<ResultDraft>)>, Malformed> {
        let combinations = self.combinations(left)?;
        let (values, samples) = (self.list(self.columns.result)?, self.list(self.columns.samples)?);
        if values.as_ref().is_some_and(|values| values.len() != combinations.len()) {
            let message =
                format!("the parameters have {} combinations, the results another number", combinations.len());
            return Err(self.node.defect(Class::Contradiction, message));
        }
        let measured_at = self.cell(self.columns.started_at).map(Node::milliseconds).transpose()?;
        let drafts = combinations.into_iter().enumerate().map(|(index, parameters)| {
            let samples = samples.as_ref().and_then(|samples| samples.get(index)).filter(|samples| !samples.is_null());
            let value = values.as_ref().and_then(|values| values.get(index));
            let place = value.unwrap_or(self.node).pointer().to_owned();
            let mut draft = match value {
                Some(value) if value.scalar().as_deref() == Some("-") => return Ok((place, None)),
                Some(value) if !value.is_null() => self.completed(value, samples)?,
                _ => ResultDraft::failed("asv reports a failure"),
            };
            draft.test_case = Some(self.name.to_owned());
            draft.measured_at = measured_at;
            let numbered = (1_u32..).zip(parameters);
            draft.parameters.extend(numbered.map(|(number, value)| (format!("param{number}"), value)));
            Ok((place, Some(draft)))
        });
        drafts.collect()
    }

    fn completed(&self, value: &Node<'_>, samples: Option<&Node<'_>>) -> Result<ResultDraft, Malformed> {
        let function = self.name.rsplit('.').next().unwrap_or(self.name);
        let kind = KINDS.iter().find(|(prefix, _, _)| function.starts_with(prefix));
        // What a function tracks is in a unit that this file does not tell.
        let (metric, unit) = kind.map_or(("value", "value"), |(_, metric, unit)| (*metric, *unit));
        let samples = samples.map(Node::numbers).transpose()?.unwrap_or_default();
        let iterations = Some(to_u64(samples.len())).filter(|count| *count > 0);
        let reading = Reading::samples(metric, Some(value.number()?), samples, unit);
        Ok(ResultDraft { iterations, ..ResultDraft::completed(measure_all(&[reading], value)?) })
    }

    /// Every combination of the parameters' values, the last parameter changing fastest; one without any if there are no
    /// parameters.
    fn combinations(&self, left: &mut usize) -> Result<Vec<Vec<String>>, Malformed> {
        let mut combinations = vec![Vec::new()];
        let Some(parameters) = self.cell(self.columns.params) else { return Ok(combinations) };
        for parameter in parameters.items()? {
            let values = parameter.items()?.map(|value| value.text()).collect::<Result<Vec<_>, _>>()?;
            let longest = values.iter().map(|value| value.len()).max().unwrap_or_default();
            let bytes = combinations.len().saturating_mul(values.len()).saturating_mul(longest + TEXT_BYTES);
            let Some(rest) = left.checked_sub(bytes) else {
                return Err(parameter.defect(Class::TooLarge, "too many combinations of parameters in one file"));
            };
            *left = rest;
            let extend = |known: &Vec<String>| {
                let known = known.clone();
                let with = |text: &&str| known.iter().cloned().chain([(*text).to_owned()]).collect();
                values.iter().map(with).collect::<Vec<_>>()
            };
            combinations = combinations.iter().flat_map(extend).collect();
        }
        Ok(combinations)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use super::with_marks;
    use crate::model::Status;

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/asv/normal.json");

    #[test]
    fn every_combination_of_parameters_is_a_result() {
        let Collected { runs, results, .. } = collect(Format::Asv, NORMAL);
        assert_eq!(runs[0].commit.as_deref(), Some("66c13668bb69527ccd7ace28234ee8ec352467b7"));
        assert_eq!(runs[0].started_at.map(|time| time.to_string()).as_deref(), Some("2026-11-24T11:38:35Z"));
        assert_eq!(results.len(), 12);
        let sort = |index: usize| &results[3 + index];
        assert_eq!(sort(0).test_case.as_deref(), Some("bench.Sorting.time_sort"));
        assert_eq!((sort(1).parameters["param1"].as_str(), sort(1).parameters["param2"].as_str()), ("100", "'tuple'"));
        assert_eq!((sort(2).parameters["param1"].as_str(), sort(2).parameters["param2"].as_str()), ("1000", "'list'"));
        assert_eq!(sort(0).parameters["env_name"], "virtualenv-py3.11");
        assert_eq!(sort(0).hardware.machine.cpu_model.as_deref(), Some("Example CPU"));
        assert_value(sort(2), "latency", 3.565_000_952_221_453e-3, "ms");
        assert_eq!((measured(sort(2), "latency").samples().len(), sort(2).iterations), (3, Some(3)));
        let memory = results.iter().find(|result| result.test_case.as_deref() == Some("bench.peakmem_list"));
        assert_value(memory.expect("memory"), "memory_peak", 31.051_776, "MB");
    }

    #[test]
    fn failures_are_kept_and_skipped_combinations_are_left_out() {
        let Collected { results, omissions, .. } = collect(Format::Asv, NORMAL);
        let failed = results.iter().filter(|result| result.status != Status::Completed);
        let failed: Vec<_> = failed.map(|result| (result.test_case.as_deref(), &result.status)).collect();
        let status = Status::Failed("asv reports a failure".to_owned());
        assert_eq!(failed, [(Some("bench.Partial.track_ratio"), &status), (Some("bench.time_broken"), &status)]);
        let places: Vec<_> = omissions.iter().map(|omission| omission.place.as_str()).collect();
        let expected = [
            "results.bench.Sorting.time_sort[0][3]",
            "results.bench.Sorting.track_length[0][3]",
            "results.bench.track_nothing[0][0]",
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn what_is_tracked_has_no_known_unit_and_no_direction() {
        let results = collect(Format::Asv, NORMAL).results;
        assert_value(&results[0], "value", 10.0, "value");
        assert_eq!(measured(&results[0], "value").better(), None);
    }

    #[test]
    fn only_bare_nan_is_marked() {
        assert_eq!(with_marks(r#"[NaN, "NaN", "\"NaN", "\\", NaN]"#), r#"["-", "NaN", "\"NaN", "\\", "-"]"#);
    }

    #[test]
    fn defects_are_located() {
        let time = "results.bench.Sorting.time_sort";
        for (from, to, class, pointer) in [
            ("3.565000952221453e-06, NaN]", "\"fast\", NaN]", Class::WrongType, Some(format!("{time}[0][2]"))),
            ("3.565000952221453e-06, NaN]", "-1, NaN]", Class::Negative, Some(format!("{time}[0][2]"))),
            ("3.565000952221453e-06, NaN]", "0, NaN]", Class::Zero, Some(format!("{time}[0][2]"))),
            ("3.565000952221453e-06, NaN]", "Infinity, NaN]", Class::NotFinite, None),
            ("3.565000952221453e-06, NaN]", "NaN]", Class::Contradiction, Some(time.to_owned())),
            (
                "\"commit_hash\": \"66",
                "\"commit_hash\": 1, \"x\": \"66",
                Class::WrongType,
                Some("commit_hash".to_owned()),
            ),
            ("\"date\": 17", "\"date\": -17", Class::Negative, Some("date".to_owned())),
            (
                "[\"1\", \"0\", \"2\"]",
                "[\"1\", \"1\", \"2\"]",
                Class::Duplicate,
                Some("results.bench.Partial.track_ratio".to_owned()),
            ),
        ] {
            assert!(NORMAL.contains(from), "{from}");
            let (found, _, _, place) = defect_place(&NORMAL.replacen(from, to, 1));
            assert_eq!((found, place), (class, pointer), "{to}");
        }
        // 11 parameters of 10 values are more combinations than any memory holds.
        let values = format!("[{}]", ["\"1\""; 10].join(", "));
        let many = format!("[{}]", [values.as_str(); 11].join(", "));
        let text = NORMAL.replace("[[\"1\", \"0\", \"2\"]]", &many);
        assert_eq!(defect_place(&text).0, Class::TooLarge);
    }
}
