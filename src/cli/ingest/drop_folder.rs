//! A folder that results are dropped into.
//!
//! For: importing what lies there and putting it away, once or as files arrive. Not for: how a file is imported.
//! Invariant: a file is put away only after what it holds is on disk, so that a process killed in between imports it
//! again, which changes nothing; a file that is still being written stays until it is not.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::aside;
use super::report::{FileReport, Word};
use crate::cli::error::CliError;
use crate::cli::inputs::{self, Input, Stamp};

/// The folder, and where its files go.
pub(super) struct DropFolder {
    folder: PathBuf,
    archive: PathBuf,
    quarantine: PathBuf,
}

impl DropFolder {
    pub(super) fn new(folder: &Path, archive: Option<&Path>, quarantine: Option<&Path>) -> Result<Self, CliError> {
        std::fs::create_dir_all(folder).map_err(|source| CliError::File {
            action: "make",
            path: folder.to_owned(),
            source,
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            archive: archive.map_or_else(|| folder.join("archive"), Path::to_owned),
            quarantine: quarantine.map_or_else(|| folder.join("quarantine"), Path::to_owned),
        })
    }

    /// What lies in the folder, without what was put away within it.
    pub(super) fn inputs(&self) -> Result<Vec<Input>, CliError> {
        let mut inputs = inputs::find(std::slice::from_ref(&self.folder))?;
        inputs.retain(|input| ![&self.archive, &self.quarantine].iter().any(|away| input.path().starts_with(away)));
        Ok(inputs)
    }

    /// Of what lies there, what has not changed since the last look.
    pub(super) fn settled(&self, known: &mut HashMap<PathBuf, Stamp>) -> Result<Vec<Input>, CliError> {
        let inputs = self.inputs()?;
        let stamps: HashMap<PathBuf, Stamp> =
            inputs.iter().filter_map(|input| Some((input.path().to_owned(), input.stamp().ok()?))).collect();
        let is_settled = |input: &Input| {
            let stamp = stamps.get(input.path());
            stamp.is_some() && stamp == known.get(input.path())
        };
        let settled = inputs.iter().filter(|input| is_settled(input)).cloned().collect();
        *known = stamps;
        Ok(settled)
    }

    /// Puts a file away: what was read into the archive, the rest into quarantine with the reason.
    pub(super) fn put_away(&self, input: &Input, report: &FileReport) -> Result<(), CliError> {
        let name = input.path().strip_prefix(&self.folder).unwrap_or(input.path());
        if matches!(report.outcome(), Word::Imported | Word::Duplicate) {
            aside::move_to(input.path(), &self.archive, name)?;
            return Ok(());
        }
        // It was changed or taken away while it was read: the next look finds it, or not.
        if !input.path().exists() || report.is_unfinished() {
            return Ok(());
        }
        let moved = aside::move_to(input.path(), &self.quarantine, name)?;
        aside::write_reason(&moved, report.reason().unwrap_or_default())
    }
}

/// How long to wait between two looks.
pub(super) fn pause(seconds: u64) {
    std::thread::sleep(Duration::from_secs(seconds.max(1)));
}
