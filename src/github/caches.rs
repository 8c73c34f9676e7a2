//! The entries of the Actions cache.
//!
//! For: asking whether there are entries that a restore should have found. Not for: restoring or saving them, which steps
//! of the action do.
//! Invariant: an entry counts by what it says of itself, whatever the server was asked to choose.

use serde::Deserialize;

use super::client::{Client, get};
use super::error::GithubError;
use super::repository::escape;

#[derive(Deserialize)]
struct CacheEntryWire {
    #[serde(rename = "ref")]
    reference: Option<String>,
    key: Option<String>,
}

#[derive(Deserialize)]
struct CachePage {
    actions_caches: Vec<CacheEntryWire>,
}

impl Client {
    /// How many of the newest cache entries of a branch, at most 100, have a key that begins like this.
    ///
    /// # Errors
    /// [`GithubError::Forbidden`] where the token may not look.
    pub fn cache_entries(&self, prefix: &str, branch: &str) -> Result<usize, GithubError> {
        let reference = format!("refs/heads/{branch}");
        let path = format!("actions/caches?key={}&ref={}", escape(prefix), escape(&reference));
        let found = self
            .pages(get("list the cache entries", "actions: read"), &path, 1, |page: CachePage| page.actions_caches)?;
        let is_meant = |entry: &CacheEntryWire| {
            entry.reference.as_ref() == Some(&reference)
                && entry.key.as_ref().is_some_and(|key| key.starts_with(prefix))
        };
        Ok(found.items.iter().filter(|entry| is_meant(entry)).count())
    }
}
