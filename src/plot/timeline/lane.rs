//! The lane of events below the panels: bars for faults, alerts, breakers and replicas, as many as are legible.

use plotters::style::RGBColor;

use crate::plot::font::{self, Weight};
use crate::plot::geometry::{Rect, at};
use crate::plot::scene::{Anchor, Text};
use crate::plot::theme;

use super::page::Page;
use super::spans::{self, Track};

/// Height of a row.
const ROW: f64 = 26.0;
/// Height of a bar in it.
const BAR: f64 = 18.0;

/// A kind of event: its head, its color (alerts have that of their monitor), what happened, and how many rows it may
/// have.
struct Kind<'a> {
    head: &'static str,
    color: RGBColor,
    tracks: Vec<Track<'a>>,
    rows: usize,
}

/// Draws the lane; if nothing happened there is none.
pub(super) fn draw(page: &mut Page<'_>) {
    let record = page.record;
    let kinds = [
        Kind { head: "fault", color: theme::ORANGE, tracks: spans::faults(record), rows: 3 },
        Kind { head: "alert", color: theme::VERMILION, tracks: spans::alerts(record), rows: 4 },
        Kind { head: "breaker", color: theme::GREEN, tracks: spans::breakers(record), rows: 3 },
        Kind { head: "replicas", color: theme::TWIN, tracks: spans::replicas(record), rows: 3 },
    ];
    let shown: usize = kinds.iter().map(|kind| kind.tracks.len().min(kind.rows)).sum();
    if shown == 0 {
        page.y += 22.0;
        return;
    }
    page.y += 26.0;
    let left = page.axis.left();
    let rect = Rect::new(left, page.y, page.axis.right() - left, ROW * shown as f64 + 10.0);
    page.scene.fill(rect, theme::WASH);
    page.ground(rect);
    page.y += 5.0;
    for kind in &kinds {
        for (row, track) in kind.tracks.iter().take(kind.rows).enumerate() {
            let left_out = kind.tracks.len().saturating_sub(kind.rows);
            let last = row + 1 == kind.rows;
            let more = if last && left_out > 0 { format!(" (+{left_out} more)") } else { String::new() };
            if row == 0 {
                let place = at(left - 10.0, page.y + ROW / 2.0 + theme::TEXT * 0.36);
                page.scene.text(Text::new(place, kind.head).color(theme::MUTED).anchor(Anchor::End));
            }
            let color = match &track.of {
                Some(of) => page.look(of).line,
                None => kind.color,
            };
            bars(page, color, track, &more);
            page.y += ROW;
        }
    }
    page.y = rect.bottom;
}

/// The bars of one track and its name where it fits: behind the last bar, before the first, or on the longest.
fn bars(page: &mut Page<'_>, color: RGBColor, track: &Track<'_>, more: &str) {
    let top = page.y + (ROW - BAR) / 2.0;
    let mut placed: Vec<Rect> = Vec::new();
    for span in track.spans.iter().filter(|span| span.from_s <= page.axis.end_s()) {
        let from = page.axis.x(span.from_s);
        let to = page.axis.x(span.to_s.unwrap_or(page.axis.end_s())).max(from + 3.0);
        match placed.last_mut() {
            Some(before) if from - before.right < 1.5 => before.right = before.right.max(to),
            _ => placed.push(Rect::new(from, top, to - from, BAR)),
        }
    }
    for bar in &placed {
        page.scene.area(bar.rounded(3.0), color, 1.0);
    }
    let open = track.spans.last().is_some_and(|span| span.to_s.is_none());
    let words = format!("{}{}{more}", track.name, if open { ", to the end" } else { "" });
    let baseline = page.y + ROW / 2.0 + theme::TEXT * 0.36;
    let (Some(first), Some(last)) = (placed.first(), placed.last()) else { return };
    let width = font::width(&words, theme::TEXT, Weight::Regular) + 16.0;
    let right = page.scene.width - 8.0;
    let longest = placed.iter().max_by(|a, b| a.width().total_cmp(&b.width())).unwrap_or(first);
    let dark = contrasts_with_ink(color);
    let text = if longest.width() >= width {
        let ink = if dark { theme::INK } else { theme::WHITE };
        Text::new(at(longest.left + 8.0, baseline), words).color(ink)
    } else if right - last.right >= width {
        Text::new(at(last.right + 8.0, baseline), words)
    } else if first.left - page.axis.left() >= width {
        Text::new(at(first.left - 8.0, baseline), words).anchor(Anchor::End)
    } else {
        let room = (right - last.right - 8.0).max(longest.width() - 16.0);
        let inside = room > right - last.right - 8.0;
        let words = font::fit(&words, theme::TEXT, Weight::Regular, room);
        let left = if inside { longest.left } else { last.right };
        Text::new(at(left + 8.0, baseline), words)
    };
    let bounds = text.bounds();
    if !placed.iter().any(|bar| bar.overlaps(bounds)) && bounds.right < page.axis.right() {
        page.scene.fill(bounds.grown(1.0), theme::WASH);
    }
    page.scene.text(text);
}

/// Whether dark words are more legible on this color than white ones.
fn contrasts_with_ink(color: RGBColor) -> bool {
    let bright = 0.299 * f64::from(color.0) + 0.587 * f64::from(color.1) + 0.114 * f64::from(color.2);
    bright > 100.0
}
