//! The house rules, as tests: layers, sizes, headers, banned words.

use std::fs;
use std::path::{Path, PathBuf};

/// Layers from the bottom up. A module imports only from its own layer's folder and from layers before it; modules of
/// one line stand side by side and do not know each other, except as `SIBLINGS` says.
const LAYERS: &[&[&str]] = &[
    &["time", "random", "failure", "id", "histogram", "suggest", "diagnostic", "unseen"],
    &["distribution"],
    &["scenario"],
    &["policy"],
    &["model"],
    &["graph"],
    &["engine"],
    &["record"],
    &["blame"],
    &["analysis"],
    &["experiment"],
    &["validation"],
    &["report", "plot"],
    &["cli"],
];

/// Lines of a file, tests included.
const MAX_LINES: usize = 500;

struct Source {
    path: PathBuf,
    /// Path below `src`, with `/`.
    name: String,
    text: String,
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let source = |path: PathBuf| Source {
        name: path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"),
        text: fs::read_to_string(&path).unwrap(),
        path,
    };
    let all: Vec<Source> = paths.into_iter().map(source).collect();
    assert!(all.len() > 50, "the sources were found");
    all
}

/// The top-level module that a file belongs to.
fn module(name: &str) -> &str {
    name.split('/').next().unwrap().trim_end_matches(".rs")
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn is_test_file(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("tests.rs") || name.ends_with("fixture.rs")
}

#[test]
fn modules_import_only_from_layers_below() {
    let mut wrong = Vec::new();
    for source in sources() {
        let own = module(&source.name);
        if own == "lib" || own == "main" {
            continue;
        }
        let own_layer = layer(own).unwrap_or_else(|| panic!("{}: its module has no layer", source.name));
        for (number, line) in source.text.lines().enumerate() {
            let code = line.split("//").next().unwrap();
            for imported in code.split("crate::").skip(1).chain(code.split("knockon::").skip(1)) {
                let imported: String =
                    imported.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some(other) = layer(&imported) else { continue };
                if imported != own && other >= own_layer {
                    wrong.push(format!("{}:{} imports {imported}", source.name, number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports upward or sideways:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_owns() {
    for source in sources() {
        assert!(source.text.starts_with("//! "), "{}: no //! header", source.name);
    }
}

#[test]
fn files_are_short() {
    for source in sources() {
        let lines = source.text.lines().count();
        assert!(lines <= MAX_LINES, "{}: {lines} lines; is it one concept?", source.name);
    }
    let main = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs")).unwrap();
    assert!(main.lines().count() <= 60, "main.rs reads as the specification");
}

#[test]
fn every_file_is_part_of_the_tree() {
    for source in sources() {
        let path = &source.path;
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        if ["lib", "main"].contains(&stem.as_str()) && path.parent().unwrap().ends_with("src") {
            continue;
        }
        let folder = path.parent().unwrap();
        let (name, above) = if stem == "mod" {
            (folder.file_name().unwrap().to_string_lossy().into_owned(), folder.parent().unwrap())
        } else {
            (stem, folder)
        };
        let parents =
            [above.join("mod.rs"), above.join("lib.rs"), above.join("main.rs"), above.with_extension("rs")];
        let declared = parents.iter().filter_map(|parent| fs::read_to_string(parent).ok()).any(|text| {
            text.lines().any(|line| line.trim_end_matches(';').ends_with(&format!("mod {name}")))
        });
        assert!(declared, "{}: no module declares it", source.name);
    }
}

#[test]
fn folders_open_with_documentation_and_exports_only() {
    for source in
        sources().iter().filter(|source| source.name.ends_with("/mod.rs") && !is_test_file(&source.name))
    {
        let code = source.text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            assert!(
                !line.trim_start().starts_with("fn ") && !line.contains(" fn "),
                "{}: {line}",
                source.name
            );
        }
    }
}

#[test]
fn nothing_in_the_core_can_differ_from_run_to_run() {
    let everywhere = ["StdRng", "SmallRng", "rand::rng(", "rand::random", "thread_rng", "RandomState"];
    let core = ["Instant::now", "SystemTime", "std::thread", "println!", "print!(", "std::fs", "std::env"];
    let layers = ["policy", "model", "engine", "record", "blame", "analysis", "scenario"];
    for source in sources() {
        if is_test_file(&source.name) {
            continue;
        }
        // Tests at the end of a file may read files and print.
        let code = source.text.split("#[cfg(test)]").next().unwrap();
        for word in everywhere {
            assert!(!code.contains(word), "{}: {word}", source.name);
        }
        if layers.contains(&module(&source.name)) {
            for word in core {
                assert!(!code.contains(word), "{}: {word}", source.name);
            }
        }
    }
}

#[test]
fn hash_maps_are_only_looked_up() {
    // `random` defines a map from keys. The pairing sorts its keys before it goes over them; the last answers and the
    // users of a blast radius, why requests ended and what touched those under way are never gone over.
    let kinds = ["HashMap", "HashSet", "KeyMap"];
    let users: Vec<String> = sources()
        .into_iter()
        .filter(|source| kinds.iter().any(|kind| source.text.contains(kind)))
        .map(|source| source.name)
        .collect();
    let known = [
        "analysis/blast.rs",
        "analysis/pairing.rs",
        "blame/reasons.rs",
        "blame/tracker.rs",
        "policy/last_answers.rs",
        "random.rs",
        "record/containment.rs",
    ];
    assert_eq!(users, known);
}

#[test]
fn no_serde_flatten_or_untagged() {
    for source in sources() {
        assert!(
            !source.text.contains("serde(flatten)") && !source.text.contains("untagged"),
            "{}",
            source.name
        );
    }
}

/// What `.ci/sabotage` would break stands where its patches say: else they would not apply.
#[test]
fn what_is_to_be_broken_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(root.join("tests/sabotage")).unwrap() {
        let path = entry.unwrap().path();
        let patch = fs::read_to_string(&path).unwrap();
        let mut hunks = 0;
        for file in patch.split("\n+++ b/").skip(1) {
            let (name, changes) = file.split_once('\n').unwrap();
            let text = fs::read_to_string(root.join(name)).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            for hunk in changes.split("\n@@ ") {
                let old = hunk.lines().skip(1).take_while(|line| !line.starts_with("diff "));
                let old: Vec<&str> = old
                    .filter(|line| !line.starts_with('+'))
                    .map(|line| line.get(1..).unwrap_or_default())
                    .collect();
                assert!(
                    lines.windows(old.len()).any(|there| there == old),
                    "{}: it does not apply",
                    path.display()
                );
                hunks += 1;
            }
        }
        assert!(hunks > 0, "{}: it breaks nothing", path.display());
    }
}
