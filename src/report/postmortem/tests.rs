//! The post-mortem of known incidents, word by word; its numbers are those of the run, and hostile names stay names.

#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

use std::collections::BTreeSet;

use serde_json::Value;

use crate::analysis::Summary;
use crate::record::Record;
use crate::report::{Telling, fixture, markdown, postmortem, quantity, story};
use crate::scenario::VerdictKind;

fn telling() -> Telling {
    Telling { repeat: "knockon run shop.ron --seed 42".to_owned(), ..Telling::default() }
}

fn told(record: &Record, summary: &Summary) -> String {
    markdown::markdown(&postmortem(record, summary, &telling()).unwrap())
}

#[test]
fn a_small_incident() {
    insta::assert_snapshot!(told(&fixture::record(), &fixture::summary()));
}

#[test]
fn an_incident_with_people_in_it() {
    let (record, summary) = crate::analysis::fixture::attended();
    insta::assert_snapshot!(told(&record, &summary));
}

#[test]
fn where_nobody_was_harmed_or_nothing_is_known_there_is_none() {
    let record = fixture::record();
    let none = |summary: &Summary| postmortem(&record, summary, &telling()).is_none();
    assert!(!none(&fixture::summary()));
    assert!(none(&Summary { verdict: Some(VerdictKind::Unaffected), ..fixture::summary() }));
    assert!(none(&Summary { verdict: None, ..fixture::summary() }));
    assert!(none(&Summary { twin: None, ..fixture::summary() }));
}

#[test]
fn names_cannot_break_the_markup() {
    const NAME: &str = "a|b`c\n# <script>alert(1)</script> **x**";
    let (mut record, mut summary) = (fixture::record(), fixture::summary());
    record.scenario = NAME.to_owned();
    record.faults[0].name = NAME.to_owned();
    summary.propagation[1].service = NAME.to_owned();
    let radius = summary.blast_radius.as_mut().unwrap();
    let class = radius.classes.swap_remove("buy").unwrap();
    radius.classes.insert(NAME.to_owned(), class);
    let command = format!("knockon run '{NAME}'");
    let telling = Telling { repeat: command.clone(), ..Telling::default() };
    let text = markdown::markdown(&postmortem(&record, &summary, &telling).unwrap());
    assert!(text.contains(&format!("```\n{command}\n```")), "a command is copied as it is");
    let text = text.replace(&command, "");
    assert!(text.starts_with(r"# Post-mortem: a\|b\`c \# \<script>alert(1)\</script> \*\*x\*\*"), "{text}");
    assert!(!text.replace(r"\<script>", "").contains("<script>"), "{text}");
    let columns = |row: &str| row.replace(r"\|", "").matches('|').count();
    let rows: Vec<&str> = text.lines().skip_while(|line| *line != "## Impact").skip(2).take(3).collect();
    assert!(rows.iter().all(|row| columns(row) == columns(rows[0])), "{rows:?}");
}

/// What is said of a number, if it is one of these.
fn words(value: f64, start: u32, known: &mut BTreeSet<String>) {
    let mut all = vec![
        quantity::share(value),
        quantity::seconds(value),
        quantity::instant(value),
        quantity::money(value, "$"),
        quantity::ratio(value),
        quantity::plain(value),
        quantity::clock(start, value),
        format!("{value}"),
        format!("{value:.2}"),
    ];
    if value >= 0.0 && value.fract() == 0.0 {
        all.push(quantity::count(value as u64));
    }
    known.extend(all.iter().flat_map(|text| numbers(text)));
}

/// The words with a digit in them.
fn numbers(text: &str) -> Vec<String> {
    let marks = |letter: char| !letter.is_alphanumeric() && letter != '$';
    let words = text.split(|letter: char| letter.is_whitespace() || "/()|:=".contains(letter));
    let words = words.map(|word| word.trim_matches(marks).to_owned());
    words.filter(|word| word.contains(|letter: char| letter.is_ascii_digit())).collect()
}

/// All numbers in a value, and in the texts of it.
fn collect(value: &Value, start: u32, known: &mut BTreeSet<String>) {
    match value {
        Value::Number(number) => words(number.as_f64().unwrap(), start, known),
        Value::String(text) => known.extend(numbers(&text.replace('\\', ""))),
        Value::Array(values) => {
            for value in values {
                collect(value, start, known);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                known.extend(numbers(name));
                collect(value, start, known);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// Numbers of a post-mortem that are neither in the record nor in the summary, nor follow from them as said here.
fn unknown(record: &Record, summary: &Summary) -> Vec<String> {
    let start = record.start.unwrap_or_default();
    let mut known = BTreeSet::new();
    collect(&serde_json::to_value(record).unwrap(), start, &mut known);
    collect(&serde_json::to_value(summary).unwrap(), start, &mut known);
    let mut also = |value: f64| words(value, start, &mut known);
    // Lengths of faults, sums over classes, and severities taken together.
    for fault in &record.faults {
        also(fault.to_s.unwrap_or_default() - fault.from_s);
    }
    let classes = &summary.blast_radius.as_ref().unwrap().classes;
    also(classes.values().map(|class| class.lost_value).sum());
    for class in classes.values() {
        also(class.by_severity.affected() as f64);
    }
    for minute in classes.values().filter_map(|class| class.worst_minute) {
        also(minute.affected as f64 / minute.requests as f64);
        also(minute.lost as f64 / minute.requests as f64);
    }
    // How many of what is in the record, and the time between two steps of people.
    for number in 0..=30 {
        also(f64::from(number));
    }
    let entries = &record.actual.response;
    for pair in entries.windows(2) {
        also(pair[1].at_s - pair[0].at_s);
    }
    known.extend(numbers(&telling().repeat));
    // The timeline is that of the story, word by word.
    let story = markdown::markdown(&story(record, summary, &telling()));
    let timeline: BTreeSet<&str> = story.lines().filter(|line| line.starts_with("| T+")).collect();
    let text = told(record, summary);
    let rest: Vec<&str> = text.lines().filter(|line| !timeline.contains(line)).collect();
    assert!(rest.len() + 8 < text.lines().count(), "the timeline is the story's");
    let words = numbers(&rest.join("\n").replace('\\', ""));
    words.into_iter().filter(|word| !known.contains(word)).collect()
}

#[test]
fn every_number_is_one_of_the_run() {
    assert_eq!(unknown(&fixture::record(), &fixture::summary()), [""; 0]);
    let (record, summary) = crate::analysis::fixture::attended();
    assert_eq!(unknown(&record, &summary), [""; 0]);
}
