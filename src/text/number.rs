//! Numbers with sensible digits and units, percentages.
//!
//! For: a value as a person wants to read it. Not for: data; JSON and CSV carry the full number.
//! Invariant: three significant digits, more only where whole numbers have them; the unit shown is chosen after
//! rounding, so there is never a `1000 us`.

/// Significant digits of a shown value.
const DIGITS: i32 = 3;

/// From this on powers of ten are easier to read than digits.
const LARGE: f64 = 1e15;

/// Below this a number without a smaller unit is written as a power of ten.
const SMALL: f64 = 1e-4;

/// Shown units of a canonical unit, smallest first, with their size in it.
fn ladder(unit: &str) -> &'static [(f64, &'static str)] {
    match unit {
        "ms" => &[(1e-6, "ns"), (1e-3, "us"), (1.0, "ms"), (1e3, "s")],
        "MB" => &[(1e-6, "B"), (1e-3, "kB"), (1.0, "MB"), (1e3, "GB"), (1e6, "TB")],
        "MB/s" => &[(1e-6, "B/s"), (1e-3, "kB/s"), (1.0, "MB/s"), (1e3, "GB/s"), (1e6, "TB/s")],
        "W" => &[(1e-3, "mW"), (1.0, "W"), (1e3, "kW")],
        "J" => &[(1e-3, "mJ"), (1.0, "J"), (1e3, "kJ"), (1e6, "MJ")],
        _ => &[],
    }
}

/// A value in a canonical unit: `12.3 ms`, `1.20 GB`, `1,234 items/s`. The unit `count` is left out. An unknown unit is
/// appended as it is: escape the whole where it came from a file.
#[must_use]
pub fn quantity(value: f64, unit: &str) -> String {
    match step(value, unit) {
        _ if value == 0.0 => with_unit("0", unit),
        Some((size, shown)) => with_unit(&significant(value / size), shown),
        None => with_unit(&significant(value), unit),
    }
}

/// The unit in which values up to `largest` are best shown, and its size in the canonical one: an axis has one unit.
#[must_use]
pub fn shown_unit(largest: f64, unit: &str) -> (f64, &str) {
    step(largest, unit).unwrap_or((1.0, if unit == "count" { "" } else { unit }))
}

/// The largest step that leaves at least one in front of the point.
fn step(value: f64, unit: &str) -> Option<(f64, &'static str)> {
    let (rounded, steps) = (round_significant(value), ladder(unit));
    steps.iter().rev().find(|(size, _)| rounded.abs() >= *size * (1.0 - 1e-9)).or_else(|| steps.first()).copied()
}

fn with_unit(number: &str, unit: &str) -> String {
    if unit.is_empty() || unit == "count" { number.to_owned() } else { format!("{number} {unit}") }
}

/// A number with three significant digits, whole thousands grouped: `0.0123`, `12.3`, `12,345`, `5`.
#[must_use]
pub fn significant(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "unknown"
        } else if value > 0.0 {
            "infinite"
        } else {
            "-infinite"
        }
        .to_owned();
    }
    let magnitude = round_significant(value).abs();
    // Whole numbers below a thousand are counts more often than not: `5`, not `5.00`.
    if magnitude >= LARGE || (magnitude < SMALL && magnitude > 0.0) {
        return format!("{value:.2e}");
    }
    if magnitude >= 1000.0 {
        return group_digits(&format!("{value:.0}"));
    }
    if value.fract() == 0.0 {
        return format!("{value:.0}").replace("-0", "0");
    }
    format!("{value:.*}", decimals(magnitude))
}

/// Decimals that leave [`DIGITS`] significant digits of a number below a thousand.
fn decimals(magnitude: f64) -> usize {
    let mut decimals = 0;
    let mut border = 100.0;
    while magnitude < border && decimals < 6 {
        decimals += 1;
        border /= 10.0;
    }
    decimals
}

/// Rounds to [`DIGITS`] significant digits through the formatter, which rounds the decimal expansion exactly.
fn round_significant(value: f64) -> f64 {
    if !value.is_finite() {
        return value;
    }
    let precision = usize::try_from(DIGITS - 1).unwrap_or_default();
    format!("{value:.precision$e}").parse().unwrap_or(value)
}

/// A relative change with its sign: 0.123 is `+12.3 %`, -0.05 is `-5.0 %`. Zero has no sign.
#[must_use]
pub fn signed_percent(fraction: f64) -> String {
    format!("{} %", signed_number(fraction))
}

/// A fraction in percent: 0.02 is `2 %`, 0.1234 is `12.3 %`. At most one decimal from 1 % on, two significant digits
/// below, `<0.0001 %` where even they say nothing, and no decimals from 100 % on.
#[must_use]
pub fn percent(fraction: f64) -> String {
    let number = percent_number(fraction);
    format!("{} %", number.strip_suffix(".0").unwrap_or(&number))
}

/// The interval of a change: `(0.1, 0.15)` is `+10.0 to +15.0 %`.
#[must_use]
pub fn percent_interval(low: f64, high: f64) -> String {
    format!("{} to {}", signed_number(low), signed_percent(high))
}

fn signed_number(fraction: f64) -> String {
    let sign = if fraction > 0.0 { "+" } else { "" };
    format!("{sign}{}", percent_number(fraction))
}

fn percent_number(fraction: f64) -> String {
    let value = fraction * 100.0;
    if value.is_nan() {
        return "unknown".to_owned();
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let magnitude = value.abs();
    let digits = if magnitude == 0.0 {
        "0".to_owned()
    } else if magnitude < 1e-4 {
        "<0.0001".to_owned()
    } else if magnitude < 0.995 {
        // Two significant digits: the exponent form knows where they are.
        format!("{magnitude:.1e}").parse::<f64>().unwrap_or(magnitude).to_string()
    } else if magnitude < 99.95 {
        format!("{magnitude:.1}")
    } else if magnitude < 999_999.5 {
        group_digits(&format!("{magnitude:.0}"))
    } else {
        ">999,999".to_owned()
    };
    format!("{sign}{digits}")
}

/// A whole number with its thousands grouped: `1,234,567`.
#[must_use]
pub fn grouped(value: i128) -> String {
    group_digits(&value.to_string())
}

fn group_digits(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let mut result = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            result.push(',');
        }
        result.push(digit);
    }
    result
}
