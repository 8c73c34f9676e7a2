//! Mappings: documents read by what a table says of them.
//!
//! For: formats that need no code, the old system's ([`super::legacy`]) and a user's own. Not for: formats with rules
//! of their own, each of which is an adapter.
//! Invariant: one reader for all of them, so that what holds of one shape holds of every shape.
//!
//! - [`shape`]: what a mapping says
//! - [`explain`]: what a mapping makes of a document
//! - [`mappings`]: a project's own
//! - [`path`]: where in a document
//! - [`condition`]: what holds there
//! - [`source`]: what is taken from there
//! - [`table`]: CSV as a document
//! - [`propose`](mod@propose): a mapping for a document that has none
//! - [`read`](mod@read): a document
//! - [`results`], [`records`]: its results, and what it holds beside them
//! - [`simulation`]: marks of simulation

pub(super) mod condition;
pub(super) mod explain;
pub(super) mod mappings;
pub(super) mod path;
pub(super) mod propose;
pub(super) mod read;
pub(super) mod records;
pub(super) mod results;
pub(super) mod shape;
pub(super) mod simulation;
pub(super) mod source;
pub(super) mod table;
