//! Query answers in every format.
//!
//! For: the promises of [`super::render`]. Not for: reports.
//! Invariant: one table with every kind of cell goes through all formats.

use insta::assert_snapshot;
use serde_json::Value;

use super::{TableFormat, render};
use crate::model::{Cell, Table};

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn table() -> Table {
    Table {
        columns: vec!["model".to_owned(), "runs".to_owned(), "average".to_owned(), "is_real".to_owned()],
        rows: vec![
            vec![text("bert"), Cell::Integer(12), Cell::Float(0.1), Cell::Bool(true)],
            vec![text("=1+1|\n`x`"), Cell::Null, Cell::Float(1e300), Cell::Null],
            vec![text("NULL"), Cell::Integer(-9_007_199_254_740_993), Cell::Float(-2.5), Cell::Bool(false)],
            vec![text(""), Cell::Integer(0), Cell::Float(f64::NAN), Cell::Null],
        ],
        is_truncated: true,
    }
}

#[test]
fn a_terminal_table_aligns_numbers_and_quotes_what_looks_like_null() {
    assert_snapshot!(render(&table(), TableFormat::Table, None), @r#"
    ┌────────────┬───────────────────┬─────────┬─────────┐
    │ model      ┆ runs              ┆ average ┆ is_real │
    ╞════════════╪═══════════════════╪═════════╪═════════╡
    │ bert       ┆                12 ┆     0.1 ┆ true    │
    │ =1+1|\n`x` ┆ NULL              ┆   1e300 ┆ NULL    │
    │ 'NULL'     ┆ -9007199254740993 ┆    -2.5 ┆ false   │
    │ ''         ┆                 0 ┆     NaN ┆ NULL    │
    └────────────┴───────────────────┴─────────┴─────────┘
    the first 4 rows; the limit left out the rest
    "#);
}

#[test]
fn csv_distinguishes_null_from_the_empty_text() {
    let csv = render(&table(), TableFormat::Csv, None);
    assert_eq!(
        csv,
        "model,runs,average,is_real\r\n\
         bert,12,0.1,true\r\n\
         \"'=1+1|\n`x`\",,1e300,\r\n\
         NULL,-9007199254740993,-2.5,false\r\n\
         \"\",0,NaN,\r\n"
    );
}

#[test]
fn json_keeps_the_order_of_columns_and_every_digit() {
    let json = render(&table(), TableFormat::Json, None);
    assert_snapshot!(json, @r#"
    [
      {"model":"bert","runs":12,"average":0.1,"is_real":true},
      {"model":"=1+1|\n`x`","runs":null,"average":1e+300,"is_real":null},
      {"model":"NULL","runs":"-9007199254740993","average":-2.5,"is_real":false},
      {"model":"","runs":0,"average":"NaN","is_real":null}
    ]
    "#);
    let rows: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(rows[2]["runs"], Value::from("-9007199254740993"));
    assert_eq!(rows[1]["runs"], Value::Null);
}

#[test]
fn markdown_cells_stay_in_their_cells() {
    assert_snapshot!(render(&table(), TableFormat::Markdown, None), @r#"
    | model | runs | average | is_real |
    | --- | ---: | ---: | --- |
    | bert | 12 | 0.1 | true |
    | =1+1&#124;&#92;n&#96;x&#96; | *NULL* | 1e300 | *NULL* |
    | NULL | -9007199254740993 | -2.5 | false |
    |  | 0 | NaN | *NULL* |

    the first 4 rows; the limit left out the rest
    "#);
}

#[test]
fn a_table_fits_the_terminal() {
    let mut table = table();
    table.rows[0][0] = text(&"very ".repeat(40));
    let rendered = render(&table, TableFormat::Table, Some(60));
    assert!(rendered.lines().all(|line| line.chars().count() <= 60), "{rendered}");
}

#[test]
fn repeated_column_names_stay_apart_in_json() {
    let table = Table {
        columns: vec!["a".to_owned(), "a".to_owned(), "a_2".to_owned()],
        rows: vec![vec![Cell::Integer(1), Cell::Integer(2), Cell::Integer(3)]],
        is_truncated: false,
    };
    assert_eq!(render(&table, TableFormat::Json, None), "[\n  {\"a\":1,\"a_2\":2,\"a_2_2\":3}\n]\n");
}

#[test]
fn no_rows_are_valid_in_every_format() {
    let empty = Table { columns: vec!["a".to_owned()], rows: Vec::new(), is_truncated: false };
    for (format, expected) in [
        (TableFormat::Csv, "a\r\n"),
        (TableFormat::Json, "[]\n"),
        (TableFormat::Markdown, "| a |\n| --- |\n\n0 rows\n"),
        (TableFormat::Table, "┌───┐\n│ a │\n╞═══╡\n└───┘\n0 rows\n"),
    ] {
        assert_eq!(render(&empty, format, None), expected);
    }
}
