//! The flow of a CI job, nearly without GitHub's API: what it reads, what it records, what it leaves for the next steps.
//!
//! Nearly everything that talks to GitHub is in `github` and in the end-to-end scenarios of `tests/gh`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wiremock::ResponseTemplate;

use super::github_server::GitHub;
use super::support::{Answer, Place, history, native};

/// The environment of a step of GitHub Actions.
struct Step<'a> {
    place: &'a Place,
    event: &'static str,
    payload: &'static str,
    branch: &'static str,
    run: u64,
}

impl<'a> Step<'a> {
    fn push(place: &'a Place, run: u64) -> Self {
        let payload = r#"{"repository": {"id": 1, "default_branch": "main"}}"#;
        Self { place, event: "push", payload, branch: "main", run }
    }

    fn pull_request(place: &'a Place, run: u64) -> Self {
        let payload = r#"{"repository": {"id": 1, "default_branch": "main"}, "pull_request": {"number": 7,
            "head": {"sha": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "ref": "topic", "repo": {"id": 1}},
            "base": {"sha": "cccccccccccccccccccccccccccccccccccccccc", "ref": "main", "repo": {"id": 1}},
            "labels": []}}"#;
        Self { place, event: "pull_request", payload, branch: "7/merge", run }
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        self.run_with(arguments, &[])
    }

    /// The same with other variables.
    fn run_with(&self, arguments: &[&str], more: &[(&str, &str)]) -> Answer {
        self.place.write("event.json", self.payload);
        self.place.write("output.txt", "");
        self.place.write("summary.md", "");
        let run = self.run.to_string();
        let mut command = self.place.command(arguments);
        let kind = if self.event == "push" { "heads" } else { "pull" };
        for (name, value) in [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "octocat/hello-world"),
            ("GITHUB_API_URL", "http://127.0.0.1:9"),
            ("GITHUB_SERVER_URL", "https://github.example"),
            ("GITHUB_EVENT_NAME", self.event),
            ("GITHUB_EVENT_PATH", "event.json"),
            ("GITHUB_SHA", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            ("GITHUB_REF", &format!("refs/{kind}/{}", self.branch)),
            ("GITHUB_REF_NAME", self.branch),
            ("GITHUB_JOB", "bench"),
            ("GITHUB_RUN_ID", &run),
            ("GITHUB_RUN_ATTEMPT", "1"),
            ("GITHUB_REPOSITORY_ID", "1"),
            ("GITHUB_OUTPUT", "output.txt"),
            ("GITHUB_STEP_SUMMARY", "summary.md"),
        ] {
            command.env(name, value);
        }
        command.envs(more.iter().copied());
        let output = command.output().unwrap();
        Answer {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.place.path(name)).unwrap()
    }

    /// The step's outputs, as the runner reads them.
    fn outputs(&self) -> BTreeMap<String, String> {
        let text = self.file("output.txt");
        let mut lines = text.lines();
        let mut outputs = BTreeMap::new();
        while let Some(line) = lines.next() {
            let (name, delimiter) = line.split_once("<<").unwrap();
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
            outputs.insert(name.to_owned(), value.join("\n"));
        }
        outputs
    }
}

/// Results whose run, commit and branch come from CI.
fn results(latency: f64) -> String {
    format!(
        r#"{{"schema": "benchgate/results/v1", "hardware": {{"type": "cpu", "device": "Test CPU"}},
            "results": [{{"model": "bert", "test_case": "embed", "batch_size": 8,
                "metrics": {{"latency": {{"value": {latency}, "unit": "ms"}}}}}}]}}"#
    )
}

#[test]
fn a_first_push_starts_the_history_and_passes_with_a_warning() {
    let place = Place::new();
    place.write("results/a.json", results(10.0));
    let step = Step::push(&place, 17);
    let answer = step.run(&["gate", "results/*.json", "--db", "history/h.duckdb"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    let outputs = step.outputs();
    assert_eq!(outputs["outcome"], "nothing-to-judge");
    assert_eq!((outputs["save"].as_str(), outputs["history-source"].as_str()), ("true", "none"));
    assert!(outputs["bundle-name"].starts_with("benchgate.benchmarks.bench.1."));
    assert!(answer.out.contains("::warning title=Nothing to judge::"), "{}", answer.out);
    assert!(step.file("summary.md").contains("NOTHING TO JUDGE"));
    let runs = place.ok(&[
        "query",
        "SELECT run_key, git_branch FROM test_runs",
        "--format",
        "csv",
        "--db",
        "history/h.duckdb",
    ]);
    assert_eq!(runs.lines().last(), Some("github-17-bench,main"));
}

#[test]
fn a_history_that_must_be_there_and_is_not_fails() {
    let place = Place::new();
    place.write("a.json", results(10.0));
    for (step, arguments, code) in [
        (Step::push(&place, 17), vec!["gate", "a.json", "--require-baseline", "true"], 3),
        (Step::pull_request(&place, 18), vec!["gate", "a.json", "--db", "none.duckdb"], 3),
        (
            Step::pull_request(&place, 18),
            vec!["gate", "a.json", "--db", "none.duckdb", "--require-baseline", "false"],
            0,
        ),
        (Step::pull_request(&place, 18), vec!["gate", "a.json", "--db", "none.duckdb", "--enforce", "false"], 0),
    ] {
        assert_eq!(step.run(&arguments).code, code, "{arguments:?}");
    }
}

#[test]
fn a_pull_request_is_judged_and_never_recorded() {
    let place = Place::new();
    history(&place, 20);
    let before = place.value("SELECT count(*) FROM results");
    place.write("a.json", results(13.0));
    let step = Step::pull_request(&place, 18);
    let answer = step.run(&["gate", "a.json", "--partial"]);
    assert_eq!(answer.code, 10, "{answer:#?}");
    let outputs = step.outputs();
    assert_eq!((outputs["outcome"].as_str(), outputs["regressions"].as_str()), ("failed", "1"));
    assert!(!outputs.contains_key("save"));
    assert!(outputs["suspects"].contains(r#""benchmarks":["embed"]"#), "{}", outputs["suspects"]);
    assert_eq!(place.value("SELECT count(*) FROM results"), before);
    assert!(answer.out.contains("::error title=Regression::bert cpu embed batch=8 latency +30"), "{}", answer.out);
    assert!(step.file("summary.md").contains("there is no token, so the pull request got no comment"));
}

#[test]
fn a_push_is_recorded_also_where_it_regressed() {
    let place = Place::new();
    history(&place, 20);
    place.write("a.json", results(13.0));
    let step = Step::push(&place, 19);
    let answer = step.run(&["gate", "a.json", "--partial"]);
    assert_eq!(answer.code, 10, "{answer:#?}");
    assert_eq!(step.outputs()["save"], "true");
    assert_eq!(place.value("SELECT count(*) FROM test_runs WHERE run_key = 'github-19-bench'"), "1");
    let again = step.run(&["gate", "a.json", "--partial"]);
    assert_eq!(again.code, 10, "the run's own results are no baseline: {again:#?}");
}

#[test]
fn the_verdict_is_the_same_on_the_bundle_at_home() {
    let place = Place::new();
    history(&place, 20);
    place.write("a.json", results(13.0));
    let step = Step::pull_request(&place, 18);
    step.run(&["gate", "a.json", "--partial"]);
    let home = place.run(&["compare", "benchgate-report/bundle.jsonl", "--partial", "--baseline-branch", "main"]);
    assert_eq!(home.code, 10);
    let table =
        |text: &str| text.lines().skip_while(|line| !line.starts_with("FAILED")).take(6).collect::<Vec<_>>().join("\n");
    assert_eq!(table(&step.run(&["gate", "a.json", "--partial"]).out), table(&home.out));
}

#[test]
fn names_cannot_forge_commands_of_the_runner() {
    let place = Place::new();
    history(&place, 20);
    let hostile = results(13.0).replace("embed", "embed\\n::error::forged\\n::set-output name=outcome::passed");
    place.write("a.json", hostile);
    let step = Step::pull_request(&place, 18);
    let answer = step.run(&["gate", "a.json", "--partial"]);
    let commands: Vec<&str> = answer.out.lines().filter(|line| line.trim_start().starts_with("::")).collect();
    assert!(commands[0].starts_with("::stop-commands::"), "{commands:?}");
    let token = format!("::{}::", commands[0].trim_start_matches("::stop-commands::"));
    assert_eq!(commands.last(), Some(&token.as_str()));
    assert!(!answer.out.lines().any(|line| line.starts_with("::error::forged")), "{}", answer.out);
    assert_eq!(step.outputs()["outcome"], "nothing-to-judge");
}

#[test]
fn an_error_is_told_in_the_summary_and_there_is_no_verdict() {
    let place = Place::new();
    place.write("a.json", r#"{"schema": "benchgate/results/v1", "results": ["#);
    let step = Step::pull_request(&place, 18);
    let answer = step.run(&["gate", "a.json"]);
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert!(step.file("summary.md").contains("NO VERDICT"), "{}", step.file("summary.md"));
    assert!(answer.out.contains("::error title=No verdict::"), "{}", answer.out);
    assert_eq!(step.run(&["gate", "nothing/*.json"]).code, 1);
}

#[test]
fn a_restored_file_that_is_no_history_is_moved_aside() {
    let place = Place::new();
    place.write("a.json", results(10.0));
    place.write("benchgate.duckdb", "not a database, and longer than a header would be ".repeat(20));
    let step = Step::push(&place, 17);
    let answer = step.run(&["gate", "a.json"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(answer.out.contains("is left out"), "{}", answer.out);
    assert!(place.path("benchgate.unreadable").exists());
    assert_eq!(step.outputs()["save"], "true");
}

/// A history as a version before the first one would have left it: nothing but the record of its schema.
fn older_history(place: &Place, name: &str) {
    #[expect(clippy::disallowed_types, reason = "no version of benchgate writes an older schema any more")]
    let connection = duckdb::Connection::open_in_memory().unwrap();
    connection
        .execute_batch(&format!(
            "ATTACH '{}' AS store (BLOCK_SIZE 16384);
             CREATE VIEW store.schema_migrations AS FROM (VALUES (0, 'nothing', TIMESTAMP '2026-01-01', '0.0.0'))
                AS migration(version, description, applied_at, tool_version);
             DETACH store",
            place.path(name).display()
        ))
        .unwrap();
}

#[test]
fn an_older_history_is_brought_up_to_date_by_its_writer_and_in_a_copy_by_readers() {
    let place = Place::new();
    place.write("a.json", results(10.0));
    older_history(&place, "benchgate.duckdb");
    let before = std::fs::read(place.path("benchgate.duckdb")).unwrap();
    let reader = Step::pull_request(&place, 18);
    let answer = reader.run(&["gate", "a.json"]);
    assert_eq!(answer.code, 3, "judged, and there was nothing to compare with: {answer:#?}");
    assert_eq!(reader.outputs()["history-source"], "file");
    assert!(std::fs::read(place.path("benchgate.duckdb")).unwrap() == before, "a reader changed the file");
    let writer = Step::push(&place, 19);
    assert_eq!(writer.run(&["gate", "a.json"]).code, 0);
    assert_eq!(place.value("SELECT count(*) FROM test_runs"), "1");
}

#[test]
fn committed_results_stand_in_for_a_history() {
    let place = Place::new();
    for day in 0..20 {
        let wobble = 1.0 + 0.004 * f64::from((day * 7) % 5) - 0.008;
        place.write(&format!("baselines/{day}.json"), native(day, &[("embed", 10.0 * wobble, 800.0 / wobble)]));
    }
    place.write("a.json", results(13.0));
    let step = Step { branch: "topic", ..Step::push(&place, 18) };
    let answer = step.run(&["gate", "a.json", "--partial", "--db", "none.duckdb"]);
    assert_eq!(answer.code, 10, "{answer:#?}");
    assert_eq!(step.outputs()["history-source"], "snapshot");
    assert!(!place.path("none.duckdb").exists(), "a reader leaves nothing that could be saved");
}

#[test]
fn a_pull_request_is_not_judged_by_the_baselines_that_it_brings() {
    let place = Place::new();
    history(&place, 20);
    place.ok(&["baseline", "rotate", "--yes", "--actor", "o"]);
    std::fs::remove_file(place.path("benchgate.duckdb")).unwrap();
    place.write("a.json", results(13.0));
    let step = Step::pull_request(&place, 18);
    let answer = step.run(&["gate", "a.json", "--partial"]);
    assert_eq!(answer.code, 3, "{answer:#?}");
    assert_eq!(step.outputs()["history-source"], "none");
    assert!(step.file("summary.md").contains("baselines of this checkout is not read"), "{}", step.file("summary.md"));
    // What the base branch has is asked of GitHub.
    let github = GitHub::start();
    let snapshot = std::fs::read(place.path("baselines/snapshot.json")).unwrap();
    let sha = "d".repeat(40);
    let listed = serde_json::json!([
        { "name": "snapshot.json", "type": "file", "sha": sha, "size": snapshot.len() },
        { "name": "more", "type": "dir", "sha": sha, "size": 0 },
        { "name": "README.md", "type": "file", "sha": sha, "size": 3 },
    ]);
    let blob = serde_json::json!({ "encoding": "base64", "content": STANDARD.encode(&snapshot) });
    github.answer("GET", "contents/baselines", ResponseTemplate::new(200).set_body_json(listed));
    github.answer("GET", &format!("git/blobs/{sha}"), ResponseTemplate::new(200).set_body_json(blob));
    place.write("baselines/snapshot.json", "{}");
    let commit =
        serde_json::json!({ "sha": "c".repeat(40), "commit": { "committer": { "date": "2027-01-01T00:00:00Z" } } });
    let comparison = serde_json::json!({
        "merge_base_commit": commit, "ahead_by": 1, "behind_by": 0, "total_commits": 0, "commits": [],
    });
    let compared = format!("compare/main...{}", "b".repeat(40));
    github.answer("GET", &compared, ResponseTemplate::new(200).set_body_json(comparison));
    github.answer("GET", "commits", ResponseTemplate::new(200).set_body_json(serde_json::json!([commit])));
    let arguments = ["gate", "a.json", "--partial", "--use-artifacts", "false", "--comment", "never"];
    let answer = step.run_with(
        &arguments,
        &[("GITHUB_API_URL", &github.url()), ("GITHUB_REPOSITORY", "octo/bench"), ("GITHUB_TOKEN", "ghs_secret")],
    );
    assert_eq!(answer.code, 10, "{answer:#?}");
    assert_eq!(step.outputs()["history-source"], "snapshot");
    assert!(github.calls().iter().any(|call| call.contains("contents/baselines?ref=main")), "{:?}", github.calls());
}

#[test]
fn a_bundle_holds_everything_a_judging_job_needs() {
    let place = Place::new();
    history(&place, 20);
    place.write("results/a.json", results(13.0));
    let step = Step::pull_request(&place, 18);
    let answer = step.run(&["collect", "results", "--leg", "cuda / fp16"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(step.outputs()["bundle-name"].starts_with("benchgate.benchmarks.cuda---fp16.1."));
    let home = place.run(&["compare", "bundle.jsonl", "--partial"]);
    assert_eq!(home.code, 10, "{home:#?}");
    assert!(home.out.contains("commit bbbbbbbbbbbb"), "{}", home.out);
}

#[test]
fn a_job_without_results_leaves_a_bundle_that_says_why() {
    let place = Place::new();
    let step = Step::pull_request(&place, 18);
    let answer = step.run(&["collect", "results/*.json"]);
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert!(step.file("bundle.jsonl").contains("no file matches this pattern"));
    assert_eq!(step.outputs()["bundle-path"], "bundle.jsonl");
}
