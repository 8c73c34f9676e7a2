//! The JSON Schema of `benchgate.toml`.
//!
//! For: editors that complete and check the file while it is written. Not for: checking it at run time, which `read`
//! does with better messages.
//! Invariant: made from the types that read the file, so that schema and reader know the same keys.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform as _, transform_subschemas};

use super::tables::File;

/// The schema as indented JSON with a closing newline: the text of `docs/benchgate.schema.json`.
#[must_use]
pub fn json_schema() -> String {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<File>();
    without_null.transform(&mut schema);
    let mut text = serde_json::to_string_pretty(&schema).expect("internal error: a schema is plain JSON");
    text.push('\n');
    text
}

/// Takes the alternative `null` out: a key is given or left out, and TOML has no null.
fn without_null(schema: &mut Schema) {
    if let Some(alternatives) = schema.get("anyOf").and_then(serde_json::Value::as_array)
        && let [alternative, null] = alternatives.as_slice()
        && null.get("type").is_some_and(|name| name == "null")
        && let Some(members) = alternative.as_object().cloned()
    {
        schema.remove("anyOf");
        schema.ensure_object().extend(members);
    }
    if let Some(types) = schema.get("type").and_then(serde_json::Value::as_array)
        && let [name, null] = types.as_slice()
        && null == "null"
    {
        let name = name.clone();
        schema.insert("type".to_owned(), name);
    }
    transform_subschemas(&mut without_null, schema);
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn committed() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/benchgate.schema.json")
    }

    #[test]
    fn the_committed_schema_is_current() {
        let committed = std::fs::read_to_string(committed()).unwrap_or_default();
        assert!(
            committed == json_schema(),
            "docs/benchgate.schema.json is out of date; run: \
             scripts/with-duckdb cargo test --no-default-features --lib -- --ignored write_the_schema"
        );
    }

    #[test]
    #[ignore = "writes docs/benchgate.schema.json; run it after changing the keys of the configuration"]
    fn write_the_schema() {
        std::fs::write(committed(), json_schema()).unwrap();
    }

    /// JSON has no dates: editors hand them to the schema as strings, the TOML library as an object of one field.
    fn dates_as_text(value: &mut serde_json::Value) {
        if let Some(date) = value.get("$__toml_private_datetime") {
            *value = date.clone();
        }
        match value {
            serde_json::Value::Object(members) => members.values_mut().for_each(dates_as_text),
            serde_json::Value::Array(items) => items.iter_mut().for_each(dates_as_text),
            _ => {}
        }
    }

    /// The example file, and slips that both must refuse.
    #[test]
    fn the_schema_accepts_what_the_reader_accepts() {
        let schema = serde_json::from_str(&json_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let example = include_str!("../../examples/benchgate.toml");
        let mut value: serde_json::Value = toml::from_str(example).unwrap();
        dates_as_text(&mut value);
        assert!(validator.is_valid(&value), "{:?}", validator.iter_errors(&value).next());
        for wrong in ["[gate]\nalpha = 0.05", "[defaults]\nminimum-efect = \"2%\"", "[defaults]\nnew = \"stop\""] {
            let value: serde_json::Value = toml::from_str(wrong).unwrap();
            assert!(!validator.is_valid(&value), "{wrong}");
        }
    }
}
