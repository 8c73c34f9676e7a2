//! Files of a branch.
//!
//! For: reading what is committed without a checkout of it, such as the base's baselines in a pull request. Not for: what
//! the files hold.
//! Invariant: names that GitHub answers with are never used as paths; a file is read by its hash, up to a limit.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::client::{Client, get};
use super::error::GithubError;
use super::repository::{escape, sha};

/// A file of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedFile {
    /// Its name, which is foreign text.
    pub name: String,
    /// The hash of its content.
    pub sha: String,
    /// Its size in bytes.
    pub size: u64,
}

#[derive(Deserialize)]
struct EntryWire {
    name: String,
    sha: String,
    #[serde(rename = "type")]
    kind: String,
    size: u64,
}

#[derive(Deserialize)]
struct BlobWire {
    content: String,
    encoding: String,
}

/// What GitHub answers for a path: a folder is a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum ContentsWire {
    Folder(Vec<EntryWire>),
    File(EntryWire),
}

impl Client {
    /// The files of a folder as they are committed on a branch, at most 1000; none where there is no such folder. `folder` is
    /// a path below the repository's root.
    ///
    /// # Errors
    /// What GitHub refuses.
    pub fn committed_files(&self, folder: &str, branch: &str) -> Result<Vec<CommittedFile>, GithubError> {
        let purpose = get("list committed files", "contents: read");
        let parts: Vec<String> =
            folder.split('/').filter(|part| !part.is_empty() && *part != ".").map(escape).collect();
        let path = format!("contents/{}?ref={}", parts.join("/"), escape(branch));
        let entries = match self.one(purpose, &path) {
            Ok(ContentsWire::Folder(entries)) => entries,
            Ok(ContentsWire::File(entry)) => vec![entry],
            Err(GithubError::NotFound { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let files = entries.into_iter().filter(|entry| entry.kind == "file");
        Ok(files.map(|EntryWire { name, sha, size, .. }| CommittedFile { name, sha, size }).collect())
    }

    /// The content of a file.
    ///
    /// # Errors
    /// [`GithubError::TooLarge`] for more than `limit` bytes, and what GitHub refuses.
    pub fn committed_file(&self, file: &CommittedFile, limit: u64) -> Result<Vec<u8>, GithubError> {
        let too_large =
            || GithubError::TooLarge { what: "a committed file".to_owned(), limit: format!("{limit} bytes") };
        if file.size > limit {
            return Err(too_large());
        }
        let action = "read a committed file";
        let wire: BlobWire = self.one(get(action, "contents: read"), &format!("git/blobs/{}", sha(&file.sha)?))?;
        let text: Vec<u8> = wire.content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let content = if wire.encoding == "base64" { STANDARD.decode(text).ok() } else { None };
        let content = content.ok_or_else(|| GithubError::Payload { action, message: "it is no base64".to_owned() })?;
        if content.len() as u64 > limit { Err(too_large()) } else { Ok(content) }
    }
}
