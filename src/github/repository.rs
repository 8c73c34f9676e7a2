//! Names that go into the address of a request: repositories, commits and refs.
//!
//! For: checking them once. Not for: asking GitHub.
//! Invariant: what passes here cannot change which endpoint is called.

use std::fmt;

use super::error::GithubError;

/// A repository: owner and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    owner: String,
    name: String,
}

impl Repository {
    /// Reads `owner/name`.
    ///
    /// # Errors
    /// [`GithubError::Invalid`] for anything but two parts of letters, digits, `.`, `_` and `-`.
    pub fn parse(text: &str) -> Result<Self, GithubError> {
        match text.split_once('/') {
            Some((owner, name)) if is_part(owner) && is_part(name) => {
                Ok(Self { owner: owner.to_owned(), name: name.to_owned() })
            }
            _ => Err(GithubError::Invalid { value: one_line(text, 100), expected: "a repository like `owner/name`" }),
        }
    }

    /// Who owns it.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Its name without the owner.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.owner, self.name)
    }
}

/// A part of a path that stays this part: `.` and `..` would be resolved away.
fn is_part(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=100).contains(&text.len()) && text != "." && text != ".." && text.bytes().all(is_plain)
}

/// Whether a text is a full commit hash: 40 hexadecimal digits, or 64 in a SHA-256 repository.
#[must_use]
pub fn is_sha(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The commit hash, or an error.
pub(super) fn sha(text: &str) -> Result<&str, GithubError> {
    if is_sha(text) {
        Ok(text)
    } else {
        Err(GithubError::Invalid { value: one_line(text, 100), expected: "a commit hash" })
    }
}

/// A ref as one part of a path or query: everything but unreserved characters is escaped.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            for digit in [byte >> 4, byte & 15] {
                let digit = char::from_digit(digit.into(), 16).expect("internal error: four bits are a digit");
                escaped.push(digit.to_ascii_uppercase());
            }
            let at = escaped.len() - 2;
            escaped.insert(at, '%');
        }
    }
    escaped
}

/// Foreign words as one line of at most `limit` characters.
pub(super) fn one_line(text: &str, limit: usize) -> String {
    let is_space = |character: char| character.is_whitespace() || character.is_control();
    let words = text.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_owner_and_name() {
        let repository = Repository::parse("octo-org/bench.gate_2").unwrap();
        assert_eq!((repository.owner(), repository.name()), ("octo-org", "bench.gate_2"));
        assert_eq!(repository.to_string(), "octo-org/bench.gate_2");
    }

    #[test]
    fn a_name_that_would_change_the_address_is_refused() {
        let long = format!("a/{}", "b".repeat(101));
        for text in ["", "a", "a/", "/b", "a/b/c", "a/..", "./b", "a b/c", "a/b\n", "a/b?x", "a/%2e", "ä/b", &long] {
            assert!(Repository::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_commit_hash_is_forty_or_sixty_four_hexadecimal_digits() {
        assert!(is_sha(&"0aF".repeat(14)[..40]));
        assert!(is_sha(&"b".repeat(64)));
        for text in [String::new(), "b".repeat(41), "g".repeat(40), format!("{}\n", "b".repeat(39))] {
            assert!(!is_sha(&text), "{text:?}");
        }
    }

    #[test]
    fn a_ref_is_one_part_of_a_path() {
        assert_eq!(escape("feature/a#1 ü?"), "feature%2Fa%231%20%C3%BC%3F");
        assert_eq!(escape("v1.2_x-y~z"), "v1.2_x-y~z");
    }

    #[test]
    fn foreign_words_are_one_short_line() {
        assert_eq!(one_line(" a\n::error::b\u{7}\tc ", 100), "a ::error::b c");
        assert_eq!(one_line("ääääää", 3), "äää…");
    }
}
