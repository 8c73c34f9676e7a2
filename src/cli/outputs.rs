//! What a step of GitHub Actions leaves for the next ones and for people: outputs and the job summary.
//!
//! For: appending to the files that the runner named. Not for: their syntax (see `github::files`).
//! Invariant: outside of GitHub Actions nothing is written; a value can neither end its output nor begin another one.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::surroundings::{Console, Surroundings};
use crate::github::files;
use crate::report::{self, Annotation};

/// The files that the runner named.
#[derive(Clone, Debug)]
pub(super) struct Outputs {
    output: Option<PathBuf>,
    summary: Option<PathBuf>,
    is_in_ci: bool,
    /// Not to be guessed by whoever chose the values: a delimiter that occurs in a value would end it.
    seed: String,
}

impl Outputs {
    /// The files of this step.
    pub(super) fn of(surroundings: &Surroundings) -> Self {
        let file = |name: &str| surroundings.variable(name).map(PathBuf::from);
        let is_in_ci = surroundings.variable("GITHUB_ACTIONS") == Some("true");
        let seed = format!("{:?} {}", surroundings.now, std::process::id());
        Self { output: file("GITHUB_OUTPUT"), summary: file("GITHUB_STEP_SUMMARY"), is_in_ci, seed }
    }

    /// Sets outputs of the step.
    ///
    /// # Errors
    /// [`CliError::File`].
    pub(super) fn set(&self, values: &[(&str, String)]) -> Result<(), CliError> {
        let Some(path) = &self.output else { return Ok(()) };
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.seed.as_bytes());
        values.iter().for_each(|(_, value)| {
            hasher.update(value.as_bytes());
        });
        let delimiter = format!("benchgate_{}", &hasher.finalize().to_hex()[..32]);
        append(path, &files::outputs(values, &delimiter))
    }

    /// Appends Markdown to the job's summary, as much as it takes.
    ///
    /// # Errors
    /// [`CliError::File`].
    pub(super) fn summarise(&self, markdown: &str) -> Result<(), CliError> {
        let Some(path) = &self.summary else { return Ok(()) };
        let existing = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        append(path, &files::summary(existing, markdown))
    }
}

impl Outputs {
    /// Does some work whose output the runner takes for no commands: foreign names are printed, and lines that begin with
    /// `::` are commands otherwise. An error is told in the summary and by an annotation; `lost` is what there is none of.
    ///
    /// # Errors
    /// That of the work, [`CliError::File`], or [`CliError::Output`].
    pub(super) fn tell<T>(
        &self,
        lost: &str,
        console: &mut Console<'_>,
        work: impl FnOnce(&mut Console<'_>) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        self.stop_commands(console)?;
        let result = work(console);
        if let Err(error) = &result {
            let words = error.in_one_line();
            self.summarise(&report::markdown_error(&lost.to_uppercase(), &words))?;
            self.annotate(console, &Annotation::error(lost, &words))?;
        }
        self.resume_commands(console)?;
        result
    }

    /// From here on, the runner takes no line of the log for a command.
    ///
    /// # Errors
    /// [`CliError::Output`].
    fn stop_commands(&self, console: &mut Console<'_>) -> Result<(), CliError> {
        if self.is_in_ci {
            writeln!(console.out, "::stop-commands::{}", self.token())?;
            console.out.flush()?;
        }
        Ok(())
    }

    /// Ends what [`Self::stop_commands`] began.
    ///
    /// # Errors
    /// [`CliError::Output`].
    fn resume_commands(&self, console: &mut Console<'_>) -> Result<(), CliError> {
        if self.is_in_ci {
            writeln!(console.out, "::{}::", self.token())?;
            console.out.flush()?;
        }
        Ok(())
    }

    /// Prints one annotation amid stopped commands.
    ///
    /// # Errors
    /// [`CliError::Output`].
    pub(super) fn annotate(&self, console: &mut Console<'_>, annotation: &Annotation) -> Result<(), CliError> {
        if !self.is_in_ci {
            return Ok(());
        }
        self.resume_commands(console)?;
        writeln!(console.out, "{}", annotation.command())?;
        self.stop_commands(console)
    }

    fn token(&self) -> String {
        blake3::hash(format!("stop {}", self.seed).as_bytes()).to_hex()[..32].to_owned()
    }
}

fn append(path: &Path, text: &str) -> Result<(), CliError> {
    let write = || OpenOptions::new().create(true).append(true).open(path)?.write_all(text.as_bytes());
    write().map_err(|source| CliError::File { action: "write", path: path.to_owned(), source })
}
