//! Being told to end.
//!
//! For: Ctrl-C, and what a service manager sends. Not for: what ending means (see `server`).
//! Invariant: whoever is told where the server listens may tell it to end; so the signals are waited for before.

use std::io;

/// The signals that end a server.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// Begins to wait; on a runtime.
    ///
    /// # Errors
    /// What the system gives.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
            #[cfg(unix)]
            interrupt: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?,
        })
    }

    /// Waits until one of them comes.
    ///
    /// # Errors
    /// What the system gives.
    #[cfg(unix)]
    pub(super) async fn wait(mut self) -> io::Result<()> {
        tokio::select! {
            _ = self.terminate.recv() => Ok(()),
            _ = self.interrupt.recv() => Ok(()),
        }
    }

    /// Waits for Ctrl-C.
    ///
    /// # Errors
    /// What the system gives.
    #[cfg(not(unix))]
    pub(super) async fn wait(self) -> io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}
