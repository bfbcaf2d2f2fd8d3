//! `graph`: who calls whom, in three formats, whatever the names and the size.

use crate::desk::{Desk, exists};
use crate::support::library;

#[path = "../../benches/scale/topology.rs"]
mod topology;

/// Names that would be markup or end their quotes in one of the formats.
const HOSTILE: &str = r#"Scenario(
    format: 1, name: "a \"quoted\" <b>name</b> & \\N", horizon: "10s",
    services: {
        "back\\slash\\": Service(operations: { "x};`|": [Call("<i>x</i> & &lt;.op|1")] }),
        "<i>x</i> & &lt;": Service(
            caches: { "c|`#quot;": Warming(hit_ratio: "90%", after: 5) },
            operations: { "op|1": [Lookup("c|`#quot;", miss: [Call("line break.go")])] },
        ),
        "line break": Service(operations: { "go": [Work("1ms")] }),
    },
    calls: { "back\\slash\\ -> <i>x</i> & &lt;": Policy(timeout: "1s") },
    traffic: { "`md` %%{init}%%": Open(rate: "10/s", entry: "back\\slash\\.x};`|") },
)
"#;

fn hostile(format: &str) -> String {
    let desk = Desk::new();
    desk.put("hostile.ron", HOSTILE);
    desk.run(&["graph", "hostile.ron", "--format", format]).succeeds().stdout
}

#[test]
fn a_small_system_is_drawn_in_every_format() {
    let desk = Desk::with_shop();
    for format in ["svg", "dot", "mermaid"] {
        let said = desk.run(&["graph", "shop.ron", "--format", format]).succeeds();
        assert_eq!(said.stderr, "");
        insta::assert_snapshot!(format!("graph_{format}"), said.stdout);
    }
}

#[test]
fn the_picture_goes_to_stdout_or_to_a_file_in_the_format_of_its_name() {
    let desk = Desk::with_shop();
    let svg = desk.run(&["graph", "shop.ron"]).succeeds().stdout;
    assert!(svg.starts_with("<svg "));
    for (file, begin) in
        [("a.svg", "<svg "), ("a.dot", "digraph "), ("a.mmd", "flowchart "), ("plain", "<svg ")]
    {
        let said = desk.run(&["graph", "shop.ron", "--out", file]).succeeds();
        assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("", ""));
        assert!(desk.read(file).starts_with(begin), "{file}");
    }
    assert_eq!(desk.read("a.svg"), svg);
    assert!(!exists(&desk.path("output")), "nothing is simulated");
}

#[test]
fn variants_and_overrides_are_drawn() {
    let desk = Desk::with_shop();
    let dot = |more: &[&str]| {
        desk.run(&[&["graph", "shop.ron", "--format", "dot"], more].concat()).succeeds().stdout
    };
    assert!(dot(&[]).contains("3 attempts"));
    assert!(!dot(&["--variant", "no retries"]).contains("attempts"));
    assert!(dot(&["--variant", "no retries"]).contains("label=\"shop: no retries\""));
    assert!(dot(&["--set", "services.stock.threads=77"]).contains("77 threads"));
}

#[test]
fn mistakes_end_as_in_other_commands() {
    let desk = Desk::with_shop();
    desk.put("wrong.ron", "Scenario(format: 1)");
    desk.run(&["graph", "wrong.ron"]).exits(2).complains(&["error["]);
    desk.run(&["graph", "missing.ron"]).exits(2).complains(&["cannot read the scenario `missing.ron`"]);
    desk.run(&["graph", "shop.ron", "--variant", "no retires"]).exits(2).complains(&["no retries"]);
    desk.run(&["graph", "shop.ron", "--out", "a.png"])
        .exits(2)
        .complains(&["there is no graph in the format of `.png`", "--format"]);
    desk.run(&["graph", "shop.ron", "--out", "a.png", "--format", "svg"]).succeeds();
    desk.run(&["graph", "shop.ron", "--out", "nowhere/a.svg"])
        .exits(3)
        .complains(&["cannot write `nowhere/a.svg`"]);
}

#[test]
fn hostile_names_stay_words_in_a_picture() {
    let svg = hostile("svg");
    let document = roxmltree::Document::parse(&svg).unwrap();
    let words: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
        .filter_map(|node| node.text().map(str::trim))
        .collect();
    for name in ["back\\slash\\", "<i>x</i> & &lt;", "line break", "a \"quoted\" <b>name</b> & \\N"] {
        assert!(words.iter().any(|word| word.starts_with(name)), "{name}: {words:?}");
    }
}

/// What is left of a text in the language of DOT without its quoted strings, and these.
fn unquoted(dot: &str) -> (String, Vec<String>) {
    let (mut outside, mut strings, mut inside, mut escaped) =
        (String::new(), Vec::new(), None::<String>, false);
    for letter in dot.chars() {
        match &mut inside {
            None if letter == '"' => inside = Some(String::new()),
            None => outside.push(letter),
            Some(_) if letter == '"' && !escaped => strings.extend(inside.take()),
            Some(string) => {
                string.push(letter);
                escaped = letter == '\\' && !escaped;
            }
        }
    }
    assert_eq!(inside, None, "a string has no end");
    (outside, strings)
}

#[test]
fn hostile_names_stay_words_in_dot() {
    let (outside, strings) = unquoted(&hostile("dot"));
    let plain = |c: char| c.is_ascii_alphanumeric() || " \n{}[]=,;->".contains(c);
    assert!(outside.chars().all(plain), "{outside}");
    assert_eq!(outside.matches("->").count(), 3);
    assert!(strings.contains(&r"back\\slash\\\n1 × 200 threads\nqueue 100".to_owned()), "{strings:?}");
    assert!(strings.iter().any(|string| string.starts_with("<i>x</i> &amp; &amp;lt;\\n")), "{strings:?}");
}

#[test]
fn hostile_names_stay_words_in_mermaid() {
    let text = hostile("mermaid");
    for line in text.lines().skip(1) {
        let parts: Vec<&str> = line.split('"').collect();
        assert!(matches!(parts.len(), 1 | 3), "a name ends its quotes: {line}");
        let words = parts.get(1).unwrap_or(&"").replace("<br/>", " ");
        assert!(!words.contains(['<', '>', '`', '|', '{', '[', ']', '\\', '&']), "{line}");
    }
    assert_eq!(text.lines().count(), 1 + 4 + 3, "{text}");
}

/// A thousand services: of the picture and of Mermaid's text a part, of DOT's everything.
#[test]
fn a_large_system_is_no_blob_and_says_what_is_left_out() {
    let desk = Desk::new();
    desk.put("large.ron", topology::Topology { services: 1_000, ..topology::Topology::default() }.text());
    let said = desk.run(&["graph", "large.ron"]).succeeds();
    let words = "Not drawn: 960 services farther from the users; ";
    assert!(said.stdout.contains(words) && said.stderr.contains(words), "{}", said.stderr);
    let size = roxmltree::Document::parse(&said.stdout).unwrap();
    let height: f64 = size.root_element().attribute("height").unwrap().parse().unwrap();
    assert!(height < 4_000.0, "{height}");
    let said = desk.run(&["graph", "large.ron", "--format", "mermaid"]).succeeds();
    assert!(said.stdout.len() <= 50_000 && said.stdout.matches("-->").count() <= 500);
    assert!(said.stdout.contains("%% Not drawn: ") && said.stderr.contains("Not drawn: "));
    let said = desk.run(&["graph", "large.ron", "--format", "dot"]).succeeds();
    assert_eq!(said.stdout.matches("\\nqueue 100").count(), 1_000);
    assert_eq!(said.stderr, "");
}

#[test]
fn the_flagship_is_told_in_full() {
    let desk = Desk::new();
    desk.put("thursday.ron", std::fs::read(library("thursday-checkout-outage.ron")).unwrap());
    let svg = desk.run(&["graph", "thursday.ron"]).succeeds().stdout;
    for words in ["queue unbounded", "cache profile:", "4 attempts", "no backoff", "call without a timeout"] {
        assert!(svg.contains(words), "{words}");
    }
    assert!(!svg.contains('\u{2026}'), "no word is cut");
}
