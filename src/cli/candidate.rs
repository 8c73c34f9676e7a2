//! The candidate: the run being judged and its re-runs, from their results files.
//!
//! For: reading all files of one candidate into memory, complete. Not for: judging it.
//! Invariant: no file is left out silently: one that is defective is an error, one without results is named; a re-run
//! that says nothing of the candidate is an error too.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use jiff::Timestamp;

use super::error::CliError;
use super::inputs::{self, Input};
use super::read_results::{content_hash, read_all};
use super::surroundings::Console;
use crate::assemble::attempts::{Arranged, arrange};
use crate::assemble::candidate::stated_time;
use crate::assemble::{FirstRun, Found};
use crate::formats::ReadOptions;
use crate::model::draft::stated;
use crate::model::{BenchmarkResult, CandidateRun, ConfigurationId, Context, RERUNS_OF_ATTEMPT, RunId, SeriesMeta};
use crate::text::{escape, plural};

/// The attempt under which a re-run is recorded that states none of its own; `number` counts from 1.
pub(super) fn rerun_attempt(attempt: u32, number: u32) -> u32 {
    attempt.saturating_mul(RERUNS_OF_ATTEMPT).saturating_add(number)
}

/// What the user gave as the candidate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    /// Files and folders of the run; its re-runs may be among them.
    pub(super) results: &'a [PathBuf],
    /// Files and folders of its re-runs, one each.
    pub(super) confirm: &'a [PathBuf],
    /// Files and folders of runs of its base, made alternately with its own, one each.
    pub(super) base: &'a [PathBuf],
    /// How they are read.
    pub(super) reading: &'a ReadOptions,
    /// Whether only a part of the suite was run.
    pub(super) is_partial: bool,
}

/// The run being judged.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidate {
    /// Its results.
    pub(super) run: CandidateRun,
    /// The series that they measured.
    pub(super) series: Vec<SeriesMeta>,
    /// Where they come from.
    pub(super) sources: Vec<Sourced>,
    /// Its commit, where known.
    pub(super) commit: Option<String>,
    /// Its name, where known.
    pub(super) key: Option<String>,
    /// The names and commits under which the history may hold it, or another attempt of it, already.
    pub(super) own_runs: Vec<(String, Option<String>)>,
    /// What the files say of the time: the earliest start of a run or measurement.
    stated: Option<Timestamp>,
    /// The ids under which its runs would be recorded, each with the number of the re-run.
    ids: Vec<(RunId, usize)>,
}

/// An input of the candidate, and how to record it.
#[derive(Clone, Debug)]
pub(super) struct Sourced {
    /// The input.
    pub(super) input: Input,
    /// The run's name, where the file states none.
    pub(super) key: Option<String>,
    /// The attempt, where the file states none.
    pub(super) attempt: Option<u32>,
}

/// Reads the candidate.
///
/// # Errors
/// [`CliError::Results`] where a file is defective, of another commit, or no re-run; [`CliError::Missing`] where a fact
/// is known from nowhere; [`crate::store::StoreError::Repeated`] where two files measured the same configuration and
/// nothing says that one of them is a re-run.
pub(super) fn read(request: &Request<'_>, context: &Context, console: &mut Console<'_>) -> Result<Candidate, CliError> {
    let mut candidate = Candidate::default();
    candidate.run.is_partial = request.is_partial;
    let mut hashes = HashSet::new();
    candidate.add_first_run(inputs::find(request.results)?, request, context, &mut hashes, console)?;
    for path in request.confirm {
        let inputs = inputs::find(std::slice::from_ref(path))?;
        candidate.add_rerun(&path.display().to_string(), inputs, request, context, &mut hashes, console)?;
    }
    for path in request.base {
        let files = read_all(inputs::find(std::slice::from_ref(path))?, request.reading, context, console)?;
        let results = files.into_iter().flat_map(|(_, found)| found).flat_map(|one| one.part.results);
        candidate.run.base.push(results.collect());
    }
    Ok(candidate)
}

impl Candidate {
    /// When it was made, where the files or `--time` say; only runs before that are its baseline.
    pub(super) fn started_at(&self, context: &Context) -> Option<Timestamp> {
        self.stated.or(context.run.started_at)
    }

    /// The files that it was read from.
    pub(super) fn files(&self) -> Vec<String> {
        self.sources.iter().map(|sourced| sourced.input.name.clone()).collect()
    }

    fn add_first_run(
        &mut self,
        inputs: Vec<Input>,
        request: &Request<'_>,
        context: &Context,
        hashes: &mut HashSet<String>,
        console: &mut Console<'_>,
    ) -> Result<(), CliError> {
        let files = read_all(inputs, request.reading, context, console)?;
        for (input, _) in files.iter().filter(|_| !request.confirm.is_empty()) {
            hashes.insert(content_hash(input)?);
        }
        let named: Vec<(&str, &[Found])> = files.iter().map(|(input, found)| (&*input.name, &**found)).collect();
        let FirstRun { run, series, commit, key, numbers } = FirstRun::of(&named, context)?;
        self.run = CandidateRun { is_partial: self.run.is_partial, ..run };
        (self.series, self.commit, self.key) = (series, commit, key);
        self.note(files, &numbers, None);
        Ok(())
    }

    fn add_rerun(
        &mut self,
        path: &str,
        inputs: Vec<Input>,
        request: &Request<'_>,
        context: &Context,
        hashes: &mut HashSet<String>,
        console: &mut Console<'_>,
    ) -> Result<(), CliError> {
        // A re-run that states no name is another attempt of the run that it repeats.
        let mut context = context.clone();
        context.run.key = stated(context.run.key).or_else(|| self.key.clone());
        let files = read_all(inputs, request.reading, &context, console)?;
        for (input, found) in &files {
            if !hashes.insert(content_hash(input)?) {
                return Err(given_already(&input.name));
            }
            for commit in found.iter().filter_map(|one| one.stated_commit.as_deref()) {
                if let Some(judged) = self.commit.as_deref().filter(|judged| *judged != commit) {
                    return Err(wrong_rerun(&input.name, commit, judged));
                }
            }
        }
        let before = self.run.reruns.len();
        let parts = files.iter().flat_map(|(_, found)| found).map(|one| one.part.clone()).collect();
        let Arranged { mut runs, numbers } = arrange(parts)?;
        self.check_rerun(path, &mut runs, console)?;
        self.run.reruns.extend(runs);
        let numbers: Vec<usize> = numbers.into_iter().map(|number| before + 1 + number).collect();
        self.note(files, &numbers, context.run.key);
        Ok(())
    }

    /// Refuses a re-run that says nothing of the first run, and leaves out of it what the first run measured itself: a
    /// folder such as `target/criterion` still holds the benchmarks that were not run again.
    fn check_rerun(
        &self,
        path: &str,
        runs: &mut [Vec<BenchmarkResult>],
        console: &mut Console<'_>,
    ) -> Result<(), CliError> {
        let judged: HashMap<ConfigurationId, &BenchmarkResult> =
            self.run.results.iter().map(|result| (result.configuration.id(), result)).collect();
        let first_of = |result: &BenchmarkResult| judged.get(&result.configuration.id()).copied();
        let strange: Vec<&BenchmarkResult> =
            runs.iter().flatten().filter(|result| first_of(result).is_none()).collect();
        if strange.len() == runs.iter().map(Vec::len).sum::<usize>() {
            return Err(unrelated_rerun(path, strange.first().copied(), self.run.results.first()));
        }
        let path_shown = escape::terminal(path);
        if let Some(first) = strange.first() {
            let count = plural(strange.len(), "configuration", "configurations");
            let first = escape::terminal(&first.configuration.to_string());
            writeln!(
                console.err,
                "notice: {path_shown} measured {count} that the judged results lack, such as {first}"
            )?;
        }
        let mut copies = 0;
        for run in runs.iter_mut() {
            let before = run.len();
            run.retain(|result| !first_of(result).is_some_and(|first| is_copy(result, first)));
            copies += before - run.len();
        }
        if runs.iter().flatten().all(|result| first_of(result).is_none()) {
            return Err(given_already(path));
        }
        if copies > 0 {
            let results = plural(copies, "result is", "results are");
            writeln!(
                console.err,
                "notice: {results} in {path_shown} as the first run left them; they confirm nothing"
            )?;
        }
        Ok(())
    }

    /// Keeps what recording and the baseline need to know. `numbers` are those of the re-runs, 0 for the first run.
    fn note(&mut self, files: Vec<(Input, Vec<Found>)>, numbers: &[usize], key: Option<String>) {
        let mut numbers = numbers.iter().copied();
        let mut noted = Vec::new();
        for (input, found) in files {
            let numbered: Vec<(usize, Found)> = numbers.by_ref().take(found.len()).zip(found).collect();
            let time = stated_time(numbered.iter().map(|(_, one)| one));
            self.stated = [self.stated, time].into_iter().flatten().min();
            for (number, one) in &numbered {
                self.own_runs.push(one.own_run.clone());
                self.ids.push((one.id, *number));
            }
            noted.push((input, numbered));
        }
        for (input, numbered) in noted {
            let attempt = numbered.first().and_then(|(number, one)| {
                let is_whole = numbered.iter().all(|(other, one)| other == number && !one.states_attempt);
                let is_taken = self.ids.iter().any(|(id, other)| *id == one.id && other < number);
                let number = u32::try_from(*number).unwrap_or(u32::MAX);
                let free = rerun_attempt(one.part.attempt, number);
                (is_whole && is_taken).then_some(free)
            });
            self.sources.push(Sourced { input, key: key.clone(), attempt });
        }
    }
}

fn wrong_rerun(file: &str, commit: &str, judged: &str) -> CliError {
    CliError::Results {
        file: file.to_owned(),
        reason: format!("it measured commit `{commit}`, and the results to be confirmed commit `{judged}`"),
        hint: format!("a re-run measures the same commit again: give results of `{judged}` with --confirm"),
    }
}

fn given_already(file: &str) -> CliError {
    CliError::Results {
        file: file.to_owned(),
        reason: "it was given already, and the same measurement twice confirms nothing".to_owned(),
        hint: "run the benchmark again and give the new results".to_owned(),
    }
}

fn unrelated_rerun(path: &str, found: Option<&BenchmarkResult>, judged: Option<&BenchmarkResult>) -> CliError {
    let reason = match (found, judged) {
        (Some(found), Some(judged)) => format!(
            "none of its configurations (such as `{}`) is among those to be confirmed (such as `{}`)",
            found.configuration, judged.configuration
        ),
        (None, _) => "it holds no results".to_owned(),
        (Some(_), None) => "there are no results that it could confirm".to_owned(),
    };
    let hint = "a re-run measures the same model, test case and parameters on the same kind of machine: check \
                --hardware, --device and what else the first run was given"
        .to_owned();
    CliError::Results { file: path.to_owned(), reason, hint }
}

/// Whether a result is the same measurement and not another one that came out alike: several samples, all equal.
fn is_copy(result: &BenchmarkResult, first: &BenchmarkResult) -> bool {
    result.measurements == first.measurements && result.measurements.iter().any(|one| one.samples().len() > 1)
}
