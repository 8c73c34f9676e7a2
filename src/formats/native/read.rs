//! Reading the native format as a stream.
//!
//! For: documents and lines of any size, one result in memory at a time. Not for: recognising the format.
//! Invariant: a document is read twice, first for its header (which may stand after the results), then for its results;
//! each result is cut out whole and parsed into typed structs.

use std::io::{BufRead as _, BufReader, Read, Seek, SeekFrom};

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::wire::{Header, ResultEntry};
use crate::formats::error::{Class, Malformed, ReadError};
use crate::formats::json::classify;
use crate::formats::output::Output;
use crate::formats::scan::Scanner;
use crate::formats::text::{BYTE_ORDER_MARK, decode, to_u64};
use crate::model::{HardwareDraft, RunDraft};

/// Reads a document.
pub(in crate::formats) fn document<R: Read + Seek>(mut input: R, output: &mut Output<'_>) -> Result<(), ReadError> {
    input.seek(SeekFrom::Start(0))?;
    let limits = output.limits();
    let mut bytes = Vec::new();
    let mut has_results = false;
    let mut scanner = Scanner::new(&mut input);
    fields(&mut scanner, limits.max_header_bytes, |scanner, key| {
        if key == b"\"results\"" {
            if has_results {
                let (line, column) = scanner.place();
                return Err(Malformed::new(Class::Duplicate, "duplicate key `results`").at(line, column).into());
            }
            has_results = true;
            return scanner.value(None, 0);
        }
        if !bytes.is_empty() {
            bytes.push(b',');
        }
        bytes.extend_from_slice(key);
        bytes.push(b':');
        scanner.value(Some(&mut bytes), limits.max_header_bytes)
    })?;
    if let Some(found) = scanner.peek_token()? {
        let Malformed { line, column, .. } = scanner.unexpected(Some(found), "");
        let malformed = Malformed::new(Class::TrailingGarbage, "something follows the document");
        return Err(Malformed { line, column, ..malformed }.into());
    }
    let mut wrapped = vec![b'{'];
    wrapped.append(&mut bytes);
    wrapped.push(b'}');
    // The fields were cut out of the document, so their places in it are not known any more: the message names them.
    let header: Header = parse(&wrapped).map_err(|defect| Malformed { line: None, column: None, ..defect })?;
    if !has_results {
        return Err(Malformed::new(Class::MissingField, "missing field `results`").into());
    }
    let scope = Scope::begin(header, output)?;
    input.seek(SeekFrom::Start(0))?;
    results(Scanner::new(input), &scope, output)
}

/// The second pass: every element of `results`.
fn results<R: Read>(mut scanner: Scanner<R>, scope: &Scope, output: &mut Output<'_>) -> Result<(), ReadError> {
    let limits = output.limits();
    let mut element = Vec::new();
    fields(&mut scanner, limits.max_header_bytes, |scanner, key| {
        if key != b"\"results\"" {
            return scanner.value(None, 0);
        }
        scanner.expect(b'[', "a list of results")?;
        if scanner.peek_token()? == Some(b']') {
            return scanner.expect(b']', "the end of the list");
        }
        for index in 0_u64.. {
            element.clear();
            scanner.peek_token()?;
            let (line, column) = scanner.place();
            scanner.value(Some(&mut element), limits.max_line_bytes)?;
            let place = |defect: Malformed| {
                let pointer = match &defect.pointer {
                    Some(pointer) => format!("results[{index}].{pointer}"),
                    None => format!("results[{index}]"),
                };
                match defect.line {
                    Some(_) => defect.shifted(line, column).in_field(pointer),
                    None => defect.on_line(line).in_field(pointer),
                }
            };
            scope.result(parse(&element), output, place)?;
            if !scanner.either(b',', b']', "a comma or the end of the list")? {
                break;
            }
        }
        Ok(())
    })
}

/// Visits the fields of the top-level object; `visit` gets the quoted key and consumes the value.
fn fields<R: Read>(
    scanner: &mut Scanner<R>,
    limit: usize,
    mut visit: impl FnMut(&mut Scanner<R>, &[u8]) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    scanner.skip_byte_order_mark()?;
    scanner.expect(b'{', "an object")?;
    if scanner.peek_token()? == Some(b'}') {
        return scanner.expect(b'}', "the end of the object");
    }
    let mut key = Vec::new();
    loop {
        match scanner.peek_token()? {
            Some(b'"') => {}
            found => return Err(scanner.unexpected(found, "a key").into()),
        }
        key.clear();
        scanner.value(Some(&mut key), limit)?;
        scanner.expect(b':', "a colon")?;
        visit(scanner, &key)?;
        if !scanner.either(b',', b'}', "a comma or the end of the object")? {
            return Ok(());
        }
    }
}

/// Reads JSON Lines.
pub(in crate::formats) fn lines<R: Read + Seek>(mut input: R, output: &mut Output<'_>) -> Result<(), ReadError> {
    input.seek(SeekFrom::Start(0))?;
    let limit = output.limits().max_line_bytes;
    let mut input = BufReader::with_capacity(256 << 10, input);
    let mut scope = None;
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = input.by_ref().take(to_u64(limit)).read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        if read == limit && line.last() != Some(&b'\n') {
            let message = format!("the line is longer than {limit} bytes");
            return Err(Malformed::new(Class::TooLarge, message).at(number, 1).into());
        }
        let start = if number == 1 && line.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let text = &line[start..];
        if text.trim_ascii().is_empty() {
            continue;
        }
        let place = |defect: Malformed| match defect.line {
            Some(_) => defect.shifted(number, 1),
            None => defect.on_line(number),
        };
        // A header has fields that a result does not know, so only lines that are no result are looked at twice.
        let entry = parse::<ResultEntry>(text);
        let is_foreign = entry.as_ref().is_err_and(|defect| defect.class == Class::UnknownField);
        if is_foreign && is_header(text) {
            let header = parse(text).map_err(place)?;
            scope = Some(Scope::begin(header, output)?);
        } else if let Some(scope) = &scope {
            scope.result(entry, output, place)?;
        } else if is_foreign || entry.is_ok() {
            let message = "the first line must be a header with `\"schema\": \"benchgate/results/v1\"`";
            return Err(Malformed::new(Class::MissingField, message).at(number, 1).into());
        } else {
            entry.map_err(place)?;
        }
    }
    Ok(())
}

/// Whether a line is a header.
fn is_header(line: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Probe {
        schema: Option<IgnoredAny>,
    }

    serde_json::from_slice::<Probe>(line).is_ok_and(|probe| probe.schema.is_some())
}

/// What a header says about the results that follow.
struct Scope {
    hardware: HardwareDraft,
    simulated: Option<String>,
}

impl Scope {
    fn begin(header: Header, output: &mut Output<'_>) -> Result<Self, ReadError> {
        let Header { schema: _, run, hardware, simulated } = header;
        output.run(run.map_or_else(RunDraft::default, RunDraft::from))?;
        Ok(Self { hardware: hardware.map_or_else(HardwareDraft::default, HardwareDraft::from), simulated })
    }

    fn result(
        &self,
        entry: Result<ResultEntry, Malformed>,
        output: &mut Output<'_>,
        place: impl Fn(Malformed) -> Malformed,
    ) -> Result<(), ReadError> {
        let entry = entry.map_err(&place)?;
        let draft = entry.into_draft(&self.hardware, self.simulated.as_deref()).map_err(&place)?;
        output.result(draft, place)
    }
}

fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Malformed> {
    serde_json::from_slice(bytes).map_err(|error| match decode(bytes) {
        Ok(text) => classify(&error, text).in_field(field::<T>(text)),
        Err(malformed) => malformed,
    })
}

/// The field that a text fails on, found by reading it once more: tracking it costs time that good files need not pay.
fn field<'a, T: Deserialize<'a>>(text: &'a str) -> String {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) if error.path().iter().next().is_some() => error.path().to_string(),
        _ => String::new(),
    }
}
