//! What people and programs get to read.
//!
//! One [`View`] is built once from a judgement and its provenance; the renderers only lay it out, so that the terminal,
//! the pull request and the JSON cannot disagree. For: wording and layout. Not for: deciding, nor for writing anywhere;
//! every renderer returns a string.
//! Invariant: every series of the judgement appears in every rendering, in full, folded into a count, or counted as
//! left out; foreign names are escaped by the renderer that knows the medium.
//!
//! - [`View`]: the view model
//! - `words`: the sentences: headline, visibility, baseline, next step
//! - [`terminal()`]: for a terminal or a log
//! - [`markdown()`]: for a pull-request comment or a job summary
//! - [`annotations()`]: findings as annotations of GitHub Actions
//! - [`json()`]: the frozen schema `benchgate/report/v1`
//! - [`calibration()`], [`selftest()`]: what those commands found; `calibration_json`: the same for programs
//! - [`explanation()`]: why one verdict, with its arithmetic; [`explanation_json()`]: the same for programs
//! - [`suspects()`]: what is worth a re-run, schema `benchgate/suspects/v1`, with filters for common runners
//! - [`trend_markdown()`] and its siblings: every series over time
//! - [`baselines()`]: what the baseline of each series is
//! - [`decisions()`]: what somebody decided about baselines
//! - [`dashboard`](mod@dashboard): the pages of a server
//! - [`document`](mod@document): reports made of tables, for people and for programs
//! - [`overview`](mod@overview): what a history holds, as such reports
//! - [`validation()`]: what is wrong with a history, as such a report
//! - [`table`]: rows of a query; [`workbook()`]: the same for spreadsheets
//! - [`svg`]: plots, sparklines and badges; [`html`]: pages of their own

mod annotations;
mod badges;
mod baselines;
mod calibration;
mod calibration_json;
mod columns;
pub mod dashboard;
mod decisions;
pub mod document;
mod explain;
mod explain_html;
mod explain_json;
mod explain_lines;
mod filters;
pub mod html;
mod json;
mod json_schema;
mod maintenance;
mod markdown;
pub mod overview;
mod policy_words;
mod selftest;
mod suspects;
pub mod svg;
pub mod table;
mod terminal;
mod trend;
mod trend_html;
mod trend_issue;
mod trend_json;
mod trend_plot;
mod trend_rows;
mod verbose;
mod view;
mod words;
mod workbook;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

pub use annotations::{Annotation, AnnotationLevel, annotations};
pub use badges::{judgement_badge, trend_badge};
pub use baselines::{Acceptance, baselines};
pub use calibration::calibration;
pub use calibration_json::{
    CalibrationV1, SelfTestV1, calibration_json, calibration_schema, selftest_json, selftest_schema,
};
pub use decisions::{ListedDecision, decisions};
pub use explain::explanation;
pub use explain_html::{explanation_html, explanation_svg};
pub use explain_json::{EXPLAIN_SCHEMA, ExplainV1, explain_json_schema, explanation_json};
pub use json::json;
pub use json_schema::{ReportV1, SCHEMA, json_schema};
pub use maintenance::{validation, validation_headline};
pub use markdown::{DEFAULT_BUDGET, markdown, markdown_error, markdown_warning};
pub use selftest::selftest;
pub use suspects::{SUSPECTS_SCHEMA, SuspectsV1, suspects, suspects_json_schema, suspects_line};
pub use table::{TableFormat, render};
pub use terminal::{TerminalOptions, terminal};
pub use trend::{TrendFinding, TrendView, trend_markdown, trend_text};
pub use trend_html::trend_html;
pub use trend_issue::{trend_issue_text, trend_issue_title};
pub use trend_json::{trend_json, trend_schema};
pub use trend_plot::trend_sparkline;
pub use view::{Group, Provenance, Row, View};
pub use workbook::workbook;
