//! The view model: a judgement as people look at it.
//!
//! For: grouping by model and hardware, deciding what needs attention, and turning numbers into text, once. Not for:
//! layout or escaping; names in here are raw and go through `text::escape` in each renderer.
//! Invariant: every series of the judgement is in exactly one group, in the judgement's order: worst first.

use std::collections::HashMap;

use super::words;
use crate::gate::{Action, Judgement, SeriesJudgement, Verdict};
use crate::model::{Configuration, Hardware, Machine};
use crate::text::number::percent_interval;
use crate::text::{percent, quantity, signed_percent};

/// Where the candidate, the history and the verdict come from. Whether the candidate is simulated is the judgement's
/// to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The result files of the candidate, as the user named them.
    pub files: Vec<String>,
    /// The commit that was measured.
    pub commit: Option<String>,
    /// The run's key.
    pub run: Option<String>,
    /// How many re-runs of it were given.
    pub reruns: usize,
    /// The database, as the user named it.
    pub database: String,
    /// The rule that chose the baseline runs, in words: "the newest 100 runs of branch main".
    pub rule: String,
    /// Where the history came from, and how old it is, in words; `None` where it is just a file.
    pub history: Option<String>,
    /// What did not work as it should and changed no verdict, such as a comment that could not be posted.
    pub notices: Vec<String>,
    /// The page with the log and the whole report.
    pub url: Option<String>,
    /// The version of benchgate that judged.
    pub tool_version: String,
}

/// A judgement, ready to be laid out.
#[derive(Clone, Debug)]
pub struct View {
    /// What the gate answered.
    pub judgement: Judgement,
    /// Where everything comes from.
    pub provenance: Provenance,
    /// The outcome in one line.
    pub headline: String,
    /// The series by model and hardware, the group with the worst series first.
    pub groups: Vec<Group>,
    /// What the comparison could have seen, and the common shift; sentences.
    pub visibility: Vec<String>,
    /// What it was compared with; sentences.
    pub baseline: Vec<String>,
    /// What is worth a re-run, a line each, raw; empty where everything is.
    pub suspects: Vec<String>,
    /// What to do next, given what happened; sentences, perhaps none.
    pub hints: Vec<String>,
    /// What became of each waiver, raw; a line each.
    pub waivers: Vec<String>,
    /// The legs and what each brought, raw; a line each, none where the run has no legs.
    pub legs: Vec<String>,
    /// What an earlier report of the same pull request told as regressed and is no more, raw; a line each.
    pub fixed: Vec<String>,
}

/// The series of one model on one hardware.
#[derive(Clone, Debug)]
pub struct Group {
    /// Model name, verbatim.
    pub model: String,
    /// Hardware: type, device, and as much of the machine as tells it from the other groups.
    pub hardware: String,
    /// Its series, worst first.
    pub rows: Vec<Row>,
}

/// One series.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its place in [`Judgement::series`].
    pub index: usize,
    /// Test case, batch size, precision and parameters; empty where the model is all there is.
    pub benchmark: String,
    /// Metric.
    pub metric: String,
    /// The candidate's value with its unit.
    pub value: Option<String>,
    /// The centre of the baseline with its unit.
    pub centre: Option<String>,
    /// Relative change, signed.
    pub change: Option<String>,
    /// Interval of the change.
    pub interval: Option<String>,
    /// Run-to-run noise.
    pub noise: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict in words, with what limits it.
    pub words: String,
    /// The recent history, oldest first, ending in the candidate.
    pub trend: Vec<Option<f64>>,
    /// Whether it is shown in full without being asked for.
    pub needs_attention: bool,
}

impl View {
    /// Builds the view.
    #[must_use]
    pub fn new(judgement: &Judgement, provenance: &Provenance) -> Self {
        Self {
            headline: words::headline(judgement),
            groups: quieted(groups(judgement), judgement),
            visibility: words::visibility(judgement),
            baseline: words::baseline(judgement, provenance),
            suspects: words::suspects(judgement),
            hints: words::hints(judgement, provenance),
            waivers: words::waivers(judgement),
            legs: words::legs(judgement),
            fixed: Vec::new(),
            judgement: judgement.clone(),
            provenance: provenance.clone(),
        }
    }

    /// The judged series behind a row.
    #[must_use]
    pub fn series(&self, row: &Row) -> &SeriesJudgement {
        &self.judgement.series[row.index]
    }
}

impl Group {
    /// The group's heading, raw: `bert-base-uncased on cuda (NVIDIA A100)`.
    #[must_use]
    pub fn heading(&self) -> String {
        format!("{} on {}", self.model, self.hardware)
    }

    /// The rows that need attention.
    pub fn loud(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.needs_attention)
    }

    /// The rows that may be folded.
    pub fn quiet(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| !row.needs_attention)
    }
}

/// Series without history that are shown in full, at most: more than these are a new suite, which the headline counts.
const LOUD_NEW: usize = 10;

/// Folds new series where they are many and the policy does not fail on them.
fn quieted(mut groups: Vec<Group>, judgement: &Judgement) -> Vec<Group> {
    if judgement.counts.new <= LOUD_NEW {
        return groups;
    }
    let is_failing = |row: &Row| judgement.series[row.index].policy.new.value == Action::Fail;
    for row in groups.iter_mut().flat_map(|group| &mut group.rows) {
        if row.verdict == Verdict::New && !is_failing(row) {
            row.needs_attention = false;
        }
    }
    groups
}

fn groups(judgement: &Judgement) -> Vec<Group> {
    let mut groups: Vec<(Hardware, Group)> = Vec::new();
    let mut places = HashMap::new();
    for (index, series) in judgement.series.iter().enumerate() {
        let Configuration { model, hardware, .. } = &series.series.key.configuration;
        let place = *places.entry((model.clone(), hardware.id())).or_insert_with(|| {
            let group = Group { model: model.clone(), hardware: hardware_label(hardware), rows: Vec::new() };
            groups.push((hardware.clone(), group));
            groups.len() - 1
        });
        groups[place].1.rows.push(row(index, series));
    }
    tell_apart(&mut groups);
    groups.into_iter().map(|(_, group)| group).collect()
}

/// `cuda (NVIDIA A100)`.
pub(super) fn hardware_label(hardware: &Hardware) -> String {
    match hardware.device_label() {
        Some(device) => format!("{} ({device})", hardware.kind),
        None => hardware.kind.clone(),
    }
}

/// Two machines with one label get the facts that their label leaves out, and at last their ids.
fn tell_apart(groups: &mut [(Hardware, Group)]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (_, group) in groups.iter() {
        *seen.entry(group.heading()).or_default() += 1;
    }
    for (hardware, group) in groups.iter_mut().filter(|(_, group)| seen[&group.heading()] > 1) {
        group.hardware = format!("{}, {}", group.hardware, distinguishing_facts(hardware));
    }
}

/// What a label leaves out: CPU, cores, memory, GPU, and the id that is never the same.
pub(super) fn distinguishing_facts(hardware: &Hardware) -> String {
    let Machine { cpu_model, cpu_cores, memory_gb, gpu } = &hardware.machine;
    let facts: Vec<String> = [
        // Where no device is named the label already shows the CPU.
        cpu_model.clone().filter(|_| hardware.device.is_some()),
        cpu_cores.map(|cores| crate::text::plural(usize::try_from(cores).unwrap_or(0), "core", "cores")),
        memory_gb.map(|memory| format!("{memory} GB")),
        gpu.clone(),
        Some(format!("hardware {}", hardware.id())),
    ]
    .into_iter()
    .flatten()
    .collect();
    facts.join(", ")
}

fn row(index: usize, judged: &SeriesJudgement) -> Row {
    let SeriesJudgement {
        series,
        verdict,
        value,
        evidence,
        reason: _,
        recent,
        needs_rerun: _,
        confirmation: _,
        waived: _,
        policy,
    } = judged;
    let unit = series.unit.as_str();
    let is_judged = policy.is_judged.value;
    Row {
        index,
        benchmark: benchmark_label(&series.key.configuration),
        metric: series.key.metric.clone(),
        value: value.map(|value| quantity(value, unit)),
        centre: evidence.as_ref().map(|evidence| quantity(evidence.centre, unit)),
        change: evidence.as_ref().map(|evidence| signed_percent(evidence.change)),
        interval: evidence.as_ref().map(|evidence| percent_interval(evidence.interval.0, evidence.interval.1)),
        noise: evidence.as_ref().map(|evidence| percent(evidence.noise)),
        verdict: *verdict,
        words: words::verdict(judged),
        trend: recent.iter().copied().map(Some).chain([*value]).collect(),
        needs_attention: is_judged && needs_attention(judged),
    }
}

/// What the policy says to ignore is counted only; an unchanged series needs nobody, unless it was suspect at first.
fn needs_attention(judged: &SeriesJudgement) -> bool {
    let policy = &judged.policy;
    match judged.verdict {
        Verdict::Regressed | Verdict::Improved | Verdict::Incomparable => true,
        Verdict::Missing => policy.missing.value != Action::Ignore,
        Verdict::New => policy.new.value != Action::Ignore,
        Verdict::Inconclusive => policy.inconclusive.value != Action::Ignore,
        Verdict::Unchanged => judged.confirmation.is_some(),
    }
}

/// `embedding batch=8 fp16 sequence_length=128`.
pub(super) fn benchmark_label(configuration: &Configuration) -> String {
    let Configuration { model: _, hardware: _, test_case, batch_size, precision, parameters, is_simulated: _ } =
        configuration;
    let mut parts: Vec<String> = Vec::new();
    parts.extend(test_case.clone());
    parts.extend(batch_size.map(|size| format!("batch={size}")));
    parts.extend(precision.clone());
    parts.extend(parameters.iter().map(|(name, value)| format!("{name}={value}")));
    parts.join(" ")
}
