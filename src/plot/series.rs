//! From windows and samples to lines that a picture can show: pooled into pieces wide enough to see, thinned where
//! there are more points than pixels. Draws nothing.

use std::ops::Range;

use crate::record::WorldRecord;

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

    /// A line through the middles of pieces with these values, drawn out to the ends of the first and the last.
    pub(crate) fn curve(&self, values: impl Iterator<Item = (Range<usize>, f64)>) -> Vec<(f64, f64)> {
        let values: Vec<_> = values.collect();
        let first = values.first().map(|(piece, value)| (self.begin(piece.start), *value));
        let last = values.last().map(|(piece, value)| (self.begin(piece.end), *value));
        let middles = values.iter().map(|(piece, value)| (self.middle(piece), *value));
        first.into_iter().chain(middles).chain(last).collect()
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

    /// Windows pooled so that each piece is at least so many pixels wide and lasts at least so long.
    pub(crate) fn pooled(&self, axis: &TimeAxis, pixels: f64, seconds: f64) -> Vec<Range<usize>> {
        let mut pieces: Vec<Range<usize>> = Vec::new();
        let mut from = 0;
        for to in 1..=self.count {
            let (begin, end) = (self.begin(from), self.begin(to));
            if axis.x(end) - axis.x(begin) >= pixels - 1e-6 && end - begin >= seconds * 0.999 {
                pieces.push(from..to);
                from = to;
            }
        }
        // What is left is too short to stand alone.
        if let (true, Some(last)) = (from < self.count, pieces.last_mut()) {
            last.end = self.count;
        } else if from < self.count {
            pieces.push(from..self.count);
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
        let pieces = windows.pooled(&axis, 3.0, 2.0);
        assert_eq!(pieces.first(), Some(&(0..3)));
        assert_eq!(pieces.last(), Some(&(96..100)));
        assert_eq!(pieces.iter().map(ExactSizeIterator::len).sum::<usize>(), 100);
        let single = Windows { width_s: 1.0, count: 1, end_s: 1.0 };
        assert_eq!(single.pooled(&axis, 3.0, 2.0).first(), Some(&(0..1)));
        let none = Windows { width_s: 0.0, count: 0, end_s: 0.0 };
        assert!(none.pooled(&axis, 3.0, 2.0).is_empty());
        assert_eq!(none.last(), 0..0);
        assert_eq!(windows.last(), 95..100);
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
