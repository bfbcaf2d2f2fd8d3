//! Single servers with work or arrivals of any distribution.

/// Mean wait of M/G/1: lambda E[S^2] / (2 (1 - rho)) = rho S (1 + cs^2) / (2 (1 - rho)), whatever the order of service.
///
/// Source: Pollaczek (1930), Khinchine (1932); Kleinrock, "Queueing Systems", vol. 1, section 5.6.
pub fn pollaczek_khinchine(lambda: f64, mean: f64, scv: f64) -> f64 {
    let rho = lambda * mean;
    rho * mean * (1.0 + scv) / (2.0 * (1.0 - rho))
}

/// Mean waits of classes in the order of their priority, of which the begun are not put aside. Each class is its rate, the
/// mean of its work and the mean of its square: W(k) = R / ((1 - s(k-1)) (1 - s(k))), R = sum of lambda E[S^2] / 2, s(k) the
/// load of the first k.
///
/// Source: Cobham, "Priority Assignment in Waiting Line Problems", Operations Research 2 (1954).
pub fn priority_waits(classes: &[(f64, f64, f64)]) -> Vec<f64> {
    let residual: f64 = classes.iter().map(|(lambda, _, square)| lambda * square / 2.0).sum();
    let mut above = 0.0;
    let wait = |(lambda, mean, _): &(f64, f64, f64)| {
        let before = above;
        above += lambda * mean;
        residual / ((1.0 - before) * (1.0 - above))
    };
    classes.iter().map(wait).collect()
}

/// The root below one of sigma = transform(mu (1 - sigma)), by iteration from zero; `transform` is the Laplace transform of
/// the time between arrivals.
pub fn arrival_root(mu: f64, transform: impl Fn(f64) -> f64) -> f64 {
    (0..10_000).fold(0.0, |sigma, _| transform(mu * (1.0 - sigma)))
}

/// Mean wait of G/M/1: sigma / (mu (1 - sigma)).
///
/// Source: Kleinrock, "Queueing Systems", vol. 1, section 6.4.
pub fn gm1_wait(mu: f64, transform: impl Fn(f64) -> f64) -> f64 {
    let sigma = arrival_root(mu, transform);
    sigma / (mu * (1.0 - sigma))
}

/// Kingman's bound for the mean wait of G/G/1, close to it under load: rho / (1 - rho) (ca^2 + cs^2) / 2 S.
///
/// Source: Kingman, "The Single Server Queue in Heavy Traffic", Math. Proc. Cambridge 57 (1961).
pub fn kingman_wait(rho: f64, mean: f64, arrivals_scv: f64, work_scv: f64) -> f64 {
    rho / (1.0 - rho) * f64::midpoint(arrivals_scv, work_scv) * mean
}

/// The share that M/D/1/B refuses: at most `places` in all, by the chain embedded at departures.
///
/// Source: Gross & Harris, "Fundamentals of Queueing Theory", section 5.1.8; as a token bucket: Berger, "Performance
/// Analysis of a Rate-Control Throttle where Tokens and Jobs Queue", IEEE JSAC 9 (1991).
pub fn deterministic_loss(rho: f64, places: u32) -> f64 {
    let places = places as usize;
    // Arrivals during one piece of work.
    let mut arrivals = vec![libm::exp(-rho)];
    for k in 1..=places {
        arrivals.push(arrivals[k - 1] * rho / k as f64);
    }
    let mut left = vec![1.0];
    for j in 0..places.saturating_sub(1) {
        let before: f64 = (1..=j).map(|i| left[i] * arrivals[j + 1 - i]).sum();
        left.push((left[j] - left[0] * arrivals[j] - before) / arrivals[0]);
    }
    let empty = 1.0 / left.iter().sum::<f64>();
    1.0 - 1.0 / (empty + rho)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64) {
        assert!((found / wanted - 1.0).abs() < 1e-6, "{found}, wanted {wanted}");
    }

    #[test]
    fn waits_match_known_values() {
        for (rho, constant, varied) in [(0.5, 0.5, 2.5), (0.8, 2.0, 10.0), (0.9, 4.5, 22.5)] {
            near(pollaczek_khinchine(rho, 1.0, 0.0), constant);
            near(pollaczek_khinchine(rho, 1.0, 4.0), varied);
            near(kingman_wait(rho, 1.0, 1.0, 1.0), pollaczek_khinchine(rho, 1.0, 1.0));
        }
        // Two classes of the same work: together they wait as one.
        let waits = priority_waits(&[(0.3, 1.0, 2.0), (0.5, 1.0, 2.0)]);
        near(0.3 / 0.8 * waits[0] + 0.5 / 0.8 * waits[1], pollaczek_khinchine(0.8, 1.0, 1.0));
        near(waits[0], 0.8 / 0.7);
    }

    #[test]
    fn other_arrivals_match_what_is_known_of_them() {
        // Exponential gaps: sigma is rho.
        near(arrival_root(10.0, |s| 8.0 / (8.0 + s)), 0.8);
        // Constant gaps at rho = 0.5: sigma = exp(-2 (1 - sigma)).
        near(arrival_root(1.0, |s| libm::exp(-2.0 * s)), 0.203_187_87);
        near(gm1_wait(10.0, |s| 8.0 / (8.0 + s)), 0.4);
    }

    #[test]
    fn a_bounded_queue_with_constant_work_matches_what_is_known_of_it() {
        // One place: Erlang's loss formula.
        near(deterministic_loss(0.8, 1), 0.8 / 1.8);
        // Two: 1 - 1 / (rho + e^-rho), from the chain of two states.
        near(deterministic_loss(0.8, 2), 1.0 - 1.0 / (0.8 + libm::exp(-0.8)));
        assert!(deterministic_loss(0.5, 60).abs() < 1e-9);
        near(deterministic_loss(2.0, 60), 0.5);
    }
}
