//! How a service fared in a stretch of time: the share of the attempts at it that failed or came late against the twin, as
//! the record has them. Draws nothing.

use std::ops::Range;

use plotters::style::RGBColor;

use crate::plot::axis::TimeAxis;
use crate::plot::blast::asked;
use crate::plot::pair::{Pair, Span};
use crate::plot::{shades, theme};
use crate::record::{Record, ServiceSeries};

/// The least width of a cell.
const PIXELS: f64 = 7.0;
/// Less of its twin's attempts, and a service is hardly called.
const HARDLY: f64 = 0.1;
/// Late is what takes longer than this many times what 99 % of the twin's answers take, and this much more.
pub(super) const LATE_FACTOR: f64 = 2.0;
pub(super) const LATE_MARGIN_MS: f64 = 50.0;

/// The state of a service in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Health {
    /// Nothing was asked of it, as always.
    Idle,
    /// Hardly anything of the usual was asked of it.
    Starved,
    /// So large a share of the attempts at it was harmed.
    Harmed(f64),
}

impl Health {
    /// Its step among the shades; none if there is no share.
    pub(super) fn step(self) -> Option<usize> {
        match self {
            Self::Idle | Self::Starved => None,
            Self::Harmed(share) => Some(shades::step(share)),
        }
    }

    /// Its color.
    pub(super) fn color(self) -> RGBColor {
        match self {
            Self::Idle => theme::WHITE,
            Self::Starved => shades::HARDLY,
            Self::Harmed(share) => shades::color(shades::step(share)),
        }
    }

    /// Both as one, if they look alike: the worse of the two.
    fn merged(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Harmed(one), Self::Harmed(two)) if self.step() == other.step() => {
                Some(Self::Harmed(one.max(two)))
            }
            _ => (self == other).then_some(self),
        }
    }
}

/// A stretch of time in which a service fared alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    /// From when to when.
    pub(super) span: Span,
    /// How it fared; of several spans that look alike, in the worst.
    pub(super) health: Health,
}

/// How a service fared over time; neighbors that look alike are one.
pub(super) fn of_service(record: &Record, axis: &TimeAxis, name: &str, series: &ServiceSeries) -> Vec<Cell> {
    let twin = record.twin.as_ref().and_then(|twin| twin.services.get(name));
    let pair = Pair::new(record, axis, PIXELS, twin.map_or(&series.offered, |twin| &twin.offered));
    let mut cells: Vec<Cell> = Vec::new();
    for span in pair.spans() {
        let health = health(&pair, series, twin, span);
        let alike = cells.last_mut().and_then(|last| Some((last.health.merged(health)?, last)));
        match alike {
            Some((health, last)) => *last = Cell { span: (last.span.0, span.1), health },
            None => cells.push(Cell { span, health }),
        }
    }
    cells
}

/// How a service fared in a span.
fn health(pair: &Pair, series: &ServiceSeries, twin: Option<&ServiceSeries>, span: Span) -> Health {
    let asked = asked(pair, series, span);
    let usual = twin.map_or(0.0, |twin| pair.counted_by_twin(&twin.offered, span));
    if asked < HARDLY * usual {
        return Health::Starved;
    }
    if asked <= 0.0 {
        return Health::Idle;
    }
    let answered = (pair.counted(&series.ok, span) / asked).min(1.0);
    let late = twin.map_or(0.0, |twin| late(series, &pair.own(span), twin, &pair.twins(span)));
    Health::Harmed(1.0 - answered * (1.0 - late))
}

/// The share of the answers in some windows that came late against the twin: as much of it as the quantiles prove.
fn late(series: &ServiceSeries, own: &Range<usize>, twin: &ServiceSeries, twins: &Range<usize>) -> f64 {
    let usual = slice(&twin.latency.p99_ms, twins).iter().flatten().copied().fold(f64::NAN, f64::max);
    let limit = LATE_FACTOR * usual + LATE_MARGIN_MS;
    let beyond = |quantiles: &[Option<f64>], window| {
        quantiles.get(window).copied().flatten().is_some_and(|latency| latency > limit)
    };
    let (mut late, mut all) = (0.0, 0.0);
    for window in own.clone() {
        let answers = series.ok.get(window).map_or(0.0, |answers| *answers as f64);
        let share = match () {
            () if beyond(&series.latency.p50_ms, window) => 0.5,
            () if beyond(&series.latency.p90_ms, window) => 0.1,
            () => 0.0,
        };
        late += share * answers;
        all += answers;
    }
    if all > 0.0 { late / all } else { 0.0 }
}

fn slice<'a>(quantiles: &'a [Option<f64>], windows: &Range<usize>) -> &'a [Option<f64>] {
    let end = windows.end.min(quantiles.len());
    &quantiles[windows.start.min(end)..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis() -> TimeAxis {
        TimeAxis::new(1500.0, None, 0.0, 900.0)
    }

    fn at(cells: &[Cell], s: f64) -> Health {
        cells.iter().find(|cell| cell.span.0 <= s && s < cell.span.1).unwrap().health
    }

    #[test]
    fn failure_and_silence_are_told_apart() {
        let (record, _) = crate::analysis::fixture::attended();
        let of = |name: &str| of_service(&record, &axis(), name, &record.actual.services[name]);
        let database = of("user-db");
        assert_eq!(at(&database, 80.0), Health::Starved);
        assert_eq!(at(&database, 130.0).step(), Some(0));
        assert_eq!(at(&of("user"), 500.0).step(), Some(4));
        let spans: Vec<Span> = of("user").iter().map(|cell| cell.span).collect();
        assert!(spans.windows(2).all(|pair| pair[0].1.to_bits() == pair[1].0.to_bits()));
        assert_eq!((spans[0].0, spans.last().unwrap().1), (0.0, 1500.0));
    }

    /// All attempts are answered, and from T+750 s half of them after a second: the twin takes 20 ms.
    #[test]
    fn what_comes_late_is_harmed() {
        let (mut record, _) = crate::analysis::fixture::attended();
        let calm = |series: &mut ServiceSeries| {
            (series.ok, series.failed) = (series.offered.clone(), vec![0; 1500]);
            let quantile = |ms: f64| vec![Some(ms); 1500];
            (series.latency.p50_ms, series.latency.p90_ms) = (quantile(8.0), quantile(12.0));
            series.latency.p99_ms = quantile(20.0);
        };
        calm(record.twin.as_mut().unwrap().services.get_mut("payment").unwrap());
        let slow = record.actual.services.get_mut("payment").unwrap();
        calm(slow);
        slow.latency.p90_ms[750..].fill(Some(1000.0));
        slow.latency.p50_ms[1000..].fill(Some(1000.0));
        slow.latency.p50_ms[1250..].fill(Some(85.0));
        let cells = of_service(&record, &axis(), "payment", &record.actual.services["payment"]);
        let share = |s| match at(&cells, s) {
            Health::Harmed(share) => share,
            other => panic!("{other:?}"),
        };
        assert!(share(700.0).abs() < 1e-9 && (share(900.0) - 0.1).abs() < 1e-9);
        assert!((share(1100.0) - 0.5).abs() < 1e-9);
        // 85 ms is within twice 20 ms and 50 ms more: only the slowest tenth is late, and some in the span before.
        assert!((0.1..0.25).contains(&(share(1400.0) + 1e-9)), "{}", share(1400.0));
    }
}
