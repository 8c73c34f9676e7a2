//! Pages that have nothing to show.
//!
//! For: a history without results, an address without a page, a page that failed. Not for: tables without rows, which say so
//! themselves.
//! Invariant: a page says what is the matter and what to do; it tells no path and no inner workings.

use super::super::html::{Block, Link, Page, Section};
use super::frame::{Frame, HOME};

/// The page of a history that holds no results.
#[must_use]
pub fn empty(frame: &Frame) -> Page {
    let commands = "benchgate ingest results/ --commit \"$(git rev-parse HEAD)\" --branch main --time now\n\
        benchgate serve\n\n\
        benchgate init --sample-data --db sample.duckdb\n\
        benchgate serve --db sample.duckdb\n";
    let section = Section::new("start", "How to load some")
        .lead("Stop the server, import results of any format that benchgate reads or make a sample history, and start it again.")
        .with(Block::Lines(commands.to_owned()))
        .with(Block::Text(
            "A server that was started with a token takes runs at POST /runs, and shows them here as they arrive."
                .to_owned(),
        ));
    let page = Page::new("No results yet", format!("The history {} holds no run with results.", frame.database));
    frame.place(page.with(section), HOME, None)
}

/// The page of something that went wrong: what, and what to do about it.
#[must_use]
pub fn problem(frame: &Frame, what: &str, hint: &str) -> Page {
    let way = Block::Links(vec![Link::new("Back to the overview", HOME)]);
    let section = Section::new("hint", "What now").lead(hint).with(way);
    frame.place(Page::new(what, "").with(section), "", None)
}
