//! `benchgate serve`: the former system's endpoints, with what they ask and answer.

use serde_json::{Value, json};

use crate::serve_client::{Served, TOKEN, request};
use crate::support::{Place, history};

fn result(model: &str, throughput: f64) -> Value {
    json!({"model_name": model, "hardware_type": "cuda", "throughput": throughput, "latency_avg": 2.5})
}

#[test]
fn the_server_says_what_it_is_and_reads_the_history_to_say_that_it_works() {
    let place = Place::new();
    let served = Served::writable(&place);
    assert_eq!(served.get("/").json(), json!({"message": "Benchmark Database API", "version": "0.1.0"}));
    let health = served.get("/health").json();
    assert_eq!((&health["status"], &health["is_writable"]), (&json!("ok"), &json!(true)));
    assert!(served.hello.contains("clients with the token may write"), "{}", served.hello);
    assert!(!served.hello.contains(TOKEN));
}

#[test]
fn a_result_is_stored_with_everything_it_says_and_listed_by_every_filter() {
    let place = Place::new();
    let served = Served::writable(&place);
    let sent = json!({
        "model_name": "bert", "hardware_type": "CUDA", "device_name": "A100", "batch_size": 8, "precision": "fp16",
        "test_case": "embedding", "throughput": 100.5, "latency_avg": 2.5, "latency_p90": 3.0, "latency_p95": 3.5,
        "latency_p99": 4.0, "memory_peak": 2048.0, "total_time_seconds": 12.0, "iterations": 100, "warmup_iterations": 5,
        "metrics": {"power": 250.0}, "measured_at": "2026-01-02T03:04:05Z", "git_commit": "abc", "git_branch": "main"
    });
    let stored = served.post("/performance", &sent).json();
    assert_eq!((&stored["success"], &stored["is_new"]), (&json!(true), &json!(true)), "{stored}");
    assert_eq!(stored["message"], "Performance result stored successfully");
    let rows = served.get("/performance?model_name=bert&hardware_type=cuda&batch_size=8&precision=fp16").json();
    let row = &rows[0];
    for (name, value) in [
        ("model_family", json!("bert")),
        ("device_name", json!("A100")),
        ("test_case", json!("embedding")),
        ("average_latency_ms", json!(2.5)),
        ("latency_p90", json!(3.0)),
        ("latency_p99", json!(4.0)),
        ("throughput_items_per_second", json!(100.5)),
        ("memory_peak_mb", json!(2048.0)),
        ("measured_at", json!("2026-01-02T03:04:05Z")),
        ("is_simulated", json!(false)),
    ] {
        assert_eq!(row[name], value, "{name}");
    }
    for other in ["model_name=gpt", "hardware_type=cpu", "batch_size=1", "precision=fp32"] {
        assert_eq!(served.get(&format!("/performance?{other}")).json(), json!([]), "{other}");
    }
    let id = stored["result_id"].as_str().unwrap();
    let found = served.rows(&format!("SELECT iterations, git_commit FROM performance_results WHERE result_id = {id}"));
    assert_eq!(found, json!([{"iterations": 100, "git_commit": "abc"}]));
    assert_eq!(served.rows("SELECT value FROM history WHERE metric = 'power'"), json!([{"value": 250.0}]));
}

#[test]
fn a_request_that_is_sent_twice_is_stored_once_unless_its_key_tells_it_apart() {
    let place = Place::new();
    let served = Served::writable(&place);
    let first = served.post("/performance", &result("bert", 1.0)).json();
    let again = served.post("/performance", &result("bert", 1.0)).json();
    assert_eq!((&again["result_id"], &again["is_new"]), (&first["result_id"], &json!(false)));
    let token = format!("Bearer {TOKEN}");
    let headers =
        [("Authorization", &*token), ("Content-Type", "application/json"), ("Idempotency-Key", "second of them")];
    let body = result("bert", 1.0).to_string();
    let other = served.request("POST", "/performance", &headers, body.as_bytes()).json();
    assert_eq!(other["is_new"], true);
    assert_eq!(served.rows("SELECT count(*) AS n FROM performance_results"), json!([{"n": 2}]));
    assert_eq!(served.get("/performance?latest_only=false").json().as_array().unwrap().len(), 2);
    assert_eq!(served.get("/performance").json().as_array().unwrap().len(), 1, "the newest of the configuration");
}

#[test]
fn a_result_joins_a_run_that_the_history_holds_and_no_other() {
    let place = Place::new();
    history(&place, 3);
    let served = Served::start(&place, Some(TOKEN), &["--log", "off"]);
    let mut sent = result("bert", 5.0);
    sent["run_id"] = json!("run-1");
    assert_eq!(served.post("/performance", &sent).json()["is_new"], true);
    let sql = "SELECT git_branch FROM performance_results WHERE throughput_items_per_second = 5";
    assert_eq!(served.rows(sql), json!([{"git_branch": "main"}]));
    assert_eq!(served.post("/performance", &sent).json()["is_new"], false);
    sent["throughput"] = json!(6.0);
    assert_eq!(served.post("/performance", &sent).problem(409)["code"], "DB003", "other values for the same run");
    sent["run_id"] = json!("run-99");
    let problem = served.post("/performance", &sent).problem(422);
    assert!(problem["detail"].as_str().unwrap().contains("run-99"), "{problem}");
}

#[test]
fn what_a_result_cannot_be_is_said_by_its_field() {
    let place = Place::new();
    let served = Served::writable(&place);
    let with = |name: &str, value: Value| {
        let mut sent = result("bert", 1.0);
        sent[name] = value;
        sent
    };
    let mut without = result("bert", 1.0);
    without.as_object_mut().unwrap().remove("throughput");
    for (sent, words) in [
        (without, "throughput"),
        (with("throughput", json!(0.0)), "leave out what was not measured"),
        (with("latency_avg", json!("fast")), "latency_avg"),
        (with("latency_p99", json!(-1.0)), "latency_p99"),
        (with("batch_size", json!(0)), "batch_size"),
        (with("batch_size", json!(-1)), "batch_size"),
        (with("through_put", json!(1.0)), "through_put"),
        (with("model_name", json!(" ")), "model_name"),
        (with("metrics", json!({"latency": 1.0})), "metrics.latency"),
        (with("measured_at", json!("yesterday")), "measured_at"),
    ] {
        let problem = served.post("/performance", &sent).problem(422);
        assert_eq!(problem["code"], "DB003");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{words}: {problem}");
    }
    assert_eq!(served.rows("SELECT count(*) AS n FROM results"), json!([{"n": 0}]));
}

#[test]
fn hardware_is_compared_for_a_model_the_best_first() {
    let place = Place::new();
    let served = Served::writable(&place);
    for (hardware, throughput, latency) in [("cpu", 10.0, 9.0), ("cuda", 100.0, 1.0), ("rocm", 50.0, 2.0)] {
        let sent = json!({
            "model_name": "org/bert", "hardware_type": hardware, "throughput": throughput, "latency_avg": latency
        });
        served.post("/performance", &sent);
    }
    let order = |metric: &str| {
        let rows = served.get(&format!("/performance/comparison/org%2Fbert{metric}")).json();
        let names = rows.as_array().unwrap().iter().map(|row| row["hardware_type"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(order(""), ["cuda", "rocm", "cpu"]);
    assert_eq!(order("?metric=latency"), ["cuda", "rocm", "cpu"]);
    assert_eq!(order("?metric=memory"), [""; 0], "nothing was measured");
    served.get("/performance/comparison/bert?metric=speed").problem(422);
}

#[test]
fn compatibility_is_counted_by_model_and_hardware() {
    let place = Place::new();
    let served = Served::writable(&place);
    let sent = |hardware: &str, works: bool, score: f64| {
        json!({
            "model_name": "bert", "hardware_type": hardware, "device_name": "A100", "is_compatible": works,
            "compatibility_score": score, "error_message": "no kernel", "metadata": {"driver": 12}
        })
    };
    for body in [sent("cuda", true, 1.0), sent("cuda", false, 0.5), sent("cpu", true, 1.0)] {
        let stored = served.post("/compatibility", &body).json();
        assert_eq!(stored["message"], "Compatibility result stored successfully", "{stored}");
        let id = stored["result_id"].as_str().unwrap().to_owned();
        let sql = format!("SELECT error_message AS e FROM hardware_compatibility WHERE compatibility_id = {id}");
        assert_eq!(served.rows(&sql), json!([{"e": "no kernel"}]));
    }
    let rows = served.get("/compatibility?model_name=bert&hardware_type=cuda").json();
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!((&rows[0]["compatible_count"], &rows[0]["incompatible_count"]), (&json!(1), &json!(1)));
    assert_eq!((&rows[0]["avg_compatibility_score"], &rows[0]["device_name"]), (&json!(0.75), &json!("A100")));
    served.post("/compatibility", &sent("cuda", true, 1.5)).problem(422);
}

#[test]
fn functional_tests_are_stored_with_their_assertions_and_counted_by_module() {
    let place = Place::new();
    let served = Served::writable(&place);
    let sent = |name: &str, status: &str| {
        json!({
            "test_module": "tests.models", "test_name": name, "status": status, "execution_time_seconds": 1.5,
            "hardware_type": "cuda", "model_name": "bert", "error_traceback": "line 3",
            "assertions": [{"name": "shape", "passed": status == "pass", "expected": "2", "actual": "3", "message": "m"}]
        })
    };
    for (name, status) in [("a", "pass"), ("b", "fail"), ("c", "error"), ("d", "skip")] {
        let stored = served.post("/integration", &sent(name, status)).json();
        assert_eq!(stored["message"], "Integration test result stored successfully", "{stored}");
    }
    let row = &served.get("/integration?test_module=tests.models").json()[0];
    for (name, count) in [("total_tests", 4), ("passed", 1), ("failed", 1), ("errors", 1), ("skipped", 1)] {
        assert_eq!(row[name], count, "{name}");
    }
    assert_eq!(served.get("/integration?test_module=other").json(), json!([]));
    let sql =
        "SELECT count(*) AS n FROM integration_test_assertions JOIN integration_test_results USING (test_result_id)
        WHERE error_traceback = 'line 3'";
    assert_eq!(served.rows(sql), json!([{"n": 4}]));
    served.post("/integration", &sent("e", "flaky")).problem(422);
}

#[test]
fn names_are_listed_with_the_number_of_their_results() {
    let place = Place::new();
    history(&place, 3);
    let served = Served::start(&place, None, &["--log", "off"]);
    let models = served.get("/models").json();
    assert_eq!((&models[0]["model_name"], &models[0]["usage_count"]), (&json!("bert"), &json!(6)));
    let hardware = served.get("/hardware").json();
    assert_eq!(
        hardware,
        json!([{"hardware_type": "cpu", "device_name": "Test CPU", "usage_count": 6}]),
        "results, not rows of names"
    );
}

#[test]
fn lists_come_in_pages_that_lead_to_each_other() {
    let place = Place::new();
    history(&place, 5);
    let served = Served::start(&place, None, &["--log", "off"]);
    let mut target = "/performance?latest_only=false&limit=4".to_owned();
    let mut seen = Vec::new();
    let mut pages = 0;
    loop {
        let reply = served.get(&target);
        seen.extend(reply.json().as_array().unwrap().iter().map(ToString::to_string));
        pages += 1;
        let Some(link) = reply.header("link") else { break };
        target = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
    }
    assert_eq!((pages, seen.len()), (3, 10));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 10, "no row twice");
}

#[test]
fn a_series_is_found_in_the_list_and_shows_its_values_newest_first() {
    let place = Place::new();
    history(&place, 4);
    let served = Served::start(&place, None, &["--log", "off"]);
    let series = served.get("/series?model=bert&metric=latency&test_case=embed").json();
    assert_eq!(series.as_array().unwrap().len(), 1);
    assert_eq!((&series[0]["measurements"], &series[0]["better"]), (&json!(4), &json!("lower")));
    let id = series[0]["id"].as_str().unwrap();
    let shown = served.get(&format!("/series/{id}?limit=2")).json();
    let times: Vec<_> = shown["points"].as_array().unwrap().iter().map(|point| point["measured_at"].clone()).collect();
    assert_eq!(times, ["2026-01-04T00:00:00Z", "2026-01-03T00:00:00Z"]);
    assert_eq!((&shown["points"][0]["run"], &shown["unit"]), (&json!("run-3"), &json!("ms")));
    assert_eq!(shown["newest_value"], shown["points"][0]["value"]);
    for unknown in ["0123456789abcdef", "x", "%00"] {
        served.get(&format!("/series/{unknown}")).problem(404);
    }
}

#[test]
fn an_answer_is_kept_by_its_mark_until_the_history_changes() {
    let place = Place::new();
    let served = Served::writable(&place);
    served.post("/performance", &result("bert", 1.0));
    let first = served.get("/performance");
    let mark = first.header("etag").unwrap().to_owned();
    let again = served.request("GET", "/performance", &[("If-None-Match", &mark)], &[]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(&*mark));
    served.post("/performance", &result("gpt", 1.0));
    let changed = served.request("GET", "/performance", &[("If-None-Match", &mark)], &[]);
    assert_eq!((changed.status, changed.json().as_array().unwrap().len()), (200, 2));
}

#[test]
fn answers_are_packed_for_clients_that_take_it() {
    let place = Place::new();
    let served = Served::writable(&place);
    let packed = served.request("GET", "/openapi.json", &[("Accept-Encoding", "br, gzip;q=0.5")], &[]);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*packed.body), &mut text).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), served.get("/openapi.json").json());
    assert_eq!(
        served
            .request("GET", "/openapi.json", &[("Accept-Encoding", "gzip;q=0")], &[])
            .header("etag")
            .map(|mark| mark.contains("gzip")),
        Some(false)
    );
}

#[test]
fn a_bundle_is_stored_wholly_or_not_at_all_and_once() {
    let place = Place::new();
    let served = Served::writable(&place);
    let header = |id: &str| {
        json!({"schema": "benchgate/results/v1", "hardware": {"type": "cpu"},
            "run": {"id": id, "commit": "abc", "branch": "main", "started_at": "2026-01-01T00:00:00Z"}})
    };
    let line = |case: &str, value: f64| json!({"model": "bert", "test_case": case, "metrics": {"latency": {"value": value, "unit": "ms"}}});
    let send = |text: &str, more: &[(&str, &str)]| {
        let token = format!("Bearer {TOKEN}");
        let mut headers = vec![("Authorization", &*token), ("Content-Type", "application/x-ndjson")];
        headers.extend(more);
        served.request("POST", "/runs", &headers, text.as_bytes())
    };
    let good = format!("{}\n{}\n{}\n", header("one"), line("a", 1.0), line("b", 2.0));
    let stored = send(&good, &[]).json();
    assert_eq!((&stored["results"], stored["runs"].as_array().unwrap().len()), (&json!(2), 1), "{stored}");
    let again = send(&good, &[]).json();
    assert_eq!((&again["results"], &again["known"]), (&json!(0), &json!(2)), "{again}");
    let two = format!("{good}{}\n{}\n", header("two"), line("a", 0.0));
    let problem = send(&two, &[]).problem(422);
    assert!(problem["detail"].as_str().unwrap().contains("line 5"), "{problem}");
    assert_eq!(served.rows("SELECT count(*) AS n FROM results"), json!([{"n": 2}]));
    assert_eq!(send("{}", &[]).problem(422)["code"], "DB003");
    send(&good, &[("Content-Encoding", "gzip")]).problem(400);
    let without_commit = good.replace("\"commit\":\"abc\",", "");
    let problem = send(&without_commit, &[]).problem(422);
    assert!(problem["detail"].as_str().unwrap().contains("commit"), "{problem}");
}

#[test]
fn a_packed_bundle_is_the_bundle() {
    let place = Place::new();
    let served = Served::writable(&place);
    let text = crate::support::native(1, &[("embed", 10.0, 100.0)]).replace('\n', " ");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let token = format!("Bearer {TOKEN}");
    let headers = [("Authorization", &*token), ("Content-Type", "application/json")];
    let with = [headers[0], headers[1], ("Content-Encoding", "gzip")];
    assert_eq!(served.request("POST", "/runs", &with, &packed).json()["results"], 1);
    assert_eq!(served.request("POST", "/runs", &headers, text.as_bytes()).json()["known"], 1);
}

#[test]
fn what_is_not_there_and_what_is_asked_wrongly_are_problems() {
    let place = Place::new();
    let served = Served::writable(&place);
    served.get("/nothing").problem(404);
    assert!(served.request("PUT", "/models", &[], &[]).head.contains("allow: get,head"));
    served.request("DELETE", "/performance", &[], &[]).problem(405);
    served.get("/models?colour=red").problem(422);
    served.get("/models?limit=0").problem(422);
    served.get("/models?limit=many").problem(422);
    let token = format!("Bearer {TOKEN}");
    let authorized = ("Authorization", &*token);
    let body = result("bert", 1.0).to_string();
    served.request("POST", "/performance", &[authorized, ("Content-Type", "text/plain")], body.as_bytes()).problem(415);
    let json = ("Content-Type", "application/json");
    served.request("POST", "/performance", &[authorized, json], b"{\"model_name\":").problem(400);
    served.request("POST", "/performance", &[authorized, json], b"[]").problem(422);
}

#[test]
fn who_may_write_is_asked_before_anything_is_read() {
    let place = Place::new();
    place.ok(&["init", "--quiet"]);
    let body = result("bert", 1.0).to_string();
    let json = ("Content-Type", "application/json");
    {
        let served = Served::start(&place, None, &["--log", "off"]);
        assert!(served.hello.contains("read-only"), "{}", served.hello);
        served.request("POST", "/performance", &[json, ("Authorization", "Bearer x")], body.as_bytes()).problem(403);
    }
    place.write("token", format!("{TOKEN}\n"));
    let served = Served::start(&place, None, &["--log", "off", "--token-file", "token"]);
    for wrong in ["", "Bearer", "Bearer x", "Basic abc", TOKEN] {
        let reply = served.request("POST", "/runs", &[json, ("Authorization", wrong)], b"nothing");
        reply.problem(401);
        assert_eq!(reply.header("www-authenticate"), Some("bearer"));
    }
    assert_eq!(served.post("/performance", &result("bert", 1.0)).status, 200);
}

#[test]
fn pages_of_other_sites_are_turned_away_unless_their_origin_is_named() {
    let place = Place::new();
    place.ok(&["init", "--quiet"]);
    let origin = ("Origin", "https://bench.example.org");
    {
        let served = Served::start(&place, None, &["--log", "off"]);
        served.request("GET", "/models", &[("Host", "evil.example.org")], &[]).problem(403);
        assert_eq!(served.request("GET", "/models", &[origin], &[]).header("access-control-allow-origin"), None);
    }
    let served = Served::start(&place, None, &["--log", "off", "--cors-origin", origin.1]);
    let named = served.request("GET", "/models", &[origin], &[]);
    assert_eq!(named.header("access-control-allow-origin"), Some(origin.1));
    let other = served.request("GET", "/models", &[("Origin", "https://evil.example.org")], &[]);
    assert_eq!(other.header("access-control-allow-origin"), None);
}

#[test]
fn the_document_names_every_endpoint_and_the_page_shows_it_without_a_network() {
    let place = Place::new();
    let served = Served::writable(&place);
    let document = served.get("/openapi.json").json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let page = served.get("/docs");
    let text = page.text();
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(text.contains(&format!("{} {path}", method.to_uppercase())), "{method} {path}");
            assert!(operation["responses"]["200"].is_object() && operation["responses"]["403"].is_object());
        }
    }
    assert!(document["paths"].as_object().unwrap().len() >= 11);
    assert!(!text.contains("src=\"http") && !text.contains("href=\"http"));
}

#[test]
fn a_server_that_is_told_to_end_ends_in_order() {
    let place = Place::new();
    let served = Served::writable(&place);
    assert_eq!(served.post("/performance", &result("bert", 1.0)).status, 200);
    assert!(served.end("TERM").success());
    let left = crate::support::names(&place.path(""));
    assert_eq!(left, ["benchgate.duckdb"], "no log is left");
    assert_eq!(place.value("SELECT count(*) FROM results"), "1");
}

#[test]
fn a_server_for_no_history_does_not_make_one() {
    let place = Place::new();
    let answer = place.run(&["serve", "--port", "0"]);
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("[DB001]") && answer.err.contains("benchgate init"), "{}", answer.err);
    assert_eq!(crate::support::names(&place.path("")), [""; 0]);
    place.ok(&["init", "--quiet"]);
    let answer = place.run(&["serve", "--host", "bench.example.org"]);
    assert_eq!(answer.code, 2, "{}", answer.err);
}

#[test]
fn while_it_serves_other_writers_are_told_that_the_file_is_locked() {
    let place = Place::new();
    let served = Served::writable(&place);
    let answer = place.run(&["query", "SELECT 1"]);
    assert!(answer.err.contains("is locked by another process"), "{}", answer.err);
    let long = request("GET", &format!("/models?{}", "x".repeat(70_000)), &[], &[]);
    assert!(matches!(served.raw(&long).status, 414 | 431), "a head that is too large is refused");
}
