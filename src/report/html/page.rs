//! The frame of a page: head, heading, sections.
//!
//! For: everything that all pages share. Not for: what stands in a section (see `block`).
//! Invariant: style and script are in the page once, and the policy in its head names their hashes.

use std::sync::LazyLock;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::block::{Block, Blocks};
use super::site::{Field, Site};
use crate::report::svg::PLOT_STYLE;

static STYLE: LazyLock<String> = LazyLock::new(|| format!("{PLOT_STYLE}{}", include_str!("page.css")));
const SCRIPT: &str = concat!(include_str!("page.js"), include_str!("plot.js"), include_str!("address.js"));

/// With what a page of a server can do more.
const LIVE_SCRIPT: &str =
    concat!(include_str!("page.js"), include_str!("plot.js"), include_str!("live.js"), include_str!("address.js"));

static POLICY: LazyLock<String> = LazyLock::new(|| policy(SCRIPT, "form-action 'none'"));

/// The content-security-policy of a page with a [`Site`], for the head of the answer too: frames are told of there only.
pub static LIVE_POLICY: LazyLock<String> =
    LazyLock::new(|| policy(LIVE_SCRIPT, "connect-src 'self'; form-action 'self'"));

fn policy(script: &str, further: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let (style, script) = (hash(&STYLE), hash(script));
    format!("default-src 'none'; style-src {style}; script-src {script}; img-src data:; base-uri 'none'; {further}")
}

/// Sections that a page lists openly at its head; more of them would fill a screen.
const MOST_LISTED: usize = 18;

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    title: String,
    subtitle: String,
    sections: Vec<Section>,
    site: Option<Site>,
}

/// A part of a page with a heading.
#[derive(Clone, Debug)]
pub struct Section {
    id: String,
    heading: String,
    lead: Vec<String>,
    blocks: Vec<Block>,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Shell<'a> {
    title: &'a str,
    subtitle: &'a str,
    sections: &'a [Section],
    is_folded: bool,
    site: Option<&'a Site>,
    policy: &'a str,
    style: &'a str,
    script: &'a str,
    version: &'a str,
}

impl Page {
    /// An empty page: its headline, and where its numbers come from in a sentence or two.
    #[must_use]
    pub fn new(title: impl Into<String>, subtitle: impl Into<String>) -> Self {
        Self { title: title.into(), subtitle: subtitle.into(), sections: Vec::new(), site: None }
    }

    /// As a page of a server.
    #[must_use]
    pub fn on(mut self, site: Site) -> Self {
        self.site = Some(site);
        self
    }

    /// With a further section.
    #[must_use]
    pub fn with(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// The page as one HTML file.
    #[must_use]
    pub fn html(&self) -> String {
        let Self { title, subtitle, sections, site } = self;
        let site = site.as_ref();
        let version = env!("CARGO_PKG_VERSION");
        let is_folded = sections.len() > MOST_LISTED;
        let (policy, script): (&str, _) = if site.is_some() { (&LIVE_POLICY, LIVE_SCRIPT) } else { (&POLICY, SCRIPT) };
        let shell = Shell { title, subtitle, sections, is_folded, site, policy, style: &STYLE, script, version };
        rendered(&shell)
    }
}

impl Section {
    /// An empty section; `id` is a word of the program's own, `runs` for example.
    #[must_use]
    pub fn new(id: impl Into<String>, heading: impl Into<String>) -> Self {
        Self { id: id.into(), heading: heading.into(), lead: Vec::new(), blocks: Vec::new() }
    }

    /// With a further paragraph below the heading.
    #[must_use]
    pub fn lead(mut self, text: impl Into<String>) -> Self {
        self.lead.push(text.into());
        self
    }

    /// With further content.
    #[must_use]
    pub fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    fn body(&self) -> String {
        rendered(&Blocks { blocks: &self.blocks })
    }
}

/// The text of a template.
pub(super) fn rendered(template: &impl Template) -> String {
    template.render().expect("internal error: templates format strings and numbers only")
}
