//! `benchgate collect`: results to a bundle, in a job that need not be trusted.
//!
//! For: the half of the gate that runs beside the code under review: no token, no history, no verdict. Not for:
//! sending the bundle anywhere.
//! Invariant: also a job whose benchmarks failed leaves a bundle, without results and with the reason, so that the
//! judging job knows that the leg failed.

use std::path::Path;

use super::bundle::{self, BundleRun};
use super::error::CliError;
use super::exit::Exit;
use super::gate_args::{CollectArgs, Save};
use super::inputs;
use super::leg::{self, BundleName, Remark};
use super::outputs::Outputs;
use super::read_results::read_all;
use super::surroundings::{Console, Surroundings};
use super::{context, folder, policy};
use crate::formats::native::{Header, RunEntry, Schema, write_run};
use crate::model::Context;
use crate::text::{escape, plural};

/// The environment's entry for the leg that made a run.
pub(super) const LEG: &str = "leg";

/// The environment's entry for the bundle that a run came from.
pub(super) const BUNDLE: &str = "benchgate_bundle";

/// The environment's entry for why a leg has no results.
pub(super) const FAILURE: &str = "failure";

/// Runs the command.
///
/// # Errors
/// See [`CliError`]; the bundle is written nevertheless, and says why it is empty.
pub fn run(arguments: &CollectArgs, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let config = policy::load(arguments.config.as_deref())?;
    let leg = leg::of_job(arguments.leg.leg.as_deref(), arguments.leg.matrix.as_deref(), surroundings);
    let mut context = context::resolve(&arguments.facts, config.aliases().clone(), surroundings)?;
    context.run.environment.insert(LEG.to_owned(), leg.clone());
    let runs = assemble(arguments, &context, console).and_then(|runs| {
        let results: usize = runs.iter().map(|run| run.results.len()).sum();
        if results == 0 {
            return Err(no_results(&arguments.results));
        }
        match arguments.job_status.as_deref() {
            None | Some("" | "success") => Ok((runs, results)),
            Some(status) => Err(incomplete(&arguments.results, status)),
        }
    });
    let name = BundleName {
        gate: leg::name(&arguments.leg.name),
        leg,
        attempt: context.run.attempt.unwrap_or(1),
        tag: leg::tag(surroundings),
        remark: match (&runs, arguments.save) {
            (Err(_), _) => Some(Remark::Failed),
            (Ok(_), Save::Never) => Some(Remark::Unsaved),
            (Ok(_), Save::Auto | Save::Later) => None,
        },
    };
    let outputs = Outputs::of(surroundings);
    outputs.set(&[("bundle-path", arguments.output.display().to_string()), ("bundle-name", name.artifact())])?;
    match runs {
        Ok((runs, results)) => {
            bundle::write(&arguments.output, &runs)?;
            let path = arguments.output.display().to_string();
            writeln!(console.err, "{} in {}", plural(results, "result", "results"), escape::terminal(&path))?;
            Ok(Exit::Success)
        }
        Err(error) => {
            write_failure(&arguments.output, &context, &error.to_string())?;
            Err(error)
        }
    }
}

fn assemble(arguments: &CollectArgs, context: &Context, console: &mut Console<'_>) -> Result<Vec<BundleRun>, CliError> {
    let inputs = inputs::find(&arguments.results)?;
    let reading = policy::reading(&arguments.facts, arguments.config.as_deref())?;
    let files = read_all(inputs, &reading, context, console)?;
    bundle::assemble(files, context, |_| ())
}

/// The error of a job whose files hold no results at all.
pub(super) fn no_results(results: &[std::path::PathBuf]) -> CliError {
    let named: Vec<String> = results.iter().map(|path| path.display().to_string()).collect();
    CliError::Results {
        file: named.join(", "),
        reason: "there are no results".to_owned(),
        hint: "check that the benchmark ran and wrote its results there".to_owned(),
    }
}

/// The error of a job that failed before its results were collected: a benchmark that ended badly wrote some of them.
fn incomplete(results: &[std::path::PathBuf], status: &str) -> CliError {
    let named: Vec<String> = results.iter().map(|path| path.display().to_string()).collect();
    CliError::Results {
        file: named.join(", "),
        reason: format!("an earlier step of this job ended with `{status}`, so its results may be a part"),
        hint: "mend that step; what it wrote is not taken".to_owned(),
    }
}

/// A bundle without results that says why.
fn write_failure(path: &Path, context: &Context, reason: &str) -> Result<(), CliError> {
    let refused = |source| CliError::File { action: "write", path: path.to_owned(), source };
    let mut run = context.run.clone();
    run.environment.insert(FAILURE.to_owned(), reason.to_owned());
    let header = Header { schema: Schema::V1, run: Some(RunEntry::from(run)), hardware: None, simulated: None };
    folder::make_for(path).map_err(refused)?;
    let file = std::fs::File::create(path).map_err(refused)?;
    write_run(file, &header, []).map_err(refused)
}
