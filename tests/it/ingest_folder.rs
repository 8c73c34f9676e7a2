//! `benchgate ingest` as the old updater's successor: drop folders, rehearsals, pipes, waiting.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::support::{Place, history, native, repository};

fn names(place: &Place, folder: &str) -> Vec<String> {
    let entries = walkdir::WalkDir::new(place.path(folder)).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| entry.path().strip_prefix(place.path(folder)).unwrap().to_string_lossy().replace('\\', "/"))
        .collect()
}

#[test]
fn a_drop_folder_is_emptied_once_and_what_was_in_it_is_kept() {
    let place = Place::new();
    place.write("drop/a.json", native(0, &[("embed", 10.0, 800.0)]));
    place.write("drop/sub/a.json", native(1, &[("embed", 10.1, 790.0)]));
    place.write("drop/broken.json", "{\"schema\": \"benchgate/results/v1\", \"results\": [");
    place.write("drop/readme.txt", "no results");
    let answer = place.run(&["ingest", "--auto-store", "drop"]);
    assert_eq!(answer.code, 4, "{answer:#?}");
    let kept = [
        "archive/a.json",
        "archive/sub/a.json",
        "quarantine/broken.json",
        "quarantine/broken.json.reason.txt",
        "quarantine/readme.txt",
        "quarantine/readme.txt.reason.txt",
    ];
    assert_eq!(names(&place, "drop"), kept);
    let reason = std::fs::read_to_string(place.path("drop/quarantine/broken.json.reason.txt")).unwrap();
    assert!(reason.contains("truncated: "), "{reason}");
    assert_eq!(place.value("SELECT count(*) FROM results"), "2");

    let again = place.run(&["ingest", "--auto-store", "drop"]);
    assert!(again.code == 0 && again.out.starts_with("0 files"), "an empty folder is no failure: {again:#?}");

    // The same content under the same name: known, and kept beside the first.
    place.write("drop/a.json", native(0, &[("embed", 10.0, 800.0)]));
    let out = place.ok(&["ingest", "--auto-store", "drop"]);
    assert!(out.contains("duplicate drop/a.json"), "{out}");
    assert_eq!(names(&place, "drop").len(), kept.len() + 1);
    assert!(place.path("drop/archive/a.json.1").exists());
    assert_eq!(place.value("SELECT count(*) FROM results"), "2");
}

/// A command that goes on until the test is over, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_watched_folder_takes_what_arrives() {
    let place = Place::new();
    place.write("drop/a.json", native(0, &[("embed", 10.0, 800.0)]));
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("benchgate"));
    command.current_dir(place.path("")).args(["ingest", "--auto-store", "drop", "--watch", "--interval", "1"]);
    let mut watcher = Running(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(watcher.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "imported (1) drop/a.json");
    assert!(lines.next().unwrap().starts_with("1 file: 1 imported"));
    place.write("drop/b.json", native(1, &[("embed", 10.1, 790.0)]));
    assert_eq!(lines.next().unwrap(), "imported (1) drop/b.json");
    // The totals come after the file was put away.
    assert!(lines.next().unwrap().starts_with("1 file: 1 imported"));
    drop(watcher);
    assert_eq!(names(&place, "drop"), ["archive/a.json", "archive/b.json"]);
    assert_eq!(place.value("SELECT count(*) FROM results"), "2");
}

#[test]
fn a_dry_run_says_what_would_be_and_writes_nothing() {
    let place = Place::new();
    let new = place.write("new.json", native(5, &[("embed", 10.0, 800.0)]));
    let out = place.ok(&["ingest", "--dry-run", &new]);
    assert!(out.contains("nothing was written: 1 file: 1 imported"), "{out}");
    assert!(!place.path("benchgate.duckdb").exists());
    history(&place, 3);
    let before = place.value("SELECT bit_xor(hash(m)) FROM measurements m");
    place.ok(&["ingest", "--dry-run", &new]);
    assert_eq!(place.value("SELECT bit_xor(hash(m)) FROM measurements m"), before);
    place.ok(&["ingest", &new]);
    let out = place.ok(&["ingest", "--dry-run", &new]);
    assert!(out.contains("1 duplicate"), "it knows the history: {out}");
}

#[test]
fn incremental_reads_no_content_twice_and_is_not_fooled_by_times() {
    let place = Place::new();
    let old = place.write("r/old.json", native(0, &[("embed", 10.0, 800.0)]));
    place.ok(&["ingest", "--incremental", &old]);
    // The same content under another name, and a new file that claims to be older.
    place.write("r/copy.json", native(0, &[("embed", 10.0, 800.0)]));
    let new = place.write("r/new.json", native(1, &[("embed", 10.1, 790.0)]));
    let long_ago = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    std::fs::File::options().write(true).open(place.path(&new)).unwrap().set_modified(long_ago).unwrap();
    let out = place.ok(&["ingest", "--incremental", "r"]);
    assert!(out.contains("duplicate r/copy.json") && out.contains("imported (1) r/new.json"), "{out}");
    // Not read: a flag that would make it malformed goes unnoticed.
    let out = place.ok(&["ingest", "--incremental", "--input-format", "hyperfine", &old]);
    assert!(out.contains("duplicate r/old.json"), "{out}");
}

#[test]
fn results_come_through_a_pipe() {
    let place = Place::new();
    let text = native(0, &[("embed", 10.0, 800.0)]);
    let answer = place.command(&["ingest", "-"]).write_stdin(text).output().unwrap();
    let out = String::from_utf8(answer.stdout).unwrap();
    assert!(answer.status.success() && out.contains("imported (1) standard input"), "{out}");
    assert_eq!(place.value("SELECT file_name FROM sources"), "standard input");
}

#[test]
fn who_finds_the_history_locked_waits_and_says_so() {
    let place = Place::new();
    history(&place, 2);
    let new = place.write("new.json", native(5, &[("embed", 10.0, 800.0)]));
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let held =
        benchgate::store::Store::open(&place.path("benchgate.duckdb"), benchgate::store::Mode::Write, now).unwrap();
    let answer = place.run(&["ingest", "--wait", "0", &new]);
    assert!(answer.code == 1 && answer.err.contains("[DB001]"), "{answer:#?}");
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("benchgate"));
    command
        .current_dir(place.path(""))
        .args(["ingest", "--wait", "60", &new])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut waiting = command.spawn().unwrap();
    let mut words = String::new();
    BufReader::new(waiting.stderr.take().unwrap()).read_line(&mut words).unwrap();
    assert!(words.starts_with("waiting up to 60 s: `benchgate.duckdb` is locked by another process"), "{words}");
    held.close().unwrap();
    assert!(waiting.wait().unwrap().success());
    assert_eq!(place.value("SELECT count(*) FROM sources WHERE file_name = 'new.json'"), "1");
}

#[test]
fn quarantine_keeps_a_copy_of_what_is_defective_with_the_reason() {
    let place = Place::new();
    let good = place.write("good.json", native(0, &[("embed", 10.0, 800.0)]));
    let bad = place.write("bad.json", "{\"schema\": \"benchgate/results/v1\", ");
    let answer = place.run(&["ingest", "--quarantine", "q", &good, &bad]);
    assert_eq!(answer.code, 4);
    assert_eq!(names(&place, "q"), ["bad.json", "bad.json.reason.txt"]);
    assert!(place.path("bad.json").exists(), "what the user named stays");
}

#[test]
fn the_report_is_markdown_for_a_jobs_summary() {
    let place = Place::new();
    let bad = place.write("bad.json", "{\"schema\": \"benchgate/results/v1\", ");
    let good = place.write("good.json", native(0, &[("embed", 10.0, 800.0)]));
    let answer = place.run(&["ingest", "--format", "markdown", &good, &bad]);
    assert!(answer.out.starts_with("### Import\n\n2 files: 1 imported"), "{answer:#?}");
    assert!(answer.out.contains("| bad.json | malformed | line 1 column 36: truncated"), "{answer:#?}");
}

#[test]
fn the_old_converters_folders_are_consolidated() {
    let place = Place::new();
    place.write("performance_results/a.json", native(0, &[("embed", 10.0, 800.0)]));
    place.write("elsewhere/b.json", native(1, &[("embed", 10.0, 800.0)]));
    let out = place.ok(&["ingest", "--consolidate", "--directories", "elsewhere"]);
    assert!(out.contains("2 files: 2 imported"), "{out}");
}

#[test]
fn dedupe_leaves_out_what_another_run_holds_and_removes_nothing() {
    let place = Place::new();
    let text = native(0, &[("embed", 10.0, 800.0), ("classify", 20.0, 400.0)]);
    let first = place.write("first.json", &text);
    // The same run exported under another name, with one value more.
    let again = text.replace("run-0", "export-7").replace("\"value\": 20", "\"value\": 21");
    let second = place.write("second.json", again);
    place.ok(&["ingest", "--dedupe", &first]);
    let out = place.ok(&["ingest", "--dedupe", &second]);
    assert!(out.contains("imported (1) second.json: 1 known already"), "{out}");
    assert_eq!(place.value("SELECT count(*) FROM results"), "3");
    assert_eq!(place.value("SELECT count(*) FROM measurements"), "6");
    let other = Place::new();
    other.write("first.json", &text);
    other.write("third.json", text.replace("run-0", "export-7"));
    other.ok(&["ingest", "first.json", "third.json"]);
    assert_eq!(other.value("SELECT count(*) FROM results"), "4", "only where it is asked for");
    let out = other.ok(&["ingest", "--dedupe", "third.json"]);
    assert!(out.contains("duplicate"), "{out}");
    assert_eq!(other.value("SELECT count(*) FROM results"), "4", "nothing stored is removed");
}

#[test]
fn parquet_files_hold_each_category() {
    let place = Place::new();
    let fixtures = repository().join("tests/fixtures/formats/legacy");
    let answer = place.run(&["ingest", "--parquet", "out/tables", &fixtures.display().to_string()]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert_eq!(
        names(&place, "out/tables"),
        ["compatibility.parquet", "hardware.parquet", "integration.parquet", "performance.parquet"]
    );
    for category in ["performance", "hardware", "compatibility", "integration"] {
        let bytes = std::fs::read(place.path(&format!("out/tables/{category}.parquet"))).unwrap();
        assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"), "{category}");
        let line = answer.err.lines().find(|line| line.contains(category)).expect("a line");
        assert!(!line.starts_with("0 rows"), "{line}");
    }
}
