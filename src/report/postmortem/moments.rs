//! The moments that a review asks for first, and how long it was between them.

use crate::analysis::Summary;
use crate::record::Record;
use crate::report::block::{Block, Line, Moment};
use crate::report::quantity;
use crate::report::story;
use crate::scenario::VerdictKind;

/// The moments in their order, and the times.
pub(in crate::report) fn section(record: &Record, summary: &Summary) -> Vec<Block> {
    let mut found = all(record, summary);
    // Stable: what is named first comes first among equal times.
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let moment = |(at_s, what): (f64, &str)| Moment {
        at_s: Some(at_s),
        at: quantity::instant(at_s),
        clock: record.start.map_or_else(String::new, |start| quantity::clock(start, at_s)),
        what: Line::plain(what),
    };
    let moments: Vec<Moment> = found.into_iter().map(moment).collect();
    let mut blocks = if moments.is_empty() { Vec::new() } else { vec![Block::Moments(moments)] };
    let times = story::times(summary.times.as_ref());
    blocks.extend(
        times.map(|line| Block::Paragraph(Line::plain("From the first impact: ").join(line).and("."))),
    );
    blocks
}

fn all(record: &Record, summary: &Summary) -> Vec<(f64, &'static str)> {
    let people = summary.people.as_ref();
    let alerts =
        record.actual.monitors.values().filter_map(|track| track.alerts.first().map(|(at_s, _)| *at_s));
    let times = summary.times;
    let recovered = times.and_then(|times| Some(times.impact_s + times.to_recover_s?));
    let mitigated = times.and_then(|times| Some(times.impact_s + times.to_mitigate_s?));
    let moments = [
        (times.map(|times| times.impact_s), "first impact"),
        (
            no_return(record, summary),
            "no return: the last fault is over; without help the harm does not end any more",
        ),
        (alerts.reduce(f64::min), "first alert"),
        (people.and_then(|people| people.paged_s), "page"),
        (people.and_then(|people| people.started_s), "somebody is at work on it"),
        (people.and_then(|people| people.first_action_s), "first action"),
        (mitigated, "mitigated: every class has 90 % of its goodput again"),
        (people.and_then(|people| people.resolved_s), "declared over"),
        (recovered, "recovered: all is well again"),
    ];
    moments.into_iter().filter_map(|(at_s, what)| Some((at_s?, what))).collect()
}

/// When the last fault was over, if the world in which nobody acts stays impaired after it.
fn no_return(record: &Record, summary: &Summary) -> Option<f64> {
    let alone = summary.verdict_unattended.or(summary.verdict)?;
    let over =
        record.faults.iter().map(|fault| fault.to_s).try_fold(0.0, |last, to| Some(f64::max(last, to?)))?;
    (alone == VerdictKind::Metastable).then_some(over)
}
