//! What ends a command without a verdict, in words and as an exit code.
//!
//! For: `error: ... / cause: ... / hint: ...`. Not for: findings; a regression is not an error.
//! Invariant: every error has an exit code that is not 0.

use std::error::Error as _;
use std::io::Write;
use std::path::PathBuf;

use thiserror::Error;

use super::exit::Exit;
use super::waiting;
use crate::assemble::CandidateError;
use crate::config::ConfigError;
use crate::formats::MappingError;
use crate::github::GithubError;
use crate::model::MissingFact;
use crate::serve::ServeError;
use crate::store::StoreError;
use crate::store::import::ImportError;
use crate::text::escape;

/// An error of a command.
#[derive(Debug, Error)]
pub enum CliError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The policy file is not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A mapping of the configuration is not valid.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// Flags that contradict each other or cannot be used.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// A fact about the results is known from nowhere.
    #[error("`{file}`: {fact}")]
    Missing {
        /// The results file.
        file: String,
        /// The fact.
        fact: MissingFact,
    },
    /// A results file cannot be used, and a verdict without it would be a guess.
    #[error("`{file}` cannot be judged: {reason}")]
    Results {
        /// The results file.
        file: String,
        /// What is wrong, and where.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// A file could not be read or written.
    #[error("cannot {action} `{path}`")]
    File {
        /// What was attempted.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// Maintenance that would lose something, or cannot be trusted.
    #[error("{message}")]
    Maintenance {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// GitHub's API or the event could not be used.
    #[error(transparent)]
    GitHub(#[from] GithubError),
    /// A server could not start, or not end in order.
    #[error(transparent)]
    Serve(ServeError),
    /// Standard output could not be written.
    #[error("cannot write to standard output")]
    Output(#[from] std::io::Error),
}

impl From<CandidateError> for CliError {
    fn from(error: CandidateError) -> Self {
        match error {
            CandidateError::Repeated(error) => Self::Store(error),
            CandidateError::Unfit { file, reason } => {
                Self::Results { file, reason, hint: CandidateError::HINT.to_owned() }
            }
        }
    }
}

impl From<ServeError> for CliError {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Store(error) => Self::Store(error),
            other => Self::Serve(other),
        }
    }
}

impl CliError {
    /// The exit code.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Config(_) | Self::Mapping(_) | Self::Usage { .. } | Self::Missing { .. } => Exit::Usage,
            Self::Store(_)
            | Self::Results { .. }
            | Self::File { .. }
            | Self::Maintenance { .. }
            | Self::GitHub(_)
            | Self::Serve(_)
            | Self::Output(_) => Exit::Trouble,
        }
    }

    /// An import's error, with the file that it happened in.
    #[must_use]
    pub fn from_import(error: ImportError, file: &str) -> Self {
        match error {
            ImportError::Missing(fact) => Self::Missing { file: file.to_owned(), fact },
            ImportError::Store(error) => Self::Store(error),
        }
    }

    /// The error with its first cause and the hint, for where there is one line only.
    #[must_use]
    pub fn in_one_line(&self) -> String {
        let cause = self.source().map_or_else(String::new, |cause| format!(": {cause}"));
        let hint = self.hint().map_or_else(String::new, |hint| format!(" ({hint})"));
        format!("{self}{cause}{hint}")
    }

    /// Writes the error, its causes and the hint.
    ///
    /// # Errors
    /// What writing gives.
    pub fn write(&self, err: &mut dyn Write) -> std::io::Result<()> {
        let code = match self {
            Self::Store(error) => format!("[{}] ", error.code()),
            Self::Maintenance { .. } => "[DB005] ".to_owned(),
            _ => String::new(),
        };
        writeln!(err, "error: {code}{}", escape::terminal(&self.to_string()))?;
        let mut cause = self.source();
        while let Some(error) = cause {
            // DuckDB's last cause is a number that says nothing: "Error code 1: Unknown error code".
            if error.to_string().starts_with("Error code ") {
                break;
            }
            writeln!(err, "cause: {}", escape::terminal(&error.to_string()))?;
            cause = error.source();
        }
        if let Self::Store(error) = self
            && let Some(holder) = waiting::holder(error)
        {
            writeln!(err, "cause: {}", escape::terminal(&holder))?;
        }
        if let Some(hint) = self.hint() {
            writeln!(err, "\nhint: {}", escape::terminal(&hint))?;
        }
        Ok(())
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Store(error) => Some(error.hint().to_owned()),
            Self::Usage { hint, .. } | Self::Results { hint, .. } | Self::Maintenance { hint, .. } => {
                Some(hint.clone())
            }
            Self::Missing { fact: fact @ (MissingFact::Model | MissingFact::Hardware), .. } => {
                let flag = fact.flag();
                Some(format!(
                    "give it with {flag}; in the action, that is the input `{}`",
                    flag.trim_start_matches('-')
                ))
            }
            Self::Missing { fact, .. } => Some(format!("give it with {}", fact.flag())),
            Self::Config(error) => error.hint(),
            Self::Mapping(_) => Some("docs/mappings.md describes what a mapping may say".to_owned()),
            Self::GitHub(error) => Some(error.hint()),
            Self::Serve(ServeError::Listen { .. }) => Some("give another address with --host and --port".to_owned()),
            Self::Serve(_) | Self::File { .. } | Self::Output(_) => None,
        }
    }
}
