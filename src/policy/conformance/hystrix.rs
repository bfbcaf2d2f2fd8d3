//! Hystrix@7c03baf: `HystrixCircuitBreaker`, `HealthCountsStream`, `HystrixCommandMetrics.HealthCounts`.

use super::follows;

#[test]
fn it_opens_at_looks_alone() {
    // Looks are at 1.7 s, 2.2 s and so on: every 500 ms from the first call.
    follows(
        "Hystrix(min_calls: 4)",
        "1200ms:     1 ok   -> closed
         1300ms:     9 fail -> closed
         1699999us:  ask    -> yes, closed
         1700ms:     ask    -> no, open",
    );
}

#[test]
fn its_wait_begins_with_the_look() {
    // Opened at 500 ms, though nobody asked before 4 s. Strict: `currentTime > circuitOpened + sleepWindow`.
    follows(
        "Hystrix(min_calls: 4)",
        "0s:          4 fail -> closed
         4s:          ask    -> no, open
         5500ms:      ask    -> no, open
         5500ms+1ns:  ask    -> yes, half-open",
    );
}

#[test]
fn the_volume_is_inclusive() {
    follows("Hystrix()", "0s: 19 fail -> closed\n 1s: look -> closed");
    follows("Hystrix()", "0s: 20 fail -> closed\n 1s: look -> open");
}

#[test]
fn percents_are_whole() {
    // 49.9 % is 49 %.
    follows("Hystrix()", "0s: 501 ok -> closed\n 0s: 499 fail -> closed\n 1s: look -> closed");
    follows("Hystrix()", "0s: 500 ok -> closed\n 0s: 500 fail -> closed\n 1s: look -> open");
}

#[test]
fn a_quotient_of_doubles_is_cut() {
    // 29.0 / 100.0 * 100.0 is 28.999999999999996.
    let rate = "Hystrix(failure_rate: \"29%\")";
    follows(rate, "0s: 71 ok -> closed\n 0s: 29 fail -> closed\n 1s: look -> closed");
    follows(rate, "0s: 70 ok -> closed\n 0s: 30 fail -> closed\n 1s: look -> open");
}

#[test]
fn old_successes_leave_and_it_opens_without_a_call() {
    // The successes of the first interval are in the looks up to 10 s; the look at 10.5 s is the first without them.
    follows(
        "Hystrix(min_calls: 4)",
        "0s:      5 ok   -> closed
         9s:      4 fail -> closed
         10s:     look   -> closed
         10499ms: look   -> closed
         10500ms: look   -> open",
    );
}

#[test]
fn old_failures_leave_the_window() {
    follows(
        "Hystrix(min_calls: 4)",
        "0s:      3 fail -> closed
         10001ms: 1 fail -> closed
         11s:     look   -> closed
         11s:     2 fail -> closed
         11501ms: 1 fail -> closed
         12s:     look   -> open",
    );
}

#[test]
fn one_probe_at_a_time() {
    follows(
        "Hystrix(min_calls: 4)",
        "0s:  4 fail -> closed
         6s:  ask a  -> yes, half-open
         6s:  ask    -> no, half-open
         60s: ask    -> no, half-open
         61s: a ok   -> closed",
    );
}

#[test]
fn a_failed_probe_reopens_it_for_the_full_time() {
    follows(
        "Hystrix(min_calls: 4)",
        "0s:  4 fail -> closed
         6s:  1 fail -> open
         11s: ask    -> no, open
         12s: ask    -> yes, half-open",
    );
}

#[test]
fn a_probe_that_is_ignored_or_given_up_reopens_it() {
    let settings = "Hystrix(min_calls: 4, ignore: Refused)";
    follows(settings, "0s: 4 fail -> closed\n 6s: 1 ignored  -> open");
    follows(settings, "0s: 4 fail -> closed\n 6s: 1 given up -> open");
    // While closed neither is counted.
    follows(
        settings,
        "0s: 3 fail -> closed\n 0s: 9 ignored -> closed\n 0s: 9 given up -> closed\n 1s: look -> closed",
    );
}

#[test]
fn late_results_decide_half_open() {
    follows(
        "Hystrix(min_calls: 4)",
        "0s: ask a  -> yes, closed
         0s: ask b  -> yes, closed
         0s: 4 fail -> closed
         1s: a ok   -> open
         6s: ask    -> yes, half-open
         7s: b ok   -> closed",
    );
}

#[test]
fn closing_starts_the_looks_anew() {
    // Closed at 6.2 s, with the probe as the first call of the new window: its looks are at 6.7 s, 7.2 s and so on.
    follows(
        "Hystrix(min_calls: 4)",
        "0s:      4 fail -> closed
         6200ms:  1 ok   -> closed
         6300ms:  2 fail -> closed
         6700ms:  look   -> closed
         6800ms:  1 fail -> closed
         7199ms:  look   -> closed
         7200ms:  look   -> open",
    );
}

#[test]
fn other_numbers_keep_what_was_counted_unless_they_divide_it_anew() {
    follows(
        "Hystrix(min_calls: 9)",
        "0s:     4 fail                                    -> closed
         1s:     set Hystrix(min_calls: 4)                 -> closed
         1499ms: look                                      -> closed
         1500ms: look                                      -> open
         2s:     set Hystrix(min_calls: 4, open_for: \"1s\") -> open
         2500ms: ask                                       -> no, open
         2501ms: ask                                       -> yes, half-open",
    );
    follows(
        "Hystrix(min_calls: 4)",
        "0s:    3 fail                                       -> closed
         300ms: set Hystrix(min_calls: 4, interval: \"200ms\") -> closed
         300ms: 1 fail                                       -> closed
         500ms: look                                         -> closed
         500ms: 3 fail                                       -> closed
         700ms: look                                         -> open",
    );
}
