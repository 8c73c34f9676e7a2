//! Series whose change points people have marked.
//!
//! For: the Turing Change Point Dataset and benchmark histories with known regressions. Not for: choosing constants;
//! most of these series are not benchmarks.
//! Invariant: the scores are those of van den Burg and Williams (2020), "An evaluation of change point detection
//! algorithms", arXiv 2003.06222: margin 5, recall averaged over annotators, precision against all of them together,
//! and index 0 a change point of everyone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::methods::METHODS;
use super::score::{MARGIN, Score, matches};
use crate::series::lines;

/// What a method makes of the annotated series: means over the series, and a sum.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Annotated {
    /// Precision, recall and F1, each the mean over the series.
    #[serde(flatten)]
    pub(crate) score: Score,
    /// Change points that no annotator has within the margin, over all series.
    pub(crate) false_positives: usize,
}

/// A series with the change points of each annotator.
struct Marked {
    values: Vec<f64>,
    annotations: Vec<Vec<usize>>,
}

/// The scores of every method on a file of annotated series (JSON Lines: `name`, the values `y`, and `cps`, from each
/// annotator's name to the indices of the first values after each change).
pub(crate) fn annotated(path: &Path) -> Result<BTreeMap<&'static str, Annotated>, String> {
    let mut all = Vec::new();
    for (index, line) in lines(path)?.iter().enumerate() {
        let at_line = |reason: String| format!("{}, line {}: {reason}", path.display(), index + 1);
        all.push(parse(line).map_err(at_line)?);
    }
    let evaluate = |(name, method): &(&'static str, super::methods::Method)| {
        let judged: Vec<(Score, usize)> =
            all.iter().map(|marked| score(&marked.annotations, &method(&marked.values))).collect();
        let scores: Vec<Score> = judged.iter().map(|(score, _)| *score).collect();
        let false_positives = judged.iter().map(|(_, count)| count).sum();
        (*name, Annotated { score: Score::mean(&scores), false_positives })
    };
    Ok(METHODS.iter().map(evaluate).collect())
}

/// The score of one series, and the found change points that nobody has marked.
fn score(annotations: &[Vec<usize>], found: &[usize]) -> (Score, usize) {
    let with_start = |places: &[usize]| -> BTreeSet<usize> { places.iter().copied().chain([0]).collect() };
    let found: Vec<usize> = with_start(found).into_iter().collect();
    let everyone: Vec<usize> = with_start(&annotations.concat()).into_iter().collect();
    let precise = matches(&everyone, &found);
    let recall = |places: &Vec<usize>| {
        let known: Vec<usize> = with_start(places).into_iter().collect();
        matches(&known, &found) as f64 / known.len() as f64
    };
    let recall = annotations.iter().map(recall).sum::<f64>() / annotations.len().max(1) as f64;
    let is_marked = |place: &usize| everyone.iter().any(|known| known.abs_diff(*place) <= MARGIN);
    let false_positives = found.iter().filter(|place| !is_marked(place)).count();
    (Score::new(precise as f64 / found.len() as f64, recall), false_positives)
}

fn parse(line: &str) -> Result<Marked, String> {
    let object: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let name = object.get("name").and_then(Value::as_str).ok_or("`name` is not a text")?.to_owned();
    let number = |value: &Value| value.as_f64().ok_or_else(|| format!("the value `{value}` of `{name}` is no number"));
    let values = object.get("y").and_then(Value::as_array).ok_or("`y` is not a list")?;
    let values = values.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    let annotations = object.get("cps").and_then(Value::as_object).ok_or("`cps` is not an object")?;
    let place = |value: &Value| {
        let place = value.as_u64().and_then(|place| usize::try_from(place).ok());
        place.filter(|place| *place < values.len()).ok_or_else(|| format!("`{value}` of `{name}` is no place in it"))
    };
    let places = |(annotator, list): (&String, &Value)| {
        let list = list.as_array().ok_or_else(|| format!("`{annotator}` of `{name}` is not a list"))?;
        list.iter().map(place).collect::<Result<Vec<_>, _>>()
    };
    let annotations = annotations.iter().map(places).collect::<Result<Vec<_>, _>>()?;
    Ok(Marked { values, annotations })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_agree_with_the_examples_of_the_benchmark() {
        // The three examples of `f_measure` in TCPDBench (van den Burg and Williams), analysis/scripts/metrics.py.
        let everyone = vec![vec![10, 20], vec![11, 20], vec![10], vec![0, 5]];
        let few = vec![vec![], vec![10], vec![50]];
        for (annotations, found, expected) in
            [(&everyone, &[10, 20][..], 1.0), (&few, &[10], 0.909_090_909_090_909_1), (&few, &[], 0.8)]
        {
            let (score, false_positives) = score(annotations, found);
            assert!((score.f1 - expected).abs() < 1e-15, "{found:?}: {score:?}");
            assert_eq!(false_positives, 0);
        }
        assert_eq!(score(&few, &[20, 45]).1, 1, "20 is nobody's, 45 is near 50");
    }

    #[test]
    fn a_defect_names_its_series() {
        let error = |line: &str| parse(line).err().unwrap();
        assert!(error(r#"{"name":"n","y":[1,"a"],"cps":{}}"#).contains("the value `\"a\"` of `n`"));
        assert!(error(r#"{"name":"n","y":[1,2],"cps":{"6":[2]}}"#).contains("`2` of `n` is no place in it"));
        assert_eq!(parse(r#"{"name":"n","y":[1,2],"cps":{"6":[1]}}"#).unwrap().annotations, [[1]]);
    }
}
