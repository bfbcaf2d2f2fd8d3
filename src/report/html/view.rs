//! Blocks as the template wants them: text in spans, terms marked, facts under their names. Knows no story.

use std::collections::BTreeSet;

use crate::report::block::{self, Block, Moment, Side, Table};
use crate::report::html::words::{Span, Words, class};

/// A block.
#[derive(Debug)]
pub(super) enum View {
    /// A sentence or more.
    Paragraph(Vec<Span>),
    /// What happened, and whether the clock of the people is told.
    Moments(bool, Vec<Row>),
    /// Names, each with all there is to say under it.
    Facts(Vec<(Span, Vec<Vec<Span>>)>),
    /// Numbers side by side, and what tells the table from others.
    Table(String, Vec<Column>, Vec<Line>),
    /// Sentences of equal rank.
    List(Vec<Vec<Span>>),
    /// What is copied as it is.
    Verbatim(String),
    /// The name of what follows.
    Heading(String),
}

/// Something that happened.
#[derive(Debug)]
pub(super) struct Row {
    /// In seconds, for the replay; empty if there is no such instant.
    pub(super) seconds: String,
    /// When, for people.
    pub(super) at: String,
    /// The same on their clock.
    pub(super) clock: String,
    /// What.
    pub(super) what: Vec<Span>,
}

/// The head of a column.
#[derive(Debug)]
pub(super) struct Column {
    /// What it is called.
    pub(super) name: Span,
    /// Whether it has numbers.
    pub(super) number: bool,
}

/// A row of a table.
#[derive(Debug)]
pub(super) struct Line {
    /// Its tone as a class of the style.
    pub(super) class: &'static str,
    /// The first cell, which names the row.
    pub(super) name: String,
    /// The others, and what each is: the head of its column.
    pub(super) cells: Vec<String>,
}

/// The blocks of a part of this title; a term is marked where it first stands in it.
pub(super) fn views(title: &str, blocks: &[Block], words: &mut Words) -> Vec<View> {
    let mut told = BTreeSet::new();
    let of = |(number, block)| view(&format!("{title}, table {}", number + 1), block, words, &mut told);
    blocks.iter().enumerate().map(of).collect()
}

fn view(title: &str, block: &Block, words: &mut Words, told: &mut BTreeSet<usize>) -> View {
    match block {
        Block::Heading(name) => View::Heading(name.clone()),
        Block::Paragraph(line) => View::Paragraph(words.line(line, told)),
        Block::Moments(moments) => {
            let clock = moments.iter().any(|moment| !moment.clock.is_empty());
            View::Moments(clock, moments.iter().map(|moment| row(moment, words, told)).collect())
        }
        Block::Facts(facts) => View::Facts(grouped(facts, words, told)),
        Block::Table(table) => of_table(title, table, words),
        Block::List(lines) => View::List(lines.iter().map(|line| words.line(line, told)).collect()),
        Block::Verbatim(text) => View::Verbatim(text.clone()),
    }
}

fn row(moment: &Moment, words: &mut Words, told: &mut BTreeSet<usize>) -> Row {
    Row {
        seconds: moment.at_s.map_or_else(String::new, |at_s| format!("{at_s:.3}")),
        at: moment.at.clone(),
        clock: moment.clock.clone(),
        what: words.line(&moment.what, told),
    }
}

/// Facts without a name go to the name before them.
fn grouped(
    facts: &[(String, block::Line)],
    words: &mut Words,
    told: &mut BTreeSet<usize>,
) -> Vec<(Span, Vec<Vec<Span>>)> {
    let mut groups: Vec<(Span, Vec<Vec<Span>>)> = Vec::new();
    for (name, line) in facts {
        if !name.is_empty() || groups.is_empty() {
            groups.push((words.name(name), Vec::new()));
        }
        let spans = words.line(line, told);
        if let Some((_, lines)) = groups.last_mut() {
            lines.push(spans);
        }
    }
    groups
}

/// A table of this title.
pub(super) fn of_table(title: &str, table: &Table, words: &mut Words) -> View {
    let column =
        |(name, side): &(String, Side)| Column { name: words.name(name), number: *side == Side::Right };
    let columns = table.columns.iter().map(column).collect();
    let row = |(tone, cells): &(_, Vec<String>)| Line {
        class: class(*tone),
        name: cells.first().cloned().unwrap_or_default(),
        cells: cells.iter().skip(1).cloned().collect(),
    };
    View::Table(title.to_owned(), columns, table.rows.iter().map(row).collect())
}
