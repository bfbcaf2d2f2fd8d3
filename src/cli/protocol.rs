//! The protocol of `test`: a line for each case, what failed under it, and the closing line. Runs nothing.

use knockon::report::quantity::{count, counted};
use knockon::report::{Line, Tone};

use crate::cli::ending::why_any;
use crate::cli::terminal::painted;
use crate::cli::test::Outcome;

/// So many failures of one case are shown.
const SHOWN: usize = 10;
/// Under the title of a case.
const INDENT: &str = "           ";

/// A protocol under way.
pub(crate) struct Protocol {
    /// Lines, and whether they are told even if only failures are wanted.
    lines: Vec<(Line, bool)>,
    longest_title: usize,
    passed: u64,
    failed: u64,
    unfinished: u64,
    skipped: u64,
}

impl Protocol {
    /// An empty one, for cases of these titles.
    pub(crate) fn new<'a>(titles: impl Iterator<Item = &'a str>) -> Self {
        let longest_title = titles.map(|title| title.chars().count()).max().unwrap_or_default();
        Self { lines: Vec::new(), longest_title, passed: 0, failed: 0, unfinished: 0, skipped: 0 }
    }

    /// A case that expects nothing.
    pub(crate) fn skipped(&mut self, title: &str) {
        self.skipped += 1;
        self.case(Tone::Dim, "skipped", title, "no expectations", false);
    }

    /// A case with what is left of its runs; none of those that were stopped before they began.
    pub(crate) fn ran(&mut self, title: &str, expectations: u64, outcomes: &[Option<Outcome>]) {
        let whole: Vec<&Outcome> =
            outcomes.iter().flatten().filter(|outcome| outcome.stopped.is_none()).collect();
        let failures: Vec<Line> = whole.iter().flat_map(|outcome| failures(outcome)).collect();
        if !failures.is_empty() {
            self.failed += 1;
            self.case(Tone::Bad, "FAILED", title, "", true);
            self.failures(failures);
        } else if whole.len() < outcomes.len() {
            self.unfinished += 1;
            let why = why_any(outcomes.iter().flatten().filter_map(|outcome| outcome.stopped));
            let all = count(outcomes.len() as u64);
            let about = format!("{} of {all} runs finished, because {why}", count(whole.len() as u64));
            self.case(Tone::Caution, "PARTIAL", title, &about, true);
        } else {
            self.passed += 1;
            let seeds = if outcomes.len() > 1 {
                format!(", {}", counted(outcomes.len() as u64, "seed"))
            } else {
                String::new()
            };
            self.case(Tone::Good, "ok", title, &(counted(expectations, "expectation") + &seeds), false);
        }
    }

    /// All of it, ending in `12 passed, 0 failed`; of the cases only those that did not pass, if nothing else is wanted.
    pub(crate) fn text(&self, only_failures: bool) -> String {
        let wanted = self.lines.iter().filter(|(_, is_failure)| *is_failure || !only_failures);
        let mut closing = format!("{} passed, {} failed", self.passed, self.failed);
        for (number, word) in [(self.unfinished, "not finished"), (self.skipped, "skipped")] {
            if number > 0 {
                closing = format!("{closing}, {number} {word}");
            }
        }
        wanted.map(|(line, _)| painted(line) + "\n").collect::<String>() + &closing + "\n"
    }

    /// The line of a case.
    fn case(&mut self, tone: Tone, word: &str, title: &str, about: &str, is_failure: bool) {
        let width = if about.is_empty() { 0 } else { self.longest_title + 2 };
        let gap = " ".repeat(9_usize.saturating_sub(word.len()));
        let line = Line::toned(tone, word).and(format!("{gap}{title:width$}")).then(Tone::Dim, about);
        self.lines.push((line, is_failure));
    }

    /// What failed in a case, not more than can be read.
    fn failures(&mut self, failures: Vec<Line>) {
        let more = failures.len().saturating_sub(SHOWN);
        self.lines.extend(failures.into_iter().take(SHOWN).map(|line| (line, true)));
        if more > 0 {
            self.lines.push((Line::dim(format!("{INDENT}and {} more", count(more as u64))), true));
        }
    }
}

/// What failed in a run.
fn failures(outcome: &Outcome) -> Vec<Line> {
    let seed = || Line::dim(format!("{INDENT}seed {}: ", outcome.seed));
    outcome.failures.iter().map(|(text, found)| seed().and(format!("{text}: {found}"))).collect()
}
