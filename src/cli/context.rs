//! What flags, the CI environment and this machine say about results.
//!
//! For: the facts that results files leave open. Not for: facts of the files, which win.
//! Invariant: a flag wins over the CI environment; outside CI nothing is taken from the environment but the flags'
//! own twins.

use jiff::Timestamp;
use serde::Deserialize;

use super::args::FactArgs;
use super::error::CliError;
use super::fingerprint;
use super::surroundings::Surroundings;
use crate::model::Aliases;
use crate::model::draft::stated;
use crate::model::hardware::canonical_kind;
use crate::model::{Context, HardwareDraft, RunDraft};

/// The context of an import or a comparison.
///
/// # Errors
/// [`CliError::Usage`] where `--time` is not a time.
pub fn resolve(facts: &FactArgs, aliases: Aliases, surroundings: &Surroundings) -> Result<Context, CliError> {
    let ci = github_run(surroundings);
    let mut hardware = HardwareDraft {
        kind: stated(facts.hardware.clone()),
        device: stated(facts.device.clone()),
        ..HardwareDraft::default()
    };
    let mut environment = ci.environment.clone();
    if let Some(kind) = &hardware.kind
        && !facts.no_fingerprint
    {
        let (machine, changing) = fingerprint::read(&canonical_kind(kind));
        hardware.machine = machine;
        environment.extend(changing);
    }
    let stated_time = stated(facts.time.clone()).map(|text| time(&text, surroundings.now)).transpose()?;
    Ok(Context {
        model: stated(facts.model.clone()),
        hardware,
        test_case: stated(facts.test_case.clone()),
        batch_size: facts.batch_size,
        precision: stated(facts.precision.clone()),
        parameters: facts.parameters.iter().cloned().collect(),
        run: RunDraft {
            key: stated(facts.run_id.clone()).or(ci.key),
            attempt: facts.attempt.or(ci.attempt),
            suite: stated(facts.suite.clone()),
            commit: stated(facts.commit.clone()).or(ci.commit),
            branch: stated(facts.branch.clone()).or(ci.branch),
            started_at: stated_time.or(ci.started_at),
            trigger: stated(facts.trigger.clone()).or(ci.trigger),
            environment,
            is_without_origin: false,
        },
        stated_time,
        aliases,
    })
}

fn time(text: &str, now: Timestamp) -> Result<Timestamp, CliError> {
    if text == "now" {
        return Ok(now);
    }
    text.parse().map_err(|source: jiff::Error| CliError::Usage {
        message: format!("`--time {text}` is not a time: {source}"),
        hint: "write it as 2026-03-01T12:00:00Z, or `now`".to_owned(),
    })
}

/// The part of a GitHub event that names the commit of a pull request: `GITHUB_SHA` is a merge commit there.
#[derive(Deserialize)]
struct Event {
    pull_request: Option<PullRequest>,
}

#[derive(Deserialize)]
struct PullRequest {
    head: Head,
}

#[derive(Deserialize)]
struct Head {
    sha: String,
}

/// What GitHub Actions says of the run; nothing outside of it.
fn github_run(surroundings: &Surroundings) -> RunDraft {
    if surroundings.variable("GITHUB_ACTIONS") != Some("true") {
        return RunDraft::default();
    }
    let variable = |name: &str| surroundings.variable(name).map(str::to_owned);
    let head = variable("GITHUB_EVENT_PATH")
        .and_then(|path| std::fs::read(path).ok())
        .and_then(|event| serde_json::from_slice::<Event>(&event).ok())
        .and_then(|event| event.pull_request)
        .map(|request| request.head.sha);
    // The legs of a matrix share the run id; the job's name keeps different jobs apart.
    let key = variable("GITHUB_RUN_ID").map(|id| match variable("GITHUB_JOB") {
        Some(job) => format!("github-{id}-{job}"),
        None => format!("github-{id}"),
    });
    let environment =
        [("runner_image", "ImageOS"), ("runner_image_version", "ImageVersion"), ("runner_os", "RUNNER_OS")]
            .into_iter()
            .filter_map(|(name, source)| Some((name.to_owned(), variable(source)?)))
            .collect();
    RunDraft {
        key,
        attempt: variable("GITHUB_RUN_ATTEMPT").and_then(|attempt| attempt.parse().ok()),
        suite: None,
        commit: head.or_else(|| variable("GITHUB_SHA")),
        branch: variable("GITHUB_HEAD_REF").or_else(|| variable("GITHUB_REF_NAME")),
        // A CI job measures and imports within the hour; a results file's own time wins.
        started_at: Some(surroundings.now),
        trigger: variable("GITHUB_EVENT_NAME"),
        environment,
        is_without_origin: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings(variables: &[(&str, &str)]) -> Surroundings {
        let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let now = Timestamp::from_second(1_800_000_000).expect("valid");
        Surroundings { now, environment, width: None, has_colour: false, has_progress: false }
    }

    #[test]
    fn github_names_the_run_and_flags_win() {
        let github = surroundings(&[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_SHA", "abc"),
            ("GITHUB_REF_NAME", "main"),
            ("GITHUB_RUN_ID", "17"),
            ("GITHUB_JOB", "bench"),
            ("GITHUB_RUN_ATTEMPT", "2"),
            ("GITHUB_EVENT_NAME", "push"),
        ]);
        let facts = FactArgs { branch: Some("release".to_owned()), ..FactArgs::default() };
        let run = resolve(&facts, Aliases::default(), &github).expect("resolved").run;
        assert_eq!(run.key.as_deref(), Some("github-17-bench"));
        assert_eq!((run.commit.as_deref(), run.branch.as_deref()), (Some("abc"), Some("release")));
        assert_eq!((run.attempt, run.started_at), (Some(2), Some(github.now)));
    }

    #[test]
    fn a_pull_request_is_its_head_and_not_the_merge_commit() {
        let folder = tempfile::tempdir().expect("folder");
        let event = folder.path().join("event.json");
        std::fs::write(&event, r#"{"pull_request": {"head": {"sha": "head"}}}"#).expect("written");
        let path = event.display().to_string();
        let github = surroundings(&[("GITHUB_ACTIONS", "true"), ("GITHUB_SHA", "merge"), ("GITHUB_EVENT_PATH", &path)]);
        let run = resolve(&FactArgs::default(), Aliases::default(), &github).expect("resolved").run;
        assert_eq!(run.commit.as_deref(), Some("head"));
    }

    #[test]
    fn outside_ci_nothing_is_guessed() {
        let local = surroundings(&[("GITHUB_SHA", "abc")]);
        let run = resolve(&FactArgs::default(), Aliases::default(), &local).expect("resolved").run;
        assert_eq!((run.commit, run.started_at, run.key), (None, None, None));
    }

    #[test]
    fn a_time_is_rfc_3339_or_now() {
        let local = surroundings(&[]);
        let facts = |time: &str| FactArgs { time: Some(time.to_owned()), ..FactArgs::default() };
        let run = resolve(&facts("now"), Aliases::default(), &local).expect("resolved").run;
        assert_eq!(run.started_at, Some(local.now));
        assert!(resolve(&facts("yesterday"), Aliases::default(), &local).is_err());
    }
}
