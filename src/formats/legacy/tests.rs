//! What the shapes of the old system's files become.
//!
//! For: one fixture of each shape and all of what it gives, as a snapshot to read; and defects with their places. Not
//! for: the old files themselves (see `tests/it/legacy.rs`).
//! Invariant: every shape has a fixture, or a reason why nothing is taken.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::shapes::shapes;
use crate::formats::testing::{Collected, assert_value, collect, defect_place, measured, skipped, try_read_named};
use crate::formats::{Class, Format};
use crate::model::{ResultDraft, Status, Subject};

const DIRECT: &str = include_str!("../../../tests/fixtures/formats/legacy/suite-direct/normal.json");
const DIRECT_FAILED: &str = include_str!("../../../tests/fixtures/formats/legacy/suite-direct/failed.json");
const RAW: &str = include_str!("../../../tests/fixtures/formats/legacy/suite-raw/normal.json");
const RAW_FAILED: &str = include_str!("../../../tests/fixtures/formats/legacy/suite-raw/failed.json");
const ROWS: &str = include_str!("../../../tests/fixtures/formats/legacy/suite-rows/normal.json");

/// Every fixture's path in its folder, and its text.
fn fixtures() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats/legacy");
    let files = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(|entry| entry.expect("fixture"));
    let files = files.filter(|entry| entry.file_type().is_file());
    let name = |path: &Path| path.strip_prefix(&root).expect("inside").to_string_lossy().replace('\\', "/");
    files.map(|file| (name(file.path()), std::fs::read_to_string(file.path()).expect("fixture"))).collect()
}

#[test]
fn every_shape_has_a_fixture_of_its_own_or_a_reason_to_be_skipped() {
    let mut seen = BTreeSet::new();
    for (name, text) in fixtures() {
        let (recognised, _) = try_read_named(text.as_bytes(), &name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let folder = name.split('/').next().expect("folder");
        assert_eq!((recognised.format, recognised.shape.as_deref()), (Format::Legacy, Some(folder)), "{name}");
        seen.insert(folder.to_owned());
    }
    for shape in shapes() {
        assert!(seen.contains(&shape.name) != shape.skip.is_some(), "{}: a fixture or a reason", shape.name);
    }
}

#[test]
fn every_fixture_gives_this() {
    let mut page = String::new();
    for (name, text) in fixtures().iter().filter(|(name, _)| !name.ends_with("many.json")) {
        let (_, collected) = try_read_named(text.as_bytes(), name).expect("well formed");
        writeln!(page, "## {name}").expect("a text");
        page.push_str(&listed(&collected));
    }
    insta::assert_snapshot!(page);
}

/// All of what a file gives, a line each.
fn listed(collected: &Collected) -> String {
    let mut page = String::new();
    for run in &collected.runs {
        let time = run.started_at.map_or_else(|| "at an unknown time".to_owned(), |time| time.to_string());
        let facts: Vec<String> = run.environment.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        writeln!(page, "run {time}; {}", facts.join("; ")).expect("a text");
    }
    for result in &collected.results {
        let status = match &result.status {
            Status::Completed => "completed".to_owned(),
            Status::Failed(reason) => format!("failed: {reason}"),
        };
        writeln!(page, "result {} {status}", configuration(result)).expect("a text");
        for one in &result.measurements {
            let samples = one.samples().len();
            writeln!(page, "    {} {} {} ({samples} samples)", one.metric(), one.value(), one.unit().as_str())
                .expect("a text");
        }
        if let Some(suspicion) = &result.suspicion {
            writeln!(page, "    suspicious: {suspicion}").expect("a text");
        }
    }
    for record in &collected.records {
        let error = record.error.as_ref().map(|error| format!("; {error}")).unwrap_or_default();
        let simulated = if record.simulation.is_simulated() { "; simulated" } else { "" };
        let time = record.measured_at.map(|time| format!(" at {time}")).unwrap_or_default();
        writeln!(page, "{}: {:?} {:?}{time}{error}{simulated}", record.place, record.subject, record.details)
            .expect("a text");
    }
    for omission in &collected.omissions {
        writeln!(page, "left out {}: {}", omission.place, omission.reason).expect("a text");
    }
    page
}

fn configuration(result: &ResultDraft) -> String {
    let ResultDraft { model, hardware, test_case, batch_size, precision, parameters, simulation, measured_at, .. } =
        result;
    let parts = [
        model.clone(),
        hardware.kind.clone(),
        hardware.device.clone(),
        test_case.clone(),
        batch_size.map(|size| format!("batch {size}")),
        precision.clone(),
        (!parameters.is_empty()).then(|| format!("{parameters:?}")),
        simulation.is_simulated().then(|| "simulated".to_owned()),
        measured_at.map(|time| format!("at {time}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" / ")
}

#[test]
fn the_same_document_in_another_one_is_the_same_run() {
    let alone = collect(Format::Legacy, DIRECT);
    let within = fixtures().into_iter().find(|(name, _)| name == "batch-run/normal.json").expect("a fixture").1;
    let within = collect(Format::Legacy, &within);
    assert!(within.runs.iter().any(|run| run.key == alone.runs[0].key && run.key.is_some()));
    let spaced = DIRECT.replace("\": ", "\":   ");
    assert_eq!(collect(Format::Legacy, &spaced).runs[0].key, alone.runs[0].key, "spaces do not count");
    let other = DIRECT.replacen("3.25", "3.26", 1);
    assert_ne!(collect(Format::Legacy, &other).runs[0].key, alone.runs[0].key);
}

#[test]
fn a_crash_of_the_test_script_is_no_answer_about_compatibility() {
    let text = fixtures().into_iter().find(|(name, _)| name == "functionality/normal.json").expect("a fixture").1;
    let answers: Vec<_> = collect(Format::Legacy, &text)
        .records
        .into_iter()
        .map(|record| match record.subject {
            Subject::Compatibility { is_compatible, .. } => is_compatible,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(answers, [Some(true), None, None]);
}

#[test]
fn a_zero_is_left_out_and_said_to_be() {
    let text = DIRECT.replacen("\"throughput_items_per_second\": ", "\"throughput_items_per_second\": 0, \"x\": ", 1);
    let collected = collect(Format::Legacy, &text);
    assert!(collected.results[0].measurements.iter().all(|one| one.metric() != "throughput"));
    assert_eq!(collected.omissions[0].place, "batch_results.1.throughput_items_per_second");
    let rows = ROWS.replace("\"average_latency_ms\"", "\"a\"").replace("\"throughput_items_per_second\"", "\"b\"");
    let rows = rows.replace("\"memory_peak_mb\"", "\"c\"").replace("\"metrics\"", "\"d\"");
    assert_eq!(skipped(&rows), "empty: a legacy/suite-rows file without results", "rows without a number");
}

#[test]
fn a_device_that_repeats_the_hardware_is_no_device() {
    let many = include_str!("../../../tests/fixtures/formats/legacy/suite-direct/many.json");
    let results = collect(Format::Legacy, many).results;
    assert_eq!(results.len(), 40);
    assert!(results.iter().all(|result| result.hardware.device.is_none()), "`cuda:0` is `cuda`");
    let named = DIRECT.replace("\"device\": \"cpu\"", "\"device\": \"Example CPU 9000\"");
    assert_eq!(collect(Format::Legacy, &named).results[0].hardware.device.as_deref(), Some("Example CPU 9000"));
}

#[test]
fn machine_and_environment_are_taken_without_the_hosts_name() {
    let Collected { runs, results, .. } = collect(Format::Legacy, RAW);
    let names: Vec<_> = runs[0].environment.keys().map(String::as_str).collect();
    assert_eq!(names, ["cuda", "openvino", "os", "python"]);
    let [cpu, cuda, openvino, ..] = &results[..] else { panic!("three results") };
    let machine = &cpu.hardware.machine;
    assert_eq!((machine.cpu_cores, machine.memory_gb, machine.gpu.as_deref()), (Some(8), Some(34), None));
    assert_eq!(cuda.hardware.machine.gpu.as_deref(), Some("Example GPU 100"));
    assert_eq!(openvino.hardware.device.as_deref(), Some("Example CPU 9000"));
    assert_value(cpu, "latency", 55.0, "ms");
    assert_eq!(measured(cpu, "latency").samples().len(), 4);
}

#[test]
fn a_mark_of_simulation_holds_for_all_that_lies_within() {
    let marked = |text: &str, from: &str| {
        assert!(text.contains(from), "{from}");
        let text = text.replacen(from, &format!("\"simulated\": true, {from}"), 1);
        let results = collect(Format::Legacy, &text).results;
        results.iter().filter(|result| result.simulation.is_simulated()).count()
    };
    assert_eq!(marked(RAW, "\"system_info\""), 6, "the file");
    assert_eq!(marked(RAW, "\"model_name\""), 1, "an entry");
    assert_eq!(marked(RAW, "\"latencies\""), 1, "a configuration");
    assert_eq!(marked(RAW, "\"platform\""), 0, "nothing that is a result");
    assert_eq!(marked(DIRECT, "\"batch_size\": 2"), 1);
}

#[test]
fn failures_of_a_part_and_of_the_whole_keep_their_reason() {
    let failed = |reason: &str| Status::Failed(reason.to_owned());
    let statuses =
        |text: &str| collect(Format::Legacy, text).results.into_iter().map(|one| one.status).collect::<Vec<_>>();
    let expected = [
        Status::Completed,
        failed("Input creation failed: the tokenizer has no padding token"),
        failed("the file gives no reason"),
        failed("out of memory while loading"),
        failed("no such device"),
    ];
    assert_eq!(statuses(RAW_FAILED), expected);
    let text = DIRECT_FAILED.replacen("\"success\": true", "\"success\": false, \"error\": \"killed\"", 1);
    assert_eq!(statuses(&text)[..2], [failed("killed"), failed("forward() got an unexpected argument")]);
    let nothing = "{\"model\": \"m\", \"hardware\": \"cpu\", \"success\": false, \"batch_results\": {}}";
    assert_eq!(statuses(nothing).len(), 1);
    assert_eq!(skipped(&nothing.replace("false", "true")), "empty: a legacy/suite-direct file without results");
}

#[test]
fn what_did_not_complete_is_no_measurement_whatever_it_says() {
    let first = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        collect(Format::Legacy, &text.replacen(from, to, 1)).results.swap_remove(0)
    };
    let failed = Status::Failed("the file gives no reason".to_owned());
    assert_eq!(first(RAW, "\"status\": \"completed\"", "\"status\": \"started\"").status, failed);
    assert_eq!(first(DIRECT, "\"success\": true", "\"success\": \"yes\"").status, failed);
    assert_eq!(first(DIRECT, "\"success\": true", "\"done\": true").status, Status::Completed, "it has values");
    let renamed = first(RAW, "\"throughput\": 145.0", "\"speed\": 145.0");
    assert_eq!(renamed.measurements.len(), 1, "the latency is still there");
}

#[test]
fn defects_are_located() {
    let check = |text: &str, from: &str, to: &str, class: Class, pointer: Option<&str>| {
        assert!(text.contains(from), "{from}");
        let (found, _, _, place) = defect_place(&text.replacen(from, to, 1));
        assert_eq!((found, place.as_deref()), (class, pointer), "{to}");
    };
    let latency = Some("batch_results.1.avg_latency_ms");
    for (from, to, class, pointer) in [
        ("_latency_ms\": 3.25", "_latency_ms\": -3", Class::Negative, latency),
        ("_latency_ms\": 3.25", "_latency_ms\": \"3\"", Class::WrongType, latency),
        ("\"avg_latency_ms\": 3.25", "\"avg_latency_ms\": 1e999", Class::NotFinite, None),
        ("\"model\"", "\"name\"", Class::MissingField, Some("batch_results.1")),
        ("12:00:01.5", "late", Class::WrongType, Some("batch_results.1.timestamp")),
        ("\"2\": {", "\"1\": {", Class::Duplicate, None),
        ("\"2\": {", "\"0\": {", Class::WrongType, Some("batch_results.0")),
        ("\"2\": {", "\"99999999999\": {", Class::WrongType, Some("batch_results.99999999999")),
        ("\"2\": {", "\"01\": {", Class::Duplicate, Some("batch_results.01")),
    ] {
        check(DIRECT, from, to, class, pointer);
    }
    let entry = "benchmarks.embedding.org/encoder-small.cpu";
    let configuration = format!("{entry}.benchmark_results.batch_8_seq_128");
    let throughput = format!("{configuration}.throughput");
    for (from, to, class, pointer) in [
        ("\"throughput\": 145.0", "\"throughput\": -1", Class::Negative, throughput.clone()),
        ("\"throughput\": 145.0", "\"throughput\": true", Class::WrongType, throughput),
        ("0.05,", "\"fast\",", Class::WrongType, format!("{configuration}.latencies[0]")),
        ("\"total_time\": 0.22", "\"total_time\": -0.22", Class::Negative, format!("{configuration}.total_time")),
        ("\"model_name\": \"org/encoder-small\"", "\"model_name\": 5", Class::WrongType, format!("{entry}.model_name")),
        ("T10:20:31", "T99:20:31", Class::WrongType, format!("{entry}.timestamp")),
        ("20250601_102030", "noon", Class::WrongType, "timestamp".to_owned()),
        ("31.25", "0", Class::Zero, "system_info.total_memory_gb".to_owned()),
    ] {
        check(RAW, from, to, class, Some(&pointer));
    }
    let pointer = "benchmarks.multimodal.pairs.cpu.benchmark_results";
    for name in ["batch_0", "batch_99999999999", "batch_+4", "batch_4_seq", "batch_4_seq_0", "batch_4_img_8", "4"] {
        check(RAW, "batch_4", name, Class::WrongType, Some(&format!("{pointer}.{name}")));
    }
    let cut = RAW.rfind("\": ").expect("a field") + 3;
    let (class, line, _, _) = defect_place(&RAW[..cut]);
    assert_eq!((class, line), (Class::Truncated, Some(263)));
}

#[test]
fn a_file_of_many_records_is_looked_at_once_and_not_once_a_record() {
    let fields: Vec<String> = (0..20_000).map(|index| format!("\"test_{index}\": \"broken\"")).collect();
    let text = format!("{{\"test_default_embed\": {{}}, {}}}", fields.join(", "));
    let json = crate::formats::json::parse(&text, 64).expect("JSON");
    let document = crate::formats::mapping::path::Scope::of(crate::formats::node::Node::root(&json));
    let path = crate::formats::mapping::path::Path::parse("{test}").expect("a path");
    let records = path.records(&document);
    assert_eq!(records.len(), 20_001);
    for record in &records {
        assert!(!crate::formats::mapping::simulation::of(record, None).expect("marks").is_simulated());
    }
    assert_eq!(document.marks.looked_at(), 2, "the document and the one object in it");
}
