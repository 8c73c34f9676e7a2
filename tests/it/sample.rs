//! The demo: what the README's first command shows.

use benchgate::cli::sample;
use benchgate::formats::native::{Document, Header, ResultEntry};
use benchgate::model::Context;

use crate::support::{Place, repository};

fn example(name: &str) -> String {
    repository().join("examples/sample").join(name).display().to_string()
}

#[test]
fn the_injected_regression_is_found_and_the_clean_candidate_passes() {
    let place = Place::new();
    place.ok(&["init", "--sample-data"]);
    let regressed = place.run(&["compare", &example("regressed.json")]);
    assert_eq!(regressed.code, 10, "{regressed:#?}");
    assert!(regressed.out.contains("openai/whisper-tiny"), "{}", regressed.out);
    let clean = place.run(&["compare", &example("clean.json")]);
    assert_eq!(clean.code, 0, "{clean:#?}");
}

#[test]
fn the_demo_history_is_large_marked_simulated_and_made_once() {
    let place = Place::new();
    place.ok(&["init", "--sample-data"]);
    let shape = "SELECT count(DISTINCT model) >= 6 AND count(DISTINCT hardware) >= 4 AND count(DISTINCT metric) >= 3
        AND count(DISTINCT run_key) >= 60 AND bool_and(is_simulated) FROM history";
    assert_eq!(place.value(shape), "true");
    let count = "SELECT count(*) FROM measurements";
    let before = place.value(count);
    place.ok(&["init", "--sample-data"]);
    assert_eq!(place.value(count), before);
}

#[test]
fn sample_data_never_enters_a_history_of_real_results() {
    let place = Place::new();
    crate::support::history(&place, 1);
    let refused = place.run(&["init", "--sample-data"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("[DB002]") && refused.err.contains("sample data"), "{}", refused.err);
}

#[test]
fn the_committed_candidates_are_what_the_generator_makes() {
    for (name, is_regressed) in [("clean.json", false), ("regressed.json", true)] {
        let made = candidate(is_regressed);
        let path = repository().join("examples/sample").join(name);
        #[expect(clippy::disallowed_methods, reason = "the request to write comes from whoever runs the tests")]
        let is_update = std::env::var_os("BENCHGATE_UPDATE").is_some();
        if is_update {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &made).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == made, "{name} is out of date: run the tests once with BENCHGATE_UPDATE=1");
    }
}

/// The candidate as a native JSON document, indented for readers.
fn candidate(is_regressed: bool) -> String {
    let context = Context::default();
    let (run, results) = sample::run(sample::RUNS, is_regressed);
    let run = context.complete_run(run, "", None).unwrap();
    let results = results.into_iter().map(|draft| ResultEntry::from(&context.complete_result(draft).unwrap()));
    let Header { schema, run, hardware, simulated } = Header::from(&run);
    let document = Document { schema, run, hardware, simulated, results: results.collect() };
    serde_json::to_string_pretty(&document).unwrap() + "\n"
}
