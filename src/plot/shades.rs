//! Shades of harm, the same in every picture: the darker, the worse, so that they can be read without color as well.

use plotters::style::RGBColor;

use super::theme;

/// Shares that are told apart: each step begins here.
pub(crate) const STEPS: [f64; 5] = [0.0, 0.05, 0.25, 0.5, 0.9];

/// Hardly anything of the usual was asked.
pub(crate) const HARDLY: RGBColor = RGBColor(208, 213, 220);

/// The step of a share: a position in [`STEPS`].
pub(crate) fn step(share: f64) -> usize {
    STEPS.iter().rposition(|from| share >= *from).unwrap_or(0)
}

/// The color of a step.
pub(crate) const fn color(step: usize) -> RGBColor {
    match step {
        0 => RGBColor(238, 243, 247),
        1 => RGBColor(253, 212, 158),
        2 => RGBColor(252, 152, 76),
        3 => theme::VERMILION,
        _ => RGBColor(122, 38, 0),
    }
}

/// What a step stands for, in words; `first` says what there is a share of.
pub(crate) fn words(step: usize, first: &str) -> String {
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let from = percent(STEPS[step]);
    match STEPS.get(step + 1) {
        Some(to) if step == 0 => format!("less than {}\u{a0}% {first}", percent(*to)),
        Some(to) => format!("{from} to {}\u{a0}%", percent(*to)),
        None => format!("{from}\u{a0}% and more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn darker_is_worse() {
        let bright = |step| {
            let RGBColor(red, green, blue) = color(step);
            0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue)
        };
        assert!((1..STEPS.len()).all(|step| bright(step) < bright(step - 1) - 20.0));
        assert_eq!([0.0, 0.049, 0.05, 0.5, 0.9, 1.0].map(step), [0, 0, 1, 3, 4, 4]);
        assert_eq!(words(0, "failed").replace('\u{a0}', " "), "less than 5 % failed");
        assert_eq!(words(4, "failed").replace('\u{a0}', " "), "90 % and more");
    }
}
