//! The `benchgate` binary: hands the process's arguments to the CLI layer and returns its exit status.

use std::process::ExitCode;

/// Results are made on one thread and dropped on another, which the system's allocator answers with lock contention.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    benchgate::cli::main()
}
