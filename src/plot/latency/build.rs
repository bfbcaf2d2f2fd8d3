//! Puts the latency picture together: a panel for each traffic class on one scale, time, legend. Judges nothing itself.

use crate::analysis::Summary;
use crate::plot::figure::Figure;
use crate::plot::font::{self, Weight};
use crate::plot::geometry::{Rect, at};
use crate::plot::scene::{Scene, Text};
use crate::plot::theme;
use crate::plot::timeline::page::{LEFT, Page, axis};
use crate::plot::timeline::people;
use crate::plot::words;
use crate::record::{Record, WorldRecord};

use super::bands::Bands;
use super::panel;
use super::scale::Scale;
use super::title;

/// So many classes have a panel.
const MOST: usize = 6;
/// A longest wait beyond so many times the slowest answer is told in words.
const NEAR: f64 = 20.0;

/// How long users waited for answers over time, for each traffic class: bands between p50, p90 and p99 on a logarithmic scale,
/// the twin's p50 and p99, and when clients give up. Of many classes those that became slowest.
pub fn latency(record: &Record, summary: &Summary) -> Figure {
    let axis = axis(record, summary, LEFT);
    let all = &record.actual.classes;
    let mut classes: Vec<Bands<'_>> =
        all.iter().map(|(name, series)| Bands::of(record, &axis, name, series)).collect();
    // Without a fault the twin is the same run.
    let against_twin = record.twin.is_some() && !record.faults.is_empty();
    let left_out = slowest(&mut classes, against_twin);
    let mut reason = title::reason(&classes);
    if left_out > 0 {
        reason = format!("{reason} Not shown: {}.", words::several(left_out, "class", "classes"));
    }
    let mut page = Page::new(record, summary, title::title(&classes, against_twin), &reason, LEFT);
    people::draw(&mut page);
    let scale = scale(&classes);
    for class in &classes {
        let look = page.look(class.name);
        panel::draw(&mut page, class, look, &unit(record, class, scale), scale);
    }
    page.time_axis();
    if !classes.is_empty() {
        let twin = classes.iter().any(|class| !class.is_as_twin()) && record.twin.is_some();
        page.y = legend(&mut page.scene, page.y + 22.0, twin);
    }
    page.finish()
}

/// Keeps the classes that became slowest (against the twin, if there is one), in their order, and counts the others.
fn slowest(classes: &mut Vec<Bands<'_>>, against_twin: bool) -> usize {
    let left_out = classes.len().saturating_sub(MOST);
    if left_out > 0 {
        let rise = |class: &Bands<'_>| {
            let slowest = class.slowest(against_twin).map_or(0.0, |(_, size)| size);
            // No answer is slower than any.
            if class.unanswered_s() > 0.0 { f64::INFINITY } else { slowest }
        };
        let mut rises: Vec<f64> = classes.iter().map(rise).collect();
        rises.sort_by(|a, b| b.total_cmp(a));
        let least = rises[MOST - 1];
        classes.retain(|class| rise(class) >= least);
        classes.truncate(MOST);
    }
    left_out
}

/// One scale for all panels: from the fastest median to the slowest p99, and to the longest waits if they are not far.
fn scale(classes: &[Bands<'_>]) -> Scale {
    let steps = || classes.iter().flat_map(|class| &class.steps);
    let quantiles = || steps().flat_map(|step| step.actual.into_iter().chain(step.twin)).flatten();
    let slowest = quantiles().fold(0.0, f64::max);
    let waits = classes.iter().filter_map(|class| class.patience_ms);
    Scale::around(quantiles().chain(waits.filter(|wait| *wait <= NEAR * slowest)))
}

/// What stands beside the name of a class: the whole run's p99.9, and the longest wait.
fn unit(record: &Record, class: &Bands<'_>, scale: Scale) -> String {
    let p999 = |world: &WorldRecord| {
        let totals = world.totals.classes.get(class.name).filter(|totals| totals.ok > 0)?;
        Some(words::length(totals.latency_ms.p999 / 1000.0))
    };
    let mut unit = "latency, logarithmic".to_owned();
    match (p999(&record.actual), record.twin.as_ref().and_then(p999)) {
        (Some(actual), Some(_)) if class.is_as_twin() => {
            unit = format!("{unit}; p99.9 of the whole run {actual}; all as in the twin");
        }
        (Some(actual), Some(twin)) => {
            unit = format!("{unit}; p99.9 of the whole run {actual}, the twin\u{2019}s {twin}");
        }
        (Some(actual), None) => unit = format!("{unit}; p99.9 of the whole run {actual}"),
        (None, _) => {}
    }
    let line = |patience| if scale.holds(patience) { " (dashed)" } else { "" };
    match class.patience_ms {
        Some(patience) => {
            format!("{unit}; clients give up after {}{}", words::length(patience / 1000.0), line(patience))
        }
        None => unit,
    }
}

/// Draws what bands and lines mean from here on; returns the bottom.
fn legend(scene: &mut Scene, top: f64, twin: bool) -> f64 {
    const SIGN: f64 = 34.0;
    let color = theme::MUTED;
    let mut x = theme::EDGE;
    let mut entries = vec!["median (p50)", "p50 to p90", "p90 to p99, its upper edge p99"];
    if twin {
        entries.extend(["twin\u{2019}s p50", "twin\u{2019}s p99"]);
    }
    for (i, words) in entries.into_iter().enumerate() {
        let rect = Rect::new(x, top, SIGN, 20.0);
        let y = rect.center().y;
        let line = [at(rect.left, y), at(rect.right, y)];
        match i {
            0 => scene.line(line.to_vec(), theme::SERIES, color),
            1 => scene.area(rect.corners(), color, panel::BANDS[0]),
            2 => {
                scene.area(rect.corners(), color, panel::BANDS[1]);
                scene.line(vec![at(rect.left, rect.top), at(rect.right, rect.top)], 1.4, color);
            }
            n => scene.dashed(&line, 1.5, theme::TWIN, panel::TWIN[n - 3].1),
        }
        let text = Text::new(at(x + SIGN + 8.0, y + theme::TEXT * font::CAPITAL / 2.0), words).color(color);
        scene.text(text);
        x += SIGN + 30.0 + font::width(words, theme::TEXT, Weight::Regular);
    }
    top + 30.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::fixture;

    #[test]
    fn of_many_classes_those_are_shown_that_became_slowest() {
        let (mut record, summary) = fixture::thursday();
        for n in 0..20 {
            for world in std::iter::once(&mut record.actual).chain(&mut record.twin) {
                let calm = world.classes["search"].clone();
                world.classes.insert(format!("calm {n}"), calm);
            }
        }
        let figure = latency(&record, &summary);
        let words: Vec<&str> = figure.scene().texts().map(|text| text.words.as_str()).collect();
        let panels = words.iter().filter(|word| word.starts_with("latency, logarithmic")).count();
        assert_eq!(panels, MOST);
        assert!(words.contains(&"checkout") && words.contains(&"browse"));
        assert!(
            words.iter().any(|word| word.replace('\u{a0}', " ").contains("Not shown: 17 classes.")),
            "{words:?}"
        );
    }
}
