//! Quantiles of several windows together, from the quantiles of each. Knows no run.

/// The shares that a record keeps quantiles of.
const SHARES: [f64; 3] = [0.5, 0.9, 0.99];
/// Halvings of the range in which a quantile lies: far below the precision of the windows' own.
const HALVINGS: u32 = 40;

/// p50, p90 and p99 in milliseconds.
pub(super) type Quantiles = [f64; 3];

/// The quantiles of windows with so many answers each; none without answers. Between its own quantiles a window's latencies
/// are taken to lie evenly on a logarithmic scale, so the result is an estimate, but never beyond theirs; that of a single
/// window is its own.
pub(super) fn pooled(windows: &[(u64, Quantiles)]) -> Option<Quantiles> {
    let windows: Vec<(f64, Quantiles)> =
        windows.iter().filter(|window| window.0 > 0).map(|(n, quantiles)| (*n as f64, *quantiles)).collect();
    let all: f64 = windows.iter().map(|window| window.0).sum();
    match windows.as_slice() {
        [] => None,
        [(_, only)] => Some(*only),
        several => {
            let estimate = |i: usize| {
                let low = several.iter().map(|window| window.1[i]).fold(f64::INFINITY, f64::min);
                let high = several.iter().map(|window| window.1[i]).fold(0.0, f64::max);
                let below = |latency| {
                    let answers = several.iter().map(|(n, quantiles)| n * share_below(quantiles, latency));
                    answers.sum::<f64>() / all
                };
                first_at_least(SHARES[i], (low, high), below)
            };
            Some([estimate(0), estimate(1), estimate(2)])
        }
    }
}

/// The smallest latency in a range below which there is at least this share.
fn first_at_least(share: f64, (low, high): (f64, f64), below: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (low.max(f64::MIN_POSITIVE), high);
    if below(low) >= share {
        return low;
    }
    for _ in 0..HALVINGS {
        let middle = libm::sqrt(low) * libm::sqrt(high);
        if below(middle) >= share {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// The share of a window's answers that took at most so long.
fn share_below(quantiles: &Quantiles, latency: f64) -> f64 {
    let [p50, p90, p99] = *quantiles;
    if latency >= p99 {
        return if latency > p99 { 1.0 } else { SHARES[2] };
    }
    let between = |low: f64, high: f64, from: f64, to: f64| {
        from + (to - from) * libm::log(latency / low) / libm::log(high / low)
    };
    match () {
        () if latency >= p90 => between(p90, p99, SHARES[1], SHARES[2]),
        () if latency >= p50 => between(p50, p90, SHARES[0], SHARES[1]),
        // The lower half is taken for a mirror image.
        () if p90 > p50 => between(p50, p90, SHARES[0], SHARES[1]).max(0.0),
        () => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, expected: f64) {
        assert!((got / expected - 1.0).abs() < 1e-6, "{got} for {expected}");
    }

    #[test]
    fn windows_that_are_alike_are_what_each_is() {
        let one = [10.0, 30.0, 80.0];
        assert_eq!(pooled(&[(7, one)]), Some(one));
        assert_eq!(pooled(&[(0, [1.0; 3]), (7, one)]), Some(one));
        for (got, expected) in pooled(&[(100, one), (3, one), (50, one)]).unwrap().into_iter().zip(one) {
            near(got, expected);
        }
        assert_eq!(
            pooled(&[(5, [2.0; 3]), (5, [2.0; 3])]).unwrap().map(f64::to_bits),
            [2.0_f64.to_bits(); 3]
        );
        assert_eq!(pooled(&[]), None);
        assert_eq!(pooled(&[(0, one)]), None);
    }

    /// A tenth of the answers in a slow window lifts what one in a hundred sees, not the median; a half lifts both.
    #[test]
    fn each_window_counts_as_much_as_it_answered() {
        let (fast, slow) = ([10.0, 10.0, 10.0], [1000.0, 1000.0, 1000.0]);
        let tenth = pooled(&[(95, fast), (5, slow)]).unwrap();
        near(tenth[0], 10.0);
        near(tenth[1], 10.0);
        near(tenth[2], 1000.0);
        let half = pooled(&[(40, fast), (60, slow)]).unwrap();
        near(half[0], 1000.0);
        let between = pooled(&[(50, [10.0, 20.0, 40.0]), (50, [100.0, 200.0, 400.0])]).unwrap();
        assert!(
            between[0] > 10.0 && between[0] < 100.0 && between[0] < between[1] && between[1] < between[2]
        );
        assert!(between[2] <= 400.0, "{between:?}");
    }
}
