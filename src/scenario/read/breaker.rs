//! The rules that bind the values of a breaker to each other. Knows no names.

use crate::diagnostic::Diagnostic;
use crate::scenario::breaker::MOST_BUCKETS;
use crate::scenario::read::decode::Cx;
use crate::scenario::read::forms::part;
use crate::scenario::text::tree::Node;
use crate::scenario::words::code;
use crate::scenario::{Breaker, BreakerWindow};
use crate::time::SimDuration;

/// Says what of a breaker cannot be or has no effect.
pub(super) fn sound_breaker(breaker: &Breaker, node: &Node, cx: &mut Cx) {
    match *breaker {
        Breaker::Resilience4j { window, min_calls, open_for, open_factor, open_max, .. } => {
            enough_calls(window, min_calls, node, cx);
            growing_wait(open_for, open_factor, open_max, node, cx);
        }
        Breaker::Hystrix { window, interval, failure_rate, .. } => {
            whole_intervals(window, interval, node, cx);
            whole_percents(failure_rate, node, cx);
        }
        Breaker::Gobreaker { interval, bucket, .. } => some_buckets(interval, bucket, node, cx),
        Breaker::Consecutive { .. } | Breaker::Polly { .. } => {}
    }
}

fn enough_calls(window: BreakerWindow, min_calls: u32, node: &Node, cx: &mut Cx) {
    if let BreakerWindow::Calls(calls) = window
        && min_calls > calls
        && node.field("min_calls").is_some()
    {
        let place = part(node, "min_calls");
        cx.report(
            Diagnostic::warning(code::NO_EFFECT, place, "the window never holds so many calls")
                .label(format!("the window holds {calls}"))
                .help(format!("resilience4j decides from {calls} calls on, as if `min_calls` were {calls}")),
        );
    }
}

fn growing_wait(
    open_for: SimDuration,
    open_factor: f64,
    open_max: Option<SimDuration>,
    node: &Node,
    cx: &mut Cx,
) {
    let Some(open_max) = open_max else { return };
    let place = part(node, "open_max");
    if open_max < open_for {
        cx.report(
            Diagnostic::error(code::ORDER, place, "the longest time open is below the first one")
                .label(format!("{open_max} < {open_for}"))
                .help("give `open_max` at least the length of `open_for`"),
        );
    } else if open_factor <= 1.0 {
        cx.report(
            Diagnostic::warning(code::NO_EFFECT, place, "the time open does not grow")
                .label("never reached")
                .help("add for example open_factor: 1.5, or leave `open_max` out"),
        );
    }
}

fn whole_intervals(window: SimDuration, interval: SimDuration, node: &Node, cx: &mut Cx) {
    if window < interval {
        cx.report(
            Diagnostic::error(code::ORDER, part(node, "window"), "the window is shorter than its interval")
                .label(format!("{window} < {interval}"))
                .help("give `window` at least the length of `interval`"),
        );
    } else if window.as_nanos() / interval.as_nanos() > MOST_BUCKETS {
        too_many(window, interval, part(node, "interval"), cx);
    }
}

fn whole_percents(failure_rate: f64, node: &Node, cx: &mut Cx) {
    let percent = libm::ceil(failure_rate * 100.0 - 1e-9);
    if failure_rate < percent / 100.0 {
        let place = part(node, "failure_rate");
        cx.report(
            Diagnostic::warning(code::NO_EFFECT, place, "Hystrix compares whole percents")
                .label("a fraction of a percent")
                .help(format!("it trips from {percent}% on, as if that were written")),
        );
    }
}

fn some_buckets(interval: SimDuration, bucket: SimDuration, node: &Node, cx: &mut Cx) {
    if bucket.is_zero() {
        return;
    }
    if interval.is_zero() {
        cx.report(
            Diagnostic::warning(
                code::NO_EFFECT,
                part(node, "bucket"),
                "there is nothing to divide into buckets",
            )
            .label("`interval` is zero: counts are never cleared")
            .help("add for example interval: \"10s\", or leave `bucket` out"),
        );
    } else if Breaker::buckets(interval, bucket).0 > MOST_BUCKETS {
        too_many(interval, bucket, part(node, "bucket"), cx);
    }
}

fn too_many(whole: SimDuration, bucket: SimDuration, place: crate::diagnostic::Span, cx: &mut Cx) {
    cx.report(
        Diagnostic::error(code::FIT, place, format!("more than {MOST_BUCKETS} buckets"))
            .label(format!("{whole} in steps of {bucket}"))
            .help("write a longer step"),
    );
}
