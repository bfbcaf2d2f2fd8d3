//! Faults as written: what is broken on purpose, where and when.

use crate::diagnostic::Spanned;
use crate::distribution::DurationDistribution;
use crate::scenario::read::schema::{Rule, schema};
use crate::scenario::{Name, Rollout};
use crate::time::SimDuration;

schema! {
    /// An injected cause of trouble.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Fault {
        /// By which paths and pictures call it. Default: its effect and target ("pause of user-db").
        pub name: Option<Name> where Rule::Nonempty,
        /// When it begins, from the end of the warm-up.
        pub at: Spanned<SimDuration> where Rule::Instant,
        /// How long it lasts (written `for`). Default: to the end; meaningless for `Restart` and `Flush`.
        pub lasting "for": Option<Spanned<SimDuration>> where Rule::positive_duration(),
        /// What it hits.
        pub on: Target,
        /// What it does.
        pub effect: Effect,
    }
}

schema! {
    /// What a fault hits.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Target {
        /// All replicas of a service: `"user-db"`.
        Service(service: Name),
        /// One replica, counted from 0: `Replica("user", 2)`.
        Replica(service: Name, index: Spanned<u32>),
        /// A share of the replicas of a service, the first ones, rounded up: `Share("user", "20%")`.
        Share(service: Name, share: f64 where Rule::positive_share()),
        /// All attempts of a call: `"checkout -> user"`. Only for `Errors`.
        Call(call: Name where Rule::Edge),
        /// Those who ask, as `traffic` has them, a journey from its first step on: `Traffic("checkout")`. Only for `Surge`.
        Traffic(traffic: Name),
    }
}

schema! {
    /// What a fault does.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Effect {
        /// Stop the world: nothing on the replica moves (a garbage collection, a frozen VM).
        Pause,
        /// The process is killed and stays dead for the fault's duration, then starts up again.
        Crash,
        /// People restart it: each process is killed and starts up again at once. `Restart`, or with an order,
        /// `Restart(how: Rolling(at_once: 1), drain: "30s")`.
        Restart {
            /// All at the same time, or one after another.
            how: Rollout = AtOnce,
            /// How long a replica may finish what it has, out of its balancers, before it is killed. Default none: it
            /// is killed at once.
            drain: Option<SimDuration>,
        },
        /// Work takes `factor` times as long; what is under way is rescaled. `Slow(5)`.
        Slow(factor: f64 where Rule::positive_factor(1e6)),
        /// Attempts that begin hold their thread for longer before their first step, whatever else slows them.
        /// `Latency(Exp("200ms"), share: "10%")`.
        Latency {
            /// How much longer.
            added: DurationDistribution,
            /// The share of the attempts that it hits.
            share: f64 = "100%" where Rule::positive_share(),
        },
        /// This share of the attempts that arrive fail at once with an error. `Errors("30%")`.
        Errors(share: f64 where Rule::positive_share()),
        /// Caches lose what they know, the processes live on: `Flush`, or in part, `Flush(share: "25%", cache: "profile")`.
        Flush {
            /// The share of its entries that each cache loses.
            share: f64 = "100%" where Rule::positive_share(),
            /// Which cache. Default: all of the service.
            cache: Option<Name>,
        },
        /// So many times as much traffic comes as usual: `Surge(3)`. What comes in addition comes in no other world, and is
        /// never itself affected.
        Surge(factor: f64 where Rule::Factor { min: 1.0, above: true, max: 1e6 }),
    }
}
