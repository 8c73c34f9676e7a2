//! Configurations, results and runs, complete.
//!
//! For: what the store keeps and the gate compares. Not for: partial facts (see [`super::draft`]).
//! Invariant: a [`BenchmarkResult`] names its model and hardware; equal configurations have equal ids.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use super::hardware::Hardware;
use super::id::{ConfigurationId, Digest, ModelId, RunId, SeriesId};
use super::measurement::Measurement;

/// Whether a result was measured or made up by a simulator or mock, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Simulation {
    /// Measured.
    Real,
    /// Simulated or mocked; the reason is the mark that said so.
    Simulated(String),
}

impl Simulation {
    /// Whether the result is simulated.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        matches!(self, Self::Simulated(_))
    }
}

/// What was run: model x hardware x test case x batch size x precision x other parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Configuration {
    /// Model name, verbatim.
    pub model: String,
    /// Hardware.
    pub hardware: Hardware,
    /// Test case: the benchmark's name within the model.
    pub test_case: Option<String>,
    /// Batch size.
    pub batch_size: Option<u32>,
    /// Precision, such as `fp16`.
    pub precision: Option<String>,
    /// Other parameters by name, such as `sequence_length`.
    pub parameters: BTreeMap<String, String>,
    /// Whether it was simulated: part of the identity, since simulated and real results are never compared.
    pub is_simulated: bool,
}

impl Configuration {
    /// The id of the model.
    #[must_use]
    pub fn model_id(&self) -> ModelId {
        ModelId::of(&self.model)
    }

    /// The id of this configuration.
    #[must_use]
    pub fn id(&self) -> ConfigurationId {
        let Self { model, hardware, test_case, batch_size, precision, parameters, is_simulated } = self;
        let mut digest = Digest::new("configuration")
            .text(model)
            .number(hardware.id().0)
            .optional(test_case.as_deref())
            .optional(batch_size.map(|size| size.to_string()).as_deref())
            .optional(precision.as_deref())
            .number(u64::from(*is_simulated));
        for (name, value) in parameters {
            digest = digest.text(name).text(value);
        }
        ConfigurationId(digest.finish())
    }
}

/// How a result ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It was measured.
    Completed,
    /// It failed to run; the text is the tool's reason. A failed result has no measurements: it is missing, never slow.
    Failed(String),
}

/// One measured configuration in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchmarkResult {
    /// What was run.
    pub configuration: Configuration,
    /// How it ended.
    pub status: Status,
    /// Real or simulated.
    pub simulation: Simulation,
    /// When it was measured, where the source says.
    pub measured_at: Option<Timestamp>,
    /// The number of measured iterations.
    pub iterations: Option<u64>,
    /// The number of iterations thrown away before.
    pub warmup_iterations: Option<u64>,
    /// The time that all iterations took together, in seconds.
    pub total_time_seconds: Option<f64>,
    /// Why its values look made up, if they do.
    pub suspicion: Option<String>,
    /// At most one measurement a metric.
    pub measurements: Vec<Measurement>,
}

/// One execution of a benchmark suite on one machine at one commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The run's name: the tool's or CI's run id, or `content:<hash>` where there is none.
    pub key: String,
    /// Re-runs of a CI job are new attempts of a run; the first is 1.
    pub attempt: u32,
    /// The suite that was run.
    pub suite: Option<String>,
    /// Commit that was measured.
    pub commit: Option<String>,
    /// Branch that the commit was on.
    pub branch: Option<String>,
    /// When the run was made: the order of a history. A run of an unknown time is never a baseline.
    pub started_at: Option<Timestamp>,
    /// What started it: `push`, `pull_request`, `merge_group`, `schedule`, ...; absent outside CI.
    pub trigger: Option<String>,
    /// Facts about the machine that may change from run to run: `os`, `gpu_driver`, `runner_image`, tool versions.
    pub environment: BTreeMap<String, String>,
}

/// The fact of a run's environment that only a snapshot tells of it: where it was measured is known too, that counts.
pub const SNAPSHOT: &str = "benchgate_snapshot";

/// A re-run that shares its run's name and states no attempt is recorded as this times the attempt plus its number:
/// attempts 1001, 1002 of attempt 1. CI itself may repeat the job as attempt 2.
pub const RERUNS_OF_ATTEMPT: u32 = 1000;

/// The entry of a run's environment that says what an attempt does with the earlier ones: [`REPLACE`], or nothing.
pub const ATTEMPTS: &str = "attempts";

/// The value of [`ATTEMPTS`] of a run that takes the place of its earlier attempts.
pub const REPLACE: &str = "replace";

impl Run {
    /// The id of this run.
    #[must_use]
    pub fn id(&self) -> RunId {
        RunId(
            Digest::new("run")
                .text(&self.key)
                .number(u64::from(self.attempt))
                .optional(self.suite.as_deref())
                .optional(self.commit.as_deref())
                .finish(),
        )
    }
}

/// What identifies a series: a configuration and a metric.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SeriesKey {
    /// The configuration.
    pub configuration: Configuration,
    /// The metric's name.
    pub metric: String,
}

impl SeriesKey {
    /// The id of this series.
    #[must_use]
    pub fn id(&self) -> SeriesId {
        series_id(self.configuration.id(), &self.metric)
    }
}

/// The id of the series of a metric of a configuration.
#[must_use]
pub fn series_id(configuration: ConfigurationId, metric: &str) -> SeriesId {
    SeriesId(Digest::new("series").number(configuration.0).text(metric).finish())
}

impl fmt::Display for Configuration {
    /// `bert-base-uncased cuda embedding batch=8 fp16 sequence_length=128`: what is known, in a fixed order.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.model, self.hardware.kind)?;
        if let Some(case) = &self.test_case {
            write!(formatter, " {case}")?;
        }
        if let Some(size) = self.batch_size {
            write!(formatter, " batch={size}")?;
        }
        if let Some(precision) = &self.precision {
            write!(formatter, " {precision}")?;
        }
        for (name, value) in &self.parameters {
            write!(formatter, " {name}={value}")?;
        }
        Ok(())
    }
}

impl fmt::Display for SeriesKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.configuration, self.metric)
    }
}
