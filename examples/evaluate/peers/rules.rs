//! The rules of other tools by name.
//!
//! For: going through all of them. Not for: the rules themselves.
//! Invariant: names are unique and are those of the evaluator's JSON.

use super::{Past, conbench, lnt, ratio, rustc_perf, spread};

/// A rule: whether it reports a regression of the candidate, given by its samples.
pub(crate) type Rule = fn(&Past<'_>, &[f64]) -> bool;

/// All rules.
pub(crate) const RULES: &[(&str, Rule)] = &[
    ("peer:github-action-benchmark-200", ratio::github_action_benchmark_200),
    ("peer:github-action-benchmark-150", ratio::github_action_benchmark_150),
    ("peer:previous-10", ratio::previous_10),
    ("peer:mean-64-10", ratio::mean_64_10),
    ("peer:bencher", spread::bencher),
    ("peer:conbench", conbench::conbench),
    ("peer:git-perf", spread::git_perf),
    ("peer:rustc-perf", rustc_perf::rustc_perf),
    ("peer:lnt", lnt::lnt),
    ("peer:lnt-single-values", lnt::lnt_single_values),
];

#[cfg(test)]
mod tests {
    use benchgate::model::Direction;

    use super::*;

    /// Values that wobble by 2 % around a level, and as many samples a run as asked for.
    fn history(runs: usize, samples: usize) -> Vec<Vec<f64>> {
        let wobble = [0.99, 1.01, 1.0, 0.985, 1.015, 1.005, 0.995];
        let sample = |run: usize, sample: usize| 100.0 * wobble[(3 * run + sample) % wobble.len()];
        (0..runs).map(|run| (0..samples).map(|index| sample(run, index)).collect()).collect()
    }

    #[test]
    fn every_rule_reports_a_factor_of_three_and_no_improvement() {
        for samples in [1, 3] {
            let slower = history(70, samples);
            let faster: Vec<Vec<f64>> =
                slower.iter().map(|run| run.iter().map(|sample| 1e4 / sample).collect()).collect();
            for (samples, better, worse, improved) in
                [(&slower, Direction::LowerIsBetter, 300.0, 33.0), (&faster, Direction::HigherIsBetter, 33.0, 300.0)]
            {
                let values: Vec<f64> = samples.iter().map(|run| run[0]).collect();
                let past = Past { values: &values, samples, better };
                for (name, rule) in RULES {
                    assert!(rule(&past, &vec![worse; samples[0].len()]), "{name} {better:?}");
                    assert!(!rule(&past, &vec![improved; samples[0].len()]), "{name} {better:?}");
                }
            }
        }
    }

    #[test]
    fn no_rule_speaks_without_a_past_and_names_are_unique() {
        let past = Past { values: &[], samples: &[], better: Direction::LowerIsBetter };
        for (index, (name, rule)) in RULES.iter().enumerate() {
            assert!(!rule(&past, &[1.0]), "{name}");
            assert!(RULES[..index].iter().all(|(other, _)| other != name), "{name}");
        }
    }
}
