//! What carried the harm to a service, and from where: the next link of the chains of blame that lead through it. A service is hit
//! where attempts at it fail or are late: requests that were answered with less tell nothing of that.

use std::collections::BTreeMap;

use crate::analysis::Compared;
use crate::blame::{How, Root};
use crate::id::ServiceId;
use crate::model::{Caller, Model, effect_name};
use crate::record::WorldRecord;
use crate::time::{SimDuration, SimTime};

/// What began to hold requests so soon after the first impact tells what it was; if nothing did, what did in a longer time.
const LOOKED_AT: [SimDuration; 4] = [
    SimDuration::from_millis(100),
    SimDuration::from_secs(1),
    SimDuration::from_secs(10),
    SimDuration::from_secs(60),
];
/// What happened so soon after the first impact may have been before it: impacts are dated back.
const SOON: SimDuration = SimDuration::from_secs(1);

/// What comes after a service on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    /// A call of it: how it was held up itself, whom it called, and how that held it up.
    Call(How, ServiceId, How),
    /// A call of somebody else, which held up what now comes at once, from this caller if it is a service.
    HeldUp(Option<ServiceId>),
    /// Nothing: the chain ends.
    End(Root),
}

/// The service that harm came from, and what carried it, soon after a service was hit; none if no harmed request waited
/// for it then.
pub(crate) fn carrier(
    model: &Model,
    compared: &Compared,
    actual: &WorldRecord,
    service: ServiceId,
    hit_at: SimTime,
) -> Option<(Option<ServiceId>, String)> {
    let most = |length| most(model, compared, service, hit_at, hit_at + length);
    let next = LOOKED_AT
        .into_iter()
        .find_map(most)
        .filter(|next| has_happened(model, actual, *next, hit_at + SOON))?;
    Some(match next {
        Next::Call(own, callee, how) => (Some(callee), over_call(own, how).to_owned()),
        Next::HeldUp(caller) => (caller, "load that was held up before".to_owned()),
        Next::End(root) => at_end(model, service, root),
    })
}

/// Whether what a chain ends at had happened by an instant: requests that are harmed early may end late, by something else.
fn has_happened(model: &Model, actual: &WorldRecord, next: Next, by: SimTime) -> bool {
    let Next::End(Root::OutOfMemory(killed)) = next else { return true };
    let by_s = by.secs_since(model.origin);
    let name = &model.services[killed].name;
    let is_of = |subject: &str| subject.rsplit_once('/').is_some_and(|(service, _)| service == name);
    actual
        .transitions
        .iter()
        .take_while(|change| change.at_s <= by_s)
        .any(|change| change.kind == "replica" && change.state == "out of memory" && is_of(&change.subject))
}

/// What most of the harm through a service came by that began between two instants.
fn most(model: &Model, compared: &Compared, service: ServiceId, from: SimTime, to: SimTime) -> Option<Next> {
    let window = |at| compared.blame.window(at);
    let mut sums: BTreeMap<Next, f64> = BTreeMap::new();
    for shares in compared.blame.impaired().take(window(to) + 1).skip(window(from)) {
        for (chain, sum) in shares {
            let mut links = compared.chains.links(chain);
            let Some((asked, own)) = links.find(|(pair, _)| model.pairs[*pair].callee == service) else {
                continue;
            };
            // A probe asks its own service: what harm came to that by lies behind it.
            let mut rest = links.filter(|(pair, _)| !model.probe_calls(model.pairs[*pair].caller));
            let next = rest.next().map_or_else(
                || Next::End(compared.chains.root_of(chain)),
                |(pair, how)| {
                    // Who only stands in line of a service may wait because of what the others there waited for before.
                    if model.pairs[pair].caller != Caller::Service(service) {
                        return Next::HeldUp(match model.pairs[asked].caller {
                            Caller::Service(caller) => Some(caller),
                            Caller::Class(_) => None,
                        });
                    }
                    // Who has a thread and fails because a call of its own failed was not slow.
                    let failed = how == How::Thread && rest.any(|(_, how)| is_failure(how));
                    Next::Call(own, model.pairs[pair].callee, if failed { How::Error } else { how })
                },
            );
            *sums.entry(next).or_default() += sum;
        }
    }
    sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(next, _)| next)
}

/// Whether it ends a call at once, and holds nobody up.
const fn is_failure(how: How) -> bool {
    matches!(
        how,
        How::Breaker | How::Refused | How::Reset | How::Full | How::Shed | How::Limited | How::Error
    )
}

/// How a call carries harm to its caller, which is itself waited for in this way.
const fn over_call(own: How, how: How) -> &'static str {
    match (own, how) {
        (_, How::Connection) => "the lack of a connection",
        (_, How::Permit) => "the lack of a permit",
        (_, How::Throttle) => "calls held back",
        (_, How::Breaker) => "calls that the breaker refuses",
        (_, How::Refused | How::Reset | How::Full | How::Shed | How::Limited | How::Error) => {
            "errors of the call"
        }
        (How::Line | How::Full | How::Shed, How::Line | How::Thread) => "threads wait on the call",
        (_, How::Line | How::Thread) => "slow answers of the call",
    }
}

/// What a chain ends at, in words, and where that comes from.
fn at_end(model: &Model, service: ServiceId, root: Root) -> (Option<ServiceId>, String) {
    match root {
        Root::Fault(id) => {
            let fault = &model.faults[id];
            (Some(fault.service).filter(|hit| *hit != service), effect_name(&fault.effect).to_owned())
        }
        Root::Retries(pair) => {
            let pair = &model.pairs[pair];
            let from = match pair.caller {
                Caller::Service(caller) if caller != service => Some(caller),
                _ => None,
            };
            (from, format!("retries of {}", pair.name))
        }
        Root::ColdCaches(cold) => {
            (Some(cold).filter(|cold| *cold != service), "load of cold caches".to_owned())
        }
        Root::FirstAttempts(_) | Root::Work(_) | Root::Unknown => (None, "queueing under load".to_owned()),
        Root::OutOfMemory(_) => (None, "out-of-memory kills".to_owned()),
        Root::Restart(_) => (None, "restart".to_owned()),
        Root::RateLimit(_) => (None, "rate limit".to_owned()),
        Root::OutOfRotation(_) => (None, "replicas out of rotation".to_owned()),
        Root::OwnErrors(_) => (None, "errors by design".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::record::Transition;
    use crate::scenario::Scenario;

    /// A replica of each of two services is killed at T+5 s; other things happen to both before.
    #[test]
    fn a_kill_for_memory_has_happened_once_one_of_the_service_is_told() {
        let services = r#""shop": Service(operations: { "buy": [Call("stock.ask")] }),
            "stock": Service(operations: { "ask": [Work("1ms")] })"#;
        let traffic = r#""users": Open(rate: "1/s", entry: "shop.buy")"#;
        let text = format!(
            "Scenario(format: 1, name: \"two\", horizon: \"10s\", services: {{ {services} }}, traffic: {{ {traffic} }})"
        );
        let model = Model::compile(&Scenario::parse(&text).unwrap());
        let change =
            |at_s, kind, subject: &str, state| Transition { at_s, kind, subject: subject.to_owned(), state };
        let world = |transitions| WorldRecord { transitions, ..WorldRecord::default() };
        let [shop, stock] = [0, 1].map(|id| Next::End(Root::OutOfMemory(ServiceId::new(id))));
        let at = |s| model.origin + SimDuration::from_secs(s);

        let killed = world(vec![change(5.0, "replica", "shop/0", "out of memory")]);
        assert!(has_happened(&model, &killed, shop, at(5)));
        assert!(!has_happened(&model, &killed, shop, at(4)), "not yet");
        assert!(!has_happened(&model, &killed, stock, at(5)), "to somebody else");
        let others = [
            change(1.0, "replica", "shop/0", "down"),
            change(1.0, "fault", "shop/0", "out of memory"),
            change(1.0, "replica", "stock/0", "starting"),
        ];
        assert!(!has_happened(&model, &world(others.to_vec()), shop, at(5)), "something else");
        let nothing = world(Vec::new());
        assert!(!has_happened(&model, &nothing, shop, at(5)));
        assert!(has_happened(&model, &nothing, Next::End(Root::Unknown), at(5)), "only kills are events");
    }
}
