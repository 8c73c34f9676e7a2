//! A year of runs with a rotation every week.
//!
//! For: what is left of it, and that all of it is somewhere. Not for: time, nor the size of a large project
//! (`benches/year.rs` measures both).
//! Invariant: the clock is the test's own.

use std::collections::BTreeMap;

use benchgate::cli::args::Cli;
use benchgate::cli::entry;
use benchgate::cli::surroundings::{Console, Surroundings};
use clap::Parser as _;
use jiff::{Timestamp, ToSpan as _};

use crate::support::{Place, native};

const WEEKS: u32 = 52;
const RUNS_A_WEEK: u32 = 6;

/// Runs a command at a time, in this process; what it printed.
fn at(now: Timestamp, arguments: &[&str]) -> String {
    let cli = Cli::try_parse_from([&["benchgate"], arguments].concat()).unwrap();
    let (width, has_colour, has_progress) = (None, false, false);
    let surroundings = Surroundings { now, environment: BTreeMap::new(), width, has_colour, has_progress };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    entry::run(&cli, &surroundings, &mut Console { out: &mut out, err: &mut err }).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_year_that_is_rotated_weekly_stays_small_and_loses_nothing() {
    let place = Place::new();
    let path = |name: &str| place.path(name).to_str().unwrap().to_owned();
    let (db, archive, snapshots) = (path("benchgate.duckdb"), path("archive"), path("baselines"));
    let start: Timestamp = "2024-01-01T00:00:00Z".parse().unwrap();
    let mut sizes = Vec::new();
    for week in 0..WEEKS {
        for number in 0..RUNS_A_WEEK {
            let run = week * RUNS_A_WEEK + number;
            let cases: Vec<String> = (0..5).map(|case| format!("case-{case}")).collect();
            let results: Vec<(&str, f64, f64)> = cases
                .iter()
                .map(|case| (case.as_str(), 10.0 + f64::from(run * 7 % 5) / 100.0, 800.0 - f64::from(run * 3 % 7)))
                .collect();
            let made = (start + (i64::from(week) * 168 + i64::from(number) * 12).hours()).to_string();
            let text = native(run, &results);
            let (before, rest) = text.split_once("\"started_at\": \"").unwrap();
            let (_, after) = rest.split_once('"').unwrap();
            place.write(&format!("runs/{week}/{run}.json"), format!("{before}\"started_at\": \"{made}\"{after}"));
        }
        let now = start + (i64::from(week + 1) * 168).hours();
        at(now, &["ingest", &path(&format!("runs/{week}")), "--quiet", "--db", &db]);
        let flags = ["--yes", "--keep-all", "4w", "--daily", "12w", "--window", "20", "--actor", "o", "--db", &db];
        let folders = ["--archive", &archive, "--snapshots", &snapshots];
        at(now, &[&["baseline", "rotate"], &flags[..], &folders].concat());
        sizes.push(std::fs::metadata(&db).unwrap().len());
    }
    // Four weeks of every run, eight of three days with runs each, and one of each of the forty others.
    let kept: u32 = 4 * RUNS_A_WEEK + 8 * 3 + 40;
    let count = |table: &str| place.value(&format!("SELECT count(*) FROM {table}")).parse::<u32>().unwrap();
    let (runs, archived) = (count("test_runs"), count("archived_runs"));
    assert!(runs.abs_diff(kept) <= 2, "{runs} runs and not {kept}");
    assert_eq!(runs + archived, WEEKS * RUNS_A_WEEK, "every run is here or in an archive");
    assert!(place.ok(&["maintain", "validate"]).contains("Nothing is wrong"));
    // Beyond the first months a week adds one run of each series and what is known of those that left.
    let (half, whole) = (sizes[sizes.len() / 2], sizes[sizes.len() - 1]);
    assert!(whole < half + half / 2 && whole < 1_500_000, "{half} bytes after half a year, {whole} after all of it");
    let shown: serde_json::Value =
        serde_json::from_str(&place.ok(&["baseline", "show", "--window", "20", "--format", "json"])).unwrap();
    let series = shown["tables"]["series"].as_array().unwrap();
    assert!(series.len() == 10 && series.iter().all(|one| one["runs"] == 20), "{series:?}");
}
