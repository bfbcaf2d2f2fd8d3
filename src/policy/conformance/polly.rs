//! Polly@173d6d1: `CircuitStateController`, `AdvancedCircuitBehavior`, `RollingHealthMetrics`.

use super::follows;

#[test]
fn only_a_failure_trips_it() {
    follows(
        "Polly(min_calls: 10, failure_rate: \"50%\")",
        "0s: 8 fail -> closed
         0s: 9 ok   -> closed
         0s: 1 fail -> open",
    );
}

#[test]
fn throughput_and_ratio_are_inclusive() {
    follows("Polly()", "0s: 90 ok -> closed\n 0s: 9 fail -> closed\n 0s: 1 fail -> open");
    follows("Polly()", "0s: 91 ok -> closed\n 0s: 9 fail -> closed\n 0s: 1 ok -> closed");
    follows(
        "Polly(failure_rate: \"0%\", min_calls: 2)",
        "0s: 1 fail -> closed\n 0s: 9 ok -> closed\n 0s: 1 fail -> open",
    );
}

#[test]
fn half_open_begins_with_the_wait() {
    // Inclusive: `now >= _blockedUntil`.
    follows(
        "Polly(min_calls: 2)",
        "1s:           2 fail -> open
         5s+999999us:  ask    -> no, open
         6s:           ask    -> yes, half-open",
    );
}

#[test]
fn one_probe_and_no_way_out_without_it() {
    follows(
        "Polly(min_calls: 2)",
        "1s:    2 fail -> open
         6s:    ask a  -> yes, half-open
         6s:    ask    -> no, half-open
         9000h: ask    -> no, half-open
         9001h: a ok   -> closed",
    );
}

#[test]
fn a_failed_probe_reopens_it_and_is_not_counted() {
    // Closing empties the window: two failures are needed again.
    follows(
        "Polly(min_calls: 2)",
        "1s:  2 fail -> open
         6s:  1 fail -> open
         10s: ask    -> no, open
         11s: 1 ok   -> closed
         11s: 1 fail -> closed
         11s: 1 fail -> open",
    );
}

#[test]
fn late_results_decide_half_open() {
    follows(
        "Polly(min_calls: 2)",
        "0s: ask a   -> yes, closed
         0s: ask b   -> yes, closed
         0s: ask c   -> yes, closed
         1s: 2 fail  -> open
         2s: a ok    -> open
         6s: ask     -> yes, half-open
         7s: b fails -> open
         12s: ask    -> yes, half-open
         13s: c ok   -> closed",
    );
}

#[test]
fn what_it_does_not_handle_is_a_success() {
    let settings = "Polly(min_calls: 4, failure_rate: \"50%\", ignore: Refused)";
    follows(settings, "0s: 1 fail -> closed\n 0s: 2 ignored -> closed\n 0s: 1 fail -> open");
    follows(settings, "0s: 4 fail -> open\n 5s: 1 ignored -> closed");
    follows(settings, "0s: 4 fail -> open\n 5s: 1 given up -> closed");
    follows(settings, "0s: 1 fail -> closed\n 0s: 3 given up -> closed\n 0s: 2 fail -> open");
}

#[test]
fn its_window_begins_with_the_first_result() {
    // Parts of a second each, anchored at 400 ms: the first is gone at 10.4 s, not at 10 s.
    let settings = "Polly(window: \"10s\", min_calls: 3)";
    follows(settings, "400ms: 2 fail -> closed\n 10399ms: 1 fail -> open");
    follows(settings, "400ms: 2 fail -> closed\n 10400ms: 1 fail -> closed");
}

#[test]
fn a_part_goes_as_one() {
    // What came at 1.399 s belongs to the part that began at 400 ms, what came at 1.4 s does not.
    let settings = "Polly(window: \"10s\", min_calls: 3)";
    follows(
        settings,
        "400ms: 1 fail -> closed\n 1399ms: 1 fail -> closed\n 10400ms: 1 fail -> closed\n 10400ms: 1 fail -> closed\n 10400ms: 1 fail -> open",
    );
    follows(
        settings,
        "400ms: 1 fail -> closed\n 1400ms: 1 fail -> closed\n 10400ms: 1 fail -> closed\n 10400ms: 1 fail -> open",
    );
}

#[test]
fn opening_does_not_empty_the_window() {
    // A late failure while open is counted; only closing forgets it.
    follows(
        "Polly(min_calls: 2)",
        "0s: ask a   -> yes, closed
         1s: 2 fail  -> open
         2s: a fails -> open
         6s: ask b   -> yes, half-open
         7s: b ok    -> closed
         7s: 1 fail  -> closed",
    );
}

#[test]
fn other_numbers_keep_what_was_counted() {
    follows(
        "Polly(min_calls: 9)",
        "0s: 4 fail                                  -> closed
         1s: set Polly(min_calls: 5)                 -> closed
         1s: 1 fail                                  -> open
         2s: set Polly(min_calls: 5, open_for: \"2s\") -> open
         2s: ask                                     -> no, open
         3s: ask                                     -> yes, half-open",
    );
}
