//! The words in which every breaker tells its state. Knows no rule of any breaker.

/// Whether a breaker lets calls through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BreakerState {
    /// All calls pass.
    Closed,
    /// No call passes.
    Open,
    /// A few calls pass to find out.
    HalfOpen,
}
