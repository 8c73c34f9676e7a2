//! Long lists in parts.
//!
//! For: choosing what of a list a page shows, and the way to the rest. Not for: what is in it.
//! Invariant: a page says how many there are and how many of them fit what was asked; no part is out of reach.

use super::super::html::{Block, Link, address};
use super::asked::Asked;
use crate::text::{grouped, plural};

/// Rows that a page shows.
const ROWS: usize = 100;

/// Parts that are linked beside the present one, on either side.
const NEAR: usize = 3;

/// A part of a list.
pub(super) struct Listing<T> {
    /// What the page shows.
    pub(super) shown: Vec<T>,
    /// `101 to 200 of 2,000 series`.
    pub(super) sentence: String,
    /// The way to the other parts; `None` where there are none.
    pub(super) parts: Option<Block>,
}

impl<T> Listing<T> {
    /// The part that is asked for, of what fits; `all` is how many there are without asking.
    pub(super) fn of(fitting: Vec<T>, all: usize, asked: &Asked, path: &str, noun: (&str, &str)) -> Self {
        let (count, parts) = (fitting.len(), fitting.len().div_ceil(ROWS).max(1));
        let part = asked.part().min(parts - 1);
        let shown: Vec<T> = fitting.into_iter().skip(part * ROWS).take(ROWS).collect();
        let of = if count == all {
            plural(all, noun.0, noun.1)
        } else {
            format!("{} that fit, of {}", number(count), plural(all, noun.0, noun.1))
        };
        let sentence = match shown.len() {
            0 if all > 0 => format!("None of {} fits.", plural(all, noun.0, noun.1)),
            0 => format!("There are no {}.", noun.1),
            shown if shown == count => format!("{of}."),
            shown => format!("{} to {} of {of}.", number(part * ROWS + 1), number(part * ROWS + shown)),
        };
        let links = (parts > 1).then(|| Block::Links(links(part, parts, asked, path)));
        Self { shown, sentence, parts: links }
    }
}

fn number(count: usize) -> String {
    grouped(i128::try_from(count).unwrap_or(i128::MAX))
}

fn links(part: usize, parts: usize, asked: &Asked, path: &str) -> Vec<Link> {
    let target = |part: usize| {
        let page = if part == 0 { String::new() } else { (part + 1).to_string() };
        let mut parameters = asked.parameters().to_vec();
        parameters.push(("page", &page));
        address(path, &parameters)
    };
    let is_linked = |one: &usize| *one == 0 || *one == parts - 1 || one.abs_diff(part) <= NEAR;
    let mut links: Vec<Link> = Vec::new();
    if part > 0 {
        links.push(Link::new("Previous", target(part - 1)));
    }
    links.extend(
        (0..parts).filter(is_linked).map(|one| Link::new((one + 1).to_string(), target(one)).here(one == part)),
    );
    if part + 1 < parts {
        links.push(Link::new("Next", target(part + 1)));
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(count: usize, all: usize, page: &str) -> (usize, String, bool) {
        let asked = Asked { page: page.to_owned(), ..Asked::default() };
        let listing = Listing::of((0..count).collect(), all, &asked, "/dashboard/series", ("series", "series"));
        (listing.shown.len(), listing.sentence, listing.parts.is_some())
    }

    #[test]
    fn a_part_says_what_it_is_of_and_a_part_that_is_not_there_is_the_last() {
        for (count, all, page, shown, words, is_parted) in [
            (0, 0, "", 0, "There are no series.", false),
            (0, 7, "", 0, "None of 7 series fits.", false),
            (7, 7, "", 7, "7 series.", false),
            (7, 9, "", 7, "7 that fit, of 9 series.", false),
            (2000, 2000, "2", 100, "101 to 200 of 2,000 series.", true),
            (250, 2000, "99", 50, "201 to 250 of 250 that fit, of 2,000 series.", true),
        ] {
            assert_eq!(sentence(count, all, page), (shown, words.to_owned(), is_parted), "{count} of {all}");
        }
    }
}
