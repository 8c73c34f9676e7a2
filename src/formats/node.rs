//! Reading fields out of a JSON tree, with the pointer of whatever is wrong.
//!
//! For: short adapters: each accessor either gives the value in its type or a located defect. Not for: native results.
//! Invariant: `null` and an absent field are the same: not stated.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::error::{Class, Malformed};
use super::json::Json;
use super::time;
use crate::model::Simulation;

/// A value and where it is.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    json: &'a Json,
    pointer: String,
}

impl<'a> Node<'a> {
    /// The whole document.
    pub(super) fn root(json: &'a Json) -> Self {
        Self { json, pointer: String::new() }
    }

    /// The whole document, which is one of several files: `name` begins every pointer.
    pub(super) fn file(json: &'a Json, name: &str) -> Self {
        Self { json, pointer: format!("{name}:") }
    }

    /// A defect here.
    pub(super) fn defect(&self, class: Class, message: impl Into<String>) -> Malformed {
        Malformed::new(class, message).in_field(&*self.pointer)
    }

    /// Adds this place to a defect that has none.
    pub(super) fn place(&self, defect: Malformed) -> Malformed {
        match defect.pointer {
            Some(_) => defect,
            None => defect.in_field(&*self.pointer),
        }
    }

    /// A field that must be there.
    pub(super) fn field(&self, name: &str) -> Result<Self, Malformed> {
        self.maybe(name)?.ok_or_else(|| self.defect(Class::MissingField, format!("missing field `{name}`")))
    }

    /// A field that may be absent or null.
    pub(super) fn maybe(&self, name: &str) -> Result<Option<Self>, Malformed> {
        if !matches!(self.json, Json::Object(_)) {
            return Err(self.wrong("an object"));
        }
        let json = self.json.get(name).filter(|json| **json != Json::Null);
        Ok(json.map(|json| Self { json, pointer: join(&self.pointer, name) }))
    }

    /// The elements of a list.
    pub(super) fn items(&self) -> Result<impl Iterator<Item = Self> + use<'a>, Malformed> {
        let Json::List(items) = self.json else { return Err(self.wrong("a list")) };
        let pointer = self.pointer.clone();
        let items = items.iter().enumerate();
        Ok(items.map(move |(index, json)| Self { json, pointer: format!("{pointer}[{index}]") }))
    }

    /// The fields of an object in the order of the file.
    pub(super) fn entries(&self) -> Result<impl Iterator<Item = (&'a str, Self)> + use<'a>, Malformed> {
        let Json::Object(fields) = self.json else { return Err(self.wrong("an object")) };
        let pointer = self.pointer.clone();
        Ok(fields.iter().map(move |(name, json)| (name.as_str(), Self { json, pointer: join(&pointer, name) })))
    }

    /// The value of a name or, in a list, of an index; `None` where there is none, or null.
    pub(super) fn child(&self, name: &str) -> Option<Self> {
        match self.json {
            Json::Object(_) => self.maybe(name).ok().flatten(),
            Json::List(items) => {
                let json = name.parse::<usize>().ok().and_then(|index| items.get(index))?;
                (*json != Json::Null).then(|| Self { json, pointer: format!("{}[{name}]", self.pointer) })
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => None,
        }
    }

    /// The values of an object or a list with their names or indexes, without those that are null.
    pub(super) fn children(&self) -> impl Iterator<Item = (String, Self)> + use<'a> {
        let fields = self.entries().ok().into_iter().flatten().map(|(name, node)| (name.to_owned(), node));
        let items = self.items().ok().into_iter().flatten().enumerate().map(|(index, node)| (index.to_string(), node));
        fields.chain(items).filter(|(_, node)| !node.is_null())
    }

    /// The value itself.
    pub(super) fn json(&self) -> &'a Json {
        self.json
    }

    /// Where it is.
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// A text.
    pub(super) fn text(&self) -> Result<&'a str, Malformed> {
        match self.json {
            Json::Text(text) => Ok(text),
            _ => Err(self.wrong("a text")),
        }
    }

    /// A number.
    pub(super) fn number(&self) -> Result<f64, Malformed> {
        match self.json {
            Json::Number(number) => number.as_f64().ok_or_else(|| self.wrong("a number")),
            Json::Text(text) if is_not_finite(text) => {
                Err(self.defect(Class::NotFinite, format!("`{text}` is not a finite number")))
            }
            _ => Err(self.wrong("a number")),
        }
    }

    /// The numbers of a list.
    pub(super) fn numbers(&self) -> Result<Vec<f64>, Malformed> {
        self.items()?.map(|item| item.number()).collect()
    }

    /// A number greater than zero, for what cannot be zero if it was measured: old tools wrote zero for "not measured".
    pub(super) fn positive(&self) -> Result<f64, Malformed> {
        let number = self.number()?;
        if number > 0.0 {
            return Ok(number);
        }
        let (class, word) = if number < 0.0 { (Class::Negative, "negative") } else { (Class::Zero, "zero") };
        let hint = "leave out what was not measured";
        Err(self.defect(class, format!("what was measured cannot be {word} here")).hint(hint))
    }

    /// A number of things: whole and not negative. Tools that keep counts as floating-point numbers are tolerated.
    pub(super) fn count(&self) -> Result<u64, Malformed> {
        let number = self.number()?;
        if let Json::Number(exact) = self.json
            && let Some(count) = exact.as_u64()
        {
            return Ok(count);
        }
        if number < 0.0 {
            return Err(self.defect(Class::Negative, "a count cannot be negative"));
        }
        // A whole number as floating point prints without a fraction, which avoids a cast that could truncate.
        format!("{number:.0}")
            .parse()
            .ok()
            .filter(|_| number.fract().abs() < f64::EPSILON)
            .ok_or_else(|| self.defect(Class::WrongType, "expected a whole number within 64 bits"))
    }

    /// A batch size, core count or the like: from 1 to 32 bits.
    pub(super) fn size(&self) -> Result<u32, Malformed> {
        match u32::try_from(self.count()?) {
            Ok(0) => Err(self.defect(Class::Zero, "a size cannot be zero")),
            Ok(size) => Ok(size),
            Err(_) => Err(self.defect(Class::TooLarge, "the number does not fit into 32 bits")),
        }
    }

    /// A boolean.
    pub(super) fn flag(&self) -> Result<bool, Malformed> {
        match self.json {
            Json::Bool(flag) => Ok(*flag),
            _ => Err(self.wrong("a boolean")),
        }
    }

    /// A point in time.
    pub(super) fn time(&self) -> Result<Timestamp, Malformed> {
        let text = self.text()?;
        let message = "expected a date and time, such as 2026-01-31T12:00:00Z";
        time::parse(text).ok_or_else(|| self.defect(Class::WrongType, message))
    }

    /// A point in time in milliseconds since 1970, as JavaScript has it.
    pub(super) fn milliseconds(&self) -> Result<Timestamp, Malformed> {
        let count = i64::try_from(self.count()?).ok();
        let time = count.and_then(|count| Timestamp::from_millisecond(count).ok());
        time.ok_or_else(|| self.defect(Class::WrongType, "expected a time in milliseconds since 1970"))
    }

    /// A point in time, as a text or in seconds since 1970.
    pub(super) fn time_or_epoch(&self) -> Result<Timestamp, Malformed> {
        if !self.is_number() {
            return self.time();
        }
        let message = "expected a date and time, or seconds since 1970";
        time::from_epoch(self.number()?).ok_or_else(|| self.defect(Class::WrongType, message))
    }

    /// A text, number or boolean as text; nothing else has an obvious one.
    pub(super) fn scalar(&self) -> Option<String> {
        match self.json {
            Json::Text(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            Json::Bool(flag) => Some(flag.to_string()),
            Json::Null | Json::List(_) | Json::Object(_) => None,
        }
    }

    /// The fields that have a text, number or boolean, as parameters.
    pub(super) fn scalars(&self) -> Result<BTreeMap<String, String>, Malformed> {
        Ok(self.entries()?.filter_map(|(name, node)| Some((name.to_owned(), node.scalar()?))).collect())
    }

    /// Whether this is null, as an entry of an object can be: not stated.
    pub(super) fn is_null(&self) -> bool {
        *self.json == Json::Null
    }

    /// Whether this is a number.
    pub(super) fn is_number(&self) -> bool {
        matches!(self.json, Json::Number(_))
    }

    /// Whether the old system marked this as simulated.
    pub(super) fn simulation(&self) -> Result<Simulation, Malformed> {
        for name in ["is_simulation", "is_simulated", "simulated"] {
            if let Some(node) = self.maybe(name)?
                && node.flag()?
            {
                return Ok(Simulation::Simulated(format!("marked `{name}`")));
            }
        }
        Ok(Simulation::Real)
    }

    fn wrong(&self, expected: &str) -> Malformed {
        self.defect(Class::WrongType, format!("expected {expected}, found {}", self.json.kind()))
    }
}

/// An optional field in a type, in one line: `optional(&node, "date", Node::time)?`.
pub(super) fn optional<'a, T>(
    node: &Node<'a>,
    name: &str,
    read: impl Fn(&Node<'a>) -> Result<T, Malformed>,
) -> Result<Option<T>, Malformed> {
    node.maybe(name)?.map(|node| read(&node)).transpose()
}

/// An optional text.
pub(super) fn optional_text(node: &Node<'_>, name: &str) -> Result<Option<String>, Malformed> {
    optional(node, name, |node| node.text().map(str::to_owned))
}

fn is_not_finite(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|number| !number.is_finite())
}

/// Names are cut: they come from the file and end in messages.
fn join(pointer: &str, name: &str) -> String {
    let name: String = name.chars().take(80).collect();
    match pointer {
        "" => name,
        _ if pointer.ends_with(':') => format!("{pointer} {name}"),
        _ => format!("{pointer}.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    #[test]
    fn what_is_wrong_is_named_by_its_pointer() {
        let json = parse("{\"a\": [{\"n\": -1, \"big\": 1e30, \"t\": \"NaN\", \"zero\": 0}]}", 64).expect("JSON");
        let root = Node::root(&json);
        let item = root.field("a").expect("a").items().expect("list").next().expect("item");
        for (name, class) in
            [("n", Class::Negative), ("big", Class::WrongType), ("t", Class::NotFinite), ("zero", Class::Zero)]
        {
            let defect = item.field(name).expect(name).size().expect_err(name);
            assert_eq!((defect.class, defect.pointer), (class, Some(format!("a[0].{name}"))));
        }
        assert_eq!(item.field("x").expect_err("absent").class, Class::MissingField);
    }
}
