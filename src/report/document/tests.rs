//! One content, four forms.

use std::path::PathBuf;

use super::super::fixtures::HOSTILE;
use super::*;
use crate::model::{Cell, Table};
use crate::report::svg::{Bar, Bars};

/// A document with a table of two rows, one of them hostile, and one without rows.
fn document() -> Document {
    let row = |name: &str, value: Option<f64>| {
        vec![Value::text(Some(name)), Value::words("8 cores"), Value::quantity(value, "ms"), Value::count(1234)]
    };
    let full = Section {
        name: "series",
        heading: "Latency".to_owned(),
        lead: Some("Lower is better.".to_owned()),
        columns: vec![
            Column::words("model", "Model"),
            Column::shown("Hardware", false),
            Column::numbers("median", "Median"),
            Column::data("runs"),
        ],
        rows: vec![row("bert", Some(12.345_678)), row(HOSTILE, None)],
        ..Section::default()
    };
    let empty = Section { name: "failures", heading: "Failed".to_owned(), rows: Vec::new(), ..full.clone() };
    let said = Section { heading: "Searches".to_owned(), empty: Some("Nobody searched.".to_owned()), ..empty.clone() };
    Document {
        kind: "performance",
        title: "Performance".to_owned(),
        notes: vec![format!("Only model {HOSTILE}.")],
        sections: vec![full, empty, said],
    }
}

#[test]
fn people_see_titles_words_and_what_is_said_of_empty_tables() {
    let text = document_text(&document(), None);
    assert!(text.starts_with("PERFORMANCE\n\nOnly model "), "{text}");
    assert!(text.contains("Model") && text.contains("12.3 ms") && text.contains("8 cores"), "{text}");
    assert!(text.contains("Searches\n  Nobody searched.") && !text.contains("Failed"), "{text}");
    assert!(!text.contains("1,234"), "what is for programs only");
    let markdown = document_markdown(&document());
    assert!(markdown.starts_with("## Performance\n\n"), "{markdown}");
    assert!(markdown.contains("| Model | Hardware | Median |\n| :-- | :-- | --: |\n| bert | 8 cores | 12.3 ms |"));
}

#[test]
fn programs_get_exact_values_and_every_table() {
    let csv = document_csv(&document());
    assert!(csv.starts_with("model,median,runs\r\nbert,12.345678,1234\r\n"), "{csv}");
    let json: serde_json::Value = serde_json::from_str(&document_json(&document())).unwrap();
    assert_eq!(json["tables"]["series"][0]["median"], 12.345_678);
    assert_eq!(json["tables"]["series"][1]["median"], serde_json::Value::Null, "missing is not zero");
    assert_eq!(json["tables"]["failures"], serde_json::json!([]));
}

#[test]
fn sections_of_one_name_are_one_table() {
    let mut twice = document();
    twice.sections.push(twice.sections[0].clone());
    let json: serde_json::Value = serde_json::from_str(&document_json(&twice)).unwrap();
    assert_eq!(json["tables"]["series"].as_array().map(Vec::len), Some(4));
}

#[test]
fn hostile_names_stay_text_in_every_form() {
    let document = document();
    let markdown = document_markdown(&document);
    assert!(!markdown.contains("<img") && !markdown.contains("@octocat") && !markdown.contains("|'A1'"), "{markdown}");
    assert!(document_text(&document, Some(80)).lines().all(|line| !line.starts_with("next")));
    let page = document_html(&document);
    assert!(!page.contains("<img") && page.contains("&lt;img src=x&gt;"), "{page}");
    let formula = Value::text(Some("=1+1"));
    let mut formulas = document.clone();
    formulas.sections[0].rows = vec![vec![formula, Value::missing(), Value::missing(), Value::missing()]];
    assert!(document_csv(&formulas).contains("\"'=1+1\",,"), "{}", document_csv(&formulas));
}

#[test]
fn a_value_is_exact_for_programs_and_short_for_people() {
    for (value, raw, words) in [
        (Value::share(1, 3), Cell::Float(1.0 / 3.0), "33.3 %"),
        (Value::share(0, 0), Cell::Null, "-"),
        (Value::ratio(Some(2.0345)), Cell::Float(2.0345), "2.03x"),
        (Value::answer(false), Cell::Bool(false), "no"),
        (Value::exact(Cell::Integer(7)), Cell::Integer(7), "7"),
        (Value::quantity(None, "ms"), Cell::Null, "-"),
    ] {
        assert_eq!((value.raw, value.words.as_str()), (raw, words));
    }
}

#[test]
fn a_page_has_the_plots_with_their_values_and_the_tables() {
    let mut document = document();
    let bars = Bars {
        title: format!("Latency of {HOSTILE}"),
        unit: "ms".to_owned(),
        bars: vec![Bar { label: HOSTILE.to_owned(), value: Some(12.3), interval: None, note: "4 runs".to_owned() }],
    };
    document.sections[0].plots = vec![Plot::Bars(bars)];
    let page = document_html(&document);
    for part in ["<svg", "12.3 ms", "4 runs", "Lower is better.", "Nobody searched.", "<caption"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("<img"), "{page}");
}

#[test]
fn a_query_is_a_page_with_its_own_columns_and_every_digit() {
    let answer = Table {
        columns: vec!["<b>".to_owned(), "value".to_owned()],
        rows: vec![vec![Cell::Text("<script>".to_owned()), Cell::Float(0.123_456_789)], vec![Cell::Null, Cell::Null]],
        is_truncated: true,
    };
    let page = document_html(&Document::of_query(&answer));
    assert!(page.contains("&lt;script&gt;") && page.contains("0.123456789") && page.contains("&lt;b&gt;"), "{page}");
    assert!(page.contains("The limit left out the rest."));
}

fn kept() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/tables-v1.schema.json")
}

#[test]
fn the_json_fits_its_schema_which_is_the_documented_one() {
    let schema = serde_json::from_str(&document_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let json = serde_json::from_str(&document_json(&document())).unwrap();
    assert!(validator.is_valid(&json), "{:?}", validator.iter_errors(&json).next());
    let kept = std::fs::read_to_string(kept()).unwrap_or_default();
    assert!(kept == document_schema(), "to write it anew: cargo test --lib write_the_schema -- --ignored");
}

#[test]
#[ignore = "writes docs/tables-v1.schema.json"]
fn write_the_schema_to_the_documentation() {
    std::fs::write(kept(), document_schema()).unwrap();
}
