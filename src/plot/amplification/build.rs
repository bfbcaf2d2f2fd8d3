//! Puts the amplification picture together: ratios of calls above, threads of services below. Judges nothing itself.

use crate::analysis::Summary;
use crate::plot::axis::value_ticks;
use crate::plot::figure::Figure;
use crate::plot::geometry::at;
use crate::plot::headline;
use crate::plot::labels::{EndLabel, end_labels};
use crate::plot::theme;
use crate::plot::timeline::page::{Page, through};
use crate::plot::timeline::people;
use crate::plot::words::{arrow, factor};
use crate::record::Record;

use super::calls::{self, Call, TRAILING_S};
use super::threads;
use super::title::title;

/// Space to the left of the panels, for values and the names of services.
const LEFT: f64 = 156.0;
const HEIGHT: f64 = 300.0;
/// The scale reaches at least so far.
const LEAST_TOP: f64 = 2.0;

/// The attempts of calls against the twin's first attempts over time, those with the largest peak first, and how busy the
/// threads of the services at their ends were.
pub fn amplification(record: &Record, summary: &Summary) -> Figure {
    let (calls, left_out) = calls::chosen(record, summary);
    let services = threads::chosen(record, &calls);
    let title = title(record, &calls, &services);
    let mut page = Page::new(record, summary, title, &headline::verdict(summary), LEFT);
    people::draw(&mut page);
    if !calls.is_empty() {
        ratios(&mut page, &calls, left_out);
    }
    if !services.is_empty() {
        threads::draw(&mut page, &services);
    }
    page.time_axis();
    page.finish()
}

/// The ticks of the ratios: round numbers, and one, in whose place others have to go.
fn ticks(step: f64, top: f64) -> Vec<(f64, String)> {
    let one_is_free = |value: f64| (value - 1.0).abs() / top * HEIGHT > theme::TEXT * 1.3;
    let label = |value: f64| match value {
        value if !one_is_free(value) => String::new(),
        0.0 => "0".to_owned(),
        value => factor(value),
    };
    let round = (0..=libm::round(top / step) as u32).map(|n| f64::from(n) * step);
    round.map(|value| (value, label(value))).chain([(1.0, factor(1.0))]).collect()
}

/// The panel of the calls.
fn ratios(page: &mut Page<'_>, calls: &[Call<'_>], left_out: usize) {
    let most = calls.iter().map(Call::highest).fold(LEAST_TOP, f64::max);
    let (step, top) = value_ticks(most, 5.0);
    let ticks = ticks(step, top);
    let whose =
        if page.record.twin.is_some() { "the twin\u{2019}s first attempts" } else { "first attempts" };
    let more = if left_out > 0 { format!("; {left_out} more calls are not shown") } else { String::new() };
    let unit = format!("attempts in the last {TRAILING_S}\u{a0}s, times {whose} in them{more}");
    let panel = page.panel("Amplification", &unit, HEIGHT, top, &ticks);
    let one = panel.y(1.0);
    page.scene.line(vec![at(panel.rect.left, one), at(panel.rect.right, one)], 1.8, theme::TWIN);
    let looks: Vec<_> = (0..calls.len()).map(theme::look).collect();
    for (call, look) in calls.iter().zip(&looks).rev() {
        for part in &call.parts {
            let line = through(&page.axis, panel, part.iter().copied());
            page.scene.dashed(&line, theme::SERIES, look.line, look.dash);
        }
    }
    let label = |(call, look): (&Call<'_>, &theme::Look)| EndLabel {
        y: panel.y(call.last()),
        name: arrow(call.name),
        value: format!("{}, peak {}", factor(call.last()), factor(call.peak)),
        look: Some(*look),
    };
    let labels = calls.iter().zip(&looks).map(label).collect();
    end_labels(&mut page.scene, panel.rect.right, (panel.rect.top - 12.0, panel.rect.bottom + 12.0), labels);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_told_is_that_of_the_summary() {
        let (record, mut summary) = crate::plot::fixture::thursday();
        for (name, call) in &mut summary.calls {
            call.peak_amplification = Some(if name == "checkout -> user" { 3.9 } else { 1.1 });
        }
        let figure = amplification(&record, &summary);
        let words: Vec<&str> = figure.scene().texts().map(|text| text.words.as_str()).collect();
        assert!(words.contains(&"checkout \u{2192} user"), "{words:?}");
        assert!(words.iter().any(|word| word.ends_with(", peak \u{d7}3.9")), "{words:?}");
        assert!(!words.contains(&"browse \u{2192} user"), "1.1 is no amplification");
        let (blank, nothing) = crate::plot::fixture::blank(0.0);
        assert!(!amplification(&blank, &nothing).scene().texts().any(|text| text.words == "Threads"));
    }

    #[test]
    fn one_is_always_marked() {
        let labels = |most: f64| {
            let (step, top) = value_ticks(most, 5.0);
            let labels = ticks(step, top).into_iter().map(|tick| tick.1).filter(|label| !label.is_empty());
            labels.collect::<Vec<String>>().join(" ")
        };
        assert_eq!(labels(2.0), "0 \u{d7}0.5 \u{d7}1.5 \u{d7}2.0 \u{d7}1.0");
        assert_eq!(labels(24.0), "\u{d7}5.0 \u{d7}10 \u{d7}15 \u{d7}20 \u{d7}25 \u{d7}1.0");
    }
}
