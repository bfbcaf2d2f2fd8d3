//! What a report is made of: toned text, facts, moments, tables, and headings for long ones. Knows neither paper nor terminal.

/// How a piece of text is meant. Never the only carrier of a meaning: a report reads the same without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    #[default]
    Plain,
    /// What the eye should find first.
    Strong,
    /// Of lesser interest.
    Dim,
    /// As it should be.
    Good,
    /// Worth a second look.
    Caution,
    /// Not as it should be.
    Bad,
}

/// A piece of text in one tone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text, without line breaks.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

/// Text in several tones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its pieces, to be read without gaps.
    pub pieces: Vec<Piece>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// When, in seconds; none of what is only counted.
    pub at_s: Option<f64>,
    /// When: `T+12s`.
    pub at: String,
    /// When, on the clock of the people; empty if the scenario names none.
    pub clock: String,
    /// What.
    pub what: Line,
}

/// On which side the cells of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows under headings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// A heading for each column, and its side.
    pub columns: Vec<(String, Side)>,
    /// A tone and the cells of each row, as many as there are columns.
    pub rows: Vec<(Tone, Vec<String>)>,
}

/// A part of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// The name of what follows, up to the next one.
    Heading(String),
    /// A sentence or more.
    Paragraph(Line),
    /// What happened, in the order of time.
    Moments(Vec<Moment>),
    /// Named facts; one without a name continues the one before.
    Facts(Vec<(String, Line)>),
    /// Numbers side by side.
    Table(Table),
    /// Sentences of equal rank.
    List(Vec<Line>),
    /// What is to be copied as it is, such as a command.
    Verbatim(String),
}

/// A report: blocks in the order in which they are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Its title, for formats that have one.
    pub title: String,
    /// Its blocks.
    pub blocks: Vec<Block>,
}

impl Line {
    /// Text in one tone.
    pub fn toned(tone: Tone, text: impl Into<String>) -> Self {
        Self { pieces: vec![Piece { text: text.into(), tone }] }
    }

    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::toned(Tone::Plain, text)
    }

    /// Text of lesser interest.
    pub fn dim(text: impl Into<String>) -> Self {
        Self::toned(Tone::Dim, text)
    }

    /// With more text in a tone.
    #[must_use]
    pub fn then(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.pieces.push(Piece { text: text.into(), tone });
        self
    }

    /// With more plain text.
    #[must_use]
    pub fn and(self, text: impl Into<String>) -> Self {
        self.then(Tone::Plain, text)
    }

    /// With another line's pieces at its end.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.pieces.extend(other.pieces);
        self
    }

    /// Its text without tones.
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }
}

impl Table {
    /// A table without rows: the headings of its columns, numbers on the right except in the first one.
    pub fn of_numbers<'a>(headings: impl IntoIterator<Item = &'a str>) -> Self {
        let side = |index| if index == 0 { Side::Left } else { Side::Right };
        let columns =
            headings.into_iter().enumerate().map(|(index, text)| (text.to_owned(), side(index))).collect();
        Self { columns, rows: Vec::new() }
    }

    /// Takes out the columns, after the first, in which no row has anything to show.
    #[must_use]
    pub fn without_empty_columns(mut self, is_empty: impl Fn(&str) -> bool) -> Self {
        for index in (1..self.columns.len()).rev() {
            if self.rows.iter().all(|(_, cells)| cells.get(index).is_none_or(|cell| is_empty(cell))) {
                self.columns.remove(index);
                for (_, cells) in &mut self.rows {
                    if index < cells.len() {
                        cells.remove(index);
                    }
                }
            }
        }
        self
    }
}
