//! Threads, or none: what they do is the same for any number of them.

/// Threads that do things at once.
#[cfg(feature = "threads")]
#[derive(Debug)]
pub(crate) struct Jobs {
    /// None if one thread is all there is.
    pool: Option<rayon::ThreadPool>,
}

#[cfg(feature = "threads")]
impl Jobs {
    /// As many as asked for, and as the machine has room for.
    pub(crate) fn new(jobs: usize) -> Self {
        let build = || rayon::ThreadPoolBuilder::new().num_threads(jobs).build().ok();
        Self { pool: if jobs > 1 { build() } else { None } }
    }

    /// Does two things, at once if there is somebody to do the other.
    pub(crate) fn both<A: Send, B: Send>(
        &self,
        one: impl FnOnce() -> A + Send,
        other: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        match &self.pool {
            Some(pool) => pool.join(one, other),
            None => (one(), other()),
        }
    }

    /// `work` of 0, 1 and so on, begun in this order, so that what is done before an interruption has no gaps, and returned in
    /// this order.
    pub(crate) fn in_order<T: Send>(&self, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        use rayon::iter::{ParallelBridge, ParallelIterator};

        let Some(pool) = &self.pool else { return (0..count).map(work).collect() };
        let mut done: Vec<(usize, T)> =
            pool.install(|| (0..count).par_bridge().map(|index| (index, work(index))).collect());
        done.sort_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

/// Nobody but the one who asks.
#[cfg(not(feature = "threads"))]
#[derive(Debug)]
pub(crate) struct Jobs;

#[cfg(not(feature = "threads"))]
#[expect(clippy::unused_self, reason = "asked in the same way as those that are many")]
impl Jobs {
    /// There are no others, however many are asked for.
    pub(crate) const fn new(_jobs: usize) -> Self {
        Self
    }

    /// Does two things, one after the other.
    pub(crate) fn both<A, B>(&self, one: impl FnOnce() -> A, other: impl FnOnce() -> B) -> (A, B) {
        (one(), other())
    }

    /// `work` of 0, 1 and so on, one after another.
    pub(crate) fn in_order<T>(&self, count: usize, work: impl Fn(usize) -> T) -> Vec<T> {
        (0..count).map(work).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_plan_for_any_number_of_jobs() {
        let wanted: Vec<usize> = (0..100).map(|index| index * index).collect();
        for jobs in [0, 1, 2, 8, 1_000] {
            let threads = Jobs::new(jobs);
            assert_eq!(threads.in_order(100, |index| index * index), wanted, "{jobs} jobs");
            assert_eq!(threads.both(|| 1, || "two"), (1, "two"), "{jobs} jobs");
        }
        assert!(Jobs::new(4).in_order(0, |index| index).is_empty());
    }
}
