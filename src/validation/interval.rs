//! What independent replications say about a mean: Student's interval. Knows nothing of what was measured.

/// How sure an interval is that it holds the truth.
pub const CONFIDENCE: f64 = 0.999;

/// An estimate with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// The mean of independent values: mean +- t s / sqrt(n). Of a single value nothing is known.
    pub fn of_mean(values: &[f64]) -> Self {
        let estimate = mean(values);
        let reach = if values.len() < 2 {
            f64::INFINITY
        } else {
            quantile(values) * deviation(values) / libm::sqrt(values.len() as f64)
        };
        Self { estimate, low: estimate - reach, high: estimate + reach }
    }

    /// The standard deviation of independent, nearly normal values: its logarithm has a standard error of about 1 / sqrt(2
    /// (n - 1)).
    pub fn of_deviation(values: &[f64]) -> Self {
        let estimate = deviation(values);
        let factor = libm::exp(quantile(values) / libm::sqrt(2.0 * (values.len() as f64 - 1.0)));
        Self { estimate, low: estimate / factor, high: estimate * factor }
    }

    /// The largest value; nothing is known of larger ones.
    pub fn of_largest(values: &[f64]) -> Self {
        let estimate = values.iter().copied().max_by(f64::total_cmp).unwrap_or(f64::NAN);
        Self { estimate, low: estimate, high: estimate }
    }

    /// Whether it holds a value.
    pub fn holds(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Half its width over the size of the estimate.
    pub fn relative_half_width(self) -> f64 {
        let half = (self.high - self.low) / 2.0;
        if half == 0.0 { 0.0 } else { half / self.estimate.abs() }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sample standard deviation.
fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    libm::sqrt(squares / (values.len() as f64 - 1.0))
}

fn quantile(values: &[f64]) -> f64 {
    student_quantile(CONFIDENCE, values.len() as u32 - 1)
}

/// The t with P(-t < T < t) = `confidence` for Student's distribution, by bisection.
pub fn student_quantile(confidence: f64, freedom: u32) -> f64 {
    let (mut low, mut high) = (0.0, 1e6);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if student_inside(middle, freedom) < confidence { low = middle } else { high = middle }
    }
    high
}

/// P(-t < T < t), in closed form for a whole number of degrees of freedom.
///
/// Source: Abramowitz & Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4.
fn student_inside(t: f64, freedom: u32) -> f64 {
    let angle = libm::atan2(t, libm::sqrt(f64::from(freedom)));
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let odd = freedom % 2;
    // Even: 1 + 1/2 cos^2 + (1 3)/(2 4) cos^4 ...; odd: cos + 2/3 cos^3 + (2 4)/(3 5) cos^5 ...
    let mut term = if odd == 1 { cosine } else { 1.0 };
    let mut sum = if freedom == 1 { 0.0 } else { term };
    for k in 1..(freedom / 2) {
        let k = f64::from(2 * k + odd);
        term *= (k - 1.0) / k * cosine * cosine;
        sum += term;
    }
    if odd == 1 { std::f64::consts::FRAC_2_PI * (angle + sine * sum) } else { sine * sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_match_the_tables() {
        for (freedom, t) in [
            (1, 636.619),
            (2, 31.599),
            (3, 12.924),
            (4, 8.610),
            (9, 4.781),
            (19, 3.883),
            (30, 3.646),
            (120, 3.373),
        ] {
            let found = student_quantile(0.999, freedom);
            assert!((found - t).abs() < 1.1e-3 * t.max(1.0) / 2.0, "{freedom}: {found}");
        }
        assert!((student_quantile(0.95, 10) - 2.228).abs() < 1e-3);
    }

    #[test]
    fn intervals_are_what_they_say() {
        let interval = Interval::of_mean(&[9.0, 10.0, 11.0]);
        // t(2) = 31.599, s = 1.
        assert!((interval.estimate - 10.0).abs() < 1e-12);
        assert!((interval.high - 10.0 - 31.599 / 3_f64.sqrt()).abs() < 1e-3);
        assert!(interval.holds(10.0) && !interval.holds(30.0));
        assert!(Interval::of_mean(&[1.0]).holds(1e9));
        let same = Interval::of_mean(&[2.0; 5]);
        assert!(same.holds(2.0) && same.relative_half_width() == 0.0);
        assert!((Interval::of_largest(&[1.0, 3.0, 2.0]).estimate - 3.0).abs() < 1e-12);
    }
}
