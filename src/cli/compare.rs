//! `benchgate compare`: results against the history; the exit code is the verdict.
//!
//! For: judging a candidate locally or in CI. Not for: writing; the history is opened for reading unless `--record`
//! asks to import the candidate after it was judged and reported.
//! Invariant: a results file that cannot be read ends the command without a verdict; the exit code follows from the
//! judgement alone.

use std::collections::HashSet;
use std::path::Path;

use jiff::Timestamp;

use super::args::{CompareArgs, ReportFormat};
use super::candidate::{self, Candidate, Request, Sourced};
use super::error::CliError;
use super::exit::Exit;
use super::ingest::import::{Job, import_all};
use super::ingest::report::IngestReport;
use super::inputs::Input;
use super::read_ahead::Ahead;
use super::surroundings::{Console, Surroundings};
use super::{context, policy, which_runs};
use crate::assemble::baseline;
use crate::formats::ReadOptions;
use crate::gate::{self, Action, Judgement, Outcome};
use crate::model::Context;
use crate::report::{self, Provenance, TerminalOptions, View};
use crate::store::{BaselineFilter, Mode, Store};

/// Runs the command.
///
/// # Errors
/// See [`CliError`]; a regression is not an error.
pub fn run(arguments: &CompareArgs, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let config = policy::load(arguments.policy.config.as_deref())?;
    let policy = config.policy(&policy::overrides(&arguments.policy, surroundings.now));
    let context = context::resolve(&arguments.facts, config.aliases().clone(), surroundings)?;
    let reading = policy::reading(&arguments.facts, arguments.policy.config.as_deref())?;
    let request = Request {
        results: &arguments.results,
        confirm: &arguments.confirm,
        reading: &reading,
        base: &arguments.base,
        is_partial: arguments.partial,
    };
    let candidate = candidate::read(&request, &context, console)?;

    let filter = which_runs::of_candidate(&arguments.policy, &config, &candidate, &context, &policy);
    let history = which_runs::read(&arguments.store.db, &candidate.series, &filter, surroundings.now)?;
    let judgement = gate::judge(&candidate.run, &history, &policy);
    let view = View::new(&judgement, &provenance(arguments, &candidate, &filter));
    write_report(arguments, &view, surroundings, console)?;
    if let Some(path) = &arguments.suspects_out {
        write_file(path, report::suspects(&view))?;
    }
    if let Some(path) = &arguments.badge {
        write_file(path, report::judgement_badge(&view).draw().file())?;
    }
    for origin in config.unmatched(&candidate.series) {
        writeln!(console.err, "notice: {origin} speaks of no series of these results")?;
    }
    let verdict = exit(&judgement);
    if arguments.record {
        let report = record(arguments, &candidate, &context, &reading, surroundings.now, console)?;
        // A verdict that fails outranks a history that could not be written; a pass does not hide it.
        if verdict == Exit::Success {
            return Ok(report.exit());
        }
    }
    Ok(verdict)
}

/// Imports the candidate and its re-runs.
fn record(
    arguments: &CompareArgs,
    candidate: &Candidate,
    context: &Context,
    reading: &ReadOptions,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<IngestReport, CliError> {
    let open = |_: &mut Console<'_>| Ok(Store::open(&arguments.store.db, Mode::Write, now)?);
    let mut report = IngestReport::default();
    let is_alike = |one: &Sourced, next: &Sourced| (&one.key, one.attempt) == (&next.key, next.attempt);
    for alike in candidate.sources.chunk_by(is_alike) {
        let mut context = context.clone();
        context.run.key = alike[0].key.clone().or(context.run.key);
        context.run.attempt = alike[0].attempt.or(context.run.attempt);
        let inputs: Vec<Input> = alike.iter().map(|sourced| sourced.input.clone()).collect();
        let ahead = Ahead { options: reading, context: &context, seen: &HashSet::new() };
        import_all(open, &inputs, &Job { ahead, is_deduplicated: false, now }, console, |console, _, file| {
            writeln!(console.err, "{file}")?;
            report.add(&file);
            Ok(())
        })?;
    }
    Ok(report)
}

/// The exit code of a judgement.
#[must_use]
pub fn exit(judgement: &Judgement) -> Exit {
    match judgement.outcome {
        Outcome::Passed => Exit::Success,
        Outcome::Failed if judgement.failed_by_missing_only => Exit::Missing,
        Outcome::Failed => Exit::Regression,
        Outcome::Inconclusive => Exit::Inconclusive,
        Outcome::NothingToJudge if judgement.limits.nothing_to_judge.value == Action::Fail => Exit::NothingToJudge,
        Outcome::NothingToJudge => Exit::Success,
    }
}

fn provenance(arguments: &CompareArgs, candidate: &Candidate, filter: &BaselineFilter) -> Provenance {
    Provenance {
        files: candidate.files(),
        commit: candidate.commit.clone(),
        run: candidate.key.clone(),
        reruns: candidate.run.reruns.len(),
        database: arguments.store.db.display().to_string(),
        rule: baseline::rule(filter),
        history: None,
        notices: Vec::new(),
        url: None,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn write_report(
    arguments: &CompareArgs,
    view: &View,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let is_to_terminal = arguments.output.is_none();
    let options = TerminalOptions {
        width: surroundings.width.filter(|_| is_to_terminal),
        is_coloured: surroundings.has_colour && is_to_terminal,
        is_verbose: arguments.verbose,
    };
    let report = match arguments.format {
        ReportFormat::Table => report::terminal(view, &options),
        ReportFormat::Markdown => report::markdown(view, report::DEFAULT_BUDGET),
        ReportFormat::Json => report::json(view),
    };
    match &arguments.output {
        Some(path) => write_file(path, report),
        None => Ok(console.out.write_all(report.as_bytes())?),
    }
}

fn write_file(path: &Path, text: String) -> Result<(), CliError> {
    std::fs::write(path, text).map_err(|source| CliError::File { action: "write", path: path.to_owned(), source })
}
