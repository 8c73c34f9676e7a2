//! Commits as people name them.
//!
//! For: short names in sentences. Not for: identity; programs get whole hashes.
//! Invariant: what is not a hash is shown as it is.

/// Twelve digits of a commit hash name it in any repository.
#[must_use]
pub fn short_commit(commit: &str) -> String {
    if commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        commit[..12].to_owned()
    } else {
        commit.to_owned()
    }
}
