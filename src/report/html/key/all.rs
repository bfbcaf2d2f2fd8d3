//! The moments in order. Leaves each to its own file.

use crate::analysis::Summary;
use crate::record::Record;
use crate::report::html::key::{cycle, fault, people};

/// So many are told: what people bear to be asked.
const MOST: usize = 10;

/// A moment to stop at.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report::html) struct KeyMoment {
    /// When.
    pub(in crate::report::html) at_s: f64,
    /// What happens, without what follows from it.
    pub(in crate::report::html) title: String,
    /// A question that does not contain its answer.
    pub(in crate::report::html) ask: String,
    /// The answer, with numbers of the run, as far as it has happened at that moment.
    pub(in crate::report::html) tell: String,
    /// What of the answer happens later, and when.
    pub(in crate::report::html) later: Vec<(f64, String)>,
}

impl KeyMoment {
    pub(super) fn new(at_s: f64, title: impl Into<String>, ask: impl Into<String>, tell: &[String]) -> Self {
        Self { at_s, title: title.into(), ask: ask.into(), tell: tell.join(" "), later: Vec::new() }
    }

    /// Tells more, which is known from `at_s` on.
    pub(super) fn and(mut self, at_s: f64, text: impl Into<String>) -> Self {
        let text = text.into();
        if at_s > self.at_s {
            self.later.push((at_s, text));
        } else if self.tell.is_empty() {
            self.tell = text;
        } else {
            self.tell = format!("{} {text}", self.tell);
        }
        self
    }

    /// The whole answer.
    #[cfg(test)]
    pub(super) fn all(&self) -> String {
        let later = self.later.iter().map(|(_, text)| text.as_str());
        [self.tell.as_str()]
            .into_iter()
            .chain(later)
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The moments of a run, in order.
pub(in crate::report::html) fn key_moments(record: &Record, summary: &Summary) -> Vec<KeyMoment> {
    let mut moments = fault::moments(record, summary);
    moments.extend(people::moments(record, summary));
    moments.extend(cycle::moment(record));
    // Stable: what is found first comes first among equal times.
    moments.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    let end = people::end(record, summary);
    moments.truncate(MOST - usize::from(end.is_some()));
    // What is over before the fault is, is judged when all is told.
    let last = moments.last().map_or(f64::NEG_INFINITY, |moment| moment.at_s);
    moments.extend(end.map(|end| KeyMoment { at_s: end.at_s.max(last), ..end }));
    moments
}
