//! `report`: a saved run, told and drawn again to the byte; and files that are no saved run.

use knockon::unseen::{is_layout, is_unseen};
use serde_json::{Value, json};

use crate::desk::{Desk, Said, exists};

/// A desk with a short run in `out`, and what the run said.
fn ran(more: &[&str]) -> (Desk, Said) {
    let desk = Desk::with_shop();
    let run = ["run", "shop.ron", "--out", "out", "--set", "expect=[]", "--no-pictures"];
    let said = desk.run(&[&run[..], more].concat());
    (desk, said)
}

/// Changes a file of the run.
fn change(desk: &Desk, name: &str, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_str(&desk.read(name)).unwrap();
    change(&mut value);
    desk.put(name, value.to_string());
}

/// What is wrong with `record.json` after a change.
#[track_caller]
fn refused(wrong: impl FnOnce(&mut Value), words: &[&str]) {
    let (desk, _) = ran(&["--set", "horizon=\"90s\""]);
    change(&desk, "out/record.json", wrong);
    desk.run(&["report", "out"])
        .exits(2)
        .complains(&[&["`out/record.json` cannot be used: "], words].concat());
}

#[test]
fn a_report_gives_the_bytes_of_the_run() {
    let desk = Desk::with_shop();
    let said = desk.run(&["run", "shop.ron", "--variant", "no retries", "--out", "out"]).succeeds();
    let pictures: Vec<String> =
        desk.names("out").into_iter().filter(|name| name.contains("svg") || name.contains("png")).collect();
    assert_eq!(pictures.len(), 12);
    let bytes = |name: &String| std::fs::read(desk.path("out").join(name)).unwrap();
    let before: Vec<_> = pictures.iter().map(bytes).collect();
    let (review, page) = (desk.read("out/postmortem.md"), desk.read("out/report.html"));
    assert_eq!(page.matches("<svg ").count(), 6, "the pictures are on the page");
    assert!(review.contains("\nknockon run shop.ron --variant 'no retries' --seed 1\n"), "{review}");
    for name in pictures.iter().map(String::as_str).chain(["postmortem.md", "report.html"]) {
        std::fs::remove_file(desk.path("out").join(name)).unwrap();
    }
    let again = desk.run(&["report", "out"]).succeeds();
    assert_eq!(again.stdout, said.stdout);
    assert_eq!(again.stderr, "");
    assert!(pictures.iter().map(bytes).collect::<Vec<_>>() == before, "the pictures differ");
    assert!(desk.read("out/postmortem.md") == review, "the post-mortem differs");
    assert!(desk.read("out/report.html") == page, "the page differs");
    let json = desk.run(&["report", "out", "--format", "json", "--no-pictures"]).succeeds();
    assert_eq!(json.stdout, desk.read("out/summary.json"));
}

#[test]
fn a_partial_run_stays_partial() {
    let (desk, said) = ran(&["--set", "limits.events=100000", "--format", "markdown"]);
    let said = said.exits(5).tells(&["PARTIAL", "limits.events"]);
    let again = desk.run(&["report", "out/record.json", "--format", "markdown", "--no-pictures"]).succeeds();
    assert_eq!(again.stdout, said.stdout);
}

#[test]
fn record_and_summary_are_enough() {
    let (desk, said) = ran(&["--no-twin"]);
    std::fs::remove_file(desk.path("out/run.json")).unwrap();
    let words =
        ["knockon run SCENARIO --set 'expect=[]' --seed 1 --no-twin", "out/ summary.json record.json"];
    let again = desk.run(&["report", "out", "--no-pictures"]).succeeds().tells(&words);
    let told = |said: &str| said.split("\nfiles ").next().unwrap().to_owned();
    assert_eq!(told(&again.stdout), told(&said.stdout));
}

#[test]
fn pictures_go_where_they_are_wanted_but_not_among_those_of_another_run() {
    let (desk, _) = ran(&[]);
    desk.run(&["run", "shop.ron", "--out", "other", "--no-pictures"]).succeeds();
    desk.run(&["report", "out", "--out", "new/pictures", "--quiet"]).succeeds();
    assert_eq!(desk.names("new/pictures").len(), 14, "twelve pictures, post-mortem and page");
    assert!(!exists(&desk.path("out/timeline.svg")));
    let said = desk.run(&["report", "out", "--out", "other"]).exits(2);
    assert!(said.stderr.contains("`other` is the directory of another run"), "{said:#?}");
    said.tells(&["fingerprint"]);
    assert_eq!(desk.names("other").len(), 7);
}

#[test]
fn two_runs_are_one_page() {
    let (desk, _) = ran(&[]);
    desk.run(&["run", "shop.ron", "--variant", "no retries", "--out", "other", "--no-pictures"]).succeeds();
    let page = desk.read("out/report.html");
    assert!(!page.contains("<svg "), "the page of a run without pictures has none");
    let words = ["no retries", "side by side  new/comparison.html"];
    desk.run(&["report", "out", "other", "--out", "new"]).succeeds().tells(&words);
    assert_eq!(desk.names("new"), ["comparison.html"]);
    let both = desk.read("new/comparison.html");
    assert_eq!(both.matches("<svg ").count(), 12);
    let json = desk.run(&["report", "out", "other", "--format", "json", "--no-pictures"]).succeeds();
    let summaries: Vec<Value> = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(summaries[1]["variant"], "no retries");
    assert!(desk.read("out/report.html") == page, "the page of the first run stays");
    desk.run(&["report", "out", "nowhere"]).exits(2).complains(&["cannot read `nowhere`: no such file"]);
    std::fs::remove_file(desk.path("other/summary.json")).unwrap();
    desk.run(&["report", "out", "other"]).exits(2).complains(&["cannot read `other/summary.json`"]);
}

#[test]
fn what_is_not_there_is_an_error() {
    let (desk, _) = ran(&["--set", "horizon=\"90s\""]);
    desk.run(&["report", "nowhere"])
        .exits(2)
        .complains(&["cannot read `nowhere`: no such file", "knockon run"]);
    std::fs::remove_file(desk.path("out/summary.json")).unwrap();
    desk.run(&["report", "out"]).exits(2).complains(&["cannot read `out/summary.json`"]);
}

#[test]
fn a_file_that_was_cut_off_is_an_error() {
    let (desk, _) = ran(&["--set", "horizon=\"90s\""]);
    let whole = desk.read("out/record.json");
    for share in [0.0, 0.1, 0.5, 0.999] {
        desk.put("out/record.json", &whole[..(whole.len() as f64 * share) as usize]);
        desk.run(&["report", "out"]).exits(2).complains(&["was it cut off?"]);
    }
}

#[test]
fn foreign_files_are_errors() {
    let (desk, _) = ran(&["--set", "horizon=\"90s\""]);
    let deep = "[".repeat(1_000_000);
    for (text, why) in [
        ("{}", "missing field `record_version`"),
        ("[1, 2]", "it is not what knockon writes"),
        ("Scenario(format: 1)", "it is not what knockon writes"),
        ("{\"record_version\": 1, \"knockon\": NaN}", "it is not what knockon writes"),
        ("{\"record_version\": 1, \"big\": 1e999}", "out of range"),
        (&deep, "recursion limit"),
    ] {
        desk.put("out/record.json", text);
        desk.run(&["report", "out"]).exits(2).complains(&[why]);
    }
    desk.put("out/record.json", [0xff, 0xfe, 0x00]);
    desk.run(&["report", "out"]).exits(2).complains(&["it is not what knockon writes"]);
}

#[test]
fn another_version_is_named() {
    refused(|record| record["record_version"] = json!(2), &["its record_version is 2, this knockon reads 1"]);
    let (desk, _) = ran(&["--set", "horizon=\"90s\""]);
    change(&desk, "out/summary.json", |summary| summary["summary_version"] = json!(7));
    desk.run(&["report", "out"]).exits(2).complains(&["its summary_version is 7, this knockon reads 1"]);
}

#[test]
fn series_have_the_length_that_they_claim() {
    let short = |record: &mut Value| {
        record["actual"]["services"]["stock"]["ok"].as_array_mut().unwrap().pop();
    };
    refused(short, &["the world `actual`", "a series of `stock` has", "windows instead of"]);
    let long = |record: &mut Value| record["twin"]["classes"]["checkout"]["ok"] = json!(vec![0; 1_000_000]);
    refused(long, &["the world `twin`", "a series of `checkout` has 1000000 windows"]);
    refused(
        |record| record["actual"]["windows"] = json!(1_000_000_000_u64),
        &["1000000000 windows, more than 2000"],
    );
}

#[test]
fn numbers_are_those_of_a_run() {
    refused(|record| record["actual"]["events"] = json!(-1), &["integer `-1`"]);
    refused(|record| record["simulated_s"] = json!(-1.0), &["`simulated_s` is -1.0"]);
    refused(|record| record["actual"]["window_s"] = json!(0.0), &["`window_s` is not above zero"]);
    refused(|record| record["horizon_s"] = Value::Null, &["invalid type: null"]);
    refused(|record| record["horizon_s"] = json!(1e29), &["1e29 is no number of a run"]);
    refused(|record| record["actual"]["events"] = json!(u64::MAX), &["is no number of a run"]);
    let ok = |record: &mut Value| record["actual"]["totals"]["services"]["stock"]["ok"] = json!(10_000_000);
    refused(ok, &["more ended at `stock` than was begun"]);
    for (field, count) in [("surge_requests", 10_000_000), ("surge_failed", 1)] {
        let of_surges = |record: &mut Value| {
            record["actual"]["totals"]["classes"]["checkout"][field] = json!(count);
        };
        refused(of_surges, &["more ended at `checkout` than was begun"]);
    }
    refused(|record| record["horizon_s"] = json!(10), &["simulated beyond its horizon"]);
    let late = |record: &mut Value| record["actual"]["transitions"][0]["at_s"] = json!(91);
    refused(late, &["the transitions: 91 s is no time of this run"]);
    refused(|record| record["start"] = json!(90_000), &["`start` is no time of day"]);
}

#[test]
fn names_fit() {
    let unknown = |record: &mut Value| record["topology"]["services"][0]["name"] = json!("nobody");
    refused(unknown, &["it contradicts itself: there is no service `"]);
    let missing = |record: &mut Value| {
        record["actual"]["calls"].as_object_mut().unwrap().remove("checkout -> shop");
    };
    refused(missing, &["nothing is recorded of the call `checkout -> shop`"]);
    let state = |record: &mut Value| record["actual"]["transitions"][0]["state"] = json!("on fire");
    refused(state, &["\"on fire\", expected a word that knockon writes"]);
}

#[test]
fn a_summary_belongs_to_its_record() {
    let (desk, _) = ran(&["--set", "horizon=\"90s\""]);
    let whole = desk.read("out/summary.json");
    for (field, value, why) in [
        ("seed", json!(43), "it is of another run than the record: its seed differs"),
        ("fingerprint", json!("0"), "its fingerprint differs"),
        ("twin", Value::Null, "its twin differs"),
        ("partial", json!(true), "`partial` is not what the record says"),
        ("verdict", json!("splendid"), "unknown variant `splendid`"),
    ] {
        desk.put("out/summary.json", &whole);
        change(&desk, "out/summary.json", |summary| summary[field] = value);
        desk.run(&["report", "out"]).exits(2).complains(&["`out/summary.json` cannot be used", why]);
    }
    desk.put("out/summary.json", &whole);
    change(&desk, "out/summary.json", |summary| summary["services"]["stock"]["attempts"] = json!(5));
    desk.run(&["report", "out"]).exits(2).complains(&["`services` is not what the record says"]);
}

/// Whatever a file was made to say, nothing of it hides or turns the text around it.
#[test]
fn names_from_a_file_hide_nothing() {
    let (desk, _) = ran(&["--set", "horizon=\"2m\""]);
    let hidden = "sto\u{202e}ck\u{200b}\u{85}\u{e0041}\u{7f}";
    for name in ["out/record.json", "out/summary.json"] {
        let text = desk.read(name);
        assert!(text.contains("stock"));
        desk.put(name, text.replace("stock", hidden));
    }
    for format in ["text", "markdown", "json"] {
        let said = desk.run(&["report", "out", "--format", format]).succeeds();
        assert!(said.stdout.contains("sto"), "{format}");
        assert!(!said.stdout.contains(|c| is_unseen(c) && c != '\n'), "{format}: {}", said.stdout);
        if format == "json" {
            let summary: Value = serde_json::from_str(&said.stdout).unwrap();
            assert!(summary["services"].get(hidden).is_some());
        }
    }
    for name in desk.names("out").iter().filter(|name| !name.ends_with("png") && !name.contains("json")) {
        let text = desk.read(&format!("out/{name}"));
        assert!(name == "series.csv" || !text.contains(|c| is_unseen(c) && !is_layout(c)), "{name}");
    }
    assert!(desk.read("out/report.html").contains("sto\u{fffd}ck\u{fffd}\u{fffd}\u{fffd}\u{fffd}"));
    assert!(desk.read("out/postmortem.md").contains("sto\u{fffd}ck"));
}
