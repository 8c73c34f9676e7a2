//! `benchgate query` as a user meets it.

use crate::support::{Place, history, repository};

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
fn an_answer_goes_to_a_file_by_its_ending() {
    let place = Place::new();
    history(&place, 2);
    let sql = "SELECT model, value, samples, started_at FROM history WHERE model = $model ORDER BY ALL";
    for (file, beginning) in
        [("a/rows.csv", "model,value,"), ("rows.md", "| model |"), ("rows.xlsx", "PK"), ("rows.parquet", "PAR1")]
    {
        let out = place.ok(&["query", sql, "--parameter", "model=bert", "--output", file]);
        assert_eq!(out, "", "{file}");
        let bytes = std::fs::read(place.path(file)).unwrap();
        assert!(bytes.starts_with(beginning.as_bytes()), "{file}");
    }
    let refused = place.run(&["query", sql, "--parameter", "model=bert", "--format", "xlsx"]);
    assert!(refused.code == 2 && refused.err.contains("--output"), "{}", refused.err);
}

#[test]
fn a_query_for_parquet_reaches_no_other_file() {
    let place = Place::new();
    history(&place, 1);
    place.write("secret.csv", "a\n1\n");
    for sql in [
        "FROM read_csv('secret.csv')",
        "SELECT 1) TO 'other.parquet'; --",
        "SELECT 1; DROP TABLE results",
        "SELECT 1 -- a comment",
    ] {
        let answer = place.run(&["query", sql, "--output", "rows.parquet"]);
        let is_harmless = sql.ends_with("comment");
        assert_eq!(answer.code == 0, is_harmless, "{sql}: {answer:?}");
    }
    assert!(!place.path("other.parquet").exists());
    assert_eq!(place.value("SELECT count(*) FROM results"), "2");
    let cut = place.run(&["query", "FROM range(10)", "--limit", "3", "--output", "rows.parquet"]);
    assert!(cut.err.contains("at most 3 rows"), "{}", cut.err);
}

#[test]
fn every_example_of_the_page_about_sql_runs() {
    let place = Place::new();
    history(&place, 3);
    let page = std::fs::read_to_string(repository().join("docs/sql.md")).unwrap();
    let examples: Vec<&str> = page.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() >= 7, "the page has examples");
    for sql in examples {
        let file = place.write("example.sql", sql);
        let mut arguments = vec!["query", "--file", file.as_str(), "--format", "jsonl"];
        if sql.contains("$model") {
            arguments.extend(["--parameter", "model=bert", "--parameter", "metric=latency"]);
        }
        let out = place.ok(&arguments);
        let rows: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let may_be_empty = sql.contains("error_message IS NOT NULL") || sql.contains("suspicion IS NOT NULL");
        assert!(!rows.is_empty() || may_be_empty, "{sql}");
    }
}

#[test]
fn parameters_and_their_names_must_agree() {
    let place = Place::new();
    history(&place, 2);
    let sql = "SELECT count(*) FROM history WHERE model = $model AND batch_size = $batch";
    let out = place.ok(&["query", sql, "-p", "model=bert", "-p", "batch=8", "--format", "csv"]);
    assert_eq!(out.lines().nth(1), Some("8"));
    let answer = place.run(&["query", sql, "-p", "model=bert"]);
    assert!(answer.code == 1 && answer.err.contains("`$batch`, which no parameter gives a value"), "{answer:#?}");
    let answer = place.run(&["query", "SELECT 1", "-p", "model=bert"]);
    assert!(answer.code == 1 && answer.err.contains("`model` is not in the statement"), "{answer:#?}");
    // A value is never a part of the statement.
    let hostile = "model=x' OR TRUE --";
    let out =
        place.ok(&["query", "SELECT count(*) FROM history WHERE model = $model", "-p", hostile, "--format", "csv"]);
    assert_eq!(out.lines().nth(1), Some("0"));
    let answer =
        place.command(&["query", "--file", "-", "--format", "csv"]).write_stdin("SELECT 41 + 1").output().unwrap();
    assert!(String::from_utf8(answer.stdout).unwrap().contains("42"));
}

#[test]
fn tables_are_exported_whole_and_unknown_ones_are_refused() {
    let place = Place::new();
    history(&place, 3);
    let out = place.ok(&["export", "--to", "out"]);
    assert!(out.contains("history.parquet: 12 rows") && out.contains("test_runs.parquet: 3 rows"), "{out}");
    place.ok(&["export", "history", "--to", "out", "--format", "csv"]);
    let csv = std::fs::read_to_string(place.path("out/history.csv")).unwrap();
    assert!(csv.starts_with("model,canonical_model,hardware,") && csv.lines().count() == 13, "{csv}");
    place.ok(&["export", "history", "--to", "again", "--format", "csv"]);
    assert_eq!(csv, std::fs::read_to_string(place.path("again/history.csv")).unwrap(), "the order is that of the rows");
    place.ok(&["export", "sources", "--to", "out", "--format", "jsonl"]);
    let lines = std::fs::read_to_string(place.path("out/sources.jsonl")).unwrap();
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).unwrap().is_object()));
    let answer = place.run(&["export", "secrets", "--to", "out"]);
    assert!(answer.code == 1 && answer.err.contains("has no table `secrets`; it has "), "{answer:#?}");
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
