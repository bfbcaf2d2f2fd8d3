//! Closed forms of queueing theory: pure functions of rates and counts, each with its source.
//!
//! Rates are per second, times in seconds. `lambda` arrives, `mu` is what one server can do, `load` is offered load a =
//! lambda / mu in Erlangs, `rho` the share of busy time.

mod general;
mod loops;
mod markov;
mod networks;

pub use general::{
    arrival_root, deterministic_loss, gm1_wait, kingman_wait, pollaczek_khinchine, priority_waits,
};
pub use loops::{critical_rate, geometric_attempts, retry_load};
pub use markov::{
    BirthDeath, erlang_a, erlang_b, erlang_c, erlang_c_wait, impatient, mm1_quantile, mm1_queue_variance,
    mmck,
};
pub use networks::{fork_join_two, harmonic, longest_quantile, nelson_tantawi, quorum, supermarket};
