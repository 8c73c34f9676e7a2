//! Whose results these are: what GitHub says of the run that measured them.
//!
//! For: putting commit, branch, event and times as GitHub knows them in the place of what results files state. Not for:
//! finding out what is judged (`subject`), nor for reading results.
//! Invariant: nothing that a results file states decides which branch, commit or event its run counts for, nor moves it
//! out of the time in which its workflow run can have measured.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan as _};

use super::job::Job;
use super::subject;
use crate::cli::bundle::BundleRun;
use crate::cli::collect::{BUNDLE, LEG};
use crate::cli::leg::BundleName;
use crate::github::RunFacts;
use crate::model::{Run, RunDraft};
use crate::text::{plural, short_commit};

/// How much a clock may be behind before anything is done about it.
const TOLERATED_MINUTES: i64 = 10;

/// The longest that GitHub lets a workflow run last.
const LONGEST_RUN_HOURS: i64 = 35 * 24;

/// What GitHub says of a run.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    run_id: u64,
    commit: Option<String>,
    branch: String,
    trigger: Option<String>,
    /// Whether the results do not even name their runs.
    is_untrusted: bool,
    /// The earliest time at which its results can have been made; asked for when it matters.
    since: OnceCell<Timestamp>,
}

impl Identity {
    /// The run whose results a job judges; `None` outside of CI. `branch` is used where GitHub names none.
    pub(super) fn of(job: &Job<'_>, branch: Option<&str>) -> Option<Self> {
        let subject = &job.subject;
        Some(Self {
            run_id: subject.run?.0,
            commit: subject.commit.clone(),
            branch: subject.branch.as_deref().or(branch).unwrap_or("unknown").to_owned(),
            trigger: subject.trigger.clone(),
            is_untrusted: subject.untrusted_since.is_some(),
            since: subject.untrusted_since.map_or_else(OnceCell::new, OnceCell::from),
        })
    }

    /// An earlier run, where its results may become history of a branch.
    pub(super) fn of_recorded(run: &RunFacts, branch: &str) -> Option<Self> {
        let is_own = run.head_repository_id.is_some() && run.head_repository_id == run.repository_id;
        let is_of_branch = run.head_branch.as_deref() == Some(branch) && subject::is_recorded_event(&run.event);
        (is_own && is_of_branch).then(|| Self {
            run_id: run.id,
            commit: Some(run.head_sha.clone()),
            branch: branch.to_owned(),
            trigger: Some(run.event.clone()),
            is_untrusted: false,
            since: OnceCell::from(run.created_at.or(run.started_at).unwrap_or(Timestamp::UNIX_EPOCH)),
        })
    }

    /// A run of which nothing else is known.
    pub(super) fn draft(&self) -> RunDraft {
        RunDraft {
            commit: self.commit.clone(),
            branch: Some(self.branch.clone()),
            trigger: self.trigger.clone(),
            ..RunDraft::default()
        }
    }

    /// Replaces what a run of a bundle says of itself; `commits` gathers the commits that were stated.
    pub(super) fn claim(&self, run: &mut Run, bundle: &BundleName, commits: &mut BTreeSet<String>) {
        let leg = &bundle.leg;
        commits.extend(run.commit.clone());
        run.environment.insert(LEG.to_owned(), leg.clone());
        run.environment.insert(BUNDLE.to_owned(), bundle.source(self.run_id));
        if self.is_untrusted || is_of_other_run(&run.key, self.run_id) {
            run.key = format!("github-{}-{leg}", self.run_id);
        }
        if self.commit.is_some() {
            run.commit.clone_from(&self.commit);
        }
        run.branch = Some(self.branch.clone());
        run.trigger.clone_from(&self.trigger);
    }

    /// What is to be said of the commits that were stated.
    ///
    /// # Errors
    /// Where they are several: what is left of them is no longer one run.
    pub(super) fn check(&self, commits: &BTreeSet<String>) -> Result<Option<String>, String> {
        if commits.len() > 1 {
            let count = plural(commits.len(), "commit", "commits");
            return Err(format!("it holds results of {count}, and a run measures one"));
        }
        let other = commits.first().zip(self.commit.as_ref()).filter(|(stated, judged)| stated != judged);
        Ok(other.map(|(stated, judged)| {
            let (stated, judged) = (short_commit(stated), short_commit(judged));
            format!("the results say that they measured commit {stated}, and this run is about {judged}")
        }))
    }

    /// Lets no run begin after now, or before the workflow run: no later one would be compared with it, or none earlier.
    pub(super) fn bound_times(&self, runs: &mut [BundleRun], job: &Job<'_>, leg: &str, notices: &mut Vec<String>) {
        for BundleRun { run, .. } in runs {
            let stated = run.started_at.unwrap_or(job.now);
            let (bound, why) = if stated > job.now {
                (job.now, "is still to come, and count as made now")
            } else if is_long_before(stated, job.now) && is_long_before(stated, self.since(job)) {
                (self.since(job), "is before their workflow run, and count as made at its beginning")
            } else {
                continue;
            };
            notices.push(format!(
                "the results of {leg} say that they were made on {}, which {why}: is the clock of that machine right?",
                stated.strftime("%Y-%m-%d %H:%M UTC")
            ));
            run.started_at = Some(bound);
        }
    }

    fn since(&self, job: &Job<'_>) -> Timestamp {
        let ask = || job.client?.workflow_run(self.run_id).ok()?.created_at;
        let longest = || job.now.checked_sub(LONGEST_RUN_HOURS.hours()).unwrap_or(Timestamp::UNIX_EPOCH);
        (*self.since.get_or_init(|| ask().unwrap_or_else(longest))).min(job.now)
    }
}

fn is_long_before(time: Timestamp, other: Timestamp) -> bool {
    other.duration_since(time).as_mins() >= TOLERATED_MINUTES
}

/// Whether a run bears the name of another run of GitHub Actions: it would be taken for that one.
fn is_of_other_run(key: &str, run_id: u64) -> bool {
    let Some(rest) = key.strip_prefix("github-") else { return false };
    let number = rest.split('-').next().unwrap_or(rest);
    number.bytes().all(|byte| byte.is_ascii_digit()) && number != run_id.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(event: &str, branch: &str, repository: u64) -> RunFacts {
        RunFacts {
            id: 17,
            attempt: 1,
            event: event.to_owned(),
            conclusion: None,
            head_sha: "a".repeat(40),
            head_branch: Some(branch.to_owned()),
            head_repository_id: Some(repository),
            repository_id: Some(1),
            started_at: None,
            created_at: None,
            path: None,
            name: None,
        }
    }

    #[test]
    fn only_runs_on_the_branch_itself_become_its_history() {
        assert!(Identity::of_recorded(&facts("push", "main", 1), "main").is_some());
        for (event, branch, repository) in [
            ("issue_comment", "main", 1),
            ("workflow_run", "main", 1),
            ("pull_request", "main", 1),
            ("push", "topic", 1),
            ("push", "main", 2),
        ] {
            let facts = facts(event, branch, repository);
            assert!(Identity::of_recorded(&facts, "main").is_none(), "{event} {branch} {repository}");
        }
    }

    #[test]
    fn a_run_keeps_its_own_name_and_never_takes_that_of_another_run() {
        for (key, is_other) in [
            ("github-17-bench", false),
            ("github-17", false),
            ("nightly", false),
            ("github-runner-5", false),
            ("github-1-bench", true),
            ("github-170", true),
        ] {
            assert_eq!(is_of_other_run(key, 17), is_other, "{key}");
        }
    }
}
