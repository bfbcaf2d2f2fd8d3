//! Scenario files: read with care, and their problems as an error of the program. Simulates nothing.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use knockon::report::diagnostic;
use knockon::report::quantity::count;
use knockon::scenario::{Choice, Document, MAX_BYTES, Rejected, Resolved};

use crate::cli::exit::{CliError, reason};
use crate::cli::terminal::Terminal;

/// Reads a scenario file and what it is based on.
pub(crate) fn load(path: &Path) -> Result<Document, CliError> {
    parse(path)?.map_err(|rejected| refuse(&rejected, path))
}

/// The same, with what is wrong in the text as data.
pub(crate) fn parse(path: &Path) -> Result<Result<Document, Rejected>, CliError> {
    let bytes = read(path).map_err(|why| {
        let error = CliError::wrong(format!("cannot read the scenario `{}`: {why}", path.display()));
        if path.exists() { error } else { error.help("`knockon new` writes a starter scenario") }
    })?;
    let load = |base: &str| read(Path::new(base));
    Ok(Document::parse(&path.display().to_string(), &bytes, &load))
}

/// One incident of a document; its warnings are counted on stderr, `check` shows them.
pub(crate) fn resolve(
    document: &Document,
    path: &Path,
    choice: &Choice,
    terminal: Terminal,
) -> Result<Resolved, CliError> {
    let resolved = document.resolve(choice).map_err(|rejected| refuse(&rejected, path))?;
    if !resolved.warnings.is_empty() {
        let tally = diagnostic::tally(&resolved.warnings);
        terminal.note(&format!("{tally}: `knockon check {}` shows more", path.display()));
    }
    Ok(resolved)
}

/// The problems of a scenario as an error of the program.
pub(crate) fn refuse(rejected: &Rejected, path: &Path) -> CliError {
    let tally = diagnostic::tally(&rejected.diagnostics);
    CliError::wrong(format!("`{}` cannot be simulated: {tally}", path.display()))
        .frames(diagnostic::framed(&rejected.sources, &rejected.diagnostics))
}

/// The bytes of a regular file that is not too long; or why there are none.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let about = fs::metadata(path).map_err(|error| reason(&error))?;
    if about.is_dir() {
        return Err("it is a directory; name a file in it, like `shop.ron`".to_owned());
    }
    regular(path, "a scenario", MAX_BYTES as u64)
}

/// The bytes of a regular file that is not longer than what it should be ever is; or why there are none.
pub(crate) fn regular(path: &Path, what: &str, most: u64) -> Result<Vec<u8>, String> {
    let about = fs::metadata(path).map_err(|error| reason(&error))?;
    if !about.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    // The file may grow while it is read, so its length is no promise.
    let file = File::open(path).map_err(|error| reason(&error))?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| reason(&error))?;
    let length = bytes.len() as u64;
    if length > most {
        return Err(format!(
            "it has {} bytes; {what} has at most {}",
            count(about.len().max(length)),
            count(most)
        ));
    }
    Ok(bytes)
}
