//! HTTP over the history: the former system's interface, and what came after it.
//!
//! For: programs and people that ask a running process instead of opening the file. Not for: deciding or storing; a
//! request ends in the functions that the commands use.
//! Invariant: what is acknowledged is on disk; an answer never shows a path, a token or a stack; every limit is a number
//! in [`limits`]; without a token nothing is written.
//!
//! - [`server`] - listening, and ending in order; `router` - what is asked where; `openapi` - the same as a document
//! - `state`, `readers`, `writer` - what requests share: connections that read, and the one that writes
//! - `answers` - rendered answers, kept until the history changes
//! - `asked`, `body`, `bundle`, `page`, `post` - what a request says; `auth`, `host` - who may ask
//! - [`problem`] - what goes wrong, as RFC 9457 has it
//! - `root`, `health`, `performance`, `compatibility`, `integration`, `names`, `query`, `runs`, `series`, `trend`, `compare`, `docs` -
//!   the endpoints, a file a family
//! - `dashboard` - the pages for people

mod answers;
mod asked;
mod auth;
mod body;
mod bundle;
mod compare;
mod compatibility;
mod dashboard;
mod docs;
mod docs_page;
mod health;
mod host;
mod integration;
pub mod limits;
mod log;
mod names;
mod openapi;
mod page;
mod performance;
mod post;
pub mod problem;
mod query;
mod readers;
mod root;
mod router;
mod runs;
mod series;
mod series_index;
pub mod server;
pub mod settings;
mod signals;
mod state;
mod trend;
mod writer;

pub use server::{ServeError, Server};
pub use settings::{Settings, Token};
