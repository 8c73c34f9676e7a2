//! The report as GitHub Markdown, for a pull-request comment or a job summary.
//!
//! For: the reviewer who sees one comment: headline first, what needs attention in tables, the rest folded. Not for:
//! the comment's marker, which the poster adds.
//! Invariant: never longer than the budget in bytes; what was left out for it is the least important, and is counted.

use super::terminal::{NAMED_SUSPECTS, fold_counts, reason_groups};
use super::view::{Group, Row, View};
use crate::gate::Outcome;
use crate::text::{escape, plural, sparkline};

/// Bytes for a comment that somebody else posts: GitHub refuses bodies above 65,536 characters.
pub const DEFAULT_BUDGET: usize = 60_000;

/// Longest name shown, in characters; a longer one is shortened in the middle.
const NAME_LIMIT: usize = 120;

/// Longest foreign sentence shown, in characters.
const SENTENCE_LIMIT: usize = 500;

/// History points shown, the candidate included: what leaves room for the numbers in a comment's width.
const TREND: usize = 10;

/// Reasons listed; the rest is counted.
const REASON_LIMIT: usize = 10;

/// Renders the report in at most `budget` bytes, with a final newline.
#[must_use]
pub fn markdown(view: &View, budget: usize) -> String {
    let loud: Vec<usize> = indices(view, true);
    let quiet: Vec<usize> = indices(view, false);
    let full = layout(view, &loud, &quiet);
    if full.len() <= budget {
        return full;
    }
    // Rows in need of attention are worth more than any other, so the others go first.
    let keep_loud = most_that_fit(loud.len(), |count| layout(view, &loud[..count], &[]).len() <= budget);
    let keep_quiet = most_that_fit(if keep_loud == loud.len() { quiet.len() } else { 0 }, |count| {
        layout(view, &loud, &quiet[..count]).len() <= budget
    });
    let trimmed = layout(view, &loud[..keep_loud], &quiet[..keep_quiet]);
    if trimmed.len() <= budget { trimmed } else { cut(&format!("{}\n", heading(view)), budget) }
}

/// A warning below a report that was written already.
#[must_use]
pub fn markdown_warning(text: &str) -> String {
    format!("\n> **Warning:** {}\n", sentence(text))
}

/// What is left to say where there is no report; `lost` is what a reader looks for, such as `NO VERDICT`.
#[must_use]
pub fn markdown_error(lost: &str, text: &str) -> String {
    format!("### ⚠️ {lost}: benchgate could not finish\n\n{}\n", sentence(text))
}

/// The largest count up to `most` that fits, given that fewer fit where more do; 0 where none does.
pub(super) fn most_that_fit(most: usize, fits: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = high - (high - low) / 2;
        if fits(middle) { low = middle } else { high = middle - 1 }
    }
    low
}

/// The last resort: as many whole characters as fit.
fn cut(text: &str, budget: usize) -> String {
    let mut end = budget.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// Rows by whether they need attention, worst first over all groups.
fn indices(view: &View, is_loud: bool) -> Vec<usize> {
    let rows = view.groups.iter().flat_map(|group| &group.rows);
    let mut indices: Vec<usize> = rows.filter(|row| row.needs_attention == is_loud).map(|row| row.index).collect();
    indices.sort_unstable();
    indices
}

fn layout(view: &View, loud: &[usize], quiet: &[usize]) -> String {
    let mut blocks = vec![heading(view), listed("Fixed", view.fixed.iter().cloned(), REASON_LIMIT)];
    blocks.extend(view.groups.iter().filter_map(|group| table(group, loud)));
    blocks.push(reasons(view));
    blocks.push(listed("Accepted", view.waivers.iter().cloned(), REASON_LIMIT));
    blocks.push(listed("Legs", view.legs.iter().cloned(), REASON_LIMIT));
    blocks.push(listed("Worth a re-run", view.suspects.iter().cloned(), NAMED_SUSPECTS));
    blocks.push(notices(view));
    blocks.push(hints(view));
    blocks.push(details(view));
    blocks.push(rest(view, quiet));
    blocks.push(left_out(view, loud.len() + quiet.len()));
    blocks.push(provenance(view));
    blocks.retain(|block| !block.is_empty());
    format!("{}\n", blocks.join("\n\n"))
}

fn heading(view: &View) -> String {
    // The sign repeats the word for those who skim; the word says it.
    let sign = match view.judgement.outcome {
        Outcome::Passed => "✅",
        Outcome::Failed => "❌",
        Outcome::Inconclusive | Outcome::NothingToJudge => "⚠️",
    };
    format!("### {sign} {}", view.headline)
}

/// A name, shortened and safe.
pub(super) fn name(text: &str) -> String {
    bounded(text, NAME_LIMIT)
}

/// Shortened and safe. Escaping can make a hostile text ten times as long, so it is shortened until it is not much
/// longer escaped than an honest one: no name may push everything else out of the budget.
fn bounded(text: &str, limit: usize) -> String {
    let mut characters = limit;
    loop {
        let escaped = escape::markdown(&escape::shorten(text, characters));
        if escaped.len() <= limit * 3 || characters == 0 {
            return escaped;
        }
        characters /= 2;
    }
}

/// A number with its unit, which belong on one line.
pub(super) fn number(text: &str) -> String {
    name(text).replace(' ', "&nbsp;")
}

fn sentence(text: &str) -> String {
    bounded(text, SENTENCE_LIMIT)
}

/// A group's heading and those of its rows that are wanted; nothing where none is.
fn table(group: &Group, wanted: &[usize]) -> Option<String> {
    let rows: Vec<&Row> = group.rows.iter().filter(|row| wanted.binary_search(&row.index).is_ok()).collect();
    if rows.is_empty() {
        return None;
    }
    let mut lines = vec![
        format!("#### {}", name(&group.heading())),
        String::new(),
        "| Verdict | Benchmark | Value | Change | Noise | History |".to_owned(),
        "| :-- | :-- | --: | --: | --: | :-- |".to_owned(),
    ];
    lines.extend(rows.into_iter().map(table_row));
    Some(lines.join("\n"))
}

/// Two lines a cell, and the verdict first: a comment is narrow, and what does not fit is scrolled away on the right.
fn table_row(row: &Row) -> String {
    let absent = || "–".to_owned();
    let text = |value: &Option<String>| value.as_deref().map_or_else(absent, number);
    let under = |first: String, second: String| format!("{first}<br>{second}");
    let metric = format!("**{}**", name(&row.metric));
    let cells = [
        if row.needs_attention { format!("**{}**", row.words) } else { row.words.clone() },
        if row.benchmark.is_empty() { metric } else { under(name(&row.benchmark), metric) },
        match &row.centre {
            Some(centre) => under(text(&row.value), format!("baseline&nbsp;{}", number(centre))),
            None => text(&row.value),
        },
        match (&row.change, &row.interval) {
            (Some(change), Some(interval)) => under(format!("**{}**", number(change)), number(interval)),
            _ => absent(),
        },
        text(&row.noise),
        sparkline(&row.trend[row.trend.len().saturating_sub(TREND)..]),
    ];
    format!("| {} |", cells.join(" | "))
}

/// Why the outcome, in a few lines.
fn reasons(view: &View) -> String {
    let reasons: Vec<String> = view.judgement.reasons.iter().map(|reason| format!("- {}", sentence(reason))).collect();
    bounded_list(reasons, "reason").join("\n")
}

/// How each verdict was reached, and what could have been seen; folded, since the table says the rest.
fn details(view: &View) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (verdict, reason, rows) in reason_groups(view) {
        let first = view.series(rows[0]).series.key.to_string();
        let more =
            if rows.len() > 1 { format!(" and {}", plural(rows.len() - 1, "more", "more")) } else { String::new() };
        lines.push(format!("- **{verdict}** {}{more}: {}", name(&first), sentence(reason)));
    }
    let mut lines = bounded_list(lines, "reason");
    lines.extend(view.visibility.iter().map(|line| format!("- {}", sentence(line))));
    if lines.is_empty() {
        return String::new();
    }
    let summary = "How the verdicts were reached, and what could have been seen";
    format!("<details><summary>{summary}</summary>\n\n{}\n\n</details>", lines.join("\n"))
}

/// The first items, and how many more there are.
fn bounded_list(mut lines: Vec<String>, noun: &str) -> Vec<String> {
    let left = lines.len().saturating_sub(REASON_LIMIT);
    lines.truncate(REASON_LIMIT);
    if left > 0 {
        lines.push(format!("- and {}", plural(left, &format!("more {noun}"), &format!("more {noun}s"))));
    }
    lines
}

/// A heading with a line for each item, `most` of them at most, and how many more there are; nothing where there is none.
pub(super) fn listed(heading: &str, lines: impl Iterator<Item = String>, most: usize) -> String {
    let lines: Vec<String> = lines.collect();
    let (shown, rest) = lines.split_at(lines.len().min(most));
    let mut items: Vec<String> = shown.iter().map(|line| format!("- {}", sentence(line))).collect();
    if !rest.is_empty() {
        items.push(format!("- and {}", plural(rest.len(), "more", "more")));
    }
    if items.is_empty() { String::new() } else { format!("{heading}:\n\n{}", items.join("\n")) }
}

/// What did not work as it should.
fn notices(view: &View) -> String {
    let notices = view.provenance.notices.iter().take(REASON_LIMIT);
    notices.map(|notice| format!("> **Warning:** {}", sentence(notice))).collect::<Vec<_>>().join("\n>\n")
}

fn hints(view: &View) -> String {
    // Sentences of this program, with code spans and without foreign names.
    view.hints.iter().map(|hint| format!("> **Next:** {hint}")).collect::<Vec<_>>().join("\n>\n")
}

/// The folded rows, with their count by words.
fn rest(view: &View, quiet: &[usize]) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for (words, count) in view.groups.iter().flat_map(|group| fold_counts(group.quiet())) {
        match counts.iter_mut().find(|(known, _)| *known == words) {
            Some((_, sum)) => *sum += count,
            None => counts.push((words, count)),
        }
    }
    if counts.is_empty() {
        return String::new();
    }
    let summary: Vec<String> = counts.iter().map(|(words, count)| format!("{count} {words}")).collect();
    let summary = summary.join(", ");
    let tables: Vec<String> = view.groups.iter().filter_map(|group| table(group, quiet)).collect();
    if tables.is_empty() {
        return format!("Not listed: {summary}.");
    }
    format!("<details><summary>{summary}</summary>\n\n{}\n\n</details>", tables.join("\n\n"))
}

fn left_out(view: &View, shown: usize) -> String {
    let hidden = view.judgement.series.len() - shown;
    if hidden == 0 {
        return String::new();
    }
    let series = plural(hidden, "series, the least important", "series, the least important ones");
    format!("**Left out for length: {series}.** The JSON report has them all.")
}

fn provenance(view: &View) -> String {
    let mut lines: Vec<String> = view.baseline.iter().map(|line| sentence(line)).collect();
    // The address is this program's own: server, repository and numbers that were checked.
    lines.extend(view.provenance.url.as_ref().map(|url| format!("[Log and full report]({url})")));
    format!("<sub>{}</sub>", lines.join("<br>"))
}
