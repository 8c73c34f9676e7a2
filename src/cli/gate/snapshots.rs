//! The committed baselines that stand in for a history.
//!
//! For: finding them: in the checkout of the branch itself, or as the base branch has them where the checkout is a change to
//! it. Not for: importing them.
//! Invariant: a pull request is never judged by what it brings itself.

use std::path::{Component, Path, PathBuf};

use super::job::Job;
use super::subject::Kind;
use crate::cli::error::CliError;
use crate::cli::folder;
use crate::github::{Client, GithubError};

/// Files that are read of the base branch, and the bytes of each, at most.
const MOST_FILES: usize = 100;
const LARGEST_FILE: u64 = 16 << 20;

/// Endings of files that are read.
const ENDINGS: [&str; 2] = [".json", ".jsonl"];

/// Files and folders to import; none where nothing is committed, or it cannot be read.
///
/// # Errors
/// [`CliError::File`]; what GitHub refuses is a notice.
pub(super) fn find(job: &Job<'_>, notices: &mut Vec<String>) -> Result<Vec<PathBuf>, CliError> {
    let folder = &job.arguments.snapshots;
    if job.subject.kind == Kind::Branch {
        return Ok(if folder.is_dir() { vec![folder.clone()] } else { Vec::new() });
    }
    let shown = folder.display();
    let (Some(client), Some(branch)) = (job.client, job.subject.base_branch.as_deref()) else {
        if folder.is_dir() {
            notices.push(format!(
                "{shown} of this checkout is not read, since the change under review may have changed it, and without a \
                 token GitHub cannot be asked for that of the base branch"
            ));
        }
        return Ok(Vec::new());
    };
    let Some(path) = below_root(folder) else {
        notices.push(format!(
            "{shown} is not read: only a path below the repository's root can be read of the base branch"
        ));
        return Ok(Vec::new());
    };
    match fetch(client, &path, branch) {
        Ok(contents) => write(job, contents),
        Err(error) => {
            notices.push(format!("{shown} of {branch} was not read: {error}"));
            Ok(Vec::new())
        }
    }
}

/// The path as GitHub names it; `None` for one that leads out of the repository.
fn below_root(folder: &Path) -> Option<String> {
    let parts = folder.components().filter(|part| *part != Component::CurDir);
    let parts: Option<Vec<&str>> = parts
        .map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _other => None,
        })
        .collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("/"))
}

fn fetch(client: &Client, folder: &str, branch: &str) -> Result<Vec<Vec<u8>>, GithubError> {
    let files = client.committed_files(folder, branch)?;
    let results = files.iter().filter(|file| ENDINGS.iter().any(|ending| file.name.ends_with(ending)));
    results.take(MOST_FILES).map(|file| client.committed_file(file, LARGEST_FILE)).collect()
}

fn write(job: &Job<'_>, contents: Vec<Vec<u8>>) -> Result<Vec<PathBuf>, CliError> {
    let write = |(number, content): (usize, Vec<u8>)| {
        let path = job.output("snapshots").join(format!("{number}.json"));
        folder::write(&path, content).map(|()| path)
    };
    contents.into_iter().enumerate().map(write).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_a_path_below_the_root() {
        let of = |text: &str| below_root(Path::new(text));
        assert_eq!(of("./bench/baselines/").as_deref(), Some("bench/baselines"));
        for text in ["/baselines", "../baselines", "a/../..", ".", ""] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
