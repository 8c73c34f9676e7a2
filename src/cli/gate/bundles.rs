//! What other jobs left as artifacts.
//!
//! For: finding bundles among a repository's artifacts, and bringing them to files. Not for: trusting them: they are data
//! of code under review, and a name or a size that is out of bounds ends their use.
//! Invariant: no name of an artifact or of a file in it is used as a path; what cannot be used is named with its reason.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::job::Job;
use crate::cli::error::CliError;
use crate::cli::leg::BundleName;
use crate::github::archive::{self, ArchiveLimits};
use crate::github::{Artifact, Client, GithubError};

/// Largest artifact that is downloaded, in bytes.
const LARGEST_ARTIFACT: u64 = 32 << 20;

/// What is unpacked of one artifact at most: it is one file.
const UNPACKED: ArchiveLimits = ArchiveLimits { files: 1, file_bytes: 64 << 20, total_bytes: 64 << 20 };

/// What is unpacked of all artifacts that are fetched together: far more than real bundles hold, less than a runner's disk.
const MOST_UNPACKED: usize = 256 << 20;

/// Bundles of one run that are looked at; a matrix has at most 256 jobs.
const MOST_OF_RUN: usize = 512;

/// Why a leg fails that is not one.
pub(super) const SHARED: &str = "several jobs or steps of the run left results as this leg, and which of them measured \
                                 what is not known: give each a `leg` of its own";

/// A bundle among the artifacts.
#[derive(Clone, Debug)]
pub(super) struct Offered {
    /// The artifact.
    pub(super) artifact: Artifact,
    /// What its name says.
    pub(super) name: BundleName,
}

/// A bundle that was fetched, or why it could not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fetched {
    /// What its artifact's name says.
    pub(super) name: BundleName,
    /// The file, or the reason.
    pub(super) file: Result<PathBuf, String>,
}

/// The bundles of this gate that a run uploaded.
///
/// # Errors
/// What GitHub answers.
pub(super) fn of_run(job: &Job<'_>, client: &Client, run_id: u64) -> Result<Vec<Offered>, GithubError> {
    Ok(offered(job, client.run_artifacts(run_id)?).take(MOST_OF_RUN).collect())
}

/// Of the bundles of one run, the legs that several jobs or steps took for theirs: what one of them measured would count
/// as a re-run of what another one did, and its later attempt as one of both.
pub(super) fn shared(offered: &[Offered]) -> HashSet<String> {
    let mut seen = HashSet::new();
    let again = offered.iter().filter(|one| !seen.insert((&one.name.leg, one.name.attempt)));
    again.map(|one| one.name.leg.clone()).collect()
}

/// The artifacts that are bundles of this gate.
pub(super) fn offered(job: &Job<'_>, artifacts: Vec<Artifact>) -> impl Iterator<Item = Offered> {
    let gate = job.name.clone();
    artifacts.into_iter().filter(|artifact| !artifact.is_expired).filter_map(move |artifact| {
        let name = BundleName::parse(&artifact.name).filter(|name| name.gate == gate)?;
        Some(Offered { artifact, name })
    })
}

/// Downloads bundles into a folder, a numbered file each, until they are too large together.
///
/// # Errors
/// [`CliError::File`] where the folder cannot be written; what a bundle does wrong is its own entry.
pub(super) fn fetch(client: &Client, offered: &[Offered], folder: &Path) -> Result<Vec<Fetched>, CliError> {
    let refused = |path: &Path| {
        let path = path.to_owned();
        move |source| CliError::File { action: "write", path, source }
    };
    std::fs::create_dir_all(folder).map_err(refused(folder))?;
    let mut fetched = Vec::with_capacity(offered.len());
    let mut unpacked = 0;
    for (number, Offered { artifact, name }) in offered.iter().enumerate() {
        let content = if unpacked > MOST_UNPACKED {
            Err(format!(
                "it was not fetched: the bundles before it are larger than {} MB together",
                MOST_UNPACKED >> 20
            ))
        } else {
            unpack(client, artifact)
        };
        let file = match content {
            Err(reason) => Err(reason),
            Ok(content) => {
                unpacked += content.len();
                let path = folder.join(format!("bundle-{number}.jsonl"));
                std::fs::write(&path, content).map_err(refused(&path))?;
                Ok(path)
            }
        };
        fetched.push(Fetched { name: name.clone(), file });
    }
    Ok(fetched)
}

fn unpack(client: &Client, artifact: &Artifact) -> Result<Vec<u8>, String> {
    let zip = client.download(artifact, LARGEST_ARTIFACT).map_err(|error| error.to_string())?;
    let mut files = archive::read(&zip, UNPACKED).map_err(|error| error.to_string())?;
    match files.len() {
        1 => Ok(files.remove(0)),
        count => Err(format!("the artifact holds {count} files, and a bundle is one")),
    }
}
