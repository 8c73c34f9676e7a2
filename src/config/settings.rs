//! What one table or the command line sets for a series.
//!
//! For: laying one source of values over another. Not for: which source speaks of which series (see `policy`).
//! Invariant: what a source does not set is left as it was, with the origin that it had.

use crate::gate::{Action, Scale, SeriesPolicy, Setting};
use crate::model::Direction;

/// The values that one source sets.
#[derive(Clone, Debug, Default)]
pub(super) struct SeriesSettings {
    pub(super) is_judged: Option<Setting<bool>>,
    pub(super) better: Option<Setting<Option<Direction>>>,
    pub(super) minimum_effect: Option<Setting<f64>>,
    pub(super) target_effect: Option<Setting<f64>>,
    pub(super) scale: Option<Setting<Option<Scale>>>,
    pub(super) window: Option<Setting<usize>>,
    pub(super) missing: Option<Setting<Action>>,
    pub(super) new: Option<Setting<Action>>,
    pub(super) inconclusive: Option<Setting<Action>>,
    pub(super) drift: Option<Setting<Action>>,
}

impl SeriesSettings {
    /// Lays these values over a policy.
    pub(super) fn apply(&self, policy: &mut SeriesPolicy) {
        let Self { is_judged, better, minimum_effect, target_effect, scale, window, missing, new, inconclusive, drift } =
            self;
        lay(&mut policy.is_judged, is_judged.as_ref());
        lay(&mut policy.better, better.as_ref());
        lay(&mut policy.minimum_effect, minimum_effect.as_ref());
        lay(&mut policy.target_effect, target_effect.as_ref());
        lay(&mut policy.scale, scale.as_ref());
        lay(&mut policy.window, window.as_ref());
        lay(&mut policy.missing, missing.as_ref());
        lay(&mut policy.new, new.as_ref());
        lay(&mut policy.inconclusive, inconclusive.as_ref());
        lay(&mut policy.drift, drift.as_ref());
    }

    /// Whether nothing is set.
    pub(super) fn is_empty(&self) -> bool {
        let Self { is_judged, better, minimum_effect, target_effect, scale, window, missing, new, inconclusive, drift } =
            self;
        is_judged.is_none()
            && better.is_none()
            && minimum_effect.is_none()
            && target_effect.is_none()
            && scale.is_none()
            && window.is_none()
            && missing.is_none()
            && new.is_none()
            && inconclusive.is_none()
            && drift.is_none()
    }
}

/// Replaces a setting where another one is given.
pub(super) fn lay<T: Clone>(slot: &mut Setting<T>, value: Option<&Setting<T>>) {
    if let Some(value) = value {
        slot.clone_from(value);
    }
}
