//! `explain`: what words mean.

use crate::desk::Desk;

#[test]
fn explain_without_a_term_lists_all_of_them() {
    Desk::new().run(&["explain"]).succeeds().tells(&["max_attempts"]);
}

#[test]
fn explain_tells_about_a_field() {
    Desk::new().run(&["explain", "max_attempts"]).succeeds().tells(&["max_attempts", "efault"]);
}

#[test]
fn explain_knows_the_codes_of_the_design_review() {
    let desk = Desk::new();
    desk.run(&["explain", "l010"])
        .succeeds()
        .tells(&["L010: vulnerable to a retry storm", "capacity < attempts x load"]);
    desk.run(&["explain"]).succeeds().tells(&["L050", "a single point of failure"]);
}

#[test]
fn an_unknown_term_gets_a_suggestion() {
    Desk::new().run(&["explain", "max_atempts"]).exits(2).complains(&["max_attempts"]);
}
