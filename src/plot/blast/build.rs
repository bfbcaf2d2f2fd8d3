//! Puts the blast-radius picture together: people above, users, services, time, legend. Judges nothing itself.

use crate::analysis::Summary;
use crate::plot::figure::Figure;
use crate::plot::geometry::Rect;
use crate::plot::timeline::page::Page;
use crate::plot::timeline::people;
use crate::plot::{headline, theme, words};
use crate::record::Record;

use super::cells::{self, Cell};
use super::legend;
use super::rows::{self, Line};

/// Space to the left of the rows, for their names.
const LEFT: f64 = 156.0;
/// Height of the row of a class and of a service, and the space between rows.
const CLASS: f64 = 46.0;
const SERVICE: f64 = 27.0;
const BETWEEN: f64 = 3.0;
/// So many services and classes have rows; of more, those that were hit.
const MOST: usize = 18;

/// Who failed how much over time, as a map of cells: traffic classes with what they lost, then the services in the order
/// in which they were hit; above them what people did.
pub fn blast_radius(record: &Record, summary: &Summary) -> Figure {
    let title = headline::reach(record, summary);
    let mut page = Page::new(record, summary, title, &headline::cost(record, summary), LEFT);
    people::draw(&mut page);
    let (classes, more_classes) = classes(&page);
    let (services, more_services) = services(&page);
    let unit = match &record.twin {
        Some(_) => "share of what the twin answered that was not answered",
        None => "share of what ended that failed",
    };
    panel(&mut page, "Users", &format!("{unit}{more_classes}"), CLASS, &classes);
    let unit =
        format!("share of the attempts at them that were not answered, as callers saw it{more_services}");
    panel(&mut page, "Services", &unit, SERVICE, &services);
    page.time_axis();
    let all = || classes.iter().chain(&services).flat_map(|line| &line.cells).map(|cell| cell.2);
    let hardly = all().any(|cell| cell == Cell::Hardly);
    let degraded = all().any(|cell| matches!(cell, Cell::Failed(_, true)));
    page.y = legend::draw(&mut page.scene, page.y + 22.0, hardly, degraded);
    page.finish()
}

/// A panel of rows; without any there is none.
fn panel(page: &mut Page<'_>, heading: &str, unit: &str, height: f64, lines: &[Line]) {
    if lines.is_empty() {
        return;
    }
    let step = height + BETWEEN;
    let panel = page.panel(heading, unit, step * lines.len() as f64 - BETWEEN, 1.0, &[]);
    let rect = panel.rect;
    let axis = page.axis.clone();
    for (i, line) in lines.iter().enumerate() {
        let row = Rect::new(rect.left, rect.top + step * i as f64, rect.width(), height);
        rows::draw(&mut page.scene, &axis, row, line);
        let own = page.record.faults.iter().filter(|fault| fault.service == line.name && height < CLASS);
        for fault in own {
            let (left, right) = (axis.x(fault.from_s), axis.x(fault.to_s.unwrap_or(page.record.simulated_s)));
            let span = Rect { left, right: right.clamp(left + 3.0, rect.right.max(left + 3.0)), ..row };
            page.scene.outline(span.corners(), 3.0, theme::INK);
        }
    }
    page.over(rect);
}

/// How many rows are shown of all, the first of which were hit, and what is said of the others.
fn shown(all: usize, hit: usize) -> (usize, String) {
    if all <= MOST {
        return (all, String::new());
    }
    let shown = hit.clamp(1, MOST);
    let more = match hit.saturating_sub(shown) {
        0 => format!("; {} more were not hit", all - shown),
        hit => format!("; {} more, {hit} of them hit, are not shown", all - shown),
    };
    (shown, more)
}

/// The traffic classes, of many those that were hit first; and what is said of the others.
fn classes(page: &Page<'_>) -> (Vec<Line>, String) {
    let (record, summary) = (page.record, page.summary);
    let line = |(name, series): (&String, &crate::record::ClassSeries)| {
        let traffic = summary.traffic.get(name);
        let failed = traffic.map_or(0, |traffic| traffic.failed);
        let radius = summary.blast_radius.as_ref().and_then(|radius| radius.classes.get(name));
        let lost = radius.map_or_else(|| traffic.map_or(0.0, |t| t.lost_value), |radius| radius.lost_value);
        let unanswered = radius.map_or(0, |radius| radius.by_severity.unanswered);
        let cells = cells::class(record, &page.axis, name, series);
        let hit = cells.iter().any(|cell| matches!(cell.2, Cell::Failed(1.., _) | Cell::Failed(_, true)));
        let mut result =
            vec![if hit { format!("{} failed", words::count(failed)) } else { "unharmed".to_owned() }];
        if hit && unanswered > 0 {
            result.push(format!("{} never answered", words::count(unanswered)));
        }
        if hit && lost > 0.0 {
            result.push(format!("{} lost", words::money(lost, &record.currency)));
        }
        Line { name: name.clone(), cells, result, hit }
    };
    let mut lines: Vec<Line> = record.actual.classes.iter().map(line).collect();
    let hit = lines.iter().filter(|line| line.hit).count();
    let (shown, more) = shown(lines.len(), hit);
    if shown < lines.len() {
        lines.sort_by_key(|line| !line.hit);
        lines.truncate(shown);
    }
    (lines, more)
}

/// The services, those that were hit first in the order of impact; and what is said of those left out.
fn services(page: &Page<'_>) -> (Vec<Line>, String) {
    let (record, summary) = (page.record, page.summary);
    let rank = |name: &str| summary.propagation.iter().position(|impact| impact.service == name);
    let mut all: Vec<_> = record.actual.services.iter().collect();
    all.sort_by_key(|(name, _)| rank(name).unwrap_or(usize::MAX));
    let hit = all.iter().filter(|(name, _)| rank(name).is_some()).count();
    let (shown, more) = shown(all.len(), hit);
    let line = |(name, series): &(&String, &crate::record::ServiceSeries)| {
        let numbers = summary.services.get(*name);
        let ended = numbers.map_or(0, |n| n.ok + n.failed);
        let failed = numbers.filter(|_| ended > 0).map(|n| n.failed as f64 / ended as f64);
        let hit = rank(name).is_some();
        let result = match failed {
            Some(failed) if hit && failed > 0.0 => format!("{} of attempts failed", words::share(failed)),
            Some(_) if hit => "hit, no attempt failed".to_owned(),
            _ if summary.verdict.is_none() || hit => String::new(),
            _ => "unharmed".to_owned(),
        };
        let cells = cells::service(record, &page.axis, name, series);
        Line { name: (*name).clone(), cells, result: vec![result], hit }
    };
    (all[..shown].iter().map(line).collect(), more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_rows_those_are_shown_that_were_hit() {
        assert_eq!(shown(18, 0), (18, String::new()));
        assert_eq!(shown(19, 2), (2, "; 17 more were not hit".to_owned()));
        assert_eq!(shown(19, 0), (1, "; 18 more were not hit".to_owned()));
        assert_eq!(shown(300, 200), (18, "; 282 more, 182 of them hit, are not shown".to_owned()));
    }
}
