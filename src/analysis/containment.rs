//! What kept the harm from going further, call by call, and what that cost. Counts only; whether it was worth it is for the
//! reader to say.

use serde::{Deserialize, Serialize};

use crate::record::{CallTotals, Record, Stopped};

/// A mechanism that acted on a call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Containment {
    /// The call, `"caller -> callee"`.
    pub call: String,
    /// `breaker`, `bulkhead`, `throttle`, `pool`, `rate_limit`, `shedding`, `queue_bound`, `timeout`, `retry_budget`
    /// or `fallback`.
    pub mechanism: String,
    /// Attempts that it stopped, or of a retry budget, that it did not allow; of a fallback, calls that it answered.
    pub acted: u64,
    /// The same in the twin: what is normal is no containment.
    pub twin: Option<u64>,
    /// Times that it began to act: a breaker opened.
    pub opened: u64,
    /// Of the attempts: those that took no thread of the callee.
    pub spared: u64,
    /// Of the calls that a fallback answered: those that were not tried at all, and lost nothing.
    pub answered: u64,
    /// Of the calls that a fallback answered: those that had failed, and were answered with less.
    pub degraded: u64,
    /// What became of the requests that it stopped an attempt of, each counted once, when they ended; none of a fallback.
    pub requests: Option<Contained>,
}

/// Requests by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contained {
    /// Answered all the same, as wanted.
    pub ok: u64,
    /// Answered with less.
    pub degraded: u64,
    /// Failed.
    pub failed: u64,
}

/// What acted in the actual world, in the order of the calls and then of what an attempt meets.
pub(crate) fn containment(record: &Record) -> Vec<Containment> {
    let twin = |name: &String| record.twin.as_ref().map(|twin| &twin.totals.calls[name]);
    let calls = record.actual.totals.calls.iter();
    calls.flat_map(|(name, totals)| of_call(name, totals, twin(name))).collect()
}

fn of_call(name: &str, totals: &CallTotals, twin: Option<&CallTotals>) -> Vec<Containment> {
    let one = |(mechanism, stopped): (&String, &Stopped)| Containment {
        call: name.to_owned(),
        mechanism: mechanism.clone(),
        acted: stopped.attempts,
        twin: twin.map(|twin| twin.stopped_by.get(mechanism).map_or(0, |stopped| stopped.attempts)),
        opened: if mechanism == "breaker" { totals.breaker_opened } else { 0 },
        spared: if mechanism == "timeout" { 0 } else { stopped.attempts },
        requests: Some(Contained {
            ok: stopped.requests_ok,
            degraded: stopped.requests_degraded,
            failed: stopped.requests_failed,
        }),
        ..Containment::default()
    };
    let mut all: Vec<Containment> = totals.stopped_by.iter().map(one).collect();
    if totals.fallbacks > 0 {
        all.push(Containment {
            call: name.to_owned(),
            mechanism: "fallback".to_owned(),
            acted: totals.fallbacks,
            twin: twin.map(|twin| twin.fallbacks),
            answered: totals.fallbacks - totals.fallbacks_degraded,
            degraded: totals.fallbacks_degraded,
            ..Containment::default()
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mechanism_is_told_with_its_requests_and_the_fallback_last() {
        let stopped =
            |attempts| Stopped { attempts, requests_ok: 1, requests_degraded: 2, requests_failed: 3 };
        let totals = CallTotals {
            stopped_by: [("breaker".to_owned(), stopped(50)), ("timeout".to_owned(), stopped(40))].into(),
            breaker_opened: 4,
            fallbacks: 9,
            fallbacks_degraded: 7,
            ..CallTotals::default()
        };
        let twin = CallTotals {
            stopped_by: [("timeout".to_owned(), stopped(5))].into(),
            fallbacks: 6,
            ..CallTotals::default()
        };
        let requests = Some(Contained { ok: 1, degraded: 2, failed: 3 });
        let one = |mechanism: &str, acted, twin| Containment {
            call: "a -> b".into(),
            mechanism: mechanism.into(),
            acted,
            twin: Some(twin),
            ..Containment::default()
        };
        let wanted = [
            Containment { opened: 4, spared: 50, requests, ..one("breaker", 50, 0) },
            Containment { requests, ..one("timeout", 40, 5) },
            Containment { answered: 2, degraded: 7, ..one("fallback", 9, 6) },
        ];
        assert_eq!(of_call("a -> b", &totals, Some(&twin)), wanted);
        let bare = CallTotals { fallbacks: 0, fallbacks_degraded: 0, ..totals };
        let told: Vec<_> =
            of_call("a -> b", &bare, None).into_iter().map(|one| (one.mechanism, one.twin)).collect();
        assert_eq!(told, [("breaker".to_owned(), None), ("timeout".to_owned(), None)]);
    }
}
