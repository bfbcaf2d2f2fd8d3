//! `run --seeds`: how often each verdict.

use crate::desk::{Desk, exists};

#[test]
fn many_seeds_give_frequencies_with_intervals() {
    let desk = Desk::with_shop();
    let said = desk.run(&["run", "shop.ron", "--no-pictures", "--seeds", "10"]).succeeds();
    said.tells(&[
        "seeds 1 to 10",
        "95 % interval",
        "recovered",
        "72.2 % to 100 %",
        "all held in all 10 runs",
    ]);
    let rows = desk.read("output/shop/seeds.csv");
    assert_eq!(rows.lines().count(), 11);
    assert!(rows.starts_with("seed,verdict,fingerprint,"), "{rows}");
    assert!(exists(&desk.path("output/shop/summary.json")));
}

#[test]
fn results_do_not_depend_on_the_number_of_jobs() {
    let desk = Desk::with_shop();
    let run = |jobs, out| {
        desk.run(&["run", "shop.ron", "--no-pictures", "--seeds", "6", "--jobs", jobs, "--out", out])
            .succeeds();
        desk.read(&format!("{out}/seeds.csv"))
    };
    assert_eq!(run("1", "one"), run("8", "eight"));
}

#[test]
fn the_first_seed_of_many_is_the_same_run_as_alone() {
    let desk = Desk::with_shop();
    desk.run(&["run", "shop.ron", "--no-pictures", "--out", "alone", "--seed", "7"]).succeeds();
    desk.run(&["run", "shop.ron", "--no-pictures", "--out", "many", "--seed", "7", "--seeds", "3"])
        .succeeds();
    assert_eq!(desk.read("alone/summary.json"), desk.read("many/summary.json"));
}

#[test]
fn expectations_that_fail_are_counted_over_the_seeds() {
    let desk = Desk::with_shop();
    let wrong = ["run", "shop.ron", "--no-pictures", "--seeds", "3", "--set", "expect=[Verdict(Down)]"];
    desk.run(&wrong).exits(1).tells(&["failed in 3 of 3 runs", "FAILED Verdict(Down): 3 times (seed 1: "]);
}

#[test]
fn seeds_that_could_not_be_run_are_not_counted() {
    let desk = Desk::with_shop();
    let long = ["run", "shop.ron", "--no-pictures", "--seeds", "100000", "--jobs", "1", "--max-wall", "1s"];
    let said = desk.run(&long).exits(5).tells(&["--max-wall"]);
    // How many were finished depends on the machine; it may be none.
    if exists(&desk.path("output/shop/seeds.csv")) {
        let runs = desk.read("output/shop/seeds.csv").lines().count() - 1;
        assert!(said.stdout.contains(&format!("PARTIAL: {runs} of 100,000 runs finished")), "{said:#?}");
        assert!(said.stdout.contains(&format!("seeds 1 to {runs}\n")), "the seeds have no gaps: {said:#?}");
    }
}

#[test]
fn runs_that_were_stopped_are_not_counted() {
    let desk = Desk::with_shop();
    let short =
        ["run", "shop.ron", "--no-pictures", "--seeds", "3", "--out", "out", "--set", "limits.events=1000"];
    desk.run(&short).exits(5).tells(&["PARTIAL: none of 3 runs finished", "1,000 events (limits.events)"]);
    assert!(desk.names("out").is_empty(), "nothing to look at");
}
