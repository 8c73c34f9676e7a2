//! The entries of the Actions cache.
//!
//! For: asking which entries there are, and deleting those that newer ones have replaced. Not for: restoring or saving
//! them, which steps of the action do.
//! Invariant: an entry counts by what it says of itself, whatever the server was asked to choose.

use jiff::Timestamp;
use serde::Deserialize;

use super::client::{Client, get};
use super::error::GithubError;
use super::repository::escape;
use super::retry::{Method, Purpose};

/// Pages of entries that are read, of 100 each.
const MOST_PAGES: usize = 10;

/// An entry of the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheEntry {
    /// Its number.
    pub id: u64,
    /// Its whole key.
    pub key: String,
    /// When it was saved.
    pub created_at: Timestamp,
    /// Its size.
    pub bytes: u64,
}

#[derive(Deserialize)]
struct CacheEntryWire {
    id: Option<u64>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    key: Option<String>,
    created_at: Option<Timestamp>,
    size_in_bytes: Option<u64>,
}

#[derive(Deserialize)]
struct CachePage {
    actions_caches: Vec<CacheEntryWire>,
}

impl Client {
    /// The cache entries of a branch whose key begins like this, the newest first; of more than 1,000 the newest.
    ///
    /// # Errors
    /// [`GithubError::Forbidden`] where the token may not look.
    pub fn cache_entries(&self, prefix: &str, branch: &str) -> Result<Vec<CacheEntry>, GithubError> {
        let reference = format!("refs/heads/{branch}");
        let path =
            format!("actions/caches?key={}&ref={}&sort=created_at&direction=desc", escape(prefix), escape(&reference));
        let purpose = get("list the cache entries", "actions: read");
        let found = self.pages(purpose, &path, MOST_PAGES, |page: CachePage| page.actions_caches)?;
        let entry = |wire: CacheEntryWire| {
            let is_meant = wire.reference.as_ref() == Some(&reference);
            let key = wire.key.filter(|key| is_meant && key.starts_with(prefix))?;
            Some(CacheEntry { id: wire.id?, key, created_at: wire.created_at?, bytes: wire.size_in_bytes.unwrap_or(0) })
        };
        let mut entries: Vec<CacheEntry> = found.items.into_iter().filter_map(entry).collect();
        entries.sort_by_key(|entry| std::cmp::Reverse((entry.created_at, entry.id)));
        Ok(entries)
    }

    /// Deletes an entry; one that is gone already was deleted.
    ///
    /// # Errors
    /// [`GithubError::Forbidden`] where the token may not.
    pub fn delete_cache_entry(&self, id: u64) -> Result<(), GithubError> {
        let purpose = Purpose { method: Method::Delete, action: "delete a cache entry", permission: "actions: write" };
        self.remove(purpose, &format!("actions/caches/{id}"))
    }
}

/// The entries that newer ones have replaced, where as many of the newest are kept. `entries` are the newest first.
#[must_use]
pub fn plan_superseded(mut entries: Vec<CacheEntry>, keep: u16) -> Vec<CacheEntry> {
    entries.split_off(usize::from(keep).min(entries.len()))
}
