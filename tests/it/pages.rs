//! Pages and pictures as a user gets them, and in a browser where one is at hand.

use std::fs;
use std::process::Command;

use crate::support::{Place, history, native};

/// A name that would set an attribute of the page if any of it were executed.
const HOSTILE: &str = r#"<script>document.documentElement.dataset.owned='1'<\/script>\"><img src=x onerror=\"document.documentElement.dataset.owned='2'\"> \u202e\u001b[31m"#;

/// Forty runs, the newest twelve of one case slower, and a case with a hostile name.
fn place() -> Place {
    let place = Place::new();
    for day in 0..40 {
        let wobble = 1.0 + 0.004 * f64::from((day * 7) % 5) - 0.008;
        let slow = if day >= 28 { 1.2 } else { 1.0 };
        let text = native(day, &[("embed", 10.0 * wobble * slow, 80.0), ("hostile", 20.0 / wobble, 40.0)]);
        place.write(&format!("history/run-{day:03}.json"), text.replace("\"hostile\"", &format!("\"{HOSTILE}\"")));
    }
    place.ok(&["ingest", "history", "--quiet"]);
    place
}

/// What the browser made of a page, after its script ran; `None` without a browser.
fn dom(place: &Place, page: &str, fragment: &str) -> Option<String> {
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    let address = format!("file://{}{fragment}", place.path(page).display());
    let profile = format!("--user-data-dir={}", place.path("profile").display());
    let arguments =
        ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000", "--dump-dom", &profile];
    let output = browsers.iter().find_map(|browser| Command::new(browser).args(arguments).arg(&address).output().ok());
    let Some(output) = output else {
        #[expect(clippy::print_stderr, reason = "a test that checks nothing must say so")]
        {
            eprintln!("NOT CHECKED in a browser, since there is none: install `chromium`");
        }
        return None;
    };
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_page_works_in_a_browser_under_its_own_policy_and_executes_no_name() {
    let place = place();
    place.ok(&["trend", "--format", "html", "--output", "trend.html"]);
    let Some(dom) = dom(&place, "trend.html", "#sort=ranked:0:descending&filter=embed") else { return };
    let root = dom.split_once('>').and_then(|(_, rest)| rest.split_once("<head>")).expect("a page").0;
    assert!(root.contains("has-script") && !dom.contains("data-owned"), "{root}");
    assert!(
        dom.contains("aria-sort=\"descending\"") && dom.contains("<button type=\"button\">Series</button>"),
        "no sorting"
    );
    let rows: Vec<&str> = dom.split("<tr data-filter=\"series\"").skip(1).collect();
    let (hidden, shown): (Vec<&str>, Vec<&str>) = rows.iter().partition(|row| row.starts_with(" hidden"));
    assert_eq!((hidden.len(), shown.len()), (2, 2), "a filter of words");
    assert!(dom.contains("2 of 4 series, 2 of 4 plots shown"), "no count");
    assert!(dom.contains("Zoom in") && dom.contains("Values as a table"), "plots that answer");
}

#[test]
fn a_trend_leaves_a_page_a_badge_and_small_lines_named_by_ids() {
    let place = place();
    let arguments = [
        "trend",
        "--format",
        "html",
        "--output",
        "out/trend.html",
        "--badge",
        "out/badge.svg",
        "--sparklines",
        "out/lines",
    ];
    let answer = place.run(&[&arguments[..], &["--fail-on", "drift,worse"]].concat());
    assert_eq!((answer.code, answer.out.as_str()), (10, ""), "{answer:#?}");
    assert!(answer.err.contains("TREND: 1 worsening in 4 series"), "{answer:#?}");
    assert_eq!(place.run(&[&arguments[..], &["--fail-on", "silent,noise"]].concat()).code, 0);
    let read = |name: &str| fs::read_to_string(place.path(name)).unwrap();
    assert!(read("out/badge.svg").contains("<title>benchmarks: 1 worsening</title>"));
    let page = read("out/trend.html");
    assert_eq!(page.matches("<svg class=\"plot series margin\"").count(), 4);
    let mut names: Vec<String> = fs::read_dir(place.path("out/lines"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let is_id = |name: &String| name.len() == 20 && name[..16].bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(names.len() == 4 && names.iter().all(is_id), "{names:?}");
    for name in names {
        let id = name.trim_end_matches(".svg");
        assert!(page.contains(&format!("id=\"series-{id}\"")), "{id}");
        assert!(read(&format!("out/lines/{name}")).starts_with("<svg xmlns="));
    }
}

#[test]
fn a_comparison_leaves_a_badge() {
    let place = Place::new();
    history(&place, 40);
    place.write("slow.json", native(100, &[("embed", 20.0, 400.0), ("classify", 20.0, 400.0)]));
    assert_eq!(place.run(&["compare", "slow.json", "--badge", "badge.svg"]).code, 10);
    let badge = fs::read_to_string(place.path("badge.svg")).unwrap();
    assert!(badge.contains("<title>benchmarks: 2 regressions</title>"), "{badge}");
}

#[test]
fn a_history_of_one_run_is_drawn_as_one_dot() {
    let place = Place::new();
    history(&place, 1);
    // The page's script speaks of NaN; what is before it must not.
    let drawn = |page: String| page.split("<script>").next().unwrap().to_owned();
    let page = drawn(place.ok(&["trend", "--format", "html"]));
    assert!(page.contains("1 measurement from 2026-01-01 to 2026-01-01") && !page.contains("NaN"), "{page}");
    let page = drawn(place.ok(&["explain", "embed latency", "--format", "html"]));
    assert!(page.contains("embed batch=8 latency: new") && !page.contains("NaN"), "{page}");
}

#[test]
fn an_explanation_is_a_page_or_a_picture() {
    let place = place();
    let page = place.ok(&["explain", "embed latency", "--format", "html"]);
    assert!(page.contains("worse from here") && page.contains("<h2 id=\"arithmetic-heading\">Arithmetic</h2>"));
    let picture = place.ok(&["explain", "embed latency", "--format", "svg"]);
    assert!(picture.starts_with("<svg xmlns=") && picture.contains("class=\"dots\""), "{picture}");
    for (name, text) in [("explain.html", page), ("explain.svg", picture)] {
        place.write(name, text);
        if let Some(dom) = dom(&place, name, "") {
            assert!(dom.contains("worse from here") && !dom.contains("parsererror"), "{dom}");
        }
    }
}
