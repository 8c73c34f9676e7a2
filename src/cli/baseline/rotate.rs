//! `benchgate baseline rotate`: old runs into an archive, and the snapshot.
//!
//! For: closing the running baseline, regularly and by a policy. Not for: runs that somebody chooses (see `prune`).
//! Invariant: without `--yes` nothing is written; what baselines need stays; with nothing that leaves, the snapshot is
//! written all the same.

use super::args::RotateArgs;
use super::leave::{self, Departure};
use super::{record, snapshot};
use crate::assemble::baseline;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::{meant, policy, waiting, which_runs};
use crate::config::Config;
use crate::config::retention::RetentionOverrides;
use crate::model::retention::Tier;
use crate::model::{ArchivedPart, Decision, DecisionKind, SeriesMeta};
use crate::store::archive::{Keeping, RotationPlan, TierCount, plan_rotation};
use crate::store::{Leaving, Mode, Store};
use crate::text::{escape, plural, time};

/// Why a rotation archives runs where nobody says.
const REASON: &str = "beyond what is kept";

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &RotateArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let now = surroundings.now;
    let config = policy::load(arguments.policy.config.as_deref())?;
    let actor = record::actor(arguments.actor.as_deref(), surroundings)?;
    let reason = arguments.reason.as_deref().unwrap_or(REASON);
    let mode = if arguments.archive.yes { Mode::Write } else { Mode::Read };
    let store = waiting::open(&arguments.history.store.db, mode, now, arguments.history.wait, console)?;
    let all = store.all_series()?;
    let policy = config.policy(&policy::overrides(&arguments.policy, now));
    let needed = baseline::window(&all, &policy);
    let retention = config.retention(&RetentionOverrides {
        keep_all: arguments.keep_all,
        daily: arguments.daily,
        weekly: arguments.weekly,
        max_runs: arguments.max_runs,
    });
    let plan = plan_rotation(&store.rotation_facts()?, &retention.values(), needed, now);
    let mut lines = vec![format!("kept of each series on each branch: {}", retention.words().join(", "))];
    lines.extend(plan_lines(&plan, needed));
    for line in lines {
        writeln!(console.out, "{}", escape::terminal(&line))?;
    }
    let epochs = epochs(arguments, &all, &actor, reason, surroundings, console)?;
    let leaving = Leaving::Runs(plan.leaving);
    let tables = leave::stage(&store, &leaving, console)?;
    let folder = &arguments.snapshot.snapshots;
    if !arguments.archive.yes {
        writeln!(console.out, "the snapshot goes to {}", snapshot::named(folder))?;
        writeln!(console.out, "nothing was done; --yes does it")?;
        return Ok(Exit::Success);
    }
    console.out.flush()?;
    let decisions = if tables.is_empty() {
        store.decide(&epochs)?;
        epochs
    } else {
        let departure = Departure { part: ArchivedPart::Rotated, actor: &actor, reason };
        leave::apply(&store, departure, &tables, &arguments.archive, epochs, surroundings, console)?
    };
    record::say_written(&decisions, console)?;
    finish(store, arguments, &config, surroundings, console)
}

/// What has left is on disk before the snapshot is written: the snapshot can be written again.
fn finish(
    store: Store,
    arguments: &RotateArgs,
    config: &Config,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    store.checkpoint()?;
    let policy = config.policy(&policy::overrides(&arguments.policy, surroundings.now));
    let branch = which_runs::branch(&arguments.policy, config);
    let text = snapshot::of(&store, branch, arguments.snapshot.snapshot_runs, &policy)?;
    store.close()?;
    snapshot::write(&arguments.snapshot.snapshots, &text, surroundings.now, console)?;
    Ok(Exit::Success)
}

/// New epochs of all series or the named ones, which begin now.
fn epochs(
    arguments: &RotateArgs,
    all: &[SeriesMeta],
    actor: &str,
    reason: &str,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Vec<Decision>, CliError> {
    if !arguments.new_epoch {
        return Ok(Vec::new());
    }
    let named: Vec<&SeriesMeta> =
        arguments.series.iter().map(|text| meant::series(text, all, console)).collect::<Result<_, _>>()?;
    let chosen = if named.is_empty() { all.iter().collect() } else { named };
    writeln!(
        console.out,
        "a new epoch of {} begins with the next run: until there are enough, nothing is judged by the old ones",
        plural(chosen.len(), "series", "series")
    )?;
    let begins_at = record::moment(surroundings.now);
    let begin = |one: &&SeriesMeta| {
        let (configuration, metric) = (one.key.configuration.id(), one.key.metric.clone());
        let kind = DecisionKind::Accept { configuration, metric, begins_at, commit: None };
        record::decision(kind, actor, reason, surroundings.now)
    };
    Ok(chosen.iter().map(begin).collect())
}

/// The plan for people.
fn plan_lines(plan: &RotationPlan, needed: usize) -> Vec<String> {
    let all: usize = plan.tiers.values().map(|tier| tier.runs).sum();
    let results: u64 = plan.tiers.values().map(|tier| tier.results).sum();
    let mut lines = Vec::new();
    for (tier, TierCount { runs, leaving, .. }) in &plan.tiers {
        let words = match tier {
            Tier::All => "young enough that every run is kept",
            Tier::Daily => "of an age of which one a day is kept",
            Tier::Weekly => "of an age of which one a week is kept",
            Tier::Nothing => "older than what is kept",
        };
        lines.push(format!("{} {words}: {leaving} of them leave", plural(*runs, "run", "runs")));
    }
    let kept: Vec<String> = plan
        .kept
        .iter()
        .map(|(keeping, count)| match keeping {
            Keeping::Anchor => format!("{count} that a decision rests on"),
            Keeping::Timeless => format!("{count} of an unknown time"),
            Keeping::Needed => format!("{count} among the newest {needed} of a series, which baselines need"),
            Keeping::Tier => format!("{count} by their age"),
        })
        .collect();
    if !kept.is_empty() {
        lines.push(format!("{}: {}", plural(all - plan.leaving.len(), "run stays", "runs stay"), kept.join(", ")));
    }
    lines.push(match plan.span {
        Some((oldest, newest)) => format!(
            "{} with {}, made from {} to {}",
            plural(plan.leaving.len(), "run leaves", "runs leave"),
            plural(results, "result", "results"),
            time::minute(oldest),
            time::minute(newest)
        ),
        None => "nothing leaves".to_owned(),
    });
    lines
}
