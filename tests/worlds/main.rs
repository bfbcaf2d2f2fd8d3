//! Random worlds: whatever is combined, nothing is lost, nothing breaks, and the same gives the same.
//!
//! `cargo test --test worlds` is the short form, `cargo test --test worlds -- --worlds 100000 --seed 7` a long one. A world
//! is a function of the seed and of its number: `--world 123` looks at that one alone. What fails is shrunk and written to
//! a file.

mod incident;
mod laws;
mod policy;
mod service;
mod topology;
mod world;

use std::any::Any;
use std::cell::RefCell;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use crate::laws::{Seen, check};
use crate::world::{Besides, World, world};

/// Worlds of the short form.
const WORLDS: u64 = 1_000;

/// Every so many worlds one is looked at with several runs at once.
const THOROUGH: u64 = 16;

thread_local! {
    /// Words of the last panic on this thread.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What is asked for.
struct Args {
    worlds: u64,
    seed: u64,
    /// The only one, if one is wanted.
    world: Option<u64>,
    jobs: u64,
}

/// A world that breaks a law.
struct Failure {
    number: u64,
    why: String,
    file: PathBuf,
}

fn main() -> ExitCode {
    let args = match arguments() {
        Ok(Some(args)) => args,
        Ok(None) => return ExitCode::SUCCESS,
        Err(why) => {
            let _ = writeln!(io::stderr(), "{why}");
            return ExitCode::from(2);
        }
    };
    // Panics are results here: they are caught, shrunk and told once.
    std::panic::set_hook(Box::new(|info| PANIC.with(|words| *words.borrow_mut() = info.to_string())));
    let first = args.world.unwrap_or(0);
    let end = args.world.map_or(args.worlds, |world| world + 1);
    let (next, failed) = (AtomicU64::new(first), AtomicBool::new(false));
    let (seen, failures) = (Mutex::new(Seen::default()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..args.jobs.min(end - first) {
            scope.spawn(|| {
                let strategy = world();
                while !failed.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= end {
                        break;
                    }
                    match look_at(&strategy, args.seed, number) {
                        Ok(one) => seen.lock().expect("no thread panics here").add(one),
                        Err(failure) => {
                            failed.store(true, Ordering::Relaxed);
                            failures.lock().expect("no thread panics here").push(failure);
                        }
                    }
                    if number > 0 && number % 2_000 == 0 {
                        let _ = writeln!(io::stderr(), "{number} worlds");
                    }
                }
            });
        }
    });
    let seen = seen.into_inner().expect("no thread panics here");
    tell(&args, &seen, &failures.into_inner().expect("no thread panics here"))
}

/// Looks at a world; one that fails is made as small as it fails, and written down.
fn look_at(strategy: &impl Strategy<Value = World>, seed: u64, number: u64) -> Result<Seen, Failure> {
    let config = Config { failure_persistence: None, max_shrink_iters: 3_000, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let tree = strategy.new_tree(&mut runner).expect("nothing is filtered");
    let seen = RefCell::new(Seen::default());
    let result = runner.run_one(tree, |world| {
        let one = caught(|| check(&world, number.is_multiple_of(THOROUGH))).map_err(TestCaseError::fail)?;
        *seen.borrow_mut() = one;
        Ok(())
    });
    match result {
        Ok(_) => Ok(seen.into_inner()),
        Err(TestError::Fail(why, world)) => {
            let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("world-{seed}-{number}.ron"));
            std::fs::write(&file, world.text(Besides::default())).expect("the target folder can be written");
            Err(Failure { number, why: why.message().to_owned(), file })
        }
        Err(TestError::Abort(why)) => Err(Failure { number, why: why.to_string(), file: PathBuf::new() }),
    }
}

/// What comes of some work; a panic is a failure like any other.
fn caught<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let told = |_: Box<dyn Any + Send>| Err(PANIC.with(|words| words.borrow().clone()));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(told)
}

/// Prints what was seen, and for each failure what broke and the command that shows it again.
fn tell(args: &Args, seen: &Seen, failures: &[Failure]) -> ExitCode {
    let mut out = io::stdout().lock();
    let mut lines = Vec::new();
    for Failure { number, why, file } in failures {
        lines.push(format!("world {number} of seed {}: {why}", args.seed));
        lines.push(format!("  the smallest one that fails: {}", file.display()));
        lines.push(format!("  again: cargo test --test worlds -- --seed {} --world {number}", args.seed));
    }
    lines.push(format!(
        "{} worlds, of which {} stopped at a limit and {} had somebody act; {} events in {:.0} s of simulated time",
        seen.worlds, seen.stopped, seen.unattended, seen.events, seen.simulated_s,
    ));
    lines.push(format!(
        "{:.0} requests were harmed, {:.0} of them for no known reason",
        seen.harmed, seen.unknown
    ));
    lines.push(format!("{} passed, {} failed", seen.worlds, failures.len()));
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Reads the arguments; none if nothing is to be run. What belongs to the usual test harness has no meaning here, but a
/// filter does.
fn arguments() -> Result<Option<Args>, String> {
    let cores = std::thread::available_parallelism().map_or(2, |cores| cores.get() as u64);
    let mut args = Args { worlds: WORLDS, seed: 1, world: None, jobs: cores };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        let mut number = || given.next().and_then(|value| value.parse().ok()).expect("a number is missing");
        match argument.as_str() {
            "--worlds" => args.worlds = number(),
            "--seed" => args.seed = number(),
            "--world" => args.world = Some(number()),
            "--jobs" => args.jobs = number(),
            "--list" => return Ok(None),
            // What `cargo test` passes on to all targets.
            "--skip" | "--test-threads" | "--format" | "--color" | "-Z" => drop(given.next()),
            "--quiet" | "-q" | "--nocapture" | "--no-capture" | "--exact" | "--ignored"
            | "--include-ignored" | "--show-output" => {}
            unknown if unknown.starts_with('-') => return Err(format!("unknown option {unknown}")),
            filter if !"worlds".contains(filter) => return Ok(None),
            _ => {}
        }
    }
    args.jobs = args.jobs.max(1);
    Ok(Some(args))
}
