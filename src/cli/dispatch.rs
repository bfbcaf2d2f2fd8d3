//! From arguments to an exit code: picks the command. Knows no command from the inside.

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::cli::args::{Cli, Command};
use crate::cli::exit::{CliError, Exit};
use crate::cli::terminal::Terminal;
use crate::cli::{check, crash, explain, graph, interrupt, new, report, run, test, validate};

/// The program.
pub(crate) fn main() -> ExitCode {
    crash::install();
    // Ends the program by itself on a wrong command line (2), for help and for the version (0).
    let cli = Cli::parse();
    let terminal = Terminal::new(cli.color, cli.quiet);
    run(cli.command, terminal).unwrap_or_else(|error| terminal.fail(&error)).into()
}

/// Does what was asked.
fn run(command: Command, terminal: Terminal) -> Result<Exit, CliError> {
    interrupt::listen();
    match command {
        Command::New(args) => new::new(&args, terminal),
        Command::Check(args) => check::check(&args, terminal),
        Command::Graph(args) => graph::graph(&args, terminal),
        Command::Run(args) => run::run(&args, terminal),
        Command::Report(args) => report::report(&args, terminal),
        Command::Test(args) => test::test(&args, terminal),
        Command::Validate(args) => validate::validate(&args, terminal),
        Command::Explain(args) => explain::explain(&args, terminal),
        Command::Completions { shell } => completions(shell, terminal),
    }
}

/// Prints a completion script.
fn completions(shell: clap_complete::Shell, terminal: Terminal) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "knockon", &mut script);
    terminal.result(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
