//! How busy the threads of services are: which services matter, and a lane for each. Knows no call's ratio.

use std::ops::Range;

use crate::plot::font::{self, Weight};
use crate::plot::geometry::{Point, Rect, at};
use crate::plot::pair::Pair;
use crate::plot::scene::{Anchor, Text};
use crate::plot::series::thinned;
use crate::plot::theme;
use crate::plot::timeline::page::Page;
use crate::plot::words;
use crate::record::{Record, ServiceSeries};

use super::calls::Call;

/// Height of a lane, and the space between two.
const LANE: f64 = 40.0;
const BETWEEN: f64 = 7.0;
/// So many services have a lane.
const MOST: usize = 8;
/// The least width of a step.
const PIXELS: f64 = 3.0;
/// From this share of its thread time on, hardly a thread of a service is free.
const FULL: f64 = 0.95;
/// How much the threads that work and those that wait cover.
pub(super) const WORKING: f64 = 0.75;
pub(super) const WAITING: f64 = 0.3;

/// A service and the shares of its thread time.
pub(super) struct Threads<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Threads of all replicas at the begin of the run.
    at_first: f64,
    series: &'a ServiceSeries,
    twin: Option<&'a ServiceSeries>,
    /// Width of a window, here and in the twin.
    width_s: (f64, f64),
}

impl Threads<'_> {
    /// For how long hardly a thread was free.
    pub(super) fn full_s(&self) -> f64 {
        self.windows_full(self.series) * self.width_s.0
    }

    /// For how much longer than in the twin.
    pub(super) fn longer_full_s(&self) -> f64 {
        self.full_s() - self.twin.map_or(0.0, |twin| self.windows_full(twin) * self.width_s.1)
    }

    fn windows_full(&self, series: &ServiceSeries) -> f64 {
        let busy = series.busy_threads.iter().enumerate();
        busy.filter(|(window, busy)| **busy >= FULL * self.all(series, *window)).count() as f64
    }

    /// Threads of all replicas in a window, at least one.
    fn all(&self, series: &ServiceSeries, window: usize) -> f64 {
        series.threads_in(window, self.at_first).max(1.0)
    }

    /// The share of thread time in some windows that so many threads are; windows that are not there do not count.
    fn share(&self, series: &ServiceSeries, threads: &[f64], windows: &Range<usize>) -> f64 {
        let there = windows.start.min(threads.len())..windows.end.min(threads.len());
        let all: f64 = there.clone().map(|window| self.all(series, window)).sum();
        if all > 0.0 { threads[there].iter().sum::<f64>() / all } else { 0.0 }
    }
}

/// The services that matter: those at the ends of these calls and those that were struck, callees first.
pub(super) fn chosen<'a>(record: &'a Record, calls: &[Call<'_>]) -> Vec<Threads<'a>> {
    let edges =
        calls.iter().filter_map(|call| record.topology.calls.iter().find(|edge| edge.name == call.name));
    let ends = edges.flat_map(|edge| {
        [Some(edge.callee.as_str()), (!edge.from_class).then_some(edge.caller.as_str())].into_iter().flatten()
    });
    let struck = record.faults.iter().map(|fault| fault.service.as_str());
    let mut chosen: Vec<Threads<'a>> = Vec::new();
    for name in ends.chain(struck) {
        let node = record.topology.services.iter().find(|service| service.name == name);
        let series = record.actual.services.get(name).filter(|series| !series.busy_threads.is_empty());
        let (Some(node), Some(series)) = (node, series) else { continue };
        if chosen.len() < MOST && !chosen.iter().any(|other| other.name == name) {
            chosen.push(Threads {
                name: &node.name,
                at_first: node.all_threads(),
                series,
                twin: record.twin.as_ref().and_then(|twin| twin.services.get(name)),
                width_s: (record.actual.window_s, record.twin.as_ref().map_or(0.0, |twin| twin.window_s)),
            });
        }
    }
    chosen
}

/// Draws a lane for each service.
pub(super) fn draw(page: &mut Page<'_>, services: &[Threads<'_>]) {
    let step = LANE + BETWEEN;
    let unit = "share of thread time; dark: working, light: waiting on a call";
    let panel = page.panel("Threads", unit, step * services.len() as f64 - BETWEEN, 1.0, &[]);
    for (i, service) in services.iter().enumerate() {
        let top = panel.rect.top + step * i as f64;
        lane(page, Rect { top, bottom: top + LANE, ..panel.rect }, service);
    }
}

/// Draws the lane of a service.
fn lane(page: &mut Page<'_>, rect: Rect, service: &Threads<'_>) {
    let record = page.record;
    let pair = Pair::new(record, &page.axis, PIXELS, &[u64::MAX / 2]);
    let y = |share: f64| rect.bottom - share.clamp(0.0, 1.0) * rect.height();
    let line = |page: &Page<'_>, share: &dyn Fn((f64, f64)) -> f64| -> Vec<Point> {
        let ends = pair.spans().flat_map(|span| {
            let y = y(share(span));
            [at(page.axis.x(span.0), y), at(page.axis.x(span.1), y)]
        });
        thinned(&ends.collect::<Vec<Point>>())
    };
    let own = |of: &[f64], span| service.share(service.series, of, &pair.own(span));
    let busy = line(page, &|span| own(&service.series.busy_threads, span));
    let waiting = line(page, &|span| own(&service.series.waiting_threads, span));
    for (line, base, opacity) in [(&waiting, None, WAITING), (&busy, Some(&waiting), WORKING)] {
        let ground = vec![at(rect.left, rect.bottom), at(rect.right, rect.bottom)];
        let below = base.unwrap_or(&ground);
        let area = line.iter().chain(below.iter().rev()).copied().collect();
        page.scene.area(area, theme::THREADS, opacity);
    }
    if let Some(twin) = service.twin {
        let usual = line(page, &|span| service.share(twin, &twin.busy_threads, &pair.twins(span)));
        page.scene.dashed(&usual, 1.6, theme::TWIN, &[7.0, 4.0]);
    }
    for (y, color) in [(rect.top, theme::AXIS), (rect.bottom, theme::AXIS)] {
        page.scene.line(vec![at(rect.left, y), at(rect.right, y)], theme::HAIR, color);
    }
    words(page, rect, service);
}

/// What stands beside a lane: whose it is, and what it came to.
fn words(page: &mut Page<'_>, rect: Rect, service: &Threads<'_>) {
    let baseline = rect.center().y + theme::TEXT * font::CAPITAL / 2.0;
    let name = font::fit(service.name, theme::TEXT, Weight::Bold, rect.left - 18.0);
    page.scene.text(Text::new(at(rect.left - 10.0, baseline), name).bold().anchor(Anchor::End));
    let usual = |world: &crate::record::WorldRecord| {
        world.totals.services.get(service.name).map(|totals| words::share(totals.utilization))
    };
    let record = page.record;
    let Some(mean) = usual(&record.actual) else { return };
    let twin = record.twin.as_ref().and_then(usual).map_or_else(String::new, |twin| format!(", twin {twin}"));
    let full = match service.full_s() {
        0.0 => None,
        seconds => Some(format!("full for {}", words::length(seconds))),
    };
    let lines: Vec<String> = std::iter::once(format!("mean {mean}{twin}")).chain(full).collect();
    let room = page.scene.width - 8.0 - rect.right - 14.0;
    let first = baseline - 10.0 * (lines.len() - 1) as f64;
    for (i, line) in lines.iter().enumerate() {
        let told = font::fit(line, theme::TEXT, Weight::Regular, room);
        page.scene.text(Text::new(at(rect.right + 14.0, first + 20.0 * i as f64), told).color(theme::MUTED));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_at_the_ends_and_those_struck_have_a_lane() {
        let (record, _) = crate::analysis::fixture::attended();
        let call = |name| Call { name, parts: Vec::new(), peak: 4.0 };
        let names = |calls: &[Call<'_>]| {
            chosen(&record, calls).iter().map(|service| service.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&[call("checkout -> user")]), ["user", "checkout", "user-db"]);
        assert_eq!(names(&[call("checkout -> gateway")]), ["gateway", "user-db"], "a class has no threads");
        assert_eq!(names(&[]), ["user-db"]);
        let calls = [call("checkout -> user")];
        let user = &chosen(&record, &calls)[0];
        let cold = record.actual.services["user"].busy_threads.iter().filter(|busy| **busy >= 47.5).count();
        assert!(cold > 0);
        assert_eq!(user.full_s().to_bits(), (cold as f64).to_bits());
        assert_eq!(user.longer_full_s().to_bits(), user.full_s().to_bits(), "the twin has threads free");
        let database = chosen(&record, &[]);
        assert_eq!(database[0].full_s().to_bits(), 1500.0_f64.to_bits());
        assert!(database[0].longer_full_s().abs() < 1e-9, "as in the twin");
    }

    #[test]
    fn a_share_is_of_the_threads_that_are_there() {
        let (record, _) = crate::analysis::fixture::attended();
        let service = &chosen(&record, &[])[0];
        let series =
            |threads: &[f64]| ServiceSeries { threads: threads.to_vec(), ..ServiceSeries::default() };
        let share = |threads: &[f64], busy: &[f64]| service.share(&series(threads), busy, &(1..9));
        let at_first = share(&[], &[1.0, 3.0, 8.0]) * service.at_first;
        assert!((at_first - 5.5).abs() < 1e-9, "{at_first}");
        assert!((share(&[20.0, 20.0, 2.0], &[1.0, 9.0, 2.0]) - 0.5).abs() < 1e-9);
        assert!(share(&[], &[]).abs() < 1e-9);
    }
}
