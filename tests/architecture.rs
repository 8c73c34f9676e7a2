//! The architecture, checked: which module imports which, and what every file looks like.
//!
//! For: the table of `docs/architecture.md` as a test that names file and edge. Not for: the clock, the environment and
//! printing, which clippy keeps in their room (`clippy.toml` and the lints of `Cargo.toml`).
//! Invariant: a module that is not in the table fails; the table has no cycle.

#![expect(clippy::unwrap_used, reason = "test support fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "architecture/documents.rs"]
mod documents;
#[path = "architecture/scan.rs"]
mod scan;

/// Each module and what it may import. Modules that are planned stand here before they exist.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("stats", &[]),
    ("text", &[]),
    ("gate", &["model", "stats"]),
    ("predict", &["model", "stats"]),
    ("formats", &["model"]),
    ("store", &["model"]),
    ("report", &["model", "gate", "text"]),
    ("github", &["model"]),
    ("config", &["model", "gate"]),
    ("assemble", &["model", "text", "gate", "store", "report", "config"]),
    ("serve", &["model", "stats", "text", "gate", "predict", "formats", "store", "report", "config", "assemble"]),
    (
        "cli",
        &[
            "model", "stats", "text", "gate", "predict", "formats", "store", "report", "github", "config", "assemble",
            "serve",
        ],
    ),
];

/// Crates that one module only may name.
const ROOMS: &[(&str, &str)] =
    &[("duckdb", "store"), ("rusqlite", "store"), ("octocrab", "github"), ("axum", "serve"), ("clap", "cli")];

/// Longer files hold two ideas.
const LONGEST_FILE: usize = 500;

/// A source file of the crate.
struct SourceFile {
    /// Path below `src`, with forward slashes.
    name: String,
    text: String,
    tokens: Vec<String>,
}

impl SourceFile {
    /// The module path: `gate/policy.rs` is `["gate", "policy"]`, `lib.rs` and `main.rs` are the root.
    fn module(&self) -> Vec<&str> {
        let mut module: Vec<&str> = self.name.trim_end_matches(".rs").split('/').collect();
        if matches!(module.last(), Some(&"mod")) || matches!(module[..], ["lib" | "main"]) {
            module.pop();
        }
        module
    }

    /// `lib.rs` and every `mod.rs`: an index, without content of its own.
    fn is_index(&self) -> bool {
        self.name == "lib.rs" || self.name.ends_with("/mod.rs")
    }
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn source_files() -> Vec<SourceFile> {
    let root = repository().join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(read_source(&root, &path));
            }
        }
    }
    found.sort_by(|left, right| left.name.cmp(&right.name));
    assert!(found.len() > 20, "the sources are found");
    found
}

fn read_source(root: &Path, path: &Path) -> SourceFile {
    let relative = path.strip_prefix(root).unwrap();
    let name = relative.iter().map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join("/");
    let text = fs::read_to_string(path).unwrap();
    SourceFile { name, tokens: scan::tokens(&text), text }
}

/// Modules that a file imports against the table.
fn forbidden_imports(file: &SourceFile) -> Vec<String> {
    let module = file.module();
    // The root holds the modules and imports nothing below itself but the doorway.
    let (own, allowed) = match module.first() {
        None => ("the crate's root", &["cli"][..]),
        Some(&own) => match LAYERS.iter().find(|(name, _)| *name == own) {
            Some((_, allowed)) => (own, *allowed),
            None => return vec![format!("src/{}: module `{own}` is not in the table of layers", file.name)],
        },
    };
    let targets: BTreeSet<String> = scan::paths_from_root(&file.tokens, &module)
        .into_iter()
        .map(|path| path.into_iter().next().unwrap_or_else(|| "the crate's root".to_owned()))
        .filter(|target| target != own && !allowed.contains(&target.as_str()))
        .collect();
    targets.iter().map(|target| format!("src/{}: `{own}` may not import `{target}`", file.name)).collect()
}

/// Crates that a file names although they belong to another module.
fn crates_out_of_their_room(file: &SourceFile) -> Vec<String> {
    let module = file.module();
    let names = |name: &str| {
        file.tokens.windows(3).any(|window| {
            (window[1] == name && window[2] == "::" && window[0] != "::") || (window[0] == "use" && window[1] == name)
        })
    };
    ROOMS
        .iter()
        .filter(|(name, owner)| module.first() != Some(owner) && names(name))
        .map(|(name, owner)| format!("src/{}: only `{owner}` may name the crate `{name}`", file.name))
        .collect()
}

fn assert_none(problems: Vec<String>) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn modules_import_only_what_the_table_allows() {
    assert_none(source_files().iter().flat_map(forbidden_imports).collect());
}

#[test]
fn crates_stay_in_their_rooms() {
    assert_none(source_files().iter().flat_map(crates_out_of_their_room).collect());
}

#[test]
fn a_planted_import_is_found() {
    let planted = |name: &str, text: &str| SourceFile {
        name: name.to_owned(),
        text: text.to_owned(),
        tokens: scan::tokens(text),
    };
    for (name, text, problem) in [
        ("stats/a.rs", "use crate::gate::Policy;", "src/stats/a.rs: `stats` may not import `gate`"),
        ("gate/a.rs", "use super::super::store;", "src/gate/a.rs: `gate` may not import `store`"),
        ("extra/mod.rs", "", "src/extra/mod.rs: module `extra` is not in the table of layers"),
        ("model/a.rs", "use crate::*;", "src/model/a.rs: `model` may not import `*`"),
        ("lib.rs", "pub use crate::gate::Policy;", "src/lib.rs: `the crate's root` may not import `gate`"),
    ] {
        assert_eq!(forbidden_imports(&planted(name, text)), [problem]);
    }
    assert_eq!(forbidden_imports(&planted("gate/a.rs", "use crate::{model, stats}; use super::b;")), [""; 0]);
    for text in ["use duckdb::Connection;", "fn f(x: &duckdb::Connection) {}", "use duckdb as engine;"] {
        let problem = ["src/cli/a.rs: only `store` may name the crate `duckdb`"];
        assert_eq!(crates_out_of_their_room(&planted("cli/a.rs", text)), problem, "{text}");
        assert_eq!(crates_out_of_their_room(&planted("store/a.rs", text)), [""; 0], "{text}");
    }
}

#[test]
fn the_table_of_layers_has_no_cycle() {
    // Modules are listed bottom up, so each may import earlier ones only; that order is the proof.
    let mut listed = BTreeSet::new();
    for (module, imports) in LAYERS {
        for import in *imports {
            assert!(
                listed.contains(import),
                "`{module}` imports `{import}`, which the table lists later or not at all"
            );
        }
        assert!(listed.insert(module), "`{module}` is listed twice");
    }
}

#[test]
fn the_documented_table_of_layers_is_this_one() {
    let document = fs::read_to_string(repository().join("docs/architecture.md")).unwrap();
    for (module, imports) in LAYERS {
        let row = document.lines().find(|line| line.starts_with(&format!("| `{module}` |")));
        let last = row.unwrap_or_else(|| panic!("docs/architecture.md has no row for `{module}`")).split('|').nth(3);
        let documented: Vec<&str> = last.unwrap_or_default().split('`').skip(1).step_by(2).collect();
        assert_eq!(documented, *imports, "what docs/architecture.md says `{module}` may import");
    }
}

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    let without = |file: &&SourceFile| !file.text.starts_with("//! ");
    assert_none(source_files().iter().filter(without).map(|file| format!("src/{}", file.name)).collect());
}

#[test]
fn index_files_hold_no_content_of_their_own() {
    const CONTENT: &[&str] =
        &["fn", "struct", "enum", "union", "trait", "impl", "const", "static", "type", "macro_rules"];
    let content = |file: &SourceFile| {
        let word = file.tokens.iter().find(|token| CONTENT.contains(&token.as_str()))?;
        Some(format!("src/{} has a `{word}`: move it to a file of its own", file.name))
    };
    assert_none(source_files().iter().filter(|file| file.is_index()).filter_map(content).collect());
}

#[test]
fn files_are_short_enough_to_be_read() {
    let lines = |file: &SourceFile| file.text.lines().count();
    let long = |file: &&SourceFile| lines(file) > LONGEST_FILE;
    let say = |file: &SourceFile| format!("src/{} has {} lines: split it by idea", file.name, lines(file));
    assert_none(source_files().iter().filter(long).map(say).collect());
}

/// Exit codes with their meaning, as `src/cli/exit.rs` declares them: `/// Meaning.` and `Name = 10,`.
fn declared_exit_codes() -> BTreeMap<u8, String> {
    let source = fs::read_to_string(repository().join("src/cli/exit.rs")).unwrap();
    let mut codes = BTreeMap::new();
    let mut meaning = String::new();
    for line in source.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            meaning = if meaning.is_empty() { text.to_owned() } else { format!("{meaning} {text}") };
        } else {
            let number = line.strip_suffix(',').and_then(|line| line.split_once(" = ")).map(|(_, number)| number);
            if let Some(number) = number.and_then(|number| number.parse().ok()) {
                assert_eq!(codes.insert(number, meaning.trim_end_matches('.').to_owned()), None, "{number} twice");
            }
            meaning.clear();
        }
    }
    codes
}

#[test]
fn the_documented_exit_codes_are_the_real_ones() {
    let document = fs::read_to_string(repository().join("docs/exit-codes.md")).unwrap();
    let documented: BTreeMap<u8, String> = document
        .lines()
        .filter_map(|line| {
            let mut cells = line.split('|').skip(1).map(str::trim);
            Some((cells.next()?.parse().ok()?, cells.next()?.to_owned()))
        })
        .collect();
    assert!(documented.len() >= 7, "the table of docs/exit-codes.md is found");
    assert_eq!(documented, declared_exit_codes());
}
