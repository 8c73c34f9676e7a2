//! Cutting a stream of JSON into its top-level parts without parsing it.
//!
//! For: native documents of any size: finding the header, and handing over one element of `results` at a time. Not for:
//! checking grammar; what is cut out is parsed by `serde_json` afterwards.
//! Invariant: memory is bounded by the read buffer and the limit on a part; depth is counted, never recursed into.

use std::io::{self, Read};

use super::error::{Class, Malformed, ReadError};
use super::text::to_u64;

/// A reader that knows its line and column.
pub(super) struct Scanner<R> {
    input: R,
    buffer: Box<[u8]>,
    next: usize,
    filled: usize,
    /// Bytes before the buffer.
    passed: u64,
    line: u64,
    /// Offset of the current line's first byte.
    line_start: u64,
}

/// Where in a value the scanner is.
#[derive(Default)]
struct Balance {
    depth: usize,
    is_text: bool,
    is_escaped: bool,
}

impl Balance {
    fn is_balanced(&self) -> bool {
        self.depth == 0 && !self.is_text
    }
}

/// 256 KiB: large enough that reading costs nothing beside scanning.
const BUFFER_BYTES: usize = 256 << 10;

impl<R: Read> Scanner<R> {
    pub(super) fn new(input: R) -> Self {
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        Self { input, buffer, next: 0, filled: 0, passed: 0, line: 1, line_start: 0 }
    }

    /// Line and column of the next byte.
    pub(super) fn place(&self) -> (u64, u64) {
        (self.line, self.passed + to_u64(self.next) - self.line_start + 1)
    }

    /// The next byte, not consumed; `None` at the end.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.next == self.filled {
            self.fill()?;
        }
        Ok(self.buffer[self.next..self.filled].first().copied())
    }

    /// Skips a byte order mark at the beginning.
    pub(super) fn skip_byte_order_mark(&mut self) -> io::Result<()> {
        self.peek()?;
        if self.buffer[self.next..self.filled].starts_with(super::text::BYTE_ORDER_MARK) {
            self.next += 3;
            self.line_start += 3;
        }
        Ok(())
    }

    /// The next byte that is not white space, not consumed.
    pub(super) fn peek_token(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Ok(Some(byte));
            }
            self.advance(byte);
        }
        Ok(None)
    }

    /// Consumes `expected` after white space, or says what is there instead.
    pub(super) fn expect(&mut self, expected: u8, what: &str) -> Result<(), ReadError> {
        match self.peek_token()? {
            Some(byte) if byte == expected => {
                self.advance(byte);
                Ok(())
            }
            found => Err(self.unexpected(found, what).into()),
        }
    }

    /// Consumes one of two bytes after white space; whether it was the first.
    pub(super) fn either(&mut self, first: u8, second: u8, what: &str) -> Result<bool, ReadError> {
        match self.peek_token()? {
            Some(byte) if byte == first || byte == second => {
                self.advance(byte);
                Ok(byte == first)
            }
            found => Err(self.unexpected(found, what).into()),
        }
    }

    /// Appends the next JSON value to `part`, or skips it. The value is only balanced, not valid.
    pub(super) fn value(&mut self, mut part: Option<&mut Vec<u8>>, limit: usize) -> Result<(), ReadError> {
        let mut state = Balance::default();
        self.peek_token()?;
        let (line, column) = self.place();
        loop {
            if self.peek()?.is_none() {
                return if state.is_balanced() { Ok(()) } else { Err(self.unexpected(None, "").into()) };
            }
            let start = self.next;
            let is_done = self.balance(&mut state);
            if let Some(part) = part.as_deref_mut() {
                if part.len() + (self.next - start) > limit {
                    let message = format!("a value is longer than {limit} bytes");
                    return Err(Malformed::new(Class::TooLarge, message).at(line, column).into());
                }
                part.extend_from_slice(&self.buffer[start..self.next]);
            }
            if is_done {
                return Ok(());
            }
        }
    }

    /// Consumes what the buffer holds of a value; whether that reached the value's end.
    ///
    /// Nearly all bytes of a file pass here twice, so bytes without a meaning are skipped in runs.
    fn balance(&mut self, state: &mut Balance) -> bool {
        let bytes = &self.buffer[self.next..self.filled];
        let offset = self.passed + to_u64(self.next);
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if state.is_escaped {
                state.is_escaped = false;
                at += 1;
            } else if state.is_text {
                let run = bytes[at..].iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n'));
                let Some(run) = run else {
                    at = bytes.len();
                    break;
                };
                at += run + 1;
                match bytes[at - 1] {
                    b'\\' => state.is_escaped = true,
                    b'"' => state.is_text = false,
                    // A line break cannot be in a text, but the file may be defective, and lines are counted.
                    _ => {
                        self.line += 1;
                        self.line_start = offset + to_u64(at);
                    }
                }
                if state.is_balanced() {
                    self.next += at;
                    return true;
                }
            } else if state.depth == 0 && matches!(byte, b',' | b':' | b'}' | b']' | b' ' | b'\r' | b'\n' | b'\t') {
                // What closes or separates something around the value, after a scalar, is not the value's.
                self.next += at;
                return true;
            } else {
                at += 1;
                match byte {
                    b'"' => state.is_text = true,
                    b'{' | b'[' => state.depth += 1,
                    b'}' | b']' => {
                        state.depth -= 1;
                        if state.depth == 0 {
                            self.next += at;
                            return true;
                        }
                    }
                    b'\n' => {
                        self.line += 1;
                        self.line_start = offset + to_u64(at);
                    }
                    _ => {}
                }
            }
        }
        self.next += at;
        false
    }

    /// The defect of finding something else, or the end.
    pub(super) fn unexpected(&self, found: Option<u8>, what: &str) -> Malformed {
        let (line, column) = self.place();
        let malformed = match found {
            None => Malformed::new(Class::Truncated, "the file ends inside a value")
                .hint("the tool was stopped while writing, or the file was copied incompletely"),
            Some(b'<') if column == 1 => {
                Malformed::new(Class::ConflictMarkers, "the file holds the markers of an unresolved merge")
            }
            Some(_) => Malformed::new(Class::Syntax, format!("expected {what}")),
        };
        malformed.at(line, column)
    }

    fn advance(&mut self, byte: u8) {
        self.next += 1;
        if byte == b'\n' {
            self.line += 1;
            self.line_start = self.passed + to_u64(self.next);
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.passed += to_u64(self.filled);
        self.next = 0;
        self.filled = 0;
        loop {
            match self.input.read(&mut self.buffer) {
                Ok(read) => {
                    self.filled = read;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cut_at_their_end() {
        let mut scanner = Scanner::new(&b" {\"a\": \"}\\\"]\", \"b\": [1]} , 12 ]"[..]);
        let mut part = Vec::new();
        scanner.value(Some(&mut part), 100).expect("object");
        assert_eq!(part, b"{\"a\": \"}\\\"]\", \"b\": [1]}");
        assert!(scanner.either(b',', b']', "a comma").expect("comma"));
        part.clear();
        scanner.value(Some(&mut part), 100).expect("number");
        assert_eq!(part, b"12");
        assert!(!scanner.either(b',', b']', "a comma").expect("end"));
    }

    #[test]
    fn a_value_that_does_not_end_is_truncated_and_one_that_is_too_long_is_refused() {
        let truncated = Scanner::new(&b"{\n\"a\": ["[..]).value(None, 0);
        assert!(matches!(truncated, Err(ReadError::Malformed(Malformed { class: Class::Truncated, .. }))));
        let long = Scanner::new(&b"\"aaaaaaaaaaaaaaaa\""[..]).value(Some(&mut Vec::new()), 8);
        assert!(matches!(long, Err(ReadError::Malformed(Malformed { class: Class::TooLarge, .. }))));
    }
}
