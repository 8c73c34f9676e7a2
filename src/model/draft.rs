//! Results as an adapter found them, before flags and CI environment fill the gaps.
//!
//! For: carrying what a file says, and only that; and completing it. Not for: reading files or the environment.
//! Invariant: a fact of the file is never overwritten, except by one that the user gave to override it; a fact that
//! is needed and known from nowhere is a [`MissingFact`] that names the flag, not a guess.

use std::collections::BTreeMap;

use jiff::Timestamp;
use thiserror::Error;

use super::alias::Aliases;
use super::hardware::{Hardware, HardwareDraft, Machine, canonical_kind};
use super::measurement::Measurement;
use super::result::{BenchmarkResult, Configuration, Run, Simulation, Status};

/// What a file says of the run as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunDraft {
    /// The run's name: the tool's or CI's run id.
    pub key: Option<String>,
    /// Attempt, from 1.
    pub attempt: Option<u32>,
    /// The suite that was run.
    pub suite: Option<String>,
    /// Commit.
    pub commit: Option<String>,
    /// Branch.
    pub branch: Option<String>,
    /// When the run was made.
    pub started_at: Option<Timestamp>,
    /// What started it.
    pub trigger: Option<String>,
    /// Changing facts about the machine and tools.
    pub environment: BTreeMap<String, String>,
    /// Whether the format has no place for commit, branch and time (the old system's files): then what it does not say
    /// stays unknown instead of being asked for.
    pub is_without_origin: bool,
}

/// How facts of a run's environment begin that say what went wrong in a part of the run.
pub const ERROR: &str = "error: ";

/// What a file says of one result.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultDraft {
    /// Model name, verbatim.
    pub model: Option<String>,
    /// Hardware.
    pub hardware: HardwareDraft,
    /// Test case.
    pub test_case: Option<String>,
    /// Batch size.
    pub batch_size: Option<u32>,
    /// Precision.
    pub precision: Option<String>,
    /// Other parameters.
    pub parameters: BTreeMap<String, String>,
    /// How it ended.
    pub status: Status,
    /// Real or simulated, as marked.
    pub simulation: Simulation,
    /// When it was measured.
    pub measured_at: Option<Timestamp>,
    /// Measured iterations.
    pub iterations: Option<u64>,
    /// Iterations thrown away before.
    pub warmup_iterations: Option<u64>,
    /// Time of all iterations in seconds.
    pub total_time_seconds: Option<f64>,
    /// Why its values look made up, if they do.
    pub suspicion: Option<String>,
    /// At most one measurement a metric.
    pub measurements: Vec<Measurement>,
}

impl ResultDraft {
    /// A completed, real result about which nothing else is known yet.
    #[must_use]
    pub fn completed(measurements: Vec<Measurement>) -> Self {
        Self {
            model: None,
            hardware: HardwareDraft::default(),
            test_case: None,
            batch_size: None,
            precision: None,
            parameters: BTreeMap::new(),
            status: Status::Completed,
            simulation: Simulation::Real,
            measured_at: None,
            iterations: None,
            warmup_iterations: None,
            total_time_seconds: None,
            suspicion: None,
            measurements,
        }
    }

    /// A failed result with the tool's reason.
    #[must_use]
    pub fn failed(reason: &str) -> Self {
        Self { status: Status::Failed(reason.to_owned()), ..Self::completed(Vec::new()) }
    }
}

/// What flags, the CI environment and this machine's fingerprint say, for facts that the file leaves open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    /// `--model`.
    pub model: Option<String>,
    /// `--hardware`, `--device` and the fingerprint of this machine; used only where the file names no hardware type.
    pub hardware: HardwareDraft,
    /// `--test-case`, `--batch-size`, `--precision`, `--parameter`.
    pub test_case: Option<String>,
    /// Batch size.
    pub batch_size: Option<u32>,
    /// Precision.
    pub precision: Option<String>,
    /// Parameters.
    pub parameters: BTreeMap<String, String>,
    /// The run as flags and CI describe it.
    pub run: RunDraft,
    /// `--time`, for runs that are not those of this CI job.
    pub stated_time: Option<Timestamp>,
    /// Other names of models and hardware.
    pub aliases: Aliases,
}

/// A fact that is needed and known from nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MissingFact {
    /// No model name.
    #[error("the model is named neither by the file nor by `--model`")]
    Model,
    /// No hardware type.
    #[error("the hardware is named neither by the file nor by `--hardware`")]
    Hardware,
    /// No commit.
    #[error("the commit is named neither by the file, nor by `--commit`, nor by the CI environment")]
    Commit,
    /// No branch.
    #[error("the branch is named neither by the file, nor by `--branch`, nor by the CI environment")]
    Branch,
    /// No time.
    #[error("the time of the run is named neither by the file nor by `--time`")]
    Time,
}

impl MissingFact {
    /// The flag that supplies the fact.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Self::Model => "--model",
            Self::Hardware => "--hardware",
            Self::Commit => "--commit",
            Self::Branch => "--branch",
            Self::Time => "--time",
        }
    }
}

impl Context {
    /// Completes a result.
    ///
    /// # Errors
    /// [`MissingFact::Model`] or [`MissingFact::Hardware`].
    pub fn complete_result(&self, draft: ResultDraft) -> Result<BenchmarkResult, MissingFact> {
        let ResultDraft {
            model,
            mut hardware,
            test_case,
            batch_size,
            precision,
            mut parameters,
            status,
            simulation,
            measured_at,
            iterations,
            warmup_iterations,
            total_time_seconds,
            suspicion,
            measurements,
        } = draft;
        let model = stated(model).or_else(|| stated(self.model.clone())).ok_or(MissingFact::Model)?;
        // A file that names its hardware was perhaps measured elsewhere: this machine's facts are not added to it.
        hardware.kind = stated(hardware.kind);
        if hardware.kind.is_none() {
            hardware.fill_from(&self.hardware);
        }
        let kind = canonical_kind(&self.aliases.hardware(&stated(hardware.kind).ok_or(MissingFact::Hardware)?));
        let hardware = Hardware {
            kind,
            device: hardware.device.map(|device| self.aliases.hardware(&device)),
            machine: hardware.machine,
        };
        for (name, value) in &self.parameters {
            parameters.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let configuration = Configuration {
            model,
            hardware,
            test_case: test_case.or_else(|| self.test_case.clone()),
            batch_size: batch_size.or(self.batch_size),
            precision: precision.or_else(|| self.precision.clone()),
            parameters,
            is_simulated: simulation.is_simulated(),
        };
        Ok(BenchmarkResult {
            configuration,
            status,
            simulation,
            measured_at,
            iterations,
            warmup_iterations,
            total_time_seconds,
            suspicion,
            measurements,
        })
    }

    /// Completes a run for storing it. `content` is the source's content hash, the run's name where it has none;
    /// `first_measured` the earliest measuring time among the results, the run's time where it states none.
    ///
    /// # Errors
    /// [`MissingFact::Commit`], [`MissingFact::Branch`] or [`MissingFact::Time`].
    pub fn complete_run(
        &self,
        draft: RunDraft,
        content: &str,
        first_measured: Option<Timestamp>,
    ) -> Result<Run, MissingFact> {
        let RunDraft { key, attempt, suite, commit, branch, started_at, trigger, environment, is_without_origin } =
            draft;
        let commit = stated(commit).or_else(|| stated(self.run.commit.clone()));
        let branch = stated(branch).or_else(|| stated(self.run.branch.clone()));
        if !is_without_origin {
            if commit.is_none() {
                return Err(MissingFact::Commit);
            }
            if branch.is_none() {
                return Err(MissingFact::Branch);
            }
        }
        let started_at = started_at.or(first_measured).or(self.stated_time);
        // When an old file was measured is not when it is imported: it stays unknown.
        let started_at = if is_without_origin { started_at } else { started_at.or(self.run.started_at) };
        if started_at.is_none() && !is_without_origin {
            return Err(MissingFact::Time);
        }
        let mut merged = self.run.environment.clone();
        merged.extend(environment);
        Ok(Run {
            key: stated(key).or_else(|| stated(self.run.key.clone())).unwrap_or_else(|| format!("content:{content}")),
            attempt: attempt.or(self.run.attempt).unwrap_or(1),
            suite: suite.or_else(|| self.run.suite.clone()),
            commit,
            branch,
            started_at,
            trigger: trigger.or_else(|| self.run.trigger.clone()),
            environment: merged,
        })
    }

    /// A hardware type of which nothing else is known.
    #[must_use]
    pub fn hardware_type(&self, spelling: &str) -> Hardware {
        Hardware { kind: canonical_kind(&self.aliases.hardware(spelling)), device: None, machine: Machine::default() }
    }
}

/// A text that says something: unset inputs of a workflow arrive as empty ones.
#[must_use]
pub fn stated(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_wins_over_the_flags_and_missing_facts_name_the_flag() {
        let mut context = Context { model: Some("flag".to_owned()), ..Context::default() };
        let draft = ResultDraft::completed(Vec::new());
        let missing = context.complete_result(draft.clone()).expect_err("no hardware");
        assert_eq!(missing.flag(), "--hardware");
        context.hardware.kind = Some("CPU".to_owned());
        let result = context.complete_result(draft.clone()).expect("complete");
        assert_eq!((result.configuration.model.as_str(), result.configuration.hardware.kind.as_str()), ("flag", "cpu"));
        let named = ResultDraft { model: Some("file".to_owned()), ..draft };
        assert_eq!(context.complete_result(named).expect("complete").configuration.model, "file");
    }

    #[test]
    fn this_machines_facts_are_not_added_to_hardware_that_a_file_names() {
        let mut context = Context { model: Some("m".to_owned()), ..Context::default() };
        context.hardware.kind = Some("cpu".to_owned());
        context.hardware.machine.cpu_cores = Some(64);
        let mut draft = ResultDraft::completed(Vec::new());
        draft.hardware.kind = Some("cuda:0".to_owned());
        let hardware = context.complete_result(draft).expect("complete").configuration.hardware;
        assert_eq!((hardware.kind.as_str(), hardware.machine.cpu_cores), ("cuda", None));
    }

    #[test]
    fn an_empty_fact_is_no_fact() {
        let context = Context { model: Some(String::new()), ..Context::default() };
        let draft = ResultDraft { model: Some(" ".to_owned()), ..ResultDraft::completed(Vec::new()) };
        assert_eq!(context.complete_result(draft), Err(MissingFact::Model));
        let run = RunDraft { commit: Some(String::new()), ..RunDraft::default() };
        assert_eq!(context.complete_run(run, "hash", None), Err(MissingFact::Commit));
    }

    #[test]
    fn a_machine_that_the_file_describes_is_not_mixed_with_this_one() {
        let mut context = Context { model: Some("m".to_owned()), ..Context::default() };
        context.hardware.kind = Some("cpu".to_owned());
        context.hardware.machine.memory_gb = Some(64);
        let mut draft = ResultDraft::completed(Vec::new());
        draft.hardware.machine.cpu_cores = Some(4);
        let machine = context.complete_result(draft).expect("complete").configuration.hardware.machine;
        assert_eq!((machine.cpu_cores, machine.memory_gb), (Some(4), None));
    }

    #[test]
    fn a_run_needs_commit_branch_and_time_unless_the_format_has_none() {
        let context = Context::default();
        let missing = |draft| context.complete_run(draft, "hash", None).expect_err("incomplete").flag();
        assert_eq!(missing(RunDraft::default()), "--commit");
        assert_eq!(missing(RunDraft { commit: Some("c".to_owned()), ..RunDraft::default() }), "--branch");
        let legacy = RunDraft { is_without_origin: true, ..RunDraft::default() };
        let run = context.complete_run(legacy.clone(), "hash", Some(Timestamp::UNIX_EPOCH)).expect("complete");
        assert_eq!((run.key.as_str(), run.commit), ("content:hash", None));
        assert_eq!(run.started_at, Some(Timestamp::UNIX_EPOCH));
        let now = Context { run: RunDraft { started_at: Some(Timestamp::MAX), ..RunDraft::default() }, ..context };
        let run = now.complete_run(legacy.clone(), "hash", None).expect("complete");
        assert_eq!(run.started_at, None, "when it is imported is not when it was measured");
        let stated = Context { stated_time: Some(Timestamp::UNIX_EPOCH), ..now };
        let run = stated.complete_run(legacy, "hash", None).expect("complete");
        assert_eq!(run.started_at, Some(Timestamp::UNIX_EPOCH));
    }
}
