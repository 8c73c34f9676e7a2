//! The history of `github-action-benchmark`: `data.js`, and the same JSON of `external-data-json-path`.
//!
//! For: arriving with the past: every entry of every suite is a run. Not for: the branch, which the file does not name.
//! The shape is `DataJson` of the action's `src/write.ts` and `Benchmark` of its `src/extract.ts`.
//! Invariant: a run's key is derived from its suite, commit and time, so that a file that has grown is read again
//! without doubling what was there.

use super::error::{Malformed, ReadError};
use super::json::Json;
use super::node::Node;
use super::output::Output;
use super::reading::{Pool, Reading, metric_of_unit, past};
use crate::model::{Direction, ResultDraft, RunDraft};

/// What `data.js` writes before its JSON.
const PREFIX: &str = "window.BENCHMARK_DATA =";

/// Whether a text begins like `data.js`.
pub(super) fn is_script(text: &str) -> bool {
    text.trim_start().starts_with(PREFIX)
}

/// The text with blanks instead of what makes it a script, so that places stay those of the file.
pub(super) fn without_script(text: &str) -> Option<String> {
    is_script(text).then(|| text.replacen(PREFIX, &" ".repeat(PREFIX.len()), 1))
}

/// Suites and the time of their last change.
pub(super) fn matches(json: &Json) -> bool {
    json.get("lastUpdate").is_some() && matches!(json.get("entries"), Some(Json::Object(_)))
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    for (suite, entries) in Node::root(json).field("entries")?.entries()? {
        for entry in entries.items()? {
            output.run(run(suite, &entry)?)?;
            let better = stated_direction(entry.field("tool")?.text()?);
            let mut pool = Pool::default();
            for bench in entry.field("benches")?.items()? {
                let name = bench.field("name")?.text()?;
                let (draft, readings) = draft(name, &bench, better)?;
                pool.add(name.to_owned(), draft, readings, |defect| bench.place(defect))?;
            }
            pool.finish(output)?;
        }
    }
    Ok(())
}

fn run(suite: &str, entry: &Node<'_>) -> Result<RunDraft, Malformed> {
    let commit = entry.field("commit")?.field("id")?.text()?.to_owned();
    let time = entry.field("date")?.milliseconds()?;
    let mut run = RunDraft {
        key: Some(format!("github-action-benchmark:{suite}:{commit}:{time}")),
        suite: Some(suite.to_owned()),
        commit: Some(commit),
        started_at: Some(time),
        ..RunDraft::default()
    };
    run.environment.insert("benchmark_tool".to_owned(), entry.field("tool")?.text()?.to_owned());
    Ok(run)
}

/// What the two custom tools are named after. For the others the unit decides: the action takes the rates of JMH, for
/// one, as better when smaller.
fn stated_direction(tool: &str) -> Option<Direction> {
    match tool {
        "customBiggerIsBetter" => Some(Direction::HigherIsBetter),
        "customSmallerIsBetter" => Some(Direction::LowerIsBetter),
        _ => None,
    }
}

fn draft(name: &str, bench: &Node<'_>, better: Option<Direction>) -> Result<(ResultDraft, Vec<Reading>), Malformed> {
    let unit = bench.field("unit")?.text()?;
    let value = bench.field("value")?;
    let reading = Reading { better, ..Reading::value(metric_of_unit(unit), value.number()?, unit) };
    let (mut draft, readings) = past(reading).map_err(|defect| value.place(defect))?;
    draft.test_case = Some(name.to_owned());
    Ok((draft, readings))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use crate::model::{Direction, Status};

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/github-action-benchmark-history/normal.js");
    const EXTERNAL: &str = include_str!("../../tests/fixtures/formats/github-action-benchmark-history/external.json");

    #[test]
    fn every_entry_is_a_run_with_its_commit_and_time() {
        let Collected { runs, results, .. } = collect(Format::GithubActionBenchmarkHistory, NORMAL);
        let facts = runs.iter().map(|run| (run.suite.as_deref(), run.commit.as_deref().map(|commit| &commit[..1])));
        let (rust, go, scores) = (Some("Rust Benchmark"), Some("Go Benchmark"), Some("Scores"));
        assert_eq!(
            facts.collect::<Vec<_>>(),
            [(rust, Some("a")), (rust, Some("b")), (go, Some("b")), (scores, Some("b"))]
        );
        assert_eq!(runs[0].started_at.map(|time| time.to_string()).as_deref(), Some("2026-01-30T10:00:00Z"));
        assert_eq!((runs[0].branch.as_deref(), runs[2].environment["benchmark_tool"].as_str()), (None, "go"));
        let keys: std::collections::BTreeSet<_> = runs.iter().map(|run| run.key.as_deref()).collect();
        assert_eq!(keys.len(), 4);
        assert_eq!(results.len(), 5);
        assert_value(&results[0], "latency", 0.037_174, "ms");
        assert!(matches!(&results[1].status, Status::Failed(reason) if reason.contains("zero")));
        assert_eq!(measured(&results[3], "latency").samples().len(), 3);
    }

    #[test]
    fn custom_tools_state_a_direction() {
        let scores = collect(Format::GithubActionBenchmarkHistory, NORMAL).results.pop().expect("scores");
        assert_eq!(measured(&scores, "points").better(), Some(Direction::HigherIsBetter));
        let external = collect(Format::GithubActionBenchmarkHistory, EXTERNAL).results.pop().expect("start");
        assert_eq!(measured(&external, "ticks").better(), Some(Direction::LowerIsBetter));
    }

    #[test]
    fn defects_are_located() {
        let entry = "entries.Rust Benchmark[0]";
        for (from, to, class, pointer) in [
            ("\"value\": 37174", "\"value\": \"fast\"", Class::WrongType, Some(format!("{entry}.benches[0].value"))),
            ("\"value\": 37174", "\"value\": -1", Class::Negative, Some(format!("{entry}.benches[0].value"))),
            ("\"value\": 37174", "\"value\": NaN", Class::NotFinite, None),
            ("\"date\": 1769767200000", "\"date\": 1e30", Class::WrongType, Some(format!("{entry}.date"))),
            ("\"tool\": \"cargo\",", "", Class::MissingField, Some(entry.to_owned())),
        ] {
            assert!(NORMAL.contains(from), "{from}");
            let (found, _, _, place) = defect_place(&NORMAL.replacen(from, to, 1));
            assert_eq!((found, place), (class, pointer), "{to}");
        }
        // The second of Go's three repetitions, in another unit.
        let at = NORMAL.find("1240.5").expect("the repetition");
        let mixed = format!("{}{}", &NORMAL[..at], NORMAL[at..].replacen("ns/op", "us/op", 1));
        let place = Some("entries.Go Benchmark[0].benches[1]".to_owned());
        assert_eq!(defect_place(&mixed), (Class::Contradiction, None, None, place));
        let (class, line, column, _) = defect_place("window.BENCHMARK_DATA = {\"a\" 1}");
        assert_eq!((class, line, column), (Class::Syntax, Some(1), Some(30)));
    }
}
