//! What the harm goes back to: its roots, the ways it took, and what made it larger. Only what the run shows.

use std::collections::BTreeSet;

use crate::analysis::{Summary, Wave};
use crate::record::{BlameRecord, ChainHarm, Link, Record};
use crate::report::block::{Block, Line, Table, Tone};
use crate::report::quantity;
use crate::report::story;

/// So many roots are told, besides those that held the harm for a time, and so many chains,
const ROOTS: usize = 6;
const CHAINS: usize = 4;
/// of those with at least this share of the harm.
const LEAST: f64 = 0.01;
/// So many services are named in a factor.
const SERVICES: usize = 4;

/// The roots, when each of them hit somebody first and last, and the chains from the users down to them.
pub(in crate::report) fn root(record: &Record, summary: &Summary) -> Vec<Block> {
    let why = |told| Line::toned(Tone::Strong, "Behind the harm").and(format!(": {told}"));
    let mut blocks: Vec<Block> = story::behind(summary).map(why).map(Block::Paragraph).into_iter().collect();
    let mut table =
        Table::of_numbers(["root", "share of the harm", "of what failed", "first hit", "last hit"]);
    // However little a root did itself, it has a row if it held the harm for a time: what began it all may be small.
    let held = |root: &String| summary.phases.iter().any(|phase| phase.roots.contains(root));
    let causes = summary.root_causes.iter().enumerate().filter(|(place, cause)| {
        held(&cause.root) || *place < ROOTS && cause.share.max(cause.share_of_lost) >= LEAST
    });
    table.rows.extend(causes.map(|(_, cause)| {
        let span = [cause.from_s, cause.to_s].map(quantity::instant);
        let [from, to] = span;
        (
            Tone::Plain,
            vec![
                cause.root.clone(),
                quantity::share(cause.share),
                quantity::share(cause.share_of_lost),
                from,
                to,
            ],
        )
    }));
    if !table.rows.is_empty() {
        blocks.push(Block::Table(table));
    }
    let chains = record.blame.as_ref().map_or_else(Vec::new, |blame| chains(record, blame));
    if !chains.is_empty() {
        blocks
            .push(Block::Paragraph(Line::plain("The ways that most of the harm took, from the users down:")));
        blocks.push(Block::List(chains));
    }
    blocks
}

/// The chains of most harm, a sentence each.
fn chains(record: &Record, blame: &BlameRecord) -> Vec<Line> {
    let all = blame.harmed.max(1) as f64;
    let large = blame.chains.iter().filter(|chain| chain.harmed >= LEAST * all && !chain.links.is_empty());
    // Chains that differ only in how calls in their middle held up are one way.
    let mut ways: Vec<(String, ChainHarm)> = Vec::new();
    for chain in large {
        let way = way(record, blame, chain);
        match ways.iter_mut().find(|(known, _)| *known == way) {
            Some((_, sum)) => {
                sum.harmed += chain.harmed;
                sum.from_s = sum.from_s.min(chain.from_s);
                sum.to_s = sum.to_s.max(chain.to_s);
            }
            None => ways.push((way, chain.clone())),
        }
    }
    ways.sort_by(|a, b| b.1.harmed.total_cmp(&a.1.harmed));
    let sentence = |(way, sum): &(String, ChainHarm)| {
        Line::toned(Tone::Strong, quantity::share(sum.harmed / all)).and(format!(
            ": {way}; it hit from {} to {}.",
            quantity::instant(sum.from_s),
            quantity::instant(sum.to_s)
        ))
    };
    ways.iter().take(CHAINS).map(sentence).collect()
}

/// From the users down to what held the last call up, and why.
fn way(record: &Record, blame: &BlameRecord, chain: &ChainHarm) -> String {
    let ends = |link: &Link| {
        let edge = record.topology.calls.iter().find(|edge| edge.name == link.call);
        edge.map_or_else(
            || (String::new(), link.call.clone()),
            |edge| (edge.caller.clone(), edge.callee.clone()),
        )
    };
    let mut stops =
        vec![format!("users of {}", chain.links.first().map_or_else(String::new, |link| ends(link).0))];
    stops.extend(chain.links.iter().map(|link| ends(link).1));
    let last = chain.links.last().map_or("", |link| how(&link.how));
    let root = blame.roots.get(chain.root).map_or("", |root| &root.root);
    format!("{}, {last}: {root}", stops.join(" \u{2192} "))
}

/// How the last call of a chain held up its caller.
fn how(how: &str) -> &'static str {
    match how {
        "line" => "where attempts stood in line for a thread",
        "thread" => "where attempts had a thread and were held up",
        "connection" => "where attempts lacked a connection",
        "permit" => "where attempts lacked a permit of the bulkhead",
        "throttle" => "where the caller held attempts back",
        "breaker" => "where the caller's breaker was open",
        "refused" => "where nobody took attempts",
        "reset" => "where whoever had the attempts died",
        "full" => "where the line was full",
        "shed" => "where attempts were shed",
        "limited" => "where a rate limit turned attempts away",
        "error" => "where attempts were answered with an error",
        _ => "where attempts were held up",
    }
}

/// What made the harm larger or longer.
pub(in crate::report) fn contributing(record: &Record, summary: &Summary) -> Vec<Line> {
    let mut found = sustained(summary);
    let fact = |name: &str, line: Line| Line::toned(Tone::Strong, name.to_owned()).and(": ").join(line);
    found.extend(story::amplification(summary).map(|line| fact("amplification", line)));
    found.extend(retried(record).map(|line| fact("retries", line)));
    let of = |name: &str, number: fn(&crate::analysis::ServiceSummary) -> u64| {
        services(summary, number).map(|line| fact(name, line))
    };
    found.extend(of("out of memory", |service| service.oom_kills));
    found.extend(of("longest queues of a replica", |service| service.peak_queue));
    found.extend(waves(summary).map(|line| fact("second wave", line)));
    found.extend(story::fallbacks(summary).map(|line| fact("fallbacks", line)));
    found
}

/// The loop that held it, and its gain.
fn sustained(summary: &Summary) -> Vec<Line> {
    let (Some(held), Some(told)) = (&summary.sustaining_loop, story::held(summary)) else {
        return Vec::new();
    };
    let gain = held.gain.map_or_else(String::new, |gain| {
        let feeds = if gain > 1.0 { "more than 1: it feeds itself" } else { "not more than 1" };
        format!(" Its gain is {gain:.2}, {feeds}.")
    });
    vec![Line::toned(Tone::Bad, "held by a loop").and(format!(" {told}{gain}"))]
}

/// The share of the harm that goes back to attempts that were retries.
fn retried(record: &Record) -> Option<Line> {
    let blame = record.blame.as_ref()?;
    let mut harmed = 0.0;
    let mut calls = Vec::new();
    for root in blame.roots.iter().filter(|root| root.kind == "retries") {
        harmed += root.harmed;
        calls.push(root.place.as_str());
    }
    let share = harmed / blame.harmed.max(1) as f64;
    (share >= LEAST).then(|| {
        calls.truncate(SERVICES);
        Line::plain(format!(
            "{} of the harm goes back to those of {}",
            quantity::share(share),
            calls.join(", ")
        ))
    })
}

/// The services in which most of something was counted, far more than in the twin.
fn services(summary: &Summary, number: fn(&crate::analysis::ServiceSummary) -> u64) -> Option<Line> {
    let twin = |name: &str| summary.twin.as_ref()?.services.get(name).map(number);
    let mut all: Vec<(&String, u64, Option<u64>)> = summary
        .services
        .iter()
        .map(|(name, service)| (name, number(service), twin(name)))
        .filter(|(_, actual, twin)| *actual > 2 * twin.unwrap_or(0).max(1))
        .collect();
    all.sort_by_key(|(_, actual, _)| std::cmp::Reverse(*actual));
    let told: Vec<String> = all
        .iter()
        .take(SERVICES)
        .map(|(name, actual, twin)| {
            let without = twin.map(|twin| format!(", without the faults {}", quantity::count(twin)));
            format!("{name} {}{}", quantity::count(*actual), without.unwrap_or_default())
        })
        .collect();
    (!told.is_empty()).then(|| Line::plain(told.join("; ")))
}

/// What got worse again after a restart, and what merely had more load.
fn waves(summary: &Summary) -> Option<Line> {
    let first = summary.waves.first()?;
    let (loads, worse): (Vec<&Wave>, Vec<&Wave>) =
        summary.waves.iter().filter(|wave| wave.is_of_restart(first)).partition(|wave| wave.more_load);
    let hit: BTreeSet<&str> = worse.iter().map(|wave| wave.service.as_str()).collect();
    let mut told: Vec<String> = Vec::new();
    if let Some(wave) = worse.first() {
        told.push(format!(
            "{} got worse again from {} on, beginning with {} ({})",
            quantity::counted(hit.len() as u64, "service"),
            quantity::instant(wave.at_s),
            wave.service,
            wave.via
        ));
    }
    told.extend(loads.iter().map(|wave| {
        format!("{} had more load from {} on ({})", wave.service, quantity::instant(wave.at_s), wave.via)
    }));
    Some(Line::plain(format!(
        "after the restart at {}, {}",
        quantity::instant(first.restart_s),
        told.join("; ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Phase, RootCause};
    use crate::record::RootHarm;

    #[test]
    fn a_root_that_held_the_harm_has_a_row_however_small_it_is() {
        let (record, mut summary) = crate::analysis::fixture::attended();
        let cause = |number: usize| RootCause {
            root: format!("root {number}"),
            share: 0.2 / (number + 1) as f64,
            share_of_lost: 0.0,
            from_s: 0.0,
            to_s: 1.0,
        };
        summary.root_causes = (0..9).map(cause).collect();
        let phase = Phase { roots: vec!["root 8".to_owned()], from_s: 0.0, to_s: 1.0, harmed: 1.0 };
        summary.phases = vec![phase];
        let blocks = root(&record, &summary);
        let rows = blocks.iter().find_map(|block| match block {
            Block::Table(table) => Some(table.rows.iter().map(|(_, row)| row[0].clone()).collect::<Vec<_>>()),
            _ => None,
        });
        let told = [0, 1, 2, 3, 4, 5, 8].map(|number| format!("root {number}"));
        assert_eq!(rows.unwrap(), told);
    }

    #[test]
    fn chains_that_read_alike_are_one_way() {
        let (record, _) = crate::analysis::fixture::attended();
        let chain = |first: &str, last: &str, harmed, from_s| ChainHarm {
            root: 0,
            links: [("checkout -> user", first), ("user -> user-db", last)]
                .map(|(call, how)| Link { call: call.to_owned(), how: how.to_owned() })
                .to_vec(),
            harmed,
            from_s,
            to_s: from_s + 10.0,
        };
        let root = RootHarm {
            root: "pause of user-db".to_owned(),
            kind: "fault".to_owned(),
            place: "user-db".to_owned(),
            harmed: 100.0,
            lost: 0.0,
            classes: Vec::new(),
            windows: Vec::new(),
        };
        let blame = BlameRecord {
            harmed: 100,
            roots: vec![root],
            chains: vec![
                chain("line", "full", 45.0, 1.0),
                chain("line", "line", 30.0, 5.0),
                chain("thread", "line", 25.0, 20.0),
            ],
            ..BlameRecord::default()
        };
        let told: Vec<String> = chains(&record, &blame).iter().map(Line::text).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("55 %: ") && told[0].ends_with("from T+5s to T+30s."), "{told:?}");
        assert!(told[1].starts_with("45 %: ") && told[1].contains("the line was full"), "{told:?}");
    }
}
