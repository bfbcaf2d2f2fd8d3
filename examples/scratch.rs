#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods
)]
use knockon::diagnostic::{Span, Spanned};
use knockon::distribution::DurationDistribution as D;
use knockon::scenario::*;
use knockon::time::SimDuration as T;
fn n(s: &str) -> Name {
    Spanned { value: s.to_string(), span: Span::default() }
}
fn sp<X>(v: X) -> Spanned<X> {
    Spanned { value: v, span: Span::default() }
}
fn svc(replicas: u32, threads: u32, cap: Option<u32>, ops: Vec<(&str, Vec<Step>)>) -> Service {
    Service {
        replicas,
        threads,
        queue: Queue::Fifo { capacity: cap.map_or(Capacity::Unbounded, Capacity::AtMost) },
        when_full: WhenFull::Reject,
        operations: ops.into_iter().map(|(a, b)| (n(a), b)).collect(),
        restart: Restart { startup: T::from_secs(10) },
        probe: None,
    }
}
fn work(d: D) -> Step {
    Step::Work { time: d, per: Per::Attempt }
}
fn call(s: &str) -> Step {
    Step::Call { to: n(s) }
}
fn ms(x: u64) -> T {
    T::from_millis(x)
}
fn base() -> Scenario {
    Scenario {
        name: "x".into(),
        description: String::new(),
        start: None,
        warm_up: T::from_secs(60),
        horizon: sp(T::from_secs(600)),
        seed: 42,
        currency: "$".into(),
        services: vec![],
        calls: vec![],
        traffic: vec![],
        faults: vec![],
        monitors: vec![],
        impact: Impact { slower_factor: 2.0, slower_margin: ms(50), contained: 0.01 },
        limits: Limits { events: 10_000_000_000, in_flight: 20_000_000 },
        expect: vec![],
    }
}
fn open(rate: f64, entry: &str) -> Traffic {
    Traffic {
        rate: Rate::Constant(rate),
        entry: n(entry),
        users: 50000,
        value: 2.6667,
        region: String::new(),
        priority: 0,
        access: Access::Read,
    }
}
fn mon(reading: Reading, of: Subject) -> Monitor {
    Monitor {
        reading,
        of,
        window: T::from_secs(45),
        scrape: T::from_secs(5),
        alert: Some(Alert { side: Side::Above, threshold: 0.5, lasting: T::from_secs(10) }),
    }
}
fn main() {
    let which = std::env::args().nth(1).unwrap_or_default();
    let mut s = base();
    if which == "mm1" {
        s.services = vec![(n("q"), svc(1, 1, None, vec![("op", vec![work(D::Exp(ms(10)))])]))];
        s.traffic = vec![(n("c"), open(80.0, "q.op"))];
        s.horizon = sp(T::from_secs(6000));
    } else {
        let er = Reading::ErrorRate { view: View::Callers };
        s.services = vec![
            (
                n("gateway"),
                svc(
                    3,
                    2000,
                    Some(100),
                    vec![
                        ("checkout", vec![call("checkout.buy")]),
                        ("browse", vec![call("browse.page")]),
                        ("search", vec![call("search.find")]),
                    ],
                ),
            ),
            (
                n("checkout"),
                svc(
                    3,
                    600,
                    Some(100),
                    vec![(
                        "buy",
                        vec![call("user.authenticate"), work(D::Exp(ms(50))), work(D::Exp(ms(100)))],
                    )],
                ),
            ),
            (
                n("browse"),
                svc(3, 200, Some(100), vec![("page", vec![work(D::Exp(ms(10))), call("user.authenticate")])]),
            ),
            (n("search"), svc(2, 50, Some(100), vec![("find", vec![call("search-index.query")])])),
            (
                n("user"),
                svc(
                    5,
                    10,
                    None,
                    vec![(
                        "authenticate",
                        vec![
                            work(D::Exp(ms(45))),
                            Step::Branch {
                                when: Condition::Chance(0.1),
                                then: vec![call("user-db.read")],
                                otherwise: vec![],
                            },
                        ],
                    )],
                ),
            ),
            (n("user-db"), svc(1, 50, Some(1000), vec![("read", vec![work(D::Exp(ms(200)))])])),
            (n("search-index"), svc(2, 50, Some(100), vec![("query", vec![work(D::Exp(ms(20)))])])),
        ];
        let retry = Retry {
            max_attempts: 4,
            backoff: Backoff::None,
            jitter: Jitter::None,
            on: knockon::failure::FailureCause::ALL.to_vec(),
            budget: None,
            order: Order::Outside,
        };
        s.calls = vec![
            (
                n("checkout -> user"),
                Policy { timeout: Some(ms(1500)), retry: Some(retry), ..Policy::default() },
            ),
            (n("browse -> user"), Policy { timeout: Some(ms(1500)), ..Policy::default() }),
        ];
        s.traffic = vec![
            (n("checkout"), open(10000.0 / 60.0, "gateway.checkout")),
            (n("browse"), open(8000.0 / 60.0, "gateway.browse")),
            (n("search"), open(200.0, "gateway.search")),
        ];
        s.faults = vec![Fault {
            name: Some(n("gc")),
            at: sp(T::ZERO),
            lasting: Some(sp(T::from_secs(12))),
            on: Target::Service(n("user-db")),
            effect: Effect::Pause,
        }];
        s.monitors = vec![
            (n("user errors"), mon(er, Subject::Service(n("user")))),
            (n("checkout errors"), mon(er, Subject::Class(n("checkout")))),
            (n("browse errors"), mon(er, Subject::Class(n("browse")))),
            (n("search errors"), mon(er, Subject::Class(n("search")))),
        ];
    }
    let setup = knockon::experiment::Setup {
        scenario: &s,
        variant: None,
        overrides: &[],
        twin: std::env::var("NOTWIN").is_err(),
    };
    let start = std::time::Instant::now();
    let incident = knockon::experiment::replay(&setup, &());
    let wall = start.elapsed().as_secs_f64();
    let mut sum = incident.summary;
    for (name, m) in &mut sum.monitors {
        println!(
            "{name}: {:?} alerts {:?}",
            m.samples
                .iter()
                .filter(|s| s.0 >= 0.0 && s.0 <= 60.0)
                .map(|s| (s.0, (s.1 * 1000.0).round() / 10.0))
                .collect::<Vec<_>>(),
            m.alerts
        );
        m.samples.clear();
    }
    sum.twin = None;
    println!("{}", serde_json::to_string_pretty(&sum).unwrap());
    println!("wall {wall:.2} s, {:.2} M events/s", sum.events as f64 / wall / 1e6);
}
