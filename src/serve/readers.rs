//! Connections that read.
//!
//! For: handing one of a few connections to a request, on a thread that may block. Not for: writing.
//! Invariant: reading ends by its answer, its time, or when whoever asked is gone; more than a bounded number of requests
//! never wait.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::problem::Problem;
use crate::store::{Interrupt, Store, StoreError};

/// Some connections to the history.
#[derive(Debug)]
pub(super) struct Readers {
    idle: Mutex<Vec<Store>>,
    free: Semaphore,
    interrupts: Vec<Interrupt>,
    waiting: AtomicUsize,
    most_waiting: usize,
    time: Duration,
}

impl Readers {
    /// So many connections beside one that is open. Each reads for at most `time`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub(super) fn new(
        store: &Store,
        count: usize,
        most_waiting: usize,
        time: Duration,
    ) -> Result<Arc<Self>, StoreError> {
        let idle = (0..count).map(|_| store.reader()).collect::<Result<Vec<_>, _>>()?;
        let interrupts = idle.iter().map(Store::interrupt).collect();
        let (idle, free, waiting) = (Mutex::new(idle), Semaphore::new(count), AtomicUsize::new(0));
        Ok(Arc::new(Self { idle, free, interrupts, waiting, most_waiting, time }))
    }

    /// Reads.
    ///
    /// # Errors
    /// What reading gives, and where too many wait or the time is over.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Store) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let place = Place::take(&self.waiting, self.most_waiting)?;
        let readers = Arc::clone(self);
        let permit = self.free.acquire().await.map_err(|_closed| Problem::unavailable())?;
        drop(place);
        permit.forget();
        let lent = Lent { store: Some(readers.take()), readers };
        let mut stopper = Stopper(lent.store.as_ref().map(Store::interrupt));
        let reading =
            tokio::task::spawn_blocking(move || lent.store.as_ref().map_or_else(|| Err(Problem::unavailable()), work));
        let answer = tokio::time::timeout(self.time, reading).await;
        let Ok(answer) = answer else {
            return Err(Problem::overloaded("reading took too long"));
        };
        stopper.0 = None;
        answer.unwrap_or_else(|error| {
            tracing::error!(%error, "reading failed");
            Err(Problem::internal("DB001"))
        })
    }

    /// Ends what the connections are doing, to make room.
    pub(super) fn stop_all(&self) {
        self.interrupts.iter().for_each(Interrupt::stop);
    }

    fn take(&self) -> Store {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop().expect("internal error: a permit is a connection")
    }

    fn give(&self, store: Store) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(store);
        self.free.add_permits(1);
    }
}

/// A connection that comes back when the thread is done with it, whoever still waits and however reading ended.
struct Lent {
    store: Option<Store>,
    readers: Arc<Readers>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(store) = self.store.take() {
            self.readers.give(store);
        }
    }
}

/// Stops a statement that nobody waits for any more.
struct Stopper(Option<Interrupt>);

impl Drop for Stopper {
    fn drop(&mut self) {
        if let Some(interrupt) = &self.0 {
            interrupt.stop();
        }
    }
}

/// A place among those who wait.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, most: usize) -> Result<Self, Problem> {
        let place = Self(waiting);
        if waiting.fetch_add(1, Ordering::Relaxed) >= most {
            return Err(Problem::overloaded("too many requests wait already"));
        }
        Ok(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::store::Mode;

    #[test]
    fn a_connection_comes_back_from_reading_that_panics() {
        let folder = tempfile::tempdir().unwrap();
        let (path, now) = (folder.path().join("h.duckdb"), Timestamp::UNIX_EPOCH);
        Store::open(&path, Mode::Create, now).unwrap().close().unwrap();
        let store = Store::open_shared(&path, Mode::Read, now).unwrap();
        let readers = Readers::new(&store, 1, 1, Duration::from_secs(60)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let read = |is_bad: bool| {
            let ping = move |store: &Store| {
                assert!(!is_bad, "on purpose");
                store.ping().map_err(Problem::from)
            };
            runtime.block_on(readers.read(ping)).is_ok()
        };
        assert_eq!([read(true), read(false), read(false)], [false, true, true]);
    }
}
