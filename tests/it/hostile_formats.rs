//! Hostile files: whatever the bytes, no adapter panics, overflows the stack or reports a number that cannot be.
//!
//! For: mutations of the fixtures of every format, and the inputs that broke other parsers. Not for: what a defect is
//! called in a given format, which unit tests pin down.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

use benchgate::formats::{Class, Format, Limits, ReadError, ReadOptions, Sink, TreeFile, read, read_criterion_tree};
use benchgate::model::{Record, ResultDraft, RunDraft};
use proptest::prelude::*;

use crate::fuzz::families::Checker;

fn read_bytes(bytes: &[u8], format: Option<Format>) -> Result<Format, ReadError> {
    read(Cursor::new(bytes), "fixture.json", &ReadOptions { format, ..ReadOptions::default() }, &mut Checker::default())
        .map(|found| found.format)
}

/// Every fixture but those of criterion folders, with its path.
pub(crate) fn fixtures() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats");
    let files = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(|entry| entry.expect("fixture"));
    let files = files.filter(|entry| entry.file_type().is_file());
    let read = |entry: walkdir::DirEntry| {
        let name = entry.path().strip_prefix(&root).expect("inside").to_string_lossy().replace('\\', "/");
        (name, std::fs::read(entry.path()).expect("fixture"))
    };
    files.map(read).collect()
}

#[test]
fn every_fixture_is_recognised_as_the_format_of_its_folder() {
    let mut formats = std::collections::BTreeSet::new();
    for (name, bytes) in fixtures() {
        let folder = name.split('/').next().expect("folder");
        if folder == "criterion" {
            continue;
        }
        let format = read_bytes(&bytes, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(format.name().starts_with(folder), "{name} was taken for {format}");
        read_bytes(&bytes, Some(format)).unwrap_or_else(|error| panic!("{name}, named: {error}"));
        formats.insert(format.name());
    }
    assert_eq!(formats.len(), Format::ALL.len() - 2, "all but criterion and own mappings have a fixture: {formats:?}");
}

#[test]
fn every_fixture_that_ends_early_is_truncated_at_its_end() {
    for (name, bytes) in fixtures() {
        // Lines of text and rows are whole in themselves.
        if name.ends_with(".txt") || name.ends_with(".csv") || name.starts_with("criterion") {
            continue;
        }
        let text = String::from_utf8(bytes).expect("text");
        // Inside the last string: neither a whole line nor a whole document.
        let cut = text.rfind('"').expect("a string");
        match read_bytes(&text.as_bytes()[..cut], None) {
            Err(ReadError::Malformed(defect)) => {
                let line = text[..cut].lines().count();
                assert_eq!(
                    (defect.class, defect.line),
                    (Class::Truncated, u64::try_from(line).ok()),
                    "{name}: {defect}"
                );
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn every_fixture_with_merge_markers_is_reported_as_such() {
    for (name, bytes) in fixtures() {
        if name.starts_with("criterion") {
            continue;
        }
        let text = String::from_utf8(bytes).expect("text");
        let (first, rest) = text.split_once('\n').expect("lines");
        let merged = format!("{first}\n<<<<<<< HEAD\n{rest}=======\n{rest}>>>>>>> other\n");
        match read_bytes(merged.as_bytes(), None) {
            Err(ReadError::Malformed(defect)) => {
                assert_eq!((defect.class, defect.line), (Class::ConflictMarkers, Some(2)), "{name}: {defect}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_binary_or_not_utf8() {
    for (name, bytes) in fixtures() {
        if name.starts_with("criterion") {
            continue;
        }
        for (byte, class) in [(0_u8, Class::Binary), (0xff, Class::NotUtf8)] {
            let mut broken = bytes.clone();
            let quote = bytes.windows(2).rposition(|window| window.iter().all(u8::is_ascii_alphabetic));
            broken[quote.expect("a word")] = byte;
            match read_bytes(&broken, None) {
                Err(ReadError::Malformed(defect)) => {
                    // The native formats are not searched for zero bytes: there, a control character is a syntax error.
                    let is_native = name.starts_with("native") && byte == 0;
                    assert!(defect.class == class || is_native, "{name}: {defect}");
                    assert!(defect.line.is_some(), "{name}: {defect}");
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_byte_order_mark_is_accepted_everywhere() {
    for (name, bytes) in fixtures() {
        if !name.starts_with("criterion") {
            let marked = [b"\xef\xbb\xbf".as_slice(), &bytes].concat();
            read_bytes(&marked, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

#[test]
fn what_holds_nothing_is_skipped_with_a_reason() {
    for text in ["", "  \n\t ", "{}", "[]", " [ ] ", "null", "42", "\"text\"", "A readme.\n", "{\"a\": 1}", "[1, 2]"] {
        match read_bytes(text.as_bytes(), None) {
            Err(ReadError::Skipped(reason)) => assert!(!reason.is_empty()),
            other => panic!("{text:?}: {other:?}"),
        }
    }
}

#[test]
fn a_sink_that_has_enough_stops_the_reader() {
    struct First(u64);

    impl Sink for First {
        fn run(&mut self, _: RunDraft) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }

        fn result(&mut self, _: ResultDraft) -> ControlFlow<()> {
            self.0 += 1;
            ControlFlow::Break(())
        }

        fn record(&mut self, _: Record) -> ControlFlow<()> {
            self.0 += 1;
            ControlFlow::Break(())
        }
    }

    for (name, bytes) in fixtures() {
        if !name.starts_with("criterion") {
            let mut sink = First(0);
            let result = read(Cursor::new(&bytes), &name, &ReadOptions::default(), &mut sink);
            assert!(matches!(result, Err(ReadError::Stopped)), "{name}: {result:?}");
            assert_eq!(sink.0, 1, "{name}");
        }
    }
}

#[test]
fn hostile_sizes_are_refused() {
    let deep = "[".repeat(100_000);
    let nested = format!("{{\"results\": {deep}");
    let long = format!("[{{\"name\": \"{}\", \"unit\": \"ms\", \"value\": 1}}]", "x".repeat(10 << 20));
    for (text, class) in [(&deep, Class::TooDeep), (&nested, Class::TooDeep), (&long, Class::TooLarge)] {
        match read_bytes(text.as_bytes(), None) {
            Err(ReadError::Malformed(defect)) => {
                assert_eq!(defect.class, class);
                assert!(defect.to_string().len() < 500, "a message holds excerpts only");
            }
            other => panic!("{class}: {other:?}"),
        }
    }
    let limits = Limits { max_bytes: 100, ..Limits::default() };
    let result =
        read(Cursor::new(&long), "x", &ReadOptions { limits, ..ReadOptions::default() }, &mut Checker::default());
    assert!(matches!(result, Err(ReadError::Malformed(defect)) if defect.class == Class::TooLarge));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_a_fixture_panics(
        fixture in 0_usize..1000,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..8),
        named in prop::option::of(0_usize..Format::ALL.len()),
    ) {
        let fixtures = fixtures();
        let (name, mut bytes) = fixtures[fixture % fixtures.len()].clone();
        for (index, byte, kind) in edits {
            if bytes.is_empty() {
                break;
            }
            let at = index.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.truncate(at),
                2 => { bytes.remove(at); }
                // Bytes that mean something to a parser are tried more often than chance would.
                _ => bytes.insert(at, b"{}[],:\"\\-0e\n"[usize::from(byte) % 12]),
            }
        }
        if name.starts_with("criterion") {
            let files = [
                TreeFile { path: "a/new/benchmark.json".to_owned(), text: bytes.clone() },
                TreeFile { path: "a/new/estimates.json".to_owned(), text: bytes.clone() },
                TreeFile { path: "a/new/sample.json".to_owned(), text: bytes.clone() },
            ];
            drop(read_criterion_tree(&files, &Limits::default(), &mut Checker::default()));
        }
        drop(read_bytes(&bytes, named.map(|index| Format::ALL[index])));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), named in 0_usize..Format::ALL.len()) {
        drop(read_bytes(&bytes, None));
        drop(read_bytes(&bytes, Some(Format::ALL[named])));
    }
}
