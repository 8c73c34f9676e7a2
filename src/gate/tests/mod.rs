//! The gate's behaviour as a whole: what `judge` answers to histories and candidates.
//!
//! - `scene`: histories, candidates and policies for tests
//! - `verdicts`: every verdict, each reached by what should reach it
//! - `outcomes`: every outcome and the order of precedence
//! - `missing`: what vanished or failed
//! - `noise`: false alarms, power, shifts and spikes, with fixed seeds
//! - `reruns`: what confirms a suspect and what clears it
//! - `runner`: slow runners, changes of everything, drift, epochs
//! - `accepted`: waivers, acceptance of a whole run, and legs
//! - `explain`: the numbers behind a verdict
//! - `laws`: properties that hold for any input
//! - `hostile`: input at the edge of what is possible

mod accepted;
mod explain;
mod hostile;
mod laws;
mod missing;
mod noise;
mod outcomes;
mod rank;
mod reruns;
mod runner;
pub(in crate::gate) mod scene;
mod verdicts;
