//! The dashboard of `benchgate serve`: its pages over HTTP, without a script, and in a browser that clicks.

use std::io::{BufRead as _, BufReader, Write as _};
use std::time::Duration;

use serde_json::json;

use crate::browser::Browser;
use crate::serve_client::{Reply, Served, TOKEN, request};
use crate::support::{Place, native};

/// Forty runs of two cases, of which the newest twelve of one are slower.
fn place() -> Place {
    named("embed", "classify")
}

fn named(slow: &str, quiet: &str) -> Place {
    let place = Place::new();
    for day in 0..40 {
        let wobble = 1.0 + 0.004 * f64::from((day * 7) % 5) - 0.008;
        let factor = if day >= 28 { 1.2 } else { 1.0 };
        let text = native(day, &[("SLOW", 10.0 * wobble * factor, 80.0), ("QUIET", 20.0 / wobble, 40.0)]);
        place.write(&format!("history/run-{day:03}.json"), text.replace("SLOW", slow).replace("QUIET", quiet));
    }
    place.ok(&["ingest", "history", "--quiet"]);
    place
}

fn serve(place: &Place) -> Served {
    Served::start(place, Some(TOKEN), &["--log", "off"])
}

/// A page, which must be one.
fn page(served: &Served, target: &str) -> String {
    let reply = served.get(target);
    assert_eq!(reply.status, 200, "{target}: {}", reply.text());
    is_page(&reply);
    reply.text()
}

fn is_page(reply: &Reply) {
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = reply.header("content-security-policy").expect("a policy");
    for part in ["default-src 'none'", "script-src 'sha256-", "connect-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
}

/// The first address of a page that begins so.
fn link(page: &str, beginning: &str) -> String {
    let addresses = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let found = addresses.into_iter().find(|address| address.starts_with(beginning) && address.len() > beginning.len());
    found.unwrap_or_else(|| panic!("nothing leads to {beginning}")).replace("&amp;", "&")
}

#[test]
fn everything_can_be_read_by_following_links_without_a_script() {
    let place = place();
    let served = serve(&place);
    let overview = page(&served, "/dashboard");
    assert!(overview.contains("<h1>1 worsening in 4 series</h1>"), "{overview}");
    let series = page(&served, &link(&overview, "/dashboard/series/"));
    assert!(series.contains("bert cpu embed batch=8 latency") && series.contains("worse from here"), "{series}");
    let run = page(&served, &link(&series, "/dashboard/runs/"));
    assert!(run.contains("<h1>Run run-0</h1>") && run.contains("NOTHING TO JUDGE"), "{run}");
    let runs = page(&served, "/dashboard/runs?q=run-39");
    let newest = page(&served, &link(&runs, "/dashboard/runs/"));
    assert!(
        newest.contains("PASSED") && newest.contains("Commit 0000000000000000000000000000000000000027"),
        "{newest}"
    );
    let compared = page(&served, &link(&newest, "/dashboard/compare?base="));
    assert!(compared.contains("Compare run run-39 with run run-38"), "{compared}");
    let matrix = page(&served, "/dashboard/matrix?metric=latency");
    let list = page(&served, &link(&matrix, "/dashboard/series?model="));
    assert!(list.contains("4 series."), "{list}");
    let searched = page(&served, "/dashboard/series?q=EMBED+latency&found=worse");
    assert!(searched.contains("1 that fit, of 4 series.") && searched.contains("value=\"EMBED latency\""));
}

#[test]
fn a_run_gets_the_verdicts_that_compare_gives() {
    let place = place();
    place.write("slow.json", native(100, &[("embed", 20.0, 80.0), ("classify", 20.0, 40.0)]));
    let said = place.run(&["compare", "slow.json", "--record"]);
    assert_eq!(said.code, 10, "{said:#?}");
    let headline = said.out.lines().next().unwrap();
    let served = serve(&place);
    let runs = page(&served, "/dashboard/runs?q=run-100");
    let run = page(&served, &link(&runs, "/dashboard/runs/"));
    assert!(run.contains(headline), "{headline} in {run}");
    // A beginning of the commit's hash means the same run.
    let commit = format!("{:040x}", 100);
    let compared = page(&served, &format!("/dashboard/compare?candidate={commit}"));
    assert!(compared.contains(headline), "{compared}");
    let base = page(&served, &format!("/dashboard/compare?candidate={commit}&base={:040x}", 10));
    assert!(base.contains("up to run run-10") && base.contains("FAILED: 1 regression"), "{base}");
}

#[test]
fn a_series_is_explained_as_explain_does() {
    let place = place();
    let page_of = place.ok(&["explain", "embed latency", "--format", "html"]);
    let arithmetic = |page: &str| page.split("<pre").nth(1).unwrap().split("</pre>").next().unwrap().to_owned();
    let served = serve(&place);
    let list = page(&served, "/dashboard/series?q=embed+latency");
    let series = page(&served, &link(&list, "/dashboard/series/"));
    assert_eq!(arithmetic(&series), arithmetic(&page_of));
}

#[test]
fn what_is_not_there_is_a_page_that_says_so() {
    let place = place();
    let served = serve(&place);
    for target in
        ["/dashboard/nothing", "/dashboard/runs/0123456789abcdef", "/dashboard/series/x", "/dashboard/runs/%00"]
    {
        let reply = served.get(target);
        assert_eq!(reply.status, 404, "{target}");
        is_page(&reply);
        assert!(reply.text().contains("Back to the overview"), "{target}");
    }
    for target in ["/dashboard/compare?candidate=%27%20OR%201=1", "/dashboard/compare?candidate=0000"] {
        assert!(page(&served, target).contains("Nothing to compare"), "{target}");
    }
    assert!(
        page(&served, "/dashboard/series?page=99999999&found=%22&hardware=%3Cb%3E").contains("None of 4 series fits.")
    );
    assert_eq!(served.get("/dashboard/series?q=a&q=b").status, 400);
    assert_eq!(served.request("POST", "/dashboard", &[], b"").status, 405);
}

#[test]
fn an_empty_history_says_how_to_load_some_and_shows_what_is_sent() {
    let place = Place::new();
    let served = Served::writable(&place);
    assert!(page(&served, "/dashboard").contains("<h1>No results yet</h1>"));
    for target in ["/dashboard/series", "/dashboard/matrix", "/dashboard/runs", "/dashboard/compare"] {
        page(&served, target);
    }
    let sent = json!({"model_name": "bert", "hardware_type": "cuda", "throughput": 100.0, "latency_avg": 9.0});
    assert_eq!(served.post("/performance", &sent).status, 200);
    let seen = std::iter::repeat_with(|| std::thread::sleep(Duration::from_millis(50)))
        .take(100)
        .any(|()| page(&served, "/dashboard").contains("in 2 series"));
    assert!(seen, "{}", page(&served, "/dashboard"));
}

#[test]
fn browsers_are_led_to_the_dashboard_and_programs_are_not() {
    let place = Place::new();
    let served = Served::writable(&place);
    let html = [("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")];
    let reply = served.request("GET", "/", &html, b"");
    assert_eq!((reply.status, reply.header("location")), (303, Some("/dashboard")));
    for accept in ["*/*", "application/json", "application/json, text/html"] {
        assert_eq!(served.request("GET", "/", &[("Accept", accept)], b"").status, 200, "{accept}");
    }
}

#[test]
fn a_page_that_is_known_is_not_sent_again_and_others_may_be_packed() {
    let place = place();
    let served = serve(&place);
    let first = served.get("/dashboard");
    let mark = first.header("etag").expect("a mark");
    let again = served.request("GET", "/dashboard", &[("If-None-Match", mark)], b"");
    assert_eq!((again.status, again.body.len()), (304, 0));
    let packed = served.request("GET", "/dashboard", &[("Accept-Encoding", "gzip")], b"");
    assert!(packed.header("content-encoding") == Some("gzip") && packed.body.len() * 2 < first.body.len());
}

/// Reads lines of a stream until one begins so.
fn line(lines: &mut impl Iterator<Item = std::io::Result<String>>, beginning: &str) -> String {
    lines.map_while(Result::ok).find(|line| line.starts_with(beginning)).unwrap_or_else(|| panic!("no {beginning}"))
}

#[test]
fn a_stream_tells_of_each_state_and_ends_with_the_server() {
    let place = Place::new();
    let served = Served::writable(&place);
    let mut stream = served.connect();
    stream.write_all(&request("GET", "/dashboard/events", &[], b"")).unwrap();
    let mut lines = BufReader::new(stream).lines();
    assert!(line(&mut lines, "content-type").ends_with("text/event-stream"));
    let first = line(&mut lines, "data: ");
    let sent = json!({"model_name": "bert", "hardware_type": "cuda", "throughput": 100.0, "latency_avg": 9.0});
    assert_eq!(served.post("/performance", &sent).status, 200);
    let second = line(&mut lines, "data: ");
    assert_ne!(first, second);
    assert!(page(&served, "/dashboard").contains(&format!("data-state=\"{}\"", second.trim_start_matches("data: "))));
    assert!(served.end("TERM").success());
    assert_eq!(lines.map_while(Result::ok).find(|line| line.starts_with("data: ")), None, "it ended");
}

#[test]
fn more_streams_than_are_allowed_are_turned_away() {
    let place = Place::new();
    let served = Served::writable(&place);
    let open: Vec<_> = (0..64)
        .map(|_| {
            let mut stream = served.connect();
            stream.write_all(&request("GET", "/dashboard/events", &[], b"")).unwrap();
            let mut lines = BufReader::new(stream).lines();
            line(&mut lines, "data: ");
            lines
        })
        .collect();
    let refused = served.get("/dashboard/events");
    assert_eq!((refused.status, refused.header("retry-after").is_some()), (503, true));
    drop(open);
    // The server notices at its next word to them; pages are answered all the while.
    assert_eq!(served.get("/dashboard").status, 200);
}

#[test]
fn hostile_names_stay_text_on_every_page_and_in_a_browser() {
    let script = r#"<script>document.documentElement.dataset.owned='1'<\/script>\"><img src=x onerror=\"document.documentElement.dataset.owned='2'\"> \u202e\u001b[31m"#;
    let long = format!("{}\u{5e9}\u{5dc}\u{5d5}\u{5dd}", "n".repeat(300));
    let place = named(script, &long);
    let served = serve(&place);
    let overview = page(&served, "/dashboard");
    let series = link(&overview, "/dashboard/series/");
    let run = link(&overview, "/dashboard/runs/");
    let run_id = run.rsplit('/').next().unwrap();
    let targets = ["/dashboard", "/dashboard/series", "/dashboard/matrix", "/dashboard/runs", &series, &run];
    let compare = format!("/dashboard/compare?candidate={run_id}&q=%3Cscript%3E");
    let mut browser = Browser::start();
    for target in targets.into_iter().chain([compare.as_str()]) {
        let text = page(&served, target);
        assert!(text.matches("<script").count() == 1 && !text.contains("<img"), "{target}");
        assert!(!text.contains('\u{202e}') && !text.contains('\u{1b}'), "{target}");
        let Some(browser) = &mut browser else { continue };
        browser.open(&format!("http://{}{target}", served.address));
        browser.wait("document.documentElement.classList.contains('has-script')");
        assert_eq!(browser.text("String(document.documentElement.dataset.owned)"), "undefined", "{target}");
        let widest = browser.value("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert_eq!(widest, json!(0), "{target} is wider than the window");
    }
}

#[test]
fn somebody_clicks_through_sorts_filters_and_sees_new_results_come_in() {
    let place = place();
    let served = serve(&place);
    let Some(mut browser) = Browser::start() else { return };
    browser.open(&format!("http://{}/", served.address));
    browser
        .wait("location.pathname === '/dashboard' && document.querySelector('h1').textContent.includes('1 worsening')");

    // Overview, series, run, and back.
    browser.click("#worse-table tbody a");
    browser.wait("location.pathname.startsWith('/dashboard/series/') && document.querySelector('svg.series')");
    browser.click("#runs-table tbody tr:last-child a");
    browser.wait("location.pathname.startsWith('/dashboard/runs/')");
    assert_eq!(browser.text("document.querySelector('h1').textContent"), "Run run-39");
    // Afterwards, since the answer would be lost with the page.
    browser.value("void setTimeout(() => history.back())");
    browser.wait("location.pathname.startsWith('/dashboard/series/')");
    browser.click("nav.trail a");
    browser.wait("location.pathname === '/dashboard/series' && document.querySelector('#ranked thead button')");

    // Sorting keeps to what was chosen, also when the filter asks for other rows.
    browser.click("#ranked thead th:nth-child(4) button");
    let levels =
        "[...document.querySelectorAll('#ranked td[data-key]:nth-child(4)')].map((cell) => Number(cell.dataset.key))";
    browser.wait("document.querySelector('#ranked [aria-sort=descending]')");
    let sorted = format!("(({levels}).join() === ({levels}).sort((a, b) => b - a).join())");
    assert_eq!(browser.value(&sorted), json!(true), "{}", browser.value(levels));
    browser.click("input[name=q]");
    browser.type_text("classify");
    browser.wait("document.querySelectorAll('#ranked tbody tr').length === 2");
    assert_eq!(browser.value(&sorted), json!(true), "{}", browser.value(levels));
    assert_eq!(browser.text("location.search"), "?q=classify");
    assert_eq!(browser.text("document.activeElement.name"), "q", "typing goes on");

    // New results come in by themselves, and the filter stays.
    browser.wait("document.documentElement.dataset.live === 'yes'");
    let before = browser.text("document.documentElement.dataset.state");
    let sent = json!({"model_name": "bert", "hardware_type": "cpu", "test_case": "classify", "throughput": 7.0, "latency_avg": 9.0});
    assert_eq!(served.post("/performance", &sent).status, 200);
    browser.wait("document.querySelectorAll('#ranked tbody tr').length === 4");
    assert_ne!(browser.text("document.documentElement.dataset.state"), before);
    assert_eq!(browser.text("document.querySelector('input[name=q]').value"), "classify");
    assert!(browser.text("document.getElementById('live').textContent").starts_with("Updated"));
    assert_eq!(browser.value(&sorted), json!(true), "the order stays");
}

#[test]
fn the_keyboard_reaches_everything_and_a_phone_is_wide_enough() {
    let place = place();
    let served = serve(&place);
    let Some(mut browser) = Browser::start() else { return };
    browser.ask(
        "Emulation.setDeviceMetricsOverride",
        &json!({"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": true}),
    );
    for target in ["", "/series", "/matrix", "/runs", "/compare"] {
        browser.open(&format!("http://{}/dashboard{target}", served.address));
        let widest = browser.value("document.documentElement.scrollWidth");
        assert!(widest.as_u64().is_some_and(|widest| widest <= 400), "{target} is {widest} wide");
    }
    browser.press("Tab", 9);
    assert_eq!(browser.text("document.activeElement.textContent"), "Skip to the content");
    browser.press("Tab", 9);
    browser.press("Tab", 9);
    assert_eq!(browser.text("document.activeElement.textContent"), "Series");
    browser.press("Enter", 13);
    browser.wait("location.pathname === '/dashboard/series'");
}

#[test]
fn without_a_script_forms_ask_and_pages_answer() {
    let place = place();
    let served = serve(&place);
    let Some(mut browser) = Browser::start() else { return };
    browser.ask("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
    browser.open(&format!("http://{}/dashboard/series", served.address));
    browser.click("input[name=q]");
    browser.type_text("classify");
    browser.click("form.questions button");
    browser
        .wait("location.search.includes('q=classify') && document.querySelectorAll('#ranked tbody tr').length === 2");
    assert_eq!(browser.value("document.querySelectorAll('#ranked thead button').length"), json!(0));
}
