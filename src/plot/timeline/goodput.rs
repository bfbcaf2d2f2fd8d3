//! The panel of goodput: what users got, as a share of what they got in the twin; without a twin, per second.

use std::ops::Range;

use crate::plot::axis::value_ticks;
use crate::plot::labels::{EndLabel, end_labels};
use crate::plot::series::{Windows, total};
use crate::plot::theme;
use crate::plot::words;
use crate::record::WorldRecord;

use super::page::{Page, through};

const HEIGHT: f64 = 150.0;
/// More lines than this are not told apart any more.
const MOST: usize = 6;
/// More than the twin's by as much is not drawn: what was put off comes at once when a queue is served.
const MOST_SHOWN: f64 = 1.5;
/// A share is computed over at least so many of the twin's answers, or it is noise.
const ENOUGH: f64 = 20.0;

/// The goodput of a class over time.
struct Curve<'a> {
    name: &'a str,
    values: Vec<(f64, f64)>,
    last: Option<f64>,
}

/// Draws the panel; without traffic there is none.
pub(super) fn draw(page: &mut Page<'_>) {
    let record = page.record;
    let curves: Vec<Curve<'_>> = match &record.twin {
        Some(twin) => shares(page, &record.actual, twin),
        None => rates(page),
    };
    if curves.is_empty() {
        return;
    }
    let relative = record.twin.is_some();
    let most = curves.iter().flat_map(|curve| &curve.values).map(|value| value.1).fold(0.0, f64::max);
    let (heading, unit, top, ticks) = if relative {
        let ticks = [0.0, 0.5, 1.0].map(|v| (v, format!("{:.0}\u{a0}%", v * 100.0))).to_vec();
        let unit = "answered requests, as a share of the twin\u{2019}s";
        let more = format!("{unit}; cut off at {}, reaches {}", words::share(MOST_SHOWN), words::share(most));
        let unit = if most > MOST_SHOWN { more } else { unit.to_owned() };
        ("Goodput", unit, most.clamp(1.08, MOST_SHOWN), ticks)
    } else {
        let (step, top) = value_ticks(most, 3.0);
        let n = libm::round(top / step) as u32;
        let ticks = (0..=n).map(|n| (f64::from(n) * step, words::rate(f64::from(n) * step))).collect();
        ("Goodput", "answered requests per second".to_owned(), top, ticks)
    };
    let panel = page.panel(heading, &unit, HEIGHT, top, &ticks);
    let left_alone = left_alone(page, &curves);
    let looks: Vec<_> = curves.iter().map(|curve| page.look(curve.name)).collect();
    let mut labels = Vec::new();
    if let Some((curve, class)) = &left_alone {
        let line = through(&page.axis, panel, curve.values.iter().copied());
        page.scene.dashed(&line, theme::REFERENCE, looks[*class].line, &[3.0, 5.0]);
        if let Some(last) = curve.last {
            let value = format!("{} {}", curve.name, words::share(last));
            labels.push(EndLabel { y: panel.y(last), name: "if nobody acts:".to_owned(), value, look: None });
        }
    }
    for (curve, look) in curves.iter().zip(&looks).rev() {
        let line = through(&page.axis, panel, curve.values.iter().copied());
        page.scene.dashed(&line, theme::SERIES, look.line, look.dash);
        let Some(last) = curve.last else { continue };
        let value = if relative { words::share(last) } else { words::rate(last) };
        labels.push(EndLabel { y: panel.y(last), name: curve.name.to_owned(), value, look: Some(*look) });
    }
    labels.reverse();
    let bounds = (panel.rect.top - 12.0, panel.rect.bottom + 12.0);
    end_labels(&mut page.scene, panel.rect.right, bounds, labels);
}

fn windows(page: &Page<'_>, world: &WorldRecord) -> Windows {
    Windows::of(world, page.record.simulated_s)
}

/// The class that would have fared most differently if nobody had acted, in the world in which nobody did; and which of
/// the curves is its own.
fn left_alone<'a>(page: &Page<'a>, curves: &[Curve<'a>]) -> Option<(Curve<'a>, usize)> {
    let (twin, unattended) = (page.record.twin.as_ref()?, page.record.unattended.as_ref()?);
    let lost = |name: &str, world: &WorldRecord| {
        world.classes.get(name).map_or(0.0, |class| class.ok.iter().sum::<u64>() as f64)
    };
    let differs = |name: &str| (lost(name, &page.record.actual) - lost(name, unattended)).abs();
    let (class, most) =
        curves.iter().enumerate().max_by(|a, b| differs(a.1.name).total_cmp(&differs(b.1.name)))?;
    let curve = shares(page, unattended, twin).into_iter().find(|curve| curve.name == most.name)?;
    (differs(most.name) > 0.0).then_some((curve, class))
}

/// Answers as a share of the twin\u{2019}s, over pieces long enough that the twin has some. Worlds with windows of different
/// widths are compared by time.
fn shares<'a>(page: &Page<'a>, world: &'a WorldRecord, twin: &'a WorldRecord) -> Vec<Curve<'a>> {
    let record = page.record;
    let (ours, theirs) = (windows(page, world), windows(page, twin));
    let coarse = if theirs.width_s > ours.width_s { theirs } else { ours };
    let cuts = coarse.cuts(record);
    let mut curves = Vec::new();
    for (name, class) in world.classes.iter().take(MOST) {
        let Some(expected) = twin.classes.get(name) else { continue };
        let rate = expected.ok.iter().sum::<u64>() as f64 / record.simulated_s.max(1e-9);
        let pieces = coarse.pooled(&page.axis, 4.0, ENOUGH / rate.max(1e-9), &cuts);
        let share = |piece: &Range<usize>| {
            let (from, to) = (coarse.begin(piece.start), coarse.begin(piece.end));
            let got = total(&class.ok, &ours.between(from, to)) as f64;
            let wanted = total(&expected.ok, &theirs.between(from, to)) as f64;
            (wanted > 0.0).then(|| got / wanted)
        };
        let values = pieces.iter().filter_map(|piece| Some((piece.clone(), share(piece)?)));
        curves.push(Curve { name, values: coarse.curve(values, &cuts), last: share(&coarse.last()) });
    }
    curves
}

/// Answers per second.
fn rates<'a>(page: &Page<'a>) -> Vec<Curve<'a>> {
    let world = &page.record.actual;
    let windows = windows(page, world);
    let cuts = windows.cuts(page.record);
    let pieces = windows.pooled(&page.axis, 4.0, 1.0, &cuts);
    let mut curves = Vec::new();
    for (name, class) in world.classes.iter().take(MOST) {
        let rate = |piece: &Range<usize>| total(&class.ok, piece) as f64 / windows.seconds(piece).max(1e-9);
        let values = windows.curve(pieces.iter().map(|piece| (piece.clone(), rate(piece))), &cuts);
        curves.push(Curve { name, values, last: Some(rate(&windows.last())) });
    }
    curves
}

#[cfg(test)]
mod tests {
    use crate::plot::fixture;
    use crate::plot::timeline::timeline;

    #[test]
    fn what_is_too_much_to_draw_is_told() {
        let (mut record, summary) = fixture::thursday();
        let told = |record: &crate::record::Record| timeline(record, &summary).svg().unwrap();
        assert!(!told(&record).contains("cut off"));
        let answered = &mut record.actual.classes.values_mut().next().unwrap().ok;
        for ok in answered {
            *ok *= 4;
        }
        let svg = told(&record);
        let words = svg.split("cut off at").nth(1).and_then(|rest| rest.split('<').next());
        assert_eq!(
            words.map(|words| words.trim().replace('\u{a0}', " ")),
            Some("150 %, reaches 386 %".to_owned())
        );
    }
}
