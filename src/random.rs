//! Keyed randomness: a draw is a pure function of the seed and of what it is for. Keeps no state between draws.
//!
//! A [`Key`] names one thing that can happen (a request, an attempt of a call). Keys are derived from keys:
//! `key(child) = mix(key(parent), call site, attempt)`. A [`Stream`] names a purpose ("work", "backoff") by the hash
//! of its name, never by an index, so that adding a service or a policy leaves every other draw as it was.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{BuildHasherDefault, Hasher};

use rand::{Rng, TryRng};

/// The identity of one thing that can happen in a run; the root is the seed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u64);

/// The name of a purpose, hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream(pub u64);

/// Weyl increment of `SplitMix64`: 2^64 divided by the golden ratio, made odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finalizer of `SplitMix64` (Steele, Lea & Flood 2014, variant 13 by Stafford): a bijection that avalanches.
const fn finalize(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Two words into one; neither argument can be recovered or cancelled by the other.
pub const fn mix(a: u64, b: u64) -> u64 {
    finalize(a.wrapping_add(GOLDEN) ^ finalize(b.wrapping_add(GOLDEN)).rotate_left(23))
}

impl Stream {
    /// The stream of this name: FNV-1a over its bytes, finalized.
    pub const fn named(name: &str) -> Self {
        let bytes = name.as_bytes();
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut i = 0;
        while i < bytes.len() {
            hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
            i += 1;
        }
        Self(finalize(hash))
    }

    /// The stream of the n-th thing of the same name (two calls to one callee in one operation).
    pub const fn nth(self, n: u64) -> Self {
        if n == 0 { self } else { Self(mix(self.0, n)) }
    }
}

impl Key {
    /// The root of all keys of a run.
    pub const fn of_seed(seed: u64) -> Self {
        Self(finalize(seed.wrapping_add(GOLDEN)))
    }

    /// The key of what happens below this one at a named place.
    pub const fn child(self, place: Stream) -> Self {
        Self(mix(self.0, place.0))
    }

    /// The key of the n-th of equal things below this one (the k-th request of a class, the n-th attempt of a call).
    pub const fn nth(self, n: u64) -> Self {
        Self(mix(self.0, n))
    }

    /// A uniform draw from [0, 1) for one purpose.
    pub fn uniform(self, purpose: Stream) -> f64 {
        unit_interval(self.draws(purpose).next_u64())
    }

    /// As many draws as a sampler wants, for one purpose.
    pub const fn draws(self, purpose: Stream) -> Draws {
        Draws { state: mix(self.0, purpose.0) }
    }
}

/// Keys are draws already: hashing them again would buy nothing. For maps that are only looked up.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = word;
    }
}

/// A map from keys.
pub type KeyMap<T> = HashMap<u64, T, BuildHasherDefault<KeyHasher>>;

/// A word as a uniform value in [0, 1): its upper 53 bits.
fn unit_interval(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
}

/// The draws of one key and purpose: `SplitMix64` from there on. Implements `rand`'s traits for every sampler.
#[derive(Clone, Debug)]
pub struct Draws {
    state: u64,
}

impl Draws {
    /// A uniform draw from [0, 1).
    pub fn uniform(&mut self) -> f64 {
        unit_interval(self.next_u64())
    }
}

impl TryRng for Draws {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.state = self.state.wrapping_add(GOLDEN);
        Ok(finalize(self.state))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_pinned() {
        let key = Key::of_seed(42).child(Stream::named("checkout")).nth(7);
        assert_eq!(key, Key(0xa92c_6361_65ad_41d3));
        assert_eq!(key.uniform(Stream::named("work")).to_bits(), 4_604_873_705_218_552_013);
    }

    #[test]
    fn neighbors_are_independent() {
        // The correlation of draws of neighboring keys, of n pairs, is below 4 / sqrt(n).
        let root = Key::of_seed(1).child(Stream::named("neighbors"));
        let purpose = Stream::named("u");
        let n = 100_000_u64;
        let (mut sum, mut product) = (0.0, 0.0);
        for k in 0..n {
            let (a, b) = (root.nth(k).uniform(purpose) - 0.5, root.nth(k + 1).uniform(purpose) - 0.5);
            sum += a;
            product += a * b;
        }
        assert!((sum / n as f64).abs() < 4.0 * (1.0 / 12.0_f64).sqrt() / (n as f64).sqrt());
        assert!((product / n as f64 * 12.0).abs() < 4.0 / (n as f64).sqrt());
    }

    #[test]
    fn order_of_derivation_matters() {
        let root = Key::of_seed(9);
        let (a, b) = (Stream::named("a"), Stream::named("b"));
        assert_ne!(root.child(a).child(b), root.child(b).child(a));
        assert_ne!(root.child(a).nth(1), root.child(a).nth(2));
        assert_ne!(mix(1, 2), mix(2, 1));
    }
}
