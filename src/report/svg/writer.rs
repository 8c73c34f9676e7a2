//! Elements and attributes, escaped.
//!
//! For: everything that a picture writes. Not for: knowing what SVG means.
//! Invariant: text and attribute values go through [`escape::markup`], and an element that was begun is ended.

use std::fmt::{self, Display, Write as _};

use crate::text::escape;

/// The text of a drawing, growing.
#[derive(Clone, Debug, Default)]
pub(super) struct Writer(String);

impl Writer {
    /// Begins an element, to be ended by one of [`Element`]'s methods.
    pub(super) fn element(&mut self, name: &'static str) -> Element<'_> {
        self.0.push('<');
        self.0.push_str(name);
        Element { writer: self, name }
    }

    /// Adds markup of this module's own making.
    pub(super) fn markup(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// An element whose attributes are being written.
#[must_use = "an element is ended by `empty`, `text` or `with`"]
pub(super) struct Element<'a> {
    writer: &'a mut Writer,
    name: &'static str,
}

impl Element<'_> {
    /// Adds an attribute.
    pub(super) fn set(self, name: &'static str, value: impl Display) -> Self {
        let text = &mut self.writer.0;
        text.extend([" ", name, "=\""]);
        // Numbers and names of classes pass the escaper unchanged; one rule for all is easier to trust.
        write!(Escaped(text), "{value}").expect("internal error: a string accepts every text");
        text.push('"');
        self
    }

    /// Ends it without content.
    pub(super) fn empty(self) {
        self.writer.0.push_str("/>");
    }

    /// Ends it around a text.
    pub(super) fn text(self, content: &str) {
        self.with(|writer| writer.0.push_str(&escape::markup(content)));
    }

    /// Ends it around what `content` writes.
    pub(super) fn with(self, content: impl FnOnce(&mut Writer)) {
        let Self { writer, name } = self;
        writer.0.push('>');
        content(writer);
        writer.0.extend(["</", name, ">"]);
    }

    /// Ends it around markup of this module's own making.
    pub(super) fn around(self, markup: &str) {
        self.with(|writer| writer.markup(markup));
    }
}

struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(&escape::markup(text));
        Ok(())
    }
}
