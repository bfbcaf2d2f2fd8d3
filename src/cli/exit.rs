//! How the program ends: its exit codes, and errors that name their mending. Prints nothing.

use std::fmt;
use std::process::ExitCode;

/// How the program ends. The numbers are promised in `--help` and in the README.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done, and every expectation held.
    Done = 0,
    /// An expectation did not hold.
    ExpectationFailed = 1,
    /// The scenario or the command line is wrong.
    Wrong = 2,
    /// Output could not be written.
    Output = 3,
    /// The same run gave two results.
    NotDeterministic = 4,
    /// A limit was hit: events, attempts in flight, wall time.
    Limit = 5,
    /// Somebody pressed Ctrl-C.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command could not do what it was asked to.
#[derive(Clone, Debug)]
pub(crate) struct CliError {
    /// How the program ends because of it.
    pub(crate) exit: Exit,
    /// What is wrong: a sentence without a full stop.
    pub(crate) message: String,
    /// What would mend it.
    pub(crate) help: Option<String>,
    /// Problems of a scenario, already framed; shown before the message.
    pub(crate) frames: String,
}

impl CliError {
    /// The scenario or the command line is wrong.
    pub(crate) fn wrong(message: impl Into<String>) -> Self {
        Self { exit: Exit::Wrong, message: message.into(), help: None, frames: String::new() }
    }

    /// Output could not be written.
    pub(crate) fn output(message: impl Into<String>) -> Self {
        Self { exit: Exit::Output, ..Self::wrong(message) }
    }

    /// With what would mend it.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With framed problems of a scenario.
    #[must_use]
    pub(crate) fn frames(mut self, frames: String) -> Self {
        self.frames = frames;
        self
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What the machine says about a failed access, without Rust's `(os error 2)`.
pub(crate) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let plain = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = plain.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + letters.as_str())
}
