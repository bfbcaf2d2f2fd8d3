//! A whole tree, nothing to be applied to it any more, read and checked.

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Sources};
use crate::scenario::Scenario;
use crate::scenario::check::rules::check;
use crate::scenario::edit::apply::expand_calls;
use crate::scenario::read::decode::{Cx, Decode};
use crate::scenario::read::schema::Rule;
use crate::scenario::text::tree::Node;
use crate::scenario::words::code;

/// What a tree says.
#[derive(Debug)]
pub(in crate::scenario) struct Whole {
    /// The tree, with what policies inherit spelled out.
    pub(in crate::scenario) tree: Node,
    /// What it says; what could not be read is left out.
    pub(in crate::scenario) scenario: Option<Scenario>,
    /// What is wrong with it, by place.
    pub(in crate::scenario) problems: Vec<Diagnostic>,
}

/// Reads and checks a tree.
pub(in crate::scenario) fn read_whole(mut tree: Node, sources: &Sources) -> Whole {
    expand_calls(&mut tree);
    let mut cx = Cx::new(sources, &tree);
    let scenario = Scenario::decode(&tree, Rule::Any, &mut cx);
    let (incomplete, mut found) = (cx.incomplete, cx.problems);
    if let Some(scenario) = scenario.as_ref().filter(|_| !incomplete) {
        check_what_is_left(scenario, &mut found);
    }
    Whole { tree, scenario, problems: found.into_sorted() }
}

impl Whole {
    /// Whether anything forbids a simulation.
    pub(in crate::scenario) fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// Of a scenario with mistakes, some parts are left out; that nobody uses something may be for that reason alone.
fn check_what_is_left(scenario: &Scenario, found: &mut Diagnostics) {
    let partial = found.has_errors();
    let mut more = Diagnostics::default();
    check(scenario, &mut more);
    for problem in more.into_sorted() {
        if !partial || problem.code != code::NO_EFFECT {
            found.push(problem);
        }
    }
}
