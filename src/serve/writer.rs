//! The connection that writes, and its queue.
//!
//! For: making few transactions of many small writes, and answering each. Not for: checking who writes.
//! Invariant: an answer that says that something is stored is given after the commit that made it durable; what cannot be
//! taken fails alone; a full queue turns away instead of growing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::limits::{GROUP, WAITING_WRITES};
use super::problem::Problem;
use super::readers::Readers;
use crate::model::{Context, Record, ResultDraft, RunDraft};
use crate::store::import::ImportError;
use crate::store::{ImportOutcome, Packer, Source, Store, StoreError};

/// How often a write is tried that finds no memory.
const TRIES: usize = 3;

/// What is to be stored, wholly or not at all.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// What it is called as a source.
    pub(super) name: &'static str,
    /// The format that it is in.
    pub(super) format: String,
    /// BLAKE3 of what was sent, in hexadecimal.
    pub(super) content_hash: String,
    /// Its size.
    pub(super) bytes: u64,
    /// Its runs.
    pub(super) runs: Vec<SentRun>,
    /// Whether it is too large to share a transaction, or may add to a run that the history knows.
    pub(super) is_alone: bool,
}

/// A run and what belongs to it.
#[derive(Clone, Debug, Default)]
pub(super) struct SentRun {
    pub(super) run: RunDraft,
    pub(super) results: Vec<ResultDraft>,
    pub(super) records: Vec<Record>,
}

struct Job {
    sent: Sent,
    answer: oneshot::Sender<Result<ImportOutcome, Problem>>,
}

/// The way to the thread that writes.
#[derive(Clone, Debug)]
pub(super) struct Writer(SyncSender<Job>);

impl Writer {
    /// Stores something.
    ///
    /// # Errors
    /// Where the queue is full, and what the store refuses.
    pub(super) async fn store(&self, sent: Sent) -> Result<ImportOutcome, Problem> {
        let (answer, answered) = oneshot::channel();
        self.0.try_send(Job { sent, answer }).map_err(|error| match error {
            TrySendError::Full(_) => Problem::overloaded("too many writes wait already"),
            TrySendError::Disconnected(_) => Problem::overloaded("the server is ending"),
        })?;
        answered.await.unwrap_or_else(|_gone| Err(Problem::internal("DB001")))
    }
}

/// What the thread works with.
pub(super) struct Desk {
    pub(super) store: Store,
    /// What completes results.
    pub(super) context: Context,
    pub(super) generation: Arc<AtomicU64>,
    /// What makes room when there is no memory.
    pub(super) queries: Arc<Readers>,
    pub(super) now: fn() -> Timestamp,
}

/// Starts the thread. It ends when every [`Writer`] is gone and everything in the queue is written, and closes the history.
pub(super) fn start(desk: Desk) -> (Writer, JoinHandle<Result<(), StoreError>>) {
    let (queue, jobs) = sync_channel(WAITING_WRITES);
    let thread = std::thread::spawn(move || {
        desk.work(&jobs);
        desk.store.close()
    });
    (Writer(queue), thread)
}

impl Desk {
    fn work(&self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut group = Vec::new();
            for job in std::iter::once(first).chain(jobs.try_iter()) {
                if job.sent.is_alone {
                    self.together(std::mem::take(&mut group));
                    self.alone(job);
                } else {
                    group.push(job);
                }
                if group.len() >= GROUP {
                    break;
                }
            }
            self.together(group);
        }
    }

    /// Writes small ones in one transaction.
    fn together(&self, jobs: Vec<Job>) {
        let mut written = Vec::new();
        let mut has_failed = false;
        for job in jobs {
            if has_failed {
                written.push((job, ImportOutcome::default()));
                continue;
            }
            match self.defer(&job.sent) {
                Ok(outcome) => written.push((job, outcome)),
                Err(error) if is_theirs(&error) => answer(job, Err(error.into())),
                Err(_) => {
                    has_failed = true;
                    written.push((job, ImportOutcome::default()));
                }
            }
        }
        if written.is_empty() {
            return;
        }
        if !has_failed && self.store.commit().is_ok() {
            self.generation.fetch_add(1, Ordering::AcqRel);
            written.into_iter().for_each(|(job, outcome)| answer(job, Ok(outcome)));
            return;
        }
        self.store.abandon();
        written.into_iter().for_each(|(job, _)| self.alone(job));
    }

    /// Writes one in a transaction of its own.
    fn alone(&self, job: Job) {
        let mut tried = 0;
        let stored = loop {
            tried += 1;
            let stored = self.defer(&job.sent).and_then(|outcome| {
                self.store.commit()?;
                Ok(outcome)
            });
            match stored {
                Err(ImportError::Store(error)) if tried < TRIES && is_without_memory(&error) => {
                    self.store.abandon();
                    self.queries.stop_all();
                }
                other => break other,
            }
        };
        match stored {
            Ok(outcome) => {
                self.generation.fetch_add(1, Ordering::AcqRel);
                answer(job, Ok(outcome));
            }
            Err(error) => {
                if !is_theirs(&error) {
                    self.store.abandon();
                }
                answer(job, Err(error.into()));
            }
        }
    }

    fn defer(&self, sent: &Sent) -> Result<ImportOutcome, ImportError> {
        let context = &self.context;
        let source = Source { file_name: sent.name, content_hash: &sent.content_hash, bytes: sent.bytes };
        let mut packer = Packer::new(context, &sent.content_hash);
        let mut import = self.store.begin_import(source, context, (self.now)())?;
        for SentRun { run, results, records } in &sent.runs {
            import.run(packer.run(run.clone())?)?;
            for result in results {
                packer.result(result.clone())?;
                if packer.is_full() {
                    import.results(packer.take())?;
                }
            }
            for record in records {
                packer.record(record.clone());
            }
            import.results(packer.take())?;
        }
        import.defer(&sent.format)
    }
}

/// Whoever asked may be gone; what was stored stays.
fn answer(job: Job, outcome: Result<ImportOutcome, Problem>) {
    let _ = job.answer.send(outcome);
}

/// Whether what was sent is at fault.
fn is_theirs(error: &ImportError) -> bool {
    match error {
        ImportError::Missing(_) => true,
        ImportError::Store(error) => {
            matches!(error, StoreError::Conflict { .. } | StoreError::Repeated { .. } | StoreError::OtherFacts { .. })
        }
    }
}

/// DuckDB tells its reasons in words only.
fn is_without_memory(error: &StoreError) -> bool {
    std::error::Error::source(error).is_some_and(|cause| cause.to_string().contains("Out of Memory"))
}
