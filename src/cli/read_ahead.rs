//! Reading and parsing the next results while the store writes the last ones.
//!
//! For: keeping a second core busy in an import of many or large files. Not for: order; inputs and their results
//! arrive in the order in which they were named.
//! Invariant: a bounded number of results is in flight, whatever the size of the files; every input's events are
//! [`Event::Start`], what it holds, [`Event::End`].

use std::io;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use super::inputs::{Content, Input};
use crate::formats::{Format, Limits, ReadError, Sink};
use crate::model::{ResultDraft, RunDraft};

/// What the reader finds.
pub enum Event {
    /// An input begins; its content's hash, or why it cannot be read.
    Start(io::Result<Content>),
    /// A run of it begins.
    Run(RunDraft),
    /// Results of the run.
    Results(Vec<ResultDraft>),
    /// The input ends: its format, or why it was given up.
    End(Result<Format, ReadError>),
}

/// Results that travel together, and such parcels in flight.
const PARCEL: usize = 512;
const IN_FLIGHT: usize = 8;

/// Reads the inputs on a thread of their own while `work` takes their events; when `work` returns, reading stops.
pub fn read_ahead<T>(inputs: &[Input], format: Option<Format>, work: impl FnOnce(&Receiver<Event>) -> T) -> T {
    let (sender, receiver) = mpsc::sync_channel(IN_FLIGHT);
    thread::scope(|scope| {
        scope.spawn(move || {
            for input in inputs {
                if read(input, format, &sender).is_break() {
                    break;
                }
            }
        });
        let answer = work(&receiver);
        // The reader may be waiting for room; without a receiver it stops.
        drop(receiver);
        answer
    })
}

fn read(input: &Input, format: Option<Format>, sender: &SyncSender<Event>) -> ControlFlow<()> {
    let content = input.content();
    let is_readable = content.is_ok();
    send(sender, Event::Start(content))?;
    if !is_readable {
        return ControlFlow::Continue(());
    }
    let mut parcels = Parcels { sender, results: Vec::new() };
    let end = input.read(format, &Limits::default(), &mut parcels);
    parcels.flush()?;
    send(sender, Event::End(end))
}

/// Packs results into parcels.
struct Parcels<'a> {
    sender: &'a SyncSender<Event>,
    results: Vec<ResultDraft>,
}

impl Parcels<'_> {
    fn flush(&mut self) -> ControlFlow<()> {
        if self.results.is_empty() {
            return ControlFlow::Continue(());
        }
        send(self.sender, Event::Results(std::mem::take(&mut self.results)))
    }
}

impl Sink for Parcels<'_> {
    fn run(&mut self, run: RunDraft) -> ControlFlow<()> {
        self.flush()?;
        send(self.sender, Event::Run(run))
    }

    fn result(&mut self, result: ResultDraft) -> ControlFlow<()> {
        self.results.push(result);
        if self.results.len() >= PARCEL { self.flush() } else { ControlFlow::Continue(()) }
    }
}

fn send(sender: &SyncSender<Event>, event: Event) -> ControlFlow<()> {
    match sender.send(event) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}
