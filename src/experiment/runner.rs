//! Many runs, several at once, reduced in the order of the plan: the same results for any number of jobs. Knows neither
//! what the runs are for nor where results go.

use crate::experiment::{Incident, Jobs, Setup, Watch, replay_at_once};

/// One run of a plan: what to replay, under which seed.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// What to replay.
    pub setup: Setup<'a>,
    /// The root of its draws, instead of the scenario's.
    pub seed: u64,
}

impl Run<'_> {
    /// Replays it, by at most so many threads.
    fn replay(&self, jobs: usize, watch: &dyn Watch) -> Incident {
        let mut scenario = self.setup.scenario.clone();
        scenario.seed = self.seed;
        replay_at_once(&Setup { scenario: &scenario, ..self.setup }, jobs, watch)
    }
}

/// Replays a plan by at most `jobs` threads: one for each run at once, or several for each of fewer runs. Reduces each incident
/// as soon as it is finished, so that memory holds no more than `jobs` of them. Results come in the order of the plan. `watch`
/// gives the one who watches a run, by its index; a run that its watcher stops before it begins is left out and gives none.
pub fn replay_all<W: Watch, T: Send>(
    plan: &[Run],
    jobs: usize,
    watch: impl Fn(usize) -> W + Sync,
    reduce: impl Fn(usize, Incident) -> T + Sync,
) -> Vec<Option<T>> {
    let each = jobs / plan.len().max(1);
    Jobs::new(jobs.min(plan.len())).in_order(plan.len(), |index| {
        let watch = watch(index);
        match watch.stop() {
            Some(_) => None,
            None => Some(reduce(index, plan[index].replay(each, &watch))),
        }
    })
}
