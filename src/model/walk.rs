//! Which instructions of an operation an attempt reaches, and how likely. Knows neither lengths nor rates.

use crate::id::{ClassId, Id, IdVec, OperationId, ServiceId, SiteId};
use crate::model::parts::{Class, Condition, Instruction, Model};
use crate::scenario::Cache;

/// Requests that are alike: of one class, and of users whom every branch by users treats alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// Their class.
    pub(super) class: ClassId,
    /// Where their users stand among all users of the class, from 0 to 1.
    pub(super) user: f64,
    /// Their share of the requests of the class.
    pub(super) share: f64,
    /// The service whose caches are as cold as after a start; those of all others are warm.
    pub(super) cold: Option<ServiceId>,
}

/// All kinds of requests. A branch by users always takes the same users, so that branches below one another are not
/// independent: the users are divided at every share that the model asks for.
pub(super) fn kinds(model: &Model) -> Vec<Kind> {
    let mut borders = vec![0.0, 1.0];
    for instruction in &model.program {
        if let Instruction::Unless { condition: Condition::Users(share), .. } = instruction {
            borders.push(share.clamp(0.0, 1.0));
        }
    }
    borders.sort_by(f64::total_cmp);
    borders.dedup();
    let stretches = borders.windows(2).map(|pair| (f64::midpoint(pair[0], pair[1]), pair[1] - pair[0]));
    let stretches: Vec<(f64, f64)> = stretches.collect();
    let of_class =
        |class| stretches.iter().map(move |&(user, share)| Kind { class, user, share, cold: None });
    model.classes.ids().flat_map(of_class).collect()
}

impl Kind {
    /// How likely a condition holds for one of these requests.
    fn chance(&self, model: &Model, condition: &Condition) -> f64 {
        let class = &model.classes[self.class];
        let holds = match condition {
            Condition::Chance(chance, _) => return *chance,
            Condition::Class(wanted) => *wanted == self.class,
            Condition::Region(region) => class.region == *region,
            Condition::Access(access) => class.access == *access,
            Condition::Priority(least) => class.priority >= *least,
            Condition::Users(share) => self.user < *share,
        };
        f64::from(u8::from(holds))
    }

    /// How likely a lookup in a cache of a service hits.
    fn hits(&self, model: &Model, service: ServiceId, cache: u32) -> f64 {
        let Cache::Warming { hit_ratio, after, after_start, .. } =
            model.services[service].settings.caches[cache as usize].1;
        let is_cold = self.cold == Some(service) && after > 0;
        if is_cold { hit_ratio * after_start } else { hit_ratio }
    }
}

/// Goes through the work and the calls of an operation in order, with the probability that an attempt reaches each.
/// `passes` returns how likely the attempt goes on after it.
///
/// Steps only ever jump forward, so one pass is enough.
pub(super) fn walk<'m>(
    model: &'m Model,
    kind: Kind,
    operation: OperationId,
    mut passes: impl FnMut(&'m Instruction, f64) -> f64,
) {
    let start = model.operations[operation].start as usize;
    let mut reached = vec![1.0];
    let mut offset = 0;
    while offset < reached.len() {
        let here = reached[offset];
        let mut flow = |to: usize, probability: f64| {
            if probability > 0.0 {
                if reached.len() <= to {
                    reached.resize(to + 1, 0.0);
                }
                reached[to] += probability;
            }
        };
        match &model.program[start + offset] {
            _ if here <= 0.0 => {}
            step @ (Instruction::Work { .. } | Instruction::Call { .. }) => {
                flow(offset + 1, here * passes(step, here));
            }
            Instruction::Unless { condition, target } => {
                let chance = kind.chance(model, condition);
                flow(offset + 1, here * chance);
                flow(*target as usize - start, here * (1.0 - chance));
            }
            Instruction::Lookup { cache, miss, .. } => {
                let hits = kind.hits(model, model.operations[operation].service, *cache);
                flow(offset + 1, here * hits);
                flow(*miss as usize - start, here * (1.0 - hits));
            }
            Instruction::Fill(_) => flow(offset + 1, here),
            Instruction::Jump(target) => flow(*target as usize - start, here),
            Instruction::Fail | Instruction::Done => {}
        }
        offset += 1;
    }
}

/// The places from which a step makes its calls.
pub(super) fn sites(first: SiteId, count: u32) -> impl Iterator<Item = SiteId> {
    (first.position()..first.position() + count as usize).map(SiteId::new)
}

/// The places from which an operation makes calls, in order.
pub(super) fn calls_of(model: &Model, operation: OperationId) -> impl Iterator<Item = SiteId> + '_ {
    let steps = &model.program[model.operations[operation].start as usize..];
    // `Done` stands only at the end.
    let own = steps.iter().take_while(|step| !matches!(step, Instruction::Done));
    own.flat_map(|step| match step {
        Instruction::Call { first, count, .. } => sites(*first, *count).collect(),
        _ => Vec::new(),
    })
}

/// All operations, callers before callees: operations do not call each other in circles.
fn callers_first(model: &Model) -> Vec<OperationId> {
    let mut callees: IdVec<OperationId, Vec<OperationId>> =
        model.operations.ids().map(|_| Vec::new()).collect();
    for id in model.operations.ids() {
        callees[id].extend(calls_of(model, id).map(|site| model.sites[site].operation));
    }
    let mut seen: IdVec<OperationId, bool> = model.operations.ids().map(|_| false).collect();
    let mut order = Vec::new();
    for id in model.operations.ids() {
        after_callees(id, &callees, &mut seen, &mut order);
    }
    order.reverse();
    order
}

/// For each class the operations that its requests may reach, callers before callees.
///
/// In a large system a request sees a small part of it: what is computed for each class may leave out the rest.
pub(super) fn reached(model: &Model) -> IdVec<ClassId, Vec<OperationId>> {
    let order = callers_first(model);
    let of_class = |class: &Class| {
        let mut seen: IdVec<OperationId, bool> = model.operations.ids().map(|_| false).collect();
        seen[model.sites[class.site].operation] = true;
        let mut reached = Vec::new();
        for operation in &order {
            if seen[*operation] {
                reached.push(*operation);
                calls_of(model, *operation).for_each(|site| seen[model.sites[site].operation] = true);
            }
        }
        reached
    };
    model.classes.iter().map(of_class).collect()
}

/// Adds an operation after all that it calls; chains of calls are short (the scenario's check sees to it).
fn after_callees(
    id: OperationId,
    callees: &IdVec<OperationId, Vec<OperationId>>,
    seen: &mut IdVec<OperationId, bool>,
    order: &mut Vec<OperationId>,
) {
    if std::mem::replace(&mut seen[id], true) {
        return;
    }
    for callee in &callees[id] {
        after_callees(*callee, callees, seen, order);
    }
    order.push(id);
}
