//! GitHub in trouble: what is asked again, what is not, and what is said in the end.

use std::time::Duration;

use benchgate::github::{Action, Desired, GithubError, Timing};
use wiremock::ResponseTemplate;

use crate::github_server::{BOT, Fault, GitHub, RawServer, client_of, fast, says};

fn desired(body: &str) -> Desired {
    Desired {
        name: "bench".to_owned(),
        head_sha: "a".repeat(40),
        run_id: 17,
        attempt: 1,
        body: body.to_owned(),
        state: Vec::new(),
        create: true,
    }
}

#[test]
fn a_read_that_fails_once_is_asked_again() {
    let github = GitHub::start();
    github.fault("GET", Fault::Refused(says(500, "oops")));
    assert_eq!(github.client().comments(7).unwrap(), []);
    assert_eq!(github.count("GET"), 2);
}

#[test]
fn a_read_that_fails_for_ever_ends_after_five_tries() {
    let github = GitHub::start();
    github.answer("GET", "issues/7/comments", says(502, "Bad Gateway"));
    let error = github.client().comments(7).unwrap_err();
    assert!(matches!(error, GithubError::Server { status: 502, .. }), "{error}");
    assert_eq!(github.count("GET"), 5);
}

#[test]
fn an_update_that_fails_after_it_was_applied_is_done_again() {
    let github = GitHub::start();
    let id = github.add(BOT, "old");
    github.fault("PATCH", Fault::Done(says(502, "Bad Gateway")));
    assert_eq!(github.client().update_comment(id, "new").unwrap().body, "new");
    assert_eq!((github.count("PATCH"), github.bodies()), (2, vec!["new".to_owned()]));
}

#[test]
fn a_comment_whose_answer_is_lost_is_written_once() {
    let lost: [ResponseTemplate; 4] = [
        says(502, "Bad Gateway"),
        says(500, ""),
        ResponseTemplate::new(201).set_body_raw(r#"{"id": 1, "bo"#, "application/json"),
        ResponseTemplate::new(201).set_body_string("<html>"),
    ];
    for answer in lost {
        let github = GitHub::start();
        github.fault("POST", Fault::Done(answer));
        let posted = github.post(BOT, &desired("# Report")).unwrap();
        assert_eq!((posted.action, github.count("POST"), github.bodies().len()), (Action::Created, 1, 1));
        assert!(posted.url.unwrap().ends_with("#issuecomment-1"));
    }
}

#[test]
fn a_comment_that_was_not_written_after_all_is_written() {
    let github = GitHub::start();
    github.fault("POST", Fault::Refused(says(502, "Bad Gateway")));
    let posted = github.post(BOT, &desired("# Report")).unwrap();
    assert_eq!((posted.action, github.count("POST"), github.bodies().len()), (Action::Created, 2, 1));
}

#[test]
fn a_comment_that_cannot_be_written_is_tried_three_times() {
    let github = GitHub::start();
    github.answer("POST", "issues/7/comments", says(502, "Bad Gateway"));
    let error = github.post(BOT, &desired("# Report")).unwrap_err();
    assert!(matches!(error, GithubError::Ambiguous { .. }), "{error}");
    assert_eq!(github.count("POST"), 3);
}

#[test]
fn a_lost_comment_by_an_account_that_was_not_expected_is_not_written_twice() {
    let github = GitHub::start();
    github.author("octo-app[bot]");
    github.fault("POST", Fault::Done(says(502, "Bad Gateway")));
    let posted = github.post(BOT, &desired("# Report")).unwrap();
    assert_eq!(github.bodies().len(), 1);
    assert!(posted.warning.unwrap().ends_with("set comment-author to `octo-app[bot]`"));
}

#[test]
fn a_limit_with_a_time_is_waited_out_and_then_there_is_one_comment() {
    for limit in [says(429, "Too Many Requests"), says(403, "You have exceeded a secondary rate limit")] {
        let github = GitHub::start();
        github.fault("POST", Fault::Refused(limit.insert_header("retry-after", "1")));
        github.post(BOT, &desired("# Report")).unwrap();
        assert_eq!((github.count("POST"), github.bodies().len()), (2, 1));
    }
}

#[test]
fn a_limit_that_lasts_too_long_is_an_error_that_names_the_time() {
    let github = GitHub::start();
    let limit = says(403, "API rate limit exceeded").insert_header("retry-after", "3600");
    github.answer("GET", "issues/7/comments", limit);
    let error = github.client().comments(7).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot list the comments of the pull request: GitHub's rate limit asks to wait 3600 s"
    );
    assert_eq!(github.count("GET"), 1);
}

#[test]
fn a_limit_is_told_by_what_remains_of_it_too() {
    let github = GitHub::start();
    let limit =
        says(403, "Forbidden").insert_header("x-ratelimit-remaining", "0").insert_header("x-ratelimit-reset", "1");
    github.fault("GET", Fault::Refused(limit));
    assert_eq!(github.client().comments(7).unwrap(), []);
    assert_eq!(github.count("GET"), 2);
}

#[test]
fn a_token_that_may_not_write_is_an_error_that_names_the_permission() {
    let github = GitHub::start();
    github.answer("POST", "issues/7/comments", says(403, "Resource not accessible by integration"));
    let error = github.post(BOT, &desired("# Report")).unwrap_err();
    assert!(error.to_string().contains("pull-requests: write"), "{error}");
    assert!(error.hint().contains("pull-requests: write"), "{}", error.hint());
    assert_eq!(github.count("POST"), 1);
}

#[test]
fn other_refusals_are_not_asked_again() {
    for (status, expected) in [
        (401, "cannot read the pull request: GitHub does not accept the token"),
        (404, "cannot read the pull request: GitHub answers that it does not exist"),
        (422, "cannot read the pull request: GitHub refuses the content: `no`"),
        (301, "cannot read the pull request: GitHub answered with status 301: `no`"),
    ] {
        let github = GitHub::start();
        github.answer("GET", "pulls/7", says(status, "no"));
        assert_eq!(github.client().pull_request(7).unwrap_err().to_string(), expected);
        assert_eq!(github.count("GET"), 1);
    }
}

#[test]
fn an_error_never_shows_the_token() {
    let github = GitHub::start();
    github.answer("GET", "pulls/7", says(422, "Bearer ghs_secret is odd\n::warning::x"));
    let error = github.client().pull_request(7).unwrap_err();
    let shown = format!("{error} {error:?} {} {:?}", error.hint(), github.client());
    assert!(!shown.contains("ghs_secret") && shown.contains("Bearer [token] is odd ::warning::x"), "{shown}");
}

#[test]
fn half_an_answer_is_asked_for_again() {
    let github = GitHub::start();
    github.fault("GET", Fault::Refused(ResponseTemplate::new(200).set_body_raw("[{\"id\":", "application/json")));
    assert_eq!(github.client().comments(7).unwrap(), []);
    assert_eq!(github.count("GET"), 2);
}

#[test]
fn an_answer_that_is_not_the_apis_is_not_asked_for_again() {
    let github = GitHub::start();
    github.answer("GET", "issues/7/comments", ResponseTemplate::new(200).set_body_string("<html>sign in</html>"));
    let error = github.client().comments(7).unwrap_err();
    assert!(matches!(error, GithubError::Payload { .. }), "{error}");
    assert_eq!(github.count("GET"), 1);
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    let github = GitHub::start();
    let late = ResponseTemplate::new(200).set_body_string("[]").set_delay(Duration::from_secs(3));
    github.answer("GET", "issues/7/comments", late);
    let timing = Timing { read: Duration::from_millis(200), tries: 2, ..fast() };
    let error = github.patient(timing).comments(7).unwrap_err();
    assert!(matches!(error, GithubError::Transport { .. }), "{error}");
    assert_eq!(github.count("GET"), 2);
}

#[test]
fn a_request_ends_as_a_whole_too() {
    let github = GitHub::start();
    let late = ResponseTemplate::new(200).set_body_string("[]").set_delay(Duration::from_secs(3));
    github.answer("GET", "issues/7/comments", late);
    let timing = Timing { request: Duration::from_millis(200), tries: 1, ..fast() };
    let error = github.patient(timing).comments(7).unwrap_err();
    assert!(error.to_string().contains("no whole answer within 0.2 s"), "{error}");
}

#[test]
fn a_connection_that_breaks_is_made_again() {
    let broken = b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\nconnection: close\r\n\r\n[".to_vec();
    let whole = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]".to_vec();
    let server = RawServer::start(vec![broken, whole]);
    assert_eq!(client_of(&server.url, fast()).comments(7).unwrap(), []);
    assert_eq!(server.heads().len(), 2);
}

#[test]
fn a_server_that_is_not_there_is_named_as_such() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = client_of(&format!("http://127.0.0.1:{port}"), fast()).comments(7).unwrap_err();
    assert!(error.to_string().to_lowercase().contains("refused"), "{error}");
}
