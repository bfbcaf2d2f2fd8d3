//! `run`: the story on stdout, the files, and how it ends.

use std::process::Stdio;
use std::time::Duration;

use crate::desk::{Desk, exists};

/// A run without anything that needs time to draw.
const RUN: [&str; 3] = ["run", "shop.ron", "--no-pictures"];

#[test]
fn run_tells_the_story_verdict_first() {
    let desk = Desk::with_shop();
    let said = desk.run(&RUN).succeeds();
    assert_eq!(said.stderr, "", "a pipe sees no progress bar");
    let story = said.stdout.replace(env!("CARGO_PKG_VERSION"), "[version]");
    insta::with_settings!({ filters => vec![(r"fingerprint +[0-9a-f]{16}", "fingerprint    [digest]")] }, {
        insta::assert_snapshot!(story);
    });
    assert!(said.stdout.lines().count() <= 45, "the story fits on a screen");
}

#[test]
fn run_writes_its_files_beside_the_name_of_the_scenario() {
    let desk = Desk::with_shop();
    desk.run(&RUN).succeeds();
    desk.run(&[&RUN[..], &["--variant", "no retries"]].concat()).succeeds();
    assert_eq!(
        desk.names("output/shop"),
        [
            "events.jsonl",
            "no-retries",
            "postmortem.md",
            "record.json",
            "report.html",
            "run.json",
            "series.csv",
            "summary.json"
        ]
    );
    assert_eq!(desk.names("output/shop/no-retries").len(), 7);
    let summary: serde_json::Value = serde_json::from_str(&desk.read("output/shop/summary.json")).unwrap();
    assert_eq!(summary["summary_version"], 1);
    assert_eq!(summary["verdict"], "recovered");
    let events = desk.read("output/shop/events.jsonl");
    assert!(events.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let desk = Desk::with_shop();
    desk.run(&[&RUN[..], &["--out", "a"]].concat()).succeeds();
    desk.run(&[&RUN[..], &["--out", "b", "--jobs", "7"]].concat()).succeeds();
    for name in ["summary.json", "record.json", "series.csv", "events.jsonl", "postmortem.md"] {
        assert!(desk.read(&format!("a/{name}")) == desk.read(&format!("b/{name}")), "{name} differs");
    }
}

#[test]
fn files_of_an_earlier_run_do_not_stay_beside_new_ones() {
    let desk = Desk::with_shop();
    desk.run(&[&RUN[..], &["--seeds", "2"]].concat()).succeeds();
    assert!(exists(&desk.path("output/shop/seeds.csv")));
    desk.put("output/shop/notes.txt", "mine");
    desk.run(&RUN).succeeds();
    assert!(!exists(&desk.path("output/shop/seeds.csv")));
    assert_eq!(desk.read("output/shop/notes.txt"), "mine");
}

#[test]
fn a_failed_expectation_ends_with_1() {
    let desk = Desk::with_shop();
    let said = desk.run(&[&RUN[..], &["--set", "expect=[Verdict(Metastable)]"]].concat()).exits(1);
    said.tells(&["FAILED Verdict(Metastable)", "0 held, 1 failed", "--set 'expect=[Verdict(Metastable)]'"]);
}

#[test]
fn expectations_are_not_judged_where_set_changed_the_scenario() {
    let desk = Desk::with_shop();
    let harmless = ["shop.ron", "--set", "faults=[]"];
    let said = desk.run(&[&["run", "--no-pictures"], &harmless[..]].concat()).succeeds();
    said.tells(&[" not held: not judged, --set changed the scenario"]);
    let many = desk.run(&[&["run", "--no-pictures", "--seeds", "2"], &harmless[..]].concat()).succeeds();
    many.tells(&["all held in 0 of 2 runs: not judged"]);
    desk.run(&[&["test"], &harmless[..]].concat()).exits(1).tells(&["FAILED   shop.ron"]);
}

#[test]
fn overrides_leave_the_files_of_the_scenario_alone() {
    let desk = Desk::with_shop();
    desk.run(&RUN).succeeds();
    let before = desk.read("output/shop/summary.json");
    desk.run(&[&RUN[..], &["--set", "seed=7"]].concat());
    assert_eq!(desk.read("output/shop/summary.json"), before);
    assert!(desk.names("output/shop").iter().any(|name| name.starts_with("seed-7-")));
}

#[test]
fn json_on_stdout_is_the_summary_and_nothing_else() {
    let desk = Desk::with_shop();
    let said = desk.run(&[&RUN[..], &["--format", "json"]].concat()).succeeds();
    assert_eq!(said.stdout, desk.read("output/shop/summary.json"));
}

#[test]
fn markdown_has_a_title_and_tables() {
    let desk = Desk::with_shop();
    let said = desk.run(&[&RUN[..], &["--format", "markdown"]].concat()).succeeds();
    said.tells(&[
        "# shop\n",
        "| traffic | requests |",
        "|---|---:|",
        "| T+ | clock | what happened |",
        "- **repeat**: ",
    ]);
}

#[test]
fn quiet_prints_nothing_when_all_is_well() {
    let desk = Desk::with_shop();
    let said = desk.run(&[&RUN[..], &["--quiet"]].concat()).succeeds();
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("", ""));
    assert!(exists(&desk.path("output/shop/summary.json")));
}

#[test]
fn color_comes_only_where_it_is_wanted() {
    let desk = Desk::with_shop();
    let escapes = |said: &str| said.contains('\u{1b}');
    assert!(!escapes(&desk.run(&RUN).stdout));
    let always = desk.run(&[&RUN[..], &["--color", "always"]].concat());
    assert!(escapes(&always.stdout));
    assert!(!escapes(&desk.run(&["run", "missing.ron"]).stderr));
    assert!(escapes(&desk.run(&["run", "missing.ron", "--color", "always"]).stderr));
}

#[test]
fn without_a_twin_there_is_no_verdict() {
    let desk = Desk::with_shop();
    let said = desk.run(&[&RUN[..], &["--no-twin", "--set", "expect=[]"]].concat()).succeeds();
    said.tells(&["NO VERDICT", "--no-twin"]);
}

#[test]
fn a_determinism_check_compares_two_runs() {
    let desk = Desk::with_shop();
    let said = desk.run(&[&RUN[..], &["--check-determinism"]].concat()).succeeds();
    assert!(said.stderr.contains("two runs gave the same result"), "{said:#?}");
    desk.run(&[&RUN[..], &["--check-determinism", "--seeds", "2"]].concat()).exits(2);
}

#[test]
fn a_limit_ends_with_5_and_keeps_what_there_is() {
    let desk = Desk::with_shop();
    let said = desk.run(&[&RUN[..], &["--set", "limits.events=100000", "--out", "out"]].concat()).exits(5);
    said.tells(&["PARTIAL", "100,000 events (limits.events)"]);
    let summary: serde_json::Value = serde_json::from_str(&desk.read("out/summary.json")).unwrap();
    assert_eq!(summary["partial"], true);
}

#[test]
fn real_time_can_be_bounded() {
    let desk = Desk::with_shop();
    let long = ["--set", "horizon=1000h", "--max-wall", "200ms"];
    desk.run(&[&RUN[..], &long].concat()).exits(5).tells(&["PARTIAL", "--max-wall"]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_there_is() {
    let desk = Desk::with_shop();
    let mut child = desk
        .command(&[&RUN[..], &["--set", "horizon=1000h", "--out", "out"]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It listens for Ctrl-C before it makes its directory.
    while !exists(&desk.path("out")) {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(10));
    }
    let signal = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(signal.success());
    let said = crate::desk::Said::from(child.wait_with_output().unwrap()).exits(130);
    assert!(said.stderr.contains("keeping what it has so far"), "{said:#?}");
    said.tells(&["PARTIAL", "interrupted"]);
    assert!(exists(&desk.path("out/record.json")));
}
