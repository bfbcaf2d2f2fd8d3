//! `check`: all mistakes of a scenario and its variants, each once, and the design review, without simulating.

use std::collections::BTreeSet;

use knockon::diagnostic::{Diagnostic, Severity, Sources};
use knockon::model::{Forecast, Model, lint};
use knockon::report::quantity::counted;
use knockon::report::{design_review, diagnostic};
use knockon::scenario::{Choice, Document, Scenario, Step};
use knockon::unseen::spelled;

use crate::cli::args::{CheckArgs, CheckFormat};
use crate::cli::exit::{CliError, Exit};
use crate::cli::source;
use crate::cli::terminal::Terminal;

/// Problems that point into the same texts.
struct Finding {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
}

/// What a document was found to hold.
#[derive(Default)]
struct Census {
    findings: Vec<Finding>,
    seen: BTreeSet<(String, u32, u32, String)>,
    base: Option<Scenario>,
    expectations: usize,
}

/// Runs the command.
pub(crate) fn check(args: &CheckArgs, terminal: Terminal) -> Result<Exit, CliError> {
    let document = match source::parse(&args.scenario)? {
        Ok(document) => document,
        Err(rejected) => {
            let mut census = Census::default();
            census.add(rejected.sources, rejected.diagnostics);
            return finish(args, &census, 0, terminal);
        }
    };
    let census = take(&document, args);
    finish(args, &census, document.variants().len(), terminal)
}

/// Resolves everything there is to resolve.
fn take(document: &Document, args: &CheckArgs) -> Census {
    let choice = |variant| Choice { variant, sets: args.set.clone(), seed: None };
    let choices: Vec<Choice> = match &args.variant {
        Some(name) => vec![choice(Some(name.clone()))],
        None => std::iter::once(None)
            .chain(document.variants().into_iter().map(|variant| Some(variant.name)))
            .map(choice)
            .collect(),
    };
    let mut census = Census::default();
    for choice in &choices {
        match document.resolve(choice) {
            Ok(resolved) => {
                census.add(resolved.sources, resolved.warnings);
                census.expectations += resolved.scenario.expect.len();
                census.base.get_or_insert(resolved.scenario);
            }
            Err(rejected) => census.add(rejected.sources, rejected.diagnostics),
        }
    }
    census
}

impl Census {
    /// Adds problems, except those that are known already.
    fn add(&mut self, sources: Sources, diagnostics: Vec<Diagnostic>) {
        let mut is_new = |found: &Diagnostic| {
            let name = sources.get(found.span.source).name.clone();
            let words = format!("{} {}", found.code, found.message);
            self.seen.insert((name, found.span.start, found.span.end, words))
        };
        let diagnostics: Vec<Diagnostic> = diagnostics.into_iter().filter(|found| is_new(found)).collect();
        if !diagnostics.is_empty() {
            self.findings.push(Finding { sources, diagnostics });
        }
    }
}

/// Prints what was found.
fn finish(args: &CheckArgs, census: &Census, variants: usize, terminal: Terminal) -> Result<Exit, CliError> {
    let all: Vec<Diagnostic> =
        census.findings.iter().flat_map(|finding| finding.diagnostics.iter().cloned()).collect();
    let is_wrong = all.iter().any(|found| found.severity == Severity::Error);
    let mut text = String::new();
    for finding in &census.findings {
        text += &match args.format {
            CheckFormat::Text => diagnostic::framed(&finding.sources, &finding.diagnostics),
            CheckFormat::Concise => diagnostic::concise(&finding.sources, &finding.diagnostics),
        };
    }
    if args.format == CheckFormat::Text && (is_wrong || !terminal.is_quiet()) {
        let holds = census.base.as_ref().filter(|_| !is_wrong).map_or_else(String::new, |scenario| {
            format!("{}; ", inventory(scenario, variants, census.expectations))
        });
        let tally = diagnostic::tally(&all);
        text.extend([&*spelled(&args.scenario.display().to_string()), ": ", &holds, &tally, "\n"]);
    }
    terminal.result(&text)?;
    let wants_review = args.format == CheckFormat::Text && !is_wrong && !terminal.is_quiet();
    if let Some(scenario) = census.base.as_ref().filter(|_| wants_review) {
        let model = Model::compile(scenario);
        let forecast = Forecast::of(&model);
        terminal.result("\n")?;
        terminal.report(&design_review(&model, &forecast, &lint::review(&model, &forecast)))?;
    }
    Ok(if is_wrong { Exit::Wrong } else { Exit::Done })
}

/// What a scenario is made of, in numbers.
fn inventory(scenario: &Scenario, variants: usize, expectations: usize) -> String {
    [
        counted(scenario.services.len() as u64, "service"),
        counted(calls(scenario) as u64, "call"),
        counted(scenario.classes().len() as u64, "traffic class"),
        counted(variants as u64, "variant"),
        counted(expectations as u64, "expectation"),
    ]
    .join(", ")
}

/// Pairs of caller and callee, traffic classes being callers too.
fn calls(scenario: &Scenario) -> usize {
    let classes = scenario.classes();
    let mut pairs = BTreeSet::new();
    for class in &classes {
        pairs.insert((true, class.name.as_str(), service_of(class.entry)));
    }
    for (service, definition) in &scenario.services {
        for (_, steps) in &definition.operations {
            for callee in callees(steps) {
                pairs.insert((false, service.as_str(), callee));
            }
        }
    }
    pairs.len()
}

/// The services that steps call.
fn callees(steps: &[Step]) -> Vec<&str> {
    let mut found = Vec::new();
    for step in steps {
        match step {
            Step::Call { to } => found.push(service_of(to)),
            Step::Parallel { calls, .. } => found.extend(calls.iter().map(|call| service_of(call))),
            Step::Work { .. } | Step::Branch { .. } | Step::Lookup { .. } | Step::Fail => {}
        }
        found.extend(step.within().into_iter().flat_map(callees));
    }
    found
}

/// `user` of `user.authenticate`.
fn service_of(operation: &str) -> &str {
    operation.split_once('.').map_or(operation, |(service, _)| service)
}
