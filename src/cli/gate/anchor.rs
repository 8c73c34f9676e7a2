//! Which commits the candidate builds on.
//!
//! For: leaving out of the baseline what was merged into the base branch after the candidate left it, and saying how far
//! the newest baseline is behind. Not for: reading runs.
//! Invariant: where GitHub does not answer, the baseline is what was made before the candidate, and the report says so.

use std::collections::HashSet;

use jiff::Timestamp;

use super::job::Job;
use super::subject::Kind;
use crate::github::{Comparison, GithubError};
use crate::text::{plural, short_commit};

/// Ancestors that are looked at for one with data.
const ANCESTORS: usize = 100;

/// Where the candidate left its base branch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Anchor {
    /// The newest commit that the candidate shares with the base branch.
    pub(super) merge_base: Option<String>,
    /// Commits of the base branch that the candidate does not build on.
    pub(super) excluded: Vec<String>,
    /// Where these are too many to be listed: the time of the first one that is not.
    pub(super) before: Option<Timestamp>,
}

/// Asks GitHub where the candidate left its base branch.
pub(super) fn find(job: &Job<'_>, notices: &mut Vec<String>) -> Anchor {
    let Some(ci) = job.ci else { return Anchor::default() };
    let (Some(base), Some(head)) = (&job.subject.base_branch, &job.subject.anchor) else { return Anchor::default() };
    let Some(client) = job.client else {
        notices.push(
            "without a token GitHub cannot be asked for the merge base: the baseline is what was measured before"
                .to_owned(),
        );
        return Anchor::default();
    };
    let ask = || -> Result<(Anchor, u64), GithubError> {
        let Comparison { merge_base, behind_by, ahead_by, .. } = client.comparison(base, head)?;
        let mut anchor = Anchor { merge_base: Some(merge_base.sha.clone()), ..Anchor::default() };
        if behind_by > 0 {
            let since = client.comparison(&merge_base.sha, base)?;
            anchor.before = if since.is_complete { None } else { since.commits.last().and_then(|last| last.date) };
            anchor.excluded = since.commits.into_iter().map(|commit| commit.sha).collect();
        }
        Ok((anchor, ahead_by))
    };
    let (anchor, ahead_by) = ask().unwrap_or_else(|error| {
        notices.push(format!(
            "the merge base with {base} of {} is not known, so the baseline is what was measured before: {error}",
            ci.repository
        ));
        (Anchor::default(), 0)
    });
    if ahead_by > 0 && job.subject.kind == Kind::MergeGroup && job.subject.stands_in_for.is_none() {
        let ahead = plural(usize::try_from(ahead_by).unwrap_or(usize::MAX), "commit", "commits");
        notices.push(format!(
            "this entry of the merge queue stands behind {ahead} that {base} does not have: what they changed shows here too"
        ));
    }
    anchor
}

/// How far the newest commit with a baseline run is behind the merge base.
pub(super) fn distance(job: &Job<'_>, anchor: &Anchor, measured: &HashSet<&str>) -> Option<String> {
    let merge_base = anchor.merge_base.as_ref()?;
    let short = short_commit(merge_base);
    if measured.contains(merge_base.as_str()) {
        return Some(format!("the merge base {short} was measured"));
    }
    let ancestors = job.client?.ancestors(merge_base, ANCESTORS).ok()?;
    Some(match ancestors.iter().position(|sha| measured.contains(sha.as_str())) {
        Some(0) => format!("the merge base {short} was measured"),
        Some(steps) => format!(
            "the newest measured ancestor {} is {} behind the merge base {short}",
            short_commit(&ancestors[steps]),
            plural(steps, "commit", "commits")
        ),
        None => format!("none of the {} commits up to the merge base {short} was measured", ancestors.len()),
    })
}
