//! `benchgate trend`: every series over time.
//!
//! For: the scheduled look at a whole history: what changed, between which commits, what stopped. Not for: judging a
//! candidate.
//! Invariant: the history is opened for reading; the exit code is 10 only where `--fail-on` names a kind of what was
//! found; files of sparklines are named by ids of series, never by names.

use std::path::Path;

use jiff::{Timestamp, ToSpan as _};

use super::args::{FailOn, TrendArgs, TrendFormat};
use super::error::CliError;
use super::exit::Exit;
use super::outputs::Outputs;
use super::surroundings::{Console, Surroundings};
use super::{baseline, folder, policy};
use crate::gate::trend::trend;
use crate::model::SeriesMeta;
use crate::report::{self, TrendFinding, TrendView};
use crate::store::{BaselineFilter, Mode, Store};
use crate::text::{escape, plural};

/// Runs that are looked at, at most; more than any level needs to be known.
const MOST_RUNS: usize = 2000;

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
        let view = look(arguments, surroundings)?;
        write(arguments, &view, console)?;
        if arguments.summary {
            outputs.summarise(&report::trend_markdown(&view))?;
        }
        write_pictures(arguments, &view)?;
        let is_found = arguments.fail_on.iter().any(|kind| view.count(kind.finding()) > 0);
        Ok(if is_found { Exit::Regression } else { Exit::Success })
    };
    // What another program reads has no lines beside it, and JSON none that begin with `::`; nor has a page.
    let is_document = matches!(arguments.format, TrendFormat::Json | TrendFormat::Html) && arguments.output.is_none();
    if is_document { work(console) } else { outputs.tell("No trend", console, work) }
}

/// Looks at every series of the history.
fn look(arguments: &TrendArgs, surroundings: &Surroundings) -> Result<TrendView, CliError> {
    let config = policy::load(arguments.policy.config.as_deref())?;
    let policy = config.policy(&policy::overrides(&arguments.policy, surroundings.now));
    let since = arguments.since.as_deref().map(|text| moment(text, surroundings.now)).transpose()?;
    let store = Store::open(&arguments.store.db, Mode::Read, surroundings.now)?;
    let (real, simulated): (Vec<SeriesMeta>, Vec<SeriesMeta>) =
        store.all_series()?.into_iter().partition(|series| !series.key.configuration.is_simulated);
    let is_simulated = real.is_empty();
    let series = if is_simulated { simulated } else { real };
    if series.is_empty() {
        return Err(CliError::Usage {
            message: format!("`{}` holds no results", arguments.store.db.display()),
            hint: "import runs with `benchgate ingest`".to_owned(),
        });
    }
    let branch = baseline::branch(&arguments.policy, &config);
    let filter = BaselineFilter { branch, window: MOST_RUNS, ..BaselineFilter::default() };
    let history = store.history(&series, &filter)?;
    store.close()?;
    let found = trend(&history, &policy);
    let simulated = if is_simulated { " The results are simulated." } else { "" };
    let branch = filter.branch.as_ref().map_or_else(|| "any branch".to_owned(), |branch| format!("branch {branch}"));
    let baseline = format!(
        "{} of {branch} in {}.{simulated} Made by benchgate {}.",
        plural(found.runs.len(), "run", "runs"),
        arguments.store.db.display(),
        env!("CARGO_PKG_VERSION")
    );
    Ok(TrendView { trend: found, since, baseline })
}

fn write(arguments: &TrendArgs, view: &TrendView, console: &mut Console<'_>) -> Result<(), CliError> {
    let document = match arguments.format {
        TrendFormat::Text => report::trend_text(view),
        TrendFormat::Markdown => report::trend_markdown(view),
        TrendFormat::Html => report::trend_html(view),
        TrendFormat::Json => report::trend_json(view),
    };
    match &arguments.output {
        Some(path) => {
            write_file(path, &document)?;
            // Whoever watches the log sees the outcome, wherever the document went.
            Ok(writeln!(console.err, "{}", escape::terminal(&view.headline()))?)
        }
        None => Ok(console.out.write_all(document.as_bytes())?),
    }
}

fn write_file(path: &Path, text: &str) -> Result<(), CliError> {
    let refused = |source| CliError::File { action: "write", path: path.to_owned(), source };
    folder::make_for(path).map_err(refused)?;
    std::fs::write(path, text).map_err(refused)
}

/// The badge and the sparklines, where they are asked for.
fn write_pictures(arguments: &TrendArgs, view: &TrendView) -> Result<(), CliError> {
    if let Some(path) = &arguments.badge {
        write_file(path, &report::trend_badge(view).draw().file())?;
    }
    let Some(folder) = &arguments.sparklines else { return Ok(()) };
    for one in &view.trend.series {
        let path = folder.join(format!("{}.svg", one.series.key.id()));
        write_file(&path, &report::trend_sparkline(one).draw().file())?;
    }
    Ok(())
}

impl FailOn {
    fn finding(self) -> TrendFinding {
        match self {
            Self::Worse => TrendFinding::Worse,
            Self::Drift => TrendFinding::Drift,
            Self::Noise => TrendFinding::Noise,
            Self::Silent => TrendFinding::Silent,
        }
    }
}

/// A time, a day, or a number of days ago.
fn moment(text: &str, now: Timestamp) -> Result<Timestamp, CliError> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()).filter(|days| *days >= 0);
    let ago = days.and_then(|days| now.checked_sub((24 * days.min(100_000)).hours()).ok());
    let day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    ago.or_else(|| text.parse().ok()).or_else(|| day().map(|day| day.timestamp())).ok_or_else(|| CliError::Usage {
        message: format!("`--since {text}` is no time"),
        hint: "write it as 30d, 2026-03-01, or 2026-03-01T12:00:00Z".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_write_them() {
        let now: Timestamp = "2026-03-31T12:00:00Z".parse().expect("valid");
        for (text, expected) in [
            ("30d", "2026-03-01T12:00:00Z"),
            ("2026-03-01", "2026-03-01T00:00:00Z"),
            ("2026-03-01T06:00:00Z", "2026-03-01T06:00:00Z"),
        ] {
            assert_eq!(moment(text, now).expect(text).to_string(), expected);
        }
        for text in ["yesterday", "-3d", "d", ""] {
            assert!(moment(text, now).is_err(), "{text}");
        }
    }
}
