//! Tables as documents: the rows of a CSV file as a list of objects.
//!
//! For: mappings, which so read JSON and CSV alike. Not for: tables whose columns say what they hold (see
//! [`crate::formats::csv_table`]).
//! Invariant: a cell that is a number is a number, an empty one is nothing, and what is no table has no rows.

use csv::{ReaderBuilder, Trim};
use serde_json::Number;

use crate::formats::json::Json;
use crate::formats::output::MAX_METRICS;

/// The rows of a text with a header of at least two columns, each row with as many cells.
pub(in crate::formats) fn rows(text: &str) -> Option<Json> {
    let header = text.trim_start().lines().next().filter(|line| !line.starts_with(['{', '[', '<']))?;
    let count = |delimiter: u8| header.split(char::from(delimiter)).count();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|delimiter| count(*delimiter))?;
    if !(2..=MAX_METRICS).contains(&count(delimiter)) {
        return None;
    }
    let mut reader = ReaderBuilder::new().delimiter(delimiter).trim(Trim::All).from_reader(text.as_bytes());
    let titles: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.ok()?;
        rows.push(Json::Object(titles.iter().cloned().zip(row.iter().map(cell)).collect()));
    }
    (!rows.is_empty()).then_some(Json::List(rows))
}

fn cell(text: &str) -> Json {
    if text.is_empty() {
        return Json::Null;
    }
    let whole = text.parse::<i64>().ok().map(Number::from);
    let number = || text.parse::<f64>().ok().and_then(Number::from_f64);
    match whole.or_else(number) {
        Some(number) => Json::Number(number),
        None => Json::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::json::parse;

    #[test]
    fn rows_are_objects_with_numbers_texts_and_gaps() {
        let expected = "[{\"net\": \"a, b\", \"t\": 1.5, \"n\": 3}, {\"net\": \"c\", \"t\": null, \"n\": \"x\"}]";
        let expected = parse(expected, 64).expect("JSON");
        assert_eq!(rows("net,t,n\n\"a, b\",1.5,3\nc,,x\n"), Some(expected.clone()));
        assert_eq!(rows("net;t;n\na, b;1.5;3\nc;;x\n"), Some(expected));
        for nothing in
            ["", "one\n1\n", "a,b\n", "a,b\n1,2,3\n", "{\"a\": 1,\n\"b\": 2}", "plain words, and more\nof them\n"]
        {
            assert_eq!(rows(nothing), None, "{nothing}");
        }
    }
}
