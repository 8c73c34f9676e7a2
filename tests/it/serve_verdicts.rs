//! `benchgate serve`: verdicts and trends as the command line gives them, and the examples of `docs/api.md`.

use std::process::Command;

use serde_json::json;

use crate::serve_client::{Served, TOKEN};
use crate::support::{Place, history, native, repository};

fn candidate(latency: f64) -> String {
    let text = native(30, &[("embed", latency, 800.0), ("classify", 20.0, 400.0)]);
    // A line a document: the format of bundles is told by the type that is sent.
    text.replace('\n', " ")
}

#[test]
fn a_candidate_gets_the_report_of_the_command_line_byte_for_byte() {
    let place = Place::new();
    history(&place, 25);
    let served = Served::start(&place, None, &["--log", "off"]);
    for (latency, outcome) in [(10.0, "passed"), (20.0, "failed")] {
        let text = candidate(latency);
        let sent = served.request("POST", "/compare", &[("Content-Type", "application/json")], text.as_bytes());
        assert_eq!(sent.status, 200, "{}", sent.text());
        place.write("candidate", &text);
        let answer = place.run(&["compare", "candidate", "--format", "json"]);
        assert_eq!(sent.text(), answer.out);
        assert_eq!(sent.json()["outcome"], outcome);
    }
    assert_eq!(served.rows("SELECT count(*) AS n FROM test_runs"), json!([{"n": 25}]), "nothing is stored");
}

#[test]
fn the_policy_of_the_server_is_that_of_its_file() {
    let place = Place::new();
    history(&place, 25);
    place.write("benchgate.toml", "[defaults]\nminimum-effect = \"300%\"\n");
    let served = Served::start(&place, None, &["--log", "off"]);
    let text = candidate(20.0);
    let sent = served.request("POST", "/compare", &[("Content-Type", "application/json")], text.as_bytes()).json();
    assert_eq!(sent["outcome"], "passed", "{sent}");
}

#[test]
fn what_is_no_candidate_is_a_problem() {
    let place = Place::new();
    history(&place, 3);
    let served = Served::start(&place, None, &["--log", "off"]);
    let json = ("Content-Type", "application/json");
    served.request("POST", "/compare", &[json], b"{}").problem(422);
    served.request("POST", "/compare", &[("Content-Type", "text/csv")], b"x").problem(415);
    let header = |commit: &str| json!({"schema": "benchgate/results/v1", "hardware": {"type": "cpu"}, "run": {"id": commit, "commit": commit}});
    let line = json!({"model": "m", "metrics": {"latency": {"value": 1.0, "unit": "ms"}}});
    let two = format!("{}\n{line}\n{}\n{line}\n", header("a"), header("b"));
    let lines = ("Content-Type", "application/x-ndjson");
    let problem = served.request("POST", "/compare", &[lines], two.as_bytes()).problem(422);
    assert!(problem["detail"].as_str().unwrap().contains("2 runs"), "{problem}");
}

#[test]
fn the_trend_is_that_of_the_command_line() {
    let place = Place::new();
    history(&place, 25);
    let served = Served::start(&place, None, &["--log", "off"]);
    let sent = served.get("/trend");
    assert_eq!(sent.status, 200, "{}", sent.text());
    assert_eq!(sent.text(), place.ok(&["trend", "--format", "json"]));
    assert!(served.get("/trend?metric=latency").text().len() < sent.text().len());
    served.get("/trend?model=nobody").problem(404);
    served.get("/trend?since=lately").problem(422);
}

/// The blocks of a language that follow a line `<!-- executed -->`.
fn executed<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let start = format!("```{language}\n");
    let block = |part: &'a str| part.trim_start().strip_prefix(&*start)?.split("\n```").next();
    text.split("<!-- executed -->").skip(1).filter_map(block).collect()
}

fn has(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

#[test]
#[expect(clippy::print_stderr, reason = "what was not checked is said")]
fn the_examples_of_the_document_work() {
    let text = std::fs::read_to_string(repository().join("docs/api.md")).unwrap();
    let (shell, python) = (executed(&text, "sh"), executed(&text, "python"));
    assert!(shell.len() >= 3 && python.len() == 1);
    let place = Place::new();
    let served = Served::writable(&place);
    let run = |program: &str, flag: &str, script: &str| {
        let mut command = Command::new(program);
        command.args([flag, script]).env("URL", format!("http://{}", served.address)).env("TOKEN", TOKEN);
        let output = command.output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{script}\n{out}{err}");
        assert!(!out.contains("about:blank") && !out.contains("[]"), "{script}\n{out}");
    };
    if has("curl", &["--version"]) {
        shell.iter().for_each(|script| run("bash", "-ec", script));
    } else {
        eprintln!("NOT CHECKED: there is no curl; the examples of docs/api.md in it were not run");
    }
    if has("python3", &["-c", "import requests"]) {
        python.iter().for_each(|script| run("python3", "-c", script));
    } else {
        eprintln!("NOT CHECKED: there is no python3 with requests; the example of docs/api.md in it was not run");
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "what was not checked is said")]
fn the_python_module_is_the_former_interface() {
    if !has("python3", &["--version"]) {
        eprintln!("NOT CHECKED: there is no python3; examples/benchgate_api.py was not run");
        return;
    }
    let place = Place::new();
    let served = Served::writable(&place);
    let script = r#"
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.environ["EXAMPLES"])
from benchgate_api import ApiError, BenchmarkDBAPI
api = BenchmarkDBAPI(os.environ["URL"], token=os.environ["TOKEN"])
sent = dict(model_name="bert", hardware_type="cuda", device_name="A100", batch_size=8, precision="fp16", throughput=100.0,
            latency_avg=2.5, memory_peak=2048.0)
assert api.store_performance_result(**sent) == api.store_performance_result(**sent)
rows = api.get_performance_metrics("bert", "cuda", latest_only=False)
assert len(rows) == 1 and rows[0]["memory_peak_mb"] == 2048.0, rows
rows = api.query("SELECT count(*) AS n FROM benchmark_performance WHERE model = $model", {"model": "bert"})
assert rows == [{"n": 1}], rows
try:
    api.query("DROP TABLE results")
    sys.exit("it was dropped")
except ApiError as error:
    assert (error.status, error.code) == (400, "DB004"), error
try:
    BenchmarkDBAPI(os.environ["URL"], token="wrong").store_performance_result("m", "cpu", 1.0, 1.0)
    sys.exit("it was stored")
except ApiError as error:
    assert error.status == 401, error
"#;
    let mut command = Command::new("python3");
    command.args(["-c", script]).env("URL", format!("http://{}", served.address)).env("TOKEN", TOKEN);
    let output = command.env("EXAMPLES", repository().join("examples")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
