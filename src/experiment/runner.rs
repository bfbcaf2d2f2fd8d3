//! Many runs, several at once, reduced in the order of the plan: the same results for any number of jobs. Knows neither
//! what the runs are for nor where results go.

use crate::experiment::{Incident, Setup, Watch, replay};

/// One run of a plan: what to replay, under which seed.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// What to replay.
    pub setup: Setup<'a>,
    /// The root of its draws, instead of the scenario's.
    pub seed: u64,
}

impl Run<'_> {
    /// Replays it.
    pub fn replay(&self, watch: &dyn Watch) -> Incident {
        let mut scenario = self.setup.scenario.clone();
        scenario.seed = self.seed;
        replay(&Setup { scenario: &scenario, ..self.setup }, watch)
    }
}

/// Replays a plan, at most `jobs` runs at once, and reduces each incident as soon as it is finished, so that memory holds
/// no more than `jobs` of them. Results come in the order of the plan. `watch` gives the one who watches a run, by its
/// index; a run that its watcher stops before it begins is left out and gives none.
pub fn replay_all<W: Watch, T: Send>(
    plan: &[Run],
    jobs: usize,
    watch: impl Fn(usize) -> W + Sync,
    reduce: impl Fn(usize, Incident) -> T + Sync,
) -> Vec<Option<T>> {
    in_order(plan.len(), jobs, |index| {
        let watch = watch(index);
        match watch.stop() {
            Some(_) => None,
            None => Some(reduce(index, plan[index].replay(&watch))),
        }
    })
}

/// `work` of 0, 1 and so on, done by at most `jobs` threads, begun in this order, so that what is done before an
/// interruption has no gaps, and returned in this order.
#[cfg(feature = "threads")]
pub(crate) fn in_order<T: Send>(count: usize, jobs: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    use rayon::iter::{ParallelBridge, ParallelIterator};

    let jobs = jobs.min(count);
    if jobs > 1
        && let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(jobs).build()
    {
        let mut done: Vec<(usize, T)> =
            pool.install(|| (0..count).par_bridge().map(|index| (index, work(index))).collect());
        done.sort_by_key(|(index, _)| *index);
        return done.into_iter().map(|(_, result)| result).collect();
    }
    (0..count).map(work).collect()
}

/// `work` of 0, 1 and so on, one after another.
#[cfg(not(feature = "threads"))]
pub(crate) fn in_order<T>(count: usize, _jobs: usize, work: impl Fn(usize) -> T) -> Vec<T> {
    (0..count).map(work).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_plan_for_any_number_of_jobs() {
        let wanted: Vec<usize> = (0..100).map(|index| index * index).collect();
        for jobs in [0, 1, 2, 8, 1_000] {
            assert_eq!(in_order(100, jobs, |index| index * index), wanted, "{jobs} jobs");
        }
        assert!(in_order(0, 4, |index| index).is_empty());
    }
}
