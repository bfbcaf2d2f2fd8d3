//! Faults, first impacts and second waves as moments: what was broken, and how the harm traveled.

use indexmap::IndexMap;

use crate::analysis::{Impact, Summary, Wave};
use crate::record::{FaultSpan, Record};
use crate::report::block::{Line, Tone};
use crate::report::quantity;
use crate::report::story::moments::{Happening, Weight};
use crate::report::story::signals;

/// So many first impacts are told one by one.
const ONE_BY_ONE: usize = 8;
/// So many faults are told one by one.
const FAULTS: usize = 6;

/// The begin and the end of every fault.
pub(super) fn faults(record: &Record) -> Vec<Happening> {
    let mut found = Vec::new();
    for (index, fault) in record.faults.iter().enumerate() {
        let weight = if index < FAULTS { Weight::Essential } else { Weight::Detail };
        let title = title(fault);
        let lasts = match fault.to_s {
            Some(to) if to > fault.from_s => String::new(),
            // What a restart takes is told by its replicas.
            Some(_) if fault.effect == "restart" => String::new(),
            Some(_) => " and is over at once".to_owned(),
            None => " and lasts to the end".to_owned(),
        };
        found.push(Happening {
            at_s: fault.from_s,
            weight,
            what: Line::toned(Tone::Strong, "fault ").and(format!("{title} begins{lasts}")),
        });
        if let Some(to) = fault.to_s
            && to > fault.from_s
        {
            let length = quantity::seconds(to - fault.from_s);
            found.push(Happening {
                at_s: to,
                weight,
                what: Line::toned(Tone::Strong, "fault ")
                    .and(format!("{} ends after {length}", fault.name))
                    .join(signals::readings(record, to)),
            });
        }
    }
    found
}

/// A fault's name, with what it does and where, unless that is its name.
fn title(fault: &FaultSpan) -> String {
    if fault.name.starts_with(&format!("{} of ", fault.effect)) {
        fault.name.clone()
    } else {
        format!("{} ({} of {})", fault.name, fault.effect, fault.on)
    }
}

/// The first impact on every service, except where a fault hit it: that one is told with the fault.
pub(super) fn impacts(record: &Record, summary: &Summary) -> Vec<Happening> {
    let told: Vec<&Impact> = summary.propagation.iter().filter(|impact| !is_told(record, impact)).collect();
    let mut found: Vec<Happening> = told
        .iter()
        .take(ONE_BY_ONE)
        .map(|impact| Happening { at_s: impact.at_s, weight: Weight::Essential, what: sentence(impact) })
        .collect();
    if let (Some(first), Some(last)) = (told.get(ONE_BY_ONE), told.last()) {
        let rest = (told.len() - ONE_BY_ONE) as u64;
        let what = Line::toned(Tone::Bad, "impact ").and(format!(
            "on {} more until {}",
            quantity::counted(rest, "service"),
            quantity::instant(last.at_s)
        ));
        found.push(Happening { at_s: first.at_s, weight: Weight::Important, what });
    }
    found
}

/// Whether a fault's own moment says it already.
fn is_told(record: &Record, impact: &Impact) -> bool {
    impact.from.is_none()
        && record
            .faults
            .iter()
            .any(|fault| fault.service == impact.service && fault.from_s.total_cmp(&impact.at_s).is_eq())
}

/// Who was hit, from where and how.
fn sentence(impact: &Impact) -> Line {
    let from = impact.from.as_ref().map_or_else(String::new, |from| format!(" from {from}"));
    let via = if impact.via.is_empty() { String::new() } else { format!(": {}", impact.via) };
    Line::toned(Tone::Bad, "impact ").and(format!("reaches {}{from}{via}", impact.service))
}

/// What got worse again after a restart of the response: one moment for each restart.
pub(super) fn waves(summary: &Summary) -> Vec<Happening> {
    let of_restarts = summary.waves.chunk_by(|a, b| a.restart_s.total_cmp(&b.restart_s).is_eq());
    of_restarts.map(wave).collect()
}

/// All that one restart set off.
fn wave(waves: &[Wave]) -> Happening {
    let mut carried: IndexMap<&str, Vec<String>> = IndexMap::new();
    for wave in waves {
        let own = carried.entry(&wave.service).or_default();
        // What comes on top comes later, and is not told as if it were there.
        let from =
            if own.is_empty() { String::new() } else { format!(" from {}", quantity::instant(wave.at_s)) };
        own.push(format!("{}{from}", wave.via));
    }
    let mut alike: IndexMap<Vec<String>, Vec<&str>> = IndexMap::new();
    for (service, via) in carried.into_iter().take(ONE_BY_ONE) {
        alike.entry(via).or_default().push(service);
    }
    let told: Vec<String> =
        alike.iter().map(|(via, services)| format!("{} ({})", services.join(", "), via.join("; "))).collect();
    let what = Line::toned(Tone::Bad, "second wave ").and(format!("after the restart: {}", told.join("; ")));
    Happening { at_s: waves[0].at_s, weight: Weight::Essential, what }
}
