//! Which series an id means.
//!
//! For: finding a series by the id that lists show. Not for: its values.
//! Invariant: it is read anew when the history has changed, and only where an id is not found in what is known: a series
//! never goes while the server runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::problem::Problem;
use crate::model::{ConfigurationId, SeriesId};
use crate::store::Store;

/// What is known of ids.
#[derive(Clone, Debug, Default)]
pub(super) struct SeriesIndex(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    generation: Option<u64>,
    series: BTreeMap<SeriesId, (ConfigurationId, String)>,
}

impl SeriesIndex {
    /// The configuration and metric of a series.
    ///
    /// # Errors
    /// What reading gives.
    pub(super) fn find(
        &self,
        id: SeriesId,
        generation: u64,
        store: &Store,
    ) -> Result<Option<(ConfigurationId, String)>, Problem> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.series.contains_key(&id) && known.generation != Some(generation) {
            *known = Known { generation: Some(generation), series: store.series_ids()? };
        }
        Ok(known.series.get(&id).cloned())
    }
}
