//! `benchgate baseline accept`: a shift that is meant to stay.
//!
//! For: beginning epochs. Not for: waivers, which are written in `benchgate.toml` and end.
//! Invariant: an epoch begins with a run of the history that measured the series.

use super::args::AcceptArgs;
use super::record;
use crate::assemble::baseline;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::{meant, policy, which_runs};
use crate::config::ConfiguredPolicy;
use crate::gate::trend::trend;
use crate::model::{DecisionKind, History, HistoryRun, SeriesMeta};
use crate::store::{BaselineFilter, Store};
use crate::text::{escape, short_commit, time};

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &AcceptArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let store = Store::open(&arguments.store.db, record::mode(&arguments.decision), surroundings.now)?;
    let all = store.all_series()?;
    let series: Vec<SeriesMeta> =
        arguments.series.iter().map(|text| meant::series(text, &all, console).cloned()).collect::<Result<_, _>>()?;
    let config = policy::load(arguments.policy.config.as_deref())?;
    let policy = config.policy(&policy::overrides(&arguments.policy, surroundings.now));
    let branch = which_runs::branch(&arguments.policy, &config);
    let filter = BaselineFilter { branch, window: baseline::MOST_RUNS, ..BaselineFilter::default() };
    let mut kinds = Vec::new();
    for one in &series {
        let history = store.history(std::slice::from_ref(one), &filter)?;
        let first = first_run(one, arguments.commit.as_deref(), &history, &policy)?;
        writeln!(
            console.out,
            "{}",
            escape::terminal(&format!("accept {}: an epoch begins with {}", one.key, run_words(&first)))
        )?;
        kinds.push(DecisionKind::Accept {
            configuration: one.key.configuration.id(),
            metric: one.key.metric.clone(),
            begins_at: first.started_at,
            commit: first.commit,
        });
    }
    record::write(kinds, &arguments.decision, store, surroundings, console)
}

/// The first run of the commit that measured a series or, without one, the first after the newest change of its level.
fn first_run(
    one: &SeriesMeta,
    commit: Option<&str>,
    history: &History,
    policy: &ConfiguredPolicy,
) -> Result<HistoryRun, CliError> {
    let Some(commit) = commit else {
        let trend = trend(history.clone(), policy);
        let change = trend.series.first().and_then(|series| series.changes.last());
        return change.map(|change| history.runs[change.start].clone()).ok_or_else(|| CliError::Usage {
            message: format!("no change of level is found in `{}`", one.key),
            hint: "name the first commit of the new level with --commit".to_owned(),
        });
    };
    let mut runs = history.series.iter().flat_map(|series| &series.points).map(|point| &history.runs[point.run]);
    let is_meant = |run: &&HistoryRun| run.commit.as_ref().is_some_and(|full| full.starts_with(commit));
    runs.find(is_meant).cloned().ok_or_else(|| CliError::Usage {
        message: format!("no baseline run of commit `{}` measured `{}`", escape::terminal(commit), one.key),
        hint: "give the first commit of the new level whose run is in the history".to_owned(),
    })
}

fn run_words(run: &HistoryRun) -> String {
    let commit =
        run.commit.as_deref().map_or_else(String::new, |commit| format!(" of commit {}", short_commit(commit)));
    format!("the run{commit} of {}", time::minute(run.started_at))
}
