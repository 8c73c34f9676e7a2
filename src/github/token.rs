//! The token that GitHub is asked with.
//!
//! For: carrying it from the environment to the client. Not for: reading the environment.
//! Invariant: it is shown to no one: `Debug` and `Display` write `[token]`, nothing serialises it, and [`Token::redact`]
//! takes it out of foreign words.

use std::fmt;

/// A GitHub token.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Takes a token, without the blanks around it; an empty one is none.
    #[must_use]
    pub fn new(token: String) -> Option<Self> {
        let trimmed = token.trim();
        if trimmed.is_empty() {
            None
        } else if trimmed.len() == token.len() {
            Some(Self(token))
        } else {
            Some(Self(trimmed.to_owned()))
        }
    }

    /// Whether it can stand in a header.
    pub(super) fn is_sendable(&self) -> bool {
        self.0.bytes().all(|byte| byte.is_ascii_graphic())
    }

    /// The token itself, for the one header that carries it.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// The text with every occurrence of the token replaced.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        text.replace(&self.0, "[token]")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[token]")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[token]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_shown() {
        let token = Token::new("ghs_secret\n".to_owned()).unwrap();
        assert_eq!(format!("{token} {token:?} {:?}", Some(&token)), "[token] [token] Some([token])");
        assert_eq!(token.expose(), "ghs_secret");
        assert_eq!(token.redact("bad ghs_secret, ghs_secret"), "bad [token], [token]");
    }

    #[test]
    fn an_empty_token_is_none() {
        assert!(Token::new(String::new()).is_none());
        assert!(Token::new(" \n".to_owned()).is_none());
    }

    #[test]
    fn a_token_with_a_line_break_inside_is_not_sent() {
        assert!(!Token::new("ghs_a\r\nX-Evil: 1".to_owned()).unwrap().is_sendable());
        assert!(Token::new("ghs_a".to_owned()).unwrap().is_sendable());
    }
}
