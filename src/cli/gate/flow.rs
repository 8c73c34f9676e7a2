//! The command: the parts in their order.
//!
//! For: ingest, compare, summary, annotations, comment, outputs, and only then the exit code. Not for: any part's work.
//! Invariant: the verdict is the judgement's alone; a failure after it never replaces it.

use std::collections::HashSet;

use super::anchor::{self, Anchor};
use super::history::{self, Prepared};
use super::job::Job;
use super::legs;
use super::post;
use super::results::{self, Collected};
use super::saving;
use super::stand_in;
use super::subject::{Kind, Subject};
use crate::assemble::baseline;
use crate::cli::candidate::{self, Candidate, Request};
use crate::cli::compare;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::gate_args::{GateArgs, RequireBaseline};
use crate::cli::leg::{self, Remark};
use crate::cli::outputs::Outputs;
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::{ci, policy, which_runs};
use crate::config::{Config, ConfiguredPolicy};
use crate::formats::ReadOptions;
use crate::gate::{self, Action, FEWEST_RUNS, Setting};
use crate::github::WorkflowRun;
use crate::model::{Context, History};
use crate::report::{Provenance, View};
use crate::store::BaselineFilter;
use crate::text::{escape, plural};

/// Runs the command.
///
/// # Errors
/// See [`CliError`]; a regression is not an error, and neither is what GitHub refuses.
pub(in crate::cli) fn run(
    arguments: &GateArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let outputs = Outputs::of(surroundings);
    outputs.tell("No verdict", console, |console| run_stopped(arguments, surroundings, &outputs, console))
}

fn run_stopped(
    arguments: &GateArgs,
    surroundings: &Surroundings,
    outputs: &Outputs,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let config = policy::load(arguments.policy.config.as_deref())?;
    let ci = ci::workflow_run(surroundings)?;
    let client = ci::client(ci.as_ref(), surroundings)?;
    let stated = which_runs::branch(&arguments.policy, &config);
    let job = Job {
        arguments,
        now: surroundings.now,
        ci: ci.as_ref(),
        client: client.as_ref(),
        subject: Subject::of(ci.as_ref(), client.as_ref(), stated)?,
        aliases: config.aliases(),
        name: leg::name(&arguments.leg.name),
        leg: leg::of_job(arguments.leg.leg.as_deref(), arguments.leg.matrix.as_deref(), surroundings),
        tag: leg::tag(surroundings),
    };
    let mut notices = job.subject.notices.clone();
    if arguments.history_only {
        return keep_history(&job, outputs, console, &mut notices);
    }
    let result = flow(&job, &config, surroundings, outputs, notices, console);
    if let Err(error) = &result {
        post::tell_of_no_verdict(&job, &error.in_one_line());
    }
    result
}

/// Collects, keeps, judges and reports.
fn flow(
    job: &Job<'_>,
    config: &Config,
    surroundings: &Surroundings,
    outputs: &Outputs,
    mut notices: Vec<String>,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let arguments = job.arguments;
    let collected = if arguments.from_artifacts {
        results::of_legs(job, console, &mut notices)?
    } else {
        results::of_job(job, surroundings, console, &mut notices)?
    };
    // A recorded run has no other branch to turn to; for others it is not known yet which branch is their base.
    let own_anchor = job.is_recorded().then(|| anchor::find(job, &mut notices));
    let is_recorded = own_anchor.as_ref().is_some_and(|anchor| is_worth_recording(job, anchor, &mut notices));
    // From here on an error loses nothing: the bundle is uploaded, and the history saved, whatever comes.
    post::set_bundle(job, &collected, remark(job, &collected, is_recorded), outputs)?;
    let prepared = history::prepare(job, console, &mut notices)?;
    if is_recorded {
        let files = collected.own.clone().map_or_else(|| collected.files.clone(), |own| vec![own]);
        history::record(job, &prepared.path, &files, console, &mut notices)?;
        set_save(saving::is_allowed(job, &mut notices), outputs)?;
    }
    let stand_in = stand_in::default_branch(job, &prepared, console, &mut notices)?;
    let (job, prepared) = stand_in.as_ref().map_or((job, &prepared), |(job, prepared)| (job, prepared));
    let anchor = own_anchor.unwrap_or_else(|| anchor::find(job, &mut notices));
    let mut view = judge(job, config, &collected, prepared, &anchor, notices, console)?;
    let verdict = compare::exit(&view.judgement);
    let posted = post::post(job, &mut view, verdict, outputs, console)?;
    post::set_outputs(job, &view.judgement, prepared, &posted, outputs)?;
    Ok(if arguments.enforce { verdict } else { Exit::Success })
}

/// Whether the results of a run that may be recorded become history. A job that is repeated when newer commits were pushed
/// is judged, and its results would stand behind theirs.
fn is_worth_recording(job: &Job<'_>, anchor: &Anchor, notices: &mut Vec<String>) -> bool {
    let is_repeated = job.ci.is_some_and(|ci| ci.attempt > 1);
    if is_repeated && !anchor.excluded.is_empty() {
        let newer = plural(anchor.excluded.len(), "newer commit", "newer commits");
        notices.push(format!("this re-run is judged and not recorded: the branch has {newer}"));
        return false;
    }
    true
}

/// What later runs are to know of the results. A job that judges others' results speaks for all of them; one that measured
/// speaks for itself.
fn remark(job: &Job<'_>, collected: &Collected, is_recorded: bool) -> Option<Remark> {
    let is_left_out = job.is_recorded() && (!is_recorded || collected.has_refused);
    if job.is_never_history() || is_left_out {
        return Some(Remark::Unrecorded);
    }
    match (job.is_never_saved(), job.arguments.from_artifacts) {
        (true, true) => Some(Remark::Unrecorded),
        (true, false) => Some(Remark::Unsaved),
        (false, _) => None,
    }
}

/// Brings the history up to date and lets it be saved again: a cache entry that nobody reads for a week is removed.
fn keep_history(
    job: &Job<'_>,
    outputs: &Outputs,
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<Exit, CliError> {
    let prepared = history::prepare(job, console, notices)?;
    let is_kept = job.is_recorded() && prepared.contents.runs > 0 && saving::is_allowed(job, notices);
    let mut lines = vec![prepared.sentence.clone()];
    lines.extend(notices.iter().map(|notice| format!("warning: {notice}")));
    for line in &lines {
        writeln!(console.out, "{}", escape::terminal(line))?;
    }
    let markdown: Vec<String> = lines.iter().map(|line| format!("- {}\n", escape::markdown(line))).collect();
    outputs.summarise(&format!("### History\n\n{}", markdown.concat()))?;
    outputs.set(&[("history-source", prepared.source.as_str().to_owned())])?;
    set_save(is_kept, outputs)?;
    Ok(Exit::Success)
}

/// Lets the history be saved by a later step, or not.
fn set_save(is_saved: bool, outputs: &Outputs) -> Result<(), CliError> {
    outputs.set(&[("save", if is_saved { "true".to_owned() } else { String::new() })])
}

/// Judges what was collected.
fn judge(
    job: &Job<'_>,
    config: &Config,
    collected: &Collected,
    prepared: &Prepared,
    anchor: &Anchor,
    mut notices: Vec<String>,
    console: &mut Console<'_>,
) -> Result<View, CliError> {
    let arguments = job.arguments;
    let policy =
        config.policy(&policy::overrides(&arguments.policy, job.now)).accepted_by(job.subject.accepted.clone());
    let context = Context { aliases: job.aliases.clone(), ..Context::default() };
    let reading = ReadOptions::default();
    let request = Request {
        results: &collected.files,
        confirm: &[],
        reading: &reading,
        base: &[],
        is_partial: arguments.partial,
    };
    let mut candidate = candidate::read(&request, &context, console)?;
    candidate.run.legs.clone_from(&collected.legs);
    let filter = filter(job, config, &candidate, &context, &policy, anchor);
    let history = which_runs::read(&prepared.path, &candidate.series, &filter, job.now)?;
    legs::expect(job, &mut candidate.run, &history, &mut notices);
    let policy = with_required_baseline(policy, job, &history);
    let judgement = gate::judge(&candidate.run, &history, &policy);
    notices.extend(
        config
            .unmatched(&candidate.series)
            .into_iter()
            .map(|origin| format!("{origin} speaks of no series of these results")),
    );
    let provenance = Provenance {
        files: if collected.legs.is_empty() { named(arguments) } else { Vec::new() },
        commit: candidate.commit.clone().or_else(|| job.subject.commit.clone()),
        run: candidate.key.clone(),
        reruns: candidate.run.reruns.len(),
        database: arguments.store.db.display().to_string(),
        rule: rule(job, &filter, anchor, &history),
        history: Some(prepared.sentence.clone()),
        notices,
        url: job.ci.map(WorkflowRun::page),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(View::new(&judgement, &provenance))
}

fn filter(
    job: &Job<'_>,
    config: &Config,
    candidate: &Candidate,
    context: &Context,
    policy: &ConfiguredPolicy,
    anchor: &Anchor,
) -> BaselineFilter {
    let filter = which_runs::of_candidate(&job.arguments.policy, config, candidate, context, policy);
    // Results state what their author or a clock wants, the time too: in CI commits bound the baseline.
    let stated = match (job.ci, job.subject.kind) {
        (None, _) => filter.before,
        (Some(_), Kind::Branch) => Some(job.now),
        (Some(_), Kind::PullRequest | Kind::MergeGroup) => None,
    };
    let before = [stated, anchor.before].into_iter().flatten().min();
    BaselineFilter {
        branch: job.subject.base_branch.clone(),
        before,
        excluded_commits: anchor.excluded.clone(),
        ..filter
    }
}

/// The rule that chose the baseline, in words.
fn rule(job: &Job<'_>, filter: &BaselineFilter, anchor: &Anchor, history: &History) -> String {
    let measured: HashSet<&str> = history.runs.iter().filter_map(|run| run.commit.as_deref()).collect();
    let mut rule = baseline::rule(filter);
    if let Some(base) = &job.subject.stands_in_for {
        rule.extend([", since the base branch ", base, " has no run in the history"]);
    }
    if let Some(distance) = anchor::distance(job, anchor, &measured) {
        rule.push_str("; ");
        rule.push_str(&distance);
    }
    rule
}

fn named(arguments: &GateArgs) -> Vec<String> {
    arguments.results.iter().map(|path| path.display().to_string()).collect()
}

/// What a run does in which nothing could be compared: a history has to begin somewhere. One whose benchmarks vanished
/// does not pass by this, since they are missing.
fn with_required_baseline(policy: ConfiguredPolicy, job: &Job<'_>, history: &History) -> ConfiguredPolicy {
    // By the series and not by the runs: another machine begins a history of its own.
    let longest = history.series.iter().map(|series| series.points.len()).max().unwrap_or(0);
    let builds_history = job.is_recorded() && longest < FEWEST_RUNS;
    let (action, why) = match job.arguments.require_baseline {
        RequireBaseline::True => (Action::Fail, "--require-baseline true"),
        RequireBaseline::False => (Action::Warn, "--require-baseline false"),
        RequireBaseline::Auto if builds_history => (Action::Warn, "the first runs of a history"),
        RequireBaseline::Auto => return policy,
    };
    policy.with_nothing_to_judge(Setting::from_place(action, why))
}
