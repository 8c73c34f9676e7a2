//! Paths into a document, such as `batch_results.{batch}.error`.
//!
//! For: saying where something is, in a mapping. Not for: what it means.
//! Invariant: a path that leads nowhere finds nothing; `null` is nothing.
//!
//! Names are separated by `.`; `\.` is a dot within a name. `*` is any name or index. In what a rule looks through
//! (`each`), `{name}` is any name and remembers it, and `{name:a|b}` is `a` or `b`. Elsewhere `{name}` is the name that was
//! remembered: alone it is that text, at the beginning of a path the value found there, within a path a name or a part
//! of one (`{name}_error`). A path
//! begins at the record, one with a leading `/` at the document; `.` is the record itself, and `=text` a constant.

use std::fmt;
use std::rc::Rc;

use serde::{Deserialize, Deserializer};

use super::simulation::Marks;
use crate::formats::error::{Class, Malformed};
use crate::formats::node::Node;

/// A path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::formats) struct Path {
    is_from_document: bool,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Name(String),
    Any,
    Remembered(String, Vec<String>),
}

/// What a path is followed from.
#[derive(Clone, Debug)]
pub(in crate::formats) struct Scope<'a> {
    pub(in crate::formats) document: Node<'a>,
    pub(in crate::formats) record: Node<'a>,
    pub(in crate::formats) remembered: Vec<Remembered<'a>>,
    /// What is known of the document's marks, for all records of it.
    pub(in crate::formats) marks: Rc<Marks>,
}

/// A name that a wildcard stood for, and the value that has it.
#[derive(Clone, Debug)]
pub(in crate::formats) struct Remembered<'a> {
    name: String,
    text: String,
    node: Option<Node<'a>>,
}

impl<'a> Scope<'a> {
    /// The whole document.
    pub(in crate::formats) fn of(document: Node<'a>) -> Self {
        Self { record: document.clone(), document, remembered: Vec::new(), marks: Rc::default() }
    }

    /// Remembers a text under a name.
    pub(in crate::formats) fn remember(&mut self, name: &str, text: &str) {
        self.remembered.push(Remembered { name: name.to_owned(), text: text.to_owned(), node: None });
    }

    /// The values that wildcards stood for on the way to the record.
    pub(in crate::formats) fn ancestors(&self) -> impl Iterator<Item = &Node<'a>> {
        self.remembered.iter().filter_map(|one| one.node.as_ref())
    }

    /// The defect of a record that lacks what its format always has.
    pub(in crate::formats) fn missing(&self, what: &str) -> Malformed {
        self.record.defect(Class::MissingField, format!("the {what} is not where this format has it"))
    }

    /// A remembered text.
    pub(in crate::formats) fn text(&self, name: &str) -> Option<&str> {
        self.find(name).map(|one| one.text.as_str())
    }

    /// A name with the remembered texts in it.
    fn fill(&self, name: &str) -> String {
        let fill = |name: String, one: &Remembered<'a>| name.replace(&format!("{{{}}}", one.name), &one.text);
        self.remembered.iter().rev().fold(name.to_owned(), fill)
    }

    fn find(&self, name: &str) -> Option<&Remembered<'a>> {
        self.remembered.iter().rev().find(|one| one.name == name)
    }
}

impl Path {
    /// Reads a path.
    pub(in crate::formats) fn parse(text: &str) -> Result<Self, String> {
        let (is_from_document, rest) = match text.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let names = if rest.is_empty() || text == "." { Vec::new() } else { split(rest) };
        let steps = names.into_iter().map(|name| step(name, text)).collect::<Result<_, _>>()?;
        Ok(Self { is_from_document, steps })
    }

    /// The name that is remembered, if that is the whole path.
    pub(in crate::formats) fn remembered(&self) -> Option<&str> {
        match &self.steps[..] {
            [Step::Remembered(name, _)] if !self.is_from_document => Some(name),
            _ => None,
        }
    }

    /// Every record that the path leads to; its wildcards are remembered.
    pub(in crate::formats) fn records<'a>(&self, scope: &Scope<'a>) -> Vec<Scope<'a>> {
        let mut found = vec![scope.clone()];
        for step in &self.steps {
            let mut next = Vec::new();
            for scope in &found {
                match step {
                    Step::Name(name) => {
                        next.extend(scope.record.child(name).map(|record| Scope { record, ..scope.clone() }));
                    }
                    Step::Any => {
                        next.extend(scope.record.children().map(|(_, record)| Scope { record, ..scope.clone() }));
                    }
                    Step::Remembered(name, only) => {
                        let children = scope.record.children();
                        for (text, record) in children.filter(|(text, _)| only.is_empty() || only.contains(text)) {
                            let mut remembered = scope.remembered.clone();
                            remembered.push(Remembered { name: name.clone(), text, node: Some(record.clone()) });
                            next.push(Scope { record, remembered, ..scope.clone() });
                        }
                    }
                }
            }
            found = next;
        }
        found
    }

    /// The values that the path leads to.
    pub(in crate::formats) fn values<'a>(&self, scope: &Scope<'a>) -> Vec<Node<'a>> {
        let mut steps = self.steps.iter();
        let mut found = match (&self.steps[..], self.is_from_document) {
            (_, true) => vec![scope.document.clone()],
            ([Step::Remembered(name, _), ..], false) => {
                steps.next();
                scope.find(name).and_then(|one| one.node.clone()).into_iter().collect()
            }
            _ => vec![scope.record.clone()],
        };
        for step in steps {
            found = match step {
                Step::Name(name) if name.contains('{') => {
                    let name = scope.fill(name);
                    found.iter().filter_map(|node| node.child(&name)).collect()
                }
                Step::Name(name) => found.iter().filter_map(|node| node.child(name)).collect(),
                Step::Any => found.iter().flat_map(|node| node.children().map(|(_, node)| node)).collect(),
                Step::Remembered(name, _) => match scope.text(name) {
                    Some(name) => found.iter().filter_map(|node| node.child(name)).collect(),
                    None => Vec::new(),
                },
            };
        }
        found
    }
}

/// The names of a path; `\.` is no border.
fn split(text: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let last = names.last_mut().expect("internal error: there is always a name");
        match character {
            '\\' if characters.peek() == Some(&'.') => last.extend(characters.next()),
            '.' => names.push(String::new()),
            _ => last.push(character),
        }
    }
    names
}

fn step(name: String, path: &str) -> Result<Step, String> {
    if name.is_empty() {
        return Err(format!("`{path}` has an empty name: write names separated by single dots"));
    }
    if name == "*" {
        return Ok(Step::Any);
    }
    let Some(inner) = name.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        return Ok(Step::Name(name));
    };
    let (inner, only) = inner.split_once(':').map_or((inner, ""), |(inner, only)| (inner, only));
    let is_name =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_name(inner) {
        return Err(format!("`{path}`: `{{{inner}}}` needs a name of letters, digits and `_`"));
    }
    let only = only.split('|').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Ok(Step::Remembered(inner.to_owned(), only))
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self
            .steps
            .iter()
            .map(|step| match step {
                Step::Name(name) => name.replace('.', "\\."),
                Step::Any => "*".to_owned(),
                Step::Remembered(name, only) if only.is_empty() => format!("{{{name}}}"),
                Step::Remembered(name, only) => format!("{{{name}:{}}}", only.join("|")),
            })
            .collect();
        let start = match (self.is_from_document, self.steps.is_empty()) {
            (true, _) => "/",
            (false, true) => ".",
            (false, false) => "",
        };
        write!(formatter, "{start}{}", names.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::json::{Json, parse};

    fn document() -> Json {
        parse("{\"at\": 1, \"runs\": {\"a.b\": {\"v\": [10, 20]}, \"c\": {\"v\": null}}, \"of\": {\"c\": 3}}", 64)
            .expect("JSON")
    }

    fn path(text: &str) -> Path {
        let path = Path::parse(text).expect("valid");
        assert_eq!(path.to_string(), text);
        path
    }

    #[test]
    fn wildcards_are_remembered_and_lead_back() {
        let json = document();
        let records = path("runs.{name}").records(&Scope::of(Node::root(&json)));
        assert_eq!(records.iter().map(|one| one.text("name").expect("a name")).collect::<Vec<_>>(), ["a.b", "c"]);
        let numbers = |scope: &Scope<'_>, text: &str| -> Vec<f64> {
            path(text).values(scope).iter().filter_map(|node| node.number().ok()).collect()
        };
        assert_eq!(numbers(&records[0], "v.*"), [10.0, 20.0]);
        assert_eq!(numbers(&records[0], "v.1"), [20.0]);
        assert_eq!(numbers(&records[0], "{name}.v.0"), [10.0]);
        assert_eq!(numbers(&records[0], "/runs.a\\.b.v.0"), [10.0]);
        assert_eq!(numbers(&records[1], "/of.{name}"), [3.0]);
        assert_eq!(numbers(&records[1], "v"), [0.0; 0], "null is nothing");
        assert_eq!(numbers(&records[1], "/at"), [1.0]);
        let only = path("runs.{name:c|d}").records(&Scope::of(Node::root(&json)));
        assert_eq!(only.len(), 1);
    }

    #[test]
    fn what_is_no_path_says_why() {
        for (text, word) in
            [("a..b", "empty name"), ("a.", "empty name"), ("{}", "needs a name"), ("{a b}", "needs a name")]
        {
            assert!(Path::parse(text).expect_err(text).contains(word), "{text}");
        }
    }
}
