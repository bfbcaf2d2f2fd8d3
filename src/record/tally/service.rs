//! Attempts at a service, from all its callers.

use crate::failure::{FailureCause, Outcome};
use crate::record::latency::Latencies;
use crate::record::level::Level;
use crate::record::tally::rows::{Causes, Sent, Three, column, end_latencies, mean_ms, quantiles};
use crate::record::{ServiceSeries, ServiceTotals};
use crate::time::{SimDuration, SimTime};

/// Attempts at a service. In this order in memory: what every attempt touches stands first, and together.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct ServiceTally {
    pub(crate) queued: Level,
    pub(crate) busy: Level,
    pub(crate) blocked: Level,
    wait_ns: u128,
    held_ns: u128,
    now: Counts,
    abandoned: u64,
    peak_queue: u64,
    before_fault: Sent,
    /// Threads given back without an answer.
    unanswered: u64,
    threads_at_first: u64,
    latency: Latencies,
    pub(crate) running: Level,
    /// Threads of all replicas, where a procedure may change how many these are.
    pub(crate) threads: Option<Level>,
    windows: Vec<Window>,
    /// Areas since T+0: attempts at the service, threads held, and threads.
    in_flight_area: f64,
    busy_area: f64,
    threads_area: f64,
    pub(crate) restarts: u64,
    pub(crate) oom_kills: u64,
    causes: Causes,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    offered: u64,
    retried: u64,
    admitted: u64,
    completed: u64,
    ok: u64,
    failed: u64,
    timed_out: u64,
    shed: u64,
    hits: u64,
    misses: u64,
}

/// A window that is over.
#[derive(Clone, Copy, Debug)]
struct Window {
    counts: Counts,
    latency: Three,
    in_flight: f64,
    queue_length: f64,
    busy_threads: f64,
    threads: Option<f64>,
    waiting_threads: f64,
    running_replicas: f64,
}

impl ServiceTally {
    pub(crate) fn new(replicas: u32, threads: u32, threads_may_change: bool) -> Self {
        let threads_at_first = u64::from(replicas) * u64::from(threads);
        Self {
            queued: Level::new(0),
            busy: Level::new(0),
            blocked: Level::new(0),
            wait_ns: 0,
            held_ns: 0,
            latency: Latencies::coarse(),
            now: Counts::default(),
            abandoned: 0,
            peak_queue: 0,
            before_fault: Sent::default(),
            unanswered: 0,
            running: Level::new(u64::from(replicas)),
            threads: threads_may_change.then(|| Level::new(threads_at_first)),
            threads_at_first,
            windows: Vec::new(),
            in_flight_area: 0.0,
            busy_area: 0.0,
            threads_area: 0.0,
            restarts: 0,
            oom_kills: 0,
            causes: Causes::default(),
        }
    }

    pub(crate) fn sent(&mut self, first: bool, since_fault: bool) {
        self.now.offered += 1;
        self.now.retried += u64::from(!first);
        if !since_fault {
            self.before_fault.count(first);
        }
    }

    pub(crate) fn ended(&mut self, outcome: Outcome, latency: SimDuration) {
        match outcome {
            Outcome::Ok | Outcome::Degraded => {
                self.now.ok += 1;
                self.latency.record(latency);
            }
            Outcome::Failed(cause) => {
                self.now.failed += 1;
                self.now.timed_out += u64::from(cause == FailureCause::Timeout);
                self.now.shed += u64::from(cause.is_turned_away());
                self.causes.count(cause);
            }
            Outcome::Abandoned => self.abandoned += 1,
        }
    }

    pub(crate) fn looked_up(&mut self, hit: bool) {
        self.now.hits += u64::from(hit);
        self.now.misses += u64::from(!hit);
    }

    /// The queue of a replica now has this length.
    pub(crate) fn queue_has(&mut self, length: u32) {
        self.peak_queue = self.peak_queue.max(u64::from(length));
    }

    pub(crate) fn begun(&mut self, waited: SimDuration) {
        self.now.admitted += 1;
        self.wait_ns += u128::from(waited.as_nanos());
    }

    pub(crate) fn finished(&mut self, held: SimDuration, outcome: Outcome) {
        if outcome.is_answered() {
            self.now.completed += 1;
        } else {
            self.unanswered += 1;
        }
        self.held_ns += u128::from(held.as_nanos());
    }

    /// Forgets the areas of the warm-up.
    pub(crate) fn begin(&mut self, now: SimTime) {
        let levels = [&mut self.queued, &mut self.busy, &mut self.blocked, &mut self.running];
        for level in levels.into_iter().chain(&mut self.threads) {
            level.take(now);
        }
    }

    pub(crate) fn close_window(&mut self, now: SimTime, width_s: f64) {
        let counts = std::mem::take(&mut self.now);
        let (queued, busy) = (self.queued.take(now), self.busy.take(now));
        let threads = self.threads.as_mut().map(|threads| threads.take(now));
        self.in_flight_area += queued + busy;
        self.busy_area += busy;
        self.threads_area += threads.unwrap_or(self.threads_at_first as f64 * width_s);
        self.windows.push(Window {
            counts,
            latency: end_latencies(&mut self.latency, counts.ok),
            in_flight: (queued + busy) / width_s,
            queue_length: queued / width_s,
            busy_threads: busy / width_s,
            threads: threads.map(|threads| threads / width_s),
            waiting_threads: self.blocked.take(now) / width_s,
            running_replicas: self.running.take(now) / width_s,
        });
    }

    pub(crate) fn finish(self, simulated_s: f64) -> (ServiceSeries, ServiceTotals) {
        let per_time = |area: f64| if simulated_s > 0.0 { area / simulated_s } else { 0.0 };
        let all = |of: fn(&Counts) -> u64| {
            self.windows.iter().map(|window| of(&window.counts)).sum::<u64>() + of(&self.now)
        };
        let totals = ServiceTotals {
            attempts: all(|c| c.offered),
            ok: all(|c| c.ok),
            failed: all(|c| c.failed),
            abandoned: self.abandoned,
            failed_by_cause: self.causes.by_name(),
            utilization: if self.threads_area > 0.0 { self.busy_area / self.threads_area } else { 0.0 },
            mean_wait_ms: mean_ms(self.wait_ns, all(|c| c.admitted)),
            mean_service_ms: mean_ms(self.held_ns, all(|c| c.completed) + self.unanswered),
            mean_in_flight: per_time(self.in_flight_area),
            peak_queue: self.peak_queue,
            restarts: self.restarts,
            oom_kills: self.oom_kills,
            hits: all(|c| c.hits),
            misses: all(|c| c.misses),
            attempts_since_fault: all(|c| c.offered) - self.before_fault.attempts,
            first_attempts_since_fault: all(|c| c.offered - c.retried) - self.before_fault.first_attempts,
        };
        (series(&self.windows), totals)
    }
}

/// The windows as columns.
fn series(windows: &[Window]) -> ServiceSeries {
    let counts = |of: fn(&Counts) -> u64| column(windows, |window| of(&window.counts));
    ServiceSeries {
        offered: counts(|c| c.offered),
        admitted: counts(|c| c.admitted),
        completed: counts(|c| c.completed),
        ok: counts(|c| c.ok),
        failed: counts(|c| c.failed),
        timed_out: counts(|c| c.timed_out),
        shed: counts(|c| c.shed),
        retried: counts(|c| c.retried),
        hits: counts(|c| c.hits),
        misses: counts(|c| c.misses),
        in_flight: column(windows, |window| window.in_flight),
        queue_length: column(windows, |window| window.queue_length),
        busy_threads: column(windows, |window| window.busy_threads),
        threads: windows.iter().filter_map(|window| window.threads).collect(),
        waiting_threads: column(windows, |window| window.waiting_threads),
        running_replicas: column(windows, |window| window.running_replicas),
        latency: quantiles(windows, |window| window.latency),
    }
}
