//! Envoy: whom its circuit breakers let through and who comes next, and whom its local rate limit lets in.

use super::{Case, Seen, at_ms, cases, halves};
use crate::policy::{Acquired, Permits, RateLimiter};
use crate::scenario::{Bulkhead, Pool, RateLimit};
use crate::time::{SimDuration, SimTime};

/// `max_requests` as a bulkhead where nobody waits, `max_connections` as a pool.
fn places(case: &Case) -> Permits<&'static str> {
    if case.settings.starts_with("max_requests") {
        let max_concurrent = case.number("max_requests");
        Permits::from(Bulkhead { max_concurrent, max_wait: SimDuration::ZERO })
    } else {
        Permits::from(Pool { size: case.number("max_connections"), max_wait: SimDuration::MAX })
    }
}

fn replay_places(case: &Case, seen: &mut Seen) {
    let mut places = places(case);
    for line in &case.lines {
        let (what, recorded) = halves(line);
        let (request, what) = what.split_once(' ').unwrap();
        let found = if what == "asks" {
            let found = match places.acquire(request) {
                Acquired::Granted => "yes",
                Acquired::Refused => "no",
                Acquired::Waiting => "waits",
            };
            seen.one(found);
            found
        } else if places.abandon(request) {
            seen.one("stopped waiting");
            "nobody"
        } else {
            let next = places.release();
            seen.one(if next.is_some() { "handed on" } else { "given back" });
            next.unwrap_or("nobody")
        };
        assert_eq!(found, recorded, "{}: {line}", case.settings);
    }
}

#[test]
fn envoy_lets_through_whom_the_recording_says() {
    let mut seen = Seen::default();
    for case in cases(include_str!("../../../tests/recorded/envoy_places.txt")) {
        replay_places(&case, &mut seen);
        seen.one("case");
    }
    seen.at_least(40, &["case", "yes", "no", "waits", "handed on", "given back", "stopped waiting"]);
}

/// A bucket and how well its time is known. When Envoy decided lies between two times, and so does when its bucket was
/// last full, which all that it has since is counted from.
struct Bucket {
    limiter: RateLimiter,
    burst: f64,
    unsure: SimDuration,
}

impl Bucket {
    fn new(case: &Case) -> Self {
        // "2 per 756 ms, burst 4"
        let words: Vec<&str> = case.settings.split([' ', ',']).collect();
        let [per_fill, interval_ms] = [words[0], words[2]].map(|word| word.parse::<f64>().unwrap());
        let burst: u32 = case.number("burst");
        let limit = RateLimit::TokenBucket { rate: per_fill / interval_ms * 1e3, burst };
        let limiter = RateLimiter::new(&limit, SimTime::ZERO, SimTime::ZERO);
        Self { limiter, burst: f64::from(burst), unsure: SimDuration::ZERO }
    }

    /// Whether the bucket lets somebody in who was sent and answered at these times; none if it depends on when Envoy
    /// decided in between, and then what it said is taken over.
    fn decides(&mut self, sent: SimTime, answered: SimTime, recorded: bool) -> Option<bool> {
        let since_begin = sent.saturating_since(SimTime::ZERO);
        let earliest = SimTime::ZERO + since_begin.saturating_sub(self.unsure);
        let latest = answered + self.unsure;
        let latency = answered.saturating_since(sent);
        let [early, late] = [earliest, latest].map(|at| self.limiter.clone().admits(at));
        let full_at = |at| self.limiter.left(at) >= self.burst;
        let (at, unsure) = match (full_at(earliest), full_at(latest)) {
            (true, _) => (sent, latency),
            (false, true) => (if recorded { latest } else { earliest }, latency + self.unsure * 2),
            (false, false) => (if recorded { latest } else { earliest }, self.unsure),
        };
        self.unsure = unsure;
        self.limiter.admits(at);
        (early == late).then_some(early)
    }
}

#[test]
fn envoy_lets_in_whom_the_recording_says() {
    let mut seen = Seen::default();
    for case in cases(include_str!("../../../tests/recorded/envoy_bucket.txt")) {
        let mut bucket = Bucket::new(&case);
        seen.one("case");
        for line in &case.lines {
            let (times, recorded) = line.split_once(": ").unwrap();
            let (sent, answered) = times.split_once(" to ").unwrap();
            let [sent, answered] = [sent, answered].map(|time| at_ms(time.parse().unwrap()));
            match bucket.decides(sent, answered, recorded == "in") {
                Some(let_in) => {
                    let found = if let_in { "in" } else { "refused" };
                    assert_eq!(found, recorded, "{}: {line}", case.settings);
                    seen.one(found);
                }
                None => seen.one("too close to tell"),
            }
        }
    }
    seen.at_least(24, &["case"]);
    seen.at_least(500, &["in", "refused"]);
    let unclear = seen.0.get("too close to tell").copied().unwrap_or(0);
    assert!(unclear < 120, "a twentieth of all at the most: {unclear}");
}
