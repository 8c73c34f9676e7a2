//! Rows that DuckDB does not have yet.
//!
//! For: handing rows over by tables, many at a time: a statement costs as much as hundreds of rows. Not for: deciding
//! which rows to write.
//! Invariant: rows of a table stay in their order; whoever adds asks [`Rows::is_full`], so that memory stays bounded.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::collections::BTreeMap;

use duckdb::arrow::record_batch::RecordBatch;
use duckdb::types::Value;
use duckdb::{Connection, appender_params_from_iter};

use super::batch::{Facts, append};

/// One row; columns that are not named are NULL. All rows of a table name the same columns.
pub(super) type Row = Vec<(&'static str, Value)>;

/// Rows of any tables.
#[derive(Debug, Default)]
pub(super) struct Rows {
    batches: BTreeMap<&'static str, Vec<RecordBatch>>,
    single: BTreeMap<&'static str, Vec<Row>>,
    weight: usize,
}

/// Rows and samples that are held at most: a few MB.
const MOST: usize = 1 << 16;

/// What a batch weighs however few rows it has: its columns are apart from each other.
const LEAST_WEIGHT: usize = 32;

impl Rows {
    /// Whether it is time to write them.
    pub(super) fn is_full(&self) -> bool {
        self.weight >= MOST
    }

    pub(super) fn is_empty(&self) -> bool {
        self.weight == 0
    }

    pub(super) fn push(&mut self, table: &'static str, row: Row) {
        self.weight += 1;
        self.single.entry(table).or_default().push(row);
    }

    pub(super) fn push_batch(&mut self, table: &'static str, batch: RecordBatch) {
        if batch.num_rows() == 0 {
            return;
        }
        self.weight += batch.num_rows().max(LEAST_WEIGHT);
        self.batches.entry(table).or_default().push(batch);
    }

    pub(super) fn push_facts(&mut self, facts: Facts) {
        let Facts { results, measurements, samples } = facts;
        self.weight += samples;
        self.push_batch("results", results);
        self.push_batch("measurements", measurements);
    }

    /// Adds rows after those that are here.
    pub(super) fn extend(&mut self, later: Self) {
        let Self { batches, single, weight } = later;
        self.weight += weight;
        for (table, batches) in batches {
            self.batches.entry(table).or_default().extend(batches);
        }
        for (table, rows) in single {
            self.single.entry(table).or_default().extend(rows);
        }
    }

    /// Hands all of them to DuckDB, one statement a table; `name` may send a table's rows to another one of its columns.
    pub(super) fn write(
        &mut self,
        connection: &Connection,
        name: impl Fn(&'static str) -> &'static str,
    ) -> Result<(), duckdb::Error> {
        let Self { batches, single, weight: _ } = std::mem::take(self);
        for (table, batches) in batches {
            append(connection, name(table), batches)?;
        }
        for (table, rows) in single {
            let columns: Vec<&str> = rows.iter().take(1).flatten().map(|(column, _)| *column).collect();
            let mut appender = connection.appender_with_columns(name(table), &columns)?;
            for row in rows {
                debug_assert!(row.iter().map(|(column, _)| column).eq(&columns), "rows of {table} name other columns");
                appender.append_row(appender_params_from_iter(row.into_iter().map(|(_, value)| value)))?;
            }
            appender.flush()?;
        }
        Ok(())
    }
}
