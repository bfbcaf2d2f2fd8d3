//! What the cells of the blast-radius picture stand for: shares of failures in steps, degraded answers, silence. Draws none.

use plotters::style::RGBColor;

use crate::plot::axis::TimeAxis;
use crate::plot::pair::{Pair, Span};
use crate::plot::{shades, theme};
use crate::record::{ClassSeries, Record, ServiceSeries};

/// The least width of a cell.
const PIXELS: f64 = 5.0;
/// Less of its twin's attempts, and a service is hardly called.
const HARDLY: f64 = 0.1;
/// So much of what should be answered is answered by a fallback, and it shows.
const DEGRADED: f64 = 0.05;

/// The state of a row in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing was asked.
    Silent,
    /// Hardly anything of the usual was asked.
    Hardly,
    /// So much failed: a step of the shades; and whether fallbacks answered.
    Failed(usize, bool),
}

impl Cell {
    fn of(failed: f64, degraded: bool) -> Self {
        Self::Failed(shades::step(failed), degraded)
    }

    /// Its color: darker is worse, so that it can be read without color as well.
    pub(super) const fn color(self) -> RGBColor {
        match self {
            Self::Silent => theme::WHITE,
            Self::Hardly => shades::HARDLY,
            Self::Failed(step, _) => shades::color(step),
        }
    }
}

/// The cells of a row, with their times; neighbors that are alike are one.
pub(super) type Row = Vec<(f64, f64, Cell)>;

fn row(pair: &Pair, cell: impl Fn(Span) -> Cell) -> Row {
    let mut row: Row = Vec::new();
    for span in pair.spans() {
        let cell = cell(span);
        match row.last_mut() {
            Some(last) if last.2 == cell => last.1 = span.1,
            _ => row.push((span.0, span.1, cell)),
        }
    }
    row
}

/// The row of a class: what of the twin's answers its users did not get; without a twin, what failed of what ended.
pub(super) fn class(record: &Record, axis: &TimeAxis, name: &str, series: &ClassSeries) -> Row {
    let twin = record.twin.as_ref().and_then(|twin| twin.classes.get(name));
    let pair = Pair::new(record, axis, PIXELS, twin.map_or(&series.arrived, |twin| &twin.ok));
    row(&pair, |span| {
        let own = |counts: &[u64]| pair.counted(counts, span);
        let wanted = match twin {
            Some(twin) => pair.counted_by_twin(&twin.ok, span),
            None => own(&series.ok) + own(&series.failed),
        };
        if wanted <= 0.0 {
            return Cell::Silent;
        }
        Cell::of(1.0 - own(&series.ok) / wanted, own(&series.degraded) >= DEGRADED * wanted)
    })
}

/// The row of a service: what of the attempts at it was not answered well, as callers saw it.
pub(super) fn service(record: &Record, axis: &TimeAxis, name: &str, series: &ServiceSeries) -> Row {
    let twin = record.twin.as_ref().and_then(|twin| twin.services.get(name));
    let pair = Pair::new(record, axis, PIXELS, twin.map_or(&series.offered, |twin| &twin.offered));
    row(&pair, |span| {
        let usual = twin.map_or(0.0, |twin| pair.counted_by_twin(&twin.offered, span));
        match asked(&pair, series, span) {
            asked if asked < HARDLY * usual => Cell::Hardly,
            asked if asked <= 0.0 => Cell::Silent,
            asked => Cell::of(1.0 - pair.counted(&series.ok, span) / asked, false),
        }
    })
}

/// Attempts at a service that should have been answered in a span: those that ended. Attempts that hang are not answered
/// either; a few that end in the next span do not hang, nor do those that were answered when nobody waited any more.
pub(in crate::plot) fn asked(pair: &Pair, series: &ServiceSeries, span: Span) -> f64 {
    let own = |counts: &[u64]| pair.counted(counts, span);
    let (offered, ok) = (own(&series.offered), own(&series.ok));
    let ended = ok + own(&series.failed);
    let unwanted = (own(&series.completed) - ok).max(0.0);
    if ended < 0.5 * offered { ended.max(offered - unwanted) } else { ended }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_answered_when_nobody_waited_any_more_does_not_hang() {
        let series = |completed| ServiceSeries {
            offered: vec![100],
            completed: vec![completed],
            ok: vec![40],
            failed: vec![0],
            ..ServiceSeries::default()
        };
        let (record, _) = crate::analysis::fixture::attended();
        let axis = TimeAxis::new(record.simulated_s, None, 0.0, 900.0);
        let asked = |series: &ServiceSeries| {
            let pair = Pair::new(&record, &axis, PIXELS, &series.offered);
            let whole = pair.spans().next().unwrap();
            asked(&pair, series, whole)
        };
        assert!((asked(&series(40)) - 100.0).abs() < 1e-9, "sixty hang");
        assert!((asked(&series(100)) - 40.0).abs() < 1e-9, "sixty were abandoned");
    }

    #[test]
    fn cells_tell_failure_fallback_and_silence_apart() {
        let (record, _) = crate::analysis::fixture::attended();
        let axis = TimeAxis::new(record.simulated_s, None, 0.0, 900.0);
        let at = |row: &Row, s: f64| row.iter().find(|cell| cell.0 <= s && s < cell.1).unwrap().2;
        let browse = class(&record, &axis, "browse", &record.actual.classes["browse"]);
        assert_eq!(at(&browse, 500.0), Cell::Failed(4, false));
        assert_eq!(at(&browse, 1120.0), Cell::Failed(2, true));
        assert_eq!(at(&browse, 1400.0), Cell::Failed(0, false));
        let database = service(&record, &axis, "user-db", &record.actual.services["user-db"]);
        assert_eq!(at(&database, 80.0), Cell::Hardly);
        assert_eq!(at(&database, 130.0), Cell::Failed(0, false));
    }
}
