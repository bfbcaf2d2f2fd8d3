//! `summary.json`: the numbers of an incident, stable from the first version. Fields may be added, never renamed.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::analysis::{
    Containment, DegradationSummary, HiddenCapacity, IncidentTimes, Phase, SloSummary, SustainingLoop,
};
use crate::record::{LatencySummary, Word, word};
use crate::scenario::VerdictKind;

/// Version of the summary's format.
pub const SUMMARY_VERSION: u32 = 1;
/// Nearly all of the harm is told by itself if it was over before this share of the time.
const MARKEDLY: f64 = 0.9;

/// The numbers of an incident. Times in seconds count from the end of the warm-up (T+0).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Version of this format.
    pub summary_version: u32,
    /// The scenario's name.
    pub scenario: String,
    /// The variant that ran, if any.
    pub variant: Option<String>,
    /// The root of all draws.
    pub seed: u64,
    /// Digest over the order of the actual world's model events.
    pub fingerprint: String,
    /// Digests of the actual world's draws.
    pub digests: IndexMap<String, String>,
    /// Simulated time of one world, warm-up included.
    pub simulated_s: f64,
    /// Model events of the actual world.
    pub events: u64,
    /// Whether the run was stopped before its horizon.
    pub partial: bool,
    /// How the actual world ended; none without a twin to compare with.
    pub verdict: Option<VerdictKind>,
    /// Why: one sentence.
    pub verdict_reason: String,
    /// How the unattended world ended; none if there was no response.
    pub verdict_unattended: Option<VerdictKind>,
    /// Requests, by traffic class.
    pub traffic: IndexMap<String, TrafficSummary>,
    /// Attempts, by service.
    pub services: IndexMap<String, ServiceSummary>,
    /// Attempts, by call.
    pub calls: IndexMap<String, CallSummary>,
    /// The same of the twin; none with `--no-twin`.
    pub twin: Option<WorldSummary>,
    /// The same of the world in which nobody acts; none if nobody ever acted.
    pub unattended: Option<WorldSummary>,
    /// Readings of the actual world.
    pub monitors: IndexMap<String, MonitorSummary>,
    /// Scope and severity, against the twin.
    pub blast_radius: Option<BlastRadius>,
    /// How much of the service was left, over time and at its worst; none without a twin.
    pub degradation: Option<DegradationSummary>,
    /// How long it took to detect, diagnose, mitigate and recover; none if nothing was hit.
    pub times: Option<IncidentTimes>,
    /// What kept the harm from going further, by call and mechanism.
    pub containment: Vec<Containment>,
    /// What it did to the service level objectives, by traffic class; empty if nothing was promised.
    pub slo: IndexMap<String, SloSummary>,
    /// Services in order of first impact.
    pub propagation: Vec<Impact>,
    /// What got worse again after a restart that the response made, in order.
    pub waves: Vec<Wave>,
    /// What people and automation did about it; none if there was no response.
    pub people: Option<PeopleSummary>,
    /// Shares of the harm by root, the largest first.
    pub root_causes: Vec<RootCause>,
    /// Which root was behind most of the harm when.
    pub phases: Vec<Phase>,
    /// What held the world, with or without the response, after the last fault was over; none if it healed.
    pub sustaining_loop: Option<SustainingLoop>,
    /// Under how little load it would heal by itself; none unless it was asked for and a world ended metastable.
    pub hidden_capacity: Option<HiddenCapacity>,
    /// The scenario's expectations against this run.
    pub expectations: Vec<ExpectationResult>,
}

/// Requests of a traffic class that arrived from T+0 on. requests = ok + incorrect + degraded + failed + unfinished.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrafficSummary {
    /// All of them.
    pub requests: u64,
    /// Answered as wanted.
    pub ok: u64,
    /// Answered wrongly.
    pub incorrect: u64,
    /// Answered by a fallback.
    pub degraded: u64,
    /// Not answered.
    pub failed: u64,
    /// In flight at the end.
    pub unfinished: u64,
    /// (ok + degraded) / requests: what is in flight at the end has not been answered.
    pub availability: f64,
    /// Time in which 90 % or more of what the twin answered was not answered.
    pub unavailable_s: f64,
    /// Value of the failed ones.
    pub lost_value: f64,
    /// Failed, by the cause that the user saw.
    pub failed_by_cause: IndexMap<String, u64>,
    /// Latency of the answered.
    pub latency_ms: LatencySummary,
}

/// Attempts at a service that were sent from T+0 on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceSummary {
    /// Attempts that callers sent to it.
    pub attempts: u64,
    /// Of those, succeeded as callers saw them.
    pub ok: u64,
    /// Of those, failed as callers saw them.
    pub failed: u64,
    /// Of those, let go by callers who no longer wanted an answer.
    pub abandoned: u64,
    /// Of those, under way at the end.
    pub unfinished: u64,
    /// The failed, by cause.
    pub failed_by_cause: IndexMap<String, u64>,
    /// Share of thread time held, 0 to 1; of the threads that it began the run with.
    pub utilization: f64,
    /// Mean wait for a thread, of attempts that got one.
    pub mean_wait_ms: f64,
    /// Mean time a thread was held, of attempts that gave it back.
    pub mean_service_ms: f64,
    /// Time-average number of attempts at the service, zombies included.
    pub mean_in_flight: f64,
    /// The longest queue of one replica.
    pub peak_queue: u64,
    /// Times a replica began to start up.
    pub restarts: u64,
    /// Times a replica was killed for the memory that it used.
    pub oom_kills: u64,
    /// Lookups in its caches that knew the answer.
    pub hits: u64,
    /// Lookups in its caches that did not.
    pub misses: u64,
    /// Attempts / the twin's first attempts, from the first fault to the horizon.
    pub load_ratio: Option<f64>,
    /// When it was first hit.
    pub first_impact_s: Option<f64>,
    /// When it was last hit, if it was healthy at the end.
    pub recovered_s: Option<f64>,
    /// How many of its callers' attempts were harmed; of the actual world, against the twin.
    pub harm: Option<ServiceHarm>,
}

/// Attempts of a call from T+0 on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallSummary {
    /// Attempts sent.
    pub attempts: u64,
    /// Of those, first attempts.
    pub first_attempts: u64,
    /// Attempts failed as the caller saw them.
    pub failed: u64,
    /// Attempts that the caller refused to send.
    pub refused: u64,
    /// Calls that a fallback answered: before they were made, or after they had failed.
    pub fallbacks: u64,
    /// Attempts / the twin's first attempts, from the first fault to the horizon.
    pub amplification: Option<f64>,
    /// The largest over 10 s windows with at least 20 twin attempts.
    pub peak_amplification: Option<f64>,
    /// Times a breaker of it opened.
    pub breaker_opened: u64,
    /// Mean wait at the caller for a permit of a bulkhead, a turn of a throttle and a connection of a pool, of all
    /// attempts that asked for one: sent, given up, or still waiting when the run ended. None if attempts of the call never
    /// have to wait.
    pub mean_wait_ms: Option<f64>,
    /// The longest of these waits.
    pub longest_wait_ms: Option<f64>,
}

/// The numbers of a world beside the actual one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorldSummary {
    /// Requests, by traffic class.
    pub traffic: IndexMap<String, TrafficSummary>,
    /// Attempts, by service.
    pub services: IndexMap<String, ServiceSummary>,
}

/// The readings of a monitor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MonitorSummary {
    /// (time, value).
    pub samples: Vec<(f64, f64)>,
    /// (from, to) of each firing.
    pub alerts: Vec<(f64, Option<f64>)>,
}

/// Scope and severity of an incident, against the twin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BlastRadius {
    /// Share of the requests that were affected.
    pub requests_affected: f64,
    /// Share of the users with a request that was affected.
    pub users_affected: f64,
    /// Services hit.
    pub services_affected: usize,
    /// Services in all.
    pub services_total: usize,
    /// Affected requests, each in its worst severity.
    pub by_severity: BySeverity,
    /// Requests with an outcome better than the twin's.
    pub improved: u64,
    /// From the first affected request to the last.
    pub duration_s: f64,
    /// From the first affected request until 99 % of them had ended: a single late one does not make it longer. Rounded up
    /// to the second; in runs above half an hour to 2 s, above an hour to 4 s, and so on. None if there is none.
    pub duration_99_s: Option<f64>,
    /// The same by traffic class.
    pub classes: IndexMap<String, ClassRadius>,
}

impl BlastRadius {
    /// Within which time nearly all of the harm was, where a few requests make the whole markedly longer.
    pub(crate) fn nearly_all_s(&self) -> Option<f64> {
        self.duration_99_s.filter(|most| *most <= MARKEDLY * self.duration_s)
    }
}

/// Affected requests by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BySeverity {
    /// Answered, but late.
    pub slower: u64,
    /// Answered by a fallback.
    pub degraded: u64,
    /// Answered wrongly.
    pub incorrect: u64,
    /// Open at the end although the twin's answer is long overdue: see `analysis::worse`.
    pub unanswered: u64,
    /// Failed.
    pub failed: u64,
}

impl BySeverity {
    /// Affected requests, of any severity.
    pub const fn affected(&self) -> u64 {
        self.slower + self.degraded + self.incorrect + self.lost()
    }

    /// Requests whose user got nothing: failed, or never answered.
    pub const fn lost(&self) -> u64 {
        self.unanswered + self.failed
    }
}

/// What an incident did to the requests of a traffic class, against the twin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassRadius {
    /// Share of its requests that were affected.
    pub requests_affected: f64,
    /// Affected requests, each in its worst severity.
    pub by_severity: BySeverity,
    /// Requests with an outcome better than the twin's.
    pub improved: u64,
    /// Value of the requests that failed or were never answered although the twin's were.
    pub lost_value: f64,
    /// When the first affected request arrived.
    pub first_s: Option<f64>,
    /// When the last affected request ended; the end of the run if one was open by then.
    pub last_s: Option<f64>,
    /// The minute in which most requests arrived that were affected, the first of equals.
    pub worst_minute: Option<WorstMinute>,
}

/// A minute of a traffic class, or a longer stretch if the run is so long that nothing shorter is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WorstMinute {
    /// Its begin.
    pub from_s: f64,
    /// Its end; the end of the run, if that comes first.
    pub to_s: f64,
    /// Requests that arrived in it and were compared with their twin.
    pub requests: u64,
    /// Of those: affected.
    pub affected: u64,
    /// Of those: failed, or never answered.
    pub lost: u64,
}

/// What an incident did to the attempts at a service, against the twin. An attempt is harmed if it fails where its twin
/// does not, or if it is late by more than makes a request slower.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceHarm {
    /// Attempts at it.
    pub attempts: u64,
    /// Of those: harmed.
    pub harmed: u64,
    /// Harmed / attempts.
    pub share: f64,
    /// Services and traffic classes that had a harmed attempt at it.
    pub callers: Vec<String>,
    /// Services and traffic classes that may call it.
    pub callers_total: usize,
}

/// A service that was hit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    /// When it was first hit.
    pub at_s: f64,
    /// Which service.
    pub service: String,
    /// The service that the harm came from; none where a fault hit it.
    pub from: Option<String>,
    /// What carried it: "pause", "timeouts of the call", "threads wait on the call" ...
    pub via: String,
}

/// A service that got worse again, was hit for the first time, or had more load, after a restart that the response made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wave {
    /// When.
    pub at_s: f64,
    /// Which service.
    pub service: String,
    /// The service that it came from; none where it arose.
    pub from: Option<String>,
    /// What carried it: "load up 2.7x: cold caches", "out-of-memory kills" ...
    pub via: String,
    /// When the restart began that it followed.
    pub restart_s: f64,
    /// Whether all that is known is that it had more load: it did not get worse by that.
    #[serde(default)]
    pub more_load: bool,
}

impl Wave {
    /// Whether it followed the same restart.
    pub fn is_of_restart(&self, other: &Self) -> bool {
        self.restart_s.total_cmp(&other.restart_s).is_eq()
    }
}

/// What people and automation did about an incident.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PeopleSummary {
    /// When the on-call was first called.
    pub paged_s: Option<f64>,
    /// When they first began to work on it.
    pub started_s: Option<f64>,
    /// When anything was first done.
    pub first_action_s: Option<f64>,
    /// When it was last declared over.
    pub resolved_s: Option<f64>,
    /// How long people took for each phase, summed up: `notice`, `dismissal`, `decision`, `misdiagnosis`, `action` (until the
    /// first step of what was decided), `vain_fix` (from then until something else was decided), `escalation`, `at_a_loss`
    /// and `last_fix` (from its first step until it was declared over). Together they are all the time from each page to
    /// its end, without pages whose alert was gone before anybody looked, and the phase that the run ends in.
    pub delays_s: IndexMap<String, f64>,
    /// What people did that did not end it, in order.
    #[serde(default)]
    pub vain_fixes: Vec<VainFix>,
    /// Notice, dismissal, misdiagnosis and escalation, as far as they lie within the outage, over the time to recover; over the
    /// duration of the blast radius if it did not recover.
    pub share_of_outage: Option<f64>,
    /// What acting saved against the world in which nobody acts; none without a twin.
    pub saved: Option<Saved>,
}

/// What people did, after which the incident was not over: they decided on something else, called for help or were at a
/// loss. Whether it helped a little is not said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VainFix {
    /// When its first step was taken.
    pub at_s: f64,
    /// When something else was decided.
    pub to_s: f64,
    /// Who took it: `on-call`, `experts`.
    pub by: String,
    /// Its steps: `restart user, all at once`.
    pub what: Vec<String>,
    /// The monitors whose alerts fired when something else was decided.
    pub firing: Vec<String>,
}

/// What acting saved (positive) or added (negative): the unattended world's numbers minus the actual ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// Requests that failed, or had no answer at the end though the twin's had.
    pub requests: i64,
    /// Time for which the class that was away longest was unavailable.
    pub unavailable_s: f64,
    /// Lost value.
    pub value: f64,
}

/// A root of the harm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RootCause {
    /// "pause of user-db".
    pub root: String,
    /// Share of the harmed requests, 0 to 1.
    pub share: f64,
    /// Share of those of them that were answered in the twin and not in the actual world, 0 to 1.
    #[serde(default)]
    pub share_of_lost: f64,
    /// Begin of the window in which it began to hold the first of them.
    pub from_s: f64,
    /// End of the window in which it began to hold the last of them.
    pub to_s: f64,
}

/// An expectation against a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpectationResult {
    /// As written.
    pub text: String,
    /// Whether it held.
    pub held: bool,
    /// What was measured; none if there was nothing to measure.
    pub measured: Option<f64>,
    /// Unit of that: `share`, `per_s`, `s`, `ratio` or empty.
    #[serde(deserialize_with = "word::known")]
    pub unit: Word,
    /// What was found, in words.
    pub found: String,
}
