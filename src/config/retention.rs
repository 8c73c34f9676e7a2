//! What a rotation keeps, each value with its origin.
//!
//! For: `[retention]` and the flags that win over it. Not for: choosing runs (see `store`).
//! Invariant: what nobody sets is the built-in value.

use super::policy::flag;
use super::settings::lay;
use super::value::Window;
use crate::gate::Setting;
use crate::model::{Retention, Span};

/// What `[retention]` sets.
#[derive(Clone, Debug, Default)]
pub(super) struct RetentionSettings {
    pub(super) keep_all: Option<Setting<Span>>,
    pub(super) daily: Option<Setting<Span>>,
    pub(super) weekly: Option<Setting<Span>>,
    pub(super) max_runs: Option<Setting<Option<usize>>>,
}

/// Values of the command line, which win over the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionOverrides {
    /// `--keep-all`.
    pub keep_all: Option<Span>,
    /// `--daily`.
    pub daily: Option<Span>,
    /// `--weekly`.
    pub weekly: Option<Span>,
    /// `--max-runs`.
    pub max_runs: Option<Window>,
}

/// What is kept, and who said so.
#[derive(Clone, Debug)]
pub struct RetentionPolicy {
    keep_all: Setting<Span>,
    daily: Setting<Span>,
    weekly: Setting<Span>,
    max_runs: Setting<Option<usize>>,
}

impl RetentionSettings {
    pub(super) fn under(&self, overrides: &RetentionOverrides) -> RetentionPolicy {
        let Retention { keep_all, daily, weekly, max_runs } = Retention::default();
        let mut policy = RetentionPolicy {
            keep_all: Setting::default_value(keep_all),
            daily: Setting::default_value(daily),
            weekly: Setting::default_value(weekly),
            max_runs: Setting::default_value(max_runs),
        };
        let flags = Self {
            keep_all: flag(overrides.keep_all, "--keep-all", |span| span),
            daily: flag(overrides.daily, "--daily", |span| span),
            weekly: flag(overrides.weekly, "--weekly", |span| span),
            max_runs: flag(overrides.max_runs, "--max-runs", |most| Some(most.runs())),
        };
        for source in [self, &flags] {
            lay(&mut policy.keep_all, source.keep_all.as_ref());
            lay(&mut policy.daily, source.daily.as_ref());
            lay(&mut policy.weekly, source.weekly.as_ref());
            lay(&mut policy.max_runs, source.max_runs.as_ref());
        }
        policy
    }
}

impl RetentionPolicy {
    /// The values.
    #[must_use]
    pub fn values(&self) -> Retention {
        Retention {
            keep_all: self.keep_all.value,
            daily: self.daily.value,
            weekly: self.weekly.value,
            max_runs: self.max_runs.value,
        }
    }

    /// What is kept and who said so, a line each.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let line = |what: &str, span: &Setting<Span>| format!("{what} for {} ({})", span.value, span.origin);
        let mut lines =
            vec![line("every run", &self.keep_all), line("one a day", &self.daily), line("one a week", &self.weekly)];
        if let Setting { value: Some(most), origin } = &self.max_runs {
            lines.push(format!("at most {most} runs of each series ({origin})"));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::parse;
    use super::*;

    #[test]
    fn flags_win_over_the_file_which_wins_over_what_is_built_in() {
        let config = parse("[retention]\nkeep-all = \"8w\"\ndaily = \"2y\"\nmax-runs = 500", "b.toml").unwrap();
        let policy =
            config.retention(&RetentionOverrides { daily: Some(Span::Forever), ..RetentionOverrides::default() });
        assert_eq!(
            policy.words(),
            [
                "every run for 56 days (b.toml:2)",
                "one a day for ever (--daily)",
                "one a week for ever (default)",
                "at most 500 runs of each series (b.toml:4)"
            ]
        );
        assert_eq!(policy.values().keep_all, Span::Days(56));
        for wrong in ["keep-all = 30", "daily = \"1m\"", "max-runs = 0", "monthly = \"1y\""] {
            assert!(parse(&format!("[retention]\n{wrong}"), "b.toml").is_err(), "{wrong}");
        }
    }
}
