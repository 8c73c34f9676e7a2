//! The parts of a run that are executed by jobs of their own, and the names of what they leave behind.
//!
//! For: naming a leg, and the artifacts by which jobs hand their bundles on. Not for: uploading or reading them.
//! Invariant: names hold letters, digits, `-` and `_` only, so that `.` separates them and none of them is a path;
//! parsing a name that was made here gives back its parts; no two jobs make the same name, even for one leg.

use serde_json::Value;

use super::surroundings::Surroundings;

/// Digits of a tag: enough for no two of the bundles of a run to have the same one.
const TAG: usize = 12;

/// Longest name; GitHub refuses artifacts with much longer ones.
const LONGEST: usize = 100;

/// What a bundle's name says of it beside where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remark {
    /// It has no results, and says why.
    Failed,
    /// Its job was told to save nothing: only what a report of the same run records of it becomes history.
    Unsaved,
    /// It was judged, and is not to become history; with it nothing else that this attempt of the run left.
    Unrecorded,
}

impl Remark {
    const ALL: [Self; 3] = [Self::Failed, Self::Unsaved, Self::Unrecorded];

    fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Unsaved => "unsaved",
            Self::Unrecorded => "unrecorded",
        }
    }
}

/// A bundle's artifact: `benchgate.<gate>.<leg>.<attempt>.<tag>`, and a remark where there is one. A bundle with a remark is
/// no part of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BundleName {
    /// The gate, where a repository has several.
    pub(super) gate: String,
    /// The leg.
    pub(super) leg: String,
    /// The attempt of the run that uploaded it.
    pub(super) attempt: u32,
    /// Tells it from what another job uploads for the same leg: GitHub refuses a name that is there already.
    pub(super) tag: String,
    /// What else is to be said.
    pub(super) remark: Option<Remark>,
}

/// How the keys of a gate's entries in the cache begin; `action.yml` makes them.
pub(super) fn cache_prefix(gate: &str) -> String {
    format!("benchgate-v1/{gate}/")
}

impl BundleName {
    /// The artifact's name.
    pub(super) fn artifact(&self) -> String {
        let remark = self.remark.map_or_else(String::new, |remark| format!(".{}", remark.as_str()));
        format!("benchgate.{}.{}.{}.{}{remark}", self.gate, self.leg, self.attempt, self.tag)
    }

    /// What a run of the history says of the bundle that it came from: the workflow run, and what that calls the bundle.
    pub(super) fn source(&self, run_id: u64) -> String {
        format!("{run_id}/{}", Self { remark: None, ..self.clone() }.artifact())
    }

    /// The name of the artifact with the report that was made beside it.
    pub(super) fn report_artifact(&self) -> String {
        format!("benchgate-report.{}.{}.{}", self.gate, self.leg, self.attempt)
    }

    /// Takes an artifact's name apart; `None` where it is no bundle's.
    pub(super) fn parse(artifact: &str) -> Option<Self> {
        let mut parts = artifact.strip_prefix("benchgate.")?.split('.');
        let (gate, leg, attempt, tag) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let remark = match parts.next() {
            None => None,
            Some(text) => Some(Remark::ALL.into_iter().find(|remark| remark.as_str() == text)?),
        };
        let is_tag = tag.len() == TAG && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_whole = parts.next().is_none() && is_tag && [gate, leg].iter().all(|name| is_name(name));
        let attempt = attempt.parse().ok().filter(|attempt| *attempt > 0)?;
        is_whole.then(|| Self { gate: gate.to_owned(), leg: leg.to_owned(), attempt, tag: tag.to_owned(), remark })
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| is_allowed(byte.into()))
}

fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

/// A text as a name: what a name may not hold becomes `-`.
pub(super) fn name(text: &str) -> String {
    let replaced: String = text.trim().chars().map(|one| if is_allowed(one) { one } else { '-' }).collect();
    let name: String = replaced.trim_matches('-').chars().take(LONGEST).collect();
    if name.is_empty() { "run".to_owned() } else { name }
}

/// The leg of this job: as stated, else the job's name with the values of its matrix.
pub(super) fn of_job(stated: Option<&str>, matrix: Option<&str>, surroundings: &Surroundings) -> String {
    if let Some(stated) = stated.filter(|text| !text.trim().is_empty()) {
        return name(stated);
    }
    let mut parts = vec![surroundings.variable("GITHUB_JOB").unwrap_or("run").to_owned()];
    let matrix = matrix.and_then(|text| serde_json::from_str::<Value>(text).ok());
    if let Some(matrix) = matrix {
        add_values(&matrix, &mut parts);
    }
    name(&parts.join("-"))
}

/// The tag of what this step leaves behind: two steps differ in their time, process or machine.
pub(super) fn tag(surroundings: &Surroundings) -> String {
    let machine = surroundings.variable("RUNNER_NAME").unwrap_or_default();
    let step = format!("{:?} {} {machine}", surroundings.now, std::process::id());
    blake3::hash(step.as_bytes()).to_hex()[..TAG].to_owned()
}

/// Every value of a matrix, those within objects and lists too: two jobs may differ in nothing else.
fn add_values(value: &Value, parts: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => parts.push(flag.to_string()),
        Value::Number(number) => parts.push(number.to_string()),
        Value::String(text) => parts.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| add_values(value, parts)),
        Value::Object(values) => values.values().for_each(|value| add_values(value, parts)),
    }
}

/// The legs of a list, separated by commas or line breaks, or written as a JSON array.
pub(super) fn list(text: &str) -> Vec<String> {
    let items: Vec<String> = serde_json::from_str(text)
        .unwrap_or_else(|_| text.split([',', '\n']).map(|item| item.trim().to_owned()).collect());
    let mut names: Vec<String> = Vec::new();
    for item in items.iter().filter(|item| !item.trim().is_empty()).map(|item| name(item)) {
        if !names.contains(&item) {
            names.push(item);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundles_name_can_be_taken_apart_again() {
        let bundle = BundleName {
            gate: "benchmarks".to_owned(),
            leg: name("cuda / A100"),
            attempt: 2,
            tag: "0123456789ab".to_owned(),
            remark: None,
        };
        assert_eq!(bundle.artifact(), "benchgate.benchmarks.cuda---A100.2.0123456789ab");
        let unrecorded = BundleName { remark: Some(Remark::Unrecorded), ..bundle.clone() };
        assert_eq!(unrecorded.artifact(), "benchgate.benchmarks.cuda---A100.2.0123456789ab.unrecorded");
        assert_eq!(unrecorded.source(17), bundle.source(17), "whatever else is said of it");
        for remark in Remark::ALL.map(Some).into_iter().chain([None]) {
            let bundle = BundleName { remark, ..bundle.clone() };
            assert_eq!(BundleName::parse(&bundle.artifact()), Some(bundle));
        }
        for other in [
            "benchgate.benchmarks.cuda",
            "benchgate.benchmarks.cuda.1",
            "benchgate.benchmarks.cuda.1.failed",
            "benchgate.benchmarks.cuda.x.0123456789ab",
            "benchgate.benchmarks.cuda.0.0123456789ab",
            "benchgate.benchmarks.cuda.1.0123456789a",
            "benchgate.benchmarks.cuda.1.0123456789a/",
            "benchgate.benchmarks.cu/da.1.0123456789ab",
            "benchgate.benchmarks.cuda.1.0123456789ab.zip",
            "benchgate.benchmarks.cuda.1.0123456789ab.failed.failed",
            "benchgate..cuda.1.0123456789ab",
            "benchgate-report.benchmarks.cuda.1.0123456789ab",
        ] {
            assert_eq!(BundleName::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_leg_is_the_job_and_its_matrix_unless_stated() {
        let environment = [("GITHUB_JOB".to_owned(), "bench".to_owned())].into();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let surroundings = Surroundings { now, environment, width: None, has_colour: false, has_progress: false };
        let leg = |stated, matrix| of_job(stated, matrix, &surroundings);
        assert_eq!(leg(None, None), "bench");
        assert_eq!(leg(None, Some("null")), "bench");
        assert_eq!(leg(None, Some(r#"{"hardware": "cuda", "size": 8}"#)), "bench-cuda-8");
        let nested = r#"{"target": {"name": "arm", "runs-on": ["self-hosted", "arm64"]}, "size": 8}"#;
        assert_eq!(leg(None, Some(nested)), "bench-8-arm-self-hosted-arm64");
        assert_eq!(leg(Some("cpu.x86"), Some(r#"{"hardware": "cuda"}"#)), "cpu-x86");
        assert_eq!(leg(Some("../.."), None), "run");
    }

    #[test]
    fn lists_are_written_as_people_write_them() {
        for text in ["cpu, cuda", "cpu\ncuda\n", "[\"cpu\", \"cuda\"]", "cpu,cuda,cpu"] {
            assert_eq!(list(text), ["cpu", "cuda"], "{text}");
        }
        assert_eq!(list(" "), [""; 0]);
    }
}
