//! Numbers in the sentences of the gate.
//!
//! For: reasons that a person reads. Not for: tables and reports (see `text`).
//! Invariant: a number keeps two or more significant digits, and never more than a reader can use.

/// A fraction in percent: `0.02` is `2 %`.
pub(super) fn percent(fraction: f64) -> String {
    let value = fraction * 100.0;
    if value.is_infinite() {
        return if value > 0.0 { "infinitely much".to_owned() } else { "minus infinitely much".to_owned() };
    }
    let decimals = match value.abs() {
        size if size >= 9.95 => 0,
        size if size >= 0.095 => 1,
        size if size < 5e-4 => 0,
        _ => 3,
    };
    format!("{} %", trimmed(value, decimals))
}

/// A change in percent with its sign: `+12 %`.
pub(super) fn signed_percent(fraction: f64) -> String {
    let sign = if fraction > 0.0 && fraction.is_finite() { "+" } else { "" };
    format!("{sign}{}", percent(fraction))
}

/// A number with about four significant digits.
pub(super) fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1e9 || (size < 1e-3 && size > 0.0) => format!("{value:.3e}"),
        size if size >= 1e3 => trimmed(value, 0),
        size if size >= 1e2 => trimmed(value, 1),
        size if size >= 1e1 => trimmed(value, 2),
        size if size >= 1.0 => trimmed(value, 3),
        _ => trimmed(value, 4),
    }
}

/// A standardised deviation: one decimal, or `infinite`.
pub(super) fn deviation(t: f64) -> String {
    if t.is_infinite() { "infinite".to_owned() } else { format!("{t:.1}") }
}

/// A count with its noun.
pub(super) fn count(number: usize, singular: &str, plural: &str) -> String {
    if number == 1 { format!("1 {singular}") } else { format!("{number} {plural}") }
}

fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_for_people() {
        for (fraction, expected) in [
            (0.02, "2 %"),
            (0.1234, "12 %"),
            (0.0345, "3.5 %"),
            (-0.5, "-50 %"),
            (0.0002, "0.02 %"),
            (0.0, "0 %"),
            (9.0, "900 %"),
        ] {
            assert_eq!(percent(fraction), expected);
        }
        assert_eq!((signed_percent(0.05), signed_percent(-0.05)), ("+5 %".to_owned(), "-5 %".to_owned()));
        for (value, expected) in
            [(104.23, "104.2"), (0.12345, "0.1235"), (3.0, "3"), (1234.5, "1234"), (2e-7, "2.000e-7")]
        {
            assert_eq!(number(value), expected);
        }
        assert_eq!((count(1, "run", "runs"), count(3, "run", "runs")), ("1 run".to_owned(), "3 runs".to_owned()));
    }
}
