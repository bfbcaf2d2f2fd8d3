//! One small incident in every format. The formats for people are known word by word; so is the layout of the files.

use crate::report::fixture::{record, summary};
use crate::report::{Telling, csv, events, markdown, story, text};

fn telling() -> Telling {
    Telling {
        repeat: "knockon run shop.ron --seed 42".to_owned(),
        files: Some(("output/shop".to_owned(), vec!["summary.json".to_owned(), "series.csv".to_owned()])),
        stopped: None,
        changed: false,
    }
}

#[test]
fn the_story_in_text() {
    insta::assert_snapshot!(text::plain(&story(&record(), &summary(), &telling()), 100));
}

/// The incident with people in it.
fn attended() -> crate::report::Report {
    let (record, summary) = crate::analysis::fixture::attended();
    story(&record, &summary, &telling())
}

#[test]
fn the_story_with_people_in_text() {
    insta::assert_snapshot!(text::plain(&attended(), 100));
}

#[test]
fn the_story_with_people_in_markdown() {
    insta::assert_snapshot!(markdown::markdown(&attended()));
}

#[test]
fn the_story_with_people_fits_on_a_screen() {
    let moments = attended().blocks.into_iter().find_map(|block| match block {
        crate::report::Block::Moments(moments) => Some(moments.len()),
        _ => None,
    });
    assert!(moments.is_some_and(|count| (15..=25).contains(&count)), "{moments:?}");
}

#[test]
fn a_few_late_requests_are_told_where_they_make_the_harm_long() {
    let told = |most: Option<f64>| {
        let (record, mut summary) = (record(), summary());
        summary.blast_radius.as_mut().unwrap().duration_99_s = most;
        let story = text::plain(&story(&record, &summary, &telling()), 1_000);
        let review = crate::report::postmortem(&record, &summary, &telling()).unwrap();
        (story, markdown::markdown(&review))
    };
    let (story, review) = told(Some(12.0));
    assert!(story.contains("14.2 s from the first to the last, 99 % of them within 12 s"), "{story}");
    let words = "14.2 s from the first request that was worse off to the last, 99 % of them within 12 s";
    assert!(review.contains(&format!("\n{words}.\n")), "{review}");
    for most in [Some(13.0), None] {
        let (story, review) = told(most);
        assert!(
            story.contains("14.2 s from the first to the last\n") && !review.contains("99 %"),
            "{most:?}"
        );
    }
}

#[test]
fn the_time_between_two_pages_is_said_to_be_missing() {
    let (mut record, summary) = crate::analysis::fixture::attended();
    let told = |record: &crate::record::Record| text::plain(&story(record, &summary, &telling()), 1_000);
    assert!(told(&record).contains("19m30s in all: notice"));
    let mut again = record.actual.response[0].clone();
    again.at_s = 1260.0;
    record.actual.response.push(again.clone());
    let story = told(&record);
    assert!(story.contains("without the time between pages: notice"), "{story}");
    assert!(story.contains("declared over at T+20m, paged again at T+21m\n"), "{story}");
    record.actual.response.extend(std::iter::repeat_n(again, 5));
    assert!(told(&record).contains("paged again at T+21m, and 2 more\n"));
}

#[test]
fn what_people_added_stands_beside_the_verdict() {
    let (record, mut summary) = crate::analysis::fixture::attended();
    summary.verdict_unattended = summary.verdict;
    let lost = summary.blast_radius.as_ref().unwrap().by_severity.lost();
    let mut told = |saved: i64| {
        summary.people.as_mut().unwrap().saved.as_mut().unwrap().requests = saved;
        text::plain(&story(&record, &summary, &telling()), 1_000)
    };
    let tenth = i64::try_from(lost / 10).unwrap();
    assert!(told(-tenth - 1).contains("would have ended the same way, but with 2"), "{}", told(-tenth - 1));
    for saved in [-tenth, 0, tenth + 1] {
        assert!(told(saved).contains("would have ended the same way.\n"));
    }
}

#[test]
fn waits_at_callers_are_told_if_there_were_any() {
    let told = |waits: Option<(f64, f64)>, twin: Option<f64>| {
        let (mut record, mut summary) = (record(), summary());
        let call = &mut summary.calls["shop -> db"];
        (call.mean_wait_ms, call.longest_wait_ms) = waits.unzip();
        let twins = &mut record.twin.as_mut().unwrap().totals.calls;
        let normal = twins.entry("shop -> db".to_owned()).or_default();
        (normal.mean_wait_ms, normal.longest_wait_ms) = (twin, twin);
        text::plain(&story(&record, &summary, &telling()), 1_000)
    };
    let waited = told(Some((12.5, 340.0)), Some(1.0));
    let rows: Vec<&str> = waited.lines().skip_while(|line| !line.starts_with("call ")).take(2).collect();
    let words = |row: &str| {
        row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    };
    let [heads, cells]: [Vec<String>; 2] = [words(rows[0]), words(rows[1])];
    assert_eq!(heads, ["call", "attempts", "mean wait before sending", "twin", "longest", "twin"]);
    assert_eq!(cells, ["shop -> db", "260", "12.5 ms", "1 ms", "340 ms", "1 ms"]);
    assert!(told(Some((0.0, 0.0)), Some(1.0)).contains("before sending"), "in the other world somebody did");
    assert!(!told(Some((0.0, 0.0)), Some(0.0)).contains("before sending"), "nobody did, though they could");
    assert!(!told(None, None).contains("before sending"));
}

#[test]
fn actions_are_events() {
    let (record, _) = crate::analysis::fixture::attended();
    let told = events::events(&record);
    let actions: Vec<&str> = told.lines().filter(|line| line.contains("\"kind\":\"action\"")).collect();
    insta::assert_snapshot!(actions.join("\n"));
}

#[test]
fn the_story_in_markdown() {
    insta::assert_snapshot!(markdown::markdown(&story(&record(), &summary(), &telling())));
}

#[test]
fn the_story_of_a_run_that_was_stopped_says_so_at_once() {
    let stopped = Telling { stopped: Some("it was interrupted".to_owned()), ..telling() };
    let mut record = record();
    record.simulated_s = 12.0;
    let told = text::plain(&story(&record, &summary(), &stopped), 200);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        lines[3],
        "PARTIAL: the run ended at T+12s of T+20s, because it was interrupted. All numbers are of that part."
    );
}

#[test]
fn the_series_as_csv() {
    let mut text = Vec::new();
    csv::series(&record(), &mut text).unwrap();
    insta::assert_snapshot!(String::from_utf8(text).unwrap());
}

#[test]
fn the_events_as_lines_of_json() {
    insta::assert_snapshot!(events::events(&record()));
}

#[test]
fn every_line_fits_where_it_can_be_broken() {
    let told = text::plain(&story(&record(), &summary(), &telling()), 60);
    let table = |line: &&str| !line.contains("requests") && !line.contains("attempts") && !line.contains('%');
    for line in told.lines().filter(table) {
        assert!(line.chars().count() <= 60, "{line}");
    }
}
