//! Rows on their way into the store, as Arrow batches.
//!
//! For: turning results into columns on any thread, and handing columns to DuckDB. Not for: deciding which rows to
//! write.
//! Invariant: columns are in the order of `schema/v1.sql`; a batch fits into one of DuckDB's vectors, since duckdb-rs
//! copies all samples of a batch once for each vector of it.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::sync::Arc;

use duckdb::Connection;
use duckdb::arrow::array::{
    Array as _, ArrayBuilder as _, ArrayRef, BooleanBuilder, Float64Builder, ListBuilder, StringBuilder,
    TimestampMicrosecondBuilder, UInt32Builder, UInt64Builder,
};
use duckdb::arrow::datatypes::{DataType, Field, Schema};
use duckdb::arrow::record_batch::RecordBatch;

use crate::model::{BenchmarkResult, Configuration, ConfigurationId, Direction, RunId, Simulation, SourceId, Status};

/// Rows of `results` and of their `measurements` in the making.
#[derive(Debug)]
pub(super) struct FactColumns {
    results: ResultColumns,
    measurements: MeasurementColumns,
}

/// Rows of `results` and of their `measurements`.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) results: RecordBatch,
    pub(super) measurements: RecordBatch,
    /// How many samples the measurements have.
    pub(super) samples: usize,
}

#[derive(Debug)]
struct ResultColumns {
    run_id: UInt64Builder,
    configuration_id: UInt64Builder,
    source_id: UInt64Builder,
    error_message: StringBuilder,
    simulation_reason: StringBuilder,
    measured_at: TimestampMicrosecondBuilder,
    iterations: UInt64Builder,
    warmup_iterations: UInt64Builder,
    total_time_seconds: Float64Builder,
}

#[derive(Debug)]
struct MeasurementColumns {
    run_id: UInt64Builder,
    configuration_id: UInt64Builder,
    metric: StringBuilder,
    value: Float64Builder,
    unit: StringBuilder,
    original_unit: StringBuilder,
    higher_is_better: BooleanBuilder,
    samples: ListBuilder<Float64Builder>,
}

/// The ids that place a result in the store.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) run: RunId,
    pub(super) configuration: ConfigurationId,
    pub(super) source: SourceId,
}

/// Rows at which a batch is full. A vector of DuckDB has 2048; the rest is room for the metrics of one more result.
const ROWS: usize = 2000;

/// Samples at which a batch is full: one result may carry a million of them.
const SAMPLES: usize = 1 << 16;

/// Rows that there is room for at first: a batch of a small file waits for others, and its room with it.
const FEW_ROWS: usize = 16;

impl FactColumns {
    pub(super) fn new() -> Self {
        Self::with_room(FEW_ROWS)
    }

    fn with_room(rows: usize) -> Self {
        let numbers = || UInt64Builder::with_capacity(rows);
        let texts = |each| StringBuilder::with_capacity(rows, rows * each);
        Self {
            results: ResultColumns {
                run_id: numbers(),
                configuration_id: numbers(),
                source_id: numbers(),
                error_message: texts(0),
                simulation_reason: texts(0),
                measured_at: TimestampMicrosecondBuilder::with_capacity(rows),
                iterations: numbers(),
                warmup_iterations: numbers(),
                total_time_seconds: Float64Builder::with_capacity(rows),
            },
            measurements: MeasurementColumns {
                run_id: numbers(),
                configuration_id: numbers(),
                metric: texts(8),
                value: Float64Builder::with_capacity(rows),
                unit: texts(8),
                original_unit: texts(0),
                higher_is_better: BooleanBuilder::with_capacity(rows),
                // The appender converts by the field's own nullability.
                samples: ListBuilder::with_capacity(Float64Builder::with_capacity(rows), rows),
            },
        }
    }

    /// Whether it is time to hand the rows on.
    pub(super) fn is_full(&self) -> bool {
        let Self { results, measurements } = self;
        results.run_id.len().max(measurements.run_id.len()) >= ROWS
            || measurements.samples.values_ref().len() >= SAMPLES
    }

    pub(super) fn push(&mut self, place: Place, result: &BenchmarkResult) {
        let columns = &mut self.results;
        columns.run_id.append_value(place.run.0);
        columns.configuration_id.append_value(place.configuration.0);
        columns.source_id.append_value(place.source.0);
        columns.error_message.append_option(match &result.status {
            Status::Completed => None,
            Status::Failed(reason) => Some(reason),
        });
        columns.simulation_reason.append_option(match &result.simulation {
            Simulation::Real => None,
            Simulation::Simulated(reason) => Some(reason),
        });
        columns.measured_at.append_option(result.measured_at.map(|time| time.as_microsecond()));
        columns.iterations.append_option(result.iterations);
        columns.warmup_iterations.append_option(result.warmup_iterations);
        columns.total_time_seconds.append_option(result.total_time_seconds);

        let columns = &mut self.measurements;
        for measurement in &result.measurements {
            columns.run_id.append_value(place.run.0);
            columns.configuration_id.append_value(place.configuration.0);
            columns.metric.append_value(measurement.metric());
            columns.value.append_value(measurement.value());
            columns.unit.append_value(measurement.unit().as_str());
            let unit = measurement.unit().as_str();
            columns.original_unit.append_option(Some(measurement.original_unit()).filter(|original| *original != unit));
            let better = measurement.better();
            columns.higher_is_better.append_option(better.map(|better| better == Direction::HigherIsBetter));
            columns.samples.values().append_slice(measurement.samples());
            columns.samples.append(!measurement.samples().is_empty());
        }
    }

    /// The rows so far; starts anew.
    pub(super) fn finish(&mut self) -> Facts {
        // After a full batch another one is likely.
        let room = if self.is_full() { ROWS } else { FEW_ROWS };
        let Self { results: mut columns, measurements } = std::mem::replace(self, Self::with_room(room));
        let results = batch(vec![
            ("run_id", Arc::new(columns.run_id.finish())),
            ("configuration_id", Arc::new(columns.configuration_id.finish())),
            ("source_id", Arc::new(columns.source_id.finish())),
            ("error_message", Arc::new(columns.error_message.finish())),
            ("simulation_reason", Arc::new(columns.simulation_reason.finish())),
            ("measured_at", Arc::new(columns.measured_at.finish())),
            ("iterations", Arc::new(columns.iterations.finish())),
            ("warmup_iterations", Arc::new(columns.warmup_iterations.finish())),
            ("total_time_seconds", Arc::new(columns.total_time_seconds.finish())),
        ]);
        let mut columns = measurements;
        let samples = columns.samples.values_ref().len();
        let measurements = batch(vec![
            ("run_id", Arc::new(columns.run_id.finish())),
            ("configuration_id", Arc::new(columns.configuration_id.finish())),
            ("metric", Arc::new(columns.metric.finish())),
            ("value", Arc::new(columns.value.finish())),
            ("unit", Arc::new(columns.unit.finish())),
            ("original_unit", Arc::new(columns.original_unit.finish())),
            ("higher_is_better", Arc::new(columns.higher_is_better.finish())),
            ("samples", Arc::new(columns.samples.finish())),
        ]);
        Facts { results, measurements, samples }
    }
}

/// Rows of `configurations` in the making.
#[derive(Debug)]
pub(super) struct ConfigurationColumns {
    configuration_id: UInt64Builder,
    model_id: UInt64Builder,
    hardware_id: UInt64Builder,
    test_case: StringBuilder,
    batch_size: UInt32Builder,
    precision: StringBuilder,
    parameters: StringBuilder,
    is_simulated: BooleanBuilder,
}

impl ConfigurationColumns {
    pub(super) fn new() -> Self {
        let numbers = || UInt64Builder::with_capacity(FEW_ROWS);
        let texts = || StringBuilder::with_capacity(FEW_ROWS, FEW_ROWS * 8);
        Self {
            configuration_id: numbers(),
            model_id: numbers(),
            hardware_id: numbers(),
            test_case: texts(),
            batch_size: UInt32Builder::with_capacity(FEW_ROWS),
            precision: texts(),
            parameters: texts(),
            is_simulated: BooleanBuilder::with_capacity(FEW_ROWS),
        }
    }

    pub(super) fn push(&mut self, id: ConfigurationId, configuration: &Configuration) {
        self.configuration_id.append_value(id.0);
        self.model_id.append_value(configuration.model_id().0);
        self.hardware_id.append_value(configuration.hardware.id().0);
        self.test_case.append_option(configuration.test_case.as_deref());
        self.batch_size.append_option(configuration.batch_size);
        self.precision.append_option(configuration.precision.as_deref());
        self.parameters.append_value(parameters_json(configuration));
        self.is_simulated.append_value(configuration.is_simulated);
    }

    pub(super) fn finish(&mut self) -> RecordBatch {
        batch(vec![
            ("configuration_id", Arc::new(self.configuration_id.finish())),
            ("model_id", Arc::new(self.model_id.finish())),
            ("hardware_id", Arc::new(self.hardware_id.finish())),
            ("test_case", Arc::new(self.test_case.finish())),
            ("batch_size", Arc::new(self.batch_size.finish())),
            ("precision", Arc::new(self.precision.finish())),
            ("parameters", Arc::new(self.parameters.finish())),
            ("is_simulated", Arc::new(self.is_simulated.finish())),
        ])
    }
}

fn parameters_json(configuration: &Configuration) -> String {
    if configuration.parameters.is_empty() {
        return "{}".to_owned();
    }
    serde_json::to_string(&configuration.parameters).expect("internal error: a map of texts is always JSON")
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    debug_assert!(fields.iter().all(|field| field.data_type() != &DataType::Null), "every column has a type");
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .expect("internal error: the builders of a batch have equal lengths")
}

/// Appends batches to a table, as one statement.
pub(super) fn append(
    connection: &Connection,
    table: &str,
    batches: impl IntoIterator<Item = RecordBatch>,
) -> Result<(), duckdb::Error> {
    let mut batches = batches.into_iter().filter(|batch| batch.num_rows() > 0).peekable();
    if batches.peek().is_none() {
        return Ok(());
    }
    let mut appender = connection.appender(table)?;
    for batch in batches {
        appender.append_record_batch(batch)?;
    }
    // An append may be accepted and its row refused at the flush: only the flush's answer counts.
    appender.flush()
}
