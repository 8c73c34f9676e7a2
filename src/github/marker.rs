//! The first line of a comment or an issue that says: this one is benchgate's.
//!
//! For: finding the text again, and knowing from which run it is. Not for: trust; a marker counts together with the
//! author only (`upkeep`).
//! Invariant: what [`Marker::render`] writes, [`Marker::parse`] reads; anything else is no marker.

use std::fmt::Write as _;

use super::repository::is_sha;

/// Series that a marker names at most: 3400 bytes of a comment.
pub const MOST_STATES: usize = 200;

const START: &str = "<!-- benchgate v1 ";
const END: &str = " -->";

/// What a comment says of itself, invisibly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Which of several comments of benchgate it is: letters, digits, `_`, `.` and `-`, at most 100.
    pub name: String,
    /// The commit that it is about.
    pub head_sha: String,
    /// The run that wrote it.
    pub run_id: u64,
    /// The attempt of that run.
    pub attempt: u32,
    /// A hash of the visible text: 32 hexadecimal digits.
    pub digest: String,
    /// The ids of the series that regressed: 16 hexadecimal digits each, at most [`MOST_STATES`].
    pub state: Vec<String>,
}

impl Marker {
    /// Hashes the visible text of a comment.
    #[must_use]
    pub fn digest(body: &str) -> String {
        blake3::hash(body.as_bytes()).to_hex()[..32].to_owned()
    }

    /// Whether a newer run wrote it.
    pub(super) fn is_newer_than(&self, other: &Self) -> bool {
        (self.run_id, self.attempt) > (other.run_id, other.attempt)
    }

    /// Whether what it marks has the same text, about the same series.
    pub(super) fn says_the_same_as(&self, other: &Self) -> bool {
        self.digest == other.digest && self.state == other.state
    }

    /// The marker as one line, without a line break.
    #[must_use]
    pub fn render(&self) -> String {
        let Self { name, head_sha, run_id, attempt, digest, state } = self;
        let mut line = String::new();
        write!(
            line,
            "{START}name={name} head={head_sha} run={run_id} attempt={attempt} digest={digest} regressed={}{END}",
            state.join(",")
        )
        .expect("internal error: a text takes everything");
        line
    }

    /// The marker in the first line of a comment.
    #[must_use]
    pub fn parse(body: &str) -> Option<Self> {
        let line = body.split('\n').next()?;
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut fields = line.strip_prefix(START)?.strip_suffix(END)?.split(' ');
        let mut field = |key: &str| fields.next()?.strip_prefix(key)?.strip_prefix('=');
        let marker = Self {
            name: field("name").filter(|name| is_name(name))?.to_owned(),
            head_sha: field("head").filter(|sha| is_sha(sha))?.to_owned(),
            run_id: number(field("run")?)?,
            attempt: number(field("attempt")?)?,
            digest: field("digest").filter(|digest| is_hexadecimal(digest, 32))?.to_owned(),
            state: states(field("regressed")?)?,
        };
        fields.next().is_none().then_some(marker)
    }
}

/// Whether a comment can be called this.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    // `--` would end an HTML comment in some readers.
    (1..=100).contains(&name.len()) && name.bytes().all(is_plain) && !name.contains("--")
}

/// Whether a text is the id of a series.
pub(super) fn is_state(id: &str) -> bool {
    is_hexadecimal(id, 16)
}

fn is_hexadecimal(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A number as Rust writes it: no sign, no leading zero.
fn number<T: std::str::FromStr + ToString>(text: &str) -> Option<T> {
    text.parse::<T>().ok().filter(|number| number.to_string() == text)
}

fn states(text: &str) -> Option<Vec<String>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let states: Vec<String> = text.split(',').map(str::to_owned).collect();
    (states.len() <= MOST_STATES && states.iter().all(|id| is_state(id))).then_some(states)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marker() -> Marker {
        Marker {
            name: "bench.gpu-1".to_owned(),
            head_sha: "a".repeat(40),
            run_id: 17,
            attempt: 1,
            digest: Marker::digest("text"),
            state: vec!["0123456789abcdef".to_owned(), "f".repeat(16)],
        }
    }

    #[test]
    fn a_marker_is_one_html_comment() {
        let line = marker().render();
        assert_eq!(
            line,
            "<!-- benchgate v1 name=bench.gpu-1 head=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa run=17 attempt=1 \
             digest=831c6831fdc9a309a4c66cc3cb2fa374 regressed=0123456789abcdef,ffffffffffffffff -->"
        );
    }

    #[test]
    fn only_the_first_line_counts() {
        let line = marker().render();
        assert_eq!(Marker::parse(&line), Some(marker()));
        assert_eq!(Marker::parse(&format!("{line}\r\n# Text")), Some(marker()));
        for body in [format!("# Text\n{line}"), format!("\n{line}"), format!(" {line}"), format!("> {line}")] {
            assert_eq!(Marker::parse(&body), None, "{body}");
        }
    }

    #[test]
    fn anything_else_is_no_marker() {
        let line = marker().render();
        for (from, to) in [
            ("v1", "v2"),
            ("run=17", "run=+17"),
            ("run=17", "run=017"),
            ("run=17", "run=99999999999999999999"),
            ("attempt=1", "attempt=4294967296"),
            ("attempt=1", "attempt=1 attempt=1"),
            ("name=bench.gpu-1", "name="),
            ("name=bench.gpu-1", "name=a--b"),
            ("name=bench.gpu-1", "name=a\u{a0}b"),
            ("head=a", "head=g"),
            ("digest=8", "digest=A"),
            ("regressed=", "regressed=,"),
            (" -->", " more=1 -->"),
            (" -->", "  -->"),
            (" -->", " --> "),
        ] {
            assert_eq!(Marker::parse(&line.replacen(from, to, 1)), None, "{to}");
        }
    }

    #[test]
    fn more_states_than_allowed_are_no_marker() {
        let state = |count| Marker { state: vec!["0".repeat(16); count], ..marker() };
        assert!(Marker::parse(&state(MOST_STATES).render()).is_some());
        assert_eq!(Marker::parse(&state(MOST_STATES + 1).render()), None);
    }

    proptest! {
        #[test]
        fn what_is_rendered_is_read(
            name in "[A-Za-z0-9_.]{1,100}",
            head_sha in "[0-9a-f]{40}|[0-9a-f]{64}",
            run_id: u64,
            attempt: u32,
            digest in "[0-9a-f]{32}",
            state in proptest::collection::vec("[0-9a-f]{16}", 0..5),
            text: String,
        ) {
            let marker = Marker { name, head_sha, run_id, attempt, digest, state };
            prop_assert_eq!(Marker::parse(&format!("{}\n{text}", marker.render())), Some(marker));
        }

        #[test]
        fn foreign_text_is_read_without_panic(text: String) {
            let _marker = Marker::parse(&text);
            let _marker = Marker::parse(&format!("{START}{text}{END}"));
        }
    }
}
