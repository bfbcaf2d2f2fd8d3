//! Seconds by chain. Knows neither what they are of nor when.

use smallvec::SmallVec;

use crate::blame::{ChainId, Chains, How, Root};
use crate::id::PairId;

/// Chains that are told apart, at most; the least of more are spread over the others.
const MOST: usize = 32;
/// Others with this share of all say enough.
const TELLING: f64 = 0.1;

/// How much goes to which chain.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Shares(SmallVec<[(ChainId, f64); 2]>);

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
    /// Gives something to a chain.
    pub(crate) fn add(&mut self, chain: ChainId, amount: f64) {
        self.add_near(0, chain, amount);
    }

    /// Gives something to a chain that is looked for at a place first. Returns the place behind it.
    fn add_near(&mut self, place: usize, chain: ChainId, amount: f64) -> usize {
        if amount <= 0.0 {
            return place;
        }
        let at = match self.0.get(place) {
            Some((known, _)) if *known == chain => Some(place),
            _ => self.0.iter().position(|(known, _)| *known == chain),
        };
        if let Some(at) = at {
            self.0[at].1 += amount;
            return at + 1;
        }
        self.0.push((chain, amount));
        if self.0.len() > 2 * MOST {
            self.thin();
        }
        self.0.len()
    }

    /// Gives an amount to roots by their weights; nothing if there are none.
    pub(crate) fn add_roots(
        &mut self,
        chains: &mut Chains,
        roots: impl Iterator<Item = (Root, f64)> + Clone,
        amount: f64,
    ) {
        let all: f64 = roots.clone().map(|(_, weight)| weight).sum();
        for (root, weight) in roots {
            self.add(chains.root(root), amount * weight / all.max(f64::MIN_POSITIVE));
        }
    }

    /// Takes one out, unless it is nearly all there is.
    pub(crate) fn leave_out(&mut self, chain: ChainId) {
        let others: f64 = self.0.iter().filter(|(other, _)| *other != chain).map(|(_, amount)| amount).sum();
        if others >= TELLING * self.total() {
            self.0.retain(|(other, _)| *other != chain);
        }
    }

    /// Gives all that another has, times a factor. Most sums are of things that were seen in the same order.
    pub(crate) fn add_all(&mut self, other: &Self, factor: f64) {
        if self.0.is_empty() {
            let all = other.0.iter().map(|(chain, amount)| (*chain, amount * factor));
            self.0.extend(all.filter(|(_, amount)| *amount > 0.0));
            return;
        }
        let mut place = 0;
        for (chain, amount) in &other.0 {
            place = self.add_near(place, *chain, amount * factor);
        }
    }

    /// Gives all that another has to the same chains, longer by a link.
    pub(crate) fn add_linked(&mut self, other: &Self, chains: &mut Chains, (pair, how): (PairId, How)) {
        let mut place = 0;
        for (chain, amount) in &other.0 {
            place = self.add_near(place, chains.link(pair, how, *chain), *amount);
        }
    }

    /// All of it.
    pub(crate) fn total(&self) -> f64 {
        self.0.iter().map(|(_, amount)| amount).sum()
    }

    /// Makes it this much in all; nothing stays nothing.
    pub(crate) fn scale_to(&mut self, total: f64) {
        let sum = self.total();
        if sum > 0.0 {
            self.0.iter_mut().for_each(|(_, amount)| *amount *= total / sum);
        }
    }

    /// Makes it at most this much in all.
    pub(crate) fn fit(&mut self, most: f64) {
        if self.total() > most {
            self.scale_to(most);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (ChainId, f64)> + '_ {
        self.0.iter().copied()
    }

    /// Forgets the least, and spreads it over the others.
    fn thin(&mut self) {
        let total = self.total();
        self.0.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        self.0.truncate(MOST);
        self.scale_to(total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Id, ServiceId};

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
        let largest = shares.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(chain, _)| chain);
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
        assert!(shares.iter().all(|(chain, _)| chain != least));
    }

    #[test]
    fn one_is_left_out_if_the_others_say_enough() {
        let mut chains = Chains::default();
        let (usual, other) = (chains.root(Root::Unknown), chains.root(Root::Work(ServiceId::new(0))));
        let left = |amounts: [f64; 2]| {
            let mut shares = Shares::default();
            shares.add(usual, amounts[0]);
            shares.add(other, amounts[1]);
            shares.leave_out(usual);
            shares.iter().collect::<Vec<_>>()
        };
        assert_eq!(left([9.0, 1.0]), [(other, 1.0)]);
        assert_eq!(left([9.5, 0.5]), [(usual, 9.5), (other, 0.5)]);
    }

    #[test]
    fn nothing_of_something_is_nothing() {
        let mut chains = Chains::default();
        let (mut some, mut none) = (Shares::default(), Shares::default());
        some.add(chains.root(Root::Unknown), 1.0);
        none.add_all(&some, 0.0);
        assert!(none.is_empty() && !some.is_empty());
        some.add(chains.root(Root::Work(ServiceId::new(0))), 0.0);
        assert_eq!(some.iter().count(), 1);
    }
}
