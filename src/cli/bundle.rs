//! Results as a bundle: one file of data that any job can read and none must trust.
//!
//! For: writing what a job measured in benchgate's own format, complete with run and hardware. Not for: sending it
//! anywhere (the action uploads it), nor for judging.
//! Invariant: a bundle holds every result that was given, each under exactly one run; what two files say of the same
//! measurement differently is an error.

use std::collections::HashSet;
use std::io::BufWriter;
use std::path::Path;

use super::error::CliError;
use super::folder;
use super::inputs::Input;
use super::read_results::content_hash;
use crate::assemble::Found;
use crate::formats::native::{Header, write_run};
use crate::model::{BenchmarkResult, ConfigurationId, Context, Run, RunDraft};
use crate::store::StoreError;

/// One run of a bundle.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BundleRun {
    /// The run.
    pub(super) run: Run,
    /// What it measured.
    pub(super) results: Vec<BenchmarkResult>,
}

/// The runs of some files, each complete; files of one run become one. `rewrite` may replace what the files say of it.
///
/// # Errors
/// [`CliError::Missing`] where a fact is known from nowhere, [`StoreError::Repeated`] where two files measured the same
/// configuration in one run.
pub(super) fn assemble(
    files: Vec<(Input, Vec<Found>)>,
    context: &Context,
    mut rewrite: impl FnMut(&mut Run),
) -> Result<Vec<BundleRun>, CliError> {
    let mut runs: Vec<BundleRun> = Vec::new();
    for (input, found) in files {
        let hash = content_hash(&input)?;
        for one in found {
            let first = one.part.results.iter().filter_map(|result| result.measured_at).min();
            let mut run = context
                .complete_run(of_this_job(one.draft, context), &hash, first)
                .map_err(|fact| CliError::Missing { file: input.name.clone(), fact })?;
            rewrite(&mut run);
            add(&mut runs, BundleRun { run, results: one.part.results }, &input.name)?;
        }
    }
    Ok(runs)
}

/// A bundle holds what a job measured: files that cannot tell (the old system's) belong to that job's run.
fn of_this_job(draft: RunDraft, context: &Context) -> RunDraft {
    if !draft.is_without_origin {
        return draft;
    }
    let key = context.run.key.clone().or(draft.key);
    RunDraft { key, started_at: draft.started_at.or(context.run.started_at), ..draft }
}

/// Adds a run: to one of the same name and attempt; as a re-run where it has a time of its own; else as itself.
fn add(runs: &mut Vec<BundleRun>, mut new: BundleRun, file: &str) -> Result<(), CliError> {
    let attempt = new.run.attempt;
    for number in 1.. {
        let Some(known) = runs.iter_mut().find(|known| known.run.id() == new.run.id()) else {
            runs.push(new);
            return Ok(());
        };
        let measured: HashSet<ConfigurationId> = known.results.iter().map(|one| one.configuration.id()).collect();
        let Some(repeated) = new.results.iter().find(|one| measured.contains(&one.configuration.id())) else {
            known.run.started_at = [known.run.started_at, new.run.started_at].into_iter().flatten().min();
            known.run.environment.append(&mut new.run.environment);
            known.results.append(&mut new.results);
            return Ok(());
        };
        if known.run.started_at == new.run.started_at {
            let configuration = format!("{} (again in {file})", repeated.configuration);
            return Err(StoreError::Repeated { configuration }.into());
        }
        new.run.attempt = super::candidate::rerun_attempt(attempt, number);
    }
    Ok(())
}

/// Writes runs as JSON Lines, schema `benchgate/results/v1`.
///
/// # Errors
/// [`CliError::File`].
pub(super) fn write(path: &Path, runs: &[BundleRun]) -> Result<(), CliError> {
    let refused = |source| CliError::File { action: "write", path: path.to_owned(), source };
    folder::make_for(path).map_err(refused)?;
    let file = std::fs::File::create(path).map_err(refused)?;
    let mut output = BufWriter::new(file);
    for BundleRun { run, results } in runs {
        write_run(&mut output, &Header::from(run), results).map_err(refused)?;
    }
    std::io::Write::flush(&mut output).map_err(refused)
}
