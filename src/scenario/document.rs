//! A scenario's text with what it is based on, and the choices by which one incident comes out of it. Reads no files:
//! whoever can lends a function that does.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceId, Sources, Span, Spanned};
use crate::scenario::check::unknown::unknown;
use crate::scenario::check::unseen;
use crate::scenario::edit::apply::set;
use crate::scenario::edit::merge::{OVERRIDE, merge};
use crate::scenario::edit::path;
use crate::scenario::edit::trial::read_with_changes;
use crate::scenario::edit::variant::{Variant, decode_variants};
use crate::scenario::text::parse::{self, parse};
use crate::scenario::text::tree::{Field, Kind, Node};
use crate::scenario::words::code;
use crate::scenario::{Name, Named, Scenario};

/// The version of the language.
pub const FORMAT: u32 = 1;

/// So many files may be based on each other.
const MAX_BASES: usize = 16;

/// A scenario as written: its texts, merged into one tree, and its variants.
#[derive(Clone, Debug)]
pub struct Document {
    sources: Sources,
    tree: Node,
    variants: Named<Variant>,
    /// What is wrong with it already, to be reported together with what is found later.
    problems: Vec<Diagnostic>,
}

/// A scenario that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the scenario has {} problems", diagnostics.len())]
pub struct Rejected {
    /// The texts that the problems point into.
    pub sources: Sources,
    /// What is wrong, by place; warnings included.
    pub diagnostics: Vec<Diagnostic>,
}

/// Which incident of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// One of its variants.
    pub variant: Option<String>,
    /// Overrides, `path=value` each, applied in order after the variant.
    pub sets: Vec<String>,
    /// The root of all draws, instead of the scenario's.
    pub seed: Option<u64>,
}

/// A variant's name and what it says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantInfo {
    /// Its name.
    pub name: String,
    /// What it shows; empty if it does not say.
    pub description: String,
}

/// One incident, typed and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// What it says.
    pub scenario: Scenario,
    /// The texts that its places point into.
    pub sources: Sources,
    /// What is probably not as meant.
    pub warnings: Vec<Diagnostic>,
}

impl Document {
    /// Reads a text and what it is based on. `load` reads a file; its path is that of the including file's folder,
    /// joined with what stands after `base`.
    pub fn parse(
        name: &str,
        bytes: &[u8],
        load: &dyn Fn(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, Rejected> {
        let mut reader =
            Reader { sources: Sources::default(), load, chain: Vec::new(), problems: Vec::new() };
        match reader.file(name, bytes, None) {
            Some(mut tree) => {
                let variants = reader.variants(&mut tree);
                Ok(Self { sources: reader.sources, tree, variants, problems: reader.problems })
            }
            None => Err(rejected(reader.sources, reader.problems)),
        }
    }

    /// Its variants as written.
    pub fn variants(&self) -> Vec<VariantInfo> {
        let info = |(name, variant): &(Name, Variant)| VariantInfo {
            name: name.value.clone(),
            description: variant.description.clone(),
        };
        self.variants.iter().map(info).collect()
    }

    /// The texts it was made of.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Applies a choice, then reads and checks what comes out.
    pub fn resolve(&self, choice: &Choice) -> Result<Resolved, Rejected> {
        let mut sources = self.sources.clone();
        let mut tree = self.tree.clone();
        let mut problems = self.problems.clone();
        if let Some(name) = &choice.variant {
            match self.variants.iter().find(|(known, _)| known.value == *name) {
                Some((_, variant)) => variant.apply(&mut tree, &sources, &mut problems),
                // With variants that could not be read, it may well be one of them.
                None if self.problems.is_empty() => problems.push(self.unknown_variant(name, &mut sources)),
                None => {}
            }
        }
        for text in &choice.sets {
            let source = sources.add("--set", text.clone());
            override_one(&mut tree, &sources, source, &mut problems);
        }
        let whole = read_with_changes(tree, &sources);
        let mut found = Diagnostics::default();
        for problem in problems.into_iter().chain(whole.problems) {
            found.push(problem);
        }
        match whole.scenario {
            Some(mut scenario) if !found.has_errors() => {
                scenario.seed = choice.seed.unwrap_or(scenario.seed);
                Ok(Resolved { scenario, sources, warnings: found.into_sorted() })
            }
            _ => Err(Rejected { sources, diagnostics: found.into_sorted() }),
        }
    }

    fn unknown_variant(&self, name: &str, sources: &mut Sources) -> Diagnostic {
        let source = sources.add("--variant", name);
        let span = Span { source, start: 0, end: name.len() as u32 };
        let name = Spanned { value: name.to_owned(), span };
        let names: Vec<&str> = self.variants.iter().map(|(known, _)| known.as_str()).collect();
        let problem = unknown(format!("there is no variant `{}`", name.value), &name, &names);
        let problem = Diagnostic { code: code::VARIANT, ..problem };
        if names.is_empty() { problem.help("the scenario has no variants") } else { problem }
    }
}

impl Scenario {
    /// Reads a scenario that is complete in one text, without variant and overrides.
    pub fn parse(text: &str) -> Result<Self, Rejected> {
        let no_files = |path: &str| Err(format!("{path}: no files can be read here"));
        let document = Document::parse("scenario", text.as_bytes(), &no_files)?;
        document.resolve(&Choice::default()).map(|resolved| resolved.scenario)
    }
}

fn rejected(sources: Sources, problems: Vec<Diagnostic>) -> Rejected {
    let mut found = Diagnostics::default();
    for problem in problems {
        found.push(problem);
    }
    Rejected { sources, diagnostics: found.into_sorted() }
}

fn override_one(tree: &mut Node, sources: &Sources, source: SourceId, problems: &mut Vec<Diagnostic>) {
    match path::parse_assignment(source, &sources.get(source).text) {
        Ok(assignment) => {
            problems.extend(unseen::in_path(&assignment.path, sources));
            problems.extend(unseen::in_tree(&assignment.value, sources));
            if let Some(problem) = path::forbidden(&assignment.path) {
                problems.push(problem);
            } else {
                let result = set(tree, &assignment.path, assignment.value, OVERRIDE + 1);
                problems.extend(result.err());
            }
        }
        Err(found) => problems.extend(found),
    }
}

/// Reads a file and what it is based on.
struct Reader<'a> {
    sources: Sources,
    load: &'a dyn Fn(&str) -> Result<Vec<u8>, String>,
    /// The files that are being read, from the one asked for to its deepest base.
    chain: Vec<String>,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// The tree of a file, laid over its base; none if it cannot be read at all.
    fn file(&mut self, name: &str, bytes: &[u8], from: Option<Span>) -> Option<Node> {
        let source = self.text(name, bytes, from)?;
        let text = self.sources.get(source).text.clone();
        let mut tree = match parse(source, &text) {
            Ok(tree) => tree,
            Err(problems) => {
                self.problems.extend(problems);
                return None;
            }
        };
        if !tree.as_group().is_some_and(|group| group.parens) {
            let message = format!("a scenario is written `Scenario(...)`, this is {}", tree.describe());
            self.problems.push(
                Diagnostic::error(code::KIND, tree.span, message)
                    .label("not a scenario")
                    .help("write Scenario(format: 1, name: \"...\", ...)"),
            );
            return None;
        }
        self.problems.extend(unseen::in_tree(&tree, &self.sources));
        self.format(&mut tree)?;
        let Some(base) = take(&mut tree, "base") else { return Some(tree) };
        let Some(path) = base.node.as_text() else {
            let message = format!("expected the path of a file in quotes, found {}", base.node.describe());
            self.problems.push(
                Diagnostic::error(code::BASE, base.node.span, message).help("write base: \"shop.ron\""),
            );
            return None;
        };
        self.chain.push(name.to_owned());
        let below = self.base(&beside(name, path), base.node.span)?;
        self.chain.pop();
        Some(merge(below, tree, 1 + self.chain.len() as u32))
    }

    fn base(&mut self, path: &str, span: Span) -> Option<Node> {
        let problem = |message: String| Diagnostic::error(code::BASE, span, message);
        if self.chain.iter().any(|file| file == path) {
            let round = format!("{} -> {path}", self.chain.join(" -> "));
            self.problems.push(problem("the file is based on itself".to_owned()).label(round));
            return None;
        }
        if self.chain.len() >= MAX_BASES {
            self.problems.push(problem(format!("more than {MAX_BASES} files are based on each other")));
            return None;
        }
        match (self.load)(path) {
            Ok(bytes) => self.file(path, &bytes, Some(span)),
            Err(why) => {
                self.problems.push(
                    problem(format!("the base `{path}` cannot be read"))
                        .label(why)
                        .help("the path counts from the folder of this file"),
                );
                None
            }
        }
    }

    /// Checks that the bytes are a text, and keeps it; a byte order mark is no part of it.
    fn text(&mut self, name: &str, bytes: &[u8], from: Option<Span>) -> Option<SourceId> {
        let refuse = |reader: &mut Self, message: String, help: &str| {
            // What cannot be shown is reported where it is asked for, or at the begin of an empty text.
            let source = reader.sources.add(name, "");
            let span = from.unwrap_or(Span { source, start: 0, end: 0 });
            reader.problems.push(Diagnostic::error(code::TEXT, span, message).help(help));
            None
        };
        if bytes.len() > parse::MAX_BYTES {
            let source = self.sources.add(name, "");
            self.problems.push(parse::too_long(source, bytes.len()));
            return None;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if text.contains('\0') => refuse(
                self,
                format!("`{name}` is not a text: it contains zero bytes"),
                "is it the right file?",
            ),
            Ok(text) => Some(self.sources.add(name, text.strip_prefix('\u{feff}').unwrap_or(text))),
            Err(error) => {
                let message =
                    format!("`{name}` is not a text in UTF-8: byte {} is wrong", error.valid_up_to());
                refuse(self, message, "is it the right file? save it as UTF-8")
            }
        }
    }

    /// Every file says which version of the language it is written in.
    fn format(&mut self, tree: &mut Node) -> Option<()> {
        let Some(field) = take(tree, "format") else {
            let name = tree.as_group().and_then(|group| group.name.as_ref());
            let span = name.map_or(Span { end: tree.span.start + 1, ..tree.span }, |name| name.span);
            self.problems.push(
                Diagnostic::error(code::FORMAT, span, "the version of the language is missing")
                    .label("`format` is missing")
                    .help(format!("add `format: {FORMAT}` as the first field")),
            );
            return Some(());
        };
        match field.node.kind {
            Kind::Number(number) if number.integer == Some(FORMAT.into()) => Some(()),
            _ => {
                let written = self.sources.snippet(field.node.span);
                let message = format!("format {written} is not supported");
                self.problems.push(
                    Diagnostic::error(code::FORMAT, field.node.span, message)
                        .label(format!("this version reads format {FORMAT}"))
                        .help(format!("write `format: {FORMAT}`, or use a version of knockon that knows it")),
                );
                None
            }
        }
    }

    /// Takes the variants out of the tree; what is wrong with them is reported with the rest.
    fn variants(&mut self, tree: &mut Node) -> Named<Variant> {
        let Some(field) = take(tree, "variants") else { return Vec::new() };
        let (variants, problems) = decode_variants(&field.node, &self.sources, tree);
        self.problems.extend(problems);
        variants
    }
}

/// Takes a field out of a group. A second one of the same name stays and is reported as unknown.
fn take(tree: &mut Node, name: &str) -> Option<Field> {
    let group = tree.as_group_mut()?;
    let at = group.fields.iter().position(|field| field.key.value == name)?;
    Some(group.fields.remove(at))
}

/// The path of a file that stands beside another.
fn beside(file: &str, path: &str) -> String {
    let absolute = path.starts_with('/') || path.starts_with('\\') || path.get(1..2) == Some(":");
    match file.rfind(['/', '\\']) {
        Some(slash) if !absolute => format!("{}{path}", &file[..=slash]),
        _ => path.to_owned(),
    }
}
