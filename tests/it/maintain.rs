//! `benchgate maintain`: what it finds, makes, keeps and deletes.

use crate::support::{Place, change, content, history, names, native};

#[test]
fn a_history_that_benchgate_wrote_is_valid_in_every_format() {
    let place = Place::new();
    history(&place, 5);
    assert!(place.ok(&["maintain", "validate"]).contains("Nothing is wrong"));
    let json: serde_json::Value =
        serde_json::from_str(&place.ok(&["maintain", "validate", "--format", "json"])).unwrap();
    assert_eq!((&json["schema"], &json["report"]), (&"benchgate/tables/v1".into(), &"validate".into()));
    assert_eq!(json["tables"]["findings"], serde_json::json!([]));
    place.ok(&["init", "--sample-data", "--db", "sample.duckdb", "--quiet"]);
    assert!(place.ok(&["maintain", "validate", "--db", "sample.duckdb"]).contains("Nothing is wrong"));
}

#[test]
fn a_history_that_something_else_changed_fails_and_names_the_place() {
    let place = Place::new();
    history(&place, 3);
    change(&place.path("benchgate.duckdb"), "UPDATE measurements SET value = 0 WHERE metric = 'latency'");
    let answer = place.run(&["maintain", "validate", "--format", "json"]);
    assert!(answer.code == 1 && answer.err.contains("[DB005]"), "{answer:#?}");
    let json: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    let finding = &json["tables"]["findings"][0];
    assert_eq!(
        (&finding["severity"], &finding["check"], &finding["count"]),
        (&"error".into(), &"value".into(), &6.into())
    );
    change(&place.path("benchgate.duckdb"), "DROP VIEW history");
    let answer = place.run(&["maintain", "validate"]);
    assert!(answer.code == 1 && answer.err.contains("[DB002]") && answer.out.contains("history"), "{answer:#?}");
}

#[test]
fn a_compacted_history_is_the_same_and_smaller() {
    let place = Place::new();
    history(&place, 5);
    let before = content(&place, "benchgate.duckdb");
    let path = place.path("benchgate.duckdb");
    let make_gaps = "CREATE TABLE gap AS SELECT range, hash(range) AS text FROM range(200000)";
    change(&path, make_gaps);
    change(&path, "DROP TABLE gap");
    let size = std::fs::metadata(&path).unwrap().len();
    let out = place.ok(&["maintain", "compact"]);
    assert!(out.starts_with("compacted `benchgate.duckdb`:"), "{out}");
    assert!(std::fs::metadata(&path).unwrap().len() < size / 2, "{out}");
    assert_eq!(content(&place, "benchgate.duckdb"), before);
    assert!(place.ok(&["maintain", "compact"]).contains("has no gaps"));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("benchgate.duckdb", place.path("link.duckdb")).unwrap();
        change(&path, make_gaps);
        change(&path, "DROP TABLE gap");
        assert!(place.ok(&["maintain", "compact", "--db", "link.duckdb"]).starts_with("compacted"));
        assert!(place.path("link.duckdb").is_symlink() && std::fs::metadata(&path).unwrap().len() < size / 2);
        std::fs::remove_file(place.path("link.duckdb")).unwrap();
    }
    place.ok(&["maintain", "optimize"]);
    place.ok(&["maintain", "validate"]);
    assert_eq!(content(&place, "benchgate.duckdb"), before);
    assert_eq!(names(&place.path("")), ["benchgate.duckdb", "history"], "nothing is left over");
}

#[test]
fn a_backup_comes_back_and_what_it_replaces_is_kept() {
    let place = Place::new();
    history(&place, 3);
    let old = content(&place, "benchgate.duckdb");
    place.ok(&["maintain", "backup", "--to", "plain.duckdb"]);
    place.ok(&["maintain", "backup", "--to", "packed.duckdb.gz"]);
    history(&place, 6);
    let new = content(&place, "benchgate.duckdb");
    for backup in ["plain.duckdb", "packed.duckdb.gz"] {
        place.ok(&["ingest", "history", "--quiet"]);
        let plan = place.ok(&["maintain", "restore", backup]);
        assert!(plan.contains("its checksum is right") && plan.contains("nothing was written"), "{plan}");
        assert_eq!(content(&place, "benchgate.duckdb"), new, "a plan changes nothing");
        place.ok(&["maintain", "restore", backup, "--yes"]);
        assert_eq!(content(&place, "benchgate.duckdb"), old);
        let kept = names(&place.path("")).into_iter().find(|name| name.contains(".before-restore-")).unwrap();
        assert_eq!(content(&place, &kept), new);
        std::fs::remove_file(place.path(&kept)).unwrap();
    }
    let answer = place.run(&["maintain", "backup", "--to", "plain.duckdb"]);
    assert!(answer.code == 1 && answer.err.contains("exists already"), "{answer:#?}");
}

#[test]
fn a_backup_that_is_not_what_was_written_is_not_restored() {
    let place = Place::new();
    history(&place, 3);
    place.ok(&["maintain", "backup", "--to", "backup.duckdb"]);
    let before = std::fs::read(place.path("benchgate.duckdb")).unwrap();
    let mut bytes = std::fs::read(place.path("backup.duckdb")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(place.path("backup.duckdb"), &bytes).unwrap();
    let answer = place.run(&["maintain", "restore", "backup.duckdb", "--yes"]);
    assert!(answer.code == 1 && answer.err.contains("its checksum is another one"), "{answer:#?}");
    // Without its checksum, what it holds is looked at.
    std::fs::remove_file(place.path("backup.duckdb.blake3")).unwrap();
    change(&place.path("benchgate.duckdb"), "UPDATE models SET model_name = 'other'");
    std::fs::rename(place.path("benchgate.duckdb"), place.path("backup.duckdb")).unwrap();
    std::fs::write(place.path("benchgate.duckdb"), &before).unwrap();
    let half = before[..before.len() / 2].to_vec();
    let text = b"{\"results\": []}".to_vec();
    for (name, bytes) in [
        ("backup.duckdb", None),
        ("empty.duckdb", Some(Vec::new())),
        ("text.duckdb", Some(text)),
        ("cut.duckdb", Some(half)),
    ] {
        if let Some(bytes) = bytes {
            place.write(name, bytes);
        }
        let answer = place.run(&["maintain", "restore", name, "--yes"]);
        assert!(
            answer.code == 1
                && answer.err.contains("[DB005]")
                && answer.err.contains("cannot be restored")
                && !answer.err.contains(".unfinished"),
            "{answer:#?}"
        );
        assert_eq!(std::fs::read(place.path("benchgate.duckdb")).unwrap(), before, "{name}");
    }
}

#[test]
fn a_backup_replaces_a_history_that_cannot_be_opened() {
    let place = Place::new();
    history(&place, 3);
    let old = content(&place, "benchgate.duckdb");
    place.ok(&["maintain", "backup", "--to", "backups", "--compress"]);
    let backup = names(&place.path("backups")).remove(0);
    let bytes = std::fs::read(place.path("benchgate.duckdb")).unwrap();
    std::fs::write(place.path("benchgate.duckdb"), &bytes[..bytes.len() / 2]).unwrap();
    let answer = place.run(&["compare", "history/run-001.json"]);
    assert!(
        answer.code == 1 && answer.err.contains("[DB001]") && answer.err.contains("maintain restore"),
        "{answer:#?}"
    );
    place.ok(&["maintain", "restore", &format!("backups/{backup}"), "--yes"]);
    assert_eq!(content(&place, "benchgate.duckdb"), old);
    std::fs::remove_file(place.path("benchgate.duckdb")).unwrap();
    place.ok(&["maintain", "restore", &format!("backups/{backup}"), "--yes"]);
    assert_eq!(content(&place, "benchgate.duckdb"), old);
}

#[test]
fn only_own_backups_are_deleted_and_only_when_asked() {
    let place = Place::new();
    history(&place, 2);
    let foreign =
        ["benchgate-20200101T000000000Z.duckdb", "benchgate-notes.duckdb", "other-20200101T000000000Z.duckdb"];
    for name in foreign {
        place.write(&format!("backups/{name}"), "mine");
    }
    place.write("backups/other-20200101T000000000Z.duckdb.blake3", "not a checksum");
    for _ in 0..3 {
        place.ok(&["maintain", "backup", "--to", "backups"]);
    }
    let count = || names(&place.path("backups")).len();
    assert_eq!(count(), 4 + 6);
    let out = place.ok(&["maintain", "backup", "--to", "backups", "--keep", "2"]);
    assert!(out.matches("would delete").count() == 2 && out.contains("--yes does it"), "{out}");
    assert_eq!(count(), 4 + 8);
    let out = place.ok(&["maintain", "backup", "--to", "backups", "--keep", "2", "--yes"]);
    assert_eq!((out.matches("deleting").count(), count()), (3, 4 + 4), "{out}");
    for name in foreign {
        assert!(place.path(&format!("backups/{name}")).exists(), "{name}");
    }
}

#[test]
fn only_imported_files_that_are_old_enough_are_cleaned() {
    let place = Place::new();
    history(&place, 4);
    let copy = std::fs::read(place.path("history/run-001.json")).unwrap();
    place.write("history/below/copy.json", &copy);
    place.write("history/unknown.json", native(99, &[("embed", 1.5, 2.5)]));
    place.write("history/copy.txt", &copy);
    #[cfg(unix)]
    {
        place.write("outside/copy.json", &copy);
        std::os::unix::fs::symlink(place.path("outside"), place.path("history/link")).unwrap();
        std::os::unix::fs::symlink(place.path("outside/copy.json"), place.path("history/link.json")).unwrap();
        std::os::unix::fs::symlink(place.path("history"), place.path("linked")).unwrap();
        assert_eq!(place.run(&["maintain", "clean-json", "linked", "--older-than", "0d"]).code, 2);
    }
    let clean = |more: &[&str]| place.ok(&[&["maintain", "clean-json", "history"][..], more].concat());
    let out = clean(&["--yes"]);
    assert!(out.contains("0 files in the history"), "all are too new: {out}");
    let before = names(&place.path("history"));
    let out = clean(&["--older-than", "0d"]);
    assert!(out.contains("5 files in the history") && out.contains("1 file not in it"), "{out}");
    assert_eq!(names(&place.path("history")), before, "a plan deletes nothing");
    clean(&["--older-than", "0d", "--archive", "old", "--yes"]);
    assert_eq!(names(&place.path("old")), ["below", "run-000.json", "run-001.json", "run-002.json", "run-003.json"]);
    place.write("history/run-001.json", &copy);
    let archive = place.path("history/kept");
    clean(&["--older-than", "0d", "--archive", archive.to_str().unwrap(), "--yes"]);
    let out = clean(&["--older-than", "0d", "--archive", "history/kept", "--yes"]);
    assert!(
        out.contains("0 files in the history") && archive.join("run-001.json").exists(),
        "the archive stays: {out}"
    );
    std::fs::rename(archive.join("run-001.json"), place.path("history/run-001.json")).unwrap();
    std::fs::remove_dir(archive).unwrap();
    clean(&["--older-than", "0d", "--yes"]);
    let mut left = vec!["below", "copy.txt", "unknown.json"];
    if cfg!(unix) {
        left.splice(2..2, ["link", "link.json"]);
        assert!(place.path("outside/copy.json").exists());
    }
    assert_eq!(names(&place.path("history")), left);
}

#[test]
fn the_newest_schema_has_nothing_to_migrate_and_a_newer_one_is_refused() {
    let place = Place::new();
    history(&place, 1);
    let out = place.ok(&["maintain", "migrate"]);
    assert!(out.contains("schema version 1, the newest: nothing is to be done"), "{out}");
    let newer = "CREATE OR REPLACE VIEW schema_migrations AS SELECT 2 AS version";
    change(&place.path("benchgate.duckdb"), newer);
    let before = std::fs::read(place.path("benchgate.duckdb")).unwrap();
    for command in ["migrate", "validate", "optimize", "compact"] {
        let answer = place.run(&["maintain", command]);
        assert!(
            answer.code == 1 && answer.err.contains("[DB002]") && answer.err.contains("schema version 2"),
            "{answer:#?}"
        );
    }
    assert_eq!(std::fs::read(place.path("benchgate.duckdb")).unwrap(), before);
}
