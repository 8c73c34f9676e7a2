//! What can go wrong between benchgate and GitHub.
//!
//! For: one kind for each cause that a user can act on, with the next step in [`GithubError::hint`]. Not for: printing,
//! and not for deciding: a failure to post never changes a verdict.
//! Invariant: no message contains the token, and words of a server are one line of limited length.

use std::time::Duration;

use thiserror::Error;

/// An error of the GitHub layer.
#[derive(Debug, Error)]
pub enum GithubError {
    /// A variable of the workflow's environment is missing or not what GitHub writes.
    #[error("the environment variable `{variable}` {message}")]
    Environment {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// The event payload is not what GitHub writes.
    #[error("the payload of the `{event}` event cannot be read: {message}")]
    Event {
        /// The event's name.
        event: String,
        /// What is wrong, with the path of the field.
        message: String,
    },
    /// An address that the token must not be sent to, or that is none.
    #[error("`{url}` {message}")]
    BadUrl {
        /// The address.
        url: String,
        /// What is wrong with it.
        message: &'static str,
    },
    /// The token holds characters that no token has.
    #[error("the GitHub token holds characters that no token has")]
    BadToken,
    /// A value that must not go into a request.
    #[error("`{value}` is not {expected}")]
    Invalid {
        /// The value.
        value: String,
        /// What it should have been.
        expected: &'static str,
    },
    /// The client could not be set up.
    #[error("the GitHub client cannot be set up: {message}")]
    Setup {
        /// The cause.
        message: String,
    },
    /// 401: the token is not valid.
    #[error("cannot {action}: GitHub does not accept the token")]
    Unauthorized {
        /// What was attempted.
        action: &'static str,
    },
    /// 403: the token may not do this.
    #[error("cannot {action}: GitHub says `{message}` (needs {permission})")]
    Forbidden {
        /// What was attempted.
        action: &'static str,
        /// The permission that it takes, as a workflow writes it.
        permission: &'static str,
        /// GitHub's words.
        message: String,
    },
    /// 404: it does not exist, or the token may not see it.
    #[error("cannot {action}: GitHub answers that it does not exist")]
    NotFound {
        /// What was attempted.
        action: &'static str,
        /// The permission that it takes, as a workflow writes it.
        permission: &'static str,
    },
    /// 422: GitHub understood the request and refused its content.
    #[error("cannot {action}: GitHub refuses the content: `{message}`")]
    Unprocessable {
        /// What was attempted.
        action: &'static str,
        /// GitHub's words.
        message: String,
    },
    /// The rate limit is used up for longer than benchgate waits.
    #[error("cannot {action}: GitHub's rate limit asks to wait {} s", wait.as_secs())]
    RateLimited {
        /// What was attempted.
        action: &'static str,
        /// How long GitHub asks to wait.
        wait: Duration,
    },
    /// 5xx, also after trying again.
    #[error("cannot {action}: GitHub answered with status {status}, also when asked again")]
    Server {
        /// What was attempted.
        action: &'static str,
        /// The last status.
        status: u16,
    },
    /// An answer that the API does not describe, such as a redirect of a renamed repository.
    #[error("cannot {action}: GitHub answered with status {status}: `{message}`")]
    Unexpected {
        /// What was attempted.
        action: &'static str,
        /// The status.
        status: u16,
        /// The server's words.
        message: String,
    },
    /// No connection, a timeout, or a connection that broke, also after trying again.
    #[error("cannot {action}: {message}")]
    Transport {
        /// What was attempted.
        action: &'static str,
        /// The cause.
        message: String,
    },
    /// The answer ended too early, also after trying again.
    #[error("cannot {action}: GitHub's answer ended too early")]
    Truncated {
        /// What was attempted.
        action: &'static str,
    },
    /// The answer is complete, and not what the API describes.
    #[error("cannot {action}: GitHub's answer is not what its API describes: {message}")]
    Payload {
        /// What was attempted.
        action: &'static str,
        /// What is wrong, with the path of the field.
        message: String,
    },
    /// A write that may have been applied: ask what is there before writing again.
    #[error("cannot tell whether GitHub did {action}: {message}")]
    Ambiguous {
        /// What was attempted.
        action: &'static str,
        /// The cause.
        message: String,
    },
    /// More than benchgate takes.
    #[error("{what} is larger than {limit}")]
    TooLarge {
        /// What is too large.
        what: String,
        /// The limit with its unit.
        limit: String,
    },
    /// GitHub has deleted the artifact.
    #[error("the artifact `{name}` has expired")]
    Expired {
        /// The artifact.
        name: String,
    },
    /// Several open pull requests have the same head, so none of them is the one.
    #[error("the commit {head_sha} is the head of several open pull requests: {}", list(numbers))]
    SeveralPullRequests {
        /// The head commit.
        head_sha: String,
        /// Their numbers.
        numbers: Vec<u64>,
    },
}

impl GithubError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Environment { .. } | Self::Event { .. } => {
                "run this inside GitHub Actions, without setting GITHUB_* by hand".to_owned()
            }
            Self::BadUrl { .. } => {
                "use the GITHUB_API_URL that GitHub Actions sets; it begins with https://".to_owned()
            }
            Self::BadToken => {
                "pass the token as it is, such as ${{ github.token }}, without quotes or spaces".to_owned()
            }
            Self::Invalid { .. } | Self::Payload { .. } | Self::Unexpected { .. } => {
                "check which server GITHUB_API_URL names; if it is GitHub, please report this".to_owned()
            }
            Self::Setup { .. } => "check the certificates of this system (package ca-certificates)".to_owned(),
            Self::Unauthorized { .. } => "pass a token that is valid, such as ${{ github.token }}".to_owned(),
            Self::Forbidden { permission, .. } => format!(
                "give the job `permissions: {{ {permission} }}`; the token of a pull request from a fork or from \
                 Dependabot is read-only whatever the workflow says"
            ),
            Self::NotFound { permission, .. } => {
                format!("GitHub also says so where the token may not look: this needs `{permission}`")
            }
            Self::Unprocessable { .. } => "please report this with GitHub's words".to_owned(),
            Self::RateLimited { .. } => "run the job again later; limits are per repository and hour".to_owned(),
            Self::Server { .. } | Self::Transport { .. } | Self::Truncated { .. } | Self::Ambiguous { .. } => {
                "run the job again; https://www.githubstatus.com tells whether GitHub has trouble".to_owned()
            }
            Self::TooLarge { .. } => "it was left alone; check what wrote it".to_owned(),
            Self::Expired { .. } => "a newer run uploads it again; retention-days keeps artifacts longer".to_owned(),
            Self::SeveralPullRequests { .. } => {
                "close all but one of them, or push another commit to one of them".to_owned()
            }
        }
    }
}

fn list(numbers: &[u64]) -> String {
    numbers.iter().map(|number| format!("#{number}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_permission_in_message_and_hint() {
        let error = GithubError::Forbidden {
            action: "write the comment",
            permission: "pull-requests: write",
            message: "Resource not accessible by integration".to_owned(),
        };
        assert_eq!(
            error.to_string(),
            "cannot write the comment: GitHub says `Resource not accessible by integration` (needs pull-requests: write)"
        );
        assert!(error.hint().starts_with("give the job `permissions: { pull-requests: write }`"));
    }

    #[test]
    fn several_pull_requests_are_listed() {
        let error = GithubError::SeveralPullRequests { head_sha: "abc".to_owned(), numbers: vec![3, 14] };
        assert_eq!(error.to_string(), "the commit abc is the head of several open pull requests: #3, #14");
    }
}
