//! The user's SQL, read-only and limited.
//!
//! For: questions that no command answers. Not for: changing anything; the store is open for reading, cannot reach
//! other files, and its settings are locked.
//! Invariant: a query ends, by its answer, its row limit or its time limit.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::collections::BTreeMap;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use duckdb::types::{TimeUnit, Value, ValueRef};
use duckdb::{Connection, Rows, Statement, params_from_iter};
use jiff::Timestamp;

use super::connection::Store;
use super::error::{StoreError, is_damage};
use crate::model::{Cell, Table};

/// How much a query may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryLimits {
    /// Rows at most; the answer says when there were more.
    pub rows: usize,
    /// Time at most.
    pub time: Duration,
}

impl Store {
    /// Runs one statement and returns its rows. Each `$name` in it takes the parameter of that name, as a text.
    ///
    /// # Errors
    /// [`StoreError::Query`] with DuckDB's words or where names and parameters differ, or [`StoreError::QueryTimeout`].
    pub fn query(
        &self,
        sql: &str,
        parameters: &BTreeMap<String, String>,
        limits: QueryLimits,
    ) -> Result<Table, StoreError> {
        within(&self.connection, limits.time, || self.read_rows(sql, parameters, limits.rows))
    }

    /// The rows, or what is wrong with the parameters.
    fn read_rows(
        &self,
        sql: &str,
        parameters: &BTreeMap<String, String>,
        limit: usize,
    ) -> Result<Result<Table, String>, duckdb::Error> {
        let mut statement = self.connection.prepare(sql)?;
        let values = match values(&statement, parameters)? {
            Ok(values) => values,
            Err(message) => return Ok(Err(message)),
        };
        Ok(Ok(table(statement.query(params_from_iter(values))?, limit)?))
    }
}

/// The rows up to a limit, and whether there are more.
pub(super) fn table(mut rows: Rows<'_>, limit: usize) -> Result<Table, duckdb::Error> {
    let mut table = Table::default();
    if let Some(statement) = rows.as_ref() {
        table.columns = statement.column_names();
    }
    while let Some(row) = rows.next()? {
        if table.rows.len() == limit {
            table.is_truncated = true;
            break;
        }
        let cells = (0..table.columns.len()).map(|column| Ok(cell(row.get_ref(column)?)));
        table.rows.push(cells.collect::<Result<_, duckdb::Error>>()?);
    }
    Ok(table)
}

/// Runs some work that a late answer interrupts; its error, or the words of what it refuses, becomes the user's.
pub(super) fn within<T>(
    connection: &Connection,
    time: Duration,
    work: impl FnOnce() -> Result<Result<T, String>, duckdb::Error>,
) -> Result<T, StoreError> {
    let interrupt = connection.interrupt_handle();
    let (done, finished) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let watch = scope.spawn(move || {
            let is_late = finished.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            if is_late {
                interrupt.interrupt();
            }
            is_late
        });
        let answer = work();
        // A watch that has ended already needs no word.
        let _ = done.send(());
        let is_late = watch.join().expect("internal error: the watch only waits");
        match answer {
            Err(_) if is_late => Err(StoreError::QueryTimeout { seconds: time.as_secs() }),
            Err(source) if is_damaged_block(&source) => {
                Err(StoreError::Damaged { action: "read what was asked for", source })
            }
            Err(error) => Err(StoreError::Query { message: first_line(&error.to_string()) }),
            Ok(answer) => answer.map_err(|message| StoreError::Query { message }),
        }
    })
}

/// Whether a block is not what its checksum says; the words of the statement itself may be any.
fn is_damaged_block(error: &duckdb::Error) -> bool {
    let words = error.to_string().to_lowercase();
    words.starts_with("io error") && is_damage(&words)
}

/// The values of a statement's parameters in their order, or what is wrong with their names.
pub(super) fn values<'a>(
    statement: &Statement<'_>,
    parameters: &'a BTreeMap<String, String>,
) -> Result<Result<Vec<&'a String>, String>, duckdb::Error> {
    let names = (1..=statement.parameter_count()).map(|index| statement.parameter_name(index));
    let names: Vec<String> = names.collect::<Result<_, _>>()?;
    if let Some(missing) = names.iter().find(|name| !parameters.contains_key(*name)) {
        return Ok(Err(format!("the statement has `${missing}`, which no parameter gives a value")));
    }
    if let Some(unused) = parameters.keys().find(|name| !names.contains(name)) {
        return Ok(Err(format!("the parameter `{unused}` is not in the statement")));
    }
    Ok(Ok(names.iter().map(|name| &parameters[name]).collect()))
}

pub(super) fn cell(value: ValueRef<'_>) -> Cell {
    match value.to_owned() {
        Value::Null => Cell::Null,
        Value::Boolean(value) => Cell::Bool(value),
        Value::Float(value) => Cell::Float(value.into()),
        Value::Double(value) => Cell::Float(value),
        // As many digits as a float holds exactly; longer ones stay text.
        Value::Decimal(decimal) if decimal.width() <= 15 => {
            let text = decimal.to_string();
            text.parse().map_or(Cell::Text(text), Cell::Float)
        }
        other => match integer(&other) {
            Some(number) => Cell::Integer(number),
            None => Cell::Text(value_text(&other)),
        },
    }
}

fn timestamp_text(unit: TimeUnit, value: i64) -> String {
    let time = match unit {
        TimeUnit::Second => Timestamp::from_second(value),
        TimeUnit::Millisecond => Timestamp::from_millisecond(value),
        TimeUnit::Microsecond => Timestamp::from_microsecond(value),
        TimeUnit::Nanosecond => Timestamp::from_nanosecond(i128::from(value)),
    };
    time.map_or_else(|_| value.to_string(), |time| time.to_string())
}

/// Lists and other nested values, written as DuckDB writes them.
fn value_text(value: &Value) -> String {
    match value {
        Value::List(items) | Value::Array(items) => {
            format!("[{}]", items.iter().map(value_text).collect::<Vec<_>>().join(", "))
        }
        Value::Struct(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("'{name}': {}", value_text(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}={}", value_text(key), value_text(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Null => "NULL".to_owned(),
        Value::Text(text) | Value::Enum(text) => text.clone(),
        Value::Double(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Boolean(value) => value.to_string(),
        Value::Date32(days) => date_text(*days),
        Value::Timestamp(unit, value) => timestamp_text(*unit, *value),
        Value::Decimal(decimal) => decimal.to_string(),
        other => match integer(other) {
            Some(number) => number.to_string(),
            None => format!("{other:?}"),
        },
    }
}

fn date_text(days: i32) -> String {
    jiff::civil::date(1970, 1, 1)
        .checked_add(jiff::Span::new().days(days))
        .map_or_else(|_| days.to_string(), |date| date.to_string())
}

/// DuckDB adds the statement and a caret below its first line; the first line says what is wrong.
fn first_line(words: &str) -> String {
    words.lines().next().unwrap_or_default().trim().to_owned()
}

/// The integers among DuckDB's values.
fn integer(value: &Value) -> Option<i128> {
    Some(match value {
        Value::TinyInt(value) => (*value).into(),
        Value::SmallInt(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::BigInt(value) => (*value).into(),
        Value::HugeInt(value) => *value,
        Value::UTinyInt(value) => (*value).into(),
        Value::USmallInt(value) => (*value).into(),
        Value::UInt(value) => (*value).into(),
        Value::UBigInt(value) => (*value).into(),
        _ => return None,
    })
}
