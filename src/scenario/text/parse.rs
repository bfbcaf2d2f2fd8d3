//! Text into a tree: RON, with one liberty (in parentheses, leading values may stand without names). Knows no field.

use crate::diagnostic::{Diagnostic, SourceId, Span, Spanned};
use crate::scenario::text::lex::{self, Spot, Token};
use crate::scenario::text::tree::{Field, Group, Kind, Node, Value};
use crate::scenario::words::code;

/// Values may stand this deep within each other.
pub(in crate::scenario) const MAX_DEPTH: usize = 64;

/// A text may be this long, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// More mistakes of structure than this are not listed: the later ones mostly follow from the earlier.
const MAX_PROBLEMS: usize = 20;

/// Reads the one value of a text, or says all that is wrong with its structure.
pub(in crate::scenario) fn parse(source: SourceId, text: &str) -> Result<Node, Vec<Diagnostic>> {
    if text.len() > MAX_BYTES {
        return Err(vec![too_long(source, text.len())]);
    }
    let tokens = lex::tokens(source, text);
    let mut parser = Parser { tokens: tokens.list, at: 0, open: Vec::new(), problems: Vec::new() };
    let node = parser.document();
    let mut problems = tokens.problems;
    if !tokens.cut {
        problems.append(&mut parser.problems);
    }
    problems.sort_by_key(|problem| problem.span);
    problems.truncate(MAX_PROBLEMS);
    match node {
        Some(node) if problems.is_empty() => Ok(node),
        _ => Err(problems),
    }
}

/// The problem of a text that nobody can have written by hand.
pub(in crate::scenario) fn too_long(source: SourceId, bytes: usize) -> Diagnostic {
    let span = Span { source, start: 0, end: 0 };
    Diagnostic::error(code::TEXT, span, format!("the text is too long: {bytes} bytes"))
        .help(format!("a scenario has at most {} MiB", MAX_BYTES >> 20))
}

struct Parser {
    tokens: Vec<Spot>,
    at: usize,
    /// The brackets around the current place, with where they were opened.
    open: Vec<Spanned<char>>,
    problems: Vec<Diagnostic>,
}

/// What follows an item of a list, map or group.
enum Next {
    Item,
    End(Span),
}

impl Parser {
    fn document(&mut self) -> Option<Node> {
        if matches!(self.peek(), Token::End) {
            let span = self.tokens[self.at].span;
            self.problems.push(
                Diagnostic::error(code::SYNTAX, span, "there is nothing here")
                    .help("a scenario begins with `Scenario(format: 1, name: \"...\",`"),
            );
            return None;
        }
        let node = self.value();
        if !matches!(self.peek(), Token::End) && self.problems.is_empty() {
            let span = self.tokens[self.at].span;
            self.problems.push(
                Diagnostic::error(code::SYNTAX, span, format!("{} after the end", self.found()))
                    .label("nothing may follow")
                    .help("is a bracket closed too early?"),
            );
        }
        node
    }

    /// Reads a value; on failure reports it and skips to where the next item begins.
    fn value(&mut self) -> Option<Node> {
        if self.open.len() >= MAX_DEPTH {
            let span = self.tokens[self.at].span;
            self.problems.push(
                Diagnostic::error(code::DEPTH, span, "nested too deeply")
                    .help(format!("values stand at most {MAX_DEPTH} deep within each other")),
            );
            self.at = self.tokens.len() - 1;
            return None;
        }
        let Spanned { value: token, span } = self.tokens[self.at].clone();
        match token {
            Token::Leaf(kind) => {
                self.at += 1;
                Some(Node { span, kind })
            }
            Token::Bad => {
                self.at += 1;
                None
            }
            Token::Word(word) => {
                self.at += 1;
                let name = Some(Spanned { value: word, span });
                if matches!(self.peek(), Token::Open('(')) {
                    self.group(name, span)
                } else {
                    let group = Group { name, ..Group::default() };
                    Some(Node { span, kind: Kind::Group(group) })
                }
            }
            Token::Open('(') => self.group(None, span),
            Token::Open('[') => self.list(),
            Token::Open(_) => self.map(),
            Token::Close(_) | Token::Comma | Token::Colon | Token::End => {
                self.expected("a value");
                None
            }
        }
    }

    fn list(&mut self) -> Option<Node> {
        let open = self.enter();
        let mut items = Vec::new();
        let mut intact = true;
        loop {
            if let Some(end) = self.close() {
                let kind = Kind::List(items);
                return intact.then_some(Node { span: open.to(end), kind });
            }
            match self.value() {
                Some(item) => items.push(item),
                None => intact = false,
            }
            if let Next::End(end) = self.separator() {
                return intact.then_some(Node { span: open.to(end), kind: Kind::List(items) });
            }
        }
    }

    fn map(&mut self) -> Option<Node> {
        let open = self.enter();
        let mut entries = Vec::new();
        let mut intact = true;
        loop {
            if let Some(end) = self.close() {
                let kind = Kind::Map(entries);
                return intact.then_some(Node { span: open.to(end), kind });
            }
            let key = self.value();
            let value = if matches!(self.peek(), Token::Colon) {
                self.at += 1;
                self.value()
            } else {
                self.expected("`:` and a value");
                None
            };
            match (key, value) {
                (Some(key), Some(value)) => entries.push((key, value)),
                _ => intact = false,
            }
            if let Next::End(end) = self.separator() {
                return intact.then_some(Node { span: open.to(end), kind: Kind::Map(entries) });
            }
        }
    }

    fn group(&mut self, name: Option<crate::scenario::Name>, start: Span) -> Option<Node> {
        self.enter();
        let mut group = Group { name, parens: true, ..Group::default() };
        let mut intact = true;
        loop {
            let end = if let Some(end) = self.close() {
                Some(end)
            } else {
                intact &= self.member(&mut group);
                match self.separator() {
                    Next::End(end) => Some(end),
                    Next::Item => None,
                }
            };
            if let Some(end) = end {
                return intact.then_some(Node { span: start.to(end), kind: Kind::Group(group) });
            }
        }
    }

    /// One value of a group, with or without a name.
    fn member(&mut self, group: &mut Group) -> bool {
        if let (Token::Word(word), Some(Token::Colon)) = (self.peek().clone(), self.peek_second()) {
            let key = Spanned { value: word, span: self.tokens[self.at].span };
            self.at += 2;
            return match self.value() {
                Some(node) => {
                    group.fields.push(Field { key, node, layer: 0 });
                    true
                }
                None => false,
            };
        }
        let Some(node) = self.value() else { return false };
        if matches!(self.peek(), Token::Colon) {
            self.problems.push(
                Diagnostic::error(code::SYNTAX, node.span, "a field's name stands without quotes")
                    .help("in parentheses write `name: value`; a map of names stands in braces `{...}`"),
            );
            self.at += 1;
            self.value();
            return false;
        }
        if let Some(field) = group.fields.last() {
            self.problems.push(
                Diagnostic::error(code::SYNTAX, node.span, "a value without a name after a named one")
                    .label("which field is this?")
                    .help("values without names come first; write `field: value`")
                    .related(field.key.span, "named from here on"),
            );
            return false;
        }
        group.values.push(Value { node, layer: 0 });
        true
    }

    /// Steps into a bracket.
    fn enter(&mut self) -> Span {
        let span = self.tokens[self.at].span;
        if let Token::Open(bracket) = self.tokens[self.at].value {
            self.open.push(Spanned { value: bracket, span });
        }
        self.at += 1;
        span
    }

    /// Steps out of the innermost bracket if it ends here, rightly or wrongly.
    fn close(&mut self) -> Option<Span> {
        let span = self.tokens[self.at].span;
        let inner = *self.open.last()?;
        match *self.peek() {
            Token::Close(bracket) => {
                self.open.pop();
                if bracket == closing(inner.value) {
                    self.at += 1;
                } else {
                    let message = format!("`{}` is closed by `{bracket}`", inner.value);
                    self.problems.push(
                        Diagnostic::error(code::SYNTAX, span, message)
                            .label(format!("expected `{}`", closing(inner.value)))
                            .related(inner.span, "opened here"),
                    );
                    // A bracket that closes an outer one was forgotten here, any other was mistyped.
                    if !self.open.iter().any(|outer| closing(outer.value) == bracket) {
                        self.at += 1;
                    }
                }
                Some(span)
            }
            Token::End => {
                self.open.pop();
                if self.problems.is_empty() {
                    self.problems.push(
                        Diagnostic::error(
                            code::SYNTAX,
                            inner.span,
                            format!("`{}` is not closed", inner.value),
                        )
                        .label("opened here")
                        .help(format!("add `{}`", closing(inner.value))),
                    );
                }
                Some(span)
            }
            _ => None,
        }
    }

    /// What stands between two items: a comma, or the end.
    fn separator(&mut self) -> Next {
        if matches!(self.peek(), Token::Comma) {
            self.at += 1;
            return Next::Item;
        }
        if let Some(end) = self.close() {
            return Next::End(end);
        }
        // What was reported already is passed over in silence.
        if matches!(self.peek(), Token::Bad) {
            self.at += 1;
            return self.separator();
        }
        let before = self.tokens[self.at - 1].span;
        let gap = Span { start: before.end, ..before };
        let message = format!("a comma is missing before {}", self.found());
        self.problems
            .push(Diagnostic::error(code::SYNTAX, gap, message).label("expected `,`").help("add a comma"));
        // A stray colon would be taken for the same mistake for ever.
        if matches!(self.peek(), Token::Colon) {
            self.at += 1;
        }
        Next::Item
    }

    /// Reports that something else was expected, and skips to the end of the item.
    fn expected(&mut self, what: &str) {
        let span = self.tokens[self.at].span;
        let message = format!("expected {what}, found {}", self.found());
        self.problems.push(Diagnostic::error(code::SYNTAX, span, message).label(format!("expected {what}")));
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Token::End => return,
                Token::Comma | Token::Close(_) if depth == 0 => return,
                Token::Open(_) => depth += 1,
                Token::Close(_) => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.at].value
    }

    fn peek_second(&self) -> Option<&Token> {
        self.tokens.get(self.at + 1).map(|spot| &spot.value)
    }

    /// The current token in words.
    fn found(&self) -> String {
        match self.peek() {
            Token::Open(c) | Token::Close(c) => format!("`{c}`"),
            Token::Comma => "`,`".to_owned(),
            Token::Colon => "`:`".to_owned(),
            Token::Word(word) => format!("`{word}`"),
            Token::Leaf(kind) => {
                let span = self.tokens[self.at].span;
                Node { span, kind: kind.clone() }.describe()
            }
            Token::Bad => "something unreadable".to_owned(),
            Token::End => "the end of the text".to_owned(),
        }
    }
}

fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}
