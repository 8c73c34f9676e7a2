//! benchgate's own format, schema `benchgate/results/v1`, as one JSON document or as JSON Lines.
//!
//! For: the format that a benchmark can write to say everything benchgate can use, and that bundles are written in.
//! Not for: filling gaps; what the file leaves out comes from flags and the CI environment.
//! Invariant: a field that is not known is a defect, so a spelling mistake cannot lose a fact.
//!
//! - [`wire`]: the structs of the format, for reading and writing; the JSON Schema is generated from them
//! - [`convert`]: between these structs and the model
//! - `read`: streaming, with memory bounded by one result
//!
//! A JSON document is `{"schema": "benchgate/results/v1", "run": {..}, "hardware": {..}, "results": [..]}`. JSON Lines
//! hold the same object without `results` in the first line and one result in each further line; a later header line
//! begins another run.

pub mod convert;
pub mod wire;

pub(super) mod read;
#[cfg(test)]
mod tests;

pub use convert::write_run;
pub use wire::{Document, HardwareEntry, Header, MetricEntry, ResultEntry, RunEntry, Scalar, Schema, StatusWord};
