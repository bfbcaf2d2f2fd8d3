//! The state of one copy of a service. Decides nothing.
//!
//! What every attempt asks for is in a few lines of the cache; what only faults, probes and restarts ask for lies elsewhere.

use crate::engine::event::Event;
use crate::engine::line::Line;
use crate::engine::terms::ServiceTerms;
use crate::id::FaultId;
use crate::policy::CrashLoop;
use crate::scenario::{Cache, Service};
use crate::time::SimTime;

/// Life of a replica's process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Process {
    /// Not taking requests yet.
    Starting,
    /// Serving.
    Ready,
    /// Finishing what it has, before it is restarted.
    Draining,
    /// Dead.
    Down,
}

impl Process {
    /// Whether it works on what it has.
    pub(crate) const fn serves(self) -> bool {
        matches!(self, Self::Ready | Self::Draining)
    }
}

/// One copy of a service. In this order in memory: the first two lines of the cache are what every attempt asks for.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct Replica {
    /// What its service has it do.
    pub(crate) terms: ServiceTerms,
    /// Length of the queue without the canceled.
    pub(crate) queue_length: u32,
    pub(crate) dispatch_scheduled: bool,
    pub(crate) process: Process,
    /// Faults that are, or were, on it.
    pub(crate) faults: Option<Box<Faults>>,
    /// Attempts that hold a thread.
    pub(crate) threads: Vec<u32>,
    /// How much longer than usual work takes, by the faults that slow it.
    pub(crate) slowness: f64,
    /// Attempts waiting for a thread; canceled ones stay until they are found.
    pub(crate) queue: Line,
    pub(crate) life: Box<Life>,
    pub(crate) probe: Box<ProbeState>,
    /// Entries of each of its caches, by position.
    pub(crate) entries: Box<[u32]>,
}

/// How the process of a replica comes and goes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    /// Sequence number of the event that makes it ready; 0 for none.
    pub(crate) ready_event: u64,
    /// When it will be ready; meaningful while starting.
    pub(crate) ready_at: SimTime,
    /// When it became ready; meaningful while it serves.
    pub(crate) ready_since: SimTime,
    /// How often it died by itself of late.
    pub(crate) crash_loop: CrashLoop,
    /// Sequence number of the event that starts it after its back-off; 0 for none.
    pub(crate) start_event: u64,
    /// Times it was started.
    pub(crate) starts: u64,
    /// Sequence number of the event that ends its draining; 0 for none.
    pub(crate) drain_event: u64,
    /// Sequence number of the event that kills it for its memory; 0 for none.
    pub(crate) memory_event: u64,
}

/// What faults do to a replica.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    /// Those that keep it down.
    pub(crate) downed_by: Vec<FaultId>,
    /// Those that pause it, and since when.
    pub(crate) paused_by: Vec<FaultId>,
    pub(crate) paused_since: SimTime,
    /// What fell due while it was paused.
    pub(crate) deferred: Vec<Deferred>,
    /// Those that slow it.
    pub(crate) slowed_by: Vec<FaultId>,
    /// Those that delay what begins.
    pub(crate) delayed_by: Vec<FaultId>,
    /// Those that fail what arrives.
    pub(crate) failing_by: Vec<FaultId>,
}

/// An event that fell due on a paused replica.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deferred {
    pub(crate) due: SimTime,
    /// Replies (0) come before timers (1) at equal times.
    pub(crate) rank: u8,
    pub(crate) sequence: u64,
    pub(crate) event: Event,
}

/// What a health probe believes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProbeState {
    pub(crate) healthy: bool,
    /// Results in a row that speak against the belief.
    pub(crate) streak: u32,
    /// Sequence number of the timeout of an unanswered probe; 0 for none.
    pub(crate) timeout_event: u64,
    /// Times that a deep probe was due.
    pub(crate) turns: u64,
    /// Whether a deep probe is under way.
    pub(crate) under_way: bool,
    /// Whether the replica signed off to drain and has not been ready since: balancers are told, whatever is believed.
    pub(crate) signed_off: bool,
}

/// A share of so many entries.
pub(crate) fn entries(of: u32, share: f64) -> u32 {
    libm::round(f64::from(of) * share) as u32
}

impl Replica {
    /// A replica at the begin of a run.
    pub(crate) fn new(settings: &Service) -> Self {
        let remembered = |(_, cache): &(_, Cache)| {
            let Cache::Warming { after, at_begin, .. } = cache;
            entries(*after, *at_begin)
        };
        Self {
            terms: ServiceTerms::of(settings),
            threads: Vec::new(),
            queue: Line::default(),
            queue_length: 0,
            dispatch_scheduled: false,
            process: Process::Ready,
            slowness: 1.0,
            faults: None,
            life: Box::default(),
            probe: Box::new(ProbeState {
                healthy: true,
                streak: 0,
                timeout_event: 0,
                turns: 0,
                under_way: false,
                signed_off: false,
            }),
            entries: settings.caches.iter().map(remembered).collect(),
        }
    }

    /// The faults that are on it in one of the ways of [`Faults`].
    pub(crate) fn hit_by(&self, way: impl FnOnce(&Faults) -> &Vec<FaultId>) -> &[FaultId] {
        self.faults.as_deref().map_or(&[], |faults| way(faults))
    }

    /// The faults that are on it, to be changed.
    pub(crate) fn faults_mut(&mut self) -> &mut Faults {
        self.faults.get_or_insert_default()
    }

    pub(crate) fn is_paused(&self) -> bool {
        !self.hit_by(|faults| &faults.paused_by).is_empty()
    }

    /// Attempts that it has, on threads or waiting.
    pub(crate) fn in_flight(&self) -> u64 {
        u64::from(self.queue_length) + self.threads.len() as u64
    }
}
