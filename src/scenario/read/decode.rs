//! The typed walk: tree to values, guided by the schema; every mistake is reported, none stops the walk.

use crate::diagnostic::{Diagnostic, Diagnostics, Sources, Span, Spanned};
use crate::scenario::Name;
use crate::scenario::edit::merge::{OVERRIDE, merge};
use crate::scenario::edit::path::Step;
use crate::scenario::read::journeys::step_classes;
use crate::scenario::read::quantity::Unit;
use crate::scenario::read::schema::{FieldInfo, FormInfo, Rule, Shape, TypeInfo};
use crate::scenario::text::parse::parse;
use crate::scenario::text::tree::{Group, Kind, Node};
use crate::scenario::words::code;
use crate::suggest::closest;

/// A type that can be read from a tree.
pub(in crate::scenario) trait Decode: Sized + Clone {
    /// What it looks like.
    const SHAPE: Shape;

    /// What a list of it looks like: named things are written as a map.
    const LIST_SHAPE: Shape = Shape::List(&Self::SHAPE);

    /// Reads a value; reports what is wrong with it.
    fn decode(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Self>;

    /// Reads a list of it.
    fn decode_list(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Vec<Self>> {
        let items = match &node.kind {
            Kind::List(items) => items,
            _ if rule == Rule::OneOrMore => std::slice::from_ref(node),
            _ => {
                cx.expected(node, "a list: [...]");
                return None;
            }
        };
        // An item that cannot be read was reported; without it, what refers to other parts can still be checked.
        Some(items.iter().filter_map(|item| Self::decode(item, rule, cx)).collect())
    }

    /// What stands for a value that is not written and has no default.
    fn absent() -> Option<Self> {
        None
    }

    /// What stands for a value that was refused and has no default, so that the rest can still be checked. Harmless:
    /// it must not cause a complaint of its own.
    fn stand_in(_rule: Rule) -> Option<Self> {
        None
    }

    /// Takes over from another value what that has at a path. What has no parts that a path could tell apart, or is of
    /// another form there, is taken over whole.
    fn amend(&mut self, _path: &[Step], from: &Self) {
        self.clone_from(from);
    }

    /// The same for a list.
    fn amend_list(list: &mut Vec<Self>, path: &[Step], from: &Vec<Self>) {
        if let Some((Step::Index(index), rest)) = path.split_first()
            && let (Some(old), Some(new)) = (list.get_mut(*index), from.get(*index))
        {
            return old.amend(rest, new);
        }
        list.clone_from(from);
    }
}

/// A type that is written in one of several forms.
pub(in crate::scenario) trait Schema: Sized + Clone {
    /// How it is written.
    fn info() -> &'static TypeInfo;

    /// Makes the value of a form from its arguments; reports what is wrong with them.
    fn build(form: usize, args: &mut Args, cx: &mut Cx) -> Option<Self>;

    /// See [`Decode::amend`]: goes down by the name of the field, if both values are of one form.
    fn amend_part(&mut self, path: &[Step], from: &Self);
}

/// What is known during the walk.
#[derive(Debug)]
pub(in crate::scenario) struct Cx<'a> {
    /// The texts, to know which of them are options of the command line.
    pub(in crate::scenario) sources: &'a Sources,
    /// What was found so far.
    pub(in crate::scenario) problems: Diagnostics,
    /// How many problems that are.
    pub(in crate::scenario) reported: usize,
    /// Whether a named thing had to be left out, so that names may seem to refer to nothing.
    pub(in crate::scenario) incomplete: bool,
    /// The field that is being read, for hints.
    pub(in crate::scenario) field: Option<&'static FieldInfo>,
    /// The names of the services, as written.
    pub(in crate::scenario) services: Vec<String>,
    /// The names of the traffic classes; each step of a journey is one.
    pub(in crate::scenario) classes: Vec<String>,
    /// The names of the journeys.
    pub(in crate::scenario) journeys: Vec<String>,
    /// The units of what the monitors read, as far as their forms are known.
    pub(in crate::scenario) units: Vec<(String, Unit)>,
    /// The units of the quantities read last, for those who compare them.
    pub(in crate::scenario) quantities: Vec<Spanned<Unit>>,
}

impl<'a> Cx<'a> {
    /// Ready to read a tree; remembers which names it defines.
    pub(in crate::scenario) fn new(sources: &'a Sources, root: &Node) -> Self {
        let names = |field: &str| -> Vec<String> {
            let entries = root.field(field).map(Node::entries).unwrap_or_default();
            entries.iter().filter_map(|(key, _)| key.as_text().map(str::to_owned)).collect()
        };
        let steps = step_classes(root);
        let is_journey = |name: &String| steps.iter().any(|(_, journey)| journey == name);
        let (journeys, mut classes): (Vec<String>, Vec<String>) =
            names("traffic").into_iter().partition(is_journey);
        classes.extend(steps.iter().map(|(class, _)| class.clone()));
        Self {
            sources,
            problems: Diagnostics::default(),
            reported: 0,
            incomplete: false,
            field: None,
            services: names("services"),
            classes,
            journeys,
            units: monitor_units(root),
            quantities: Vec::new(),
        }
    }

    /// Reports a problem.
    pub(in crate::scenario) fn report(&mut self, diagnostic: Diagnostic) {
        self.reported += 1;
        self.problems.push(diagnostic);
    }

    /// Reports that a value is of the wrong kind.
    pub(in crate::scenario) fn expected(&mut self, node: &Node, what: &str) {
        let message = format!("expected {what}, found {}", node.describe());
        let mut problem = Diagnostic::error(code::KIND, node.span, message).label(format!("expected {what}"));
        problem.help =
            self.field.map(|field| format!("write for example {}: {}", field.name, field.example()));
        self.report(problem);
    }

    /// What the field that is being read means.
    pub(in crate::scenario) fn meaning(&self) -> Option<String> {
        let field = self.field?;
        let docs = field.docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        (!docs.is_empty()).then(|| format!("`{}`: {docs}", field.name))
    }

    /// Whether a place is in an option of the command line, where words need no quotes.
    pub(in crate::scenario) fn is_option(&self, span: Span) -> bool {
        self.sources.get(span.source).name.starts_with("--")
    }

    /// Reads a value in one of the forms of its type.
    pub(in crate::scenario) fn form<T: Schema>(&mut self, node: &Node) -> Option<T> {
        let (form, mut args) = self.choose(node, T::info())?;
        T::build(form, &mut args, self)
    }

    /// Finds out which form is written, and which value goes to which field.
    fn choose<'n>(&mut self, node: &'n Node, info: &'static TypeInfo) -> Option<(usize, Args<'n>)> {
        match &node.kind {
            Kind::Group(group) => {
                let form = match &group.name {
                    Some(name) => self.named_form(name, node, info)?,
                    None if !info.choice && group.parens => 0,
                    None => {
                        self.unnamed_choice(node, info);
                        return None;
                    }
                };
                Some((form, self.assign(node.span, group, &info.forms[form])))
            }
            Kind::Text(text) if info.form(text).is_some() || info.bare().is_none() => {
                if let Some(form) = suggested_form(text, info) {
                    let message = format!("expected {}, found a text", forms_text(info));
                    self.report(
                        Diagnostic::error(code::KIND, node.span, message)
                            .label("a text")
                            .help(format!("write it without quotes: {}", form.example())),
                    );
                } else {
                    self.expected(node, &forms_text(info));
                }
                None
            }
            Kind::Text(_) | Kind::Number(_) | Kind::Bool(_) if info.bare().is_some() => {
                let form = info.bare().unwrap_or_default();
                let fields = info.forms[form].fields;
                let mut nodes = vec![None; fields.len()];
                nodes[0] = Some(node);
                let args = Args { owner: &info.forms[form], span: node.span, fields, nodes };
                Some((form, args))
            }
            _ => {
                self.expected(node, &forms_text(info));
                None
            }
        }
    }

    fn named_form(&mut self, name: &Name, node: &Node, info: &'static TypeInfo) -> Option<usize> {
        if let Some(form) = info.form(name) {
            return Some(form);
        }
        // An option's value may be a bare word: `--set horizon=30m`.
        let message = format!("unknown name `{}`: expected {}", name.value, forms_text(info));
        let mut problem = Diagnostic::error(code::FORM, name.span, message);
        if let Some(form) = suggested_form(name, info) {
            problem = problem.label(format!("did you mean `{}`?", form.name));
            problem = problem.help(format!("write {}", form.example()));
        } else if info.bare().is_some() && node.as_word().is_some() {
            problem = problem.help("a text stands in quotes");
        } else {
            problem = problem.label("not known here");
        }
        self.report(problem);
        None
    }

    fn unnamed_choice(&mut self, node: &Node, info: &'static TypeInfo) {
        let message = format!("which one? expected {}", forms_text(info));
        let example = info.forms.first().map(FormInfo::example).unwrap_or_default();
        self.report(
            Diagnostic::error(code::FORM, node.span, message)
                .label("the name before the parenthesis is missing")
                .help(format!("write for example {example}")),
        );
    }

    /// Distributes the values of a group over the fields of a form.
    fn assign<'n>(&mut self, span: Span, group: &'n Group, form: &'static FormInfo) -> Args<'n> {
        let fields = form.fields;
        let mut slots: Vec<Option<(&'n Node, u32, Span)>> = vec![None; fields.len()];
        for (position, value) in group.values.iter().enumerate() {
            if position < fields.len() {
                slots[position] = Some((&value.node, value.layer, value.node.span));
            } else {
                self.report(too_many(value.node.span, form));
            }
        }
        for field in &group.fields {
            let Some(position) = fields.iter().position(|known| known.name == field.key.value) else {
                self.report(unknown_field(&field.key, form));
                continue;
            };
            match slots[position] {
                Some((_, layer, first)) if layer == field.layer => {
                    let message = format!("`{}` is given twice", field.key.value);
                    self.report(
                        Diagnostic::error(code::TWICE, field.key.span, message)
                            .label("given again")
                            .help("remove one of them")
                            .related(first, "first given here"),
                    );
                }
                Some((_, layer, _)) if layer > field.layer => {}
                _ => slots[position] = Some((&field.node, field.layer, field.key.span)),
            }
        }
        let nodes = slots.into_iter().map(|slot| slot.map(|(node, ..)| node)).collect();
        let span = group.name.as_ref().map_or(span, |name| name.span);
        Args { owner: form, span, fields, nodes }
    }
}

/// What the monitors of a tree count, by name.
fn monitor_units(root: &Node) -> Vec<(String, Unit)> {
    let entries = root.field("monitors").map(Node::entries).unwrap_or_default();
    let unit = |node: &Node| match node.as_group()?.name.as_ref()?.as_str() {
        "ErrorRate" | "Healthy" | "Busy" | "Ready" | "Retries" => Some(Unit::Share),
        "Rate" => Some(Unit::PerSecond),
        "Latency" | "Pauses" => Some(Unit::Seconds),
        "Queue" => Some(Unit::Plain),
        _ => None,
    };
    entries.iter().filter_map(|(key, node)| Some((key.as_text()?.to_owned(), unit(node)?))).collect()
}

/// The values of one form, in the order of its fields.
#[derive(Debug)]
pub(in crate::scenario) struct Args<'n> {
    owner: &'static FormInfo,
    /// Where a missing value is reported.
    span: Span,
    fields: &'static [FieldInfo],
    /// What is written for each of the fields that remain.
    nodes: Vec<Option<&'n Node>>,
}

impl Args<'_> {
    /// Reads the next field.
    pub(in crate::scenario) fn next<T: Decode>(&mut self, cx: &mut Cx) -> Option<T> {
        let (field, fields) = self.fields.split_first()?;
        self.fields = fields;
        let written = self.nodes.remove(0);
        let outer = cx.field.replace(field);
        let value = self.read(written, field, cx);
        cx.field = outer;
        value
    }

    fn read<T: Decode>(&self, written: Option<&Node>, field: &'static FieldInfo, cx: &mut Cx) -> Option<T> {
        let default = |cx: &mut Cx| T::decode(&default_node(field, self.span)?, field.rule, cx);
        let read = match written {
            Some(node) => match underlying(node, field) {
                Some(whole) => T::decode(&whole, field.rule, cx),
                None => T::decode(node, field.rule, cx),
            },
            None => default(cx).or_else(T::absent).or_else(|| {
                cx.report(missing(self.span, self.owner, field));
                None
            }),
        };
        // From here on something was reported, so that nothing is simulated.
        read.or_else(|| default(cx)).or_else(T::absent).or_else(|| T::stand_in(field.rule))
    }
}

/// The default as a tree, every part of it placed where the value would have been written.
pub(in crate::scenario) fn default_node(field: &FieldInfo, span: Span) -> Option<Node> {
    let node = parse(span.source, field.default_text()?).ok()?;
    Some(node.relocated(span))
}

/// A path can set a part of a value that is not written (`queue.capacity`): the rest is then the default's.
fn underlying(node: &Node, field: &FieldInfo) -> Option<Node> {
    let group = node.as_group()?;
    let by_path = group.fields.iter().any(|field| field.layer >= OVERRIDE);
    let is_part = group.name.is_none() && group.parens && group.values.is_empty();
    if !by_path || !is_part || !matches!(field.shape.solid(), Shape::Type(_)) {
        return None;
    }
    let default = default_node(field, node.span)?;
    default.as_group()?;
    Some(merge(default, node.clone(), u32::MAX))
}

fn missing(span: Span, form: &FormInfo, field: &FieldInfo) -> Diagnostic {
    let message = format!("`{}` needs `{}`", form.name, field.name);
    let what = field.docs.first().map_or("", |line| line.trim());
    Diagnostic::error(code::MISSING, span, message)
        .label(format!("`{}` is missing", field.name))
        .help(format!("add `{}: {}`: {what}", field.name, field.example()))
}

fn unknown_field(key: &Name, form: &FormInfo) -> Diagnostic {
    let message = format!("`{}` has no field `{}`", form.name, key.value);
    let problem = Diagnostic::error(code::FIELD, key.span, message);
    let also = if form.name == "Scenario" { &["format", "base", "variants"][..] } else { &[] };
    let names: Vec<&str> = form.fields.iter().map(|field| field.name).chain(also.iter().copied()).collect();
    if names.is_empty() {
        return problem.label("unknown field").help(format!("`{}` takes no values", form.name));
    }
    match closest(key, names.iter().copied()) {
        Some(name) => problem.label(format!("did you mean `{name}`?")),
        None => problem.label("unknown field"),
    }
    .help(format!("fields of `{}`: {}", form.name, names.join(", ")))
}

fn too_many(span: Span, form: &FormInfo) -> Diagnostic {
    let message = match form.fields.len() {
        0 => format!("`{}` takes no values", form.name),
        1 => format!("`{}` takes one value", form.name),
        n => format!("`{}` takes at most {n} values", form.name),
    };
    Diagnostic::error(code::TOO_MANY, span, message)
        .label("one too many")
        .help(format!("write {}", form.example()))
}

/// The form that was probably meant.
fn suggested_form(name: &str, info: &'static TypeInfo) -> Option<&'static FormInfo> {
    let name = closest(name, info.forms.iter().map(|form| form.name))?;
    info.forms.iter().find(|form| form.name == name)
}

/// All forms of a type: "`Fifo(...)` or `Lifo(...)`".
pub(in crate::scenario) fn forms_text(info: &TypeInfo) -> String {
    let text = |form: &FormInfo| {
        if form.fields.is_empty() { format!("`{}`", form.name) } else { format!("`{}(...)`", form.name) }
    };
    let mut all: Vec<String> = info.forms.iter().map(text).collect();
    match all.pop() {
        Some(last) if !all.is_empty() => format!("{} or {last}", all.join(", ")),
        Some(only) => only,
        None => String::new(),
    }
}
