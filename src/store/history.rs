//! Reading what a candidate is compared with.
//!
//! For: the baseline runs of the candidate's series, as plain values for the gate. Not for: thresholds or verdicts.
//! Invariant: runs of pull requests and merge queues are never part of a baseline; real and simulated results never
//! meet, since a configuration is one or the other; the candidate's own run is left out; what a later attempt replaced
//! is no point.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use duckdb::arrow::array::{BooleanArray, StringArray, UInt64Array};
use duckdb::arrow::datatypes::{DataType, Field, Schema};
use duckdb::arrow::record_batch::RecordBatch;
use duckdb::{Row, params};
use jiff::Timestamp;

use super::connection::Store;
use super::decisions;
use super::error::StoreError;
use super::renames::{FormerNames, Renames};
use crate::model::{
    ATTEMPTS, Configuration, ConfigurationId, Direction, Hardware, History, HistoryRun, Machine, Point, REPLACE,
    RERUNS_OF_ATTEMPT, RecentRun, RunId, SeriesHistory, SeriesKey, SeriesMeta, Unit,
};

/// Which runs are a baseline.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BaselineFilter {
    /// Only runs of this branch; `None` takes every branch.
    pub branch: Option<String>,
    /// Only runs before this time; `None` takes all.
    pub before: Option<Timestamp>,
    /// Names and commits of the candidate's own runs: every attempt of them is left out, or a re-run would be judged
    /// against the attempt that failed.
    pub own_runs: Vec<(String, Option<String>)>,
    /// Commits that the candidate does not build on, such as those merged into its base branch after it left it.
    pub excluded_commits: Vec<String>,
    /// At most this many of the newest runs of each series.
    pub window: usize,
}

/// The newest runs whose series tell what a complete run measures.
const RECENT_RUNS: usize = 5;

/// Baseline runs, newest last, numbered; runs of one time in the order in which they were imported.
const BASELINE: &str = "
    CREATE OR REPLACE TEMP TABLE baseline AS
    SELECT run_id, started_at, git_commit, git_branch, metadata ->> '$.artifact_hash' AS artifact_hash, run_key,
        CASE WHEN attempt > $3 THEN attempt // $3 ELSE attempt END AS ci_attempt,
        coalesce(metadata ->> $4 = $5, FALSE) AS is_replacing,
        metadata ->> '$.leg' AS leg,
        row_number() OVER (ORDER BY started_at, imported) - 1 AS ordinal
    FROM test_runs t JOIN (SELECT run_id, min(rowid) AS imported FROM imports GROUP BY run_id) USING (run_id)
    WHERE coalesce(ci_trigger NOT IN ('pull_request', 'pull_request_target', 'merge_group', 'issue_comment',
            'issues', 'pull_request_review', 'pull_request_review_comment', 'workflow_run'), TRUE)
        AND ($1 IS NULL OR git_branch = $1)
        AND started_at IS NOT NULL
        AND ($2::BIGINT IS NULL OR started_at < make_timestamp($2::BIGINT))
        AND NOT EXISTS (FROM excluded_commits e WHERE e.git_commit = t.git_commit)
        AND NOT EXISTS (FROM own_runs o WHERE o.run_key = t.run_key AND o.git_commit IS NOT DISTINCT FROM t.git_commit)";

/// Pairs of a run and a later attempt of CI that takes its place, in what both measured.
const REPLACED: &str = "
    CREATE OR REPLACE TEMP TABLE replaced AS
    SELECT earlier.run_id, later.run_id AS by_run
    FROM baseline earlier JOIN baseline later
        ON later.run_key = earlier.run_key AND later.git_commit IS NOT DISTINCT FROM earlier.git_commit
    WHERE later.is_replacing AND later.ci_attempt > earlier.ci_attempt";

/// The value that is judged is the median of the samples; the spread within a run is that of their logarithms.
const POINTS: &str = "
    WITH numbered AS (
        SELECT w.position, b.ordinal, w.is_former, f.unit, f.higher_is_better, f.value, f.samples,
            row_number() OVER (PARTITION BY w.position ORDER BY b.ordinal DESC) AS age
        FROM measurements f
        JOIN wanted w ON w.configuration_id = f.configuration_id AND w.metric = f.metric
        JOIN baseline b ON b.run_id = f.run_id
        WHERE w.position >= $2 AND w.position < $3 AND NOT EXISTS (
            FROM replaced r JOIN measurements g ON g.run_id = r.by_run
            WHERE r.run_id = f.run_id AND g.configuration_id = f.configuration_id AND g.metric = f.metric)
    )
    SELECT position, ordinal, unit, higher_is_better,
        coalesce(list_aggregate(samples, 'median'), value),
        coalesce(len(samples), 0)::UINTEGER,
        CASE WHEN len(samples) > 1 AND list_aggregate(samples, 'min') > 0
            THEN list_aggregate(list_transform(samples, lambda s: ln(s)), 'stddev_samp') END
    FROM numbered
    WHERE age <= $1
    ORDER BY position, ordinal, is_former";

/// How many points each wanted series has.
const POINT_COUNTS: &str = "
    SELECT w.position, least(count(*), $1)
    FROM measurements f
    JOIN wanted w ON w.configuration_id = f.configuration_id AND w.metric = f.metric
    GROUP BY w.position
    ORDER BY w.position";

/// Points that are read at once: DuckDB sorts them with their samples, which takes memory in proportion, up to all that a
/// reader may take. Reading more at once takes no less time.
const POINTS_AT_ONCE: u64 = 60_000;

/// The legs of the newest runs.
const LEGS: &str = "
    SELECT leg, ordinal FROM baseline
    WHERE leg IS NOT NULL AND ordinal IN (SELECT unnest(CAST(? AS BIGINT[])))";

/// What the newest runs measured beside the wanted series. The runs are few, so they are written into the statement.
const OTHER_SERIES: &str = "
    SELECT f.metric, f.unit, f.higher_is_better, c.configuration_id, m.model_name, h.hardware_type, h.device_name,
        h.cpu_model, h.compute_units, h.memory_gb, h.gpu, c.test_case, c.batch_size, c.precision,
        CAST(c.parameters AS VARCHAR), c.is_simulated, b.ordinal
    FROM measurements f
    JOIN baseline b ON b.run_id = f.run_id
    JOIN configurations c ON c.configuration_id = f.configuration_id
    JOIN models m ON m.model_id = c.model_id
    JOIN hardware_platforms h ON h.hardware_id = c.hardware_id
    WHERE b.ordinal IN (SELECT unnest(CAST(? AS BIGINT[])))
        AND c.hardware_id IN (SELECT hardware_id FROM configurations JOIN wanted USING (configuration_id))
        AND NOT EXISTS (FROM wanted w WHERE w.configuration_id = f.configuration_id AND w.metric = f.metric)";

impl Store {
    /// The history of some series: their points, and the newest runs that measured any of them.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::BadRow`] where a row cannot have been written by benchgate.
    pub fn history(&self, wanted: &[SeriesMeta], filter: &BaselineFilter) -> Result<History, StoreError> {
        let decisions = self.decisions()?;
        let renames = Renames::of(&decisions);
        let names = self.former_names(&renames)?;
        self.stage_wanted(wanted, &names).map_err(StoreError::database("stage the candidate's series"))?;
        let runs = self.baseline_runs(filter).map_err(StoreError::database("read the baseline runs"))?;
        let mut series = self.points(wanted, filter.window)?;
        decisions::begin_epochs(&decisions, &names, &mut series, &runs);
        let mut recent = self.recent_runs(&runs, &series)?;
        for one in recent.iter_mut().flat_map(|run| &mut run.series) {
            renames.apply(&mut one.key);
        }
        Ok(History { runs, series, recent, pins: decisions::pins(&decisions) })
    }

    /// Temporary tables live in memory, so this works on a store that is open for reading.
    fn stage_wanted(&self, wanted: &[SeriesMeta], names: &FormerNames) -> Result<(), duckdb::Error> {
        self.connection.execute_batch(
            "CREATE OR REPLACE TEMP TABLE wanted
                (position UBIGINT, configuration_id UBIGINT, metric VARCHAR, is_former BOOLEAN)",
        )?;
        let rows: Vec<(u64, u64, &str, bool)> = (0..)
            .zip(wanted)
            .flat_map(|(position, SeriesMeta { key, .. })| {
                let present = (position, key.configuration.id().0, key.metric.as_str(), false);
                let former = names.of(key).iter().map(move |(id, metric)| (position, id.0, metric.as_str(), true));
                std::iter::once(present).chain(former)
            })
            .collect();
        let schema = Schema::new(vec![
            Field::new("position", DataType::UInt64, false),
            Field::new("configuration_id", DataType::UInt64, false),
            Field::new("metric", DataType::Utf8, false),
            Field::new("is_former", DataType::Boolean, false),
        ]);
        let batch = RecordBatch::try_new(
            Arc::new(schema),
            vec![
                Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.0))),
                Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.1))),
                Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.2))),
                Arc::new(rows.iter().map(|row| Some(row.3)).collect::<BooleanArray>()),
            ],
        )
        .expect("internal error: the columns have equal lengths");
        // Named in full: an appender takes the history itself, which is open for reading, for the place of the table.
        let mut appender = self.connection.appender_to_catalog_and_db("wanted", "temp", "main")?;
        appender.append_record_batch(batch)?;
        appender.flush()
    }

    /// A temporary table with one column of texts.
    fn stage_texts(&self, table: &str, column: &str, texts: &[String]) -> Result<(), duckdb::Error> {
        self.connection.execute_batch(&format!("CREATE OR REPLACE TEMP TABLE {table} ({column} VARCHAR)"))?;
        for text in texts {
            self.connection.execute(&format!("INSERT INTO {table} VALUES (?)"), params![text])?;
        }
        Ok(())
    }

    fn baseline_runs(&self, filter: &BaselineFilter) -> Result<Vec<HistoryRun>, duckdb::Error> {
        self.connection.execute_batch("CREATE OR REPLACE TEMP TABLE own_runs (run_key VARCHAR, git_commit VARCHAR)")?;
        for (key, commit) in &filter.own_runs {
            self.connection.execute("INSERT INTO own_runs VALUES (?, ?)", params![key, commit])?;
        }
        self.stage_texts("excluded_commits", "git_commit", &filter.excluded_commits)?;
        let before = filter.before.map(|time| time.as_microsecond());
        self.connection
            .execute(BASELINE, params![filter.branch, before, RERUNS_OF_ATTEMPT, format!("$.{ATTEMPTS}"), REPLACE])?;
        self.connection.execute_batch(REPLACED)?;
        let mut statement = self.connection.prepare(
            "SELECT run_id, epoch_us(started_at), git_commit, git_branch, artifact_hash FROM baseline ORDER BY ordinal",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(HistoryRun {
                id: RunId(row.get(0)?),
                // Every stored time came from a `Timestamp`; one that did not is clamped to the epoch's order.
                started_at: Timestamp::from_microsecond(row.get(1)?).unwrap_or(Timestamp::MIN),
                commit: row.get(2)?,
                branch: row.get(3)?,
                artifact_hash: row.get(4)?,
            })
        })?;
        rows.collect()
    }

    fn points(&self, wanted: &[SeriesMeta], window: usize) -> Result<Vec<SeriesHistory>, StoreError> {
        let mut series: Vec<SeriesHistory> = Vec::new();
        for part in self
            .parts(wanted.len(), window, POINTS_AT_ONCE)
            .map_err(StoreError::database("count the history's points"))?
        {
            self.points_of(wanted, &part, window, &mut series)?;
        }
        Ok(series)
    }

    /// Ranges of the wanted series whose points are read together: as many as have `at_once` points, or one.
    pub(super) fn parts(&self, wanted: usize, window: usize, at_once: u64) -> Result<Vec<Range<usize>>, duckdb::Error> {
        if wanted.saturating_mul(window) as u64 <= at_once {
            return Ok(std::iter::once(0..wanted).collect());
        }
        let mut statement = self.connection.prepare(POINT_COUNTS)?;
        let counts = statement.query_map(params![window as u64], |row| Ok((index(row, 0)?, row.get::<_, u64>(1)?)))?;
        let (mut parts, mut start, mut points) = (Vec::new(), 0, 0);
        for count in counts {
            let (position, count) = count?;
            if points > 0 && points + count > at_once {
                parts.push(start..position);
                (start, points) = (position, 0);
            }
            points += count;
        }
        parts.push(start..wanted);
        Ok(parts)
    }

    fn points_of(
        &self,
        wanted: &[SeriesMeta],
        part: &Range<usize>,
        window: usize,
        series: &mut Vec<SeriesHistory>,
    ) -> Result<(), StoreError> {
        let read = || -> Result<Vec<(usize, SeriesRow)>, duckdb::Error> {
            let mut statement = self.connection.prepare(POINTS)?;
            let limits = params![window as u64, part.start as u64, part.end as u64];
            let rows = statement.query_map(limits, |row| Ok((index(row, 0)?, SeriesRow::read(row)?)))?;
            rows.collect()
        };
        let rows = read().map_err(StoreError::database("read the history"))?;
        let mut last = None;
        for (position, row) in rows {
            if last != Some(position) {
                let key = wanted[position].key.clone();
                let meta = SeriesMeta { key, unit: row.unit()?, better: row.better() };
                series.push(SeriesHistory { meta, points: Vec::new(), epochs: Vec::new() });
                last = Some(position);
            }
            let current = series.last_mut().expect("internal error: a series was just pushed");
            // The newest point names the unit; the gate refuses to compare units, it never converts.
            let (unit, better) = (row.unit()?, row.better());
            if unit != current.meta.unit {
                current.points.clear();
            }
            (current.meta.unit, current.meta.better) = (unit, better);
            // What a run measured under both names counts once, by the present one.
            if current.points.last().is_none_or(|last| last.run != row.point.run) {
                current.points.push(row.point);
            }
        }
        Ok(())
    }

    /// The newest runs that measured any of the series, with what else was measured at their commits on the hardware
    /// that the candidate used. The jobs of one commit count as one: each may hold another part of the suite.
    fn recent_runs(&self, runs: &[HistoryRun], series: &[SeriesHistory]) -> Result<Vec<RecentRun>, StoreError> {
        let measured: BTreeSet<usize> =
            series.iter().flat_map(|series| &series.points).map(|point| point.run).collect();
        let mut commits = HashSet::new();
        let mut recent: Vec<RecentRun> = measured
            .into_iter()
            .rev()
            .filter(|run| runs[*run].commit.as_ref().is_none_or(|commit| commits.insert(commit)))
            .take(RECENT_RUNS)
            .map(|run| RecentRun { run, series: Vec::new(), legs: BTreeSet::new() })
            .collect();
        let is_of = |recent: &RecentRun, run: usize| {
            recent.run == run || (runs[run].commit.is_some() && runs[run].commit == runs[recent.run].commit)
        };
        let ordinals: Vec<String> = (0..runs.len())
            .filter(|run| recent.iter().any(|recent| is_of(recent, *run)))
            .map(|run| run.to_string())
            .collect();
        let refused = || StoreError::database("read what the newest runs measured");
        let ordinals = format!("[{}]", ordinals.join(","));
        let mut statement = self.connection.prepare(LEGS).map_err(refused())?;
        let mut rows = statement.query(params![ordinals]).map_err(refused())?;
        while let Some(row) = rows.next().map_err(refused())? {
            let run = index(row, 1).map_err(refused())?;
            if let Some(recent) = recent.iter_mut().find(|recent| is_of(recent, run)) {
                recent.legs.insert(row.get(0).map_err(refused())?);
            }
        }
        let mut statement = self.connection.prepare(OTHER_SERIES).map_err(refused())?;
        let mut rows = statement.query(params![ordinals]).map_err(refused())?;
        let mut configurations = HashMap::new();
        while let Some(row) = rows.next().map_err(refused())? {
            let run = index(row, 16).map_err(refused())?;
            let series = other_series(row, &mut configurations)?;
            if let Some(recent) = recent.iter_mut().find(|recent| is_of(recent, run)) {
                recent.series.push(series);
            }
        }
        Ok(recent)
    }
}

/// One row of [`OTHER_SERIES`], or of another statement with the same columns up to `is_simulated`.
pub(super) fn other_series(
    row: &Row<'_>,
    configurations: &mut HashMap<ConfigurationId, Configuration>,
) -> Result<SeriesMeta, StoreError> {
    let refused = || StoreError::database("read a series");
    let configuration = other_configuration(row, configurations)?;
    let unit: String = row.get(1).map_err(refused())?;
    let higher_is_better: Option<bool> = row.get(2).map_err(refused())?;
    Ok(SeriesMeta {
        key: SeriesKey { configuration, metric: row.get(0).map_err(refused())? },
        unit: stored_unit(&unit)?,
        better: higher_is_better.map(direction),
    })
}

/// The configuration of such a row; each is read once.
pub(super) fn other_configuration(
    row: &Row<'_>,
    configurations: &mut HashMap<ConfigurationId, Configuration>,
) -> Result<Configuration, StoreError> {
    let refused = || StoreError::database("read a configuration");
    let id = ConfigurationId(row.get(3).map_err(refused())?);
    match configurations.entry(id) {
        Entry::Occupied(known) => Ok(known.get().clone()),
        Entry::Vacant(unknown) => {
            let read = read_configuration(row).map_err(refused())??;
            if read.id() != id {
                return Err(StoreError::BadRow { message: format!("configuration {id} is not `{read}`") });
            }
            Ok(unknown.insert(read).clone())
        }
    }
}

/// One row of [`POINTS`].
struct SeriesRow {
    unit: String,
    higher_is_better: Option<bool>,
    point: Point,
}

impl SeriesRow {
    fn read(row: &Row<'_>) -> Result<Self, duckdb::Error> {
        Ok(Self {
            unit: row.get(2)?,
            higher_is_better: row.get(3)?,
            point: Point { run: index(row, 1)?, value: row.get(4)?, samples: row.get(5)?, within_sd: row.get(6)? },
        })
    }

    fn unit(&self) -> Result<Unit, StoreError> {
        stored_unit(&self.unit)
    }

    fn better(&self) -> Option<Direction> {
        self.higher_is_better.map(direction)
    }
}

/// What is stored is canonical; a unit that is not was written by something else.
fn stored_unit(text: &str) -> Result<Unit, StoreError> {
    let (unit, _) = Unit::canonical(text);
    if unit.as_str() == text {
        Ok(unit)
    } else {
        Err(StoreError::BadRow { message: format!("unit `{text}` is not canonical") })
    }
}

fn direction(higher_is_better: bool) -> Direction {
    if higher_is_better { Direction::HigherIsBetter } else { Direction::LowerIsBetter }
}

fn read_configuration(row: &Row<'_>) -> Result<Result<Configuration, StoreError>, duckdb::Error> {
    let parameters: String = row.get(14)?;
    let Ok(parameters) = serde_json::from_str::<BTreeMap<String, String>>(&parameters) else {
        return Ok(Err(StoreError::BadRow { message: "parameters are not an object of texts".to_owned() }));
    };
    Ok(Ok(Configuration {
        model: row.get(4)?,
        hardware: read_hardware(row, 5)?,
        test_case: row.get(11)?,
        batch_size: row.get(12)?,
        precision: row.get(13)?,
        parameters,
        is_simulated: row.get(15)?,
    }))
}

/// Type, device, CPU model, compute units, memory and GPU, in columns from `first` on.
pub(super) fn read_hardware(row: &Row<'_>, first: usize) -> Result<Hardware, duckdb::Error> {
    let memory: Option<f64> = row.get(first + 4)?;
    let machine = Machine {
        cpu_model: row.get(first + 2)?,
        cpu_cores: row.get::<_, Option<i32>>(first + 3)?.and_then(|cores| u32::try_from(cores).ok()),
        memory_gb: memory.map(whole_gigabytes),
        gpu: row.get(first + 5)?,
    };
    Ok(Hardware { kind: row.get(first)?, device: row.get(first + 1)?, machine })
}

/// The column is a DOUBLE for the former system's queries; what is written into it is whole.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of u32")]
fn whole_gigabytes(memory: f64) -> u32 {
    memory.round().clamp(0.0, f64::from(u32::MAX)) as u32
}

fn index(row: &Row<'_>, column: usize) -> Result<usize, duckdb::Error> {
    let value: i64 = row.get(column)?;
    usize::try_from(value).map_err(|_out_of_range| duckdb::Error::IntegralValueOutOfRange(column, i128::from(value)))
}
