//! Reports, annotations, comment and outputs.
//!
//! For: telling everybody who looks: the log, the job's summary, the changed lines, the pull request, the next steps. Not
//! for: wording and layout (see `report`), nor for the verdict, which is known before.
//! Invariant: what cannot be posted is a warning in the summary and changes nothing else.

use std::path::{Path, PathBuf};

use super::history::Prepared;
use super::job::Job;
use super::results::Collected;
use super::subject::Kind;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::folder;
use crate::cli::gate_args::CommentMode;
use crate::cli::leg::Remark;
use crate::cli::outputs::Outputs;
use crate::cli::surroundings::Console;
use crate::gate::{Judgement, Outcome, Verdict};
use crate::github::sticky::{self, Desired};
use crate::github::{self, Client, Comment, Event, GithubError, Marker};
use crate::model::Leg;
use crate::report::{self, TerminalOptions, View};
use crate::text::{plural, short_commit};

/// Bytes of the job's summary that a report takes at most: GitHub drops a summary above 1 MiB as a whole.
const SUMMARY_BUDGET: usize = 500_000;

/// What was written where.
#[derive(Clone, Debug, Default)]
pub(super) struct Posted {
    comment_url: Option<String>,
    report: PathBuf,
    json: PathBuf,
    suspects: Option<String>,
}

/// Writes log, files, summary and annotations, and posts the comment, in this order.
///
/// # Errors
/// [`CliError::File`] and [`CliError::Output`]; never what GitHub answers.
pub(super) fn post(
    job: &Job<'_>,
    view: &mut View,
    exit: Exit,
    outputs: &Outputs,
    console: &mut Console<'_>,
) -> Result<Posted, CliError> {
    let comments = comments(job);
    if let Some(Ok((_, previous))) = &comments {
        view.fixed = fixed(&view.judgement, previous.as_ref());
    }
    console.out.write_all(report::terminal(view, &TerminalOptions::default()).as_bytes())?;
    let posted = Posted {
        comment_url: None,
        report: write(job.output("report.md"), &report::markdown(view, usize::MAX))?,
        json: write(job.output("report.json"), &report::json(view))?,
        suspects: None,
    };
    outputs.summarise(&report::markdown(view, SUMMARY_BUDGET))?;
    let suspects = suspects(job, view, outputs)?;
    if job.ci.is_some() {
        for annotation in report::annotations(view) {
            outputs.annotate(console, &annotation)?;
        }
    }
    let comment_url = match comment(job, view, exit, comments) {
        Ok(Some(posted)) => {
            for warning in warnings(&posted) {
                outputs.summarise(&report::markdown_warning(&warning))?;
                outputs.annotate(console, &report::Annotation::warning("Comment", &warning))?;
            }
            posted.url
        }
        Ok(None) => None,
        Err(reason) => {
            outputs.summarise(&report::markdown_warning(&reason))?;
            outputs.annotate(console, &report::Annotation::warning("No comment", &reason))?;
            None
        }
    };
    Ok(Posted { comment_url, suspects, ..posted })
}

/// The suspects for other jobs, where there are any. Where they are too many to be handed on, everything is run again.
fn suspects(job: &Job<'_>, view: &View, outputs: &Outputs) -> Result<Option<String>, CliError> {
    if view.judgement.suspects().next().is_none() {
        return Ok(None);
    }
    write(job.output("suspects.json"), &report::suspects(view))?;
    let (line, is_complete) = report::suspects_line(view, LARGEST_SUSPECTS);
    if !is_complete {
        outputs.summarise(&report::markdown_warning(
            "the suspects are too many for the output `suspects`: it names none, and its filters select everything",
        ))?;
    }
    Ok(Some(line))
}

/// Bytes of the output `suspects` at most: as a variable of the environment, Linux takes 128 KiB.
const LARGEST_SUSPECTS: usize = 100_000;

type Listed = Result<(Vec<Comment>, Option<Marker>), GithubError>;

/// The pull request's comments and what the gate's own one says; `None` where nobody may comment.
fn comments(job: &Job<'_>) -> Option<Listed> {
    let (client, number) = (job.client?, job.subject.pull_request?);
    if job.arguments.comment == CommentMode::Never {
        return None;
    }
    Some(client.comments(number).map(|comments| {
        let previous = sticky::previous(&comments, &job.name, &job.arguments.comment_author);
        let marker = previous.map(|(_, marker)| marker);
        (comments, marker)
    }))
}

/// What the earlier comment told as regressions and was seen to be none any more.
fn fixed(judgement: &Judgement, previous: Option<&Marker>) -> Vec<String> {
    let Some(marker) = previous else { return Vec::new() };
    let since = short_commit(&marker.head_sha);
    let was = |id: &str| marker.state.iter().any(|known| known == id);
    let series = judgement.series.iter().filter(|judged| was(&judged.series.key.id().to_string()));
    let gone = series.filter(|judged| matches!(judged.verdict, Verdict::Unchanged | Verdict::Improved));
    gone.map(|judged| format!("{} (regressed at {since})", judged.series.key)).collect()
}

/// Posts the comment; the error is the reason for having none.
fn comment(job: &Job<'_>, view: &View, exit: Exit, comments: Option<Listed>) -> Result<Option<github::Posted>, String> {
    let asked = job.arguments.comment != CommentMode::Never;
    let Some(number) = job.subject.pull_request.filter(|_| asked) else { return Ok(None) };
    let Some(client) = job.client else {
        return Err("there is no token, so the pull request got no comment".to_owned());
    };
    let explained = |error: &GithubError| explain(job, error);
    let (comments, previous) = comments.unwrap_or_else(|| Ok((Vec::new(), None))).map_err(|error| explained(&error))?;
    let is_wanted = previous.is_some() || wants_first(job, &view.judgement, exit);
    if !is_wanted {
        return Ok(None);
    }
    publish(job, client, number, view, comments).map(Some).map_err(|error| explained(&error))
}

fn publish(
    job: &Job<'_>,
    client: &Client,
    number: u64,
    view: &View,
    comments: Vec<Comment>,
) -> Result<github::Posted, GithubError> {
    let regressed = view.judgement.series.iter().filter(|judged| judged.verdict == Verdict::Regressed);
    let state = regressed.take(200).map(|judged| judged.series.key.id().to_string()).collect();
    let empty = desired(job, String::new(), state);
    // A report makes room by leaving out what matters least; what is cut off at its end is the link to all of it.
    let body = report::markdown(view, empty.room());
    sticky::post(client, number, &job.arguments.comment_author, &Desired { body, ..empty }, comments)
}

/// The comment as it should be; `state` are the ids of the series that regressed.
fn desired(job: &Job<'_>, body: String, state: Vec<String>) -> Desired {
    let (run_id, attempt) = job.subject.run.unwrap_or((0, 1));
    Desired {
        name: job.name.clone(),
        head_sha: job.subject.commit.clone().unwrap_or_default(),
        run_id,
        attempt,
        body,
        state,
        create: true,
    }
}

/// What the user should know of a comment that was posted.
fn warnings(posted: &github::Posted) -> Vec<String> {
    let mut warnings: Vec<String> = posted.warning.iter().cloned().collect();
    if posted.duplicates > 0 {
        let more = plural(posted.duplicates, "more comment carries", "more comments carry");
        warnings.push(format!("{more} the marker of this gate; the oldest one is kept up to date, delete the others"));
    }
    warnings
}

/// Replaces an earlier comment's verdict by the news that there is none: what it says is of an older commit. What
/// GitHub refuses here is not worth a word beside the error.
pub(super) fn tell_of_no_verdict(job: &Job<'_>, words: &str) {
    let (Some(client), Some(number)) = (job.client, job.subject.pull_request) else { return };
    if job.arguments.comment == CommentMode::Never {
        return;
    }
    let author = &job.arguments.comment_author;
    let Ok(comments) = client.comments(number) else { return };
    let Some((_, marker)) = sticky::previous(&comments, &job.name, author) else { return };
    let told = desired(job, report::markdown_error("NO VERDICT", words), marker.state);
    let _ = sticky::post(client, number, author, &Desired { create: false, ..told }, comments);
}

/// Whether a pull request without a comment gets one.
fn wants_first(job: &Job<'_>, judgement: &Judgement, exit: Exit) -> bool {
    match job.arguments.comment {
        CommentMode::Always => true,
        CommentMode::OnChange => {
            let is_quiet = judgement.outcome == Outcome::Passed
                && judgement.counts.unchanged == judgement.counts.total()
                && !judgement.legs.iter().any(Leg::is_lost);
            !is_quiet
        }
        CommentMode::OnFail => exit != Exit::Success,
        CommentMode::Never => false,
    }
}

/// Why there is no comment, and what to do.
fn explain(job: &Job<'_>, error: &GithubError) -> String {
    let is_reader = job.ci.is_some_and(|ci| matches!(ci.event, Event::PullRequest { is_read_only_expected: true, .. }));
    if is_reader && job.subject.kind == Kind::PullRequest && matches!(error, GithubError::Forbidden { .. }) {
        return "the pull request got no comment: GitHub gives workflows of pull requests from forks a token that may only \
                read. The verdict stands; docs/github.md shows the two workflows that comment on such pull requests"
            .to_owned();
    }
    if let GithubError::Forbidden { .. } = error {
        return format!(
            "the pull request got no comment: {error}; writing one needs the permission `pull-requests: write`"
        );
    }
    format!("the pull request got no comment: {error}")
}

/// Sets the outputs by which the bundle is uploaded. Where other jobs measured, theirs are uploaded already, and one of
/// them once more only to say by its name that they are not recorded.
///
/// # Errors
/// [`CliError::File`].
pub(super) fn set_bundle(
    job: &Job<'_>,
    collected: &Collected,
    remark: Option<Remark>,
    outputs: &Outputs,
) -> Result<(), CliError> {
    let any = collected.files.first().filter(|_| remark.is_some());
    let Some(path) = collected.own.as_ref().or(any) else { return Ok(()) };
    outputs.set(&[("bundle-path", path.display().to_string()), ("bundle-name", job.bundle(remark).artifact())])
}

/// Sets the step's other outputs.
///
/// # Errors
/// [`CliError::File`].
pub(super) fn set_outputs(
    job: &Job<'_>,
    judgement: &Judgement,
    prepared: &Prepared,
    posted: &Posted,
    outputs: &Outputs,
) -> Result<(), CliError> {
    let counts = &judgement.counts;
    let age = judgement.baseline.span.map(|(_, newest)| job.now.duration_since(newest).as_hours() / 24);
    let path = |path: &Path| path.display().to_string();
    outputs.set(&[
        ("outcome", judgement.outcome.to_string()),
        ("regressions", counts.regressed.to_string()),
        ("improvements", counts.improved.to_string()),
        ("missing", counts.missing.to_string()),
        ("inconclusive", counts.inconclusive.to_string()),
        ("compared", counts.compared.to_string()),
        ("baseline-commit", judgement.baseline.newest_commit.clone().unwrap_or_default()),
        ("baseline-age-days", age.map_or_else(String::new, |days| days.to_string())),
        ("report-path", path(&posted.report)),
        ("json-path", path(&posted.json)),
        ("suspects", posted.suspects.clone().unwrap_or_default()),
        ("comment-url", posted.comment_url.clone().unwrap_or_default()),
        ("history-source", prepared.source.as_str().to_owned()),
        ("report-name", job.bundle(None).report_artifact()),
    ])
}

fn write(path: PathBuf, text: &str) -> Result<PathBuf, CliError> {
    folder::write(&path, text)?;
    Ok(path)
}
