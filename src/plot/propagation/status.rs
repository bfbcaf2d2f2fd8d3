//! What became of each service and class, read from the summary. Draws nothing.

use plotters::style::RGBColor;

use crate::analysis::Summary;
use crate::plot::theme;
use crate::plot::{headline, words};
use crate::record::{ClassNode, Record};

/// How a service came out of the incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing to compare with.
    Unknown,
    /// Not hit.
    Unharmed,
    /// Hit and over it.
    Recovered,
    /// Hit and not over it.
    Impaired,
}

/// A service in the picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Status {
    /// How it came out.
    pub(super) outcome: Outcome,
    /// Whether a fault hit it.
    pub(super) target: bool,
    /// Its place in the order of first impact, from 1.
    pub(super) rank: Option<usize>,
    /// When it was hit.
    pub(super) when: Option<String>,
    /// What hit it.
    pub(super) via: String,
    /// How it ended.
    pub(super) end: String,
    /// When and by what it was hit again, after a restart that the response made.
    pub(super) again: Option<(String, String)>,
}

/// A class in the picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Audience {
    /// Whether its users were worse off than in the twin.
    pub(super) harmed: bool,
    /// What they got.
    pub(super) got: String,
}

impl Outcome {
    /// The color of a box and of its edge.
    pub(super) const fn colors(self, target: bool) -> (RGBColor, RGBColor) {
        match self {
            _ if target => (theme::INK, theme::INK),
            Self::Unknown => (theme::WHITE, theme::AXIS),
            Self::Unharmed => (theme::WASH, theme::AXIS),
            Self::Recovered => (RGBColor(253, 241, 214), theme::ORANGE),
            Self::Impaired => (RGBColor(250, 225, 208), theme::VERMILION),
        }
    }
}

/// What became of a service.
pub(super) fn service(record: &Record, summary: &Summary, name: &str) -> Status {
    let numbers = summary.services.get(name);
    let rank = summary.propagation.iter().position(|impact| impact.service == name);
    let impact = rank.map(|rank| &summary.propagation[rank]);
    let fault = record.faults.iter().find(|fault| fault.service == name);
    let hit_at = impact.map(|impact| impact.at_s).or_else(|| numbers.and_then(|n| n.first_impact_s));
    let recovered_at = numbers.and_then(|numbers| numbers.recovered_s);
    let outcome = match (hit_at, recovered_at) {
        (None, _) if summary.twin.is_none() => Outcome::Unknown,
        (None, _) => Outcome::Unharmed,
        (Some(_), Some(_)) => Outcome::Recovered,
        (Some(_), None) => Outcome::Impaired,
    };
    let end = match outcome {
        Outcome::Unknown => String::new(),
        Outcome::Unharmed => "unharmed".to_owned(),
        Outcome::Recovered => format!("over at {}", late(record, recovered_at.unwrap_or_default())),
        Outcome::Impaired => "still impaired".to_owned(),
    };
    let of = format!(" of {name}");
    let via = match (fault, impact) {
        (Some(fault), Some(impact)) if impact.from.is_none() => headline::fault(fault).replace(&of, ""),
        (_, Some(impact)) => impact.via.clone(),
        (Some(fault), None) => headline::fault(fault).replace(&of, ""),
        (None, None) => String::new(),
    };
    Status {
        outcome,
        target: fault.is_some(),
        rank: rank.map(|rank| rank + 1),
        when: hit_at.map(words::instant),
        via,
        end,
        again: again(record, summary, name),
    }
}

/// An instant in few letters: late ones by the clock of the people, if there is one.
fn late(record: &Record, at_s: f64) -> String {
    match record.start {
        Some(start) if at_s >= 60.0 => words::clock(start, at_s),
        _ => words::instant(at_s),
    }
}

/// The first wave after a restart that reached a service: when, and all that carried it.
fn again(record: &Record, summary: &Summary, name: &str) -> Option<(String, String)> {
    let first = summary.waves.iter().find(|wave| wave.service == name)?;
    let same = summary
        .waves
        .iter()
        .filter(|wave| wave.service == name && wave.restart_s.total_cmp(&first.restart_s).is_eq());
    let via: Vec<&str> = same.map(|wave| wave.via.as_str()).collect();
    let when =
        record.start.map_or_else(|| words::instant(first.at_s), |start| words::clock(start, first.at_s));
    Some((when, via.join("; ")))
}

/// What the users of a class got.
pub(super) fn class(summary: &Summary, class: &ClassNode) -> Audience {
    /// Less is not worth a color.
    const NOTICEABLE: f64 = 0.001;
    let Some(traffic) = summary.traffic.get(&class.name) else {
        return Audience { harmed: false, got: String::new() };
    };
    let twin = summary.twin.as_ref().and_then(|twin| twin.traffic.get(&class.name));
    let harmed = twin.is_some_and(|twin| traffic.availability < twin.availability - NOTICEABLE);
    let ended = traffic.requests.saturating_sub(traffic.unfinished);
    let got = match () {
        () if ended == 0 => String::new(),
        () if twin.is_some() && !harmed => "unharmed".to_owned(),
        () => format!("{} answered", words::share(traffic.availability)),
    };
    Audience { harmed, got }
}
