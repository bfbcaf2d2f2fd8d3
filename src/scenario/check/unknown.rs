//! What is said about a name that nothing has.

use crate::diagnostic::Diagnostic;
use crate::scenario::Name;
use crate::scenario::words::code;
use crate::suggest::closest;

/// So many names are listed.
const MOST: usize = 12;

/// The problem of a name that nothing has, with what was probably meant.
pub(in crate::scenario) fn unknown(message: String, name: &Name, names: &[&str]) -> Diagnostic {
    let problem = Diagnostic::error(code::UNKNOWN, name.span, message);
    let problem = match closest(name, names.iter().copied()) {
        Some(meant) => problem.label(format!("did you mean `{meant}`?")),
        None => problem.label("nothing has this name"),
    };
    match names.len() {
        0 => problem,
        1..=MOST => problem.help(format!("there is: {}", names.join(", "))),
        n => problem.help(format!("there is: {} and {} more", names[..MOST].join(", "), n - MOST)),
    }
}
