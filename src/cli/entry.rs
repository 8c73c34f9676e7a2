//! From the process's arguments to its exit code.
//!
//! For: dispatch, and printing what ends a command. Not for: any command's work.
//! Invariant: every way out is an [`Exit`].

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use super::args::{Cli, Command};
use super::error::CliError;
use super::exit::Exit;
use super::surroundings::{ClosablePipe, Console, Surroundings};
use super::{
    calibrate, collect, compare, decide, explain, export, gate, import, ingest, init, maintain, query, rank, report,
    selftest, serve, trend,
};

/// Runs the program on the process's own arguments and streams.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let exit = match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Success,
                _ => Exit::Usage,
            };
            // Nobody is left to be told that the message could not be printed.
            let _ = error.print();
            return exit.into();
        }
    };
    let surroundings = Surroundings::read();
    let mut out = std::io::BufWriter::new(ClosablePipe(std::io::stdout().lock()));
    // Not locked: a server's threads write their log there too.
    let mut err = std::io::stderr();
    let mut console = Console { out: &mut out, err: &mut err };
    let result = run(&cli, &surroundings, &mut console).and_then(|exit| {
        console.out.flush()?;
        Ok(exit)
    });
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            // What was printed before the error still belongs to the user.
            let _ = console.out.flush();
            let _ = error.write(console.err);
            error.exit().into()
        }
    }
}

/// Runs one command.
///
/// # Errors
/// See [`CliError`].
pub fn run(cli: &Cli, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<Exit, CliError> {
    match &cli.command {
        Command::Init(arguments) => init::run(arguments, surroundings, console),
        Command::Export(arguments) => export::run(arguments, surroundings, console),
        Command::Ingest(arguments) => ingest::command::run(arguments, surroundings, console),
        Command::Import(arguments) => import::command::run(arguments, surroundings, console),
        Command::Compare(arguments) => compare::run(arguments, surroundings, console),
        Command::Gate(arguments) => gate::run(arguments, surroundings, console),
        Command::Collect(arguments) => collect::run(arguments, surroundings, console),
        Command::Explain(arguments) => explain::run(arguments, surroundings, console),
        Command::Calibrate(arguments) => calibrate::run(arguments, surroundings, console),
        Command::Selftest(arguments) => selftest::run(arguments, surroundings, console),
        Command::Trend(arguments) => trend::run(arguments, surroundings, console),
        Command::Baseline(arguments) => decide::run(arguments, surroundings, console),
        Command::Report(arguments) => report::run(arguments, surroundings, console),
        Command::Rank(arguments) => rank::run(arguments, surroundings, console),
        Command::Query(arguments) => query::run(arguments, surroundings, console),
        Command::Serve(arguments) => serve::run(arguments, surroundings, console),
        Command::Maintain(arguments) => maintain::command::run(&arguments.command, surroundings, console),
    }
}
