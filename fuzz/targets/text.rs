//! Fuzzes text and tables.
//!
//! For: libFuzzer's entry point. Not for: what is read and what must hold (see `fuzz/src/lib.rs`).
//! Invariant: nothing is decided here.
#![no_main]

use benchgate_fuzz::limit::within;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| within(benchgate_fuzz::text, bytes));
