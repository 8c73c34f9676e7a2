//! `benchgate query` as a user meets it.

use crate::support::{Place, history};

#[test]
fn the_old_guides_examples_answer_on_a_history() {
    let place = Place::new();
    history(&place, 3);
    let out = place.ok(&[
        "query",
        "SELECT model, hardware, AVG(throughput) FROM benchmark_performance GROUP BY model, hardware",
        "--format",
        "csv",
    ]);
    assert!(out.starts_with("model,hardware,") && out.contains("bert,cpu,"), "{out}");
    let out = place.ok(&[
        "query",
        "SELECT model_name, hardware_type, AVG(throughput_items_per_second) FROM performance_results GROUP BY model_name, hardware_type",
        "--format",
        "json",
    ]);
    assert!(out.contains("\"model_name\":\"bert\""), "{out}");
}

#[test]
fn a_query_cannot_change_the_history() {
    let place = Place::new();
    history(&place, 1);
    let refused = place.run(&["query", "DROP TABLE results"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("error: [DB004]") && refused.err.contains("hint:"), "{}", refused.err);
    assert_eq!(place.value("SELECT count(*) FROM results"), "2");
}

#[test]
fn a_missing_database_says_how_to_make_one() {
    let answer = Place::new().run(&["query", "SELECT 1", "--db", "none.duckdb"]);
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("[DB001] there is no database at `none.duckdb`"), "{}", answer.err);
    assert!(answer.err.contains("benchgate init"), "{}", answer.err);
}

#[test]
fn rows_beyond_the_limit_are_announced() {
    let place = Place::new();
    history(&place, 1);
    let answer = place.run(&["query", "SELECT * FROM range(10)", "--limit", "3", "--format", "csv"]);
    assert_eq!(answer.out.lines().count(), 4);
    assert!(answer.err.contains("first 3 rows"), "{}", answer.err);
}

#[test]
fn a_decimal_is_a_number_in_every_format() {
    let place = Place::new();
    history(&place, 1);
    assert_eq!(place.value("SELECT -0.5"), "-0.5");
    assert!(place.ok(&["query", "SELECT -0.5 AS k", "--format", "json"]).contains("\"k\":-0.5"));
}

#[test]
fn conditions_on_every_column_of_the_views_are_answered() {
    let place = Place::new();
    history(&place, 2);
    let views = place.ok(&[
        "query",
        "SELECT view_name, string_agg(column_name, ' ') FROM duckdb_views() v JOIN duckdb_columns() c
            ON c.table_name = view_name WHERE NOT v.internal GROUP BY view_name",
        "--format",
        "csv",
    ]);
    let mut counted = 0;
    for line in views.lines().skip(1) {
        let (view, columns) = line.split_once(',').unwrap();
        let is_answered = |column: &str| {
            let count = |condition: &str| format!("(SELECT count(*) FROM {view} WHERE {condition})");
            let (null, not_null) = (format!("\"{column}\" IS NULL"), format!("\"{column}\" IS NOT NULL"));
            format!("{} + {} = {}", count(&null), count(&not_null), count("true"))
        };
        let answered: Vec<String> = columns.split(' ').map(is_answered).collect();
        assert_eq!(place.value(&format!("SELECT {}", answered.join(" AND "))), "true", "{view}");
        counted += answered.len();
    }
    assert!(counted > 60, "{views}");
}
