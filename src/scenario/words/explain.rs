//! What a term means: a field or type of the language, a diagnostic code, or a word of the trade. Wraps no lines.

use crate::scenario::Scenario;
use crate::scenario::edit::variant::Variant;
use crate::scenario::read::decode::Schema;
use crate::scenario::read::schema::{FieldInfo, FormInfo, Rule, Shape, TypeInfo};
use crate::scenario::words::code::{CODES, Code};
use crate::scenario::words::glossary::{WORDS, Word};
use crate::suggest::closest;
use crate::time::SimDuration;

/// What there is to say about a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The term as it is spelled.
    pub title: String,
    /// Paragraphs, separated by blank lines; lines that begin with spaces are items of a list. Not wrapped.
    pub body: String,
    /// How it is written.
    pub example: Option<String>,
}

/// A term that can be explained.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// What kind of term it is.
    pub kind: TermKind,
    /// The term.
    pub name: String,
    /// What it means, in a few words.
    pub summary: String,
}

/// Kinds of terms, in the order of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TermKind {
    /// A word of the trade.
    Word,
    /// What can be written: `Fifo(...)`.
    Type,
    /// A field: `Retry.max_attempts`.
    Field,
    /// A diagnostic code: `K010`.
    Code,
}

/// Explains a term; capitals, spaces, `-` and `_` make no difference. Of an unknown one, the closest there is.
pub fn explain(term: &str) -> Result<Explanation, Option<&'static str>> {
    let wanted = plain(term);
    if let Some(code) = CODES.iter().find(|code| plain(code.id) == wanted) {
        return Ok(of_code(code));
    }
    let word = WORDS
        .iter()
        .find(|word| std::iter::once(&word.term).chain(word.also).any(|name| plain(name) == wanted));
    let types = all_types();
    let mut said = Said { title: None, parts: Vec::new(), example: None };
    if let Some(word) = word {
        said.word(word);
    }
    for info in &types {
        said.of_type(info, &wanted);
    }
    for info in &types {
        said.fields(info, &wanted);
    }
    match said.title {
        Some(title) => Ok(Explanation { title, body: said.parts.join("\n\n"), example: said.example }),
        None => Err(closest(term, spellings(&types))),
    }
}

/// All terms that can be explained, by kind and name.
pub fn terms() -> Vec<Term> {
    let mut terms = Vec::new();
    let mut add = |kind, name: String, summary: &str| {
        terms.push(Term { kind, name, summary: summary.to_owned() });
    };
    for word in WORDS {
        add(TermKind::Word, word.term.to_owned(), first_sentence(word.meaning));
    }
    for code in CODES {
        add(TermKind::Code, code.id.to_owned(), code.title);
    }
    for info in all_types() {
        add(TermKind::Type, info.name.to_owned(), first_sentence(&text(info.docs)));
        for form in info.forms {
            // Values that only ever stand without a name are explained with their form.
            for field in form.fields.iter().filter(|field| !field.docs.is_empty()) {
                let name = format!("{}.{}", form.name, field.name);
                add(TermKind::Field, name, first_sentence(&text(field.docs)));
            }
        }
    }
    terms.sort();
    terms.dedup();
    terms
}

/// What was found about a term so far.
struct Said {
    title: Option<String>,
    parts: Vec<String>,
    example: Option<String>,
}

impl Said {
    fn add(&mut self, title: &str, part: String, example: Option<String>) {
        self.title.get_or_insert_with(|| title.to_owned());
        if !part.is_empty() && !self.parts.contains(&part) {
            self.parts.push(part);
        }
        if self.example.is_none() {
            self.example = example;
        }
    }

    fn word(&mut self, word: &Word) {
        self.add(word.term, word.meaning.to_owned(), word.example.map(str::to_owned));
    }

    /// The type of this name, or those of its forms that have it.
    fn of_type(&mut self, info: &TypeInfo, wanted: &str) {
        let own = plain(info.name) == wanted;
        if own && info.choice {
            let forms: Vec<String> = info.forms.iter().map(form_line).collect();
            let part = format!("{}: {}\n{}", info.name, text(info.docs), forms.join("\n"));
            self.add(info.name, part, info.forms.first().map(FormInfo::example));
            return;
        }
        for form in info.forms {
            if plain(form.name) != wanted && !own {
                continue;
            }
            let fields: Vec<String> = form.fields.iter().map(field_line).collect();
            let of = if info.choice { format!(" (one way to write {})", info.name) } else { String::new() };
            let mut part = format!("{}{of}: {}", form.name, text(form.docs));
            if !fields.is_empty() {
                part = format!("{part}\n{}", fields.join("\n"));
            }
            self.add(form.name, part, Some(form.example()));
        }
    }

    /// The fields of this name; `Retry.max_attempts` names one of them.
    fn fields(&mut self, info: &TypeInfo, wanted: &str) {
        for form in info.forms {
            for field in form.fields {
                let whole = format!("{}.{}", plain(form.name), plain(field.name));
                let of_type = format!("{}.{}", plain(info.name), plain(field.name));
                if plain(field.name) == wanted || whole == wanted || of_type == wanted {
                    let part = format!("{}.{}", form.name, field_line(field).trim_start());
                    let title = format!("{}.{}", form.name, field.name);
                    let example = format!("{}: {}", field.name, field.example());
                    self.add(&title, part, Some(example));
                }
            }
        }
    }
}

fn of_code(code: &Code) -> Explanation {
    Explanation {
        title: format!("{}: {}", code.id, code.title),
        body: code.explanation.to_owned(),
        example: Some(code.example.to_owned()),
    }
}

fn form_line(form: &FormInfo) -> String {
    let fields: Vec<&str> = form.fields.iter().map(|field| field.name).collect();
    let fields = if fields.is_empty() { String::new() } else { format!("({})", fields.join(", ")) };
    format!("  {}{fields}: {}", form.name, text(form.docs))
}

/// A field in one line: what it takes, its default, its range, what it means.
fn field_line(field: &FieldInfo) -> String {
    let mut facts = vec![kind(field.shape, field.rule)];
    facts.extend(range(field.rule));
    facts.extend(field.default_text().map(|default| format!("default {}", squeeze(default))));
    if field.is_required() {
        facts.push("required".to_owned());
    }
    let docs = text(field.docs);
    let colon = if docs.is_empty() { "" } else { ": " };
    format!("  {} ({}){colon}{docs}", field.name, facts.join(", "))
}

/// What a field takes, in words.
fn kind(shape: Shape, rule: Rule) -> String {
    match shape {
        Shape::Optional(inner) => format!("{} or None", kind(*inner, rule)),
        Shape::List(inner) => format!("list of {}", kind(*inner, rule)),
        Shape::Map(inner) => format!("map from names to {}", kind(*inner, rule)),
        Shape::Type(info) => info().name.to_owned(),
        Shape::Leaf(leaf) => match rule {
            Rule::Share { .. } => "share, like \"5%\"".to_owned(),
            Rule::PerSecond => "rate, like \"80/s\"".to_owned(),
            Rule::Instant => "point in time, like \"T+10s\"".to_owned(),
            Rule::Clock => "time of day, like \"14:00:00\"".to_owned(),
            Rule::Quantity => "number, share, duration or rate".to_owned(),
            Rule::Edge => "call, like \"checkout -> user\"".to_owned(),
            _ => leaf.to_owned(),
        },
    }
}

/// Which numbers are allowed, in words.
fn range(rule: Rule) -> Option<String> {
    match rule {
        Rule::Count { min, max: u64::MAX } => Some(format!("at least {min}")),
        Rule::Count { min, max } => Some(format!("{min} to {max}")),
        Rule::Factor { min, above: true, max } => Some(format!("above {min}, at most {max}")),
        Rule::Factor { min, above: false, max } => Some(format!("{min} to {max}")),
        Rule::Share { above: true, max } => Some(format!("above 0%, at most {}%", max * 100.0)),
        Rule::Share { above: false, max } => Some(format!("0% to {}%", max * 100.0)),
        Rule::Duration { min, .. } if min <= SimDuration::from_nanos(1) => Some("above 0s".to_owned()),
        Rule::Duration { min, .. } => Some(format!("at least {min}")),
        _ => None,
    }
}

/// All types of the language, from the scenario down, each once.
fn all_types() -> Vec<&'static TypeInfo> {
    let mut found: Vec<&'static TypeInfo> = Vec::new();
    let mut next = vec![Scenario::info(), Variant::info()];
    while let Some(info) = next.pop() {
        if found.iter().any(|known| std::ptr::eq(*known, info)) {
            continue;
        }
        found.push(info);
        let fields = info.forms.iter().flat_map(|form| form.fields);
        next.extend(fields.filter_map(|field| type_of(field.shape)));
    }
    found.sort_by_key(|info| info.name);
    found
}

/// The type within lists, maps and options.
fn type_of(shape: Shape) -> Option<&'static TypeInfo> {
    match shape {
        Shape::Leaf(_) => None,
        Shape::Type(info) => Some(info()),
        Shape::List(inner) | Shape::Map(inner) | Shape::Optional(inner) => type_of(*inner),
    }
}

fn spellings(types: &[&'static TypeInfo]) -> Vec<&'static str> {
    let mut all: Vec<&'static str> = WORDS.iter().map(|word| word.term).collect();
    for info in types {
        all.push(info.name);
        for form in info.forms {
            all.push(form.name);
            all.extend(form.fields.iter().map(|field| field.name));
        }
    }
    all.extend(CODES.iter().map(|code| code.id));
    all
}

/// Without what makes no difference.
fn plain(term: &str) -> String {
    term.trim().to_lowercase().replace([' ', '-', '_'], "")
}

fn text(docs: &[&str]) -> String {
    docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| &text[..end]).trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_types_codes_and_words_are_explained() {
        for (term, title, contains) in [
            ("Retry.max_attempts", "Retry.max_attempts", "1 to 100, default 3"),
            ("max_attempts", "Retry.max_attempts", "Attempts in all"),
            ("Retry", "Retry", "backoff (Backoff, default None)"),
            ("K016", "K016: a unit is missing or wrong", "250ms"),
            ("k016", "K016: a unit is missing or wrong", "250ms"),
            ("Metastable", "metastable", "outlives its cause"),
            ("load_ratio", "load ratio", "twin"),
            ("Fifo", "Fifo", "one way to write Queue"),
            ("Queue", "queue", "Lifo(capacity)"),
            ("horizon", "horizon", "required"),
            ("open", "Open", "Arrivals per second"),
            ("quantile", "Latency.quantile", "default 0.99"),
            ("Erlang.stages", "Erlang.stages", "1 to 100"),
        ] {
            let explanation = explain(term).unwrap_or_else(|closest| panic!("{term}: {closest:?}"));
            assert_eq!(explanation.title, title);
            assert!(explanation.body.contains(contains), "{term}: {}", explanation.body);
        }
    }

    #[test]
    fn unknown_terms_get_the_closest_one() {
        assert_eq!(explain("metastabel"), Err(Some("metastable")));
        assert_eq!(explain("max_atempts"), Err(Some("max_attempts")));
        assert_eq!(explain("qqqqqq"), Err(None));
    }

    #[test]
    fn every_listed_term_is_explained() {
        let terms = terms();
        assert!(terms.len() > 150);
        for term in terms {
            let explanation = explain(&term.name).unwrap_or_else(|_| panic!("{}", term.name));
            assert!(!explanation.body.is_empty(), "{}", term.name);
            assert!(!term.summary.is_empty(), "{}", term.name);
        }
    }
}
