//! The native format: what it says, how its defects are located, and that writing and reading agree.

use std::io::Cursor;

use crate::formats::testing::{Collected, assert_value, collect, defect, defect_place, skipped, try_read};
use crate::formats::{Class, Format, Limits, ReadError, ReadOptions, read};
use crate::model::{Context, Simulation, Status};

const DOCUMENT: &str = include_str!("../../../tests/fixtures/formats/native/normal.json");
const LINES: &str = include_str!("../../../tests/fixtures/formats/native/bundle.jsonl");

/// A document with one result, given as the inside of its object.
fn one(result: &str) -> String {
    format!("{{\"schema\": \"benchgate/results/v1\",\n\"results\": [\n{{{result}}}]}}")
}

#[test]
fn a_document_says_everything_about_its_results() {
    let Collected { runs, results, .. } = collect(Format::Native, DOCUMENT);
    assert_eq!(runs.len(), 1);
    assert_eq!((runs[0].key.as_deref(), runs[0].attempt), (Some("8123456789"), Some(2)));
    assert_eq!(runs[0].started_at.map(|time| time.to_string()).as_deref(), Some("2026-01-31T10:00:00Z"));
    assert_eq!(results.len(), 3);
    let first = &results[0];
    assert_eq!(first.model.as_deref(), Some("bert-base-uncased"));
    assert_eq!((first.batch_size, first.precision.as_deref()), (Some(8), Some("fp16")));
    assert_eq!(first.parameters["sequence_length"], "128");
    assert_eq!(first.hardware.kind.as_deref(), Some("cuda"));
    assert_value(first, "latency", 12.5, "ms");
    assert_eq!(first.measurements.iter().map(|one| one.samples().len()).max(), Some(3));
    assert_eq!(results[1].hardware.kind.as_deref(), Some("cpu"));
    assert_eq!(results[1].hardware.machine.gpu, None, "a result's hardware replaces the document's");
    assert_eq!(results[1].simulation, Simulation::Simulated("mock kernel".to_owned()));
    assert_eq!(results[2].status, Status::Failed("out of memory".to_owned()));
}

#[test]
fn the_header_may_stand_after_the_results() {
    let text = "{\"results\": [{\"metrics\": {\"latency\": {\"value\": 1}}}],\n \"hardware\": {\"type\": \"cpu\"},\n \
                \"schema\": \"benchgate/results/v1\"}";
    let collected = collect(Format::Native, text);
    assert_eq!(collected.results[0].hardware.kind.as_deref(), Some("cpu"));
}

#[test]
fn a_schema_beyond_the_sniffed_part_is_found() {
    let padding = " ".repeat(100_000);
    let text = format!(
        "{{{padding}\"results\": [{{\"metrics\": {{\"latency\": {{\"value\": 1}}}}}}], \
         \"schema\": \"benchgate/results/v1\"}}"
    );
    assert_eq!(collect(Format::Native, &text).results.len(), 1);
}

#[test]
fn lines_hold_several_runs() {
    let Collected { runs, results, .. } = collect(Format::NativeLines, LINES);
    assert_eq!((runs.len(), results.len()), (2, 3));
    assert_eq!(runs[1].commit.as_deref(), Some("b".repeat(40).as_str()));
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_accepted() {
    let text = format!("\u{feff}{}", LINES.replace('\n', "\r\n"));
    assert_eq!(collect(Format::NativeLines, &text).results.len(), 3);
    let text = format!("\u{feff}{DOCUMENT}");
    assert_eq!(collect(Format::Native, &text).results.len(), 3);
}

#[test]
fn defects_of_a_document_are_located() {
    for (result, class, column, pointer) in [
        (r#""metrics": {"latency": {"value": NaN}}"#, Class::NotFinite, Some(35), "results[0].metrics.latency.value"),
        (r#""metrics": {"latency": {"value": 1e999}}"#, Class::NotFinite, Some(39), "results[0].metrics.latency.value"),
        (r#""metrics": {"latency": {"value": -1}}"#, Class::Negative, None, "results[0].metrics.latency"),
        (r#""metrics": {"latency": {"value": 0}}"#, Class::Zero, None, "results[0].metrics.latency"),
        (r#""metrics": {"latency": {}}"#, Class::Empty, None, "results[0].metrics.latency"),
        (r#""metrics": {"score": {"value": 1}}"#, Class::MissingField, None, "results[0].metrics.score"),
        (r#""metrics": {"latency": {"value": "1"}}"#, Class::WrongType, Some(37), "results[0].metrics.latency.value"),
        (r#""metrics": {}"#, Class::Empty, None, "results[0].metrics"),
        (
            r#""status": "failed", "metrics": {"latency": {"value": 1}}"#,
            Class::Contradiction,
            None,
            "results[0].metrics",
        ),
        (r#""error": "x", "metrics": {"latency": {"value": 1}}"#, Class::Contradiction, None, "results[0].error"),
        (r#""modle": "x""#, Class::UnknownField, Some(8), "results[0].modle"),
        (r#""batch_size": 99999999999"#, Class::TooLarge, Some(26), "results[0].batch_size"),
        (r#""batch_size": -1"#, Class::Negative, Some(17), "results[0].batch_size"),
        (r#""batch_size": 0"#, Class::Zero, None, "results[0].batch_size"),
        (r#""model": "a", "model": "b""#, Class::Duplicate, Some(22), "results[0]"),
        (r#""parameters": {"a": 1, "a": 2}"#, Class::Duplicate, Some(31), "results[0].parameters"),
        (r#""parameters": {"a": [1]}"#, Class::WrongType, Some(22), "results[0].parameters.a"),
    ] {
        let expected = (class, Some(3), column, Some(pointer.to_owned()));
        assert_eq!(defect_place(&one(result)), expected, "{result}");
    }
}

#[test]
fn a_truncated_document_is_located_at_its_end() {
    let end = DOCUMENT.find("\"throughput\"").expect("fixture");
    let defect = defect(&DOCUMENT.as_bytes()[..end]);
    assert_eq!(defect.class, Class::Truncated);
    let expected = DOCUMENT[..end].lines().count();
    assert_eq!(defect.line, u64::try_from(expected).ok());
}

#[test]
fn a_truncated_line_is_located() {
    let text = &LINES[..LINES.trim_end().len() - 5];
    let (class, line, _, _) = defect_place(text);
    assert_eq!((class, line), (Class::Truncated, Some(5)));
}

#[test]
fn defects_of_lines_are_located() {
    let header = "{\"schema\": \"benchgate/results/v1\"}\n";
    for (lines, class, line, column) in [
        ("{\"metrics\": {\"latency\": {\"value\": Infinity}}}", Class::NotFinite, 2, Some(35)),
        ("\n{\"metrics\": {\"latency\": {\"value\": 0}}}", Class::Zero, 3, None),
        ("<<<<<<< HEAD\n{}\n", Class::ConflictMarkers, 2, Some(1)),
        ("[[[[", Class::WrongType, 2, Some(1)),
    ] {
        let found = defect(format!("{header}{lines}").as_bytes());
        assert_eq!((found.class, found.line, found.column), (class, Some(line), column), "{lines}");
    }
    let same = "{\"metrics\": {\"latency\": {\"value\": 1}}}\n";
    let found = defect(format!("{header}{same}{same}").as_bytes());
    assert_eq!((found.class, found.line), (Class::Duplicate, Some(3)));
    assert_eq!(collect(Format::NativeLines, &format!("{header}{same}{header}{same}")).results.len(), 2);
}

#[test]
fn other_defects_of_the_whole_are_named() {
    let v2 = "{\"schema\": \"benchgate/results/v2\", \"results\": []}";
    assert_eq!(defect(v2.as_bytes()).class, Class::UnknownVersion);
    let header = "\"schema\": \"benchgate/results/v1\"";
    for (text, class) in [
        (format!("{{{header}, \"runs\": {{}}, \"results\": []}}"), Class::UnknownField),
        (format!("{{{header}, \"results\": [], \"results\": []}}"), Class::Duplicate),
        (format!("{{{header}, {header}, \"results\": []}}"), Class::Duplicate),
        (format!("{{{header}, \"results\": []}} x"), Class::TrailingGarbage),
        (format!("{{{header}, \"results\": {{}}}}"), Class::Syntax),
        (format!("{{{header}, \"results\": [{}", "[".repeat(100_000)), Class::Truncated),
        (format!("{{{header},\n\"results\": [\n<<<<<<< HEAD\n]}}"), Class::ConflictMarkers),
        (format!("{{{header}, \"run\": {{\"started_at\": \"2026-01-31 10:00\"}}, \"results\": []}}"), Class::WrongType),
    ] {
        assert_eq!(defect(text.as_bytes()).class, class, "{}", &text[..80.min(text.len())]);
    }
    assert_eq!(defect(&one("\"model\": \"caf\u{e9}\"").into_bytes().replace_last_byte()).class, Class::NotUtf8);
}

/// Makes the two-byte character of a text invalid.
trait ReplaceLastByte {
    fn replace_last_byte(self) -> Self;
}

impl ReplaceLastByte for Vec<u8> {
    fn replace_last_byte(self) -> Self {
        self.into_iter().filter(|byte| *byte != 0xa9).collect()
    }
}

#[test]
fn no_results_is_skipped_and_not_passed_over() {
    assert_eq!(
        skipped("{\"schema\": \"benchgate/results/v1\", \"results\": []}"),
        "empty: a native file without results"
    );
    assert_eq!(skipped("{\"schema\": \"benchgate/results/v1\"}"), "empty: a native-lines file without results");
}

#[test]
fn a_name_of_ten_megabytes_is_too_large() {
    let text = one(&format!("\"model\": \"{}\", \"metrics\": {{\"latency\": {{\"value\": 1}}}}", "x".repeat(10 << 20)));
    assert_eq!(defect(text.as_bytes()).class, Class::TooLarge);
    let limits = Limits { max_line_bytes: 1000, ..Limits::default() };
    let result =
        read(Cursor::new(text), "x", &ReadOptions { limits, ..ReadOptions::default() }, &mut Collected::default());
    assert!(matches!(result, Err(ReadError::Malformed(defect)) if defect.class == Class::TooLarge));
}

#[test]
fn what_is_written_is_read_again() {
    let (_, original) = try_read(DOCUMENT.as_bytes()).expect("fixture");
    let complete: Vec<_> = original
        .results
        .iter()
        .map(|draft| Context::default().complete_result(draft.clone()).expect("complete"))
        .collect();
    let run = Context::default().complete_run(original.runs[0].clone(), "", None).expect("complete");
    let mut written = Vec::new();
    super::write_run(&mut written, &super::Header::from(&run), &complete).expect("written");
    let (format, again) = try_read(&written).expect("well formed");
    assert_eq!((format, &again.runs), (Format::NativeLines, &original.runs));
    for (before, draft) in complete.iter().zip(again.results) {
        let after = Context::default().complete_result(draft).expect("complete");
        assert_eq!(after.configuration.id(), before.configuration.id());
        assert_eq!((&after.status, &after.simulation), (&before.status, &before.simulation));
        for (one, other) in after.measurements.iter().zip(&before.measurements) {
            assert_eq!((one.metric(), one.value().to_bits()), (other.metric(), other.value().to_bits()));
            assert_eq!(one.samples(), other.samples());
        }
    }
}

#[test]
fn the_committed_schema_is_the_generated_one() {
    let generated = serde_json::to_string_pretty(&schemars::schema_for!(super::Document)).expect("schema") + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/results-v1.schema.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    if committed != generated {
        let fresh = std::env::temp_dir().join("results-v1.schema.json");
        std::fs::write(&fresh, generated).expect("temporary file");
        panic!(
            "docs/results-v1.schema.json differs from the structs in src/formats/native/wire.rs; \
             to regenerate: cp {} docs/results-v1.schema.json",
            fresh.display()
        );
    }
}

#[test]
fn the_schema_accepts_the_fixtures_and_refuses_a_spelling_mistake() {
    let schema = serde_json::to_value(schemars::schema_for!(super::Document)).expect("schema");
    let validator = jsonschema::validator_for(&schema).expect("valid schema");
    let document: serde_json::Value = serde_json::from_str(DOCUMENT).expect("JSON");
    assert!(validator.is_valid(&document));
    let mistake = serde_json::from_str(&one(r#""modle": "x""#)).expect("JSON");
    assert!(!validator.is_valid(&mistake));
}
