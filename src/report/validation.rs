//! The engine against theory, as a report for people and as data for programs.

use serde::Serialize;

use crate::report::block::{Block, Line, Report, Side, Table, Tone};
use crate::validation::{Compared, Group, Validation, Verdict};

/// Version of the format of the comparison as JSON.
const VALIDATION_VERSION: u32 = 1;

/// The tables of all groups that have rows, and the closing line.
pub fn validation_report(validation: &Validation) -> Report {
    let mut blocks = vec![Block::Paragraph(Line::plain(format!(
        "{} independent runs of each case, seeds 1 to {}; intervals are Student's at 99.9 %",
        validation.seeds, validation.seeds
    )))];
    for group in Group::ALL {
        let rows: Vec<&Compared> = validation.rows.iter().filter(|row| row.group == group).collect();
        if rows.is_empty() {
            continue;
        }
        blocks.push(Block::Paragraph(
            Line::toned(Tone::Strong, group.name()).and(format!(": {}", group.rule())),
        ));
        blocks.push(Block::Table(table(&rows)));
    }
    let (agree, judged) = validation.score();
    let tone = if validation.agrees() { Tone::Good } else { Tone::Bad };
    let wide = validation.rows.iter().filter(|row| row.verdict == Verdict::TooWide).count();
    let wide = if wide > 0 { format!("; {wide} too wide to tell") } else { String::new() };
    blocks.push(Block::Paragraph(Line::toned(tone, format!("{agree} of {judged} agree{wide}"))));
    Report { title: "Validation".to_owned(), blocks }
}

fn table(rows: &[&Compared]) -> Table {
    let headings = ["case", "parameters", "quantity", "theory", "simulated", "interval", "+-", "verdict"];
    let side = |index| if (3..7).contains(&index) { Side::Right } else { Side::Left };
    let columns = headings.iter().enumerate().map(|(index, heading)| ((*heading).to_owned(), side(index)));
    let line = |row: &&Compared| {
        let is_range = row.found.low < row.found.high;
        let cells = vec![
            row.name.clone(),
            row.parameters.clone(),
            row.quantity.clone(),
            figure(row.theory),
            figure(row.found.estimate),
            if is_range {
                format!("{} to {}", figure(row.found.low), figure(row.found.high))
            } else {
                String::new()
            },
            if is_range {
                format!("{:.2} %", row.found.relative_half_width() * 100.0)
            } else {
                String::new()
            },
            row.verdict.name().to_owned(),
        ];
        let tone = match row.verdict {
            Verdict::Agrees | Verdict::Nearer => Tone::Plain,
            Verdict::Begins => Tone::Dim,
            Verdict::TooWide => Tone::Caution,
            Verdict::Differs => Tone::Bad,
        };
        (tone, cells)
    };
    Table { columns: columns.collect(), rows: rows.iter().map(line).collect() }
}

/// A number with five digits.
fn figure(value: f64) -> String {
    let size = libm::log10(value.abs());
    if value == 0.0 {
        "0".to_owned()
    } else if size < -4.0 {
        format!("{value:.1e}")
    } else {
        format!("{value:.*}", (4 - libm::floor(size) as i32).clamp(0, 6) as usize)
    }
}

/// The comparison as data.
#[derive(Clone, Debug, Serialize)]
pub struct ValidationData {
    /// Version of this format.
    pub validation_version: u32,
    /// Runs of each case.
    pub seeds: u64,
    /// Rows that agree.
    pub agree: usize,
    /// Rows that were judged.
    pub judged: usize,
    /// All rows.
    pub rows: Vec<ValidationRow>,
}

/// A row of the comparison.
#[derive(Clone, Debug, Serialize)]
pub struct ValidationRow {
    /// `Exact`, `Approximate`, `Asymptotic` or `Laws`.
    pub group: &'static str,
    /// The case.
    pub case: String,
    /// Its parameters.
    pub parameters: String,
    /// What was compared.
    pub quantity: String,
    /// What theory says.
    pub theory: f64,
    /// What the simulation says.
    pub simulated: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// `agrees`, `differs`, `too wide` or `begins`.
    pub verdict: &'static str,
}

impl ValidationData {
    /// The data of a comparison.
    pub fn of(validation: &Validation) -> Self {
        let row = |row: &Compared| ValidationRow {
            group: row.group.name(),
            case: row.name.clone(),
            parameters: row.parameters.clone(),
            quantity: row.quantity.clone(),
            theory: row.theory,
            simulated: row.found.estimate,
            low: row.found.low,
            high: row.found.high,
            verdict: row.verdict.name(),
        };
        let (agree, judged) = validation.score();
        Self {
            validation_version: VALIDATION_VERSION,
            seeds: validation.seeds,
            agree,
            judged,
            rows: validation.rows.iter().map(row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_five_digits() {
        for (value, text) in [
            (0.0, "0"),
            (0.179_665_9, "0.17967"),
            (4.0, "4.0000"),
            (230.2585, "230.26"),
            (1e-12, "1.0e-12"),
            (123_456.0, "123456"),
        ] {
            assert_eq!(figure(value), text);
        }
    }
}
