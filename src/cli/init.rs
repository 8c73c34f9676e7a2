//! `benchgate init`: create a history, or bring an older one up to date.
//!
//! For: the schema and the demo. Not for: importing.
//! Invariant: doing it twice changes nothing.

use super::args::InitArgs;
use super::error::CliError;
use super::exit::Exit;
use super::sample;
use super::surroundings::{Console, Surroundings};
use crate::model::Context;
use crate::store::import::ImportError;
use crate::store::{ImportOutcome, Mode, Source, Store, StoreError};
use crate::text;

/// Runs the command.
///
/// # Errors
/// See [`CliError`].
pub fn run(arguments: &InitArgs, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let path = &arguments.store.db;
    let store = Store::open(path, Mode::Create, surroundings.now)?;
    let mut contents = String::new();
    if arguments.sample_data {
        if store.has_real_results()? {
            return Err(StoreError::NotEmpty { path: path.clone() }.into());
        }
        let outcome = import_sample(&store, surroundings).map_err(|error| CliError::from_import(error, "sample"))?;
        contents = match outcome.results {
            0 => ": the sample data was in it already".to_owned(),
            _ => {
                let runs = text::plural(outcome.runs, "sample run", "sample runs");
                let measurements = text::plural(outcome.measurements, "measurement", "measurements");
                format!(": {runs}, {measurements}, all simulated")
            }
        };
    }
    store.close()?;
    if !arguments.quiet {
        writeln!(console.err, "`{}` is ready{contents}", path.display())?;
    }
    Ok(Exit::Success)
}

fn import_sample(store: &Store, surroundings: &Surroundings) -> Result<ImportOutcome, ImportError> {
    let context = Context::default();
    let mut total = ImportOutcome::default();
    for day in 0..sample::RUNS {
        let hash = blake3::hash(format!("sample {day}").as_bytes()).to_hex();
        let source = Source { file_name: "sample data", content_hash: hash.as_str(), bytes: 0 };
        total += store.import(source, "sample", &context, surroundings.now, sample::run(day, false))?;
    }
    Ok(total)
}
