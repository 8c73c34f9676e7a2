//! What of a history is looked at, from patterns to names.
//!
//! For: the flags of `report` and `rank`. Not for: applying them (the store does).
//! Invariant: a pattern that fits nothing is an error that says what there is, never an empty report.

use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};
use jiff::Timestamp;

use super::error::CliError;
use super::moment::moment;
use super::report_args::SelectionArgs;
use crate::model::overview::{Facet, Selection};
use crate::store::Store;
use crate::text::{escape, plural, time};

/// Names that an error lists.
const LISTED: usize = 12;

/// The names that the flags choose.
///
/// # Errors
/// [`CliError::Usage`] where something fits nothing or is no pattern, no time or no range.
pub(super) fn resolve(arguments: &SelectionArgs, store: &Store, now: Timestamp) -> Result<Selection, CliError> {
    let SelectionArgs { models, families, hardware, branches, test_cases, metrics, since, until, commits } = arguments;
    let mut selection = Selection {
        since: since.as_deref().map(|text| moment("--since", text, now)).transpose()?,
        until: until.as_deref().map(|text| moment("--until", text, now)).transpose()?,
        ..Selection::default()
    };
    for (facet, patterns) in [
        (Facet::Model, models),
        (Facet::Family, families),
        (Facet::Hardware, hardware),
        (Facet::Branch, branches),
        (Facet::TestCase, test_cases),
        (Facet::Metric, metrics),
    ] {
        if !patterns.is_empty() {
            let known = store.names(facet)?;
            let chosen = patterns.iter().map(|pattern| chosen(facet, pattern, &known));
            selection.names.insert(facet, chosen.collect::<Result<Vec<_>, _>>()?.concat());
        }
    }
    if let Some(range) = commits {
        let (first, last) = commit_range(range, store)?;
        selection.since = selection.since.max(first);
        selection.until = [selection.until, last].into_iter().flatten().min();
    }
    match (selection.since, selection.until) {
        (Some(since), Some(until)) if until < since => Err(CliError::Usage {
            message: format!("what is looked at ends at {}, before it begins", time::minute(until)),
            hint: format!("it begins at {}; look at `--since`, `--until` and `--commits`", time::minute(since)),
        }),
        _ => Ok(selection),
    }
}

fn chosen(facet: Facet, pattern: &str, known: &[String]) -> Result<Vec<String>, CliError> {
    let matcher = matcher(facet, pattern)?;
    let fits = |name: &&String| name.as_str() == pattern || matcher.is_match(name);
    let found: Vec<String> = known.iter().filter(fits).cloned().collect();
    if found.is_empty() { Err(nothing_fits(facet, pattern, known)) } else { Ok(found) }
}

fn matcher(facet: Facet, pattern: &str) -> Result<GlobMatcher, CliError> {
    let built = GlobBuilder::new(pattern).case_insensitive(true).backslash_escape(true).build();
    built.map(|glob| glob.compile_matcher()).map_err(|error| CliError::Usage {
        message: format!("`{}` is no pattern for a {}: {}", escape::terminal(pattern), facet.word(), error.kind()),
        hint: "write a name, or a part of it with * and ?".to_owned(),
    })
}

/// Says what there is, the most similar names first.
fn nothing_fits(facet: Facet, pattern: &str, known: &[String]) -> CliError {
    let likeness = |name: &String| strsim::jaro_winkler(&pattern.to_lowercase(), &name.to_lowercase());
    let mut known: Vec<&String> = known.iter().collect();
    known.sort_by(|first, second| likeness(second).total_cmp(&likeness(first)));
    let listed: Vec<String> = known.iter().take(LISTED).map(|name| escape::terminal(name)).collect();
    let left = known.len().saturating_sub(LISTED);
    let more = if left > 0 { format!(" and {left} more") } else { String::new() };
    let hint = match known.is_empty() {
        true => format!("the history names no {}", facet.word()),
        false => format!("the history has {}{more}", listed.join(", ")),
    };
    CliError::Usage { message: format!("no {} fits `{}`", facet.word(), escape::terminal(pattern)), hint }
}

/// The times of the first run of one commit and the last of another. An end that is left out is the history's.
fn commit_range(range: &str, store: &Store) -> Result<(Option<Timestamp>, Option<Timestamp>), CliError> {
    let Some((first, last)) = range.split_once("..") else {
        return Err(CliError::Usage {
            message: format!("`--commits {}` is no range", escape::terminal(range)),
            hint: "write it as FIRST..LAST, FIRST.. or ..LAST".to_owned(),
        });
    };
    let times = |commit: &str| match commit {
        "" => Ok(None),
        commit => store.commit_times(commit)?.map(Some).ok_or_else(|| CliError::Usage {
            message: format!("no run of a known time measured commit `{}`", escape::terminal(commit)),
            hint: "`benchgate report summary` lists the newest runs with their commits".to_owned(),
        }),
    };
    Ok((times(first)?.map(|(first, _)| first), times(last)?.map(|(_, last)| last)))
}

/// What was looked at, in sentences. Where nothing was run then, they say when something was.
///
/// # Errors
/// Those of the store.
pub(super) fn words(
    selection: &Selection,
    arguments: &SelectionArgs,
    store: &Store,
    database: &Path,
) -> Result<Vec<String>, CliError> {
    let mut parts = Vec::new();
    for (facet, names) in &selection.names {
        let word = facet.word();
        parts.push(match &names[..] {
            [name] => format!("{word} {name}"),
            [first, second] => format!("{word} {first} or {second}"),
            names => plural(names.len(), word, facet.words()),
        });
    }
    parts.extend(selection.since.map(|since| format!("since {}", time::minute(since))));
    parts.extend(selection.until.map(|until| format!("until {}", time::minute(until))));
    parts.extend(arguments.commits.as_ref().map(|commits| format!("commits {commits}")));
    let what = if parts.is_empty() { "Everything".to_owned() } else { format!("Only {}", parts.join(", ")) };
    let mut sentences =
        vec![format!("{what} in {}. Made by benchgate {}.", database.display(), env!("CARGO_PKG_VERSION"))];
    let is_before = |first: Timestamp| selection.until.is_some_and(|until| until < first);
    let is_after = |last: Timestamp| selection.since.is_some_and(|since| last < since);
    if let Some((first, last)) = store.run_times()?.filter(|(first, last)| is_before(*first) || is_after(*last)) {
        let span = format!("{} to {}", time::minute(first), time::minute(last));
        sentences.push(format!("Nothing was run then: the runs of this history are from {span}."));
    } else {
        sentences.extend(nothing_together(selection, store)?);
    }
    Ok(sentences)
}

/// Where each name fits something and all together nothing: what there is when one of them is left out.
fn nothing_together(selection: &Selection, store: &Store) -> Result<Option<String>, CliError> {
    let found = |selection: &Selection| -> Result<(bool, usize), CliError> {
        let totals = store.totals(selection)?;
        let is_empty = totals.counts.iter().all(|(what, count)| *what == "runs" || *count == 0);
        Ok((is_empty, totals.by_hardware.iter().map(|(_, completed, failed)| completed + failed).sum()))
    };
    if selection.names.len() < 2 || !found(selection)?.0 {
        return Ok(None);
    }
    let mut parts = Vec::new();
    for facet in selection.names.keys() {
        let mut others = selection.clone();
        others.names.remove(facet);
        let results = plural(found(&others)?.1, "result", "results");
        parts.push(format!("without the {} {results}", facet.word()));
    }
    Ok(Some(format!("Nothing fits all of this together: there are {}.", parts.join(", "))))
}
