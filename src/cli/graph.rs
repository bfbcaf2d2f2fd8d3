//! `graph`: who calls whom in a scenario, as a picture or as text for other tools. Simulates nothing.

use std::path::Path;

use knockon::graph::{Graph, dot, mermaid};
use knockon::model::Model;
use knockon::plot;
use knockon::scenario::Choice;
use knockon::unseen::spelled;

use crate::cli::args::{GraphArgs, GraphFormat};
use crate::cli::exit::{CliError, Exit};
use crate::cli::output;
use crate::cli::source;
use crate::cli::terminal::Terminal;

/// Runs the command.
pub(crate) fn graph(args: &GraphArgs, terminal: Terminal) -> Result<Exit, CliError> {
    let format = format(args)?;
    let document = source::load(&args.scenario)?;
    let choice = Choice { variant: args.variant.clone(), sets: args.set.clone(), seed: None };
    let scenario = source::resolve(&document, &args.scenario, &choice, terminal)?.scenario;
    let title = match &args.variant {
        Some(variant) => format!("{}: {variant}", scenario.name),
        None => scenario.name.clone(),
    };
    let graph = Graph::new(&title, &Model::compile(&scenario));
    let (text, omission) = drawn(&graph, format)?;
    match &args.out {
        Some(path) => output::write_whole(path, text.as_bytes())?,
        None => terminal.result(&text)?,
    }
    if let Some(omission) = omission {
        terminal.note(&format!("{omission}; `--format dot` has everything"));
    }
    Ok(Exit::Done)
}

/// The graph in a format, and what is left out of it.
fn drawn(graph: &Graph, format: GraphFormat) -> Result<(String, Option<String>), CliError> {
    match format {
        GraphFormat::Dot => Ok((dot(graph), None)),
        GraphFormat::Mermaid => Ok(mermaid(graph)),
        GraphFormat::Svg => {
            let (figure, omission) = plot::topology(graph);
            let svg = figure.svg();
            svg.map(|svg| (svg, omission))
                .map_err(|error| CliError::output(format!("cannot draw it: {error}")))
        }
    }
}

/// The format that is asked for, by itself or by the name of the file.
fn format(args: &GraphArgs) -> Result<GraphFormat, CliError> {
    let ending = args.out.as_deref().and_then(Path::extension).and_then(|ending| ending.to_str());
    match (args.format, ending) {
        (Some(format), _) => Ok(format),
        (None, Some("dot" | "gv")) => Ok(GraphFormat::Dot),
        (None, Some("mmd" | "mermaid")) => Ok(GraphFormat::Mermaid),
        (None, Some("svg") | None) => Ok(GraphFormat::Svg),
        (None, Some(other)) => {
            Err(CliError::wrong(format!("there is no graph in the format of `.{}`", spelled(other)))
                .help("name the file .svg, .dot or .mmd, or say `--format`"))
        }
    }
}
