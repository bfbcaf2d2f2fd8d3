//! The parts of the story on a page, in order: what the terminal and the post-mortem tell, under other headings. Words
//! nothing itself.

use crate::report::block::{Block, Line};
use crate::report::html::key;
use crate::report::html::page::Told;
use crate::report::{postmortem, story};

/// A part of the story: where it is, what it is called, and what there is to say.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) blocks: Vec<Block>,
}

/// The parts of a run. Each run has the same, though some may be empty.
pub(super) fn parts(told: &Told<'_>) -> Vec<Part> {
    let Told { record, summary, telling, .. } = *told;
    let part = |id, title, blocks| Part { id, title, blocks };
    let list = |lines: Vec<Line>| (!lines.is_empty()).then_some(Block::List(lines));
    let mut verdict = story::brief(record, summary, telling).split_off(1);
    verdict.extend(key::no_return(record, summary).map(Block::Paragraph));

    let mut happened = Vec::new();
    if let (Some(radius), Some(kind), Some(_)) = (&summary.blast_radius, summary.verdict, &summary.twin) {
        happened.push(Block::Paragraph(postmortem::summary(record, summary, radius, kind)));
    }
    let moments = story::moments(record, summary);
    happened.extend((!moments.is_empty()).then_some(Block::Moments(moments)));

    let mut reach = Vec::new();
    if let Some(radius) = &summary.blast_radius {
        reach.push(Block::Facts(story::radius(radius)));
        reach.extend(postmortem::impact(record, summary, radius));
    }
    let mut causes = postmortem::root(record, summary);
    causes.extend(list(postmortem::contributing(record, summary)));
    causes.extend(summary.hidden_capacity.as_ref().map(story::hidden_capacity).map(Block::Paragraph));
    let misled = list(postmortem::misled(record, summary)).into_iter().collect();

    let deeds = story::response(record);
    let mut people: Vec<Block> = (!deeds.is_empty()).then_some(Block::Moments(deeds)).into_iter().collect();
    people.extend(postmortem::response(record, summary));
    let tables =
        [story::traffic(record, summary), story::services(record, summary), story::calls(record, summary)];

    let mut repeat = vec![Block::Paragraph(story::inputs(record)), Block::Verbatim(telling.repeat.clone())];
    let mut facts = story::expected(summary, telling);
    facts.push(("fingerprint".to_owned(), Line::plain(summary.fingerprint.clone())));
    repeat.push(Block::Facts(facts));
    vec![
        part("verdict", "Verdict", verdict),
        part("happened", "What happened", happened),
        part("reach", "Blast radius", reach),
        part("causes", "Why", causes),
        part("misled", "Where detection was misled", misled),
        part("people", "What people changed, and what held", people),
        part("times", "Key moments and times", postmortem::times(record, summary)),
        part("numbers", "The numbers", tables.into_iter().flatten().map(Block::Table).collect()),
        part(
            "questions",
            "Open questions",
            list(postmortem::questions(record, summary)).into_iter().collect(),
        ),
        part("repeat", "How to repeat it", repeat),
    ]
}
