//! One issue per trend: opened, edited in place, closed and reopened, and nobody else's touched.

use benchgate::github::{Action, Desired, DesiredIssue, GithubError, KeepReason, Marker, Posted, issue};
use serde_json::{Value, json};

use crate::github_server::{BOT, Fault, GitHub, says};
use crate::support::{Place, history};

const FIRST: &str = "0123456789abcdef";
const SECOND: &str = "fedcba9876543210";

/// What the run of this number wants to tell of these series.
fn desired(run_id: u64, series: &[&str]) -> DesiredIssue {
    DesiredIssue {
        title: format!("Benchmarks: {} worsenings", series.len()),
        text: Desired {
            name: "bench".to_owned(),
            head_sha: "a".repeat(40),
            run_id,
            attempt: 1,
            body: format!("# {}", series.join(" ")),
            state: series.iter().map(|id| (*id).to_owned()).collect(),
            create: !series.is_empty(),
        },
        footer: format!("run {run_id}"),
    }
}

fn post(github: &GitHub, run_id: u64, series: &[&str]) -> Result<Posted, GithubError> {
    issue::post(&github.client(), BOT, &desired(run_id, series))
}

fn action(github: &GitHub, run_id: u64, series: &[&str]) -> Action {
    post(github, run_id, series).unwrap().action
}

fn issues(github: &GitHub) -> Vec<Value> {
    github.state.lock().unwrap().issues.clone()
}

fn close(github: &GitHub) {
    github.state.lock().unwrap().issues[0]["state"] = json!("closed");
}

#[test]
fn an_issue_is_opened_edited_in_place_closed_with_a_last_word_and_reopened() {
    let github = GitHub::start();
    assert_eq!(action(&github, 1, &[]), Action::Nothing);
    for (run, series, done, state) in [
        (2, &[FIRST][..], Action::Created, "open"),
        (3, &[FIRST], Action::Kept(KeepReason::Unchanged), "open"),
        (4, &[FIRST, SECOND], Action::Updated, "open"),
        (5, &[], Action::Updated, "closed"),
        (6, &[], Action::Kept(KeepReason::Unchanged), "closed"),
        (7, &[FIRST], Action::Updated, "open"),
    ] {
        assert_eq!(action(&github, run, series), done, "run {run}");
        let [one] = &issues(&github)[..] else { panic!("one issue after run {run}") };
        assert_eq!((one["state"].as_str(), one["number"].as_u64()), (Some(state), Some(1)), "run {run}");
    }
    let one = &issues(&github)[0];
    assert_eq!(one["title"], "Benchmarks: 1 worsenings");
    let body = one["body"].as_str().unwrap();
    assert!(Marker::parse(body).is_some_and(|marker| marker.run_id == 7 && marker.state == [FIRST]), "{body}");
    assert!(body.ends_with("\n# 0123456789abcdef\nrun 7"), "{body}");
    assert_eq!((github.count("POST"), github.count("PATCH")), (1, 3));
}

#[test]
fn an_issue_that_somebody_closed_stays_closed_until_another_series_is_listed() {
    let github = GitHub::start();
    post(&github, 1, &[FIRST, SECOND]).unwrap();
    close(&github);
    assert_eq!(action(&github, 2, &[FIRST]), Action::Kept(KeepReason::Closed));
    assert_eq!(action(&github, 3, &[FIRST, "00000000000000ff"]), Action::Updated);
    assert_eq!(issues(&github)[0]["state"], "open");
    // Once nothing was listed, the same series is news again.
    close(&github);
    assert_eq!(action(&github, 4, &[]), Action::Updated);
    assert_eq!(issues(&github)[0]["state"], "closed");
    assert_eq!(action(&github, 5, &[FIRST]), Action::Updated);
    assert_eq!(issues(&github)[0]["state"], "open");
}

#[test]
fn an_older_run_changes_nothing() {
    let github = GitHub::start();
    post(&github, 9, &[FIRST]).unwrap();
    for series in [&[][..], &[SECOND]] {
        assert_eq!(action(&github, 8, series), Action::Kept(KeepReason::NewerRun));
    }
}

#[test]
fn issues_of_others_of_another_name_and_pull_requests_are_left_alone() {
    let (github, other) = (GitHub::start(), GitHub::start());
    post(&other, 1, &[FIRST]).unwrap();
    let body = issues(&other)[0]["body"].as_str().unwrap().to_owned();
    github.open("mallory", &json!({ "body": body }));
    github.open(BOT, &json!({ "body": body, "pull_request": {} }));
    github.open(BOT, &json!({ "body": body.replace("name=bench", "name=other") }));
    github.open(BOT, &json!({ "body": format!("> {body}") }));
    github.open(BOT, &json!({ "body": null }));
    let before = issues(&github);
    assert_eq!(action(&github, 2, &[FIRST]), Action::Created);
    let after = issues(&github);
    assert_eq!((&after[..5], after.len()), (&before[..], 6));
    assert!(github.calls()[0].contains("state=all&sort=created&direction=asc&creator=github-actions%5Bbot%5D"));
}

#[test]
fn of_two_issues_the_older_is_kept_and_the_other_counted() {
    let github = GitHub::start();
    post(&github, 1, &[FIRST]).unwrap();
    let body = issues(&github)[0]["body"].clone();
    github.open(BOT, &json!({ "body": body }));
    let posted = post(&github, 2, &[SECOND]).unwrap();
    assert_eq!((posted.action, posted.id, posted.duplicates), (Action::Updated, Some(1), 1));
}

#[test]
fn an_issue_whose_answer_is_lost_is_opened_once() {
    for (fault, posts) in [(Fault::Done(says(502, "Bad Gateway")), 1), (Fault::Refused(says(502, "Bad Gateway")), 2)] {
        let github = GitHub::start();
        github.fault("POST", fault);
        let posted = post(&github, 1, &[FIRST]).unwrap();
        assert_eq!((posted.action, posted.id, github.count("POST")), (Action::Created, Some(1), posts));
        assert_eq!(issues(&github).len(), 1);
    }
}

#[test]
fn a_refusal_names_the_permission_and_a_repository_without_issues_is_an_error() {
    let github = GitHub::start();
    for (status, words, told) in [
        (403, "Resource not accessible by integration", "(needs issues: write)"),
        (410, "Issues are disabled for this repo", "Issues are disabled for this repo"),
    ] {
        github.fault("POST", Fault::Refused(says(status, words)));
        let error = post(&github, 1, &[FIRST]).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn a_text_that_is_too_long_is_cut_before_its_footer() {
    let github = GitHub::start();
    let mut long = desired(1, &[FIRST]);
    long.text.body = "ä row of a table\n".repeat(10_000);
    long.title = "t".repeat(1000);
    issue::post(&github.client(), BOT, &long).unwrap();
    let one = issues(&github).remove(0);
    let body = one["body"].as_str().unwrap();
    assert!(body.len() <= 60_000 && body.ends_with("the job summary has it._\n\nrun 1"), "{}", body.len());
    assert_eq!(one["title"].as_str().map(str::len), Some(250));
    long.text.run_id = 2;
    let again = issue::post(&github.client(), BOT, &long).unwrap();
    assert_eq!(again.action, Action::Kept(KeepReason::Unchanged));
}

#[test]
fn only_labels_that_the_repository_has_are_set() {
    let github = GitHub::start();
    let number = post(&github, 1, &[FIRST]).unwrap().id.unwrap();
    let labels = ["performance".to_owned(), "made-up".to_owned()];
    assert_eq!(github.client().label_issue(number, &labels).unwrap(), ["made-up"]);
    assert_eq!(issues(&github)[0]["labels"], json!(["performance"]));
    assert_eq!(github.client().label_issue(number, &labels[1..]).unwrap(), ["made-up"]);
    assert_eq!(github.count("PATCH"), 1);
}

#[test]
fn without_a_workflow_run_an_issue_is_refused_with_what_to_do() {
    let place = Place::new();
    history(&place, 3);
    let answer = place.run(&["trend", "--issue"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("hint: run it in GitHub Actions, or leave --issue out"), "{}", answer.err);
    assert_eq!(answer.out, "");
}
