//! The endpoints: paths, pages, and what becomes of the answers.

use benchgate::github::{Artifact, ForcePush, GithubError, Head, LabelSet};
use serde_json::{Value, json};
use wiremock::matchers::{method, path_regex, query_param};
use wiremock::{Mock, Request, ResponseTemplate};

use crate::github_server::{GitHub, RawServer, client_of, fast, page, says};

fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn commit(number: usize) -> Value {
    json!({ "sha": format!("{number:040x}"), "commit": { "committer": { "date": "2026-01-02T03:04:05Z" } } })
}

fn pull_request(number: u64, state: &str, head_sha: &str, repository: Option<u64>) -> Value {
    json!({
        "number": number, "state": state, "merged_at": null, "labels": [{ "name": "fast" }],
        "head": { "ref": "topic", "sha": head_sha, "repo": repository.map(|id| json!({ "id": id })) },
        "base": { "ref": "main", "sha": sha('0'), "repo": { "id": 1 } },
    })
}

#[test]
fn an_enterprise_server_is_asked_below_its_prefix() {
    let github = GitHub::with_prefix("/api/v3");
    github.client().create_comment(7, "text").unwrap();
    github.client().comments(7).unwrap();
    assert_eq!(
        github.calls(),
        [
            "POST /api/v3/repos/octo/bench/issues/7/comments",
            "GET /api/v3/repos/octo/bench/issues/7/comments?per_page=100&page=1",
        ]
    );
}

#[test]
fn a_request_says_what_it_accepts_and_which_version_it_means() {
    let github = GitHub::start();
    github.client().create_comment(7, "text").unwrap();
    let request = github.requests().remove(0);
    let all =
        |name: &str| request.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(all("accept"), ["application/vnd.github+json"]);
    assert_eq!(all("x-github-api-version"), ["2022-11-28"]);
    assert_eq!(all("authorization"), ["Bearer ghs_secret"]);
    assert_eq!(request.body_json::<Value>().unwrap(), json!({ "body": "text" }));
}

#[test]
fn a_comment_keeps_what_is_known_of_it() {
    let github = GitHub::start();
    let comment = github.client().create_comment(7, "text").unwrap();
    assert_eq!((comment.id, comment.body.as_str()), (1, "text"));
    assert_eq!(comment.author.as_deref(), Some("github-actions[bot]"));
    assert_eq!(comment.created_at.unwrap().to_string(), "2026-01-02T03:04:05Z");
}

#[test]
fn more_comments_than_are_read_are_an_error() {
    let github = GitHub::start();
    let endless = ok(json!([])).insert_header("link", "<https://x>; rel=\"next\"");
    github.answer("GET", "issues/7/comments", endless);
    let error = github.client().comments(7).unwrap_err();
    assert_eq!(error.to_string(), "the list of comments of #7 is larger than 5000 comments");
    assert_eq!(github.count("GET"), 50);
}

/// Answers a comparison of `total` commits as GitHub cuts it into pages.
fn compare(github: &GitHub, total: usize) {
    let respond = move |request: &Request| {
        let number = |name: &str| {
            let (_, value) = request.url.query_pairs().find(|(key, _)| key == name).unwrap();
            value.parse::<usize>().unwrap()
        };
        let (page, size) = (number("page"), number("per_page"));
        let commits: Vec<Value> = (1..=total).skip((page - 1) * size).take(size).map(commit).collect();
        ok(json!({
            "merge_base_commit": commit(0), "ahead_by": total, "behind_by": 2, "total_commits": total,
            "commits": commits, "files": [],
        }))
    };
    github.mount(Mock::given(method("GET")).and(path_regex("/compare/")).respond_with(respond));
}

#[test]
fn a_comparison_has_the_merge_base_and_the_commits_since() {
    let github = GitHub::start();
    compare(&github, 2);
    let comparison = github.client().comparison("feature/a#1", &sha('b')).unwrap();
    assert_eq!(comparison.merge_base.sha, sha('0'));
    assert_eq!(comparison.merge_base.date.unwrap().to_string(), "2026-01-02T03:04:05Z");
    assert_eq!((comparison.ahead_by, comparison.behind_by, comparison.is_complete), (2, 2, true));
    let commits: Vec<&str> = comparison.commits.iter().map(|commit| commit.sha.as_str()).collect();
    assert_eq!(commits, [format!("{:040x}", 1), format!("{:040x}", 2)]);
    let call = format!("GET /repos/octo/bench/compare/feature%2Fa%231...{}?per_page=100&page=1", sha('b'));
    assert_eq!(github.calls(), [call]);
}

#[test]
fn a_comparison_is_read_up_to_three_hundred_commits() {
    for (total, read, calls, is_complete) in [(0, 0, 1, true), (250, 250, 3, true), (301, 300, 3, false)] {
        let github = GitHub::start();
        compare(&github, total);
        let comparison = github.client().comparison("main", "topic").unwrap();
        assert_eq!((comparison.commits.len(), comparison.is_complete), (read, is_complete), "{total}");
        assert_eq!(github.count("GET"), calls, "{total}");
    }
}

#[test]
fn ancestors_are_listed_newest_first_up_to_a_limit() {
    let github = GitHub::start();
    let commits: Vec<Value> = (0..150).map(commit).collect();
    let listed = Mock::given(method("GET")).and(query_param("sha", "feature/x"));
    github.mount(listed.respond_with(move |request: &Request| page(&commits, request)));
    let ancestors = github.client().ancestors("feature/x", 120).unwrap();
    assert_eq!((ancestors.len(), ancestors[1].as_str()), (120, format!("{:040x}", 1).as_str()));
    assert_eq!(github.count("GET"), 2);
    assert!(github.calls()[0].contains("commits?sha=feature%2Fx&per_page=100&page=1"));
}

#[test]
fn a_commit_that_is_none_is_not_believed() {
    let github = GitHub::start();
    github.answer("GET", "commits", ok(json!([{ "sha": "../../x" }])));
    assert!(matches!(github.client().ancestors("main", 10), Err(GithubError::Payload { .. })));
    assert!(matches!(github.client().pull_requests_of("main/../.."), Err(GithubError::Invalid { .. })));
}

#[test]
fn a_pull_request_is_read() {
    let github = GitHub::start();
    github.answer("GET", "pulls/7", ok(pull_request(7, "open", &sha('a'), Some(1))));
    let found = github.client().pull_request(7).unwrap();
    assert_eq!((found.number, found.is_open, found.is_merged), (7, true, false));
    assert_eq!((found.head_ref.as_str(), found.base_ref.as_str()), ("topic", "main"));
    assert_eq!((found.head_repository_id, found.labels), (Some(1), vec!["fast".to_owned()]));
}

#[test]
fn the_pull_request_of_a_commit_is_the_open_one_with_this_head() {
    let github = GitHub::start();
    let list = json!([
        pull_request(5, "closed", &sha('a'), Some(1)),
        pull_request(6, "open", &sha('b'), Some(1)),
        pull_request(7, "open", &sha('a'), Some(1)),
    ]);
    github.answer("GET", &format!("commits/{}/pulls", sha('a')), ok(list));
    let found = github.client().open_pull_request_of(&sha('a'), None).unwrap().unwrap();
    assert_eq!(found.number, 7);
    assert_eq!(github.count("GET"), 1);
}

#[test]
fn the_pull_request_of_a_fork_is_found_among_the_open_ones() {
    let github = GitHub::start();
    github.answer("GET", &format!("commits/{}/pulls", sha('a')), ok(json!([])));
    let list = json!([
        pull_request(7, "open", &sha('a'), Some(2)),
        pull_request(8, "open", &sha('a'), Some(3)),
        pull_request(9, "open", &sha('a'), None),
    ]);
    github.answer("GET", "pulls", ok(list));
    let found = github.client().open_pull_request_of(&sha('a'), Some(2)).unwrap().unwrap();
    assert_eq!(found.number, 7);
    assert_eq!(github.client().open_pull_request_of(&sha('a'), Some(4)).unwrap(), None);
    let several = github.client().open_pull_request_of(&sha('a'), None).unwrap_err();
    assert!(matches!(several, GithubError::SeveralPullRequests { numbers, .. } if numbers == [7, 8, 9]));
}

#[test]
fn a_commit_that_github_does_not_know_here_may_still_be_a_forks() {
    let github = GitHub::start();
    github.answer("GET", &format!("commits/{}/pulls", sha('a')), says(422, "No commit found for SHA"));
    github.answer("GET", "pulls", ok(json!([pull_request(7, "open", &sha('a'), Some(2))])));
    assert_eq!(github.client().open_pull_request_of(&sha('a'), Some(2)).unwrap().unwrap().number, 7);
}

#[test]
fn a_label_is_by_who_put_it_on_last() {
    let event = |kind: &str, label: &str, login: &str, minute: u32| {
        json!({
            "event": kind, "label": { "name": label }, "actor": { "login": login },
            "created_at": format!("2026-01-02T03:{minute:02}:00Z"),
        })
    };
    let mut events = vec![
        event("labeled", "accept", "ann", 1),
        event("unlabeled", "accept", "bob", 2),
        event("labeled", "Accept", "cyd", 3),
        event("labeled", "other", "dan", 4),
        json!({ "event": "closed", "actor": null, "created_at": "2026-01-02T03:05:00Z" }),
        json!({ "event": "head_ref_force_pushed", "commit_id": sha('b'), "created_at": "2026-01-02T03:05:00Z" }),
    ];
    let set = LabelSet {
        by: "cyd".to_owned(),
        at: "2026-01-02T03:03:00Z".parse().unwrap(),
        force_pushes: vec![ForcePush { at: "2026-01-02T03:05:00Z".parse().unwrap(), commit: Some(sha('b')) }],
    };
    for (more, expected) in [(None, Some(set)), (Some(event("unlabeled", "accept", "eve", 6)), None)] {
        events.extend(more);
        let github = GitHub::start();
        github.answer("GET", "issues/7/events", ok(json!(events)));
        assert_eq!(github.client().label_set(7, "accept").unwrap(), expected);
        assert_eq!(github.client().label_set(7, "absent").unwrap(), None);
    }
}

#[test]
fn the_commits_of_a_branch_are_told_by_runs_of_pushes_and_pull_requests_on_it() {
    let run = |id: u64, commit: char, event: &str, branch: &str, repository: Option<u64>| {
        json!({
            "id": id, "head_sha": sha(commit), "event": event, "head_branch": branch,
            "head_repository": repository.map(|id| json!({ "id": id })),
            "created_at": format!("2026-01-02T03:{id:02}:00Z"),
        })
    };
    let github = GitHub::start();
    let runs = [
        run(1, 'a', "push", "topic", Some(2)),
        run(9, 'b', "pull_request", "topic", Some(2)),
        run(3, 'c', "push", "topics", Some(2)),
        run(4, 'd', "pull_request", "topic", None),
        run(5, 'e', "pull_request_target", "topic", Some(2)),
        run(6, 'f', "workflow_dispatch", "topic", Some(2)),
    ];
    github.answer("GET", "actions/runs", ok(json!({ "total_count": 6, "workflow_runs": runs })));
    for (repository, expected) in [(Some(2), vec![(9, 'b'), (1, 'a')]), (None, vec![(4, 'd')]), (Some(1), Vec::new())] {
        let time = |minute| format!("2026-01-02T03:{minute:02}:00Z").parse().unwrap();
        let expected: Vec<Head> =
            expected.into_iter().map(|(id, commit)| Head { sha: sha(commit), seen_at: time(id) }).collect();
        assert_eq!(github.client().heads("topic", repository).unwrap(), expected, "{repository:?}");
    }
}

fn artifact(id: u64, size: u64, is_expired: bool) -> Value {
    json!({
        "id": id, "name": "benchgate-cpu", "size_in_bytes": size, "expired": is_expired,
        "created_at": "2026-01-02T03:04:05Z",
        "workflow_run": {
            "id": 17, "head_branch": "main", "head_sha": sha('a'), "head_repository_id": 2, "repository_id": 1,
        },
    })
}

fn artifact_of(github: &GitHub, size: u64, is_expired: bool) -> Artifact {
    let list = json!({ "total_count": 1, "artifacts": [artifact(5, size, is_expired)] });
    github.answer("GET", "actions/runs/17/artifacts", ok(list));
    github.client().run_artifacts(17).unwrap().remove(0)
}

#[test]
fn an_artifact_knows_its_run() {
    let github = GitHub::start();
    let artifact = artifact_of(&github, 10, false);
    assert_eq!((artifact.id, artifact.size_in_bytes, artifact.is_expired), (5, 10, false));
    let run = artifact.run.unwrap();
    assert_eq!((run.id, run.head_branch.as_deref()), (17, Some("main")));
    assert_eq!((run.head_repository_id, run.repository_id), (Some(2), Some(1)));
}

/// A repository with more artifacts than are read; each page is a day older than the one before.
fn many_artifacts(github: &GitHub) {
    let respond = |request: &Request| {
        let (_, page) = request.url.query_pairs().find(|(name, _)| name == "page").unwrap();
        let day = 28 - page.parse::<u32>().unwrap();
        let mut one = artifact(1, 1, false);
        one["created_at"] = json!(format!("2026-01-{day:02}T00:00:00Z"));
        ok(json!({ "total_count": 100_000, "artifacts": vec![one; 100] }))
    };
    github.mount(Mock::given(method("GET")).and(path_regex("/actions/artifacts$")).respond_with(respond));
}

#[test]
fn artifacts_of_the_repository_are_read_back_to_a_time_or_for_some_pages() {
    for (since, pages, is_complete) in
        [(None, 4, false), (Some("2026-01-26T12:00:00Z"), 2, true), (Some("2026-01-02T00:00:00Z"), 4, false)]
    {
        let github = GitHub::start();
        many_artifacts(&github);
        let since = since.map(|since| since.parse().unwrap());
        let listing = github.client().repository_artifacts(since, 4).unwrap();
        assert_eq!((listing.artifacts.len(), listing.is_complete), (pages * 100, is_complete), "{since:?}");
        assert_eq!(github.count("GET"), pages, "{since:?}");
    }
}

#[test]
fn cache_entries_are_listed_newest_first_by_what_they_say_of_themselves() {
    let github = GitHub::start();
    let entry = |id: u64, key: &str, reference: &str| {
        let created_at = format!("2026-01-{id:02}T00:00:00Z");
        json!({ "id": id, "key": key, "ref": reference, "created_at": created_at, "size_in_bytes": 10 * id })
    };
    let entries = [
        entry(3, "benchgate-v1/bench/17-1", "refs/heads/a+b"),
        entry(4, "benchgate-v1/bench/18-1", "refs/heads/main"),
        entry(5, "benchgate-v1/other/19-1", "refs/heads/a+b"),
        entry(6, "benchgate-v1/bench/20-1", "refs/heads/a+b"),
        json!({ "id": 2 }),
    ];
    github.answer("GET", "actions/caches", ok(json!({ "total_count": 5, "actions_caches": entries })));
    let found = github.client().cache_entries("benchgate-v1/bench/", "a+b").unwrap();
    assert_eq!(found.iter().map(|entry| (entry.id, entry.bytes)).collect::<Vec<_>>(), [(6, 60), (3, 30)]);
    let path = "/repos/octo/bench/actions/caches";
    let query =
        "key=benchgate-v1%2Fbench%2F&ref=refs%2Fheads%2Fa%2Bb&sort=created_at&direction=desc&per_page=100&page=1";
    assert_eq!(github.calls(), [format!("GET {path}?{query}")]);
}

#[test]
fn a_cache_entry_is_deleted_once_also_where_it_is_gone() {
    let github = GitHub::start();
    github.answer("DELETE", "actions/caches/7", ResponseTemplate::new(204));
    github.answer(
        "DELETE",
        "actions/caches/8",
        ResponseTemplate::new(404).set_body_json(json!({ "message": "Not Found" })),
    );
    github.client().delete_cache_entry(7).unwrap();
    github.client().delete_cache_entry(8).unwrap();
    let refused =
        ResponseTemplate::new(403).set_body_json(json!({ "message": "Resource not accessible by integration" }));
    github.answer("DELETE", "actions/caches/9", refused);
    let error = github.client().delete_cache_entry(9).unwrap_err();
    assert!(error.to_string().contains("actions: write") || format!("{error:?}").contains("actions: write"), "{error}");
    assert_eq!(github.count("DELETE"), 3);
}

#[test]
fn a_workflow_run_is_read() {
    let github = GitHub::start();
    let run = json!({
        "id": 17, "run_attempt": 2, "event": "pull_request", "conclusion": null, "head_sha": sha('a'),
        "head_branch": "topic", "head_repository": { "id": 2 }, "repository": { "id": 1 },
        "run_started_at": "2026-01-02T03:05:00Z", "created_at": "2026-01-02T03:04:00Z",
        "path": ".github/workflows/bench.yml", "name": "Bench",
    });
    github.answer("GET", "actions/runs/17", ok(run));
    let run = github.client().workflow_run(17).unwrap();
    assert_eq!((run.id, run.attempt, run.event.as_str(), run.conclusion), (17, 2, "pull_request", None));
    assert_eq!((run.head_repository_id, run.repository_id), (Some(2), Some(1)));
    assert_eq!(run.started_at.unwrap().to_string(), "2026-01-02T03:05:00Z");
    assert_eq!(run.path.as_deref(), Some(".github/workflows/bench.yml"));
}

fn content(body: &[u8]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    answer.push_str(std::str::from_utf8(body).unwrap());
    answer.into_bytes()
}

#[test]
fn a_download_goes_to_another_host_without_the_token() {
    let store = RawServer::start(vec![content(b"PK archive")]);
    let github = GitHub::start();
    let artifact = artifact_of(&github, 10, false);
    let redirect = ResponseTemplate::new(302).insert_header("location", format!("{}/blob?sig=1", store.url));
    github.answer("GET", "actions/artifacts/5/zip", redirect);
    assert_eq!(github.client().download(&artifact, 10).unwrap(), b"PK archive");
    let heads = store.heads();
    assert_eq!(heads.len(), 1);
    assert!(heads[0].starts_with("GET /blob?sig=1 HTTP/1.1\r\n"), "{}", heads[0]);
    let head = heads[0].to_lowercase();
    assert!(!head.contains("authorization") && !head.contains("ghs_secret"), "{head}");
}

#[test]
fn a_download_that_stays_on_the_server_keeps_the_token() {
    let github = GitHub::start();
    let artifact = artifact_of(&github, 10, false);
    let redirect = ResponseTemplate::new(302).insert_header("location", "/repos/octo/bench/blob");
    github.answer("GET", "actions/artifacts/5/zip", redirect);
    github.answer("GET", "blob", ResponseTemplate::new(200).set_body_string("PK"));
    assert_eq!(github.client().download(&artifact, 10).unwrap(), b"PK");
    assert!(github.requests().iter().all(|request| request.headers.contains_key("authorization")));
}

#[test]
fn a_download_never_goes_on_unencrypted_or_for_ever() {
    for (location, calls) in [("http://blob.example/x", 1), ("file:///etc/passwd", 1), ("/repos/octo/bench/loop", 4)] {
        let github = GitHub::start();
        let artifact = artifact_of(&github, 10, false);
        let redirect = ResponseTemplate::new(302).insert_header("location", location);
        github.answer("GET", "actions/artifacts/5/zip", redirect.clone());
        github.answer("GET", "loop", redirect);
        assert!(github.client().download(&artifact, 10).is_err(), "{location}");
        assert_eq!(github.count("GET"), calls + 1, "{location}");
    }
}

#[test]
fn an_artifact_that_says_it_is_too_large_is_not_asked_for() {
    let github = GitHub::start();
    let artifact = artifact_of(&github, 11, false);
    let error = github.client().download(&artifact, 10).unwrap_err();
    assert_eq!(error.to_string(), "the artifact `benchgate-cpu` is larger than 10 bytes");
    assert_eq!(github.count("GET"), 1);
}

#[test]
fn an_artifact_that_is_larger_than_it_says_is_cut_off() {
    let announced = content(&[b'x'; 1000]);
    // Without a length, the end of the connection is the end of the content.
    let mut endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    endless.resize(40 << 20, b'x');
    for answer in [announced, endless] {
        let store = RawServer::start(vec![answer]);
        let github = GitHub::start();
        let artifact = artifact_of(&github, 10, false);
        let redirect = ResponseTemplate::new(302).insert_header("location", store.url.as_str());
        github.answer("GET", "actions/artifacts/5/zip", redirect);
        assert!(matches!(github.client().download(&artifact, 10), Err(GithubError::TooLarge { .. })));
        assert_eq!(store.heads().len(), 1);
    }
}

#[test]
fn an_expired_artifact_is_named_as_such() {
    let github = GitHub::start();
    let artifact = artifact_of(&github, 10, true);
    let error = github.client().download(&artifact, 10).unwrap_err();
    assert_eq!(error.to_string(), "the artifact `benchgate-cpu` has expired");
    let github = GitHub::start();
    let artifact = artifact_of(&github, 10, false);
    github.answer("GET", "actions/artifacts/5/zip", says(410, "Gone"));
    assert!(matches!(github.client().download(&artifact, 10), Err(GithubError::Expired { .. })));
}

#[test]
fn a_download_that_breaks_off_is_begun_again() {
    let mut broken = content(b"PK archive");
    broken.truncate(broken.len() - 3);
    let store = RawServer::start(vec![broken, content(b"PK archive")]);
    let github = GitHub::start();
    let artifact = artifact_of(&github, 10, false);
    let redirect = ResponseTemplate::new(302).insert_header("location", store.url.as_str());
    github.answer("GET", "actions/artifacts/5/zip", redirect);
    assert_eq!(github.client().download(&artifact, 10).unwrap(), b"PK archive");
    assert_eq!(store.heads().len(), 2);
}

#[test]
fn an_answer_of_the_api_is_limited_too() {
    let mut endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n[".to_vec();
    endless.resize(80 << 20, b' ');
    let server = RawServer::start(vec![endless]);
    let error = client_of(&server.url, fast()).comments(7).unwrap_err();
    assert!(matches!(error, GithubError::TooLarge { .. }), "{error}");
}

#[test]
fn files_of_a_branch_are_listed_and_read_by_their_hashes() {
    let github = GitHub::start();
    let client = github.client();
    let file = |name: &str, size: u64| json!({ "name": name, "type": "file", "sha": sha('d'), "size": size });
    let folder = json!([file("a.json", 3), { "name": "b", "type": "dir", "sha": sha('e'), "size": 0 }]);
    github.answer("GET", "contents/bench%20marks/base", ok(folder));
    github.answer("GET", "contents/absent", says(404, "Not Found"));
    let files = client.committed_files("bench marks/./base/", "release/2").unwrap();
    assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["a.json"]);
    assert!(github.calls()[0].ends_with("contents/bench%20marks/base?ref=release%2F2"), "{:?}", github.calls());
    assert_eq!(client.committed_files("absent", "main").unwrap(), []);
    let blob = |content: &str| ok(json!({ "encoding": "base64", "content": content }));
    github.answer("GET", &format!("git/blobs/{}", sha('d')), blob("e30\nK\n"));
    assert_eq!(client.committed_file(&files[0], 100).unwrap(), b"{}\n");
    assert!(matches!(client.committed_file(&files[0], 2), Err(GithubError::TooLarge { .. })));
    let hostile = benchgate::github::CommittedFile { sha: "../../user".to_owned(), ..files[0].clone() };
    assert!(matches!(client.committed_file(&hostile, 100), Err(GithubError::Invalid { .. })));
}
