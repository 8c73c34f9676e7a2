//! Pure statistics on `f64`, each function with its source.
//!
//! For: the arithmetic of the gate, of trends and of predictions. Not for: units, metrics, thresholds and words.
//! Invariant: a function depends on its arguments only; finite input gives finite output or `None`, never a panic.
//!
//! - [`quantile`](mod@quantile): quantiles and medians
//! - [`noise`]: robust noise of a series from its first differences
//! - [`spikes`]: isolated spikes clipped to a rolling median
//! - [`partition`]: optimal partitioning into segments of constant mean
//! - [`autocorrelation`]: correlation of neighbours
//! - [`levels`]: the level segments of a benchmark history, from the four above
//! - [`merge`]: the level segments that matter, their neighbours joined
//! - [`two_samples`]: Mann-Whitney and Welch tests
//! - [`median_interval`](mod@median_interval): how well a median is known
//! - [`shift`]: the size of a shift between two samples, with an interval
//! - [`pairs`]: Hodges-Lehmann and Wilcoxon for paired measurements
//! - [`spread`]: exponentially weighted spread
//! - [`tail`]: tail of Student's t distribution
//! - [`correction`]: Benjamini-Hochberg correction for many tests

pub mod autocorrelation;
pub mod correction;
pub mod levels;
pub mod median_interval;
pub mod merge;
pub mod noise;
pub mod pairs;
pub mod partition;
pub mod quantile;
pub mod shift;
pub mod spikes;
pub mod spread;
pub mod tail;
pub mod two_samples;

pub use autocorrelation::lag_one_autocorrelation;
pub use correction::benjamini_hochberg;
pub use levels::{MINIMUM_SEGMENT, level_segments};
pub use median_interval::median_interval;
pub use merge::{difference_probability, distinct_segments, distinct_segments_at, is_distinct};
pub use noise::{MEDIAN_TO_SD, NO_NOISE, first_difference_noise};
pub use pairs::{hodges_lehmann, wilcoxon_upper_tail};
pub use partition::optimal_partition;
pub use quantile::{median, quantile};
pub use shift::{Shift, hodges_lehmann_shift};
pub use spikes::clip_spikes;
pub use spread::{log_standard_deviation, weighted_root_mean_square};
pub use tail::student_t_upper_tail;
pub use two_samples::{mann_whitney, welch};
