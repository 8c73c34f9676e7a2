//! `benchgate baseline show`: what the baseline of each series is.
//!
//! For: epoch, level and noise, and the decisions behind them. Not for: a verdict (see `compare`), nor how it got there (see
//! `trend`).
//! Invariant: levels are those that `trend` finds in the runs that a candidate would be compared with.

use super::args::ShowArgs;
use crate::assemble::baseline;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::surroundings::{Console, Surroundings};
use crate::cli::{document, policy, which_runs};
use crate::gate::trend::trend;
use crate::model::SeriesMeta;
use crate::report;
use crate::store::{BaselineFilter, Mode, StandingDecision, Store};

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub(super) fn run(
    arguments: &ShowArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let config = policy::load(arguments.policy.config.as_deref())?;
    let policy = config.policy(&policy::overrides(&arguments.policy, surroundings.now));
    let store = Store::open(&arguments.store.db, Mode::Read, surroundings.now)?;
    let all = store.all_series()?;
    let series: Vec<SeriesMeta> = all.into_iter().filter(|one| is_chosen(one, &arguments.series)).collect();
    if series.is_empty() && !arguments.series.is_empty() {
        return Err(CliError::Usage {
            message: "no series has these words in its name".to_owned(),
            hint: "`benchgate baseline show` without words shows every series".to_owned(),
        });
    }
    let branch = which_runs::branch(&arguments.policy, &config);
    let filter = BaselineFilter { branch, window: baseline::window(&series, &policy), ..BaselineFilter::default() };
    let history = store.history(&series, &filter)?;
    let decisions = store.decisions_by_series()?;
    store.close()?;
    let acceptance = |StandingDecision { id, decision, .. }| report::Acceptance { id: id.to_string(), decision };
    let accepted = decisions.into_iter().map(|(series, all)| (series, all.into_iter().map(acceptance).collect()));
    let rule = baseline::rule(&filter);
    let pins = history.pins.clone();
    let shown = report::baselines(&trend(history, &policy), &pins, &accepted.collect(), &rule);
    document::write(&arguments.document, &shown, surroundings, console)?;
    Ok(Exit::Success)
}

/// Whether a series has one of the ids, or all of the words of one of the texts.
fn is_chosen(one: &SeriesMeta, texts: &[String]) -> bool {
    let (id, name) = (one.key.id().to_string(), one.key.to_string().to_lowercase());
    let fits = |text: &String| {
        let text = text.to_lowercase();
        text == id || text.split_whitespace().all(|word| name.contains(word))
    };
    texts.is_empty() || texts.iter().any(fits)
}
