//! The finding of the latency picture, in a sentence, and what the latencies leave out. Draws nothing.

use crate::plot::words::{factor, length, sentence};

use super::bands::{Bands, Step};

/// Less than this many times the twin's is as usual.
const AS_USUAL: f64 = 1.5;

/// Which class was slowest, how slow, and how many times the twin's that was.
pub(super) fn title(classes: &[Bands<'_>], against_twin: bool) -> String {
    let slowest = classes.iter().filter_map(|class| Some((class.name, class.slowest(against_twin)?)));
    let order = |(_, (step, size)): &(&str, (&Step, f64))| (step.is_telling(), *size);
    let larger = |a: (bool, f64), b: (bool, f64)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1));
    let Some((name, (step, size))) = slowest.max_by(|a, b| larger(order(a), order(b))) else {
        return "No request was answered".to_owned();
    };
    let took = length(step.actual.map_or(0.0, |[.., p99]| p99) / 1000.0);
    match size {
        _ if !against_twin => format!("p99 of {name} was {took} at its worst"),
        times if times < AS_USUAL => {
            format!("Answers came as in the twin: p99 took at most {} as long", factor(times))
        }
        times => format!("p99 of {name} rose to {took}, {} the twin\u{2019}s", factor(times)),
    }
}

/// What is not seen in the latencies of answered requests: those that were not answered.
pub(super) fn reason(classes: &[Bands<'_>]) -> String {
    let silent: Vec<String> = classes
        .iter()
        .filter(|class| class.unanswered_s() > 0.0)
        .map(|class| format!("{} for {}", class.name, length(class.unanswered_s())))
        .collect();
    let unanswered = match silent.as_slice() {
        [] => String::new(),
        silent => sentence(&format!("no request at all was answered: {}", silent.join(", "))),
    };
    format!("Latency of answered requests; what failed has none. {unanswered}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(name: &str, p99: Option<f64>, twin: Option<f64>) -> Bands<'_> {
        let of = |p99: f64| [p99 / 4.0, p99 / 2.0, p99];
        let step = |from, actual: Option<f64>| Step {
            span: (from, from + 10.0),
            actual: actual.map(of),
            twin: twin.map(of),
            answers: 200.0,
            asked: true,
        };
        Bands { name, steps: vec![step(0.0, Some(20.0)), step(10.0, p99)], patience_ms: None }
    }

    #[test]
    fn the_slowest_is_named_with_what_was_recorded() {
        let plain = |classes: &[Bands<'_>]| title(classes, true).replace('\u{a0}', " ");
        let (a, b) = (class("a", Some(400.0), Some(200.0)), class("b", Some(300.0), Some(20.0)));
        assert_eq!(plain(&[a, b]), "p99 of b rose to 300 ms, \u{d7}15 the twin\u{2019}s");
        let alone = title(&[class("a", Some(1500.0), None)], false).replace('\u{a0}', " ");
        assert_eq!(alone, "p99 of a was 1.5 s at its worst");
        let mut few = class("c", Some(900.0), Some(20.0));
        few.steps[1].answers = 3.0;
        let mut fewer = class("d", Some(900.0), Some(10.0));
        fewer.steps.iter_mut().for_each(|step| step.answers = 3.0);
        assert_eq!(plain(&[few, fewer]), "Answers came as in the twin: p99 took at most \u{d7}1.0 as long");
        let usual = class("a", Some(21.0), Some(20.0));
        assert_eq!(plain(&[usual]), "Answers came as in the twin: p99 took at most \u{d7}1.1 as long");
        assert_eq!(plain(&[]), "No request was answered");
        let told =
            reason(&[class("a", None, Some(20.0)), class("b", Some(9.0), None)]).replace('\u{a0}', " ");
        assert!(told.ends_with("No request at all was answered: a for 10 s."), "{told}");
    }
}
