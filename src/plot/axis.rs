//! From time and value to a place on the paper, and where to put ticks. Draws nothing.

use super::font::{self, Weight};
use super::{theme, words};

/// Least distance of two labeled ticks on the time axis.
const TICK_GAP: f64 = 84.0;

/// A period of interest of at least this share of the whole is large enough as it is.
pub(crate) const ENLARGED: f64 = 0.2;

/// Least space between two of their labels.
const LABEL_GAP: f64 = 8.0;

/// The time axis: one stretch of the paper, or up to three at different scales where the interesting part would be
/// too small to see.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TimeAxis {
    stretches: Vec<Stretch>,
}

/// A part of the time axis with one scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) from_s: f64,
    pub(crate) to_s: f64,
    pub(crate) left: f64,
    pub(crate) right: f64,
}

/// A tick of the time axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at_s: f64,
    pub(crate) x: f64,
    /// Its label; none for a small tick between two labeled ones.
    pub(crate) label: Option<String>,
}

impl Stretch {
    fn pixels_per_second(&self) -> f64 {
        (self.right - self.left) / (self.to_s - self.from_s)
    }
}

impl TimeAxis {
    /// An axis from T+0 to `end_s` between two places, with a period of interest that may be enlarged.
    pub(crate) fn new(end_s: f64, focus: Option<(f64, f64)>, left: f64, right: f64) -> Self {
        let end_s = if end_s > 0.0 { end_s } else { 1.0 };
        let whole = Stretch { from_s: 0.0, to_s: end_s, left, right };
        let stretches = focus.and_then(|focus| enlarged(whole, focus)).unwrap_or_else(|| vec![whole]);
        Self { stretches }
    }

    /// Its parts, from left to right.
    pub(crate) fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// The part that is enlarged, and by how much against the rest.
    pub(crate) fn enlarged(&self) -> Option<(Stretch, f64)> {
        let scale = |stretch: &Stretch| stretch.pixels_per_second();
        let most = self.stretches.iter().max_by(|a, b| scale(a).total_cmp(&scale(b)))?;
        let last = self.stretches.iter().min_by(|a, b| scale(a).total_cmp(&scale(b)))?;
        (self.stretches.len() > 1).then(|| (*most, scale(most) / scale(last)))
    }

    /// The place of an instant; instants off the axis are put at its ends.
    pub(crate) fn x(&self, at_s: f64) -> f64 {
        for stretch in &self.stretches {
            if at_s <= stretch.to_s {
                let share = (at_s - stretch.from_s).max(0.0) / (stretch.to_s - stretch.from_s);
                return stretch.left + share * (stretch.right - stretch.left);
            }
        }
        self.right()
    }

    /// Its left end.
    pub(crate) fn left(&self) -> f64 {
        self.stretches.first().map_or(0.0, |stretch| stretch.left)
    }

    /// Its right end.
    pub(crate) fn right(&self) -> f64 {
        self.stretches.last().map_or(0.0, |stretch| stretch.right)
    }

    /// Its end.
    pub(crate) fn end_s(&self) -> f64 {
        self.stretches.last().map_or(0.0, |stretch| stretch.to_s)
    }

    /// Ticks, labeled where there is room.
    pub(crate) fn ticks(&self) -> Vec<Tick> {
        let mut ticks: Vec<Tick> = Vec::new();
        let mut last_end = f64::NEG_INFINITY;
        for stretch in &self.stretches {
            let scale = stretch.pixels_per_second();
            let step = time_step(TICK_GAP / scale);
            let small = small_step(step, 13.0 / scale);
            let first = libm::ceil(stretch.from_s / small - 1e-9) as u64;
            let last = libm::floor(stretch.to_s / small + 1e-9) as u64;
            let every = libm::round(step / small).max(1.0) as u64;
            for n in first..=last {
                let at_s = n as f64 * small;
                let x = self.x(at_s);
                let label = (n % every == 0).then(|| tick_label(at_s, step)).filter(|label| {
                    let half = label_width(label) / 2.0;
                    let free = x - half >= last_end + LABEL_GAP;
                    last_end = if free { x + half } else { last_end };
                    free
                });
                ticks.push(Tick { at_s, x, label });
            }
        }
        ticks
    }
}

/// The width of a tick's label: instant or wall clock, whichever is wider.
fn label_width(label: &str) -> f64 {
    let width = |words: &str| font::width(words, theme::TEXT, Weight::Regular);
    width(label).max(width("00:00:00"))
}

fn tick_label(at_s: f64, step: f64) -> String {
    if at_s > 0.0 && step < 60.0 && at_s < 600.0 {
        let digits = usize::from(step < 1.0);
        return format!("T+{at_s:.digits$}\u{a0}s");
    }
    words::instant(at_s)
}

/// The axis in up to three parts; none if the focus is large enough as it is.
fn enlarged(whole: Stretch, (from_s, to_s): (f64, f64)) -> Option<Vec<Stretch>> {
    let from_s = if from_s < 0.02 * whole.to_s { 0.0 } else { from_s };
    let share = (to_s - from_s) / whole.to_s;
    if !(share > 0.0 && share < ENLARGED) || to_s >= whole.to_s {
        return None;
    }
    let width = whole.right - whole.left;
    let before = if from_s > 0.0 { 0.17 } else { 0.0 };
    let (begin, end) = (whole.left + before * width, whole.left + (before + 0.41) * width);
    let mut stretches = vec![
        Stretch { from_s, to_s, left: begin, right: end },
        Stretch { from_s: to_s, to_s: whole.to_s, left: end, right: whole.right },
    ];
    if from_s > 0.0 {
        stretches.insert(0, Stretch { from_s: 0.0, to_s: from_s, left: whole.left, right: begin });
    }
    Some(stretches)
}

/// Steps in which people count time.
const STEPS: [f64; 25] = [
    0.1,
    0.2,
    0.5,
    1.0,
    2.0,
    5.0,
    10.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    900.0,
    1800.0,
    3600.0,
    7200.0,
    10_800.0,
    21_600.0,
    43_200.0,
    86_400.0,
    172_800.0,
    604_800.0,
    1_209_600.0,
    2_419_200.0,
    4_838_400.0,
];

/// The smallest step of at least so many seconds.
pub(crate) fn time_step(least: f64) -> f64 {
    STEPS.into_iter().find(|step| *step >= least).unwrap_or(least)
}

/// The largest step of at most so many seconds.
pub(crate) fn time_step_within(most: f64) -> f64 {
    STEPS.into_iter().take_while(|step| *step <= most).last().unwrap_or(STEPS[0])
}

/// A length of time that people would choose to look at, at least so long.
pub(crate) fn focus_length(least: f64) -> f64 {
    const LENGTHS: [f64; 16] = [
        2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 900.0, 1800.0, 3600.0,
    ];
    LENGTHS.into_iter().find(|length| *length >= least).unwrap_or(least)
}

/// The smallest step of at least so many seconds that divides a larger one.
fn small_step(step: f64, least: f64) -> f64 {
    let divides = |small: f64| {
        let times = step / small;
        (times - libm::round(times)).abs() < 1e-9
    };
    STEPS.into_iter().find(|small| *small >= least && *small < step && divides(*small)).unwrap_or(step)
}

/// Ticks of a value axis from zero: a round step and the top, at or above `most`.
pub(crate) fn value_ticks(most: f64, intervals: f64) -> (f64, f64) {
    let most = if most.is_finite() && most > 0.0 { most } else { 1.0 };
    let mut unit = 1.0;
    while unit * intervals * 10.0 <= most {
        unit *= 10.0;
    }
    while unit * intervals > most {
        unit /= 10.0;
    }
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|round| round * unit)
        .find(|step| step * intervals >= most * 0.999)
        .unwrap_or(10.0 * unit);
    (step, step * libm::ceil(most / step - 1e-9).max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_is_continuous_and_clamped() {
        let axis = TimeAxis::new(1500.0, Some((0.0, 90.0)), 100.0, 1000.0);
        assert_eq!(axis.stretches().len(), 2);
        assert!((axis.x(90.0) - 469.0).abs() < 1e-9);
        assert!(axis.x(90.001) - axis.x(90.0) < 0.01);
        assert_eq!(axis.x(-5.0).to_bits(), 100.0_f64.to_bits());
        assert_eq!(axis.x(9999.0).to_bits(), 1000.0_f64.to_bits());
        let (part, times) = axis.enlarged().unwrap();
        assert!(part.to_s < 91.0 && times > 10.0);
        assert!(TimeAxis::new(120.0, Some((0.0, 90.0)), 100.0, 1000.0).enlarged().is_none());
        assert_eq!(TimeAxis::new(6000.0, Some((3000.0, 3090.0)), 0.0, 900.0).stretches().len(), 3);
    }

    #[test]
    fn labels_of_ticks_keep_their_distance() {
        for (end, focus) in [(10.0, None), (1500.0, Some((0.0, 90.0))), (36_000.0, None), (0.0, None)] {
            let axis = TimeAxis::new(end, focus, 92.0, 1000.0);
            let ticks = axis.ticks();
            let labeled: Vec<_> = ticks.iter().filter(|tick| tick.label.is_some()).collect();
            assert!((3..=12).contains(&labeled.len()), "{end}: {}", labeled.len());
            assert!(labeled.windows(2).all(|pair| pair[1].x - pair[0].x > 70.0));
            assert!(ticks.len() < 200);
        }
    }

    #[test]
    fn value_axes_are_round() {
        assert_eq!(value_ticks(690.0, 4.0), (200.0, 800.0));
        assert_eq!(value_ticks(0.0, 4.0), (0.25, 1.0));
        assert_eq!(value_ticks(1.0, 2.0), (0.5, 1.0));
        let (step, top) = value_ticks(3.3e9, 4.0);
        assert!(top >= 3.3e9 && step > 0.0);
    }
}
