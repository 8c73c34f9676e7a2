//! `benchgate serve` under clients that mean harm, or too much: SQL, bodies, heads, and numbers of them.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use serde_json::{Value, json};

use crate::serve_client::{Reply, Served, TOKEN, request};
use crate::support::{Place, history, names};

/// What no query may do, with `DB` for the history's path.
const REFUSED: &str = "
    SELECT * FROM read_csv('/etc/passwd')
    SELECT * FROM read_csv_auto('/etc/passwd')
    SELECT * FROM read_text('/etc/passwd')
    SELECT * FROM read_blob('DB')
    SELECT * FROM read_text('DB.wal')
    SELECT * FROM read_json('/etc/passwd')
    SELECT * FROM read_parquet('x.parquet')
    SELECT * FROM parquet_scan('x.parquet')
    SELECT * FROM sniff_csv('/etc/passwd')
    SELECT * FROM glob('/*')
    FROM '/etc/passwd'
    FROM 'DB'
    FROM 'x.csv'
    SELECT * FROM \"/etc/passwd\"
    WITH \"/etc/passwd\" AS (SELECT 1) SELECT * FROM \"/etc/passwd\"
    WITH \"DB\" AS (SELECT 1) SELECT * FROM \"DB\"
    COPY (SELECT 1) TO '/tmp/x.csv'
    COPY (SELECT 1) TO 'DB'
    COPY (SELECT 1) TO 'DB.wal'
    COPY results FROM '/etc/passwd'
    EXPORT DATABASE '/tmp/x'
    IMPORT DATABASE '/tmp/x'
    ATTACH ':memory:' AS other
    ATTACH '/tmp/x.duckdb'
    DETACH benchgate
    INSTALL httpfs
    LOAD httpfs
    PRAGMA database_list
    PRAGMA enable_profiling
    SELECT * FROM pragma_table_info('results')
    SELECT * FROM pragma_database_list()
    SET memory_limit = '100GB'
    SET enable_external_access = true
    RESET memory_limit
    CALL force_checkpoint()
    SELECT * FROM checkpoint()
    SELECT * FROM force_checkpoint()
    CHECKPOINT
    FORCE CHECKPOINT
    USE memory
    CREATE TABLE x (i INTEGER)
    CREATE TEMP TABLE x AS SELECT 1
    CREATE VIEW x AS SELECT 1
    CREATE MACRO sum(a) AS a
    DROP TABLE results
    DROP VIEW history
    ALTER TABLE results ADD COLUMN x INTEGER
    INSERT INTO models SELECT * FROM models
    UPDATE models SET model_name = 'x'
    DELETE FROM results
    TRUNCATE results
    WITH gone AS (DELETE FROM results RETURNING *) SELECT * FROM gone
    VACUUM
    ANALYZE
    BEGIN
    COMMIT
    ROLLBACK
    PREPARE p AS SELECT 1
    EXECUTE p
    EXPLAIN ANALYZE SELECT 1
    SELECT 1; SELECT 2
    SELECT 1; DROP TABLE results
    SELECT getenv('HOME')
    SELECT current_setting('temp_directory')
    SELECT * FROM duckdb_settings()
    SELECT * FROM duckdb_secrets()
    SELECT * FROM duckdb_databases()
    SELECT * FROM duckdb_functions()
    SELECT * FROM duckdb_extensions()
    SELECT * FROM sqlite_master
    SELECT * FROM pg_catalog.pg_tables
    SELECT * FROM system.information_schema.tables
    SHOW DATABASES
    SHOW ALL TABLES
    SELECT * FROM query('DROP TABLE results')
    SELECT * FROM query_table('results')
    SELECT write_log('x')
    SELECT nextval('x')
    SELECT * FROM enable_logging()
    SELECT * FROM json_execute_serialized_sql('{}')
    SELECT length(repeat('x', 2000000000))
    SELECT len(range(1000000000))
    SELECT len(generate_series(1, 1000000000))
    SELECT length(lpad('x', 2000000000, 'y'))
    SELECT length(rpad('x', 2000000000, 'y'))
    SELECT length(printf('%2000000000d', 1))
    SELECT length(format('{:2000000000}', 1))
    SELECT len(list_resize([1], 1000000000))
    SELECT length(replace('aaaaaaaaaaaaaaaa', 'a', 'aaaaaaaaaaaaaaaaaaaa'))
    SELECT string_agg(i::VARCHAR) OVER () FROM range(100000) r(i)
    SELECT list(i) OVER () FROM range(100000) r(i)
    SELECT list_transform([1], x -> x + 1)
    SELECT [x FOR x IN [1, 2]]
    WITH RECURSIVE r AS (SELECT 'x' AS s UNION ALL SELECT s || s FROM r) SELECT length(s) FROM r
    SELECT s || s || s || s || s || s || s || s FROM (SELECT 'x' AS s)
    SELECT sleep(10)
    SELECT
    nonsense
    SELECT * FROM no_such_table
    SELECT no_such_column FROM results
    SELECT $nobody";

/// What is stopped by its limits: memory, rows, time.
const STOPPED: [&str; 7] = [
    "SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c",
    "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r) SELECT count(*) FROM r",
    "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i FROM r, range(10)) SELECT count(*) FROM r",
    "SELECT list(i) FROM range(1000000000) r(i)",
    "SELECT length(string_agg(md5(i::VARCHAR))) FROM range(1000000000) r(i)",
    "SELECT a.i FROM range(10000000) a(i), range(10000000) b(i) ORDER BY md5((a.i + b.i)::VARCHAR)",
    "SELECT histogram(md5(i::VARCHAR)) FROM range(1000000000) r(i)",
];

fn query(served: &Served, sql: &str) -> Reply {
    served.post("/query", &json!({"sql": sql}))
}

#[test]
fn sql_that_does_anything_but_read_the_history_is_refused_before_it_runs() {
    let place = Place::new();
    history(&place, 3);
    let served = Served::start(&place, Some(TOKEN), &["--log", "off"]);
    let db = place.path("benchgate.duckdb").canonicalize().unwrap();
    let content = || query(&served, "SELECT count(*) AS n, sum(value) AS s FROM history").json();
    let before = (content(), names(&place.path("")));
    let mut count = 0;
    for sql in REFUSED.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let reply = query(&served, &sql.replace("DB", &db.display().to_string()));
        let problem = reply.problem(400);
        assert_eq!(problem["code"], "DB004", "{sql}");
        count += 1;
    }
    assert!(count > 90, "{count}");
    assert_eq!((content(), names(&place.path(""))), before, "nothing has changed");
    assert_eq!(served.get("/health").status, 200);
}

#[test]
fn deep_and_long_statements_are_refused() {
    let place = Place::new();
    let served = Served::writable(&place);
    let deep = format!("SELECT {}1{}", "(".repeat(3000), ")".repeat(3000));
    let nots = format!("SELECT {} true", "NOT ".repeat(1900));
    let subqueries = format!("{} 1 {}", "SELECT * FROM (".repeat(300), ")".repeat(300));
    let long = format!("SELECT '{}'", "x".repeat(9000));
    for sql in [deep, nots, subqueries, long, "SELECT '\0'".to_owned(), String::new(), ";".to_owned(), "--".to_owned()]
    {
        let status = query(&served, &sql).status;
        // The parser forgets brackets around a value, however many.
        assert!(status == 400 || (status == 200 && sql.contains("1)")), "{status}: {}", &sql[..sql.len().min(40)]);
    }
    assert_eq!(served.get("/health").status, 200);
}

#[test]
fn sql_that_takes_too_much_is_stopped_while_writing_goes_on() {
    let place = Place::new();
    place.ok(&["init", "--quiet"]);
    let served = Served::start(&place, Some(TOKEN), &["--log", "off", "--query-timeout", "2"]);
    for (number, sql) in STOPPED.iter().enumerate() {
        let mut waiting = served.connect();
        let body = json!({"sql": sql}).to_string();
        let json = ("Content-Type", "application/json");
        waiting.write_all(&request("POST", "/query", &[json], body.as_bytes())).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        let sent = json!({
            "model_name": format!("m{number}"), "hardware_type": "cpu", "throughput": 1.0, "latency_avg": 1.0
        });
        assert_eq!(served.post("/performance", &sent).status, 200, "beside {sql}");
        let mut answer = String::new();
        waiting.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400") || answer.starts_with("HTTP/1.1 503"), "{sql}: {answer}");
        assert!(!answer.contains(&place.path("").display().to_string()), "no path: {answer}");
    }
    assert_eq!(served.rows("SELECT count(*) AS n FROM results"), json!([{"n": STOPPED.len()}]));
    if let Some(peak) = peak_memory(served.child.id()) {
        assert!(peak < 1500 << 20, "{} MB", peak >> 20);
    }
}

/// Bytes of memory that a process has had at most, where the system tells.
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? << 10)
}

#[test]
fn ordinary_questions_are_answered() {
    let place = Place::new();
    history(&place, 3);
    let served = Served::start(&place, None, &["--log", "off"]);
    for sql in [
        "SELECT model, hardware, AVG(throughput) FROM benchmark_performance GROUP BY model, hardware",
        "SELECT model_name, hardware_type, AVG(throughput_items_per_second) FROM performance_results
         GROUP BY model_name, hardware_type;",
        "FROM history LIMIT 3 -- a comment",
        "WITH newest AS (SELECT * FROM history QUALIFY row_number() OVER (PARTITION BY metric ORDER BY started_at) = 1)
         SELECT upper(model) || '/' || hardware AS name, CASE WHEN value > 1 THEN 'a' END AS c FROM newest",
        "SELECT metric, median(value) OVER (ORDER BY started_at ROWS 2 PRECEDING) FROM history",
        "SELECT date_trunc('month', started_at) AS m, count(DISTINCT run_id), list(DISTINCT metric), string_agg(model, ', ')
         FROM history GROUP BY ALL",
        "SELECT environment.metadata ->> '$.os' FROM test_runs environment WHERE git_branch LIKE 'ma%'",
        "SHOW TABLES",
        "DESCRIBE history",
        "SUMMARIZE history",
        "SELECT table_name FROM information_schema.tables",
        "SELECT * FROM range(3)",
        "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r WHERE i < 10) SELECT * FROM r",
        "PIVOT history ON metric IN ('latency', 'throughput') USING avg(value) GROUP BY model",
        "SELECT unnest(samples) FROM measurements",
    ] {
        let reply = query(&served, sql);
        assert_eq!(reply.status, 200, "{sql}: {}", reply.text());
    }
    assert_eq!(
        query(&served, "SELECT i FROM range(5) r(i) ORDER BY i DESC").json()[0],
        json!({"i": 4}),
        "order is kept"
    );
    assert_eq!(query(&served, "SELECT 1 AS a, 2 AS a").json().as_array().unwrap()[0].as_object().unwrap().len(), 2);
    let all = query(&served, "SELECT * FROM range(1000000)");
    assert_eq!(all.header("benchgate-truncated"), Some("true"));
    assert_eq!(all.json().as_array().unwrap().len(), 10_000);
    let body = json!({
        "sql": "SELECT $name AS name, $number + 1 AS number, $nothing IS NULL AS nothing, $yes AS yes",
        "parameters": {"name": "'; DROP TABLE results; --", "number": 1.5, "nothing": null, "yes": true}
    });
    let rows = served.post("/query", &body).json();
    assert_eq!(rows, json!([{"name": "'; DROP TABLE results; --", "number": 2.5, "nothing": true, "yes": true}]));
    served.post("/query", &json!({"sql": "SELECT 1", "parameters": {"x": 1}})).problem(400);
    served.post("/query", &json!({"sql": "SELECT $x", "parameters": {"x": [1]}})).problem(422);
    served.post("/query", &json!({"sql": 1})).problem(422);
}

#[test]
fn a_query_ends_when_its_client_leaves() {
    let place = Place::new();
    place.ok(&["init", "--quiet"]);
    let served = Served::start(&place, None, &["--log", "off", "--query-timeout", "3600"]);
    let body = json!({"sql": STOPPED[0]}).to_string();
    let long = request("POST", "/query", &[("Content-Type", "application/json")], body.as_bytes());
    // As many as may run at once: the next one is answered only if they have ended.
    for _ in 0..2 {
        let mut leaving = served.connect();
        leaving.write_all(&long).unwrap();
        std::thread::sleep(Duration::from_millis(300));
    }
    assert_eq!(query(&served, "SELECT 1").status, 200);
}

#[test]
fn who_comes_when_too_many_wait_is_told_to_come_again() {
    let place = Place::new();
    place.ok(&["init", "--quiet"]);
    let served = Served::start(&place, None, &["--log", "off", "--query-timeout", "3600"]);
    let body = json!({"sql": STOPPED[0]}).to_string();
    let long = request("POST", "/query", &[("Content-Type", "application/json")], body.as_bytes());
    // Two run and sixteen wait.
    let waiting: Vec<_> = (0..18)
        .map(|_| {
            let mut stream = served.connect();
            stream.write_all(&long).unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_secs(1));
    let reply = query(&served, "SELECT 1");
    reply.problem(503);
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(served.get("/models").status, 200, "lists are read by others");
    drop(waiting);
}

#[test]
fn bodies_are_bounded_before_they_are_read() {
    let place = Place::new();
    let served = Served::writable(&place);
    let token = format!("Bearer {TOKEN}");
    let headers = [("Authorization", &*token), ("Content-Type", "application/json")];
    let large = vec![b' '; (1 << 20) + 10];
    served.request("POST", "/performance", &headers, &large).problem(413);
    let deep = format!("{{\"metadata\":{{\"a\":{}{}}}}}", "[".repeat(5000), "]".repeat(5000));
    served.request("POST", "/compatibility", &headers, deep.as_bytes()).problem(400);
    // 100 MB of nothing in 100 kB.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let block = vec![b' '; 1 << 20];
    (0..100).for_each(|_| encoder.write_all(&block).unwrap());
    let bomb = encoder.finish().unwrap();
    let packed = [headers[0], headers[1], ("Content-Encoding", "gzip")];
    served.request("POST", "/runs", &packed, &bomb).problem(413);
    let unknown = [headers[0], headers[1], ("Content-Encoding", "br")];
    served.request("POST", "/runs", &unknown, b"x").problem(415);
    let many: Vec<(String, String)> = (0..100).map(|number| (format!("X-{number}"), "x".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(served.request("GET", "/models", &many, &[]).status, 431);
    assert_eq!(served.raw(b"nonsense\r\n\r\n").status, 400);
}

#[test]
fn twenty_clients_read_and_write_at_once() {
    let place = Place::new();
    let served = Served::writable(&place);
    let served = &served;
    std::thread::scope(|scope| {
        for client in 0..20 {
            scope.spawn(move || {
                for number in 0..10 {
                    let sent = json!({
                        "model_name": format!("m{client}"), "hardware_type": "cpu", "batch_size": number + 1,
                        "throughput": 1.0, "latency_avg": 1.0
                    });
                    assert_eq!(served.post("/performance", &sent).status, 200);
                    // What was acknowledged is seen by whoever asks next.
                    let rows: Value = served.get(&format!("/performance?model_name=m{client}")).json();
                    assert_eq!(rows.as_array().unwrap().len(), number + 1);
                }
            });
        }
    });
    assert_eq!(served.rows("SELECT count(*) AS n FROM results"), json!([{"n": 200}]));
}

#[test]
fn nothing_that_was_acknowledged_is_lost_by_a_kill() {
    let place = Place::new();
    place.ok(&["init", "--quiet"]);
    let mut acknowledged = Vec::new();
    for round in 0..4 {
        let mut served = Served::start(&place, Some(TOKEN), &["--log", "off"]);
        let (ids, child) = (std::sync::Mutex::new(Vec::new()), served.child.id().to_string());
        let server = &served;
        std::thread::scope(|scope| {
            for client in 0..8 {
                let ids = &ids;
                scope.spawn(move || {
                    for number in 0.. {
                        let sent = json!({
                            "model_name": format!("m-{round}-{client}-{number}"), "hardware_type": "cpu",
                            "throughput": 1.0, "latency_avg": 1.0
                        });
                        let token = format!("Bearer {TOKEN}");
                        let headers = [("Authorization", &*token), ("Content-Type", "application/json")];
                        let Ok(mut stream) = std::net::TcpStream::connect(server.address) else { break };
                        let body = sent.to_string();
                        let _ = stream.write_all(&request("POST", "/performance", &headers, body.as_bytes()));
                        let mut answer = String::new();
                        let _ = stream.read_to_string(&mut answer);
                        if !answer.starts_with("HTTP/1.1 200") {
                            break;
                        }
                        ids.lock().unwrap().push(sent["model_name"].as_str().unwrap().to_owned());
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(400 + 130 * round));
            assert!(std::process::Command::new("kill").args(["-9", &child]).status().unwrap().success());
        });
        served.child.wait().unwrap();
        acknowledged.extend(ids.into_inner().unwrap());
    }
    assert!(acknowledged.len() > 20, "{}", acknowledged.len());
    // Whoever opens the file next, for reading or writing, finds everything, and no half of it.
    let out = place.ok(&[
        "query",
        "SELECT DISTINCT model_name FROM performance_results",
        "--format",
        "csv",
        "--limit",
        "1000000",
    ]);
    let stored: std::collections::HashSet<&str> = out.lines().skip(1).collect();
    let lost: Vec<_> = acknowledged.iter().filter(|name| !stored.contains(name.as_str())).collect();
    assert_eq!(lost, [&""; 0], "of {}", acknowledged.len());
    place.ok(&["maintain", "validate"]);
    let served = Served::start(&place, Some(TOKEN), &["--log", "off"]);
    assert!(served.end("TERM").success());
    assert_eq!(names(&place.path("")), ["benchgate.duckdb"]);
    place.ok(&["maintain", "validate"]);
}
