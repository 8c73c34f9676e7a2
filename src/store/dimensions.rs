//! What results are of: imports, configurations, models and hardware.
//!
//! For: their rows, where the history lacks them. Not for: results and records themselves.
//! Invariant: what [`super::known`] holds is not written again.

use duckdb::types::{TimeUnit, Value};
use jiff::Timestamp;

use super::import::{Import, Source};
use crate::model::{Configuration, ConfigurationId, Hardware, ModelId, Run, SourceId, family};

impl Import<'_> {
    /// What the source says of a run.
    pub(super) fn write_import(&mut self, source: SourceId, run: &Run, format: &str) {
        let Source { file_name, content_hash, bytes } = self.source;
        let environment = serde_json::to_string(&run.environment).expect("internal error: texts are always JSON");
        let row = vec![
            ("source_id", source.0.into()),
            ("run_id", run.id().0.into()),
            ("file_name", text(file_name)),
            ("content_hash", text(content_hash)),
            ("format", text(format)),
            ("bytes", bytes.into()),
            ("imported_at", time(self.now)),
            ("tool_version", text(env!("CARGO_PKG_VERSION"))),
            ("run_key", text(&run.key)),
            ("attempt", run.attempt.into()),
            ("test_name", run.suite.clone().into()),
            ("test_type", text("performance")),
            ("started_at", run.started_at.map(time).into()),
            ("git_commit", run.commit.clone().into()),
            ("git_branch", run.branch.clone().into()),
            ("ci_trigger", run.trigger.clone().into()),
            ("metadata", environment.into()),
        ];
        self.rows.push("imports", row);
    }

    /// A configuration that the history lacks.
    pub(super) fn write_configuration(&mut self, id: ConfigurationId, configuration: &Configuration) {
        self.write_model(&configuration.model);
        self.write_hardware(&configuration.hardware);
        self.configurations.push(id, configuration);
    }

    pub(super) fn write_model(&mut self, name: &str) {
        let id = ModelId::of(name);
        if !self.store.known.borrow_mut().models.insert(id) {
            return;
        }
        let canonical = self.context.aliases.canonical_model(name);
        // No format names them; whoever reads the column is told so.
        let inferred = family(canonical.unwrap_or(name));
        let marks = inferred.map(|_| r#"{"inferred":["model_family","modality"]}"#.to_owned());
        let row = vec![
            ("model_id", id.0.into()),
            ("model_name", text(name)),
            ("canonical_name", canonical.map(str::to_owned).into()),
            ("model_family", inferred.map(|family| family.name.to_owned()).into()),
            ("modality", inferred.map(|family| family.modality.to_owned()).into()),
            ("metadata", marks.into()),
            ("created_at", time(self.now)),
        ];
        self.rows.push("models", row);
    }

    pub(super) fn write_hardware(&mut self, hardware: &Hardware) {
        let id = hardware.id();
        if !self.store.known.borrow_mut().hardware.insert(id) {
            return;
        }
        let Hardware { kind, device, machine } = hardware;
        let row = vec![
            ("hardware_id", id.0.into()),
            ("hardware_type", text(kind)),
            ("device_name", device.clone().into()),
            ("memory_gb", machine.memory_gb.map(f64::from).into()),
            ("compute_units", machine.cpu_cores.into()),
            ("cpu_model", machine.cpu_model.clone().into()),
            ("gpu", machine.gpu.clone().into()),
            ("created_at", time(self.now)),
        ];
        self.rows.push("hardware_platforms", row);
    }
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn time(time: Timestamp) -> Value {
    Value::Timestamp(TimeUnit::Microsecond, time.as_microsecond())
}
