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

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows of so many seconds, in each of which so many answers came, two of them by a fallback.
    fn world(window_s: f64, ok: &[u64]) -> WorldRecord {
        let series = ClassSeries { ok: ok.to_vec(), degraded: vec![2; ok.len()], ..ClassSeries::default() };
        let classes = [("c".to_owned(), series)].into();
        WorldRecord { window_s, windows: ok.len(), classes, ..WorldRecord::default() }
    }

    #[test]
    fn a_piece_takes_a_second_and_ten_answers_of_the_twin() {
        let ends = |window_s: f64, twin: &[u64]| -> Vec<(f64, f64)> {
            let found = pieces(&world(window_s, &vec![7; twin.len()]), &world(window_s, twin), Some("c"));
            found.iter().map(|piece| (piece.from_s, piece.to_s)).collect()
        };
        assert_eq!(ends(0.5, &[5; 5]), [(0.0, 1.0), (1.0, 2.0)], "what is left at the end tells nothing");
        assert_eq!(ends(0.25, &[5; 8]), [(0.0, 1.0), (1.0, 2.0)], "ten come sooner");
        assert_eq!(ends(1.0, &[9, 9, 10, 9]), [(0.0, 2.0), (2.0, 3.0)], "a second is over sooner");
    }

    #[test]
    fn an_answer_by_a_fallback_is_an_answer() {
        let (actual, twin) = (world(0.5, &[4, 6, 7]), world(0.5, &[5, 15, 7]));
        let told = pieces(&actual, &twin, None);
        let wanted = Piece { from_s: 0.0, to_s: 1.0, ok: 6, degraded: 4, twin_ok: 16, twin_degraded: 4 };
        assert_eq!(told, [wanted]);
        assert!((wanted.answered() - 0.5).abs() < 1e-9);
    }
}
