//! Which series a rule speaks of.
//!
//! For: the patterns of a `[[rules]]` table. Not for: what the rule sets.
//! Invariant: a rule has at least one pattern, and all of its patterns must match.

use globset::{GlobBuilder, GlobMatcher};

use super::tables::{Located, RuleTable};
use crate::model::SeriesKey;

/// The patterns of a rule.
#[derive(Clone, Debug)]
pub(super) struct Patterns {
    model: Option<GlobMatcher>,
    hardware: Option<GlobMatcher>,
    test_case: Option<GlobMatcher>,
    metric: Option<GlobMatcher>,
}

/// A pattern that cannot be read.
pub(super) struct BadPattern {
    /// Where it stands.
    pub(super) offset: usize,
    /// What is wrong with it.
    pub(super) problem: String,
}

impl Patterns {
    /// Reads the patterns of a table; `None` where it has none.
    pub(super) fn read(table: &RuleTable) -> Result<Option<Self>, BadPattern> {
        let patterns = Self {
            model: pattern(table.model.as_ref(), false)?,
            hardware: pattern(table.hardware.as_ref(), true)?,
            test_case: pattern(table.test_case.as_ref(), false)?,
            metric: pattern(table.metric.as_ref(), false)?,
        };
        let Self { model, hardware, test_case, metric } = &patterns;
        let is_empty = [model, hardware, test_case, metric].iter().all(|pattern| pattern.is_none());
        Ok((!is_empty).then_some(patterns))
    }

    /// Whether the rule speaks of a series.
    pub(super) fn match_series(&self, key: &SeriesKey) -> bool {
        let configuration = &key.configuration;
        let hardware = &configuration.hardware;
        matches(self.model.as_ref(), [Some(configuration.model.as_str())])
            && matches(self.hardware.as_ref(), [Some(hardware.kind.as_str()), hardware.device.as_deref()])
            && matches(self.test_case.as_ref(), [configuration.test_case.as_deref()])
            && matches(self.metric.as_ref(), [Some(key.metric.as_str())])
    }
}

fn pattern(text: Option<&Located<String>>, is_any_case: bool) -> Result<Option<GlobMatcher>, BadPattern> {
    let Some(Located { value, offset }) = text else { return Ok(None) };
    let refuse = |problem: String| BadPattern { offset: *offset, problem };
    if value.is_empty() {
        return Err(refuse("an empty pattern matches nothing: leave the key out, or write `*`".to_owned()));
    }
    GlobBuilder::new(value)
        .case_insensitive(is_any_case)
        .backslash_escape(true)
        .build()
        .map(|glob| Some(glob.compile_matcher()))
        .map_err(|error| refuse(format!("`{value}` is not a pattern: {}", error.kind())))
}

fn matches<const N: usize>(pattern: Option<&GlobMatcher>, names: [Option<&str>; N]) -> bool {
    pattern.is_none_or(|pattern| names.into_iter().flatten().any(|name| pattern.is_match(name)))
}
