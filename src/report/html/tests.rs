//! Pages with hostile content, and what a browser needs to trust one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::super::fixtures::HOSTILE;
use super::super::svg::{Sign, Sparkline};
use super::*;

fn page(name: &str) -> String {
    let text = || name.to_owned();
    let sparkline = || Sparkline { title: text(), unit: text(), values: vec![Some(1.0), Some(2.0)] }.draw();
    let columns = vec![Column::text(name), Column::number(name), Column::unsorted(name)];
    let mut table = Table::new("ranked", name, columns);
    table.filter_as("series");
    table.push(vec![Cell::text(name).note(name).link(name), Cell::number(name, 2.0).sign(Sign::Worse), Cell::text("")]);
    table.push(vec![Cell::text("b").link("#b"), Cell::missing(name), Cell::picture(sparkline())]);
    let figure = Figure { picture: sparkline(), caption: text(), values: Some(Table::new("values", name, Vec::new())) };
    let fold = Fold {
        id: "b".to_owned(),
        heading: text(),
        note: text(),
        filter: Some("folds"),
        is_open: true,
        blocks: vec![Block::Figure(figure), Block::Lines(format!("{name}\nline"))],
    };
    let section = Section::new("all", name).lead(name).with(Block::Text(text())).with(Block::List(vec![text()]));
    Page::new(name, name).with(section.with(Block::Table(table)).with(Block::Fold(fold))).html()
}

/// What is between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).unwrap_or_else(|| panic!("no {start}")).0
}

#[test]
fn hostile_names_stay_text_everywhere() {
    let name =
        format!("{HOSTILE} \"'> onload=x </title></style></script><script>alert(1)</script> javascript:alert(1)");
    let page = page(&name);
    assert_eq!(page.matches("<script").count(), 1, "only the page's own");
    assert!(!page.contains("<img") && !page.contains("href=\"javascript") && !page.contains(" style="));
    assert!(page.chars().all(|one| one == '\n' || !crate::text::escape::is_unsafe(one)));
    let plain = self::page("a");
    let elements = |text: &str| {
        text.split('<').skip(1).map(|tag| tag.split([' ', '>']).next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(elements(between(&page, "<body>", "<script>")), elements(between(&plain, "<body>", "<script>")));
}

#[test]
fn many_sections_are_listed_in_a_fold() {
    let listed = |count: usize| {
        let numbered = |page: Page, number| page.with(Section::new(format!("s{number}"), format!("section {number}")));
        let page = (0..count).fold(Page::new("a", "b"), numbered).html();
        between(&page, "<nav", "</nav>").to_owned()
    };
    assert!(!listed(18).contains("<details"));
    let folded = listed(19);
    assert!(folded.contains("<details><summary>19 sections</summary><ul><li>") && folded.contains("href=\"#s18\""));
}

#[test]
fn the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() {
    let page = page("a");
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
    let style = hash(between(&page, "<style>", "</style>"));
    let script = hash(between(&page, "<script>", "</script>"));
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; style-src {style}; script-src {script}; img-src data:; base-uri 'none'; form-action 'none'"
        )
    );
    assert!(!page.contains("http://") && !page.contains("https://") || page.matches("http").count() == 2, "no network");
}

#[test]
fn tables_and_pictures_can_be_read_aloud() {
    let page = page("a");
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
    for part in [
        "<main id=\"main\"",
        "class=\"skip\" href=\"#main\"",
        "<caption>a</caption>",
        "<th scope=\"row\">",
        "<th scope=\"col\" data-sort=\"text\">",
        "role=\"img\"",
        "<title>a</title>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(
        page.contains("<td class=\"number worse\" data-key=\"2\">a</td>")
            && page.contains("<td class=\"number missing\">a</td>")
    );
}
