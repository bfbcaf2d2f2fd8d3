//! What people do, step by step: pages, delays, wrong leads, runbooks, help, and the worlds with and without them.

use knockon::experiment::Incident;
use knockon::record::ResponseKind;
use knockon::scenario::{Scenario, VerdictKind};

use crate::support::replay;

/// A service that fails everything from T+10 s to T+100 s, an alert that fires at T+13 s (more than half of the last five
/// seconds failed), and a response.
fn run(response: &str) -> Incident {
    replay_text(&text(ONE_FAULT, response))
}

/// The same with faults of its own.
fn run_with(faults_and_response: &str) -> Incident {
    replay_text(&text("", faults_and_response))
}

const ONE_FAULT: &str = "faults: [Fault(at: \"T+10s\", for: \"90s\", on: \"s\", effect: Errors(\"100%\"))],";

fn text(faults: &str, response: &str) -> String {
    format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"200s\", seed: 11,
        services: {{ \"s\": Service(replicas: 2, restart: Restart(startup: \"2s\"), operations: {{ \"op\": [Work(\"10ms\")] }}) }},
        traffic: {{ \"c\": Open(rate: \"200/s\", entry: \"s.op\", value: 2) }},
        {faults}
        monitors: {{
            \"errors\": ErrorRate(of: \"s\", window: \"5s\", scrape: \"1s\", alert: Above(\"50%\")),
            \"rate\": Rate(of: \"s\", window: \"5s\", scrape: \"1s\"),
        }},
        {response})"
    )
}

fn replay_text(text: &str) -> Incident {
    let scenario =
        Scenario::parse(text).unwrap_or_else(|rejected| panic!("{:?}\n{text}", rejected.diagnostics));
    replay(&scenario)
}

/// (second, who, kind) of everything that was done.
fn done(incident: &Incident) -> Vec<(i64, &str, ResponseKind)> {
    let entries = incident.record.actual.response.iter();
    entries.map(|entry| (entry.at_s.round() as i64, entry.by.as_str(), entry.kind)).collect()
}

#[test]
fn an_on_call_notices_dismisses_errs_and_calls_for_help() {
    use ResponseKind::{Decided, Dismissed, Escalated, Exhausted, Misled, Paged, Resolved, Restart, Started};
    let incident = run("on_call: OnCall(notices: \"5s\", dismisses: \"10s\", decides: \"3s\", acts: \"1s\",
            misdiagnosis: Misdiagnosis(believes: \"the network is slow\", lasts: \"4s\"),
            runbook: [Rule(name: \"restart it\", if: Firing(\"errors\"), does: Restart(\"s\"), within: \"6s\")],
            escalates: \"20s\",
            experts: [
                Rule(name: \"not now\", if: Reads(\"rate\", Below(\"1/s\")), does: Wait(\"1s\")),
                Rule(name: \"wait a bit\", does: [Wait(\"2s\")], within: \"3s\"),
            ],
            resolved: ErrorRate)");
    let alert = incident.summary.monitors["errors"].alerts[0].0;
    assert!((alert - 13.0).abs() < 1e-9, "{alert}");
    assert_eq!(
        done(&incident),
        [
            (13, "on-call", Paged),
            (18, "on-call", Dismissed),
            (28, "on-call", Started),
            (31, "on-call", Misled),
            (35, "on-call", Decided),
            (36, "on-call", Restart),
            (42, "on-call", Escalated),
            (62, "experts", Decided),
            (67, "experts", Exhausted),
            (103, "experts", Resolved),
        ]
    );
    // The wrong fix has its own time, and all phases together are the time from the page to the end.
    let people = incident.summary.people.as_ref().unwrap();
    let phases = [
        ("notice", 5.0),
        ("dismissal", 10.0),
        ("decision", 3.0),
        ("misdiagnosis", 4.0),
        ("action", 1.0 + 5.0),
        ("vain_fix", 6.0),
        ("escalation", 20.0),
        ("at_a_loss", 36.0),
        ("last_fix", 0.0),
    ];
    assert_eq!(people.delays_s.len(), phases.len());
    for (phase, expected) in phases {
        let delay = people.delays_s[phase];
        assert!((delay - expected).abs() < 1e-6, "{phase}: {delay}");
    }
    let [vain] = &people.vain_fixes[..] else { panic!("{:?}", people.vain_fixes) };
    assert!((vain.at_s - 36.0).abs() < 1e-6 && (vain.to_s - 42.0).abs() < 1e-6, "{vain:?}");
    assert_eq!((vain.by.as_str(), &vain.what[..]), ("on-call", &["restart s, all at once".to_owned()][..]));
    assert_eq!(vain.firing, ["errors"]);
    let readings = &incident.record.actual.response[2].readings;
    assert!(
        readings.iter().any(|(name, value)| name == "errors" && (*value - 1.0).abs() < 1e-9),
        "{readings:?}"
    );
}

#[test]
fn nobody_acts_on_an_alert_that_is_gone() {
    let incident =
        run("on_call: OnCall(notices: \"95s\", runbook: [Rule(name: \"restart\", does: Restart(\"s\"))])");
    let kinds: Vec<ResponseKind> = done(&incident).iter().map(|entry| entry.2).collect();
    assert_eq!(kinds, [ResponseKind::Paged, ResponseKind::StoodDown]);
    assert!(incident.record.unattended.is_none(), "nothing was done: the unattended world is the actual one");
    assert_eq!(incident.summary.verdict_unattended, incident.summary.verdict);
}

#[test]
fn acts_begin_with_their_alert_after_their_delay_if_their_condition_holds() {
    let incident = run("response: [
        Act(name: \"automation\", on: Alert(\"errors\"), after: \"4s\", if: Firing(\"errors\"), does: [Restart(\"s\"), Wait(\"3s\"), Restart(\"s\")]),
        Act(name: \"never\", on: Alert(\"errors\"), if: Quiet(\"errors\"), does: Restart(\"s\")),
        Act(name: \"afterwards\", on: Cleared(\"errors\"), does: Restart(\"s\")),
        Act(name: \"at noon\", at: \"T+150s\", does: [Until(Quiet(\"errors\")), Restart(\"s\")]),
        Act(name: \"patient\", at: \"T+20s\", does: [Until(Quiet(\"errors\"), at_most: \"7s\"), Restart(\"s\")]),
    ]");
    let restarts: Vec<(i64, &str)> = done(&incident)
        .iter()
        .filter(|entry| entry.2 == ResponseKind::Restart)
        .map(|entry| (entry.0, entry.1))
        .collect();
    assert_eq!(
        restarts,
        [(17, "automation"), (20, "automation"), (27, "patient"), (103, "afterwards"), (150, "at noon")]
    );
}

#[test]
fn the_unattended_world_is_what_nobody_touched() {
    let attended = run("response: [Act(at: \"T+120s\", does: Restart(\"s\"))]");
    let alone = run("");
    let unattended = attended.record.unattended.as_ref().unwrap();
    assert_eq!(unattended.fingerprint, alone.record.actual.fingerprint);
    assert_eq!(attended.summary.verdict_unattended, alone.summary.verdict);
    assert_eq!(
        attended.record.twin.as_ref().unwrap().fingerprint,
        alone.record.twin.as_ref().unwrap().fingerprint
    );
    assert_ne!(attended.record.actual.fingerprint, unattended.fingerprint);
}

#[test]
fn something_done_before_any_fault_parts_the_worlds_as_well() {
    let early = run("response: [Act(at: \"T+1s\", does: Restart(\"s\"))]");
    let alone = run("");
    let record = &early.record;
    assert_eq!(record.unattended.as_ref().unwrap().fingerprint, alone.record.actual.fingerprint);
    assert_eq!(record.twin.as_ref().unwrap().fingerprint, alone.record.twin.as_ref().unwrap().fingerprint);
}

#[test]
fn help_that_comes_when_it_is_over_does_nothing() {
    use ResponseKind::{Escalated, Paged, Resolved, Started};
    let incident = run(
        "on_call: OnCall(escalates: \"150s\", experts: [Rule(name: \"too late\", does: Restart(\"s\"))])",
    );
    let kinds: Vec<ResponseKind> = done(&incident).iter().map(|entry| entry.2).collect();
    assert_eq!(kinds, [Paged, Started, Escalated, Resolved]);
    assert_eq!(incident.summary.services["s"].restarts, 0);
}

#[test]
fn what_a_setting_of_the_response_holds_down_is_limited_not_metastable() {
    let incident = run("response: [Act(at: \"T+110s\", does: Set(\"calls.'c -> s'.timeout\", \"1ms\"))]");
    assert_eq!(incident.summary.verdict, Some(VerdictKind::Limited), "{}", incident.summary.verdict_reason);
    assert_eq!(incident.summary.verdict_unattended, Some(VerdictKind::Recovered));
    let saved = incident.summary.people.unwrap().saved.unwrap();
    assert!(saved.requests < -10_000 && saved.value < -20_000.0, "{saved:?}");
}

#[test]
fn silence_is_no_recovery() {
    // The only service stands still for ever: nothing fails, nothing ends, and no alert fires on errors.
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"300s\", seed: 1,
        services: { \"s\": Service(queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"10ms\")] }) },
        traffic: { \"c\": Open(rate: \"2/s\", entry: \"s.op\") },
        faults: [Fault(at: \"T+10s\", on: \"s\", effect: Pause)],
        monitors: { \"rate\": Rate(of: \"c\", window: \"10s\", scrape: \"5s\", alert: Below(\"1/s\", for: \"5s\")) },
        on_call: OnCall(runbook: [Rule(name: \"look\", does: Wait(\"1s\"))]))";
    let incident = replay(&Scenario::parse(text).unwrap_or_else(|r| panic!("{:?}", r.diagnostics)));
    assert_eq!(incident.summary.verdict, Some(VerdictKind::Down), "{}", incident.summary.verdict_reason);
    assert!(done(&incident).iter().all(|entry| entry.2 != ResponseKind::Resolved));
}

#[test]
fn only_the_first_page_is_taken_for_a_blip() {
    use ResponseKind::{Dismissed, Paged, Started, StoodDown};
    // The first outage is over before anybody looks again; the second is not dismissed.
    let two = "faults: [
            Fault(at: \"T+10s\", for: \"20s\", on: \"s\", effect: Errors(\"100%\")),
            Fault(at: \"T+100s\", for: \"90s\", on: \"s\", effect: Errors(\"100%\")),
        ],
        on_call: OnCall(notices: \"2s\", dismisses: \"40s\", runbook: [Rule(name: \"look\", does: Wait(\"1s\"), within: \"1s\")])";
    let incident = run_with(two);
    let kinds: Vec<ResponseKind> = done(&incident).iter().map(|entry| entry.2).collect();
    assert_eq!(&kinds[..5], [Paged, Dismissed, StoodDown, Paged, Started]);
    // What was lost on a blip is lost, although nothing came of it.
    let delays = &incident.summary.people.as_ref().unwrap().delays_s;
    assert!((delays["dismissal"] - 40.0).abs() < 1e-9 && (delays["notice"] - 4.0).abs() < 1e-9, "{delays:?}");
}

#[test]
fn an_alert_of_the_warm_up_is_heard_at_its_end() {
    // Twenty requests a second find ten threads of a second each: it fails from the begin.
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"30s\", horizon: \"60s\", seed: 1,
        services: { \"s\": Service(threads: 10, queue: Fifo(capacity: 0), operations: { \"op\": [Work(\"1s\")] }) },
        traffic: { \"c\": Open(rate: \"40/s\", entry: \"s.op\") },
        monitors: { \"errors\": ErrorRate(of: \"c\", window: \"10s\", scrape: \"5s\", alert: Above(\"50%\")) },
        on_call: OnCall(runbook: [Rule(name: \"look\", does: Wait(\"1s\"))]))";
    let incident = replay(&Scenario::parse(text).unwrap_or_else(|r| panic!("{:?}", r.diagnostics)));
    assert_eq!(done(&incident)[0], (0, "on-call", ResponseKind::Paged));
}

#[test]
fn an_act_of_nothing_and_an_act_called_as_people_are_refused() {
    for (response, code) in [
        ("response: [Act(at: \"T+1s\", does: [])]", "K019"),
        ("on_call: OnCall(runbook: [Rule(name: \"idle\", does: [])])", "K019"),
        ("response: [Act(name: \"experts\", at: \"T+1s\", does: Restart(\"s\"))]", "K022"),
    ] {
        let rejected = Scenario::parse(&text(ONE_FAULT, response)).unwrap_err();
        assert_eq!(rejected.diagnostics[0].code, code, "{response}: {:?}", rejected.diagnostics);
    }
}
