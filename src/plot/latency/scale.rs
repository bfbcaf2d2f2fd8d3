//! A logarithmic axis from milliseconds to the height of a panel. Draws nothing.

use crate::plot::words;

/// A range of latencies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
}

/// What is drawn keeps off the ends of the range by this factor.
const CLEAR: f64 = 1.05;

/// Round numbers of one decade.
const ROUND: [f64; 3] = [1.0, 2.0, 5.0];

impl Scale {
    /// A range with round ends that holds all of these and spans at least a decade; latencies of zero are left out.
    pub(super) fn around(latencies: impl Iterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for latency in latencies.filter(|latency| *latency > 0.0 && latency.is_finite()) {
            (low, high) = (low.min(latency), high.max(latency));
        }
        if low > high {
            return Self { low: 1.0, high: 1000.0 };
        }
        let low = rounds().rev().find(|round| *round * CLEAR <= low).unwrap_or(low);
        let top = rounds().find(|round| *round >= high * CLEAR && *round >= low * 9.99);
        Self { low, high: top.unwrap_or(high.max(low * 10.0)) }
    }

    /// The share of the height at which a latency is; beyond the range, an end.
    pub(super) fn share(&self, latency: f64) -> f64 {
        if latency <= self.low {
            return 0.0;
        }
        (libm::log(latency / self.low) / libm::log(self.high / self.low)).min(1.0)
    }

    /// Whether a latency is in the range.
    pub(super) fn holds(&self, latency: f64) -> bool {
        (self.low..=self.high).contains(&latency)
    }

    /// Ticks as (share, label), as many as `most`: all round numbers, or the decades, or every second or third of them.
    pub(super) fn ticks(&self, most: usize) -> Vec<(f64, String)> {
        let inside: Vec<f64> =
            rounds().filter(|round| self.holds(*round * (1.0 + 1e-12)) || self.holds(*round)).collect();
        let decades: Vec<f64> = inside.iter().copied().filter(|round| is_decade(*round)).collect();
        let chosen = if inside.len() <= most { inside } else { decades };
        let every = chosen.len().div_ceil(most.max(1)).max(1);
        let label = |latency: &f64| (self.share(*latency), words::length(latency / 1000.0));
        chosen.iter().step_by(every).map(label).collect()
    }
}

/// From 1 µs to some months.
fn rounds() -> impl DoubleEndedIterator<Item = f64> {
    (-3..10).flat_map(|power| {
        let unit = libm::pow(10.0, f64::from(power));
        ROUND.map(|round| round * unit)
    })
}

fn is_decade(latency: f64) -> bool {
    let power = libm::log10(latency);
    (power - libm::round(power)).abs() < 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_round_and_holds_everything() {
        let scale = Scale::around([3.0, 0.0, 1800.0].into_iter());
        assert!((scale.low - 2.0).abs() < 1e-9 && (scale.high - 2000.0).abs() < 1e-6, "{scale:?}");
        assert!((scale.share(2.0)).abs() < 1e-9 && (scale.share(2000.0) - 1.0).abs() < 1e-9);
        assert!((scale.share(20.0) - 1.0 / 3.0).abs() < 1e-9);
        assert_eq!(scale.share(9e9).to_bits(), 1.0_f64.to_bits());
        let labels: Vec<String> =
            scale.ticks(6).into_iter().map(|tick| tick.1.replace('\u{a0}', " ")).collect();
        assert_eq!(labels, ["10 ms", "100 ms", "1 s"]);
        let narrow = Scale::around([12.0, 15.0].into_iter());
        assert!((narrow.low - 10.0).abs() < 1e-9 && (narrow.high - 100.0).abs() < 1e-6, "{narrow:?}");
        assert_eq!(narrow.ticks(6).len(), 4);
        let none = Scale::around(std::iter::empty());
        assert!(none.holds(10.0) && none.ticks(4).len() == 4);
    }
}
