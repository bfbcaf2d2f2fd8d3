//! What fuzzing has found interesting, once more: no panic. The long form, which looks for more, and for hangs and
//! memory, is `.ci/fuzz`.

use std::fs;
use std::path::Path;

#[path = "../../fuzz/exercise.rs"]
mod exercise;

/// Gives every file of a corpus to what is fuzzed.
fn replay(target: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 20, "the corpus was found");
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        let result = std::panic::catch_unwind(|| exercise::run(target, &bytes));
        assert!(result.is_ok(), "{}: `cargo fuzz run {target} {0}` shows why", path.display());
    }
}

#[test]
fn whatever_the_text_it_is_read_or_refused() {
    replay("scenario");
}

#[test]
fn whatever_the_override_it_is_applied_or_refused() {
    replay("overrides");
}
