//! `report.html`: it is the run's, needs nothing else, and whatever a scenario names stays text in it.

use std::collections::BTreeSet;

use knockon::analysis::Summary;
use knockon::plot;
use knockon::record::Record;
use knockon::report::html::{Picture, Told, page};
use knockon::report::{Telling, json, saved};
use knockon::unseen::marked_lines;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use crate::support::{replay, scenario, scenario_with, simulate};

/// A shop whose database pauses, with names that are easily found in files.
const SHOP: &str = r#"Scenario(format: 1, name: "TITLE", notes: "NOTES", warm_up: "5s", horizon: "60s", seed: 3,
    services: {
        "FRONT": Service(threads: 50, queue: Fifo(capacity: Unbounded), operations: { "op": [Call("BACK.op")] }),
        "BACK": Service(threads: 3, queue: Fifo(capacity: Unbounded), restart: Restart(startup: "2s"), operations: { "op": [Work(Exp("50ms"))] }),
    },
    calls: { "FRONT -> BACK": Policy(timeout: "500ms", retry: Retry(max_attempts: 3), breaker: Consecutive(failures: 9)) },
    traffic: { "USERS": Open(rate: "40/s", entry: "FRONT.op", value: 1) },
    faults: [Fault(name: "FAULT", at: "T+10s", for: "8s", on: "BACK", effect: Pause)],
    monitors: { "MONITOR": ErrorRate(of: "FRONT", window: "5s", scrape: "1s", alert: Above("30%", for: "2s")) },
    response: [Act(name: "ACT", at: "T+30s", does: Restart("BACK"))],
)"#;

/// What people type into names who want a page to do something else.
const HOSTILE: [(&str, &str); 8] = [
    ("TITLE", "</title></script><script>alert(1)</script>"),
    ("NOTES", "</script><!-- <script> --> ]]> \u{2028} \u{202e}\n &amp; &lt;b&gt;"),
    ("FRONT", "\"><img src=x onerror=alert(1)>"),
    ("BACK", "' onfocus='alert(1)' autofocus x='"),
    ("USERS", "<svg/onload=alert(1)>{{ 7*7 }}{% raw %}"),
    ("FAULT", "--!><style>*{display:none}</style>"),
    ("MONITOR", "<base href=//evil.example><a href=javascript:alert(1)>x</a>"),
    ("ACT", "</desc></title></svg><iframe src=//evil.example>\u{2029}"),
];

fn told(record: &Record, summary: &Summary) -> String {
    let telling = Telling { repeat: format!("knockon run '{}'", record.scenario), ..Telling::default() };
    let figures =
        [plot::timeline(record, summary), plot::propagation(record, summary), plot::heatmap(record, summary)];
    let pictures = figures.map(|figure| Picture {
        name: "picture",
        title: figure.title().to_owned(),
        svg: figure.svg().unwrap(),
    });
    page(&[Told { record, summary, telling: &telling, pictures: pictures.to_vec() }]).unwrap()
}

/// A run whose names were replaced in its files.
fn renamed(record: &Record, summary: &Summary, names: &[(&str, &str)]) -> (Record, Summary) {
    let mut text = Vec::new();
    json::record(record, &mut text).unwrap();
    let replaced = |text: String| {
        names.iter().fold(text, |text, (from, to)| {
            let escaped = serde_json::to_string(to).unwrap();
            text.replace(from, &escaped[1..escaped.len() - 1])
        })
    };
    let record = saved::record(replaced(String::from_utf8(text).unwrap()).as_bytes()).unwrap();
    let summary = serde_json::from_str(&replaced(json::summary(summary))).unwrap();
    (record, summary)
}

fn all<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: &ElementRef) -> String {
    element.text().collect()
}

/// What the replay reads.
fn data(html: &Html) -> Value {
    serde_json::from_str(&text(&all(html, "script#data")[0])).unwrap()
}

/// Nothing on a page runs, loads or leads anywhere but what is meant to.
#[track_caller]
fn is_harmless(html: &Html) {
    assert!(
        all(html, "script[src], iframe, img, object, embed, link, base, form, video, audio, source, image")
            .is_empty()
    );
    assert_eq!(all(html, "style").len(), 1);
    assert_eq!(all(html, "meta[http-equiv]").len(), 1);
    assert_eq!(all(html, "script[type]").len(), 1);
    for element in all(html, "*") {
        for (name, value) in element.value().attrs() {
            assert!(!name.starts_with("on") && name != "style" && name != "src", "{name}={value}");
            assert!(!name.ends_with("href") || value.starts_with('#'), "{name}={value}");
        }
    }
}

#[test]
fn hostile_names_stay_text() {
    let (record, summary) = simulate(SHOP);
    let plain = Html::parse_document(&told(&record, &summary));
    let (record, summary) = renamed(&record, &summary, &HOSTILE);
    let written = told(&record, &summary);
    let html = Html::parse_document(&written);
    is_harmless(&html);
    assert_eq!(all(&html, "script").len(), all(&plain, "script").len());
    let count = |html: &Html, selector: &str| all(html, selector).len();
    for selector in ["body > *", "section", "table", "svg", "dd", "li", "h2", "header *"] {
        assert_eq!(count(&html, selector), count(&plain, selector), "{selector}");
    }
    let seen = HOSTILE.map(|(_, hostile)| marked_lines(hostile));
    let [title, notes, front, back, users, fault, monitor, act] = seen.each_ref().map(|text| &**text);
    assert!(notes.contains("\u{fffd} \u{fffd}\n"));
    assert_eq!(text(&all(&html, "h1")[0]), title);
    let heads: Vec<String> = all(&html, "tbody th").iter().map(text).collect();
    assert!([front, back, users].iter().all(|name| heads.contains(&(*name).to_owned())), "{heads:?}");
    let run = &data(&html)["runs"][0];
    let names: Vec<&str> =
        run["nodes"].as_array().unwrap().iter().filter_map(|node| node["name"].as_str()).collect();
    assert_eq!(names, [users, front, back]);
    let of = |value: &Value| value.as_str().unwrap().to_owned();
    assert_eq!((of(&run["title"]), of(&run["notes"])), (title.to_owned(), notes.to_owned()));
    assert_eq!(
        (of(&run["faults"][0]["name"]), of(&run["monitors"][0]["name"])),
        (fault.to_owned(), monitor.to_owned())
    );
    let subjects: Vec<&str> =
        run["events"].as_array().unwrap().iter().filter_map(|event| event["subject"].as_str()).collect();
    assert!(subjects.contains(&act), "{subjects:?}");
}

#[test]
fn a_page_is_the_same_every_time_and_lets_nothing_else_run() {
    let (record, summary) = simulate(SHOP);
    let written = told(&record, &summary);
    assert!(written == told(&record, &summary));
    let html = Html::parse_document(&written);
    is_harmless(&html);
    let policy = all(&html, "meta[http-equiv]")[0].value().attr("content").unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
    let scripts = all(&html, "script:not([type])").len();
    assert_eq!(policy.matches("sha256-").count(), scripts + 1);
    // Every link leads to a place on the page, and no place has two names.
    let mut ids: Vec<&str> =
        all(&html, "[id]").iter().filter_map(|element| element.value().attr("id")).collect();
    for link in all(&html, "a[href]") {
        let place = &link.value().attr("href").unwrap()[1..];
        assert!(place == "replay" || ids.contains(&place), "#{place}");
    }
    let number = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert!(ids.len() + 2 >= number, "the three pictures of this test have one name, nothing else has");
}

#[test]
fn two_runs_stand_side_by_side() {
    let (record, summary) = simulate(SHOP);
    let (other, of_other) = renamed(&record, &summary, &[("FRONT", "DOOR")]);
    let telling = Telling::default();
    let runs = [(&record, &summary), (&other, &of_other)];
    let told =
        runs.map(|(record, summary)| Told { record, summary, telling: &telling, pictures: Vec::new() });
    let html = Html::parse_document(&page(&told).unwrap());
    assert_eq!(data(&html)["runs"].as_array().unwrap().len(), 2);
    assert!(all(&html, ".pair").iter().all(|pair| pair.child_elements().count() == 2));
    assert!(all(&html, "#pictures").is_empty());
    let names: Vec<String> = all(&html, "#beside tbody th").iter().map(text).collect();
    assert_eq!(names, ["1. as written \u{b7} seed 3", "2. as written \u{b7} seed 3"]);
}

/// The key moments of a run: when, what, and whether the answer has this.
fn moments(record: &Record, summary: &Summary) -> Vec<Value> {
    let html = Html::parse_document(&told(record, summary));
    let moments = data(&html)["runs"][0]["moments"].as_array().unwrap().clone();
    for moment in &moments {
        let asked = moment["ask"].as_str().unwrap().chars().count();
        assert!((10..=160).contains(&asked), "{moment:#}");
        assert!((20..=440).contains(&whole(moment).chars().count()), "{moment:#}");
    }
    assert!(moments.is_sorted_by_key(|moment| moment["at_s"].as_f64().unwrap()), "{moments:#?}");
    assert!((2..=10).contains(&moments.len()), "{moments:#?}");
    moments
}

fn told_at(moments: &[Value], title: &str) -> (f64, String) {
    let found = moments
        .iter()
        .find(|moment| moment["title"] == title)
        .unwrap_or_else(|| panic!("{title}: {moments:#?}"));
    (found["at_s"].as_f64().unwrap(), whole(found))
}

/// The whole answer: what is told at the moment, and what happens later.
fn whole(moment: &Value) -> String {
    let later = moment["later"].as_array().map_or(&[][..], Vec::as_slice);
    let texts = [&moment["tell"]].into_iter().chain(later.iter().map(|part| &part[1]));
    texts.map(|text| text.as_str().unwrap()).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_moment_when_recovery_became_impossible_is_found() {
    let short = ["horizon=\"6m\"", "expect=[]"];
    let incident = replay(&scenario_with("thursday-checkout-outage.ron", None, &short));
    let moments = moments(&incident.record, &incident.summary);
    let (at_s, why) = told_at(&moments, "Something takes over");
    assert!((12.0..30.0).contains(&at_s), "{at_s}");
    let takes_over = "goes back to retries of checkout -> user, not to pause of user-db as before";
    assert!(why.contains(takes_over), "{why}");
    assert!(why.contains("Since T+12s at the latest recovery is impossible without help."), "{why}");
    assert!(why.contains("user is asked for 1.04 times what it can do"), "{why}");
    assert!(told_at(&moments, "Somebody looks").1.contains("restarts user"));
    assert!(told_at(&moments, "After the restart").1.contains("cold caches"));
    let (at_s, killed) = told_at(&moments, "Killed again");
    assert!((250.0..300.0).contains(&at_s) && killed.contains("user run out of memory"), "{at_s} {killed}");
}

#[test]
fn what_heals_by_itself_is_said_to_heal() {
    let incident = replay(&scenario("process-crash-timeline.ron", "5m"));
    let moments = moments(&incident.record, &incident.summary);
    let heals = moments.iter().all(|moment| !whole(moment).contains("impossible without help"));
    assert!(heals, "{moments:#?}");
    told_at(&moments, "A fault begins");
}

/// Names of fields below a value; those of worlds are names of a scenario, and their series are what counts.
fn fields(value: &Value, named: bool, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| fields(value, false, found)),
        Value::Object(values) => {
            for (name, value) in values {
                if !named {
                    found.insert(name.clone());
                }
                fields(value, ["classes", "services", "calls"].contains(&name.as_str()) && !named, found);
            }
        }
        _ => {}
    }
}

#[test]
fn whatever_is_embedded_is_read() {
    let short = ["horizon=\"6m\"", "expect=[]"];
    let incident = replay(&scenario_with("thursday-checkout-outage.ron", None, &short));
    let html = Html::parse_document(&told(&incident.record, &incident.summary));
    let mut embedded = BTreeSet::new();
    fields(&data(&html), false, &mut embedded);
    let scripts: String = all(&html, "script:not([type])").iter().map(text).collect();
    let words: BTreeSet<&str> = scripts.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    let unread: Vec<&String> = embedded.iter().filter(|name| !words.contains(name.as_str())).collect();
    assert!(unread.is_empty() && embedded.len() > 40, "{unread:?} of {embedded:?}");
}
