//! Seconds by chain, and since when. Knows not what they are of.

use smallvec::SmallVec;

use crate::blame::onset::Onset;
use crate::blame::{ChainId, Chains, How, Root};
use crate::id::PairId;

/// Chains that are told apart, at most; the least of more are spread over the others.
const MOST: usize = 32;
/// Others with this share of all say enough.
pub(super) const TELLING: f64 = 0.1;

/// How much goes to which chain.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Shares(SmallVec<[Share; 2]>);

/// What goes to one chain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Share {
    pub(crate) chain: ChainId,
    /// When it began to go there, if anybody has said so.
    pub(crate) onset: Onset,
    pub(crate) amount: f64,
}

impl Clone for Shares {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }

    /// Keeps its memory, which a derived one would not.
    fn clone_from(&mut self, source: &Self) {
        self.0.clone_from(&source.0);
    }
}

impl Shares {
    /// Gives something to a chain, nobody says since when.
    pub(crate) fn add(&mut self, chain: ChainId, amount: f64) {
        self.add_since(chain, Onset::UNKNOWN, amount);
    }

    /// Gives something to a chain since a window.
    pub(crate) fn add_since(&mut self, chain: ChainId, onset: Onset, amount: f64) {
        self.add_near(0, Share { chain, onset, amount });
    }

    /// Gives something to a chain that is looked for at a place first. Returns the place behind it.
    fn add_near(&mut self, place: usize, share: Share) -> usize {
        if share.amount <= 0.0 {
            return place;
        }
        let at = match self.0.get(place) {
            Some(known) if known.chain == share.chain => Some(place),
            _ => self.0.iter().position(|known| known.chain == share.chain),
        };
        if let Some(at) = at {
            let known = &mut self.0[at];
            known.amount += share.amount;
            known.onset = known.onset.min(share.onset);
            return at + 1;
        }
        self.0.push(share);
        if self.0.len() > 2 * MOST {
            self.thin();
        }
        self.0.len()
    }

    /// Gives an amount to roots by their weights, since a window; nothing if there are none.
    pub(crate) fn add_roots(
        &mut self,
        chains: &mut Chains,
        onset: Onset,
        roots: impl Iterator<Item = (Root, f64)> + Clone,
        amount: f64,
    ) {
        let all: f64 = roots.clone().map(|(_, weight)| weight).sum();
        for (root, weight) in roots {
            self.add_since(chains.root(root), onset, amount * weight / all.max(f64::MIN_POSITIVE));
        }
    }

    /// Takes some out, unless they are nearly all there is.
    pub(crate) fn leave_out(&mut self, is_one: impl Fn(ChainId) -> bool) {
        let others: f64 = self.iter().filter(|share| !is_one(share.chain)).map(|share| share.amount).sum();
        if others >= TELLING * self.total() {
            self.retain(|chain| !is_one(chain));
        }
    }

    /// Takes so much out of some of them, as much of each as it is of all of these.
    pub(crate) fn reduce(&mut self, amount: f64, is_one: impl Fn(ChainId) -> bool) {
        let all: f64 = self.iter().filter(|share| is_one(share.chain)).map(|share| share.amount).sum();
        if amount >= all {
            return self.retain(|chain| !is_one(chain));
        }
        let these = self.0.iter_mut().filter(|share| is_one(share.chain));
        these.for_each(|share| share.amount *= 1.0 - amount / all);
    }

    /// Takes out all but some.
    pub(crate) fn retain(&mut self, stays: impl Fn(ChainId) -> bool) {
        self.0.retain(|share| stays(share.chain));
    }

    /// Gives all that another has. Most sums are of things that were seen in the same order.
    pub(crate) fn add_all(&mut self, other: &Self) {
        if self.0.is_empty() {
            return self.0.extend_from_slice(&other.0);
        }
        let mut place = 0;
        for share in &other.0 {
            place = self.add_near(place, *share);
        }
    }

    /// The same, times a factor.
    pub(crate) fn add_scaled(&mut self, other: &Self, factor: f64) {
        let mut place = 0;
        for share in &other.0 {
            place = self.add_near(place, Share { amount: share.amount * factor, ..*share });
        }
    }

    /// The same since a window, whatever the other says.
    pub(crate) fn add_scaled_since(&mut self, onset: Onset, other: &Self, factor: f64) {
        let mut place = 0;
        for share in &other.0 {
            let amount = share.amount * factor;
            place = self.add_near(place, Share { onset, amount, ..*share });
        }
    }

    /// Gives all that another has to the same chains, longer by a link.
    pub(crate) fn add_linked(&mut self, other: &Self, chains: &mut Chains, (pair, how): (PairId, How)) {
        let mut place = 0;
        for share in &other.0 {
            let chain = chains.link(pair, how, share.chain);
            place = self.add_near(place, Share { chain, ..*share });
        }
    }

    /// Says since when all of it goes where it goes.
    pub(crate) fn date(&mut self, onset: Onset) {
        self.0.iter_mut().for_each(|share| share.onset = onset);
    }

    /// Nothing goes to a chain before that began.
    pub(crate) fn date_from(&mut self, began: impl Fn(ChainId) -> Option<Onset>) {
        for share in &mut self.0 {
            share.onset = began(share.chain).map_or(share.onset, |began| share.onset.max(began));
        }
    }

    /// Says it of what nobody has said it of.
    pub(crate) fn date_rest(&mut self, onset: Onset) {
        self.0.iter_mut().for_each(|share| share.onset = share.onset.min(onset));
    }

    /// All of it.
    pub(crate) fn total(&self) -> f64 {
        self.0.iter().map(|share| share.amount).sum()
    }

    /// Makes it this much in all; nothing stays nothing, and of what is to be nothing nothing stays.
    pub(crate) fn scale_to(&mut self, total: f64) {
        if total <= 0.0 {
            return self.clear();
        }
        let sum = self.total();
        if sum > 0.0 {
            self.0.iter_mut().for_each(|share| share.amount *= total / sum);
        }
    }

    /// Makes it at most this much in all.
    pub(crate) fn fit(&mut self, most: f64) {
        if self.total() > most {
            self.scale_to(most);
        }
    }

    /// Whether another one has the same chains in the same order, with amounts that differ by no more than this.
    pub(crate) fn is_close_to(&self, other: &Self, by: f64) -> bool {
        let is_close = |(a, b): (&Share, &Share)| a.chain == b.chain && libm::fabs(a.amount - b.amount) <= by;
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(is_close)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Share> + '_ {
        self.0.iter().copied()
    }

    /// Forgets the least, and spreads it over the others.
    fn thin(&mut self) {
        let total = self.total();
        self.0.sort_by(|a, b| b.amount.total_cmp(&a.amount).then(a.chain.cmp(&b.chain)));
        self.0.truncate(MOST);
        self.scale_to(total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blame::onset::Windows;
    use crate::id::{Id, ServiceId};
    use crate::model::Model;
    use crate::scenario::Scenario;
    use crate::time::{SimDuration, SimTime};

    #[test]
    fn sums_scales_and_thins_without_losing_anything() {
        let mut chains = Chains::default();
        let mut shares = Shares::default();
        shares.scale_to(1.0);
        assert!(shares.is_empty());
        let many: Vec<ChainId> =
            (0..100).map(|number| chains.root(Root::Work(ServiceId::new(number)))).collect();
        for (number, chain) in many.iter().enumerate() {
            shares.add(*chain, if number == 0 { 1_000.0 } else { 1.0 });
        }
        assert!(shares.iter().count() <= 2 * MOST);
        assert!((shares.total() - 1_099.0).abs() < 1e-6, "{}", shares.total());
        shares.fit(2_000.0);
        assert!((shares.total() - 1_099.0).abs() < 1e-6);
        shares.fit(1.0);
        assert!((shares.total() - 1.0).abs() < 1e-9);
        let largest = shares.iter().max_by(|a, b| a.amount.total_cmp(&b.amount)).map(|share| share.chain);
        assert_eq!(largest, Some(many[0]));
    }

    #[test]
    fn twice_as_many_are_told_apart_before_the_least_are_spread_over_the_others() {
        let mut chains = Chains::default();
        let mut shares = Shares::default();
        for number in 0..2 * MOST {
            shares.add(chains.root(Root::Work(ServiceId::new(number))), 1.0 + number as f64);
        }
        assert_eq!(shares.iter().count(), 2 * MOST);
        shares.add(chains.root(Root::Unknown), 0.5);
        assert_eq!(shares.iter().count(), MOST);
        let least = chains.root(Root::Work(ServiceId::new(MOST - 1)));
        assert!(shares.iter().all(|share| share.chain != least));
    }

    #[test]
    fn one_is_left_out_if_the_others_say_enough() {
        let mut chains = Chains::default();
        let (usual, other) = (chains.root(Root::Unknown), chains.root(Root::Work(ServiceId::new(0))));
        let left = |amounts: [f64; 2]| {
            let mut shares = Shares::default();
            shares.add(usual, amounts[0]);
            shares.add(other, amounts[1]);
            shares.leave_out(|chain| chain == usual);
            shares.iter().map(|share| (share.chain, share.amount)).collect::<Vec<_>>()
        };
        assert_eq!(left([9.0, 1.0]), [(other, 1.0)]);
        assert_eq!(left([9.5, 0.5]), [(usual, 9.5), (other, 0.5)]);
    }

    #[test]
    fn the_earliest_onset_counts() {
        let model = Model::compile(
            &Scenario::parse(
                r#"Scenario(format: 1, name: "minute", warm_up: "5s", horizon: "1m",
                services: { "a": Service(operations: { "op": [Work("1ms")] }) },
                traffic: { "users": Open(rate: "1/s", entry: "a.op") })"#,
            )
            .unwrap(),
        );
        let windows = Windows::new(&model);
        let at = |s: u64| windows.at(SimTime::ZERO + SimDuration::from_secs(s));
        assert_eq!((at(0), at(5)), (at(4), at(0)), "what was before T+0 belongs to the first window");
        assert!(
            at(5) < at(6) && at(64) < at(65) && at(65) == at(900),
            "and what comes after the end to the last"
        );
        let chain = Chains::default().root(Root::Unknown);
        let onset = |shares: &Shares| shares.iter().next().map(|share| share.onset);
        let mut shares = Shares::default();
        shares.add(chain, 1.0);
        shares.date_rest(at(30));
        shares.add_since(chain, at(40), 1.0);
        assert_eq!(onset(&shares), Some(at(30)), "a later one changes nothing");
        shares.add(chain, 1.0);
        shares.date_rest(at(50));
        assert_eq!(onset(&shares), Some(at(30)), "nor does nobody's");
        let mut sum = Shares::default();
        sum.add_scaled_since(at(20), &shares, 0.5);
        assert_eq!(onset(&sum), Some(at(20)));
        shares.add_all(&sum);
        assert_eq!(onset(&shares), Some(at(20)));
        shares.date(at(60));
        assert_eq!(onset(&shares), Some(at(60)));
    }

    #[test]
    fn nothing_of_something_is_nothing() {
        let mut chains = Chains::default();
        let (mut some, mut none) = (Shares::default(), Shares::default());
        some.add(chains.root(Root::Unknown), 1.0);
        none.add_scaled(&some, 0.0);
        assert!(none.is_empty() && !some.is_empty());
        some.add(chains.root(Root::Work(ServiceId::new(0))), 0.0);
        assert_eq!(some.iter().count(), 1);
        some.fit(0.0);
        assert!(some.is_empty(), "of no time nothing is left");
    }
}
