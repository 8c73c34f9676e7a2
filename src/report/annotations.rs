//! Findings as annotations of GitHub Actions.
//!
//! For: the few lines that GitHub shows beside the check and at the line of the rule that decided. Not for: the whole
//! report.
//! Invariant: at most nine annotations, the most important ones first, the last one counting the rest; a foreign name
//! can neither end an annotation nor begin another workflow command.

use super::view::{Row, View};
use crate::gate::{Action, Outcome, SeriesJudgement, Setting, Verdict};
use crate::text::{escape, plural};

/// GitHub shows ten warnings and ten errors of a step; one is kept for what goes wrong later.
const MOST: usize = 9;

/// How serious an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnotationLevel {
    /// It fails the check.
    Error,
    /// It should be looked at.
    Warning,
}

/// One annotation, raw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// How serious it is.
    pub level: AnnotationLevel,
    /// A few words.
    pub title: String,
    /// What was found.
    pub message: String,
    /// File and line that it belongs to.
    pub place: Option<(String, usize)>,
}

impl Annotation {
    /// An error without a place.
    #[must_use]
    pub fn error(title: &str, message: &str) -> Self {
        Self { level: AnnotationLevel::Error, title: title.to_owned(), message: message.to_owned(), place: None }
    }

    /// A warning without a place.
    #[must_use]
    pub fn warning(title: &str, message: &str) -> Self {
        Self { level: AnnotationLevel::Warning, ..Self::error(title, message) }
    }

    /// The workflow command, without a line break.
    #[must_use]
    pub fn command(&self) -> String {
        let level = match self.level {
            AnnotationLevel::Error => "error",
            AnnotationLevel::Warning => "warning",
        };
        let place = self
            .place
            .as_ref()
            .map_or_else(String::new, |(file, line)| format!("file={},line={line},", escape::workflow_property(file)));
        let title = escape::workflow_property(&self.title);
        format!("::{level} {place}title={title}::{}", escape::workflow_message(&self.message))
    }
}

/// The annotations of a report, most important first.
#[must_use]
pub fn annotations(view: &View) -> Vec<Annotation> {
    let mut rows: Vec<&Row> = view.groups.iter().flat_map(|group| &group.rows).collect();
    rows.sort_by_key(|row| row.index);
    let mut all: Vec<Annotation> = Vec::new();
    if view.judgement.outcome == Outcome::NothingToJudge {
        let is_failure = view.judgement.limits.nothing_to_judge.value == Action::Fail;
        let level = if is_failure { Annotation::error } else { Annotation::warning };
        all.push(level("Nothing to judge", &view.headline));
    }
    all.extend(view.judgement.legs.iter().filter(|leg| leg.is_lost()).filter_map(|leg| {
        let sentence = format!("the leg {} {}", leg.name, leg.state);
        level_of(view.judgement.limits.missing_leg.value)
            .map(|level| Annotation { level, ..Annotation::error("Leg without results", &sentence) })
    }));
    all.extend(rows.into_iter().filter_map(|row| of_row(row, view.series(row))));
    all.extend(view.provenance.notices.iter().map(|notice| Annotation::warning("benchgate", notice)));
    if all.len() > MOST {
        let left = all.len() - (MOST - 1);
        let level = all[MOST - 1..].iter().map(|one| one.level).find(|level| *level == AnnotationLevel::Error);
        all.truncate(MOST - 1);
        let message = format!("and {} in the report", plural(left, "more finding", "more findings"));
        let level = level.unwrap_or(AnnotationLevel::Warning);
        all.push(Annotation { level, ..Annotation::error("More findings", &message) });
    }
    all
}

fn level_of(action: Action) -> Option<AnnotationLevel> {
    match action {
        Action::Fail => Some(AnnotationLevel::Error),
        Action::Warn => Some(AnnotationLevel::Warning),
        Action::Ignore => None,
    }
}

fn of_row(row: &Row, judged: &SeriesJudgement) -> Option<Annotation> {
    let policy = &judged.policy;
    if !policy.is_judged.value {
        return None;
    }
    let (title, level, origin) = match judged.verdict {
        Verdict::Regressed if judged.waived.is_some() => {
            ("Accepted regression", Some(AnnotationLevel::Warning), &policy.minimum_effect.origin)
        }
        Verdict::Regressed => ("Regression", Some(AnnotationLevel::Error), &policy.minimum_effect.origin),
        Verdict::Missing => ("Missing benchmark", level_of(policy.missing.value), &policy.missing.origin),
        Verdict::Incomparable => ("Incomparable benchmark", level_of(policy.missing.value), &policy.missing.origin),
        Verdict::Inconclusive if policy.inconclusive.value == Action::Fail => {
            ("Inconclusive benchmark", Some(AnnotationLevel::Error), &policy.inconclusive.origin)
        }
        Verdict::New if policy.new.value == Action::Fail => {
            ("New benchmark", Some(AnnotationLevel::Error), &policy.new.origin)
        }
        Verdict::Inconclusive | Verdict::New | Verdict::Improved | Verdict::Unchanged => return None,
    };
    let change = match (&row.change, &row.value, &row.centre) {
        (Some(change), Some(value), Some(centre)) => format!(" {change} ({value}, baseline {centre})"),
        _ => String::new(),
    };
    let message = format!("{}{change}: {}", judged.series.key, judged.reason);
    Some(Annotation { level: level?, title: title.to_owned(), message, place: place(origin) })
}

/// File and line of an origin such as `benchgate.toml:12 [[rules]] 2`.
fn place(origin: &str) -> Option<(String, usize)> {
    if origin == Setting::<()>::BUILT_IN {
        return None;
    }
    let (file, line) = origin.split(' ').next()?.rsplit_once(':')?;
    Some((file.to_owned(), line.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{HOSTILE, Series, judgement, provenance};
    use super::*;

    fn view(outcome: Outcome, series: Vec<Series>) -> View {
        View::new(&judgement(outcome, series), &provenance())
    }

    #[test]
    fn a_regression_is_annotated_at_the_line_of_the_rule_that_decided() {
        let mut view = view(
            Outcome::Failed,
            vec![Series::new("embedding", "latency", "ms", Verdict::Regressed).compared(11.0, 0.01, 0.12)],
        );
        let commands = |view: &View| -> Vec<String> { annotations(view).iter().map(Annotation::command).collect() };
        assert!(commands(&view)[0].starts_with("::error title=Regression::bert-base-uncased cuda embedding"));
        view.judgement.series[0].policy.minimum_effect = Setting::from_place(0.02, "benchgate.toml:12 [[rules]] 2");
        assert!(commands(&view)[0].starts_with("::error file=benchgate.toml,line=12,title=Regression::"));
    }

    #[test]
    fn there_are_never_more_than_github_shows_and_the_rest_is_counted() {
        let series = (0..50).map(|case| {
            Series::new(&format!("case-{case}"), "latency", "ms", Verdict::Regressed).compared(11.0, 0.01, 0.12)
        });
        let all = annotations(&view(Outcome::Failed, series.collect()));
        assert_eq!(all.len(), MOST);
        assert_eq!(all[MOST - 1].message, "and 42 more findings in the report");
        assert_eq!(all[MOST - 1].level, AnnotationLevel::Error);
    }

    #[test]
    fn a_hostile_name_stays_inside_its_annotation() {
        let name = format!("{HOSTILE}\r\n::error::forged%0A");
        let all = annotations(&view(
            Outcome::Failed,
            vec![Series::new(&name, "latency", "ms", Verdict::Regressed).compared(11.0, 0.01, 0.12)],
        ));
        let command = all[0].command();
        assert!(!command.contains(['\n', '\r']), "{command}");
        assert!(command.contains("%250A") && !command.contains("forged%0A"), "{command}");
    }
}
