//! Bad input: one clear line naming the file and the place, the others imported, the exit code telling.

use crate::support::{Place, history, native};

/// A good file, changed.
fn changed(from: &str, to: &str) -> Vec<u8> {
    let good = native(1, &[("embed", 10.5, 800.0)]);
    assert!(good.contains(from), "{from}");
    good.replace(from, to).into_bytes()
}

#[test]
fn each_defect_has_its_line_and_never_stops_the_others() {
    let good = native(1, &[("embed", 10.5, 800.0)]);
    let mut not_utf8 = good.clone().into_bytes();
    not_utf8[good.find("Test CPU").unwrap()] = 0xff;
    let repeated = native(1, &[("embed", 10.5, 800.0), ("embed", 10.6, 801.0)]);
    let conflict = format!("<<<<<<< HEAD\n{good}\n=======\n{good}\n>>>>>>> branch\n");
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("truncated", good.as_bytes()[..good.len() - 20].to_vec(), "truncated"),
        ("conflict", conflict.into_bytes(), "conflict-markers"),
        ("wrong-type", changed("10.5", "\"fast\""), "wrong-type"),
        ("nan", changed("10.5", "NaN"), "not-finite"),
        ("infinite", changed("10.5", "1e999"), "not-finite"),
        ("negative", changed("10.5", "-10.5"), "negative"),
        ("zero", changed("10.5", "0.0"), "zero"),
        ("repeated", repeated.into_bytes(), "duplicate"),
        ("binary", vec![0, 159, 146, 150, 0, 1, 2, 3], "binary"),
        ("deep", "[".repeat(100_000).into_bytes(), "too-deep"),
        ("not-utf8", not_utf8, "not-utf8"),
    ];
    for (name, content, class) in cases {
        let place = Place::new();
        place.write("results/a-good.json", native(2, &[("embed", 10.5, 800.0)]));
        place.write(&format!("results/{name}.json"), content);
        let answer = place.run(&["ingest", "results"]);
        assert_eq!(answer.code, 4, "{name}: {answer:#?}");
        let lines: Vec<&str> = answer.out.lines().collect();
        assert_eq!(lines.len(), 3, "{name}: one line a file and the totals: {}", answer.out);
        assert_eq!(lines[0], "imported (1) results/a-good.json", "{name}");
        assert!(lines[1].starts_with("malformed (") && lines[1].contains(class), "{name}: {}", lines[1]);
        assert!(lines[1].ends_with(&format!("results/{name}.json")), "{name}: {}", lines[1]);
        assert_eq!(place.value("SELECT count(*) FROM results"), "1", "{name}: nothing of it was taken");
        assert_eq!(place.value("SELECT count(*) FROM measurements WHERE value = 0"), "0", "{name}");
    }
}

#[test]
fn an_empty_file_is_skipped_and_named() {
    for content in ["", "  \n", "{}", "[]"] {
        let place = Place::new();
        place.write("results/a-good.json", native(2, &[("embed", 10.5, 800.0)]));
        place.write("results/empty.json", content);
        let out = place.ok(&["ingest", "results"]);
        assert!(out.lines().nth(1).unwrap().starts_with("skipped ("), "{content:?}: {out}");
        assert_eq!(place.run(&["ingest", "results/empty.json"]).code, 1, "the user named it");
    }
}

#[test]
fn a_huge_file_is_refused_without_reading_it_whole() {
    let place = Place::new();
    let path = place.path("results/huge.json");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    // A sparse file of 1 GB: opens like a JSON list and never ends.
    let file = std::fs::File::create(&path).unwrap();
    std::io::Write::write_all(&mut &file, b"[{\"name\": \"x\"}, ").unwrap();
    file.set_len(1 << 30).unwrap();
    let answer = place.run(&["ingest", "results"]);
    assert_eq!(answer.code, 1, "nothing was imported: {answer:#?}");
    let line = answer.out.lines().next().unwrap();
    assert!(line.starts_with("malformed (") && line.ends_with("results/huge.json"), "{line}");
}

#[cfg(unix)]
#[test]
fn a_folder_of_thousands_of_files_and_links_that_loop_is_imported_once() {
    let place = Place::new();
    for day in 0..2000 {
        place.write(&format!("results/{}/{day}.json", day % 7), native(day % 300, &[("embed", 10.5, 800.0)]));
    }
    for name in ["loop", "3/loop"] {
        std::os::unix::fs::symlink(place.path("results"), place.path(&format!("results/{name}"))).unwrap();
    }
    let out = place.ok(&["ingest", "--quiet", "results"]);
    assert!(out.starts_with("2,000 files: 300 imported (300 results") && out.contains("1700 duplicate"), "{out}");
    assert_eq!(place.value("SELECT count(*) FROM imports"), "300");
}

#[test]
fn a_database_that_is_not_one_gets_its_own_message() {
    let place = Place::new();
    place.write("text.duckdb", "hello, I am not a database");
    let answer = place.run(&["query", "SELECT 1", "--db", "text.duckdb"]);
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("[DB001] `text.duckdb` is not a DuckDB database"), "{}", answer.err);

    history(&place, 2);
    let whole = std::fs::read(place.path("benchgate.duckdb")).unwrap();
    place.write("half.duckdb", &whole[..whole.len() / 2]);
    let answer = place.run(&["query", "SELECT 1", "--db", "half.duckdb"]);
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("[DB001] `half.duckdb` is corrupt"), "{}", answer.err);
}

#[test]
fn a_locked_database_says_so() {
    let place = Place::new();
    history(&place, 2);
    let path = place.path("benchgate.duckdb");
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let held = benchgate::store::Store::open(&path, benchgate::store::Mode::Write, now).unwrap();
    let answer = place.run(&["query", "SELECT 1"]);
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("[DB001] `benchgate.duckdb` is locked by another process"), "{}", answer.err);
    assert!(!answer.err.contains("Unknown error code"), "{}", answer.err);
    held.close().unwrap();
    place.ok(&["query", "SELECT 1"]);
}
