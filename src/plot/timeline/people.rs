//! The lane of people: when they were called, began, called for help and were done, and what they did, by number.

use crate::plot::actions::draw_numbers;
use crate::plot::geometry::{Rect, at};
use crate::plot::labels::{Flag, arrange};
use crate::plot::scene::{Anchor, Text};
use crate::plot::theme::{self, Marker};
use crate::plot::words;
use crate::record::{Record, ResponseEntry, ResponseKind};

use super::page::Page;

/// Height of a row of words.
const ROW: f64 = 27.0;
/// Height of the row of numbers.
const NUMBERS: f64 = 46.0;
/// Rows of words; what finds no place is left out.
const ROWS: usize = 5;
/// More milestones than this are not legible.
const MOST: usize = 14;

/// Draws the lane; if nobody did anything there is none.
pub(in crate::plot) fn draw(page: &mut Page<'_>) {
    let flags = milestones(page);
    let actions = page.actions.0.clone();
    if flags.is_empty() && actions.is_empty() {
        return;
    }
    let rows = flags.iter().map(|flag| flag.row + 1).max().unwrap_or(0);
    let numbers = if actions.is_empty() { 0.0 } else { NUMBERS };
    let left = page.axis.left();
    let rect = Rect::new(left, page.y, page.axis.right() - left, ROW * rows as f64 + numbers + 6.0);
    page.scene.fill(rect, theme::WASH);
    page.ground(rect);
    let low = rect.bottom - 3.0 - numbers;
    let head = |page: &mut Page<'_>, y: f64, words: &str| {
        let place = at(left - 10.0, y + theme::TEXT * 0.36);
        page.scene.text(Text::new(place, words).bold().color(theme::PEOPLE).anchor(Anchor::End));
    };
    if rows > 0 {
        head(page, low - ROW / 2.0, "people");
    }
    for flag in &flags {
        let y = low - ROW * (flag.row as f64 + 0.5);
        page.scene.line(vec![at(flag.x, y), at(flag.x, rect.bottom)], 1.4, theme::AXIS);
        let text = Text::new(at(flag.x + 13.0, y + theme::TEXT * 0.36), flag.words.clone()).bold();
        page.scene.fill(text.bounds().grown(1.0), theme::WASH);
        page.scene.text(text);
        if let Some(marker) = flag.marker {
            page.scene.marker(at(flag.x, y), 7.5, marker, flag.color);
        }
    }
    if !actions.is_empty() {
        let y = rect.bottom - NUMBERS / 2.0 - 8.0;
        head(page, y, "actions");
        let axis = page.axis.clone();
        draw_numbers(&mut page.scene, &axis, &actions, y);
    }
    page.y = rect.bottom + 14.0;
}

/// What is told of a response, besides its actions.
fn milestones(page: &Page<'_>) -> Vec<Flag> {
    let record: &Record = page.record;
    let mut found: Vec<Flag> = Vec::new();
    let mut called = false;
    for entry in record.actual.response.iter().filter(|entry| entry.at_s <= record.simulated_s) {
        let (words, marker, color) = match entry.kind {
            ResponseKind::Paged => ("page".to_owned(), Marker::Triangle, theme::VERMILION),
            ResponseKind::Dismissed => ("taken for a blip".to_owned(), Marker::Diamond, theme::TWIN),
            ResponseKind::Started => (started(record, entry), Marker::Circle, theme::PEOPLE),
            ResponseKind::Misled => ("wrong lead".to_owned(), Marker::Diamond, theme::TWIN),
            ResponseKind::Escalated => ("calls for help".to_owned(), Marker::Triangle, theme::VERMILION),
            ResponseKind::Decided if called => {
                (format!("{} at work", entry.by), Marker::Circle, theme::PEOPLE)
            }
            ResponseKind::Exhausted => ("out of ideas".to_owned(), Marker::Diamond, theme::TWIN),
            ResponseKind::StoodDown => ("stands down".to_owned(), Marker::Square, theme::TWIN),
            ResponseKind::Resolved => ("resolved".to_owned(), Marker::Square, theme::GREEN),
            ResponseKind::Decided | ResponseKind::Set | ResponseKind::Restart => continue,
        };
        called = entry.kind == ResponseKind::Escalated;
        let when = record.start.map(|start| words::clock(start, entry.at_s));
        let words = when.map_or(words.clone(), |when| format!("{when} {words}"));
        found.push(Flag { x: page.axis.x(entry.at_s), words, color, marker: Some(marker), row: 0 });
    }
    found.truncate(MOST);
    arrange(found, page.scene.width - 8.0, ROWS)
}

/// That somebody began, and what the dashboards told them: the first alert's reading, and a light that was green.
fn started(record: &Record, entry: &ResponseEntry) -> String {
    let track = |name: &str| record.actual.monitors.get(name);
    let alert = entry.readings.iter().find(|(name, _)| track(name).is_some_and(|t| t.threshold.is_some()));
    let green =
        |(name, value): &&(String, f64)| track(name).is_some_and(|t| t.reading == "healthy") && *value >= 1.0;
    let seen: Vec<String> = alert
        .into_iter()
        .filter(|(name, _)| track(name).is_some_and(|track| track.unit == "share"))
        .chain(entry.readings.iter().find(green))
        .map(|(name, value)| format!("{name} {}", words::share(*value)))
        .collect();
    let sees = if seen.is_empty() { String::new() } else { format!(", sees {}", seen.join(", ")) };
    format!("{} starts{sees}", entry.by)
}
