//! What the shapes of the propagation picture mean, in a row below it: only those that occur. Knows no service.

use crate::plot::font::{self, Weight};
use crate::plot::geometry::{Point, Rect, at};
use crate::plot::scene::{Scene, Text};
use crate::plot::theme;

use super::boxes;
use super::edges::{self, Call, Carried};
use super::status::{Outcome, Status};

/// What can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A dark box.
    Target,
    /// A box with an outcome.
    Outcome(Outcome),
    /// An arrow.
    Call,
    /// The way of the failure.
    Failure,
    /// The way of the second wave.
    Again,
    /// A label with a factor.
    Amplified,
}

impl Entry {
    const fn words(self) -> &'static str {
        match self {
            Self::Target => "struck by the fault",
            Self::Outcome(Outcome::Impaired) => "hit, still impaired",
            Self::Outcome(Outcome::Recovered) => "hit, recovered",
            Self::Outcome(Outcome::Unharmed) => "unharmed",
            Self::Outcome(Outcome::Unknown) => "not compared with a twin",
            Self::Call => "call",
            Self::Failure => "way of the failure, thick for much of the harm",
            Self::Again => "second wave, after a restart",
            Self::Amplified => "attempts vs the twin\u{2019}s",
        }
    }
}

/// Draws the entries from here on, in as many rows as they need; returns the bottom.
pub(super) fn draw(scene: &mut Scene, entries: &[Entry], top: f64) -> f64 {
    const ROW: f64 = 32.0;
    const SIGN: f64 = 42.0;
    let (mut x, mut y) = (theme::EDGE, top + ROW / 2.0);
    for entry in entries {
        let width = SIGN + 10.0 + font::width(entry.words(), theme::TEXT, Weight::Regular);
        if x > theme::EDGE && x + width > scene.width - theme::EDGE {
            x = theme::EDGE;
            y += ROW;
        }
        sign(scene, *entry, at(x, y), SIGN);
        let place = at(x + SIGN + 10.0, y + theme::TEXT * font::CAPITAL / 2.0);
        scene.text(Text::new(place, entry.words()).color(theme::MUTED));
        x += width + 26.0;
    }
    y + ROW / 2.0
}

/// The sign of an entry, in this width.
fn sign(scene: &mut Scene, entry: Entry, left: Point, width: f64) {
    let outcome = match entry {
        Entry::Target => Outcome::Unknown,
        Entry::Outcome(outcome) => outcome,
        Entry::Call | Entry::Failure | Entry::Again | Entry::Amplified => {
            let call = Call {
                line: vec![left, left.moved(width, 0.0)],
                amplification: (entry == Entry::Amplified).then_some(2.0),
                carried: None,
                harm: 0.0,
                again: None,
            };
            match entry {
                Entry::Failure => edges::failure(scene, &call.line, 5.0, Carried::Upstream),
                Entry::Again => edges::again(scene, &call.line, Carried::Upstream),
                Entry::Amplified => edges::label(scene, &call, &mut Vec::new()),
                _ => edges::draw(scene, &call),
            }
            return;
        }
    };
    let target = entry == Entry::Target;
    let status = Status {
        outcome,
        target,
        rank: None,
        when: None,
        via: String::new(),
        end: String::new(),
        again: None,
    };
    let rect = Rect::new(left.x, left.y - 12.0, width, 24.0);
    let (ground, edge) = outcome.colors(target);
    scene.area(rect.rounded(5.0), ground, 1.0);
    scene.outline(rect.rounded(5.0), if outcome == Outcome::Impaired { 2.4 } else { 1.4 }, edge);
    boxes::icon(scene, rect.center(), &status);
}
