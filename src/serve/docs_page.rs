//! The interface as a page.
//!
//! For: people without a network. Not for: programs, which read the document itself.
//! Invariant: the page is made of the document alone, so that it says nothing that the document does not.

use serde_json::Value;

use crate::report::html::{Block, Cell, Column, Page, Section, Table};

/// The page of a document.
pub(super) fn docs_page(document: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let subtitle = format!("{} The document for programs is /openapi.json.", text(&document["info"]["description"]));
    let mut page = Page::new(text(&document["info"]["title"]), subtitle);
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            page = page.with(section(document, path, method, operation));
        }
    }
    page.html()
}

fn section(document: &Value, path: &str, method: &str, operation: &Value) -> Section {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let mut section = Section::new(id.clone(), format!("{} {path}", method.to_uppercase()));
    for name in ["summary", "description"] {
        if let Some(text) = operation[name].as_str().filter(|text| !text.trim().is_empty()) {
            section = section.lead(text.replace('\n', " "));
        }
    }
    if operation["security"].is_array() {
        section = section.lead("Needs the server's token, as `Authorization: Bearer TOKEN`.");
    }
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !parameters.is_empty() {
        let rows = parameters.iter().map(|one| {
            let place = one["in"].as_str().unwrap_or_default();
            field(document, one["name"].as_str().unwrap_or_default(), &one["schema"], &one["description"], place)
        });
        section = section.with(table(&format!("{id}-parameters"), "Parameters", rows.collect()));
    }
    for (kind, media) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        let rows = fields(document, &media["schema"]);
        if rows.is_empty() {
            section = section.lead(format!("The body is {kind}."));
        } else {
            section = section.with(table(&format!("{id}-body"), "Body", rows));
        }
    }
    let answers = operation["responses"].as_object().into_iter().flatten();
    let mut statuses =
        Table::new(format!("{id}-answers"), "Answers", vec![Column::text("Status"), Column::text("When")]);
    for (status, answer) in answers.clone() {
        let when = answer["description"].as_str().unwrap_or_default();
        statuses.push(vec![Cell::text(status.as_str()), Cell::text(when)]);
    }
    for (_, media) in answers.flat_map(|(_, answer)| answer["content"].as_object().into_iter().flatten()).take(1) {
        let schema = resolved(document, &media["schema"]);
        let rows = fields(document, if schema["items"].is_object() { &schema["items"] } else { schema });
        if !rows.is_empty() {
            section =
                section.with(table(&format!("{id}-answer"), "Fields of the answer, or of each of its rows", rows));
        }
    }
    section.with(Block::Table(statuses))
}

fn table(id: &str, caption: &str, rows: Vec<Vec<Cell>>) -> Block {
    let columns = ["Name", "Type", "Meaning"].map(Column::text).into();
    let mut table = Table::new(id, caption, columns);
    rows.into_iter().for_each(|row| table.push(row));
    Block::Table(table)
}

/// The fields of an object, those that must be there marked.
fn fields(document: &Value, schema: &Value) -> Vec<Vec<Cell>> {
    let schema = resolved(document, schema);
    let parts = schema["allOf"].as_array().into_iter().flatten().flat_map(|part| fields(document, part));
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, property)| {
        let place = if required.iter().any(|one| one == name) { "required" } else { "" };
        field(document, name, property, &property["description"], place)
    });
    parts.chain(own).collect()
}

fn field(document: &Value, name: &str, schema: &Value, meaning: &Value, note: &str) -> Vec<Cell> {
    let meaning = meaning.as_str().unwrap_or_default();
    vec![Cell::text(name).note(note), Cell::text(type_name(document, schema)), Cell::text(meaning)]
}

/// The type of a value in words.
fn type_name(document: &Value, schema: &Value) -> String {
    let resolved = resolved(document, schema);
    let words = match &resolved["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => {
            let of = resolved["oneOf"].as_array().into_iter().flatten().map(|one| type_name(document, one));
            let words: Vec<String> = of.filter(|one| !one.is_empty()).collect();
            words.join(" or ")
        }
    };
    let words = if words == "array" { format!("list of {}", type_name(document, &resolved["items"])) } else { words };
    let values = resolved["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
    let words = if values.is_empty() { words } else { values.join(", ") };
    match &resolved["default"] {
        Value::Null => words,
        default => format!("{words}, default {default}"),
    }
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    target.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema)
}
