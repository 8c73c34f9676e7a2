//! What files hold beside results: tests, compatibility, and hardware that was looked for.
//!
//! For: the old system's other tables, as the adapters find them. Not for: anything that is compared; none of it is
//! judged.
//! Invariant: what a file does not say is absent; a test script that crashed says nothing about compatibility.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::result::Simulation;

/// One such fact, with its place in the file, which tells it from others of the same run.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The pointer to it.
    pub place: String,
    /// When, where the file says.
    pub measured_at: Option<Timestamp>,
    /// Real or simulated, as marked.
    pub simulation: Simulation,
    /// Why it failed, in one line.
    pub error: Option<String>,
    /// Whatever else the file says of it.
    pub details: BTreeMap<String, String>,
    /// What it is about.
    pub subject: Subject,
}

/// What a record is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Whether a model works on a hardware type.
    Compatibility {
        /// The model or, where the file tests families, the family.
        model: String,
        /// Hardware type in any spelling.
        hardware: String,
        /// The device's name.
        device: Option<String>,
        /// `None` where the file gives no answer.
        is_compatible: Option<bool>,
    },
    /// How a functional test ended.
    Test {
        /// The file or group that holds it.
        module: String,
        /// The class that holds it.
        class: Option<String>,
        /// Its name.
        name: String,
        /// How it ended.
        outcome: TestOutcome,
        /// How long it took in microseconds, as whole numbers compare.
        microseconds: Option<u64>,
        /// The model that it tests.
        model: Option<String>,
        /// The hardware type that it tests on.
        hardware: Option<String>,
        /// The device's name.
        device: Option<String>,
        /// What it checked, where that was kept one by one.
        assertions: Vec<Assertion>,
    },
    /// Whether a machine has a hardware type.
    Detection {
        /// Hardware type in any spelling.
        hardware: String,
        /// The device's name.
        device: Option<String>,
        /// Whether it was found.
        is_available: bool,
    },
}

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestOutcome {
    /// It passed.
    Pass,
    /// It failed.
    Fail,
    /// It broke before it could pass or fail.
    Error,
    /// It did not run.
    Skip,
}

impl TestOutcome {
    /// The word of the former system's table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Error => "error",
            Self::Skip => "skip",
        }
    }
}

/// One check of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// Its name.
    pub name: String,
    /// Whether it held.
    pub passed: bool,
    /// What was expected.
    pub expected: Option<String>,
    /// What was found.
    pub actual: Option<String>,
    /// What the test says of it.
    pub message: Option<String>,
}
