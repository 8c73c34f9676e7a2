//! Values that no measurement can have, in every format and every place of its fixtures.
//!
//! For: each number replaced by a text, by NaN, by an infinite one and by its negative, and each element of a list
//! twice. Not for: broken syntax and bytes (see `hostile_formats`), nor the words of a defect.
//! Invariant: every format has places where such a value is refused as what it is; in no place does it become a
//! result that cannot be.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::ops::{ControlFlow, Range};

use benchgate::formats::{
    Class, Limits, Malformed, Mappings, ReadError, ReadOptions, Sink, TreeFile, read, read_criterion_tree,
};
use benchgate::model::{ResultDraft, RunDraft};

use crate::hostile_formats::fixtures;

/// The results of each run as text, to be compared.
#[derive(Debug, Default, PartialEq)]
struct Results(Vec<BTreeSet<String>>);

impl Sink for Results {
    fn run(&mut self, _: RunDraft) -> ControlFlow<()> {
        self.0.push(BTreeSet::new());
        ControlFlow::Continue(())
    }

    fn result(&mut self, result: ResultDraft) -> ControlFlow<()> {
        for one in &result.measurements {
            let is_possible = |value: f64| value.is_finite() && (value >= 0.0 || one.metric() != "latency");
            assert!(is_possible(one.value()) && one.samples().iter().all(|sample| is_possible(*sample)), "{one:?}");
        }
        self.0.last_mut().unwrap().insert(format!("{result:?}"));
        ControlFlow::Continue(())
    }
}

impl Results {
    fn count(&self) -> usize {
        self.0.iter().map(BTreeSet::len).sum()
    }
}

const MAPPING: &str = "
    [[mapping]]
    name = 'own'
    when = ['cases']
    [[mapping.results]]
    each = ['cases.*']
    model = 'name'
    metrics.latency = { at = 'mean', unit = 's', samples = 'runs' }";

const MAPPED: &str = r#"{"cases": [{"name": "a", "mean": 0.5, "runs": [0.25, 0.75]}, {"name": "b", "mean": 1.5}]}"#;

/// What takes the place of a number, given its text and whether the file is JSON.
type Change = fn(&str, bool) -> String;

/// Numbers of a fixture that are tried; those of long ones are alike.
const MOST: usize = 60;

/// A file, the format whose fixture it is, and what stands around it.
struct Fixture {
    format: String,
    name: String,
    text: String,
    /// The other files of its criterion folder.
    beside: Vec<TreeFile>,
}

fn all_fixtures() -> Vec<Fixture> {
    let files = fixtures();
    let mut all: Vec<_> = files
        .iter()
        .map(|(name, bytes)| {
            let format = name.split('/').next().unwrap().to_owned();
            let folder = name.rsplit_once('/').unwrap().0;
            let is_beside = |other: &&(String, Vec<u8>)| other.0.starts_with(&format!("{folder}/")) && other.0 != *name;
            let beside = files.iter().filter(is_beside).filter(|_| format == "criterion");
            let beside = beside.map(|(path, text)| TreeFile { path: path.clone(), text: text.clone() }).collect();
            Fixture { format, name: name.clone(), text: String::from_utf8(bytes.clone()).unwrap(), beside }
        })
        .collect();
    all.push(Fixture { format: "mapping".into(), name: "own.json".into(), text: MAPPED.into(), beside: Vec::new() });
    all
}

impl Fixture {
    fn read(&self, text: &str) -> Result<Results, ReadError> {
        let mut results = Results::default();
        if self.beside.is_empty() {
            let mappings = match self.format.as_str() {
                "mapping" => Mappings::parse(MAPPING, "benchgate.toml").unwrap(),
                _ => Mappings::default(),
            };
            let options = ReadOptions { mappings, ..ReadOptions::default() };
            read(Cursor::new(text), &self.name, &options, &mut results)?;
        } else {
            let mut files = self.beside.clone();
            files.push(TreeFile { path: self.name.clone(), text: text.as_bytes().to_owned() });
            read_criterion_tree(&files, &Limits::default(), &mut results)?;
        }
        Ok(results)
    }

    fn is_json(&self) -> bool {
        !self.name.ends_with(".txt") && !self.name.ends_with(".csv")
    }

    /// Where its numbers are: outside of texts in JSON, between separators elsewhere.
    fn numbers(&self) -> Vec<Range<usize>> {
        let bytes = self.text.as_bytes();
        let is_number = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
        let (mut numbers, mut at, mut is_text) = (Vec::new(), 0, false);
        while at < bytes.len() {
            match bytes[at] {
                b'\\' if is_text => at += 1,
                b'"' if self.is_json() => is_text = !is_text,
                byte if !is_text && is_number(byte) => {
                    let end = (at..bytes.len()).find(|end| !is_number(bytes[*end])).unwrap_or(bytes.len());
                    let is_apart = |place: Option<&u8>| place.is_none_or(|byte| b" \t\r\n,:[]{}".contains(byte));
                    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
                    let is_whole = is_apart(before) && is_apart(bytes.get(end));
                    if is_whole && self.text[at..end].parse::<f64>().is_ok() {
                        numbers.push(at..end);
                    }
                    at = end - 1;
                }
                _ => {}
            }
            at += 1;
        }
        numbers
    }

    /// Where the objects and lines that stand in lists are, and what stands between them.
    fn elements(&self) -> Vec<(Range<usize>, &'static str)> {
        let mut elements = Vec::new();
        if !self.is_json() || self.name.ends_with(".jsonl") {
            let mut start = 0;
            for line in self.text.split_inclusive('\n') {
                elements.push((start..start + line.len(), ""));
                start += line.len();
            }
            return elements;
        }
        let (mut open, mut is_text, mut is_escaped) = (Vec::new(), false, false);
        for (at, byte) in self.text.bytes().enumerate() {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if is_text => is_escaped = true,
                b'"' => is_text = !is_text,
                b'{' | b'[' if !is_text => open.push((byte, at)),
                b'}' | b']' if !is_text => {
                    let (kind, start) = open.pop().unwrap();
                    if kind == b'{' && open.last().is_some_and(|(outer, _)| *outer == b'[') {
                        elements.push((start..at + 1, ","));
                    }
                }
                _ => {}
            }
        }
        elements
    }
}

fn replaced(text: &str, range: &Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..range.start], &text[range.end..])
}

/// A defect names its line or field; in a file that is one result, its metric.
fn check_place(fixture: &Fixture, defect: &Malformed) {
    let is_placed = defect.line.is_some() || defect.pointer.is_some() || defect.message.starts_with('`');
    assert!(is_placed, "{}: {defect}", fixture.name);
}

#[test]
fn a_number_that_cannot_be_measured_is_refused_as_what_it_is_in_every_format() {
    // The defect that it is, and formats that do not know it.
    let cases: [(&str, Change, Class, &[&str]); 4] = [
        ("a text", |_, is_json| if is_json { "\"fast\"" } else { "fast" }.to_owned(), Class::WrongType, &[]),
        // asv writes NaN for what did not run.
        ("NaN", |_, _| "NaN".to_owned(), Class::NotFinite, &["asv"]),
        ("infinite", |_, _| "1e999".to_owned(), Class::NotFinite, &[]),
        ("negative", |number, _| format!("-{}", number.trim_start_matches('-')), Class::Negative, &[]),
    ];
    let mut wrong = Vec::new();
    for (what, change, class, exempt) in cases {
        let mut classes: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for fixture in all_fixtures() {
            let found = classes.entry(fixture.format.clone()).or_default();
            let numbers = fixture.numbers();
            for number in numbers.iter().step_by(1 + numbers.len() / MOST) {
                let changed = change(&fixture.text[number.clone()], fixture.is_json());
                match fixture.read(&replaced(&fixture.text, number, &changed)) {
                    Err(ReadError::Malformed(defect)) => {
                        check_place(&fixture, &defect);
                        found.insert(defect.class.name());
                    }
                    // A number that is not read, or one whose file is then another kind of file.
                    Ok(_) | Err(ReadError::Skipped(_)) => {}
                    Err(error) => panic!("{}: {error}", fixture.name),
                }
            }
        }
        for (format, found) in classes {
            if !found.contains(class.name()) && !exempt.contains(&&*format) {
                wrong.push(format!("{format}: {what} is {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_list_holds_twice_is_refused_or_one_result_more_often_measured() {
    let (mut refused, mut pooled, mut wrong) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for fixture in all_fixtures() {
        let whole = fixture.read(&fixture.text).unwrap();
        for (element, separator) in fixture.elements() {
            let copy = &fixture.text[element.clone()];
            match fixture.read(&replaced(&fixture.text, &element, &format!("{copy}{separator}{copy}"))) {
                Err(ReadError::Malformed(defect)) => {
                    check_place(&fixture, &defect);
                    refused.extend((defect.class == Class::Duplicate).then_some(fixture.format.clone()));
                }
                Ok(twice) => {
                    // An element that is a run, or a line of text that is a statement of its own.
                    let may_be_more = twice.0.len() > whole.0.len() || fixture.name.ends_with(".txt");
                    if twice.count() > whole.count() && !may_be_more {
                        wrong.push(format!("{}: two of {copy}", fixture.name));
                    }
                    pooled.extend((twice != whole).then_some(fixture.format.clone()));
                }
                Err(ReadError::Skipped(_)) => {}
                Err(error) => panic!("{}: {error}", fixture.name),
            }
        }
    }
    // Where results are fields or folders, two are a key that occurs twice, or cannot be.
    let no_lists = ["asv", "bencher-metric-format", "criterion", "optimum-benchmark"];
    let formats = all_fixtures().into_iter().map(|fixture| fixture.format);
    let formats = formats.filter(|format| !no_lists.contains(&&**format));
    wrong.extend(formats.filter(|format| !refused.contains(format) && !pooled.contains(format)));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_key_that_an_object_has_twice_is_refused_in_every_format() {
    for fixture in all_fixtures().into_iter().filter(Fixture::is_json) {
        let at = fixture.text.find('{').unwrap();
        let (before, after) = fixture.text.split_at(at + 1);
        let field = &after[..after.find(':').unwrap()];
        let twice = format!("{before}{field}: 1, {after}");
        match fixture.read(&twice) {
            Err(ReadError::Malformed(defect)) => {
                // A typed reader sees the wrong type of the first one before it sees the second.
                let is_native = fixture.format == "native";
                assert!(defect.class == Class::Duplicate || is_native, "{}: {defect}", fixture.name);
                check_place(&fixture, &defect);
            }
            other => panic!("{}: {other:?}", fixture.name),
        }
    }
}
