//! `benchgate trend`: every series over time.
//!
//! For: the scheduled look at a whole history: what changed, between which commits, what stopped. Not for: judging a
//! candidate.
//! Invariant: the history is opened for reading; the exit code is 10 only where `--fail-on` names a kind of what was
//! found; files of sparklines are named by ids of series, never by names.

use super::error::CliError;
use super::exit::Exit;
use super::outputs::Outputs;
use super::surroundings::{Console, Surroundings};
use super::trend_args::{FailOn, TrendArgs, TrendFormat};
use super::trend_issue::Tracker;
use super::{folder, moment, policy, which_runs};
use crate::assemble::trend::whole_trend;
use crate::report::{self, TrendFinding, TrendView};
use crate::store::{Mode, Store};
use crate::text::escape;

/// Runs the command.
///
/// # Errors
/// See [`CliError`]; [`CliError::Usage`] where the history holds no series.
pub(super) fn run(
    arguments: &TrendArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let outputs = Outputs::of(surroundings);
    let work = |console: &mut Console<'_>| {
        let tracker = Tracker::of(arguments, surroundings)?;
        let view = look(arguments, surroundings)?;
        write(arguments, &view, console)?;
        if arguments.summary {
            outputs.summarise(&report::trend_markdown(&view, usize::MAX))?;
        }
        write_pictures(arguments, &view)?;
        if let Some(tracker) = tracker {
            tracker.keep(arguments, &view, &outputs, console)?;
        }
        let is_found = arguments.fail_on.iter().any(|kind| view.count(kind.finding()) > 0);
        Ok(if is_found { Exit::Regression } else { Exit::Success })
    };
    // What another program reads has no lines beside it, and JSON none that begin with `::`; nor has a page.
    if arguments.is_document() { work(console) } else { outputs.tell("No trend", console, work) }
}

/// Looks at every series of the history.
fn look(arguments: &TrendArgs, surroundings: &Surroundings) -> Result<TrendView, CliError> {
    let config = policy::load(arguments.policy.config.as_deref())?;
    let policy = config.policy(&policy::overrides(&arguments.policy, surroundings.now));
    let since = arguments.since.as_deref().map(|text| moment::moment("--since", text, surroundings.now)).transpose()?;
    let store = Store::open(&arguments.store.db, Mode::Read, surroundings.now)?;
    let branch = which_runs::branch(&arguments.policy, &config);
    let view = whole_trend(&store, &policy, branch, since, &arguments.store.db, |_| true)?;
    store.close()?;
    view.ok_or_else(|| CliError::Usage {
        message: format!("`{}` holds no results", arguments.store.db.display()),
        hint: "import runs with `benchgate ingest`".to_owned(),
    })
}

fn write(arguments: &TrendArgs, view: &TrendView, console: &mut Console<'_>) -> Result<(), CliError> {
    let document = match arguments.form() {
        TrendFormat::Text => report::trend_text(view),
        TrendFormat::Markdown => report::trend_markdown(view, usize::MAX),
        TrendFormat::Html => report::trend_html(view),
        TrendFormat::Json => report::trend_json(view),
    };
    match &arguments.output {
        Some(path) => {
            folder::write(path, &document)?;
            // Whoever watches the log sees the outcome, wherever the document went.
            Ok(writeln!(console.err, "{}", escape::terminal(&view.headline()))?)
        }
        None => Ok(console.out.write_all(document.as_bytes())?),
    }
}

/// The badge and the sparklines, where they are asked for.
fn write_pictures(arguments: &TrendArgs, view: &TrendView) -> Result<(), CliError> {
    if let Some(path) = &arguments.badge {
        folder::write(path, report::trend_badge(view).draw().file())?;
    }
    let Some(folder) = &arguments.sparklines else { return Ok(()) };
    for one in &view.trend.series {
        let path = folder.join(format!("{}.svg", one.series.key.id()));
        folder::write(&path, report::trend_sparkline(one).draw().file())?;
    }
    Ok(())
}

impl TrendArgs {
    /// The format that was asked for, or that the file's ending says.
    fn form(&self) -> TrendFormat {
        let ending = self.output.as_deref().and_then(|path| path.extension()?.to_str());
        self.format.unwrap_or(match ending {
            Some("md") => TrendFormat::Markdown,
            Some("html") => TrendFormat::Html,
            Some("json") => TrendFormat::Json,
            _ => TrendFormat::Text,
        })
    }

    /// Whether standard output is for another program.
    pub(super) fn is_document(&self) -> bool {
        matches!(self.form(), TrendFormat::Json | TrendFormat::Html) && self.output.is_none()
    }
}

impl FailOn {
    pub(super) fn finding(self) -> TrendFinding {
        match self {
            Self::Worse => TrendFinding::Worse,
            Self::Drift => TrendFinding::Drift,
            Self::Noise => TrendFinding::Noise,
            Self::Silent => TrendFinding::Silent,
        }
    }
}
