//! Once nobody asks for anything any more, whatever requests have taken is given back.

use knockon::engine::Simulation;
use knockon::model::Model;
use knockon::record::Audit;
use knockon::scenario::Scenario;
use knockon::time::{SimDuration, SimTime};

use crate::support::{run_until, scenario};

/// Runs a world to its end, and on without arrivals until nothing is left of any request.
fn comes_to_rest(scenario: &Scenario) {
    let model = Model::compile(scenario);
    let (mut simulation, mut audit) = (Simulation::new(&model), Audit::new(&model));
    simulation.schedule_faults();
    run_until(&mut simulation, model.end, &mut audit);
    assert!(!simulation.is_at_rest(), "there is something to be given back");
    simulation.stop_arrivals();
    let mut until: SimTime = model.end;
    while !simulation.is_at_rest() {
        until += SimDuration::from_secs(1);
        assert!(until < model.end + SimDuration::from_secs(1_000), "it does not come to rest");
        run_until(&mut simulation, until, &mut audit);
        simulation.check_invariants();
        audit.check(&simulation);
    }
    simulation.check_rest();
}

/// In the worst of it: pools, queues and threads are full of retries.
#[test]
fn an_outage_leaves_nothing_behind() {
    comes_to_rest(&scenario("thursday-checkout-outage.ron", "20s"));
}

/// The canceled wait for nobody: with no other in the queue, no thread will ever come to forget them.
#[test]
fn canceled_attempts_do_not_stay_in_an_empty_queue() {
    let text = r#"Scenario(format: 1, name: "canceled", horizon: "10s", seed: 3,
        services: {
            "a": Service(operations: { "op": [Call("b.op")] }),
            "b": Service(threads: 1, queue: Lifo(capacity: 50), operations: { "op": [Work("300ms")] }),
        },
        calls: { "a -> b": Policy(timeout: "100ms", cancel: AtOnce) },
        traffic: {
            "impatient": Open(rate: "20/s", entry: "a.op"), "patient": Open(rate: "2/s", entry: "b.op"),
        })"#;
    comes_to_rest(&Scenario::parse(text).unwrap());
}
