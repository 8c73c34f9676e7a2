//! Workflow runs as GitHub Actions describes them, and payloads that it would not write.

use std::collections::BTreeMap;

use benchgate::github::{Environment, Event, GithubError, WorkflowRun};
use serde_json::{Value, json};

fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

fn read_bytes(event: &str, changes: &[(&str, &str)], payload: Option<&[u8]>) -> Result<WorkflowRun, GithubError> {
    let own = sha('c');
    let base = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "octo/bench"),
        ("GITHUB_RUN_ID", "17"),
        ("GITHUB_API_URL", "https://api.github.example"),
        ("GITHUB_SERVER_URL", "https://github.example"),
        ("GITHUB_EVENT_NAME", event),
        ("GITHUB_REF", "refs/heads/main"),
        ("GITHUB_SHA", &own),
        ("GITHUB_ACTOR", "ann"),
    ];
    let variables: BTreeMap<String, String> =
        base.iter().chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    WorkflowRun::read(Environment { variables: &variables, event: payload }).map(|run| run.unwrap())
}

fn read(event: &str, changes: &[(&str, &str)], payload: &Value) -> Result<Event, GithubError> {
    read_bytes(event, changes, Some(payload.to_string().as_bytes())).map(|run| run.event)
}

fn pull_request() -> Value {
    json!({
        "action": "synchronize",
        "pull_request": {
            "number": 7,
            "head": { "ref": "topic/x", "sha": sha('a'), "repo": { "id": 1 } },
            "base": { "ref": "main", "sha": sha('b'), "repo": { "id": 1 } },
            "labels": [{ "name": "fast" }],
        },
        "label": { "name": "accept" },
        "sender": { "login": "ann" },
        "repository": { "default_branch": "main" },
    })
}

#[test]
fn a_pull_request_of_the_repository_may_be_written_to() {
    let event = read("pull_request", &[], &pull_request()).unwrap();
    let expected = Event::PullRequest {
        number: 7,
        head_sha: sha('a'),
        head_ref: "topic/x".to_owned(),
        base_ref: "main".to_owned(),
        is_fork: false,
        is_target: false,
        is_read_only_expected: false,
        labels: vec!["fast".to_owned()],
        labeled_by: None,
    };
    assert_eq!(event, expected);
}

/// Whether it is a fork, and whether the token is expected to be read-only.
fn trust(event: Event) -> (bool, bool) {
    let Event::PullRequest { is_fork, is_read_only_expected, .. } = event else { panic!("{event:?}") };
    (is_fork, is_read_only_expected)
}

#[test]
fn the_pull_request_of_a_fork_has_a_read_only_token() {
    for repository in [json!({ "id": 2 }), json!(null)] {
        let mut payload = pull_request();
        payload["pull_request"]["head"]["repo"] = repository;
        assert_eq!(trust(read("pull_request", &[], &payload).unwrap()), (true, true));
        assert_eq!(trust(read("pull_request_target", &[], &payload).unwrap()), (true, false));
    }
}

#[test]
fn the_pull_request_of_dependabot_has_a_read_only_token() {
    let by_actor = read("pull_request", &[("GITHUB_ACTOR", "dependabot[bot]")], &pull_request()).unwrap();
    assert_eq!(trust(by_actor), (false, true));
    let mut payload = pull_request();
    payload["sender"]["login"] = json!("dependabot[bot]");
    assert_eq!(trust(read("pull_request", &[], &payload).unwrap()), (false, true));
}

#[test]
fn a_label_counts_when_its_addition_is_the_event() {
    let mut payload = pull_request();
    payload["action"] = json!("labeled");
    let event = read("pull_request", &[], &payload).unwrap();
    let Event::PullRequest { labeled_by, .. } = event else { panic!("{event:?}") };
    assert_eq!(labeled_by, Some(("accept".to_owned(), "ann".to_owned())));
}

#[test]
fn a_push_to_a_branch_has_a_commit_before() {
    let push = |payload: Value| read("push", &[("GITHUB_REF", "refs/heads/release/1")], &payload).unwrap();
    let branch = "release/1".to_owned();
    let before = Some(sha('b'));
    assert_eq!(push(json!({ "before": sha('b') })), Event::Push { branch: branch.clone(), sha: sha('c'), before });
    for new in [json!({ "before": sha('0') }), json!({}), json!({ "before": 5 })] {
        assert_eq!(push(new), Event::Push { branch: branch.clone(), sha: sha('c'), before: None });
    }
    let without_payload = read_bytes("push", &[], None).unwrap().event;
    assert_eq!(without_payload, Event::Push { branch: "main".to_owned(), sha: sha('c'), before: None });
}

#[test]
fn a_tag_and_a_deleted_branch_are_no_push_to_judge() {
    let tag = read("push", &[("GITHUB_REF", "refs/tags/v1")], &json!({})).unwrap();
    assert_eq!(tag, Event::Other { name: "push".to_owned(), branch: None, sha: Some(sha('c')) });
    let deleted = read("push", &[], &json!({ "deleted": true })).unwrap();
    assert!(matches!(deleted, Event::Other { .. }), "{deleted:?}");
}

#[test]
fn a_merge_queue_names_its_base() {
    let group = json!({ "merge_group": {
        "base_sha": sha('a'), "base_ref": "refs/heads/main", "head_sha": sha('b'),
        "head_ref": "refs/heads/gh-readonly-queue/main/pr-7-x",
    }});
    let expected = Event::MergeGroup {
        base_sha: sha('a'),
        base_ref: "main".to_owned(),
        head_sha: sha('b'),
        pull_request: Some(7),
    };
    assert_eq!(read("merge_group", &[], &group).unwrap(), expected);
}

fn workflow_run() -> Value {
    json!({ "workflow_run": {
        "id": 16, "run_attempt": 3, "event": "pull_request", "conclusion": "success", "head_sha": sha('a'),
        "head_branch": "topic", "head_repository": { "id": 2 }, "repository": { "id": 1 },
        "run_started_at": "2026-01-02T03:05:00Z", "created_at": "2026-01-02T03:04:00Z", "pull_requests": [],
    }})
}

#[test]
fn a_run_that_another_run_started_knows_that_one() {
    let expected = Event::WorkflowRun {
        run_id: 16,
        attempt: 3,
        event: "pull_request".to_owned(),
        conclusion: Some("success".to_owned()),
        head_sha: sha('a'),
        head_branch: Some("topic".to_owned()),
        head_repository_id: Some(2),
        repository_id: Some(1),
        started_at: Some("2026-01-02T03:05:00Z".parse().unwrap()),
        created_at: Some("2026-01-02T03:04:00Z".parse().unwrap()),
    };
    assert_eq!(read("workflow_run", &[], &workflow_run()).unwrap(), expected);
}

#[test]
fn other_events_know_their_branch() {
    for name in ["schedule", "workflow_dispatch", "issue_comment"] {
        let expected = Event::Other { name: name.to_owned(), branch: Some("main".to_owned()), sha: Some(sha('c')) };
        assert_eq!(read(name, &[], &json!({ "issue": 5 })).unwrap(), expected);
    }
}

/// The payload with the value at a path replaced, or taken away.
fn with(payload: &Value, path: &str, value: Option<Value>) -> Value {
    let mut payload = payload.clone();
    match value {
        Some(value) => *payload.pointer_mut(path).unwrap() = value,
        None => {
            let (parent, key) = path.rsplit_once('/').unwrap();
            payload.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
        }
    }
    payload
}

#[test]
fn a_field_that_is_missing_or_wrong_is_named() {
    let runs = [
        ("pull_request", pull_request(), "/pull_request/number"),
        ("pull_request", pull_request(), "/pull_request/head/sha"),
        ("pull_request", pull_request(), "/pull_request/head/ref"),
        ("pull_request", pull_request(), "/pull_request/base"),
        ("pull_request_target", pull_request(), "/pull_request"),
        ("workflow_run", workflow_run(), "/workflow_run/id"),
        ("workflow_run", workflow_run(), "/workflow_run/head_sha"),
        ("workflow_run", workflow_run(), "/workflow_run/event"),
    ];
    for (event, payload, path) in runs {
        let last = path.rsplit('/').next().unwrap();
        let wrong = [None, Some(json!(null)), Some(json!([])), Some(json!({ "x": 1 })), Some(json!(-1.5))];
        for value in wrong {
            let error = read(event, &[], &with(&payload, path, value.clone())).unwrap_err();
            assert!(matches!(error, GithubError::Event { .. }), "{error}");
            assert!(error.to_string().contains(last), "{path} = {value:?}: {error}");
        }
    }
}

#[test]
fn a_commit_that_is_a_command_is_refused_in_one_line() {
    let hostile = json!("x\n::set-output name=verdict::passed\n$(rm -rf /)");
    for (event, payload, path) in [
        ("pull_request", pull_request(), "/pull_request/head/sha"),
        ("workflow_run", workflow_run(), "/workflow_run/head_sha"),
    ] {
        let error = read(event, &[], &with(&payload, path, Some(hostile.clone()))).unwrap_err().to_string();
        assert!(error.contains("is not a commit hash") && !error.contains('\n'), "{error}");
    }
    assert!(read("push", &[("GITHUB_SHA", "HEAD")], &json!({})).is_err());
}

#[test]
fn a_payload_that_is_no_json_is_refused() {
    let deep = "[".repeat(100_000);
    for payload in ["", "{", "nul", "\u{feff}{}", deep.as_str()] {
        let error = read_bytes("pull_request", &[], Some(payload.as_bytes())).unwrap_err();
        assert!(matches!(error, GithubError::Event { .. }), "{error}");
    }
    assert!(read_bytes("pull_request", &[], Some(b"\xff\xfe")).is_err());
    assert!(read_bytes("pull_request", &[], None).is_err());
}

#[test]
fn a_payload_larger_than_github_sends_is_not_read() {
    let huge = vec![b' '; 26_214_401];
    let error = read_bytes("push", &[], Some(&huge)).unwrap_err().to_string();
    assert!(error.ends_with("it is larger than 26214400 bytes"), "{error}");
}

#[test]
fn a_number_too_large_for_its_field_is_refused() {
    let huge: Value = serde_json::from_str("1e400").unwrap_or_else(|_error| json!(1e300));
    assert!(read("pull_request", &[], &with(&pull_request(), "/pull_request/number", Some(huge))).is_err());
    let attempt = with(&workflow_run(), "/workflow_run/run_attempt", Some(json!(5_000_000_000_u64)));
    assert!(read("workflow_run", &[], &attempt).is_err());
}
