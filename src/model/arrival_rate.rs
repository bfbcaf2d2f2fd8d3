//! Rates over time, and the instant at which their integral reaches a value. Draws nothing.

use crate::time::{SimDuration, SimTime};

/// A rate over time, piecewise linear.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrivalRate {
    /// Pieces in order; the last lasts for ever.
    pieces: Vec<Piece>,
}

/// A stretch of time with a linear rate.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    /// Its begin, in seconds.
    from_s: f64,
    /// Rate at its begin, per second.
    rate: f64,
    /// Change of the rate, per second squared.
    slope: f64,
    /// Expected arrivals before its begin.
    before: f64,
}

impl Piece {
    /// Expected arrivals before `at_s`, a time within it.
    fn cumulative(&self, at_s: f64) -> f64 {
        let elapsed = at_s - self.from_s;
        self.before + elapsed * (self.rate + self.slope * elapsed / 2.0)
    }
}

impl ArrivalRate {
    /// The same rate for ever.
    pub fn constant(per_s: f64) -> Self {
        Self { pieces: vec![Piece { from_s: 0.0, rate: per_s, slope: 0.0, before: 0.0 }] }
    }

    /// A rate that jumps at each point (`ramp` false) or runs straight from point to point (`ramp` true). Points are
    /// (time since `origin`, rate per second), in increasing order of time; before the first its rate holds.
    pub fn profile(points: &[(SimDuration, f64)], ramp: bool, origin: SimTime) -> Self {
        let Some(&(_, first_rate)) = points.first() else { return Self::constant(0.0) };
        let mut pieces = vec![Piece { from_s: 0.0, rate: first_rate, slope: 0.0, before: 0.0 }];
        for (i, &(at, rate)) in points.iter().enumerate() {
            let from_s = (origin + at).as_secs_f64();
            let slope = match points.get(i + 1) {
                Some(&(next_at, next_rate)) if ramp => {
                    (next_rate - rate) / (next_at.saturating_sub(at)).as_secs_f64()
                }
                _ => 0.0,
            };
            let last = &pieces[pieces.len() - 1];
            let piece = Piece { from_s, rate, slope, before: last.cumulative(from_s) };
            if from_s <= 0.0 {
                pieces[0] = piece;
            } else {
                pieces.push(piece);
            }
        }
        Self { pieces }
    }

    /// The instant at which the expected number of arrivals reaches `target`; none if it never does.
    ///
    /// `hint` is the piece that the last answer lay in and is moved on; targets must not decrease.
    pub fn reaches(&self, target: f64, hint: &mut usize) -> Option<SimTime> {
        while self.pieces.get(*hint + 1).is_some_and(|next| next.before <= target) {
            *hint += 1;
        }
        let piece = &self.pieces[*hint];
        let missing = target - piece.before;
        // The smaller root of slope/2 t^2 + rate t = missing, in the form that does not cancel.
        let root = piece.rate * piece.rate + 2.0 * piece.slope * missing;
        let divisor = piece.rate + libm::sqrt(root.max(0.0));
        if divisor <= 0.0 {
            return None;
        }
        let at_s = piece.from_s + 2.0 * missing / divisor;
        // Later than 500 years is never: the clock does not reach that far.
        (at_s < 1.5e10).then(|| SimTime::ZERO + SimDuration::from_secs_f64(at_s))
    }

    /// Instants between which the rate is linear, in order: those of the profile.
    pub fn corners(&self) -> impl Iterator<Item = SimTime> + '_ {
        self.pieces.iter().map(|piece| SimTime::ZERO + SimDuration::from_secs_f64(piece.from_s.max(0.0)))
    }

    /// The expected number of arrivals before an instant.
    pub fn before(&self, instant: SimTime) -> f64 {
        let at_s = instant.as_secs_f64();
        self.piece(at_s).cumulative(at_s)
    }

    /// The rate at an instant, per second.
    pub fn at(&self, instant: SimTime) -> f64 {
        let at_s = instant.as_secs_f64();
        let piece = self.piece(at_s);
        piece.rate + piece.slope * (at_s - piece.from_s)
    }

    fn piece(&self, at_s: f64) -> &Piece {
        self.pieces.iter().rev().find(|piece| piece.from_s <= at_s).unwrap_or(&self.pieces[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(s: u64) -> SimDuration {
        SimDuration::from_secs(s)
    }

    #[test]
    fn constant_rates_invert() {
        let rate = ArrivalRate::constant(80.0);
        assert_eq!(rate.reaches(80.0, &mut 0), Some(SimTime::from_nanos(1_000_000_000)));
        assert_eq!(ArrivalRate::constant(0.0).reaches(1.0, &mut 0), None);
    }

    #[test]
    fn steps_stretch_time_and_never_redraw() {
        let origin = SimTime::ZERO + secs(10);
        let rate = ArrivalRate::profile(&[(secs(0), 10.0), (secs(5), 0.0), (secs(7), 20.0)], false, origin);
        let mut hint = 0;
        // 100 in the warm-up, 50 until T+5, none until T+7, then 20 a second.
        for (target, at_s) in [(99.0, 9.9), (149.0, 14.9), (151.0, 17.05), (170.0, 18.0)] {
            let at = rate.reaches(target, &mut hint).unwrap().as_secs_f64();
            assert!((at - at_s).abs() < 1e-9, "{target}: {at}");
        }
    }

    #[test]
    fn ramps_integrate_to_their_area() {
        let rate =
            ArrivalRate::profile(&[(secs(0), 0.0), (secs(10), 100.0), (secs(20), 0.0)], true, SimTime::ZERO);
        let mut hint = 0;
        for (target, at_s) in [(125.0, 5.0), (500.0, 10.0), (875.0, 15.0), (999.999_999, 20.0)] {
            let at = rate.reaches(target, &mut hint).unwrap().as_secs_f64();
            assert!((at - at_s).abs() < 1e-3, "{target}: {at}");
            let before = rate.before(SimTime::ZERO + SimDuration::from_secs_f64(at_s));
            assert!((before - target).abs() < 1e-3, "{before} before {at_s}");
        }
        assert_eq!(rate.reaches(1001.0, &mut hint), None, "the ramp ends at zero");
        assert!((rate.at(SimTime::ZERO + secs(15)) - 50.0).abs() < 1e-9);
        let corners: Vec<f64> = rate.corners().map(SimTime::as_secs_f64).collect();
        assert_eq!(corners, [0.0, 10.0, 20.0]);
    }
}
