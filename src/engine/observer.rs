//! The seam through which everything that happens can be watched. An observer cannot influence the engine.

use crate::engine::view::{Turn, View};
use crate::failure::Outcome;
use crate::id::{ChangeId, ClassId, EdgeId, FaultId, Id, MonitorId, ProcedureId, ReplicaId, SiteId};
use crate::model::By;
use crate::policy::BreakerState;
use crate::random::Key;
use crate::time::{SimDuration, SimTime};

/// The identity of a request, the same in all worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId {
    /// Its traffic class.
    pub class: ClassId,
    /// Its number in its class, from 0; of a journey's step, the number of its session. Those of surges are told apart.
    pub number: u64,
    /// The root of its draws.
    pub key: Key,
    /// Whose request it is, from 0.
    pub user: u64,
    /// When it arrived, in its world: a step of a journey waits for the one before.
    pub arrived_at: SimTime,
}

impl RequestId {
    /// Numbers of a surge begin here, and each surge has so many.
    const OF_SURGE: u64 = 1 << 40;

    /// The number of the n-th request, or session, of a surge.
    pub(crate) fn number_in(surge: FaultId, n: u64) -> u64 {
        (surge.position() as u64 + 1) * Self::OF_SURGE + n
    }

    /// The surge that a number belongs to, and which of its requests it is; none if it is of the usual traffic.
    pub(crate) fn surge_of(number: u64) -> Option<(FaultId, u64)> {
        let position = (number / Self::OF_SURGE).checked_sub(1)?;
        Some((FaultId::new(position as usize), number % Self::OF_SURGE))
    }

    /// The surge that it belongs to; none if it comes in all worlds.
    pub fn surge(&self) -> Option<FaultId> {
        Self::surge_of(self.number).map(|(surge, _)| surge)
    }
}

/// The identity of an attempt, the same in all worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptId {
    /// The root of its draws.
    pub key: Key,
    /// The request it serves.
    pub request: RequestId,
    /// From where it was made.
    pub site: SiteId,
    /// Its number among the attempts of its call, from 1.
    pub number: u32,
    /// When its caller began it.
    pub begun_at: SimTime,
}

/// State of a replica, as a bystander would see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReplicaState {
    /// The process runs, but takes no requests yet.
    Starting,
    /// It serves.
    Ready,
    /// Nothing on it moves.
    Paused,
    /// It finishes what it has and takes nothing new.
    Draining,
    /// There is no process.
    Down,
}

/// Something that happened in the model. What the engine does internally is not among it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ModelEvent {
    /// A request arrived.
    RequestArrived(RequestId),
    /// A request was answered, or failed.
    RequestEnded(RequestId, Outcome),
    /// The last trace of a request is gone: zombie attempts included.
    RequestDrained(RequestId),
    /// An attempt left its caller.
    AttemptSent(AttemptId),
    /// An attempt was refused by its caller's breaker, bulkhead or pool and never sent.
    AttemptRefused(AttemptId, Outcome),
    /// A sent attempt ended, as its caller saw it.
    AttemptEnded(AttemptId, Outcome),
    /// A failed attempt was not tried again, for a retry budget had nothing left: on behalf of this request.
    RetryDenied(SiteId, RequestId),
    /// A fallback answered a call of this key: as a good answer before it was made, or degraded after it had failed.
    FellBack(EdgeId, Key, Outcome),
    /// An attempt joined a replica's queue, which now has this length.
    Queued(ReplicaId, u32),
    /// An attempt left a replica's queue without getting a thread.
    Unqueued(ReplicaId),
    /// An attempt took a thread after this wait; whether it came from the queue.
    Begun(ReplicaId, SimDuration, bool),
    /// A thread now waits on a call.
    Blocked(ReplicaId),
    /// A thread no longer waits on a call.
    Unblocked(ReplicaId),
    /// A thread began work of this length, drawn for this key.
    WorkBegun(ReplicaId, Key, SimDuration),
    /// An attempt gave its thread back after holding it for so long.
    Finished(ReplicaId, SimDuration, Outcome),
    /// An attempt asked a cache, by its position among those of the service; whether it knew the answer.
    LookedUp(ReplicaId, u32, bool),
    /// A replica uses more memory than it may; it dies of it at once.
    OutOfMemory(ReplicaId),
    /// A replica changed its state.
    ReplicaChanged(ReplicaId, ReplicaState),
    /// A breaker changed its state: its edge, and the number of the caller's replica it belongs to.
    BreakerChanged(EdgeId, u32, BreakerState),
    /// A probe changed its mind about a replica: healthy or not.
    ProbeChanged(ReplicaId, bool),
    /// A monitor took a reading.
    Scraped(MonitorId, f64),
    /// An alert began or ceased to fire.
    AlertChanged(MonitorId, bool),
    /// A fault began.
    FaultBegan(FaultId),
    /// A fault ended.
    FaultEnded(FaultId),
    /// A setting was changed, or set to what it was.
    SettingChanged(ChangeId),
    /// People or automation did a step of a procedure, which changes the world.
    Acted(ProcedureId, u32),
    /// People or automation came to know or decide something.
    Responded(By, Moment),
}

/// What people or automation came to know or decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// An alert called them.
    Paged(MonitorId),
    /// They took it for a blip.
    Dismissed,
    /// They were at the keyboard, and looked at the dashboards.
    Started,
    /// They followed a wrong lead.
    Misled(ProcedureId),
    /// They chose what to do.
    Decided(ProcedureId),
    /// They called those who know more.
    Escalated,
    /// They have nothing left to try.
    Exhausted,
    /// The alerts were gone before they had done anything.
    StoodDown,
    /// They declared the incident over.
    Resolved,
}

/// Watches a simulation.
pub trait Observer {
    /// Something happened.
    fn observe(&mut self, now: SimTime, event: &ModelEvent);

    /// A wait begins or ends: a chance to look at who waits for whom.
    fn turn(&mut self, _world: &View<'_>, _turn: Turn) {}
}

/// Nobody watches, at no cost.
impl Observer for () {
    fn observe(&mut self, _now: SimTime, _event: &ModelEvent) {}
}

/// Whoever watches: the engine is compiled once for all of them, and asks at every event who it is. For where little is
/// simulated.
impl Observer for &mut dyn Observer {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        (**self).observe(now, event);
    }

    fn turn(&mut self, world: &View<'_>, turn: Turn) {
        (**self).turn(world, turn);
    }
}

/// Two watch.
impl<A: Observer, B: Observer> Observer for (&mut A, &mut B) {
    #[expect(clippy::inline_always, reason = "as for all observers: see `Engine::emit`")]
    #[inline(always)]
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        self.0.observe(now, event);
        self.1.observe(now, event);
    }

    #[expect(clippy::inline_always, reason = "as for all observers: see `Engine::emit`")]
    #[inline(always)]
    fn turn(&mut self, world: &View<'_>, turn: Turn) {
        self.0.turn(world, turn);
        self.1.turn(world, turn);
    }
}
