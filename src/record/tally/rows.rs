//! Windows as rows, and what becomes of them at the end; failures by cause. Knows nothing of what is counted.

use indexmap::IndexMap;

use crate::failure::FailureCause;
use crate::record::Quantiles;
use crate::record::latency::Latencies;

/// Failures by cause.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Causes([u64; FailureCause::ALL.len()]);

impl Causes {
    pub(super) fn count(&mut self, cause: FailureCause) {
        self.0[cause as usize] += 1;
    }

    /// Those that occurred, in the order of their definition.
    pub(super) fn by_name(&self) -> IndexMap<String, u64> {
        let all = FailureCause::ALL.iter().zip(self.0);
        all.filter(|(_, count)| *count > 0).map(|(cause, count)| (cause.name().to_owned(), count)).collect()
    }
}

/// Attempts that were sent, and how many of them were first attempts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sent {
    pub(super) attempts: u64,
    pub(super) first_attempts: u64,
}

impl Sent {
    pub(super) fn count(&mut self, first: bool) {
        self.attempts += 1;
        self.first_attempts += u64::from(first);
    }
}

/// The mean of so many times, in milliseconds.
pub(super) fn mean_ms(sum_ns: u128, count: u64) -> f64 {
    if count == 0 { 0.0 } else { sum_ns as f64 / count as f64 / 1e6 }
}

/// One number of each row.
pub(super) fn column<R, T>(rows: &[R], of: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

/// The median, 90 % and 99 % of the latencies of a window; none if it answered nothing.
pub(super) type Three = Option<[f64; 3]>;

/// Ends the latencies of a window, which answered so many.
pub(super) fn end_latencies(latencies: &mut Latencies, answered: u64) -> Three {
    assert_eq!(latencies.len(), answered, "latencies of a window, and what it answered");
    let quantiles = latencies.quantiles_ms([0.5, 0.9, 0.99]);
    latencies.clear();
    quantiles
}

/// The quantiles of each row.
pub(super) fn quantiles<R>(rows: &[R], of: impl Fn(&R) -> Three) -> Quantiles {
    let column = |place: usize| column(rows, |row| of(row).map(|three| three[place]));
    Quantiles { p50_ms: column(0), p90_ms: column(1), p99_ms: column(2) }
}
