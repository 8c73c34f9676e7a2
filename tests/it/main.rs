//! The one integration test binary: benchgate as a user meets it, through its command line.
#![expect(clippy::unwrap_used, reason = "test support fails by panicking")]

mod bad_input;
mod bad_values;
mod baseline;
mod calibrate;
mod compare;
mod confirm;
mod durability;
mod explain;
mod fuzz;
mod gate;
mod github_archive;
mod github_client;
mod github_events;
mod github_faults;
mod github_issue;
mod github_server;
mod github_sticky;
mod hostile_formats;
mod import;
mod ingest;
mod ingest_folder;
mod kill;
mod legacy;
mod maintain;
mod pages;
mod query;
mod report;
mod sample;
mod selftest;
mod serve;
mod serve_client;
mod serve_hostile;
mod serve_verdicts;
mod support;
