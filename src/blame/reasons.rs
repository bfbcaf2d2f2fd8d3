//! Why requests did not end well, on the way from the one who followed them in their world to those who compare it with another.

use crate::blame::shares::{Shares, TELLING};
use crate::blame::{ChainId, Chains, Root, Why};
use crate::random::{Key, KeyMap};
use crate::time::SimDuration;

/// What was found of requests that have ended, until somebody asks.
#[derive(Debug, Default)]
pub struct Reasons {
    chains: Chains,
    /// Those that nobody has looked for yet, as they ended.
    fresh: Vec<(Key, Why)>,
    /// The others, by key.
    ended: KeyMap<Why>,
    /// Memory for sums.
    spare: Vec<Shares>,
}

impl Reasons {
    /// More is known: takes what has ended, and gives back the memory of what was asked for.
    pub(super) fn take_over(
        &mut self,
        ended: &mut Vec<(Key, Why)>,
        chains: &Chains,
        spare: &mut Vec<Shares>,
    ) {
        self.fresh.append(ended);
        self.chains.catch_up(chains);
        spare.append(&mut self.spare);
    }

    /// What is to blame for the end of a request whose twin took so long, as shares of one; asked for once. None if it ended
    /// well, or if nothing was found.
    pub(crate) fn take(&mut self, request: Key, usual: SimDuration) -> Option<Why> {
        for (key, why) in self.fresh.drain(..) {
            self.ended.insert(key.0, why);
        }
        if self.ended.is_empty() {
            return None;
        }
        let mut why = self.ended.remove(&request.0)?;
        self.leave_out_usual(&mut why.wait, usual.as_secs_f64());
        why.wait.scale_to(1.0);
        Some(why)
    }

    /// What the twin has waited for the usual load as well is nobody's harm, if there is anything else.
    fn leave_out_usual(&self, wait: &mut Shares, seconds: f64) {
        let is_usual = |chain| matches!(self.chains.root_of(chain), Root::FirstAttempts(_));
        let usual: f64 = wait.iter().filter(|share| is_usual(share.chain)).map(|share| share.amount).sum();
        if usual > 0.0 && wait.total() - usual >= TELLING * wait.total() {
            wait.reduce(seconds, is_usual);
        }
    }

    /// Takes back the memory of what was asked for.
    pub(crate) fn forget(&mut self, why: Why) {
        for mut sum in [why.wait, why.failed, why.lesser] {
            sum.clear();
            self.spare.push(sum);
        }
    }

    /// How many requests nobody has asked for.
    pub(crate) fn left(&self) -> usize {
        self.fresh.len() + self.ended.len()
    }

    /// What a chain ends at.
    pub(crate) fn root_of(&self, chain: ChainId) -> Root {
        self.chains.root_of(chain)
    }

    /// The chains that were found.
    pub(crate) fn into_chains(self) -> Chains {
        self.chains
    }
}
