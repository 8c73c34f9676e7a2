//! A bar that shows how far an import is.
//!
//! For: people at a terminal. Not for: logs; where standard error is no terminal there is no bar.
//! Invariant: what is printed beside it stays whole.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Files of which fewer need no bar.
const FEWEST: usize = 20;

/// A bar, or none.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar of `files` files, where it is welcome.
    pub(super) fn new(files: usize, is_welcome: bool) -> Self {
        let target =
            if is_welcome && files >= FEWEST { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(files as u64), target);
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len} files, {eta} left");
        Self(bar.with_style(style.expect("internal error: the template is valid")))
    }

    /// One file more.
    pub(super) fn step(&self) {
        self.0.inc(1);
    }

    /// Prints something while the bar is out of the way.
    pub(super) fn beside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
