//! What the README quotes and shows is what the program prints and draws today.

use std::path::Path;
use std::process::Command;

use knockon::scenario::Scenario;

use crate::support::replay;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The fenced blocks of a language in the README.
fn blocks(language: &str) -> Vec<String> {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let fence = format!("```{language}\n");
    readme.split(&fence).skip(1).map(|rest| rest.split("\n```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_story_and_the_pictures_are_current() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_knockon"))
        .args(["run", "scenarios/thursday-checkout-outage.ron", "--out"])
        .arg(folder.path())
        .current_dir(repository())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let story = String::from_utf8(output.stdout).unwrap();
    let quoted = blocks("text").remove(0);
    let printed = story.split("\nfiles ").next().unwrap();
    assert_eq!(quoted, printed, "quote the story anew");
    for picture in ["timeline", "propagation", "blast-radius", "heatmap", "latency", "amplification"] {
        let picture = &format!("{picture}.svg");
        let drawn = std::fs::read_to_string(folder.path().join(picture)).unwrap();
        let shown = repository().join("output/gallery/thursday-checkout-outage").join(picture);
        assert!(
            std::fs::read_to_string(&shown).unwrap() == drawn,
            "draw it anew: knockon run scenarios/thursday-checkout-outage.ron --out output/gallery/thursday-checkout-outage"
        );
    }
}

#[test]
fn the_sample_scenario_shows_what_the_text_says() {
    let sample = blocks("ron").remove(0);
    let summary = replay(&Scenario::parse(&sample).unwrap()).summary;
    assert!(!summary.expectations.is_empty());
    assert!(summary.expectations.iter().all(|expectation| expectation.held), "{:?}", summary.expectations);
}

#[test]
fn every_file_that_it_points_to_exists() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let mut count = 0;
    for target in readme.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        if !target.starts_with("http") {
            count += 1;
            assert!(repository().join(target).exists(), "{target}");
        }
    }
    assert!(count >= 6);
}
