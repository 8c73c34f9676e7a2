//! The texts that a step leaves for GitHub: its outputs and its summary.
//!
//! For: form and size. Not for: writing the files that `GITHUB_OUTPUT` and `GITHUB_STEP_SUMMARY` name (the CLI layer
//! appends).
//! Invariant: no value can add an output, and no summary is dropped for its size.

use std::fmt::Write as _;

/// GitHub drops a summary above 1 MiB as a whole.
const LARGEST_SUMMARY: usize = 1 << 20;

/// Left free for what other parts of the same step write.
const RESERVE: usize = 100 << 10;

const NOTE: &str = "\n\n_The rest did not fit here._\n";

/// Lines for `GITHUB_OUTPUT`. The delimiter is random, chosen by the caller; where it occurs in a value all the same, it is
/// made longer until it does not.
///
/// # Panics
/// For a name that is not made of letters, digits, `_` and `-`: names are benchgate's own.
#[must_use]
pub fn outputs(pairs: &[(&str, String)], delimiter: &str) -> String {
    let mut delimiter = delimiter.to_owned();
    while pairs.iter().any(|(_, value)| value.contains(&delimiter)) || delimiter.is_empty() {
        delimiter.push('_');
    }
    let mut text = String::new();
    for (name, value) in pairs {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        assert!(!name.is_empty() && name.bytes().all(is_plain), "internal error: `{name}` is no name of an output");
        writeln!(text, "{name}<<{delimiter}\n{value}\n{delimiter}").expect("internal error: a text takes everything");
    }
    text
}

/// The part of a text that fits into `GITHUB_STEP_SUMMARY` beside what is there already; it ends with a note if it is not
/// all of it, and is empty if there is no room for that.
#[must_use]
pub fn summary(existing_bytes: u64, text: &str) -> String {
    let existing = usize::try_from(existing_bytes).unwrap_or(usize::MAX);
    fit(text, (LARGEST_SUMMARY - RESERVE).saturating_sub(existing), NOTE).unwrap_or_default()
}

/// At most `limit` bytes of a text, cut at the end of a line and followed by the note; `None` if not even the note fits.
pub(super) fn fit(text: &str, limit: usize, note: &str) -> Option<String> {
    if text.len() <= limit {
        return Some(text.to_owned());
    }
    let room = limit.checked_sub(note.len())?;
    let mut end = room;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    // A text of one endless line is cut inside it.
    let end = text[..end].rfind('\n').unwrap_or(end);
    Some(format!("{}{note}", &text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_has_a_delimiter() {
        let text = outputs(&[("verdict", "passed".to_owned()), ("empty", String::new())], "d1");
        assert_eq!(text, "verdict<<d1\npassed\nd1\nempty<<d1\n\nd1\n");
    }

    #[test]
    fn a_value_cannot_end_itself_and_add_another_output() {
        let hostile = "x\nd1\nverdict<<d1\npassed\nd1\nd1_".to_owned();
        let text = outputs(&[("names", hostile.clone()), ("verdict", "failed".to_owned())], "d1");
        assert_eq!(text, format!("names<<d1__\n{hostile}\nd1__\nverdict<<d1__\nfailed\nd1__\n"));
    }

    #[test]
    #[should_panic(expected = "is no name of an output")]
    fn a_name_with_a_line_break_is_a_mistake_of_benchgate() {
        let _text = outputs(&[("a\nb", String::new())], "d");
    }

    #[test]
    fn a_summary_that_fits_is_left_alone() {
        assert_eq!(summary(0, "# Title\n"), "# Title\n");
    }

    #[test]
    fn a_long_summary_ends_at_a_line_with_a_note() {
        let text = "ä line\n".repeat(200_000);
        let cut = summary(1000, &text);
        assert!(cut.len() <= LARGEST_SUMMARY - RESERVE - 1000);
        assert!(cut.len() > LARGEST_SUMMARY - RESERVE - 1100);
        assert!(cut.ends_with("ä line\n\n_The rest did not fit here._\n"));
    }

    #[test]
    fn one_endless_line_is_cut_between_characters() {
        assert_eq!(fit(&"ä".repeat(10), 8, "..").as_deref(), Some("äää.."));
    }

    #[test]
    fn no_room_means_no_summary() {
        assert_eq!(summary(LARGEST_SUMMARY as u64, "text"), "");
        assert_eq!(summary(u64::MAX, "text"), "");
    }
}
