//! What an address asks of a page.
//!
//! For: the parameters of forms and links. Not for: which of them a page knows.
//! Invariant: whatever stands in an address is an answer to something or nothing at all; none of it is an error.

use serde::Deserialize;

/// Longest text that is looked for, in characters.
const LONGEST: usize = 200;

/// The parameters of an address; empty where it has none. Unknown ones are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Words that a name must hold.
    pub q: String,
    /// A kind of finding: `worse`, `better`, `drift`, `noise` or `silent`.
    pub found: String,
    /// A metric.
    pub metric: String,
    /// A benchmark, as the matrix names it.
    pub benchmark: String,
    /// A model.
    pub model: String,
    /// The id of a hardware.
    pub hardware: String,
    /// A branch.
    pub branch: String,
    /// A verdict.
    pub verdict: String,
    /// `simulated` for simulated results.
    pub results: String,
    /// A run or commit to compare with.
    pub base: String,
    /// A run or commit to compare.
    pub candidate: String,
    /// The part of a list, from 1.
    pub page: String,
}

impl Asked {
    /// Whether simulated results are asked for.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.results == "simulated"
    }

    /// The part of a list that is asked for, from 0.
    pub(super) fn part(&self) -> usize {
        self.page.parse::<usize>().unwrap_or(1).saturating_sub(1)
    }

    /// The words that a name must hold, in lower case.
    pub(super) fn words(&self) -> Vec<String> {
        let text: String = self.q.chars().take(LONGEST).collect();
        text.to_lowercase().split_whitespace().map(str::to_owned).collect()
    }

    /// Every parameter but the part of the list, for an address that asks the same.
    pub(super) fn parameters(&self) -> [(&'static str, &str); 11] {
        let Self { q, found, metric, benchmark, model, hardware, branch, verdict, results, base, candidate, page: _ } =
            self;
        [
            ("q", q),
            ("found", found),
            ("metric", metric),
            ("benchmark", benchmark),
            ("model", model),
            ("hardware", hardware),
            ("branch", branch),
            ("verdict", verdict),
            ("results", results),
            ("base", base),
            ("candidate", candidate),
        ]
    }
}

/// Whether a name holds all words, whatever their case.
pub(super) fn holds(name: &str, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let name = name.to_lowercase();
    words.iter().all(|word| name.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_order_and_case_and_parts_count_from_one() {
        let asked = Asked { q: " Latency  BERT ".to_owned(), page: "3".to_owned(), ..Asked::default() };
        assert!(holds("bert cuda latency", &asked.words()) && !holds("bert cuda throughput", &asked.words()));
        assert_eq!(asked.part(), 2);
        for odd in ["", "0", "-1", "x", "1e9", "99999999999999999999999"] {
            assert_eq!(Asked { page: odd.to_owned(), ..Asked::default() }.part(), 0, "{odd}");
        }
        assert_eq!(Asked { q: "x".repeat(5000), ..Asked::default() }.words()[0].len(), LONGEST);
    }
}
