//! A project's own mappings.
//!
//! For: the `[[mapping]]` tables of `benchgate.toml`. Not for: the old system's shapes (see [`crate::formats::legacy`]).
//! Invariant: a mapping that cannot be applied is refused when it is read, with its line, not when a file fits it.

use std::sync::Arc;

use serde::Deserialize;
use thiserror::Error;

use super::read;
use super::shape::Shape;
use crate::formats::json::Json;

/// Mappings in the order in which they are tried.
#[derive(Clone, Debug, Default)]
pub struct Mappings(Arc<Vec<Shape>>);

/// Why mappings were refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}: {problem}")]
pub struct MappingError {
    /// The file.
    pub file: String,
    /// What is wrong, and where.
    pub problem: String,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    mapping: Vec<Shape>,
}

impl Mappings {
    /// Reads the mappings of a configuration file; its other tables are not looked at.
    ///
    /// # Errors
    /// [`MappingError`] for the first mistake.
    pub fn parse(text: &str, file: &str) -> Result<Self, MappingError> {
        let refuse = |problem: String| MappingError { file: file.to_owned(), problem };
        let File { mapping } = toml::from_str(text).map_err(|error| refuse(error.to_string()))?;
        let mut names: Vec<&str> = mapping.iter().map(|one| one.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(refuse(format!("two mappings are called `{}`", pair[0])));
        }
        for one in &mapping {
            if one.when.is_empty() {
                return Err(refuse(format!(
                    "mapping `{}`: `when` is empty, so that every document would fit",
                    one.name
                )));
            }
            if let Some(rule) = one.contains.iter().find(|rule| !names.contains(&rule.shape.as_str())) {
                return Err(refuse(format!("mapping `{}` contains `{}`, which is no mapping", one.name, rule.shape)));
            }
        }
        Ok(Self(Arc::new(mapping)))
    }

    /// The mapping that fits.
    pub(in crate::formats) fn find(&self, json: &Json) -> Option<&Shape> {
        read::find(&self.0, json)
    }

    /// All of them.
    pub(in crate::formats) fn shapes(&self) -> &[Shape] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::formats::testing::{Collected, assert_value};
    use crate::formats::{ReadOptions, read};

    const MAPPING: &str = "
        [gate]
        alpha = '5%'
        [[mapping]]
        name = 'our-bench'
        when = ['suite', 'cases']
        time = 'finished'
        commit = 'sha'
        branch = 'branch'
        [[mapping.results]]
        each = ['cases.{case}.{device:cpu|cuda}']
        model = '/suite'
        hardware = '{device}'
        test_case = '{case}'
        failed = [{ at = 'ok', is = [false] }]
        reason = 'error'
        metrics.latency = { at = 'mean_s', unit = 's', samples = 'runs_s' }
    ";

    const DOCUMENT: &str =
        "{\"suite\": \"enc\", \"sha\": \"abc\", \"branch\": \"main\", \"finished\": 1741232337, \"cases\":
        {\"a\": {\"cpu\": {\"ok\": true, \"mean_s\": 0.5, \"runs_s\": [0.25, 0.75]}, \"note\": 1},
         \"b\": {\"cuda\": {\"ok\": false, \"error\": \"no device\"}}}}";

    fn collect(mapping: &str, document: &str) -> (String, Collected) {
        let reading = ReadOptions {
            mappings: Mappings::parse(mapping, "benchgate.toml").expect("valid"),
            ..ReadOptions::default()
        };
        let mut collected = Collected::default();
        let found = read(Cursor::new(document), "x.json", &reading, &mut collected).expect("well formed");
        (found.to_string(), collected)
    }

    #[test]
    fn a_projects_own_format_is_read_by_its_mapping() {
        let (format, Collected { runs, results, .. }) = collect(MAPPING, DOCUMENT);
        assert_eq!(format, "mapping/our-bench");
        assert_eq!((runs[0].commit.as_deref(), runs[0].branch.as_deref()), (Some("abc"), Some("main")));
        assert_eq!(runs[0].started_at.map(|time| time.to_string()).as_deref(), Some("2025-03-06T03:38:57Z"));
        let [first, second] = &results[..] else { panic!("two results") };
        assert_eq!((first.model.as_deref(), first.test_case.as_deref()), (Some("enc"), Some("a")));
        assert_value(first, "latency", 500.0, "ms");
        assert_eq!(second.status, crate::model::Status::Failed("no device".to_owned()));
    }

    #[test]
    fn a_mapping_wins_over_every_other_format() {
        let mapping =
            "[[mapping]]\nname = 'mine'\nwhen = ['0.value']\n[[mapping.results]]\neach = ['*']\nmodel = 'name'
            metrics.latency = { at = 'value', unit = 'us' }";
        let document = "[{\"name\": \"a\", \"unit\": \"ms\", \"value\": 2}]";
        let (format, collected) = collect(mapping, document);
        assert_eq!(format, "mapping/mine");
        assert_value(&collected.results[0], "latency", 0.002, "ms");
    }

    #[test]
    fn a_table_is_read_by_a_mapping_row_by_row() {
        let mapping = "[[mapping]]\nname = 'table'\nwhen = ['0.net', '0.took']\n[[mapping.results]]\neach = ['*']
            model = 'net'\nbatch_size = 'n'\nmetrics.latency = { at = 'took', unit = 's' }";
        let (format, collected) = collect(mapping, "net,took,n\nenc,0.5,8\ndec,0.25,8\n");
        assert_eq!(format, "mapping/table");
        assert_eq!(collected.results.len(), 2);
        assert_value(&collected.results[1], "latency", 250.0, "ms");
        assert_eq!(collected.results[0].batch_size, Some(8));
    }

    #[test]
    fn mistakes_are_refused_with_their_line() {
        for (text, word) in [
            ("[[mapping]]\nname = 'a'\nwhen = ['x']\n[[mapping.results]]\nmodl = 'm'", "unknown field `modl`"),
            ("[[mapping]]\nname = 'a'\nwhen = ['x..y']", "has an empty name"),
            ("[[mapping]]\nname = 'a'\nwhen = []", "every document would fit"),
            ("[[mapping]]\nname = 'a'\nwhen = ['x']\n[[mapping]]\nname = 'a'\nwhen = ['y']", "two mappings"),
            ("[[mapping]]\nname = 'a'\nwhen = ['x']\n[[mapping.contains]]\nshape = 'b'", "which is no mapping"),
            ("[[mapping]]\nname = 'a'\nwhen = [{ at = 'x', is = 3 }]", "expected a sequence"),
            (
                "[[mapping]]\nname = 'a'\nwhen = ['x']\n[[mapping.results]]\nsplit = [{ text = 'x', pattern = '(', such_as = '' }]",
                "no regular expression",
            ),
        ] {
            let error = Mappings::parse(text, "benchgate.toml").expect_err(word);
            assert!(error.problem.contains(word), "{word}: {error}");
        }
    }
}
