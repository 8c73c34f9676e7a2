//! One comment per pull request: found again, kept up to date, and nobody else's touched.

use benchgate::github::{Action, Desired, KeepReason, Marker, Plan, sticky};
use serde_json::json;

use crate::github_server::{BOT, Fault, GitHub, says};

fn desired() -> Desired {
    Desired {
        name: "bench".to_owned(),
        head_sha: "a".repeat(40),
        run_id: 17,
        attempt: 2,
        body: "# Report".to_owned(),
        state: vec!["0123456789abcdef".to_owned()],
        create: true,
    }
}

/// The text that a post of this leaves.
fn text(desired: &Desired) -> String {
    let Desired { name, head_sha, run_id, attempt, body, state, create: _ } = desired.clone();
    let marker = Marker { name, head_sha, run_id, attempt, digest: Marker::digest(&body), state };
    format!("{}\n{body}", marker.render())
}

#[test]
fn the_first_comment_is_written_and_the_second_run_updates_it() {
    let github = GitHub::start();
    let first = github.post(BOT, &desired()).unwrap();
    assert_eq!((first.action, first.duplicates, first.warning), (Action::Created, 0, None));
    assert_eq!(github.bodies(), [text(&desired())]);

    let next = Desired { run_id: 18, attempt: 1, body: "# Other".to_owned(), ..desired() };
    let second = github.post(BOT, &next).unwrap();
    assert_eq!((second.action, second.url), (Action::Updated, first.url));
    assert_eq!(github.bodies(), [text(&next)]);
    assert_eq!((github.count("POST"), github.count("PATCH")), (1, 1));
}

#[test]
fn unchanged_content_is_not_written() {
    let github = GitHub::start();
    let id = github.add(BOT, &text(&desired()));
    let again = Desired { run_id: 18, ..desired() };
    let posted = github.post(BOT, &again).unwrap();
    assert_eq!(posted.action, Action::Kept(KeepReason::Unchanged));
    assert!(posted.url.unwrap().ends_with(&format!("#issuecomment-{id}")));
    assert_eq!(github.calls(), ["GET /repos/octo/bench/issues/7/comments?per_page=100&page=1"]);
}

#[test]
fn the_same_text_about_other_series_is_written() {
    let github = GitHub::start();
    github.add(BOT, &text(&desired()));
    let other = Desired { state: Vec::new(), ..desired() };
    assert_eq!(github.post(BOT, &other).unwrap().action, Action::Updated);
}

#[test]
fn an_older_run_never_overwrites_a_newer_one() {
    let github = GitHub::start();
    github.add(BOT, &text(&desired()));
    for (run_id, attempt, action) in [
        (16, 9, Action::Kept(KeepReason::NewerRun)),
        (17, 1, Action::Kept(KeepReason::NewerRun)),
        (17, 2, Action::Updated),
        (17, 3, Action::Updated),
    ] {
        let body = format!("# Run {run_id}/{attempt}");
        let posted = github.post(BOT, &Desired { run_id, attempt, body, ..desired() });
        assert_eq!(posted.unwrap().action, action, "run {run_id}, attempt {attempt}");
    }
}

#[test]
fn a_comment_behind_more_than_a_hundred_others_is_found() {
    let github = GitHub::start();
    for number in 0..130 {
        github.add("reader", &format!("remark {number}"));
    }
    github.add(BOT, &text(&Desired { body: "# Old".to_owned(), ..desired() }));
    assert_eq!(github.post(BOT, &desired()).unwrap().action, Action::Updated);
    assert_eq!(github.bodies().len(), 131);
    // The addresses in `Link` lead elsewhere; only the own server was asked, with the token each time.
    let requests = github.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.headers["authorization"] == "Bearer ghs_secret"));
}

#[test]
fn a_comment_of_another_author_is_never_touched() {
    let github = GitHub::start();
    let copy = text(&Desired { body: "# Copy".to_owned(), run_id: 99, ..desired() });
    github.add("mallory", &copy);
    assert_eq!(github.post(BOT, &desired()).unwrap().action, Action::Created);
    assert_eq!(github.bodies(), [copy, text(&desired())]);
}

#[test]
fn a_copy_that_was_there_before_does_not_pass_for_a_lost_comment() {
    let github = GitHub::start();
    github.add("mallory", &text(&desired()));
    github.fault("POST", Fault::Refused(says(502, "Bad Gateway")));
    let posted = github.post(BOT, &desired()).unwrap();
    assert_eq!((posted.action, posted.warning), (Action::Created, None));
    assert_eq!((github.count("POST"), github.bodies().len()), (2, 2));
}

#[test]
fn a_comment_of_a_deleted_account_is_nobodys() {
    let github = GitHub::start();
    let id = github.add(BOT, &text(&desired()));
    github.state.lock().unwrap().comments[0]["user"] = json!(null);
    assert_eq!(github.post(BOT, &desired()).unwrap().action, Action::Created);
    assert_eq!(id, 1);
}

#[test]
fn a_marker_that_is_quoted_does_not_count() {
    let github = GitHub::start();
    github.add(BOT, &format!("As it was:\n{}", text(&desired())));
    assert_eq!(github.post(BOT, &desired()).unwrap().action, Action::Created);
}

#[test]
fn a_comment_of_another_name_is_left_alone() {
    let github = GitHub::start();
    github.add(BOT, &text(&Desired { name: "other".to_owned(), ..desired() }));
    assert_eq!(github.post(BOT, &desired()).unwrap().action, Action::Created);
}

#[test]
fn of_two_comments_the_older_is_updated_and_the_other_counted() {
    let github = GitHub::start();
    let old = text(&Desired { body: "# Old".to_owned(), ..desired() });
    github.add(BOT, &old);
    github.add(BOT, &old);
    let posted = github.post("GitHub-Actions[bot]", &desired()).unwrap();
    assert_eq!((posted.action, posted.duplicates), (Action::Updated, 1));
    assert_eq!(github.bodies(), [text(&desired()), old]);
}

#[test]
fn a_comment_that_was_deleted_meanwhile_is_written_again() {
    let github = GitHub::start();
    github.add(BOT, &text(&Desired { body: "# Old".to_owned(), ..desired() }));
    let state = std::sync::Arc::clone(&github.state);
    // It is listed, and gone when it is to be updated.
    let gone = wiremock::Mock::given(wiremock::matchers::method("PATCH")).respond_with(move |_: &wiremock::Request| {
        state.lock().unwrap().comments.clear();
        says(404, "Not Found")
    });
    github.mount(gone);
    assert_eq!(github.post(BOT, &desired()).unwrap().action, Action::Created);
    assert_eq!(github.bodies(), [text(&desired())]);
}

#[test]
fn a_comment_that_stays_lost_is_an_error() {
    let github = GitHub::start();
    github.add(BOT, &text(&Desired { body: "# Old".to_owned(), ..desired() }));
    for _ in 0..3 {
        github.fault("PATCH", Fault::Refused(says(404, "Not Found")));
    }
    let error = github.post(BOT, &desired()).unwrap_err();
    assert_eq!(error.to_string(), "cannot update the comment: GitHub answers that it does not exist");
}

#[test]
fn without_leave_to_create_there_is_no_first_comment() {
    let github = GitHub::start();
    let quiet = Desired { create: false, ..desired() };
    assert_eq!(github.post(BOT, &quiet).unwrap().action, Action::Nothing);
    github.add(BOT, &text(&Desired { body: "# Old".to_owned(), ..desired() }));
    assert_eq!(github.post(BOT, &quiet).unwrap().action, Action::Updated);
}

#[test]
fn a_comment_by_an_unexpected_account_comes_with_a_warning() {
    let github = GitHub::start();
    github.author("octo-app[bot]");
    let warning = github.post(BOT, &desired()).unwrap().warning.unwrap();
    assert!(warning.contains("by `octo-app[bot]`, not by `github-actions[bot]`"), "{warning}");
    assert!(warning.ends_with("set comment-author to `octo-app[bot]`"), "{warning}");
}

#[test]
fn a_text_that_is_too_long_is_cut_at_a_line_and_still_recognised() {
    let github = GitHub::start();
    let long = Desired { body: "ä row of a table\n".repeat(10_000), ..desired() };
    github.post(BOT, &long).unwrap();
    let body = github.bodies().remove(0);
    assert!(body.len() <= 60_000 && body.len() > 59_000, "{}", body.len());
    assert!(body.ends_with("ä row of a table\n\n_The rest did not fit in here; the job summary has it._\n"));
    assert_eq!(github.post(BOT, &long).unwrap().action, Action::Kept(KeepReason::Unchanged));
}

#[test]
fn what_cannot_be_a_marker_is_refused_before_anything_is_written() {
    let github = GitHub::start();
    for wrong in [
        Desired { name: "a -->".to_owned(), ..desired() },
        Desired { head_sha: "main".to_owned(), ..desired() },
        Desired { state: vec!["x\n".to_owned()], ..desired() },
    ] {
        assert!(sticky::post(&github.client(), 7, BOT, &wrong, Vec::new()).is_err());
    }
    assert_eq!(github.calls(), [""; 0]);
}

#[test]
fn a_plan_and_the_previous_state_are_known_without_writing() {
    let github = GitHub::start();
    let id = github.add(BOT, &text(&desired()));
    let comments = github.client().comments(7).unwrap();
    let (comment, marker) = sticky::previous(&comments, "bench", BOT).unwrap();
    assert_eq!((comment.id, marker.state), (id, desired().state));
    assert_eq!(sticky::previous(&comments, "bench", "mallory"), None);
    let planned = |desired: &Desired| sticky::plan(&comments, BOT, desired);
    assert_eq!(planned(&desired()), Plan::Keep { id, reason: KeepReason::Unchanged });
    assert_eq!(planned(&Desired { run_id: 1, ..desired() }), Plan::Keep { id, reason: KeepReason::NewerRun });
    assert_eq!(planned(&Desired { body: "x".to_owned(), ..desired() }), Plan::Update { id });
    assert_eq!(planned(&Desired { name: "x".to_owned(), ..desired() }), Plan::Create);
    assert_eq!(planned(&Desired { name: "x".to_owned(), create: false, ..desired() }), Plan::Nothing);
}

#[test]
fn more_series_than_a_marker_holds_are_cut() {
    let github = GitHub::start();
    let many = Desired { state: (0..500).map(|number| format!("{number:016x}")).collect(), ..desired() };
    github.post(BOT, &many).unwrap();
    let marker = Marker::parse(&github.bodies()[0]).unwrap();
    assert_eq!(marker.state, many.state[..200]);
    assert_eq!(github.post(BOT, &many).unwrap().action, Action::Kept(KeepReason::Unchanged));
}
