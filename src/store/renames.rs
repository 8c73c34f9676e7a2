//! Series that have other names now.
//!
//! For: finding what was measured under a former name, and calling it by the present one. Not for: rows, which keep the name
//! under which they were measured.
//! Invariant: renames apply in the order in which they were decided; a series whose name nobody changed is left alone.

use std::collections::{BTreeMap, HashMap};

use duckdb::params;

use super::connection::Store;
use super::decisions::StandingDecision;
use super::error::StoreError;
use crate::model::{ConfigurationId, DecisionKind, Rename, SeriesId, SeriesKey, SeriesMeta, series_id};

/// The renames that hold, oldest first.
#[derive(Debug, Default)]
pub(super) struct Renames(Vec<Rename>);

impl Renames {
    pub(super) fn of(decisions: &[StandingDecision]) -> Self {
        let holding = decisions.iter().filter(|one| one.holds);
        Self(
            holding
                .filter_map(|one| match &one.decision.kind {
                    DecisionKind::Rename(rename) => Some(rename.clone()),
                    _other => None,
                })
                .collect(),
        )
    }

    /// Gives a series its present name; whether that is another one.
    pub(super) fn apply(&self, key: &mut SeriesKey) -> bool {
        self.0.iter().filter(|rename| rename.apply(key)).count() > 0
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Series that were measured under another name than their present one.
#[derive(Debug, Default)]
pub(super) struct FormerNames {
    /// By the id of the present name.
    by_present: HashMap<SeriesId, Vec<(ConfigurationId, String)>>,
    /// The id of the present name, by that of the former one.
    present: HashMap<SeriesId, SeriesId>,
}

impl FormerNames {
    /// Configuration and metric of what was measured under former names of a series.
    pub(super) fn of(&self, series: &SeriesKey) -> &[(ConfigurationId, String)] {
        if self.by_present.is_empty() { &[] } else { self.by_present.get(&series.id()).map_or(&[], Vec::as_slice) }
    }

    /// The id of a series by its present name.
    pub(super) fn present(&self, configuration: ConfigurationId, metric: &str) -> SeriesId {
        let id = series_id(configuration, metric);
        self.present.get(&id).copied().unwrap_or(id)
    }
}

impl Store {
    /// Every series that any run measured, by its present name.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::BadRow`] where a row cannot have been written by benchgate.
    pub fn all_series(&self) -> Result<Vec<SeriesMeta>, StoreError> {
        let renames = Renames::of(&self.decisions()?);
        let stored = self.stored_series()?;
        if renames.is_empty() {
            return Ok(stored);
        }
        let mut named = BTreeMap::new();
        for mut one in stored {
            let is_renamed = renames.apply(&mut one.key);
            let key = (one.key.configuration.id(), one.key.metric.clone());
            // What was measured under the present name knows the present unit.
            if is_renamed {
                named.entry(key).or_insert(one);
            } else {
                named.insert(key, one);
            }
        }
        Ok(named.into_values().collect())
    }

    /// The decisions that hold and speak of a series, by its present name.
    ///
    /// # Errors
    /// As [`Self::all_series`].
    pub fn decisions_by_series(&self) -> Result<HashMap<SeriesId, Vec<StandingDecision>>, StoreError> {
        let decisions = self.decisions()?;
        let names = self.former_names(&Renames::of(&decisions))?;
        let mut by_series: HashMap<SeriesId, Vec<StandingDecision>> = HashMap::new();
        for one in decisions.into_iter().filter(|one| one.holds) {
            if let DecisionKind::Accept { configuration, metric, .. } = &one.decision.kind {
                by_series.entry(names.present(*configuration, metric)).or_default().push(one);
            }
        }
        Ok(by_series)
    }

    /// How many runs measured both series of any of the pairs.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn runs_with_both(&self, pairs: &[(&SeriesKey, &SeriesKey)]) -> Result<u64, StoreError> {
        const BOTH: &str = "
            SELECT count(DISTINCT o.run_id) FROM measurements o JOIN measurements n USING (run_id)
            WHERE o.configuration_id = ? AND o.metric = ? AND n.configuration_id = ? AND n.metric = ?";
        let read = || -> Result<u64, duckdb::Error> {
            let mut statement = self.connection.prepare(BOTH)?;
            pairs.iter().try_fold(0, |most, (old, new)| {
                let values = params![old.configuration.id().0, old.metric, new.configuration.id().0, new.metric];
                let count: u64 = statement.query_row(values, |row| row.get(0))?;
                Ok(most.max(count))
            })
        };
        read().map_err(StoreError::database("look for runs that measured both"))
    }

    pub(super) fn former_names(&self, renames: &Renames) -> Result<FormerNames, StoreError> {
        let mut names = FormerNames::default();
        if renames.is_empty() {
            return Ok(names);
        }
        for one in self.stored_series()? {
            let mut key = one.key.clone();
            if renames.apply(&mut key) {
                names.present.insert(one.key.id(), key.id());
                let former = (one.key.configuration.id(), one.key.metric);
                names.by_present.entry(key.id()).or_default().push(former);
            }
        }
        Ok(names)
    }
}
