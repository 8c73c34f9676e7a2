//! Every limit of the server, in one place.
//!
//! For: numbers that bound memory, time and waiting. Not for: limits of results files, which `formats` has.
//! Invariant: nothing that a client sends or asks for is without a bound.

use std::time::Duration;

/// Connections at once; further ones wait to be accepted.
pub const CONNECTIONS: usize = 512;

/// Bytes of a request's line and headers, and how many headers there are.
pub const HEAD_BYTES: usize = 32 << 10;
/// Headers of a request.
pub const HEADERS: usize = 64;
/// Time until the headers of a request are there.
pub const HEAD_TIME: Duration = Duration::from_secs(10);

/// Bytes of a JSON body.
pub const BODY_BYTES: usize = 1 << 20;
/// Bytes of a bundle as it is sent.
pub const BUNDLE_BYTES: usize = 16 << 20;
/// Bytes of a bundle when it is unpacked.
pub const UNPACKED_BYTES: u64 = 64 << 20;
/// Time between two parts of a body.
pub const BODY_TIME: Duration = Duration::from_secs(20);

/// Rows of a page where none are asked for, and at most.
pub const PAGE_ROWS: u64 = 1000;
/// Rows of a page at most.
pub const MOST_PAGE_ROWS: u64 = 10_000;
/// Rows before a page at most.
pub const MOST_OFFSET: u64 = 100_000_000;

/// Readers that wait for a connection at most.
pub const WAITING_READERS: usize = 256;
/// Time that reading takes at most.
pub const READ_TIME: Duration = Duration::from_secs(30);

/// Queries that run at once: the memory of each is part of what all of them share.
pub const QUERIES: usize = 2;
/// Queries that wait at most.
pub const WAITING_QUERIES: usize = 16;
/// Rows of a query's answer at most.
pub const QUERY_ROWS: usize = 10_000;
/// Bytes of a query's answer at most.
pub const QUERY_BYTES: usize = 8 << 20;
/// Time of a query at most, where nothing else is said.
pub const QUERY_SECONDS: u64 = 10;

/// Writes that wait at most.
pub const WAITING_WRITES: usize = 1024;
/// Writes that share a transaction at most.
pub const GROUP: usize = 256;

/// Bytes of rendered answers that are kept.
pub const KEPT_BYTES: u64 = 48 << 20;

/// Bytes of rendered pages of the dashboard that are kept.
pub const KEPT_PAGE_BYTES: u64 = 24 << 20;
/// Pages that listen for what is new at once.
pub const EVENT_STREAMS: usize = 64;
/// How often it is looked whether there is something new to tell them.
pub const LOOK_FOR_EVENTS: Duration = Duration::from_millis(250);
/// Silence after which they are told that nothing is new.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// A look at the whole history rests for so many times as long as it took.
pub const LOOK_REST: i32 = 4;

/// Seconds after which a client that was turned away may ask again.
pub const RETRY_SECONDS: u32 = 1;

/// Time for requests to end when the server is told to.
pub const GRACE: Duration = Duration::from_secs(30);
