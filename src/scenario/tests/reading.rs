//! Reading texts: whatever RON reads, and nothing that breaks the reader.

use proptest::prelude::*;

use crate::diagnostic::Sources;
use crate::scenario::text::parse::{MAX_DEPTH, parse};
use crate::scenario::text::tree::{Group, Kind, Node};
use crate::scenario::{Choice, Document, Rejected, Scenario};

fn read(text: &str) -> Result<Node, Vec<String>> {
    let source = Sources::default().add("test", text);
    parse(source, text).map_err(|problems| problems.into_iter().map(|problem| problem.message).collect())
}

/// A tree as `ron` would read it.
fn value(node: &Node) -> ron::Value {
    match &node.kind {
        Kind::Text(text) => ron::Value::String(text.clone()),
        Kind::Char(c) => ron::Value::Char(*c),
        Kind::Bytes(bytes) => ron::Value::Bytes(bytes.clone()),
        Kind::Bool(value) => ron::Value::Bool(*value),
        Kind::Number(number) => match number.integer {
            Some(n) => ron::Value::Number(i64::try_from(n).unwrap().into()),
            None => ron::Value::Number(number.value.into()),
        },
        Kind::List(items) => ron::Value::Seq(items.iter().map(value).collect()),
        Kind::Map(entries) => entries.iter().map(|(key, node)| (value(key), value(node))).collect(),
        Kind::Group(group) => group_value(group),
    }
}

fn group_value(group: &Group) -> ron::Value {
    let values = &group.values;
    match group.name.as_ref().map(|name| name.value.as_str()) {
        Some("None") => ron::Value::Option(None),
        Some("Some") => ron::Value::Option(Some(Box::new(value(&values[0].node)))),
        _ if !group.fields.is_empty() => {
            let entry = |field: &crate::scenario::text::tree::Field| {
                (ron::Value::String(field.key.value.clone()), value(&field.node))
            };
            group.fields.iter().map(entry).collect()
        }
        _ if values.is_empty() => ron::Value::Unit,
        _ => ron::Value::Seq(values.iter().map(|item| value(&item.node)).collect()),
    }
}

/// Whole numbers in one width, so that two readings can be compared.
fn widened(value: ron::Value) -> ron::Value {
    match value {
        ron::Value::Number(number @ (ron::Number::F32(_) | ron::Number::F64(_))) => {
            ron::Value::Number(number.into_f64().into())
        }
        ron::Value::Number(number) => ron::Value::Number((number.into_f64() as i64).into()),
        ron::Value::Seq(items) => ron::Value::Seq(items.into_iter().map(widened).collect()),
        ron::Value::Option(inner) => ron::Value::Option(inner.map(|inner| Box::new(widened(*inner)))),
        ron::Value::Map(map) => map.into_iter().map(|(key, item)| (widened(key), widened(item))).collect(),
        other => other,
    }
}

fn any_value() -> impl Strategy<Value = ron::Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(ron::Value::Bool),
        any::<char>().prop_map(ron::Value::Char),
        any::<String>().prop_map(ron::Value::String),
        any::<i32>().prop_map(|n| ron::Value::Number(n.into())),
        (-1e300..1e300).prop_map(|n: f64| ron::Value::Number(n.into())),
        prop::collection::vec(any::<u8>(), 1..20).prop_map(ron::Value::Bytes),
        Just(ron::Value::Option(None)),
        Just(ron::Value::Unit),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(ron::Value::Seq),
            inner.clone().prop_map(|value| ron::Value::Option(Some(Box::new(value)))),
            prop::collection::vec((any::<String>(), inner), 0..6).prop_map(|entries| {
                entries.into_iter().map(|(key, item)| (ron::Value::String(key), item)).collect()
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_ron_writes_is_read_as_ron_reads_it(written in any_value(), pretty in any::<bool>()) {
        let text = if pretty {
            ron::ser::to_string_pretty(&written, ron::ser::PrettyConfig::default()).unwrap()
        } else {
            ron::to_string(&written).unwrap()
        };
        let theirs: ron::Value = ron::from_str(&text).unwrap();
        let ours = read(&text).map_err(|problems| TestCaseError::fail(format!("{text}: {problems:?}")))?;
        prop_assert_eq!(value(&ours), widened(theirs), "{}", text);
    }

    #[test]
    fn no_text_breaks_the_reader(text in any::<String>()) {
        let _ = read(&text);
    }

    #[test]
    fn no_mixture_of_tokens_breaks_anything(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "(", ")", "[", "]", "{", "}", ",", ":", "\"", "'", "\\", "/*", "*/", "//", "\n", " ", "#", "r#\"", "b\"",
                "Scenario", "services", "format", "1", "-", "\"5s\"", "\"a -> b\"", "Some", "None", "\u{e9}", "1e", "0x",
            ]),
            0..60,
        )
    ) {
        let text: String = tokens.concat();
        let _ = read(&text);
        let _ = Scenario::parse(&text);
        let _ = Scenario::parse(&format!("Scenario(format: 1, {text})"));
    }

    #[test]
    fn no_damage_to_a_scenario_breaks_anything(at in 0_usize..1500, cut in 0_usize..40, put in "\\PC{0,6}") {
        let good = include_str!("good.ron");
        let at = at.min(good.len());
        let end = (at + cut).min(good.len());
        let text = format!("{}{put}{}", &good[..at], &good[end..]);
        // Damage is either harmless or reported at a place within the text.
        if let Err(rejected) = Scenario::parse(&text) {
            prop_assert!(!rejected.diagnostics.is_empty());
            for problem in rejected.diagnostics {
                prop_assert!(problem.span.start <= problem.span.end && problem.span.end as usize <= text.len());
            }
        }
    }
}

#[test]
fn all_forms_of_ron_are_read() {
    let node = read(include_str!("all.ron")).unwrap();
    let group = node.as_group().unwrap();
    assert_eq!((group.values.len(), group.fields.len()), (12, 3));
    assert_eq!(group.fields[0].key.value, "for");
    assert_eq!(group.values[0].node.as_text(), Some("raw \"text\""));
    assert_eq!(value(&group.values[3].node), ron::Value::Number(255_i64.into()));
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(read(&nested(MAX_DEPTH + 1)).unwrap_err(), ["nested too deeply"]);
    assert_eq!(read(&"(".repeat(1_000_000)).unwrap_err(), ["nested too deeply"]);
    assert!(Scenario::parse(&format!("Scenario(format: 1, name: {})", nested(60))).is_err());
}

fn document(bytes: &[u8]) -> Result<Document, Rejected> {
    Document::parse("a.ron", bytes, &|_| Err("no files".to_owned()))
}

#[test]
fn what_is_no_text_is_refused() {
    for (bytes, message) in [
        (&b"\xff\xfe\x00"[..], "`a.ron` is not a text in UTF-8: byte 0 is wrong"),
        (b"Scenario(\0)", "`a.ron` is not a text: it contains zero bytes"),
        (b"", "there is nothing here"),
        (b"// only a comment", "there is nothing here"),
        (b"[1, 2]", "a scenario is written `Scenario(...)`, this is a list"),
        (b"{ \"name\": 1 }", "a scenario is written `Scenario(...)`, this is a map"),
        (b"Scenario", "a scenario is written `Scenario(...)`, this is `Scenario`"),
    ] {
        let rejected = document(bytes).unwrap_err();
        assert_eq!(rejected.diagnostics[0].message, message);
    }
    let long = vec![b' '; (4 << 20) + 1];
    assert_eq!(document(&long).unwrap_err().diagnostics[0].message, "the text is too long: 4194305 bytes");
}

#[test]
fn windows_line_ends_and_byte_order_marks_are_fine() {
    let text = format!("\u{feff}{}", include_str!("good.ron").replace('\n', "\r\n"));
    let resolved = document(text.as_bytes()).unwrap().resolve(&Choice::default()).unwrap();
    assert_eq!(resolved.warnings, []);
    let misspelled = document("\u{feff} Scenari(format: 1)".as_bytes()).unwrap();
    let rejected = misspelled.resolve(&Choice::default()).unwrap_err();
    assert_eq!(rejected.sources.line_column(rejected.diagnostics[0].span), (1, 2));
}
