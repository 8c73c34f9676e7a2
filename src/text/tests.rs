//! Tables and laws of numbers and escaping.
//!
//! For: the forms that every report relies on. Not for: layout.
//! Invariant: laws hold for any text and any number, not only for those of the tables.

use proptest::prelude::*;

use super::number::{percent_interval, significant};
use super::{escape, grouped, percent, quantity, signed_percent};

#[test]
fn quantities_have_three_digits_and_a_fitting_unit() {
    for (value, unit, expected) in [
        (12.345, "ms", "12.3 ms"),
        (0.0, "ms", "0 ms"),
        (0.000_512, "ms", "512 ns"),
        (0.999_96, "ms", "1.00 ms"),
        (0.012_34, "ms", "12.3 us"),
        (999.96, "ms", "1.00 s"),
        (1_800.0, "ms", "1.80 s"),
        (7_200_000.0, "ms", "7,200 s"),
        (0.000_000_25, "ms", "0.250 ns"),
        (0.000_512, "MB", "512 B"),
        (0.004_096, "MB", "4.10 kB"),
        (1_204.0, "MB", "1.20 GB"),
        (2_500_000.0, "MB", "2.50 TB"),
        (1_500.0, "MB/s", "1.50 GB/s"),
        (0.25, "W", "250 mW"),
        (1_234.4, "items/s", "1,234 items/s"),
        (0.5, "items/s", "0.500 items/s"),
        (1_250_000.0, "count", "1,250,000"),
        (17.0, "frames", "17 frames"),
        (-3.25, "points", "-3.25 points"),
        (0.93, "", "0.930"),
        (1e20, "count", "1.00e20"),
    ] {
        assert_eq!(quantity(value, unit), expected, "{value} {unit}");
    }
}

#[test]
fn numbers_that_are_none_say_so() {
    assert_eq!(significant(f64::INFINITY), "infinite");
    assert_eq!(significant(f64::NEG_INFINITY), "-infinite");
    assert_eq!(significant(f64::NAN), "unknown");
    assert_eq!(significant(-0.0), "0");
    assert_eq!(significant(-0.000_012), "-1.20e-5");
}

#[test]
fn percentages_stay_readable_from_tiny_to_huge() {
    for (fraction, signed, plain) in [
        (0.0, "0 %", "0 %"),
        (0.123, "+12.3 %", "12.3 %"),
        (-0.123, "-12.3 %", "-12.3 %"),
        (0.02, "+2.0 %", "2 %"),
        (0.003_14, "+0.31 %", "0.31 %"),
        (0.000_031, "+0.0031 %", "0.0031 %"),
        (1e-9, "+<0.0001 %", "<0.0001 %"),
        (0.999_7, "+100 %", "100 %"),
        (12.5, "+1,250 %", "1,250 %"),
        (1e12, "+>999,999 %", ">999,999 %"),
        (f64::INFINITY, "+>999,999 %", ">999,999 %"),
    ] {
        assert_eq!((signed_percent(fraction).as_str(), percent(fraction).as_str()), (signed, plain), "{fraction}");
    }
    assert_eq!(percent_interval(-0.01, 0.032), "-1.0 to +3.2 %");
    assert_eq!(grouped(-1_234_567), "-1,234,567");
}

#[test]
fn foreign_names_are_written_out_for_terminals() {
    for (name, expected) in [
        ("plain/name_1.0", "plain/name_1.0"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\u{1b}[31mred", "\\u{1b}[31mred"),
        ("\u{9b}31m", "\\u{9b}31m"),
        ("abc\u{202e}txt", "abc\\u{202e}txt"),
        ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
        ("größe µs 漢字", "größe µs 漢字"),
    ] {
        assert_eq!(escape::terminal(name), expected);
    }
}

#[test]
fn foreign_names_are_plain_text_in_markdown() {
    for (name, expected) in [
        ("bert_base fp16", "bert_base fp16"),
        ("_em_", "&#95;em&#95;"),
        ("a|b", "a&#124;b"),
        ("`x`", "&#96;x&#96;"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("@octocat", "@&#8203;octocat"),
        ("see #12", "see &#35;&#8203;12"),
        ("GH-12", "GH&#8203;-12"),
        ("https://x.example", "https:&#8203;//x.example"),
        ("www.x.example", "www&#8203;.x.example"),
        ("[a](b)", "&#91;a&#93;(b)"),
        ("- item", "&#45; item"),
        ("    - item", "&#45; item"),
        ("-5.0 %", "-5.0 %"),
        ("1. item", "1&#46; item"),
        ("version 0.1.0.", "version 0.1.0."),
        ("---", "&#45;--"),
        ("a\nb", "a&#92;nb"),
    ] {
        assert_eq!(escape::markdown(name), expected, "{name}");
    }
}

#[test]
fn spreadsheets_do_not_compute_csv_cells() {
    for (cell, expected) in [
        ("plain", "plain"),
        ("a,b", "\"a,b\""),
        ("say \"hi\"", "\"say \"\"hi\"\"\""),
        ("two\nlines", "\"two\nlines\""),
        ("=1+1", "\"'=1+1\""),
        ("+1", "\"'+1\""),
        ("-1", "\"'-1\""),
        ("@SUM(A1)", "\"'@SUM(A1)\""),
        ("  =1", "\"'  =1\""),
        ("\t=1", "\"'\t=1\""),
        ("\u{1b}[0m", "\\u{1b}[0m"),
    ] {
        assert_eq!(escape::csv(cell), expected, "{cell:?}");
    }
}

#[test]
fn long_names_keep_their_ends() {
    for (limit, expected) in [(10, "abcdefghij"), (9, "abcd…ghij"), (4, "ab…j"), (1, "…"), (0, "")] {
        assert_eq!(escape::shorten("abcdefghij", limit), expected);
    }
    assert_eq!(escape::shorten("äöüäöü", 3), "ä…ü");
}

/// Texts with far more of what is dangerous than chance would give.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("|".to_owned()),
        Just("`".to_owned()),
        Just("<script>".to_owned()),
        Just("@user".to_owned()),
        Just("#1".to_owned()),
        Just("\r\n".to_owned()),
        Just("\u{1b}[2J".to_owned()),
        Just("\u{202e}".to_owned()),
        Just("\\".to_owned()),
        Just("=".to_owned()),
        Just("\"".to_owned()),
        Just("https://a.b".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

fn steers(character: char) -> bool {
    character.is_control() || "\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}".contains(character)
}

/// Every `sign` is followed by a zero-width space or ends the text.
fn is_broken_after(text: &str, sign: &str) -> bool {
    text.split(sign).skip(1).all(|rest| rest.is_empty() || rest.starts_with("&#8203;"))
}

proptest! {
    #[test]
    fn terminal_text_steers_nothing(text in hostile()) {
        prop_assert!(!escape::terminal(&text).chars().any(steers));
    }

    #[test]
    fn markdown_text_has_no_structure(text in hostile()) {
        let escaped = escape::markdown(&text);
        prop_assert!(!escaped.chars().any(steers));
        prop_assert!(!escaped.contains(['|', '`', '<', '>', '[', ']', '\\', '*', '~', '"']), "{escaped}");
        prop_assert!(is_broken_after(&escaped, "@"), "{escaped}");
        prop_assert!(is_broken_after(&escaped, "&#35;"), "{escaped}");
        prop_assert!(!escaped.contains("://"), "{escaped}");
        prop_assert!(!escaped.replace("&#", "").contains('#'), "{escaped}");
    }

    #[test]
    fn a_csv_cell_is_one_cell_and_no_formula(text in hostile()) {
        let escaped = escape::csv(&text);
        let inner = match escaped.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(inner) => {
                prop_assert!(!inner.replace("\"\"", "").contains('"'), "{escaped}");
                inner
            }
            None => {
                prop_assert!(!escaped.contains(['"', ',', '\n', '\r']), "{escaped}");
                escaped.as_str()
            }
        };
        prop_assert!(!inner.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{escaped}");
        let is_visible = !inner.contains(['\u{1b}', '\u{202e}']);
        prop_assert!(is_visible, "{escaped}");
    }

    #[test]
    fn json_keeps_its_meaning_and_steers_nothing(text in hostile()) {
        let escaped = escape::json(&serde_json::to_string(&text).unwrap());
        prop_assert!(!escaped.chars().any(steers));
        prop_assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
    }

    #[test]
    fn a_shortened_name_fits(text in any::<String>(), limit in 0_usize..50) {
        let short = escape::shorten(&text, limit);
        prop_assert!(short.chars().count() <= limit);
        prop_assert!(text.chars().count() > limit || short == text);
    }

    #[test]
    fn any_number_is_short_and_near(value in prop::num::f64::NORMAL) {
        let text = significant(value);
        prop_assert!(text.len() <= 20, "{}", text);
        let read: f64 = text.replace(',', "").parse().unwrap();
        prop_assert!((read / value - 1.0).abs() <= 0.005_001, "{} for {}", text, value);
    }
}
