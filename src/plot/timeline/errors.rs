//! The panel of error rates: what the monitors read and when their alerts fired; without monitors, what users saw.

use crate::plot::font::Weight;
use crate::plot::geometry::{Point, Rect, at};
use crate::plot::labels::{EndLabel, Free, end_labels};
use crate::plot::scene::{Anchor, Text};
use crate::plot::series::{Windows, total, unbroken};
use crate::plot::theme::{self, Look, Marker};
use crate::plot::{font, words};

use super::page::{Page, Panel, through};
use super::readings::{MOST, Reading, error_rates};

const HEIGHT: f64 = 232.0;
/// A line of the panel.
struct Curve<'a> {
    name: &'a str,
    look: Look,
    width: f64,
    parts: Vec<Vec<Point>>,
    last: f64,
    reading: Option<Reading<'a>>,
}

/// Draws the panel.
pub(super) fn draw(page: &mut Page<'_>) {
    let shares = [0.0, 0.25, 0.5, 0.75, 1.0];
    let ticks: Vec<_> = shares.into_iter().map(|v| (v, format!("{:.0}\u{a0}%", v * 100.0))).collect();
    let readings = error_rates(page.record);
    let (heading, unit) = if readings.is_empty() {
        ("Failed requests", "share of those that ended")
    } else {
        ("Error rates", "as the monitors read them: share of what ended")
    };
    let panel = page.panel(heading, unit, HEIGHT, 1.0, &ticks);
    let curves = if readings.is_empty() { classes(page, panel) } else { monitors(page, panel, &readings) };
    let mut free = Free::default();
    for curve in &curves {
        curve.parts.iter().for_each(|part| free.occupy_line(part));
    }
    for curve in &curves {
        thresholds(page, panel, curve);
    }
    for curve in &curves {
        firing(page, panel, curve);
    }
    for curve in curves.iter().rev() {
        for part in &curve.parts {
            page.scene.dashed(part, curve.width, curve.look.line, curve.look.dash);
        }
    }
    for curve in &curves {
        fired(page, panel, curve, &mut free);
    }
    for curve in &curves {
        threshold_name(page, panel, curve, &mut free);
    }
    let x = panel.rect.right;
    let labels = curves
        .iter()
        .map(|curve| EndLabel {
            y: panel.y(curve.last),
            name: curve.name.to_owned(),
            value: words::share(curve.last),
            look: Some(curve.look),
        })
        .collect();
    end_labels(&mut page.scene, x, (panel.rect.top - 12.0, panel.rect.bottom + 12.0), labels);
}

/// The curves of the monitors. A second one of the same subject is thinner and dotted.
fn monitors<'a>(page: &mut Page<'a>, panel: Panel, readings: &[Reading<'a>]) -> Vec<Curve<'a>> {
    let mut curves = Vec::new();
    for reading in readings {
        let mut look = page.look(&reading.monitor.of);
        if reading.second {
            look = Look { dash: &[2.5, 3.5], marker: Marker::Diamond, ..look };
        }
        let line = |part: &&[(f64, f64)]| {
            // The last reading holds until the end, if that is near.
            let end_s = page.record.simulated_s;
            let last = part.last().filter(|last| end_s - last.0 <= 0.1 * end_s);
            let held = last.filter(|last| Some(*last) == reading.samples.last()).map(|last| (end_s, last.1));
            through(&page.axis, panel, part.iter().copied().chain(held))
        };
        curves.push(Curve {
            name: reading.name,
            parts: unbroken(reading.samples).iter().map(line).collect(),
            width: if reading.second { theme::REFERENCE } else { theme::SERIES },
            look,
            last: reading.samples.last().map_or(0.0, |sample| sample.1),
            reading: Some(*reading),
        });
    }
    curves
}

/// The curves of the classes.
fn classes<'a>(page: &mut Page<'a>, panel: Panel) -> Vec<Curve<'a>> {
    let record = page.record;
    let world = &record.actual;
    let windows = Windows::of(world, record.simulated_s);
    let cuts = windows.cuts(record);
    let pieces = windows.pooled(&page.axis, 4.0, 0.0, &cuts);
    let mut curves = Vec::new();
    for (name, class) in world.classes.iter().take(MOST) {
        let share = |piece: &std::ops::Range<usize>| {
            let (ok, failed) = (total(&class.ok, piece), total(&class.failed, piece));
            (ok + failed > 0).then(|| failed as f64 / (ok + failed) as f64)
        };
        let values = pieces.iter().filter_map(|piece| Some((piece.clone(), share(piece)?)));
        let line = through(&page.axis, panel, windows.curve(values, &cuts).into_iter());
        let last = share(&windows.last()).unwrap_or(0.0);
        curves.push(Curve {
            name,
            look: page.look(name),
            width: theme::SERIES,
            parts: vec![line],
            last,
            reading: None,
        });
    }
    curves
}

/// The threshold of an alert, as a thin dashed line.
fn thresholds(page: &mut Page<'_>, panel: Panel, curve: &Curve<'_>) {
    if let Some(threshold) = curve.reading.and_then(|reading| reading.monitor.threshold) {
        let y = panel.y(threshold);
        let line = [at(panel.rect.left, y), at(panel.rect.right, y)];
        page.scene.dashed(&line, 1.5, curve.look.line, &[6.0, 4.0]);
    }
}

/// A light ribbon under the curve while the alert fires.
fn firing(page: &mut Page<'_>, panel: Panel, curve: &Curve<'_>) {
    let Some(Reading { monitor, samples, .. }) = curve.reading else { return };
    for (from, to) in &monitor.alerts {
        let to = to.unwrap_or(page.record.simulated_s);
        let during = samples.iter().copied().filter(|sample| sample.0 >= *from && sample.0 <= to);
        let line = through(&page.axis, panel, during);
        let light = |c: u8| 255 - (255 - c) / 4;
        let color = curve.look.line;
        page.scene.line(
            line,
            11.0,
            plotters::style::RGBColor(light(color.0), light(color.1), light(color.2)),
        );
    }
}

/// A marker where the alert fired first, with the reading.
fn fired(page: &mut Page<'_>, panel: Panel, curve: &Curve<'_>, free: &mut Free) {
    let Some(Reading { monitor, samples, .. }) = curve.reading else { return };
    let begun = |alert: &&(f64, Option<f64>)| alert.0 <= page.record.simulated_s;
    let alerts: Vec<_> = monitor.alerts.iter().filter(begun).take(12).collect();
    for (n, (at_s, _)) in alerts.into_iter().enumerate() {
        let reading = samples.iter().take_while(|sample| sample.0 <= at_s + 1e-6).last();
        let Some((_, value)) = reading else { continue };
        let place = at(page.axis.x(*at_s), panel.y(*value));
        page.scene.marker(place, 7.0, curve.look.marker, curve.look.line);
        free.occupy(Rect::new(place.x - 9.0, place.y - 9.0, 18.0, 18.0));
        if n == 0 {
            let text = Text::new(place, words::share(*value)).bold().color(curve.look.words);
            let places = [
                (place.moved(14.0, 6.0), Anchor::Start),
                (place.moved(14.0, 20.0), Anchor::Start),
                (place.moved(0.0, -16.0), Anchor::Middle),
                (place.moved(-14.0, 0.0), Anchor::End),
                (place.moved(-14.0, -14.0), Anchor::End),
            ];
            free.write(&mut page.scene, panel.rect, &text, &places);
        }
    }
}

/// The name of the threshold, where there is room.
fn threshold_name(page: &mut Page<'_>, panel: Panel, curve: &Curve<'_>, free: &mut Free) {
    let Some(threshold) = curve.reading.and_then(|reading| reading.monitor.threshold) else { return };
    let y = panel.y(threshold);
    let name = font::fit(curve.name, theme::TEXT, Weight::Regular, 260.0);
    let text = Text::new(at(0.0, y), format!("{name}: alert at {}", words::share(threshold)));
    let text = text.color(curve.look.words);
    let mut places = Vec::new();
    for dy in [-6.0, 18.0] {
        places.push((at(panel.rect.right - 10.0, y + dy), Anchor::End));
        places.push((at(panel.rect.left + 10.0, y + dy), Anchor::Start));
        places.push((at(panel.rect.center().x, y + dy), Anchor::Middle));
    }
    free.write(&mut page.scene, panel.rect, &text, &places);
}
