//! What can go wrong with a store, with the codes DB001 to DB005.
//!
//! For: one message for each cause that a user can act on. Not for: printing (the CLI layer does).
//! Invariant: every error names the database or the statement, and says what to do next in [`StoreError::hint`].

use std::path::PathBuf;

use thiserror::Error;

/// An error of the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no file at the path.
    #[error("there is no database at `{path}`")]
    Absent {
        /// The database.
        path: PathBuf,
    },
    /// The history has no such table or view.
    #[error("the history has no table `{table}`; it has {known}")]
    UnknownTable {
        /// The name.
        table: String,
        /// The names that exist.
        known: String,
    },
    /// Another process holds the file open for writing.
    #[error("`{path}` is locked by another process")]
    Locked {
        /// The database.
        path: PathBuf,
        /// DuckDB's words, which name the process where the system tells.
        #[source]
        source: duckdb::Error,
    },
    /// The file is not a DuckDB database.
    #[error("`{path}` is not a DuckDB database")]
    NotDuckDb {
        /// The file.
        path: PathBuf,
    },
    /// The file is a DuckDB database that cannot be read to its end.
    #[error("`{path}` is corrupt")]
    Corrupt {
        /// The database.
        path: PathBuf,
        /// DuckDB's words.
        #[source]
        source: duckdb::Error,
    },
    /// The file was written by a newer DuckDB than this one.
    #[error("`{path}` was written by a newer version of DuckDB")]
    NewerDuckDb {
        /// The database.
        path: PathBuf,
        /// DuckDB's words.
        #[source]
        source: duckdb::Error,
    },
    /// The file could not be opened for another reason.
    #[error("`{path}` cannot be opened")]
    Open {
        /// The database.
        path: PathBuf,
        /// DuckDB's words.
        #[source]
        source: duckdb::Error,
    },
    /// A DuckDB database without benchgate's tables.
    #[error("`{path}` is a DuckDB database, but not a benchgate history")]
    NotAHistory {
        /// The database.
        path: PathBuf,
    },
    /// A history whose tables are not those that this version makes.
    #[error("`{path}` says that it is a benchgate history, and its tables are not those of one")]
    Strange {
        /// The history.
        path: PathBuf,
    },
    /// A file or folder that is no database and no export of an old table.
    #[error("`{path}` is neither a DuckDB or SQLite database, nor an export of an old table")]
    NotFormer {
        /// The file or folder.
        path: PathBuf,
    },
    /// An old database that is larger than what is held in memory.
    #[error("`{path}` holds more than 20 million cells, or more than 256 MiB of text")]
    FormerTooLarge {
        /// The database.
        path: PathBuf,
    },
    /// A file that the system does not let us read.
    #[error("`{path}` cannot be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// An exported table that cannot be read.
    #[error("`{path}` cannot be read as an exported table")]
    Export {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<Self>,
    },
    /// An old SQLite database that cannot be read.
    #[error("`{path}` cannot be read as a SQLite database")]
    Sqlite {
        /// The database.
        path: PathBuf,
        /// SQLite's words.
        #[source]
        source: rusqlite::Error,
    },
    /// The schema is newer than this binary knows.
    #[error("`{path}` has schema version {found}, and this benchgate knows versions up to {known}")]
    NewerSchema {
        /// The database.
        path: PathBuf,
        /// The version in the file.
        found: i32,
        /// The newest version known.
        known: i32,
    },
    /// The schema is older than this binary needs, and the file is open for reading only.
    #[error("`{path}` has schema version {found}, and reading needs version {known}")]
    OlderSchema {
        /// The database.
        path: PathBuf,
        /// The version in the file.
        found: i32,
        /// The version needed.
        known: i32,
    },
    /// A run is stored already, with other values.
    #[error("run `{run}` (attempt {attempt}) already holds other values for {count} of these configurations")]
    Conflict {
        /// The run's key.
        run: String,
        /// Its attempt.
        attempt: u32,
        /// Configurations whose stored values differ.
        count: u64,
    },
    /// A configuration occurs twice in one run of one file.
    #[error("`{configuration}` occurs twice in one run")]
    Repeated {
        /// The configuration in words.
        configuration: String,
    },
    /// A source that is in the history for the same run already, with other facts from flags or CI.
    #[error("this file is in the history already, for the same run, and not as `{configuration}`")]
    OtherFacts {
        /// The first configuration that the history does not hold.
        configuration: String,
    },
    /// Real results are in the history, and sample data was asked for.
    #[error("`{path}` holds results of its own, and sample data belongs into an empty database")]
    NotEmpty {
        /// The database.
        path: PathBuf,
    },
    /// The user's SQL is not valid, or not allowed on a read-only history.
    #[error("the query failed: {message}")]
    Query {
        /// DuckDB's words.
        message: String,
    },
    /// The user's SQL ran longer than allowed.
    #[error("the query ran longer than {seconds} s")]
    QueryTimeout {
        /// The limit.
        seconds: u64,
    },
    /// A block of the file is not what its checksum says.
    #[error("the history is damaged: the database could not {action}")]
    Damaged {
        /// What was attempted.
        action: &'static str,
        /// DuckDB's words.
        #[source]
        source: duckdb::Error,
    },
    /// The disk is full, or the file may not grow or be written.
    #[error("the file could not be written, to {action}")]
    Unwritable {
        /// What was attempted.
        action: &'static str,
        /// DuckDB's words.
        #[source]
        source: duckdb::Error,
    },
    /// A copy that does not hold what its original holds.
    #[error("`{path}` was written and does not hold what the history holds")]
    Differs {
        /// The copy.
        path: PathBuf,
    },
    /// What is to come back belongs to what left later.
    #[error("{rows} of its rows belong to runs that left the history later")]
    LeftLater {
        /// How many.
        rows: u64,
    },
    /// `maintain validate` found errors.
    #[error("`{path}` holds what benchgate did not write, in {places}")]
    Defective {
        /// The history.
        path: PathBuf,
        /// How many places have errors, in words.
        places: String,
        /// Whether its tables are among them.
        is_schema: bool,
    },
    /// Anything else that DuckDB refuses.
    #[error("the database refused to {action}")]
    Database {
        /// What was attempted.
        action: &'static str,
        /// DuckDB's words.
        #[source]
        source: duckdb::Error,
    },
    /// A row that this version cannot have written.
    #[error("the history holds a row that cannot be read: {message}")]
    BadRow {
        /// What is wrong.
        message: String,
    },
}

impl StoreError {
    /// The code of the former system's guide.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Absent { .. }
            | Self::Locked { .. }
            | Self::NotDuckDb { .. }
            | Self::Corrupt { .. }
            | Self::NewerDuckDb { .. }
            | Self::NotFormer { .. }
            | Self::Unreadable { .. }
            | Self::Sqlite { .. }
            | Self::Damaged { .. }
            | Self::Unwritable { .. }
            | Self::Open { .. } => "DB001",
            Self::NotAHistory { .. }
            | Self::Strange { .. }
            | Self::NewerSchema { .. }
            | Self::OlderSchema { .. }
            | Self::NotEmpty { .. }
            | Self::Defective { is_schema: true, .. }
            | Self::BadRow { .. } => "DB002",
            Self::Conflict { .. }
            | Self::Repeated { .. }
            | Self::OtherFacts { .. }
            | Self::Export { .. }
            | Self::FormerTooLarge { .. } => "DB003",
            Self::Query { .. } | Self::QueryTimeout { .. } | Self::UnknownTable { .. } | Self::Database { .. } => {
                "DB004"
            }
            Self::Differs { .. } | Self::LeftLater { .. } | Self::Defective { .. } => "DB005",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Absent { .. } => {
                "create it with `benchgate init --db PATH`, or import results with `benchgate ingest`"
            }
            Self::UnknownTable { .. } => "docs/sql.md describes the tables and views",
            Self::Locked { .. } => "wait for the other process, or end it; readers and writers exclude each other",
            Self::NotDuckDb { .. } => "check the path given with --db; results files go to `benchgate ingest`",
            Self::Corrupt { .. } | Self::Damaged { .. } => WAY_BACK,
            Self::Unwritable { .. } => {
                "make room on the disk, or let the file be written, and run it again; the history is as it was before"
            }
            Self::Differs { .. } => "the history is as it was before; run it again, and please report this",
            Self::LeftLater { .. } => "take the later decision back first; `benchgate baseline list` shows them all",
            Self::Defective { .. } => {
                "each finding says what mends it; `benchgate maintain restore` brings a backup back"
            }
            Self::NewerDuckDb { .. } | Self::NewerSchema { .. } => "use the newer benchgate that wrote it",
            Self::Open { .. } => "check that the folder exists and that you may read and write the file",
            Self::NotAHistory { .. } => "check the path given with --db, or make it a history with `benchgate init`",
            Self::Strange { .. } => "import the results files or bundles that it was made of",
            Self::NotFormer { .. } => {
                "give a database of the former system, or its tables as `performance_results.parquet` or `.csv`; results \
                 files go to `benchgate ingest`"
            }
            Self::FormerTooLarge { .. } => "export its tables in parts, and import one folder after the other",
            Self::Unreadable { .. } => "check the path, and that you may read it",
            Self::Export { source, .. } => source.hint(),
            Self::Sqlite { .. } => "check the file with the `sqlite3` shell, or export its tables as CSV",
            Self::OlderSchema { .. } => {
                "bring it up to date with `benchgate maintain migrate --db PATH`, which keeps everything"
            }
            Self::Conflict { .. } => "a re-run is a new attempt: give --attempt N, or another --run-id",
            Self::Repeated { .. } => {
                "tell the results apart by test case or parameters, or report repetitions as samples; a re-run of the \
                 same commit is given to `compare --confirm`, or states its attempt"
            }
            Self::OtherFacts { .. } => {
                "give the flags of the first import, or another --run-id to import the file once more"
            }
            Self::NotEmpty { .. } => "give another path with --db",
            Self::Query { .. } => {
                "the history is read-only here; `SHOW TABLES` and `DESCRIBE history` list what there is"
            }
            Self::QueryTimeout { .. } => "narrow the query, or raise --timeout",
            Self::Database { .. } | Self::BadRow { .. } => {
                "check the file with DuckDB's own shell, and please report this"
            }
        }
    }

    /// Wraps what DuckDB refused. It tells its reasons in words only; these are the words of 1.5.
    pub(crate) fn database(action: &'static str) -> impl FnOnce(duckdb::Error) -> Self {
        move |source| {
            let words = source.to_string().to_lowercase();
            if is_damage(&words) {
                Self::Damaged { action, source }
            } else if UNWRITABLE.iter().any(|part| words.contains(part)) {
                Self::Unwritable { action, source }
            } else {
                Self::Database { action, source }
            }
        }
    }
}

/// What becomes of a file that cannot be read: the ways to another one.
const WAY_BACK: &str = "bring a backup back with `benchgate maintain restore FILE`; without one, take the history that \
    CI left as an artifact, or ingest the results files, bundles or the committed snapshot into a new database";

/// Whether DuckDB, in lower case, speaks of a file that is not as it was written.
pub(super) fn is_damage(words: &str) -> bool {
    const WORDS: [&str; 5] =
        ["corrupt", "checksum", "failed to deserialize", "serialization error", "could not read enough bytes"];
    WORDS.iter().any(|part| words.contains(part))
}

/// What DuckDB says when a disk is full, a quota is used up, or a file may not be written.
const UNWRITABLE: [&str; 6] = [
    "no space left",
    "file too large",
    "could not write",
    "read-only file system",
    "permission denied",
    "disk quota exceeded",
];
