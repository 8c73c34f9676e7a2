//! Change points: benchgate's and the peers', measured.
//!
//! For: how many change points are found where they are known, and how many where there are none. Not for: judging a
//! candidate (see the rules of the evaluator proper).
//! Invariant: only the evaluator sees what comes after a run; every method gets the same series.
//!
//! - [`methods`]: the methods by name
//! - [`asv`], [`otava`], [`pelt`]: the peers' methods
//! - [`score`]: precision, recall and F1 of found change points
//! - [`annotated`]: series whose change points people have marked
//! - [`steps`]: steps injected into real noise
//! - [`monitoring`]: what is told run by run
//! - [`summary`]: all of that of one file

pub(crate) mod annotated;
pub(crate) mod asv;
pub(crate) mod methods;
pub(crate) mod monitoring;
pub(crate) mod otava;
pub(crate) mod pelt;
pub(crate) mod score;
pub(crate) mod steps;
pub(crate) mod summary;
