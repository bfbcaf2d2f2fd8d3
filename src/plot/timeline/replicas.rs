//! The panel of replicas: how many of a service were ready, and which were killed for their memory.

use indexmap::IndexMap;

use crate::plot::geometry::{Point, at};
use crate::plot::labels::{EndLabel, end_labels};
use crate::plot::theme::{self, Look};
use crate::record::{Record, Transition};

use super::page::Page;

const HEIGHT: f64 = 84.0;
/// At most so many services.
const MOST: usize = 2;
/// Fewer deaths than this are told in the lane.
const WORTH_A_PANEL: usize = 4;

/// The replicas of a service over time.
struct Ready<'a> {
    service: &'a str,
    of: u32,
    /// (time, ready from then on), beginning with all of them.
    steps: Vec<(f64, u32)>,
    /// When one was killed for its memory.
    kills: Vec<f64>,
    deaths: usize,
}

/// The services that have a panel here, the one with the most deaths first.
pub(super) fn shown(record: &Record) -> Vec<&str> {
    chosen(record).into_iter().map(|ready| ready.service).collect()
}

/// Draws a panel for each service that lost replicas again and again.
pub(super) fn draw(page: &mut Page<'_>) {
    for ready in chosen(page.record) {
        let look = page.look(ready.service);
        panel(page, &ready, look);
    }
}

fn panel(page: &mut Page<'_>, ready: &Ready<'_>, look: Look) {
    let top = f64::from(ready.of);
    let ticks = [(0.0, "0".to_owned()), (top, ready.of.to_string())];
    let kills = if ready.kills.is_empty() { "" } else { "; cross: killed, out of memory" };
    let unit = format!("ready, of {}{kills}", ready.of);
    let panel = page.panel(&format!("Replicas of {}", ready.service), &unit, HEIGHT, top * 1.12, &ticks);
    let mut line: Vec<Point> = Vec::new();
    for (at_s, count) in &ready.steps {
        let x = page.axis.x(*at_s);
        if let Some(last) = line.last().copied() {
            line.push(at(x, last.y));
        }
        line.push(at(x, panel.y(f64::from(*count))));
    }
    let end = line.last().map_or(panel.rect.bottom, |last| last.y);
    line.push(at(panel.rect.right, end));
    let line = crate::plot::series::thinned(&line);
    let ground = [at(panel.rect.right, panel.rect.bottom), at(panel.rect.left, panel.rect.bottom)];
    let area: Vec<Point> = line.iter().copied().chain(ground).collect();
    page.scene.area(area, look.line, theme::AREA_OPACITY);
    page.scene.line(line, theme::REFERENCE, look.line);
    let mut last = f64::NEG_INFINITY;
    for kill in &ready.kills {
        let x = page.axis.x(*kill);
        if x - last < 7.0 {
            continue;
        }
        last = x;
        let y = panel.rect.bottom - 14.0;
        for (dx, dy) in [(5.0, 5.0), (5.0, -5.0)] {
            let cross = vec![at(x - dx, y - dy), at((x + dx).min(panel.rect.right), y + dy)];
            page.scene.line(cross, 3.0, theme::VERMILION);
        }
    }
    let now = ready.steps.last().map_or(ready.of, |step| step.1);
    let value = format!("{now} of {} ready", ready.of);
    let label = EndLabel { y: end, name: value, value: String::new(), look: Some(look) };
    end_labels(
        &mut page.scene,
        panel.rect.right,
        (panel.rect.top - 12.0, panel.rect.bottom + 12.0),
        vec![label],
    );
}

fn chosen(record: &Record) -> Vec<Ready<'_>> {
    let mut all: Vec<Ready<'_>> =
        record.topology.services.iter().map(|s| follow(record, &s.name, s.replicas)).collect();
    all.retain(|ready| ready.deaths >= WORTH_A_PANEL);
    all.sort_by_key(|ready| std::cmp::Reverse(ready.deaths));
    all.truncate(MOST);
    all
}

/// Follows the replicas of a service through their states. A paused one counts as ready: nobody was told.
fn follow<'a>(record: &Record, service: &'a str, of: u32) -> Ready<'a> {
    let mut ready = Ready { service, of, steps: vec![(0.0, of)], kills: Vec::new(), deaths: 0 };
    let mut out: IndexMap<&str, bool> = IndexMap::new();
    let own = |change: &&Transition| {
        change.kind == "replica" && change.subject.rsplit_once('/').is_some_and(|(name, _)| name == service)
    };
    let until = |change: &&Transition| change.at_s <= record.simulated_s;
    for change in record.actual.transitions.iter().filter(own).filter(until) {
        let at_s = change.at_s.max(0.0);
        match change.state {
            "out of memory" => {
                ready.kills.push(at_s);
                continue;
            }
            "down" => ready.deaths += 1,
            _ => {}
        }
        out.insert(&change.subject, !matches!(change.state, "ready" | "paused"));
        let count = of.saturating_sub(out.values().filter(|out| **out).count() as u32);
        if ready.steps.last().is_none_or(|last| last.1 != count) {
            ready.steps.push((at_s, count));
        }
    }
    ready
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicas_are_followed_through_their_lives() {
        let (record, _) = crate::analysis::fixture::attended();
        assert_eq!(shown(&record), ["user"]);
        let user = follow(&record, "user", 5);
        assert_eq!((user.kills.len(), user.deaths), (25, 35));
        assert_eq!(user.steps[0], (0.0, 5));
        let at = |at_s: f64| user.steps.iter().take_while(|step| step.0 <= at_s).last().unwrap().1;
        assert_eq!((at(60.0), at(62.0), at(107.2), at(150.0), at(170.0), at(1400.0)), (5, 0, 3, 5, 0, 5));
    }
}
