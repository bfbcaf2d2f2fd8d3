//! Characters that cannot be seen, wherever a person can write a text.

use crate::scenario::tests::mistakes::{GOOD, problems};
use crate::scenario::{Choice, Document};

/// Names and texts of the good scenario, with what hides in them.
const HIDDEN: &[(&str, &str)] = &[
    ("name: \"shop\"", "name: \"sh\u{202e}op\""),
    ("\"db\": Service(", "\"x\u{200b}\": Service(operations: { \"y\": [] }), \"db\": Service("),
    ("\"login\": [", "\"log\u{2067}out\": [], \"login\": ["),
    ("\"shop -> user\"", "\"shop -> us\u{feff}er\""),
    ("\"buyers\": Open", "\"bu\u{ad}yers\": Open"),
    ("name: \"gc\"", "name: \"g\u{7f}c\""),
    ("\"slow\": Latency", "\"sl\u{200f}ow\": Latency"),
    ("Order([\"db\", \"user\"])", "Order([\"db\", \"us\u{2060}er\"])"),
    ("horizon: \"10m\"", "horizon: \"10m\", description: \"a\u{202d}b\", notes: \"a\nb\u{2069}c\""),
];

#[test]
fn all_are_reported_at_once_each_at_its_place() {
    let text = HIDDEN.iter().fold(GOOD.to_owned(), |text, (right, wrong)| {
        assert_eq!(GOOD.matches(right).count(), 1, "{right}");
        text.replace(right, wrong)
    });
    let found = problems(&text);
    let mut places = Vec::new();
    for (line, written) in text.lines().enumerate() {
        let hidden = |c: &(usize, char)| crate::unseen::is_unseen(c.1);
        places.extend(written.chars().enumerate().filter(hidden).map(|(at, c)| (line + 1, at + 1, c)));
    }
    assert_eq!(places.len(), 10);
    for (line, column, c) in places {
        let begin = format!("{line}:{column} error[K024]: this ");
        let told =
            found.lines().find(|told| told.starts_with(&begin)).unwrap_or_else(|| panic!("{begin}\n{found}"));
        assert!(told.contains(&format!("holds U+{:04X}, ", u32::from(c))), "{told}");
    }
    assert_eq!(found.matches("error[K024]").count(), 10, "{found}");
}

#[test]
fn an_escape_hides_as_well() {
    let found = problems(&GOOD.replace("name: \"shop\"", r#"name: "sh\u{202e}op""#));
    assert!(
        found.starts_with("3:11 error[K024]: this name holds U+202E, which changes the direction"),
        "{found}"
    );
    assert!(found.contains(r"in `sh\u{202e}op`"), "{found}");
    assert!(found.contains("help: remove it"), "{found}");
}

#[test]
fn a_name_is_one_line_and_other_texts_may_be_more() {
    assert_eq!(
        problems(&GOOD.replace("horizon:", "notes: \"a\n\n\tb\r\n\", description: \"a\\nb\", horizon:")),
        ""
    );
    for broken in ["name: \"sh\nop\"", r#"name: "sh\top""#] {
        let found = problems(&GOOD.replace("name: \"shop\"", broken));
        assert!(found.contains("and a name is one line"), "{found}");
    }
}

/// Joiners and the like belong to the writing of some languages and to emoji; in a name they hide a difference.
#[test]
fn what_shapes_its_neighbors_may_be_in_a_text_and_not_in_a_name() {
    let written = "description: \"\u{26a0}\u{fe0f} a\u{200c}b\", horizon:";
    assert_eq!(problems(&GOOD.replace("horizon:", written)), "");
    let found = problems(&GOOD.replace("name: \"shop\"", "name: \"sh\u{200d}op\""));
    assert!(found.contains(r"in `sh\u{200d}op`"), "{found}");
}

#[test]
fn variants_are_looked_at_whether_they_are_chosen_or_not() {
    let variants = "variants: { \"sa\u{2066}fe\": Variant(set: { \"services.us\u{200d}er.threads\": 2, \"name\": \"\u{202b}\" }) }, expect:";
    let found = problems(&GOOD.replace("expect:", variants));
    assert_eq!(found.matches("error[K024]").count(), 3, "{found}");
}

#[test]
fn the_command_line_is_looked_at() {
    let no_files = |path: &str| Err(format!("no file {path}"));
    let document = Document::parse("shop.ron", GOOD.as_bytes(), &no_files).unwrap();
    for set in [
        "name=sh\u{202e}op",
        r#"name="sh\u{202e}op""#,
        "calls.'shop -> us\u{200b}er'.timeout=2s",
        "description=a\u{feff}b",
    ] {
        let choice = Choice { sets: vec![set.to_owned()], ..Choice::default() };
        let found = document.resolve(&choice).unwrap_err().diagnostics;
        assert!(found.iter().any(|problem| problem.code == "K024"), "{set:?}: {found:?}");
    }
}
