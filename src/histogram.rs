//! Counts of whole numbers in buckets as wide as a fixed share of their values. Knows no unit.
//!
//! The buckets are those of HDR histograms (Gil Tene; crate `hdrhistogram`, the oracle in the tests): every power of two is
//! divided evenly. Here a power of two has memory only once something fell into it. A run keeps a histogram for every
//! window of every service, and what a service does in a window lies within a few powers: with the memory of the whole
//! range, clearing and reading the windows was most of the work where there are many services and little happens. And the
//! first numbers are kept as they are: most windows of most services have no more.

/// Numbers that are kept as they are, at most.
const FEW: usize = 64;

/// Counts of whole numbers.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// A power of two is divided into 2^bits buckets.
    bits: u32,
    /// The numbers themselves, while there are few: they take less memory than buckets, and less time to forget.
    few: Vec<u64>,
    /// Empty where nothing was recorded. The first holds all numbers below 2^bits.
    octaves: Vec<Vec<u64>>,
    len: u64,
}

impl Histogram {
    /// Quantiles are too high by 0.1 % at the most.
    pub const fn precise() -> Self {
        Self::with_bits(10)
    }

    /// Quantiles are too high by 0.8 % at the most.
    pub const fn coarse() -> Self {
        Self::with_bits(7)
    }

    const fn with_bits(bits: u32) -> Self {
        Self { bits, few: Vec::new(), octaves: Vec::new(), len: 0 }
    }

    /// How many were recorded.
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether none was recorded.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a number.
    pub fn record(&mut self, value: u64) {
        self.len += 1;
        if self.len <= FEW as u64 {
            self.few.push(value);
            return;
        }
        if self.len == FEW as u64 + 1 {
            self.count_few();
        }
        self.count(value);
    }

    /// Puts the few into buckets: from now on they are many.
    #[cold]
    fn count_few(&mut self) {
        for position in 0..self.few.len() {
            self.count(self.few[position]);
        }
        self.few.clear();
    }

    fn count(&mut self, value: u64) {
        let octave = self.octave_of(value);
        let place = value as usize >> octave.saturating_sub(1) & ((1 << self.bits) - 1);
        if let Some(count) = self.octaves.get_mut(octave).and_then(|octave| octave.get_mut(place)) {
            *count += 1;
        } else {
            self.octave(octave)[place] += 1;
        }
    }

    fn octave_of(&self, value: u64) -> usize {
        (value >> self.bits).checked_ilog2().map_or(0, |above| above as usize + 1)
    }

    /// The largest number of the bucket of a number.
    fn bucket_end(&self, value: u64) -> u64 {
        let shift = self.octave_of(value).saturating_sub(1);
        (((value >> shift) + 1) << shift) - 1
    }

    /// Adds all numbers of another one of the same precision.
    pub fn add(&mut self, other: &Self) {
        debug_assert_eq!(self.bits, other.bits, "histograms of one precision");
        if other.len <= FEW as u64 {
            other.few.iter().for_each(|number| self.record(*number));
            return;
        }
        self.count_few();
        self.len += other.len;
        for (number, counts) in other.octaves.iter().enumerate().filter(|(_, counts)| !counts.is_empty()) {
            for (sum, count) in self.octave(number).iter_mut().zip(counts) {
                *sum += count;
            }
        }
    }

    /// For each of some ascending shares the smallest bucket up to which there is at least this share of the numbers: its
    /// largest number. None if there are no numbers.
    pub fn quantiles<const N: usize>(&self, shares: [f64; N]) -> Option<[u64; N]> {
        let wanted = shares.map(|share| ((share.min(1.0) * self.len as f64).ceil() as u64).max(1));
        if self.len <= FEW as u64 {
            return self.quantiles_of_few(wanted);
        }
        let mut found = [0; N];
        let (mut next, mut seen) = (0, 0);
        for (number, counts) in self.octaves.iter().enumerate() {
            let sum: u64 = counts.iter().sum();
            let mut below = seen;
            seen += sum;
            let (shift, base) = (number.saturating_sub(1), u64::from(number > 0) << self.bits);
            let mut counts = counts.iter().zip(base + 1..);
            while next < N && wanted[next] <= seen {
                let (_, end) = counts.by_ref().find(|(count, _)| {
                    below += *count;
                    below >= wanted[next]
                })?;
                // The next share may be reached in the same bucket.
                while next < N && wanted[next] <= below {
                    found[next] = (end << shift) - 1;
                    next += 1;
                }
            }
        }
        (next == N).then_some(found)
    }

    /// Of the few, the bucket of each number that has so many up to it. None if there are none.
    fn quantiles_of_few<const N: usize>(&self, wanted: [u64; N]) -> Option<[u64; N]> {
        let mut sorted = [u64::MAX; FEW];
        sorted.iter_mut().zip(&self.few).for_each(|(place, number)| *place = *number);
        sorted[..self.few.len()].sort_unstable();
        (self.len > 0).then(|| wanted.map(|count| self.bucket_end(sorted[count as usize - 1])))
    }

    /// One of [`Self::quantiles`].
    pub fn quantile(&self, share: f64) -> Option<u64> {
        self.quantiles([share]).map(|[quantile]| quantile)
    }

    /// Forgets everything, keeping the memory.
    pub fn clear(&mut self) {
        if self.len > FEW as u64 {
            self.octaves.iter_mut().for_each(|counts| counts.fill(0));
        }
        self.few.clear();
        self.len = 0;
    }

    #[cold]
    fn octave(&mut self, number: usize) -> &mut Vec<u64> {
        if self.octaves.len() <= number {
            self.octaves.resize(number + 1, Vec::new());
        }
        let counts = &mut self.octaves[number];
        counts.resize(1 << self.bits, 0);
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers of all orders of magnitude, up to 2^42: in microseconds, 50 days.
    fn numbers() -> impl Strategy<Value = Vec<u64>> {
        let number = || (0_u32..43, any::<u64>()).prop_map(|(bits, n)| 1 + n % (1 << bits));
        prop_oneof![prop::collection::vec(number(), 1..40), prop::collection::vec(number(), 1..300)]
    }

    proptest! {
        #[test]
        fn quantiles_are_those_of_an_hdr_histogram(numbers in numbers(), more in numbers(), is_precise: bool) {
            let (mut ours, digits) = if is_precise { (Histogram::precise(), 3) } else { (Histogram::coarse(), 2) };
            let mut theirs = hdrhistogram::Histogram::<u64>::new_with_bounds(1, 1 << 43, digits).unwrap();
            prop_assert_eq!(ours.quantile(0.5), None);
            for number in &more {
                ours.record(*number);
            }
            ours.clear();
            let mut other = ours.clone();
            for number in &numbers {
                ours.record(*number);
                theirs.record(*number).unwrap();
            }
            for number in &more {
                other.record(*number);
                theirs.record(*number).unwrap();
            }
            ours.add(&other);
            ours.record(7);
            theirs.record(7).unwrap();
            prop_assert_eq!(ours.len(), theirs.len());
            let shares = [0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0];
            prop_assert_eq!(ours.quantiles(shares), Some(shares.map(|share| theirs.value_at_quantile(share))));
        }
    }
}
