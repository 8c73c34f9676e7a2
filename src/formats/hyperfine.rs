//! `hyperfine --export-json`.
//!
//! For: a command's run times. Not for: what hyperfine derives from them.
//! Invariant: a command of which any run exited with another code than 0 failed, whatever `--ignore-failure` said.

use super::error::{Malformed, ReadError};
use super::json::Json;
use super::node::{Node, optional};
use super::output::Output;
use super::reading::{Reading, fields, measure_all};
use super::text::to_u64;
use crate::model::{Measurement, ResultDraft, RunDraft};

/// `results` whose first element has a command.
pub(super) fn matches(json: &Json) -> bool {
    let first = json.get("results").and_then(Json::first);
    first.is_some_and(|first| first.get("command").is_some() && first.get("mean").is_some())
}

pub(super) fn read(json: &Json, output: &mut Output<'_>) -> Result<(), ReadError> {
    output.run(RunDraft::default())?;
    for result in Node::root(json).field("results")?.items()? {
        output.result(draft(&result)?, |defect| result.place(defect))?;
    }
    Ok(())
}

fn draft(result: &Node<'_>) -> Result<ResultDraft, Malformed> {
    let times = optional(result, "times", Node::numbers)?.unwrap_or_default();
    let iterations = Some(to_u64(times.len())).filter(|count| *count > 0);
    let mut draft = match failure(result)? {
        Some(reason) => ResultDraft::failed(&reason),
        None => ResultDraft::completed(measurements(result, times)?),
    };
    draft.test_case = Some(result.field("command")?.text()?.to_owned());
    draft.iterations = iterations;
    if let Some(parameters) = result.maybe("parameters")? {
        draft.parameters = parameters.scalars()?;
    }
    Ok(draft)
}

fn measurements(result: &Node<'_>, times: Vec<f64>) -> Result<Vec<Measurement>, Malformed> {
    let mut readings = vec![Reading::samples("latency", Some(result.field("mean")?.number()?), times, "s")];
    readings.extend(fields(result, &[("user", "user_time", "s"), ("system", "system_time", "s")])?);
    let memory = optional(result, "memory_usage_byte", Node::numbers)?.unwrap_or_default();
    if !memory.is_empty() {
        readings.push(Reading::samples("memory_peak", None, memory, "bytes"));
    }
    measure_all(&readings, result)
}

/// Why the command failed, if a run of it did. hyperfine writes `null` for a run that a signal ended.
fn failure(result: &Node<'_>) -> Result<Option<String>, Malformed> {
    let Some(codes) = result.maybe("exit_codes")? else { return Ok(None) };
    for (run, code) in (1_u64..).zip(codes.items()?) {
        match code.scalar() {
            Some(code) if code == "0" => {}
            Some(code) => return Ok(Some(format!("run {run} exited with code {code}"))),
            None => return Ok(Some(format!("run {run} was ended by a signal"))),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_value, collect, defect_place, measured};
    use super::super::{Class, Format};
    use crate::model::Status;

    const NORMAL: &str = include_str!("../../tests/fixtures/formats/hyperfine/normal.json");
    const FAILED: &str = include_str!("../../tests/fixtures/formats/hyperfine/failed.json");

    #[test]
    fn commands_are_results_with_a_sample_a_run() {
        let results = collect(Format::Hyperfine, NORMAL).results;
        assert_eq!(results.len(), 2);
        assert_eq!(results[0].test_case.as_deref(), Some("sleep 0.01"));
        assert_value(&results[0], "latency", 11.2, "ms");
        assert_eq!(measured(&results[0], "latency").samples().len(), 3);
        assert_value(&results[0], "memory_peak", 2.097_152, "MB");
        assert_eq!(measured(&results[0], "system_time").value().to_bits(), 0.0_f64.to_bits());
        assert_eq!(results[1].parameters["threads"], "4");
    }

    #[test]
    fn a_run_that_failed_fails_the_command() {
        let results = collect(Format::Hyperfine, FAILED).results;
        assert_eq!(results[0].status, Status::Failed("run 2 exited with code 1".to_owned()));
        assert_eq!(results[1].status, Status::Failed("run 1 was ended by a signal".to_owned()));
        assert!(results.iter().all(|result| result.measurements.is_empty()));
    }

    #[test]
    fn defects_are_located() {
        for (from, to, class, pointer) in [
            ("\"mean\": 0.0112", "\"mean\": null", Class::MissingField, Some("results[0]")),
            ("[0.0110, 0.0111", "[0.0110, \"x\"", Class::WrongType, Some("results[0].times[1]")),
            ("[0.0110, 0.0111", "[0.0110, NaN", Class::NotFinite, None),
            ("[0.0110, 0.0111", "[0.0110, -1", Class::Negative, Some("results[0]")),
            ("[0.0110, 0.0111", "[0.0110, 0", Class::Zero, Some("results[0]")),
        ] {
            assert!(NORMAL.contains(from));
            let (found, _, _, place) = defect_place(&NORMAL.replacen(from, to, 1));
            assert_eq!((found, place.as_deref()), (class, pointer), "{to}");
        }
        let twice = NORMAL.replace("./decode --threads 4", "sleep 0.01").replace("\"threads\": \"4\"", "");
        assert_eq!(defect_place(&twice).0, Class::Duplicate);
    }
}
