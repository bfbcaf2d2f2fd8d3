//! Problems of a scenario for people: framed in their text, or one per line for editors. Never decides what is wrong.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity, Source, Sources, Span};
use crate::report::quantity;
use crate::unseen::{is_layout, is_unseen, spelled, spelled_lines};

/// Beyond so many, problems are counted and not shown.
const SHOWN: usize = 100;

/// Each problem framed in its text, with ANSI colors: strip them where they are not wanted.
pub fn framed(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let renderer = Renderer::styled();
    let sources = seen_sources(sources);
    let frame = |diagnostic| renderer.render(&[group(&sources, &seen(diagnostic))]) + "\n\n";
    let frames: String = diagnostics.iter().take(SHOWN).map(frame).collect();
    match diagnostics.len().saturating_sub(SHOWN) {
        0 => frames,
        more => format!("{frames}... and {} more\n\n", quantity::count(more as u64)),
    }
}

/// Each problem in one line, `file:line:column: error[K001]: message`, as editors parse it.
pub fn concise(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let line = |diagnostic: &Diagnostic| {
        let Diagnostic { severity, code, message, help, .. } = &seen(diagnostic);
        let place = place(sources, diagnostic.span);
        let help = help.as_ref().map_or_else(String::new, |help| format!(" ({})", one_line(help)));
        format!("{place}: {severity}[{code}]: {}{help}", one_line(message))
    };
    diagnostics.iter().map(line).fold(String::new(), |text, line| text + &line + "\n")
}

/// `3 errors, 1 warning`; `no problems` without any.
pub fn tally(diagnostics: &[Diagnostic]) -> String {
    let of =
        |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count() as u64;
    let parts: Vec<String> = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| quantity::counted(number, noun))
        .collect();
    if parts.is_empty() { "no problems".to_owned() } else { parts.join(", ") }
}

/// A problem as its frame.
fn group<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut here = snippet(sources.get(diagnostic.span.source)).annotation(
        AnnotationKind::Primary
            .span(range(sources, diagnostic.span))
            .label((!diagnostic.label.is_empty()).then_some(diagnostic.label.as_str())),
    );
    let mut elsewhere = Vec::new();
    for (span, words) in &diagnostic.related {
        let annotation = AnnotationKind::Context.span(range(sources, *span)).label(words.as_str());
        if span.source == diagnostic.span.source {
            here = here.annotation(annotation);
        } else {
            elsewhere.push(snippet(sources.get(span.source)).annotation(annotation));
        }
    }
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let mut group = title.element(here);
    for snippet in elsewhere {
        group = group.element(snippet);
    }
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

/// The text that a frame shows lines of.
fn snippet(source: &Source) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    Snippet::source(source.text.as_str()).path(source.name.as_str()).fold(true)
}

/// The bytes of a span, kept within its text and between characters.
fn range(sources: &Sources, span: Span) -> std::ops::Range<usize> {
    let text = &sources.get(span.source).text;
    let is_boundary = |index: &usize| text.is_char_boundary(*index);
    let start = (0..=text.len().min(span.start as usize)).rev().find(is_boundary).unwrap_or(0);
    let end = (text.len().min(span.end as usize)..=text.len()).find(is_boundary).unwrap_or(start);
    start..end.max(start)
}

/// `file:line:column`.
fn place(sources: &Sources, span: Span) -> String {
    let (line, column) = sources.line_column(span);
    format!("{}:{line}:{column}", spelled(&sources.get(span.source).name))
}

/// A problem whose words can be seen, whatever it repeats of the scenario.
fn seen(diagnostic: &Diagnostic) -> Diagnostic {
    let words = |text: &String| spelled_lines(text).into_owned();
    Diagnostic {
        message: words(&diagnostic.message),
        label: words(&diagnostic.label),
        help: diagnostic.help.as_ref().map(words),
        related: diagnostic.related.iter().map(|(span, text)| (*span, words(text))).collect(),
        ..diagnostic.clone()
    }
}

/// The texts with marks in place of what cannot be seen. A mark is as long as what it stands for, so that places stay.
fn seen_sources(sources: &Sources) -> Sources {
    let mark = |c: char| match c.len_utf8() {
        // The renderer has signs for the controls of ASCII.
        _ if !is_unseen(c) || is_layout(c) || c.is_ascii() => c,
        2 => '\u{a4}',
        3 => '\u{fffd}',
        _ => '\u{1f6c7}',
    };
    let mut seen = Sources::default();
    for source in sources.iter() {
        seen.add(spelled(&source.name), source.text.chars().map(mark).collect::<String>());
    }
    seen
}

/// With line breaks and runs of blanks as single blanks.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two problems, one of them with a second place in another file.
    fn example() -> (Sources, Vec<Diagnostic>) {
        let mut sources = Sources::default();
        let shop = sources.add("shop.ron", "Scenario(\n    calls: { \"a -> databse\": Policy() },\n)\n");
        let set = sources.add("--set", "seed=x");
        let at = |source, start, end| Span { source, start, end };
        let unknown = Diagnostic::error("K012", at(shop, 24, 38), "call target `databse` is not a service")
            .label("no service has this name")
            .help("did you mean `database`?")
            .related(at(set, 0, 4), "set here");
        let unused = Diagnostic::warning("K040", at(shop, 0, 8), "the scenario has no expectations");
        (sources, vec![unknown, unused])
    }

    #[test]
    fn problems_are_framed_in_their_text() {
        let (sources, diagnostics) = example();
        let text = anstream::adapter::strip_str(&framed(&sources, &diagnostics)).to_string();
        insta::assert_snapshot!(text);
    }

    #[test]
    fn editors_get_one_line_for_each_problem() {
        let (sources, diagnostics) = example();
        assert_eq!(
            concise(&sources, &diagnostics),
            "shop.ron:2:15: error[K012]: call target `databse` is not a service (did you mean `database`?)\n\
             shop.ron:1:1: warning[K040]: the scenario has no expectations\n"
        );
    }

    #[test]
    fn what_cannot_be_seen_is_shown_and_moves_no_place() {
        let mut sources = Sources::default();
        let source = sources.add("a\u{202e}b.ron", "x\u{202e}y\u{85}z\u{e0041}w\u{1b} name");
        let span = Span { source, start: 15, end: 19 };
        let problem = Diagnostic::error("K001", span, "`\u{202e}` is unknown").help("not \u{202e}");
        let (framed, concise) =
            (framed(&sources, std::slice::from_ref(&problem)), concise(&sources, &[problem]));
        let framed = anstream::adapter::strip_str(&framed).to_string();
        assert!(!concise.contains(|c| is_unseen(c) && c != '\n'), "{concise}");
        assert!(framed.contains("x\u{fffd}y\u{a4}z\u{1f6c7}w"), "{framed}");
        assert!(!framed.contains(|c| is_unseen(c) && c != '\n'), "{framed}");
        assert!(framed.contains(":1:10") && concise.contains(":1:10: "), "{framed}{concise}");
    }

    #[test]
    fn spans_outside_of_the_text_do_no_harm() {
        let mut sources = Sources::default();
        let source = sources.add("a.ron", "\u{e9}");
        let beyond = Diagnostic::error("K001", Span { source, start: 1, end: 99 }, "the file ends here");
        let empty = sources.add("b.ron", "");
        let nowhere =
            Diagnostic::error("K001", Span { source: empty, start: 7, end: 3 }, "the file is empty");
        assert!(framed(&sources, &[beyond.clone(), nowhere.clone()]).contains("the file is empty"));
        assert_eq!(tally(&[beyond, nowhere]), "2 errors");
    }
}
