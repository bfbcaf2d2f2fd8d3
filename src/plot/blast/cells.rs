//! What the cells of the blast-radius picture stand for: shares of failures in steps, degraded answers, silence. Draws none.

use std::ops::Range;

use plotters::style::RGBColor;

use crate::plot::axis::TimeAxis;
use crate::plot::series::{Windows, total};
use crate::plot::theme;
use crate::record::{ClassSeries, Record, ServiceSeries};

/// A share is computed over at least so many requests or attempts, or it is noise.
const ENOUGH: f64 = 20.0;
/// The least width of a cell.
const PIXELS: f64 = 5.0;
/// Less of its twin's attempts, and a service is hardly called.
const HARDLY: f64 = 0.1;
/// So much of what should be answered is answered by a fallback, and it shows.
const DEGRADED: f64 = 0.05;

/// Shares of failures that are told apart: each step begins here.
pub(super) const STEPS: [f64; 5] = [0.0, 0.05, 0.25, 0.5, 0.9];

/// The state of a row in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing was asked.
    Silent,
    /// Hardly anything of the usual was asked.
    Hardly,
    /// So much failed: a position in [`STEPS`]; and whether fallbacks answered.
    Failed(usize, bool),
}

impl Cell {
    fn of(failed: f64, degraded: bool) -> Self {
        Self::Failed(STEPS.iter().rposition(|step| failed >= *step).unwrap_or(0), degraded)
    }

    /// Its color: darker is worse, so that it can be read without color as well.
    pub(super) const fn color(self) -> RGBColor {
        match self {
            Self::Silent => theme::WHITE,
            Self::Hardly => RGBColor(208, 213, 220),
            Self::Failed(0, _) => RGBColor(238, 243, 247),
            Self::Failed(1, _) => RGBColor(253, 212, 158),
            Self::Failed(2, _) => RGBColor(252, 152, 76),
            Self::Failed(3, _) => theme::VERMILION,
            Self::Failed(..) => RGBColor(122, 38, 0),
        }
    }
}

/// The cells of a row, with their times; neighbors that are alike are one.
pub(super) type Row = Vec<(f64, f64, Cell)>;

fn row(windows: &Windows, pieces: Vec<Range<usize>>, cell: impl Fn(f64, f64) -> Cell) -> Row {
    let mut row: Row = Vec::new();
    for piece in pieces {
        let (from, to) = (windows.begin(piece.start), windows.begin(piece.end));
        let cell = cell(from, to);
        match row.last_mut() {
            Some(last) if last.2 == cell => last.1 = to,
            _ => row.push((from, to, cell)),
        }
    }
    row
}

/// Pieces of time long enough for so many of these a second, on windows that both worlds have.
fn pieces(
    record: &Record,
    axis: &TimeAxis,
    counts: &[u64],
) -> (Windows, Windows, Windows, Vec<Range<usize>>) {
    let ours = Windows::of(&record.actual, record.simulated_s);
    let theirs = record.twin.as_ref().map_or(ours, |twin| Windows::of(twin, record.simulated_s));
    let coarse = if theirs.width_s > ours.width_s { theirs } else { ours };
    let rate = counts.iter().sum::<u64>() as f64 / record.simulated_s.max(1e-9);
    (ours, theirs, coarse, coarse.pooled(axis, PIXELS, ENOUGH / rate.max(1e-9)))
}

/// The row of a class: what of the twin's answers its users did not get; without a twin, what failed of what ended.
pub(super) fn class(record: &Record, axis: &TimeAxis, name: &str, series: &ClassSeries) -> Row {
    let twin = record.twin.as_ref().and_then(|twin| twin.classes.get(name));
    let (ours, theirs, coarse, all) = pieces(record, axis, twin.map_or(&series.arrived, |twin| &twin.ok));
    row(&coarse, all, |from, to| {
        let own = |counts: &[u64]| total(counts, &ours.between(from, to)) as f64;
        let wanted = match twin {
            Some(twin) => total(&twin.ok, &theirs.between(from, to)) as f64,
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
    let (ours, theirs, coarse, all) =
        pieces(record, axis, twin.map_or(&series.offered, |twin| &twin.offered));
    row(&coarse, all, |from, to| {
        let own = |counts: &[u64]| total(counts, &ours.between(from, to)) as f64;
        let usual = twin.map_or(0.0, |twin| total(&twin.offered, &theirs.between(from, to)) as f64);
        // Attempts that hang are not answered either; a few that end in the next piece do not hang.
        let (offered, ended) = (own(&series.offered), own(&series.ok) + own(&series.failed));
        let asked = if ended < 0.5 * offered { offered } else { ended };
        match asked {
            asked if asked < HARDLY * usual => Cell::Hardly,
            asked if asked <= 0.0 => Cell::Silent,
            asked => Cell::of(1.0 - own(&series.ok) / asked, false),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
