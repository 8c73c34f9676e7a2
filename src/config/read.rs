//! Text -> [`Config`].
//!
//! For: reading and checking a configuration file. Not for: opening it, nor for resolving values (see `policy`).
//! Invariant: what is refused is refused with file, line and what is allowed; nothing is skipped.

use std::collections::BTreeMap;

use super::error::ConfigError;
use super::policy::{Config, MetricSettings, Rule};
use super::retention::RetentionSettings;
use super::rule::Patterns;
use super::tables::{File, Located, MetricTable, RuleTable, WaiverTable, setting};
use super::value::{Level, Reruns, Window};
use crate::gate::{Action, Correction, Setting, Waiver};
use crate::model::{Aliases, Unit};

/// Reads a configuration; `file_name` is how the file is called in errors and origins.
///
/// # Errors
/// [`ConfigError`] for the first mistake.
pub fn parse(text: &str, file_name: &str) -> Result<Config, ConfigError> {
    let source = Source { text, file_name };
    let file: File = toml::from_str(text).map_err(|error| source.refuse(&error))?;
    // Mappings say how files are read, which is nothing to the policy.
    let File { gate, baseline, retention, defaults, metrics, rules, waivers, hardware, models, mapping: _ } = file;
    let place = |offset: usize| source.place(offset);
    Ok(Config {
        alpha: setting(gate.alpha.as_ref(), &place, Level::fraction),
        correction: setting(gate.correction.as_ref(), &place, Correction::from),
        reruns: setting(gate.reruns.as_ref(), &place, Reruns::count),
        nothing_to_judge: setting(gate.nothing_to_judge.as_ref(), &place, Action::from),
        missing_leg: setting(gate.missing_leg.as_ref(), &place, Action::from),
        branch: baseline.branch.map(|branch| source.branch(branch)).transpose()?,
        retention: RetentionSettings {
            keep_all: setting(retention.keep_all.as_ref(), &place, |span| span),
            daily: setting(retention.daily.as_ref(), &place, |span| span),
            weekly: setting(retention.weekly.as_ref(), &place, |span| span),
            max_runs: setting(retention.max_runs.as_ref(), &place, |most: Window| Some(most.runs())),
        },
        defaults: defaults.settings(&place),
        metrics: metrics
            .into_iter()
            .map(|(name, table)| Ok((name.clone(), source.metric(&name, &table)?)))
            .collect::<Result<_, ConfigError>>()?,
        rules: rules
            .iter()
            .enumerate()
            .map(|(index, table)| source.rule(index + 1, table))
            .collect::<Result<_, ConfigError>>()?,
        waivers: waivers
            .into_iter()
            .enumerate()
            .map(|(index, table)| source.waiver(index + 1, table))
            .collect::<Result<_, ConfigError>>()?,
        aliases: Aliases { hardware: source.aliases(hardware.aliases)?, models: source.aliases(models.aliases)? },
    })
}

/// A file's text and name.
struct Source<'a> {
    text: &'a str,
    file_name: &'a str,
}

impl Source<'_> {
    /// `benchgate.toml:12`.
    fn place(&self, offset: usize) -> String {
        let before = self.text.get(..offset).unwrap_or(self.text);
        format!("{}:{}", self.file_name, before.matches('\n').count() + 1)
    }

    fn line(&self, offset: usize) -> String {
        let start = self.text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        shown(self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim())
    }

    fn value_error(&self, offset: usize, problem: impl AsRef<str>) -> ConfigError {
        let (place, line) = (self.place(offset), self.line(offset));
        ConfigError::Value { place, line, problem: shown(problem.as_ref()) }
    }

    fn senseless(&self, offset: usize, problem: impl AsRef<str>, hint: &str) -> ConfigError {
        ConfigError::Senseless { place: self.place(offset), problem: shown(problem.as_ref()), hint: hint.to_owned() }
    }

    /// Turns the parser's error into one of ours.
    fn refuse(&self, error: &toml::de::Error) -> ConfigError {
        let offset = error.span().map_or(0, |span| span.start);
        match unknown_key(error.message()) {
            Some((key, expected)) => {
                let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
                ConfigError::UnknownKey {
                    place: self.place(offset),
                    nearest: nearest(key, &known).map(str::to_owned),
                    key: shown(key),
                    expected: expected.to_owned(),
                }
            }
            None => self.value_error(offset, error.message()),
        }
    }

    fn branch(&self, branch: Located<String>) -> Result<Setting<String>, ConfigError> {
        let Located { value, offset } = branch;
        if value.trim().is_empty() {
            return Err(self.value_error(offset, "a branch has a name: leave the key out to name it elsewhere"));
        }
        Ok(Setting::from_place(value, self.place(offset)))
    }

    fn metric(&self, name: &str, table: &Located<MetricTable>) -> Result<MetricSettings, ConfigError> {
        let Located { value: table, offset } = table;
        let title = shown(&format!("[metrics.{name}]"));
        let origin = |offset: usize| format!("{} {title}", self.place(offset));
        let settings = table.settings(&origin);
        let unit = match &table.unit {
            None => None,
            Some(unit) if unit.value.trim().is_empty() => {
                return Err(self.value_error(unit.offset, "a unit has a name, like `ms` or `items/s`"));
            }
            Some(unit) => Some(Setting::from_place(Unit::canonical(&unit.value).0, origin(unit.offset))),
        };
        if settings.is_empty() && unit.is_none() {
            return Err(self.senseless(*offset, format!("`{title}` sets nothing"), "set a value in it, or remove it"));
        }
        Ok(MetricSettings { origin: origin(*offset), unit, settings })
    }

    fn rule(&self, number: usize, table: &Located<RuleTable>) -> Result<Rule, ConfigError> {
        let Located { value: table, offset } = table;
        let origin = |offset: usize| format!("{} [[rules]] {number}", self.place(offset));
        let patterns = Patterns::read(table).map_err(|bad| self.value_error(bad.offset, bad.problem))?;
        let Some(patterns) = patterns else {
            return Err(self.senseless(
                *offset,
                format!("rule {number} has no pattern"),
                "give it `model`, `hardware`, `test-case` or `metric`, or write what holds for all series in `[defaults]`",
            ));
        };
        let settings = table.settings(&origin);
        if settings.is_empty() {
            return Err(self.senseless(
                *offset,
                format!("rule {number} sets nothing"),
                "set a value in it, such as `minimum-effect = \"5%\"` or `judged = false`, or remove it",
            ));
        }
        Ok(Rule { origin: origin(*offset), patterns, settings })
    }

    fn waiver(&self, number: usize, table: Located<WaiverTable>) -> Result<Waiver, ConfigError> {
        let Located { value: WaiverTable { series, up_to, expires, reason, link }, offset } = table;
        for (text, what) in [(&series, "names a series, as reports print it"), (&reason, "says why")] {
            if text.value.trim().is_empty() {
                return Err(self.value_error(text.offset, format!("a waiver {what}")));
            }
        }
        Ok(Waiver {
            origin: format!("{} [[waivers]] {number}", self.place(offset)),
            series: series.value.trim().to_owned(),
            ceiling: up_to.fraction(),
            expires: expires.date(),
            reason: reason.value,
            link,
            is_expired: false,
        })
    }

    fn aliases(&self, table: BTreeMap<String, Located<String>>) -> Result<BTreeMap<String, String>, ConfigError> {
        for (spelling, Located { value: name, offset }) in &table {
            let (problem, hint) = if name.trim().is_empty() {
                (format!("the alias of `{spelling}` is empty"), "write the name to keep it under")
            } else if name == spelling {
                (format!("`{spelling}` is an alias of itself"), "remove it")
            } else if table.contains_key(name) {
                (format!("`{spelling}` leads to `{name}`, which is an alias too"), "name the last one in both")
            } else {
                continue;
            };
            return Err(self.senseless(*offset, problem, hint));
        }
        Ok(table.into_iter().map(|(spelling, name)| (spelling, name.value)).collect())
    }
}

/// A quotation of the file on one line of bounded length: the file may come from code under review, and a log must not
/// take what it says for something that benchgate says.
fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut characters = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    let mut line: String = characters.by_ref().take(LONGEST).collect();
    if characters.next().is_some() {
        line.push('…');
    }
    line
}

/// Takes serde's message about an unknown field apart: the field, and what was expected, in words.
fn unknown_key(message: &str) -> Option<(&str, &str)> {
    let (key, rest) = message.strip_prefix("unknown field `")?.split_once("`, ")?;
    Some((key, rest.strip_prefix("expected ").unwrap_or("no key here")))
}

/// The known key that is spelled most like `key`, where one is near enough to be meant.
fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    // Underscores are the likeliest slip, so they do not count as a difference.
    let dashed = key.replace('_', "-").to_lowercase();
    known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&dashed, candidate), *candidate))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}
