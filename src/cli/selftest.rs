//! `benchgate selftest`: proof that this configuration, this history and this policy can fail.
//!
//! For: a step in CI that goes red when the gate has become a decoration. Not for: judging the results; what they measured
//! is only the starting point.
//! Invariant: nothing is written; success means that every judged series that could be compared goes red.

use super::args::{DocumentFormat, SelftestArgs};
use super::candidate::{self, Request};
use super::error::CliError;
use super::exit::Exit;
use super::surroundings::{Console, Surroundings};
use super::{context, policy, which_runs};
use crate::gate::selftest::selftest;
use crate::report;

/// Runs the command.
///
/// # Errors
/// See [`CliError`]; a gate that stays green is not an error but exit code 11, and nothing compared exit code 3.
pub(super) fn run(
    arguments: &SelftestArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let config = policy::load(arguments.policy.config.as_deref())?;
    let policy = config.policy(&policy::overrides(&arguments.policy, surroundings.now));
    let context = context::resolve(&arguments.facts, config.aliases().clone(), surroundings)?;
    let reading = policy::reading(&arguments.facts, arguments.policy.config.as_deref())?;
    let request = Request {
        results: &arguments.results,
        confirm: &[],
        base: &[],
        reading: &reading,
        // What these results lack does not matter here.
        is_partial: true,
    };
    let candidate = candidate::read(&request, &context, console)?;
    let filter = which_runs::of_candidate(&arguments.policy, &config, &candidate, &context, &policy);
    let history = which_runs::read(&arguments.store.db, &candidate.series, &filter, surroundings.now)?;
    let found = selftest(&candidate.run, &history, &policy, arguments.effect.fraction());
    let document = match arguments.format {
        DocumentFormat::Text => report::selftest(&found, surroundings.width),
        DocumentFormat::Json => report::selftest_json(&found),
    };
    console.out.write_all(document.as_bytes())?;
    Ok(if found.series.is_empty() {
        Exit::NothingToJudge
    } else if found.is_red() && found.blind().next().is_none() {
        Exit::Success
    } else {
        Exit::Inconclusive
    })
}
