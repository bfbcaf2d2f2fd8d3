//! Puts the heatmap together: people above, a row for each service, time, legend. Judges nothing itself.

use crate::analysis::Summary;
use crate::plot::choice::Choice;
use crate::plot::figure::Figure;
use crate::plot::font::{self, Weight};
use crate::plot::geometry::{Rect, at};
use crate::plot::scene::{Scene, Text};
use crate::plot::theme::{self, Marker};
use crate::plot::timeline::page::{Page, axis};
use crate::plot::timeline::people;
use crate::plot::{headline, shades};
use crate::record::Record;

use super::health::{Health, LATE_FACTOR, LATE_MARGIN_MS};
use super::rows::{self, Row};
use super::title::title;

/// Space to the left of the rows, for their names.
const LEFT: f64 = 156.0;
/// Height of a row, and the space between two.
const ROW: f64 = 22.0;
const BETWEEN: f64 = 3.0;
/// So many services have a row.
const MOST: usize = 40;

/// The health of the services over time, those first that were hit first: for each stretch of time the share of the attempts
/// at a service that failed or came late against the twin.
pub fn heatmap(record: &Record, summary: &Summary) -> Figure {
    let choice = Choice::new(record, summary, MOST);
    let rows = rows::rows(record, summary, &axis(record, summary, LEFT), &choice);
    let mut page = Page::new(record, summary, title(record, &rows), &reason(record, summary), LEFT);
    people::draw(&mut page);
    if !rows.is_empty() {
        let left_out =
            choice.services_left_out().map_or_else(String::new, |more| format!("; not shown: {more}"));
        let unit = format!("share of the attempts at each that was harmed, by order of impact{left_out}");
        let step = ROW + BETWEEN;
        let panel = page.panel("Services", &unit, step * rows.len() as f64 - BETWEEN, 1.0, &[]);
        for (i, row) in rows.iter().enumerate() {
            let top = panel.rect.top + step * i as f64;
            let rect = Rect { top, bottom: top + ROW, ..panel.rect };
            let axis = page.axis.clone();
            rows::draw(&mut page.scene, &axis, rect, row);
            strikes(&mut page, rect, &row.name);
        }
        page.over(panel.rect);
    }
    page.time_axis();
    page.y = legend(&mut page.scene, page.y + 22.0, &rows, !record.faults.is_empty());
    page.finish()
}

/// What counts as harm, in a sentence below the title.
fn reason(record: &Record, summary: &Summary) -> String {
    let spread = match summary.propagation.len() {
        0 => String::new(),
        _ => format!("{}. ", headline::spread(record, summary)),
    };
    if record.twin.is_none() {
        return format!("{spread}Harmed: failed, as callers saw it.");
    }
    format!(
        "{spread}Harmed: failed as callers saw it, or answered later than {LATE_FACTOR} times the twin\u{2019}s p99 and \
         {LATE_MARGIN_MS}\u{a0}ms, as far as quantiles prove it."
    )
}

/// Outlines the faults of a service in its row.
fn strikes(page: &mut Page<'_>, rect: Rect, service: &str) {
    for fault in page.record.faults.iter().filter(|fault| fault.service == service) {
        let left = page.axis.x(fault.from_s);
        let right = page.axis.x(fault.to_s.unwrap_or(page.record.simulated_s));
        let span = Rect { left, right: right.clamp(left + 3.0, rect.right.max(left + 3.0)), ..rect };
        page.scene.outline(span.corners(), 3.0, theme::INK);
    }
}

/// A sign of the legend.
enum Sign {
    Health(Health),
    Impact,
    Fault,
}

/// Draws what the cells and signs mean from here on; returns the bottom.
fn legend(scene: &mut Scene, top: f64, rows: &[Row], faults: bool) -> f64 {
    const SIGN: f64 = 34.0;
    const LINE: f64 = 30.0;
    let mut entries: Vec<(Sign, String)> = (0..shades::STEPS.len())
        .map(|step| (Sign::Health(Health::Harmed(shades::STEPS[step])), shades::words(step, "harmed")))
        .collect();
    if rows.iter().flat_map(|row| &row.cells).any(|cell| cell.health == Health::Starved) {
        entries.push((Sign::Health(Health::Starved), "hardly called".to_owned()));
    }
    if rows.iter().any(|row| row.impact_s.is_some()) {
        entries.push((Sign::Impact, "first hit".to_owned()));
    }
    if faults {
        entries.push((Sign::Fault, "fault".to_owned()));
    }
    let (mut x, mut y) = (theme::EDGE, top);
    for (sign, words) in entries {
        let width = SIGN + 8.0 + font::width(&words, theme::TEXT, Weight::Regular);
        if x + width > scene.width - theme::EDGE {
            (x, y) = (theme::EDGE, y + LINE);
        }
        let rect = Rect::new(x, y, SIGN, 20.0);
        match sign {
            Sign::Health(health) => {
                scene.fill(rect, health.color());
                rows::mark(scene, rect, health);
                scene.outline(rect.corners(), theme::HAIR, theme::AXIS);
            }
            Sign::Impact => scene.marker(rect.center(), 5.0, Marker::Diamond, theme::INK),
            Sign::Fault => scene.outline(rect.grown(-2.0).corners(), 3.0, theme::INK),
        }
        let place = at(x + SIGN + 8.0, rect.center().y + theme::TEXT * font::CAPITAL / 2.0);
        scene.text(Text::new(place, words).color(theme::MUTED));
        x += width + 22.0;
    }
    y + LINE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::fixture;
    use crate::plot::scene::Shape;

    #[test]
    fn the_darkest_cells_are_where_nearly_everything_failed() {
        let (record, summary) = crate::analysis::fixture::attended();
        let figure = heatmap(&record, &summary);
        let scene = figure.scene();
        let name = scene.texts().find(|text| text.words == "user").unwrap();
        let x = axis(&record, &summary, LEFT).x(500.0);
        let y = name.at.y - theme::TEXT * font::CAPITAL / 2.0;
        let covers = |points: &[crate::plot::geometry::Point]| {
            points[0].x <= x && x < points[2].x && points[0].y <= y && y < points[2].y
        };
        let last = scene.shapes.iter().rev().find_map(|shape| match shape {
            Shape::Area { points, color, .. } if points.len() == 4 && covers(points) => Some(*color),
            _ => None,
        });
        assert_eq!(last, Some(shades::color(4)));
    }

    #[test]
    fn a_heatmap_has_room_for_so_many_services() {
        let (record, summary) = fixture::crowd(300);
        let figure = heatmap(&record, &summary);
        let words: Vec<&str> = figure.scene().texts().map(|text| text.words.as_str()).collect();
        let rows = words.iter().filter(|word| word.starts_with("service-")).count();
        assert_eq!(rows, MOST);
        let said = "; not shown: 260 more services, 160 of them hit";
        assert!(words.iter().any(|word| word.ends_with(said)), "{words:?}");
        assert!(figure.size().1 < 1800, "{:?}", figure.size());
    }
}
