//! What holds of a record.
//!
//! For: recognising documents and telling failures. Not for: values that are taken.
//! Invariant: a condition about something that is not there does not hold.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::path::{Path, Scope};
use crate::formats::json::Json;
use crate::formats::node::Node;

/// A condition: that something is there, or what it is.
#[derive(Clone, Debug)]
pub(in crate::formats) enum Condition {
    /// There is a value.
    There(Path),
    /// One of the values is so.
    So(Test),
}

/// What a value is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::formats) struct Test {
    /// Where the values are.
    pub(in crate::formats) at: Path,
    /// It is one of these.
    is: Option<Vec<Scalar>>,
    /// It is none of these.
    not: Option<Vec<Scalar>>,
    /// It is a text that starts with one of these.
    starts: Option<Vec<String>>,
    /// It is a text that contains one of these.
    contains: Option<Vec<String>>,
    /// It is of this kind.
    kind: Option<Kind>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Scalar {
    Flag(bool),
    Number(f64),
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Object,
    List,
    Text,
    Number,
    Flag,
}

/// By hand: serde's untagged enums tell nothing of what is wrong within.
impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrTable;

        impl<'de> Visitor<'de> for TextOrTable {
            type Value = Condition;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a path, or a table of `at` with `is`, `not`, `starts`, `contains` or `kind`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Condition, E> {
                Path::parse(text).map(Condition::There).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Condition, A::Error> {
                Test::deserialize(MapAccessDeserializer::new(map)).map(Condition::So)
            }
        }

        deserializer.deserialize_any(TextOrTable)
    }
}

impl Condition {
    /// Whether it holds.
    pub(in crate::formats) fn holds(&self, scope: &Scope<'_>) -> bool {
        match self {
            Self::There(path) => !path.values(scope).is_empty(),
            Self::So(test) => test.at.values(scope).iter().any(|node| test.holds(node)),
        }
    }

    /// Where it looks.
    pub(in crate::formats) fn path(&self) -> &Path {
        match self {
            Self::There(path) | Self::So(Test { at: path, .. }) => path,
        }
    }
}

/// Whether all of them hold.
pub(in crate::formats) fn all_hold(conditions: &[Condition], scope: &Scope<'_>) -> bool {
    conditions.iter().all(|one| one.holds(scope))
}

/// Whether one of them holds.
pub(in crate::formats) fn any_holds(conditions: &[Condition], scope: &Scope<'_>) -> bool {
    conditions.iter().any(|one| one.holds(scope))
}

impl Test {
    fn holds(&self, node: &Node<'_>) -> bool {
        let Self { at: _, is, not, starts, contains, kind } = self;
        let is_one_of = |values: &[Scalar]| values.iter().any(|value| value.equals(node.json()));
        let text = node.text().unwrap_or_default();
        is.as_deref().is_none_or(is_one_of)
            && !not.as_deref().is_some_and(is_one_of)
            && starts.iter().all(|starts| starts.iter().any(|start| text.starts_with(start.as_str())))
            && contains.iter().all(|parts| parts.iter().any(|part| text.contains(part.as_str())))
            && kind.is_none_or(|kind| kind.is_of(node.json()))
    }
}

impl Scalar {
    fn equals(&self, json: &Json) -> bool {
        match (self, json) {
            (Self::Flag(flag), Json::Bool(found)) => flag == found,
            (Self::Text(text), Json::Text(found)) => text == found,
            (Self::Number(number), Json::Number(found)) => {
                found.as_f64().is_some_and(|found| (found - number).abs() < f64::EPSILON)
            }
            _ => false,
        }
    }
}

impl Kind {
    fn is_of(self, json: &Json) -> bool {
        match json {
            Json::Object(_) => self == Self::Object,
            Json::List(_) => self == Self::List,
            Json::Text(_) => self == Self::Text,
            Json::Number(_) => self == Self::Number,
            Json::Bool(_) => self == Self::Flag,
            Json::Null => false,
        }
    }
}
