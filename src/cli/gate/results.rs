//! The results to be judged, as bundles of one trusted identity.
//!
//! For: this job's own results, and those of the legs of a matrix. Not for: judging them, nor for what earlier
//! attempts left (`earlier`).
//! Invariant: in CI results carry the commit, branch and event that GitHub names, never their own; a leg that is
//! unreadable, empty or absent is named with its reason, and is never just left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::bundles::{self, Fetched, Offered, SHARED};
use super::earlier;
use super::identity::Identity;
use super::job::Job;
use crate::cli::bundle::{self, BundleRun};
use crate::cli::collect::{self, FAILURE, LEG};
use crate::cli::error::CliError;
use crate::cli::gate_args::Attempts;
use crate::cli::inputs;
use crate::cli::leg::{self, BundleName, Remark};
use crate::cli::read_results::read_all;
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::{candidate, context, policy};
use crate::formats::ReadOptions;
use crate::formats::native::Header;
use crate::model::{ConfigurationId, Context, Leg, LegState, Run, RunDraft};
use crate::text::plural;

/// Results of one run that are judged at most: more than any real suite, less than what exhausts a runner.
const MOST_RESULTS: usize = 200_000;

/// Runs in one bundle that are read at most: a job leaves one, and some re-runs of it.
const MOST_RUNS: usize = 256;

/// The results to be judged.
#[derive(Clone, Debug, Default)]
pub(super) struct Collected {
    /// Bundles, the candidate's own and those of its re-runs.
    pub(super) files: Vec<PathBuf>,
    /// The bundle of this job, where it measured something itself.
    pub(super) own: Option<PathBuf>,
    /// The legs, where the results come from several jobs.
    pub(super) legs: Vec<Leg>,
    /// Whether a leg's results are there and cannot be told apart from another one's.
    pub(super) has_refused: bool,
}

/// What this job measured, with the results of its earlier attempts where these count too.
///
/// # Errors
/// See [`CliError`].
pub(super) fn of_job(
    job: &Job<'_>,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<Collected, CliError> {
    let arguments = job.arguments;
    let before = earlier::left(job, notices)?;
    let mut context = context::resolve(&arguments.facts, job.aliases.clone(), surroundings)?;
    context.run.environment.insert(LEG.to_owned(), job.leg.clone());
    let reading = policy::reading(&arguments.facts, arguments.policy.config.as_deref())?;
    let identity = Identity::of(job, context.run.branch.as_deref());
    let mut commits = BTreeSet::new();
    let name = job.bundle(None);
    let mut claim = |run: &mut Run| {
        if let Some(identity) = &identity {
            identity.claim(run, &name, &mut commits);
        }
    };
    let files = read_all(inputs::find(&arguments.results)?, &reading, &context, console)?;
    let mut runs = bundle::assemble(files, &context, &mut claim)?;
    if runs.iter().all(|run| run.results.is_empty()) {
        return Err(collect::no_results(&arguments.results));
    }
    for (number, path) in (1..).zip(&arguments.confirm) {
        let files = read_all(inputs::find(std::slice::from_ref(path))?, &reading, &context, console)?;
        let rerun = |run: &mut Run| {
            run.attempt = candidate::rerun_attempt(run.attempt, number);
            claim(run);
        };
        runs.extend(bundle::assemble(files, &context, rerun)?);
    }
    if let Some(identity) = &identity {
        notices.extend(identity.check(&commits).map_err(|reason| several_commits(&arguments.results, reason))?);
        identity.bound_times(&mut runs, job, &job.leg, notices);
    }
    let own = job.output("bundle.jsonl");
    bundle::write(&own, &runs)?;
    let mut collected = Collected { files: vec![own.clone()], own: Some(own), ..Collected::default() };
    collected.files.extend(earlier::fetch(job, &before, notices)?);
    Ok(collected)
}

fn several_commits(results: &[PathBuf], reason: String) -> CliError {
    let named: Vec<String> = results.iter().map(|path| path.display().to_string()).collect();
    CliError::Results {
        file: named.join(", "),
        reason,
        hint: "give the results of one commit; `benchgate ingest` takes all of them at once".to_owned(),
    }
}

/// What the legs of a run left as artifacts.
///
/// # Errors
/// See [`CliError`]; a leg that cannot be used is no error but a leg that failed.
pub(super) fn of_legs(
    job: &Job<'_>,
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<Collected, CliError> {
    let no_run = || CliError::Usage {
        message: "`--from-artifacts` judges the artifacts of a run of GitHub Actions, and there is none".to_owned(),
        hint: "run it in a workflow, with GITHUB_TOKEN set and the permission `actions: read`".to_owned(),
    };
    let (run_id, _) = job.subject.run.ok_or_else(no_run)?;
    let client = job.client.ok_or_else(no_run)?;
    let identity = Identity::of(job, None).ok_or_else(no_run)?;
    let mut offered = bundles::of_run(job, client, run_id)?;
    // Made by a job that judged, of what others had left.
    offered.retain(|one| one.name.remark != Some(Remark::Unrecorded));
    offered.sort_by_key(|one| one.name.attempt);
    let shared = bundles::shared(&offered);
    if job.arguments.attempts == Attempts::Replace {
        offered = newest_attempts(offered);
    }
    let fetched = bundles::fetch(client, &offered, &job.output("legs"))?;
    let expected = leg::list(&job.arguments.legs);
    let mut legs: BTreeMap<String, LegState> = expected.iter().map(|name| (name.clone(), LegState::Missing)).collect();
    let mut collected = Collected::default();
    let mut total = 0;
    let mut owners: HashMap<ConfigurationId, String> = HashMap::new();
    for (number, Fetched { name, file }) in fetched.into_iter().enumerate() {
        if shared.contains(&name.leg) {
            legs.insert(name.leg, LegState::Failed(SHARED.to_owned()));
            continue;
        }
        let runs = file.and_then(|path| read(job, &identity, &path, &name, console, notices));
        let runs = runs.and_then(|runs| {
            total += runs.iter().map(|run| run.results.len()).sum::<usize>();
            if total > MOST_RESULTS { Err(format!("the run has more than {MOST_RESULTS} results")) } else { Ok(runs) }
        });
        if let Some(reason) = runs.as_ref().ok().and_then(|runs| collision(runs, &name.leg, &expected, &mut owners)) {
            legs.insert(name.leg, LegState::Failed(reason));
            collected.has_refused = true;
            continue;
        }
        let state = match runs {
            Ok(runs) => {
                let path = job.output("legs").join(format!("leg-{number}.jsonl"));
                bundle::write(&path, &runs)?;
                collected.files.push(path);
                LegState::Reported
            }
            Err(reason) => LegState::Failed(reason),
        };
        // The newest attempt of a leg says how it ended, whatever an earlier one brought.
        legs.insert(name.leg, state);
    }
    collected.legs = legs.into_iter().map(|(name, state)| Leg { name, state }).collect();
    if collected.files.is_empty() {
        return Err(no_bundles(run_id, &collected.legs));
    }
    Ok(collected)
}

/// Why a leg may not be judged beside another one that measured the same: they would be taken for re-runs of each other,
/// and the faster one would clear the slower. A leg that re-runs another is not among the expected ones.
fn collision(
    runs: &[BundleRun],
    leg: &str,
    expected: &[String],
    owners: &mut HashMap<ConfigurationId, String>,
) -> Option<String> {
    let is_expected = |name: &str| expected.iter().any(|one| one == name);
    for result in runs.iter().flat_map(|run| &run.results) {
        let owner = owners.entry(result.configuration.id()).or_insert_with(|| leg.to_owned());
        if owner != leg && is_expected(owner) == is_expected(leg) {
            return Some(format!(
                "it measured `{}` as the leg {owner} did: tell the legs' results apart by a parameter, or, where one \
                 re-runs the other, name only the first in `legs`",
                result.configuration
            ));
        }
    }
    None
}

fn newest_attempts(offered: Vec<Offered>) -> Vec<Offered> {
    let mut newest: BTreeMap<String, Offered> = BTreeMap::new();
    for one in offered {
        match newest.get(&one.name.leg) {
            Some(known) if known.name.attempt >= one.name.attempt => {}
            _ => {
                newest.insert(one.name.leg.clone(), one);
            }
        }
    }
    newest.into_values().collect()
}

fn no_bundles(run_id: u64, legs: &[Leg]) -> CliError {
    let legs: Vec<String> = legs.iter().map(|leg| format!("{} {}", leg.name, leg.state)).collect();
    let legs = if legs.is_empty() { String::new() } else { format!(" ({})", legs.join("; ")) };
    CliError::Results {
        file: format!("run {run_id}"),
        reason: format!("none of its jobs left results{legs}"),
        hint:
            "let each job run the action with `mode: collect`, also when its benchmarks fail, and with the same `name`"
                .to_owned(),
    }
}

/// Reads one leg's bundle under the identity that is known of the run, or says why it cannot be used.
pub(super) fn read(
    job: &Job<'_>,
    identity: &Identity,
    path: &Path,
    name: &BundleName,
    console: &mut Console<'_>,
    notices: &mut Vec<String>,
) -> Result<Vec<BundleRun>, String> {
    if let Some(reason) = failure(path) {
        return Err(reason);
    }
    let context = Context {
        aliases: job.aliases.clone(),
        run: RunDraft { started_at: Some(job.now), ..identity.draft() },
        ..Context::default()
    };
    let inputs = inputs::find(&[path.to_owned()]).map_err(|error| error.to_string())?;
    let files = read_all(inputs, &ReadOptions::default(), &context, console).map_err(|error| reason(&error))?;
    let count: usize = files.iter().map(|(_, found)| found.len()).sum();
    if count > MOST_RUNS {
        return Err(format!("it holds {}, and a job leaves {MOST_RUNS} at most", plural(count, "run", "runs")));
    }
    let mut commits = BTreeSet::new();
    let claim = |run: &mut Run| identity.claim(run, name, &mut commits);
    let mut runs = bundle::assemble(files, &context, claim).map_err(|error| reason(&error))?;
    if runs.is_empty() {
        return Err("it holds no results".to_owned());
    }
    notices.extend(identity.check(&commits)?);
    identity.bound_times(&mut runs, job, &name.leg, notices);
    Ok(runs)
}

/// Why a bundle has no results, where it says so.
fn failure(path: &Path) -> Option<String> {
    use std::io::{BufRead as _, BufReader, Read as _};
    let mut line = String::new();
    let file = std::fs::File::open(path).ok()?;
    BufReader::new(file.take(1 << 20)).read_line(&mut line).ok()?;
    let header: Header = serde_json::from_str(&line).ok()?;
    header.run?.environment.remove(FAILURE)
}

/// The reason alone: the file is one of this program's own naming, and says nothing to people.
fn reason(error: &CliError) -> String {
    match error {
        CliError::Results { reason, .. } => reason.clone(),
        CliError::Missing { fact, .. } => fact.to_string(),
        other => other.to_string(),
    }
}
