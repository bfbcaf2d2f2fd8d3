//! Several queues: fork and join, order statistics, the better of two.

/// H(n) = 1 + 1/2 + ... + 1/n: the mean of the longest of n exponential times of mean 1.
pub fn harmonic(n: u32) -> f64 {
    (1..=n).map(|k| 1.0 / f64::from(k)).sum()
}

/// The mean of the k-th of n exponential times of mean 1: H(n) - H(n - k).
pub fn quorum(k: u32, n: u32) -> f64 {
    harmonic(n) - harmonic(n - k)
}

/// A quantile of the longest of n exponential times of mean 1: each is at most the q^(1/n) quantile.
pub fn longest_quantile(q: f64, n: u32) -> f64 {
    -libm::log1p(-libm::pow(q, 1.0 / f64::from(n)))
}

/// Mean time of a request that forks to two M/M/1 queues and joins: (12 - rho) / 8 / (mu - lambda).
///
/// Source: Flatto & Hahn, "Two Parallel Queues Created by Arrivals with Two Demands I", SIAM J. Appl. Math. 44 (1984);
/// Nelson & Tantawi, "Approximate Analysis of Fork/Join Synchronization in Parallel Queues", IEEE TC 37 (1988).
pub fn fork_join_two(lambda: f64, mu: f64) -> f64 {
    (12.0 - lambda / mu) / 8.0 / (mu - lambda)
}

/// The same for n queues, approximately: (H(n) / H(2) + 4/11 (1 - H(n) / H(2)) rho) times the time for two.
pub fn nelson_tantawi(n: u32, lambda: f64, mu: f64) -> f64 {
    let ratio = harmonic(n) / harmonic(2);
    (ratio + 4.0 / 11.0 * (1.0 - ratio) * lambda / mu) * fork_join_two(lambda, mu)
}

/// Mean time, in mean works, in infinitely many M/M/1 queues where each arrival joins the shortest of `choices` drawn: the
/// sum of rho^((d^i - d) / (d - 1)) over i from 1 on.
///
/// Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12 (2001).
pub fn supermarket(rho: f64, choices: u32) -> f64 {
    let d = f64::from(choices);
    let exponent =
        |i: i32| if choices == 1 { f64::from(i - 1) } else { (libm::pow(d, f64::from(i)) - d) / (d - 1.0) };
    (1..10_000).map(|i| libm::pow(rho, exponent(i))).take_while(|term| *term > 1e-18).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64) {
        assert!((found / wanted - 1.0).abs() < 5e-5, "{found}, wanted {wanted}");
    }

    #[test]
    fn order_statistics_match_known_values() {
        for (n, h) in [(2, 1.5), (3, 1.8333), (5, 2.283_33), (10, 2.928_97), (100, 5.187_38)] {
            near(harmonic(n), h);
        }
        near(quorum(7, 10), 1.095_634_9);
        near(quorum(1, 10), 0.1);
        // Of a hundred calls the median of the longest is the 99.31 % quantile of one.
        near(longest_quantile(0.5, 100), -libm::log(1.0 - 0.993_092_5));
    }

    #[test]
    fn fork_and_join_match_known_values() {
        near(fork_join_two(0.5, 1.0), 2.875);
        near(fork_join_two(0.8, 1.0), 7.0);
        near(nelson_tantawi(2, 0.8, 1.0), 7.0);
        assert!((nelson_tantawi(10, 0.8, 1.0) - 11.73).abs() < 0.01);
    }

    #[test]
    fn the_supermarket_matches_known_values() {
        for (rho, one, two, three) in [
            (0.5, 2.0, 1.2657, 1.1252),
            (0.8, 5.0, 1.9474, 1.5809),
            (0.9, 10.0, 2.6141, 2.0279),
            (0.99, 100.0, 5.4320, 3.8578),
        ] {
            near(supermarket(rho, 1), one);
            near(supermarket(rho, 2), two);
            near(supermarket(rho, 3), three);
        }
    }
}
