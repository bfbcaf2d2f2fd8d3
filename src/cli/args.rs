//! The command line: commands, options and their help. Decides nothing.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use knockon::time::SimDuration;

/// Most seeds of one command.
const MOST_SEEDS: u64 = 100_000;
/// Most requests of one trace.
const MOST_TRACED: u64 = 10_000;
/// Most runs at once.
const MOST_JOBS: u64 = 1_024;

/// The shortest time in which a system may be asked to heal.
const SHORTEST: SimDuration = SimDuration::from_secs(10);

const EXAMPLES: &str = "\
Examples:
  knockon new shop                     write a commented starter scenario, shop.ron
  knockon check shop.ron               find all mistakes without simulating
  knockon run shop.ron                 simulate it and tell what happened
  knockon run shop.ron --seeds 100     how often does it end how?
  knockon validate                     compare the engine with queueing theory
  knockon test scenarios               run every scenario's expectations

Exit codes:
  0  done                              4  determinism check failed
  1  an expectation failed             5  a limit was hit
  2  scenario or command line wrong    130  interrupted
  3  output could not be written       101  internal error";

const RUN_EXAMPLES: &str = "\
Examples:
  knockon run shop.ron --variant 'no retries'
  knockon run shop.ron --set 'calls.\"checkout -> user\".retry.max_attempts=1'
  knockon run shop.ron --set 'faults=[]' --no-pictures
  knockon run shop.ron --seeds 200 --jobs 8
  knockon run shop.ron --hidden-capacity=20m
  knockon run shop.ron --format json | jq .verdict
  knockon run shop.ron --trace slow.json --trace-window T+10s..T+12s

Files are written to output/<scenario>/, those of a variant to output/<scenario>/<variant>/,
those of a run with --set to a directory of their own under these: summary.json, record.json, series.csv, events.jsonl, pictures,
postmortem.md if anybody was harmed, and run.json for what is not part of
the result.

Expectations are written for the scenario as it stands. With a --set of anything but the seed or the
expectations themselves, run tells how many held and does not fail because of the others; test does.";

const GRAPH_EXAMPLES: &str = "\
Examples:
  knockon graph shop.ron > shop.svg
  knockon graph shop.ron --variant 'no retries' --out shop.svg
  knockon graph shop.ron --format dot | dot -Tpng -o shop.png
  knockon graph shop.ron --format mermaid >> DESIGN.md

Boxes are services with what bounds them, cylinders keep caches that a restart loses; arrows are
calls with what limits them, dashed where nothing ends the wait for an answer.";

const REPORT_EXAMPLES: &str = "\
Examples:
  knockon report output/shop
  knockon report output/shop --format markdown > incident.md
  knockon report artifacts/record.json --out pictures
  knockon report output/shop output/shop/no-retries

The story, the pictures, report.html and postmortem.md are those of the run, to the byte.
Expectations are told as they were judged then; a failed one does not fail the report.";

const TEST_EXAMPLES: &str = "\
Examples:
  knockon test scenarios
  knockon test shop.ron --seeds 20
  knockon test shop.ron --variant 'no retries' --set horizon=10m";

const VALIDATE_EXAMPLES: &str = "\
Examples:
  knockon validate
  knockon validate --only Erlang-A
  knockon validate --seeds 50 --format json

Each case is a scenario with a known answer, run under fixed seeds.
Exit code 1 if theory and simulation differ anywhere, or an interval is too wide to tell.";

/// Replays how a small fault becomes an outage
#[derive(Debug, Parser)]
#[command(
    name = "knockon",
    version,
    about,
    long_about = "Replays how a small fault becomes an outage: a deterministic simulator of cascading failures.\n\n\
                  A scenario file describes services, the calls between them, traffic and faults. knockon simulates \
                  every request and tells what broke, in which order, through which call, and how far it spread.",
    after_help = EXAMPLES,
    max_term_width = 100,
    help_expected = true,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to use colors
    #[arg(
        long,
        long_help = "When to use colors; auto honors NO_COLOR, TERM=dumb and pipes",
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Terminal"
    )]
    pub(crate) color: clap::ColorChoice,

    /// Print errors only: no story, no progress, no warnings
    #[arg(short, long, global = true, help_heading = "Terminal")]
    pub(crate) quiet: bool,
}

/// The commands, in the order in which a newcomer needs them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a commented starter scenario
    New(NewArgs),
    /// Find all mistakes in a scenario without simulating it
    Check(CheckArgs),
    /// Draw who calls whom in a scenario, without simulating it
    #[command(after_help = GRAPH_EXAMPLES)]
    Graph(GraphArgs),
    /// Simulate a scenario and tell what happened
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArgs),
    /// Tell and draw a saved run again, without simulating it
    #[command(after_help = REPORT_EXAMPLES)]
    Report(ReportArgs),
    /// Run the expectations of scenarios and all their variants
    #[command(after_help = TEST_EXAMPLES)]
    Test(TestArgs),
    /// Compare the engine with queueing theory
    #[command(after_help = VALIDATE_EXAMPLES)]
    Validate(ValidateArgs),
    /// Explain a field, a diagnostic code or a term
    Explain(ExplainArgs),
    /// Print a completion script for a shell
    #[command(hide = true)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Arguments of `new`.
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// A name, or the path of a file that ends in .ron
    #[arg(default_value = "shop", value_hint = ValueHint::FilePath)]
    pub(crate) name: String,

    /// Overwrite the file if it exists
    #[arg(long)]
    pub(crate) force: bool,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The scenario file
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) scenario: PathBuf,

    /// Check only this variant instead of the scenario and all variants
    #[arg(long, value_name = "NAME", help_heading = "What to check")]
    pub(crate) variant: Option<String>,

    /// Override a value before checking, as often as needed
    #[arg(long, value_name = "PATH=VALUE", help_heading = "What to check")]
    pub(crate) set: Vec<String>,

    /// How to print the problems
    #[arg(long, value_enum, default_value_t = CheckFormat::Text, help_heading = "Output")]
    pub(crate) format: CheckFormat,
}

/// How `check` prints problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// Framed in the text of the file
    Text,
    /// One line each, `file:line:column: error[code]: message`, for editors
    Concise,
}

/// Which incident of a scenario; the same for all commands that simulate.
#[derive(Debug, Args)]
pub(crate) struct Choosing {
    /// Run this variant of the scenario
    #[arg(long, value_name = "NAME", help_heading = "What to simulate")]
    pub(crate) variant: Option<String>,

    /// Override a value of the scenario, as often as needed
    #[arg(long, value_name = "PATH=VALUE", help_heading = "What to simulate")]
    pub(crate) set: Vec<String>,

    /// Run so many seeds, counting up from the first
    #[arg(long, value_name = "N", value_parser = seeds, help_heading = "What to simulate")]
    pub(crate) seeds: Option<u64>,

    /// Run at most so many simulations at once [default: one per processor]
    #[arg(long, value_name = "N", value_parser = jobs, help_heading = "How to simulate")]
    pub(crate) jobs: Option<usize>,

    /// Stop after this much real time, like 30s or 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = "How to simulate")]
    pub(crate) max_wall: Option<Duration>,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The scenario file
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) scenario: PathBuf,

    /// Which incident
    #[command(flatten)]
    pub(crate) choosing: Choosing,

    /// Use this seed instead of the scenario's
    #[arg(long, value_name = "N", help_heading = "What to simulate")]
    pub(crate) seed: Option<u64>,

    /// Leave out the twin without faults: twice as fast, but no verdict and no impact
    #[arg(long, help_heading = "How to simulate")]
    pub(crate) no_twin: bool,

    /// If it ends metastable, find how little load would heal it: within so much time, or as long as its backlog shrinks
    #[arg(
        long,
        value_name = "WITHIN",
        value_parser = simulated,
        num_args = 0..=1,
        require_equals = true,
        conflicts_with_all = ["seeds", "no_twin"],
        help_heading = "How to simulate"
    )]
    #[expect(clippy::option_option, reason = "left out, given, and given with a time")]
    pub(crate) hidden_capacity: Option<Option<SimDuration>>,

    /// Run twice and compare every event
    #[arg(long, conflicts_with = "seeds", help_heading = "How to simulate")]
    pub(crate) check_determinism: bool,

    /// Write the files to this directory [default: output/<scenario>]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,

    /// How to print the result [default: text]
    #[arg(long, value_enum, help_heading = "Output")]
    pub(crate) format: Option<Format>,

    /// Draw no pictures, neither as files nor on the page
    #[arg(long, help_heading = "Output")]
    pub(crate) no_pictures: bool,

    /// Follow some requests call by call, and ten healthy ones from before, and write them to this file, for Perfetto or Chrome
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "seeds", help_heading = "Trace")]
    pub(crate) trace: Option<PathBuf>,

    /// Follow requests that arrive in this time, like T+5s..T+8s [default: the first 5 s of harm]
    #[arg(long, value_name = "FROM..TO", value_parser = window, requires = "trace", help_heading = "Trace")]
    pub(crate) trace_window: Option<(f64, f64)>,

    /// Follow so many of them, those that were worst off
    #[arg(long, value_name = "N", value_parser = traced, default_value_t = 50, requires = "trace", help_heading = "Trace")]
    pub(crate) trace_requests: usize,
}

/// How `run` and `report` print their result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, on a terminal
    Text,
    /// The summary, for programs
    Json,
    /// For a pull request or the review of an incident
    Markdown,
}

/// Arguments of `graph`.
#[derive(Debug, Args)]
pub(crate) struct GraphArgs {
    /// The scenario file
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) scenario: PathBuf,

    /// Draw this variant of the scenario
    #[arg(long, value_name = "NAME", help_heading = "What to draw")]
    pub(crate) variant: Option<String>,

    /// Override a value of the scenario, as often as needed
    #[arg(long, value_name = "PATH=VALUE", help_heading = "What to draw")]
    pub(crate) set: Vec<String>,

    /// How to draw it [default: as FILE is called, else svg]
    #[arg(long, value_enum, help_heading = "Output")]
    pub(crate) format: Option<GraphFormat>,

    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
}

/// How `graph` draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// A picture
    Svg,
    /// Text for Graphviz, whatever the size
    Dot,
    /// Text for Mermaid, as in a README
    Mermaid,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The directory of a run, or its record.json with summary.json beside it
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) record: PathBuf,

    /// A second run: write only a page with both side by side, comparison.html
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) other: Option<PathBuf>,

    /// Write post-mortem, pictures and page to this directory [default: where the record is]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,

    /// How to print the result [default: text]
    #[arg(long, value_enum, help_heading = "Output")]
    pub(crate) format: Option<Format>,

    /// Draw no pictures, neither as files nor on the page
    #[arg(long, help_heading = "Output")]
    pub(crate) no_pictures: bool,
}

/// Arguments of `test`.
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// Scenario files, or directories to search for .ron files
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Which incidents
    #[command(flatten)]
    pub(crate) choosing: Choosing,
}

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Compare only the cases with these words in their name or parameters
    #[arg(long, value_name = "NAME", help_heading = "What to compare")]
    pub(crate) only: Option<String>,

    /// Run every case under so many seeds, from 1 on
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = several, help_heading = "What to compare")]
    pub(crate) seeds: u64,

    /// Run at most so many simulations at once [default: one per processor]
    #[arg(long, value_name = "N", value_parser = jobs, help_heading = "How to simulate")]
    pub(crate) jobs: Option<usize>,

    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub(crate) format: Format,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A field, a diagnostic code or a term; without it all of them are listed
    pub(crate) term: Option<String>,
}

/// A number of seeds.
fn seeds(text: &str) -> Result<u64, String> {
    whole_number(text, MOST_SEEDS)
}

/// A number of seeds, more than one.
fn several(text: &str) -> Result<u64, String> {
    let number = seeds(text).ok().filter(|number| *number > 1);
    number.ok_or_else(|| format!("write a whole number from 2 to {MOST_SEEDS}"))
}

/// A number of jobs.
fn jobs(text: &str) -> Result<usize, String> {
    whole_number(text, MOST_JOBS).map(|jobs| jobs as usize)
}

/// A number of requests to follow.
fn traced(text: &str) -> Result<usize, String> {
    whole_number(text, MOST_TRACED).map(|requests| requests as usize)
}

/// A time of a run, in seconds since T+0.
fn window(text: &str) -> Result<(f64, f64), String> {
    let instant = |text: &str| -> Option<f64> {
        let text = text.trim();
        let length: SimDuration = text.strip_prefix("T+").unwrap_or(text).parse().ok()?;
        Some(length.as_secs_f64())
    };
    let ends = text.split_once("..").and_then(|(from, to)| Some((instant(from)?, instant(to)?)));
    let (from, to) = ends.ok_or("write two times, like T+5s..T+8s")?;
    if from < to { Ok((from, to)) } else { Err("it ends before it begins".to_owned()) }
}

/// A whole number from 1 to a most.
fn whole_number(text: &str, most: u64) -> Result<u64, String> {
    let number = text.replace('_', "").parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("write a whole number from 1 to {most}"))
}

/// A length of real time.
fn duration(text: &str) -> Result<Duration, String> {
    Ok(Duration::from_nanos(length(text)?.as_nanos()))
}

/// A length of simulated time in which something can happen.
fn simulated(text: &str) -> Result<SimDuration, String> {
    let length = length(text)?;
    if length < SHORTEST { Err(format!("give it at least {SHORTEST}")) } else { Ok(length) }
}

/// A length of time.
fn length(text: &str) -> Result<SimDuration, String> {
    text.parse().map_err(|error: knockon::time::ParseDurationError| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn numbers_outside_of_their_range_are_refused() {
        for text in ["0", "-1", "1e18", "1000000000000000000", "ten", ""] {
            assert!(seeds(text).is_err(), "{text}");
        }
        assert_eq!(seeds("1_000"), Ok(1_000));
        assert!(jobs("0").is_err());
        for text in ["T+5s", "T+8s..T+5s", "T+5s..T+5s", "..", "T-1s..T+2s", "soon..later"] {
            assert!(window(text).is_err(), "{text}");
        }
        assert_eq!(window("T+1500ms..2m"), Ok((1.5, 120.0)));
    }
}
