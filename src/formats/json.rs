//! JSON with located defects.
//!
//! For: a whole document as a tree for the adapters, and the class and place of what `serde_json` reports. Not for:
//! native results, which are streamed into typed structs; reading fields (see [`super::node`]).
//! Invariant: no input overflows the stack, and a key that occurs twice is a defect instead of the last one winning.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_json::error::Category;

use super::error::{Class, Malformed};
use super::text::{conflict_markers, position, to_u64};

/// A JSON value; objects keep the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Json {
    /// The value of a key, if this is an object that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// The first element, if this is a list that has one.
    pub(super) fn first(&self) -> Option<&Self> {
        match self {
            Self::List(items) => items.first(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Object(_) => None,
        }
    }

    /// A hash of what the value holds: the same wherever it stands, and in whatever order its fields are.
    pub(super) fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        self.hash(&mut hasher);
        hasher.finalize().to_hex().to_string()
    }

    fn hash(&self, hasher: &mut blake3::Hasher) {
        let mut text = |mark: &[u8; 1], text: &str| {
            hasher.update(mark).update(&to_u64(text.len()).to_le_bytes()).update(text.as_bytes());
        };
        match self {
            Self::Null => text(b"0", ""),
            Self::Bool(flag) => text(b"b", if *flag { "true" } else { "false" }),
            Self::Number(number) => text(b"n", &number.to_string()),
            Self::Text(value) => text(b"t", value),
            Self::List(items) => {
                text(b"l", &items.len().to_string());
                items.iter().for_each(|item| item.hash(hasher));
            }
            Self::Object(fields) => {
                text(b"o", &fields.len().to_string());
                let mut fields: Vec<_> = fields.iter().collect();
                fields.sort_unstable_by_key(|(name, _)| name);
                for (name, value) in fields {
                    Self::Text(name.clone()).hash(hasher);
                    value.hash(hasher);
                }
            }
        }
    }

    /// What the value is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// Parses a whole document.
pub(super) fn parse(text: &str, max_depth: usize) -> Result<Json, Malformed> {
    check_depth(text.as_bytes(), max_depth)?;
    serde_json::from_str(text).map_err(|error| classify(&error, text))
}

/// Refuses brackets nested more deeply than the limit, before anything recursive sees them.
pub(super) fn check_depth(bytes: &[u8], max_depth: usize) -> Result<(), Malformed> {
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for (offset, byte) in bytes.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'{' | b'[' if !is_text => {
                depth += 1;
                if depth > max_depth {
                    let (line, column) = position(bytes, offset);
                    let message = format!("values are nested more than {max_depth} levels deep");
                    return Err(Malformed::new(Class::TooDeep, message).at(line, column));
                }
            }
            b'}' | b']' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// What `serde_json` reports about a text, as a defect with its class and place.
pub(super) fn classify(error: &serde_json::Error, text: &str) -> Malformed {
    let (line, column) = (to_u64(error.line()), to_u64(error.column()));
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    if error.classify() == Category::Data {
        let malformed = Malformed::new(data_class(message), message);
        return if line == 0 { malformed } else { malformed.at(line, column) };
    }
    if let Some(markers) = conflict_markers(text) {
        return markers;
    }
    if let Some(malformed) = not_a_number(text, error) {
        return malformed;
    }
    if let Some(malformed) = leading_garbage(text) {
        return malformed;
    }
    if error.classify() == Category::Eof {
        // One past the last byte: where the rest belongs.
        let end = text.trim_end_matches(['\r', '\n']).len();
        let (line, column) = position(text.as_bytes(), end);
        let hint = "the tool was stopped while writing, or the file was copied incompletely";
        return Malformed::new(Class::Truncated, "the file ends inside a value").at(line, column).hint(hint);
    }
    let class = match message {
        "number out of range" => Class::NotFinite,
        "trailing characters" => Class::TrailingGarbage,
        "recursion limit exceeded" => Class::TooDeep,
        _ => Class::Syntax,
    };
    Malformed::new(class, message).at(line, column)
}

/// The class of an error that serde found in the data, by its fixed beginnings.
fn data_class(message: &str) -> Class {
    match message {
        _ if message.starts_with("duplicate ") => Class::Duplicate,
        _ if message.starts_with("unknown field") => Class::UnknownField,
        _ if message.starts_with("missing field") => Class::MissingField,
        _ if message.starts_with("unknown variant")
            && (message.contains("benchgate/results/") || message.contains("benchgate/snapshot/")) =>
        {
            Class::UnknownVersion
        }
        _ if message.starts_with("invalid value: integer `-") => Class::Negative,
        _ if message.starts_with("invalid value: integer") => Class::TooLarge,
        _ => Class::WrongType,
    }
}

/// `NaN` and `Infinity`, which Python's `json` writes and JSON does not know, where the parser stopped.
fn not_a_number(text: &str, error: &serde_json::Error) -> Option<Malformed> {
    let row = text.split('\n').nth(error.line().checked_sub(1)?)?;
    let stopped = error.column().min(row.len());
    let start = row.as_bytes()[..stopped].iter().rposition(|byte| b" \t:,[{".contains(byte)).map_or(0, |at| at + 1);
    let word = row.get(start..)?;
    let literal = ["NaN", "nan", "-NaN", "Infinity", "-Infinity", "inf", "-inf"];
    let literal = literal.into_iter().find(|literal| word.starts_with(literal))?;
    let message = format!("`{literal}` is not a finite number");
    let hint = "leave out what was not measured, or mark the result as failed";
    Some(Malformed::new(Class::NotFinite, message).at(to_u64(error.line()), to_u64(start) + 1).hint(hint))
}

/// Text before a document that is valid without it, such as log lines of the tool.
pub(super) fn leading_garbage(text: &str) -> Option<Malformed> {
    let start = text.find(|character: char| !character.is_whitespace())?;
    if text[start..].starts_with(['{', '[']) {
        return None;
    }
    let candidates = text.match_indices(['{', '[']).map(|(offset, _)| offset).take(16);
    let is_json = |offset: usize| serde_json::from_str::<serde::de::IgnoredAny>(&text[offset..]).is_ok();
    candidates.into_iter().find(|offset| is_json(*offset))?;
    let (line, column) = position(text.as_bytes(), start);
    let hint = "remove what precedes the JSON; log output belongs on standard error";
    Some(Malformed::new(Class::LeadingGarbage, "something precedes the JSON").at(line, column).hint(hint))
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Json, E> {
        Number::from_f64(value).map(Json::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        let mut names = std::collections::HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !names.insert(name.clone()) {
                let start: String = name.chars().take(80).collect();
                return Err(A::Error::custom(format_args!("duplicate key `{start}`")));
            }
            fields.push((name, map.next_value()?));
        }
        Ok(Json::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defect(text: &str) -> (Class, Option<u64>, Option<u64>) {
        let malformed = parse(text, 64).expect_err(text);
        (malformed.class, malformed.line, malformed.column)
    }

    #[test]
    fn defects_have_a_class_and_a_place() {
        for (text, class, line, column) in [
            ("{\"a\": 1,\n \"b\": ", Class::Truncated, 2, 7),
            ("{\"a\": NaN}", Class::NotFinite, 1, 7),
            ("{\"a\":\n [1, -Infinity]}", Class::NotFinite, 2, 6),
            ("{\"a\": 1e999}", Class::NotFinite, 1, 11),
            ("{\"a\": 1, \"a\": 2}", Class::Duplicate, 1, 12),
            ("{\n<<<<<<< HEAD\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> b\n}", Class::ConflictMarkers, 2, 1),
            ("clas{\"a\": 1}", Class::LeadingGarbage, 1, 1),
            ("{\"a\": 1} x", Class::TrailingGarbage, 1, 10),
            ("{\"a\" 1}", Class::Syntax, 1, 6),
        ] {
            assert_eq!(defect(text), (class, Some(line), Some(column)), "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_without_recursion() {
        assert_eq!(defect(&"[".repeat(100_000)), (Class::TooDeep, Some(1), Some(65)));
        assert!(parse("[\"[[[[\\\"[[[[\"]", 2).is_ok());
    }
}
