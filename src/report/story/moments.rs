//! What happened, in the order of time, thinned to what fits on a screen. Knows no words of its own.

use crate::analysis::Summary;
use crate::record::Record;
use crate::report::block::{Line, Moment};
use crate::report::quantity;
use crate::report::story::{causes, load, outage, people, signals, states};

/// So many moments at most,
const MOST: usize = 18;
/// and so many with people in it.
const MOST_WITH_PEOPLE: usize = 24;

/// How much a moment matters to the story. The least important are left out first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// The story makes no sense without it.
    Essential,
    /// A turn of the story.
    Important,
    /// A detail.
    Detail,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(super) struct Happening {
    /// When.
    pub(super) at_s: f64,
    /// How much it matters.
    pub(super) weight: Weight,
    /// What.
    pub(super) what: Line,
}

/// The moments of an incident.
pub(in crate::report) fn all(record: &Record, summary: &Summary) -> Vec<Moment> {
    let mut found = causes::faults(record);
    found.extend(signals::all(record));
    found.extend(people::moments(record));
    found.extend(causes::impacts(record, summary));
    found.extend(causes::waves(summary));
    found.extend(states::all(record));
    found.extend(outage::outages(record));
    found.extend(outage::silences(record));
    found.extend(load::peaks(record, summary));
    let most = if record.actual.response.is_empty() { MOST } else { MOST_WITH_PEOPLE };
    let left_out = thin(&mut found, most);
    let mut moments: Vec<Moment> = found.into_iter().map(|happening| moment(record, happening)).collect();
    if left_out > 0 {
        let what =
            Line::dim(format!("and {} more, less important", quantity::counted(left_out as u64, "moment")));
        moments.push(Moment { at_s: None, at: String::new(), clock: String::new(), what });
    }
    moments
}

/// What people and automation did, alone.
#[cfg(feature = "report")]
pub(in crate::report) fn response(record: &Record) -> Vec<Moment> {
    people::moments(record).into_iter().map(|happening| moment(record, happening)).collect()
}

/// Brings them into order and takes out the least important beyond so many; returns how many.
fn thin(found: &mut Vec<Happening>, most: usize) -> usize {
    // What is found first comes first among equal times: the fault, then what it did.
    found.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    let mut kept: Vec<usize> = (0..found.len()).collect();
    kept.sort_by_key(|index| found[*index].weight);
    kept.truncate(most);
    let left_out = found.len() - kept.len();
    let mut index = 0;
    found.retain(|_| {
        index += 1;
        kept.contains(&(index - 1))
    });
    left_out
}

/// With its labels.
fn moment(record: &Record, happening: Happening) -> Moment {
    let clock = record.start.map_or_else(String::new, |start| quantity::clock(start, happening.at_s));
    Moment { at_s: Some(happening.at_s), at: quantity::instant(happening.at_s), clock, what: happening.what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_important_moments_go_first() {
        let mut found: Vec<Happening> = (0..30)
            .map(|index| Happening {
                at_s: f64::from(30 - index),
                weight: if index % 3 == 0 { Weight::Essential } else { Weight::Detail },
                what: Line::plain(index.to_string()),
            })
            .collect();
        assert_eq!(thin(&mut found, MOST), 12);
        assert_eq!(found.iter().filter(|happening| happening.weight == Weight::Essential).count(), 10);
        assert!(found.is_sorted_by(|a, b| a.at_s <= b.at_s));
    }
}
