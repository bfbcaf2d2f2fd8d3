//! Counters of one class, service or call: what the current window holds, and the totals. Knows no clock but `now`.

use indexmap::IndexMap;

use crate::failure::{FailureCause, Outcome};
use crate::record::latency::Latencies;
use crate::record::level::Level;
use crate::record::{
    CallSeries, CallTotals, ClassSeries, ClassTotals, Quantiles, ServiceSeries, ServiceTotals,
};
use crate::time::{SimDuration, SimTime};

/// Failures by cause.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Causes([u64; FailureCause::ALL.len()]);

impl Causes {
    fn count(&mut self, cause: FailureCause) {
        self.0[cause as usize] += 1;
    }

    /// Those that occurred, in the order of their definition.
    fn by_name(&self) -> IndexMap<String, u64> {
        let all = FailureCause::ALL.iter().zip(self.0);
        all.filter(|(_, count)| *count > 0).map(|(cause, count)| (cause.name().to_owned(), count)).collect()
    }
}

/// The mean of so many times, in milliseconds.
fn mean_ms(sum_ns: u128, count: u64) -> f64 {
    if count == 0 { 0.0 } else { sum_ns as f64 / count as f64 / 1e6 }
}

/// Adds what a window held and begins the next.
fn push(column: &mut Vec<u64>, counter: &mut u64) {
    column.push(std::mem::take(counter));
}

impl Quantiles {
    /// Adds the latencies of all that a window answered.
    fn push(&mut self, latencies: &mut Latencies, answered: u64) {
        assert_eq!(latencies.len(), answered, "latencies of a window, and what it answered");
        let quantiles = latencies.quantiles_ms([0.5, 0.9, 0.99]);
        self.p50_ms.push(quantiles.map(|[p50, ..]| p50));
        self.p90_ms.push(quantiles.map(|[_, p90, _]| p90));
        self.p99_ms.push(quantiles.map(|[.., p99]| p99));
        latencies.clear();
    }
}

/// Requests of a class.
#[derive(Clone, Debug)]
pub(crate) struct ClassTally {
    series: ClassSeries,
    arrived: u64,
    ok: u64,
    degraded: u64,
    failed: u64,
    limited: u64,
    too_slow: u64,
    of_surges: u64,
    /// Whether surges of it come.
    surges: bool,
    /// Answers later than this are too slow.
    in_time: Option<SimDuration>,
    latency: Latencies,
    totals: ClassTotals,
    causes: Causes,
    all_latency: Latencies,
}

impl ClassTally {
    /// A class whose answers are to come in this time, if anything was promised.
    pub(crate) fn new(in_time: Option<SimDuration>, surges: bool) -> Self {
        Self {
            series: ClassSeries::default(),
            arrived: 0,
            ok: 0,
            degraded: 0,
            failed: 0,
            limited: 0,
            too_slow: 0,
            of_surges: 0,
            surges,
            in_time,
            latency: Latencies::coarse(),
            totals: ClassTotals::default(),
            causes: Causes::default(),
            all_latency: Latencies::precise(),
        }
    }

    pub(crate) fn arrived(&mut self) {
        self.arrived += 1;
        self.totals.requests += 1;
    }

    pub(crate) fn ended(&mut self, outcome: Outcome, latency: SimDuration, of_surge: bool) {
        match outcome {
            Outcome::Ok | Outcome::Degraded => {
                self.ok += 1;
                self.of_surges += u64::from(of_surge);
                if outcome == Outcome::Degraded {
                    self.degraded += 1;
                    self.totals.degraded += 1;
                } else {
                    self.totals.ok += 1;
                }
                let too_slow = self.in_time.is_some_and(|longest| latency > longest);
                self.too_slow += u64::from(too_slow);
                self.totals.too_slow += u64::from(too_slow);
                self.latency.record(latency);
                self.all_latency.record(latency);
            }
            Outcome::Failed(cause) => {
                self.failed += 1;
                self.limited += u64::from(matches!(cause, FailureCause::RateLimited | FailureCause::Shed));
                self.totals.failed += 1;
                self.causes.count(cause);
            }
            Outcome::Abandoned => {}
        }
    }

    pub(crate) fn close_window(&mut self) {
        self.series.latency.push(&mut self.latency, self.ok);
        push(&mut self.series.arrived, &mut self.arrived);
        push(&mut self.series.ok, &mut self.ok);
        push(&mut self.series.degraded, &mut self.degraded);
        push(&mut self.series.failed, &mut self.failed);
        push(&mut self.series.limited, &mut self.limited);
        if self.in_time.is_some() {
            push(&mut self.series.too_slow, &mut self.too_slow);
        }
        if self.surges {
            push(&mut self.series.of_surges, &mut self.of_surges);
        }
    }

    pub(crate) fn finish(self) -> (ClassSeries, ClassTotals) {
        let answered = self.totals.ok + self.totals.degraded;
        assert_eq!(self.all_latency.len(), answered, "latencies of a class, and what was answered");
        let totals = ClassTotals {
            failed_by_cause: self.causes.by_name(),
            latency_ms: self.all_latency.summary(),
            ..self.totals
        };
        (self.series, totals)
    }
}

/// Attempts at a service.
#[derive(Clone, Debug)]
pub(crate) struct ServiceTally {
    series: ServiceSeries,
    offered: u64,
    admitted: u64,
    completed: u64,
    ok: u64,
    failed: u64,
    timed_out: u64,
    shed: u64,
    retried: u64,
    hits: u64,
    misses: u64,
    latency: Latencies,
    pub(crate) queued: Level,
    pub(crate) busy: Level,
    pub(crate) blocked: Level,
    pub(crate) running: Level,
    /// Threads of all replicas, where a procedure may change how many these are.
    pub(crate) threads: Option<Level>,
    /// Areas since T+0: attempts at the service, threads held, and threads.
    in_flight_area: f64,
    busy_area: f64,
    threads_area: f64,
    wait_ns: u128,
    waits: u64,
    held_ns: u128,
    helds: u64,
    threads_at_first: u64,
    pub(crate) totals: ServiceTotals,
    causes: Causes,
}

impl ServiceTally {
    pub(crate) fn new(replicas: u32, threads: u32, threads_may_change: bool) -> Self {
        let threads_at_first = u64::from(replicas) * u64::from(threads);
        Self {
            series: ServiceSeries::default(),
            offered: 0,
            admitted: 0,
            completed: 0,
            ok: 0,
            failed: 0,
            timed_out: 0,
            shed: 0,
            retried: 0,
            hits: 0,
            misses: 0,
            latency: Latencies::coarse(),
            queued: Level::new(0),
            busy: Level::new(0),
            blocked: Level::new(0),
            running: Level::new(u64::from(replicas)),
            threads: threads_may_change.then(|| Level::new(threads_at_first)),
            in_flight_area: 0.0,
            busy_area: 0.0,
            threads_area: 0.0,
            wait_ns: 0,
            waits: 0,
            held_ns: 0,
            helds: 0,
            threads_at_first,
            totals: ServiceTotals::default(),
            causes: Causes::default(),
        }
    }

    pub(crate) fn sent(&mut self, first: bool, since_fault: bool) {
        self.offered += 1;
        self.retried += u64::from(!first);
        self.totals.attempts += 1;
        if since_fault {
            self.totals.attempts_since_fault += 1;
            self.totals.first_attempts_since_fault += u64::from(first);
        }
    }

    pub(crate) fn ended(&mut self, outcome: Outcome, latency: SimDuration) {
        match outcome {
            Outcome::Ok | Outcome::Degraded => {
                self.ok += 1;
                self.totals.ok += 1;
                self.latency.record(latency);
            }
            Outcome::Failed(cause) => {
                self.failed += 1;
                self.timed_out += u64::from(cause == FailureCause::Timeout);
                self.shed += u64::from(cause.is_turned_away());
                self.totals.failed += 1;
                self.causes.count(cause);
            }
            Outcome::Abandoned => self.totals.abandoned += 1,
        }
    }

    pub(crate) fn looked_up(&mut self, hit: bool, counts: bool) {
        if !counts {
            return;
        }
        self.hits += u64::from(hit);
        self.misses += u64::from(!hit);
        self.totals.hits += u64::from(hit);
        self.totals.misses += u64::from(!hit);
    }

    pub(crate) fn begun(&mut self, waited: SimDuration) {
        self.admitted += 1;
        self.wait_ns += u128::from(waited.as_nanos());
        self.waits += 1;
    }

    pub(crate) fn finished(&mut self, held: SimDuration, outcome: Outcome) {
        self.completed += u64::from(outcome.is_answered());
        self.held_ns += u128::from(held.as_nanos());
        self.helds += 1;
    }

    /// Forgets the areas of the warm-up.
    pub(crate) fn begin(&mut self, now: SimTime) {
        let levels = [&mut self.queued, &mut self.busy, &mut self.blocked, &mut self.running];
        for level in levels.into_iter().chain(&mut self.threads) {
            level.take(now);
        }
    }

    pub(crate) fn close_window(&mut self, now: SimTime, width_s: f64) {
        let (queued, busy) = (self.queued.take(now), self.busy.take(now));
        self.in_flight_area += queued + busy;
        self.busy_area += busy;
        let threads = self.threads.as_mut().map(|threads| threads.take(now));
        self.threads_area += threads.unwrap_or(self.threads_at_first as f64 * width_s);
        let series = &mut self.series;
        series.latency.push(&mut self.latency, self.ok);
        push(&mut series.offered, &mut self.offered);
        push(&mut series.admitted, &mut self.admitted);
        push(&mut series.completed, &mut self.completed);
        push(&mut series.ok, &mut self.ok);
        push(&mut series.failed, &mut self.failed);
        push(&mut series.timed_out, &mut self.timed_out);
        push(&mut series.shed, &mut self.shed);
        push(&mut series.retried, &mut self.retried);
        push(&mut series.hits, &mut self.hits);
        push(&mut series.misses, &mut self.misses);
        series.in_flight.push((queued + busy) / width_s);
        series.queue_length.push(queued / width_s);
        series.busy_threads.push(busy / width_s);
        series.threads.extend(threads.map(|threads| threads / width_s));
        series.waiting_threads.push(self.blocked.take(now) / width_s);
        series.running_replicas.push(self.running.take(now) / width_s);
    }

    pub(crate) fn finish(self, simulated_s: f64) -> (ServiceSeries, ServiceTotals) {
        let per_time = |area: f64| if simulated_s > 0.0 { area / simulated_s } else { 0.0 };
        let totals = ServiceTotals {
            failed_by_cause: self.causes.by_name(),
            utilization: if self.threads_area > 0.0 { self.busy_area / self.threads_area } else { 0.0 },
            mean_wait_ms: mean_ms(self.wait_ns, self.waits),
            mean_service_ms: mean_ms(self.held_ns, self.helds),
            mean_in_flight: per_time(self.in_flight_area),
            ..self.totals
        };
        (self.series, totals)
    }
}

/// Attempts of a call.
#[derive(Clone, Debug)]
pub(crate) struct CallTally {
    series: CallSeries,
    attempts: u64,
    first_attempts: u64,
    failed: u64,
    refused: u64,
    fallbacks: u64,
    /// Whether attempts may wait at the caller; how many asked for something, and how long they waited for it.
    may_wait: bool,
    waits: u64,
    wait_ns: u128,
    longest_wait: SimDuration,
    /// Breakers open; none if the call never has a breaker.
    pub(crate) open: Option<Level>,
    pub(crate) totals: CallTotals,
}

impl CallTally {
    /// A call that may have a breaker, and whose attempts may wait before they are sent.
    pub(crate) fn new(has_breaker: bool, may_wait: bool) -> Self {
        Self {
            series: CallSeries::default(),
            attempts: 0,
            first_attempts: 0,
            failed: 0,
            refused: 0,
            fallbacks: 0,
            may_wait,
            waits: 0,
            wait_ns: 0,
            longest_wait: SimDuration::ZERO,
            open: has_breaker.then(|| Level::new(0)),
            totals: CallTotals::default(),
        }
    }

    /// An attempt waits at its caller no more: it is sent, it gave up, or the run is over.
    pub(crate) fn waited(&mut self, wait: SimDuration) {
        self.waits += 1;
        self.wait_ns += u128::from(wait.as_nanos());
        self.longest_wait = self.longest_wait.max(wait);
    }

    pub(crate) fn sent(&mut self, first: bool, since_fault: bool) {
        self.attempts += 1;
        self.first_attempts += u64::from(first);
        self.totals.attempts += 1;
        self.totals.first_attempts += u64::from(first);
        if since_fault {
            self.totals.attempts_since_fault += 1;
            self.totals.first_attempts_since_fault += u64::from(first);
        }
    }

    pub(crate) fn ended(&mut self, outcome: Outcome) {
        self.failed += u64::from(outcome.is_failed());
        self.totals.failed += u64::from(outcome.is_failed());
    }

    pub(crate) fn fell_back(&mut self, outcome: Outcome) {
        self.fallbacks += 1;
        self.totals.fallbacks += 1;
        self.totals.fallbacks_degraded += u64::from(outcome == Outcome::Degraded);
    }

    pub(crate) fn refused(&mut self) {
        self.refused += 1;
        self.totals.refused += 1;
    }

    pub(crate) fn begin(&mut self, now: SimTime) {
        if let Some(open) = &mut self.open {
            open.take(now);
        }
    }

    pub(crate) fn close_window(&mut self, now: SimTime, width_s: f64) {
        push(&mut self.series.attempts, &mut self.attempts);
        push(&mut self.series.first_attempts, &mut self.first_attempts);
        push(&mut self.series.failed, &mut self.failed);
        push(&mut self.series.refused, &mut self.refused);
        push(&mut self.series.fallbacks, &mut self.fallbacks);
        if let Some(open) = &mut self.open {
            self.series.breakers_open.push(open.take(now) / width_s);
        }
    }

    pub(crate) fn finish(self) -> (CallSeries, CallTotals) {
        let totals = CallTotals {
            mean_wait_ms: self.may_wait.then(|| mean_ms(self.wait_ns, self.waits)),
            longest_wait_ms: self.may_wait.then(|| mean_ms(self.longest_wait.as_nanos().into(), 1)),
            ..self.totals
        };
        (self.series, totals)
    }
}
