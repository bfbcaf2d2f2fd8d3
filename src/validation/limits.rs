//! Scenarios for which theory is an approximation, a limit or a bound.

use crate::validation::formulas::{
    kingman_wait, mm1_queue_variance, nelson_tantawi, retry_load, supermarket,
};
use crate::validation::{Case, Group, Measured, Rule};

const MM1: (&str, &str) = ("mm1", include_str!("../../validation/mm1.ron"));
const MG1: (&str, &str) = ("mg1", include_str!("../../validation/mg1.ron"));
const GG1: (&str, &str) = ("general-arrivals", include_str!("../../validation/general-arrivals.ron"));
const FORK_JOIN: (&str, &str) = ("fork-join", include_str!("../../validation/fork-join.ron"));
const LOOP: (&str, &str) = ("retry-loop", include_str!("../../validation/retry-loop.ron"));
const SUPERMARKET: (&str, &str) = ("supermarket", include_str!("../../validation/supermarket.ron"));
const BUCKET: (&str, &str) = ("token-bucket", include_str!("../../validation/token-bucket.ron"));

/// Queues of the retry loop.
const QUEUES: f64 = 100.0;

fn load(measured: &Measured) -> f64 {
    measured.late_rate("api") / QUEUES
}

fn time(measured: &Measured) -> f64 {
    measured.class("users").latency_ms.mean
}

/// Those with an approximation.
pub fn approximate() -> Vec<Case> {
    let retry = |parameters, variant: &'static str, lambda: f64, start: f64, band: f64| {
        let theory = retry_load(lambda, 10.0, 1.0, 4, start);
        Case::new(Group::Approximate, "Timeouts and retries", parameters, LOOP, variant).row_by(
            Rule::Band(band),
            "attempts per second and queue",
            theory,
            load,
        )
    };
    let fork = |parameters: &'static str, n: u32, variant: &'static str| {
        Case::new(Group::Approximate, "Fork-join", parameters, FORK_JOIN, variant).row_by(
            Rule::Band(0.07),
            "mean time, ms (Nelson & Tantawi, +-7 %)",
            nelson_tantawi(n, 70.0, 100.0) * 1e3,
            time,
        )
    };
    vec![
        retry("5/s, calm, +-2 %", "calm", 5.0, 0.0, 0.02),
        retry("5/s, after a pause of 20 s, +-2 %", "triggered", 5.0, 20.0, 0.02),
        retry("6.3/s, below the critical 6.94/s, calm, +-2 %", "below", 6.3, 0.0, 0.02),
        retry("7.6/s, above the critical 6.94/s, calm at first, +-2 %", "above", 7.6, 0.0, 0.02),
        fork("n=5 rho 0.7", 5, "n=5"),
        fork("n=10 rho 0.7", 10, "n=10"),
        Case::new(Group::Approximate, "G/G/1", "rho 0.8, Erlang-2 gaps and work", GG1, "E2/E2/1").row_by(
            Rule::Band(0.15),
            "mean wait, ms (Kingman, +-15 %)",
            kingman_wait(0.8, 0.01, 0.5, 0.5) * 1e3,
            |m| m.service("queue").mean_wait_ms,
        ),
    ]
}

/// Those with a limit, smaller sizes first.
pub fn asymptotic() -> Vec<Case> {
    let two =
        |variant: &'static str| {
            Case::new(Group::Asymptotic, "Power of two choices, rho 0.8", variant, SUPERMARKET, variant)
                .row_by(Rule::Nearer, "mean time / work, n to infinity", supermarket(0.8, 2), |m| {
                    m.mean_time_s("shop") / 0.01
                })
        };
    let heavy = |parameters, variant: &'static str, read: fn(&Measured) -> f64| {
        Case::new(Group::Asymptotic, "M/D/1 in heavy traffic", parameters, MG1, variant).row_by(
            Rule::Nearer,
            "mean wait x (1 - rho) / work, rho to 1",
            0.5,
            read,
        )
    };
    let spread = |parameters, variant: &'static str, seconds: f64| {
        Case::new(Group::Asymptotic, "M/M/1, error of the mean", parameters, MM1, variant).row_by(
            Rule::Spread,
            "standard deviation of the mean number",
            libm::sqrt(mm1_queue_variance(0.5, 100.0) / seconds),
            |m| m.service("queue").mean_in_flight,
        )
    };
    vec![
        two("n=10"),
        two("n=100"),
        two("n=1000"),
        heavy("rho 0.5", "light", |m| m.service("queue").mean_wait_ms * 0.5 / 10.0),
        heavy("rho 0.7", "constant", |m| m.service("queue").mean_wait_ms * 0.3 / 10.0),
        heavy("rho 0.9", "heavy", |m| m.service("queue").mean_wait_ms * 0.1 / 10.0),
        heavy("rho 0.97", "heavier", |m| m.service("queue").mean_wait_ms * 0.03 / 10.0),
        spread("rho 0.5, 25 s", "half, for 25 s", 25.0),
        spread("rho 0.5, 100 s", "half, for 100 s", 100.0),
        spread("rho 0.5, 400 s", "half, for 400 s", 400.0),
    ]
}

/// Those with a bound.
pub fn bounds() -> Vec<Case> {
    vec![Case::new(Group::Laws, "Token bucket", "1.2 of its rate, burst 10", BUCKET, "above").row_by(
        Rule::AtMost,
        "most let in within any time t, minus rate x t",
        10.0,
        |m| m.excess("api"),
    )]
}
