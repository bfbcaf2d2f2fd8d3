//! From windows and samples to lines that a picture can show: pooled into pieces wide enough to see, thinned where
//! there are more points than pixels. Draws nothing.

use std::ops::Range;

use crate::record::{FaultSpan, Record, WorldRecord};

use super::axis::TimeAxis;
use super::geometry::Point;

/// The windows of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Windows {
    /// Width of one.
    pub(crate) width_s: f64,
    /// How many.
    pub(crate) count: usize,
    /// End of the last, which may have been cut short.
    pub(crate) end_s: f64,
}

impl Windows {
    /// The windows of a world that was simulated for so long.
    pub(crate) fn of(world: &WorldRecord, simulated_s: f64) -> Self {
        let width_s = world.window_s.max(f64::MIN_POSITIVE);
        let begun = libm::ceil(simulated_s / width_s - 1e-9).max(0.0) as usize;
        Self { width_s, count: world.windows.min(begun), end_s: simulated_s }
    }

    /// The windows in which faults begin: what is pooled or drawn across them would show harm before its cause.
    pub(crate) fn cuts(&self, record: &Record) -> Vec<usize> {
        let window = |fault: &FaultSpan| libm::floor(fault.from_s / self.width_s + 1e-9).max(0.0) as usize;
        let mut cuts: Vec<usize> = record.faults.iter().map(window).collect();
        cuts.retain(|cut| (1..self.count).contains(cut));
        cuts.sort_unstable();
        cuts.dedup();
        cuts
    }

    /// A line through the middles of pieces with these values, drawn out to the ends of the first and the last; at a cut it
    /// jumps.
    pub(crate) fn curve(
        &self,
        values: impl Iterator<Item = (Range<usize>, f64)>,
        cuts: &[usize],
    ) -> Vec<(f64, f64)> {
        let mut line: Vec<(f64, f64)> = Vec::new();
        let mut before: Option<(usize, f64)> = None;
        for (piece, value) in values {
            let jump =
                before.map(|(end, value)| (cuts.iter().any(|c| (end..=piece.start).contains(c)), value));
            let begin = self.begin(piece.start);
            if let Some((true, last)) = jump {
                line.push((begin, last));
            }
            if jump.is_none_or(|(is_cut, _)| is_cut) {
                line.push((begin, value));
            }
            line.push((self.middle(&piece), value));
            before = Some((piece.end, value));
        }
        line.extend(before.map(|(end, value)| (self.begin(end), value)));
        line
    }

    /// When a window begins.
    pub(crate) fn begin(&self, window: usize) -> f64 {
        (window as f64 * self.width_s).min(self.end_s)
    }

    /// How long some windows lasted.
    pub(crate) fn seconds(&self, windows: &Range<usize>) -> f64 {
        self.begin(windows.end) - self.begin(windows.start)
    }

    /// The middle of some windows.
    pub(crate) fn middle(&self, windows: &Range<usize>) -> f64 {
        f64::midpoint(self.begin(windows.start), self.begin(windows.end))
    }

    /// Windows pooled so that each piece is at least so many pixels wide and lasts at least so long, unless a cut ends it.
    /// A cut too near to the one before does not count.
    pub(crate) fn pooled(
        &self,
        axis: &TimeAxis,
        pixels: f64,
        seconds: f64,
        cuts: &[usize],
    ) -> Vec<Range<usize>> {
        let wide =
            |from: usize, to: usize| axis.x(self.begin(to)) - axis.x(self.begin(from)) >= pixels - 1e-6;
        let mut pieces: Vec<Range<usize>> = Vec::new();
        let mut first = 0;
        let ends = cuts.iter().copied().filter(|cut| *cut < self.count).chain([self.count]);
        for end in ends {
            if end < self.count && !wide(first, end) {
                continue;
            }
            let stretch = pieces.len();
            let mut from = first;
            for to in first + 1..=end {
                if wide(from, to) && self.seconds(&(from..to)) >= seconds * 0.999 {
                    pieces.push(from..to);
                    from = to;
                }
            }
            // What is left is too short to stand alone.
            match pieces[stretch..].last_mut() {
                Some(last) => last.end = end,
                None if from < end => pieces.push(from..end),
                None => {}
            }
            first = end;
        }
        pieces.retain(|piece| self.seconds(piece) > 0.0);
        pieces
    }

    /// The windows between two instants.
    pub(crate) fn between(&self, from_s: f64, to_s: f64) -> Range<usize> {
        let width = self.width_s.max(f64::MIN_POSITIVE);
        let end = if to_s >= self.end_s { self.count } else { libm::round(to_s / width) as usize };
        libm::round(from_s / width) as usize..end
    }

    /// The windows of the last part of the run: what a label at the end of a line tells.
    pub(crate) fn last(&self) -> Range<usize> {
        let span = (self.end_s * 0.05).min(60.0).max(self.width_s * 0.5);
        let from = libm::round((self.end_s - span) / self.width_s.max(f64::MIN_POSITIVE)) as usize;
        from.min(self.count.saturating_sub(1))..self.count
    }
}

/// The sum of some windows; windows that a series does not have count as nothing.
pub(crate) fn total(series: &[u64], windows: &Range<usize>) -> u64 {
    let end = windows.end.min(series.len());
    series[windows.start.min(end)..end].iter().sum()
}

/// Samples split where readings are missing: where a gap is much longer than usual.
pub(crate) fn unbroken(samples: &[(f64, f64)]) -> Vec<&[(f64, f64)]> {
    let mut gaps: Vec<f64> = samples.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    gaps.sort_by(f64::total_cmp);
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(0.0);
    samples.chunk_by(|before, after| after.0 - before.0 <= 2.5 * usual).collect()
}

/// A line with the same look and at most four points per pixel of width: first, lowest, highest, last.
pub(crate) fn thinned(line: &[Point]) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for column in line.chunk_by(|a, b| libm::floor(a.x).total_cmp(&libm::floor(b.x)).is_eq()) {
        if column.len() <= 4 {
            kept.extend_from_slice(column);
            continue;
        }
        let by_y = |a: &&Point, b: &&Point| a.y.total_cmp(&b.y);
        let extremes =
            [column.first(), column.iter().min_by(by_y), column.iter().max_by(by_y), column.last()];
        let mut extremes: Vec<Point> = extremes.into_iter().flatten().copied().collect();
        extremes.sort_by(|a, b| a.x.total_cmp(&b.x));
        kept.extend(extremes);
    }
    kept.dedup();
    kept
}

/// Whether a box is free of a line (sampled densely enough for boxes of the height of a text).
pub(crate) fn crosses(line: &[Point], rect: super::geometry::Rect) -> bool {
    let inside = |p: Point| p.x > rect.left && p.x < rect.right && p.y > rect.top && p.y < rect.bottom;
    line.windows(2).any(|pair| {
        let steps = libm::ceil(pair[0].distance(pair[1]) / 4.0).clamp(1.0, 400.0) as u32;
        (0..=steps).any(|step| inside(pair[0].towards(pair[1], f64::from(step) / f64::from(steps))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::geometry::at;

    #[test]
    fn windows_are_pooled_without_loss() {
        let axis = TimeAxis::new(100.0, None, 0.0, 100.0);
        let windows = Windows { width_s: 1.0, count: 100, end_s: 100.0 };
        let pieces = windows.pooled(&axis, 3.0, 2.0, &[]);
        assert_eq!(pieces.first(), Some(&(0..3)));
        assert_eq!(pieces.last(), Some(&(96..100)));
        assert_eq!(pieces.iter().map(ExactSizeIterator::len).sum::<usize>(), 100);
        let single = Windows { width_s: 1.0, count: 1, end_s: 1.0 };
        assert_eq!(single.pooled(&axis, 3.0, 2.0, &[]).first(), Some(&(0..1)));
        let none = Windows { width_s: 0.0, count: 0, end_s: 0.0 };
        assert!(none.pooled(&axis, 3.0, 2.0, &[]).is_empty());
        assert_eq!(none.last(), 0..0);
        assert_eq!(windows.last(), 95..100);
    }

    #[test]
    fn nothing_is_pooled_across_the_begin_of_a_fault() {
        let axis = TimeAxis::new(100.0, None, 0.0, 100.0);
        let windows = Windows { width_s: 1.0, count: 100, end_s: 100.0 };
        let (mut record, _) = crate::plot::fixture::thursday();
        (record.faults[0].from_s, record.faults[0].to_s) = (41.0, None);
        let cuts = windows.cuts(&record);
        assert_eq!(cuts, [41]);
        let pieces = windows.pooled(&axis, 5.0, 10.0, &cuts);
        assert_eq!(pieces[3..5], [30..41, 41..51]);
        assert_eq!(pieces.iter().map(ExactSizeIterator::len).sum::<usize>(), 100);
        // Two faults at nearly the same place are one cut; a first one at once is none.
        assert_eq!(windows.pooled(&axis, 5.0, 10.0, &[41, 43]), pieces);
        record.faults[0].from_s = 0.0;
        assert!(windows.cuts(&record).is_empty());
        // The line stays where it was until the fault begins.
        let value = |piece: &Range<usize>| if piece.start < 41 { 1.0 } else { 0.0 };
        let line = windows.curve(pieces.iter().map(|piece| (piece.clone(), value(piece))), &cuts);
        assert!(line.iter().filter(|point| point.0 < 41.0).all(|point| point.1 > 0.9));
        let at_cut: Vec<f64> =
            line.iter().filter(|point| (point.0 - 41.0).abs() < 1e-9).map(|p| p.1).collect();
        assert_eq!(at_cut, [1.0, 0.0]);
    }

    #[test]
    fn short_series_count_as_nothing_beyond_their_end() {
        assert_eq!(total(&[1, 2, 3], &(1..9)), 5);
        assert_eq!(total(&[], &(0..4)), 0);
    }

    #[test]
    fn missing_readings_break_the_line() {
        let samples = [(0.0, 0.1), (5.0, 0.1), (10.0, 0.1), (60.0, 0.5), (65.0, 0.5)];
        let parts = unbroken(&samples);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].len(), 3);
        assert!(unbroken(&[]).is_empty());
    }

    #[test]
    fn thinning_keeps_extremes() {
        let line: Vec<Point> = (0..1000).map(|i| at(f64::from(i) / 500.0, f64::from(i % 7))).collect();
        let thin = thinned(&line);
        assert!(thin.len() <= 12);
        assert!(thin.iter().any(|p| p.y > 5.9) && thin.iter().any(|p| p.y < 0.1));
    }
}
