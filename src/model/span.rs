//! Mean lengths of steps, and of steps that run side by side. Knows no model: lengths in, lengths out.

use crate::distribution::DurationDistribution;

/// Points at which an integral is taken, at most.
const MOST_POINTS: usize = 2_048;

/// A length of time: a part that is always the same, and a part that varies, taken as exponential where that matters.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Span {
    /// What it always takes, in seconds.
    pub(super) fixed_s: f64,
    /// Mean of what it takes beyond that, in seconds.
    pub(super) varying_s: f64,
}

impl Span {
    /// A drawn length.
    pub(super) fn of(time: &DurationDistribution) -> Self {
        let fixed_s = match *time {
            DurationDistribution::Constant(all) => all.as_secs_f64(),
            DurationDistribution::Uniform(least, _) | DurationDistribution::Pareto { min: least, .. } => {
                least.as_secs_f64()
            }
            _ => 0.0,
        };
        Self { fixed_s, varying_s: (time.mean_s() - fixed_s).max(0.0) }
    }

    /// Its mean, in seconds.
    pub(super) fn mean_s(self) -> f64 {
        self.fixed_s + self.varying_s
    }

    /// Followed by another, which happens with a probability.
    pub(super) fn then(self, next: Self, probability: f64) -> Self {
        if probability >= 1.0 {
            Self { fixed_s: self.fixed_s + next.fixed_s, varying_s: self.varying_s + next.varying_s }
        } else {
            Self { varying_s: self.varying_s + probability * next.mean_s(), ..self }
        }
    }

    /// Cut off after so many seconds. The mean of the shorter one is at most the shorter mean.
    pub(super) fn at_most(self, limit_s: f64) -> Self {
        if self.mean_s() <= limit_s {
            return self;
        }
        let fixed_s = self.fixed_s.min(limit_s);
        Self { fixed_s, varying_s: limit_s - fixed_s }
    }

    /// Probability that it is over after so many seconds.
    fn is_over(self, after_s: f64) -> f64 {
        match after_s - self.fixed_s {
            beyond if beyond < 0.0 => 0.0,
            _ if self.varying_s <= 0.0 => 1.0,
            beyond => 1.0 - libm::exp(-beyond / self.varying_s),
        }
    }
}

/// Until `needed` of several that begin together and do not know of each other are over.
///
/// The mean of an order statistic is the integral of the probability that fewer than `needed` are over (for example
/// H. A. David, "Order Statistics", section 3.1), taken numerically. **Exact** for constants and for shifted
/// exponentials: of n exponentials of mean m, all take `H_n m` and the first k of them `(H_n - H_(n-k)) m`. For
/// anything else an **approximation**, because what varies is taken as exponential: too long for lengths that vary
/// less.
pub(super) fn until(spans: &[Span], needed: usize) -> Span {
    let needed = needed.min(spans.len());
    if needed == 0 {
        return Span::default();
    }
    if let [only] = spans {
        return *only;
    }
    if spans.iter().filter(|span| span.mean_s().is_finite()).count() < needed {
        return Span { fixed_s: 0.0, varying_s: f64::INFINITY };
    }
    let mut fixed: Vec<f64> = spans.iter().map(|span| span.fixed_s).collect();
    fixed.sort_by(f64::total_cmp);
    let begin = fixed[needed - 1];
    let corners: Vec<f64> = fixed.iter().copied().filter(|at| *at >= begin).collect();
    let mut beyond = 0.0;
    for pair in corners.windows(2) {
        beyond += integral(spans, needed, pair[0], pair[1]);
    }
    let last = corners.last().copied().unwrap_or(begin);
    let slowest = spans.iter().map(|span| span.varying_s).filter(|mean| mean.is_finite()).fold(0.0, f64::max);
    // What is left of an exponential after 40 means is below 1e-17.
    beyond += integral(spans, needed, last, last + 40.0 * slowest);
    Span { fixed_s: begin, varying_s: beyond }
}

/// The integral of the probability that fewer than `needed` are over, by Simpson's rule on a scale that is fine at the
/// begin and coarse at the end: there are lengths of milliseconds beside lengths of minutes.
fn integral(spans: &[Span], needed: usize, from: f64, to: f64) -> f64 {
    let shortest = spans
        .iter()
        .map(|span| span.varying_s)
        .filter(|mean| *mean > 0.0 && mean.is_finite())
        .fold(f64::INFINITY, f64::min);
    if to <= from {
        return 0.0;
    }
    if !shortest.is_finite() {
        return (to - from) * fewer(spans, needed, f64::midpoint(from, to));
    }
    let points = (4_000_000 / (spans.len() * needed)).clamp(64, MOST_POINTS) & !1;
    let end = libm::log1p((to - from) / shortest);
    let step = end / points as f64;
    let value = |index: usize| {
        let stretched = libm::exp(step * index as f64);
        // Never at the end itself, where a constant jumps.
        let at = (from + shortest * (stretched - 1.0)).min(to - (to - from) * 1e-12);
        fewer(spans, needed, at) * shortest * stretched
    };
    let inner: f64 = (1..points).map(|index| if index % 2 == 1 { 4.0 } else { 2.0 } * value(index)).sum();
    (value(0) + inner + value(points)) * step / 3.0
}

/// Probability that fewer than `needed` are over after so many seconds.
fn fewer(spans: &[Span], needed: usize, after_s: f64) -> f64 {
    1.0 - at_least(spans.iter().map(|span| span.is_over(after_s)), needed)
}

/// Probability that at least `needed` of several independent things happen.
pub(super) fn at_least(chances: impl Iterator<Item = f64>, needed: usize) -> f64 {
    // exactly[k]: so many have happened; whatever reaches `needed` stays there.
    let mut exactly = vec![0.0; needed + 1];
    exactly[0] = 1.0;
    for chance in chances {
        exactly[needed] += if needed == 0 { 0.0 } else { exactly[needed - 1] * chance };
        for count in (0..needed).rev() {
            let risen = if count == 0 { 0.0 } else { exactly[count - 1] * chance };
            exactly[count] = exactly[count] * (1.0 - chance) + risen;
        }
    }
    exactly[needed]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exponential(mean_s: f64) -> Span {
        Span { fixed_s: 0.0, varying_s: mean_s }
    }

    fn constant(all_s: f64) -> Span {
        Span { fixed_s: all_s, varying_s: 0.0 }
    }

    #[test]
    fn orders_of_exponentials_are_those_of_the_books() {
        // H_10 = 2.92897, H_10 - H_3 = 1.09563, and a tenth for the first of ten.
        let ten = vec![exponential(1.0); 10];
        for (needed, mean) in [(10, 2.928_968), (7, 1.095_635), (1, 0.1)] {
            assert!(
                (until(&ten, needed).mean_s() - mean).abs() < 1e-4,
                "{needed}: {:?}",
                until(&ten, needed)
            );
        }
        // Of two with rates 1 and 1000, by inclusion and exclusion: 1 + 0.001 - 1/1001.
        let two = [exponential(1.0), exponential(0.001)];
        assert!((until(&two, 2).mean_s() - 1.000_001).abs() < 1e-5, "{:?}", until(&two, 2));
    }

    #[test]
    fn constants_are_exact() {
        let three = [constant(0.05), constant(0.2), constant(0.1)];
        for (needed, mean) in [(1, 0.05), (2, 0.1), (3, 0.2)] {
            assert!((until(&three, needed).mean_s() - mean).abs() < 1e-9, "{needed}");
        }
        // max(0.1, Exp(0.1)) = 0.1 + 0.1 / e.
        let mixed = [constant(0.1), exponential(0.1)];
        assert!((until(&mixed, 2).mean_s() - 0.136_788).abs() < 1e-5, "{:?}", until(&mixed, 2));
    }

    #[test]
    fn what_has_no_mean_is_said_to_have_none() {
        let heavy = [exponential(f64::INFINITY), exponential(0.1)];
        assert!(until(&heavy, 2).mean_s().is_infinite());
        assert!(until(&heavy, 1).mean_s().is_finite());
    }

    #[test]
    fn counts_of_independent_things_are_binomial() {
        assert!((at_least([0.5; 4].into_iter(), 2) - 11.0 / 16.0).abs() < 1e-12);
        assert!((at_least([0.5; 4].into_iter(), 0) - 1.0).abs() < 1e-12);
        assert!((at_least([0.1, 1.0].into_iter(), 2) - 0.1).abs() < 1e-12);
    }
}
