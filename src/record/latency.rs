//! Latencies: quantiles from HDR histograms, mean and maximum exactly. Knows nothing of whose they are.

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::time::SimDuration;

/// The longest latency told apart, in microseconds: 100 hours.
const LONGEST_US: u64 = 360_000_000_000;

/// Latencies of one kind over some time. Quantiles are within 0.1 % (`precise`) or 1 %.
#[derive(Clone, Debug)]
pub(crate) struct Latencies {
    /// None until something is recorded: most windows of most things are empty.
    histogram: Option<Histogram<u64>>,
    digits: u8,
    count: u64,
    sum_ns: u128,
    max: SimDuration,
}

/// The distribution of a latency in milliseconds; zero where nothing was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
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
    /// For a whole run: three digits.
    pub(crate) const fn precise() -> Self {
        Self::with_digits(3)
    }

    /// For a window: two digits.
    pub(crate) const fn coarse() -> Self {
        Self::with_digits(2)
    }

    const fn with_digits(digits: u8) -> Self {
        Self { histogram: None, digits, count: 0, sum_ns: 0, max: SimDuration::ZERO }
    }

    /// Adds one; longer than 100 hours counts as 100 hours in the quantiles.
    pub(crate) fn record(&mut self, latency: SimDuration) {
        if self.histogram.is_none() {
            self.histogram = Histogram::new_with_bounds(1, LONGEST_US, self.digits).ok();
        }
        if let Some(histogram) = &mut self.histogram {
            histogram.saturating_record((latency.as_nanos() / 1_000).max(1));
        }
        self.count += 1;
        self.sum_ns += u128::from(latency.as_nanos());
        self.max = self.max.max(latency);
    }

    /// How many were recorded, as the histogram has it.
    pub(crate) fn len(&self) -> u64 {
        self.histogram.as_ref().map_or(0, Histogram::len)
    }

    /// A quantile in milliseconds; none if nothing was recorded.
    pub(crate) fn quantile_ms(&self, quantile: f64) -> Option<f64> {
        let histogram = self.histogram.as_ref().filter(|_| self.count > 0)?;
        // The bucket's upper end may lie beyond what was ever seen.
        let upper = histogram.value_at_quantile(quantile) as f64 / 1_000.0;
        Some(upper.min(self.max.as_millis_f64()))
    }

    /// The whole distribution.
    pub(crate) fn summary(&self) -> LatencySummary {
        if self.count == 0 {
            return LatencySummary::default();
        }
        let quantile = |q| self.quantile_ms(q).unwrap_or_default();
        LatencySummary {
            p50: quantile(0.5),
            p90: quantile(0.9),
            p99: quantile(0.99),
            p999: quantile(0.999),
            mean: self.sum_ns as f64 / self.count as f64 / 1e6,
            max: self.max.as_millis_f64(),
        }
    }

    /// Forgets everything, keeping the memory.
    pub(crate) fn clear(&mut self) {
        if self.count > 0
            && let Some(histogram) = &mut self.histogram
        {
            histogram.reset();
        }
        self.count = 0;
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
        assert_eq!(latencies.quantile_ms(0.5), None);
    }
}
