//! What is wrong with a file, and where.
//!
//! For: a message that leads to the byte to repair, and a class that a machine can count. Not for: files that are well
//! formed but hold no results: those are skipped with a reason, not malformed.
//! Invariant: a message never holds more than a short excerpt of the file, which comes from code under review.

use std::fmt;
use std::io;

use thiserror::Error;

use super::text::truncate;
use crate::model::MeasurementError;

/// The kind of defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The file ends inside a value.
    Truncated,
    /// The file holds the markers of an unresolved merge.
    ConflictMarkers,
    /// Something precedes the JSON.
    LeadingGarbage,
    /// Something follows the JSON.
    TrailingGarbage,
    /// The text breaks the format's grammar in another way.
    Syntax,
    /// A value has another type than the format says.
    WrongType,
    /// A needed field or file is absent.
    MissingField,
    /// A field that the native format does not know: a spelling mistake must not vanish.
    UnknownField,
    /// A number is NaN or infinite.
    NotFinite,
    /// A number is negative where it cannot be.
    Negative,
    /// A number is zero where it cannot be.
    Zero,
    /// A field or a configuration occurs twice.
    Duplicate,
    /// A measurement has neither a value nor samples, or a result no measurement.
    Empty,
    /// Two statements exclude each other, such as a failed result with measurements.
    Contradiction,
    /// The file is not text.
    Binary,
    /// The file, a line, a number or a name is larger than the limit.
    TooLarge,
    /// Values are nested more deeply than the limit.
    TooDeep,
    /// The file is not UTF-8.
    NotUtf8,
    /// The native format in a version that this benchgate does not know.
    UnknownVersion,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 19] = [
        Self::Truncated,
        Self::ConflictMarkers,
        Self::LeadingGarbage,
        Self::TrailingGarbage,
        Self::Syntax,
        Self::WrongType,
        Self::MissingField,
        Self::UnknownField,
        Self::NotFinite,
        Self::Negative,
        Self::Zero,
        Self::Duplicate,
        Self::Empty,
        Self::Contradiction,
        Self::Binary,
        Self::TooLarge,
        Self::TooDeep,
        Self::NotUtf8,
        Self::UnknownVersion,
    ];

    /// The name in reports: kebab-case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::ConflictMarkers => "conflict-markers",
            Self::LeadingGarbage => "leading-garbage",
            Self::TrailingGarbage => "trailing-garbage",
            Self::Syntax => "syntax",
            Self::WrongType => "wrong-type",
            Self::MissingField => "missing-field",
            Self::UnknownField => "unknown-field",
            Self::NotFinite => "not-finite",
            Self::Negative => "negative",
            Self::Zero => "zero",
            Self::Duplicate => "duplicate",
            Self::Empty => "empty",
            Self::Contradiction => "contradiction",
            Self::Binary => "binary",
            Self::TooLarge => "too-large",
            Self::TooDeep => "too-deep",
            Self::NotUtf8 => "not-utf8",
            Self::UnknownVersion => "unknown-version",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A defect: its kind, its place as far as it is known, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct Malformed {
    /// The kind.
    pub class: Class,
    /// Line, from 1.
    pub line: Option<u64>,
    /// Column in bytes, from 1.
    pub column: Option<u64>,
    /// The field, such as `results[3].metrics.latency.value`.
    pub pointer: Option<String>,
    /// What is wrong, a lowercase fragment.
    pub message: String,
    /// What to do next, where that is known.
    pub hint: Option<String>,
}

impl Malformed {
    /// A defect whose place is not known yet.
    #[must_use]
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        Self { class, line: None, column: None, pointer: None, message: cut(message.into()), hint: None }
    }

    /// The same defect with its line and column.
    #[must_use]
    pub fn at(self, line: u64, column: u64) -> Self {
        Self { line: Some(line), column: Some(column), ..self }
    }

    /// The same defect with its line.
    #[must_use]
    pub fn on_line(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }

    /// The same defect with its field; an empty pointer means the whole file.
    #[must_use]
    pub fn in_field(self, pointer: impl Into<String>) -> Self {
        Self { pointer: Some(cut(pointer.into())).filter(|pointer| !pointer.is_empty()), ..self }
    }

    /// The same defect with a hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same defect inside a part of the file that starts on `first_line` at byte column `first_column`.
    #[must_use]
    pub(super) fn shifted(mut self, first_line: u64, first_column: u64) -> Self {
        if self.line == Some(1) {
            self.column = self.column.map(|column| column + first_column - 1);
        }
        self.line = self.line.map(|line| line + first_line - 1);
        self
    }
}

/// The longest message or pointer: parsers repeat names of the file, which may be as long as the file.
const MOST_BYTES: usize = 2000;

fn cut(mut text: String) -> String {
    truncate(&mut text, MOST_BYTES);
    text
}

impl fmt::Display for Malformed {
    /// `line 5 column 21: truncated: ...`; with a field, `results[3].metrics.latency.value (line 5): zero: ...`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|line| format!("line {line}"));
        let place = match (line, self.column) {
            (Some(line), Some(column)) => Some(format!("{line} column {column}")),
            (line, _) => line,
        };
        match (&self.pointer, place) {
            (Some(pointer), Some(place)) => write!(formatter, "{pointer} ({place}): ")?,
            (Some(pointer), None) => write!(formatter, "{pointer}: ")?,
            (None, Some(place)) => write!(formatter, "{place}: ")?,
            (None, None) => {}
        }
        write!(formatter, "{}: {}", self.class, self.message)
    }
}

impl From<MeasurementError> for Malformed {
    fn from(error: MeasurementError) -> Self {
        let class = match error {
            MeasurementError::NotFinite { .. } => Class::NotFinite,
            MeasurementError::Negative { .. } => Class::Negative,
            MeasurementError::Zero { .. } => Class::Zero,
            MeasurementError::Empty { .. } => Class::Empty,
            MeasurementError::Name => Class::WrongType,
            MeasurementError::NoUnit { .. } => Class::MissingField,
        };
        Self::new(class, error.to_string())
    }
}

/// Why a file gave no results.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file is defective.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The file is well formed but holds no results, or is of no known format; the text says why.
    #[error("{0}")]
    Skipped(String),
    /// The sink asked to stop.
    #[error("the reader was stopped")]
    Stopped,
    /// The file could not be read.
    #[error("the file could not be read")]
    Io(#[from] io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_reads_place_class_message() {
        let truncated = Malformed::new(Class::Truncated, "the file ends inside a value");
        assert_eq!(truncated.to_string(), "truncated: the file ends inside a value");
        let placed = truncated.at(5, 21);
        assert_eq!(placed.to_string(), "line 5 column 21: truncated: the file ends inside a value");
        let zero = Malformed::new(Class::Zero, "`latency` is zero").in_field("results[3].metrics.latency").on_line(4);
        assert_eq!(zero.to_string(), "results[3].metrics.latency (line 4): zero: `latency` is zero");
    }

    #[test]
    fn a_defect_does_not_repeat_a_long_name_of_the_file() {
        let name = "x".repeat(100_000);
        let defect = Malformed::new(Class::UnknownField, format!("unknown field `{name}`")).in_field(&name);
        assert!(defect.to_string().starts_with("xxx") && defect.to_string().contains("unknown field `xxx"));
        assert!(defect.to_string().len() < 2 * MOST_BYTES + 100);
    }

    #[test]
    fn a_place_inside_a_part_becomes_a_place_in_the_file() {
        let first = Malformed::new(Class::Syntax, "m").at(1, 3).shifted(10, 5);
        assert_eq!((first.line, first.column), (Some(10), Some(7)));
        let later = Malformed::new(Class::Syntax, "m").at(2, 3).shifted(10, 5);
        assert_eq!((later.line, later.column), (Some(11), Some(3)));
    }
}
