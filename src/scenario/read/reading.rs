//! Reads what is written differently from how it is kept: targets, subjects, monitors, expectations.

use crate::diagnostic::{Diagnostic, Spanned};
use crate::scenario::check::unknown::unknown;
use crate::scenario::read::decode::{Cx, Decode, Schema};
use crate::scenario::read::quantity::{Quantity, Unit};
use crate::scenario::read::scalar::edge;
use crate::scenario::read::schema::{Rule, Shape, schema};
use crate::scenario::text::tree::{Kind, Node};
use crate::scenario::words::code;
use crate::scenario::{
    Alert, Check, Circumstance, Expectation, Monitor, Reading, Side, Subject, Target, View,
};
use crate::time::SimDuration;

schema! {
    /// A reading over a trailing window, taken at a scrape interval. Attempts and requests count when they end.
    #[derive(Clone, Debug)]
    pub(in crate::scenario) enum MonitorForm {
        /// Failed / ended, 0 to 1.
        ErrorRate {
            /// Whose: a class, a service or a call. Where a name is both, write `Class("x")` or `Service("x")`.
            of: Subject,
            /// Who counts.
            view: View = Callers,
            /// Length of the trailing window, a multiple of the scrape interval.
            window: SimDuration = "60s" where Rule::duration_from_millis(1),
            /// From one reading to the next.
            scrape: SimDuration = "15s" where Rule::duration_from_millis(1),
            /// When it calls somebody. Default never.
            alert: Option<AlertForm>,
        },
        /// Ended per second.
        Rate {
            /// Whose: a class, a service or a call. Where a name is both, write `Class("x")` or `Service("x")`.
            of: Subject,
            /// Who counts.
            view: View = Callers,
            /// Length of the trailing window, a multiple of the scrape interval.
            window: SimDuration = "60s" where Rule::duration_from_millis(1),
            /// From one reading to the next.
            scrape: SimDuration = "15s" where Rule::duration_from_millis(1),
            /// When it calls somebody. Default never.
            alert: Option<AlertForm>,
        },
        /// A quantile of the latency of what ended, in seconds; a failure counts with the time it took.
        Latency {
            /// Whose: a class, a service or a call. Where a name is both, write `Class("x")` or `Service("x")`.
            of: Subject,
            /// Which quantile, 0 to 1.
            quantile: f64 = 0.99 where Rule::Factor { min: 0.0, above: true, max: 1.0 },
            /// Who counts.
            view: View = Callers,
            /// Length of the trailing window, a multiple of the scrape interval.
            window: SimDuration = "60s" where Rule::duration_from_millis(1),
            /// From one reading to the next.
            scrape: SimDuration = "15s" where Rule::duration_from_millis(1),
            /// When it calls somebody. Default never.
            alert: Option<AlertForm>,
        },
        /// Share of the service's replicas that its probe believes healthy, 0 to 1.
        Healthy {
            /// Which service; it needs a `probe`.
            of: Subject,
            /// Length of the trailing window, a multiple of the scrape interval.
            window: SimDuration = "60s" where Rule::duration_from_millis(1),
            /// From one reading to the next.
            scrape: SimDuration = "15s" where Rule::duration_from_millis(1),
            /// When it calls somebody. Default never.
            alert: Option<AlertForm>,
        },
        /// Share of the service's threads that are held at the scrape, all replicas counted, 0 to 1.
        Busy {
            /// Which service.
            of: Subject,
            /// From one reading to the next.
            scrape: SimDuration = "15s" where Rule::duration_from_millis(1),
            /// When it calls somebody. Default never.
            alert: Option<AlertForm>,
        },
        /// Attempts that wait for a thread at the scrape, at all replicas.
        Queue {
            /// Which service.
            of: Subject,
            /// From one reading to the next.
            scrape: SimDuration = "15s" where Rule::duration_from_millis(1),
            /// When it calls somebody. Default never.
            alert: Option<AlertForm>,
        },
        /// Share of the service's replicas whose process is ready at the scrape, 0 to 1. Paused ones are: nobody told the
        /// orchestrator.
        Ready {
            /// Which service.
            of: Subject,
            /// From one reading to the next.
            scrape: SimDuration = "15s" where Rule::duration_from_millis(1),
            /// When it calls somebody. Default never.
            alert: Option<AlertForm>,
        },
        /// Time for which a replica stood still in the window, of the replica with the most: what metrics of garbage
        /// collections show.
        Pauses {
            /// Which service.
            of: Subject,
            /// Length of the trailing window, a multiple of the scrape interval.
            window: SimDuration = "60s" where Rule::duration_from_millis(1),
            /// From one reading to the next.
            scrape: SimDuration = "15s" where Rule::duration_from_millis(1),
            /// When it calls somebody. Default never.
            alert: Option<AlertForm>,
        },
        /// Share of the attempts sent in the window that are retries, 0 to 1.
        Retries {
            /// Whose: a service or a call.
            of: Subject,
            /// Length of the trailing window, a multiple of the scrape interval.
            window: SimDuration = "60s" where Rule::duration_from_millis(1),
            /// From one reading to the next.
            scrape: SimDuration = "15s" where Rule::duration_from_millis(1),
            /// When it calls somebody. Default never.
            alert: Option<AlertForm>,
        },
    }
}

schema! {
    /// Fires when the reading has been beyond the threshold at every scrape for a while; resolved when it is not.
    #[derive(Clone, Debug)]
    pub(in crate::scenario) enum AlertForm {
        /// The reading is strictly above the threshold.
        Above {
            /// In the reading's unit.
            threshold: Spanned<Quantity>,
            /// How long it must hold.
            lasting "for": SimDuration = "0s",
        },
        /// The reading is strictly below the threshold.
        Below {
            /// In the reading's unit.
            threshold: Spanned<Quantity>,
            /// How long it must hold.
            lasting "for": SimDuration = "0s",
        },
    }
}

impl Decode for AlertForm {
    const SHAPE: Shape = Shape::Type(<Self as Schema>::info);

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        cx.form(node)
    }
}

impl Decode for Monitor {
    const SHAPE: Shape = Shape::Type(<MonitorForm as Schema>::info);

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        let before = cx.reported;
        let (reading, of, window, scrape, alert) = match cx.form(node)? {
            MonitorForm::ErrorRate { of, view, window, scrape, alert } => {
                (Reading::ErrorRate { view }, of, window, scrape, alert)
            }
            MonitorForm::Rate { of, view, window, scrape, alert } => {
                (Reading::Rate { view }, of, window, scrape, alert)
            }
            MonitorForm::Latency { of, quantile, view, window, scrape, alert } => {
                (Reading::Latency { quantile, view }, of, window, scrape, alert)
            }
            MonitorForm::Healthy { of, window, scrape, alert } => {
                (Reading::Healthy, of, window, scrape, alert)
            }
            MonitorForm::Busy { of, scrape, alert } => (Reading::Busy, of, scrape, scrape, alert),
            MonitorForm::Queue { of, scrape, alert } => (Reading::Queue, of, scrape, scrape, alert),
            MonitorForm::Ready { of, scrape, alert } => (Reading::Ready, of, scrape, scrape, alert),
            MonitorForm::Pauses { of, window, scrape, alert } => (Reading::Pauses, of, window, scrape, alert),
            MonitorForm::Retries { of, window, scrape, alert } => {
                (Reading::Retries, of, window, scrape, alert)
            }
        };
        if cx.reported == before && !window.as_nanos().is_multiple_of(scrape.as_nanos()) {
            let place = node.field("window").or(node.field("scrape")).map_or(node.span, |part| part.span);
            let below = SimDuration::from_nanos(window.as_nanos() / scrape.as_nanos() * scrape.as_nanos());
            let fitting = if below.is_zero() { scrape } else { below };
            cx.report(
                Diagnostic::error(code::WINDOW, place, "the window is not a multiple of the scrape interval")
                    .label(format!("{window} is no multiple of {scrape}"))
                    .help(format!("write for example `window: \"{fitting}\"`")),
            );
        }
        let alert = alert.map(|alert| read_alert(&alert, reading, cx));
        Some(Self { reading, of, window, scrape, alert })
    }
}

fn read_alert(alert: &AlertForm, reading: Reading, cx: &mut Cx) -> Alert {
    let (side, threshold, lasting) = match *alert {
        AlertForm::Above { threshold, lasting } => (Side::Above, threshold, lasting),
        AlertForm::Below { threshold, lasting } => (Side::Below, threshold, lasting),
    };
    let unit = unit_of(reading);
    if threshold.unit != unit {
        cx.report(
            Diagnostic::error(code::READING, threshold.span, "the threshold is not in the reading's unit")
                .label(format!("expected {}", unit.describe()))
                .help(format!("write {}", unit.describe())),
        );
    }
    Alert { side, threshold: threshold.value.value, lasting }
}

/// What a reading counts.
pub(in crate::scenario) fn unit_of(reading: Reading) -> Unit {
    match reading {
        Reading::ErrorRate { .. } | Reading::Healthy | Reading::Busy | Reading::Ready | Reading::Retries => {
            Unit::Share
        }
        Reading::Rate { .. } => Unit::PerSecond,
        Reading::Latency { .. } | Reading::Pauses => Unit::Seconds,
        Reading::Queue => Unit::Plain,
    }
}

impl Decode for Subject {
    const SHAPE: Shape = Shape::Type(<Self as Schema>::info);

    /// A plain name is a class or a service, whichever exists.
    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        let Kind::Text(text) = &node.kind else { return cx.form(node) };
        let name = Spanned { value: edge(text), span: node.span };
        if text.contains("->") {
            return Some(Self::Call(name));
        }
        let known = |names: &[String]| names.iter().any(|known| known == text);
        match (known(&cx.classes), known(&cx.services)) {
            (true, false) => Some(Self::Class(name)),
            (false, true) => Some(Self::Service(name)),
            (true, true) => {
                let message = format!("`{text}` is both a traffic class and a service");
                cx.report(
                    Diagnostic::error(code::AMBIGUOUS, node.span, message)
                        .label("which one?")
                        .help(format!("write Class(\"{text}\") or Service(\"{text}\")")),
                );
                None
            }
            // Its steps are classes: which they are is said by the check.
            (false, false) if known(&cx.journeys) => Some(Self::Class(name)),
            (false, false) => {
                let message = format!("there is no traffic class or service `{text}`");
                let names: Vec<&str> = cx.services.iter().chain(&cx.classes).map(String::as_str).collect();
                let problem = unknown(message, &name, &names);
                cx.report(problem);
                None
            }
        }
    }
}

impl Decode for Target {
    const SHAPE: Shape = Shape::Type(<Self as Schema>::info);

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        let Kind::Text(text) = &node.kind else {
            return match node.as_word().filter(|_| cx.is_option(node.span)) {
                Some(word) => Some(Self::Service(Spanned { value: word.to_owned(), span: node.span })),
                None => cx.form(node),
            };
        };
        let name = Spanned { value: edge(text), span: node.span };
        Some(if text.contains("->") { Self::Call(name) } else { Self::Service(name) })
    }
}

impl Decode for Expectation {
    const SHAPE: Shape = Shape::Type(<Check as Schema>::info);

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        cx.quantities.clear();
        let check = Check::decode(node, Rule::Any, cx);
        let quantities = std::mem::take(&mut cx.quantities);
        let check = check?;
        let wanted = match &check {
            Check::At { monitor, .. } | Check::During { monitor, .. } => unit_read_by(monitor, cx),
            Check::Load { .. } => Some(Unit::Plain),
            _ => None,
        };
        same_unit(&quantities, wanted, cx);
        let written = cx.sources.snippet(node.span);
        let text = written.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Self { text, span: node.span, check })
    }
}

impl Decode for Circumstance {
    const SHAPE: Shape = Shape::Type(<Self as Schema>::info);

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        cx.quantities.clear();
        let circumstance = cx.form::<Self>(node);
        let quantities = std::mem::take(&mut cx.quantities);
        let circumstance = circumstance?;
        if let Self::Reads { monitor, .. } = &circumstance {
            same_unit(&quantities, unit_read_by(monitor, cx), cx);
        }
        Some(circumstance)
    }
}

/// The unit of what a monitor reads, if there is such a monitor.
fn unit_read_by(monitor: &str, cx: &Cx) -> Option<Unit> {
    cx.units.iter().find(|(name, _)| *name == monitor).map(|(_, unit)| *unit)
}

/// Quantities must be in the unit of what they are compared with.
fn same_unit(quantities: &[Spanned<Unit>], wanted: Option<Unit>, cx: &mut Cx) {
    let Some(wanted) = wanted else { return };
    for quantity in quantities.iter().filter(|quantity| quantity.value != wanted) {
        let what = wanted.describe();
        cx.report(
            Diagnostic::error(code::READING, quantity.span, "this is not in the unit of what it bounds")
                .label(format!("expected {what}"))
                .help(format!("write {what}")),
        );
    }
}
