//! The response as written: what people and automation do about an incident.

use crate::diagnostic::Spanned;
use crate::scenario::read::schema::{Rule, schema};
use crate::scenario::{Bound, Name, NewValue, Rollout, Scenario};
use crate::time::SimDuration;

schema! {
    /// Something that is done at a given time, or whenever an alert fires: a script, or automation.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Act {
        /// By which paths and reports call it. Default: what it does first.
        pub name: Option<Name> where Rule::Nonempty,
        /// When, from the end of the warm-up. Either this or `on`.
        pub at: Option<Spanned<SimDuration>> where Rule::Instant,
        /// What sets it off, each time it happens while the act is not under way.
        pub on: Option<Trigger>,
        /// From there to its first step.
        pub after: SimDuration = "0s",
        /// What must hold at that moment (written `if`); else nothing is done.
        pub only_if "if": Vec<Circumstance> = [] where Rule::OneOrMore,
        /// Its steps, one after another.
        pub does: Vec<Action> where Rule::OneOrMore,
    }
}

schema! {
    /// What sets an act off.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Trigger {
        /// The alert of a monitor begins to fire.
        Alert(monitor: Name),
        /// The alert of a monitor ceases to fire.
        Cleared(monitor: Name),
    }
}

schema! {
    /// One step of a procedure.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Action {
        /// Changes a setting of a service or a call: `Set("calls.'checkout -> user'.retry.max_attempts", 1)`. It rules what
        /// is decided from then on: timers under way and what is queued stay as they are. Settings of
        /// `"checkout.buy -> user.login"` change with those of `"checkout -> user"`, except where they are written.
        Set {
            /// Where, as in `--set`.
            path: Name,
            /// What is to stand there.
            value: NewValue,
        },
        /// Restarts the replicas of a service: processes are killed, and start up with cold caches.
        Restart {
            /// Which service.
            service: Name,
            /// All replicas at once, or some at a time.
            how: Rollout = AtOnce,
            /// How long a replica may finish what it has, before it is killed. Default: not at all.
            drain: Option<SimDuration>,
        },
        /// Waits.
        Wait(time: SimDuration),
        /// Waits until something holds, but not for ever.
        Until {
            /// What must hold.
            holds: Vec<Circumstance> where Rule::OneOrMore,
            /// The longest wait; then the procedure goes on all the same.
            at_most: SimDuration = "10m",
        },
    }
}

schema! {
    /// What somebody who looks at the dashboards can tell.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Circumstance {
        /// The alert of a monitor fires.
        Firing(monitor: Name),
        /// The alert of a monitor does not fire.
        Quiet(monitor: Name),
        /// The last reading of a monitor is like this: `Reads("user errors", Above("50%"))`.
        Reads {
            /// Which monitor.
            monitor: Name,
            /// What its reading must be.
            bound: Bound,
        },
    }
}

schema! {
    /// The person on call, and those they can call. Any alert pages. A person notices, decides, and works through the
    /// runbook: rule by rule, until one of them has resolved the incident.
    #[derive(Clone, Debug, PartialEq)]
    pub struct OnCall {
        /// From the page to the keyboard: detection.
        pub notices: SimDuration = "0s",
        /// Takes the first page for a blip, and looks again after so long if an alert still fires.
        pub dismisses: SimDuration = "0s",
        /// From the keyboard to a diagnosis.
        pub decides: SimDuration = "0s",
        /// A wrong lead that is followed before anything else. Default none.
        pub misdiagnosis: Option<Misdiagnosis>,
        /// From decision to effect, for every step that changes something.
        pub acts: SimDuration = "0s",
        /// What the on-call knows to do, in the order in which it is tried.
        pub runbook: Vec<RunbookRule> = [],
        /// From the end of the runbook to the moment at which those who know more are at work.
        pub escalates: SimDuration = "0s",
        /// What those know to do.
        pub experts: Vec<RunbookRule> = [],
        /// What is looked at before the incident is declared over.
        pub resolved: Verification = AllFour,
        /// What is put back once it is.
        pub all_clear: Vec<Action> = [] where Rule::OneOrMore,
    }
}

schema! {
    /// A wrong lead: time that is lost, and what is done meanwhile.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Misdiagnosis {
        /// What is believed: `"the gateway is overloaded"`.
        pub believes: String where Rule::Nonempty,
        /// How long.
        pub lasts: SimDuration,
        /// What is done in that time: risky mitigations.
        pub does: Vec<Action> = [] where Rule::OneOrMore,
    }
}

schema! {
    /// A line of a runbook: if the dashboards say this, do that, then see whether it helped.
    #[derive(Clone, Debug, PartialEq)]
    pub struct RunbookRule as "Rule" {
        /// By which paths and reports call it.
        pub name: Name where Rule::Nonempty,
        /// What must hold when its turn comes (written `if`); else the next rule is tried.
        pub only_if "if": Vec<Circumstance> = [] where Rule::OneOrMore,
        /// Its steps, one after another.
        pub does: Vec<Action> where Rule::OneOrMore,
        /// How long it is given to resolve the incident after its last step; then the next rule is tried.
        pub within: SimDuration = "5m",
    }
}

schema! {
    /// What is looked at before an incident is declared over.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Verification {
        /// Only the error rate: no alert fires.
        ErrorRate,
        /// All four: no alert fires; the backlog of retries is gone (hardly a call waits to be tried again, no queue is
        /// longer than its service has threads); every replica of every service is ready; and of each traffic class at
        /// least 99 % of what ended in the last minute was answered.
        AllFour,
    }
}

impl Scenario {
    /// All steps of all procedures, in the order in which they are numbered: the acts, then of the on-call the wrong lead,
    /// the runbook, the experts' rules, and the all-clear.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.procedures().flatten()
    }

    /// What is done in one go, one action after the other: in the same order.
    pub(in crate::scenario) fn procedures(&self) -> impl Iterator<Item = &[Action]> {
        let acts = self.response.iter().map(|act| &*act.does);
        let on_call = self.on_call.iter().flat_map(|on_call| {
            let lead = on_call.misdiagnosis.iter().map(|lead| &*lead.does);
            let rules = on_call.runbook.iter().chain(&on_call.experts).map(|rule| &*rule.does);
            lead.chain(rules).chain([&*on_call.all_clear])
        });
        acts.chain(on_call)
    }

    /// The same, to be completed.
    pub(in crate::scenario) fn actions_mut(&mut self) -> impl Iterator<Item = &mut Action> {
        let acts = self.response.iter_mut().flat_map(|act| &mut act.does);
        let on_call = self.on_call.iter_mut().flat_map(|on_call| {
            let lead = on_call.misdiagnosis.iter_mut().flat_map(|lead| &mut lead.does);
            let rules = on_call.runbook.iter_mut().chain(&mut on_call.experts);
            lead.chain(rules.flat_map(|rule| &mut rule.does)).chain(&mut on_call.all_clear)
        });
        acts.chain(on_call)
    }
}
