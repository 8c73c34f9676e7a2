//! Sentences broken into lines.
//!
//! For: prose on a terminal of a known width. Not for: tables, which break their own cells.
//! Invariant: only blanks are replaced, by a newline and the indent; a word that is too long stays whole.

/// Breaks a text at blanks so that lines have at most `width` characters, where the words allow it; lines after the
/// first begin with `indent` blanks. Without a width the text stays as it is.
#[must_use]
pub fn wrap(text: &str, width: Option<u16>, indent: usize) -> String {
    let Some(width) = width.map(usize::from) else {
        return text.to_owned();
    };
    let mut result = String::with_capacity(text.len());
    let mut used = 0;
    for (index, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if index > 0 && used + 1 + length > width {
            result.push('\n');
            result.extend(std::iter::repeat_n(' ', indent));
            used = indent;
        } else if index > 0 {
            result.push(' ');
            used += 1;
        }
        result.push_str(word);
        used += length;
    }
    result
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_break_at_blanks_and_keep_their_indent() {
        for (text, width, indent, expected) in [
            ("one two three", None, 0, "one two three"),
            ("one two three", Some(7), 0, "one two\nthree"),
            ("one two three", Some(8), 2, "one two\n  three"),
            ("hint: one two", Some(9), 6, "hint: one\n      two"),
            ("incomprehensibilities yes", Some(5), 0, "incomprehensibilities\nyes"),
            ("", Some(5), 0, ""),
        ] {
            assert_eq!(wrap(text, width, indent), expected, "{text} at {width:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_lines_fit_where_words_do(text in "[a-z]{1,8}( [a-z]{1,8}){0,20}", width in 12_u16..40) {
            let wrapped = wrap(&text, Some(width), 2);
            prop_assert!(wrapped.lines().all(|line| line.chars().count() <= usize::from(width)));
            prop_assert_eq!(wrapped.split_whitespace().collect::<Vec<_>>().join(" "), text);
        }
    }
}
