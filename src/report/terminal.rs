//! The report for a terminal or a log.
//!
//! For: reading top down: headline, what needs attention, why, what could have been seen, against what, what next. Not
//! for: parsing (see `json()`).
//! Invariant: everything is said in words, colour only repeats it; without a width nothing is wrapped.

use super::columns::Columns;
use super::verbose;
use super::view::{Group, Row, View};
use crate::gate::{Outcome, SeriesJudgement, Verdict};
use crate::text::{escape, plural, wrap};

/// How the report is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Columns of the terminal; `None` where there is none: nothing is wrapped.
    pub width: Option<u16>,
    /// Whether colour is wanted.
    pub is_coloured: bool,
    /// Whether unchanged series, numbers and thresholds are shown in full.
    pub is_verbose: bool,
}

/// Longest name shown, in characters; a longer one is shortened in the middle.
const NAME_LIMIT: usize = 120;

/// Groups without a finding that are listed; more are counted.
const LISTED_QUIET_GROUPS: usize = 5;

/// Suspects that are named; more are counted.
pub(super) const NAMED_SUSPECTS: usize = 10;

/// Rows with the same reason that are named before the rest is counted.
const NAMED_PER_REASON: usize = 3;

/// Renders the report, with a final newline.
#[must_use]
pub fn terminal(view: &View, options: &TerminalOptions) -> String {
    let width = options.width;
    let mut blocks = vec![headline(view, options), listed("Fixed:", &view.fixed, width)];
    blocks.extend(tables(view, options));
    blocks.extend(reasons(view, width));
    blocks.push(listed("Accepted:", &view.waivers, width));
    blocks.push(listed("Legs:", &view.legs, width));
    blocks.push(sentences(&view.visibility, "", width));
    if options.is_verbose {
        blocks.push(verbose::numbers(view, width));
        blocks.push(verbose::policies(view, width));
    }
    blocks.push(sentences(&view.baseline, "", width));
    blocks.push(sentences(&view.provenance.notices, "warning: ", width));
    blocks.push(suspects(view, width));
    let mut hints = view.hints.clone();
    let is_in_ci = view.provenance.url.is_some();
    if !options.is_verbose && !is_in_ci && view.judgement.counts.compared > 0 {
        hints.push("`--verbose` shows all series, and the numbers and thresholds behind each verdict".to_owned());
    }
    blocks.push(sentences(&hints, "hint: ", width));
    blocks.retain(|block| !block.is_empty());
    format!("{}\n", blocks.join("\n\n"))
}

/// One sentence a line, wrapped.
fn sentences(sentences: &[String], prefix: &str, width: Option<u16>) -> String {
    let line = |text: &String| wrap(&format!("{prefix}{}", escape::terminal(text)), width, prefix.len().max(2));
    sentences.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A heading with a line for each item; nothing where there is none.
fn listed(heading: &str, lines: &[String], width: Option<u16>) -> String {
    let lines: Vec<String> =
        lines.iter().map(|line| wrap(&format!("  - {}", escape::terminal(line)), width, 4)).collect();
    if lines.is_empty() { String::new() } else { format!("{heading}\n{}", lines.join("\n")) }
}

/// What is worth a re-run, a line each.
fn suspects(view: &View, width: Option<u16>) -> String {
    let (shown, rest) = view.suspects.split_at(view.suspects.len().min(NAMED_SUSPECTS));
    let mut lines: Vec<String> = shown.iter().map(|line| format!("  - {}", escape::terminal(line))).collect();
    if !rest.is_empty() {
        lines.push(format!("  - and {}", plural(rest.len(), "more", "more")));
    }
    let lines: Vec<String> = lines.iter().map(|line| wrap(line, width, 4)).collect();
    if lines.is_empty() { String::new() } else { format!("Worth a re-run:\n{}", lines.join("\n")) }
}

fn headline(view: &View, options: &TerminalOptions) -> String {
    let headline = wrap(&view.headline, options.width, 2);
    if !options.is_coloured {
        return headline;
    }
    let colour = match view.judgement.outcome {
        Outcome::Passed => 32,
        Outcome::Failed => 31,
        Outcome::Inconclusive | Outcome::NothingToJudge => 33,
    };
    format!("\u{1b}[1;{colour}m{headline}\u{1b}[0m")
}

/// One block a group that has something to show: heading, rows, and the count of the rows that are folded; then one
/// line for all other groups.
fn tables(view: &View, options: &TerminalOptions) -> Vec<String> {
    let is_shown = |row: &&Row| options.is_verbose || row.needs_attention;
    let columns = Columns::new(options);
    let shown: Vec<&Row> = view.groups.iter().flat_map(|group| group.rows.iter().filter(is_shown)).collect();
    let widths = columns.widths(&shown);
    let mut has_header = false;
    let (loud, quiet): (Vec<&Group>, Vec<&Group>) =
        view.groups.iter().partition(|group| group.rows.iter().any(|row| is_shown(&row)));
    let mut blocks: Vec<String> = loud
        .into_iter()
        .map(|group| {
            let rows: Vec<&Row> = group.rows.iter().filter(is_shown).collect();
            // The header stands once, over the first rows; the widths are the same for all.
            let table = columns.block(&rows, &widths, !has_header);
            has_header = true;
            let folded = fold_counts(group.rows.iter().filter(|row| !is_shown(row)));
            let folded = (!folded.is_empty()).then(|| format!("  {}", counted(&folded)));
            [Some(name(&group.heading())), Some(table), folded].into_iter().flatten().collect::<Vec<_>>().join("\n")
        })
        .collect();
    if !quiet.is_empty() {
        blocks.push(quiet_lines(&quiet, !blocks.is_empty(), options));
    }
    blocks
}

/// Groups without a finding: a line each, or one line for all where they are many.
fn quiet_lines(groups: &[&Group], has_findings: bool, options: &TerminalOptions) -> String {
    let lines: Vec<String> = if groups.len() > LISTED_QUIET_GROUPS {
        let counts = fold_counts(groups.iter().flat_map(|group| &group.rows));
        let other = if has_findings { " other" } else { "" };
        vec![format!("{}{other} combinations of model and hardware: {}", groups.len(), counted(&counts))]
    } else {
        let line = |group: &&Group| format!("{}: {}", name(&group.heading()), counted(&fold_counts(group.rows.iter())));
        groups.iter().map(line).collect()
    };
    lines.iter().map(|line| wrap(line, options.width, 2)).collect::<Vec<_>>().join("\n")
}

/// `40 unchanged, 2 not judged`.
fn counted(counts: &[(String, usize)]) -> String {
    counts.iter().map(|(words, count)| format!("{count} {words}")).collect::<Vec<_>>().join(", ")
}

/// A foreign name, shortened and safe.
pub(super) fn name(text: &str) -> String {
    escape::terminal(&escape::shorten(text, NAME_LIMIT))
}

/// Rows by their words, in the order of the verdicts.
pub(super) fn fold_counts<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for row in rows {
        match counts.iter_mut().find(|(words, _)| *words == row.words) {
            Some((_, count)) => *count += 1,
            None => counts.push((row.words.clone(), 1)),
        }
    }
    counts
}

/// Why the outcome, then why each verdict; equal reasons are told once.
fn reasons(view: &View, width: Option<u16>) -> Option<String> {
    let mut lines: Vec<String> = view.judgement.reasons.iter().map(|reason| escape::terminal(reason)).collect();
    for (verdict, reason, rows) in reason_groups(view) {
        let named: Vec<String> = rows.iter().take(NAMED_PER_REASON).map(|row| name(&full_name(view, row))).collect();
        let more = rows.len() - named.len();
        let more = if more > 0 { format!(" and {}", plural(more, "more", "more")) } else { String::new() };
        lines.push(format!("{verdict}: {}{more}: {}", named.join(", "), escape::terminal(reason)));
    }
    let lines: Vec<String> = lines.iter().map(|line| wrap(&format!("  - {line}"), width, 4)).collect();
    (!lines.is_empty()).then(|| format!("Why:\n{}", lines.join("\n")))
}

fn full_name(view: &View, row: &Row) -> String {
    view.series(row).series.key.to_string()
}

/// The rows that need attention by verdict and reason, in order of appearance.
pub(super) fn reason_groups(view: &View) -> Vec<(Verdict, &str, Vec<&Row>)> {
    let mut rows: Vec<&Row> = view.groups.iter().flat_map(Group::loud).collect();
    rows.sort_by_key(|row| row.index);
    let mut groups: Vec<(Verdict, &str, Vec<&Row>)> = Vec::new();
    for row in rows {
        let SeriesJudgement { verdict, reason, .. } = view.series(row);
        match groups.iter_mut().find(|(known, text, _)| known == verdict && text == reason) {
            Some((_, _, members)) => members.push(row),
            None => groups.push((*verdict, reason, vec![row])),
        }
    }
    groups
}
