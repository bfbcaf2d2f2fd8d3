//! `run --check-determinism`: two runs of the same must leave the same. Says where they first differ.

use knockon::experiment::{Difference, Incident, Setup, first_difference};
use knockon::report::quantity;

use crate::cli::exit::{CliError, Exit};
use crate::cli::terminal::Terminal;

/// Compares what two runs left, which are runs of the same setup; if it differs, looks for the event with which that
/// began.
pub(crate) fn compare(
    setups: [&Setup; 2],
    [first, second]: [&Incident; 2],
    terminal: Terminal,
) -> Result<(), CliError> {
    if first.stopped.is_some() || second.stopped.is_some() {
        terminal.note("determinism was not checked: a run ended early");
        return Ok(());
    }
    if first == second {
        terminal.note("two runs gave the same result, event by event");
        return Ok(());
    }
    Err(CliError {
        exit: Exit::NotDeterministic,
        ..CliError::wrong(format!(
            "two runs of the same gave two results{}",
            beginning(first_difference(setups[0], setups[1]))
        ))
        .help("this is a bug in knockon: please report it with the scenario")
    })
}

/// Where it began, if a third and a fourth run show it again.
fn beginning(difference: Option<Difference>) -> String {
    let Some(Difference { event, at_s, first, second }) = difference else {
        return "; two more runs had the same events, so it is not the simulation that differs".to_owned();
    };
    format!(
        "; two more runs first differ in event {event}, at {}: {first}; in the other run {second}",
        quantity::instant(at_s)
    )
}

#[cfg(test)]
mod tests {
    use knockon::experiment::replay;
    use knockon::scenario::{Choice, Document, Scenario};

    use super::*;
    use crate::cli::new::STARTER;

    fn check(one: &Scenario, other: &Scenario) -> Result<(), CliError> {
        let setup = |scenario| Setup { scenario, variant: None, overrides: &[], twin: true };
        let (one, other) = (setup(one), setup(other));
        let terminal = Terminal::new(clap::ColorChoice::Never, true);
        compare([&one, &other], [&replay(&one, &()), &replay(&other, &())], terminal)
    }

    fn starter(set: &str) -> Scenario {
        let document = Document::parse("starter.ron", STARTER.as_bytes(), &|_| Err(String::new())).unwrap();
        let sets = ["expect=[]", "horizon=\"90s\"", set].map(str::to_owned).to_vec();
        let choice = Choice { sets, ..Choice::default() };
        document.resolve(&choice).unwrap().scenario
    }

    #[test]
    fn the_same_twice_is_the_same() {
        assert!(check(&starter("seed=1"), &starter("seed=1")).is_ok());
    }

    /// A second run that goes another way from one event on: it is said when, and which, and how the program ends.
    #[test]
    fn a_planted_divergence_is_found() {
        let (whole, shorter) = (starter("horizon=\"90s\""), starter("faults.'long pause'.for=\"9s\""));
        let error = check(&whole, &shorter).unwrap_err();
        assert_eq!((error.exit, error.exit as u8), (Exit::NotDeterministic, 4));
        let said = error.to_string();
        let begins = "two runs of the same gave two results; two more runs first differ in event ";
        assert!(said.starts_with(begins) && said.contains(", at T+69s: "), "{said}");
        assert!(said.ends_with("; in the other run stock-db/0 is ready at T+69 s"), "{said}");
    }

    #[test]
    fn the_first_differing_event_is_named() {
        let difference = Difference {
            event: 1_234,
            at_s: 11.0,
            first: "request 7 of checkout arrived at T+11 s".to_owned(),
            second: "fault gc ends at T+11 s".to_owned(),
        };
        let text = beginning(Some(difference));
        assert!(text.contains("event 1234, at T+11s: request 7 of checkout arrived"), "{text}");
        assert!(text.ends_with("in the other run fault gc ends at T+11 s"), "{text}");
        assert!(beginning(None).contains("not the simulation"));
    }
}
