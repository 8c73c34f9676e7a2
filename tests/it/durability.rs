//! A history that survives: processes that are killed, disks that are full, files that are damaged, many writers.
//!
//! For: what may happen to a file in years. Not for: imports that are killed (see `kill`), nor migrations (beside the
//! store).
//! Invariant: what was committed is there, or the command says that it is not; nothing is silently wrong.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use benchgate::store::{Fingerprint, Mode, Store, StoreError};
use jiff::Timestamp;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::support::{Answer, Place, change, content, history, names, native, repository};

/// Kills of each command, and how many go on at the same time.
const KILLS: usize = 50;
const AT_ONCE: usize = 2;

/// A moment after every import of a test.
fn later() -> Timestamp {
    "2100-01-01T00:00:00Z".parse().unwrap()
}

fn open(place: &Place, db: &str) -> Result<Store, StoreError> {
    Store::open(&place.path(db), Mode::Read, later())
}

fn fingerprint(place: &Place, db: &str) -> Result<Fingerprint, StoreError> {
    open(place, db)?.fingerprint()
}

/// What a history holds, once it is proved to be valid.
fn proved(place: &Place, db: &str) -> Fingerprint {
    let store = open(place, db).unwrap();
    assert_eq!(store.validate(later()).unwrap(), [], "{db}");
    store.fingerprint().unwrap()
}

/// A process that runs beside the test.
fn start(place: &Place, arguments: &[&str]) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("benchgate"));
    command.current_dir(place.path("")).args(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// How long a command takes here.
#[expect(clippy::disallowed_methods, reason = "kills are spread over the time that a command takes here")]
fn time(place: &Place, arguments: &[&str]) -> Duration {
    let start = Instant::now();
    place.ok(arguments);
    start.elapsed()
}

/// Kills a command at random moments, each on a copy of a history, and looks at each copy.
fn kill(place: &Place, arguments: &[&str], original: &str, look: impl Fn(&str) + Sync) {
    let timed = || {
        std::fs::copy(place.path(original), place.path("timed.duckdb")).unwrap();
        time(place, &[arguments, &["--db", "timed.duckdb"]].concat())
    };
    // The fastest counts: where others had the processors meanwhile, kills would come when all is over.
    let time = timed().min(timed()).min(timed());
    let (next, killed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(number) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < KILLS) {
                    let db = format!("kill-{number}.duckdb");
                    std::fs::copy(place.path(original), place.path(&db)).unwrap();
                    // Each second one late, when the file is replaced.
                    let (from, to) = if number.is_multiple_of(2) { (0.0, 1.0) } else { (0.5, 1.1) };
                    let moment = time.mul_f64(ChaCha8Rng::seed_from_u64(number as u64).random_range(from..to));
                    let mut child = start(place, &[arguments, &["--db", &db]].concat());
                    std::thread::sleep(moment);
                    child.kill().unwrap();
                    killed.fetch_add(usize::from(child.wait().unwrap().code().is_none()), Ordering::Relaxed);
                    look(&db);
                    std::fs::remove_file(place.path(&db)).unwrap();
                }
            });
        }
    });
    assert!(killed.into_inner() >= KILLS / 4, "most are killed before they end");
}

#[test]
fn a_compaction_that_is_killed_leaves_every_row() {
    let place = Place::new();
    history(&place, 20);
    let path = place.path("benchgate.duckdb");
    change(&path, "CREATE TABLE gap AS SELECT range, hash(range) AS text FROM range(20000)");
    change(&path, "DROP TABLE gap");
    let whole = fingerprint(&place, "benchgate.duckdb").unwrap();
    kill(&place, &["maintain", "compact"], "benchgate.duckdb", |db| {
        assert_eq!(proved(&place, db), whole, "{db}");
    });
}

#[test]
fn a_rotation_that_is_killed_leaves_the_old_history_or_the_new_one_and_every_row_somewhere() {
    let place = Place::new();
    history(&place, 60);
    let rotate = ["baseline", "rotate", "--yes", "--keep-all", "1d", "--daily", "1d", "--window", "20", "--actor", "o"];
    std::fs::copy(place.path("benchgate.duckdb"), place.path("rotated.duckdb")).unwrap();
    place.ok(&[&rotate[..], &["--db", "rotated.duckdb"]].concat());
    let [old, new] = ["benchgate.duckdb", "rotated.duckdb"].map(|db| content(&place, db));
    let (is_old, is_new) = (AtomicUsize::new(0), AtomicUsize::new(0));
    kill(&place, &rotate, "benchgate.duckdb", |db| {
        proved(&place, db);
        let left = content(&place, db);
        assert!(left == old || left == new, "{db} is neither");
        (if left == old { &is_old } else { &is_new }).fetch_add(1, Ordering::Relaxed);
        // Completed by the next one, and brought back from the archive that holds what left.
        place.ok(&[&rotate[..], &["--db", db]].concat());
        assert!(content(&place, db) == new, "{db} is not completed");
        let decisions = open(&place, db).unwrap().decisions().unwrap();
        let [rotation] = &decisions[..] else { panic!("{db}: {decisions:?}") };
        let id = rotation.id.to_string();
        place.ok(&["baseline", "undo", &id, "--reason", "r", "--actor", "o", "--db", db]);
        proved(&place, db);
        assert!(content(&place, db) == old, "{db} does not come back");
    });
    let (is_old, is_new) = (is_old.into_inner(), is_new.into_inner());
    assert!(is_old > 0 && is_new > 0, "{is_old} before and {is_new} after");
}

#[test]
fn a_restoration_that_is_killed_leaves_the_old_history_or_the_backup() {
    let place = Place::new();
    history(&place, 5);
    place.ok(&["maintain", "backup", "--to", "backup.duckdb"]);
    history(&place, 10);
    let both = ["backup.duckdb", "benchgate.duckdb"].map(|db| fingerprint(&place, db).unwrap());
    let valid: Vec<_> =
        ["backup.duckdb", "benchgate.duckdb"].map(|db| place.ok(&["maintain", "validate", "--db", db])).into();
    assert!(both[0] != both[1] && valid.iter().all(|said| said.contains("Nothing is wrong")));
    kill(&place, &["maintain", "restore", "backup.duckdb", "--yes"], "benchgate.duckdb", |db| {
        let left = proved(&place, db);
        assert!(both.contains(&left), "{db} is neither");
        let is_kept = |name: &String| name.starts_with(&format!("{db}.before-restore-"));
        for kept in names(&place.path("")).into_iter().filter(is_kept) {
            assert_eq!(fingerprint(&place, &kept).unwrap(), both[1], "{kept}");
        }
    });
}

#[test]
fn twenty_writers_at_once_leave_the_union_exactly_once() {
    let place = Place::new();
    let run = |day: u32| native(day, &[("embed", 10.0 + f64::from(day), 800.0), ("classify", 20.0, 400.0)]);
    // Each writer brings a run of its own and one that others bring too.
    let mut writers: Vec<Vec<String>> = Vec::new();
    for number in 0..20 {
        let folder = format!("results-{number}");
        place.write(&format!("{folder}/own.json"), run(number));
        place.write(&format!("{folder}/shared.json"), run(100 + number % 3));
        if number.is_multiple_of(2) {
            writers.push(vec!["ingest".to_owned(), folder]);
        } else {
            let other = format!("other-{number}.duckdb");
            place.ok(&["ingest", "--quiet", &folder, "--db", &other]);
            writers.push(vec!["import".to_owned(), other]);
        }
    }
    let wait = ["--wait", "120"];
    let results = (0..20).map(|number| format!("results-{number}")).collect::<Vec<_>>();
    let results = results.iter().map(String::as_str).collect::<Vec<_>>();
    place.ok(&[&["ingest", "--quiet", "--db", "alone.duckdb"], &results[..]].concat());
    // Beside them the file is replaced again and again, and nothing that they write may be lost with the old one.
    place.ok(&["init", "--quiet"]);
    for _ in 0..4 {
        writers.push(vec!["maintain".to_owned(), "compact".to_owned()]);
    }
    change(&place.path("benchgate.duckdb"), "CREATE TABLE gap AS SELECT range, hash(range) AS text FROM range(20000)");
    change(&place.path("benchgate.duckdb"), "DROP TABLE gap");
    let together = writers.iter().map(|writer| {
        let arguments: Vec<&str> = writer.iter().map(String::as_str).chain(wait).collect();
        start(&place, &arguments)
    });
    for mut child in together.collect::<Vec<Child>>() {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    let one = |db: &str| {
        place.ok(&["query", "SELECT * EXCLUDE (started_at) FROM history ORDER BY ALL", "--format", "csv", "--db", db])
    };
    let rows = one("benchgate.duckdb");
    assert_eq!(rows.lines().count(), 1 + 23 * 4, "{rows}");
    assert_eq!(rows, one("alone.duckdb"));
    place.ok(&["maintain", "validate"]);
}

#[test]
fn a_writer_that_may_not_wait_is_told_who_has_the_history_and_since_when() {
    let place = Place::new();
    history(&place, 1);
    let path = place.path("benchgate.duckdb");
    let store = Store::open(&path, Mode::Write, later()).unwrap();
    let answer = place.run(&["maintain", "compact", "--wait", "0"]);
    assert!(answer.code == 1 && answer.err.contains("[DB001]") && answer.err.contains("is locked"), "{answer:#?}");
    if cfg!(target_os = "linux") {
        let process = format!("process {}", std::process::id());
        assert!(answer.err.contains(&process) && answer.err.contains("has been running since 20"), "{answer:#?}");
    }
    let answer = place.run(&["maintain", "optimize", "--wait", "1"]);
    assert!(answer.code == 1 && answer.err.contains("waiting up to 1 s"), "{answer:#?}");
    store.close().unwrap();
    place.ok(&["maintain", "compact"]);
}

/// Runs a command under limits that a shell sets.
#[cfg(unix)]
fn limited(place: &Place, limits: &str, arguments: &[&str]) -> Answer {
    let benchgate = assert_cmd::cargo::cargo_bin("benchgate");
    let output = Command::new("bash")
        .current_dir(place.path(""))
        .args(["-c", &format!("{limits} exec \"$@\""), "bash"])
        .arg(benchgate)
        .args(arguments)
        .output()
        .unwrap();
    Answer {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Files may grow to so many KiB, as on a full disk; the signal that comes with it is left out.
#[cfg(unix)]
fn full(kib: u64) -> String {
    format!("trap '' XFSZ; ulimit -f {kib};")
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_leaves_the_history_as_it_was() {
    let place = Place::new();
    history(&place, 3);
    let cases: Vec<String> = (0..4000).map(|case| format!("case-{case}")).collect();
    let results: Vec<_> =
        cases.iter().zip(1..).map(|(case, number)| (case.as_str(), f64::from(number), 800.0)).collect();
    place.write("more/many.json", native(50, &results));
    let before = content(&place, "benchgate.duckdb");
    let size = std::fs::metadata(place.path("benchgate.duckdb")).unwrap().len() / 1024;
    let commands: [&[&str]; 3] =
        [&["ingest", "more"], &["maintain", "compact"], &["maintain", "backup", "--to", "backup.duckdb"]];
    for (arguments, kib) in commands.into_iter().zip([size + 16, size / 2, size / 2]) {
        let answer = limited(&place, &full(kib), arguments);
        assert!(answer.code == 1 && answer.err.contains("error:"), "{arguments:?}: {answer:#?}");
        assert!(answer.err.to_lowercase().contains("too large"), "{arguments:?}: {answer:#?}");
        assert_eq!(content(&place, "benchgate.duckdb"), before, "{arguments:?}");
        // A checkpoint that was begun left its mark beside the file.
        place.ok(&["maintain", "optimize"]);
        assert!(!place.path("benchgate.duckdb.wal").exists());
        place.ok(&["maintain", "validate"]);
    }
    let is_left = |name: &str| name.contains(".unfinished") || name.starts_with("backup");
    assert!(!names(&place.path("")).iter().any(|name| is_left(name)), "nothing is left over");
    place.ok(&["ingest", "more", "--quiet"]);
    assert_eq!(place.value("SELECT count(*) FROM results"), "4006");
    place.ok(&["maintain", "validate"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_be_written_is_read_and_left_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    history(&place, 3);
    place.write("more/run.json", native(50, &[("embed", 10.0, 800.0)]));
    let path = place.path("benchgate.duckdb");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    let before = std::fs::read(&path).unwrap();
    // Whoever may write everything gives that up first.
    let is_mighty = std::fs::OpenOptions::new().write(true).open(&path).is_ok();
    let limits = if is_mighty { "set -- setpriv --bounding-set=-dac_override,-dac_read_search \"$@\";" } else { "" };
    let answer = limited(&place, limits, &["ingest", "more"]);
    assert!(
        answer.code == 1 && answer.err.contains("[DB001]") && answer.err.contains("ermission denied"),
        "{answer:#?}"
    );
    for command in ["optimize", "compact"] {
        let answer = limited(&place, limits, &["maintain", command]);
        assert!(answer.code == 1 && answer.err.contains("[DB001]"), "{answer:#?}");
    }
    assert_eq!(limited(&place, limits, &["maintain", "validate"]).code, 0);
    assert_eq!(limited(&place, limits, &["maintain", "backup", "--to", "backup.duckdb"]).code, 0);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

/// The history with a flipped bit in every block that holds values of measurements, and a command that reads them.
#[test]
fn damage_that_only_a_query_meets_is_damage_too() {
    let place = Place::new();
    history(&place, 20);
    let bytes = std::fs::read(place.path("benchgate.duckdb")).unwrap();
    let mut met = 0;
    for block in (3 * 4096 + 100..bytes.len()).step_by(16 * 1024) {
        let mut damaged = bytes.clone();
        damaged[block] ^= 1;
        std::fs::write(place.path("damaged.duckdb"), &damaged).unwrap();
        let answer =
            place.run(&["query", "SELECT sum(value), max(original_unit) FROM measurements", "--db", "damaged.duckdb"]);
        assert!(answer.code == 0 || answer.err.contains("[DB001]"), "block at {block}: {answer:#?}");
        met += u32::from(answer.err.contains("the history is damaged"));
    }
    assert!(met > 0, "the query meets a damaged block");
}

/// What becomes of a history whose bytes are no longer those that were written: refused with a way back, or the same.
fn check_damaged(place: &Place, whole: &Fingerprint, bytes: &[u8], what: &str) -> bool {
    std::fs::write(place.path("damaged.duckdb"), bytes).unwrap();
    match fingerprint(place, "damaged.duckdb") {
        Ok(found) => {
            assert_eq!(&found, whole, "{what} is silently wrong");
            false
        }
        Err(error) => {
            assert!(matches!(error.code(), "DB001" | "DB002"), "{what}: {error:?}");
            true
        }
    }
}

#[test]
fn bits_that_flip_are_noticed_wherever_they_matter() {
    const FLIPS: u64 = 300;
    let place = Place::new();
    history(&place, 20);
    let whole = fingerprint(&place, "benchgate.duckdb").unwrap();
    let bytes = std::fs::read(place.path("benchgate.duckdb")).unwrap();
    let mut refused = 0;
    for number in 0..FLIPS {
        let mut random = ChaCha8Rng::seed_from_u64(number);
        let mut damaged = bytes.clone();
        // Each third one among the headers, which a random place seldom hits.
        let end = if number.is_multiple_of(3) { 3 * 4096 } else { bytes.len() };
        let (place_of, bit) = (random.random_range(0..end), random.random_range(0..8));
        damaged[place_of] ^= 1 << bit;
        refused += u32::from(check_damaged(&place, &whole, &damaged, &format!("bit {bit} of byte {place_of}")));
    }
    assert!(refused > 50, "only {refused} of {FLIPS} flips were noticed");
}

#[test]
fn a_file_that_was_cut_is_refused_and_the_hint_names_the_way_back() {
    let place = Place::new();
    history(&place, 20);
    let whole = fingerprint(&place, "benchgate.duckdb").unwrap();
    let bytes = std::fs::read(place.path("benchgate.duckdb")).unwrap();
    for part in 1..20 {
        let end = bytes.len() * part / 20;
        assert!(
            check_damaged(&place, &whole, &bytes[..end], &format!("the first {end} bytes")),
            "{end} bytes are enough"
        );
    }
    std::fs::write(place.path("damaged.duckdb"), &bytes[..bytes.len() / 2]).unwrap();
    let commands: [&[&str]; 4] =
        [&["maintain", "validate"], &["query", "FROM history"], &["report", "summary"], &["ingest", "history"]];
    for arguments in commands {
        let answer = place.run(&[arguments, &["--db", "damaged.duckdb"]].concat());
        let is_helpful = ["[DB001]", "maintain restore", "artifact"].iter().all(|part| answer.err.contains(part));
        assert!(answer.code == 1 && is_helpful, "{arguments:?}: {answer:#?}");
    }
    assert!(repository().join("docs/maintenance.md").exists(), "the hint has a page");
}

#[test]
fn an_empty_file_becomes_a_history_and_a_foreign_one_stays_as_it_is() {
    let place = Place::new();
    place.write("benchgate.duckdb", "");
    place.ok(&["init", "--quiet"]);
    assert_eq!(place.value("SELECT count(*) FROM results"), "0");
    place.write("results.json", "{}");
    assert_eq!(place.run(&["init", "--db", "results.json"]).code, 1);
    assert_eq!(std::fs::read_to_string(place.path("results.json")).unwrap(), "{}");
}
