//! A report as Markdown, for a pull request or the review of an incident. Knows no terminal.

use std::fmt::Write as _;

use crate::report::block::{Block, Line, Moment, Report, Side, Table, Tone};
use crate::unseen::{marked, marked_lines};

/// Renders a report.
pub fn markdown(report: &Report) -> String {
    let mut text = format!("# {}\n", escaped(&report.title));
    for block in &report.blocks {
        text.push('\n');
        match block {
            Block::Heading(name) => text.extend(["## ", &escaped(name), "\n"]),
            Block::Paragraph(line) => text += &(inline(line) + "\n"),
            Block::Moments(moments) => push_moments(&mut text, moments),
            Block::Facts(facts) => push_facts(&mut text, facts),
            Block::Table(table) => push_table(&mut text, table),
            Block::List(items) => text.extend(items.iter().map(|item| format!("- {}\n", inline(item)))),
            Block::Verbatim(verbatim) => push_verbatim(&mut text, verbatim),
        }
    }
    text
}

/// A table of what happened.
fn push_moments(text: &mut String, moments: &[Moment]) {
    let with_clock = moments.iter().any(|moment| !moment.clock.is_empty());
    text.push_str(if with_clock {
        "| T+ | clock | what happened |\n|---:|---|---|\n"
    } else {
        "| T+ | what happened |\n|---:|---|\n"
    });
    for moment in moments {
        let clock = if with_clock { format!(" {} |", moment.clock) } else { String::new() };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} |{clock} {} |", moment.at, inline(&moment.what));
    }
}

/// A list; facts without a name continue the one before.
fn push_facts(text: &mut String, facts: &[(String, Line)]) {
    for (name, fact) in facts {
        let _ = if name.is_empty() {
            writeln!(text, "  - {}", inline(fact))
        } else {
            writeln!(text, "- **{}**: {}", escaped(name), inline(fact))
        };
    }
}

/// A table of numbers.
fn push_table(text: &mut String, table: &Table) {
    let row = |cells: &mut dyn Iterator<Item = String>| {
        cells.fold("|".to_owned(), |row, cell| row + " " + &cell + " |")
    };
    let headings = row(&mut table.columns.iter().map(|(heading, _)| escaped(heading)));
    let rule = table.columns.iter().fold("|".to_owned(), |rule, (_, side)| {
        rule + match side {
            Side::Left => "---|",
            Side::Right => "---:|",
        }
    });
    let _ = writeln!(text, "{headings}\n{rule}");
    for (_, cells) in &table.rows {
        let _ = writeln!(text, "{}", row(&mut cells.iter().map(|cell| escaped(cell))));
    }
}

/// Text between fences that are longer than any within it.
fn push_verbatim(text: &mut String, verbatim: &str) {
    let runs = verbatim.split(|character| character != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{fence}\n{}\n{fence}", marked_lines(verbatim));
}

/// Toned text: what matters is bold.
fn inline(line: &Line) -> String {
    let mut text = String::new();
    for piece in &line.pieces {
        let words = piece.text.trim();
        let (before, after) = piece.text.split_at(piece.text.len() - piece.text.trim_start().len());
        let behind = &after[words.len()..];
        let bold = !words.is_empty() && !matches!(piece.tone, Tone::Plain | Tone::Dim);
        let mark = if bold { "**" } else { "" };
        let words = escaped(words);
        text.extend([before, mark, &words, mark, behind]);
    }
    text
}

/// With the characters that Markdown would take for markup made harmless.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '|' | '*' | '_' | '`' | '<' | '[' | ']' | '\\' | '#' | '&' | '~') {
            safe.push('\\');
        }
        // A line that ends would end the row, the item or the heading that it is in.
        let is_break = character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
        safe.push(if is_break { ' ' } else { character });
    }
    marked(&safe).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_markup() {
        let line = Line::toned(Tone::Bad, "alert ").and("a|b *c* fires");
        assert_eq!(inline(&line), r"**alert** a\|b \*c\* fires");
        assert_eq!(escaped("a\r\n# <script> &lt; ~~b~~"), r"a  \# \<script> \&lt; \~\~b\~\~");
    }

    #[test]
    fn what_cannot_be_seen_is_marked() {
        assert_eq!(escaped("a\u{202e}b\u{2028}c"), "a\u{fffd}b c");
        let mut text = String::new();
        push_verbatim(&mut text, "run a\u{202e}b\nrun c");
        assert_eq!(text, "```\nrun a\u{fffd}b\nrun c\n```\n");
    }

    #[test]
    fn what_is_copied_stays_as_it_is_and_within_its_fences() {
        let mut text = String::new();
        push_verbatim(&mut text, "run 'a```b'");
        push_verbatim(&mut text, "run");
        assert_eq!(text, "````\nrun 'a```b'\n````\n```\nrun\n```\n");
    }
}
