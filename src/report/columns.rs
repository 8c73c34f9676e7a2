//! The table of the terminal report.
//!
//! For: one line a series where the terminal is wide, and the name above the numbers where it is not. Not for: what is
//! shown or folded.
//! Invariant: the columns of all groups have the same widths, so that one header serves them all.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table, Width};

use super::terminal::{TerminalOptions, name};
use super::view::Row;
use crate::gate::Verdict;
use crate::text::{sparkline, wrap};

/// Width from which name and numbers share a line, the baseline has a column, and the history its full length.
const WIDE: u16 = 120;

/// Width from which words that support a verdict stay on one line.
const ROOMY: u16 = 140;

/// History points shown on a narrow terminal.
const NARROW_TREND: usize = 8;

/// A name narrower than this is unreadable: rather let the terminal break the line.
const LEAST_NAME: u16 = 20;

/// The columns that fit a terminal.
pub(super) struct Columns {
    width: Option<u16>,
    is_wide: bool,
    is_coloured: bool,
}

impl Columns {
    /// Chooses the columns.
    pub(super) fn new(options: &TerminalOptions) -> Self {
        let TerminalOptions { width, is_coloured, is_verbose: _ } = *options;
        Self { width, is_wide: width.is_none_or(|width| width >= WIDE), is_coloured }
    }

    fn titles(&self) -> Vec<&'static str> {
        if self.is_wide {
            vec!["benchmark", "value", "baseline", "change", "interval", "noise", "verdict", "history"]
        } else {
            vec!["value", "change", "noise", "verdict", "history"]
        }
    }

    fn cells(&self, row: &Row) -> Vec<String> {
        let text = |value: &Option<String>| value.as_deref().map_or("-".to_owned(), name);
        let points = if self.is_wide { row.trend.len() } else { NARROW_TREND.min(row.trend.len()) };
        let trend = sparkline(&row.trend[row.trend.len() - points..]);
        // What limits or supports a verdict goes below it.
        let mut verdict = row.words.replace(" (", "\n(");
        if self.width.is_some_and(|width| width < ROOMY) {
            verdict = verdict.replace(" by ", " by\n");
        }
        if self.is_wide {
            let interval = text(&row.interval);
            let change = text(&row.change);
            vec![row_name(row), text(&row.value), text(&row.centre), change, interval, text(&row.noise), verdict, trend]
        } else {
            let change = match (&row.change, &row.interval) {
                (Some(change), Some(interval)) => format!("{change} ({interval})"),
                _ => "-".to_owned(),
            };
            vec![text(&row.value), change, text(&row.noise), verdict, trend]
        }
    }

    /// The widths of all columns over all groups, padding included; a name takes what the numbers leave.
    pub(super) fn widths(&self, rows: &[&Row]) -> Vec<u16> {
        let mut table = Table::new();
        table.load_style(NOTHING).force_no_tty().set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(self.titles());
        for row in rows {
            table.add_row(self.cells(row));
        }
        let mut widths: Vec<u16> =
            table.column_max_content_widths().iter().map(|width| width.saturating_add(2)).collect();
        if let (true, Some(total), Some((first, others))) = (self.is_wide, self.width, widths.split_first_mut()) {
            let rest: u16 = others.iter().sum();
            *first = (*first).min(total.saturating_sub(rest + 1).max(LEAST_NAME));
        }
        widths
    }

    /// Lays out the rows of a group, under the header if it is wanted.
    pub(super) fn block(&self, rows: &[&Row], widths: &[u16], has_header: bool) -> String {
        if self.is_wide {
            return self.layout(rows, widths, has_header);
        }
        let mut lines = Vec::new();
        if has_header {
            lines.push(self.layout(&[], widths, true));
        }
        for row in rows {
            lines.push(wrap(&format!("  {}", row_name(row)), self.width, 4));
            lines.push(self.layout(&[row], widths, false));
        }
        lines.join("\n")
    }

    fn layout(&self, rows: &[&Row], widths: &[u16], has_header: bool) -> String {
        let mut table = Table::new();
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        // Wide enough that only the constraints below decide.
        table.set_width(u16::MAX);
        if self.is_coloured {
            table.enforce_styling()
        } else {
            table.force_no_tty()
        };
        if has_header {
            table.set_header(self.titles().into_iter().enumerate().map(|(column, title)| self.cell(column, title)));
        }
        for row in rows {
            table.add_row(self.cells(row).into_iter().enumerate().map(|(column, text)| {
                let is_verdict = column + 2 == widths.len();
                match colour(row).filter(|_| is_verdict) {
                    Some(colour) => self.cell(column, &text).fg(colour),
                    None => self.cell(column, &text),
                }
            }));
        }
        table.set_constraints(widths.iter().map(|width| ColumnConstraint::Absolute(Width::Fixed(*width))));
        let indent = if self.is_wide { " " } else { "   " };
        table.lines().map(|line| format!("{indent}{}", line.trim_end())).collect::<Vec<_>>().join("\n")
    }

    /// Numbers are aligned to the right; name, verdict and history to the left.
    fn cell(&self, column: usize, text: &str) -> Cell {
        let first_number = usize::from(self.is_wide);
        let is_number = (first_number..self.titles().len() - 2).contains(&column);
        Cell::new(text).set_alignment(if is_number { CellAlignment::Right } else { CellAlignment::Left })
    }
}

/// Test case, parameters and metric in one.
fn row_name(row: &Row) -> String {
    let label = if row.benchmark.is_empty() { row.metric.clone() } else { format!("{} {}", row.benchmark, row.metric) };
    name(&label)
}

fn colour(row: &Row) -> Option<Color> {
    match row.verdict {
        _ if !row.needs_attention => None,
        Verdict::Regressed => Some(Color::Red),
        Verdict::Missing | Verdict::Incomparable | Verdict::Inconclusive => Some(Color::Yellow),
        Verdict::Improved => Some(Color::Green),
        Verdict::New => Some(Color::Cyan),
        Verdict::Unchanged => None,
    }
}
