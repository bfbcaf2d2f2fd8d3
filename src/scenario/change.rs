//! A value that is to be set while a run goes on: as written, and what it means once it has been tried out.

use crate::id::ChangeId;
use crate::scenario::edit::path::Step;
use crate::scenario::read::decode::{Cx, Decode};
use crate::scenario::read::schema::{Rule, Shape};
use crate::scenario::text::tree::Node;
use crate::scenario::{Action, Policy, Scenario, Service};

/// The value of a `Set`. What it must be depends on the place it is set at.
#[derive(Clone, Debug)]
pub struct NewValue {
    /// As written, on one line.
    pub text: String,
    pub(in crate::scenario) node: Node,
    pub(in crate::scenario) change: Option<Box<Change>>,
}

/// What a `Set` does to the settings of a run, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its number among all changes of the scenario, in the order of [`Scenario::actions`].
    pub id: ChangeId,
    /// In words: `calls.'checkout -> user'.retry.max_attempts = 1`.
    pub label: String,
    /// The quantity that the scenario has there, as written; none if it is silent there, or says anything else.
    pub was: Option<String>,
    /// What changes, and how.
    pub what: Changed,
}

/// Whose settings change.
#[derive(Clone, Debug, PartialEq)]
pub enum Changed {
    /// Those of a service, by name.
    Service(String, Patch<Service>),
    /// Policies, by their key under `calls`: the one that is named, and those that name less than it did not say
    /// otherwise and so inherit from it.
    Calls(Vec<(String, Patch<Policy>)>),
}

/// One place of a value, and what is to stand there. Whatever else has changed in the meantime stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch<T> {
    pub(in crate::scenario) path: Vec<Step>,
    pub(in crate::scenario) after: Box<T>,
}

impl<T> Patch<T> {
    /// The whole as it would be with this change, after those made in one go with it.
    pub const fn after(&self) -> &T {
        &self.after
    }

    /// Whether it changes a place of these names, a part of it, or something that it is a part of.
    pub fn concerns(&self, place: &[&str]) -> bool {
        self.path.iter().zip(place).all(|(step, name)| step.is(name))
    }
}

impl Patch<Service> {
    /// Puts it in force.
    pub fn apply(&self, to: &mut Service) {
        to.amend(&self.path, &self.after);
    }
}

impl Patch<Policy> {
    /// Puts it in force.
    pub fn apply(&self, to: &mut Policy) {
        to.amend(&self.path, &self.after);
    }
}

impl NewValue {
    /// What it means. Every value of a scenario that was accepted means something.
    pub fn change(&self) -> Option<&Change> {
        self.change.as_deref()
    }
}

impl PartialEq for NewValue {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Decode for NewValue {
    const SHAPE: Shape = Shape::Leaf("value");

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        let text = cx.sources.snippet(node.span).split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Self { text, node: node.clone(), change: None })
    }
}

impl Scenario {
    /// Everything that the response may change while a run goes on, by id.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.actions().filter_map(|action| match action {
            Action::Set { value, .. } => value.change(),
            Action::Restart { .. } | Action::Wait(_) | Action::Until { .. } => None,
        })
    }
}
