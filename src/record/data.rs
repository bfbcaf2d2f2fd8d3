//! The record of an incident: what its worlds left behind, by name and in seconds. Knows no engine.
//!
//! All times count from the end of the warm-up (T+0). Windows are at most 2,000, however long the run: their width
//! follows from the horizon.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::record::word::{self, Word};
use crate::record::{BlameRecord, LatencySummary, Topology};

/// Version of the record's format.
pub const RECORD_VERSION: u32 = 1;

/// Everything that one incident left behind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Version of this format.
    pub record_version: u32,
    /// Version of the program.
    pub knockon: String,
    /// The scenario's name.
    pub scenario: String,
    /// What the scenario tells those who learn from it.
    #[serde(default)]
    pub notes: Option<String>,
    /// The variant that ran, if any.
    pub variant: Option<String>,
    /// Overrides from the command line, as given.
    pub overrides: Vec<String>,
    /// The root of all draws.
    pub seed: u64,
    /// Wall-clock time of T+0 for people: seconds since midnight.
    pub start: Option<u32>,
    /// Currency of values.
    pub currency: String,
    /// Length of the warm-up.
    pub warm_up_s: f64,
    /// Length of the run from T+0, as planned.
    pub horizon_s: f64,
    /// How far it got; less than the horizon if it was stopped.
    pub simulated_s: f64,
    /// Who calls whom.
    pub topology: Topology,
    /// The faults, as they happened.
    pub faults: Vec<FaultSpan>,
    /// As it happened.
    pub actual: WorldRecord,
    /// Without faults and response; none with `--no-twin`.
    pub twin: Option<WorldRecord>,
    /// With faults, without response; none without a twin, and none if nobody ever acted: then it is the actual world.
    pub unattended: Option<WorldRecord>,
    /// Why requests of the actual world were harmed; none without a twin.
    pub blame: Option<BlameRecord>,
}

/// A fault, as it happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultSpan {
    /// Its name, or "pause of user-db".
    pub name: String,
    /// What it did: `pause`, `crash`, `restart`, `slow`, `latency`, `errors`, `flush`, `surge`.
    pub effect: String,
    /// What it hit: a service, one of its replicas, a call, or traffic.
    pub on: String,
    /// The service it hit; for a fault on a call, the callee, and for one on traffic, its entry.
    pub service: String,
    /// When it began.
    pub from_s: f64,
    /// When it ended; none if it was active at the end.
    pub to_s: Option<f64>,
}

/// What one world left behind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WorldRecord {
    /// Digest over the order of its model events.
    pub fingerprint: String,
    /// Digests of its draws: `arrivals/<class>` and `work/<service>`.
    pub digests: IndexMap<String, String>,
    /// Model events in it.
    pub events: u64,
    /// Width of a window.
    pub window_s: f64,
    /// Number of windows in every series below.
    pub windows: usize,
    /// Requests, by traffic class.
    pub classes: IndexMap<String, ClassSeries>,
    /// Attempts, by the service they were made at.
    pub services: IndexMap<String, ServiceSeries>,
    /// Attempts, by `"caller -> callee"`.
    pub calls: IndexMap<String, CallSeries>,
    /// Readings.
    pub monitors: IndexMap<String, MonitorTrack>,
    /// What people and automation did about it, in order.
    pub response: Vec<ResponseEntry>,
    /// Changes of state, in the order they happened; at most [`MAX_TRANSITIONS`].
    pub transitions: Vec<Transition>,
    /// Changes of state beyond those.
    pub transitions_left_out: u64,
    /// Exact totals.
    pub totals: Totals,
}

/// Changes of state that a record holds at the most: enough to read, bounded however long the run.
pub const MAX_TRANSITIONS: usize = 20_000;

/// Exact totals of a world from T+0 on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Requests, by traffic class.
    pub classes: IndexMap<String, ClassTotals>,
    /// Attempts, by service.
    pub services: IndexMap<String, ServiceTotals>,
    /// Attempts, by call.
    pub calls: IndexMap<String, CallTotals>,
}

/// Requests of a class that arrived from T+0 on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassTotals {
    /// All of them.
    pub requests: u64,
    /// Answered as wanted.
    pub ok: u64,
    /// Answered by a fallback.
    pub degraded: u64,
    /// Failed.
    pub failed: u64,
    /// Failed, by cause.
    pub failed_by_cause: IndexMap<String, u64>,
    /// Of all of them: those that came with a surge.
    #[serde(default)]
    pub surge_requests: u64,
    /// Of the failed: those that came with a surge.
    #[serde(default)]
    pub surge_failed: u64,
    /// Of the answered: later than the latency of the class's service level objective.
    pub too_slow: u64,
    /// Latency of the answered, in milliseconds.
    pub latency_ms: LatencySummary,
}

/// Attempts at a service that were begun from T+0 on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceTotals {
    /// Sent to it.
    pub attempts: u64,
    /// Succeeded, as callers saw them.
    pub ok: u64,
    /// Failed, as callers saw them.
    pub failed: u64,
    /// Let go by callers who no longer wanted an answer.
    pub abandoned: u64,
    /// The failed, by cause.
    pub failed_by_cause: IndexMap<String, u64>,
    /// Share of thread time held, of the threads of all replicas, whether they run or not.
    pub utilization: f64,
    /// Mean wait for a thread, of attempts that got one.
    pub mean_wait_ms: f64,
    /// Mean time a thread was held.
    pub mean_service_ms: f64,
    /// Time-average number of attempts at the service.
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
    /// Sent to it from the first fault on.
    pub attempts_since_fault: u64,
    /// Of those, first attempts.
    pub first_attempts_since_fault: u64,
}

/// Attempts of a call from T+0 on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallTotals {
    /// Sent.
    pub attempts: u64,
    /// Of those, first attempts.
    pub first_attempts: u64,
    /// Failed, as the caller saw them.
    pub failed: u64,
    /// Refused by the caller.
    pub refused: u64,
    /// Calls that a fallback answered, in time or after they had failed.
    pub fallbacks: u64,
    /// Of those: after they had failed, with less than was wanted.
    pub fallbacks_degraded: u64,
    /// Attempts that failed because a mechanism stopped them, by its name.
    pub stopped_by: IndexMap<String, Stopped>,
    /// Sent from the first fault on.
    pub attempts_since_fault: u64,
    /// Of those, first attempts.
    pub first_attempts_since_fault: u64,
    /// Times a breaker of it opened.
    pub breaker_opened: u64,
    /// Mean wait at the caller, of attempts that were sent, gave up or still waited at the end; none if none of the call
    /// ever has to wait.
    pub mean_wait_ms: Option<f64>,
    /// The longest of these waits.
    pub longest_wait_ms: Option<f64>,
}

/// What a mechanism stopped on a call, from T+0 on: a breaker, a limit, a bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// Attempts that it refused or gave up.
    pub attempts: u64,
    /// Requests that it stopped an attempt of and that were answered as wanted all the same.
    pub requests_ok: u64,
    /// Such requests that were answered with less.
    pub requests_degraded: u64,
    /// Such requests that failed.
    pub requests_failed: u64,
}

/// Requests of a traffic class, per window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassSeries {
    /// Requests that arrived.
    pub arrived: Vec<u64>,
    /// Requests answered, by the time of the answer.
    pub ok: Vec<u64>,
    /// Of those: answered by a fallback.
    pub degraded: Vec<u64>,
    /// Requests failed, by the time of the failure.
    pub failed: Vec<u64>,
    /// Of those: turned away at their entry by a limit (rate limit, shedding by priority).
    pub limited: Vec<u64>,
    /// Of the answered: later than the latency of the class's service level objective; empty if it has none.
    pub too_slow: Vec<u64>,
    /// Of the answered: those that came with a surge; empty if none ever comes.
    pub of_surges: Vec<u64>,
    /// Latency of the answered ones.
    pub latency: Quantiles,
}

impl ClassSeries {
    /// Requests answered that come in all worlds: without those of surges.
    pub fn usual_ok(&self) -> Cow<'_, [u64]> {
        if self.of_surges.is_empty() {
            return Cow::Borrowed(&self.ok);
        }
        self.ok.iter().zip(&self.of_surges).map(|(ok, extra)| ok - extra).collect()
    }
}

/// Attempts at a service, per window. Counts are by the time they happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceSeries {
    /// Attempts that arrived at a replica, or found none.
    pub offered: Vec<u64>,
    /// Attempts that began (took a thread).
    pub admitted: Vec<u64>,
    /// Attempts that the service finished well, zombies included.
    pub completed: Vec<u64>,
    /// Attempts that succeeded as callers saw them.
    pub ok: Vec<u64>,
    /// Attempts that failed as callers saw them.
    pub failed: Vec<u64>,
    /// Of those: no answer within the timeout.
    pub timed_out: Vec<u64>,
    /// Of those: turned away (no replica, queue full, rate limit, shed by priority).
    pub shed: Vec<u64>,
    /// Retries among the offered.
    pub retried: Vec<u64>,
    /// Lookups in its caches that knew the answer.
    pub hits: Vec<u64>,
    /// Lookups in its caches that did not.
    pub misses: Vec<u64>,
    /// Mean number of attempts at the service, zombies included.
    pub in_flight: Vec<f64>,
    /// Mean number of attempts waiting for a thread.
    pub queue_length: Vec<f64>,
    /// Mean number of threads held.
    pub busy_threads: Vec<f64>,
    /// Mean number of threads of all replicas, whether they run or not; empty if nothing changes how many these are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub threads: Vec<f64>,
    /// Mean number of threads held that wait on a call.
    pub waiting_threads: Vec<f64>,
    /// Mean number of running replicas (paused ones included).
    pub running_replicas: Vec<f64>,
    /// Latency of attempts that succeeded, as callers saw them.
    pub latency: Quantiles,
}

impl ServiceSeries {
    /// Threads of all replicas in a window, whether they run or not; with so many at the begin of the run.
    pub fn threads_in(&self, window: usize, at_first: f64) -> f64 {
        self.threads.get(window).copied().unwrap_or(at_first)
    }
}

/// Attempts of a call, per window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallSeries {
    /// Attempts sent.
    pub attempts: Vec<u64>,
    /// Of those: first attempts.
    pub first_attempts: Vec<u64>,
    /// Attempts failed, as the caller saw them.
    pub failed: Vec<u64>,
    /// Attempts that the caller refused to send: breaker, bulkhead, throttle, pool.
    pub refused: Vec<u64>,
    /// Calls that a fallback answered.
    pub fallbacks: Vec<u64>,
    /// Mean number of breakers open, over the caller's replicas; empty if the call never has any.
    pub breakers_open: Vec<f64>,
}

/// Quantiles of a latency in milliseconds, per window; none where nothing ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// Median.
    pub p50_ms: Vec<Option<f64>>,
    /// 90 % are at most this.
    pub p90_ms: Vec<Option<f64>>,
    /// 99 % are at most this.
    pub p99_ms: Vec<Option<f64>>,
}

/// The readings of a monitor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MonitorTrack {
    /// Unit of the values: `share`, `per_s` or `s`.
    pub unit: String,
    /// What it reads: `error_rate`, `rate`, `latency` or `healthy`.
    pub reading: String,
    /// Whose: the name of a class, a service or a call.
    pub of: String,
    /// Whether that is a traffic class: a service may have the same name.
    pub of_class: bool,
    /// Who counts, where that makes a difference: `callers` or `own`.
    pub view: Option<String>,
    /// Which quantile of the latency it reads, 0 to 1.
    pub quantile: Option<f64>,
    /// Length of the trailing window, s.
    pub window_s: f64,
    /// From one reading to the next, s.
    pub scrape_s: f64,
    /// The alert's threshold, if it has one.
    pub threshold: Option<f64>,
    /// Which side of the threshold is bad: `above` or `below`.
    pub side: Option<String>,
    /// How long a reading must be there until the alert fires, s.
    pub for_s: Option<f64>,
    /// (time, value); scrapes at which there was nothing to read are left out.
    pub samples: Vec<(f64, f64)>,
    /// (from, to) of each firing; no end if it fired at the end of the run.
    pub alerts: Vec<(f64, Option<f64>)>,
}

impl MonitorTrack {
    /// Whether its alert fires at an instant.
    pub fn fires_at(&self, at_s: f64) -> bool {
        self.alerts.iter().any(|(from, to)| *from <= at_s && to.is_none_or(|to| at_s < to))
    }
}

impl ResponseKind {
    /// Whether it changed the world, and not only what somebody knew.
    pub const fn changes_the_world(self) -> bool {
        matches!(self, Self::Set | Self::Restart)
    }

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paged => "paged",
            Self::Dismissed => "dismissed",
            Self::Started => "started",
            Self::Misled => "misled",
            Self::Decided => "decided",
            Self::Set => "set",
            Self::Restart => "restart",
            Self::Escalated => "escalated",
            Self::Exhausted => "exhausted",
            Self::StoodDown => "stood_down",
            Self::Resolved => "resolved",
        }
    }
}

/// Something that people or automation did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResponseEntry {
    /// When.
    pub at_s: f64,
    /// Who: `on-call`, `experts`, or the name of an act.
    pub by: String,
    /// What kind of thing it is.
    pub kind: ResponseKind,
    /// What exactly, in words: "restart user, all at once".
    pub what: String,
    /// What the dashboards said at that moment: (monitor, reading). Only where somebody looked.
    pub readings: Vec<(String, f64)>,
}

/// Kinds of entries of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseKind {
    /// An alert called the on-call.
    Paged,
    /// The on-call took the page for a blip.
    Dismissed,
    /// The on-call began to work on it, and looked at the dashboards.
    Started,
    /// The on-call follows a wrong lead.
    Misled,
    /// A rule of the runbook was chosen, or an act began.
    Decided,
    /// A setting was changed.
    Set,
    /// Replicas were restarted.
    Restart,
    /// Those who know were called.
    Escalated,
    /// Nobody knows what else to do.
    Exhausted,
    /// No alert fires any more, before anybody had acted.
    StoodDown,
    /// The incident was declared over.
    Resolved,
}

/// A change of state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// When.
    pub at_s: f64,
    /// What changed: `fault`, `replica`, `breaker`, `probe`, `alert`.
    #[serde(deserialize_with = "word::known")]
    pub kind: Word,
    /// Who: "gc", "user-db/0", "checkout -> user #0", "user errors".
    pub subject: String,
    /// Into which state: "begin", "end", "paused", "out of memory", "ready", "open", "unhealthy", "firing", "resolved" ...
    #[serde(deserialize_with = "word::known")]
    pub state: Word,
}
