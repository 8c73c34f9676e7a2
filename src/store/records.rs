//! Tests, compatibility and detected hardware into the history.
//!
//! For: the records beside results. Not for: results (see [`super::import`]).
//! Invariant: a record has an id of its natural key and is inserted where absent. A test and a detection are themselves
//! by their run and their place in it; compatibility by its time, model, hardware and answer, since files repeat it.

use duckdb::types::Value;

use super::dimensions::{text, time};
use super::import::Import;
use crate::model::id::Digest;
use crate::model::{Assertion, Context, Hardware, ModelId, Record, RunId, Simulation, Subject, TestOutcome};

/// A record with its id and the hardware that it names.
#[derive(Debug)]
pub(super) struct PackedRecord {
    id: u64,
    hardware: Option<Hardware>,
    record: Record,
}

/// The id under which a record of a run is kept.
#[must_use]
pub fn record_id(record: &Record, run: RunId, context: &Context) -> u64 {
    PackedRecord::of(record.clone(), run, context).id
}

impl PackedRecord {
    pub(super) fn of(record: Record, run: RunId, context: &Context) -> Self {
        let named =
            |kind: &str, device: &Option<String>| Hardware { device: device.clone(), ..context.hardware_type(kind) };
        let (kind, hardware) = match &record.subject {
            Subject::Compatibility { hardware, device, .. } => ("compatibility", Some(named(hardware, device))),
            Subject::Test { hardware, device, .. } => ("test", hardware.as_ref().map(|kind| named(kind, device))),
            Subject::Detection { hardware, device, .. } => ("detection", Some(named(hardware, device))),
        };
        let digest = Digest::new(kind);
        let id = match (&record.subject, record.measured_at) {
            (Subject::Compatibility { model, is_compatible, .. }, Some(tested_at)) => digest
                .text(&tested_at.to_string())
                .text(model)
                .number(hardware.as_ref().map_or(0, |hardware| hardware.id().0))
                .optional(is_compatible.map(|answer| if answer { "yes" } else { "no" }))
                .text(&details(&record)),
            _ => digest.number(run.0).text(&record.place),
        };
        Self { id: id.finish(), hardware, record }
    }
}

impl Import<'_> {
    /// Writes the records that the history lacks.
    pub(super) fn add_records(&mut self, records: &[PackedRecord]) {
        for packed in records {
            let is_new = self.store.known.borrow_mut().records.insert(packed.id);
            let counts = &mut self.run.as_mut().expect("internal error: a record comes after its run").counts;
            if !is_new {
                counts.records_known += 1;
                continue;
            }
            match &packed.record.subject {
                Subject::Compatibility { .. } => counts.compatibility += 1,
                Subject::Test { outcome, .. } => {
                    counts.tests += 1;
                    counts.tests_failed += u64::from(matches!(outcome, TestOutcome::Fail | TestOutcome::Error));
                }
                Subject::Detection { .. } => counts.detections += 1,
            }
            self.add_record(packed);
        }
    }

    fn add_record(&mut self, PackedRecord { id, hardware, record }: &PackedRecord) {
        if let Some(hardware) = hardware {
            self.write_hardware(hardware);
        }
        let hardware: Value = hardware.as_ref().map(|hardware| hardware.id().0).into();
        let model = match &record.subject {
            Subject::Compatibility { model, .. } => Some(model),
            Subject::Test { model, .. } => model.as_ref(),
            Subject::Detection { .. } => None,
        };
        if let Some(model) = model {
            self.write_model(model);
        }
        let model: Value = model.map(|model| ModelId::of(model).0).into();
        let at: Value = record.measured_at.map(time).into();
        let run = self.run.as_ref().expect("internal error: a record comes after its run");
        let mut row = vec![
            ("run_id", run.id.0.into()),
            ("source_id", run.source.0.into()),
            ("error_message", record.error.clone().into()),
            ("metadata", text(&details(record))),
            ("created_at", time(self.now)),
        ];
        let is_simulated = ("is_simulated", record.simulation.is_simulated().into());
        let table = match &record.subject {
            Subject::Compatibility { is_compatible, .. } => {
                let reason = match &record.simulation {
                    Simulation::Simulated(reason) => Some(reason.clone()),
                    Simulation::Real => None,
                };
                row.extend([
                    ("compatibility_id", (*id).into()),
                    ("model_id", model),
                    ("hardware_id", hardware),
                    ("is_compatible", (*is_compatible).into()),
                    is_simulated,
                    ("simulation_reason", reason.into()),
                    ("tested_at", at),
                ]);
                row.extend(compatibility_columns(record));
                "hardware_compatibility"
            }
            Subject::Test { module, class, name, outcome, microseconds, assertions, .. } => {
                self.add_assertions(*id, assertions);
                let seconds =
                    microseconds.map(|microseconds| std::time::Duration::from_micros(microseconds).as_secs_f64());
                row.extend([
                    ("test_result_id", (*id).into()),
                    ("test_module", text(module)),
                    ("test_class", class.clone().into()),
                    ("test_name", text(name)),
                    ("status", text(outcome.as_str())),
                    ("execution_time_seconds", seconds.into()),
                    ("error_traceback", record.details.get("error_traceback").cloned().into()),
                    ("model_id", model),
                    ("hardware_id", hardware),
                    is_simulated,
                    ("tested_at", at),
                ]);
                "integration_test_results"
            }
            Subject::Detection { is_available, .. } => {
                row.extend([
                    ("detection_id", (*id).into()),
                    ("hardware_id", hardware),
                    ("is_available", (*is_available).into()),
                    ("detected_at", at),
                ]);
                "hardware_detections"
            }
        };
        self.rows.push(table, row);
    }

    /// They belong to a test that the history lacked, so that none of them is there.
    fn add_assertions(&mut self, test: u64, assertions: &[Assertion]) {
        for (place, assertion) in (0..).zip(assertions) {
            let Assertion { name, passed, expected, actual, message } = assertion;
            let id = Digest::new("assertion").number(test).number(place).finish();
            let row = vec![
                ("assertion_id", id.into()),
                ("test_result_id", test.into()),
                ("assertion_name", text(name)),
                ("passed", (*passed).into()),
                ("expected_value", expected.clone().into()),
                ("actual_value", actual.clone().into()),
                ("message", message.clone().into()),
                ("created_at", time(self.now)),
            ];
            self.rows.push("integration_test_assertions", row);
        }
    }
}

/// The details that have a column of their own.
fn compatibility_columns(record: &Record) -> Vec<(&'static str, Value)> {
    let detail = |name: &str| record.details.get(name);
    let flag = |name: &str| -> Value { detail(name).and_then(|text| text.parse::<bool>().ok()).into() };
    vec![
        ("detection_success", flag("detection_success")),
        ("initialization_success", flag("initialization_success")),
        ("workaround_available", flag("workaround_available")),
        ("error_type", detail("error_type").cloned().into()),
        ("suggested_fix", detail("suggested_fix").cloned().into()),
        ("compatibility_score", detail("compatibility_score").and_then(|text| text.parse::<f64>().ok()).into()),
    ]
}

fn details(record: &Record) -> String {
    serde_json::to_string(&record.details).expect("internal error: a map of texts is always JSON")
}
