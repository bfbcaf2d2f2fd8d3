//! Tries out, before a run, what the response sets while it goes on: each change on a copy of the scenario, after those
//! that are made before it in one go with it.

use crate::diagnostic::{Diagnostic, Span, Spanned};
use crate::diagnostic::{Severity, Sources};
use crate::id::{ChangeId, Id};
use crate::scenario::edit::apply::{ensure_call, set};
use crate::scenario::edit::merge::OVERRIDE;
use crate::scenario::edit::path::{Path, written_path};
use crate::scenario::edit::place::{Place, place};
use crate::scenario::text::tree::{Kind, Node};
use crate::scenario::whole::{Whole, read_whole};
use crate::scenario::{Action, Change, Changed, Name, NewValue, Patch, Scenario, Service};

/// Reads a tree, and completes what its response sets.
pub(in crate::scenario) fn read_with_changes(mut tree: Node, sources: &Sources) -> Whole {
    let mut whole = read_whole(tree.clone(), sources);
    if give_calls_an_entry(&mut tree, whole.scenario.as_ref(), sources) {
        whole = read_whole(tree.clone(), sources);
    }
    let Some(mut scenario) = whole.scenario.take() else { return whole };
    let mut problems = Vec::new();
    let mut changes = Vec::new();
    for procedure in scenario.procedures() {
        let mut trial = Trial {
            written: &tree,
            tree: tree.clone(),
            before: scenario.clone(),
            known: whole.problems.clone(),
            sources,
        };
        for (path, value) in sets(procedure) {
            let id = ChangeId::new(changes.len());
            changes.push(trial.run(id, path, value, &mut problems));
        }
    }
    let values = scenario.actions_mut().filter_map(|action| match action {
        Action::Set { value, .. } => Some(value),
        Action::Restart { .. } | Action::Wait(_) | Action::Until { .. } => None,
    });
    for (value, change) in values.zip(changes) {
        value.change = change.map(Box::new);
    }
    whole.problems.extend(problems);
    Whole { scenario: Some(scenario), ..whole }
}

/// What these actions set, in order.
fn sets<'a>(actions: impl IntoIterator<Item = &'a Action>) -> impl Iterator<Item = (&'a Name, &'a NewValue)> {
    actions.into_iter().filter_map(|action| match action {
        Action::Set { path, value } => Some((path, value)),
        Action::Restart { .. } | Action::Wait(_) | Action::Until { .. } => None,
    })
}

/// A policy that will change has an entry from the begin, so that its calls have a state of their own: one that inherits
/// all it says. Whether there was any to be added.
fn give_calls_an_entry(tree: &mut Node, scenario: Option<&Scenario>, sources: &Sources) -> bool {
    let mut added = false;
    for (path, value) in sets(scenario.into_iter().flat_map(Scenario::actions)) {
        if let Ok(path) = written_path(path, sources)
            && let Ok(Place::Call(key)) = place(&path, value)
        {
            added |= ensure_call(tree, &Spanned { value: key, span: path.parts[1].span });
        }
    }
    added
}

/// The scenario as it is before a change.
struct Trial<'a> {
    /// Before all changes.
    written: &'a Node,
    tree: Node,
    before: Scenario,
    known: Vec<Diagnostic>,
    sources: &'a Sources,
}

impl Trial<'_> {
    /// Tries out one change; if it can be made, the next comes after it. What is wrong with it, and not with the
    /// scenario anyway, is added to the problems.
    fn run(
        &mut self,
        id: ChangeId,
        path: &Name,
        value: &NewValue,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Change> {
        let result = written_path(path, self.sources).and_then(|path| {
            let place = place(&path, value)?;
            let mut tree = self.tree.clone();
            set(&mut tree, &path, value.node.clone(), OVERRIDE + 1)?;
            let after = read_whole(tree.clone(), self.sources);
            Ok((path, place, tree, after))
        });
        let (path, place, tree, after) = match result {
            Ok(result) => result,
            Err(problem) => {
                problems.push(problem);
                return None;
            }
        };
        let new = after.problems.iter().filter(|problem| !self.known.contains(problem));
        let new: Vec<Diagnostic> =
            new.map(|problem| brought_home(problem.clone(), &path, value.node.span)).collect();
        let wrong = after.has_errors() || new.iter().any(|problem| problem.severity == Severity::Error);
        problems.extend(new);
        if wrong {
            return None;
        }
        let what = self.changed(place, &path, value.node.span, &after)?;
        let was = self.stands_at(&path, value);
        self.tree = tree;
        self.known = after.problems;
        self.before = after.scenario?;
        Some(Change { id, label: format!("{} = {}", path.text(), value.text), was, what })
    }

    /// What the scenario has at a place, if it is a quantity.
    fn stands_at(&self, path: &Path, value: &NewValue) -> Option<String> {
        let stands = set(&mut self.written.clone(), path, value.node.clone(), OVERRIDE + 1).ok()?;
        let is_quantity = matches!(stands.kind, Kind::Text(_) | Kind::Number(_));
        is_quantity.then(|| self.sources.snippet(stands.span).to_owned())
    }

    /// What a change makes of whom.
    fn changed(&self, place: Place, path: &Path, value: Span, after: &Whole) -> Option<Changed> {
        let scenario = after.scenario.as_ref()?;
        let path: Vec<_> = path.parts[2..].iter().map(|part| part.step.clone()).collect();
        match place {
            Place::Service(name) => {
                let (_, service) = scenario.services.iter().find(|(known, _)| known.value == name)?;
                let after = Box::new(Service { operations: Vec::new(), ..service.clone() });
                Some(Changed::Service(name, Patch { path, after }))
            }
            Place::Call(key) => {
                let written = after.tree.field("calls").map(Node::entries).unwrap_or_default();
                // What lies over the change in an entry of its own has kept it out, unless it shows there.
                let inherits = |name: &Name| {
                    written.iter().any(|(key, node)| key.as_text() == Some(name) && holds(node, value))
                };
                let differs = |name: &Name| {
                    let find = |scenario: &Scenario| {
                        scenario
                            .calls
                            .iter()
                            .find(|(known, _)| known == name)
                            .map(|(_, policy)| policy.clone())
                    };
                    find(scenario) != find(&self.before)
                };
                let changed = scenario
                    .calls
                    .iter()
                    .filter(|(name, _)| name.value == key || inherits(name) || differs(name))
                    .map(|(name, policy)| {
                        (name.value.clone(), Patch { path: path.clone(), after: Box::new(policy.clone()) })
                    });
                Some(Changed::Calls(changed.collect()))
            }
        }
    }
}

/// A problem that a change makes elsewhere is told where the change is written.
fn brought_home(problem: Diagnostic, path: &Path, value: Span) -> Diagnostic {
    if within(problem.span, path.span) || within(problem.span, value) {
        return problem;
    }
    let elsewhere = problem.span;
    let words = if problem.label.is_empty() { "here".to_owned() } else { problem.label.clone() };
    Diagnostic { span: value, label: "with this".to_owned(), ..problem }.related(elsewhere, words)
}

fn within(inner: Span, outer: Span) -> bool {
    inner.source == outer.source && inner.start >= outer.start && inner.end <= outer.end
}

/// Whether any part of a tree is written within a place.
fn holds(node: &Node, place: Span) -> bool {
    within(node.span, place)
        || match &node.kind {
            Kind::List(items) => items.iter().any(|item| holds(item, place)),
            Kind::Map(entries) => entries.iter().any(|(_, value)| holds(value, place)),
            Kind::Group(group) => {
                group.values.iter().any(|value| holds(&value.node, place))
                    || group.fields.iter().any(|field| holds(&field.node, place))
            }
            _ => false,
        }
}
