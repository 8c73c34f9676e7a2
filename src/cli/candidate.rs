//! The candidate: the run being judged, from its results files.
//!
//! For: reading all files of one run into memory, complete. Not for: judging it.
//! Invariant: no file is left out silently: one that is defective is an error, one without results is named.

use std::collections::HashMap;
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::args::CompareArgs;
use super::error::CliError;
use super::inputs::Input;
use super::surroundings::Console;
use crate::formats::{Limits, ReadError, Sink};
use crate::model::draft::stated;
use crate::model::{BenchmarkResult, CandidateRun, Context, MissingFact, ResultDraft, RunDraft, SeriesKey, SeriesMeta};
use crate::store::StoreError;
use crate::text::escape;

/// The run being judged.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidate {
    /// Its results.
    pub(super) run: CandidateRun,
    /// The series that they measured.
    pub(super) series: Vec<SeriesMeta>,
    /// Where they come from.
    pub(super) files: Vec<String>,
    /// Its commit, where known.
    pub(super) commit: Option<String>,
    /// Its name, where known.
    pub(super) key: Option<String>,
    /// The names and commits under which the history may hold it, or another attempt of it, already.
    pub(super) own_runs: Vec<(String, Option<String>)>,
    /// What the files say of the time: the earliest start of a run or measurement.
    stated: Option<Timestamp>,
}

/// Reads the candidate.
///
/// # Errors
/// [`CliError::Results`] where a file is defective, [`CliError::Missing`] where a fact is known from nowhere, and
/// [`StoreError::Repeated`] where two files measured the same configuration.
pub(super) fn read(
    inputs: &[Input],
    arguments: &CompareArgs,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Candidate, CliError> {
    let mut candidate = Candidate::default();
    candidate.run.is_partial = arguments.partial;
    candidate.commit.clone_from(&context.run.commit);
    candidate.key.clone_from(&context.run.key);
    let mut owners = HashMap::new();
    for input in inputs {
        let mut sink = CandidateSink { context, results: Vec::new(), runs: Vec::new(), error: None };
        let read = input.read(arguments.facts.input_format, &Limits::default(), &mut sink);
        let CandidateSink { results, runs, error, .. } = sink;
        if let Some(error) = error {
            return Err(CliError::Missing { file: input.name.clone(), fact: error });
        }
        match read {
            Ok(_) => {}
            Err(ReadError::Skipped(reason)) if !input.is_named => {
                let name = escape::terminal(&input.name);
                writeln!(console.err, "skipped ({}) {name}", escape::terminal(&reason))?;
                continue;
            }
            Err(ReadError::Io(source)) => return Err(file_error(input, source)),
            Err(error) => return Err(unusable(&error, input)),
        }
        for result in &results {
            if let Some(other) = owners.insert(result.configuration.id(), &input.name) {
                let configuration = format!("{} in {other} and {}", result.configuration, input.name);
                return Err(StoreError::Repeated { configuration }.into());
            }
        }
        let measured = results.iter().filter_map(|result| result.measured_at).min();
        if runs.len() > 1 {
            return Err(CliError::Results {
                file: input.name.clone(),
                reason: format!("it holds {} runs, and a comparison judges one", runs.len()),
                hint: "give a file for each run; `benchgate ingest` takes all of them at once".to_owned(),
            });
        }
        for run in runs {
            candidate.add_run(run, measured, input, context)?;
        }
        candidate.files.push(input.name.clone());
        candidate.series.extend(results.iter().flat_map(series));
        candidate.run.results.extend(results);
    }
    Ok(candidate)
}

impl Candidate {
    /// When it was made, where the files or `--time` say; only runs before that are its baseline.
    pub(super) fn started_at(&self, context: &Context) -> Option<Timestamp> {
        self.stated.or(context.run.started_at)
    }

    fn add_run(
        &mut self,
        run: RunDraft,
        measured: Option<Timestamp>,
        input: &Input,
        context: &Context,
    ) -> Result<(), CliError> {
        self.stated = [self.stated, run.started_at.or(measured)].into_iter().flatten().min();
        self.commit = run.commit.clone().or_else(|| self.commit.take());
        self.key = run.key.clone().or_else(|| self.key.take());
        // Only a run without a name is named by its content, which takes reading the file once more.
        let hash = match stated(run.key.clone()).or_else(|| stated(context.run.key.clone())) {
            Some(_) => String::new(),
            None => input.content().map_err(|source| file_error(input, source))?.hash,
        };
        // Commit and branch decide nothing here: without them the history cannot hold the run.
        let draft = RunDraft { is_without_commit: true, ..run };
        if let Ok(run) = context.complete_run(draft, &hash, Some(Timestamp::UNIX_EPOCH)) {
            self.own_runs.push((run.key, run.commit));
        }
        Ok(())
    }
}

/// The series that a result measured.
fn series(result: &BenchmarkResult) -> impl Iterator<Item = SeriesMeta> {
    result.measurements.iter().map(|measurement| SeriesMeta {
        key: SeriesKey { configuration: result.configuration.clone(), metric: measurement.metric().to_owned() },
        unit: measurement.unit().clone(),
        better: measurement.better(),
    })
}

/// Gathers what a file holds, complete.
struct CandidateSink<'a> {
    context: &'a Context,
    results: Vec<BenchmarkResult>,
    runs: Vec<RunDraft>,
    error: Option<MissingFact>,
}

impl Sink for CandidateSink<'_> {
    fn run(&mut self, run: RunDraft) -> ControlFlow<()> {
        self.runs.push(run);
        ControlFlow::Continue(())
    }

    fn result(&mut self, result: ResultDraft) -> ControlFlow<()> {
        match self.context.complete_result(result) {
            Ok(result) => self.results.push(result),
            Err(error) => {
                self.error = Some(error);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }
}

fn unusable(error: &ReadError, input: &Input) -> CliError {
    let hint = match error {
        ReadError::Malformed(malformed) => malformed.hint.clone(),
        ReadError::Skipped(_) => Some("name results files, or the folder that holds them".to_owned()),
        ReadError::Io(_) | ReadError::Stopped => None,
    };
    let default = "mend the file or run the benchmark again; no verdict is given without it";
    CliError::Results {
        file: input.name.clone(),
        reason: error.to_string(),
        hint: hint.unwrap_or_else(|| default.to_owned()),
    }
}

fn file_error(input: &Input, source: std::io::Error) -> CliError {
    CliError::File { action: "read", path: input.name.clone().into(), source }
}
