//! The machines of a history, as a document.
//!
//! For: which hardware there is, how it was used, how often it was found. Not for: what was measured on it.
//! Invariant: a share is only given where somebody looked.

use super::super::document::{Column, Document, Plot, Section, Value};
use super::super::svg::{Bar, Bars};
use super::parts::Labels;
use crate::model::overview::{Availability, Detection, Machines, Platform};
use crate::model::{Cell, Machine};
use crate::text::plural;

/// The document.
#[must_use]
pub fn hardware(found: &Machines, notes: Vec<String>) -> Document {
    let labels = Labels::of(found.platforms.iter().map(|one| &one.hardware));
    let sections =
        vec![platforms(&found.platforms, &labels), availability(&found.availability), detections(&found.detections)];
    Document { kind: "hardware", title: "Hardware".to_owned(), notes, sections }
}

fn platforms(platforms: &[Platform], labels: &Labels) -> Section {
    let row = |one: &Platform| {
        let Machine { cpu_model, cpu_cores, memory_gb, gpu } = &one.hardware.machine;
        let number =
            |value: Option<u32>| value.map_or_else(Value::missing, |value| Value::exact(Cell::Integer(value.into())));
        let (first, last) = one.used.unzip();
        vec![
            Value::text(Some(&one.hardware.id().to_string())),
            Value::words(labels.label(&one.hardware)),
            Value::text(Some(&one.hardware.kind)),
            Value::text(one.hardware.device.as_deref()),
            Value::text(cpu_model.as_deref()),
            number(*cpu_cores),
            number(*memory_gb),
            Value::text(gpu.as_deref()),
            Value::text(one.driver.as_deref()),
            Value::count(one.models),
            Value::count(one.runs),
            Value::count(one.results),
            Value::moment(first),
            Value::moment(last),
        ]
    };
    let bar = |one: &Platform| Bar {
        label: labels.label(&one.hardware),
        value: one.hardware.machine.memory_gb.map(|memory| f64::from(memory) * 1000.0),
        interval: None,
        note: if one.hardware.machine.memory_gb.is_some() { "" } else { "unknown" }.to_owned(),
    };
    let memory = Bars {
        title: "Memory of the machine".to_owned(),
        unit: "MB".to_owned(),
        bars: platforms.iter().map(bar).collect(),
    };
    let is_known = memory.bars.iter().any(|bar| bar.value.is_some());
    Section {
        name: "platforms",
        plots: if is_known { vec![Plot::Bars(memory)] } else { Vec::new() },
        heading: "Machines and devices".to_owned(),
        columns: vec![
            Column::data("hardware_id"),
            Column::shown("Hardware", false),
            Column::data("hardware"),
            Column::data("device"),
            Column::words("cpu_model", "CPU"),
            Column::numbers("cpu_cores", "Cores"),
            Column::numbers("memory_gb", "Memory (GB)"),
            Column::words("gpu", "GPU"),
            Column::words("driver", "Driver"),
            Column::numbers("models", "Models"),
            Column::numbers("runs", "Runs"),
            Column::numbers("results", "Results"),
            Column::words("first_used", "First used"),
            Column::words("last_used", "Last used"),
        ],
        rows: platforms.iter().map(row).collect(),
        empty: Some("Nothing was measured.".to_owned()),
        ..Section::default()
    }
}

fn availability(availability: &[Availability]) -> Section {
    let row = |one: &Availability| {
        vec![
            Value::text(Some(&one.kind)),
            Value::count(one.looked),
            Value::count(one.found),
            Value::share(one.found, one.looked),
        ]
    };
    Section {
        name: "availability",
        heading: "Availability".to_owned(),
        lead: Some("How often each type was there when a machine was searched for it.".to_owned()),
        columns: vec![
            Column::words("hardware", "Type"),
            Column::numbers("looked", "Searches"),
            Column::numbers("found", "Found"),
            Column::numbers("share", "Share"),
        ],
        plots: if availability.is_empty() { Vec::new() } else { vec![shares(availability)] },
        rows: availability.iter().map(row).collect(),
        empty: Some("No machine was searched for hardware.".to_owned()),
    }
}

fn shares(availability: &[Availability]) -> Plot {
    let bar = |one: &Availability| Bar {
        label: one.kind.clone(),
        value: (one.looked > 0).then(|| 100.0 * one.found as f64 / one.looked as f64),
        interval: None,
        note: plural(one.looked, "search", "searches"),
    };
    Plot::Bars(Bars {
        title: "Share of searches that found the type".to_owned(),
        unit: "%".to_owned(),
        bars: availability.iter().map(bar).collect(),
    })
}

fn detections(detections: &[Detection]) -> Section {
    let row = |one: &Detection| {
        vec![
            Value::moment(one.detected_at),
            Value::text(Some(&one.kind)),
            Value::text(one.device.as_deref()),
            Value::answer(one.is_available),
            Value::text(one.reason.as_deref()),
        ]
    };
    Section {
        name: "detections",
        heading: "Newest searches".to_owned(),
        columns: vec![
            Column::words("detected_at", "Time"),
            Column::words("hardware", "Type"),
            Column::words("device", "Device"),
            Column::words("is_available", "Found"),
            Column::words("reason", "Reason"),
        ],
        rows: detections.iter().map(row).collect(),
        ..Section::default()
    }
}
