//! Old tables exported as Parquet or CSV, each file named like its table.
//!
//! For: one such file, or a folder of them as one database. Not for: files of other names, which are named and left.
//! Invariant: DuckDB reads a copy in a folder of its own, and can reach nothing but that folder.
#![expect(clippy::disallowed_types, reason = "the store owns the connection")]

use std::io;
use std::path::{Path, PathBuf};

use duckdb::{Config, Connection};

use super::database::{Budget, FormerDatabase, FormerKind, MOST_BYTES};
use super::duck::rows;
use crate::store::StoreError;
use crate::store::connection::path_literal;

/// A file of a table.
struct Export {
    path: PathBuf,
    table: String,
    ending: &'static str,
}

pub(super) fn read(path: &Path, wanted: &[&str], budget: &mut Budget<'_>) -> Result<FormerDatabase, StoreError> {
    let unreadable = |source| StoreError::Unreadable { path: path.to_owned(), source };
    let (exports, others) = find(path, wanted).map_err(unreadable)?;
    if exports.is_empty() {
        return Err(StoreError::NotFormer { path: path.to_owned() });
    }
    let folder = tempfile::tempdir().map_err(unreadable)?;
    let connection = connect(folder.path()).map_err(StoreError::database("read exported tables"))?;
    let mut tables = Vec::new();
    for Export { path, table, ending } in exports {
        let refused = |source| StoreError::Export { path: path.clone(), source: Box::new(source) };
        // A copy under a name of ours: the user's path may hold `*`, which DuckDB would take for a pattern.
        let copy = folder.path().join(format!("{table}.{ending}"));
        copy_bounded(&path, &copy)?;
        let sql = match ending {
            "parquet" => "FROM read_parquet(?)",
            _ => "FROM read_csv(?, header = true, sample_size = -1)",
        };
        let copy = copy.to_string_lossy();
        tables.push((table, rows(&connection, sql, &[copy.as_ref()], budget).map_err(refused)?));
    }
    Ok(FormerDatabase { kind: FormerKind::Exports, tables, others })
}

/// The exports at a path, and the other files.
fn find(path: &Path, wanted: &[&str]) -> io::Result<(Vec<Export>, Vec<String>)> {
    let mut paths = vec![path.to_owned()];
    if path.is_dir() {
        paths = std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        paths.retain(|path| path.is_file());
        paths.sort();
    }
    let (mut exports, mut others): (Vec<Export>, Vec<String>) = (Vec::new(), Vec::new());
    for path in paths {
        let part = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
        let (table, ending) = (part(path.file_stem()), part(path.extension()));
        let ending = ["parquet", "csv"].into_iter().find(|known| ending.as_deref() == Some(known));
        match (table, ending) {
            (Some(table), Some(ending))
                if wanted.contains(&table.as_str()) && exports.iter().all(|one| one.table != table) =>
            {
                exports.push(Export { path, table, ending });
            }
            _ => others.extend(part(path.file_name())),
        }
    }
    Ok((exports, others))
}

fn copy_bounded(from: &Path, to: &Path) -> Result<(), StoreError> {
    let unreadable = |source| StoreError::Unreadable { path: from.to_owned(), source };
    let bytes = std::fs::copy(from, to).map_err(unreadable)?;
    if bytes > MOST_BYTES as u64 {
        return Err(StoreError::FormerTooLarge { path: from.to_owned() });
    }
    Ok(())
}

fn connect(folder: &Path) -> Result<Connection, duckdb::Error> {
    let config = Config::default().enable_autoload_extension(false)?.with("autoinstall_known_extensions", "false")?;
    let connection = Connection::open_in_memory_with_flags(config.max_memory(MEMORY)?)?;
    let folder = path_literal(folder)?;
    connection.execute_batch(&format!(
        "SET temp_directory = '';
         SET allowed_directories = [{folder}];
         SET enable_external_access = false;
         SET lock_configuration = true;"
    ))?;
    Ok(connection)
}

/// Memory that DuckDB may take.
const MEMORY: &str = "512MB";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_of_the_folder_can_be_read() {
        let (folder, other) = (tempfile::tempdir().expect("folder"), tempfile::tempdir().expect("folder"));
        let secret = other.path().join("secret.csv");
        std::fs::write(&secret, "a\n1\n").expect("written");
        std::fs::copy(&secret, folder.path().join("own.csv")).expect("copied");
        let connection = connect(folder.path()).expect("connected");
        let read = |path: &Path| {
            connection
                .query_row("SELECT count(*) FROM read_csv(?)", [path.to_string_lossy()], |row| row.get::<_, i64>(0))
        };
        assert_eq!(read(&folder.path().join("own.csv")).expect("allowed"), 1);
        let error = read(&secret).expect_err("forbidden").to_string();
        assert!(error.contains("disabled"), "{error}");
        assert!(connection.execute_batch("SET enable_external_access = true").is_err());
    }
}
