//! The same story told to all flavors: where they decide differently, and why it matters which one is meant.

use super::Storyteller;

/// Flavors that open at three failures, stay open for ten seconds and let one probe through, as far as each can.
const FLAVORS: [(&str, &str); 5] = [
    (
        "resilience4j",
        "Resilience4j(window: Calls(3), open_for: \"10s\", half_open_calls: 1, ignore: Refused)",
    ),
    ("Hystrix", "Hystrix(min_calls: 3, open_for: \"10s\", ignore: Refused)"),
    ("Polly", "Polly(min_calls: 3, failure_rate: \"50%\", open_for: \"10s\", ignore: Refused)"),
    ("gobreaker", "Gobreaker(trip: Consecutive(3), open_for: \"10s\", ignore: Refused)"),
    ("consecutive", "Consecutive(failures: 3, open_for: \"10s\", ignore: Refused)"),
];

/// Whether each flavor does what its column says; columns are in the order of [`FLAVORS`].
fn told_to_all(story: &str) {
    for timer in [false, true] {
        for (column, (name, settings)) in FLAVORS.iter().enumerate() {
            let mut teller = Storyteller::new(settings, timer);
            for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
                let mut parts = line.split('|').map(str::trim);
                let found = teller.tell(parts.next().unwrap());
                assert_eq!(found, parts.nth(column).unwrap(), "{name}, timer: {timer}\n{line}");
            }
        }
    }
}

#[test]
fn whether_a_success_can_trip_it() {
    //                   resilience4j | Hystrix | Polly  | gobreaker | consecutive
    told_to_all(
        "0s: 2 fail    | closed       | closed  | closed | closed    | closed
         0s: 1 ok      | open         | closed  | closed | closed    | closed
         1s: look      | open         | open    | closed | closed    | closed",
    );
}

#[test]
fn when_it_opens() {
    told_to_all(
        "0s:    3 fail | open         | closed  | open   | open      | open
         499ms: look   | open         | closed  | open   | open      | open
         500ms: look   | open         | open    | open   | open      | open",
    );
}

#[test]
fn when_the_wait_is_over() {
    // All asked exactly ten seconds after they opened, Hystrix half a second too early, and then a little later.
    told_to_all(
        "0s:          3 fail | open           | closed         | open           | open           | open
         10s:         ask    | no, open       | no, open       | yes, half-open | no, open       | no, open
         10s+1ns:     ask    | yes, half-open | no, open       | no, half-open  | yes, half-open | yes, half-open
         10500ms:     ask    | no, half-open  | no, open       | no, half-open  | no, half-open  | no, half-open
         10500ms+1ns: ask    | no, half-open  | yes, half-open | no, half-open  | no, half-open  | no, half-open",
    );
}

#[test]
fn what_a_late_success_does_to_half_open() {
    told_to_all(
        "0s:  ask a  | yes, closed    | yes, closed    | yes, closed    | yes, closed    | yes, closed
         0s:  3 fail | open           | closed         | open           | open           | open
         11s: ask    | yes, half-open | yes, half-open | yes, half-open | yes, half-open | yes, half-open
         12s: a ok   | closed         | closed         | closed         | half-open      | half-open",
    );
}

#[test]
fn what_an_ignored_probe_does() {
    told_to_all(
        "0s:  3 fail    | open           | closed         | open           | open           | open
         11s: ask a     | yes, half-open | yes, half-open | yes, half-open | yes, half-open | yes, half-open
         12s: a ignored | half-open      | open           | closed         | half-open      | half-open
         12s: ask       | yes, half-open | no, open       | yes, closed    | yes, half-open | yes, half-open",
    );
}

#[test]
fn what_a_probe_without_an_end_does() {
    told_to_all(
        "0s:    3 fail | open           | closed         | open           | open           | open
         11s:   ask    | yes, half-open | yes, half-open | yes, half-open | yes, half-open | yes, half-open
         9000h: ask    | no, half-open  | no, half-open  | no, half-open  | no, half-open  | no, half-open",
    );
}
