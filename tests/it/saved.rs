//! What a run leaves behind can be read again, to the bit; and no damaged file makes the reader panic.

use knockon::experiment::Incident;
use knockon::random::{Key, Stream};
use knockon::report::{Telling, json, saved, story};
use knockon::{plot, record};
use serde_json::{Value, json};

use crate::support::{library, replay, scenario, scenario_with};

fn texts(incident: &Incident) -> (Vec<u8>, String) {
    let mut text = Vec::new();
    json::record(&incident.record, &mut text).unwrap();
    (text, json::summary(&incident.summary))
}

#[test]
fn every_scenario_of_the_library_comes_back_to_the_bit() {
    let mut read = 0;
    for entry in std::fs::read_dir(library("")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "ron") {
            continue;
        }
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let incident = replay(&scenario(&file, "100s"));
        let (text, summary) = texts(&incident);
        let record = saved::record(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(record == incident.record, "{file}: the record is another");
        let back =
            saved::summary(summary.as_bytes(), &record).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(back == incident.summary, "{file}: the summary is another");
        let again = Incident { record, summary: back, stopped: None };
        assert!(texts(&again) == (text, summary), "{file}: other bytes");
        read += 1;
    }
    assert!(read > 15);
}

#[test]
fn an_incident_with_people_and_a_second_wave_comes_back() {
    let short = ["horizon=\"6m\"", "expect=[]", "traffic.browse.rate=\"133/s\""];
    let incident = replay(&scenario_with("thursday-checkout-outage.ron", None, &short));
    assert!(!incident.summary.waves.is_empty() && incident.record.unattended.is_some());
    let (text, summary) = texts(&incident);
    let record = saved::record(&text).unwrap();
    assert!(saved::summary(summary.as_bytes(), &record).unwrap() == incident.summary);
}

/// The places of all values in a JSON document.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, v)| places(v, &format!("{here}/{}", escaped(key)), found));
        }
        Value::Array(list) => {
            list.iter().take(3).enumerate().for_each(|(i, v)| places(v, &format!("{here}/{i}"), found));
        }
        _ => {}
    }
}

/// Values at random places are replaced by others: each time it is an error, or what is read can be told and drawn.
#[test]
fn damage_is_an_error_or_harmless() {
    const ROUNDS: u64 = 300;
    let incident = replay(&scenario("retry-storm-minimal.ron", "40s"));
    let (text, summary) = texts(&incident);
    let whole: [Value; 2] = [serde_json::from_slice(&text).unwrap(), serde_json::from_str(&summary).unwrap()];
    let places = whole.each_ref().map(|value| {
        let mut found = Vec::new();
        places(value, "", &mut found);
        found
    });
    let damages = [
        json!(null),
        json!(-1),
        json!(0),
        json!(1e15),
        json!(1e30),
        json!(-1e30),
        json!(1_000_000_000_000_000_u64),
        json!(2e10),
        json!(-2e10),
        json!(1e-300),
        json!(""),
        json!("back"),
        json!("no such"),
        json!([]),
        json!({}),
        json!(true),
        json!([[0.0, 1e9]]),
        json!([1e10, null]),
    ];
    let (mut refused, mut told) = (0, 0);
    for round in 0..ROUNDS {
        let mut draws = Key::of_seed(round).draws(Stream::named("damage"));
        let mut pick = |n: usize| (draws.uniform() * n as f64) as usize;
        let file = pick(2);
        let place = &places[file][pick(places[file].len())];
        let damage = damages[pick(damages.len())].clone();
        let mut damaged = whole.clone();
        *damaged[file].pointer_mut(place).unwrap() = damage.clone();
        let [record, summary] = damaged.map(|value| value.to_string());
        let read =
            saved::record(record.as_bytes()).and_then(|r| Ok((saved::summary(summary.as_bytes(), &r)?, r)));
        match read {
            Err(_) => refused += 1,
            Ok((summary, record)) => {
                told += 1;
                look(&record, &summary, &format!("{place} = {damage}"));
            }
        }
    }
    assert!(refused > 80 && told > 8, "{refused} refused, {told} told");
}

/// Tells and draws.
fn look(record: &record::Record, summary: &knockon::analysis::Summary, what: &str) {
    let done = std::panic::catch_unwind(|| {
        let _ = story(record, summary, &Telling::default());
        for figure in [
            plot::timeline(record, summary),
            plot::propagation(record, summary),
            plot::blast_radius(record, summary),
        ] {
            assert!(figure.size().0 < 20_000 && figure.size().1 < 20_000, "{:?}", figure.size());
            figure.svg().unwrap();
        }
    });
    assert!(done.is_ok(), "after {what}");
}
