//! What is wrong with a history.
//!
//! For: naming each way in which a file can differ from what benchgate writes, and how bad that is. Not for: looking
//! (see `store`), nor for sentences (see `report`).
//! Invariant: a finding counts at least one row or name; its examples come from the file and are hostile data.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// It may be right, and somebody should look.
    Warning,
    /// benchgate did not write this, and verdicts or queries may be wrong.
    Error,
}

impl Severity {
    /// The word of reports and schemas.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// A table or column that is missing, or has another type.
    Schema,
    /// A view that is missing, or asks something else.
    View,
    /// A table or view that is not benchgate's.
    Foreign,
    /// A row that names another one which is not there.
    Orphan,
    /// Rows of which there must be one.
    Duplicate,
    /// An id that is not the hash of what it names.
    Identity,
    /// A unit that is not canonical.
    Unit,
    /// A number that its metric cannot have.
    Value,
    /// A result that failed to run and has values.
    FailedWithValues,
    /// A result that is marked real and says why it is simulated, or the other way round.
    Simulation,
    /// A time that has not come yet.
    Future,
    /// A text that is empty, overlong, or holds control characters.
    Text,
    /// A row that nothing uses.
    Unused,
}

impl Check {
    /// Its name for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::View => "view",
            Self::Foreign => "foreign",
            Self::Orphan => "orphan",
            Self::Duplicate => "duplicate",
            Self::Identity => "identity",
            Self::Unit => "unit",
            Self::Value => "value",
            Self::FailedWithValues => "failed-with-values",
            Self::Simulation => "simulation",
            Self::Future => "future",
            Self::Text => "text",
            Self::Unused => "unused",
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Foreign | Self::Unused => Severity::Note,
            Self::Future | Self::Text => Severity::Warning,
            Self::Schema
            | Self::View
            | Self::Orphan
            | Self::Duplicate
            | Self::Identity
            | Self::Unit
            | Self::Value
            | Self::FailedWithValues
            | Self::Simulation => Severity::Error,
        }
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked for.
    pub check: Check,
    /// Table and column, or what they refer to.
    pub place: String,
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<String>,
}

impl Finding {
    /// The same with what another one of its check and place found, and at most so many examples.
    #[must_use]
    pub fn with(mut self, other: Self, examples: usize) -> Self {
        self.count += other.count;
        self.examples.extend(other.examples);
        self.examples.truncate(examples);
        self
    }
}
