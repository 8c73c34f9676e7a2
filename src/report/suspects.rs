//! What is worth a re-run, as JSON, schema `benchgate/suspects/v1`.
//!
//! For: the job that runs the suspects again. Not for: people, whose report names them.
//! Invariant: `docs/suspects-v1.schema.json` is this file's schema; the document is complete also where nothing is
//! suspect; every suspect's benchmark is in each filter or listed as not expressible by it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::filters::{self, Filter};
use super::json_schema::{HardwareV1, schema_of};
use super::view::View;
use crate::gate::SeriesJudgement;
use crate::text::escape;

/// The name and version of the schema, in every document.
pub const SUSPECTS_SCHEMA: &str = "benchgate/suspects/v1";

/// The JSON schema of the document, as kept in `docs/`.
#[must_use]
pub fn suspects_json_schema() -> String {
    schema_of::<SuspectsV1>()
}

/// The suspects as indented JSON with a final newline.
#[must_use]
pub fn suspects(view: &View) -> String {
    let text = serde_json::to_string_pretty(&SuspectsV1::from(view))
        .expect("internal error: the document holds only strings, finite numbers and maps with string keys");
    format!("{}\n", escape::json(&text))
}

/// The suspects in one line, and whether that names them. Where it would be longer than `limit` bytes it names none, and
/// its filters select everything.
#[must_use]
pub fn suspects_line(view: &View, limit: usize) -> (String, bool) {
    let whole = SuspectsV1::from(view);
    let line = one_line(&whole);
    if line.len() <= limit { (line, true) } else { (one_line(&whole.without_names()), false) }
}

fn one_line(document: &SuspectsV1) -> String {
    let text = serde_json::to_string(document)
        .expect("internal error: the document holds only strings, finite numbers and maps with string keys");
    escape::json(&text)
}

/// The series of a run that are worth a re-run.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "benchgate/suspects/v1")]
pub struct SuspectsV1 {
    /// Always `benchgate/suspects/v1`.
    #[schemars(extend("const" = "benchgate/suspects/v1"))]
    pub schema: &'static str,
    /// Version of benchgate that judged.
    pub tool_version: String,
    /// The commit to run again.
    pub commit: Option<String>,
    /// The run's key.
    pub run: Option<String>,
    /// Whether all suspects are named. `false` where they are too many for the place that the document is handed on by: then
    /// none is, and the filters select everything.
    pub is_complete: bool,
    /// The series, worst first; empty where nothing is worth a re-run.
    pub suspects: Vec<SuspectV1>,
    /// Their test cases, each once, sorted.
    pub benchmarks: Vec<String>,
    /// What selects these benchmarks in common runners. A filter may select more than them, never less.
    pub filters: FiltersV1,
}

/// One series.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SuspectV1 {
    /// Id of the series.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    pub id: String,
    /// Model name, verbatim.
    pub model: String,
    /// Hardware.
    pub hardware: HardwareV1,
    /// Test case.
    pub test_case: Option<String>,
    /// Batch size.
    pub batch_size: Option<u32>,
    /// Precision.
    pub precision: Option<String>,
    /// Other parameters.
    pub parameters: BTreeMap<String, String>,
    /// Metric.
    pub metric: String,
    /// Standardised deviation of the first run, positive where worse; null where infinite.
    pub t: Option<f64>,
    /// How many re-runs were given already.
    pub reruns: usize,
}

/// One filter a runner.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FiltersV1 {
    /// For `cargo bench -- FILTER`.
    pub criterion: FilterV1,
    /// For `go test -bench FILTER`.
    pub go_test: FilterV1,
    /// For `--benchmark_filter=FILTER`.
    pub google_benchmark: FilterV1,
    /// For `pytest -k FILTER`.
    pub pytest: FilterV1,
}

/// What selects the benchmarks in one runner.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FilterV1 {
    /// The filter; null where there is nothing that it could select. Safe between single quotes of a shell.
    pub filter: Option<String>,
    /// Benchmarks that the runner's language cannot express, and models of suspects without a test case.
    pub not_expressible: Vec<String>,
}

impl SuspectsV1 {
    fn without_names(self) -> Self {
        let everything = |filter: &str| FilterV1 { filter: Some(filter.to_owned()), not_expressible: Vec::new() };
        Self {
            is_complete: false,
            suspects: Vec::new(),
            benchmarks: Vec::new(),
            filters: FiltersV1 {
                criterion: everything("."),
                go_test: everything("."),
                google_benchmark: everything("."),
                // Only an empty expression selects every test.
                pytest: everything(""),
            },
            ..self
        }
    }
}

impl From<&View> for SuspectsV1 {
    fn from(view: &View) -> Self {
        let suspects: Vec<&SeriesJudgement> = view.judgement.suspects().collect();
        let mut benchmarks = BTreeSet::new();
        let mut unnamed = BTreeSet::new();
        for suspect in &suspects {
            let configuration = &suspect.series.key.configuration;
            match &configuration.test_case {
                Some(case) => benchmarks.insert(case.clone()),
                None => unnamed.insert(configuration.model.clone()),
            };
        }
        let benchmarks: Vec<String> = benchmarks.into_iter().collect();
        let filter = |make: fn(&[String]) -> Filter| {
            let Filter { filter, mut not_expressible } = make(&benchmarks);
            not_expressible.extend(unnamed.iter().cloned());
            FilterV1 { filter, not_expressible }
        };
        Self {
            schema: SUSPECTS_SCHEMA,
            tool_version: view.provenance.tool_version.clone(),
            commit: view.provenance.commit.clone(),
            run: view.provenance.run.clone(),
            is_complete: true,
            suspects: suspects.into_iter().map(SuspectV1::from).collect(),
            filters: FiltersV1 {
                criterion: filter(filters::criterion),
                go_test: filter(filters::go_test),
                google_benchmark: filter(filters::google_benchmark),
                pytest: filter(filters::pytest),
            },
            benchmarks,
        }
    }
}

impl From<&SeriesJudgement> for SuspectV1 {
    fn from(judged: &SeriesJudgement) -> Self {
        let key = &judged.series.key;
        let configuration = key.configuration.clone();
        let evidence = judged.evidence.as_ref();
        Self {
            id: key.id().to_string(),
            model: configuration.model,
            hardware: (&configuration.hardware).into(),
            test_case: configuration.test_case,
            batch_size: configuration.batch_size,
            precision: configuration.precision,
            parameters: configuration.parameters,
            metric: key.metric.clone(),
            t: evidence.map(|evidence| evidence.t).filter(|t| t.is_finite()),
            reruns: evidence.map_or(0, |evidence| evidence.reruns.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::fixtures::{HOSTILE, Series, all_green, everything, judgement, provenance};
    use super::*;
    use crate::gate::{Outcome, Verdict};

    fn document(view: &View) -> Value {
        let document: Value = serde_json::from_str(&suspects(view)).unwrap();
        let schema: Value = serde_json::from_str(&suspects_json_schema()).unwrap();
        if let Err(error) = jsonschema::validator_for(&schema).unwrap().validate(&document) {
            panic!("{error} at {}", error.instance_path());
        }
        document
    }

    #[test]
    fn suspects_are_named_with_filters() {
        let document = document(&everything());
        assert_eq!(document["suspects"].as_array().unwrap().len(), 2);
        assert_eq!(document["suspects"][0]["metric"], "latency");
        assert_eq!(document["suspects"][1]["t"], Value::Null, "infinite");
        assert_eq!(document["benchmarks"], serde_json::json!(["embedding"]));
        assert_eq!(document["filters"]["criterion"]["filter"], "^(embedding)$");
    }

    #[test]
    fn suspects_that_are_too_many_for_a_line_are_everything() {
        let (line, is_complete) = suspects_line(&everything(), 100_000);
        assert!(is_complete && !line.contains('\n'));
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), document(&everything()));
        let (line, is_complete) = suspects_line(&everything(), line.len() - 1);
        assert!(!is_complete);
        let short: Value = serde_json::from_str(&line).unwrap();
        let schema: Value = serde_json::from_str(&suspects_json_schema()).unwrap();
        assert!(jsonschema::is_valid(&schema, &short), "{line}");
        assert_eq!((&short["is_complete"], &short["suspects"]), (&Value::Bool(false), &serde_json::json!([])));
        let filters: Vec<&Value> = short["filters"].as_object().unwrap().values().map(|one| &one["filter"]).collect();
        assert_eq!(filters, [".", ".", ".", ""]);
    }

    #[test]
    fn nothing_suspect_is_a_document_too() {
        let document = document(&all_green());
        assert_eq!(document["suspects"], serde_json::json!([]));
        assert_eq!(document["filters"]["pytest"]["filter"], Value::Null);
    }

    #[test]
    fn hostile_and_absent_names_stay_data() {
        let series = vec![
            Series::new(HOSTILE, "latency", "ms", Verdict::Regressed).compared(11.0, 0.012, 0.2),
            Series::new("x", "latency", "ms", Verdict::Regressed).compared(11.0, 0.012, 0.2).without_case(),
        ];
        let view = View::new(&judgement(Outcome::Failed, series), &provenance());
        assert!(!suspects(&view).chars().any(|character| character != '\n' && escape::is_unsafe(character)));
        let document = document(&view);
        assert_eq!(document["benchmarks"], serde_json::json!([HOSTILE]));
        let pytest = serde_json::json!({ "filter": null, "not_expressible": [HOSTILE, "bert-base-uncased"] });
        assert_eq!(document["filters"]["pytest"], pytest);
        assert!(!document["filters"]["criterion"]["filter"].as_str().unwrap().contains('\''));
    }

    #[test]
    fn the_schema_in_the_documentation_is_current() {
        let kept = include_str!("../../docs/suspects-v1.schema.json");
        assert!(kept == suspects_json_schema(), "to write it anew: cargo test --lib write_the_schema -- --ignored");
    }

    #[test]
    #[ignore = "writes docs/suspects-v1.schema.json"]
    fn write_the_schema_to_the_documentation() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/suspects-v1.schema.json");
        std::fs::write(path, suspects_json_schema()).unwrap();
    }
}
