//! The report as JSON, schema `benchgate/report/v1`.
//!
//! For: programs; complete, with full precision. Not for: people.
//! Invariant: a number in the document is finite; what is infinite is null and named; names stay verbatim, with
//! characters that steer a terminal written as escapes.

use std::collections::BTreeMap;
use std::fmt::Display;

use jiff::Timestamp;

use super::json_schema::{
    BaselineV1, CandidateV1, CommonShiftV1, CountsV1, DriftV1, EvidenceV1, HardwareV1, LegV1, LimitsV1, ReportV1,
    RerunV1, RunnerShareV1, SCHEMA, SeriesPolicyV1, SeriesV1, SettingV1, Sign, WaivedV1, WaiverV1,
};
use super::view::{Provenance, View};
use crate::gate::{
    Baseline, CommonShift, Confirmation, Counts, Drift, Evidence, Judgement, Limits, Rerun, RunnerShare,
    SeriesJudgement, SeriesPolicy, Setting, Waived, Waiver, WaiverUse,
};
use crate::model::{Configuration, Hardware, Leg, LegState, Machine, SeriesMeta};
use crate::text::escape;

/// Renders the report as indented JSON with a final newline.
#[must_use]
pub fn json(view: &View) -> String {
    let text = serde_json::to_string_pretty(&ReportV1::from(view))
        .expect("internal error: a report holds only strings, finite numbers and maps with string keys");
    format!("{}\n", escape::json(&text))
}

impl From<&View> for ReportV1 {
    fn from(view: &View) -> Self {
        let View {
            judgement,
            provenance,
            headline,
            groups: _,
            visibility: _,
            baseline: _,
            suspects: _,
            hints: _,
            waivers: _,
            legs: _,
            fixed: _,
        } = view;
        let Judgement {
            outcome,
            failed_by_missing_only,
            reasons,
            counts,
            series,
            baseline,
            limits,
            is_simulated,
            common_shifts,
            waivers,
            accepted,
            legs,
        } = judgement;
        let Provenance { files, commit, run, reruns, database, rule, history, notices, url, tool_version } = provenance;
        let Baseline { runs, span, newest_commit } = baseline;
        Self {
            schema: SCHEMA,
            tool_version: tool_version.clone(),
            outcome: outcome.as_str(),
            failed_by_missing_only: *failed_by_missing_only,
            headline: headline.clone(),
            reasons: reasons.clone(),
            counts: counts.into(),
            candidate: CandidateV1 {
                files: files.clone(),
                commit: commit.clone(),
                run: run.clone(),
                reruns: *reruns,
                is_simulated: *is_simulated,
            },
            baseline: BaselineV1 {
                database: database.clone(),
                rule: rule.clone(),
                runs: *runs,
                oldest: span.map(|(oldest, _)| oldest.to_string()),
                newest: span.map(|(_, newest)| newest.to_string()),
                newest_commit: newest_commit.clone(),
                history: history.clone(),
            },
            limits: limits.into(),
            common_shifts: common_shifts.iter().map(CommonShiftV1::from).collect(),
            waivers: waivers.iter().map(WaiverV1::from).collect(),
            accepted: accepted.clone(),
            legs: legs.iter().map(LegV1::from).collect(),
            notices: notices.clone(),
            url: url.clone(),
            series: series.iter().map(SeriesV1::from).collect(),
        }
    }
}

impl From<&Counts> for CountsV1 {
    fn from(counts: &Counts) -> Self {
        let Counts {
            regressed,
            waived,
            improved,
            unchanged,
            inconclusive,
            new,
            missing,
            incomparable,
            unjudged,
            compared,
        } = *counts;
        Self {
            regressed,
            waived,
            improved,
            unchanged,
            inconclusive,
            new,
            missing,
            incomparable,
            unjudged,
            compared,
            total: counts.total(),
        }
    }
}

impl From<&SeriesJudgement> for SeriesV1 {
    fn from(judged: &SeriesJudgement) -> Self {
        let SeriesJudgement {
            series,
            verdict,
            value,
            evidence,
            reason,
            recent,
            needs_rerun,
            confirmation,
            waived,
            policy,
        } = judged;
        let SeriesMeta { key, unit, better: _ } = series;
        let Configuration { model, hardware, test_case, batch_size, precision, parameters, is_simulated: _ } =
            &key.configuration;
        Self {
            id: key.id().to_string(),
            configuration_id: key.configuration.id().to_string(),
            model: model.clone(),
            hardware: hardware.into(),
            test_case: test_case.clone(),
            batch_size: *batch_size,
            precision: precision.clone(),
            parameters: parameters.clone(),
            metric: key.metric.clone(),
            unit: unit.as_str().to_owned(),
            verdict: verdict.as_str(),
            is_judged: policy.is_judged.value,
            reason: reason.clone(),
            value: value.and_then(finite),
            evidence: evidence.as_ref().map(EvidenceV1::from),
            needs_rerun: *needs_rerun,
            confirmation: confirmation.map(Confirmation::as_str),
            waived: waived.as_ref().map(WaivedV1::from),
            recent: recent.iter().copied().filter_map(finite).collect(),
            policy: policy.into(),
        }
    }
}

impl From<&Waived> for WaivedV1 {
    fn from(waived: &Waived) -> Self {
        let Waived { origin, reason, expires, link } = waived.clone();
        Self { origin, reason, expires: expires.map(|day| day.to_string()), link }
    }
}

impl From<&WaiverUse> for WaiverV1 {
    fn from(one: &WaiverUse) -> Self {
        let Waiver { origin, series, ceiling, expires, reason, link, is_expired: _ } = one.waiver.clone();
        Self { origin, series, up_to: ceiling, expires: expires.to_string(), reason, link, state: one.state.as_str() }
    }
}

impl From<&Leg> for LegV1 {
    fn from(leg: &Leg) -> Self {
        let (state, reason) = match &leg.state {
            LegState::Reported => ("reported", None),
            LegState::Failed(reason) => ("failed", Some(reason.clone())),
            LegState::Missing => ("missing", None),
        };
        Self { name: leg.name.clone(), state, reason }
    }
}

impl From<&Hardware> for HardwareV1 {
    fn from(hardware: &Hardware) -> Self {
        let Hardware { kind, device, machine } = hardware;
        let Machine { cpu_model, cpu_cores, memory_gb, gpu } = machine;
        Self {
            id: hardware.id().to_string(),
            kind: kind.clone(),
            device: device.clone(),
            cpu_model: cpu_model.clone(),
            cpu_cores: *cpu_cores,
            memory_gb: *memory_gb,
            gpu: gpu.clone(),
        }
    }
}

impl From<&Evidence> for EvidenceV1 {
    fn from(evidence: &Evidence) -> Self {
        let Evidence {
            centre,
            change,
            interval: (low, high),
            noise,
            t,
            threshold,
            suspect,
            confirm,
            p_worse,
            centre_runs,
            history_runs,
            epoch_start,
            pairs,
            smallest_visible,
            runs_needed,
            ref reruns,
            runner,
            drift,
        } = *evidence;
        let mut infinite = BTreeMap::new();
        let mut number = |name: &str, value: f64| {
            if value.is_infinite() {
                let sign = if value > 0.0 { Sign::Positive } else { Sign::Negative };
                infinite.insert(name.to_owned(), sign);
            }
            finite(value)
        };
        Self {
            centre: number("centre", centre),
            change: number("change", change),
            interval_low: number("interval_low", low),
            interval_high: number("interval_high", high),
            noise: number("noise", noise),
            t: number("t", t),
            threshold: number("threshold", threshold),
            suspect: number("suspect", suspect),
            confirm: number("confirm", confirm),
            p_worse: number("p_worse", p_worse),
            centre_runs,
            history_runs,
            epoch_start: epoch_start.map(moment),
            pairs,
            smallest_visible: number("smallest_visible", smallest_visible),
            runs_needed,
            reruns: reruns.iter().map(RerunV1::from).collect(),
            runner: runner.map(|RunnerShare { loading, change }| RunnerShareV1 {
                loading: finite(loading),
                change: finite(change),
            }),
            drift: drift.map(|Drift { change, since }| DriftV1 { change: finite(change), since: moment(since) }),
            infinite,
        }
    }
}

impl From<&Rerun> for RerunV1 {
    fn from(rerun: &Rerun) -> Self {
        let Rerun { value, change, t } = *rerun;
        Self { value: finite(value), change: finite(change), t: finite(t) }
    }
}

impl From<&CommonShift> for CommonShiftV1 {
    fn from(shift: &CommonShift) -> Self {
        let CommonShift { hardware, slowdown, usual, t, series, verdict } = shift;
        Self {
            hardware: hardware.into(),
            slowdown: finite(*slowdown),
            usual: finite(*usual),
            t: finite(*t),
            series: *series,
            verdict: verdict.as_str(),
        }
    }
}

impl From<&Limits> for LimitsV1 {
    fn from(limits: &Limits) -> Self {
        let Limits { alpha, correction, reruns, nothing_to_judge, missing_leg } = limits;
        Self {
            alpha: setting(alpha, |value| finite(*value)),
            correction: setting(correction, shown),
            reruns: setting(reruns, |value| *value),
            nothing_to_judge: setting(nothing_to_judge, shown),
            missing_leg: setting(missing_leg, shown),
        }
    }
}

impl From<&SeriesPolicy> for SeriesPolicyV1 {
    fn from(policy: &SeriesPolicy) -> Self {
        let SeriesPolicy {
            is_judged,
            better,
            minimum_effect,
            target_effect,
            scale,
            window,
            missing,
            new,
            inconclusive,
            drift,
        } = policy;
        Self {
            is_judged: setting(is_judged, |value| *value),
            better: setting(better, |value| value.as_ref().map(shown)),
            minimum_effect: setting(minimum_effect, |value| finite(*value)),
            target_effect: setting(target_effect, |value| finite(*value)),
            scale: setting(scale, |value| value.as_ref().map(shown)),
            window: setting(window, |value| *value),
            missing: setting(missing, shown),
            new: setting(new, shown),
            inconclusive: setting(inconclusive, shown),
            drift: setting(drift, shown),
        }
    }
}

fn setting<T, V>(setting: &Setting<T>, value: impl FnOnce(&T) -> V) -> SettingV1<V> {
    SettingV1 { value: value(&setting.value), origin: setting.origin.clone() }
}

fn shown<T: Display>(value: &T) -> String {
    value.to_string()
}

fn moment(timestamp: Timestamp) -> String {
    timestamp.to_string()
}

/// A number that JSON has; `None` for one that it has not.
pub(super) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
