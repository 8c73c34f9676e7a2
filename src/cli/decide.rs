//! `benchgate baseline`: what somebody decides about baselines.
//!
//! For: accepting a shift, pinning a commit, taking either back, listing all of it. Not for: waivers, which are written in
//! `benchgate.toml` and end.
//! Invariant: what will be written is said first; a decision is never changed, and names who made it and why.

use super::baseline_args::{AcceptArgs, BaselineAction, BaselineArgs, DecisionArgs, ListArgs, PinArgs, UndoArgs};
use super::error::CliError;
use super::exit::Exit;
use super::surroundings::{Console, Surroundings};
use super::{baseline, document, meant, policy};
use crate::assemble::baseline as assembled;
use crate::config::ConfiguredPolicy;
use crate::gate::trend::trend;
use crate::model::{Decision, DecisionId, DecisionKind, History, HistoryRun, SeriesMeta};
use crate::report;
use crate::store::{BaselineFilter, Mode, StandingDecision, Store};
use crate::text::{escape, short_commit, time};

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &BaselineArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    match &arguments.action {
        BaselineAction::List(arguments) => list(arguments, surroundings, console),
        BaselineAction::Accept(arguments) => accept(arguments, surroundings, console),
        BaselineAction::Pin(arguments) => pin(arguments, surroundings, console),
        BaselineAction::Undo(arguments) => undo(arguments, surroundings, console),
    }
}

fn list(arguments: &ListArgs, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let store = Store::open(&arguments.store.db, Mode::Read, surroundings.now)?;
    let (decisions, series) = (store.decisions()?, store.all_series()?);
    store.close()?;
    document::write(
        &arguments.document,
        &report::decisions(&decisions_with_names(decisions, &series)),
        surroundings,
        console,
    )?;
    Ok(Exit::Success)
}

/// Each decision with the name of its series, where it has one.
fn decisions_with_names(decisions: Vec<StandingDecision>, series: &[SeriesMeta]) -> Vec<report::ListedDecision> {
    let name = |decision: &Decision| match &decision.kind {
        DecisionKind::Accept { configuration, metric, .. } => {
            let of = |meta: &&SeriesMeta| meta.key.configuration.id() == *configuration && meta.key.metric == *metric;
            series.iter().find(of).map(|meta| meta.key.to_string())
        }
        DecisionKind::Pin { .. } | DecisionKind::Undo { .. } => None,
    };
    let listed = |StandingDecision { id, decision, holds }| {
        let series = name(&decision);
        report::ListedDecision { id, decision, holds, series }
    };
    decisions.into_iter().map(listed).collect()
}

fn accept(arguments: &AcceptArgs, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let store = Store::open(&arguments.store.db, mode(&arguments.decision), surroundings.now)?;
    let all = store.all_series()?;
    let series: Vec<SeriesMeta> =
        arguments.series.iter().map(|text| meant::series(text, &all, console).cloned()).collect::<Result<_, _>>()?;
    let config = policy::load(arguments.policy.config.as_deref())?;
    let policy = config.policy(&policy::overrides(&arguments.policy, surroundings.now));
    let branch = baseline::branch(&arguments.policy, &config);
    let filter = BaselineFilter { branch, window: assembled::MOST_RUNS, ..BaselineFilter::default() };
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
    write(kinds, &arguments.decision, store, surroundings, console)
}

/// The first run of the commit that measured a series or, without one, the first after the newest change of its level.
fn first_run(
    one: &SeriesMeta,
    commit: Option<&str>,
    history: &History,
    policy: &ConfiguredPolicy,
) -> Result<HistoryRun, CliError> {
    let Some(commit) = commit else {
        let trend = trend(history, policy);
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

fn pin(arguments: &PinArgs, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let store = Store::open(&arguments.store.db, mode(&arguments.decision), surroundings.now)?;
    let refused = |message: String| CliError::Usage {
        message,
        hint: "`benchgate report summary` lists the newest runs with their commits".to_owned(),
    };
    let wanted = escape::terminal(&arguments.commit);
    let commit = match &store.commits(&arguments.commit)?[..] {
        [commit] => commit.clone(),
        [] => return Err(refused(format!("no run of the history measured commit `{wanted}`"))),
        several => return Err(refused(format!("`{wanted}` begins the ids of {} commits", several.len()))),
    };
    let Some((_, pinned_at)) = store.commit_times(&commit)? else {
        return Err(refused(format!("the runs of commit `{wanted}` have no known time")));
    };
    let words =
        format!("pin {}: commit {}, measured until {}", arguments.name, short_commit(&commit), time::minute(pinned_at));
    writeln!(console.out, "{}", escape::terminal(&words))?;
    let kind = DecisionKind::Pin { name: arguments.name.clone(), commit, pinned_at };
    write(vec![kind], &arguments.decision, store, surroundings, console)
}

fn undo(arguments: &UndoArgs, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let store = Store::open(&arguments.store.db, mode(&arguments.decision), surroundings.now)?;
    let refused = |message: String| CliError::Usage {
        message,
        hint: "`benchgate baseline list` shows the ids of decisions and which of them hold".to_owned(),
    };
    let wanted = u64::from_str_radix(&arguments.id, 16).ok().map(DecisionId);
    let decisions = store.decisions()?;
    let Some(found) = decisions.iter().find(|one| Some(one.id) == wanted) else {
        return Err(refused(format!("there is no decision `{}`", escape::terminal(&arguments.id))));
    };
    if !found.holds {
        return Err(refused(format!("decision {} was taken back already", found.id)));
    }
    let words = format!("undo {}: {}, by {}", found.id, found.decision.reason, found.decision.actor);
    writeln!(console.out, "{}", escape::terminal(&words))?;
    let kind = DecisionKind::Undo { decision: found.id };
    write(vec![kind], &arguments.decision, store, surroundings, console)
}

/// A dry run needs no more than to read.
fn mode(decision: &DecisionArgs) -> Mode {
    if decision.dry_run { Mode::Read } else { Mode::Write }
}

fn write(
    kinds: Vec<DecisionKind>,
    arguments: &DecisionArgs,
    store: Store,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let named = ["GITHUB_ACTOR", "USER", "USERNAME"].into_iter().find_map(|name| surroundings.variable(name));
    let actor =
        arguments.actor.as_deref().or(named).filter(|name| !name.is_empty()).ok_or_else(|| CliError::Usage {
            message: "nobody is named as the one who decides".to_owned(),
            hint: "name yourself with --actor".to_owned(),
        })?;
    if arguments.dry_run {
        writeln!(console.err, "nothing was written: this is a dry run")?;
        return Ok(Exit::Success);
    }
    let decided = |kind| Decision {
        kind,
        actor: actor.to_owned(),
        reason: arguments.reason.clone(),
        decided_at: surroundings.now,
    };
    let decisions: Vec<Decision> = kinds.into_iter().map(decided).collect();
    store.decide(&decisions)?;
    store.close()?;
    for decision in &decisions {
        writeln!(console.out, "written as {}; `benchgate baseline undo {0}` takes it back", decision.id())?;
    }
    Ok(Exit::Success)
}

fn run_words(run: &HistoryRun) -> String {
    let commit =
        run.commit.as_deref().map_or_else(String::new, |commit| format!(" of commit {}", short_commit(commit)));
    format!("the run{commit} of {}", time::minute(run.started_at))
}
