//! Foreign names made safe for terminals, Markdown, HTML, CSV and JSON.
//!
//! For: every text that comes from a results file, a database or the command line and is shown. Not for: paths, SQL
//! or shell words; foreign names never get there.
//! Invariant: nothing that came out of here changes the structure or the meaning of what surrounds it, rings a
//! terminal, notifies anyone, links anywhere, hides or reorders characters, or is computed by a spreadsheet.

/// Whether a character is invisible, reorders text, or steers a terminal.
#[must_use]
pub fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Text for a terminal: what is invisible or steers is written out, `\n` or `\u{1b}`.
#[must_use]
pub fn terminal(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        push_visible(&mut result, character);
    }
    result
}

fn push_visible(result: &mut String, character: char) {
    match character {
        '\n' => result.push_str("\\n"),
        '\r' => result.push_str("\\r"),
        '\t' => result.push_str("\\t"),
        other if is_unsafe(other) => result.extend(other.escape_unicode()),
        other => result.push(other),
    }
}

/// Text for Markdown: paragraphs, list items, table cells, and HTML inside Markdown such as `<summary>`; not for code
/// spans. Structure is written as character references, which by the `CommonMark` rules never are structure. A mention, a
/// reference and a bare link are broken by a zero-width space, since GitHub looks for them after rendering.
#[must_use]
pub fn markdown(text: &str) -> String {
    let text = terminal(text);
    // Leading blanks would make a code block, or hide a list sign behind them.
    let characters: Vec<char> = text.trim().chars().collect();
    let mut result = String::with_capacity(text.len() + 16);
    for (index, &character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| characters.get(at)).copied();
        let after = characters.get(index + 1).copied();
        let is_list_number = index > 0 && characters[..index].iter().all(char::is_ascii_digit);
        push_markdown(&mut result, character, (before, after), is_list_number);
        if breaks_link(&characters[..=index], after) {
            result.push_str("&#8203;");
        }
    }
    result
}

fn push_markdown(
    result: &mut String,
    character: char,
    (before, after): (Option<char>, Option<char>),
    is_list_number: bool,
) {
    let is_word = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
    match character {
        '&' => result.push_str("&amp;"),
        '<' => result.push_str("&lt;"),
        '>' => result.push_str("&gt;"),
        '_' if is_word(before) && is_word(after) => result.push('_'),
        '"' => result.push_str("&quot;"),
        '|' | '`' | '\\' | '*' | '_' | '~' | '[' | ']' | '$' | '#' => push_reference(result, character),
        // At the start of a block these open lists, headings and rules; so does `1.` before a blank. `-5 %` does not.
        '-' | '+' | '=' if before.is_none() && after.is_none_or(|next| next == ' ' || next == character) => {
            push_reference(result, character);
        }
        '.' | ')' if is_list_number && after.is_none_or(|next| next == ' ') => {
            push_reference(result, character);
        }
        other => result.push(other),
    }
}

fn push_reference(result: &mut String, character: char) {
    result.push_str("&#");
    result.push_str(&u32::from(character).to_string());
    result.push(';');
}

/// Whether the text so far, with what follows, would be read as a mention, a reference or a link.
fn breaks_link(so_far: &[char], after: Option<char>) -> bool {
    let ends_with = |word: &str| {
        let length = word.len();
        so_far.len() >= length
            && so_far[so_far.len() - length..].iter().zip(word.chars()).all(|(a, b)| a.eq_ignore_ascii_case(&b))
    };
    match so_far.last() {
        Some('@' | '#') => after.is_some(),
        Some(':') => after == Some('/'),
        Some('h' | 'H') => after == Some('-') && ends_with("gh"),
        Some('w' | 'W') => after == Some('.') && ends_with("www"),
        _ => false,
    }
}

/// Text for HTML and XML, between tags or inside a quoted attribute: structure is written as character references, and
/// what is invisible, steers, or may not stand in XML at all is written out. Not for scripts, styles or addresses.
#[must_use]
pub fn markup(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\'' => result.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => result.extend(character.escape_unicode()),
            other => push_visible(&mut result, other),
        }
    }
    result
}

/// A text cell of a CSV file (RFC 4180): quoted where needed, and with a leading apostrophe where a spreadsheet would
/// compute it. Newlines and tabs stay, quoted, since they are data; other control characters are written out.
#[must_use]
pub fn csv(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    // Spreadsheets skip blanks before a formula, and some read the full-width signs as the ordinary ones.
    let first = text.trim_start_matches([' ', '\u{a0}', '\u{3000}']).chars().next();
    if matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')) {
        result.push('\'');
    }
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' => result.push(character),
            '"' => result.push_str("\"\""),
            other => push_visible(&mut result, other),
        }
    }
    if result.contains(['"', ',', '\n', '\r', '\t', ';', '\'']) || result.starts_with(' ') || result.ends_with(' ') {
        result.insert(0, '"');
        result.push('"');
    }
    result
}

/// The message of a workflow command of GitHub Actions, on one line.
#[must_use]
pub fn workflow_message(text: &str) -> String {
    terminal(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command, such as a title or a file.
#[must_use]
pub fn workflow_property(text: &str) -> String {
    workflow_message(text).replace(':', "%3A").replace(',', "%2C")
}

/// A finished JSON text whose strings may hold what steers a terminal or hides: the same JSON with those characters
/// written as `\uXXXX`. JSON's own layout (newlines between values) stays.
#[must_use]
pub fn json(serialised: &str) -> String {
    let mut result = String::with_capacity(serialised.len());
    for character in serialised.chars() {
        if character != '\n' && is_unsafe(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                result.extend(["\\u", &format!("{unit:04x}")]);
            }
        } else {
            result.push(character);
        }
    }
    result
}

/// A name of at most `limit` characters: a longer one keeps its beginning and its end around `…`. Shorten before
/// escaping, so that no escape is cut.
#[must_use]
pub fn shorten(text: &str, limit: usize) -> String {
    let count = text.chars().count();
    if count <= limit {
        return text.to_owned();
    }
    let kept = limit.saturating_sub(1);
    let head = kept.div_ceil(2);
    let tail = kept - head;
    text.chars().take(head).chain(std::iter::once('…')).chain(text.chars().skip(count - tail)).take(limit).collect()
}
