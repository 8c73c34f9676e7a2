//! Whether a history may replace the one in the cache.
//!
//! For: finding out whether a history that began anew did so only because the cache did not answer. Not for: saving,
//! which a step of the action does.
//! Invariant: what is saved becomes the newest entry, which is the one that is restored: where there are entries that this
//! run should have been given, nothing is saved.

use super::job::Job;
use crate::cli::leg;
use crate::github::{Client, GithubError};
use crate::text::plural;

/// Whether the history may be saved; if not, or where that is not known, a notice says why.
pub(super) fn is_allowed(job: &Job<'_>, notices: &mut Vec<String>) -> bool {
    if !job.is_cache_missed() {
        return true;
    }
    let later = if job.arguments.use_artifacts {
        "the next push adds what this run leaves as artifacts"
    } else {
        "without artifacts, the results of this run are not kept"
    };
    let Some(client) = job.client else {
        notices.push(unknown("there is no token to ask with"));
        return true;
    };
    match entries(job, client) {
        Ok(0) => true,
        Ok(count) => {
            notices.push(format!(
                "the history is not saved, since it would replace an older one: the cache has {} of this gate, and \
                 none was restored; {later}. Where every push says so, the input `database` or the kind of runner was \
                 changed: delete the entries `{}` of the cache, or take another `name`",
                plural(count, "entry", "entries"),
                prefix(job)
            ));
            false
        }
        // The first run of all may have such a token, and a history has to begin somewhere.
        Err(error @ (GithubError::Forbidden { .. } | GithubError::NotFound { .. })) => {
            notices.push(unknown(&error.to_string()));
            true
        }
        Err(error) => {
            notices.push(format!(
                "the history is not saved, since it may replace an older one: nothing was restored from the cache, and \
                 what it has is not known: {error}; {later}"
            ));
            false
        }
    }
}

fn unknown(reason: &str) -> String {
    format!(
        "nothing was restored from the cache, so the history begins anew and is saved; whether that replaces an older \
         one is not known: {reason}"
    )
}

fn prefix(job: &Job<'_>) -> String {
    leg::cache_prefix(&job.arguments.leg.name)
}

/// The entries that a restore of this run is given: those of its own branch and of the default branch.
fn entries(job: &Job<'_>, client: &Client) -> Result<usize, GithubError> {
    let default = job.ci.and_then(|ci| ci.default_branch.as_ref());
    let own = job.subject.branch.as_ref();
    let others = default.filter(|branch| Some(*branch) != own);
    let count = |branch: &String| client.cache_entries(&prefix(job), branch).map(|entries| entries.len());
    own.into_iter().chain(others).map(count).sum()
}
