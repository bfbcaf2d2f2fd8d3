//! Which incident is asked for: as a setup, and as the command that replays it again.

use knockon::experiment::Setup;
use knockon::scenario::{Choice, Resolved};

use crate::cli::args::RunArgs;
use crate::cli::crash::quoted;

/// Which incident is asked for.
pub(crate) fn choice(args: &RunArgs) -> Choice {
    Choice { variant: args.choosing.variant.clone(), sets: args.choosing.set.clone(), seed: args.seed }
}

/// What is to be replayed.
pub(crate) fn setup<'a>(args: &'a RunArgs, resolved: &'a Resolved) -> Setup<'a> {
    Setup {
        scenario: &resolved.scenario,
        variant: args.choosing.variant.as_deref(),
        overrides: &args.choosing.set,
        twin: !args.no_twin,
    }
}

/// The command that gives the same result again.
pub(crate) fn repeat(args: &RunArgs, seed: u64) -> String {
    repeat_so_many(args, seed, args.choosing.seeds)
}

/// The same for one seed alone.
pub(crate) fn repeat_one(args: &RunArgs, seed: u64) -> String {
    repeat_so_many(args, seed, None)
}

fn repeat_so_many(args: &RunArgs, seed: u64, seeds: Option<u64>) -> String {
    let mut parts = vec!["knockon run".to_owned(), quoted(&args.scenario.display().to_string())];
    if let Some(variant) = &args.choosing.variant {
        parts.push(format!("--variant {}", quoted(variant)));
    }
    parts.extend(args.choosing.set.iter().map(|set| format!("--set {}", quoted(set))));
    parts.push(format!("--seed {seed}"));
    parts.extend(seeds.map(|number| format!("--seeds {number}")));
    if args.no_twin {
        parts.push("--no-twin".to_owned());
    }
    parts.extend(args.hidden_capacity.map(|within| match within {
        Some(within) => format!("--hidden-capacity={within}"),
        None => "--hidden-capacity".to_owned(),
    }));
    parts.join(" ")
}
