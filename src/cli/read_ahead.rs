//! Reading, parsing and packing the next inputs while the store writes the last ones.
//!
//! For: using every core in an import of many files, and a second one in that of a large file. Not for: order; inputs
//! and their results arrive in the order in which they were named.
//! Invariant: a bounded number of results is in flight, whatever the number and size of the files; every input's events
//! are [`Event::Start`], what it holds, [`Event::End`].

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::inputs::{Content, Input};
use crate::formats::{Omission, ReadError, ReadOptions, Recognised, Sink};
use crate::model::{Context, Decision, Record, ResultDraft, RunDraft};
use crate::store::import::ImportError;
use crate::store::{PackedResults, PackedRun, Packer};

/// What a reader finds.
pub enum Event {
    /// An input begins; its content's hash, or why it cannot be read.
    Start(io::Result<Content>),
    /// Instead of all others: its content was imported before.
    Seen,
    /// A run of it begins.
    Run(PackedRun),
    /// Results of the run.
    Results(PackedResults),
    /// What it tells of decisions.
    Decision(Decision),
    /// The input ends: its format, or why it was given up, and what of it is not taken.
    End(Result<Recognised, Defect>, Omissions),
}

/// What of an input is not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Omissions {
    /// How much.
    pub count: u64,
    /// The first of it.
    pub first: Vec<Omission>,
}

/// Omissions that are kept; the rest is counted.
const MOST_OMISSIONS: usize = 20;

/// Why an input was given up.
pub enum Defect {
    /// It is not as its format wants it.
    Read(ReadError),
    /// It is, and cannot be imported.
    Pack(ImportError),
}

/// Events of an input in flight: each holds one batch of rows at most.
const EVENTS_IN_FLIGHT: usize = 4;

/// Inputs in flight that wait for the writer.
const INPUTS_IN_FLIGHT: usize = 16;

/// Threads that read: more would wait for the one that writes.
const MOST_READERS: usize = 8;

/// What to read, and how.
pub struct Ahead<'a> {
    /// How inputs are read.
    pub options: &'a ReadOptions,
    /// What completes them.
    pub context: &'a Context,
    /// Contents that are not read again.
    pub seen: &'a HashSet<String>,
}

/// What is said of an input that was written to meanwhile.
pub const CHANGED: &str = "it changed while it was read";

/// Reads the inputs on threads of their own while `work` takes the events of one input after the other; when `work`
/// returns, reading stops.
pub fn read_ahead<T>(inputs: &[Input], ahead: &Ahead<'_>, work: impl FnOnce(&Receiver<Receiver<Event>>) -> T) -> T {
    let (announce, announced) = mpsc::sync_channel(INPUTS_IN_FLIGHT);
    let queue = Mutex::new((inputs.iter(), announce));
    let readers = thread::available_parallelism().map_or(1, usize::from).min(MOST_READERS).min(inputs.len());
    thread::scope(|scope| {
        for _ in 0..readers {
            scope.spawn(|| {
                while let Some((input, sender)) = next(&queue) {
                    if read(input, ahead, &sender).is_break() {
                        break;
                    }
                }
            });
        }
        let answer = work(&announced);
        // Readers may be waiting for room; without receivers they stop.
        drop(announced);
        answer
    })
}

/// The inputs that nobody reads yet, and where the events of each are announced.
type Queue<'a> = Mutex<(std::slice::Iter<'a, Input>, SyncSender<Receiver<Event>>)>;

/// Takes the next input and announces it. Both under one lock: inputs are announced in their order.
fn next<'a>(queue: &Queue<'a>) -> Option<(&'a Input, SyncSender<Event>)> {
    let (inputs, announce) = &mut *queue.lock().unwrap_or_else(PoisonError::into_inner);
    let input = inputs.next()?;
    let (sender, receiver) = mpsc::sync_channel(EVENTS_IN_FLIGHT);
    announce.send(receiver).ok()?;
    Some((input, sender))
}

fn read(input: &Input, ahead: &Ahead<'_>, sender: &SyncSender<Event>) -> ControlFlow<()> {
    let Ahead { options, context, seen } = ahead;
    let before = input.stamp().ok();
    let content = input.content();
    let hash = content.as_ref().map(|content| content.hash.clone()).ok();
    if hash.as_ref().is_some_and(|hash| seen.contains(hash)) {
        return send(sender, Event::Seen);
    }
    send(sender, Event::Start(content))?;
    let Some(hash) = hash else { return ControlFlow::Continue(()) };
    let (packer, omissions) = (Packer::new(context, &hash), Omissions::default());
    let mut packing = Packing { sender, packer, omissions, error: None };
    let read = input.read(options, &mut packing);
    packing.send_results()?;
    let end = match packing.error {
        Some(error) => Err(Defect::Pack(error)),
        None => read.map_err(Defect::Read),
    };
    // Hashed and read in two passes: both must have seen the same.
    let is_changed = before != input.stamp().ok();
    let end = if is_changed { Err(Defect::Read(ReadError::Io(io::Error::other(CHANGED)))) } else { end };
    send(sender, Event::End(end, packing.omissions))
}

/// Packs what is read, and sends it on.
struct Packing<'a> {
    sender: &'a SyncSender<Event>,
    packer: Packer<'a>,
    omissions: Omissions,
    error: Option<ImportError>,
}

impl Packing<'_> {
    fn send_results(&mut self) -> ControlFlow<()> {
        match self.packer.take() {
            Some(results) => send(self.sender, Event::Results(results)),
            None => ControlFlow::Continue(()),
        }
    }

    fn give_up(&mut self, error: ImportError) -> ControlFlow<()> {
        self.error = Some(error);
        ControlFlow::Break(())
    }
}

impl Sink for Packing<'_> {
    fn run(&mut self, run: RunDraft) -> ControlFlow<()> {
        self.send_results()?;
        match self.packer.run(run) {
            Ok(run) => send(self.sender, Event::Run(run)),
            Err(error) => self.give_up(error),
        }
    }

    fn result(&mut self, result: ResultDraft) -> ControlFlow<()> {
        match self.packer.result(result) {
            Ok(()) if self.packer.is_full() => self.send_results(),
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => self.give_up(error),
        }
    }

    fn record(&mut self, record: Record) -> ControlFlow<()> {
        self.packer.record(record);
        if self.packer.is_full() { self.send_results() } else { ControlFlow::Continue(()) }
    }

    fn decision(&mut self, decision: Decision) -> ControlFlow<()> {
        send(self.sender, Event::Decision(decision))
    }

    fn omit(&mut self, omission: Omission) {
        self.omissions.count += 1;
        if self.omissions.first.len() < MOST_OMISSIONS {
            self.omissions.first.push(omission);
        }
    }
}

fn send(sender: &SyncSender<Event>, event: Event) -> ControlFlow<()> {
    match sender.send(event) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::cli::inputs;
    use crate::model::HardwareDraft;

    #[test]
    fn a_file_that_is_written_to_while_it_is_read_is_not_taken() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("data.json");
        // More runs than events in flight: the reader waits before the end until it is written to.
        let mut entries = String::new();
        for run in 0..=EVENTS_IN_FLIGHT {
            let comma = if run > 0 { "," } else { "" };
            write!(
                entries,
                r#"{comma}{{"commit": {{"id": "{run:040x}", "timestamp": "2026-01-01T00:00:00Z"}}, "date": 1767225600000,
                    "tool": "customSmallerIsBetter", "benches": [{{"name": "a", "unit": "ms", "value": 1}}]}}"#
            )
            .expect("a text");
        }
        let text = format!(r#"{{"lastUpdate": 1767225600000, "repoUrl": "", "entries": {{"suite": [{entries}]}}}}"#);
        std::fs::write(&path, &text).expect("written");
        let context = Context {
            model: Some("m".to_owned()),
            hardware: HardwareDraft { kind: Some("cpu".to_owned()), ..HardwareDraft::default() },
            run: RunDraft { branch: Some("main".to_owned()), ..RunDraft::default() },
            ..Context::default()
        };
        let inputs = inputs::find(std::slice::from_ref(&path)).expect("found");
        let (options, seen) = (ReadOptions::default(), HashSet::new());
        let ahead = Ahead { options: &options, context: &context, seen: &seen };
        let end = |is_changed: bool| {
            read_ahead(&inputs, &ahead, |announced| {
                let events = announced.recv().expect("announced");
                assert!(matches!(events.recv(), Ok(Event::Start(Ok(_)))), "it begins");
                if is_changed {
                    std::fs::write(&path, format!("{text}\n")).expect("written");
                }
                events.iter().last()
            })
        };
        assert!(matches!(end(false), Some(Event::End(Ok(_), _))), "as long as nobody writes");
        match end(true) {
            Some(Event::End(Err(Defect::Read(ReadError::Io(error))), _)) => assert_eq!(error.to_string(), CHANGED),
            _ => panic!("it is not taken"),
        }
    }
}
