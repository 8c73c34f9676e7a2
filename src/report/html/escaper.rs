//! How templates escape.
//!
//! For: askama, which calls this for every text in a template. Not for: calling by hand.
//! Invariant: the rules are those of [`escape::markup`], so that a name looks the same in a page and in a picture.

use std::fmt;

use crate::text::escape;

/// Escapes texts for HTML; named in `askama.toml`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Markup;

impl askama::filters::Escaper for Markup {
    fn write_escaped_str<W: fmt::Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        dest.write_str(&escape::markup(string))
    }
}
