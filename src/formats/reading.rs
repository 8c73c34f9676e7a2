//! What adapters share about measurements: names for units, and pooling repetitions.
//!
//! For: one rule for tools that name no metric, and one for tools that print a benchmark several times. Not for: units
//! themselves (see `model::unit`).
//! Invariant: a direction is never invented here; pooled numbers keep the order of the file.

use std::collections::{HashMap, HashSet};

use super::error::{Class, Malformed, ReadError};
use super::node::{Node, optional};
use super::output::{MAX_METRICS, Output};
use crate::model::{Direction, Measurement, ResultDraft, RunDraft, Status, Unit};

/// One metric as an adapter read it: a value, samples, or both, in the tool's own unit.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) metric: String,
    pub(super) value: Option<f64>,
    pub(super) samples: Vec<f64>,
    pub(super) unit: String,
    /// The direction, where the file states one; else the metric's name and unit decide.
    pub(super) better: Option<Direction>,
}

impl Reading {
    /// A single value.
    pub(super) fn value(metric: impl Into<String>, value: f64, unit: impl Into<String>) -> Self {
        Self { metric: metric.into(), value: Some(value), samples: Vec::new(), unit: unit.into(), better: None }
    }

    /// Samples, and the value that the tool made of them, where it states one.
    pub(super) fn samples(
        metric: impl Into<String>,
        value: Option<f64>,
        samples: Vec<f64>,
        unit: impl Into<String>,
    ) -> Self {
        Self { metric: metric.into(), value, samples, unit: unit.into(), better: None }
    }

    /// The measurement.
    pub(super) fn measure(&self) -> Result<Measurement, Malformed> {
        let Self { metric, value, samples, unit, better } = self;
        Measurement::new(metric, *value, samples.clone(), Some(unit), *better)
            .map_err(|error| Malformed::from(error).in_field(String::new()))
    }
}

/// The measurements of readings; a defect without a place is at `node`.
pub(super) fn measure_all(readings: &[Reading], node: &Node<'_>) -> Result<Vec<Measurement>, Malformed> {
    readings.iter().map(|reading| reading.measure().map_err(|defect| node.place(defect))).collect()
}

/// A result of the past, which cannot be measured again: a zero that cannot be is a failed result instead of a defect that
/// costs the whole history.
pub(super) fn past(reading: Reading) -> Result<(ResultDraft, Vec<Reading>), Malformed> {
    match reading.measure() {
        Err(defect) if defect.class == Class::Zero => Ok((ResultDraft::failed(&defect.message), Vec::new())),
        Err(defect) => Err(defect),
        Ok(_) => Ok((ResultDraft::completed(Vec::new()), vec![reading])),
    }
}

/// The fields of a table that are there: name of the field, metric, unit.
pub(super) fn fields(node: &Node<'_>, table: &[(&str, &str, &str)]) -> Result<Vec<Reading>, Malformed> {
    let read = |&(field, metric, unit): &(&str, &str, &str)| {
        let value = optional(node, field, Node::number).transpose()?;
        Some(value.map(|value| Reading::value(metric, value, unit)))
    };
    table.iter().filter_map(read).collect()
}

/// The metric for a number of which only the unit is known: what the unit measures, else the unit's own name.
pub(super) fn metric_of_unit(unit: &str) -> String {
    match Unit::canonical(unit).0.as_str() {
        "ms" => "latency".to_owned(),
        "items/s" | "tokens/s" => "throughput".to_owned(),
        "MB/s" => "bandwidth".to_owned(),
        "MB" => "memory".to_owned(),
        "allocs" => "allocations".to_owned(),
        "W" => "power".to_owned(),
        "J" => "energy".to_owned(),
        _ => slug(unit),
    }
}

/// A name for a metric: lower case, with `_` for anything but letters and digits.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.trim().chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            slug.push(character);
        } else if !slug.ends_with('_') {
            slug.push('_');
        }
    }
    let slug = slug.trim_matches('_');
    let end = slug.floor_char_boundary(200);
    if slug.is_empty() { "value".to_owned() } else { slug[..end].to_owned() }
}

/// The unit of a number of which nothing is stated but its metric: the unit that the metric implies, or its own name.
pub(super) fn own_unit(metric: &str) -> String {
    crate::model::metric::default_unit(metric).unwrap_or(metric).to_owned()
}

/// Results by key, in the order in which the keys first occurred; repetitions become samples.
#[derive(Debug, Default)]
pub(super) struct Pool {
    index: HashMap<String, usize>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    draft: ResultDraft,
    readings: Vec<Reading>,
    /// The place of the first repetition.
    place: Malformed,
}

impl Pool {
    /// Adds a repetition of `key`; only the first one's draft counts, except that one failure fails the result.
    ///
    /// `place` adds the place to a defect. Every number is checked here, where its place is known.
    pub(super) fn add(
        &mut self,
        key: String,
        draft: ResultDraft,
        readings: Vec<Reading>,
        place: impl Fn(Malformed) -> Malformed,
    ) -> Result<(), Malformed> {
        let mut metrics = HashSet::new();
        for reading in &readings {
            reading.measure().map_err(&place)?;
            if !metrics.insert(&reading.metric) {
                let message = format!("`{}` occurs twice", reading.metric);
                return Err(place(Malformed::new(Class::Duplicate, message)));
            }
        }
        if let Some(entry) = self.index.get(&key).and_then(|index| self.entries.get_mut(*index)) {
            return entry.pool(draft, readings).map_err(place);
        }
        self.index.insert(key, self.entries.len());
        let place = place(Malformed::new(Class::Duplicate, ""));
        let mut entry =
            Entry { draft: ResultDraft { iterations: Some(0), ..draft.clone() }, readings: Vec::new(), place };
        let pooled = entry.pool(draft, readings);
        self.entries.push(entry);
        pooled
    }

    /// Adds further metrics of `key`, none of which may have occurred before.
    pub(super) fn add_metrics(
        &mut self,
        key: String,
        draft: ResultDraft,
        readings: Vec<Reading>,
        place: impl Fn(Malformed) -> Malformed,
    ) -> Result<(), Malformed> {
        let known = self.index.get(&key).and_then(|index| self.entries.get(*index));
        let is_known = |reading: &&Reading| known.is_some_and(|entry| entry.find(&reading.metric).is_ok());
        if let Some(twice) = readings.iter().find(is_known) {
            let message = format!("`{}` of the same benchmark occurs twice", twice.metric);
            return Err(place(Malformed::new(Class::Duplicate, message)));
        }
        self.add(key, draft, readings, place)
    }

    /// The keys that occurred so far.
    pub(super) fn keys(&self) -> HashSet<String> {
        self.index.keys().cloned().collect()
    }

    /// Passes the pooled results on.
    pub(super) fn finish(self, output: &mut Output<'_>) -> Result<(), ReadError> {
        for Entry { mut draft, readings, place } in self.entries {
            if draft.status == Status::Completed {
                for reading in readings {
                    draft.measurements.push(reading.measure()?);
                }
            } else {
                draft.measurements.clear();
            }
            output.result(draft, |defect| {
                let Malformed { line, column, ref pointer, .. } = place;
                Malformed { line, column, pointer: pointer.clone(), ..defect }
            })?;
        }
        Ok(())
    }
}

/// Runs by what tells them apart, for files whose results name their run one by one.
#[derive(Debug, Default)]
pub(super) struct Runs {
    index: HashMap<String, usize>,
    runs: Vec<(RunDraft, Pool)>,
}

impl Runs {
    /// The pool of a run; of equal runs the first one counts, and the environment of all.
    pub(super) fn pool(&mut self, run: RunDraft) -> &mut Pool {
        let identity = format!("{:?}", (&run.key, run.attempt, &run.commit, &run.branch));
        let index = *self.index.entry(identity).or_insert(self.runs.len());
        match self.runs.get_mut(index) {
            Some((known, _)) => known.environment.extend(run.environment),
            None => self.runs.push((run, Pool::default())),
        }
        &mut self.runs[index].1
    }

    /// Passes the runs and their results on, in the order in which they first occurred.
    pub(super) fn finish(self, output: &mut Output<'_>) -> Result<(), ReadError> {
        for (run, pool) in self.runs {
            output.run(run)?;
            pool.finish(output)?;
        }
        Ok(())
    }
}

impl Entry {
    /// Where a metric is among the readings, which are sorted by it.
    fn find(&self, metric: &str) -> Result<usize, usize> {
        self.readings.binary_search_by(|known| known.metric.as_str().cmp(metric))
    }

    fn pool(&mut self, draft: ResultDraft, readings: Vec<Reading>) -> Result<(), Malformed> {
        self.draft.iterations = match (self.draft.iterations, draft.iterations) {
            (Some(before), Some(now)) => before.checked_add(now),
            _ => None,
        };
        if self.draft.status == Status::Completed {
            self.draft.status = draft.status;
        }
        for Reading { metric, value, samples, unit, better } in readings {
            let index = match self.find(&metric) {
                Ok(index) => index,
                Err(index) => {
                    self.readings.insert(index, Reading { metric, value, samples, unit, better });
                    continue;
                }
            };
            let known = &mut self.readings[index];
            if known.unit != unit {
                let message = format!("`{metric}` is in {unit} here and in {} before", known.unit);
                return Err(Malformed::new(Class::Contradiction, message));
            }
            // A lone value is a sample as soon as there are several; the value is then the median of the samples.
            if known.samples.is_empty() {
                known.samples.extend(known.value);
            }
            known.value = None;
            if samples.is_empty() {
                known.samples.extend(value);
            } else {
                known.samples.extend(samples);
            }
        }
        if self.readings.len() > MAX_METRICS {
            let message = format!("a result has more than {MAX_METRICS} metrics");
            return Err(Malformed::new(Class::TooLarge, message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_names_a_metric() {
        for (unit, metric) in [
            ("ns/iter", "latency"),
            ("iter/sec", "throughput"),
            ("bytes", "memory"),
            ("Mega Pixels!", "mega_pixels"),
            ("%%", "value"),
        ] {
            assert_eq!(metric_of_unit(unit), metric, "{unit}");
        }
    }

    #[test]
    fn repetitions_become_samples_in_the_order_of_the_file() {
        let mut pool = Pool::default();
        for value in [3.0, 1.0, 2.0] {
            let readings = vec![Reading::value("latency", value, "ms")];
            pool.add("a".to_owned(), ResultDraft::completed(Vec::new()), readings, |defect| defect).expect("added");
        }
        let measurement = pool.entries[0].readings[0].measure().expect("valid");
        assert_eq!(measurement.samples(), [3.0, 1.0, 2.0]);
        assert!((measurement.value() - 2.0).abs() < 1e-12);
    }
}
