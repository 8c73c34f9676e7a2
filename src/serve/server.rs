//! Listening, and ending in order.
//!
//! For: opening the history, answering until somebody says that it is enough, and closing it. Not for: what is answered.
//! Invariant: the history is open before anybody is listened to; ending waits for requests that are under way, then for
//! every write in the queue.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread::{JoinHandle, available_parallelism};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

use super::answers::{Answers, Rendered};
use super::dashboard::Dashboard;
use super::docs_page::docs_page;
use super::limits::{
    CONNECTIONS, GRACE, HEAD_BYTES, HEAD_TIME, HEADERS, QUERIES, READ_TIME, WAITING_QUERIES, WAITING_READERS,
};
use super::readers::Readers;
use super::router::{endpoints, router};
use super::series_index::SeriesIndex;
use super::settings::Settings;
use super::signals::Signals;
use super::state::{AppState, Shared};
use super::writer::{self, Desk};
use crate::model::Context;
use crate::store::{Mode, Store, StoreError};

/// What keeps a server from serving.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The history cannot be opened, or not be closed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address cannot be listened to.
    #[error("cannot listen to `{address}`")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's words.
        #[source]
        source: io::Error,
    },
    /// The system gives no threads, or no signals.
    #[error("cannot start")]
    System(#[from] io::Error),
}

/// A server that is about to answer.
#[derive(Debug)]
pub struct Server {
    runtime: Runtime,
    listener: StdListener,
    address: SocketAddr,
    router: Router,
    state: AppState,
    signals: Signals,
    writing: Option<JoinHandle<Result<(), StoreError>>>,
    /// Keeps a history that is only read.
    _reading: Option<Store>,
}

impl Server {
    /// Opens the history, for writing where there is a token, and takes the address.
    ///
    /// # Errors
    /// See [`ServeError`].
    pub fn open(settings: Settings) -> Result<Self, ServeError> {
        let Settings { db, address, token, origins, config, query_time, now } = settings;
        let mode = if token.is_some() { Mode::Write } else { Mode::Read };
        let store = Store::open_shared(&db, mode, now())?;
        let threads = available_parallelism().map_or(2, usize::from);
        let readers = Readers::new(&store, threads.clamp(2, 4), WAITING_READERS, READ_TIME)?;
        // The statement's own limit comes first, and says so.
        let queries = Readers::new(&store, QUERIES, WAITING_QUERIES, query_time + Duration::from_secs(5))?;
        let context = Context { aliases: config.aliases().clone(), ..Context::default() };
        let generation = Arc::new(AtomicU64::new(0));
        let (writer, writing, reading) = if mode == Mode::Read {
            (None, None, Some(store))
        } else {
            let (generation, queries) = (Arc::clone(&generation), Arc::clone(&queries));
            let desk = Desk { store, context: context.clone(), generation, queries, now };
            let (writer, thread) = writer::start(desk);
            (Some(writer), Some(thread), None)
        };
        let (listener, address) = listen(address).map_err(|source| ServeError::Listen { address, source })?;
        let (endpoints, document) = endpoints();
        let document = serde_json::to_value(document).expect("internal error: the document is JSON");
        let state = Arc::new(Shared {
            readers,
            queries,
            writer,
            token,
            answers: Answers::new(),
            generation,
            openapi: Rendered::json(&document),
            docs: Rendered::of(docs_page(&document).into_bytes(), "text/html; charset=utf-8"),
            series: SeriesIndex::default(),
            query_time,
            config,
            context,
            name: db.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            dashboard: Dashboard::default(),
            folder: db.canonicalize().ok().and_then(|path| path.parent().map(PathBuf::from)).unwrap_or_default(),
            now,
        });
        let router = router(endpoints, Arc::clone(&state), address, &origins);
        let runtime = Builder::new_multi_thread().worker_threads(threads.clamp(2, 8)).enable_all().build()?;
        let signals = {
            let _on = runtime.enter();
            Signals::new()?
        };
        Ok(Self { runtime, listener, address, router, state, signals, writing, _reading: reading })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until the process is told to end.
    ///
    /// # Errors
    /// See [`ServeError`].
    pub fn run(self) -> Result<(), ServeError> {
        let Self { runtime, listener, address: _, router, state, signals, writing, _reading } = self;
        let pages = Arc::clone(&state);
        let end = async move {
            let ended = signals.wait().await;
            // Its streams would keep their connections.
            pages.dashboard.end();
            ended
        };
        let served = runtime.block_on(serve(listener, router, end));
        // Whoever did not end in time is not waited for.
        state.readers.stop_all();
        state.queries.stop_all();
        runtime.shutdown_timeout(Duration::from_secs(5));
        // With it goes the last way to the writer, which then writes what waits and ends.
        drop(state);
        if let Some(writing) = writing {
            writing.join().map_err(|_panicked| io::Error::other("the writer broke down"))??;
        }
        Ok(served?)
    }
}

fn listen(address: SocketAddr) -> io::Result<(StdListener, SocketAddr)> {
    let listener = StdListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

async fn serve(listener: StdListener, router: Router, end: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_BYTES).max_headers(HEADERS);
    let (under_way, slots) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    let mut end = std::pin::pin!(end);
    let ended = loop {
        let accepted = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, stream) = tokio::select! {
            (slot, accepted) = accepted => match accepted {
                Ok((stream, _)) => (slot, stream),
                Err(error) => {
                    // Too many open files, for example: others may be closed soon.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            ended = &mut end => break ended,
        };
        // An answer goes out at once, however small.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = under_way.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // Clients that leave in the middle are no news.
            let _ = connection.await;
            drop(slot);
        });
    };
    drop(listener);
    tracing::info!("ending");
    let _ = tokio::time::timeout(GRACE, under_way.shutdown()).await;
    ended
}
