//! Traffic as written: who asks for what, and how often.

use crate::distribution::DurationDistribution;
use crate::scenario::read::schema::{Rule, schema};
use crate::scenario::{Access, Name, Named, Scenario, Slo};
use crate::time::SimDuration;

schema! {
    /// Requests, arriving whether or not earlier ones were answered (open loop): alone, or as the steps of a journey.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Traffic {
        /// A traffic class: requests of one kind, each for itself.
        Open {
            /// Arrivals per second over time: a Poisson process.
            rate: Rate,
            /// The operation that requests ask for, `service.operation`.
            entry: Name,
            /// How many users make these requests, at least 1; each request is of one of them at random. Users of one
            /// number are the same person, whatever the class.
            users: u64 = 1_000 where Rule::count(1, 1_000_000_000_000),
            /// Value of one answered request, in the scenario's currency.
            value: f64 = 0 where Rule::factor(0.0, 1e12),
            /// The region that requests carry in their header.
            region: String = "",
            /// The priority that requests carry in their header; higher matters more.
            priority: u8 = 0,
            /// Whether requests read or write.
            access: Access = Read,
            /// How long a user waits for the answer, drawn for each request: a `deadline` of the class's own call (the
            /// smaller of both counts). What becomes of a request whose user has left says the `cancel` of that call.
            /// Default none: for ever.
            patience: Option<DurationDistribution>,
            /// What is promised to its users. Default: nothing.
            slo: Option<Slo>,
        },
        /// Users who go through several steps, one request each: `Journey(rate: "2/s", steps: {"search": Visit(...)})`.
        /// A step begins some time after the one before was answered; a journey ends where a step fails, and the rest
        /// of it is never made: lost, though no service sees it. Each step is a traffic class of its own, called
        /// `"journey: step"`.
        Journey {
            /// Journeys begun per second over time: a Poisson process.
            rate: Rate,
            /// Its steps in order; at least one.
            steps: Named<Visit>,
            /// How many users there are, at least 1; each journey is of one of them at random. Users of one number are
            /// the same person, whatever the class.
            users: u64 = 1_000 where Rule::count(1, 1_000_000_000_000),
            /// Value of one journey whose last step was answered, in the scenario's currency.
            value: f64 = 0 where Rule::factor(0.0, 1e12),
            /// The region that requests carry in their header.
            region: String = "",
            /// The priority that requests carry in their header; higher matters more.
            priority: u8 = 0,
        },
    }
}

schema! {
    /// One step of a journey.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Visit {
        /// The operation that it asks for, `service.operation`.
        pub entry: Name,
        /// From its answer to the next step, drawn for each journey.
        pub think: DurationDistribution = (Exp("5s")),
        /// Whether it reads or writes.
        pub access: Access = Read,
        /// How long its user waits for the answer, drawn for each journey: a `deadline` of this step's own call. Default
        /// none: for ever.
        pub patience: Option<DurationDistribution>,
        /// What is promised to the users of this step. Default: nothing.
        pub slo: Option<Slo>,
    }
}

schema! {
    /// A rate over time. Times count from the end of the warm-up (T+0); before its first time a profile has its first rate.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Rate {
        /// Always the same, per second.
        Constant(rate: f64 where Rule::PerSecond) = bare,
        /// Jumps to a rate at each time: `Steps([("T+0s", "100/s"), ("T+60s", "200/s")])`.
        Steps(points: Vec<(SimDuration, f64)>),
        /// Runs straight from one point to the next, and stays at the last: `Ramp([...])`.
        Ramp(points: Vec<(SimDuration, f64)>),
    }
}

/// Requests of one kind, as everything but the text sees them: an `Open`, or one step of a `Journey`.
#[derive(Clone, Debug)]
pub struct TrafficClass<'a> {
    /// Its name: `checkout`, or `shopper: checkout`. Placed where the last part of it is written.
    pub name: Name,
    /// What requests ask for.
    pub entry: &'a Name,
    /// Arrivals over time; of a step, those of its journey.
    pub rate: &'a Rate,
    /// Its users.
    pub users: u64,
    /// Value of one answered request.
    pub value: f64,
    /// Header: region.
    pub region: &'a str,
    /// Header: priority.
    pub priority: u8,
    /// Header: read or write.
    pub access: Access,
    /// How long a user waits.
    pub patience: Option<DurationDistribution>,
    /// What is promised to its users.
    pub slo: Option<Slo>,
    /// Its place in a journey; none if its requests stand for themselves.
    pub step: Option<StepOf<'a>>,
}

/// The place of a class in its journey.
#[derive(Clone, Copy, Debug)]
pub struct StepOf<'a> {
    /// The journey's name.
    pub journey: &'a Name,
    /// The step's name.
    pub name: &'a Name,
    /// From its answer to the next step.
    pub think: DurationDistribution,
    /// Whether it is the first.
    pub first: bool,
    /// Whether it is the last.
    pub last: bool,
}

impl TrafficClass<'_> {
    /// The name under which `calls` covers it and its neighbors: that of its journey, or its own.
    pub fn whole_name(&self) -> &str {
        self.step.map_or(&self.name.value, |step| &step.journey.value)
    }
}

impl Scenario {
    /// All traffic classes, in the order written; the steps of a journey are neighbors.
    pub fn classes(&self) -> Vec<TrafficClass<'_>> {
        self.traffic.iter().flat_map(|(name, traffic)| classes_of(name, traffic)).collect()
    }
}

/// The name of the class that a step of a journey is.
pub(in crate::scenario) fn step_class(journey: &str, step: &str) -> String {
    format!("{journey}: {step}")
}

fn classes_of<'a>(name: &'a Name, traffic: &'a Traffic) -> Vec<TrafficClass<'a>> {
    match traffic {
        Traffic::Open { rate, entry, users, value, region, priority, access, patience, slo } => {
            vec![TrafficClass {
                name: name.clone(),
                entry,
                rate,
                users: *users,
                value: *value,
                region,
                priority: *priority,
                access: *access,
                patience: *patience,
                slo: *slo,
                step: None,
            }]
        }
        Traffic::Journey { rate, steps, users, value, region, priority } => {
            let class = |(position, (step, visit)): (usize, &'a (Name, Visit))| {
                let last = position + 1 == steps.len();
                TrafficClass {
                    name: Name { value: step_class(name, step), span: step.span },
                    entry: &visit.entry,
                    rate,
                    users: *users,
                    value: if last { *value } else { 0.0 },
                    region,
                    priority: *priority,
                    access: visit.access,
                    patience: visit.patience,
                    slo: visit.slo,
                    step: Some(StepOf {
                        journey: name,
                        name: step,
                        think: visit.think,
                        first: position == 0,
                        last,
                    }),
                }
            };
            steps.iter().enumerate().map(class).collect()
        }
    }
}
