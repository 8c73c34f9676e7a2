//! Results files read whole into memory, complete.
//!
//! For: the runs that each input of a candidate holds. Not for: what they are to each other (see `candidate` and
//! `assemble`).
//! Invariant: a file that is defective or lacks a fact is an error; one of a folder that holds no results is named.

use std::ops::ControlFlow;

use super::error::CliError;
use super::inputs::Input;
use super::surroundings::Console;
use crate::assemble::found::{Found, complete};
use crate::formats::{ReadError, ReadOptions, Sink};
use crate::model::{BenchmarkResult, Context, MissingFact, ResultDraft, RunDraft};
use crate::text::escape;

/// Reads every input: the runs that each holds, complete.
///
/// # Errors
/// [`CliError::Results`], [`CliError::Missing`] and [`CliError::File`].
pub(super) fn read_all(
    inputs: Vec<Input>,
    reading: &ReadOptions,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Vec<(Input, Vec<Found>)>, CliError> {
    let mut files = Vec::new();
    for input in inputs {
        let mut sink = CandidateSink { context, runs: Vec::new(), error: None };
        let read = input.read(reading, &mut sink);
        let CandidateSink { runs, error, .. } = sink;
        if let Some(fact) = error {
            return Err(CliError::Missing { file: input.name, fact });
        }
        match read {
            Ok(_) => {}
            Err(ReadError::Skipped(reason)) if !input.is_named => {
                let name = escape::terminal(&input.name);
                writeln!(console.err, "skipped ({}) {name}", escape::terminal(&reason))?;
                continue;
            }
            Err(ReadError::Io(source)) => return Err(file_error(&input, source)),
            Err(error) => return Err(unusable(&error, &input)),
        }
        let found = runs
            .into_iter()
            // Only a run without a name is named by its content, which takes reading the file once more.
            .map(|(run, results)| complete(run, results, &input.name, context, || content_hash(&input)))
            .collect::<Result<_, _>>()?;
        files.push((input, found));
    }
    Ok(files)
}

/// The hash of an input's content.
pub(super) fn content_hash(input: &Input) -> Result<String, CliError> {
    Ok(input.content().map_err(|source| file_error(input, source))?.hash)
}

/// Gathers what a file holds, complete.
struct CandidateSink<'a> {
    context: &'a Context,
    runs: Vec<(RunDraft, Vec<BenchmarkResult>)>,
    error: Option<MissingFact>,
}

impl Sink for CandidateSink<'_> {
    fn run(&mut self, run: RunDraft) -> ControlFlow<()> {
        self.runs.push((run, Vec::new()));
        ControlFlow::Continue(())
    }

    fn result(&mut self, result: ResultDraft) -> ControlFlow<()> {
        let (_, results) = self.runs.last_mut().expect("internal error: a result comes after its run");
        match self.context.complete_result(result) {
            Ok(result) => results.push(result),
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
