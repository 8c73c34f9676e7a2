//! Documents and workflows: what they point at is there, and what they run is pinned.
//!
//! For: links between files of the repository, and the actions that workflows use. Not for: links to other sites.
//! Invariant: reads what is committed and nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use super::{assert_none, repository};

fn files_with_extension(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}

/// Targets of `[text](target)` that are files of the repository.
fn local_links(text: &str) -> Vec<&str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains("://") && !target.contains(' '))
        .collect()
}

#[test]
fn links_between_documents_lead_somewhere() {
    let root = repository();
    let mut documents = files_with_extension(&root, "md");
    documents.extend(files_with_extension(&root.join("docs"), "md"));
    assert!(documents.len() >= 6, "the documents are found");
    let mut broken = Vec::new();
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        let folder = document.parent().unwrap();
        let missing = local_links(&text).into_iter().filter(|target| !folder.join(target).exists());
        broken.extend(missing.map(|target| format!("{}: {target}", document.display())));
    }
    assert_none(broken);
}

/// Why a `uses:` line is not pinned by a full commit with its version beside it.
fn unpinned(line: &str) -> Option<&str> {
    let action = line.trim().trim_start_matches("- ").strip_prefix("uses:")?.trim();
    let is_pinned = action.split_once('@').is_some_and(|(_, reference)| {
        let (commit, version) = reference.split_once(" # v").unwrap_or((reference, ""));
        commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()) && !version.is_empty()
    });
    (!is_pinned && !action.starts_with("./")).then_some(action)
}

#[test]
fn workflows_pin_every_action_by_commit() {
    let root = repository();
    let mut files = files_with_extension(&root.join(".github/workflows"), "yml");
    assert!(!files.is_empty(), "the workflows are found");
    files.extend(files_with_extension(&root, "yml"));
    let mut problems = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        problems.extend(text.lines().filter_map(unpinned).map(|action| format!("{}: {action}", file.display())));
    }
    assert_none(problems);
}

#[test]
fn a_tag_is_not_a_pin() {
    let commit = "3d3c42e5aac5ba805825da76410c181273ba90b1";
    assert_eq!(unpinned(&format!("  - uses: actions/checkout@{commit} # v7.0.1")), None);
    assert_eq!(unpinned("uses: ./"), None);
    for reference in ["actions/checkout@v7", "actions/checkout", &format!("actions/checkout@{commit}")] {
        assert_eq!(unpinned(&format!("uses: {reference}")), Some(reference));
    }
}
