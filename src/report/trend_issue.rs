//! A trend as an issue: its title and its text.
//!
//! For: one issue that says what there is to look at, or that there is nothing any more. Not for: opening or closing it, nor
//! for the tables (see [`trend_markdown`]).
//! Invariant: a title is made of counts and of the gate's name; foreign names stand in the text only, escaped.

use super::trend::{TrendFinding, TrendView, trend_markdown};
use crate::gate::trend::SeriesTrend;
use crate::text::plural;

/// What an issue of which nothing is left begins with.
const LAST_WORD: &str =
    "Nothing of what this issue is about is listed any more, so it was closed. It opens again when something is.";

/// `Benchmarks: 2 worsenings, 1 drift`, of these kinds; `name` is that of the gate.
#[must_use]
pub fn trend_issue_title(view: &TrendView, name: &str, kinds: &[TrendFinding]) -> String {
    let all = [TrendFinding::Worse, TrendFinding::Drift, TrendFinding::Noise, TrendFinding::Silent];
    let counts = all.into_iter().filter(|kind| kinds.contains(kind)).map(|kind| (kind, view.count(kind)));
    let parts: Vec<String> = counts.filter(|(_, count)| *count > 0).map(|(kind, count)| words(kind, count)).collect();
    let what = if parts.is_empty() { "nothing to look at".to_owned() } else { parts.join(", ") };
    let of = if name == "benchmarks" { String::new() } else { format!(" ({name})") };
    format!("Benchmarks{of}: {what}")
}

/// The text in at most `budget` bytes where that is enough for ten rows of each table.
#[must_use]
pub fn trend_issue_text(view: &TrendView, is_clear: bool, budget: usize) -> String {
    let first = if is_clear { format!("{LAST_WORD}\n\n") } else { String::new() };
    format!("{first}{}", trend_markdown(view, budget.saturating_sub(first.len())))
}

impl TrendView {
    /// The series with a listed finding of these kinds, in their order.
    pub fn series_with<'a>(&'a self, kinds: &'a [TrendFinding]) -> impl Iterator<Item = &'a SeriesTrend> {
        self.trend.series.iter().filter(|one| kinds.iter().any(|kind| self.count_of(one, *kind) > 0))
    }
}

fn words(kind: TrendFinding, count: usize) -> String {
    match kind {
        TrendFinding::Worse => plural(count, "worsening", "worsenings"),
        TrendFinding::Drift => plural(count, "drift", "drifts"),
        TrendFinding::Noise => plural(count, "noisier series", "noisier series"),
        TrendFinding::Silent => plural(count, "silent series", "silent series"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{HOSTILE, trend};
    use super::*;

    #[test]
    fn a_title_counts_the_kinds_that_were_asked_for_and_holds_no_foreign_name() {
        let view = trend(HOSTILE);
        let title = |name: &str, kinds: &[TrendFinding]| trend_issue_title(&view, name, kinds);
        let all = [TrendFinding::Silent, TrendFinding::Noise, TrendFinding::Drift, TrendFinding::Worse];
        assert_eq!(title("benchmarks", &all), "Benchmarks: 1 worsening, 1 noisier series, 1 silent series");
        assert_eq!(title("nightly", &[TrendFinding::Silent]), "Benchmarks (nightly): 1 silent series");
        assert_eq!(title("benchmarks", &[TrendFinding::Drift]), "Benchmarks: nothing to look at");
        assert_eq!(view.series_with(&[TrendFinding::Drift]).count(), 0);
        assert_eq!(view.series_with(&all).count(), 1);
    }

    #[test]
    fn a_text_keeps_to_its_budget_counts_what_it_leaves_out_and_is_inert() {
        let mut view = trend(HOSTILE);
        view.trend.series = vec![view.trend.series.remove(0); 300];
        let text = trend_issue_text(&view, false, 60_000);
        assert!(text.len() <= 60_000 && text.len() > 40_000, "{}", text.len());
        assert!(text.contains("more changes, smaller or older ones"), "{text}");
        assert!(!text.contains("<img") && !text.contains("@octocat") && !text.contains("<!--"));
        assert!(trend_issue_text(&view, true, 60_000).starts_with("Nothing of what this issue is about is listed"));
    }
}
