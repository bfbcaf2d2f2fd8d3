//! Goodput against the twin's over time, in stretches long enough to tell. Judges nothing.

use crate::record::{ClassSeries, WorldRecord};

/// A stretch is at least so long.
const SHORTEST_S: f64 = 1.0;
/// Answers of the twin that a stretch must hold to tell something.
const TELLING: u64 = 10;

/// A stretch of time, and what was answered in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) from_s: f64,
    pub(crate) to_s: f64,
    /// Answered as wanted, and by a fallback.
    pub(crate) ok: u64,
    pub(crate) degraded: u64,
    /// The same in the twin.
    pub(crate) twin_ok: u64,
    pub(crate) twin_degraded: u64,
}

impl Piece {
    /// All answers, as a share of the twin's.
    pub(crate) fn answered(&self) -> f64 {
        (self.ok + self.degraded) as f64 / (self.twin_ok + self.twin_degraded).max(1) as f64
    }
}

/// The stretches of one class, or of all together: each at least a second long, and with enough answers in the twin. What is
/// left at the end and tells nothing is left out.
pub(crate) fn pieces(actual: &WorldRecord, twin: &WorldRecord, class: Option<&str>) -> Vec<Piece> {
    let (mine, normal) = (answers(actual, class), answers(twin, class));
    let mut pieces = Vec::new();
    let empty = |from_s| Piece { from_s, to_s: from_s, ok: 0, degraded: 0, twin_ok: 0, twin_degraded: 0 };
    let mut piece = empty(0.0);
    for (window, ((ok, degraded), (twin_ok, twin_degraded))) in mine.into_iter().zip(normal).enumerate() {
        piece.ok += ok;
        piece.degraded += degraded;
        piece.twin_ok += twin_ok;
        piece.twin_degraded += twin_degraded;
        piece.to_s = (window + 1) as f64 * actual.window_s;
        let telling = piece.twin_ok + piece.twin_degraded >= TELLING;
        if telling && piece.to_s - piece.from_s >= SHORTEST_S - 1e-9 {
            let next = empty(piece.to_s);
            pieces.push(std::mem::replace(&mut piece, next));
        }
    }
    pieces
}

/// What was answered in each window, as wanted and by a fallback, of one class or of all.
fn answers(world: &WorldRecord, class: Option<&str>) -> Vec<(u64, u64)> {
    let mut sums = vec![(0, 0); world.windows];
    let mut add = |series: &ClassSeries| {
        for ((sum, ok), degraded) in sums.iter_mut().zip(&*series.usual_ok()).zip(&series.degraded) {
            sum.0 += ok.saturating_sub(*degraded);
            sum.1 += degraded;
        }
    };
    match class {
        Some(name) => world.classes.get(name).into_iter().for_each(&mut add),
        None => world.classes.values().for_each(&mut add),
    }
    sums
}
