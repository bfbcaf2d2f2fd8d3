//! Why requests were harmed, as it is kept: roots over time, chains, calls. Each harmed request counts one in all.

use serde::{Deserialize, Serialize};

/// More than any run counts.
const MOST: f64 = 1e15;

/// What the harm of an incident goes back to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BlameRecord {
    /// Width of a window.
    pub window_s: f64,
    /// Harmed requests.
    pub harmed: u64,
    /// Roots, the one with the most harm first.
    pub roots: Vec<RootHarm>,
    /// Chains of waits from the user down to a root, the one with the most harm first; those of little are left out.
    pub chains: Vec<ChainHarm>,
    /// Windows of a stretch of [`CallRoot::stretches`].
    #[serde(default)]
    pub stretch: usize,
    /// Calls over which harm traveled, the one with the most first.
    pub calls: Vec<CallHarm>,
}

/// The harm of a root.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RootHarm {
    /// "pause of user-db".
    pub root: String,
    /// What it is: `fault`, `retries`, `cold_caches`, `first_attempts`, `out_of_memory`, `restart`, `rate_limit`,
    /// `out_of_rotation`, `own_errors`, `work`, `unknown`.
    pub kind: String,
    /// Where: a service, for retries a call, for a surge the traffic.
    pub place: String,
    /// Harmed requests that are its share.
    pub harmed: f64,
    /// Of these, those that were answered in the twin and not in the actual world.
    #[serde(default)]
    pub lost: f64,
    /// The harmed by traffic class, classes without left out.
    pub classes: Vec<(String, f64)>,
    /// The same by window in which it began to hold the requests, up to the last with any.
    pub windows: Vec<f64>,
}

/// The harm that came along a chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChainHarm {
    /// Position of its root among the roots.
    pub root: usize,
    /// Its calls, from the user's down.
    pub links: Vec<Link>,
    /// Harmed requests that are its share.
    pub harmed: f64,
    /// Begin of the window with the first of them.
    pub from_s: f64,
    /// End of the window with the last of them.
    pub to_s: f64,
}

/// A call that held up its caller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// `"caller -> callee"`.
    pub call: String,
    /// How: `line`, `thread`, `connection`, `permit`, `throttle`, `breaker`, `refused`, `reset`, `full`, `shed`, `limited`,
    /// `error`.
    pub how: String,
}

/// The harm that traveled over a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallHarm {
    /// `"caller -> callee"`.
    pub call: String,
    /// Harmed requests that are its share.
    pub harmed: f64,
    /// The same by how it held up its caller, the most first.
    pub how: Vec<(String, f64)>,
    /// Begin of the window with the first of them.
    pub from_s: f64,
    /// The same by root and over time.
    #[serde(default)]
    pub roots: Vec<CallRoot>,
}

/// The harm of a root that traveled over a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallRoot {
    /// Position of the root among the roots.
    pub root: usize,
    /// Harmed requests by stretch of time, in order; stretches without any are left out.
    pub stretches: Vec<(usize, f64)>,
}

impl BlameRecord {
    /// Finds what no run leaves behind, in a record that was read, of a run of so many windows.
    pub(crate) fn check(&self, windows: usize) -> Result<(), String> {
        let of_roots = self.roots.iter().flat_map(|root| {
            let classes = root.classes.iter().map(|(_, sum)| *sum);
            root.windows.iter().copied().chain(classes).chain([root.harmed, root.lost])
        });
        let of_chains = self.chains.iter().flat_map(|chain| [chain.harmed, chain.from_s, chain.to_s]);
        let of_calls = self.calls.iter().flat_map(|call| {
            let stretches = call.roots.iter().flat_map(|of| of.stretches.iter().map(|(_, sum)| *sum));
            stretches.chain([call.harmed, call.from_s])
        });
        if !(self.window_s > 0.0 && self.window_s.is_finite()) {
            return Err("the windows of the blame have no width".to_owned());
        }
        if of_roots.chain(of_chains).chain(of_calls).any(|number| !(0.0..=MOST).contains(&number)) {
            return Err("the blame counts what cannot be counted".to_owned());
        }
        if self.roots.iter().any(|root| root.windows.len() > windows + 1) {
            return Err(format!("the blame of a root has more than {windows} windows"));
        }
        if self.chains.iter().any(|chain| chain.root >= self.roots.len()) {
            return Err("a chain of the blame ends at no root".to_owned());
        }
        let of_call_roots = || self.calls.iter().flat_map(|call| &call.roots);
        if of_call_roots().any(|of| of.root >= self.roots.len()) {
            return Err("the harm of a call goes back to no root".to_owned());
        }
        let in_time = |of: &CallRoot| {
            let last = of.stretches.last().map_or(0, |(at, _)| at.saturating_mul(self.stretch));
            last <= windows && of.stretches.is_sorted_by(|a, b| a.0 < b.0)
        };
        if (self.stretch == 0 && of_call_roots().next().is_some()) || !of_call_roots().all(in_time) {
            return Err("the harm of a call lies beyond the run".to_owned());
        }
        Ok(())
    }
}
