//! Spans of time in which both worlds of a run can be compared, whatever the width of their windows. Draws nothing.

use std::ops::Range;

use crate::record::Record;

use super::axis::TimeAxis;
use super::series::{Windows, total};

/// A share is computed over at least so many requests or attempts, or it is noise.
const ENOUGH: f64 = 20.0;

/// A stretch of time: from, to.
pub(crate) type Span = (f64, f64);

/// The windows of the actual world and of its twin (without one, its own again).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pair {
    ours: Windows,
    theirs: Windows,
    spans: Vec<Span>,
}

impl Pair {
    /// Spans at least so many pixels wide, long enough for a share to mean something where `counts` is what happens in all;
    /// none reaches across the begin of a fault.
    pub(crate) fn new(record: &Record, axis: &TimeAxis, pixels: f64, counts: &[u64]) -> Self {
        let ours = Windows::of(&record.actual, record.simulated_s);
        let theirs = record.twin.as_ref().map_or(ours, |twin| Windows::of(twin, record.simulated_s));
        let coarse = if theirs.width_s > ours.width_s { theirs } else { ours };
        let rate = counts.iter().sum::<u64>() as f64 / record.simulated_s.max(1e-9);
        let pieces = coarse.pooled(axis, pixels, ENOUGH / rate.max(1e-9), &coarse.cuts(record));
        let spans = pieces.iter().map(|piece| (coarse.begin(piece.start), coarse.begin(piece.end))).collect();
        Self { ours, theirs, spans }
    }

    /// The spans, in the order of time.
    pub(crate) fn spans(&self) -> impl Iterator<Item = Span> {
        self.spans.iter().copied()
    }

    /// The windows of the actual world in a span.
    pub(crate) fn own(&self, span: Span) -> Range<usize> {
        self.ours.between(span.0, span.1)
    }

    /// The windows of the twin in a span.
    pub(crate) fn twins(&self, span: Span) -> Range<usize> {
        self.theirs.between(span.0, span.1)
    }

    /// What the actual world counted in a span.
    pub(crate) fn counted(&self, counts: &[u64], span: Span) -> f64 {
        total(counts, &self.own(span)) as f64
    }

    /// What the twin counted in a span.
    pub(crate) fn counted_by_twin(&self, counts: &[u64], span: Span) -> f64 {
        total(counts, &self.twins(span)) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::fixture;

    #[test]
    fn worlds_with_windows_of_different_widths_are_compared_by_time() {
        let (mut record, _) = fixture::thursday();
        if let Some(twin) = &mut record.twin {
            (twin.window_s, twin.windows) = (10.0, 150);
        }
        let axis = TimeAxis::new(1500.0, None, 0.0, 100.0);
        let pair = Pair::new(&record, &axis, 1.0, &[1_000_000]);
        assert_eq!(pair.spans().next(), Some((0.0, 20.0)));
        assert_eq!((pair.own((20.0, 40.0)), pair.twins((20.0, 40.0))), (20..40, 2..4));
        let counts: Vec<u64> = (0..1500).collect();
        assert_eq!(pair.counted(&counts, (20.0, 23.0)).to_bits(), 63.0_f64.to_bits());
        assert_eq!(pair.counted_by_twin(&counts, (20.0, 40.0)).to_bits(), 5.0_f64.to_bits());
        assert_eq!(pair.spans().last().map(|span| span.1), Some(1500.0));
        // A fault begins a span, so that its harm is not drawn before it.
        (record.faults[0].from_s, record.faults[0].to_s) = (610.0, None);
        let pair = Pair::new(&record, &axis, 2.0, &[1_000_000]);
        let cut: Vec<Span> = pair.spans().filter(|span| span.0 > 560.0 && span.1 < 660.0).collect();
        assert_eq!(cut, [(570.0, 610.0), (610.0, 640.0)]);
    }
}
