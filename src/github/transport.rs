//! The one place that talks HTTP: octocrab, the runtime it needs, and the token.
//!
//! For: sending one request and reading one answer, again and again as [`super::retry`] rules. Not for: which requests
//! there are.
//! Invariant: the token goes to the configured API's scheme, host and port and nowhere else; an answer is read up to its
//! limit; every error has the token taken out.

#![expect(clippy::disallowed_types, reason = "the GitHub client itself")]

use std::time::Duration;

use http_body_util::BodyExt as _;
use octocrab::{Octocrab, OctocrabBuilder};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tokio::time;
use url::{Host, Url};

use super::answer::Answer;
use super::error::GithubError;
use super::repository::one_line;
use super::retry::{self, Method, Progress, Purpose, Timing, Trouble};
use super::token::Token;

/// Answers of the API are smaller by far; the largest is a comparison with its patches.
const LARGEST_ANSWER: u64 = 64 << 20;

/// What is read of an answer that is no success.
const LONGEST_REFUSAL: u64 = 64 << 10;

/// Redirects that a download follows.
const MOST_HOPS: usize = 3;

/// One request to the API.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) purpose: Purpose,
    /// Below the API's address, from its first slash, with the query.
    pub(super) path: String,
    pub(super) content: Option<Value>,
}

/// The connection to one GitHub API.
pub(super) struct Transport {
    runtime: Runtime,
    /// Sends the token to the API's own address.
    api: Octocrab,
    /// Knows no token.
    stranger: Octocrab,
    base: Url,
    token: Token,
    timing: Timing,
}

impl Transport {
    pub(super) fn new(api_url: &str, token: Token, timing: Timing) -> Result<Self, GithubError> {
        let base = base_url(api_url)?;
        if !token.is_sendable() {
            return Err(GithubError::BadToken);
        }
        let runtime = Builder::new_current_thread().enable_all().build().map_err(setup)?;
        let accept = "accept".parse().map_err(setup)?;
        let builder = || {
            OctocrabBuilder::default()
                .add_header(Clone::clone(&accept), "application/vnd.github+json".to_owned())
                .set_connect_timeout(Some(timing.connect))
                .set_read_timeout(Some(timing.read))
                .set_write_timeout(Some(timing.write))
        };
        // The client starts its worker on the runtime that it is made in.
        let (api, stranger) = {
            let _inside = runtime.enter();
            let api = builder().base_uri(base.as_str()).map_err(setup)?.personal_token(token.expose().to_owned());
            (api.build().map_err(setup)?, builder().build().map_err(setup)?)
        };
        Ok(Self { runtime, api, stranger, base, token, timing })
    }

    /// Asks until there is a success that `read` can read, or no sense in asking again.
    pub(super) fn call<T>(&self, call: &Call, read: impl Fn(&Answer) -> Result<T, Trouble>) -> Result<T, GithubError> {
        let url = self.address(&call.path);
        self.runtime.block_on(self.persist(call.purpose, async || {
            let request = self.exchange(&url, call, LARGEST_ANSWER);
            let answer = within(self.timing.request, request).await?;
            if answer.is_success() { read(&answer) } else { Err(answer.trouble(call.purpose)) }
        }))
    }

    /// Downloads what a call redirects to, at most `limit` bytes.
    pub(super) fn download(&self, call: &Call, limit: u64) -> Result<Vec<u8>, GithubError> {
        let url = self.address(&call.path);
        self.runtime.block_on(
            self.persist(call.purpose, async || {
                within(self.timing.download, self.follow(url.clone(), call, limit)).await
            }),
        )
    }

    async fn follow(&self, mut url: Url, call: &Call, limit: u64) -> Result<Vec<u8>, Trouble> {
        for _hop in 0..=MOST_HOPS {
            let answer = self.exchange(&url, call, limit).await?;
            match (answer.status, &answer.location) {
                (200, _) => return Ok(answer.body),
                (301 | 302 | 303 | 307 | 308, Some(location)) => {
                    url = next_hop(&url, location).map_err(Trouble::Final)?;
                }
                _ => return Err(answer.trouble(call.purpose)),
            }
        }
        let (action, message) = (call.purpose.action, format!("more than {MOST_HOPS} redirects"));
        Err(Trouble::Final(GithubError::Payload { action, message }))
    }

    /// Tries, pauses and tries again, as [`retry::pause`] rules.
    async fn persist<T>(
        &self,
        purpose: Purpose,
        attempt: impl AsyncFn() -> Result<T, Trouble>,
    ) -> Result<T, GithubError> {
        let mut progress = Progress::default();
        loop {
            progress.tries += 1;
            let trouble = match attempt().await {
                Ok(value) => return Ok(value),
                Err(trouble) => trouble,
            };
            let pause = retry::pause(trouble, purpose, progress, &self.timing, retry::jitter());
            let pause = pause.map_err(|error| self.redacted(error))?;
            progress.waited += pause;
            time::sleep(pause).await;
        }
    }

    /// One request and its answer, whatever its status.
    async fn exchange(&self, url: &Url, call: &Call, limit: u64) -> Result<Answer, Trouble> {
        let client = if url.origin() == self.base.origin() { &self.api } else { &self.stranger };
        let content = call.content.as_ref();
        let response = match call.purpose.method {
            Method::Get => client._get(url.as_str()).await,
            Method::Post => client._post(url.as_str(), content).await,
            Method::Patch => client._patch(url.as_str(), content).await,
            Method::Delete => client._delete(url.as_str(), content).await,
        };
        let (head, mut stream) = response.map_err(broken)?.into_parts();
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut answer = Answer {
            status: head.status.as_u16(),
            retry_after: header("retry-after"),
            remaining: header("x-ratelimit-remaining"),
            reset: header("x-ratelimit-reset"),
            date: header("date"),
            link: header("link"),
            location: header("location"),
            body: Vec::new(),
        };
        let is_success = answer.is_success();
        let limit = if is_success { limit } else { LONGEST_REFUSAL };
        let announced = header("content-length").and_then(|length| length.parse::<u64>().ok());
        if is_success && announced.is_some_and(|length| length > limit) {
            return Err(too_large(call.purpose.action, limit));
        }
        while let Some(frame) = stream.frame().await {
            let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
            if answer.body.len() as u64 + data.len() as u64 > limit {
                // Of a refusal the beginning is enough.
                return if is_success { Err(too_large(call.purpose.action, limit)) } else { Ok(answer) };
            }
            answer.body.extend_from_slice(&data);
        }
        Ok(answer)
    }

    fn address(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }

    /// Servers may repeat what they were sent.
    fn redacted(&self, mut error: GithubError) -> GithubError {
        if let GithubError::Forbidden { message, .. }
        | GithubError::Unprocessable { message, .. }
        | GithubError::Unexpected { message, .. }
        | GithubError::Transport { message, .. }
        | GithubError::Payload { message, .. }
        | GithubError::Ambiguous { message, .. }
        | GithubError::BadUrl { url: message, .. } = &mut error
        {
            *message = self.token.redact(message);
        }
        error
    }
}

/// A try that takes too long as a whole, however steadily its bytes arrive.
async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    match time::timeout(limit, work).await {
        Ok(outcome) => outcome,
        Err(_elapsed) => {
            Err(Trouble::Transport { message: format!("no whole answer within {} s", limit.as_secs_f32()) })
        }
    }
}

/// The innermost cause says what happened: `connection refused`, `timed out`.
fn broken(error: octocrab::Error) -> Trouble {
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    Trouble::Transport { message: one_line(&cause.to_string(), 300) }
}

fn too_large(action: &str, limit: u64) -> Trouble {
    let what = format!("GitHub's answer to `{action}`");
    Trouble::Final(GithubError::TooLarge { what, limit: format!("{limit} bytes") })
}

fn setup(error: impl std::fmt::Display) -> GithubError {
    GithubError::Setup { message: one_line(&error.to_string(), 300) }
}

/// The API's address: encrypted, or on this machine.
fn base_url(text: &str) -> Result<Url, GithubError> {
    let fail = |message| GithubError::BadUrl { url: one_line(text, 200), message };
    let url = Url::parse(text).map_err(|_error| fail("is not an address"))?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(fail("is not the address of an API"));
    }
    if is_safe(&url) { Ok(url) } else { Err(fail("is not an https:// address")) }
}

/// Where a download goes on. Its query is as good as a password, so errors name the host only.
fn next_hop(from: &Url, location: &str) -> Result<Url, GithubError> {
    let fail = |url: &str, message| GithubError::BadUrl { url: one_line(url, 200), message };
    let url = from.join(location).map_err(|_error| fail("a redirect", "is not an address"))?;
    let shown = format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default());
    if is_safe(&url) { Ok(url) } else { Err(fail(&shown, "is not an https:// address")) }
}

fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => match url.host() {
            Some(Host::Domain(domain)) => domain == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transport(api_url: &str) -> Result<Transport, GithubError> {
        Transport::new(api_url, Token::new("ghs_secret".to_owned()).unwrap(), Timing::default())
    }

    #[test]
    fn the_token_is_not_sent_in_clear() {
        for url in ["http://api.example", "http://127.0.0.1.example", "ftp://api.example", "api.example", ""] {
            assert!(matches!(transport(url), Err(GithubError::BadUrl { .. })), "{url}");
        }
        for url in ["https://api.example", "http://127.0.0.1:80", "http://localhost:1/x", "http://[::1]:2"] {
            assert!(transport(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn an_address_with_a_user_or_a_query_is_none() {
        for url in ["https://api.github.com@evil.example", "https://a.example/?x", "https://a.example/#x"] {
            assert!(matches!(transport(url), Err(GithubError::BadUrl { .. })), "{url}");
        }
    }

    #[test]
    fn the_prefix_of_an_enterprise_server_is_kept() {
        for base in ["https://ghes.example/api/v3", "https://ghes.example/api/v3/"] {
            let address = transport(base).unwrap().address("/repos/a/b/compare/a%2Fb...c%23d?page=2");
            assert_eq!(address.as_str(), "https://ghes.example/api/v3/repos/a/b/compare/a%2Fb...c%23d?page=2");
        }
        let address = transport("https://api.example").unwrap().address("/repos/a/b");
        assert_eq!(address.as_str(), "https://api.example/repos/a/b");
    }

    #[test]
    fn a_download_goes_on_encrypted_or_on_this_machine() {
        let from = Url::parse("https://api.example/a").unwrap();
        assert!(next_hop(&from, "https://blob.example/x?sig=secret").is_ok());
        assert_eq!(next_hop(&from, "/b").unwrap().as_str(), "https://api.example/b");
        let error = next_hop(&from, "http://blob.example/x?sig=secret").unwrap_err();
        assert_eq!(error.to_string(), "`http://blob.example` is not an https:// address");
    }

    #[test]
    fn a_token_that_cannot_stand_in_a_header_is_refused() {
        let token = Token::new("a\nb".to_owned()).unwrap();
        let refused = Transport::new("https://api.example", token, Timing::default());
        assert!(matches!(refused, Err(GithubError::BadToken)));
    }
}
