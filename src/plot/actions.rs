//! What people and automation did, numbered in the order of time, with a list of it below a picture. Knows no panel.

use crate::graph::spread::spread;
use crate::record::{Record, ResponseEntry, ResponseKind};

use super::axis::TimeAxis;
use super::font::{self, Weight};
use super::geometry::{Point, Rect, at};
use super::scene::{Anchor, Scene, Text};
use super::{theme, words};

/// More actions than this are not told apart any more: the rest is counted.
const MOST: usize = 16;
/// Changes closer together than this are one action.
const TOGETHER_S: f64 = 1.0;
/// The radius of a number's disc.
const RADIUS: f64 = 11.5;
/// From one line of the list to the next.
const LINE: f64 = 26.0;
/// From a line of an action to its second.
const WRAPPED: f64 = 20.0;

/// Something that changed the world.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Action {
    /// Its number, from 1.
    pub(crate) number: usize,
    /// When.
    pub(crate) at_s: f64,
    /// Whether replicas were restarted.
    pub(crate) restart: bool,
    /// What was done: "restart user, all at once".
    pub(crate) words: String,
    /// Who did it.
    pub(crate) by: String,
}

/// All actions of the actual world, and how many more there are.
pub(crate) fn actions(record: &Record) -> (Vec<Action>, usize) {
    let changes = |entry: &&ResponseEntry| {
        matches!(entry.kind, ResponseKind::Set | ResponseKind::Restart) && entry.at_s <= record.simulated_s
    };
    let mut all: Vec<Action> = Vec::new();
    for entry in record.actual.response.iter().filter(changes) {
        let (restart, words) = (entry.kind == ResponseKind::Restart, short(&entry.what));
        // Settings that are changed together are one action.
        let together = |last: &&mut Action| {
            !restart && !last.restart && last.by == entry.by && entry.at_s - last.at_s < TOGETHER_S
        };
        if let Some(last) = all.last_mut().filter(together) {
            last.words = joined(&last.words, &words);
        } else {
            let (number, at_s, by) = (all.len() + 1, entry.at_s, entry.by.clone());
            all.push(Action { number, at_s, restart, words, by });
        }
    }
    let left_out = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    (all, left_out)
}

/// Two changes in one phrase; the second loses the path that it shares with the first.
fn joined(first: &str, second: &str) -> String {
    let shared = second.split(" = ").next().and_then(|path| path.rfind('.')).map_or(0, |dot| dot + 1);
    let known = shared > 0 && first.starts_with(&second[..shared]);
    format!("{first}, {}", if known { &second[shared..] } else { second })
}

/// An action in few words: paths lose what people know anyway.
fn short(what: &str) -> String {
    let what = what.strip_prefix("set ").unwrap_or(what);
    let what = what.strip_prefix("calls.").or_else(|| what.strip_prefix("services.")).unwrap_or(what);
    what.replace(" -> ", " \u{2192} ").replace("'.", " ").replace("\".", " ").replace(['\'', '"'], "")
}

/// Draws the numbers on a line at height `y`, each as near to its instant as the others allow.
pub(crate) fn draw_numbers(scene: &mut Scene, axis: &TimeAxis, actions: &[Action], y: f64) {
    let wanted: Vec<f64> = actions.iter().map(|action| axis.x(action.at_s)).collect();
    let widths = vec![2.0 * RADIUS; actions.len()];
    let placed = spread(&wanted, &widths, 2.0, (axis.left(), axis.right() + RADIUS));
    for ((action, x), instant) in actions.iter().zip(placed).zip(wanted) {
        if (x - instant).abs() > 1.0 {
            scene.line(vec![at(x, y), at(instant, y + RADIUS + 13.0)], 1.4, theme::PEOPLE);
        }
        number(scene, at(x, y), action);
    }
}

/// A number in a disc; in a box if it stands for a restart.
pub(crate) fn number(scene: &mut Scene, center: Point, action: &Action) {
    if action.restart {
        let rect = Rect::new(center.x - RADIUS, center.y - RADIUS, 2.0 * RADIUS, 2.0 * RADIUS);
        scene.area(rect.grown(1.0).rounded(5.0), theme::WHITE, 1.0);
        scene.area(rect.rounded(4.0), theme::RESTART, 1.0);
    } else {
        scene.disc(center, RADIUS + 1.0, theme::WHITE);
        scene.disc(center, RADIUS, theme::PEOPLE);
    }
    let size = if action.number > 9 { 14.0 } else { theme::TEXT };
    let place = center.moved(0.0, size * font::CAPITAL / 2.0);
    let text = Text::new(place, action.number.to_string()).size(size).bold();
    scene.text(text.color(theme::WHITE).anchor(Anchor::Middle));
}

/// Lists the actions below a picture, in two columns that are read downwards; returns the bottom.
pub(crate) fn list(
    scene: &mut Scene,
    record: &Record,
    (actions, left_out): &(Vec<Action>, usize),
    top: f64,
) -> f64 {
    if actions.is_empty() {
        return top;
    }
    let rows = actions.len().div_ceil(2);
    let gap = 28.0;
    let width = (scene.width - 2.0 * theme::EDGE - gap) / 2.0;
    let when =
        |at_s: f64| record.start.map_or_else(|| words::instant(at_s), |start| words::clock(start, at_s));
    let time_width =
        actions.iter().map(|a| font::width(&when(a.at_s), theme::TEXT, Weight::Bold)).fold(0.0, f64::max);
    let mut bottom = top;
    for (column, part) in actions.chunks(rows).enumerate() {
        let left = theme::EDGE + column as f64 * (width + gap);
        let begin = left + 2.0 * RADIUS + 10.0 + time_width + 12.0;
        let mut y = top + LINE / 2.0;
        for action in part {
            number(scene, at(left + RADIUS, y), action);
            let baseline = y + theme::TEXT * font::CAPITAL / 2.0;
            scene.text(Text::new(at(left + 2.0 * RADIUS + 10.0, baseline), when(action.at_s)).bold());
            let last = action.number == actions.len() && *left_out > 0;
            let more = if last { format!(", and {left_out} more") } else { String::new() };
            let told = format!("{}: {}{more}", action.by, action.words).replace(" = ", "\u{a0}=\u{a0}");
            let lines = font::wrap(&told, theme::TEXT, Weight::Regular, left + width - begin, 2);
            for (i, line) in lines.iter().enumerate() {
                scene.text(Text::new(at(begin, baseline + WRAPPED * i as f64), line.clone()));
            }
            y += LINE + WRAPPED * lines.len().saturating_sub(1) as f64;
        }
        bottom = bottom.max(y - LINE / 2.0);
    }
    bottom
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_short_and_numbered() {
        let (record, _) = crate::analysis::fixture::attended();
        let (told, left_out) = actions(&record);
        assert_eq!(left_out, 0);
        let words: Vec<String> = told.iter().map(|a| format!("{} {}", a.number, a.words)).collect();
        assert_eq!(words[0], "1 restart user, all at once");
        assert_eq!(words[1], "2 checkout \u{2192} user retry.max_attempts = 1");
        assert_eq!(words[2], "3 gateway.rate_limits.checkout = 60/s");
        let both = joined("gateway.rate_limits.checkout = 60/s", "gateway.rate_limits.browse = 15/s");
        assert_eq!(both, "gateway.rate_limits.checkout = 60/s, browse = 15/s");
        assert!(told[0].restart && !told[1].restart && told.len() == 8);
    }
}
