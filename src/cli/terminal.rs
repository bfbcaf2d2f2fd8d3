//! The two streams: results go to stdout, everything else to stderr. Turns tones into colors, or leaves them out.

use std::io::{self, ErrorKind, IsTerminal, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use knockon::report::{Line, Piece, Report, Tone, text};
use knockon::unseen::{marked, marked_lines};

use crate::cli::exit::{CliError, Exit, reason};

/// The longest line: wide enough for every table, narrow enough to be read.
const WIDEST: usize = 100;
/// Narrower terminals get lines of this length, and break them themselves.
const NARROWEST: usize = 60;

/// What the program may show, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    color: anstream::ColorChoice,
    quiet: bool,
}

impl Terminal {
    /// Follows the options; `auto` honors `NO_COLOR`, `TERM=dumb` and pipes.
    pub(crate) fn new(color: clap::ColorChoice, quiet: bool) -> Self {
        let color = match color {
            clap::ColorChoice::Auto => anstream::ColorChoice::Auto,
            clap::ColorChoice::Always => anstream::ColorChoice::Always,
            clap::ColorChoice::Never => anstream::ColorChoice::Never,
        };
        Self { color, quiet }
    }

    /// Whether only errors are wanted.
    pub(crate) fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Whether a progress bar can be seen, and is wanted.
    pub(crate) fn shows_progress(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// The length of lines on stdout.
    pub(crate) fn width() -> usize {
        let of_terminal =
            terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
        of_terminal.map_or(WIDEST, |width| width.clamp(NARROWEST, WIDEST))
    }

    /// Writes a result. A reader who has seen enough (`| head`) is no error.
    pub(crate) fn result(self, text: &str) -> Result<(), CliError> {
        let mut stdout = AutoStream::new(io::stdout().lock(), self.color);
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(CliError::output(format!(
                "the result could not be written to stdout: {}",
                reason(&error)
            ))),
            _ => Ok(()),
        }
    }

    /// Writes a report as a result.
    pub(crate) fn report(self, report: &Report) -> Result<(), CliError> {
        let lines = text::lines(report, Self::width());
        self.result(&lines.iter().fold(String::new(), |text, line| text + &painted(line) + "\n"))
    }

    /// Writes something worth knowing that is not a result.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            self.complain(&marked_lines(text));
        }
    }

    /// Writes an error. That stderr cannot be written to is not worth an error of its own.
    pub(crate) fn complain(self, text: &str) {
        let mut stderr = AutoStream::new(io::stderr().lock(), self.color);
        let _ = writeln!(stderr, "{}", text.trim_end());
    }

    /// Writes why a command failed, and returns how the program ends.
    pub(crate) fn fail(self, error: &CliError) -> Exit {
        if !error.frames.is_empty() {
            self.complain(&error.frames);
            self.complain("");
        }
        let title = painted(&Line::toned(Tone::Bad, "error").then(Tone::Strong, format!(": {error}")));
        self.complain(&title);
        if let Some(help) = &error.help {
            self.complain(&painted(&Line::toned(Tone::Good, " help").and(format!(": {help}"))));
        }
        error.exit
    }
}

/// A line with the colors of its tones; characters that cannot be seen or would steer the terminal are marked.
pub(crate) fn painted(line: &Line) -> String {
    let paint = |piece: &Piece| {
        let style = style(piece.tone);
        let safe = marked(&piece.text);
        format!("{style}{safe}{style:#}")
    };
    line.pieces.iter().map(paint).collect()
}

/// The color of a tone.
fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().bold(),
        Tone::Dim => Style::new().dimmed(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Caution => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default().bold(),
    }
}
