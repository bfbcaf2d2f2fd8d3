//! Characters that cannot be seen, or that change how others are seen: the one definition for those who read names and
//! those who show them. Knows no format.

use std::borrow::Cow;
use std::fmt::Write;

/// What stands for such a character where text is shown.
const MARK: char = '\u{fffd}';

/// Whether a character steers a terminal, breaks a line, turns the direction of text, takes no room, or is none at all.
/// These are Unicode's controls, its line and paragraph separators, what it calls default-ignorable but for what
/// [`shapes_others`], the marks of annotations and the noncharacters.
pub fn is_unseen(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || turns_text(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{2028}'..='\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a character takes no room but gives its neighbors their shape: a joiner, or the choice of a form of the sign
/// before it. Several languages and many emoji are written with them. Two names that differ by one look the same.
pub fn shapes_others(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Whether two names can differ by a character and look the same: what is unseen, what shapes others, and all blanks but
/// the usual one.
pub fn hides_in_a_name(c: char) -> bool {
    is_unseen(c) || shapes_others(c) || c == '\u{2800}' || (c.is_whitespace() && c != ' ')
}

/// Whether a character changes the direction in which others are read, or how they are ordered.
pub fn turns_text(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character lays out a text of several lines.
pub fn is_layout(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t')
}

/// A text in one line, with marks in place of what cannot be seen.
pub fn marked(text: &str) -> Cow<'_, str> {
    replaced(text, is_unseen)
}

/// The same for a text of several lines.
pub fn marked_lines(text: &str) -> Cow<'_, str> {
    replaced(text, |c| is_unseen(c) && !is_layout(c))
}

fn replaced(text: &str, harmful: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.contains(&harmful) {
        Cow::Owned(text.chars().map(|c| if harmful(c) { MARK } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// A text in one line, with what cannot be seen spelled out: `\u{202e}`.
pub fn spelled(text: &str) -> Cow<'_, str> {
    spelled_out(text, hides_in_a_name)
}

/// The same for a text of several lines.
pub fn spelled_lines(text: &str) -> Cow<'_, str> {
    spelled_out(text, |c| is_unseen(c) && !is_layout(c))
}

fn spelled_out(text: &str, harmful: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&harmful) {
        return Cow::Borrowed(text);
    }
    let mut spelled = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if harmful(c) {
            // Writing to a string cannot fail.
            let _ = write!(spelled, "{}", c.escape_unicode());
        } else {
            spelled.push(c);
        }
    }
    Cow::Owned(spelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_seen() {
        for text in [
            "user-db",
            "a b",
            "Z\u{fc}rich",
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
            "\u{6771}\u{4eac}",
            "\u{20ac}",
            "\u{1f6d2}",
            "\u{26a0}\u{fe0f}",
            "\u{645}\u{6cc}\u{200c}\u{634}\u{648}\u{62f}",
        ] {
            assert!(!text.contains(is_unseen), "{text}");
            assert_eq!((marked(text), spelled_lines(text)), (text.into(), text.into()));
        }
    }

    #[test]
    fn what_hides_or_turns_is_not() {
        let ranges =
            [0x202a..=0x202e, 0x2066..=0x2069, 0x200e..=0x200f, 0xe0000..=0xe007f, 0..=0x1f, 0x7f..=0x9f];
        let single = [0xad, 0x61c, 0x180e, 0x2028, 0x2029, 0x200b, 0x2060, 0xfeff, 0xfff9, 0xfffe, 0x1_ffff];
        for code in ranges.into_iter().flatten().chain(single) {
            assert!(is_unseen(char::from_u32(code).unwrap()), "U+{code:04X}");
        }
    }

    #[test]
    fn a_blank_in_a_name_is_a_blank() {
        assert!("\u{a0}\u{2003}\u{2800}\u{3000}\u{200d}".chars().all(hides_in_a_name));
        assert!(!hides_in_a_name(' ') && !is_unseen('\u{a0}'), "texts may have others");
    }

    #[test]
    fn it_is_marked_or_spelled_out() {
        assert_eq!(marked("pay\u{202e}tnem\u{1b}[1m\n"), "pay\u{fffd}tnem\u{fffd}[1m\u{fffd}");
        assert_eq!(marked_lines("a\u{200b}\r\n\tb"), "a\u{fffd}\r\n\tb");
        assert_eq!(spelled("pay\u{202e}tnem"), r"pay\u{202e}tnem");
        assert_eq!((spelled("a\n"), spelled_lines("a\n\u{7f}")), (r"a\u{a}".into(), "a\n\\u{7f}".into()));
    }
}
