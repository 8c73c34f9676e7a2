//! A flat badge of two words, such as `benchmarks: 2 regressions`.
//!
//! For: a README or a project's page. Not for: details; it says one thing.
//! Invariant: the words say what the colour says; white on each colour has a contrast of at least 4.5 to 1.

use super::picture::Picture;
use super::writer::Writer;

const HEIGHT: u32 = 20;

/// Longest text of one half, in characters.
const LONGEST: usize = 60;

/// A badge to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// What it is about.
    pub label: String,
    /// What is said of it.
    pub message: String,
    /// Its colour.
    pub colour: BadgeColour,
}

/// What the colour of a badge stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadgeColour {
    /// All is well.
    Green,
    /// Something wants a look.
    Amber,
    /// Something is wrong.
    Red,
    /// Nothing is known.
    Grey,
}

impl BadgeColour {
    fn fill(self) -> &'static str {
        match self {
            Self::Green => "#1a7f37",
            Self::Amber => "#8a5a00",
            Self::Red => "#b42318",
            Self::Grey => "#5b636d",
        }
    }
}

impl Badge {
    /// Draws it.
    #[must_use]
    pub fn draw(&self) -> Picture {
        let [label, message] = [&self.label, &self.message].map(|text| crate::text::escape::shorten(text, LONGEST));
        let (left, right) = (width(&label), width(&message));
        let mut writer = Writer::default();
        let half = |writer: &mut Writer, x: u32, width: u32, fill: &str, text: &str| {
            let rect = writer.element("rect").set("x", x).set("width", width).set("height", HEIGHT);
            rect.set("fill", fill).empty();
            // The width is a guess; `textLength` makes the text fit it whatever font there is.
            let text_at = writer.element("text").set("x", x + width / 2).set("y", 14).set("fill", "#ffffff");
            let text_at = text_at.set("text-anchor", "middle").set("textLength", width - 12);
            text_at.set("font-family", "Verdana, DejaVu Sans, sans-serif").set("font-size", 11).text(text);
        };
        half(&mut writer, 0, left, "#3a424c", &label);
        half(&mut writer, left, right, self.colour.fill(), &message);
        Picture {
            title: format!("{label}: {message}"),
            description: String::new(),
            class: "badge",
            width: left + right,
            height: HEIGHT,
            margin: false,
            stretches: false,
            data: Vec::new(),
            body: writer.finish(),
        }
    }
}

/// Pixels of a text in Verdana of 11 pixels, with the space around it: 6.8 a character on average.
fn width(text: &str) -> u32 {
    let characters = u32::try_from(text.chars().count().max(1)).unwrap_or(u32::MAX);
    characters * 68 / 10 + 12
}
