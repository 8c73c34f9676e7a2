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

/// What follows a line `<!-- examples/workflows/NAME.yml -->`: the name and the fenced block.
fn quoted_workflows(text: &str) -> Vec<(String, String)> {
    let quoted = |part: &str| {
        let (name, rest) = part.split_once(" -->")?;
        let (_, rest) = rest.split_once("```yaml\n")?;
        let (block, _) = rest.split_once("\n```")?;
        Some((name.to_owned(), format!("{block}\n")))
    };
    text.split("<!-- examples/workflows/").skip(1).filter_map(quoted).collect()
}

#[test]
fn workflows_in_documents_are_the_files_that_are_tested() {
    let root = repository();
    let text = fs::read_to_string(root.join("docs/github.md")).unwrap();
    let quoted = quoted_workflows(&text);
    let mut problems = Vec::new();
    for (name, block) in &quoted {
        let file = fs::read_to_string(root.join("examples/workflows").join(name)).unwrap_or_default();
        if *block != file {
            problems.push(format!("docs/github.md quotes examples/workflows/{name} otherwise than it is"));
        }
    }
    for file in files_with_extension(&root.join("examples/workflows"), "yml") {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if !text.contains(&name) {
            problems.push(format!("docs/github.md does not mention examples/workflows/{name}"));
        }
    }
    assert!(quoted.len() >= 2, "the page quotes workflows");
    assert_none(problems);
}

/// The names in one section of `action.yml`: `inputs` or `outputs`.
fn action_names(action: &str, section: &str) -> Vec<String> {
    let (_, rest) = action.split_once(&format!("\n{section}:\n")).unwrap();
    let is_name = |line: &str| line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':');
    rest.lines()
        .take_while(|line| line.is_empty() || line.starts_with([' ', '#']))
        .filter(|line| is_name(line))
        .map(|line| line.trim().trim_end_matches(':').to_owned())
        .collect()
}

#[test]
fn every_input_and_output_of_the_action_is_documented() {
    let root = repository();
    let action = fs::read_to_string(root.join("action.yml")).unwrap();
    let text = fs::read_to_string(root.join("docs/action.md")).unwrap();
    let names = [action_names(&action, "inputs"), action_names(&action, "outputs")].concat();
    assert!(names.len() > 30, "{names:?}");
    let missing = names.iter().filter(|name| !text.contains(&format!("| `{name}` |")));
    assert_none(missing.map(|name| format!("docs/action.md has no row for `{name}`")).collect());
}

/// The input that each environment variable of benchgate's own takes its value from.
fn variables_of_inputs(action: &str) -> Vec<(&str, &str)> {
    let pair = |line| {
        let (variable, value) = str::trim(line).split_once(": ${{ inputs.")?;
        let input = value.split([' ', '}']).next()?;
        variable.starts_with("BENCHGATE_").then_some((variable, input))
    };
    action.lines().filter_map(pair).collect()
}

#[test]
fn every_input_reaches_a_flag_or_a_script() {
    let root = repository();
    let action = fs::read_to_string(root.join("action.yml")).unwrap();
    let in_folder = |folder: &str| -> String {
        let files = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.is_file()).map(|path| fs::read_to_string(path).unwrap()).collect()
    };
    let (flags, scripts) = (in_folder("src/cli"), in_folder("scripts/action"));
    let is_read =
        |name: &str| flags.contains(&format!("env = \"{name}\"")) || scripts.contains(&format!("${{{name}:-"));
    let pairs = variables_of_inputs(&action);
    let unread = pairs.iter().filter(|(name, _)| !is_read(name));
    let mut problems: Vec<String> = unread.map(|(name, _)| format!("nothing reads `{name}` of action.yml")).collect();
    // These are for steps of the action itself.
    let of_steps = ["cache", "token", "retention-days"];
    let is_used = |input: &str| of_steps.contains(&input) || pairs.iter().any(|(_, other)| *other == input);
    let unused = action_names(&action, "inputs").into_iter().filter(|input| !is_used(input));
    problems.extend(unused.map(|input| format!("the input `{input}` of action.yml goes nowhere")));
    assert_none(problems);
}
