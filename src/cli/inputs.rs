//! Results files and folders.
//!
//! For: what the user named, as a sorted list of inputs, and reading one. Not for: what is in them.
//! Invariant: a folder gives the same inputs in the same order on every machine; symbolic links are not followed, so
//! a folder from elsewhere cannot reach outside itself.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use globset::{GlobBuilder, GlobMatcher};
use walkdir::WalkDir;

use super::error::CliError;
use crate::formats::{self, Limits, ReadError, ReadOptions, Recognised, Sink, TreeFile, Why};

/// One thing to import: a file, or a tree of files that are one set of results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name for people: the path.
    pub name: String,
    /// Whether the user named it, and did not find it in a folder.
    pub is_named: bool,
    source: Source,
}

/// Where an input is. There may be a million of them, so that a path is kept once.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// A file whose path is its name.
    Named,
    /// A file whose path is no text, or has another name.
    File(PathBuf),
    CriterionTree(Box<Tree>),
}

/// Criterion's tree: its root and the files in it that hold results, relative to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tree {
    root: PathBuf,
    files: Vec<PathBuf>,
}

/// What identifies an input's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// BLAKE3 in hexadecimal.
    pub hash: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// Lists the inputs among files and folders. A path that does not exist is an input that cannot be read.
///
/// # Errors
/// [`CliError::File`] where a folder cannot be listed.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Input>, CliError> {
    let mut inputs = Vec::new();
    for path in paths {
        if path.is_dir() {
            inputs.extend(find_in_folder(path)?);
        } else if let Some(pattern) = glob(path) {
            inputs.extend(find_matching(path, &pattern)?);
        } else {
            inputs.push(file(path.clone(), true));
        }
    }
    Ok(inputs)
}

fn file(path: PathBuf, is_named: bool) -> Input {
    match path.into_os_string().into_string() {
        Ok(mut name) => {
            name.shrink_to_fit();
            Input { name, is_named, source: Source::Named }
        }
        Err(path) => {
            let path = PathBuf::from(path);
            Input { name: path.display().to_string(), is_named, source: Source::File(path) }
        }
    }
}

/// A path that does not exist and is written as a pattern.
fn glob(path: &Path) -> Option<GlobMatcher> {
    let text = path.to_str().filter(|text| text.contains(['*', '?', '[', '{']) && !path.exists())?;
    let glob = GlobBuilder::new(text.strip_prefix("./").unwrap_or(text)).literal_separator(true).build().ok()?;
    Some(glob.compile_matcher())
}

/// The files and folders that match a pattern, sorted. Matching nothing is an error: nothing compared is no pass.
fn find_matching(path: &Path, pattern: &GlobMatcher) -> Result<Vec<Input>, CliError> {
    let is_plain = |part: &Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    let root: PathBuf = path.components().take_while(is_plain).collect();
    let start = if root.as_os_str().is_empty() { Path::new(".") } else { root.as_path() };
    let matches = WalkDir::new(start).sort_by_file_name().into_iter().filter_map(Result::ok);
    let mut inputs = Vec::new();
    for entry in matches {
        let found = entry.path().strip_prefix("./").unwrap_or(entry.path());
        if !pattern.is_match(found) {
            continue;
        }
        if entry.file_type().is_dir() {
            inputs.extend(find_in_folder(found)?);
        } else if entry.file_type().is_file() {
            inputs.push(file(found.to_owned(), true));
        }
    }
    if inputs.is_empty() {
        return Err(CliError::Results {
            file: path.display().to_string(),
            reason: "no file matches this pattern".to_owned(),
            hint: "check that the benchmark ran and wrote its results there".to_owned(),
        });
    }
    Ok(inputs)
}

fn find_in_folder(folder: &Path) -> Result<Vec<Input>, CliError> {
    let mut inputs = Vec::new();
    let mut trees: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    let is_visible = |name: &str| !name.starts_with('.');
    let walk = WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || entry.file_name().to_str().is_none_or(is_visible));
    for entry in walk {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            CliError::File { action: "list", path, source: error.into() }
        })?;
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.into_path();
        match criterion_root(folder, &path) {
            Some(root) => {
                let relative = path.strip_prefix(&root).unwrap_or(&path).to_owned();
                trees.entry(root).or_default().push(relative);
            }
            None => inputs.push(file(path, false)),
        }
    }
    inputs.extend(trees.into_iter().map(|(root, files)| Input {
        name: root.display().to_string(),
        is_named: root == folder,
        source: Source::CriterionTree(Box::new(Tree { root, files })),
    }));
    Ok(inputs)
}

/// The root of the criterion tree that a file belongs to: the folder named `criterion`, else the folder given.
fn criterion_root(folder: &Path, file: &Path) -> Option<PathBuf> {
    let is_tree = |relative: &Path| formats::is_criterion_tree_file(&slashed(relative));
    let root = file
        .ancestors()
        .skip(1)
        .take_while(|ancestor| ancestor.starts_with(folder))
        .find(|ancestor| ancestor.file_name().is_some_and(|name| name == "criterion"))
        .unwrap_or(folder);
    is_tree(file.strip_prefix(root).ok()?).then(|| root.to_owned())
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// What changes when an input is written to.
pub type Stamp = Vec<(u64, Option<SystemTime>)>;

impl Tree {
    fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.files.iter().map(|file| self.root.join(file))
    }
}

impl Input {
    /// The file, or the root of the tree.
    #[must_use]
    pub fn path(&self) -> &Path {
        match &self.source {
            Source::Named => Path::new(&self.name),
            Source::File(path) => path,
            Source::CriterionTree(tree) => &tree.root,
        }
    }

    /// Gives it another name.
    pub fn rename(&mut self, name: &str) {
        if self.source == Source::Named {
            self.source = Source::File(self.path().to_owned());
        }
        self.name = name.to_owned();
    }

    /// Sizes and times of its files.
    ///
    /// # Errors
    /// What the system gives.
    pub fn stamp(&self) -> io::Result<Stamp> {
        let stamp = |path: &Path| {
            let metadata = std::fs::metadata(path)?;
            Ok((metadata.len(), metadata.modified().ok()))
        };
        match &self.source {
            Source::Named | Source::File(_) => Ok(vec![stamp(self.path())?]),
            Source::CriterionTree(tree) => tree.paths().map(|path| stamp(&path)).collect(),
        }
    }

    /// Hashes the content in bounded memory.
    ///
    /// # Errors
    /// What reading gives.
    pub fn content(&self) -> io::Result<Content> {
        let mut hasher = blake3::Hasher::new();
        let mut bytes = 0;
        match &self.source {
            Source::Named | Source::File(_) => bytes += hash_file(&mut hasher, self.path())?,
            Source::CriterionTree(tree) => {
                for (file, path) in tree.files.iter().zip(tree.paths()) {
                    hasher.update(slashed(file).as_bytes());
                    hasher.update(&[0]);
                    bytes += hash_file(&mut hasher, &path)?;
                }
            }
        }
        Ok(Content { hash: hasher.finalize().to_hex().to_string(), bytes })
    }

    /// Passes the results to a sink.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read(&self, reading: &ReadOptions, sink: &mut dyn Sink) -> Result<Recognised, ReadError> {
        match &self.source {
            Source::Named | Source::File(_) => formats::read(self.open()?, &self.name, reading, sink),
            Source::CriterionTree(tree) => {
                let read = |(file, path): (&PathBuf, PathBuf)| {
                    Ok(TreeFile { path: slashed(file), text: read_bounded(&path, &reading.limits)? })
                };
                let files = tree.files.iter().zip(tree.paths()).map(read).collect::<io::Result<Vec<_>>>()?;
                formats::read_criterion_tree(&files, &reading.limits, sink).map(Recognised::from)
            }
        }
    }

    fn open(&self) -> io::Result<BufReader<File>> {
        Ok(BufReader::with_capacity(1 << 18, File::open(self.path())?))
    }

    /// As [`Self::read`], and says why the file is taken for what it is.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn explain(&self, options: &ReadOptions, sink: &mut dyn Sink) -> Result<Why, ReadError> {
        match &self.source {
            Source::Named | Source::File(_) => formats::explain(self.open()?, &self.name, options, sink),
            Source::CriterionTree(_) => {
                let recognised = self.read(options, sink).map_err(|error| error.to_string());
                let marks = Some("the folder with `*/new/benchmark.json`".to_owned());
                Ok(Why { recognised, marks, others: Vec::new(), fields: Vec::new(), proposal: None })
            }
        }
    }
}

/// The hash of some files with their names, or of one file alone.
///
/// # Errors
/// What reading gives.
pub(super) fn content_of(files: &[PathBuf]) -> io::Result<Content> {
    let mut hasher = blake3::Hasher::new();
    let mut bytes = 0;
    for file in files {
        if let ([_, _, ..], Some(name)) = (files, file.file_name()) {
            hasher.update(name.as_encoded_bytes());
            hasher.update(&[0]);
        }
        bytes += hash_file(&mut hasher, file)?;
    }
    Ok(Content { hash: hasher.finalize().to_hex().to_string(), bytes })
}

fn hash_file(hasher: &mut blake3::Hasher, path: &Path) -> io::Result<u64> {
    let mut input = File::open(path)?;
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let read = input.read(&mut buffer)?;
        if read == 0 {
            return Ok(bytes);
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// One byte more than the limit is enough for the adapter to see that the file is too large.
fn read_bounded(path: &Path, limits: &Limits) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)?.take(limits.max_bytes.saturating_add(1)).read_to_end(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_files_sorted_and_criterions_tree_as_one() {
        let folder = tempfile::tempdir().expect("folder");
        let write = |path: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            std::fs::write(path, "{}").expect("written");
        };
        for path in ["b.json", "a/c.json", ".git/x.json", "target/criterion/sort/1000/new/estimates.json"] {
            write(path);
        }
        write("target/criterion/sort/1000/new/benchmark.json");
        let names: Vec<String> = find(&[folder.path().to_owned()])
            .expect("found")
            .into_iter()
            .map(|input| slashed(Path::new(&input.name).strip_prefix(folder.path()).expect("inside")))
            .collect();
        assert_eq!(names, ["a/c.json", "b.json", "target/criterion"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere_however_they_are_found() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().expect("folder");
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(path("a")).expect("folder");
        std::fs::write(path("a/real.json"), "{}").expect("written");
        symlink(path("a"), path("a/loop")).expect("a loop of folders");
        symlink(path("self.json"), path("self.json")).expect("a loop of files");
        symlink("/etc/hostname", path("a/outside.json")).expect("a way out");
        for named in [folder.path().to_owned(), path("**/*.json"), path("a/*")] {
            let inputs = find(std::slice::from_ref(&named)).expect("listed");
            let names: Vec<_> = inputs.iter().map(Input::path).collect();
            assert_eq!(names, [path("a/real.json")], "{}", named.display());
        }
        let looped = find(&[path("self.json")]).expect("listed");
        looped[0].content().expect_err("a link to itself cannot be read");
    }

    #[test]
    fn a_path_that_does_not_exist_is_an_input_that_cannot_be_read() {
        let inputs = find(&[PathBuf::from("no/such/file.json")]).expect("listed");
        assert_eq!(inputs[0].content().expect_err("absent").kind(), io::ErrorKind::NotFound);
    }
}
