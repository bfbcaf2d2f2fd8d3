//! Users' journeys: one step after another, the same sessions in every world, and lost where a step fails.

use std::collections::BTreeMap;

use knockon::analysis::Summary;
use knockon::engine::{ModelEvent, Observer, RequestId, Simulation};
use knockon::failure::{FailureCause, Outcome};
use knockon::model::Model;
use knockon::record::Record;
use knockon::scenario::Scenario;
use knockon::time::SimTime;

use crate::support::{replay, run_until};

/// Shoppers who search, add to the cart and check out; the steps need a service each.
fn shop(search: &str, traffic: &str, more: &str) -> Scenario {
    let text = format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"60s\", seed: 3,
        services: {{
            \"gateway\": Service(threads: 1000, operations: {{
                \"search\": [Call(\"catalog.find\")], \"cart\": [Work(Constant(\"10ms\"))],
                \"checkout\": [Call(\"payment.pay\")],
            }}),
            \"catalog\": Service(threads: 1000, operations: {{ \"find\": [{search}] }}),
            \"payment\": Service(threads: 1000, operations: {{ \"pay\": [Work(Constant(\"20ms\"))] }}),
        }},
        traffic: {{ \"shopper\": Journey(rate: \"20/s\", users: 500, value: 3, {traffic} steps: {{
            \"search\": Visit(\"gateway.search\", think: Exp(\"2s\")),
            \"add to cart\": Visit(\"gateway.cart\", think: Constant(\"1s\")),
            \"checkout\": Visit(\"gateway.checkout\", access: Write),
        }}) }},
        {more})"
    );
    Scenario::parse(&text).unwrap_or_else(|rejected| panic!("{:#?}\n{text}", rejected.diagnostics))
}

fn run(scenario: &Scenario) -> (Record, Summary) {
    let incident = replay(scenario);
    (incident.record, incident.summary)
}

const QUICK: &str = "Work(Constant(\"10ms\"))";
const STEPS: [&str; 3] = ["shopper: search", "shopper: add to cart", "shopper: checkout"];

/// When each request of each step began and ended, by step and session.
#[derive(Default)]
struct Steps(BTreeMap<(usize, u64), (RequestId, End)>);

/// When and how a request ended, if it has.
type End = Option<(SimTime, Outcome)>;

impl Observer for Steps {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        use knockon::id::Id;
        match event {
            ModelEvent::RequestArrived(id) => {
                assert!(self.0.insert((id.class.position(), id.number), (*id, None)).is_none());
            }
            ModelEvent::RequestEnded(id, outcome) => {
                self.0.get_mut(&(id.class.position(), id.number)).unwrap().1 = Some((now, *outcome));
            }
            _ => {}
        }
    }
}

/// Everything that happens in the world with its faults.
fn watch(scenario: &Scenario) -> Steps {
    let model = Model::compile(scenario);
    let mut steps = Steps::default();
    let mut simulation = Simulation::new(&model);
    simulation.schedule_faults();
    run_until(&mut simulation, model.end, &mut steps);
    steps
}

impl Steps {
    /// How long each user thought after a step, by session.
    fn thinking(&self, step: usize) -> BTreeMap<u64, u64> {
        let of = |(number, ended): (u64, SimTime)| {
            let (next, _) = self.0.get(&(step + 1, number))?;
            Some((number, (next.arrived_at - ended).as_nanos()))
        };
        let answered = self.0.iter().filter_map(|((position, number), (_, end))| match end {
            Some((at, outcome)) if *position == step && outcome.is_answered() => Some((*number, *at)),
            _ => None,
        });
        answered.filter_map(of).collect()
    }
}

#[test]
fn a_step_follows_the_one_before_after_a_time_to_think() {
    let steps = watch(&shop(QUICK, "", ""));
    let thinking = steps.thinking(0);
    let mean_s = thinking.values().sum::<u64>() as f64 / thinking.len() as f64 / 1e9;
    assert!(thinking.len() > 1_000 && (1.8..2.2).contains(&mean_s), "{mean_s}");
    assert!(steps.thinking(1).values().all(|think| *think == 1_000_000_000));
    for ((position, number), (id, _)) in &steps.0 {
        let first = &steps.0[&(0, *number)].0;
        assert_eq!((id.user, id.number), (first.user, *number), "one user goes through the whole journey");
        assert!(*position == 0 || id.key != first.key, "each step has draws of its own");
    }
}

#[test]
fn what_users_think_depends_on_nothing_else() {
    let quick = watch(&shop(QUICK, "", "")).thinking(0);
    let slow = watch(&shop("Work(Exp(\"300ms\"))", "", "")).thinking(0);
    let both: Vec<u64> = quick.keys().filter(|number| slow.contains_key(number)).copied().collect();
    assert!(both.len() > 1_000);
    assert!(both.iter().all(|number| quick[number] == slow[number]));
}

#[test]
fn a_journey_ends_where_a_step_fails_and_the_rest_is_lost() {
    let faults =
        "faults: [Fault(name: \"e\", at: \"T+10s\", for: \"20s\", on: \"catalog\", effect: Errors(\"50%\"))]";
    let scenario = shop(QUICK, "", faults);
    let steps = watch(&scenario);
    for ((position, number), (id, end)) in &steps.0 {
        let Some((at, outcome)) = end else { continue };
        let before = position.checked_sub(1).map(|before| steps.0[&(before, *number)].1);
        let made = before.is_none_or(|before| before.unwrap().1.is_answered());
        assert_eq!(!made, *outcome == Outcome::Failed(FailureCause::NotMade));
        // It is counted at the time at which it would have come: after the one before, at once.
        assert!(made || id.arrived_at == *at && before.flatten().is_some_and(|(before, _)| before <= *at));
    }
    let (record, summary) = run(&scenario);
    let class = |name: &str| &summary.traffic[name];
    let failed = class(STEPS[0]).failed;
    assert!((150..250).contains(&failed), "{failed}");
    for step in &STEPS[1..] {
        assert_eq!(class(step).failed_by_cause["not_made"], failed, "{step}");
        let twin = &summary.twin.as_ref().unwrap().traffic[*step];
        let others = class(step).requests.abs_diff(twin.requests);
        assert!(others < 20, "what is not made is counted: {} and {}", class(step).requests, twin.requests);
    }
    // Lost is what the last step would have brought; a request that is not made reaches no service.
    let lost: f64 = summary.traffic.values().map(|class| class.lost_value).sum();
    assert!((lost - 3.0 * failed as f64).abs() < 1e-6);
    assert_eq!(summary.services["payment"].attempts, class(STEPS[2]).requests - failed);
    assert_eq!(summary.services["payment"].failed, 0);
    // Every lost request has its twin.
    let radius = summary.blast_radius.as_ref().unwrap();
    assert_eq!(radius.by_severity.failed, 3 * failed);
    let arrived = |record: &Record| record.actual.digests["arrivals/shopper: search"].clone();
    assert_eq!(
        Some(arrived(&record)),
        record.twin.as_ref().map(|t| t.digests["arrivals/shopper: search"].clone())
    );
    assert!(
        !record.actual.digests.contains_key("arrivals/shopper: checkout"),
        "nothing is drawn for its arrivals"
    );
}

#[test]
fn people_do_not_see_requests_that_were_never_made() {
    let more = "faults: [Fault(at: \"T+10s\", on: \"catalog\", effect: Errors(\"100%\"))],
        monitors: { \"errors\": ErrorRate(of: \"shopper: checkout\", window: \"5s\", scrape: \"5s\"),
                    \"rate\": Rate(of: Class(\"shopper: checkout\"), window: \"5s\", scrape: \"5s\"),
                    \"search\": ErrorRate(of: \"shopper: search -> gateway\", window: \"5s\", scrape: \"5s\") }";
    let (record, summary) = run(&shop(QUICK, "", more));
    assert!(summary.traffic["shopper: checkout"].failed > 900);
    let last = |name: &str| record.actual.monitors[name].samples.last().unwrap().1;
    assert!(record.actual.monitors["errors"].samples.iter().all(|(_, value)| *value == 0.0));
    assert_eq!((last("rate"), last("search")), (0.0, 1.0));
}

/// What the horizon cuts off in the twin was not taken away by anybody.
#[test]
fn steps_beyond_the_horizon_are_not_counted_as_lost() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"0s\", horizon: \"60s\",
        services: { \"a\": Service(operations: { \"op\": [Work(\"1ms\")] }) },
        traffic: { \"j\": Journey(\"10/s\", { \"1\": Visit(\"a.op\", think: Constant(\"30m\")), \"2\": Visit(\"a.op\") }) },
        faults: [Fault(at: \"T+10s\", for: \"10s\", on: \"a\", effect: Errors(\"100%\"))])";
    let (_, summary) = run(&Scenario::parse(text).unwrap());
    assert!(summary.traffic["j: 1"].failed > 50);
    assert_eq!(summary.traffic["j: 2"].requests, 0, "{:?}", summary.traffic["j: 2"]);
}

#[test]
fn a_policy_of_the_journey_covers_its_steps_and_that_of_a_step_overrides_it() {
    let calls = "calls: { \"shopper -> gateway\": Policy(timeout: \"25ms\", network: \"3ms\"),
        \"shopper: checkout -> gateway\": Policy(timeout: \"1s\"),
        \"shopper -> gateway.cart\": Policy(network: \"1ms\") }";
    let (_, summary) = run(&shop("Work(Constant(\"40ms\"))", "", calls));
    assert_eq!(summary.traffic[STEPS[0]].failed_by_cause["timeout"], summary.traffic[STEPS[0]].failed);
    let (_, summary) = run(&shop(QUICK, "", calls));
    for (step, latency) in STEPS.iter().zip([16.0, 12.0, 26.0]) {
        let class = &summary.traffic[*step];
        assert!(class.failed == 0 && (class.latency_ms.mean - latency).abs() < 1e-9, "{step}: {class:?}");
    }
}

#[test]
fn branches_by_users_take_the_same_users_at_every_step() {
    let text = "Scenario(format: 1, name: \"test\", horizon: \"60s\",
        services: {
            \"a\": Service(threads: 1000, operations: { \"one\": [Branch(Users(\"30%\"), then: [Call(\"b.one\")])],
                \"two\": [Branch(Users(\"30%\"), then: [Call(\"b.two\")])] }),
            \"b\": Service(threads: 1000, operations: { \"one\": [], \"two\": [] }),
        },
        traffic: { \"j\": Journey(\"50/s\", { \"1\": Visit(\"a.one\", think: \"0s\"), \"2\": Visit(\"a.two\") }) })";
    let (_, summary) = run(&Scenario::parse(text).unwrap());
    let attempts = |call: &str| summary.services[call].attempts;
    assert!((1_600..2_000).contains(&attempts("b")) && attempts("b") % 2 == 0, "{}", attempts("b"));
    assert_eq!(attempts("a"), 2 * summary.traffic["j: 1"].requests, "no time to think: both steps at once");
}

#[test]
fn the_design_review_counts_every_step() {
    let model = Model::compile(&shop(QUICK, "", ""));
    let forecast = knockon::model::Forecast::of(&model);
    let rates: Vec<f64> = forecast.services.iter().map(|load| load.attempts_per_s).collect();
    for (rate, wanted) in rates.iter().zip([60.0, 20.0, 20.0]) {
        assert!((rate - wanted).abs() < 1e-9, "{rates:?}");
    }
}

/// Half a second sooner than in the twin, for the first step takes half as long; and there the errors last a tenth of one.
#[test]
fn a_step_that_comes_sooner_than_its_twin_is_dated_in_its_own_world() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"30s\", seed: 3,
        services: {
            \"a\": Service(threads: 1000, operations: { \"op\": [Work(Constant(\"1s\"))] }),
            \"b\": Service(threads: 1000, operations: { \"op\": [Work(Constant(\"1ms\"))] }),
        },
        traffic: { \"j\": Journey(\"50/s\", { \"1\": Visit(\"a.op\", think: \"0s\"), \"2\": Visit(\"b.op\") }) },
        faults: [
            Fault(at: \"T+0s\", for: \"30s\", on: \"a\", effect: Slow(0.5)),
            Fault(at: \"T+10s\", for: \"100ms\", on: \"b\", effect: Errors(\"100%\")),
        ])";
    let (_, summary) = run(&Scenario::parse(text).unwrap());
    let blast = summary.blast_radius.unwrap();
    assert!(blast.by_severity.failed > 1, "{:?}", blast.by_severity);
    assert!(blast.duration_s <= 0.101 && blast.duration_99_s.unwrap() <= 0.101, "{}", blast.duration_s);
    let class = &blast.classes["j: 2"];
    assert!(class.first_s.unwrap() >= 10.0 && class.last_s.unwrap() <= 10.101, "{class:?}");
}
