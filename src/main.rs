//! The `benchgate` binary: hands the process's arguments to the CLI layer and returns its exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    benchgate::cli::main()
}
