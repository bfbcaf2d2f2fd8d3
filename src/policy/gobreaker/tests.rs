//! gobreaker's buckets against a list of all calls. Knows the breaker's inside.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn a_ratio_is_that_of_the_calls_admitted_in_the_window(
        ops in prop::collection::vec((prop_oneof![0_u64..300, 0_u64..3_000], any::<bool>(), 0_usize..9), 0..200),
        bucket in 1_u64..400, count in 2_u64..6, min_calls in 1_u32..6,
    ) {
        let settings = GobreakerSettings {
            trip: BreakerTrip::Ratio { failure_rate: 0.5, min_calls },
            interval: SimDuration::from_millis(bucket * count),
            bucket: SimDuration::from_millis(bucket),
            open_for: SimDuration::from_secs(1),
            half_open_calls: 1,
            ignore: Vec::new(),
        };
        let mut breaker = Gobreaker::new(settings, SimTime::ZERO);
        // Calls by the bucket that admitted them, and whether they failed while it was there.
        let mut calls: Vec<(u64, bool)> = Vec::new();
        let mut out = Vec::new();
        let mut now = 0;
        for (gap, asks, which) in ops {
            now += gap;
            let at = SimTime::from_nanos(now * 1_000_000);
            let age = now / bucket;
            if asks || out.is_empty() {
                let Some(from) = breaker.try_acquire(at) else { break };
                out.push((from, calls.len()));
                calls.push((age, false));
                continue;
            }
            let (from, index) = out.swap_remove(which % out.len());
            let within = |begun: u64| begun + count > age;
            let failed = which > 3;
            calls[index].1 = failed && within(calls[index].0);
            breaker.record(from, at, if failed { Err(FailureCause::Error) } else { Ok(()) });
            let seen: Vec<bool> = calls.iter().filter(|call| within(call.0)).map(|call| call.1).collect();
            let failures = seen.iter().filter(|failed| **failed).count();
            let trips = failed && seen.len() >= min_calls as usize && failures * 2 >= seen.len();
            prop_assert_eq!(breaker.state() == BreakerState::Open, trips, "{:?}", calls);
            if trips {
                break;
            }
        }
    }
}
