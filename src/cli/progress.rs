//! The progress bar, and when a run should end early. On stderr, on a terminal, after a moment; cleared at the end.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use knockon::experiment::{Progress, Stop, Watch};
use knockon::report::quantity;

use crate::cli::interrupt;
use crate::cli::terminal::Terminal;

/// Shorter runs show no bar.
const PATIENCE: Duration = Duration::from_millis(250);
/// Steps of the bar for one run.
const STEPS: u64 = 1_000;

/// Measures one command: all of its runs.
#[derive(Debug)]
pub(crate) struct Meter {
    bar: ProgressBar,
    is_shown: AtomicBool,
    started: Instant,
    until: Option<Instant>,
    events: AtomicU64,
}

/// Watches one of the runs.
#[derive(Debug)]
pub(crate) struct Watcher<'a> {
    meter: &'a Meter,
    steps: AtomicU64,
    events: AtomicU64,
}

impl Meter {
    /// A meter for so many runs, which have so much time in all.
    pub(crate) fn start(terminal: Terminal, runs: usize, max_wall: Option<Duration>) -> Self {
        let bar = ProgressBar::with_draw_target(Some(runs as u64 * STEPS), ProgressDrawTarget::hidden());
        let template = "{spinner} {bar:30} {percent:>3} %  {msg}  about {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let started = now();
        Self {
            bar,
            is_shown: AtomicBool::new(!terminal.shows_progress()),
            started,
            until: max_wall.and_then(|limit| started.checked_add(limit)),
            events: AtomicU64::new(0),
        }
    }

    /// Watches one more run.
    pub(crate) fn watcher(&self) -> Watcher<'_> {
        Watcher { meter: self, steps: AtomicU64::new(0), events: AtomicU64::new(0) }
    }

    /// Real time since the start, in seconds.
    pub(crate) fn elapsed_s(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Moves the bar.
    fn advance(&self, steps: u64, events: u64) {
        let events = self.events.fetch_add(events, Ordering::Relaxed) + events;
        let elapsed = self.started.elapsed();
        if elapsed >= PATIENCE {
            if !self.is_shown.swap(true, Ordering::Relaxed) {
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            let speed = quantity::number(events as f64 / elapsed.as_secs_f64());
            self.bar.set_message(format!("{speed} events/s"));
        }
        self.bar.inc(steps);
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Watcher<'_> {
    fn progress(&self, progress: Progress) {
        let steps = (progress.share.clamp(0.0, 1.0) * STEPS as f64) as u64;
        let new_steps = steps.saturating_sub(self.steps.fetch_max(steps, Ordering::Relaxed));
        let new_events =
            progress.events.saturating_sub(self.events.fetch_max(progress.events, Ordering::Relaxed));
        self.meter.advance(new_steps, new_events);
    }

    fn stop(&self) -> Option<Stop> {
        if interrupt::asked() {
            return Some(Stop::Interrupted);
        }
        self.meter.until.filter(|until| now() >= *until).map(|_| Stop::WallTime)
    }
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        self.meter.advance(STEPS.saturating_sub(self.steps.load(Ordering::Relaxed)), 0);
    }
}

/// The machine's clock.
#[expect(clippy::disallowed_methods, reason = "the bar shows real time, and a run may be bounded by it")]
fn now() -> Instant {
    Instant::now()
}
