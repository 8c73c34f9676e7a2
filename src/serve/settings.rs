//! What a server is told when it starts.
//!
//! For: plain values. Not for: flags and environment, which `cli` reads.
//! Invariant: a token is never shown, and its length tells nothing.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use crate::config::Config;

/// What a server is told when it starts.
#[derive(Debug)]
pub struct Settings {
    /// The history.
    pub db: PathBuf,
    /// Where to listen; port 0 takes any that is free.
    pub address: SocketAddr,
    /// What a client that writes must know; without one nothing is written.
    pub token: Option<Token>,
    /// Origins whose pages may ask; none by default.
    pub origins: Vec<String>,
    /// The policy, and other names of models and hardware.
    pub config: Config,
    /// Time that a query of a client takes at most.
    pub query_time: Duration,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// What a client that writes must know.
#[derive(Clone, Copy)]
pub struct Token(blake3::Hash);

impl Token {
    /// Makes a token of its text; an empty one is none.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(blake3::hash(text.as_bytes())))
    }

    /// Whether a text is the token. Hashes are compared in constant time.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.0 == blake3::hash(text.as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(...)")
    }
}
