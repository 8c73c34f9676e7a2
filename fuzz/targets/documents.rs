//! Fuzzes every format that is a JSON document.
//!
//! For: libFuzzer's entry point. Not for: what is read and what must hold (see `fuzz/src/lib.rs`).
//! Invariant: nothing is decided here.
#![no_main]

use benchgate_fuzz::limit::within;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|bytes: &[u8]| within(benchgate_fuzz::documents, bytes));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let edited = if seed % 2 == 0 { benchgate_fuzz::edit::json(data, size, seed) } else { None };
    edited.unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
