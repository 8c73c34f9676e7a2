//! Counted nouns.
//!
//! For: every "3 runs" of the program. Not for: other languages than English.
//! Invariant: one is singular and everything else, zero included, plural.

use super::number::grouped;

/// A count with its noun: `plural(1, "run", "runs")` is `1 run`, `plural(1234, "series", "series")` is `1,234 series`.
#[must_use]
pub fn plural(count: impl TryInto<i128>, one: &str, many: &str) -> String {
    let count = count.try_into().unwrap_or(i128::MAX);
    let noun = if count == 1 { one } else { many };
    format!("{} {noun}", grouped(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_nothing_else_is() {
        for (count, expected) in [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (1234, "1,234 runs")] {
            assert_eq!(plural(count, "run", "runs"), expected);
        }
    }
}
