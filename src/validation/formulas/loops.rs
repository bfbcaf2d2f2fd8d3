//! Loops through retries: how many attempts, and at which load they keep themselves up.

/// Attempts that a call makes on average if each fails with this probability and there are at most `most`: (1 - p^n) / (1 -
/// p).
pub fn geometric_attempts(failing: f64, most: u32) -> f64 {
    (0..most).map(|k| libm::pow(failing, f64::from(k))).sum()
}

/// The load of an M/M/1 queue whose answers are not waited for beyond `timeout`, though worked off, and asked for again up
/// to `most` times in all: the fixed point of x = lambda (1 + p + ... ), p = exp(-(mu - x) timeout), reached from `start`.
///
/// From above: once everything times out the load is most x lambda, and stays if that is at least mu.
pub fn retry_load(lambda: f64, mu: f64, timeout: f64, most: u32, start: f64) -> f64 {
    let failing = |x: f64| if x < mu { libm::exp(-(mu - x) * timeout) } else { 1.0 };
    (0..100_000).fold(start, |x, _| lambda * geometric_attempts(failing(x), most))
}

/// The highest rate of requests at which a calm start stays calm.
pub fn critical_rate(mu: f64, timeout: f64, most: u32) -> f64 {
    let (mut low, mut high) = (0.0, mu);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if retry_load(middle, mu, timeout, most, 0.0) < mu { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_branches_match_known_values() {
        assert!((retry_load(5.0, 10.0, 1.0, 4, 0.0) - 5.0351).abs() < 1e-4);
        assert!((retry_load(5.0, 10.0, 1.0, 4, 20.0) - 20.0).abs() < 1e-12);
        // Two attempts are not enough to keep a queue of twice the rate down.
        assert!(retry_load(4.0, 10.0, 1.0, 2, 8.0) < 4.1);
    }

    #[test]
    fn critical_rates_match_known_values() {
        for (timeout, most, rate) in [(1.0, 4, 6.937), (3.0, 5, 8.572), (0.5, 3, 5.507), (1.0, 2, 7.047)] {
            assert!((critical_rate(10.0, timeout, most) - rate).abs() < 2e-3, "{timeout} {most}");
        }
    }

    #[test]
    fn attempts_are_a_geometric_sum() {
        assert!((geometric_attempts(0.5, 3) - 1.75).abs() < 1e-12);
        assert!((geometric_attempts(1.0, 4) - 4.0).abs() < 1e-12);
    }
}
