//! Which types are read by their forms, and the rules that bind the values of one form to each other. Knows no names.

use crate::diagnostic::Diagnostic;
use crate::distribution::DurationDistribution;
use crate::failure::FailureCause;
use crate::scenario::edit::path;
use crate::scenario::read::breaker::sound_breaker;
use crate::scenario::read::decode::{Cx, Decode, Schema};
use crate::scenario::read::schema::{Rule, Shape, schema};
use crate::scenario::text::tree::{Kind, Node};
use crate::scenario::words::code;
use crate::scenario::{
    Access, Act, Action, Backoff, Balancer, Bound, Breaker, BreakerTrip, BreakerWindow, Budget, Bulkhead,
    Cache, Cancel, Capacity, Check, Condition, CrashBackoff, Detection, Effect, Fallback, FallbackTime,
    Fault, Impact, Jitter, Join, LateReply, Limits, Memory, Misdiagnosis, OnCall, Order, Per, Policy, Pool,
    Probe, Queue, Rate, RateLimit, Restart, Retry, Rollout, RunbookRule, Scenario, Scope, Service, Shed, Slo,
    Step, Throttle, Traffic, Trigger, VerdictKind, Verification, View, Visit, WhenFull, World,
};
use crate::time::SimDuration;

schema! {
    /// A distribution of lengths of time. A plain duration means `Constant`.
    foreign enum DurationDistribution {
        /// Always the same.
        Constant(value: SimDuration) = bare,
        /// Exponential with this mean.
        Exp(mean: SimDuration),
        /// Uniform between the two, the first included.
        Uniform(low: SimDuration, high: SimDuration),
        /// The sum of `stages` exponential stages, with this mean in all; the more stages, the less it varies.
        Erlang {
            /// Number of stages.
            stages: u32 where Rule::count(1, 100),
            /// Mean of the sum.
            mean: SimDuration,
        },
        /// Log-normal with this mean and coefficient of variation.
        LogNormal {
            /// Mean of the distribution, not of its logarithm.
            mean: SimDuration,
            /// Standard deviation / mean.
            cv: f64 where Rule::positive_factor(100.0),
        },
        /// Pareto (power law): rarely very long. Its mean is infinite at `alpha` of 1 or less.
        Pareto {
            /// The smallest value.
            min: SimDuration where Rule::positive_duration(),
            /// Tail index: P(X > x) = (min / x)^alpha.
            alpha: f64 where Rule::Factor { min: 0.1, above: false, max: 100.0 },
        },
    }
}

schema! {
    /// Why an attempt or a request failed, as its caller saw it.
    foreign enum FailureCause {
        /// No answer within the attempt's timeout.
        Timeout,
        /// The call's deadline passed.
        Deadline,
        /// Nobody to connect to: no replica was running.
        Refused,
        /// The replica's queue was full.
        QueueFull,
        /// The replica died while it had the attempt.
        Reset,
        /// The callee answered with an error of its own.
        Error,
        /// The callee answered with an error because a call that it needed had failed.
        Dependency,
        /// The caller's breaker was open.
        BreakerOpen,
        /// The caller's bulkhead had no permit.
        BulkheadFull,
        /// The caller's pool had no connection in time.
        PoolTimeout,
        /// The callee's rate limit had no token (429).
        RateLimited,
        /// The callee turned it away because others matter more.
        Shed,
        /// The caller's throttle held it back.
        Throttled,
    }
}

/// Types that are read by their forms, with what must hold between their values.
macro_rules! read_by_forms {
    ($($type:ident $(=> $check:ident)?),* $(,)?) => {$(
        impl Decode for $type {
            const SHAPE: Shape = Shape::Type(<$type as Schema>::info);

            fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
                let before = cx.reported;
                let value = cx.form::<Self>(node)?;
                // Values that stand in for refused ones are not compared.
                if cx.reported == before {
                    $($check(&value, node, cx);)?
                }
                Some(value)
            }

            fn amend(&mut self, path: &[path::Step], from: &Self) {
                self.amend_part(path, from);
            }
        }
    )*};
}

read_by_forms! {
    Access, Act => one_begin, Action, Backoff => longest_wait, Balancer, Bound => ordered_bound, Breaker => sound_breaker,
    BreakerTrip, BreakerWindow, Budget => some_retries, Bulkhead, Cache, Cancel, Check => ordered_period, Condition, CrashBackoff => longest_restart_wait,
    Detection, DurationDistribution => ordered_range, Effect, FailureCause, Fallback => fixed_answer, FallbackTime, Fault,
    Impact, Jitter, Join, LateReply, Limits, Memory => room_for_requests, Misdiagnosis, OnCall, Order, Per, Policy, Pool,
    Probe, Queue, Rate, RateLimit, Restart, Retry => jitter_of_backoff, Rollout, RunbookRule, Scenario, Scope, Service,
    Shed, Slo, Step => possible_quorum, Throttle, Traffic => some_steps, Trigger, VerdictKind, Verification, View, Visit, WhenFull, World,
}

impl Decode for Capacity {
    const SHAPE: Shape = Shape::Type(<Self as Schema>::info);

    /// A number or `Unbounded`; a number needs no form of its own.
    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        match &node.kind {
            Kind::Number(_) => u32::decode(node, Rule::count(0, 1_000_000_000), cx).map(Self::AtMost),
            Kind::Group(_) => cx.form::<Self>(node),
            _ => {
                cx.expected(node, "a whole number or `Unbounded`");
                None
            }
        }
    }
}

fn one_begin(act: &Act, node: &Node, cx: &mut Cx) {
    let message = match (&act.at, &act.on) {
        (Some(_), Some(_)) => "an act begins at a time or with an alert, not with both",
        (None, None) => "nothing says when this is done",
        _ => return,
    };
    let place = if act.at.is_some() { part(node, "on") } else { node.span };
    cx.report(
        Diagnostic::error(code::ORDER, place, message)
            .label("when?")
            .help("write either at: \"T+60s\" or on: Alert(\"...\")"),
    );
}

fn longest_wait(backoff: &Backoff, node: &Node, cx: &mut Cx) {
    if let Backoff::Exponential { base, max, .. } = backoff {
        ordered_waits(*base, *max, node, cx);
    }
}

fn longest_restart_wait(backoff: &CrashBackoff, node: &Node, cx: &mut Cx) {
    if let CrashBackoff::CrashLoop { base, max, .. } = backoff {
        ordered_waits(*base, *max, node, cx);
    }
}

fn ordered_waits(base: SimDuration, max: SimDuration, node: &Node, cx: &mut Cx) {
    if max < base {
        cx.report(
            Diagnostic::error(code::ORDER, part(node, "max"), "the longest wait is below the first one")
                .label(format!("{max} < {base}"))
                .help("give `max` at least the length of `base`"),
        );
    }
}

fn room_for_requests(memory: &Memory, node: &Node, cx: &mut Cx) {
    let Memory { limit, idle, per_request } = memory;
    if idle >= limit {
        cx.report(
            Diagnostic::error(code::FIT, part(node, "idle"), "an idle process is already out of memory")
                .label(format!("{idle} of {limit}"))
                .help("give `limit` more than `idle`"),
        );
    } else if memory.most_requests() == Some(0) {
        cx.report(
            Diagnostic::error(code::FIT, part(node, "per_request"), "a single request is out of memory")
                .label(format!("{idle} + {per_request} > {limit}"))
                .help("give `limit` room for as many requests as a replica has at once"),
        );
    }
}

fn ordered_bound(bound: &Bound, node: &Node, cx: &mut Cx) {
    if let Bound::Within(low, high) = bound
        && low > high
    {
        cx.report(
            Diagnostic::error(code::ORDER, node.span, "no value is within these bounds")
                .label("the first is above the second")
                .help("write the lower bound first"),
        );
    }
}

fn ordered_period(check: &Check, node: &Node, cx: &mut Cx) {
    let (Check::During { from, to, .. } | Check::Silent { from, to } | Check::Load { from, to, .. }) = check
    else {
        return;
    };
    if from > to {
        cx.report(
            Diagnostic::error(code::ORDER, node.span, "the period ends before it begins")
                .label(format!("T+{from} is after T+{to}"))
                .help("write the earlier time first"),
        );
    }
}

fn ordered_range(distribution: &DurationDistribution, node: &Node, cx: &mut Cx) {
    if let DurationDistribution::Uniform(low, high) = distribution
        && low > high
    {
        cx.report(
            Diagnostic::error(code::ORDER, node.span, "the range ends before it begins")
                .label(format!("{low} > {high}"))
                .help("write the shorter duration first"),
        );
    }
}

fn jitter_of_backoff(retry: &Retry, node: &Node, cx: &mut Cx) {
    let (name, label) = match retry.jitter {
        Jitter::Decorrelated => ("Decorrelated", "it grows from the previous wait"),
        Jitter::Polly => ("Polly", "it grows by itself"),
        _ => return,
    };
    if !matches!(retry.backoff, Backoff::Exponential { .. }) {
        let message = format!("`{name}` jitter needs exponential backoff");
        cx.report(
            Diagnostic::error(code::FIT, part(node, "jitter"), message)
                .label(label)
                .help("add `backoff: Exponential(base: \"100ms\")`, or write `jitter: Full`"),
        );
    }
}

fn some_retries(budget: &Budget, node: &Node, cx: &mut Cx) {
    let (why, help) = match *budget {
        Budget::Ratio { share: 0.0, min_per_s: 0.0, .. }
        | Budget::Finagle { share: 0.0, min_per_s: 0, .. }
        | Budget::Envoy { share: 0.0, min_concurrent: 0 } => {
            ("neither a share nor a floor", "give it a share")
        }
        Budget::Grpc { max_tokens: 0..=2, .. } => {
            ("one failure leaves half of the tokens or less", "give `max_tokens` at least 3")
        }
        Budget::AwsSdk { tokens, cost, timeout_cost, throttling_cost }
            if tokens < cost.min(timeout_cost).min(throttling_cost) =>
        {
            ("every retry costs more than it holds", "give `tokens` at least the cost of a retry")
        }
        _ => return,
    };
    cx.report(
        Diagnostic::warning(code::NO_EFFECT, node.span, "this budget never allows a retry")
            .label(why)
            .help(format!("{help}, or write `max_attempts: 1` if there should be no retries")),
    );
}

fn fixed_answer(fallback: &Fallback, node: &Node, cx: &mut Cx) {
    if *fallback == (Fallback::Fixed { when: FallbackTime::BeforeCall }) {
        let message = "with a default before every call, nothing would ever be called";
        cx.report(Diagnostic::error(code::FIT, part(node, "when"), message).label("always at hand").help(
            "write `when: AfterRetries` or `when: InsteadOfRetry`, or take `Cached(when: BeforeCall)`",
        ));
    }
}

fn some_steps(traffic: &Traffic, node: &Node, cx: &mut Cx) {
    if let Traffic::Journey { steps, .. } = traffic
        && steps.is_empty()
    {
        cx.report(
            Diagnostic::error(code::EMPTY, part(node, "steps"), "a journey needs at least one step")
                .help("write for example steps: { \"search\": Visit(\"gateway.search\") }"),
        );
    }
}

fn possible_quorum(step: &Step, node: &Node, cx: &mut Cx) {
    let Step::Parallel { calls, join } = step else { return };
    if calls.is_empty() {
        cx.report(
            Diagnostic::error(code::EMPTY, node.span, "`Parallel` needs at least one call")
                .help("write for example Parallel([\"a.read\", \"b.read\"])"),
        );
    } else if let Join::Quorum(wanted) = join
        && wanted.value as usize > calls.len()
    {
        let message = format!("a quorum of {} out of {} calls", wanted.value, calls.len());
        cx.report(
            Diagnostic::error(code::FIT, wanted.span, message)
                .label("never reached")
                .help(format!("write a number from 1 to {}", calls.len())),
        );
    }
}

/// The place of a field, or of the whole if it is not named.
pub(super) fn part(node: &Node, field: &str) -> crate::diagnostic::Span {
    node.field(field).map_or(node.span, |value| value.span)
}
