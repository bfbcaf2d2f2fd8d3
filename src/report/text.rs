//! A report as lines for a screen of a given width. Leaves it to others to turn tones into colors.

use crate::report::block::{Block, Line, Moment, Piece, Report, Tone};
use crate::report::table;

/// Between the columns of a block.
const GAP: usize = 2;

/// Lays out a report; no line is longer than `width` where it can be broken.
pub fn lines(report: &Report, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, block) in report.blocks.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| &report.blocks[index]);
        let together = matches!((before, block), (Some(Block::Paragraph(_)), Block::Paragraph(_)));
        // The first paragraph says what went in, and stands alone.
        if before.is_some() && !(together && index > 1) {
            lines.push(Line::default());
        }
        match block {
            Block::Heading(name) => lines.push(Line::toned(Tone::Strong, name)),
            Block::Paragraph(line) => lines.extend(wrapped(line, width, 0)),
            Block::Moments(moments) => lines.extend(moments_lines(moments, width)),
            Block::Facts(facts) => lines.extend(facts_lines(facts, width)),
            Block::Table(table) => lines.extend(table::lines(table)),
            Block::List(items) => {
                lines.extend(
                    items.iter().flat_map(|item| wrapped(&Line::dim("- ").join(item.clone()), width, 2)),
                );
            }
            Block::Verbatim(text) => lines.extend(text.lines().map(Line::plain)),
        }
    }
    lines
}

/// The same without tones, each line with its end.
pub fn plain(report: &Report, width: usize) -> String {
    lines(report, width).iter().fold(String::new(), |text, line| text + &line.text() + "\n")
}

/// Instants, clock times and what happened, in columns.
fn moments_lines(moments: &[Moment], width: usize) -> Vec<Line> {
    let longest = |of: fn(&Moment) -> &str| {
        moments.iter().map(|moment| of(moment).chars().count()).max().unwrap_or_default()
    };
    let (at, clock) = (longest(|moment| &moment.at), longest(|moment| &moment.clock));
    let clock_gap = if clock == 0 { 0 } else { GAP };
    let mut lines = Vec::new();
    for moment in moments {
        let label = format!("{:>at$}{:clock_gap$}{:clock$}{:GAP$}", moment.at, "", moment.clock, "");
        let line = Line::dim(label).join(moment.what.clone());
        lines.extend(wrapped(&line, width, at + clock_gap + clock + GAP));
    }
    lines
}

/// Names and facts in columns.
fn facts_lines(facts: &[(String, Line)], width: usize) -> Vec<Line> {
    let longest = facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for (name, fact) in facts {
        let line = Line::dim(format!("{name:longest$}{:GAP$}", "")).join(fact.clone());
        lines.extend(wrapped(&line, width, longest + GAP));
    }
    lines
}

/// Breaks a line between words; what follows is indented. The first `indent` characters are never broken.
pub fn wrapped(line: &Line, width: usize, indent: usize) -> Vec<Line> {
    let mut lines = vec![Line::default()];
    let mut column = 0;
    for word in words(line) {
        let long: usize = word.iter().map(|(text, _)| text.chars().count()).sum();
        let blanks = word.last().map_or(0, |(text, _)| text.len() - text.trim_end().len());
        let length = long - blanks;
        if column + length > width && column > indent {
            lines.push(Line::dim(" ".repeat(indent)));
            column = indent;
        }
        if let Some(last) = lines.last_mut() {
            for (text, tone) in word {
                push(last, text, tone);
            }
        }
        column += long;
    }
    lines.iter_mut().for_each(trim_end);
    lines
}

/// The words of a line with the blank behind each: what follows without one belongs to it, whatever its tone, and a percent sign to
/// its number.
fn words(line: &Line) -> Vec<Vec<(&str, Tone)>> {
    let mut words: Vec<Vec<(&str, Tone)>> = Vec::new();
    for piece in &line.pieces {
        for part in piece.text.split_inclusive(' ') {
            match words.last_mut() {
                Some(word)
                    if part.starts_with('%') || !word.last().is_some_and(|(text, _)| text.ends_with(' ')) =>
                {
                    word.push((part, piece.tone));
                }
                _ => words.push(vec![(part, piece.tone)]),
            }
        }
    }
    words
}

/// Adds text to a line, to its last piece if that has the same tone.
fn push(line: &mut Line, text: &str, tone: Tone) {
    match line.pieces.last_mut() {
        Some(last) if last.tone == tone => last.text.push_str(text),
        _ => line.pieces.push(Piece { text: text.to_owned(), tone }),
    }
}

/// Takes blanks off the end of a line.
fn trim_end(line: &mut Line) {
    while let Some(last) = line.pieces.last_mut() {
        let kept = last.text.trim_end().len();
        last.text.truncate(kept);
        if kept > 0 {
            return;
        }
        line.pieces.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_break_between_words_and_keep_their_tones() {
        let line = Line::dim("name  ").join(Line::plain("one two three").then(Tone::Bad, " four"));
        let told: Vec<String> = wrapped(&line, 16, 6).iter().map(Line::text).collect();
        assert_eq!(told, ["name  one two", "      three four"]);
        assert_eq!(wrapped(&line, 16, 6)[1].pieces.last().map(|piece| piece.tone), Some(Tone::Bad));
    }

    #[test]
    fn a_word_of_two_tones_stays_whole() {
        let line = Line::plain("one two").then(Tone::Dim, "; three");
        let told: Vec<String> = wrapped(&line, 7, 0).iter().map(Line::text).collect();
        assert_eq!(told, ["one", "two;", "three"]);
    }

    #[test]
    fn a_percent_sign_stays_with_its_number() {
        let told = |width| {
            wrapped(&Line::plain("it is 12 % of all"), width, 0).iter().map(Line::text).collect::<Vec<_>>()
        };
        assert_eq!(told(9), ["it is", "12 % of", "all"]);
        assert_eq!(told(10), ["it is 12 %", "of all"]);
    }

    #[test]
    fn a_word_longer_than_the_screen_stays_whole() {
        let told: Vec<String> =
            wrapped(&Line::plain("a incomprehensibilities b"), 6, 0).iter().map(Line::text).collect();
        assert_eq!(told, ["a", "incomprehensibilities", "b"]);
    }
}
