//! One text that is found again and kept up to date, whatever holds it.
//!
//! For: finding what is benchgate's own among comments or issues, and creating or updating it. Not for: what it says, nor
//! when it changes (`sticky`, `issue`).
//! Invariant: an entry is touched only if it carries the marker *and* was written by the own author; nothing is written
//! twice, also when GitHub leaves open whether it was written once.

use std::collections::BTreeSet;

use super::error::GithubError;
use super::marker::Marker;

/// Times that a plan is made, each for a new list: GitHub may leave a write open, or lose an entry in between.
const MOST_ROUNDS: usize = 3;

/// Why a text is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepReason {
    /// It says the same already.
    Unchanged,
    /// A newer run wrote it.
    NewerRun,
    /// Somebody closed the issue having seen all of it.
    Closed,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Write the first one.
    Create,
    /// Replace the text of this one.
    Update {
        /// Its number.
        id: u64,
    },
    /// Leave this one.
    Keep {
        /// Its number.
        id: u64,
        /// Why.
        reason: KeepReason,
    },
    /// There is none, and none is to be written.
    Nothing,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The first one was written.
    Created,
    /// It was there, and got a new text.
    Updated,
    /// It was left as it is.
    Kept(KeepReason),
    /// None is there, and none was asked for.
    Nothing,
}

/// What is there after all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its number; `None` where there is none.
    pub id: Option<u64>,
    /// Its page.
    pub url: Option<String>,
    /// What was done.
    pub action: Action,
    /// Further ones with the same marker and author, which were left alone.
    pub duplicates: usize,
    /// What the user should know.
    pub warning: Option<String>,
}

/// A comment or an issue.
pub(super) trait Entry {
    fn id(&self) -> u64;
    fn body(&self) -> &str;
    fn author(&self) -> Option<&str>;
    fn url(&self) -> Option<&str>;
}

/// What holds the text, and the text that it should hold.
pub(super) trait Place {
    type Entry: Entry;

    /// What the entries are called.
    const WHAT: &'static str;

    /// The marker that the text carries.
    fn marker(&self) -> &Marker;
    /// What is there now.
    fn list(&self) -> Result<Vec<Self::Entry>, GithubError>;
    /// What to do about the own entry.
    fn plan(&self, found: Option<(&Self::Entry, Marker)>) -> Plan;
    /// Writes the first one.
    fn create(&self) -> Result<Self::Entry, GithubError>;
    /// Replaces the text of this one.
    fn update(&self, id: u64) -> Result<Self::Entry, GithubError>;
}

/// The own entry and its marker: the oldest, if there are several.
pub(super) fn previous<'a, E: Entry>(entries: &'a [E], name: &str, author: &str) -> Option<(&'a E, Marker)> {
    own(entries, name, author).min_by_key(|(entry, _)| entry.id())
}

fn own<'a, E: Entry>(entries: &'a [E], name: &str, author: &str) -> impl Iterator<Item = (&'a E, Marker)> {
    entries
        .iter()
        .filter(move |entry| entry.author().is_some_and(|login| login.eq_ignore_ascii_case(author)))
        .filter_map(move |entry| {
            Marker::parse(entry.body()).filter(|marker| marker.name == name).map(|marker| (entry, marker))
        })
}

/// Makes the plan for the entries that were just listed, and applies it.
pub(super) fn keep<P: Place>(place: &P, author: &str, mut entries: Vec<P::Entry>) -> Result<Posted, GithubError> {
    let marker = place.marker();
    let mut seen: Option<BTreeSet<u64>> = None;
    let mut round = 1;
    loop {
        let duplicates = own(&entries, &marker.name, author).count().saturating_sub(1);
        let posted = |entry: Option<&P::Entry>, action, warning| Posted {
            id: entry.map(Entry::id),
            url: entry.and_then(Entry::url).map(str::to_owned),
            action,
            duplicates,
            warning,
        };
        // The entry that an open write may have left, whoever it is by: it was not there before it.
        if let Some(seen) = &seen {
            let is_ours =
                |entry: &&P::Entry| !seen.contains(&entry.id()) && Marker::parse(entry.body()).as_ref() == Some(marker);
            if let Some(entry) = entries.iter().find(is_ours) {
                return Ok(posted(Some(entry), Action::Created, other_author::<P>(entry, author)));
            }
        }
        let by_id = |id| entries.iter().find(|entry| entry.id() == id);
        let outcome = match place.plan(previous(&entries, &marker.name, author)) {
            Plan::Nothing => return Ok(posted(None, Action::Nothing, None)),
            Plan::Keep { id, reason } => return Ok(posted(by_id(id), Action::Kept(reason), None)),
            Plan::Update { id } => place.update(id).map(|entry| posted(Some(&entry), Action::Updated, None)),
            Plan::Create => {
                place.create().map(|entry| posted(Some(&entry), Action::Created, other_author::<P>(&entry, author)))
            }
        };
        match outcome {
            Err(GithubError::NotFound { .. } | GithubError::Ambiguous { .. }) if round < MOST_ROUNDS => {
                seen.get_or_insert_with(|| entries.iter().map(Entry::id).collect());
            }
            other => return other,
        }
        entries = place.list()?;
        round += 1;
    }
}

/// An entry under another name would not be found by the next run.
fn other_author<P: Place>(entry: &P::Entry, author: &str) -> Option<String> {
    let (login, what) = (entry.author()?, P::WHAT);
    (!login.eq_ignore_ascii_case(author)).then(|| {
        format!(
            "the {what} is by `{login}`, not by `{author}`, so the next run would not find it: set comment-author to \
             `{login}`"
        )
    })
}
