//! A plain table of values: what a query returns and a renderer shows.
//!
//! For: carrying rows from the store to the renderers. Not for: results and measurements, which have types of their own.
//! Invariant: every row has one cell a column.

/// One value of a query's answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// SQL NULL: missing, never zero.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer of any width.
    Integer(i128),
    /// A floating-point number.
    Float(f64),
    /// Anything else, as DuckDB writes it.
    Text(String),
}

/// The answer to a query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
    /// Whether rows were left out because of a limit.
    pub is_truncated: bool,
}
