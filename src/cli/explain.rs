//! `explain`: what a field, a diagnostic code or a term means, laid out for a screen. Knows no meaning itself.

use indexmap::IndexMap;
use knockon::model::lint;
use knockon::report::{Line, Tone, text};
use knockon::scenario::{self, Explanation, Term, TermKind};

use crate::cli::args::ExplainArgs;
use crate::cli::exit::{CliError, Exit};
use crate::cli::terminal::{Terminal, painted};

/// Runs the command.
pub(crate) fn explain(args: &ExplainArgs, terminal: Terminal) -> Result<Exit, CliError> {
    let lines = match &args.term {
        None => listing(&[scenario::terms(), lint::terms()].concat()),
        Some(term) => match lint::explain(term) {
            Some(explanation) => laid_out(&explanation),
            None => laid_out(&scenario::explain(term).map_err(|closest| unknown(term, closest))?),
        },
    };
    terminal.result(&lines.iter().map(|line| painted(line) + "\n").collect::<String>())?;
    Ok(Exit::Done)
}

/// That there is no such term.
fn unknown(term: &str, closest: Option<&str>) -> CliError {
    let error = CliError::wrong(format!("there is nothing to explain about `{term}`"));
    error.help(match closest {
        Some(name) => format!("did you mean `{name}`? `knockon explain` lists all terms"),
        None => "`knockon explain` lists all terms".to_owned(),
    })
}

/// Title, paragraphs and lists, example.
fn laid_out(explanation: &Explanation) -> Vec<Line> {
    let mut lines = vec![Line::toned(Tone::Strong, explanation.title.clone()), Line::default()];
    for written in explanation.body.lines() {
        let indent = if written.starts_with(' ') { 6 } else { 0 };
        lines.extend(text::wrapped(&Line::plain(written), Terminal::width(), indent));
    }
    if let Some(example) = &explanation.example {
        lines.extend([Line::default(), Line::dim("example")]);
        lines.extend(example.lines().map(|code| Line::plain(format!("    {code}"))));
    }
    lines
}

/// All terms by kind; fields in one paragraph for each type.
fn listing(terms: &[Term]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (kind, title) in [
        (TermKind::Word, "words of the trade"),
        (TermKind::Type, "what can be written"),
        (TermKind::Field, "fields"),
        (TermKind::Code, "diagnostic codes"),
    ] {
        let of_kind: Vec<&Term> = terms.iter().filter(|term| term.kind == kind).collect();
        lines.push(Line::toned(Tone::Strong, title));
        let entries = if kind == TermKind::Field { fields(&of_kind) } else { summaries(&of_kind) };
        let longest = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, about) in entries {
            let line = Line::plain(format!("  {name:longest$}  ")).then(Tone::Dim, about);
            lines.extend(text::wrapped(&line, Terminal::width(), longest + 4));
        }
        lines.push(Line::default());
    }
    lines.push(Line::dim("knockon explain TERM tells more about any of these"));
    lines
}

/// Each term with what it means in a few words.
fn summaries(terms: &[&Term]) -> Vec<(String, String)> {
    terms.iter().map(|term| (term.name.clone(), term.summary.clone())).collect()
}

/// Each type with the names of its fields.
fn fields(terms: &[&Term]) -> Vec<(String, String)> {
    let mut types: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for term in terms {
        if let Some((of, field)) = term.name.split_once('.') {
            types.entry(of).or_default().push(field);
        }
    }
    types.into_iter().map(|(of, fields)| (of.to_owned(), fields.join(", "))).collect()
}
