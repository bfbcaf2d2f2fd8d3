//! Key moments of an incident with people, of one that nobody touches, and of nothing at all.

use super::{KeyMoment, key_moments, no_return, no_return_s};
use crate::analysis::{Summary, fixture};
use crate::report::quantity::instant;
use crate::scenario::VerdictKind;

fn titles(moments: &[KeyMoment]) -> Vec<&str> {
    moments.iter().map(|moment| moment.title.as_str()).collect()
}

#[test]
fn an_incident_with_people_is_told_from_the_fault_to_the_end() {
    let (record, summary) = fixture::attended();
    let moments = key_moments(&record, &summary);
    let titles = titles(&moments);
    assert_eq!(titles.first(), Some(&"A fault begins"));
    assert_eq!(titles[1], "The fault is over");
    assert!(titles.contains(&"An alert fires") && titles.contains(&"Somebody looks"), "{titles:?}");
    assert!(moments.is_sorted_by(|a, b| a.at_s <= b.at_s), "{moments:#?}");
    for moment in &moments {
        assert!(moment.ask.ends_with('?') && moment.all().ends_with('.'), "{moment:?}");
    }
}

#[test]
fn a_question_does_not_name_the_cause() {
    let (record, summary) = fixture::attended();
    let names: Vec<&str> = record.faults.iter().map(|fault| fault.name.as_str()).collect();
    for moment in key_moments(&record, &summary) {
        let told = |text: &str| names.iter().any(|name| text.split(' ').any(|word| word == *name));
        assert!(!told(&moment.ask) && !told(&moment.title), "{moment:?}");
    }
}

#[test]
fn only_what_does_not_heal_has_a_point_of_no_return() {
    let (record, mut summary) = fixture::attended();
    summary.verdict_unattended = Some(VerdictKind::Recovered);
    assert_eq!(no_return(&record, &summary), None);
    let moments = key_moments(&record, &summary);
    assert!(moments.iter().all(|moment| !moment.all().contains("impossible")), "{moments:#?}");
}

#[test]
fn where_nothing_takes_over_the_fault_alone_was_enough() {
    let (record, mut summary) = fixture::attended();
    summary.verdict_unattended = Some(VerdictKind::Metastable);
    summary.phases.clear();
    let told = no_return(&record, &summary).map(|line| line.text()).unwrap_or_default();
    assert!(
        told.contains("when the fault ends.") && told.contains("What the fault leaves behind is enough."),
        "{told}"
    );
}

#[test]
fn before_and_after_are_told_of_one_class_and_after_the_last_deed() {
    let (record, summary) = fixture::attended();
    let deeds = record.actual.response.iter().filter(|entry| entry.kind.changes_the_world());
    let last = deeds.map(|deed| deed.at_s).fold(0.0, f64::max);
    let found = |next_s| super::people::last_deed(&record, 0.0, next_s);
    assert!(last > 0.0 && found(f64::INFINITY).total_cmp(&last).is_eq());
    assert!(found(last) < last);
    for tell in key_moments(&record, &summary).iter().map(KeyMoment::all) {
        let Some((_, told)) = tell.split_once("Before it ") else { continue };
        let class =
            |text: &str| text.split(" of ").nth(1).and_then(|rest| rest.split(' ').next()).map(str::to_owned);
        let (before, then) = told.split_once("; at ").unwrap_or_default();
        assert!(class(before).is_some() && class(before) == class(then), "{tell}");
    }
}

#[test]
fn without_a_twin_nobody_says_who_was_not_hit() {
    let (mut record, mut summary) = fixture::attended();
    summary.propagation.clear();
    let told =
        |moments: Vec<KeyMoment>| moments.iter().any(|moment| moment.all().contains("No other service"));
    assert!(told(key_moments(&record, &summary)));
    record.twin = None;
    assert!(!told(key_moments(&record, &summary)));
}

#[test]
fn nothing_is_told_before_it_has_happened() {
    let (record, summary) = fixture::attended();
    let mut named = 0;
    for KeyMoment { at_s, tell, later, .. } in key_moments(&record, &summary) {
        for (from_s, text) in later.into_iter().chain([(at_s, tell)]) {
            let instants = text.split("T+").skip(1).filter_map(|rest| {
                rest.split(|letter: char| !(letter.is_alphanumeric() || letter == '.')).next()
            });
            for told in instants.map(|instant| seconds_of(instant.trim_end_matches('.'))) {
                assert!(told <= from_s + 0.5, "{text} at {from_s}");
                named += 1;
            }
        }
    }
    assert!(named > 5, "{named}");
}

/// `12m15s` or `47.3s` in seconds.
fn seconds_of(instant: &str) -> f64 {
    let (minutes, rest) = instant.split_once('m').unwrap_or(("0", instant));
    let rest = if rest.is_empty() { "0" } else { rest.trim_end_matches('s') };
    60.0 * minutes.parse::<f64>().unwrap() + rest.parse::<f64>().unwrap()
}

#[test]
fn the_second_wave_does_not_know_of_kills_to_come() {
    let (record, summary) = fixture::attended();
    let kill = summary.waves.iter().find(|wave| wave.via.contains("kills")).unwrap().at_s;
    for moment in key_moments(&record, &summary).iter().filter(|moment| moment.at_s < kill) {
        assert!(!moment.all().contains("kills"), "{moment:?}");
    }
}

#[test]
fn more_load_is_not_being_hit_again() {
    let (record, mut summary) = fixture::attended();
    let told = |summary: &Summary| {
        let moments = key_moments(&record, summary);
        moments.iter().find(|moment| moment.title == "After the restart").map(KeyMoment::all).unwrap()
    };
    let all = told(&summary);
    let load = "45 s after the restart user-db has more load (load up 2.7x: cold caches).";
    let (before, after) = all.split_once(load).unwrap_or_else(|| panic!("{all}"));
    assert!(before.is_empty() && !after.contains("user-db"), "{all}");
    assert!(after.contains("48 s after the restart user (threads wait on the call), checkout"), "{all}");
    assert!(after.contains("are hit again. By T+110s so are gateway, browse."), "{all}");
    summary.waves.retain(|wave| wave.service == "user-db" || wave.service == "gateway");
    assert!(
        told(&summary).ends_with("gateway (slow answers of the call) is hit again."),
        "{}",
        told(&summary)
    );
    summary.waves.truncate(1);
    assert_eq!(told(&summary), load);
}

#[test]
fn the_moment_of_no_return_is_told_with_its_instant() {
    let (record, mut summary) = fixture::attended();
    summary.verdict_unattended = Some(VerdictKind::Metastable);
    let since = instant(no_return_s(&record, &summary).unwrap());
    let told = no_return(&record, &summary).map(|line| line.text()).unwrap_or_default();
    assert!(told.contains(&format!("by itself is possible until {since} at the latest")), "{told}");
}

#[test]
fn a_run_without_faults_and_harm_has_no_moments() {
    let (mut record, mut summary) = fixture::attended();
    record.faults.clear();
    record.actual.response.clear();
    record.actual.monitors.clear();
    record.actual.transitions.clear();
    summary.waves.clear();
    summary.blast_radius = None;
    assert_eq!(key_moments(&record, &summary), []);
}

/// The key moment at which a service is killed once more.
fn killed_again(moments: &[KeyMoment]) -> Option<&KeyMoment> {
    moments.iter().find(|moment| moment.title == "Killed again")
}

#[test]
fn a_service_that_is_killed_at_every_start_has_a_moment_when_that_shows() {
    let (record, summary) = fixture::attended();
    let moments = key_moments(&record, &summary);
    let again = killed_again(&moments).unwrap();
    // The first replica is killed at T+162s, is ready at T+217s, and is killed again at T+273s.
    assert!((again.at_s - 273.0).abs() < 1e-9, "{again:?}");
    assert!(again.tell.starts_with("Replicas of user run out of memory at T+162s,"), "{again:?}");
    assert!(again.all().contains("25 kills until T+12m15s. A start lives for 5"), "{again:?}");
}

#[test]
fn who_is_killed_once_or_gets_on_in_between_is_in_no_loop() {
    let (mut record, summary) = fixture::attended();
    let kills = record.actual.transitions.clone();
    record.actual.transitions.retain(|change| change.state != "out of memory" || change.at_s < 200.0);
    assert_eq!(killed_again(&key_moments(&record, &summary)), None);
    record.actual.transitions = kills;
    // A minute in which all is well between any two kills of a replica.
    let user = &mut record.actual.services["user"];
    for window in [200, 300, 450, 600].into_iter().flat_map(|begin| begin..begin + 60) {
        user.ok[window] = 300;
        user.failed[window] = 0;
    }
    assert_eq!(killed_again(&key_moments(&record, &summary)), None);
}
