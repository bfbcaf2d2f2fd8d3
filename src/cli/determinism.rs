//! `run --check-determinism`: two runs of the same must leave the same. Says where they first differ.

use knockon::experiment::Incident;
use knockon::record::{Transition, WorldRecord};
use knockon::report::quantity;

use crate::cli::exit::{CliError, Exit};
use crate::cli::terminal::Terminal;

/// Compares two runs of the same.
pub(crate) fn compare(first: &Incident, second: &Incident, terminal: Terminal) -> Result<(), CliError> {
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
        ..CliError::wrong(format!("two runs of the same gave two results: {}", difference(first, second)))
            .help("this is a bug in knockon: please report it with the scenario")
    })
}

/// The first difference.
fn difference(first: &Incident, second: &Incident) -> String {
    let worlds = [
        ("actual", Some(&first.record.actual), Some(&second.record.actual)),
        ("twin", first.record.twin.as_ref(), second.record.twin.as_ref()),
    ];
    for (name, first, second) in worlds {
        if let (Some(first), Some(second)) = (first, second)
            && first != second
        {
            return format!("the {name} world differs {}", in_world(first, second));
        }
    }
    "the worlds are the same, what is made of them is not".to_owned()
}

/// The first difference of two worlds, by change of state, draws, or number of events.
fn in_world(first: &WorldRecord, second: &WorldRecord) -> String {
    let changes = first.transitions.iter().zip(&second.transitions);
    if let Some((one, other)) = changes.into_iter().find(|(one, other)| one != other) {
        return format!("first between {} and {}", change(one), change(other));
    }
    for (name, digest) in &first.digests {
        if second.digests.get(name) != Some(digest) {
            return format!("in its draws `{name}`");
        }
    }
    if first.fingerprint != second.fingerprint {
        return format!(
            "in the order of its events (fingerprints {} and {}; {} and {} events)",
            first.fingerprint, second.fingerprint, first.events, second.events
        );
    }
    "in what was recorded of it".to_owned()
}

/// A change of state in words.
fn change(Transition { at_s, kind, subject, state }: &Transition) -> String {
    format!("{kind} {subject} {state} at {}", quantity::instant(*at_s))
}

#[cfg(test)]
mod tests {
    use knockon::experiment::{Setup, replay};
    use knockon::scenario::Scenario;

    use super::*;
    use crate::cli::new::STARTER;

    fn incident(seed: u64) -> Incident {
        let mut scenario = Scenario::parse(STARTER).unwrap();
        scenario.seed = seed;
        replay(&Setup { scenario: &scenario, variant: None, overrides: &[], twin: true }, &())
    }

    #[test]
    fn runs_that_differ_are_told_apart_by_their_first_difference() {
        let terminal = Terminal::new(clap::ColorChoice::Never, true);
        assert!(compare(&incident(1), &incident(1), terminal).is_ok());
        let error = compare(&incident(1), &incident(2), terminal).unwrap_err();
        assert_eq!(error.exit, Exit::NotDeterministic);
        assert!(error.message.contains("the actual world differs"), "{error}");
    }
}
