//! Rows under headings as aligned lines, without borders. Knows no color: a row has one tone.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement};

use crate::report::block::{Line, Side, Table, Tone};

/// A line for the headings and one for each row.
pub(super) fn lines(table: &Table) -> Vec<Line> {
    let mut grid = comfy_table::Table::new();
    grid.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    grid.set_header(table.columns.iter().map(|(heading, _)| heading));
    for (_, cells) in &table.rows {
        grid.add_row(cells);
    }
    for (index, (_, side)) in table.columns.iter().enumerate() {
        if let Some(column) = grid.column_mut(index) {
            column.set_padding((0, 2));
            column.set_cell_alignment(match side {
                Side::Left => CellAlignment::Left,
                Side::Right => CellAlignment::Right,
            });
        }
    }
    let tones = std::iter::once(Tone::Dim).chain(table.rows.iter().map(|(tone, _)| *tone));
    grid.lines().zip(tones).map(|(line, tone)| Line::toned(tone, line.trim_end())).collect()
}
