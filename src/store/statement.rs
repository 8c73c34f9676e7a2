//! What a statement from elsewhere may do.
//!
//! For: SQL that arrives over a network, on a connection that others share. Not for: the command line, whose user owns
//! the file.
//! Invariant: a statement runs only if DuckDB's own parser takes it for one query, and its tree names nothing but the
//! history's tables, names of its own, and functions of the lists below; so it reads no file, changes no setting and writes
//! nothing.
//!
//! Switching external access off is not enough: DuckDB leaves the history's own file and its log open to `COPY`, a table
//! function makes a checkpoint, and one call of `repeat` takes memory that no limit counts.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::collections::{BTreeMap, BTreeSet};

use duckdb::types::Value;
use duckdb::{Connection, params};
use serde_json::Value as Json;

use super::connection::Store;
use super::error::StoreError;
use super::query::{QueryLimits, table, within};
use crate::model::{Cell, Table};

/// Bytes of the longest statement, and of all its parameters.
const MOST_BYTES: usize = 8 << 10;

/// Texts and lists that a statement may put together: each may double what it is given, and DuckDB counts no memory for
/// what a function returns.
const MOST_BUILT: usize = 6;

/// Functions of a `FROM`.
const TABLE_FUNCTIONS: &str = "
    range generate_series unnest";

/// Functions over rows around a row. None returns more than it is given, or every row would hold all the others.
const WINDOW_FUNCTIONS: &str = "
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first first_value last last_value nth_value
    sum avg mean min max count count_star median mad quantile_cont quantile_disc stddev stddev_samp stddev_pop
    variance var_samp var_pop arg_max arg_min";

/// Functions that put texts or lists together.
const BUILDERS: &str = "
    || concat concat_ws list_value struct_pack row";

/// Functions of values and groups: they read what they are given, and return no more than that.
const FUNCTIONS: &str = "
    + - * / // % ** ^ & | ~ << >> @ ~~ !~~ ~~* !~~* ~~~ ^@ -> ->> like_escape not_like_escape ilike_escape
    not_ilike_escape count count_star count_if countif sum fsum kahan_sum avg mean favg min max median mode mad
    stddev stddev_samp stddev_pop variance var_samp var_pop skewness kurtosis quantile quantile_cont
    quantile_disc approx_quantile approx_count_distinct arg_max arg_min max_by min_by any_value first last
    bool_and bool_or corr covar_pop covar_samp regr_slope regr_intercept regr_r2 regr_count geomean
    geometric_mean product entropy string_agg group_concat listagg list array_agg histogram abs ceil ceiling
    floor round trunc sign sqrt cbrt exp ln log log2 log10 pow power mod greatest least isnan isinf isfinite pi
    lower upper lcase ucase trim ltrim rtrim length len strlen char_length substr substring left right
    split_part position strpos instr contains starts_with ends_with prefix suffix regexp_matches
    regexp_full_match regexp_extract md5 hash ifnull nullif typeof date_trunc datetrunc date_part datepart year
    month day hour minute second week quarter dayofweek isodow dayofyear dayname monthname epoch epoch_ms
    epoch_us make_timestamp make_date strftime strptime try_strptime date_diff datediff date_sub date_add age
    last_day time_bucket to_days to_hours to_minutes to_seconds now today current_date json_extract
    json_extract_string json_keys json_array_length json_type json_valid json_exists list_aggregate list_aggr
    list_avg list_sum list_min list_max list_median list_count list_extract list_element array_extract
    list_contains array_contains array_length list_sort list_distinct list_slice array_slice struct_extract
    map_extract element_at cardinality unnest";

/// What an expression may be.
const CLASSES: &str = "
    COLUMN_REF CONSTANT PARAMETER FUNCTION OPERATOR COMPARISON CONJUNCTION CASE CAST BETWEEN SUBQUERY STAR
    WINDOW COLLATE POSITIONAL_REFERENCE";

fn has(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == name)
}

impl Store {
    /// Runs one query that may do nothing but read the history. Each `$name` in it takes the parameter of that name.
    ///
    /// # Errors
    /// [`StoreError::Query`] where it is no such query or DuckDB refuses it, and [`StoreError::QueryTimeout`].
    pub fn query_confined(
        &self,
        sql: &str,
        parameters: &BTreeMap<String, Cell>,
        limits: QueryLimits,
    ) -> Result<Table, StoreError> {
        let refused = |message: String| StoreError::Query { message };
        let texts = parameters.values().map(|value| if let Cell::Text(text) = value { text.len() } else { 8 });
        if sql.len() > MOST_BYTES || texts.sum::<usize>() > MOST_BYTES {
            return Err(refused(format!("the statement or its parameters are longer than {MOST_BYTES} bytes")));
        }
        let names = inspect(&self.connection, sql)?.map_err(refused)?;
        if let Some(missing) = names.iter().find(|name| !parameters.contains_key(*name)) {
            return Err(refused(format!("the statement has `${missing}`, which no parameter gives a value")));
        }
        if let Some(unused) = parameters.keys().find(|name| !names.contains(*name)) {
            return Err(refused(format!("the parameter `{unused}` is not in the statement")));
        }
        within(&self.connection, limits.time, || {
            self.connection.execute_batch("BEGIN TRANSACTION READ ONLY")?;
            let answer = read_rows(&self.connection, sql, parameters, limits.rows);
            // What failed may have ended the transaction already.
            let _ = self.connection.execute_batch("ROLLBACK");
            answer.map(Ok)
        })
    }
}

fn read_rows(
    connection: &Connection,
    sql: &str,
    parameters: &BTreeMap<String, Cell>,
    limit: usize,
) -> Result<Table, duckdb::Error> {
    let bare = sql.trim_end().trim_end_matches(';');
    // DuckDB holds the whole answer in memory, so it is told where to stop. A comment at the end must not reach further.
    let limited = format!("FROM ({bare}\n) LIMIT {}", limit.saturating_add(1));
    let mut statement = connection.prepare(&limited)?;
    for index in 1..=statement.parameter_count() {
        let value = parameters.get(&statement.parameter_name(index)?).map_or(Value::Null, value);
        statement.raw_bind_parameter(index, value)?;
    }
    statement.raw_execute()?;
    table(statement.raw_query(), limit)
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Bool(value) => Value::Boolean(*value),
        Cell::Integer(value) => i64::try_from(*value).map_or(Value::HugeInt(*value), Value::BigInt),
        Cell::Float(value) => Value::Double(*value),
        Cell::Text(text) => Value::Text(text.clone()),
    }
}

/// The names of the parameters of a statement that may run, or why it may not.
fn inspect(connection: &Connection, sql: &str) -> Result<Result<BTreeSet<String>, String>, StoreError> {
    let parse = || connection.query_row("SELECT json_serialize_sql($1::VARCHAR)", params![sql], |row| row.get(0));
    let tree: String = parse().map_err(|error| {
        let words = error.to_string();
        StoreError::Query { message: words.lines().next().unwrap_or_default().to_owned() }
    })?;
    let tables = tables(connection).map_err(StoreError::database("list its tables"))?;
    Ok(judge(&tree, tables))
}

fn tables(connection: &Connection) -> Result<BTreeSet<String>, duckdb::Error> {
    let sql = "SELECT lower(table_name) FROM information_schema.tables WHERE table_schema = 'main'";
    connection.prepare_cached(sql)?.query_map([], |row| row.get(0))?.collect()
}

/// Judges the tree that DuckDB's parser makes of a text.
fn judge(tree: &str, tables: BTreeSet<String>) -> Result<BTreeSet<String>, String> {
    // A deep tree is refused by the reader of JSON.
    let tree: Json = serde_json::from_str(tree).map_err(|_deep| "the statement is nested too deeply".to_owned())?;
    if tree["error"] == Json::Bool(true) {
        let words = tree["error_message"].as_str().unwrap_or_default();
        // DuckDB's words for anything but a query speak of how it was asked.
        return Err(match tree["error_type"].as_str() {
            Some("not implemented") => "only one SELECT statement is allowed".to_owned(),
            _ => words.lines().next().unwrap_or_default().to_owned(),
        });
    }
    let [statement] = tree["statements"].as_array().map(Vec::as_slice).unwrap_or_default() else {
        return Err("exactly one SELECT statement is allowed".to_owned());
    };
    let mut names = tables;
    gather_names(statement, &mut names)?;
    let mut judged = Judged { names, built: 0, is_recursive: false };
    judged.node(statement)?;
    if judged.built > MOST_BUILT || (judged.is_recursive && judged.built > 0) {
        let most = if judged.is_recursive { 0 } else { MOST_BUILT };
        return Err(format!(
            "a statement such as this may put texts and lists together {most} times, not {}",
            judged.built
        ));
    }
    let parameters = statement["named_param_map"].as_array().into_iter().flatten();
    Ok(parameters.filter_map(|entry| entry["key"].as_str().map(str::to_owned)).collect())
}

/// The names that the statement gives to queries of its own. A name that could be a file's is refused.
fn gather_names(node: &Json, names: &mut BTreeSet<String>) -> Result<(), String> {
    match node {
        Json::Array(items) => items.iter().try_for_each(|item| gather_names(item, names)),
        Json::Object(fields) => {
            for entry in fields.get("cte_map").and_then(|map| map["map"].as_array()).into_iter().flatten() {
                let name = entry["key"].as_str().unwrap_or_default();
                if name.is_empty() || !name.chars().all(|one| one.is_alphanumeric() || one == '_') {
                    return Err(format!("`{name}` is no plain name"));
                }
                names.insert(name.to_lowercase());
            }
            fields.values().try_for_each(|field| gather_names(field, names))
        }
        _ => Ok(()),
    }
}

struct Judged {
    /// What a `FROM` may name.
    names: BTreeSet<String>,
    /// How often texts and lists are put together.
    built: usize,
    is_recursive: bool,
}

impl Judged {
    fn node(&mut self, node: &Json) -> Result<(), String> {
        match node {
            Json::Array(items) => items.iter().try_for_each(|item| self.node(item)),
            Json::Object(fields) => {
                let text = |name: &str| fields.get(name).and_then(Json::as_str).unwrap_or_default();
                // The value of a constant is data, and may be an object with any names.
                if text("class") == "CONSTANT" {
                    return Ok(());
                }
                match fields.get("class").and_then(Json::as_str) {
                    Some(class) => self.expression(class, node)?,
                    None => self.clause(text("type"), node)?,
                }
                let is_call = text("type") == "TABLE_FUNCTION";
                fields
                    .iter()
                    .filter(|(name, _)| !(is_call && *name == "function"))
                    .try_for_each(|(_, field)| self.node(field))
            }
            _ => Ok(()),
        }
    }

    fn expression(&mut self, class: &str, node: &Json) -> Result<(), String> {
        let function = node["function_name"].as_str().unwrap_or_default().to_lowercase();
        let function = function.as_str();
        if !has(CLASSES, class) {
            return Err(format!("an expression of the kind {} is not allowed", class.to_lowercase()));
        }
        let is_allowed = match class {
            "WINDOW" => has(WINDOW_FUNCTIONS, function),
            "FUNCTION" => has(FUNCTIONS, function) || has(BUILDERS, function),
            _ => true,
        };
        if !is_allowed {
            return Err(format!("the function `{function}` is not allowed here"));
        }
        let is_list = node["type"] == "ARRAY_CONSTRUCTOR";
        self.built += usize::from(is_list || (class == "FUNCTION" && has(BUILDERS, function)));
        Ok(())
    }

    fn clause(&mut self, kind: &str, node: &Json) -> Result<(), String> {
        let text = |name: &str| node[name].as_str().unwrap_or_default().to_lowercase();
        match kind {
            "BASE_TABLE" => {
                let (schema, table) = (text("schema_name"), text("table_name"));
                let is_listing = schema == "information_schema" && (table == "tables" || table == "columns");
                let is_own = matches!(schema.as_str(), "" | "main") && self.names.contains(&table);
                if !text("catalog_name").is_empty() || !(is_listing || is_own) {
                    return Err(format!("there is no table `{table}`"));
                }
            }
            "TABLE_FUNCTION" => {
                let function = node["function"]["function_name"].as_str().unwrap_or_default().to_lowercase();
                if !has(TABLE_FUNCTIONS, &function) {
                    return Err(format!("the function `{function}` is not allowed here"));
                }
                self.node(&node["function"]["children"])?;
            }
            "SHOW_REF" if node["query"].is_object() || text("table_name") == "\"tables\"" => {}
            "SHOW_REF" => return Err(format!("`SHOW {}` is not allowed here", text("table_name").trim_matches('"'))),
            "RECURSIVE_CTE_NODE" => self.is_recursive = true,
            _ => {}
        }
        Ok(())
    }
}
