//! Pictures of little, strange and hostile data.
//!
//! For: what all pictures promise, over all of them. Not for: looks, which only eyes can check.
//! Invariant: every kind of picture is in [`pictures`].

use jiff::Timestamp;

use super::super::fixtures::HOSTILE;
use super::*;

fn moment(day: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + 86_400 * day).unwrap()
}

fn series(title: &str, values: &[f64]) -> SeriesPlot {
    let point = |(day, value): (i64, &f64)| PlotPoint { at: moment(day), value: *value };
    SeriesPlot {
        title: title.to_owned(),
        unit: "ms".to_owned(),
        points: (0..).zip(values).map(point).collect(),
        ..SeriesPlot::default()
    }
}

/// One of each kind, every name and every value as given.
fn pictures(name: &str, values: &[f64]) -> Vec<Picture> {
    let text = || name.to_owned();
    let some = || values.iter().copied().map(Some);
    let mut plot = series(name, values);
    plot.unit = text();
    plot.marks = vec![Mark { at: moment(1), sign: Sign::Worse, words: text() }];
    plot.lines = values.iter().take(1).map(|value| Line { value: *value, words: text() }).collect();
    plot.judged = plot.points.last().map(|point| (*point, Sign::Better));
    let bar = |value| Bar { label: text(), value, interval: value.map(|at| (at, at)), note: text() };
    let points = (1..).map(f64::from).zip(values.iter().copied()).collect();
    vec![
        plot.draw(),
        Bars { title: text(), unit: text(), bars: some().chain([None]).map(bar).collect() }.draw(),
        HeatMap {
            title: text(),
            unit: text(),
            columns: vec![text()],
            rows: some().map(|one| (text(), vec![one])).collect(),
        }
        .draw(),
        Curves { title: text(), parameter: text(), unit: text(), curves: vec![Curve { name: text(), points }] }.draw(),
        Distribution { title: text(), unit: text(), strips: vec![Strip { label: text(), values: values.to_vec() }] }
            .draw(),
        Sparkline { title: text(), unit: text(), values: some().chain([None]).collect() }.draw(),
        Badge { label: text(), message: text(), colour: BadgeColour::Red }.draw(),
    ]
}

#[test]
fn hostile_names_stay_text_and_no_element_carries_a_style() {
    let name = format!("{HOSTILE} \"'> </title><script>alert(1)</script> ]]> \u{0} \u{ffff}");
    for picture in pictures(&name, &[1.0, 2.0]) {
        for text in [picture.inline(), picture.file()] {
            assert!(!text.contains("<script") && !text.contains("<img") && !text.contains(" style="), "{text}");
            let is_readable = |one: char| !crate::text::escape::is_unsafe(one) || one == '\n';
            assert!(text.chars().all(is_readable) && !text.contains('\u{ffff}'), "{text}");
            assert_eq!(text.matches("<title>").count(), 1, "{text}");
            assert!(text.contains("role=\"img\""), "{text}");
        }
    }
}

#[test]
fn no_point_one_point_equal_points_and_extremes_are_drawn_without_nonsense() {
    for values in [&[][..], &[5.0], &[0.0, 0.0], &[7.0; 9], &[f64::MIN, f64::MAX], &[1e-300, 1e300], &[f64::NAN, 1.0]] {
        for picture in pictures("a", values) {
            let text = picture.file();
            assert!(!text.contains("NaN") && !text.contains("inf") && !text.contains("\"-0"), "{values:?}: {text}");
        }
    }
    assert!(series("a", &[]).draw().inline().contains("no measurements"));
}

#[test]
fn a_point_without_a_value_leaves_a_gap_and_every_other_one_is_a_dot() {
    let text = series("a", &[10.0, f64::NAN, 10.5, 11.0]).draw().inline();
    let dots = text.split("class=\"dots\" d=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert_eq!(dots.matches('z').count(), 3, "{dots}");
    assert!(text.contains("3 measurements from 2026-01-01 to 2026-01-04, between 10 ms and 11 ms."), "{text}");
}

#[test]
fn values_can_be_computed_again_from_the_picture() {
    let values = [10.0, 10.4, 9.8, 12.0];
    let mut plot = series("a", &values);
    plot.runs = vec![0, 1, 4, 5];
    let text = plot.draw().inline();
    let attribute = |name: &str| text.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(attribute("data-runs"), "0-1 4-5");
    let (low, high) = attribute("data-values").split_once(' ').unwrap();
    let (low, high): (f64, f64) = (low.parse().unwrap(), high.parse().unwrap());
    let mut down = 0.0;
    for (dot, value) in attribute("class=\"dots\" d").split('z').zip(values) {
        let place = dot.trim_start_matches('m').trim_start_matches(|one: char| one.is_ascii_digit());
        down += place.trim().parse::<f64>().unwrap();
        assert!((low + (1.0 - down / 4000.0) * (high - low) - value).abs() < 1e-3, "{text}");
    }
}

#[test]
fn values_of_all_sizes_get_a_logarithmic_axis() {
    let text = series("a", &[0.01, 1.0, 250.0]).draw().inline();
    assert!(text.contains("data-log=\"1\""), "{text}");
}

#[test]
fn many_values_become_counts() {
    let values: Vec<f64> = (0..1000).map(|index| f64::from(index % 37)).collect();
    let text = Distribution { strips: vec![Strip { label: "past".to_owned(), values }], ..Distribution::default() };
    let text = text.draw().inline();
    assert!(text.contains("class=\"bar\"") && !text.contains("<circle") && text.contains("1,000 values"), "{text}");
}

#[test]
fn a_badge_says_its_message_in_its_title() {
    let badge = Badge { label: "benchmarks".to_owned(), message: "2 regressions".to_owned(), colour: BadgeColour::Red };
    insta::assert_snapshot!(badge.draw().inline());
}

/// The parts of `#rrggbb` or `#rrggbbaa`, from 0 to 1.
fn parts(colour: &str) -> Vec<f64> {
    let part = |at| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
    (1..colour.len()).step_by(2).map(part).collect()
}

/// Relative luminance of a colour, as WCAG 2 defines it.
fn luminance(colour: &[f64]) -> f64 {
    let linear = |part: &f64| if *part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    colour.iter().map(linear).zip([0.2126, 0.7152, 0.0722]).map(|(part, weight)| part * weight).sum()
}

#[test]
fn text_can_be_read_in_both_themes() {
    let (light, dark) = PLOT_STYLE.split_once("@media").unwrap();
    for theme in [light, dark] {
        let value = |name: &str| parts(theme.split_once(&format!("--{name}: ")).unwrap().1.split(';').next().unwrap());
        let (paper, wash) = (value("paper"), value("wash"));
        let washed: Vec<f64> = wash.iter().zip(&paper).map(|(part, below)| below + wash[3] * (part - below)).collect();
        let texts = ["ink", "soft", "accent", "worse", "better"];
        let on_paper = texts.iter().flat_map(|text| [(*text, &paper), (*text, &washed)]);
        let heat = ["heat-0", "heat-1", "heat-2", "heat-3", "heat-4"].map(value);
        for (text, below) in on_paper.chain(heat.iter().map(|colour| ("ink", colour))) {
            let (first, second) = (luminance(&value(text)), luminance(below));
            let contrast = (first.max(second) + 0.05) / (first.min(second) + 0.05);
            assert!(contrast >= 4.5, "{text} on {below:?}: {contrast:.2}");
        }
    }
}
