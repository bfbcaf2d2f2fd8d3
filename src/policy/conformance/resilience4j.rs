//! resilience4j@af9e7c9: `CircuitBreakerStateMachine`, `CircuitBreakerMetrics`, `core/metrics`.

use super::follows;

#[test]
fn a_success_can_trip_it() {
    // Every result is judged: the second success is the fifth call, and three of five are 60 %.
    follows(
        "Resilience4j(window: Calls(10), min_calls: 5)",
        "1s: 3 fail -> closed
         1s: 1 ok   -> closed
         1s: 1 ok   -> open",
    );
}

#[test]
fn rates_trip_inclusively() {
    follows(
        "Resilience4j(window: Calls(10), min_calls: 5)",
        "1s: 2 fail -> closed
         1s: 3 ok   -> closed
         1s: 1 fail -> open",
    );
    follows(
        "Resilience4j(window: Calls(10), min_calls: 4, slow_rate: \"50%\", slow_after: \"2s\")",
        "9s: 2 ok taking 3s -> closed
         9s: 2 ok           -> open",
    );
}

#[test]
fn slow_is_strictly_longer() {
    follows(
        "Resilience4j(window: Calls(10), min_calls: 2, slow_after: \"2s\")",
        "9s: 2 ok taking 2s     -> closed
         9s: 9 ok taking 2s     -> closed",
    );
    follows(
        "Resilience4j(window: Calls(10), min_calls: 2, slow_after: \"2s\")",
        "0s:     ask a -> yes, closed
         0s:     ask b -> yes, closed
         2s+1ns: a ok  -> closed
         2s+1ns: b ok  -> open",
    );
}

#[test]
fn slow_failures_count_on_both_sides() {
    // Two failures of five, and four slow calls of five.
    follows(
        "Resilience4j(window: Calls(10), min_calls: 5, slow_rate: \"80%\", slow_after: \"2s\")",
        "9s: 2 fail taking 3s -> closed
         9s: 2 ok taking 3s   -> closed
         9s: 1 ok             -> open",
    );
}

#[test]
fn an_ignored_failure_is_as_if_it_had_not_been() {
    follows(
        "Resilience4j(window: Calls(10), min_calls: 5, ignore: Refused)",
        "1s: 3 fail    -> closed
         1s: 9 ignored -> closed
         1s: 1 ok      -> closed
         1s: 1 ok      -> open",
    );
}

#[test]
fn a_count_window_needs_no_more_calls_than_it_holds() {
    follows(
        "Resilience4j(window: Calls(4), min_calls: 100)",
        "1s: 3 fail -> closed
         1s: 1 fail -> open",
    );
}

#[test]
fn a_time_window_needs_all_of_its_calls() {
    // `minimumNumberOfCalls` is 100 by default, however short the window.
    follows(
        "Resilience4j(window: Time(\"10s\"))",
        "1s: 99 fail -> closed
         2s: 1 fail  -> open",
    );
}

#[test]
fn a_count_window_forgets_the_oldest() {
    follows(
        "Resilience4j(window: Calls(4), min_calls: 4)",
        "1s: 1 fail -> closed
         1s: 3 ok   -> closed
         1s: 1 fail -> closed
         1s: 1 fail -> open",
    );
}

#[test]
fn a_time_window_is_aligned_to_whole_seconds() {
    // Of three seconds: nearly three long for what came early in its second, hardly more than two for what came late.
    let window = "Resilience4j(window: Time(\"3s\"), min_calls: 2)";
    follows(window, "1s: 1 fail -> closed\n 3999ms: 1 fail -> open");
    follows(window, "1s: 1 fail -> closed\n 4s: 1 fail -> closed");
    follows(window, "1999ms: 1 fail -> closed\n 3999ms: 1 fail -> open");
    follows(window, "1999ms: 1 fail -> closed\n 4s: 1 fail -> closed");
}

#[test]
fn half_open_begins_strictly_after_the_wait() {
    follows(
        "Resilience4j(window: Calls(2), open_for: \"60s\")",
        "1s:      2 fail -> open
         61s:     ask    -> no, open
         61s+1ns: ask    -> yes, half-open",
    );
}

#[test]
fn the_timer_is_on_time() {
    follows(
        "Resilience4j(window: Calls(2), open_for: \"60s\", automatic: true)",
        "1s:           2 fail -> open
         60s+999999us: look   -> open
         61s:          look   -> half-open",
    );
}

#[test]
fn probes_are_judged_at_the_lesser_minimum() {
    // `min(minimumNumberOfCalls, permittedNumberOfCallsInHalfOpenState)`, here 3 and then 2.
    follows(
        "Resilience4j(window: Calls(5), half_open_calls: 3, open_for: \"60s\")",
        "1s:  5 fail -> open
         62s: 2 fail -> half-open
         62s: 1 ok   -> open",
    );
    follows(
        "Resilience4j(window: Calls(5), min_calls: 2, half_open_calls: 3, open_for: \"60s\")",
        "1s:  2 fail -> open
         62s: 1 ok   -> half-open
         62s: 1 ok   -> closed",
    );
}

#[test]
fn probes_are_judged_in_a_window_of_their_own() {
    // One failure of three is below one half, whatever was before.
    follows(
        "Resilience4j(window: Calls(10), min_calls: 5, half_open_calls: 3, open_for: \"60s\")",
        "1s:  5 fail -> open
         62s: 1 fail -> half-open
         62s: 1 ok   -> half-open
         62s: 1 ok   -> closed
         62s: 4 fail -> closed
         62s: 1 fail -> open",
    );
}

#[test]
fn permits_come_back_only_without_a_result() {
    follows(
        "Resilience4j(window: Calls(5), half_open_calls: 2, open_for: \"60s\", ignore: Refused)",
        "1s:  5 fail     -> open
         62s: ask a      -> yes, half-open
         62s: ask b      -> yes, half-open
         62s: ask        -> no, half-open
         63s: a ignored  -> half-open
         63s: ask c      -> yes, half-open
         63s: ask        -> no, half-open
         64s: c given up -> half-open
         64s: ask d      -> yes, half-open
         65s: b ok       -> half-open
         65s: ask        -> no, half-open
         66s: d ok       -> closed",
    );
}

#[test]
fn late_results_count_in_the_state_they_come_to() {
    follows(
        "Resilience4j(window: Calls(2), half_open_calls: 2, open_for: \"10s\")",
        "0s:  ask a  -> yes, closed
         0s:  ask b  -> yes, closed
         0s:  ask c  -> yes, closed
         1s:  2 fail -> open
         2s:  a ok   -> open
         12s: ask    -> yes, half-open
         13s: b ok   -> half-open
         14s: c ok   -> closed",
    );
}

#[test]
fn lost_probes_deny_for_ever() {
    // `maxWaitDurationInHalfOpenState` is zero by default: nothing ends half-open.
    follows(
        "Resilience4j(window: Calls(2), half_open_calls: 2, open_for: \"60s\")",
        "1s:    2 fail -> open
         62s:   ask    -> yes, half-open
         62s:   ask    -> yes, half-open
         9000h: ask    -> no, half-open",
    );
}

#[test]
fn half_open_ends_after_its_longest_stay() {
    follows(
        "Resilience4j(window: Calls(2), half_open_calls: 2, open_for: \"60s\", half_open_for: \"5s\")",
        "1s:   2 fail -> open
         62s:  ask a  -> yes, half-open
         67s:  a ok   -> open
         127s: ask    -> no, open
         128s: ask    -> yes, half-open",
    );
}

#[test]
fn the_wait_grows_with_each_failed_probe() {
    // `ofExponentialBackoff`: 10 s, 20 s, 25 s at most; after closing it is 10 s again.
    follows(
        "Resilience4j(window: Calls(1), half_open_calls: 1, open_for: \"10s\", open_factor: 2, open_max: \"25s\")",
        "0s:         1 fail -> open
         10s:        ask    -> no, open
         11s:        1 fail -> open
         31s:        ask    -> no, open
         32s:        1 fail -> open
         57s:        ask    -> no, open
         57s+1ns:    1 fail -> open
         82s+1ns:    ask    -> no, open
         83s:        1 ok   -> closed
         83s:        1 fail -> open
         93s:        ask    -> no, open
         93s+1ns:    ask    -> yes, half-open",
    );
}

#[test]
fn the_wait_grows_when_half_open_times_out() {
    follows(
        "Resilience4j(window: Calls(1), half_open_calls: 1, open_for: \"10s\", open_factor: 2, half_open_for: \"1s\",
            automatic: true)",
        "0s:  1 fail -> open
         10s: look   -> half-open
         11s: look   -> open
         30s: look   -> open
         31s: look   -> half-open
         32s: look   -> open
         71s: look   -> open
         72s: look   -> half-open",
    );
}
