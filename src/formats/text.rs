//! From bytes to text, with the defects that concern any text.
//!
//! For: byte order mark, UTF-8, binary files, merge markers, lines and columns. Not for: any format's grammar.
//! Invariant: lines and columns count from 1, columns in bytes, as editors and compilers do for ASCII.

use super::error::{Class, Malformed};

/// The UTF-8 byte order mark, which some Windows tools write.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The text of a file without its byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, Malformed> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        let (line, column) = position(bytes, offset);
        let message = "the file holds a zero byte: it is binary, or UTF-16";
        return Err(Malformed::new(Class::Binary, message).at(line, column));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let (line, column) = position(bytes, error.valid_up_to());
        Malformed::new(Class::NotUtf8, "the file is not UTF-8").at(line, column)
    })
}

/// Line and column of a byte.
pub(super) fn position(bytes: &[u8], offset: usize) -> (u64, u64) {
    let before = &bytes[..offset.min(bytes.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count();
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count();
    (to_u64(line) + 1, to_u64(column) + 1)
}

/// The defect of an unresolved merge, if there is one: its first marker. No valid JSON has a line that begins so.
pub(super) fn conflict_markers(text: &str) -> Option<Malformed> {
    let (index, _) = text.lines().enumerate().find(|(_, line)| line.starts_with("<<<<<<<"))?;
    let message = "the file holds the markers of an unresolved merge";
    let hint = "resolve the merge, or produce the file again";
    Some(Malformed::new(Class::ConflictMarkers, message).at(to_u64(index) + 1, 1).hint(hint))
}

/// A length as `u64`; a `usize` always fits on the platforms that Rust supports.
pub(super) fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Cuts a text to at most `limit` bytes at a character's boundary, and shows that it was cut.
pub(super) fn truncate(text: &mut String, limit: usize) {
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit));
        text.push_str(" ...");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let mut text = "aé".repeat(3);
        truncate(&mut text, 5);
        assert_eq!(text, "aéa ...");
    }

    #[test]
    fn places_count_from_one() {
        assert_eq!(position(b"ab\ncd", 0), (1, 1));
        assert_eq!(position(b"ab\ncd", 4), (2, 2));
    }

    #[test]
    fn defects_of_text_are_located() {
        assert_eq!(decode(b"\xef\xbb\xbf{}").expect("text"), "{}");
        let binary = decode(b"a\nb\0").expect_err("binary");
        assert_eq!((binary.class, binary.line, binary.column), (Class::Binary, Some(2), Some(2)));
        let latin = decode(b"caf\xe9").expect_err("latin 1");
        assert_eq!((latin.class, latin.column), (Class::NotUtf8, Some(4)));
        let merge = conflict_markers("{\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> b\n}").expect("merge");
        assert_eq!((merge.line, merge.column), (Some(2), Some(1)));
    }
}
