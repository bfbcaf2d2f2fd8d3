//! Text into tokens with places. Finds where a literal ends; what it means is for the `ron` crate to say.

use crate::diagnostic::{Diagnostic, SourceId, Span, Spanned};
use crate::scenario::text::tree::{Kind, Number};
use crate::scenario::words::code;

/// A token and where it stands.
pub(in crate::scenario) type Spot = Spanned<Token>;

/// The smallest pieces of the language.
#[derive(Clone, Debug)]
pub(in crate::scenario) enum Token {
    /// `(`, `[` or `{`.
    Open(char),
    /// `)`, `]` or `}`.
    Close(char),
    /// `,`.
    Comma,
    /// `:`.
    Colon,
    /// A name: a field, a constructor.
    Word(String),
    /// A text, number, boolean or character.
    Leaf(Kind),
    /// Something that was already reported and stands for a value.
    Bad,
    /// The end of the text.
    End,
}

/// What the lexer found.
pub(in crate::scenario) struct Tokens {
    /// The tokens; the last one is [`Token::End`].
    pub(in crate::scenario) list: Vec<Spot>,
    /// What is wrong with them.
    pub(in crate::scenario) problems: Vec<Diagnostic>,
    /// Whether the text ended within a literal or comment, so that what follows from the tokens means nothing.
    pub(in crate::scenario) cut: bool,
}

/// Reads all tokens of a text.
pub(in crate::scenario) fn tokens(source: SourceId, text: &str) -> Tokens {
    let mut lexer =
        Lexer { source, text, at: 0, out: Tokens { list: Vec::new(), problems: Vec::new(), cut: false } };
    lexer.extensions();
    while !lexer.out.cut && lexer.token() {}
    let end = lexer.span(text.len());
    lexer.out.list.push(Spanned { value: Token::End, span: Span { start: text.len() as u32, ..end } });
    lexer.out
}

struct Lexer<'a> {
    source: SourceId,
    text: &'a str,
    at: usize,
    out: Tokens,
}

impl Lexer<'_> {
    /// Reads one token; false at the end.
    fn token(&mut self) -> bool {
        self.skip_blank();
        let start = self.at;
        let Some(first) = self.rest().chars().next() else { return false };
        match first {
            '(' | '[' | '{' => self.single(Token::Open(first)),
            ')' | ']' | '}' => self.single(Token::Close(first)),
            ',' => self.single(Token::Comma),
            ':' => self.single(Token::Colon),
            '"' => self.literal(quoted(self.rest(), 1, '"')),
            '\'' => self.literal(quoted(self.rest(), 1, '\'')),
            'b' if self.rest().starts_with("b\"") => self.literal(quoted(self.rest(), 2, '"')),
            'b' if self.rest().starts_with("b'") => self.literal(quoted(self.rest(), 2, '\'')),
            'r' | 'b' if raw_prefix(self.rest()).is_some() => self.literal(raw(self.rest())),
            '0'..='9' | '+' | '-' | '.' => self.literal(Some(number_length(self.rest()))),
            'r' if self.rest().starts_with("r#") => self.word(2),
            _ if is_word_start(first) => self.word(0),
            _ => {
                self.at += first.len_utf8();
                let span = self.span(start);
                self.out.problems.push(
                    Diagnostic::error(code::SYNTAX, span, format!("`{first}` has no meaning here"))
                        .label("not part of the language"),
                );
                self.push(Token::Bad, start);
            }
        }
        true
    }

    fn single(&mut self, token: Token) {
        let start = self.at;
        self.at += 1;
        self.push(token, start);
    }

    /// A name, or one of the words that stand for a value; `prefix` bytes are not part of it.
    fn word(&mut self, prefix: usize) {
        let start = self.at;
        let body = &self.rest()[prefix..];
        let more = |c: char| is_word_start(c) || c.is_alphanumeric() || (prefix > 0 && ".+-".contains(c));
        let length = body.find(|c| !more(c)).unwrap_or(body.len());
        let word = body[..length].to_owned();
        self.at += prefix + length;
        let number = |value| Token::Leaf(Kind::Number(Number { value, integer: None }));
        let token = match word.as_str() {
            "true" => Token::Leaf(Kind::Bool(true)),
            "false" => Token::Leaf(Kind::Bool(false)),
            "inf" | "inff32" | "inff64" => number(f64::INFINITY),
            "NaN" | "NaNf32" | "NaNf64" => number(f64::NAN),
            _ => Token::Word(word),
        };
        self.push(token, start);
    }

    /// A literal of this length, or one that does not end.
    fn literal(&mut self, length: Option<usize>) {
        let start = self.at;
        let Some(length) = length else {
            self.unclosed(start);
            return;
        };
        let slice = &self.text[start..start + length];
        self.at += length;
        let token = match leaf(slice) {
            Ok(kind) => Token::Leaf(kind),
            Err(problem) => {
                let span = self.span(start);
                self.out.problems.push(
                    Diagnostic::error(code::SYNTAX, span, problem.message)
                        .label("not readable")
                        .help(problem.help),
                );
                Token::Bad
            }
        };
        self.push(token, start);
    }

    /// A quote that is not closed turns all later texts inside out. The first text that spans lines is where it
    /// probably happened; what was found after it follows from that.
    fn unclosed(&mut self, start: usize) {
        let spans_lines = |spot: &&Spot| {
            let written = self.text.get(spot.span.start as usize..spot.span.end as usize).unwrap_or("");
            written.starts_with('"') && written.contains('\n')
        };
        let first = self.out.list.iter().find(spans_lines).map_or(start, |spot| spot.span.start as usize);
        let line = self.text[first..].lines().next().map_or(0, str::len);
        self.at = first + line;
        let span = self.span(first);
        self.out.problems.retain(|problem| problem.span < span);
        self.out.problems.push(
            Diagnostic::error(code::SYNTAX, span, "this text has no end")
                .label("the quote is opened here")
                .help("add the closing quote"),
        );
        self.at = self.text.len();
        self.out.cut = true;
    }

    /// `#![enable(...)]` lines at the begin: RON files of other programs may carry them; they change nothing here.
    fn extensions(&mut self) {
        loop {
            self.skip_blank();
            if !self.rest().starts_with('#') {
                return;
            }
            let start = self.at;
            let length = self.rest().find(']').map_or(self.rest().len(), |at| at + 1);
            self.at += length;
            let squeezed: String = self.text[start..self.at].chars().filter(|c| !c.is_whitespace()).collect();
            if !squeezed.starts_with("#![enable(") || !squeezed.ends_with(")]") {
                let span = self.span(start);
                self.out.problems.push(
                    Diagnostic::error(code::SYNTAX, span, "`#` has no meaning here")
                        .help("comments begin with `//`"),
                );
            }
        }
    }

    /// Skips white space and comments.
    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.find(|c| !is_blank(c)).unwrap_or(rest.len());
            self.at += blank;
            let rest = self.rest();
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.block_comment();
            } else {
                return;
            }
        }
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.at += 2;
            } else if let Some(c) = rest.chars().next() {
                self.at += c.len_utf8();
            } else {
                let span = Span { end: start as u32 + 2, ..self.span(start) };
                self.out
                    .problems
                    .push(Diagnostic::error(code::SYNTAX, span, "this comment has no end").help("add `*/`"));
                self.out.cut = true;
                return;
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn span(&self, start: usize) -> Span {
        Span { source: self.source, start: start as u32, end: self.at as u32 }
    }

    fn push(&mut self, token: Token, start: usize) {
        let span = self.span(start);
        self.out.list.push(Spanned { value: token, span });
    }
}

/// Why a literal cannot be read.
struct Unreadable {
    message: String,
    help: String,
}

/// What a literal means, by the rules of RON.
fn leaf(slice: &str) -> Result<Kind, Unreadable> {
    match ron::from_str::<ron::Value>(slice) {
        Ok(ron::Value::String(text)) => Ok(Kind::Text(text)),
        Ok(ron::Value::Char(c)) => Ok(Kind::Char(c)),
        Ok(ron::Value::Bytes(bytes)) => Ok(Kind::Bytes(bytes)),
        Ok(ron::Value::Number(number)) => Ok(Kind::Number(numeric(number))),
        _ if slice.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => Err(Unreadable {
            message: format!("`{slice}` is not a number"),
            help: format!("a number with a unit stands in quotes: \"{slice}\""),
        }),
        Ok(_) => Err(Unreadable { message: format!("`{slice}` is not a value"), help: "see RON".to_owned() }),
        Err(error) => Err(Unreadable {
            message: format!("this text cannot be read: {}", error.code),
            help: "a backslash begins an escape (\\n, \\\", \\\\); write it twice for itself".to_owned(),
        }),
    }
}

fn numeric(number: ron::Number) -> Number {
    let integer = match number {
        ron::Number::I8(n) => Some(n.into()),
        ron::Number::I16(n) => Some(n.into()),
        ron::Number::I32(n) => Some(n.into()),
        ron::Number::I64(n) => Some(n.into()),
        ron::Number::U8(n) => Some(n.into()),
        ron::Number::U16(n) => Some(n.into()),
        ron::Number::U32(n) => Some(n.into()),
        ron::Number::U64(n) => Some(n.into()),
        _ => None,
    };
    Number { value: number.into_f64(), integer }
}

/// Length of a quoted literal whose opening quote ends at `from`; none if it does not end.
fn quoted(rest: &str, from: usize, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in rest[from..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(from + at + 1),
            _ => {}
        }
    }
    None
}

/// Length of `r##"`, `br"` and the like, and its number of `#`, if the text begins with one.
fn raw_prefix(rest: &str) -> Option<(usize, usize)> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then(|| (rest.len() - after.len() + hashes + 1, hashes))
}

/// Length of a raw text; none if it does not end.
fn raw(rest: &str) -> Option<usize> {
    let (prefix, hashes) = raw_prefix(rest)?;
    let close = format!("\"{}", "#".repeat(hashes));
    rest[prefix..].find(&close).map(|at| prefix + at + close.len())
}

/// Length of what looks like a number, units glued to it included, so that they are reported with it.
fn number_length(rest: &str) -> usize {
    let mut previous = ' ';
    let sign_after_exponent = |previous: char| matches!(previous, 'e' | 'E' | ' ');
    let mut is_part = |c: char| {
        let part = c.is_alphanumeric()
            || matches!(c, '_' | '.' | '%' | '\u{b5}')
            || (matches!(c, '+' | '-') && sign_after_exponent(previous));
        previous = c;
        part
    };
    rest.find(|c| !is_part(c)).unwrap_or(rest.len())
}

fn is_word_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

/// White space by the rules of RON (Unicode's `Pattern_White_Space`).
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r' | '\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
}
