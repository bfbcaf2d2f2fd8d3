//! The finding of the heatmap, in a sentence. Draws nothing.

use crate::plot::words::{length, several, share};
use crate::record::Record;

use super::health::Health;
use super::rows::Row;

/// Half of what was asked of a service, or more.
const MOSTLY: f64 = 0.5;

/// Which service fared worst and how long; if none lost half of its attempts, how far it went.
pub(super) fn title(record: &Record, rows: &[Row]) -> String {
    let total = record.topology.services.len();
    let services = several(total, "service", "services");
    if rows.iter().all(|row| row.cells.iter().all(|cell| cell.health == Health::Idle)) {
        return format!("Nothing was asked of {services}");
    }
    let lasted = |row: &&Row| row.seconds_at_least(MOSTLY);
    let worst = rows.iter().rev().max_by(|a, b| lasted(a).total_cmp(&lasted(b)));
    if let Some(row) = worst.filter(|row| lasted(row) > 0.0) {
        let late = if record.twin.is_some() { " or came late" } else { "" };
        return format!("Attempts at {} mostly failed{late} for {}", row.name, length(lasted(&row)));
    }
    let most = rows.iter().rev().max_by(|a, b| a.most().total_cmp(&b.most()));
    match most.filter(|row| row.most() >= crate::plot::shades::STEPS[1]) {
        Some(row) => {
            format!("At its worst {} of the attempts at {} were harmed", share(row.most()), row.name)
        }
        None if total == 1 => "Nearly all attempts at the service were answered".to_owned(),
        None => format!("Nearly all attempts at all {services} were answered"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::heatmap::health::Cell;

    fn row(name: &str, cells: &[(f64, f64, f64)]) -> Row {
        let cell =
            |(from, to, share): &(f64, f64, f64)| Cell { span: (*from, *to), health: Health::Harmed(*share) };
        Row {
            name: name.into(),
            cells: cells.iter().map(cell).collect(),
            impact_s: None,
            told: String::new(),
        }
    }

    #[test]
    fn the_worst_is_named_with_what_was_measured() {
        let (record, _) = crate::plot::fixture::thursday();
        let plain = |rows: &[Row]| title(&record, rows).replace('\u{a0}', " ");
        let rows = [
            row("a", &[(0.0, 10.0, 0.0), (10.0, 30.0, 0.6)]),
            row("b", &[(0.0, 25.0, 0.9), (25.0, 30.0, 0.2)]),
        ];
        assert_eq!(plain(&rows), "Attempts at b mostly failed or came late for 25 s");
        let some = [row("a", &[(0.0, 30.0, 0.3)])];
        assert_eq!(plain(&some), "At its worst 30 % of the attempts at a were harmed");
        assert_eq!(
            plain(&[row("a", &[(0.0, 30.0, 0.01)])]),
            "Nearly all attempts at all 10 services were answered"
        );
        assert_eq!(plain(&[]), "Nothing was asked of 10 services");
    }
}
