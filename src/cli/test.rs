//! `test`: the expectations of every scenario and every variant under some paths, as a team's regression tests.

use std::path::Path;

use knockon::experiment::{Incident, Run, Setup, Stop, replay_all};
use knockon::report::found;
use knockon::scenario::{Choice, Document, Scenario};
use knockon::suggest::closest;

use crate::cli::args::TestArgs;
use crate::cli::ending::exit;
use crate::cli::exit::{CliError, Exit};
use crate::cli::progress::Meter;
use crate::cli::protocol::Protocol;
use crate::cli::seeds::{seeds, worst};
use crate::cli::terminal::Terminal;
use crate::cli::{collect, files, source};

/// A scenario in one of its variants.
struct Case {
    title: String,
    variant: Option<String>,
    scenario: Scenario,
}

/// Everything to test, and what cannot be.
#[derive(Default)]
struct Suite {
    cases: Vec<Case>,
    variants: Vec<String>,
    wrong_files: u64,
}

/// What is left of one run: failed expectations as written and as found, and how it ended.
pub(crate) struct Outcome {
    pub(crate) seed: u64,
    pub(crate) failures: Vec<(String, String)>,
    exit: Exit,
    pub(crate) stopped: Option<Stop>,
}

/// Runs the command.
pub(crate) fn test(args: &TestArgs, terminal: Terminal) -> Result<Exit, CliError> {
    let suite = gather(args, terminal)?;
    let with_expectations = |case: &&Case| !case.scenario.expect.is_empty();
    let tested: Vec<&Case> = suite.cases.iter().filter(with_expectations).collect();
    let seeds_each = args.choosing.seeds.unwrap_or(1);
    let mut plan = Vec::new();
    for case in &tested {
        let setup = Setup {
            scenario: &case.scenario,
            variant: case.variant.as_deref(),
            overrides: &args.choosing.set,
            twin: true,
        };
        plan.extend(seeds(case.scenario.seed, seeds_each)?.map(|seed| Run { setup, seed }));
    }
    let jobs = args.choosing.jobs.unwrap_or_else(files::processors);
    let meter = Meter::start(terminal, plan.len(), args.choosing.max_wall);
    let results = replay_all(&plan, jobs, |_| meter.watcher(), |_, incident| Outcome::of(&incident));
    drop(meter);
    print(&suite, &results, seeds_each as usize, terminal)?;
    let ends: Vec<_> = results.iter().flatten().map(|outcome| (outcome.exit, outcome.stopped)).collect();
    let end = worst(&ends, results.iter().all(Option::is_some));
    Ok(if suite.wrong_files > 0 && end != Exit::Interrupted { Exit::Wrong } else { end })
}

/// Prints a line for each case, what failed under it, and the closing line.
fn print(
    suite: &Suite,
    results: &[Option<Outcome>],
    seeds_each: usize,
    terminal: Terminal,
) -> Result<(), CliError> {
    let mut runs = results.chunks(seeds_each);
    let mut protocol = Protocol::new(suite.cases.iter().map(|case| case.title.as_str()));
    for case in &suite.cases {
        match case.scenario.expect.len() {
            0 => protocol.skipped(&case.title),
            expectations => protocol.ran(&case.title, expectations as u64, runs.next().unwrap_or_default()),
        }
    }
    terminal.result(&protocol.text(terminal.is_quiet()))
}

impl Outcome {
    fn of(incident: &Incident) -> Self {
        let failed = incident.summary.expectations.iter().filter(|result| !result.held);
        Self {
            seed: incident.summary.seed,
            failures: failed.map(|result| (result.text.clone(), found(result))).collect(),
            exit: exit(incident),
            stopped: incident.stopped,
        }
    }
}

/// All cases under the paths, in order. Files that are wrong are told of and left out.
fn gather(args: &TestArgs, terminal: Terminal) -> Result<Suite, CliError> {
    let mut suite = Suite::default();
    for path in collect::scenarios(&args.paths)? {
        let added = source::load(&path).and_then(|document| add(&mut suite, &path, &document, args));
        if let Err(error) = added {
            terminal.fail(&error);
            suite.wrong_files += 1;
        }
    }
    if let Some(wanted) = &args.choosing.variant
        && suite.cases.is_empty()
        && suite.wrong_files == 0
    {
        let error = CliError::wrong(format!("no scenario there has a variant `{wanted}`"));
        let known = suite.variants.iter().map(String::as_str);
        return Err(match closest(wanted, known) {
            Some(name) => error.help(format!("did you mean `{name}`?")),
            None => error,
        });
    }
    Ok(suite)
}

/// Adds the cases of one file.
fn add(suite: &mut Suite, path: &Path, document: &Document, args: &TestArgs) -> Result<(), CliError> {
    let names: Vec<String> = document.variants().into_iter().map(|variant| variant.name).collect();
    let wanted: Vec<Option<String>> = match &args.choosing.variant {
        Some(name) => names.iter().filter(|known| *known == name).cloned().map(Some).collect(),
        None => std::iter::once(None).chain(names.iter().cloned().map(Some)).collect(),
    };
    suite.variants.extend(names);
    for variant in wanted {
        let choice = Choice { variant: variant.clone(), sets: args.choosing.set.clone(), seed: None };
        let resolved = document.resolve(&choice).map_err(|rejected| source::refuse(&rejected, path))?;
        let title = title(path, variant.as_deref());
        suite.cases.push(Case { title, variant, scenario: resolved.scenario });
    }
    Ok(())
}

/// A case's name for people.
fn title(path: &Path, variant: Option<&str>) -> String {
    let path = path.display();
    variant.map_or_else(|| path.to_string(), |variant| format!("{path} \u{b7} {variant}"))
}
