//! A GitHub on loopback: comments with state, faults on demand, single answers, and a raw socket for broken ones.
//!
//! A call that nothing answers gets status 500 and a message that names it.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use benchgate::github::{Client, Desired, GithubError, Posted, Repository, Timing, Token, sticky};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub(crate) const BOT: &str = "github-actions[bot]";

/// Short pauses, so that tests of retrying are fast; timeouts that a busy machine keeps.
pub(crate) fn fast() -> Timing {
    Timing {
        connect: Duration::from_secs(5),
        read: Duration::from_secs(5),
        write: Duration::from_secs(5),
        request: Duration::from_secs(10),
        download: Duration::from_secs(10),
        pause: Duration::from_millis(1),
        longest_wait: Duration::from_secs(4),
        tries: 5,
    }
}

pub(crate) fn client_of(api_url: &str, timing: Timing) -> Client {
    let repository = Repository::parse("octo/bench").unwrap();
    Client::with_timing(api_url, &repository, Token::new("ghs_secret".to_owned()).unwrap(), timing).unwrap()
}

/// What happens to one write or read instead of, or after, doing it.
pub(crate) enum Fault {
    /// The request is refused and changes nothing.
    Refused(ResponseTemplate),
    /// The request is done, and answered like this.
    Done(ResponseTemplate),
}

/// The comments of pull request 7, the issues, and the faults to come by method.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) comments: Vec<Value>,
    pub(crate) issues: Vec<Value>,
    faults: VecDeque<(&'static str, Fault)>,
    /// Who writes with the token.
    author: String,
    next_id: u64,
}

impl State {
    fn add(&mut self, author: &str, body: &str) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        let comment = json!({
            "id": id, "body": body, "user": { "login": author }, "created_at": "2026-01-02T03:04:05Z",
            "html_url": format!("https://github.example/octo/bench/pull/7#issuecomment-{id}"),
        });
        self.comments.push(comment.clone());
        comment
    }

    fn open(&mut self, author: &str, content: &Value) -> Value {
        let number = self.issues.len() + 1;
        let mut issue = json!({
            "number": number, "user": { "login": author }, "state": "open",
            "html_url": format!("https://github.example/octo/bench/issues/{number}"),
        });
        merge(&mut issue, content);
        self.issues.push(issue.clone());
        issue
    }
}

/// A server with comments.
pub(crate) struct GitHub {
    runtime: Runtime,
    server: MockServer,
    pub(crate) state: Arc<Mutex<State>>,
    /// What stands before `/repos`, such as `/api/v3`.
    prefix: &'static str,
}

impl GitHub {
    pub(crate) fn start() -> Self {
        Self::with_prefix("")
    }

    pub(crate) fn with_prefix(prefix: &'static str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let server = runtime.block_on(MockServer::start());
        let state = Arc::new(Mutex::new(State { author: BOT.to_owned(), ..State::default() }));
        let fallback = Comments { state: Arc::clone(&state), prefix };
        // Single answers have a higher priority, whenever they are mounted.
        runtime.block_on(Mock::given(any()).respond_with(fallback).with_priority(255).mount(&server));
        Self { runtime, server, state, prefix }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}{}", self.server.uri(), self.prefix)
    }

    pub(crate) fn client(&self) -> Client {
        client_of(&self.url(), fast())
    }

    /// Posts to pull request 7 what was listed just before.
    pub(crate) fn post(&self, author: &str, desired: &Desired) -> Result<Posted, GithubError> {
        let client = self.client();
        sticky::post(&client, 7, author, desired, client.comments(7)?)
    }

    pub(crate) fn patient(&self, timing: Timing) -> Client {
        client_of(&self.url(), timing)
    }

    /// The token's account from now on.
    pub(crate) fn author(&self, author: &str) {
        author.clone_into(&mut self.state.lock().unwrap().author);
    }

    pub(crate) fn add(&self, author: &str, body: &str) -> u64 {
        self.state.lock().unwrap().add(author, body)["id"].as_u64().unwrap()
    }

    pub(crate) fn open(&self, author: &str, content: &Value) {
        self.state.lock().unwrap().open(author, content);
    }

    /// The next request of this method meets this fault.
    pub(crate) fn fault(&self, method: &'static str, fault: Fault) {
        self.state.lock().unwrap().faults.push_back((method, fault));
    }

    pub(crate) fn bodies(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        state.comments.iter().map(|comment| comment["body"].as_str().unwrap().to_owned()).collect()
    }

    /// Answers a path below the repository.
    pub(crate) fn answer(&self, verb: &str, below: &str, response: ResponseTemplate) {
        let mock = Mock::given(method(verb)).and(path(format!("{}/repos/octo/bench/{below}", self.prefix)));
        self.runtime.block_on(mock.respond_with(response).mount(&self.server));
    }

    /// Answers as a mock of its own says.
    pub(crate) fn mount(&self, mock: Mock) {
        self.runtime.block_on(mock.mount(&self.server));
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.runtime.block_on(self.server.received_requests()).unwrap()
    }

    /// `GET /path?query` for each request, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        let call = |request: &Request| {
            let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
            format!("{} {}{query}", request.method, request.url.path())
        };
        self.requests().iter().map(call).collect()
    }

    /// Requests of a method.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.requests().iter().filter(|request| request.method.as_str() == method).count()
    }
}

/// GitHub's words, with a status.
pub(crate) fn says(status: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({ "message": message, "documentation_url": "https://x" }))
}

struct Comments {
    state: Arc<Mutex<State>>,
    prefix: &'static str,
}

impl Respond for Comments {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.state.lock().unwrap();
        let verb = request.method.as_str();
        let fault = state.faults.iter().position(|(method, _)| *method == verb);
        let fault = fault.and_then(|at| state.faults.remove(at)).map(|(_, fault)| fault);
        match fault {
            Some(Fault::Refused(response)) => response,
            Some(Fault::Done(response)) => {
                self.apply(&mut state, request);
                response
            }
            None => self.apply(&mut state, request),
        }
    }
}

impl Comments {
    fn apply(&self, state: &mut State, request: &Request) -> ResponseTemplate {
        let authorization = request.headers.get("authorization").map(|value| value.to_str().unwrap());
        if authorization != Some("Bearer ghs_secret") {
            return says(401, "Bad credentials");
        }
        let path = request.url.path();
        let below = path.strip_prefix(self.prefix).and_then(|path| path.strip_prefix("/repos/octo/bench/"));
        let content = || request.body_json::<Value>().unwrap();
        let body = || content()["body"].as_str().unwrap().to_owned();
        match (request.method.as_str(), below.unwrap_or_default()) {
            ("GET", "labels") => page(&[json!({ "name": "Performance" })], request),
            ("GET", "issues") => page(&state.issues, request),
            ("POST", "issues") => {
                let author = state.author.clone();
                ResponseTemplate::new(201).set_body_json(state.open(&author, &content()))
            }
            ("GET", "issues/7/comments") => page(&state.comments, request),
            ("POST", "issues/7/comments") => {
                let author = state.author.clone();
                ResponseTemplate::new(201).set_body_json(state.add(&author, &body()))
            }
            ("PATCH", below) if below.starts_with("issues/comments/") => {
                let id = below.trim_start_matches("issues/comments/").parse::<u64>().unwrap();
                match state.comments.iter_mut().find(|comment| comment["id"] == id) {
                    Some(comment) => {
                        comment["body"] = body().into();
                        ResponseTemplate::new(200).set_body_json(&*comment)
                    }
                    None => says(404, "Not Found"),
                }
            }
            ("PATCH", below) if below.starts_with("issues/") => {
                let number = below.trim_start_matches("issues/").parse::<u64>().unwrap();
                let issue = state.issues.iter_mut().find(|issue| issue["number"] == number).unwrap();
                merge(issue, &content());
                ResponseTemplate::new(200).set_body_json(&*issue)
            }
            (method, _) => says(500, &format!("unexpected call: {method} {path}")),
        }
    }
}

fn merge(into: &mut Value, content: &Value) {
    for (key, value) in content.as_object().unwrap() {
        into[key] = value.clone();
    }
}

/// A page as GitHub cuts it, with the addresses of others in `Link`.
pub(crate) fn page(items: &[Value], request: &Request) -> ResponseTemplate {
    let number = |name: &str, absent: usize| {
        let found = request.url.query_pairs().find(|(key, _)| key == name);
        found.map_or(absent, |(_, value)| value.parse().unwrap())
    };
    let (page, size) = (number("page", 1), number("per_page", 30).min(100));
    let some: Vec<&Value> = items.iter().skip((page - 1) * size).take(size).collect();
    let response = ResponseTemplate::new(200).set_body_json(some);
    let mut links = Vec::new();
    if page > 1 {
        links.push(format!("<https://elsewhere.example/?page={}>; rel=\"prev\"", page - 1));
    }
    if items.len() > page * size {
        links.push(format!("<https://elsewhere.example/?page={}>; rel=\"next\"", page + 1));
    }
    if links.is_empty() { response } else { response.insert_header("link", links.join(", ")) }
}

/// A server that writes exactly these bytes, one answer a connection, and remembers what it was asked.
pub(crate) struct RawServer {
    pub(crate) url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl RawServer {
    /// The last answer is given again and again.
    pub(crate) fn start(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        // It ends with the test binary.
        thread::spawn(move || {
            for (index, stream) in listener.incoming().enumerate() {
                let Ok(mut stream) = stream else { continue };
                seen.lock().unwrap().push(read_head(&mut stream));
                // Clients hang up on an endless answer.
                let _ = stream.write_all(&answers[index.min(answers.len() - 1)]);
            }
        });
        Self { url, heads }
    }

    /// The requests with their headers.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}
