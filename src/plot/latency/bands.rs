//! The latencies of a traffic class over time, in both worlds. Draws nothing.

use std::ops::Range;

use crate::plot::axis::TimeAxis;
use crate::plot::pair::{Pair, Span};
use crate::record::{ClassSeries, Record};

use super::pool::{Quantiles, pooled};

/// The least width of a step.
const PIXELS: f64 = 5.0;

/// So many answers have a p99.
const TELLING: f64 = 100.0;

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    /// From when to when.
    pub(super) span: Span,
    /// The latencies of what was answered; none if nothing was.
    pub(super) actual: Option<Quantiles>,
    /// Those of the twin.
    pub(super) twin: Option<Quantiles>,
    /// How many were answered.
    pub(super) answers: f64,
    /// Whether requests arrived or failed.
    pub(super) asked: bool,
}

impl Step {
    /// Whether users asked, and nobody was answered.
    pub(super) fn is_unanswered(&self) -> bool {
        self.actual.is_none() && self.asked
    }

    /// Whether there are enough answers for a p99 that is not just the slowest of them.
    pub(super) fn is_telling(&self) -> bool {
        self.answers >= TELLING
    }

    /// How many times the twin's p99 it took.
    pub(super) fn times_the_twin(&self) -> Option<f64> {
        let ([.., ours], [.., theirs]) = (self.actual?, self.twin?);
        (theirs > 0.0).then(|| ours / theirs)
    }
}

/// A traffic class.
pub(super) struct Bands<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its latencies over time.
    pub(super) steps: Vec<Step>,
    /// The longest that its users wait, in milliseconds.
    pub(super) patience_ms: Option<f64>,
}

impl<'a> Bands<'a> {
    /// Of a class of the record.
    pub(super) fn of(record: &'a Record, axis: &TimeAxis, name: &'a str, series: &ClassSeries) -> Self {
        let twin = record.twin.as_ref().and_then(|twin| twin.classes.get(name));
        let pair = Pair::new(record, axis, PIXELS, twin.map_or(&series.arrived, |twin| &twin.ok));
        let step = |span| Step {
            span,
            actual: quantiles(series, &pair.own(span)),
            twin: twin.and_then(|twin| quantiles(twin, &pair.twins(span))),
            answers: pair.counted(&series.ok, span),
            asked: pair.counted(&series.arrived, span) + pair.counted(&series.failed, span) > 0.0,
        };
        let class = record.topology.classes.iter().find(|class| class.name == name);
        let patience_ms = class.and_then(|class| class.patience_s).map(|patience| patience * 1000.0);
        Self { name, steps: pair.spans().map(step).collect(), patience_ms }
    }

    /// The stretch in which p99 was largest, and by how much: against the twin's, or in milliseconds. Of few answers p99 is
    /// the slowest one and tells little: they count only if no stretch has more.
    pub(super) fn slowest(&self, against_twin: bool) -> Option<(&Step, f64)> {
        let size = |step: &Step| {
            if against_twin { step.times_the_twin() } else { step.actual.map(|[.., p99]| p99) }
        };
        let slowest = |told: fn(&&Step) -> bool| {
            let sized = self.steps.iter().filter(told).filter_map(|step| Some((step, size(step)?)));
            sized.max_by(|a, b| a.1.total_cmp(&b.1))
        };
        slowest(|step| step.is_telling()).or_else(|| slowest(|_| true))
    }

    /// Whether nobody waited otherwise than in the twin.
    pub(super) fn is_as_twin(&self) -> bool {
        self.steps.iter().all(|step| step.twin.is_some() && step.actual == step.twin)
    }

    /// For how long users asked and nobody was answered.
    pub(super) fn unanswered_s(&self) -> f64 {
        self.steps.iter().filter(|step| step.is_unanswered()).map(|step| step.span.1 - step.span.0).sum()
    }
}

/// The quantiles of all that some windows answered.
fn quantiles(series: &ClassSeries, windows: &Range<usize>) -> Option<Quantiles> {
    let of = |quantiles: &[Option<f64>], window| quantiles.get(window).copied().flatten();
    let latency = &series.latency;
    let window = |window: usize| {
        let quantiles =
            [of(&latency.p50_ms, window)?, of(&latency.p90_ms, window)?, of(&latency.p99_ms, window)?];
        Some((*series.ok.get(window)?, quantiles))
    };
    pooled(&windows.clone().filter_map(window).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::fixture;

    #[test]
    fn what_is_drawn_is_what_was_recorded() {
        let (mut record, _) = fixture::thursday();
        record.topology.classes[0].patience_s = Some(1.5);
        let axis = TimeAxis::new(1500.0, None, 0.0, 900.0);
        let of = |name| Bands::of(&record, &axis, name, &record.actual.classes[name]);
        let (search, checkout) = (of("search"), of("checkout"));
        assert!(search.is_as_twin() && search.unanswered_s() <= 0.0 && search.patience_ms.is_none());
        for step in &search.steps {
            let [p50, p90, p99] = step.actual.unwrap();
            assert!((p50 - 20.0).abs() < 1e-6 && (p90 - 60.0).abs() < 1e-6 && (p99 - 150.0).abs() < 1e-6);
        }
        // From T+60 s on nobody is answered, and before that hardly anybody, 21 times as late.
        assert_eq!(checkout.patience_ms, Some(1500.0));
        assert!((1400.0..1500.0).contains(&checkout.unanswered_s()), "{}", checkout.unanswered_s());
        let (slowest, times) = checkout.slowest(true).unwrap();
        assert!(slowest.span.0 < 60.0 && times > 1.0 && times <= 21.0 && slowest.is_telling(), "{times}");
        assert!(!checkout.is_as_twin());
    }
}
