//! A small reader of Rust source: tokens, and the paths that start at the crate's root.
//!
//! For: seeing what a file of this crate imports, wherever the path stands and however it is grouped. Not for: a full
//! parser; what a macro of another crate expands to is not seen.
//! Invariant: text in comments, strings and characters is never taken for code.

/// Splits source into identifiers and punctuation (`::` is one token), without comments, strings and characters.
pub(crate) fn tokens(source: &str) -> Vec<String> {
    let characters: Vec<char> = source.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        let next = characters.get(at + 1).copied();
        at = match (character, next) {
            ('/', Some('/')) => position(&characters, at, '\n'),
            ('/', Some('*')) => after_block_comment(&characters, at),
            ('"', _) => after_string(&characters, at),
            ('\'', _) => after_quote(&characters, at),
            (':', Some(':')) => {
                found.push("::".to_owned());
                at + 2
            }
            _ if character.is_alphanumeric() || character == '_' => {
                let end = after_word(&characters, at);
                let word: String = characters[at..end].iter().collect();
                match after_prefixed_string(&characters, &word, end) {
                    Some(after) => after,
                    None => {
                        found.push(word);
                        end
                    }
                }
            }
            _ => {
                if !character.is_whitespace() {
                    found.push(character.to_string());
                }
                at + 1
            }
        };
    }
    found
}

fn position(characters: &[char], from: usize, wanted: char) -> usize {
    (from..characters.len()).find(|&at| characters[at] == wanted).unwrap_or(characters.len())
}

fn after_word(characters: &[char], from: usize) -> usize {
    (from..characters.len())
        .find(|&at| !characters[at].is_alphanumeric() && characters[at] != '_')
        .unwrap_or(characters.len())
}

/// Block comments nest.
fn after_block_comment(characters: &[char], from: usize) -> usize {
    let mut depth = 0;
    let mut at = from;
    while at < characters.len() {
        match (characters[at], characters.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn after_string(characters: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < characters.len() && characters[at] != '"' {
        at += if characters[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// A character, or the apostrophe of a lifetime.
fn after_quote(characters: &[char], from: usize) -> usize {
    match (characters.get(from + 1), characters.get(from + 2)) {
        (Some('\\'), _) => position(characters, from + 3, '\'') + 1,
        (Some(_), Some('\'')) => from + 3,
        _ => from + 1,
    }
}

/// The end of `r"..."`, `br#"..."#`, `b"..."` and the like, where `word` is such a prefix.
fn after_prefixed_string(characters: &[char], word: &str, end: usize) -> Option<usize> {
    if !matches!(word, "r" | "b" | "br" | "c" | "cr") {
        return None;
    }
    let hashes = characters[end..].iter().take_while(|&&character| character == '#').count();
    if characters.get(end + hashes) != Some(&'"') {
        return None;
    }
    if !word.contains('r') {
        return Some(after_string(characters, end));
    }
    let mut at = end + hashes + 1;
    while at < characters.len() {
        let closing = &characters[at + 1..(at + 1 + hashes).min(characters.len())];
        if characters[at] == '"' && closing.len() == hashes && closing.iter().all(|&character| character == '#') {
            break;
        }
        at += 1;
    }
    Some(at + 1 + hashes)
}

/// The paths of a file that begin at `crate`, `super` or `self`, each from the crate's root: `["gate", "Policy"]`.
/// `module` is the path of the file's own module. A path that names nothing below the root is returned empty.
pub(crate) fn paths_from_root(tokens: &[String], module: &[&str]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut scopes: Vec<Option<String>> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| tokens[before].as_str());
        match token.as_str() {
            "{" => scopes.push(inline_module(tokens, at)),
            "}" => {
                scopes.pop();
            }
            // A path that goes on from something else was read from its start.
            "crate" | "super" | "self" if before != Some("::") && !is_in_use_group(tokens, at) => {
                let mut base: Vec<String> = module.iter().map(|&name| name.to_owned()).collect();
                base.extend(scopes.iter().flatten().cloned());
                if is_visibility_or_receiver(tokens, at) {
                    continue;
                }
                let mut trees = Vec::new();
                read_tree(tokens, at, &mut Vec::new(), &mut trees);
                found.extend(trees.iter().map(|path| resolve(path, &base)));
            }
            _ => {}
        }
    }
    found
}

/// `mod name {`, whose brace stands at `at`.
fn inline_module(tokens: &[String], at: usize) -> Option<String> {
    (at >= 2 && tokens[at - 2] == "mod").then(|| tokens[at - 1].clone())
}

/// Whether the token opens an item of a `{...}` group of a `use`, so that the group's start has read it.
fn is_in_use_group(tokens: &[String], at: usize) -> bool {
    let mut depth = 0;
    for before in (0..at).rev() {
        match tokens[before].as_str() {
            "}" => depth += 1,
            "{" if depth > 0 => depth -= 1,
            "{" => return before > 0 && tokens[before - 1] == "::",
            ";" => return false,
            _ => {}
        }
    }
    false
}

/// `pub(crate)`, `pub(super)`, and `self` as a method's receiver or a value.
fn is_visibility_or_receiver(tokens: &[String], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| tokens[before].as_str());
    let after = tokens.get(at + 1).map(String::as_str);
    (tokens[at] == "self" && after != Some("::")) || (before == Some("(") && after == Some(")"))
}

/// Reads a path or a tree of paths that starts at `at`; returns where it ends.
fn read_tree(tokens: &[String], at: usize, prefix: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let depth = prefix.len();
    let mut at = at;
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at = read_group(tokens, at + 1, prefix, found);
                break;
            }
            Some(word) if is_segment(word) => prefix.push(word.to_owned()),
            _ => {
                found.push(prefix.clone());
                break;
            }
        }
        at += 1;
        if tokens.get(at).map(String::as_str) != Some("::") {
            found.push(prefix.clone());
            break;
        }
        at += 1;
    }
    prefix.truncate(depth);
    at
}

fn read_group(tokens: &[String], from: usize, prefix: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "}" => return at + 1,
            word if is_segment(word) || word == "{" => {
                at = read_tree(tokens, at, prefix, found);
                // `name as other`: the other name is no path.
                if tokens.get(at).is_some_and(|token| token == "as") {
                    at += 2;
                }
            }
            _ => at += 1,
        }
    }
    at
}

fn is_segment(word: &str) -> bool {
    word == "*" || word.starts_with(|character: char| character.is_alphabetic() || character == '_')
}

/// Resolves `crate`, `super` and `self` at the start of a path.
fn resolve(path: &[String], module: &[String]) -> Vec<String> {
    let mut resolved = module.to_vec();
    for (index, segment) in path.iter().enumerate() {
        match segment.as_str() {
            "crate" => resolved.clear(),
            "super" => {
                resolved.pop();
            }
            "self" => {}
            _ => {
                resolved.extend_from_slice(&path[index..]);
                break;
            }
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots(source: &str, module: &[&str]) -> Vec<String> {
        let paths = paths_from_root(&tokens(source), module);
        paths.into_iter().map(|path| path.first().cloned().unwrap_or_else(|| "ROOT".to_owned())).collect()
    }

    #[test]
    fn imports_are_seen_however_they_are_written() {
        for (source, expected) in [
            ("use crate::gate::Policy;", &["gate"][..]),
            ("use crate::{gate::Policy, model};", &["gate", "model"]),
            ("use crate::{gate::{Policy, Action}, model as words};", &["gate", "gate", "model"]),
            ("fn f(x: crate::store::Store) {}", &["store"]),
            ("let x = crate::store::open::<u8>();", &["store"]),
            ("macro_rules! m { () => { $crate::store::open() } }", &["store"]),
            ("pub(crate) fn f(&self) -> u8 { self.x }", &[]),
            ("pub(in crate::gate) fn f() {}", &["gate"]),
            ("use crate::*;", &["*"]),
            ("use crate as benchgate;", &["ROOT"]),
            ("extern crate self as benchgate;", &["ROOT"]),
        ] {
            assert_eq!(roots(source, &["stats", "robust"]), expected, "{source}");
        }
    }

    #[test]
    fn super_is_followed_across_the_root() {
        for (source, expected) in [
            ("use super::noise;", &["stats"][..]),
            ("use super::super::store;", &["store"]),
            ("use super::{super::store, noise};", &["store", "stats"]),
            ("mod tests { use super::*; }", &["stats"]),
            ("mod tests { use super::super::super::store; }", &["store"]),
            ("mod tests { fn f() { if x {} } use super::super::noise; } use super::super::gate;", &["stats", "gate"]),
            ("use self::inner::Thing;", &["stats"]),
        ] {
            assert_eq!(roots(source, &["stats", "robust"]), expected, "{source}");
        }
        assert_eq!(roots("use super::gate;", &["stats"]), ["gate"]);
    }

    #[test]
    fn strings_comments_and_characters_are_not_code() {
        for source in [
            "// use crate::store;",
            "/* use crate::store; /* nested */ crate::store */",
            "//! [`crate::store`]",
            "let x = \"crate::store // \\\" crate::store\";",
            "let x = r#\"crate::store \" crate::store\"#;",
            "let x = b\"crate::store\";",
            "let x = ('\"', '\\'', 'a'); let y: &'static str = \"crate::store\";",
        ] {
            assert_eq!(roots(source, &["stats"]), [""; 0], "{source}");
        }
        let after = "let url = \"https://example.org\"; use crate::store; let quote = '\"'; use crate::gate;";
        assert_eq!(roots(after, &["stats"]), ["store", "gate"]);
    }
}
