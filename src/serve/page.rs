//! Which part of a list a request asks for.
//!
//! For: `limit` and `offset`, and the link to the next page. Not for: reading it.
//! Invariant: a page is bounded; the link keeps every other parameter as it was sent.

use std::ops::RangeInclusive;

use super::limits::{MOST_OFFSET, MOST_PAGE_ROWS, PAGE_ROWS};
use super::problem::Problem;
use crate::store::listing::Page;

/// The page that was asked for.
pub(super) fn page(limit: Option<u64>, offset: Option<u64>) -> Result<Page, Problem> {
    let limit = within("limit", limit.unwrap_or(PAGE_ROWS), 1..=MOST_PAGE_ROWS)?;
    let offset = within("offset", offset.unwrap_or(0), 0..=MOST_OFFSET)?;
    Ok(Page { limit, offset })
}

fn within(name: &str, value: u64, range: RangeInclusive<u64>) -> Result<u64, Problem> {
    if range.contains(&value) {
        return Ok(value);
    }
    Err(Problem::invalid(format!("`{name}` is {value}, and must be {} to {}", range.start(), range.end())))
}

/// The target of the page after this one.
pub(super) fn next(target: &str, page: Page) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let others = query.split('&').filter(|one| !one.is_empty() && !one.starts_with("offset="));
    let offset = format!("offset={}", page.offset.saturating_add(page.limit));
    let query = others.chain([offset.as_str()]).collect::<Vec<_>>().join("&");
    format!("{path}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_keeps_every_other_parameter() {
        let page = Page { limit: 10, offset: 20 };
        assert_eq!(next("/series?model=a%20b&offset=20&limit=10", page), "/series?model=a%20b&limit=10&offset=30");
        assert_eq!(next("/series", page), "/series?offset=30");
    }

    #[test]
    fn a_page_is_bounded() {
        assert_eq!(page(None, None), Ok(Page { limit: PAGE_ROWS, offset: 0 }));
        assert!(page(Some(0), None).is_err());
        assert!(page(Some(MOST_PAGE_ROWS + 1), None).is_err());
        assert!(page(None, Some(MOST_OFFSET + 1)).is_err());
    }
}
