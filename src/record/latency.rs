//! Latencies: quantiles from histograms of microseconds, mean and maximum exactly. Knows nothing of whose they are.

use serde::{Deserialize, Serialize};

use crate::histogram::Histogram;
use crate::time::SimDuration;

/// Latencies of one kind over some time. Quantiles are within 0.1 % (`precise`) or 1 %.
#[derive(Clone, Debug)]
#[repr(C)]
pub(crate) struct Latencies {
    histogram: Histogram,
    sum_ns: u128,
    max: SimDuration,
}

/// The distribution of a latency in milliseconds; zero where nothing was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LatencySummary {
    /// Median.
    pub p50: f64,
    /// 90 % are at most this.
    pub p90: f64,
    /// 99 % are at most this.
    pub p99: f64,
    /// 99.9 % are at most this.
    pub p999: f64,
    /// Mean.
    pub mean: f64,
    /// The longest.
    pub max: f64,
}

impl Latencies {
    /// For a whole run: within 0.1 %.
    pub(crate) const fn precise() -> Self {
        Self::of(Histogram::precise())
    }

    /// For a window: within 1 %.
    pub(crate) const fn coarse() -> Self {
        Self::of(Histogram::coarse())
    }

    const fn of(histogram: Histogram) -> Self {
        Self { histogram, sum_ns: 0, max: SimDuration::ZERO }
    }

    /// Adds one.
    pub(crate) fn record(&mut self, latency: SimDuration) {
        self.histogram.record((latency.as_nanos() / 1_000).max(1));
        self.sum_ns += u128::from(latency.as_nanos());
        self.max = self.max.max(latency);
    }

    /// How many were recorded, as the histogram has it.
    pub(crate) const fn len(&self) -> u64 {
        self.histogram.len()
    }

    /// Quantiles of ascending shares in milliseconds; none if nothing was recorded.
    pub(crate) fn quantiles_ms<const N: usize>(&self, shares: [f64; N]) -> Option<[f64; N]> {
        let micros = self.histogram.quantiles(shares)?;
        // The bucket's upper end may lie beyond what was ever seen.
        Some(micros.map(|upper| (upper as f64 / 1_000.0).min(self.max.as_millis_f64())))
    }

    /// The whole distribution.
    pub(crate) fn summary(&self) -> LatencySummary {
        let Some([p50, p90, p99, p999]) = self.quantiles_ms([0.5, 0.9, 0.99, 0.999]) else {
            return LatencySummary::default();
        };
        LatencySummary {
            p50,
            p90,
            p99,
            p999,
            mean: self.sum_ns as f64 / self.len() as f64 / 1e6,
            max: self.max.as_millis_f64(),
        }
    }

    /// Forgets everything, keeping the memory.
    pub(crate) fn clear(&mut self) {
        self.histogram.clear();
        self.sum_ns = 0;
        self.max = SimDuration::ZERO;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_their_digits() {
        let mut latencies = Latencies::precise();
        for ms in 1..=1_000 {
            latencies.record(SimDuration::from_millis(ms));
        }
        let summary = latencies.summary();
        for (measured, exact) in
            [(summary.p50, 500.0), (summary.p90, 900.0), (summary.p99, 990.0), (summary.p999, 999.0)]
        {
            assert!((measured - exact).abs() <= 0.001 * exact, "{measured} for {exact}");
        }
        assert!((summary.mean - 500.5).abs() < 1e-9 && (summary.max - 1_000.0).abs() < 1e-9);
        latencies.clear();
        assert_eq!(latencies.summary(), LatencySummary::default());
        assert_eq!(latencies.quantiles_ms([0.5]), None);
    }
}
