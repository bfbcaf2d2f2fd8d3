//! gobreaker@fed8e9e: `v2/gobreaker.go`, `v2/counter.go`.

use super::follows;

#[test]
fn the_sixth_failure_in_a_row_trips_it() {
    // `ConsecutiveFailures > 5`.
    follows(
        "Gobreaker()",
        "0s: 5 fail -> closed
         0s: 1 ok   -> closed
         0s: 5 fail -> closed
         0s: 1 fail -> open",
    );
}

#[test]
fn half_open_begins_strictly_after_the_timeout() {
    follows(
        "Gobreaker(trip: Consecutive(1))",
        "1s:      1 fail -> open
         61s:     ask    -> no, open
         61s+1ns: ask    -> yes, half-open",
    );
}

#[test]
fn half_open_admits_max_requests_at_once() {
    follows(
        "Gobreaker(trip: Consecutive(1), half_open_calls: 3)",
        "0s:  1 fail -> open
         61s: ask a  -> yes, half-open
         61s: ask b  -> yes, half-open
         61s: ask c  -> yes, half-open
         61s: ask    -> no, half-open
         62s: a ok   -> half-open
         62s: ask    -> no, half-open
         63s: b ok   -> half-open
         64s: c ok   -> closed",
    );
}

#[test]
fn one_failed_probe_reopens_it() {
    follows(
        "Gobreaker(trip: Consecutive(1), half_open_calls: 3)",
        "0s:   1 fail -> open
         61s:  2 ok   -> half-open
         61s:  1 fail -> open
         121s: ask    -> no, open
         122s: ask    -> yes, half-open",
    );
}

#[test]
fn results_of_an_earlier_generation_are_dropped() {
    follows(
        "Gobreaker(trip: Consecutive(1))",
        "0s:  ask a   -> yes, closed
         0s:  ask b   -> yes, closed
         0s:  ask c   -> yes, closed
         1s:  1 fail  -> open
         2s:  a ok    -> open
         62s: ask d   -> yes, half-open
         63s: b ok    -> half-open
         64s: d ok    -> closed
         65s: c fails -> closed",
    );
}

#[test]
fn a_late_result_makes_it_half_open() {
    // `afterRequest` asks for the current state, which changes on the way.
    follows(
        "Gobreaker(trip: Consecutive(1))",
        "0s:  ask a  -> yes, closed
         1s:  1 fail -> open
         61s: look   -> open
         62s: a ok   -> half-open",
    );
}

#[test]
fn an_excluded_probe_makes_room_for_another() {
    follows(
        "Gobreaker(trip: Consecutive(1), ignore: Refused)",
        "0s:  1 fail     -> open
         61s: ask a      -> yes, half-open
         61s: ask        -> no, half-open
         62s: a ignored  -> half-open
         62s: ask b      -> yes, half-open
         63s: b given up -> half-open
         63s: 1 ok       -> closed",
    );
    follows(
        "Gobreaker(ignore: Refused)",
        "0s: 5 fail -> closed\n 0s: 9 ignored -> closed\n 0s: 1 fail -> open",
    );
}

#[test]
fn a_fixed_interval_clears_strictly_after_it() {
    let settings = "Gobreaker(trip: Consecutive(2), interval: \"10s\")";
    follows(settings, "9s: 1 fail -> closed\n 10s: 1 fail -> open");
    follows(settings, "9s: 1 fail -> closed\n 10s+1ns: 1 fail -> closed");
    // The next interval begins with the first call after this one: cleared at 14 s, so not again before 24 s.
    follows(settings, "14s: 1 fail -> closed\n 24s: 1 fail -> open");
}

#[test]
fn a_call_over_a_clearing_is_dropped() {
    follows(
        "Gobreaker(trip: Consecutive(1), interval: \"10s\")",
        "9s:  ask a   -> yes, closed
         11s: a fails -> closed
         11s: 1 fail  -> open",
    );
}

#[test]
fn a_ratio_counts_calls_under_way() {
    // As `TotalFailures / Requests >= 0.6` of the example: two of four, then three of five.
    follows(
        "Gobreaker(trip: Ratio())",
        "0s: ask a   -> yes, closed
         0s: ask     -> yes, closed
         0s: 2 fail  -> closed
         0s: 1 fail  -> open",
    );
}

#[test]
fn buckets_roll() {
    // Ten buckets of a second from the begin: what was admitted in the first is gone at 10 s.
    let settings =
        "Gobreaker(trip: Ratio(min_calls: 3, failure_rate: \"100%\"), interval: \"10s\", bucket: \"1s\")";
    follows(settings, "999ms: 2 fail -> closed\n 9999ms: 1 fail -> open");
    follows(settings, "999ms: 2 fail -> closed\n 10s: 1 fail -> closed\n 10s: 2 fail -> open");
    // The interval is as many whole buckets as it needs, here 12 s.
    let settings =
        "Gobreaker(trip: Ratio(min_calls: 3, failure_rate: \"100%\"), interval: \"10s\", bucket: \"3s\")";
    follows(settings, "0s: 2 fail -> closed\n 11999ms: 1 fail -> open");
    follows(settings, "0s: 2 fail -> closed\n 12s: 1 fail -> closed");
}

#[test]
fn a_result_belongs_to_the_bucket_of_its_call() {
    let settings = "Gobreaker(trip: Consecutive(2), interval: \"10s\", bucket: \"1s\")";
    follows(settings, "0s: ask a -> yes, closed\n 9999ms: a fails -> closed\n 9999ms: 1 fail -> open");
    // At 10 s its bucket is gone, and the result with it.
    follows(
        settings,
        "0s: ask a -> yes, closed\n 10s: a fails -> closed\n 10s: 1 fail -> closed\n 10s: 1 fail -> open",
    );
    // It goes with the bucket of its call, though it ended only just before.
    follows(settings, "0s: ask a -> yes, closed\n 9999ms: a fails -> closed\n 10s: 1 fail -> closed");
}

#[test]
fn a_run_of_failures_loses_what_rolls_away() {
    // Five failures, of which two leave at 10 s: three are left, and three more trip it.
    let settings = "Gobreaker(interval: \"10s\", bucket: \"1s\")";
    follows(
        settings,
        "0s: 2 fail -> closed\n 5s: 3 fail -> closed\n 10s: 2 fail -> closed\n 10s: 1 fail -> open",
    );
    // A success in the window ends the equality that is looked for: the run of three stays three.
    follows(
        settings,
        "0s: 2 fail -> closed\n 5s: 1 ok -> closed\n 5s: 3 fail -> closed\n 10s: 2 fail -> closed\n 10s: 1 fail -> open",
    );
}

#[test]
fn other_numbers_keep_what_was_counted_unless_they_divide_it_anew() {
    follows(
        "Gobreaker()",
        "0s: 4 fail                                                     -> closed
         1s: set Gobreaker(trip: Consecutive(5))                        -> closed
         1s: 1 fail                                                     -> open
         2s: set Gobreaker(trip: Consecutive(5), open_for: \"3s\")        -> open
         4s: ask                                                        -> no, open
         5s: 1 ok                                                       -> closed
         5s: 4 fail                                                     -> closed
         6s: set Gobreaker(trip: Consecutive(5), interval: \"10s\")       -> closed
         6s: 4 fail                                                     -> closed
         16s: 1 fail                                                    -> open",
    );
}
