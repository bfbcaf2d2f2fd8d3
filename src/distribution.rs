//! Distributions of durations: samplers by inverse transform over `libm`, the same bits on every platform.
//!
//! `rand_distr` has samplers for most of these; they use the platform's logarithm as soon as any crate of the build
//! turns on `num-traits/std`, so they serve as oracles in tests and only their trait is used here.

use rand::{Rng, RngExt};
use rand_distr::Distribution;

use crate::time::SimDuration;

/// A distribution of lengths of time. All parameters are validated where a scenario is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DurationDistribution {
    /// Always the same.
    Constant(SimDuration),
    /// Exponential with this mean.
    Exp(SimDuration),
    /// Uniform between the two, the first included.
    Uniform(SimDuration, SimDuration),
    /// The sum of `stages` exponential stages, with this mean in all; its squared coefficient of variation is 1/stages.
    Erlang {
        /// Number of stages, 1 to 100.
        stages: u32,
        /// Mean of the sum.
        mean: SimDuration,
    },
    /// Log-normal with this mean and coefficient of variation (standard deviation / mean).
    LogNormal {
        /// Mean of the distribution, not of its logarithm.
        mean: SimDuration,
        /// Standard deviation / mean, above 0.
        cv: f64,
    },
    /// Pareto (power law) from `min` on with tail index `alpha`; its mean is infinite at `alpha` of 1 or less.
    Pareto {
        /// The smallest value.
        min: SimDuration,
        /// Tail index, above 0: P(X > x) = (min / x)^alpha.
        alpha: f64,
    },
}

impl DurationDistribution {
    /// The mean, infinite for a Pareto distribution with `alpha` of 1 or less.
    pub fn mean_s(&self) -> f64 {
        match *self {
            Self::Constant(mean)
            | Self::Exp(mean)
            | Self::Erlang { mean, .. }
            | Self::LogNormal { mean, .. } => mean.as_secs_f64(),
            Self::Uniform(low, high) => f64::midpoint(low.as_secs_f64(), high.as_secs_f64()),
            Self::Pareto { alpha, .. } if alpha <= 1.0 => f64::INFINITY,
            Self::Pareto { min, alpha } => min.as_secs_f64() * alpha / (alpha - 1.0),
        }
    }

    /// The squared coefficient of variation: variance / mean squared.
    pub fn scv(&self) -> f64 {
        match *self {
            Self::Constant(_) => 0.0,
            Self::Exp(_) => 1.0,
            Self::Uniform(low, high) => {
                let (width, mean) = (high.as_secs_f64() - low.as_secs_f64(), self.mean_s());
                if mean > 0.0 { width * width / 12.0 / (mean * mean) } else { 0.0 }
            }
            Self::Erlang { stages, .. } => 1.0 / f64::from(stages),
            Self::LogNormal { cv, .. } => cv * cv,
            Self::Pareto { alpha, .. } if alpha <= 2.0 => f64::INFINITY,
            Self::Pareto { alpha, .. } => 1.0 / (alpha * (alpha - 2.0)),
        }
    }
}

impl Distribution<SimDuration> for DurationDistribution {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> SimDuration {
        match *self {
            Self::Constant(value) => value,
            Self::Exp(mean) => mean.scaled(unit_exponential(rng)),
            Self::Uniform(low, high) => low + high.saturating_sub(low).scaled(uniform(rng)),
            Self::Erlang { stages, mean } => {
                let sum: f64 = (0..stages).map(|_| unit_exponential(rng)).sum();
                mean.scaled(sum / f64::from(stages))
            }
            Self::LogNormal { mean, cv } => {
                // sigma^2 = ln(1 + cv^2); the mean of exp(N(mu, sigma^2)) is exp(mu + sigma^2 / 2).
                let variance = libm::log1p(cv * cv);
                let z = standard_normal_quantile(open_uniform(rng));
                mean.scaled(libm::exp(libm::sqrt(variance) * z - variance / 2.0))
            }
            Self::Pareto { min, alpha } => min.scaled(libm::pow(open_uniform(rng), -1.0 / alpha)),
        }
    }
}

/// A draw from the exponential distribution of mean 1: -ln(1 - U).
pub fn unit_exponential<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    -libm::log(open_uniform(rng))
}

/// Uniform on [0, 1).
fn uniform<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    rng.random::<f64>()
}

/// Uniform on (0, 1]: safe to take the logarithm of.
fn open_uniform<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    1.0 - uniform(rng)
}

/// The quantile function of the standard normal distribution, for `p` in (0, 1]; relative error about 1e-16.
///
/// Source: M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics 37
/// (1988), routine PPND16.
fn standard_normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(&CENTER_NUMERATOR, &CENTER_DENOMINATOR, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = libm::sqrt(-libm::log(tail.max(f64::MIN_POSITIVE)));
    let z = if r <= 5.0 {
        ratio(&MIDDLE_NUMERATOR, &MIDDLE_DENOMINATOR, r - 1.6)
    } else {
        ratio(&TAIL_NUMERATOR, &TAIL_DENOMINATOR, r - 5.0)
    };
    if q < 0.0 { -z } else { z }
}

/// The ratio of two polynomials at `x`, coefficients from the constant term up.
fn ratio(numerator: &[f64; 8], denominator: &[f64; 8], x: f64) -> f64 {
    let horner = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient);
    horner(numerator) / horner(denominator)
}

#[rustfmt::skip]
const CENTER_NUMERATOR: [f64; 8] = [
    3.387_132_872_796_366_5, 133.141_667_891_784_38, 1_971.590_950_306_551_3, 13_731.693_765_509_46,
    45_921.953_931_549_87, 67_265.770_927_008_7, 33_430.575_583_588_13, 2_509.080_928_730_122_7,
];
#[rustfmt::skip]
const CENTER_DENOMINATOR: [f64; 8] = [
    1.0, 42.313_330_701_600_91, 687.187_007_492_057_9, 5_394.196_021_424_751,
    21_213.794_301_586_597, 39_307.895_800_092_71, 28_729.085_735_721_943, 5_226.495_278_852_545,
];
#[rustfmt::skip]
const MIDDLE_NUMERATOR: [f64; 8] = [
    1.423_437_110_749_683_5, 4.630_337_846_156_546, 5.769_497_221_460_691, 3.647_848_324_763_204_5,
    1.270_458_252_452_368_4, 0.241_780_725_177_450_6, 0.022_723_844_989_269_184, 7.745_450_142_783_414e-4,
];
#[rustfmt::skip]
const MIDDLE_DENOMINATOR: [f64; 8] = [
    1.0, 2.053_191_626_637_759, 1.676_384_830_183_803_8, 0.689_767_334_985_1,
    0.148_103_976_427_480_08, 0.015_198_666_563_616_457, 5.475_938_084_995_345e-4, 1.050_750_071_644_416_9e-9,
];
#[rustfmt::skip]
const TAIL_NUMERATOR: [f64; 8] = [
    6.657_904_643_501_103, 5.463_784_911_164_114, 1.784_826_539_917_291_3, 0.296_560_571_828_504_87,
    0.026_532_189_526_576_124, 0.001_242_660_947_388_078_4, 2.711_555_568_743_487_6e-5, 2.010_334_399_292_288_1e-7,
];
#[rustfmt::skip]
const TAIL_DENOMINATOR: [f64; 8] = [
    1.0, 0.599_832_206_555_888, 0.136_929_880_922_735_8, 0.014_875_361_290_850_615,
    7.868_691_311_456_133e-4, 1.846_318_317_510_054_8e-5, 1.421_511_758_316_446e-7, 2.044_263_103_389_939_8e-15,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Stream};

    fn samples(distribution: DurationDistribution, n: u64) -> Vec<f64> {
        let root = Key::of_seed(11).child(Stream::named("samples"));
        (0..n)
            .map(|k| distribution.sample(&mut root.nth(k).draws(Stream::named("work"))).as_secs_f64())
            .collect()
    }

    #[test]
    fn means_and_variances_are_as_stated() {
        let ms = SimDuration::from_millis;
        for distribution in [
            DurationDistribution::Constant(ms(20)),
            DurationDistribution::Exp(ms(20)),
            DurationDistribution::Uniform(ms(10), ms(30)),
            DurationDistribution::Erlang { stages: 4, mean: ms(20) },
            DurationDistribution::LogNormal { mean: ms(20), cv: 0.8 },
            DurationDistribution::Pareto { min: ms(10), alpha: 6.0 },
        ] {
            let n = 400_000;
            let xs = samples(distribution, n);
            let mean = xs.iter().sum::<f64>() / n as f64;
            let variance = xs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64;
            let half_width = 4.0 * (variance / n as f64).sqrt() + 1e-9;
            assert!((mean - distribution.mean_s()).abs() < half_width, "{distribution:?}: {mean}");
            let scv = variance / (mean * mean);
            assert!((scv - distribution.scv()).abs() < 0.03 * scv + 1e-9, "{distribution:?}: {scv}");
        }
    }

    /// Two-sample Kolmogorov-Smirnov against the samplers of `rand_distr`; 1.95 is the 0.1 % critical value.
    #[test]
    fn shapes_agree_with_rand_distr() {
        let ms = SimDuration::from_millis;
        let n = 50_000;
        let mut rng = Key::of_seed(5).draws(Stream::named("oracle"));
        let check = |ours: DurationDistribution, mut theirs: Vec<f64>| {
            let mut ours = samples(ours, n);
            ours.sort_by(f64::total_cmp);
            theirs.sort_by(f64::total_cmp);
            let (mut i, mut j, mut gap) = (0, 0, 0.0_f64);
            while i < ours.len() && j < theirs.len() {
                if ours[i] <= theirs[j] {
                    i += 1;
                } else {
                    j += 1;
                }
                gap = gap.max((i as f64 - j as f64).abs() / n as f64);
            }
            assert!(gap < 1.95 * (2.0 / n as f64).sqrt(), "gap {gap}");
        };
        let exp = rand_distr::Exp::new(50.0).unwrap();
        check(DurationDistribution::Exp(ms(20)), (0..n).map(|_| exp.sample(&mut rng)).collect());
        let variance = libm::log(1.64);
        let log_normal =
            rand_distr::LogNormal::new(libm::log(0.02) - variance / 2.0, variance.sqrt()).unwrap();
        check(
            DurationDistribution::LogNormal { mean: ms(20), cv: 0.8 },
            (0..n).map(|_| log_normal.sample(&mut rng)).collect(),
        );
        let pareto = rand_distr::Pareto::new(0.01, 3.0).unwrap();
        check(
            DurationDistribution::Pareto { min: ms(10), alpha: 3.0 },
            (0..n).map(|_| pareto.sample(&mut rng)).collect(),
        );
        let gamma = rand_distr::Gamma::new(3.0, 0.02 / 3.0).unwrap();
        check(
            DurationDistribution::Erlang { stages: 3, mean: ms(20) },
            (0..n).map(|_| gamma.sample(&mut rng)).collect(),
        );
    }

    #[test]
    fn normal_quantiles_match_the_published_check_values() {
        // Wichura 1988, and the usual two-sided 5 % point.
        for (p, z) in [
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_814),
            (0.975, 1.959_963_984_540_054),
        ] {
            assert!((standard_normal_quantile(p) - z).abs() < 1e-12, "{p}");
        }
        assert!((standard_normal_quantile(1e-20) + 9.262_340_089_798_408).abs() < 1e-12);
        assert!(standard_normal_quantile(1.0).is_finite());
    }

    /// The first draws of each distribution, to the bit: they may change only with a deliberate break of all runs.
    #[test]
    fn draws_are_pinned() {
        let ms = SimDuration::from_millis;
        let key = Key::of_seed(42);
        let nanos = |d: DurationDistribution| d.sample(&mut key.draws(Stream::named("pin"))).as_nanos();
        let drawn = [
            nanos(DurationDistribution::Exp(ms(20))),
            nanos(DurationDistribution::Uniform(ms(10), ms(30))),
            nanos(DurationDistribution::Erlang { stages: 4, mean: ms(20) }),
            nanos(DurationDistribution::LogNormal { mean: ms(20), cv: 0.8 }),
            nanos(DurationDistribution::Pareto { min: ms(10), alpha: 3.0 }),
        ];
        assert_eq!(drawn, [14_779_886, 20_448_120, 8_902_016, 15_012_166, 12_793_235]);
    }
}
