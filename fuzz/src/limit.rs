//! How long one input may take.
//!
//! For: a limit that a busy machine does not change. Not for: an input that never ends, which libFuzzer's own limit finds.
//! Invariant: processor time counts, never time on the clock.

use std::time::Duration;

use cpu_time::ThreadTime;

/// Processor time that one input may take.
const LIMIT: Duration = Duration::from_secs(1);

/// Reads an input, and panics when it takes longer than it may.
pub fn within(read: impl FnOnce(&[u8]), bytes: &[u8]) {
    let begun = ThreadTime::now();
    read(bytes);
    let taken = begun.elapsed();
    assert!(taken <= LIMIT, "an input of {} bytes takes {taken:?} of a processor's time", bytes.len());
}
