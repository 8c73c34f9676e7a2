//! The run being judged.
//!
//! For: one candidate of what files or a request hold. Not for: reading them, nor re-runs that are named as such (see
//! `cli`).
//! Invariant: results of several commits, or runs that nothing joins, are no candidate.

use std::collections::HashSet;

use jiff::Timestamp;
use thiserror::Error;

use super::attempts::{Arranged, arrange};
use super::found::Found;
use crate::model::draft::stated;
use crate::model::{BenchmarkResult, CandidateRun, Context, SeriesMeta};
use crate::store::StoreError;

/// The run being judged, with those of its re-runs that came with it.
#[derive(Clone, Debug, Default)]
pub struct FirstRun {
    /// Its results and re-runs.
    pub run: CandidateRun,
    /// The series that it measured.
    pub series: Vec<SeriesMeta>,
    /// Its commit, where known.
    pub commit: Option<String>,
    /// Its name, where known.
    pub key: Option<String>,
    /// Of each run that was found, in order, which re-run it is; 0 is the first run.
    pub numbers: Vec<usize>,
}

/// Why results are no candidate.
#[derive(Debug, Error)]
pub enum CandidateError {
    /// A file holds runs that nothing joins.
    #[error("`{file}` cannot be judged: {reason}")]
    Unfit {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// Two results of one configuration that nothing tells apart.
    #[error(transparent)]
    Repeated(#[from] StoreError),
}

impl CandidateError {
    /// What to do about results of several commits.
    pub const HINT: &'static str = "give the results of one commit; `benchgate ingest` takes all of them at once";
}

impl FirstRun {
    /// Puts together what files hold, each with its runs.
    ///
    /// # Errors
    /// See [`CandidateError`].
    pub fn of(files: &[(&str, &[Found])], context: &Context) -> Result<Self, CandidateError> {
        let mut known: Option<(&str, &str)> = None;
        for (file, found) in files {
            let (commits, keys): (HashSet<_>, HashSet<_>) =
                found.iter().map(|one| (&one.part.commit, &one.part.key)).unzip();
            let is_one = (commits.len() == 1 && !commits.contains(&None)) || (keys.len() == 1 && !keys.contains(&None));
            if found.len() > 1 && !is_one {
                return Err(several_runs(file, found));
            }
            for (commit, one) in found.iter().filter_map(|one| Some((one.stated_commit.as_deref()?, one))) {
                match known {
                    Some((other, other_file)) if other != commit => {
                        let reason = format!("it measured commit `{commit}`, and `{other_file}` commit `{other}`");
                        return Err(CandidateError::Unfit { file: one.part.file.clone(), reason });
                    }
                    _ => known = Some((commit, &one.part.file)),
                }
            }
        }
        let all = || files.iter().flat_map(|(_, found)| *found);
        let commit = known.map(|(commit, _)| commit.to_owned()).or_else(|| stated(context.run.commit.clone()));
        let key = all().find_map(|one| one.part.key.clone()).or_else(|| stated(context.run.key.clone()));
        let Arranged { mut runs, numbers } = arrange(all().map(|one| one.part.clone()).collect())?;
        let mut run = CandidateRun::default();
        if !runs.is_empty() {
            run.results = runs.remove(0);
            run.reruns = runs;
        }
        let series = run.results.iter().flat_map(BenchmarkResult::series).collect();
        Ok(Self { run, series, commit, key, numbers })
    }
}

/// When some runs were made, as far as they say; only runs before that are their baseline.
pub fn stated_time<'a>(found: impl IntoIterator<Item = &'a Found>) -> Option<Timestamp> {
    found.into_iter().filter_map(|one| one.part.started_at).min()
}

fn several_runs(file: &str, found: &[Found]) -> CandidateError {
    let commits: Vec<&str> = found.iter().filter_map(|one| one.stated_commit.as_deref()).collect();
    let of = match (commits.first(), commits.last()) {
        (Some(first), Some(last)) if first != last => format!(" of different commits (`{first}`, `{last}`)"),
        _ => String::new(),
    };
    let reason = format!("it holds {} runs{of}, and a comparison judges one", found.len());
    CandidateError::Unfit { file: file.to_owned(), reason }
}
