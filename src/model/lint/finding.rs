//! What a finding is, and how numbers and names are written in one. Finds nothing itself.

use crate::id::{EdgeId, SiteId};
use crate::model::{Forecast, Model};
use crate::time::SimDuration;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// It will go wrong, or can and then stays so.
    Serious,
    /// It makes failures worse.
    Caution,
    /// Worth knowing.
    Note,
}

/// Something worth a second look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its code: `L010`.
    pub code: &'static str,
    /// How much it matters.
    pub gravity: Gravity,
    /// What was found, in one sentence without a full stop, with the numbers.
    pub message: String,
    /// What would change it.
    pub hint: String,
}

/// What every lint looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lint<'m> {
    pub(super) model: &'m Model,
    pub(super) forecast: &'m Forecast,
}

impl<'m> Lint<'m> {
    /// The edges that traffic reaches. Probes have theirs to themselves, under a policy that nobody wrote.
    pub(super) fn edges(self) -> impl Iterator<Item = (EdgeId, &'m crate::model::Edge)> {
        let edges = self.model.edges.enumerate();
        edges.filter(move |(id, edge)| {
            self.forecast.edges[*id].calls_per_s > 0.0 && !self.model.probe_calls(edge.caller)
        })
    }

    /// Calls from a place that requests bring along, over all classes.
    pub(super) fn calls(self, site: SiteId) -> f64 {
        self.forecast.requests.iter().map(|request| request.calls[site]).sum()
    }

    /// An edge as people know it; with its operations where caller and callee have several.
    pub(super) fn name(self, edge: EdgeId) -> String {
        let pair = self.model.edges[edge].pair;
        let name = &self.model.pairs[pair].name;
        if self.model.edges.iter().filter(|other| other.pair == pair).count() < 2 {
            return format!("`{name}`");
        }
        let mut asked: Vec<&str> = Vec::new();
        for site in self.model.sites.iter().filter(|site| site.edge == edge) {
            let operation = self.model.operations[site.operation].name.as_str();
            if !asked.contains(&operation) {
                asked.push(operation);
            }
        }
        format!("`{name}` ({})", asked.join(", "))
    }
}

/// A list that stays short: up to five names, or four and how many more.
pub(super) fn listed(names: &[String]) -> String {
    const MOST: usize = 5;
    if names.len() <= MOST {
        return names.join(", ");
    }
    format!("{} and {} more", names[..MOST - 1].join(", "), names.len() - (MOST - 1))
}

/// A number in three digits, without zeros at its end.
pub(super) fn number(value: f64) -> String {
    let digits = match value.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        size if size >= 0.995 => 2,
        _ => 4,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A rate: `769/s`.
pub(super) fn rate(per_s: f64) -> String {
    format!("{}/s", number(per_s))
}

/// A mean or sum of lengths of time, in three digits, as scenarios write them: `65ms`.
pub(super) fn time(seconds: f64) -> String {
    match seconds {
        _ if seconds < 0.000_999_5 => format!("{}us", number(seconds * 1e6)),
        _ if seconds < 0.999_5 => format!("{}ms", number(seconds * 1e3)),
        _ => format!("{}s", number(seconds)),
    }
}

/// A length of time that was written, or is a small multiple of one.
pub(super) fn exact(length: SimDuration) -> String {
    length.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [number(769.23), number(41.25), number(4.0), number(0.031)],
            ["769", "41.2", "4", "0.031"]
        );
        assert_eq!([time(0.065), time(4.0), time(0.000_25)], ["65ms", "4s", "250us"]);
        let names: Vec<String> = ["a", "b", "c", "d", "e", "f"].map(str::to_owned).into();
        assert_eq!(listed(&names), "a, b, c, d and 2 more");
        assert_eq!(listed(&names[..2]), "a, b");
    }
}
