//! What a mapping says: how a document is recognised, and where its facts are.
//!
//! For: the declarative form, as it stands in TOML. Not for: applying it (see [`super::read`]).
//! Invariant: an unknown key is an error, so that a misspelt rule is not silently ignored.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::condition::{Condition, all_hold, any_holds};
use super::path::{Path, Scope};
use super::source::Source;
use crate::formats::error::{Class, Malformed};

/// A kind of document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::formats) struct Shape {
    /// Its name in reports.
    pub(in crate::formats) name: String,
    /// What every such document has.
    pub(in crate::formats) when: Vec<Condition>,
    /// What no such document has.
    #[serde(default)]
    pub(in crate::formats) unless: Vec<Condition>,
    /// Why it holds nothing to import, where that is so.
    pub(in crate::formats) skip: Option<String>,
    /// When the run was made.
    #[serde(default)]
    pub(in crate::formats) time: Source,
    /// The suite.
    #[serde(default)]
    pub(in crate::formats) suite: Source,
    /// The commit.
    #[serde(default)]
    pub(in crate::formats) commit: Source,
    /// The branch.
    #[serde(default)]
    pub(in crate::formats) branch: Source,
    /// The run's name.
    #[serde(default)]
    pub(in crate::formats) run: Source,
    /// Changing facts of the machine and the tools.
    #[serde(default)]
    pub(in crate::formats) environment: BTreeMap<String, Source>,
    /// The machine.
    #[serde(default)]
    pub(in crate::formats) machine: MachineRule,
    /// Why all of it is suspected, where that is known.
    pub(in crate::formats) suspect: Option<String>,
    /// Results.
    #[serde(default)]
    pub(in crate::formats) results: Vec<ResultRule>,
    /// Models on hardware types.
    #[serde(default)]
    pub(in crate::formats) compatibility: Vec<CompatibilityRule>,
    /// Functional tests.
    #[serde(default)]
    pub(in crate::formats) tests: Vec<TestRule>,
    /// Hardware that was looked for.
    #[serde(default)]
    pub(in crate::formats) detections: Vec<DetectionRule>,
    /// What went wrong in the run as a whole.
    #[serde(default)]
    pub(in crate::formats) errors: Vec<ErrorRule>,
    /// Whole documents of other shapes within this one.
    #[serde(default)]
    pub(in crate::formats) contains: Vec<ContainsRule>,
}

/// A text taken apart.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::formats) struct Split {
    /// The text.
    pub(in crate::formats) text: Source,
    /// A regular expression with named groups, which must match the whole text.
    pub(in crate::formats) pattern: Pattern,
    /// Examples of such a text, for the message.
    pub(in crate::formats) such_as: String,
}

/// A regular expression that matches a whole text.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::formats) struct Pattern(pub(in crate::formats) regex::Regex);

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // The library reads in linear time; the bound is for what compiling takes.
        let whole = regex::RegexBuilder::new(&format!("^(?:{text})$")).size_limit(1 << 20).build();
        whole.map(Self).map_err(|error| format!("`{text}` is no regular expression: {error}"))
    }
}

/// The machine that all results of a document ran on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::formats) struct MachineRule {
    pub(in crate::formats) cpu_cores: Source,
    /// In units of 2^30 bytes, as Python tools count.
    pub(in crate::formats) memory_gib: Source,
    /// GPUs, which concern results of `cuda` alone.
    pub(in crate::formats) gpus: Source,
    /// Devices by hardware type; several of a type name none, since which one was used is not said.
    pub(in crate::formats) devices: BTreeMap<String, Source>,
}

/// A rule: which records it is about, in the same words for all, and what it takes from each.
macro_rules! rule {
    ($(#[$doc:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(in crate::formats) struct $name {
            /// Where the records are; the whole document where nothing is said.
            #[serde(default)]
            each: Vec<Path>,
            /// What each of them has.
            #[serde(default)]
            when: Vec<Condition>,
            /// What none of them has.
            #[serde(default)]
            unless: Vec<Condition>,
            /// Texts taken apart by a pattern, whose named groups are remembered.
            #[serde(default)]
            split: Vec<Split>,
            $($(#[$attribute])* pub(in crate::formats) $field: $type,)*
        }

        impl $name {
            /// The records of a document; what a pattern does not fit is a defect.
            pub(in crate::formats) fn records<'a>(&self, document: &Scope<'a>) -> Result<Vec<Scope<'a>>, Malformed> {
                let mut found = match &self.each[..] {
                    [] => vec![document.clone()],
                    each => each.iter().flat_map(|path| path.records(document)).collect(),
                };
                found.retain(|scope| all_hold(&self.when, scope) && !any_holds(&self.unless, scope));
                for scope in &mut found {
                    self.split.iter().try_for_each(|split| split.remember(scope))?;
                }
                Ok(found)
            }
        }
    };
}

rule! {
    /// Results.
    ResultRule {
        /// When it was measured; the run's time is not repeated here.
        #[serde(default)]
        time: Source,
        /// What must hold of each, or the document is defective.
        #[serde(default)]
        requires: Vec<Condition>,
        /// What says that it failed.
        #[serde(default)]
        failed: Vec<Condition>,
        /// Why.
        #[serde(default)]
        reason: Source,
        #[serde(default)]
        model: Source,
        #[serde(default)]
        hardware: Source,
        #[serde(default)]
        device: Source,
        #[serde(default)]
        test_case: Source,
        #[serde(default)]
        batch_size: Source,
        #[serde(default)]
        precision: Source,
        #[serde(default)]
        iterations: Source,
        #[serde(default)]
        warmup_iterations: Source,
        #[serde(default)]
        total_time_seconds: Source,
        #[serde(default)]
        parameters: BTreeMap<String, Source>,
        #[serde(default)]
        metrics: BTreeMap<String, MetricRule>,
        /// An object of further metrics by name, with the unit at the end of the name.
        further_metrics: Option<Path>,
    }
}

/// One metric.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::formats) struct MetricRule {
    /// Where the value is.
    pub(in crate::formats) at: Source,
    /// Its unit; without one, the metric's name must imply it.
    pub(in crate::formats) unit: Option<String>,
    /// Where the samples are.
    #[serde(default)]
    pub(in crate::formats) samples: Source,
    /// Whether a result without it is worth a word.
    #[serde(default)]
    pub(in crate::formats) is_expected: bool,
}

rule! {
    /// Models on hardware types.
    CompatibilityRule {
        /// When it was measured; the run's time is not repeated here.
        #[serde(default)]
        time: Source,
        model: Source,
        hardware: Source,
        /// What says that it works.
        works: Vec<Condition>,
        /// What says that it does not.
        #[serde(default)]
        works_not: Vec<Condition>,
        #[serde(default)]
        reason: Source,
        #[serde(default)]
        details: BTreeMap<String, Source>,
    }
}

rule! {
    /// Functional tests.
    TestRule {
        /// When it was measured; the run's time is not repeated here.
        #[serde(default)]
        time: Source,
        module: Source,
        #[serde(default)]
        class: Source,
        test: Source,
        /// What says that it failed.
        #[serde(default)]
        failed: Vec<Condition>,
        /// What says that it broke before it could pass or fail.
        #[serde(default)]
        broke: Vec<Condition>,
        /// What says that it did not run.
        #[serde(default)]
        skipped: Vec<Condition>,
        #[serde(default)]
        reason: Source,
        #[serde(default)]
        seconds: Source,
        #[serde(default)]
        model: Source,
        #[serde(default)]
        hardware: Source,
        /// Where its single checks are.
        assertions: Option<AssertionRule>,
    }
}

/// The single checks of a test.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::formats) struct AssertionRule {
    /// Where they are.
    pub(in crate::formats) each: Path,
    pub(in crate::formats) name: Source,
    /// What says that one held.
    pub(in crate::formats) passed: Vec<Condition>,
    #[serde(default)]
    pub(in crate::formats) expected: Source,
    #[serde(default)]
    pub(in crate::formats) actual: Source,
    #[serde(default)]
    pub(in crate::formats) message: Source,
}

rule! {
    /// Hardware that was looked for.
    DetectionRule {
        /// When it was measured; the run's time is not repeated here.
        #[serde(default)]
        time: Source,
        hardware: Source,
        #[serde(default)]
        device: Source,
        /// What says that it was found.
        found: Vec<Condition>,
        #[serde(default)]
        reason: Source,
        #[serde(default)]
        details: BTreeMap<String, Source>,
    }
}

rule! {
    /// What went wrong in the run as a whole.
    ErrorRule {
        part: Source,
        reason: Source,
    }
}

rule! {
    /// Whole documents within this one, each a run of its own.
    ContainsRule {
        /// The name of their shape.
        shape: String,
    }
}

/// A table of shapes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    shape: Vec<Shape>,
}

impl Shape {
    /// The shapes of a table that is a part of the program.
    pub(in crate::formats) fn of_table(text: &str) -> Vec<Self> {
        toml::from_str::<Table>(text).expect("internal error: the tables are valid").shape
    }

    /// Whether a document is of this shape.
    pub(in crate::formats) fn matches(&self, document: &Scope<'_>) -> bool {
        all_hold(&self.when, document) && !any_holds(&self.unless, document)
    }
}

impl Split {
    fn remember(&self, scope: &mut Scope<'_>) -> Result<(), Malformed> {
        let Some(text) = self.text.scalar(scope)? else { return Ok(()) };
        let Some(groups) = self.pattern.0.captures(&text) else {
            let message = format!("expected something such as {}", self.such_as);
            return Err(scope.record.defect(Class::WrongType, message));
        };
        let names = self.pattern.0.capture_names().flatten();
        for (name, group) in names.filter_map(|name| Some((name, groups.name(name)?))) {
            scope.remember(name, group.as_str());
        }
        Ok(())
    }
}
