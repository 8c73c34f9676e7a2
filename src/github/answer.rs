//! What an HTTP answer of GitHub means.
//!
//! For: telling a limit from a refusal, a refusal from a fault, and a whole answer from half of one. Not for: asking.
//! Invariant: pure; the server's clock (its `Date` header) is the only clock, so a runner's wrong one does no harm.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::GithubError;
use super::repository::one_line;
use super::retry::{Purpose, Trouble};

/// Foreign words in an error are at most this long.
const LONGEST_WORDS: usize = 300;

/// An answer: status, the headers that matter, and what was read of its content.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    pub(super) remaining: Option<String>,
    pub(super) reset: Option<String>,
    pub(super) date: Option<String>,
    pub(super) link: Option<String>,
    pub(super) location: Option<String>,
    pub(super) body: Vec<u8>,
}

#[derive(Deserialize)]
struct Refusal {
    message: Option<String>,
    #[serde(default)]
    errors: Value,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether GitHub says that there is another page; `None` where it does not speak of pages.
    pub(super) fn has_next(&self) -> Option<bool> {
        self.link.as_ref().map(|link| link.contains("rel=\"next\""))
    }

    /// The content of a success.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Trouble> {
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            if error.inner().is_eof() {
                Trouble::Truncated
            } else {
                Trouble::Payload { message: one_line(&error.to_string(), LONGEST_WORDS) }
            }
        })
    }

    /// Why an answer is no success.
    pub(super) fn trouble(&self, purpose: Purpose) -> Trouble {
        let Purpose { action, permission, method: _ } = purpose;
        let message = self.message();
        match self.status {
            401 => Trouble::Final(GithubError::Unauthorized { action }),
            429 => Trouble::Limited { wait: self.wait() },
            403 if self.is_limit(&message) => Trouble::Limited { wait: self.wait() },
            403 => Trouble::Final(GithubError::Forbidden { action, permission, message }),
            404 => Trouble::Final(GithubError::NotFound { action, permission }),
            422 => Trouble::Final(GithubError::Unprocessable { action, message }),
            500.. => Trouble::Server { status: self.status, wait: self.retry_after() },
            status => Trouble::Final(GithubError::Unexpected { action, status, message }),
        }
    }

    fn is_limit(&self, message: &str) -> bool {
        let message = message.to_ascii_lowercase();
        self.retry_after.is_some()
            || self.remaining.as_deref() == Some("0")
            || message.contains("secondary rate limit")
            || message.contains("rate limit exceeded")
    }

    /// How long GitHub asks to wait: as long as it says, else until the limit is reset.
    fn wait(&self) -> Option<Duration> {
        self.retry_after().or_else(|| {
            let is_used_up = self.remaining.as_deref() == Some("0");
            let reset = self.reset.as_deref().filter(|_| is_used_up)?;
            let reset = Timestamp::from_second(reset.parse().ok()?).ok()?;
            Some(until(self.now()?, reset))
        })
    }

    /// Seconds, or a date.
    fn retry_after(&self) -> Option<Duration> {
        let text = self.retry_after.as_deref()?.trim();
        match text.parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_not_a_number) => Some(until(self.now()?, http_date(text)?)),
        }
    }

    fn now(&self) -> Option<Timestamp> {
        http_date(self.date.as_deref()?)
    }

    /// GitHub's words: its message and what it says of single fields, or the text of another server.
    fn message(&self) -> String {
        let refusal = serde_json::from_slice::<Refusal>(&self.body).ok();
        let words = match refusal {
            Some(Refusal { message: Some(message), errors }) => match errors {
                Value::Array(errors) if !errors.is_empty() => {
                    let errors: Vec<String> = errors.iter().map(field_error).collect();
                    format!("{message}: {}", errors.join("; "))
                }
                _ => message,
            },
            _ => String::from_utf8_lossy(&self.body).into_owned(),
        };
        one_line(&words, LONGEST_WORDS)
    }
}

fn field_error(error: &Value) -> String {
    match error {
        Value::String(text) => text.clone(),
        other => match other.get("message").and_then(Value::as_str) {
            Some(message) => message.to_owned(),
            None => other.to_string(),
        },
    }
}

fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp())
}

/// Never negative: a limit that is reset already is waited for a second, since dates are whole seconds.
fn until(now: Timestamp, then: Timestamp) -> Duration {
    let wait = then.duration_since(now).max(SignedDuration::ZERO) + SignedDuration::from_secs(1);
    wait.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::github::retry::Method;

    const PURPOSE: Purpose =
        Purpose { method: Method::Get, action: "list the comments", permission: "pull-requests: read" };

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() }
    }

    fn limit(answer: &Answer) -> Option<Option<u64>> {
        match answer.trouble(PURPOSE) {
            Trouble::Limited { wait } => Some(wait.map(|wait| wait.as_secs())),
            _ => None,
        }
    }

    #[test]
    fn a_limit_is_told_from_a_refusal() {
        let refused = answer(403, r#"{"message":"Resource not accessible by integration"}"#);
        assert_eq!(limit(&refused), None);
        assert_eq!(limit(&answer(403, r#"{"message":"You have exceeded a secondary rate limit."}"#)), Some(None));
        assert_eq!(limit(&Answer { retry_after: Some("7".to_owned()), ..answer(403, "") }), Some(Some(7)));
        assert_eq!(limit(&answer(429, "")), Some(None));
    }

    #[test]
    fn the_reset_is_measured_on_the_servers_clock() {
        let used_up = Answer {
            remaining: Some("0".to_owned()),
            reset: Some("1700000060".to_owned()),
            date: Some("Tue, 14 Nov 2023 22:13:20 GMT".to_owned()),
            ..answer(403, "")
        };
        assert_eq!(limit(&used_up), Some(Some(61)));
        assert_eq!(limit(&Answer { reset: Some("1".to_owned()), ..used_up }), Some(Some(1)));
    }

    #[test]
    fn retry_after_may_be_a_date() {
        let dated = Answer {
            retry_after: Some("Tue, 14 Nov 2023 22:13:25 GMT".to_owned()),
            date: Some("Tue, 14 Nov 2023 22:13:20 GMT".to_owned()),
            ..answer(429, "")
        };
        assert_eq!(limit(&dated), Some(Some(6)));
        assert_eq!(limit(&Answer { retry_after: Some("soon".to_owned()), ..dated }), Some(None));
    }

    #[test]
    fn a_limit_that_is_not_used_up_names_no_reset() {
        let other = Answer {
            remaining: Some("12".to_owned()),
            reset: Some("1700000060".to_owned()),
            date: Some("Tue, 14 Nov 2023 22:13:20 GMT".to_owned()),
            ..answer(429, "")
        };
        assert_eq!(limit(&other), Some(None));
    }

    #[test]
    fn what_github_says_of_fields_is_part_of_the_message() {
        let body = r#"{"message":"Validation Failed","errors":[{"resource":"IssueComment","message":"body is too long"},"b"]}"#;
        let Trouble::Final(error) = answer(422, body).trouble(PURPOSE) else { panic!("final") };
        assert!(error.to_string().ends_with("`Validation Failed: body is too long; b`"), "{error}");
    }

    #[test]
    fn words_of_another_server_are_one_short_line() {
        let page = format!("<html>\n::error::{}", "x".repeat(1000));
        let Trouble::Final(error) = answer(418, &page).trouble(PURPOSE) else { panic!("final") };
        let words = error.to_string();
        assert!(words.len() < 400 && !words.contains('\n'), "{words}");
    }

    #[test]
    fn half_an_answer_is_told_from_a_strange_one() {
        assert!(matches!(answer(200, r#"{"id":1"#).read::<Value>(), Err(Trouble::Truncated)));
        assert!(matches!(answer(200, "").read::<Value>(), Err(Trouble::Truncated)));
        assert!(matches!(answer(200, "<html>").read::<Value>(), Err(Trouble::Payload { .. })));
        let Err(Trouble::Payload { message }) = answer(200, r#"[1,"a"]"#).read::<Vec<u64>>() else { panic!("payload") };
        assert!(message.starts_with("[1]: invalid type"), "{message}");
    }

    #[test]
    fn a_next_page_is_what_the_link_header_says() {
        let link = |link: &str| Answer { link: Some(link.to_owned()), ..answer(200, "") }.has_next();
        assert_eq!(link(r#"<https://x/?page=2>; rel="next", <https://x/?page=3>; rel="last""#), Some(true));
        assert_eq!(link(r#"<https://x/?page=1>; rel="prev""#), Some(false));
        assert_eq!(answer(200, "").has_next(), None);
    }
}
