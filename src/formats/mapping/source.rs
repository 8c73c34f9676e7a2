//! Where a fact comes from: a path, a remembered name, a constant, or the first of several that says something.
//!
//! For: taking a value in its type. Not for: finding records.
//! Invariant: what no path leads to is absent; what is there in another type than is needed is a defect with its place.

use std::fmt;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::path::{Path, Scope};
use crate::formats::error::{Class, Malformed};
use crate::formats::node::Node;

/// Where a fact comes from; empty where nothing is said.
#[derive(Clone, Debug, Default)]
pub(in crate::formats) struct Source(Vec<From>);

#[derive(Clone, Debug)]
enum From {
    Constant(String),
    Remembered(String),
    Path(Path),
}

/// By hand: serde's untagged enums tell nothing of what is wrong within.
impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;

        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Source;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a path or a list of paths")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Source, E> {
                Ok(Source(vec![From::parse(text).map_err(E::custom)?]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Source, A::Error> {
                let mut sources = Vec::new();
                while let Some(text) = texts.next_element::<String>()? {
                    sources.push(From::parse(&text).map_err(de::Error::custom)?);
                }
                Ok(Source(sources))
            }
        }

        deserializer.deserialize_any(OneOrMore)
    }
}

impl From {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(constant) = text.strip_prefix('=') {
            return Ok(Self::Constant(constant.to_owned()));
        }
        let path = Path::parse(text)?;
        Ok(path.remembered().map(|name| Self::Remembered(name.to_owned())).unwrap_or(Self::Path(path)))
    }
}

/// What was found: a value of the document, or a text.
pub(in crate::formats) enum Found<'a> {
    Node(Node<'a>),
    Text(String),
}

impl Source {
    /// Whether nothing is said.
    pub(in crate::formats) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first that is there.
    pub(in crate::formats) fn find<'a>(&self, scope: &Scope<'a>) -> Option<Found<'a>> {
        self.0.iter().find_map(|from| match from {
            From::Constant(text) => Some(Found::Text(text.clone())),
            From::Remembered(name) => scope.text(name).map(|text| Found::Text(text.to_owned())),
            From::Path(path) => path.values(scope).into_iter().next().map(Found::Node),
        })
    }

    /// All that a path leads to.
    pub(in crate::formats) fn nodes<'a>(&self, scope: &Scope<'a>) -> Vec<Node<'a>> {
        self.0
            .iter()
            .flat_map(|from| match from {
                From::Path(path) => path.values(scope),
                From::Constant(_) | From::Remembered(_) => Vec::new(),
            })
            .collect()
    }

    /// A text that says something.
    pub(in crate::formats) fn text(&self, scope: &Scope<'_>) -> Result<Option<String>, Malformed> {
        let text = match self.find(scope) {
            None => None,
            Some(Found::Text(text)) => Some(text),
            Some(Found::Node(node)) => Some(node.text()?.to_owned()),
        };
        Ok(text.filter(|text| !text.trim().is_empty()))
    }

    /// A text, number or boolean as text.
    pub(in crate::formats) fn scalar(&self, scope: &Scope<'_>) -> Result<Option<String>, Malformed> {
        match self.find(scope) {
            None => Ok(None),
            Some(Found::Text(text)) => Ok(Some(text)),
            Some(Found::Node(node)) => match node.scalar() {
                Some(text) => Ok(Some(text)),
                None => Err(node.defect(Class::WrongType, "expected a text, a number or a boolean")),
            },
        }
    }

    /// The first that is a text, number or boolean: for what is only shown.
    pub(in crate::formats) fn words(&self, scope: &Scope<'_>) -> Option<String> {
        let said = self.0.iter().find_map(|from| match from {
            From::Constant(text) => Some(text.clone()),
            From::Remembered(name) => scope.text(name).map(str::to_owned),
            From::Path(path) => path.values(scope).iter().find_map(Node::scalar),
        });
        said.filter(|text| !text.trim().is_empty())
    }

    /// A value in a type: as the document has it, or the same of a remembered text.
    pub(in crate::formats) fn value<'a, T>(
        &self,
        scope: &Scope<'a>,
        read: impl Fn(&Node<'a>) -> Result<T, Malformed>,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Malformed> {
        match self.find(scope) {
            None => Ok(None),
            Some(Found::Node(node)) => read(&node).map(Some),
            Some(Found::Text(text)) => parse(&text).map(Some).ok_or_else(|| {
                let text: String = text.chars().take(80).collect();
                scope.record.defect(Class::WrongType, format!("`{text}` is not what is expected here"))
            }),
        }
    }
}
