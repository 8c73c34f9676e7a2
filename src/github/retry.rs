//! When to ask GitHub again, and after how long.
//!
//! For: the rule, as pure functions of what went wrong. Not for: waiting or asking.
//! Invariant: a request ends after [`Timing::tries`] tries and [`Timing::longest_wait`] of waiting in all; a `POST` is
//! repeated only where GitHub says that it did nothing.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use super::error::GithubError;

/// How long the client waits for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// For a connection.
    pub connect: Duration,
    /// For the next bytes of an answer.
    pub read: Duration,
    /// For the next bytes of a request to leave.
    pub write: Duration,
    /// For one request and its answer.
    pub request: Duration,
    /// For one download.
    pub download: Duration,
    /// Before the second try; each further pause is twice as long.
    pub pause: Duration,
    /// In all pauses of one request.
    pub longest_wait: Duration,
    /// Tries of one request.
    pub tries: u32,
}

impl Default for Timing {
    /// Seconds that suit a CI job: a request that needs longer is better reported than waited for.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            write: Duration::from_secs(30),
            request: Duration::from_secs(120),
            download: Duration::from_secs(300),
            pause: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            tries: 5,
        }
    }
}

/// What the methods mean for repeating them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// Reads.
    Get,
    /// Creates: repeated, it creates once more.
    Post,
    /// Sets: repeated, it sets the same.
    Patch,
    /// Removes: repeated, it finds nothing.
    Delete,
}

/// A request as errors name it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purpose {
    pub(super) method: Method,
    /// Completes "cannot ...".
    pub(super) action: &'static str,
    /// The permission it takes, as a workflow writes it.
    pub(super) permission: &'static str,
}

/// Why a try failed.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Asked too often; GitHub did nothing.
    Limited {
        /// How long GitHub asks to wait, where it says so.
        wait: Option<Duration>,
    },
    /// 5xx.
    Server {
        status: u16,
        /// How long the server asks to wait, where it says so.
        wait: Option<Duration>,
    },
    /// No answer.
    Transport { message: String },
    /// Half an answer.
    Truncated,
    /// A success whose content is none.
    Payload { message: String },
    /// Nothing that asking again would change.
    Final(GithubError),
}

/// How many tries were made, and how long was waited between them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    pub(super) tries: u32,
    pub(super) waited: Duration,
}

/// The pause before the next try, or the error to end with. `jitter` is between 0 and 1.
pub(super) fn pause(
    trouble: Trouble,
    purpose: Purpose,
    progress: Progress,
    timing: &Timing,
    jitter: f64,
) -> Result<Duration, GithubError> {
    let is_limit = matches!(trouble, Trouble::Limited { .. });
    if purpose.method == Method::Post && !is_limit {
        return Err(ambiguous(trouble, purpose.action));
    }
    let doublings = 2_u32.saturating_pow(progress.tries.saturating_sub(1));
    // Between half of it and all of it, so that the jobs of a matrix do not come back together.
    let back_off = timing.pause.saturating_mul(doublings).mul_f64(0.5 + jitter / 2.0);
    let wait = match &trouble {
        Trouble::Final(_) | Trouble::Payload { .. } => return Err(last(trouble, purpose.action, back_off)),
        Trouble::Limited { wait: Some(wait) } | Trouble::Server { wait: Some(wait), .. } => {
            wait.saturating_add(timing.pause.mul_f64(jitter / 10.0))
        }
        // GitHub asks for a minute where it names no time, which is all there is.
        Trouble::Limited { wait: None } => timing.longest_wait.saturating_sub(progress.waited).max(back_off),
        Trouble::Server { wait: None, .. } | Trouble::Transport { .. } | Trouble::Truncated => back_off,
    };
    let is_over = progress.tries >= timing.tries || progress.waited.saturating_add(wait) > timing.longest_wait;
    if is_over { Err(last(trouble, purpose.action, wait)) } else { Ok(wait) }
}

fn last(trouble: Trouble, action: &'static str, wait: Duration) -> GithubError {
    match trouble {
        Trouble::Limited { wait: asked } => GithubError::RateLimited { action, wait: asked.unwrap_or(wait) },
        Trouble::Server { status, wait: _ } => GithubError::Server { action, status },
        Trouble::Transport { message } => GithubError::Transport { action, message },
        Trouble::Truncated => GithubError::Truncated { action },
        Trouble::Payload { message } => GithubError::Payload { action, message },
        Trouble::Final(error) => error,
    }
}

/// What a `POST` that failed leaves open.
fn ambiguous(trouble: Trouble, action: &'static str) -> GithubError {
    let message = match trouble {
        Trouble::Final(error) => return error,
        Trouble::Limited { .. } => "it was asked too often".to_owned(),
        Trouble::Server { status, wait: _ } => format!("it answered with status {status}"),
        Trouble::Transport { message } => message,
        Trouble::Truncated => "its answer ended too early".to_owned(),
        Trouble::Payload { message } => format!("its answer is not what the API describes: {message}"),
    };
    GithubError::Ambiguous { action, message }
}

/// A number between 0 and 1 that differs between processes. It need not be good: it only spreads retries.
pub(super) fn jitter() -> f64 {
    let random = RandomState::new().hash_one(0_u8);
    // 32 bits are exact in a float.
    f64::from(u32::try_from(random >> 32).expect("internal error: half of 64 bits")) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: Purpose = Purpose { method: Method::Get, action: "look", permission: "contents: read" };
    const POST: Purpose = Purpose { method: Method::Post, action: "write", permission: "contents: write" };

    fn after(trouble: Trouble, purpose: Purpose, tries: u32, waited: u64) -> Result<Duration, GithubError> {
        let progress = Progress { tries, waited: Duration::from_secs(waited) };
        pause(trouble, purpose, progress, &Timing::default(), 1.0)
    }

    #[test]
    fn pauses_double() {
        let pauses: Vec<u64> =
            (1..5).map(|tries| after(Trouble::Truncated, GET, tries, 0).unwrap().as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8]);
    }

    #[test]
    fn a_pause_is_at_least_half_of_itself() {
        let progress = Progress { tries: 3, waited: Duration::ZERO };
        let wait = pause(Trouble::Truncated, GET, progress, &Timing::default(), 0.0);
        assert_eq!(wait.unwrap(), Duration::from_secs(2));
    }

    #[test]
    fn tries_end() {
        let end = after(Trouble::Server { status: 502, wait: None }, GET, 5, 0);
        assert!(matches!(end, Err(GithubError::Server { status: 502, .. })), "{end:?}");
    }

    #[test]
    fn waiting_ends_with_an_error_that_names_the_time() {
        let limited = |seconds| Trouble::Limited { wait: Some(Duration::from_secs(seconds)) };
        assert!(after(limited(50), POST, 1, 0).is_ok());
        let end = after(limited(50), POST, 2, 20).unwrap_err();
        assert_eq!(end.to_string(), "cannot write: GitHub's rate limit asks to wait 50 s");
        assert!(after(limited(u64::MAX), GET, 1, 0).is_err());
    }

    #[test]
    fn a_limit_without_a_time_is_waited_out_once() {
        let limited = || Trouble::Limited { wait: None };
        assert_eq!(after(limited(), GET, 1, 0).unwrap().as_secs(), 60);
        assert!(matches!(after(limited(), GET, 2, 60), Err(GithubError::RateLimited { .. })));
    }

    #[test]
    fn a_post_is_repeated_only_after_a_limit() {
        for trouble in [
            Trouble::Server { status: 502, wait: Some(Duration::ZERO) },
            Trouble::Transport { message: "gone".to_owned() },
            Trouble::Truncated,
            Trouble::Payload { message: "no id".to_owned() },
        ] {
            assert!(matches!(after(trouble, POST, 1, 0), Err(GithubError::Ambiguous { .. })));
        }
        assert!(after(Trouble::Limited { wait: None }, POST, 1, 0).is_ok());
    }

    #[test]
    fn what_asking_again_would_not_change_is_not_asked_again() {
        let refused = || Trouble::Final(GithubError::Unauthorized { action: "look" });
        for purpose in [GET, POST] {
            assert!(matches!(after(refused(), purpose, 1, 0), Err(GithubError::Unauthorized { .. })));
        }
        let odd = Trouble::Payload { message: "no id".to_owned() };
        assert!(matches!(after(odd, GET, 1, 0), Err(GithubError::Payload { .. })));
    }

    #[test]
    fn jitter_is_a_share() {
        assert!((0..100).all(|_| (0.0..=1.0).contains(&jitter())));
    }
}
