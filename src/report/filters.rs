//! Benchmark names as filters of common runners.
//!
//! For: running a few benchmarks again, by the runner's own means. Not for: running anything.
//! Invariant: names are hostile data: a filter selects the named benchmarks by their literal names, and is safe between
//! single quotes of a shell; a name that a runner's language cannot express is listed, never approximated by less.

use crate::text::escape::is_unsafe;

/// What selects benchmarks in one runner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// The filter; `None` where no name can be expressed, since an empty one would select everything.
    pub(super) filter: Option<String>,
    /// Names that are left out.
    pub(super) not_expressible: Vec<String>,
}

impl Filter {
    /// Expresses what can be expressed of each name, and joins that.
    fn of<T>(names: &[String], express: impl Fn(&str) -> Option<T>, join: impl FnOnce(&[T]) -> String) -> Self {
        let (mut expressed, mut not_expressible) = (Vec::new(), Vec::new());
        for name in names {
            match express(name) {
                Some(term) => expressed.push(term),
                None => not_expressible.push(name.clone()),
            }
        }
        let filter = (!expressed.is_empty()).then(|| join(&expressed));
        Self { filter, not_expressible }
    }
}

/// `cargo bench -- FILTER` of criterion: a regular expression of the Rust crate `regex`, searched for in the full name.
pub(super) fn criterion(names: &[String]) -> Filter {
    Filter::of(names, |name| Some(literal(name)), anchored)
}

/// `go test -bench FILTER`: a list of regular expressions separated by slashes, one for each level of the name. Since
/// Go 1.18 an alternative at the top level may have slashes of its own.
pub(super) fn go_test(names: &[String]) -> Filter {
    let levels = |name: &str| Some(name.split('/').map(literal).collect::<Vec<_>>());
    Filter::of(names, levels, |names| {
        if names.iter().all(|levels| levels.len() == 1) {
            return anchored(&names.concat());
        }
        let whole =
            |levels: &Vec<String>| levels.iter().map(|level| format!("^{level}$")).collect::<Vec<_>>().join("/");
        names.iter().map(whole).collect::<Vec<_>>().join("|")
    })
}

/// `pytest -k FILTER`: names joined by `or`, each found anywhere in a test's name. Brackets need pytest 5.4. A name
/// that pytest-benchmark reports begins with the file, which `-k` knows by another name, so the test's own name stands
/// for it: a test of the same name in another file runs too.
pub(super) fn pytest(names: &[String]) -> Filter {
    Filter::of(names, pytest_term, |terms| {
        let mut distinct = terms.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        distinct.join(" or ")
    })
}

fn pytest_term(name: &str) -> Option<String> {
    const WORDS: [&str; 6] = ["and", "or", "not", "True", "False", "None"];
    // Parameters may have colons of their own.
    let end = name.find('[').unwrap_or(name.len());
    let term = name[..end].rfind("::").map_or(name, |at| &name[at + 2..]);
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_:+-.[]\\/".contains(character);
    (!term.is_empty() && term.chars().all(is_part) && !WORDS.contains(&term)).then(|| term.to_owned())
}

/// `--benchmark_filter=FILTER` of Google Benchmark: a regular expression of the C++ library or of POSIX, as it was
/// built. Both know bytes and no characters, and only one of them knows characters by their numbers.
pub(super) fn google_benchmark(names: &[String]) -> Filter {
    let express = |name: &str| {
        let is_plain = name.chars().all(|character| character != '\'' && !is_unsafe(character));
        is_plain.then(|| literal(name))
    };
    Filter::of(names, express, anchored)
}

fn anchored(names: &[String]) -> String {
    format!("^({})$", names.join("|"))
}

/// A regular expression that matches the text and nothing else. Quotes, which would end a shell word, and what steers
/// a terminal are written by their numbers.
fn literal(text: &str) -> String {
    let mut expression = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => {
                expression.extend(['\\', character]);
            }
            '\'' => expression.push_str(r"\x27"),
            other if other.is_ascii_control() => {
                expression.extend([r"\x", &format!("{:02x}", u32::from(other))]);
            }
            other if is_unsafe(other) => expression.extend([r"\x{", &format!("{:x}", u32::from(other)), "}"]),
            other => expression.push(other),
        }
    }
    expression
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn filter(make: fn(&[String]) -> Filter, of: &[&str]) -> String {
        make(&names(of)).filter.unwrap_or_default()
    }

    #[test]
    fn names_are_literal_and_whole() {
        assert_eq!(filter(criterion, &["sort/1.5k", "a+b (x)"]), r"^(sort/1\.5k|a\+b \(x\))$");
        assert_eq!(filter(google_benchmark, &["BM_Copy/1024", "BM_Map<int>/8"]), "^(BM_Copy/1024|BM_Map<int>/8)$");
    }

    #[test]
    fn go_filters_have_a_pattern_for_each_level() {
        assert_eq!(filter(go_test, &["BenchmarkA", "BenchmarkB"]), "^(BenchmarkA|BenchmarkB)$");
        assert_eq!(filter(go_test, &["BenchmarkA/size=1.5", "BenchmarkB"]), r"^BenchmarkA$/^size=1\.5$|^BenchmarkB$");
    }

    #[test]
    fn pytest_knows_tests_by_their_own_names() {
        let of = ["tests/test_a.py::test_sort[10]", "tests/test_a.py::TestK::test_in", "test_b.py::test_x[a::b]"];
        assert_eq!(filter(pytest, &of), "test_in or test_sort[10] or test_x[a::b]");
        let hard = ["t.py::test_n[a b]", "t.py::test_n[p,q]", "not", "x'y", ""];
        assert_eq!(pytest(&names(&hard)), Filter { filter: None, not_expressible: names(&hard) });
    }

    #[test]
    fn hostile_names_neither_leave_the_quotes_nor_steer_a_terminal() {
        let hostile = ["'; rm -rf /; echo '", "a\nb", "\u{1b}[31m", "a\u{202e}b", "$(reboot)", ".*", "a|b", "\0"];
        for make in [criterion, go_test, pytest, google_benchmark] {
            let Filter { filter, not_expressible } = make(&names(&hostile));
            let text = filter.clone().unwrap_or_default();
            assert!(!text.contains('\'') && !text.chars().any(is_unsafe), "{text:?}");
            assert!(not_expressible.iter().all(|name| hostile.contains(&name.as_str())));
        }
        assert_eq!(filter(criterion, &hostile[1..4]), r"^(a\x0ab|\x1b\[31m|a\x{202e}b)$");
        let by_number = ["'; rm -rf /; echo '", "a\nb", "\u{1b}[31m", "a\u{202e}b", "\0"];
        assert_eq!(google_benchmark(&names(&hostile)).not_expressible, by_number);
        assert_eq!(filter(criterion, &[".*", "a|b"]), r"^(\.\*|a\|b)$");
    }

    #[test]
    fn nothing_is_no_filter() {
        assert_eq!(criterion(&[]), Filter::default());
    }
}
