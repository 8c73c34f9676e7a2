//! Between the native structs and the model.
//!
//! For: the rules between fields (a failed result has no measurements), and writing bundles and sample data. Not for:
//! the fields themselves (see [`super::wire`]).
//! Invariant: writing a result and reading it gives the same configuration, status and numbers.

use std::io::{self, Write};

use super::wire::{HardwareEntry, Header, MetricEntry, ResultEntry, RunEntry, Scalar, Schema, StatusWord};
use crate::formats::error::{Class, Malformed};
use crate::model::{
    BenchmarkResult, Hardware, HardwareDraft, Machine, Measurement, ResultDraft, Run, RunDraft, Simulation, Status,
};

/// Writes a run as native JSON Lines: the header, then a line a result.
///
/// # Errors
/// Whatever the writer reports.
pub fn write_run<'a>(
    mut output: impl Write,
    header: &Header,
    results: impl IntoIterator<Item = &'a BenchmarkResult>,
) -> io::Result<()> {
    serde_json::to_writer(&mut output, header)?;
    output.write_all(b"\n")?;
    for result in results {
        serde_json::to_writer(&mut output, &ResultEntry::from(result))?;
        output.write_all(b"\n")?;
    }
    Ok(())
}

impl From<&Run> for Header {
    /// A header of a run; hardware and simulation are stated by each result.
    fn from(run: &Run) -> Self {
        Self { schema: Schema::V1, run: Some(run.into()), hardware: None, simulated: None }
    }
}

impl From<&Run> for RunEntry {
    fn from(run: &Run) -> Self {
        let Run { key, attempt, suite, commit, branch, started_at, trigger, environment } = run.clone();
        Self { id: Some(key), attempt: Some(attempt), suite, commit, branch, started_at, trigger, environment }
    }
}

impl From<RunDraft> for RunEntry {
    fn from(draft: RunDraft) -> Self {
        let RunDraft { key, attempt, suite, commit, branch, started_at, trigger, environment, is_without_origin: _ } =
            draft;
        Self { id: key, attempt, suite, commit, branch, started_at, trigger, environment }
    }
}

impl From<RunEntry> for RunDraft {
    fn from(entry: RunEntry) -> Self {
        let RunEntry { id, attempt, suite, commit, branch, started_at, trigger, environment } = entry;
        let is_without_origin = false;
        Self { key: id, attempt, suite, commit, branch, started_at, trigger, environment, is_without_origin }
    }
}

impl From<&Hardware> for HardwareEntry {
    fn from(hardware: &Hardware) -> Self {
        let Hardware { kind, device, machine: Machine { cpu_model, cpu_cores, memory_gb, gpu } } = hardware.clone();
        Self { kind: Some(kind), device, cpu_model, cpu_cores, memory_gb, gpu }
    }
}

impl From<HardwareEntry> for HardwareDraft {
    fn from(entry: HardwareEntry) -> Self {
        let HardwareEntry { kind, device, cpu_model, cpu_cores, memory_gb, gpu } = entry;
        Self { kind, device, machine: Machine { cpu_model, cpu_cores, memory_gb, gpu } }
    }
}

impl From<&Measurement> for MetricEntry {
    fn from(measurement: &Measurement) -> Self {
        Self {
            value: Some(measurement.value()),
            unit: Some(measurement.unit().as_str().to_owned()),
            better: measurement.better(),
            samples: measurement.samples().to_vec(),
        }
    }
}

impl From<&BenchmarkResult> for ResultEntry {
    fn from(result: &BenchmarkResult) -> Self {
        let configuration = &result.configuration;
        let (status, error) = match &result.status {
            Status::Completed => (StatusWord::Completed, None),
            Status::Failed(reason) => (StatusWord::Failed, Some(reason.clone())),
        };
        let parameters = configuration.parameters.iter();
        Self {
            model: Some(configuration.model.clone()),
            hardware: Some((&configuration.hardware).into()),
            test_case: configuration.test_case.clone(),
            batch_size: configuration.batch_size,
            precision: configuration.precision.clone(),
            parameters: parameters.map(|(name, value)| (name.clone(), Scalar::Text(value.clone()))).collect(),
            status,
            error,
            measured_at: result.measured_at,
            iterations: result.iterations,
            warmup_iterations: result.warmup_iterations,
            total_time_seconds: result.total_time_seconds,
            simulated: match &result.simulation {
                Simulation::Real => None,
                Simulation::Simulated(reason) => Some(reason.clone()),
            },
            metrics: result.measurements.iter().map(|one| (one.metric().to_owned(), one.into())).collect(),
        }
    }
}

impl ResultEntry {
    /// The result as the model knows it; `hardware` and `simulated` are the header's.
    ///
    /// # Errors
    /// A number that cannot be, or statements that exclude each other; the pointer is relative to the result.
    pub fn into_draft(self, hardware: &HardwareDraft, simulated: Option<&str>) -> Result<ResultDraft, Malformed> {
        let is_failed = self.status == StatusWord::Failed;
        check_status(&self)?;
        let mut measurements = Vec::with_capacity(self.metrics.len());
        for (metric, MetricEntry { value, unit, better, samples }) in self.metrics {
            let measurement = Measurement::new(&metric, value, samples, unit.as_deref(), better)
                .map_err(|error| Malformed::from(error).in_field(format!("metrics.{metric}")))?;
            measurements.push(measurement);
        }
        let total = self.total_time_seconds;
        if total.is_some_and(|seconds| seconds < 0.0) {
            let message = "a time cannot be negative";
            return Err(Malformed::new(Class::Negative, message).in_field("total_time_seconds"));
        }
        let simulated = self.simulated.or_else(|| simulated.map(str::to_owned));
        Ok(ResultDraft {
            model: self.model,
            hardware: self.hardware.map_or_else(|| hardware.clone(), HardwareDraft::from),
            test_case: self.test_case,
            batch_size: self.batch_size,
            precision: self.precision,
            parameters: self.parameters.into_iter().map(|(name, value)| (name, value.into_text())).collect(),
            status: if is_failed {
                Status::Failed(self.error.unwrap_or_else(|| "no reason given".to_owned()))
            } else {
                Status::Completed
            },
            simulation: simulated.map_or(Simulation::Real, Simulation::Simulated),
            measured_at: self.measured_at,
            iterations: self.iterations,
            warmup_iterations: self.warmup_iterations,
            total_time_seconds: self.total_time_seconds,
            suspicion: None,
            measurements,
        })
    }
}

/// The rules between status, error, metrics and batch size.
fn check_status(entry: &ResultEntry) -> Result<(), Malformed> {
    let ResultEntry { status, error, metrics, batch_size, .. } = entry;
    if *batch_size == Some(0) {
        return Err(Malformed::new(Class::Zero, "a batch has at least one item").in_field("batch_size"));
    }
    match status {
        StatusWord::Failed if !metrics.is_empty() => {
            let message = "a failed result cannot have measurements";
            Err(Malformed::new(Class::Contradiction, message).in_field("metrics"))
        }
        StatusWord::Completed if error.is_some() => {
            let message = "a completed result cannot have an error";
            let hint = "add `\"status\": \"failed\"`";
            Err(Malformed::new(Class::Contradiction, message).in_field("error").hint(hint))
        }
        StatusWord::Completed if metrics.is_empty() => {
            let message = "a completed result has at least one measurement";
            Err(Malformed::new(Class::Empty, message).in_field("metrics"))
        }
        StatusWord::Completed | StatusWord::Failed => Ok(()),
    }
}
