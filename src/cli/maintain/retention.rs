//! Which backups are left over.
//!
//! For: names of backups, and a plan that deletes the oldest. Not for: deleting.
//! Invariant: only a file is planned for that has a name of this history's backups and beside it a checksum of its own.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{checksum, packed};

/// The ending of a backup that is not compressed.
const ENDING: &str = ".duckdb";

/// How a time stands in a name; names are in the order of their times.
const TIME: &str = "%Y%m%dT%H%M%S%3fZ";

/// A time as a part of a file's name.
pub(super) fn stamp(now: Timestamp) -> String {
    now.strftime(TIME).to_string()
}

/// The name of a backup: `NAME-20260301T120000000Z.duckdb`, compressed with `.gz`.
pub(super) fn name(database: &Path, now: Timestamp, is_packed: bool) -> String {
    let ending = if is_packed { packed::ENDING } else { "" };
    format!("{}{}{ENDING}{ending}", prefix(database), stamp(now))
}

/// Whether a name is one of a backup: `*.duckdb` or `*.duckdb.gz`.
pub(super) fn is_backup(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(packed::ENDING).unwrap_or(&name).ends_with(ENDING)
}

fn prefix(database: &Path) -> String {
    format!("{}-", database.file_stem().unwrap_or_default().to_string_lossy())
}

/// Of names, the backups of a history that are left over when the newest are kept, newest first.
pub(super) fn plan_retention(database: &Path, mut names: Vec<String>, keep: u16) -> Vec<String> {
    let prefix = prefix(database);
    let time = |name: &str| {
        let name = name.strip_suffix(packed::ENDING).unwrap_or(name);
        let time = name.strip_prefix(&prefix)?.strip_suffix(ENDING)?;
        let is_time = time.len() == 19
            && time.bytes().enumerate().all(|(place, byte)| match place {
                8 => byte == b'T',
                18 => byte == b'Z',
                _ => byte.is_ascii_digit(),
            });
        is_time.then(|| time.to_owned())
    };
    names.retain(|name| time(name).is_some());
    names.sort_by_key(|name| std::cmp::Reverse(time(name)));
    names.split_off(usize::from(keep).min(names.len()))
}

/// The files of a folder that have a checksum of their own beside them; symbolic links are none.
pub(super) fn backups(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path: PathBuf = entry.path();
        if entry.file_type()?.is_file() && matches!(checksum::stated(&path), Ok(Some(_))) {
            names.extend(entry.file_name().into_string());
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_oldest_backups_of_the_same_history_are_left_over() {
        let now = Timestamp::from_second(1_800_000_000).expect("valid");
        let database = Path::new("data/history.duckdb");
        let made = name(database, now, true);
        assert_eq!(made, "history-20270115T080000000Z.duckdb.gz");
        let names = [
            "history-20270101T000000000Z.duckdb",
            &made,
            "history-20270102T000000000Z.duckdb.gz",
            "history-2-20260101T000000000Z.duckdb",
            "history-20260101.duckdb",
            "other-20260101T000000000Z.duckdb",
            "history.duckdb",
        ];
        let plan = |keep| plan_retention(database, names.map(str::to_owned).to_vec(), keep);
        assert_eq!(plan(1), ["history-20270102T000000000Z.duckdb.gz", "history-20270101T000000000Z.duckdb"]);
        assert_eq!(plan(3), Vec::<String>::new());
    }
}
