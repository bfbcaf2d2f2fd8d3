//! Ctrl-C: the first asks the run to end cleanly, the second ends the program at once. Knows no run.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::exit::Exit;

/// Whether somebody has pressed Ctrl-C.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Starts listening. Where the machine offers no signals the program runs on without.
pub(crate) fn listen() {
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::SeqCst) {
            std::process::exit(Exit::Interrupted as i32);
        }
        let words = "\nending the run and keeping what it has so far; Ctrl-C again ends at once";
        let _ = writeln!(std::io::stderr(), "{words}");
    });
}

/// Whether the run should end.
pub(crate) fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}
