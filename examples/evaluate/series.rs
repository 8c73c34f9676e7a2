//! Reading of recorded benchmark histories.
//!
//! For: the files that the evaluator replays: JSON Lines, gzipped or plain, one series a line. Not for: the formats
//! that `benchgate ingest` reads; these files are research data and hold no commits and no hardware.
//! Invariant: a series has a label for each run, and every sample is finite; what does not is an error that names file
//! and line.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use benchgate::model::Direction;
use benchgate::stats;
use flate2::read::MultiGzDecoder;
use serde_json::Value;

/// The first bytes of a gzip member (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// One recorded history.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    /// Where it was published.
    pub(crate) dataset: String,
    /// What ran together: suite and machine.
    pub(crate) group: String,
    /// The benchmark.
    pub(crate) name: String,
    /// What its publisher says is better.
    pub(crate) better: Direction,
    /// Labels of the runs, oldest first.
    pub(crate) runs: Vec<String>,
    /// The samples of each run.
    pub(crate) samples: Vec<Vec<f64>>,
}

impl Series {
    /// A value for each run: the median of its samples.
    pub(crate) fn values(&self) -> Vec<f64> {
        self.samples.iter().filter_map(|samples| stats::median(samples)).collect()
    }

    /// Natural logarithms of the values, turned so that larger is worse. `None` where a value is not above zero, so
    /// that changes have no ratio.
    pub(crate) fn positions(&self) -> Option<Vec<f64>> {
        let sign = match self.better {
            Direction::LowerIsBetter => 1.0,
            Direction::HigherIsBetter => -1.0,
        };
        let place = |value: &f64| (*value > 0.0).then(|| sign * value.ln());
        self.values().iter().map(place).collect()
    }
}

/// All series of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<Series>, String> {
    let at_line = |number: usize, reason: &str| format!("{}, line {number}: {reason}", path.display());
    let mut series = Vec::new();
    for (index, line) in lines(path)?.into_iter().enumerate() {
        if !line.trim().is_empty() {
            series.push(parse(&line).map_err(|reason| at_line(index + 1, &reason))?);
        }
    }
    Ok(series)
}

/// The lines of a file, unpacked where it is gzipped.
pub(crate) fn lines(path: &Path) -> Result<Vec<String>, String> {
    let failed = |error: std::io::Error| format!("cannot read {}: {error}", path.display());
    let mut reader = BufReader::new(File::open(path).map_err(failed)?);
    let is_packed = reader.fill_buf().map_err(failed)?.starts_with(&GZIP);
    let source: Box<dyn Read> = if is_packed { Box::new(MultiGzDecoder::new(reader)) } else { Box::new(reader) };
    BufReader::new(source).lines().collect::<Result<_, _>>().map_err(failed)
}

fn parse(line: &str) -> Result<Series, String> {
    let object: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let text = |key: &str| {
        object.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("`{key}` is not a text"))
    };
    let list = |key: &str| object.get(key).and_then(Value::as_array).ok_or_else(|| format!("`{key}` is not a list"));
    let better = match text("better")?.as_str() {
        "lower" => Direction::LowerIsBetter,
        "higher" => Direction::HigherIsBetter,
        other => return Err(format!("`better` is `{other}`, not `lower` or `higher`")),
    };
    let label = |run: &Value| run.as_str().map(str::to_owned).ok_or_else(|| format!("the run `{run}` is not a text"));
    let runs = list("runs")?.iter().map(label).collect::<Result<Vec<_>, _>>()?;
    let samples = list("v")?.iter().map(numbers).collect::<Result<Vec<_>, _>>()?;
    if runs.len() != samples.len() {
        return Err(format!("`runs` has {} entries and `v` has {}", runs.len(), samples.len()));
    }
    Ok(Series { dataset: text("dataset")?, group: text("group")?, name: text("name")?, better, runs, samples })
}

/// The samples of a run, perhaps none: a run that failed.
fn numbers(run: &Value) -> Result<Vec<f64>, String> {
    let samples = run.as_array().ok_or_else(|| format!("the samples `{run}` are not a list"))?;
    let number = |sample: &Value| {
        sample.as_f64().filter(|number| number.is_finite()).ok_or_else(|| format!("the sample `{sample}` is no number"))
    };
    samples.iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const LINE: &str = r#"{"dataset":"d","group":"g","name":"n","unit":"ms","better":"higher","runs":["0:a","1:b"],"v":[[1.0,3.0],[4]]}"#;

    fn file(content: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        file
    }

    #[test]
    fn plain_and_gzipped_files_read_the_same() {
        let plain = file(format!("{LINE}\n").as_bytes());
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(LINE.as_bytes()).unwrap();
        let packed = file(&packed.finish().unwrap());
        for path in [plain.path(), packed.path()] {
            let series = read(path).unwrap();
            assert_eq!(series.len(), 1);
            assert_eq!(series[0].values(), [2.0, 4.0]);
            assert_eq!(series[0].positions(), Some(vec![-(2.0_f64.ln()), -(4.0_f64.ln())]));
        }
    }

    #[test]
    fn a_defect_is_named_with_file_and_line() {
        for (defective, reason) in [
            (LINE.replace("[4]", "[null]"), "the sample `null` is no number"),
            (LINE.replace("[[1.0,3.0],[4]]", "[[4]]"), "`runs` has 2 entries and `v` has 1"),
            (LINE.replace("higher", "more"), "`better` is `more`"),
            ("{".to_owned(), "EOF"),
        ] {
            let file = file(format!("{LINE}\n{defective}\n").as_bytes());
            let error = read(file.path()).unwrap_err();
            assert!(error.contains(&format!("{}, line 2: ", file.path().display())), "{error}");
            assert!(error.contains(reason), "{error}");
        }
        let error = read(Path::new("no-such-file.jsonl")).unwrap_err();
        assert!(error.contains("no-such-file.jsonl"), "{error}");
    }
}
