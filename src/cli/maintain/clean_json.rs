//! `benchgate maintain clean-json`: results files that are in the history.
//!
//! For: folders that only grow. Not for: files whose content the history does not hold, whatever their names.
//! Invariant: a file is deleted or moved only when its content, read again at that moment, is in the history; symbolic
//! links are neither followed nor removed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use walkdir::WalkDir;

use super::checksum;
use super::command::{named, size};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::ingest::aside;
use crate::cli::maintain_args::CleanJsonArgs;
use crate::cli::moment::moment;
use crate::cli::surroundings::{Console, Surroundings};
use crate::store::{Mode, Store};
use crate::text::plural;

/// Endings of results files.
const ENDINGS: [&str; 3] = ["json", "jsonl", "ndjson"];

/// What is done with a file.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    path: PathBuf,
    bytes: u64,
}

/// What is found, and how many files are left alone for which reason.
#[derive(Debug, Default)]
struct Plan {
    steps: Vec<Step>,
    not_imported: usize,
    too_new: usize,
}

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &CleanJsonArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let folder = &arguments.folder;
    let latest = moment("--older-than", &arguments.older_than, surroundings.now)?;
    if !folder.symlink_metadata().is_ok_and(|found| found.is_dir()) {
        let message = format!("{} is no folder", named(folder));
        return Err(CliError::Usage { message, hint: "name a folder, not a file or a symbolic link".to_owned() });
    }
    let store = Store::open(&arguments.store.db, Mode::Read, surroundings.now)?;
    let known = store.content_hashes()?;
    store.close()?;
    let plan = plan_cleaning(folder, arguments.archive.as_deref(), latest.into(), &known)?;
    let word = if arguments.archive.is_some() { "move" } else { "delete" };
    for step in &plan.steps {
        writeln!(console.out, "{word} {} ({})", named(&step.path), size(step.bytes))?;
    }
    let files = |count: usize| plural(count, "file", "files");
    writeln!(
        console.out,
        "{} in the history, {}; {} not in it and {} too new stay",
        files(plan.steps.len()),
        size(plan.steps.iter().map(|step| step.bytes).sum()),
        files(plan.not_imported),
        files(plan.too_new)
    )?;
    if !arguments.yes {
        writeln!(console.out, "nothing was done; --yes does it")?;
        return Ok(Exit::Success);
    }
    console.out.flush()?;
    for step in &plan.steps {
        apply_step(step, arguments, &known, console)?;
    }
    Ok(Exit::Success)
}

fn plan_cleaning(
    folder: &Path,
    archive: Option<&Path>,
    latest: SystemTime,
    known: &HashSet<String>,
) -> Result<Plan, CliError> {
    let mut plan = Plan::default();
    let archive = archive.and_then(|archive| within(folder, archive));
    for entry in WalkDir::new(folder).follow_links(false).follow_root_links(false).sort_by_file_name() {
        let refused = |path: &Path, source| CliError::File { action: "list", path: path.to_owned(), source };
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            refused(&path, error.into())
        })?;
        let path = entry.path();
        let is_result = path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known));
        if !entry.file_type().is_file()
            || !is_result
            || archive.as_ref().is_some_and(|archive| path.starts_with(archive))
        {
            continue;
        }
        let metadata = entry.metadata().map_err(|error| refused(path, error.into()))?;
        let changed = metadata.modified().map_err(|source| refused(path, source))?;
        if changed >= latest {
            plan.too_new += 1;
        } else if known.contains(&checksum::of(path)?) {
            plan.steps.push(Step { path: path.to_owned(), bytes: metadata.len() });
        } else {
            plan.not_imported += 1;
        }
    }
    Ok(plan)
}

/// An archive that is in the folder, by a path that begins as those of the folder do.
fn within(folder: &Path, archive: &Path) -> Option<PathBuf> {
    let (real_folder, real_archive) = (folder.canonicalize().ok()?, archive.canonicalize().ok()?);
    real_archive.strip_prefix(real_folder).ok().map(|relative| folder.join(relative))
}

/// Deletes or moves a file, unless it is another one by now.
fn apply_step(
    step: &Step,
    arguments: &CleanJsonArgs,
    known: &HashSet<String>,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let path = &step.path;
    let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
    if !is_file || !known.contains(&checksum::of(path)?) {
        writeln!(console.err, "{} has changed in the meantime and stays", named(path))?;
        return Ok(());
    }
    match &arguments.archive {
        Some(archive) => {
            let name = path.strip_prefix(&arguments.folder).unwrap_or(path);
            aside::move_to(path, archive, name).map(|_| ())
        }
        None => {
            std::fs::remove_file(path).map_err(|source| CliError::File { action: "delete", path: path.clone(), source })
        }
    }
}
