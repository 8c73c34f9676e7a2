//! The workflow run that benchgate is part of, as GitHub Actions describes it.
//!
//! For: turning environment variables and the event payload into facts. Not for: reading either (the CLI layer does), and
//! not for asking GitHub.
//! Invariant: what is here is checked: repository, commit hashes and addresses have their form; refs, labels and logins
//! are foreign text.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use super::error::GithubError;
use super::event::{self, Event};
use super::repository::{Repository, one_line};

/// What a workflow run tells its steps.
#[derive(Clone, Copy, Debug)]
pub struct Environment<'a> {
    /// The environment variables.
    pub variables: &'a BTreeMap<String, String>,
    /// The content of the file that `GITHUB_EVENT_PATH` names.
    pub event: Option<&'a [u8]>,
}

impl<'a> Environment<'a> {
    /// A variable; empty counts as absent.
    pub(super) fn optional(&self, name: &str) -> Option<&'a str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, name: &'static str) -> Result<&'a str, GithubError> {
        let absent = || GithubError::Environment { variable: name, message: "is not set".to_owned() };
        self.optional(name).ok_or_else(absent)
    }

    fn number(&self, name: &'static str) -> Result<Option<u64>, GithubError> {
        let read = |text: &str| text.parse().map_err(|_error| wrong(name, "a number", text));
        self.optional(name).map(read).transpose()
    }

    fn address(&self, name: &'static str) -> Result<String, GithubError> {
        let text = self.required(name)?;
        match Url::parse(text) {
            Ok(url) if url.has_host() && matches!(url.scheme(), "https" | "http") => {
                Ok(text.trim_end_matches('/').to_owned())
            }
            _ => Err(wrong(name, "an address", text)),
        }
    }
}

/// A workflow run of GitHub Actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowRun {
    /// The repository that the workflow runs in.
    pub repository: Repository,
    /// Its number, which a rename keeps.
    pub repository_id: Option<u64>,
    /// The run.
    pub run_id: u64,
    /// Its attempt, from 1.
    pub attempt: u32,
    /// The key of the job in the workflow.
    pub job: Option<String>,
    /// The workflow's name.
    pub workflow: Option<String>,
    /// Who started the run.
    pub actor: Option<String>,
    /// The address of the REST API, without a slash at its end.
    pub api_url: String,
    /// The address of the web pages, without a slash at its end.
    pub server_url: String,
    /// The default branch of the repository.
    pub default_branch: Option<String>,
    /// What started the run.
    pub event: Event,
}

impl WorkflowRun {
    /// Reads the run; `None` outside GitHub Actions.
    ///
    /// # Errors
    /// [`GithubError::Environment`] for a variable and [`GithubError::Event`] for a payload that GitHub does not write.
    pub fn read(environment: Environment<'_>) -> Result<Option<Self>, GithubError> {
        if environment.optional("GITHUB_ACTIONS") != Some("true") {
            return Ok(None);
        }
        let text = |name: &str| environment.optional(name).map(str::to_owned);
        let repository = environment.required("GITHUB_REPOSITORY")?;
        let repository = Repository::parse(repository)
            .map_err(|_error| wrong("GITHUB_REPOSITORY", "a repository like `owner/name`", repository))?;
        let run_id = environment.number("GITHUB_RUN_ID")?;
        let attempt = environment.number("GITHUB_RUN_ATTEMPT")?.unwrap_or(1);
        let name = environment.required("GITHUB_EVENT_NAME")?;
        let payload = event::payload(name, environment.event)?;
        Ok(Some(Self {
            repository,
            repository_id: environment.number("GITHUB_REPOSITORY_ID")?,
            run_id: run_id.map_or_else(|| environment.required("GITHUB_RUN_ID").map(|_never| 0), Ok)?,
            attempt: u32::try_from(attempt)
                .map_err(|_error| wrong("GITHUB_RUN_ATTEMPT", "a small number", &attempt.to_string()))?,
            job: text("GITHUB_JOB"),
            workflow: text("GITHUB_WORKFLOW"),
            actor: text("GITHUB_ACTOR"),
            api_url: environment.address("GITHUB_API_URL")?,
            server_url: environment.address("GITHUB_SERVER_URL")?,
            default_branch: payload.pointer("/repository/default_branch").and_then(Value::as_str).map(str::to_owned),
            event: Event::read(name, &payload, environment)?,
        }))
    }

    /// The page of the run. Not that of the attempt: a text in which nothing else changed is left as it is.
    #[must_use]
    pub fn page(&self) -> String {
        format!("{}/{}/actions/runs/{}", self.server_url, self.repository, self.run_id)
    }

    /// The page of this attempt.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/{}/actions/runs/{}/attempts/{}", self.server_url, self.repository, self.run_id, self.attempt)
    }
}

fn wrong(variable: &'static str, expected: &str, value: &str) -> GithubError {
    GithubError::Environment { variable, message: format!("is not {expected}: `{}`", one_line(value, 100)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(changes: &[(&str, &str)]) -> BTreeMap<String, String> {
        let base = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "octo/bench"),
            ("GITHUB_REPOSITORY_ID", "7"),
            ("GITHUB_RUN_ID", "17"),
            ("GITHUB_RUN_ATTEMPT", "2"),
            ("GITHUB_API_URL", "https://ghes.example/api/v3/"),
            ("GITHUB_SERVER_URL", "https://ghes.example"),
            ("GITHUB_EVENT_NAME", "schedule"),
            ("GITHUB_JOB", ""),
        ];
        base.iter().chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn read(changes: &[(&str, &str)], event: Option<&[u8]>) -> Result<Option<WorkflowRun>, GithubError> {
        WorkflowRun::read(Environment { variables: &variables(changes), event })
    }

    #[test]
    fn outside_github_actions_there_is_no_run() {
        assert_eq!(read(&[("GITHUB_ACTIONS", "false")], None).unwrap(), None);
        assert_eq!(WorkflowRun::read(Environment { variables: &BTreeMap::new(), event: None }).unwrap(), None);
    }

    #[test]
    fn a_run_knows_its_page_and_its_default_branch() {
        let event = br#"{"repository":{"default_branch":"trunk"}}"#;
        let run = read(&[], Some(event)).unwrap().unwrap();
        assert_eq!(run.url(), "https://ghes.example/octo/bench/actions/runs/17/attempts/2");
        assert_eq!(run.api_url, "https://ghes.example/api/v3");
        assert_eq!((run.repository_id, run.job, run.default_branch.as_deref()), (Some(7), None, Some("trunk")));
    }

    #[test]
    fn a_run_without_attempt_is_the_first() {
        assert_eq!(read(&[("GITHUB_RUN_ATTEMPT", "")], None).unwrap().unwrap().attempt, 1);
    }

    #[test]
    fn a_variable_that_is_wrong_is_named() {
        for (name, value) in [
            ("GITHUB_REPOSITORY", "octo/bench\nx"),
            ("GITHUB_REPOSITORY", "a b/c"),
            ("GITHUB_REPOSITORY", ""),
            ("GITHUB_RUN_ID", "-1"),
            ("GITHUB_RUN_ID", ""),
            ("GITHUB_RUN_ATTEMPT", "5000000000"),
            ("GITHUB_API_URL", "file:///etc"),
            ("GITHUB_API_URL", ""),
            ("GITHUB_SERVER_URL", "javascript:x"),
            ("GITHUB_EVENT_NAME", ""),
        ] {
            let error = read(&[(name, value)], None).unwrap_err().to_string();
            assert!(error.contains(name) && !error.contains('\n'), "{error}");
        }
    }
}
