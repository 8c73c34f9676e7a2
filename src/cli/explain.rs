//! `benchgate explain`: why one series gets its verdict.
//!
//! For: finding the series that was meant, and handing its judgement over number by number. Not for: judging a run; the
//! exit code says whether there was something to explain, not what it is.
//! Invariant: the verdict is that of `compare` with the same results, history and policy.

use std::collections::HashSet;

use super::args::{ExplainArgs, ExplainFormat};
use super::candidate::{self, Request};
use super::error::CliError;
use super::exit::Exit;
use super::surroundings::{Console, Surroundings};
use super::{context, meant, policy, which_runs};
use crate::assemble::baseline;
use crate::config::{Config, ConfiguredPolicy};
use crate::gate::explain::{Explanation, explain, explain_newest};
use crate::model::{SeriesId, SeriesMeta};
use crate::report::{self, Provenance};
use crate::store::{BaselineFilter, Mode, Store};

/// Runs the command.
///
/// # Errors
/// See [`CliError`]; [`CliError::Usage`] where not exactly one series is meant.
pub(super) fn run(
    arguments: &ExplainArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let config = policy::load(arguments.policy.config.as_deref())?;
    let policy = config.policy(&policy::overrides(&arguments.policy, surroundings.now));
    let (found, provenance) = if arguments.results.is_empty() {
        newest(arguments, &config, &policy, surroundings, console)?
    } else {
        of_results(arguments, &config, &policy, surroundings, console)?
    };
    let document = match arguments.format {
        ExplainFormat::Text => report::explanation(&found, &provenance, surroundings.width),
        ExplainFormat::Svg => report::explanation_svg(&found),
        ExplainFormat::Html => report::explanation_html(&found, &provenance),
        ExplainFormat::Json => report::explanation_json(&found, &provenance),
    };
    console.out.write_all(document.as_bytes())?;
    Ok(Exit::Success)
}

/// The newest run of the history that measured the series, judged from the runs before it.
fn newest(
    arguments: &ExplainArgs,
    config: &Config,
    policy: &ConfiguredPolicy,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<(Explanation, Provenance), CliError> {
    let store = Store::open(&arguments.store.db, Mode::Read, surroundings.now)?;
    let all = store.all_series()?;
    let meant = meant::series(&arguments.series, &all, console)?;
    let is_simulated = meant.key.configuration.is_simulated;
    let together: Vec<SeriesMeta> =
        all.iter().filter(|series| series.key.configuration.is_simulated == is_simulated).cloned().collect();
    // One more than the window: the run that is judged.
    let window = baseline::window(&together, policy) + 1;
    let mut filter =
        BaselineFilter { branch: which_runs::branch(&arguments.policy, config), window, ..BaselineFilter::default() };
    let history = store.history(&together, &filter)?;
    store.close()?;
    let found = explain_newest(&history, policy, meant.key.id()).ok_or_else(|| CliError::Usage {
        message: format!("no baseline run measured `{}`", meant.key),
        hint: "runs of pull requests are no baseline; check --baseline-branch, or give results".to_owned(),
    })?;
    filter.before = found.run.as_ref().map(|run| run.started_at);
    filter.window = window - 1;
    Ok((found, provenance(arguments, Vec::new(), None, &filter)))
}

/// Given results, judged as `compare` does.
fn of_results(
    arguments: &ExplainArgs,
    config: &Config,
    policy: &ConfiguredPolicy,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<(Explanation, Provenance), CliError> {
    let context = context::resolve(&arguments.facts, config.aliases().clone(), surroundings)?;
    let reading = policy::reading(&arguments.facts, arguments.policy.config.as_deref())?;
    let request = Request {
        results: &arguments.results,
        confirm: &arguments.confirm,
        base: &arguments.base,
        reading: &reading,
        is_partial: arguments.partial,
    };
    let candidate = candidate::read(&request, &context, console)?;
    let filter = which_runs::of_candidate(&arguments.policy, config, &candidate, &context, policy);
    let history = which_runs::read(&arguments.store.db, &candidate.series, &filter, surroundings.now)?;
    let mut known = candidate.series.clone();
    let mut ids: HashSet<SeriesId> = known.iter().map(|series| series.key.id()).collect();
    let others = history.recent.iter().flat_map(|run| &run.series);
    known.extend(others.filter(|series| ids.insert(series.key.id())).cloned());
    let meant = meant::series(&arguments.series, &known, console)?;
    let found = explain(&candidate.run, &history, policy, meant.key.id()).ok_or_else(|| CliError::Usage {
        message: format!("the results do not hold `{}`, and few of the newest runs do", meant.key),
        hint: "leave the results out to explain the newest run that measured it".to_owned(),
    })?;
    Ok((found, provenance(arguments, candidate.files(), candidate.commit.clone(), &filter)))
}

fn provenance(
    arguments: &ExplainArgs,
    files: Vec<String>,
    commit: Option<String>,
    filter: &BaselineFilter,
) -> Provenance {
    Provenance {
        files,
        commit,
        run: None,
        reruns: 0,
        database: arguments.store.db.display().to_string(),
        rule: baseline::rule(filter),
        history: None,
        notices: Vec::new(),
        url: None,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
