//! The core of knockon as WebAssembly, for whatever can hold a byte: text goes in byte by byte, files come out the same way.

use std::cell::RefCell;

use knockon::experiment::{Setup, replay};
use knockon::report::json;
use knockon::scenario::{Choice, Document};

/// What was put in, and what came of it.
#[derive(Default)]
struct Desk {
    text: Vec<u8>,
    result: Vec<u8>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// Adds a byte to the scenario's text.
#[unsafe(no_mangle)]
pub extern "C" fn put(byte: u8) {
    DESK.with_borrow_mut(|desk| desk.text.push(byte));
}

/// Replays the scenario that was put in and forgets its text. What comes of it, `length` bytes that `take` gives, is
/// `summary.json` and `record.json` with a zero between them, or the problems of the scenario.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> usize {
    DESK.with_borrow_mut(|desk| {
        let text = std::mem::take(&mut desk.text);
        desk.result = replayed(&text);
        desk.result.len()
    })
}

/// A byte of what came of it; 0 beyond its end.
#[unsafe(no_mangle)]
pub extern "C" fn take(position: usize) -> u8 {
    DESK.with_borrow(|desk| desk.result.get(position).copied().unwrap_or(0))
}

fn replayed(text: &[u8]) -> Vec<u8> {
    let no_files = |path: &str| Err(format!("{path}: there are no files here"));
    let resolved = Document::parse("scenario.ron", text, &no_files)
        .and_then(|document| document.resolve(&Choice::default()));
    match resolved {
        Ok(resolved) => {
            let setup = Setup { scenario: &resolved.scenario, variant: None, overrides: &[], twin: true };
            let incident = replay(&setup, &());
            let mut files = json::summary(&incident.summary).into_bytes();
            files.push(0);
            match json::record(&incident.record, &mut files) {
                Ok(()) => files,
                Err(error) => error.to_string().into_bytes(),
            }
        }
        Err(rejected) => format!("{:?}", rejected.diagnostics).into_bytes(),
    }
}
