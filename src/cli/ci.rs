//! The workflow run that a command is part of, and GitHub's API for it.
//!
//! For: handing environment and event file to `github`. Not for: what is done with them.
//! Invariant: the token is read from the environment alone.

use super::error::CliError;
use super::surroundings::Surroundings;
use crate::github::{Client, Environment, Token, WorkflowRun};

/// The workflow run; `None` outside of GitHub Actions.
///
/// # Errors
/// [`CliError::File`] for an event that cannot be read, and as [`WorkflowRun::read`].
pub(super) fn workflow_run(surroundings: &Surroundings) -> Result<Option<WorkflowRun>, CliError> {
    let event = surroundings.variable("GITHUB_EVENT_PATH").map(std::fs::read);
    let event = match event {
        Some(Ok(event)) => Some(event),
        Some(Err(source)) => {
            let path = surroundings.variable("GITHUB_EVENT_PATH").unwrap_or_default().into();
            return Err(CliError::File { action: "read", path, source });
        }
        None => None,
    };
    Ok(WorkflowRun::read(Environment { variables: &surroundings.environment, event: event.as_deref() })?)
}

/// The API of the run's repository; `None` without a token, or outside of GitHub Actions.
///
/// # Errors
/// As [`Client::new`].
pub(super) fn client(ci: Option<&WorkflowRun>, surroundings: &Surroundings) -> Result<Option<Client>, CliError> {
    let token = surroundings.variable("GITHUB_TOKEN").and_then(|token| Token::new(token.to_owned()));
    let Some((ci, token)) = ci.zip(token) else { return Ok(None) };
    Ok(Some(Client::new(&ci.api_url, &ci.repository, token)?))
}

/// Both, for what cannot do without them: `flag` does something to a repository, and its job needs the permission.
///
/// # Errors
/// [`CliError::Usage`] outside of GitHub Actions and without a token.
pub(super) fn needed(
    flag: &str,
    does: &str,
    permission: &str,
    surroundings: &Surroundings,
) -> Result<(WorkflowRun, Client), CliError> {
    let Some(run) = workflow_run(surroundings)? else {
        return Err(CliError::Usage {
            message: format!("{flag} {does} the repository of a workflow run, and this is none"),
            hint: format!("run it in GitHub Actions, or leave {flag} out"),
        });
    };
    match client(Some(&run), surroundings)? {
        Some(client) => Ok((run, client)),
        None => Err(CliError::Usage {
            message: format!("{flag} {does} a repository, which needs a token, and GITHUB_TOKEN is not set"),
            hint: format!(
                "set GITHUB_TOKEN to ${{{{ github.token }}}}, and give the job `permissions: {{ {permission} }}`"
            ),
        }),
    }
}
