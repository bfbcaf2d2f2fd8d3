//! `run --check-determinism`: two runs of the same must leave the same. Says where they first differ.

use knockon::experiment::{Difference, Incident, Setup, first_difference};
use knockon::report::quantity;

use crate::cli::exit::{CliError, Exit};
use crate::cli::terminal::Terminal;

/// Compares what two runs of the same setup left; if it differs, looks for the event with which that began.
pub(crate) fn compare(
    setup: &Setup,
    first: &Incident,
    second: &Incident,
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
            beginning(first_difference(setup, setup))
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
    use knockon::scenario::Scenario;

    use super::*;
    use crate::cli::new::STARTER;

    #[test]
    fn results_that_differ_fail_with_their_own_exit_code() {
        let terminal = Terminal::new(clap::ColorChoice::Never, true);
        let scenario = |seed| Scenario { seed, ..Scenario::parse(STARTER).unwrap() };
        let (one, other) = (scenario(1), scenario(2));
        let setup = |scenario| Setup { scenario, variant: None, overrides: &[], twin: true };
        let incident = |scenario| replay(&setup(scenario), &());
        assert!(compare(&setup(&one), &incident(&one), &incident(&one), terminal).is_ok());
        let error = compare(&setup(&one), &incident(&one), &incident(&other), terminal).unwrap_err();
        assert_eq!(error.exit, Exit::NotDeterministic);
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
