//! Paths into a scenario, and assignments: `services.user.threads=20`. One syntax for files, options and variants.

use crate::diagnostic::{Diagnostic, SourceId, Sources, Span};
use crate::scenario::Name;
use crate::scenario::text::parse;
use crate::scenario::text::tree::{Kind, Node};
use crate::scenario::words::code;

/// A way into the tree, from the scenario itself.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct Path {
    /// Its parts, at least one.
    pub(in crate::scenario) parts: Vec<Part>,
    /// Where it is written.
    pub(in crate::scenario) span: Span,
}

/// One step of a path.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct Part {
    /// Where it leads.
    pub(in crate::scenario) step: Step,
    /// Where it is written.
    pub(in crate::scenario) span: Span,
}

/// Where a step leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::scenario) enum Step {
    /// To the field, the entry, or the list item of this name.
    Name(String),
    /// To the list item at this position, from 0.
    Index(usize),
}

impl Path {
    /// The path as people write it, names in quotes only where they need them.
    pub(in crate::scenario) fn text(&self) -> String {
        let part = |part: &Part| match &part.step {
            Step::Index(index) => format!("[{index}]"),
            Step::Name(name) if name.contains(['.', '[', ']', ' ']) => format!(".'{name}'"),
            Step::Name(name) => format!(".{name}"),
        };
        let text: String = self.parts.iter().map(part).collect();
        text.trim_start_matches('.').to_owned()
    }
}

impl Step {
    /// Whether it leads to the part of this name.
    pub(in crate::scenario) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Name(wanted) if wanted == name)
    }
}

/// A path and what is to stand there.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct Assignment {
    /// Where.
    pub(in crate::scenario) path: Path,
    /// What.
    pub(in crate::scenario) value: Node,
}

/// Reads a path: names joined by dots, in quotes of either kind if they contain a dot, positions in brackets.
/// Spans count from `offset` of the source.
pub(in crate::scenario) fn parse_path(
    source: SourceId,
    text: &str,
    offset: usize,
) -> Result<Path, Diagnostic> {
    let mut reader = Reader { source, text, at: 0, offset };
    let mut parts = Vec::new();
    loop {
        parts.push(reader.name()?);
        while reader.rest().starts_with('[') {
            parts.push(reader.index()?);
        }
        if reader.rest().is_empty() {
            let span = reader.span(0, text.len());
            return Ok(Path { parts, span });
        }
        if !reader.rest().starts_with('.') {
            let at = reader.at;
            return Err(reader.problem(at, text.len(), "a path goes on with `.name` or `[position]`"));
        }
        reader.at += 1;
    }
}

/// Reads a path that stands in a file as a text. Places within it are exact as long as its text has no escapes.
pub(in crate::scenario) fn written_path(text: &Name, sources: &Sources) -> Result<Path, Diagnostic> {
    let written = sources.snippet(text.span);
    let plain = written.len() == text.value.len() + 2 && written.starts_with('"');
    let located = |span: Span| if plain { span } else { text.span };
    let path = parse_path(text.span.source, &text.value, text.span.start as usize + 1);
    let mut path = path.map_err(|problem| Diagnostic { span: located(problem.span), ..problem })?;
    path.span = located(path.span);
    for part in &mut path.parts {
        part.span = located(part.span);
    }
    Ok(path)
}

/// Reads `path=value`. A value that is not one of the language, but a word or a number with a unit, is a text.
pub(in crate::scenario) fn parse_assignment(
    source: SourceId,
    text: &str,
) -> Result<Assignment, Vec<Diagnostic>> {
    let Some(equals) = equals_sign(text) else {
        let span = Span { source, start: 0, end: text.len() as u32 };
        return Err(vec![
            Diagnostic::error(code::PATH, span, "this sets nothing: `=` is missing")
                .label("expected `path=value`")
                .help("write for example services.user.threads=20"),
        ]);
    };
    let path = parse_path(source, &text[..equals], 0).map_err(|problem| vec![problem])?;
    let written = &text[equals + 1..];
    // The path is blanked out, so that places in the value are places in the whole text.
    let padded = format!("{}{written}", " ".repeat(equals + 1));
    let value = match parse::parse(source, &padded) {
        Ok(value) => value,
        Err(problems) if written.trim().is_empty() || written.contains(['"', '(', '[', '{', '\'']) => {
            return Err(problems);
        }
        Err(_) => {
            let start = equals + 1 + (written.len() - written.trim_start().len());
            let end = start + written.trim().len();
            let span = Span { source, start: start as u32, end: end as u32 };
            Node { span, kind: Kind::Text(written.trim().to_owned()) }
        }
    };
    Ok(Assignment { path, value })
}

/// Why a path cannot be set, if it is one of those that decide what the file is.
pub(in crate::scenario) fn forbidden(path: &Path) -> Option<Diagnostic> {
    let Step::Name(name) = &path.parts.first()?.step else { return None };
    matches!(name.as_str(), "format" | "base" | "variants").then(|| {
        Diagnostic::error(code::PATH, path.span, format!("`{name}` cannot be set from outside the file"))
            .label("decides what the file is")
            .help("change it in the file")
    })
}

/// The first `=` outside quotes.
fn equals_sign(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '=') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

struct Reader<'a> {
    source: SourceId,
    text: &'a str,
    at: usize,
    offset: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn name(&mut self) -> Result<Part, Diagnostic> {
        let rest = self.rest();
        let start = self.at;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let name = if let Some(quote) = quote {
            let Some(length) = rest[1..].find(quote) else {
                return Err(self.problem(start, self.text.len(), "this quote is not closed"));
            };
            self.at += length + 2;
            rest[1..=length].to_owned()
        } else {
            let length = rest.find(['.', '[', ']', '"', '\'']).unwrap_or(rest.len());
            self.at += length;
            rest[..length].trim().to_owned()
        };
        if name.is_empty() {
            return Err(self.problem(
                start,
                (start + 1).min(self.text.len()),
                "a name is missing in this path",
            ));
        }
        Ok(Part { step: Step::Name(name), span: self.span(start, self.at) })
    }

    fn index(&mut self) -> Result<Part, Diagnostic> {
        let start = self.at;
        let rest = self.rest();
        let Some(length) = rest.find(']') else {
            return Err(self.problem(start, self.text.len(), "this bracket is not closed"));
        };
        self.at += length + 1;
        let Ok(index) = rest[1..length].trim().parse() else {
            return Err(self.problem(start, self.at, "a position in a list is a number from 0"));
        };
        Ok(Part { step: Step::Index(index), span: self.span(start, self.at) })
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span { source: self.source, start: (self.offset + start) as u32, end: (self.offset + end) as u32 }
    }

    fn problem(&self, start: usize, end: usize, message: &str) -> Diagnostic {
        Diagnostic::error(code::PATH, self.span(start, end), message)
            .label("in this path")
            .help("paths look like services.user.threads, calls.\"a -> b\".timeout, faults[0].for")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sources;

    fn steps(text: &str) -> Result<Vec<Step>, String> {
        let source = Sources::default().add("--set", text);
        let path = parse_path(source, text, 0).map_err(|problem| problem.message)?;
        assert_eq!(path.span.end as usize, text.len());
        Ok(path.parts.into_iter().map(|part| part.step).collect())
    }

    #[test]
    fn paths_have_names_quotes_and_positions() {
        let name = |text: &str| Step::Name(text.to_owned());
        assert_eq!(steps("horizon").unwrap(), [name("horizon")]);
        assert_eq!(
            steps("services.user-db.threads").unwrap(),
            [name("services"), name("user-db"), name("threads")]
        );
        assert_eq!(
            steps("calls.\"a.x -> b.y\".retry").unwrap(),
            [name("calls"), name("a.x -> b.y"), name("retry")]
        );
        assert_eq!(steps("calls.'a -> b'.retry").unwrap(), steps("calls.\"a -> b\".retry").unwrap());
        assert_eq!(steps("faults[0].for").unwrap(), [name("faults"), Step::Index(0), name("for")]);
    }

    #[test]
    fn broken_paths_say_where() {
        for text in ["", ".", "a.", ".a", "a..b", "a[", "a[x]", "a[1]b", "a.\"b", "a\"b\"", "a]"] {
            assert!(steps(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn values_of_assignments_may_be_bare() {
        let value = |text: &str| {
            let source = Sources::default().add("--set", text);
            parse_assignment(source, text).map(|assignment| assignment.value)
        };
        assert_eq!(value("horizon=30m").unwrap().as_text(), Some("30m"));
        assert_eq!(value("horizon=\"30m\"").unwrap().as_text(), Some("30m"));
        assert_eq!(value("traffic.a.rate=10000/min").unwrap().as_text(), Some("10000/min"));
        assert_eq!(value("x=5%").unwrap().as_text(), Some("5%"));
        assert_eq!(value("x=user-db").unwrap().as_text(), Some("user-db"));
        assert_eq!(value("x=Pause").unwrap().as_word(), Some("Pause"));
        assert!(matches!(value("x=20").unwrap().kind, Kind::Number(_)));
        assert!(matches!(value("response=[]").unwrap().kind, Kind::List(_)));
        assert!(matches!(value("a.\"b=c\".d=[1]").unwrap().kind, Kind::List(items) if items.len() == 1));
        for broken in ["x", "x=", "x=[1", "=5", "x=(a:)", "x=\"open"] {
            assert!(value(broken).is_err(), "{broken:?}");
        }
    }
}
