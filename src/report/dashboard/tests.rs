//! Pages with ordinary, hostile and no content.

use super::super::fixtures::{HOSTILE, everything, trend};
use super::super::html::Page;
use super::*;
use crate::model::overview::{RunSummary, Totals};
use crate::model::{
    BenchmarkResult, Configuration, Hardware, Machine, Run, RunId, SeriesId, Simulation, Status, StoredRun,
};
use crate::report::TrendView;

fn frame() -> Frame {
    Frame { state: "7".to_owned(), database: "benchgate.duckdb".to_owned() }
}

fn summary(id: u64, name: &str) -> RunSummary {
    RunSummary {
        id: RunId(id),
        key: name.to_owned(),
        attempt: 2,
        suite: Some(name.to_owned()),
        commit: Some(name.to_owned()),
        branch: Some(name.to_owned()),
        started_at: None,
        completed: 24,
        failed: 1,
    }
}

fn totals() -> Totals {
    Totals { counts: vec![("runs", 60), ("failed results", 0)], ..Totals::default() }
}

fn stored(name: &str) -> StoredRun {
    let hardware = Hardware { kind: "cpu".to_owned(), device: Some(name.to_owned()), machine: Machine::default() };
    let result = |status, suspicion: Option<&str>| BenchmarkResult {
        configuration: Configuration {
            model: name.to_owned(),
            hardware: hardware.clone(),
            test_case: None,
            batch_size: None,
            precision: None,
            parameters: [(name.to_owned(), name.to_owned())].into(),
            is_simulated: false,
        },
        status,
        simulation: Simulation::Real,
        measured_at: None,
        iterations: None,
        warmup_iterations: None,
        total_time_seconds: None,
        suspicion: suspicion.map(str::to_owned),
        measurements: Vec::new(),
    };
    StoredRun {
        id: RunId(0xabc),
        run: Run {
            key: name.to_owned(),
            attempt: 2,
            suite: Some(name.to_owned()),
            commit: Some(name.to_owned()),
            branch: None,
            started_at: None,
            trigger: None,
            environment: [(name.to_owned(), name.to_owned())].into(),
        },
        files: vec![name.to_owned()],
        results: vec![result(Status::Failed(name.to_owned()), None), result(Status::Completed, Some(name))],
    }
}

/// Every page, with this name wherever a name stands.
fn pages(name: &str) -> Vec<(&'static str, String)> {
    let (view, asked, judged) = (trend(name), asked(name), everything());
    let runs = [summary(1, name), summary(2, name)];
    let stored = stored(name);
    let others = [&runs[0]];
    let run_page = JudgedRun { stored: &stored, view: &judged, others: &others, before: Some(&runs[1]) };
    let compared = Compared {
        candidate: name.to_owned(),
        base: Some(name.to_owned()),
        base_values: judged.judgement.series.iter().map(|one| (one.series.key.id(), 10.0)).collect(),
        view: judged.clone(),
    };
    let frame = Frame { database: name.to_owned(), ..frame() };
    let meta = &view.trend.series[0].series;
    let pages: [(&str, Page); 10] = [
        ("overview", overview(&frame, &asked, &view, &totals(), &runs, true)),
        ("list", series_list(&frame, &asked, &view, true)),
        ("series", series(&frame, meta, &view, None)),
        ("matrix", matrix(&frame, &asked, &view, true)),
        ("runs", self::runs(&frame, &asked, &runs)),
        ("run", run(&frame, &asked, &run_page)),
        ("compare", compare(&frame, &asked, Ok(Some(&compared)), &runs)),
        ("offer", compare(&frame, &asked, Err(name), &runs)),
        ("empty", empty(&frame)),
        ("problem", problem(&frame, name, name)),
    ];
    pages.into_iter().map(|(page, content)| (page, content.html())).collect()
}

/// Everything that is asked is this text.
fn asked(text: &str) -> Asked {
    let text = || text.to_owned();
    Asked { benchmark: text(), base: text(), candidate: text(), metric: text(), ..Asked::default() }
}

fn page(name: &str) -> String {
    pages("embedding").into_iter().find(|(page, _)| *page == name).unwrap().1
}

#[test]
fn hostile_names_stay_text_on_every_page() {
    let name = format!("{HOSTILE} \"'> </title></style></script><script>alert(1)</script> {}", "x".repeat(300));
    let tags = |page: &str| {
        page.split('<').skip(1).map(|tag| tag.split([' ', '>']).next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (page, content) in pages(&name) {
        assert_eq!(content.matches("<script").count(), 1, "{page}: only its own");
        assert!(!content.contains("<img") && !content.contains(" onerror=") && !content.contains("=\"javascript"));
        assert!(content.chars().all(|one| one == '\n' || !crate::text::escape::is_unsafe(one)), "{page}");
        assert!(!tags(&content).iter().any(|tag| tag == "alert"), "{page}");
        let body = content.split("<script>").next().unwrap();
        let addresses = body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        for address in addresses {
            let is_own = address.starts_with("/dashboard") || address.starts_with('#');
            assert!(is_own && !address.contains(['<', ' ', '\'']), "{page}: {address}");
        }
    }
}

#[test]
fn every_page_leads_on_and_loads_nothing() {
    for (name, content) in pages("embedding") {
        for place in
            ["/dashboard\"", "/dashboard/series\"", "/dashboard/matrix\"", "/dashboard/runs\"", "/dashboard/compare\""]
        {
            assert!(content.contains(&format!("href=\"{place}")), "{name} lacks {place}");
        }
        assert!(content.contains("connect-src 'self'; form-action 'self'") && content.contains("data-state=\"7\""));
        let mut tags = content.split('<').skip(1).map(|rest| rest.split('>').next().unwrap());
        assert!(!tags.any(|tag| tag.contains(" src=") || tag.starts_with("link")), "{name}");
        assert!(!content.contains("url("), "{name}");
    }
}

#[test]
fn the_overview_tells_what_became_worse_is_noisy_and_stopped_each_leading_to_its_series() {
    let page = page("overview");
    let id = trend("embedding").trend.series[0].series.key.id();
    for part in [
        "<h1>1 worsening in 1 series, 1 became noisier, 1 stopped reporting</h1>",
        "▲ +12.0 % worse",
        "000000000000..000000000000",
        "noise rose from 1 % to 3 %",
        "not in the last 4 commits of its hardware",
        "Newest runs",
        "attempt 2",
        "/dashboard/runs/0000000000000001",
        "Simulated results",
    ] {
        assert!(page.contains(part), "no {part}");
    }
    assert!(page.matches(&series_address(id)).count() >= 4, "each finding leads to the series");
    assert!(!page.contains("failed results"), "what there is none of is not listed");
}

#[test]
fn a_history_without_findings_says_so() {
    let mut view = trend("embedding");
    let one = &mut view.trend.series[0];
    (one.changes, one.noisier, one.silent_runs, one.noise) = (Vec::new(), None, 0, None);
    let page = overview(&frame(), &Asked::default(), &view, &totals(), &[], false).html();
    assert!(page.contains("No level became worse, in 1 series with enough runs to tell."), "{page}");
    assert!(page.contains("No series became noisier.") && !page.contains("id=\"silent\""), "{page}");
}

/// The ids of the series that a list shows.
fn listed(view: &TrendView, asked: &Asked) -> Vec<SeriesId> {
    let page = series_list(&frame(), asked, view, false).html();
    let ids = view.trend.series.iter().map(|one| one.series.key.id());
    ids.filter(|id| page.contains(&series_address(*id))).collect()
}

#[test]
fn the_list_is_narrowed_by_words_finding_model_hardware_and_metric() {
    let mut view = trend("embedding");
    let mut quiet = view.trend.series[0].clone();
    quiet.series.key.configuration.model = "llama".to_owned();
    quiet.series.key.metric = "throughput".to_owned();
    (quiet.changes, quiet.noisier, quiet.silent_runs) = (Vec::new(), None, 0);
    view.trend.series.push(quiet);
    let [loud, quiet] = [0, 1].map(|index: usize| view.trend.series[index].series.key.id());
    let hardware = view.trend.series[0].series.key.configuration.hardware.id().to_string();
    for (parameter, value, expected) in [
        ("q", "LLAMA", vec![quiet]),
        ("q", "nvidia embedding", vec![loud, quiet]),
        ("q", "nothing", vec![]),
        ("found", "worse", vec![loud]),
        ("found", "silent", vec![loud]),
        ("found", "better", vec![]),
        ("found", "no such kind", vec![loud, quiet]),
        ("model", "llama", vec![quiet]),
        ("metric", "latency", vec![loud]),
        ("hardware", hardware.as_str(), vec![loud, quiet]),
        ("hardware", "0", vec![]),
    ] {
        let query = [(parameter, value)].into_iter().collect::<std::collections::HashMap<_, _>>();
        let asked: Asked = serde_json::from_value(serde_json::to_value(query).unwrap()).unwrap();
        assert_eq!(listed(&view, &asked), expected, "{parameter}={value}");
    }
}

#[test]
fn a_series_has_its_plot_levels_and_every_value_with_its_run() {
    let page = page("series");
    for part in [
        "data-runs=\"0-9\"",
        "10 runs; the present level is 11.2 ms, and runs scatter around it by 1 %.",
        "id=\"runs-table\"",
        "/dashboard/runs/0000000000000009",
        "Series of this model",
    ] {
        assert!(page.contains(part), "no {part}");
    }
}

#[test]
fn a_series_that_no_baseline_run_measured_says_so() {
    let mut view = trend("embedding");
    let meta = view.trend.series.remove(0).series;
    let page = series(&frame(), &meta, &view, None).html();
    assert!(page.contains("No run of the baseline measured it"), "{page}");
}

#[test]
fn a_cell_of_the_matrix_leads_to_its_series_and_a_pair_to_its_list() {
    let page = page("matrix");
    let view = trend("embedding");
    let configuration = &view.trend.series[0].series.key.configuration;
    assert!(page.contains(&series_address(view.trend.series[0].series.key.id())), "{page}");
    let list = format!("/dashboard/series?model=bert-base-uncased&amp;hardware={}", configuration.hardware.id());
    assert!(page.contains(&list) && page.contains("1 worse, 1 stopped"), "{page}");
    assert!(page.contains("11.2 ms"), "the present level, not the old one");
}

#[test]
fn a_run_names_what_failed_and_looks_made_up_beside_its_verdicts() {
    let page = page("run");
    for part in [
        "FAILED: 3 regressions in 11 series",
        "regressed (confirmed by 2 re-runs)",
        "Failed to run",
        "Remarks",
        "judged against the whole history",
        "/dashboard/compare?base=0000000000000002&amp;candidate=0000000000000abc",
        "1 completed, 1 failed",
    ] {
        assert!(page.contains(part), "no {part}");
    }
}

#[test]
fn a_comparison_shows_both_values_beside_the_verdict() {
    let page = page("compare");
    for part in ["Against base", "+23.5 %", "Verdicts rest on the history up to the base"] {
        assert!(page.contains(part), "no {part}");
    }
    let asked = Asked { verdict: "improved".to_owned(), ..Asked::default() };
    let judged = everything();
    let stored = stored("a");
    let page = run(&frame(), &asked, &JudgedRun { stored: &stored, view: &judged, others: &[], before: None }).html();
    assert!(page.contains("1 that fit, of 12 series.") && page.contains("value=\"improved\" selected"), "{page}");
}

#[test]
fn forms_hold_what_was_asked() {
    let asked = Asked { q: "a\"b".to_owned(), branch: "main".to_owned(), ..Asked::default() };
    let page = runs(&frame(), &asked, &[summary(1, "main")]).html();
    assert!(page.contains("value=\"a&#34;b\"") || page.contains("value=\"a&quot;b\""), "{page}");
    assert!(page.contains("<option value=\"main\" selected>") && page.contains("None of 1 run fits."), "{page}");
}
