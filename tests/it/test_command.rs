//! `test`: scenarios as regression tests.

use crate::desk::Desk;

/// The starter scenario with an expectation that cannot hold, in the base only.
fn with_wrong_base(desk: &Desk) -> String {
    desk.read("shop.ron").replacen("Verdict(Recovered)", "Verdict(Metastable)", 1)
}

#[test]
fn all_scenarios_and_variants_under_a_path_are_run() {
    let desk = Desk::with_shop();
    desk.put("more/again.ron", desk.read("shop.ron"));
    let said = desk.run(&["test", "."]).succeeds();
    insta::assert_snapshot!(said.whole());
}

#[test]
fn a_failed_expectation_ends_with_1_and_shows_what_was_measured() {
    let desk = Desk::with_shop();
    desk.put("shop.ron", with_wrong_base(&desk));
    let said = desk.run(&["test", "shop.ron", "--seeds", "2"]).exits(1);
    said.tells(&[
        "FAILED   shop.ron\n",
        "seed 1: Verdict(Metastable): recovered",
        "seed 2: ",
        "\n2 passed, 1 failed\n",
    ]);
}

#[test]
fn cases_without_expectations_are_skipped() {
    let desk = Desk::with_shop();
    let said = desk.run(&["test", "shop.ron", "--set", "expect=[]"]).succeeds();
    said.tells(&["skipped  shop.ron ", "  no expectations\n", "0 passed, 0 failed, 3 skipped\n"]);
}

#[test]
fn a_wrong_file_ends_with_2_and_the_others_are_still_run() {
    let desk = Desk::with_shop();
    desk.put("broken.ron", "Scenario(");
    let said = desk.run(&["test", "."]).exits(2);
    assert!(said.stderr.contains("`./broken.ron` cannot be simulated"), "{said:#?}");
    said.tells(&["\n3 passed, 0 failed\n"]);
}

#[test]
fn one_variant_can_be_picked() {
    let desk = Desk::with_shop();
    desk.run(&["test", "shop.ron", "--variant", "no retries"]).succeeds().tells(&["1 passed, 0 failed\n"]);
    desk.run(&["test", "shop.ron", "--variant", "no retrys"])
        .exits(2)
        .complains(&["no scenario there has a variant `no retrys`", "no retries"]);
}

#[test]
fn a_path_without_scenarios_is_an_error() {
    let desk = Desk::new();
    desk.put("notes.txt", "");
    desk.run(&["test", "."]).exits(2).complains(&["there is no .ron file under `.`"]);
    let said = desk.run(&["test", "nowhere"]).exits(2);
    assert!(said.stderr.contains("cannot read the scenario `nowhere`"), "{said:#?}");
}

#[test]
fn quiet_shows_failures_only() {
    let desk = Desk::with_shop();
    desk.put("shop.ron", with_wrong_base(&desk));
    let said = desk.run(&["test", "shop.ron", "-q"]).exits(1);
    assert!(!said.stdout.contains("ok "), "{said:#?}");
    said.tells(&["FAILED   shop.ron", "2 passed, 1 failed"]);
}

#[test]
fn cases_that_could_not_be_finished_neither_passed_nor_failed() {
    let desk = Desk::with_shop();
    let endless = ["--set", "horizon=1000h", "--jobs", "1", "--seeds", "3"];
    let said = desk.run(&[&["test", "shop.ron", "--max-wall", "500ms"], &endless[..]].concat()).exits(5);
    said.tells(&[
        "PARTIAL  shop.ron ",
        "0 of 3 runs finished, because its real time was over",
        ", 3 not finished\n",
    ]);
}
