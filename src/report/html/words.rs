//! Terms of the trade within text, and what they mean: the glossary of `explain`, of which a page has what it uses.

use std::collections::BTreeSet;

use crate::report::block::{Line, Tone};
use crate::scenario::{WORDS, Word};

/// Terms that mean in a sentence what the glossary says; others, such as `share` or `time`, are also plain English there.
const TELLING: [&str; 48] = [
    "advertised capacity",
    "affected",
    "alert",
    "amplification",
    "blast radius",
    "breaker",
    "bulkhead",
    "burn rate",
    "cold caches",
    "contained",
    "containment",
    "critical",
    "degradation",
    "error budget",
    "expectations",
    "fallback",
    "fingerprint",
    "first attempts",
    "gain",
    "goodput",
    "harm",
    "harmed",
    "health check",
    "hidden capacity",
    "limited",
    "load shedding",
    "loop",
    "lost value",
    "mean wait",
    "metastable",
    "never answered",
    "no return",
    "objective",
    "out of memory",
    "out-of-memory kills",
    "rate limit",
    "recovered",
    "replicas",
    "restart loop",
    "threads",
    "timeout",
    "twin",
    "unaffected",
    "unavailability",
    "unavailable",
    "undecided",
    "unfinished",
    "worse off",
];

/// Heads of columns and names of facts that are no terms themselves, and the term that says what they are.
const HEADS: [(&str, &str); 23] = [
    ("attempts", "attempt"),
    ("detect", "times"),
    ("first", "affected"),
    ("first hit", "first impact"),
    ("from", "phase"),
    ("improved", "affected"),
    ("last", "affected"),
    ("load", "load ratio"),
    ("nobody acting", "unattended"),
    ("ok", "goodput"),
    ("peak queue", "queue"),
    ("recover", "times"),
    ("recovered", "times"),
    ("requests", "request"),
    ("restarts", "restart"),
    ("run", "seed"),
    ("services hit", "blast radius"),
    ("share", "affected"),
    ("share of the harm", "blame"),
    ("to", "phase"),
    ("traffic", "traffic class"),
    ("twin p99", "twin"),
    ("worst", "worst minute"),
];

/// What the heads of the replay mean.
const REPLAY: [&str; 13] = [
    "alert",
    "attempt",
    "blame",
    "call",
    "circuit breaker",
    "failure",
    "monitor",
    "percentile",
    "queue",
    "replica",
    "service",
    "thread",
    "twin",
];

/// A piece of text in one tone, which may be a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// The text.
    pub(super) text: String,
    /// Its tone as a class of the style, empty if it is plain.
    pub(super) class: &'static str,
    /// The anchor of what it means.
    pub(super) word: Option<String>,
}

/// The terms that a page used so far.
#[derive(Debug, Default)]
pub(super) struct Words {
    used: BTreeSet<usize>,
}

/// An entry of the glossary.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it is.
    pub(super) anchor: String,
    /// The term.
    pub(super) term: &'static str,
    /// What it means, in pieces: every other one is written as in a scenario.
    pub(super) meaning: Vec<&'static str>,
}

impl Words {
    /// A line in spans; terms are marked unless `told` has them, to which they are added.
    pub(super) fn line(&mut self, line: &Line, told: &mut BTreeSet<usize>) -> Vec<Span> {
        let mut spans = Vec::new();
        for piece in &line.pieces {
            let class = class(piece.tone);
            let mut rest = piece.text.as_str();
            while let Some((from, to, word)) = next(rest, told) {
                told.insert(word);
                self.used.insert(word);
                spans.push(Span { text: rest[..from].to_owned(), class, word: None });
                spans.push(Span { text: rest[from..to].to_owned(), class, word: Some(anchor(word)) });
                rest = &rest[to..];
            }
            spans.push(Span { text: rest.to_owned(), class, word: None });
        }
        spans.retain(|span| !span.text.is_empty());
        spans
    }

    /// A heading or name that stands alone, as a term if it is one.
    pub(super) fn name(&mut self, name: &str) -> Span {
        let of = HEADS.iter().find(|(head, _)| *head == name);
        let word = position(of.map_or(name, |(_, term)| term));
        self.used.extend(word);
        Span { text: name.to_owned(), class: "", word: word.map(anchor) }
    }

    /// Those that the replay uses.
    pub(super) fn replay(&mut self) {
        self.used.extend(REPLAY.iter().filter_map(|term| position(term)));
    }

    /// What was used, by name.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let entry = |position: &usize| {
            let Word { term, meaning, .. } = WORDS[*position];
            Entry { anchor: anchor(*position), term, meaning: meaning.split('`').collect() }
        };
        let mut entries: Vec<Entry> = self.used.iter().map(entry).collect();
        entries.sort_by_key(|entry| entry.term);
        entries
    }
}

/// The class of a tone.
pub(super) const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Strong => "strong",
        Tone::Dim => "dim",
        Tone::Good => "good",
        Tone::Caution => "caution",
        Tone::Bad => "bad",
    }
}

/// Where a term of the glossary is on the page.
fn anchor(position: usize) -> String {
    let letters = WORDS[position].term.chars();
    format!("word-{}", letters.map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>())
}

/// The position of a term in the glossary; capitals make no difference.
fn position(name: &str) -> Option<usize> {
    let is = |term: &str| term.eq_ignore_ascii_case(name);
    WORDS.iter().position(|word| is(word.term) || word.also.iter().any(|also| is(also)))
}

/// The first telling term of a text that was not told yet: where it begins and ends, and which it is. Of two that begin at
/// the same letter the longer one.
fn next(text: &str, told: &BTreeSet<usize>) -> Option<(usize, usize, usize)> {
    let low = text.to_ascii_lowercase();
    let mut best: Option<(usize, usize, usize)> = None;
    for term in TELLING {
        let Some(word) = position(term).filter(|word| !told.contains(word)) else { continue };
        let mut places = low.match_indices(term).map(|(at, _)| at);
        let Some(from) = places.find(|at| alone(&low, *at, term.len()) && !within(&low, *at, term)) else {
            continue;
        };
        let found = (from, from + term.len(), word);
        let better = best.is_none_or(|known| (from, known.1) < (known.0, found.1));
        if better {
            best = Some(found);
        }
    }
    best
}

/// Whether a match is a word, and no part of one or of a name.
fn alone(text: &str, from: usize, length: usize) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '\'' | '"');
    let before = text[..from].chars().next_back();
    let mut after = text[from + length..].chars();
    let follows = match after.next() {
        Some('.') => after.next().is_some_and(char::is_alphanumeric),
        Some(next) => part(next),
        None => false,
    };
    !before.is_some_and(part) && !follows
}

/// Whether a match is a part of a longer term: "loop" within "restart loop" means something else.
fn within(text: &str, from: usize, term: &str) -> bool {
    TELLING.iter().filter(|longer| longer.len() > term.len()).any(|longer| {
        let mut places = longer.match_indices(term).filter_map(|(offset, _)| from.checked_sub(offset));
        places.any(|begin| text.get(begin..).is_some_and(|rest| rest.starts_with(longer)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::story;

    #[test]
    fn every_telling_term_is_in_the_glossary_and_in_order() {
        for term in TELLING.iter().chain(HEADS.iter().map(|(_, term)| term)) {
            assert!(position(term).is_some(), "{term}");
        }
        // The replay knows them by the names of their entries alone.
        for term in REPLAY {
            assert!(WORDS.iter().any(|word| word.term == term), "{term}");
        }
        assert!(TELLING.is_sorted() && HEADS.is_sorted() && REPLAY.is_sorted());
    }

    #[test]
    fn every_number_of_a_table_is_defined() {
        let (record, summary) = crate::analysis::fixture::attended();
        let tables = [story::traffic(&record, &summary), story::services(&record, &summary)];
        let mut words = Words::default();
        for (name, _) in tables.iter().flatten().flat_map(|table| &table.columns) {
            assert!(words.name(name).word.is_some(), "{name}");
        }
    }

    #[test]
    fn a_term_within_a_longer_one_is_not_taken_for_itself() {
        let mut words = Words::default();
        let told = &mut BTreeSet::new();
        let mut marked = |text: &str| -> Vec<(String, Option<String>)> {
            let spans = words.line(&Line::plain(text), told);
            spans.into_iter().filter(|span| span.word.is_some()).map(|span| (span.text, span.word)).collect()
        };
        let word = |text: &str, anchor: &str| (text.to_owned(), Some(format!("word-{anchor}")));
        assert_eq!(marked("In a restart loop."), [word("restart loop", "crash-loop")]);
        // Told once, it is not told again, in whole or in part.
        assert_eq!(marked("A restart loop, and a loop."), [word("loop", "sustaining-effect")]);
        assert_eq!(marked("NO RETURN: from T+16s on."), [word("NO RETURN", "no-return")]);
    }

    #[test]
    fn a_term_is_marked_once_and_names_are_no_terms() {
        let mut words = Words::default();
        let line = Line::plain("Metastable: the twin is well, twin-db and 'twin' are not, nor is the twin.");
        let spans = words.line(&line, &mut BTreeSet::new());
        let marked: Vec<&str> =
            spans.iter().filter(|span| span.word.is_some()).map(|span| span.text.as_str()).collect();
        assert_eq!(marked, ["Metastable", "twin"]);
        assert_eq!(spans.iter().map(|span| span.text.as_str()).collect::<String>(), line.text());
        let entries = words.entries();
        assert_eq!(entries[1].anchor, "word-twin");
        assert!(entries[1].meaning[0].starts_with("The world without faults"));
    }
}
