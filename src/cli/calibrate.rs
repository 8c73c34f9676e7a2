//! `benchgate calibrate`: what the policy does on the project's own history.
//!
//! For: choosing a policy by measured rates. Not for: judging a candidate.
//! Invariant: the history is opened for reading; the exit code says whether the command did its work, not what it found.

use super::args::{CalibrateArgs, DocumentFormat};
use super::error::CliError;
use super::exit::Exit;
use super::surroundings::{Console, Surroundings};
use super::{policy, which_runs};
use crate::gate::calibrate::calibrate;
use crate::model::SeriesMeta;
use crate::report;
use crate::store::{BaselineFilter, Mode, Store};

/// Runs the command.
///
/// # Errors
/// See [`CliError`]; [`CliError::Usage`] where the history holds no series.
pub(super) fn run(
    arguments: &CalibrateArgs,
    surroundings: &Surroundings,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let config = policy::load(arguments.policy.config.as_deref())?;
    let policy = config.policy(&policy::overrides(&arguments.policy, surroundings.now));
    let store = Store::open(&arguments.store.db, Mode::Read, surroundings.now)?;
    let (real, simulated): (Vec<SeriesMeta>, Vec<SeriesMeta>) =
        store.all_series()?.into_iter().partition(|series| !series.key.configuration.is_simulated);
    let is_simulated = real.is_empty() && !simulated.is_empty();
    let series = if is_simulated { simulated } else { real };
    if series.is_empty() {
        return Err(CliError::Usage {
            message: format!("`{}` holds no results to calibrate with", arguments.store.db.display()),
            hint: "import earlier runs with `benchgate ingest`".to_owned(),
        });
    }
    let branch = which_runs::branch(&arguments.policy, &config);
    let filter = BaselineFilter { branch, window: arguments.runs, ..BaselineFilter::default() };
    let history = store.history(&series, &filter)?;
    store.close()?;
    if is_simulated {
        writeln!(console.err, "notice: the history holds simulated results only, which say nothing of real machines")?;
    }
    let found = calibrate(&history, &policy);
    let document = match arguments.format {
        DocumentFormat::Text => report::calibration(&found, surroundings.width),
        DocumentFormat::Json => report::calibration_json(&found),
    };
    console.out.write_all(document.as_bytes())?;
    Ok(Exit::Success)
}
