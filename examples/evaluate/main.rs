//! How often the gate is wrong and what it sees, measured on real histories beside the rules of its peers.
//!
//!     scripts/with-duckdb cargo run --release --no-default-features --example evaluate -- FILE...
//!
//! For: anyone who wants to check or to beat the numbers of docs/statistics.md, which describes the protocol and the file
//! format. Not for: judging a candidate.
//! Invariant: benchgate's rules are the functions that `benchgate compare` uses; the same arguments give the same rates.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports by printing")]
#![expect(clippy::disallowed_methods, reason = "it times what it runs")]

mod changes;
mod halves;
mod output;
mod peers;
mod promises;
mod protocol;
mod series;
mod suite;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use changes::annotated::annotated;
use changes::summary::Changes;
use output::Report;
use protocol::Plan;

/// Replays benchmark histories and counts false alarms and found shifts, of benchgate's rules and of its peers'.
#[derive(Parser)]
#[command(name = "evaluate", max_term_width = 100)]
struct Arguments {
    /// Series, one a line as JSON; gzipped where the name ends in `.gz`
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to print
    #[arg(long, default_value = "text")]
    format: Format,
    /// Judge about this many measurements of each file, in whole runs chosen at random; all without it
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// Seed of everything random
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Fewest runs before one that is judged [default: 20; 5 in a file without a series of 40 runs]
    #[arg(long, value_name = "RUNS")]
    least_past: Option<usize>,
    /// Use at most this many runs before a judged one: what a young series sees
    #[arg(long, value_name = "RUNS")]
    most_past: Option<usize>,
    /// Measure benchgate's rules under Benjamini-Hochberg correction too (slow)
    #[arg(long)]
    corrected: bool,
    /// Predict the false alarms of the second half of each history from the first, as `calibrate` does
    #[arg(long)]
    halves: bool,
    /// Inject steps into real noise and count change points, per file
    #[arg(long)]
    changes: bool,
    /// Series with annotated change points, to score change-point methods by
    #[arg(long, value_name = "FILE")]
    annotated: Option<PathBuf>,
}

/// How to print.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Tables
    Text,
    /// One object
    Json,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.files.is_empty() && arguments.annotated.is_none() {
        eprintln!("error: nothing to evaluate\n\nhint: name files of series, or `--annotated FILE`");
        return ExitCode::from(2);
    }
    match evaluate(&arguments) {
        Ok(report) => {
            match arguments.format {
                Format::Text => print!("{}", output::text(&report)),
                Format::Json => println!("{}", output::json(&report)),
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn evaluate(arguments: &Arguments) -> Result<Report, String> {
    let plan = Plan {
        sample: arguments.sample,
        seed: arguments.seed,
        least_past: arguments.least_past,
        most_past: arguments.most_past,
        is_corrected: arguments.corrected,
    };
    let mut files = BTreeMap::new();
    for path in &arguments.files {
        eprintln!("replaying {}", path.display());
        let series = series::read(path)?;
        let suites = suite::suites(&series);
        let mut evaluation = protocol::evaluate(&suites, &plan, peers::RULES);
        if arguments.halves {
            evaluation.halves = Some(halves::predict(&suites));
        }
        if arguments.changes {
            evaluation.changes = Some(Changes::of(&series, arguments.seed));
        }
        files.insert(name(path), evaluation);
    }
    let annotated = match &arguments.annotated {
        Some(path) => Some(annotated(path)?),
        None => None,
    };
    Ok(Report { overall: protocol::mean(&files), files, annotated })
}

/// A file's name without its folder.
fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
