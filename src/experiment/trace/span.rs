//! What was followed as spans of time, each within its parent.

use crate::experiment::trace::parts::{AttemptPart, Maker, Parts};
use crate::failure::Outcome;
use crate::id::ReplicaId;
use crate::model::Model;
use crate::time::SimTime;

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpanKind {
    /// A request, from its arrival to its end.
    Request,
    /// A call, as its caller sees it: all attempts, and what lies between them.
    Call,
    /// An attempt, as its caller sees it.
    Attempt,
    /// An attempt at its replica, zombies included.
    AtReplica,
    /// In line for a thread.
    InLine,
    /// On a thread.
    OnThread,
    /// At work on a thread.
    Working,
}

/// A span of time of something that was followed.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// What it is.
    pub kind: SpanKind,
    /// What it lies within, by position among the spans; none for requests and at replicas. A parent comes first.
    pub parent: Option<usize>,
    /// Where: a replica of a service by their names; none with the users.
    pub place: Option<(String, u32)>,
    /// The request that it is for, by position among those that were followed.
    pub request: usize,
    /// What it is called.
    pub name: String,
    /// Its begin, since the begin of the run.
    pub from: SimTime,
    /// Its end.
    pub to: SimTime,
    /// More about it: names and values.
    pub facts: Vec<(&'static str, String)>,
}

/// Makes spans of what was kept.
pub(super) struct Spans<'a> {
    pub(super) model: &'a Model,
    pub(super) parts: &'a Parts,
    /// The end of the run: of what is not over.
    pub(super) end: SimTime,
    pub(super) found: Vec<Span>,
    /// The spans on threads, by position of the attempt.
    on_thread: Vec<Option<usize>>,
}

impl<'a> Spans<'a> {
    pub(super) fn new(model: &'a Model, parts: &'a Parts, end: SimTime) -> Self {
        Self { model, parts, end, found: Vec::new(), on_thread: vec![None; parts.attempts.len()] }
    }

    /// All spans.
    pub(super) fn all(mut self) -> Vec<Span> {
        let requests: Vec<usize> =
            (0..self.parts.requests.len()).map(|position| self.request(position)).collect();
        // A callee begins after its caller: parents come first.
        for position in 0..self.parts.attempts.len() {
            self.at_replica(position);
        }
        for (position, call) in self.parts.calls.iter().enumerate() {
            let parent = match call.maker {
                Maker::Request(request) => requests.get(request).copied(),
                Maker::Attempt(attempt) => self.on_thread[attempt],
            };
            if let Some(parent) = parent {
                self.call(position, parent);
            }
        }
        self.found
    }

    fn place(&self, replica: ReplicaId) -> (String, u32) {
        let replica = &self.model.replicas[replica];
        (self.model.services[replica.service].name.clone(), replica.number)
    }

    /// Adds a span, cut to that of its parent; returns its position.
    fn push(&mut self, mut span: Span) -> usize {
        if let Some(parent) = span.parent {
            let parent = &self.found[parent];
            span.from = span.from.clamp(parent.from, parent.to);
            span.to = span.to.min(parent.to);
        }
        span.to = span.to.max(span.from);
        self.found.push(span);
        self.found.len() - 1
    }

    fn request(&mut self, position: usize) -> usize {
        let request = &self.parts.requests[position];
        let (id, class) = (request.id, &self.model.classes[request.id.class].name);
        self.push(Span {
            kind: SpanKind::Request,
            parent: None,
            place: None,
            request: position,
            name: class.clone(),
            from: id.arrived_at,
            to: request.over.map_or(self.end, |(at, _)| at),
            facts: vec![
                ("class", class.clone()),
                ("number", id.number.to_string()),
                ("user", id.user.to_string()),
                ("key", format!("{:016x}", id.key.0)),
                ("outcome", request.over.map_or("open", |(_, outcome)| outcome_name(outcome)).to_owned()),
            ],
        })
    }

    /// An attempt at its replica, with what it does there.
    fn at_replica(&mut self, position: usize) {
        let attempt = &self.parts.attempts[position];
        let Some((replica, arrived)) = attempt.replica else { return };
        let place = Some(self.place(replica));
        let site = &self.model.sites[self.parts.calls[attempt.call].site];
        let left = attempt.left(self.end);
        let span = |kind, parent, name: &str, from, to| Span {
            kind,
            parent,
            place: place.clone(),
            request: attempt.request,
            name: name.to_owned(),
            from,
            to,
            facts: Vec::new(),
        };
        let name = &self.model.operations[site.operation].name;
        let whole =
            Span { facts: self.facts(attempt), ..span(SpanKind::AtReplica, None, name, arrived, left) };
        let whole = self.push(whole);
        let started = attempt.started.unwrap_or(left);
        if started > arrived {
            self.push(span(SpanKind::InLine, Some(whole), "in line", arrived, started));
        }
        if attempt.started.is_some() {
            let thread = self.push(span(SpanKind::OnThread, Some(whole), "on thread", started, left));
            self.on_thread[position] = Some(thread);
            for (from, to) in &attempt.work {
                self.push(span(SpanKind::Working, Some(thread), "work", *from, to.unwrap_or(left)));
            }
        }
    }

    /// A call with its attempts, as the caller sees them.
    fn call(&mut self, position: usize, parent: usize) {
        let call = &self.parts.calls[position];
        let pair = &self.model.pairs[self.model.sites[call.site].pair].name;
        let (place, request) = (self.found[parent].place.clone(), self.found[parent].request);
        let mut facts = vec![
            ("outcome", call.over.map_or("open", |(_, outcome)| outcome_name(outcome)).to_owned()),
            ("attempts", call.attempts.len().to_string()),
        ];
        if let Some((_, cause)) = call.refused.last() {
            facts.push(("refused", format!("{} times, the last by {}", call.refused.len(), cause.name())));
        }
        let span = Span {
            kind: SpanKind::Call,
            parent: Some(parent),
            place: place.clone(),
            request,
            name: pair.clone(),
            from: call.begun,
            to: call.over.map_or(self.end, |(at, _)| at),
            facts,
        };
        let whole = self.push(span);
        for attempt in call.attempts.iter().map(|position| &self.parts.attempts[*position]) {
            let span = Span {
                kind: SpanKind::Attempt,
                parent: Some(whole),
                place: place.clone(),
                request,
                name: format!("attempt {}", attempt.number),
                from: attempt.begun,
                to: attempt.over.map_or(self.end, |(at, _)| at),
                facts: self.facts(attempt),
            };
            self.push(span);
        }
    }

    /// What an attempt is, for both its caller and its replica.
    fn facts(&self, attempt: &AttemptPart) -> Vec<(&'static str, String)> {
        let call = &self.parts.calls[attempt.call];
        let id = &self.parts.requests[attempt.request].id;
        let mut facts = vec![
            ("request", format!("{} of {}", id.number, self.model.classes[id.class].name)),
            ("call", self.model.pairs[self.model.sites[call.site].pair].name.clone()),
            ("attempt", attempt.number.to_string()),
            ("key", format!("{:016x}", attempt.key.0)),
            ("outcome", attempt.over.map_or("open", |(_, outcome)| outcome_name(outcome)).to_owned()),
        ];
        if let Some((replica, _)) = attempt.replica {
            let (service, number) = self.place(replica);
            facts.push(("replica", format!("{service}/{number}")));
        }
        if let Some(kept) = attempt.sent.filter(|sent| *sent > attempt.begun) {
            facts.push(("held_back_by_caller", (kept - attempt.begun).to_string()));
        }
        facts
    }
}

/// The name of an outcome, or the cause of a failure.
const fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "ok",
        Outcome::Degraded => "degraded",
        Outcome::Failed(cause) => cause.name(),
        Outcome::Abandoned => "abandoned",
    }
}
