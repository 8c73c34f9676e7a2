//! First run and re-runs among the results of one candidate.
//!
//! For: putting results of the same configuration in order where several files or runs measured it. Not for: reading
//! them, nor what re-runs do to a verdict (see `gate`).
//! Invariant: two results of one configuration are a run and its re-run only where something that they state tells them
//! apart as such; what cannot be told apart is an error, never a guess.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::model::{BenchmarkResult, ConfigurationId, Status};
use crate::store::StoreError;

/// One run in one file.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// The file.
    pub file: String,
    /// The run's name; `None` where only its content names it.
    pub key: Option<String>,
    /// Its attempt.
    pub attempt: u32,
    /// The commit that was measured.
    pub commit: Option<String>,
    /// When it was made, where the file says.
    pub started_at: Option<Timestamp>,
    /// What it measured.
    pub results: Vec<BenchmarkResult>,
}

impl Part {
    /// Whether the other one is, by what both state, another execution of the same benchmarks on the same code.
    fn is_rerun_of(&self, other: &Self) -> bool {
        let is_other_attempt = self.attempt != other.attempt;
        let has_other_name = differ(self.key.as_ref(), other.key.as_ref());
        let has_other_time = differ(self.started_at, other.started_at);
        let is_same_commit = self.commit.is_some() && self.commit == other.commit;
        (is_other_attempt && self.key == other.key)
            || (is_same_commit && (is_other_attempt || has_other_name || has_other_time))
    }
}

/// Whether both are known, and not the same.
fn differ<T: PartialEq>(first: Option<T>, second: Option<T>) -> bool {
    first.zip(second).is_some_and(|(first, second)| first != second)
}

/// The results of the first run and of its re-runs.
#[derive(Clone, Debug, Default)]
pub struct Arranged {
    /// The first run, then each re-run.
    pub runs: Vec<Vec<BenchmarkResult>>,
    /// Of each part, in the order given, which of them it belongs to; the last one where its results are in several.
    pub numbers: Vec<usize>,
}

/// Orders the parts by attempt, then by time: of each configuration the first result belongs to the first run, the next
/// one to the first re-run, and so on. A failure that another attempt mended is no measurement and takes no place.
///
/// # Errors
/// [`StoreError::Repeated`] where nothing tells two results of a configuration apart.
pub fn arrange(mut parts: Vec<Part>) -> Result<Arranged, StoreError> {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| (parts[*index].attempt, parts[*index].started_at, *index));
    let mut arranged = Arranged { runs: Vec::new(), numbers: vec![0; parts.len()] };
    let mut measured: HashMap<ConfigurationId, Vec<usize>> = HashMap::new();
    let completed = completed(&parts);
    for index in order {
        for result in std::mem::take(&mut parts[index].results) {
            let id = result.configuration.id();
            if result.status != Status::Completed && completed.get(&id).is_some_and(|other| *other != index) {
                continue;
            }
            let before = measured.entry(id).or_default();
            if let Some(other) = before.iter().find(|other| !parts[index].is_rerun_of(&parts[**other])) {
                let [first, second] = [index.min(*other), index.max(*other)].map(|index| &parts[index].file);
                let configuration = format!("{} in {first} and {second}", result.configuration);
                return Err(StoreError::Repeated { configuration });
            }
            let number = before.len();
            before.push(index);
            if arranged.runs.len() <= number {
                arranged.runs.push(Vec::new());
            }
            arranged.runs[number].push(result);
            arranged.numbers[index] = arranged.numbers[index].max(number);
        }
    }
    Ok(arranged)
}

/// Of each configuration that completed anywhere, a part in which it did.
fn completed(parts: &[Part]) -> HashMap<ConfigurationId, usize> {
    let results = parts.iter().enumerate().flat_map(|(index, part)| part.results.iter().map(move |one| (one, index)));
    let completed = results.filter(|(result, _)| result.status == Status::Completed);
    completed.map(|(result, index)| (result.configuration.id(), index)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Context, ResultDraft};

    fn part(file: &str, cases: &[&str]) -> Part {
        let result = |case: &&str| {
            let context = Context { model: Some("m".to_owned()), ..Context::default() };
            let mut draft = ResultDraft::completed(Vec::new());
            draft.hardware.kind = Some("cpu".to_owned());
            draft.test_case = Some((*case).to_owned());
            context.complete_result(draft).expect("complete")
        };
        let results = cases.iter().map(result).collect();
        Part { file: file.to_owned(), attempt: 1, results, ..Part::default() }
    }

    fn shape(parts: Vec<Part>) -> Option<(Vec<usize>, Vec<usize>)> {
        let arranged = arrange(parts).ok()?;
        Some((arranged.runs.iter().map(Vec::len).collect(), arranged.numbers))
    }

    fn at(part: Part, second: i64) -> Part {
        Part { started_at: Some(Timestamp::from_second(second).expect("valid")), ..part }
    }

    fn of(part: Part, key: &str, commit: &str) -> Part {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Part { key: text(key), commit: text(commit), ..part }
    }

    #[test]
    fn files_of_one_run_are_one_run() {
        assert_eq!(shape(vec![part("a", &["x"]), part("b", &["y", "z"])]), Some((vec![3], vec![0, 0])));
    }

    #[test]
    fn attempts_are_re_runs_in_their_order() {
        let second = Part { attempt: 2, ..of(part("b", &["x"]), "run", "") };
        let third = Part { attempt: 3, ..of(part("c", &["y"]), "run", "") };
        let parts = vec![third, second, of(part("a", &["x", "y"]), "run", "")];
        assert_eq!(shape(parts), Some((vec![2, 2], vec![1, 1, 0])));
    }

    #[test]
    fn a_failure_that_a_later_attempt_mended_takes_no_place() {
        let mut first = of(part("a", &["x", "y"]), "run", "");
        first.results[0].status = Status::Failed("out of memory".to_owned());
        let second = Part { attempt: 2, ..of(part("b", &["x"]), "run", "") };
        let arranged = arrange(vec![first.clone(), second]).expect("arranged");
        let statuses = |run: &Vec<BenchmarkResult>| run.iter().filter(|one| one.status == Status::Completed).count();
        assert_eq!(arranged.runs.iter().map(statuses).collect::<Vec<_>>(), [2]);
        assert_eq!(shape(vec![first]), Some((vec![2], vec![0])), "one that nobody mended stays");
    }

    #[test]
    fn runs_of_one_commit_are_re_runs_by_their_time() {
        let parts = vec![at(of(part("b", &["x"]), "", "c"), 2), at(of(part("a", &["x"]), "", "c"), 1)];
        assert_eq!(shape(parts), Some((vec![1, 1], vec![1, 0])));
        let parts = vec![of(part("a", &["x"]), "run-1", "c"), of(part("b", &["x"]), "run-2", "c")];
        assert_eq!(shape(parts), Some((vec![1, 1], vec![0, 1])));
    }

    #[test]
    fn what_nothing_tells_apart_is_an_error_that_names_both_files() {
        let same = |file| at(of(part(file, &["x"]), "run", "c"), 1);
        let error = arrange(vec![same("a"), same("b")]).expect_err("repeated");
        assert!(error.to_string().contains("in a and b"), "{error}");
        let unknown = |file, second| at(part(file, &["x"]), second);
        assert_eq!(
            shape(vec![unknown("a", 1), unknown("b", 2)]),
            None,
            "runs of unknown commits, such as a whole history"
        );
        let other = |file, commit: &str, second| at(of(part(file, &["x"]), "", commit), second);
        assert_eq!(shape(vec![other("a", "c", 1), other("b", "d", 2)]), None);
    }
}
