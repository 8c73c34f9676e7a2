//! A finished drawing, inside a page or as a file of its own.
//!
//! For: the element around every plot, with its accessible name. Not for: what is drawn in it.
//! Invariant: both forms hold the same drawing; a file brings its colours for light and dark along, a page has them.

use super::writer::Writer;

/// Colours and strokes of plots: part of a page's style sheet, and of every file.
pub const PLOT_STYLE: &str = include_str!("plot.css");

/// Pixels of the margin for an axis, and of the space to the right; the style sheet of pages has the same.
const MARGIN: (u32, u32) = (66, 10);

/// A drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What it shows, in a few words.
    pub(super) title: String,
    /// What is to be seen, for those who cannot.
    pub(super) description: String,
    /// Class of its element.
    pub(super) class: &'static str,
    /// Width as a file, and inside a page where it does not stretch.
    pub(super) width: u32,
    /// Height.
    pub(super) height: u32,
    /// Whether an axis stands in the margin to its left.
    pub(super) margin: bool,
    /// Whether it takes the width that a page has: its horizontal places are percentages.
    pub(super) stretches: bool,
    /// Further attributes for the page's script: ranges of its axes.
    pub(super) data: Vec<(&'static str, String)>,
    /// Its elements.
    pub(super) body: String,
}

impl Picture {
    /// The drawing as a part of an HTML page.
    #[must_use]
    pub fn inline(&self) -> String {
        let mut writer = Writer::default();
        let width = if self.stretches { "100%".to_owned() } else { self.width.to_string() };
        let class = if self.margin { format!("{} margin", self.class) } else { self.class.to_owned() };
        let mut element = writer.element("svg").set("class", class).set("role", "img");
        element = element.set("width", width).set("height", self.height);
        if !self.stretches {
            element = element.set("viewBox", format!("0 0 {} {}", self.width, self.height));
        }
        for (name, value) in &self.data {
            element = element.set(name, value);
        }
        element.with(|writer| self.content(writer, None));
        writer.finish()
    }

    /// The drawing as a file, which looks right in light and dark surroundings.
    #[must_use]
    pub fn file(&self) -> String {
        let mut writer = Writer::default();
        let size = format!("0 0 {} {}", self.width, self.height);
        let element = writer.element("svg").set("xmlns", "http://www.w3.org/2000/svg").set("role", "img");
        let element = element.set("class", format!("file {}", self.class)).set("viewBox", size);
        let element = element.set("width", self.width).set("height", self.height);
        element.with(|writer| self.content(writer, Some(PLOT_STYLE)));
        format!("{}\n", writer.finish())
    }

    fn content(&self, writer: &mut Writer, style: Option<&str>) {
        writer.element("title").text(&self.title);
        writer.element("desc").text(&self.description);
        if let Some(style) = style {
            writer.element("style").around(style);
            writer.element("rect").set("class", "paper").set("width", "100%").set("height", "100%").empty();
        }
        if style.is_some() && self.margin {
            let inner = writer.element("svg").set("x", MARGIN.0).set("overflow", "visible").set("height", self.height);
            inner.set("width", self.width - MARGIN.0 - MARGIN.1).around(&self.body);
        } else {
            writer.markup(&self.body);
        }
    }
}
