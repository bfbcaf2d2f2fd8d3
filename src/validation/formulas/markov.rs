//! Birth-death queues: Erlang's formulas, bounded queues, impatient users.

/// Erlang's loss formula: the share of arrivals that find `servers` busy, by B(0) = 1, B(k) = a B(k-1) / (k + a B(k-1)).
///
/// Source: Jagerman, "Some Properties of the Erlang Loss Function", BSTJ 53 (1974).
pub fn erlang_b(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |b, k| load * b / (f64::from(k) + load * b))
}

/// Erlang's delay formula: the share of arrivals that wait, C = B / (1 - rho (1 - B)).
pub fn erlang_c(servers: u32, load: f64) -> f64 {
    let b = erlang_b(servers, load);
    b / (1.0 - load / f64::from(servers) * (1.0 - b))
}

/// Mean wait of M/M/c: C / (c mu - lambda).
pub fn erlang_c_wait(servers: u32, lambda: f64, mu: f64) -> f64 {
    erlang_c(servers, lambda / mu) / (f64::from(servers) * mu - lambda)
}

/// A quantile of the time in an M/M/1 queue, which is exponential of rate mu - lambda: -ln(1 - p) / (mu - lambda).
pub fn mm1_quantile(lambda: f64, mu: f64, p: f64) -> f64 {
    -libm::log1p(-p) / (mu - lambda)
}

/// The asymptotic variance of the time average of the number in an M/M/1 queue: over a time t the average has about this
/// variance divided by t. It is 2 rho (1 + rho) / (1 - rho)^4 / mu.
///
/// Source: Whitt, "Planning Queueing Simulations", Management Science 35 (1989).
pub fn mm1_queue_variance(rho: f64, mu: f64) -> f64 {
    2.0 * rho * (1.0 + rho) / libm::pow(1.0 - rho, 4.0) / mu
}

/// The long run of a birth-death process: how likely it is in each state.
#[derive(Clone, Debug)]
pub struct BirthDeath {
    shares: Vec<f64>,
}

impl BirthDeath {
    /// Births at `up(n)` in state n, deaths at `down(n)`, up to state `last`. A last state far beyond what is ever seen
    /// stands for none.
    pub fn new(last: u32, up: impl Fn(f64) -> f64, down: impl Fn(f64) -> f64) -> Self {
        let mut shares = vec![1.0];
        for n in 0..last {
            let next = shares[n as usize] * up(f64::from(n)) / down(f64::from(n + 1));
            shares.push(next);
        }
        let sum: f64 = shares.iter().sum();
        for share in &mut shares {
            *share /= sum;
        }
        Self { shares }
    }

    /// The mean of a function of the state.
    pub fn mean(&self, of: impl Fn(f64) -> f64) -> f64 {
        self.shares.iter().enumerate().map(|(n, share)| share * of(n as f64)).sum()
    }

    /// The mean number beyond `servers`: those who wait.
    pub fn waiting(&self, servers: u32) -> f64 {
        self.mean(|n| (n - f64::from(servers)).max(0.0))
    }

    /// The share of time with at least so many.
    pub fn at_least(&self, least: u32) -> f64 {
        self.mean(|n| f64::from(u8::from(n >= f64::from(least))))
    }
}

/// M/M/c/K: at most `places` in all.
pub fn mmck(servers: u32, places: u32, lambda: f64, mu: f64) -> BirthDeath {
    BirthDeath::new(places, |_| lambda, |n| n.min(f64::from(servers)) * mu)
}

/// M/M/c+M (Erlang-A): each of those who wait leaves at rate `theta`.
///
/// Source: Garnett, Mandelbaum & Reiman, "Designing a Call Center with Impatient Customers", MSOM 4 (2002).
pub fn erlang_a(servers: u32, lambda: f64, mu: f64, theta: f64) -> BirthDeath {
    let c = f64::from(servers);
    BirthDeath::new(20 * servers + 2_000, |_| lambda, |n| n.min(c) * mu + (n - c).max(0.0) * theta)
}

/// The same if everybody leaves at rate `theta`, those who are served included.
pub fn impatient(servers: u32, lambda: f64, mu: f64, theta: f64) -> BirthDeath {
    let c = f64::from(servers);
    BirthDeath::new(20 * servers + 2_000, |_| lambda, |n| n.min(c) * mu + n * theta)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64) {
        assert!((found / wanted - 1.0).abs() < 2e-5, "{found}, wanted {wanted}");
    }

    #[test]
    fn erlangs_formulas_match_known_values() {
        for (c, a, b, delayed, wait) in [
            (2, 1.6, 0.329_897, 0.711_111, 1.777_778),
            (4, 3.0, 0.206_107, 0.509_434, 0.509_434),
            (5, 4.0, 0.199_067, 0.554_113, 0.554_113),
            (10, 8.0, 0.121_661, 0.409_180, 0.204_590),
            (10, 9.0, 0.167_963, 0.668_732, 0.668_732),
            (100, 90.0, 0.026_957, 0.216_940, 0.021_694),
        ] {
            near(erlang_b(c, a), b);
            near(erlang_c(c, a), delayed);
            near(erlang_c_wait(c, a, 1.0), wait);
        }
    }

    #[test]
    fn bounded_queues_match_known_values() {
        let q = mmck(10, 20, 9.0, 1.0);
        near(q.at_least(20), 0.029_510_1);
        near(q.mean(|n| n), 11.039_661);
        near(q.waiting(10), 2.305_252);
        let q = mmck(10, 20, 12.0, 1.0);
        near(q.at_least(20), 0.179_665_9);
        near(q.waiting(10), 6.260_489);
        let q = mmck(1, 10, 0.9, 1.0);
        near(q.at_least(10), 0.050_813_7);
        near(q.mean(|n| n), 3.969_441);
        near(mmck(2, 5, 2.0, 1.0).waiting(2), 1.090_909_1);
    }

    #[test]
    fn impatient_users_match_known_values() {
        for (lambda, c, theta, wait, queue, abandoned) in [
            (12.0, 10, 0.5, 0.850_385, 4.695_743, 0.195_656),
            (10.0, 10, 1.0, 0.542_070, 1.251_100, 0.125_110),
            (9.0, 10, 1.0 / 3.0, 0.500_143, 1.526_750, 0.056_546),
            (100.0, 100, 1.0, 0.513_299, 3.986_100, 0.039_861),
        ] {
            let q = erlang_a(c, lambda, 1.0, theta);
            near(q.at_least(c), wait);
            near(q.waiting(c), queue);
            near(theta * q.waiting(c) / lambda, abandoned);
        }
        // With nobody waiting for ever or for no time at all it is one of the formulas above.
        near(impatient(1, 8.0, 10.0, 1e-12).mean(|n| n), 4.0);
        near(impatient(1000, 8.0, 1.0, 1.0).mean(|n| n), 4.0);
    }

    #[test]
    fn an_mm1_queue_matches_known_values() {
        near(mm1_quantile(8.0, 10.0, 0.5), 0.346_573_6);
        near(mm1_quantile(8.0, 10.0, 0.99), std::f64::consts::LN_10);
        near(mm1_queue_variance(0.5, 1.0), 24.0);
    }
}
