//! The issue that tells of a trend.
//!
//! For: saying what it should be, having it kept up to date, and telling how that went. Not for: its words (see `report`),
//! nor for the rules by which an issue is opened, edited and closed (see `github`).
//! Invariant: what GitHub refuses is a warning with its reason and changes no exit code; where no series could be looked
//! at, nothing is closed.

use super::ci;
use super::error::CliError;
use super::leg;
use super::outputs::Outputs;
use super::surroundings::{Console, Surroundings};
use super::trend_args::TrendArgs;
use crate::github::issue::{self, DesiredIssue};
use crate::github::marker::MOST_STATES;
use crate::github::{Action, Client, Desired, GithubError, Posted, WorkflowRun};
use crate::report::{self, Annotation, TrendFinding, TrendView};
use crate::text::{escape, plural};

/// Where the issue is.
pub(super) struct Tracker {
    run: WorkflowRun,
    client: Client,
    head_sha: String,
}

impl Tracker {
    /// The repository of the workflow run; `None` where no issue was asked for.
    ///
    /// # Errors
    /// [`CliError::Usage`] outside of GitHub Actions and without a token, before anything is looked at.
    pub(super) fn of(arguments: &TrendArgs, surroundings: &Surroundings) -> Result<Option<Self>, CliError> {
        if !arguments.issue {
            return Ok(None);
        }
        let (run, client) = ci::needed("--issue", "keeps an issue of", "issues: write", surroundings)?;
        let head_sha = surroundings.variable("GITHUB_SHA").unwrap_or_default().to_owned();
        Ok(Some(Self { run, client, head_sha }))
    }

    /// Keeps the issue up to date, and tells of it: in the outputs, and where it failed in log, summary and annotation.
    ///
    /// # Errors
    /// [`CliError::File`] and [`CliError::Output`]; never what GitHub answers.
    pub(super) fn keep(
        &self,
        arguments: &TrendArgs,
        view: &TrendView,
        outputs: &Outputs,
        console: &mut Console<'_>,
    ) -> Result<(), CliError> {
        let (url, warnings) = self.post(arguments, view);
        for warning in warnings {
            writeln!(console.err, "warning: {}", escape::terminal(&warning))?;
            outputs.summarise(&report::markdown_warning(&warning))?;
            if !arguments.is_document() {
                outputs.annotate(console, &Annotation::warning("Issue", &warning))?;
            }
        }
        outputs.set(&[("issue-url", url.unwrap_or_default())])
    }

    /// The issue's page, and what the user should know.
    fn post(&self, arguments: &TrendArgs, view: &TrendView) -> (Option<String>, Vec<String>) {
        let desired = self.desired(arguments, view);
        if !desired.text.create && view.looked_at() == 0 {
            let warning = "no series could be looked at, so the issue was left as it is".to_owned();
            return (None, vec![warning]);
        }
        match issue::post(&self.client, &arguments.comment_author, &desired) {
            Ok(posted) => {
                let mut warnings = of_posted(&posted);
                warnings.extend(self.label(&posted, &arguments.issue_labels));
                (posted.url, warnings)
            }
            Err(error) => (None, vec![explain(&error)]),
        }
    }

    fn desired(&self, arguments: &TrendArgs, view: &TrendView) -> DesiredIssue {
        let kinds: Vec<TrendFinding> = arguments.issue_on.iter().map(|kind| kind.finding()).collect();
        let ids = view.series_with(&kinds).map(|one| one.series.key.id().to_string());
        let state: Vec<String> = ids.take(MOST_STATES).collect();
        let name = leg::name(&arguments.name);
        let empty = DesiredIssue {
            title: report::trend_issue_title(view, &name, &kinds),
            text: Desired {
                name,
                head_sha: self.head_sha.clone(),
                run_id: self.run.run_id,
                attempt: self.run.attempt,
                body: String::new(),
                create: !state.is_empty(),
                state,
            },
            footer: format!(
                "\n<sub>Kept up to date by [this run]({}); it closes itself when nothing is listed.</sub>\n",
                self.run.page()
            ),
        };
        let body = report::trend_issue_text(view, !empty.text.create, empty.room());
        DesiredIssue { text: Desired { body, ..empty.text }, ..empty }
    }

    /// Labels an issue that was just opened: later its labels are those of people.
    fn label(&self, posted: &Posted, labels: &[String]) -> Option<String> {
        let labels: Vec<String> =
            labels.iter().map(|label| label.trim().to_owned()).filter(|label| !label.is_empty()).collect();
        let number = posted.id.filter(|_| posted.action == Action::Created && !labels.is_empty())?;
        match self.client.label_issue(number, &labels) {
            Ok(unknown) if unknown.is_empty() => None,
            Ok(unknown) => {
                Some(format!("the repository has no label `{}`, so the issue goes without", unknown.join("`, `")))
            }
            Err(error) => Some(format!("the issue got no label: {error}")),
        }
    }
}

/// What the user should know of an issue that was kept.
fn of_posted(posted: &Posted) -> Vec<String> {
    let mut warnings: Vec<String> = posted.warning.iter().cloned().collect();
    if posted.duplicates > 0 {
        let more = plural(posted.duplicates, "more issue carries", "more issues carry");
        warnings.push(format!("{more} the marker of this trend; the oldest one is kept up to date, close the others"));
    }
    warnings
}

fn explain(error: &GithubError) -> String {
    let next = match error {
        GithubError::Forbidden { .. } => "; keeping one needs the permission `issues: write`",
        _ => "",
    };
    format!("the issue was not kept up to date: {error}{next}")
}
