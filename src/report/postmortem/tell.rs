//! The order of a post-mortem. Leaves each section to its own file, and leaves out those with nothing in them.

use crate::analysis::Summary;
use crate::record::Record;
use crate::report::block::{Block, Line, Report, Tone};
use crate::report::postmortem::{cause, detection, impact, moments, opening, questions, response};
use crate::report::story::{self, Telling};
use crate::scenario::VerdictKind;

/// Tells an incident as its review would begin; none if nobody was harmed, or if there is no twin to tell by.
pub fn postmortem(record: &Record, summary: &Summary, telling: &Telling) -> Option<Report> {
    let verdict = summary.verdict.filter(|verdict| *verdict != VerdictKind::Unaffected)?;
    summary.twin.as_ref()?;
    let radius = summary.blast_radius.as_ref()?;
    let mut blocks = vec![Block::Paragraph(opening::status(record, summary, verdict))];
    if let Some(why) = &telling.stopped {
        blocks.push(Block::Paragraph(story::partial(record, why)));
    }
    let mut section = |name: &str, content: Vec<Block>| {
        if !content.is_empty() {
            blocks.push(Block::Heading(name.to_owned()));
            blocks.extend(content);
        }
    };
    section("Summary", vec![Block::Paragraph(opening::summary(record, summary, radius, verdict))]);
    let duration = impact::duration(radius).into_iter();
    section("Impact", duration.chain(impact::section(record, summary, radius)).collect());
    section("Timeline", whole(story::moments(record, summary), Block::Moments));
    section("Root cause", cause::root(record, summary));
    section("Contributing factors", whole(cause::contributing(record, summary), Block::List));
    section("Where detection was misled", whole(detection::misled(record, summary), Block::List));
    section("What acted and what did not", response::section(record, summary));
    section("Key moments and times", moments::section(record, summary));
    section("Open questions", whole(questions::all(record, summary), Block::List));
    section("Appendix: the run", appendix(record, summary, telling));
    let variant = record.variant.as_ref().map_or_else(String::new, |name| format!(", variant \"{name}\""));
    Some(Report { title: format!("Post-mortem: {}{variant}", record.scenario), blocks })
}

/// A block of all of them, if there are any.
fn whole<T>(items: Vec<T>, block: impl FnOnce(Vec<T>) -> Block) -> Vec<Block> {
    if items.is_empty() { Vec::new() } else { vec![block(items)] }
}

/// How to have the same run again, and what it was.
fn appendix(record: &Record, summary: &Summary, telling: &Telling) -> Vec<Block> {
    let fact = |name: &str, text: String| (name.to_owned(), Line::plain(text));
    let mut facts = vec![
        ("run".to_owned(), story::inputs(record)),
        fact("fingerprint", summary.fingerprint.clone()),
        fact("formats", format!("summary {}, record {}", summary.summary_version, record.record_version)),
    ];
    let failed: Vec<&str> =
        summary.expectations.iter().filter(|one| !one.held).map(|one| one.text.as_str()).collect();
    if !failed.is_empty() {
        let judged = if telling.changed { format!(" ({})", story::NOT_JUDGED) } else { String::new() };
        let line = Line::toned(Tone::Bad, "not held").and(format!("{judged}: {}", failed.join("; ")));
        facts.push(("expectations".to_owned(), line));
    }
    let intro = Line::plain("This post-mortem was written from a simulated run alone. The same run again:");
    vec![Block::Paragraph(intro), Block::Verbatim(telling.repeat.clone()), Block::Facts(facts)]
}
