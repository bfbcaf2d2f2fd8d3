//! `docs/conformance.md` against the tests: whatever it says is held by a test is.

use std::fs;
use std::path::{Path, PathBuf};

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Every test there is, as `file::name`.
fn tests() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    rust_files(&root.join("tests"), &mut files);
    let mut tests = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let mut marked = false;
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("fn ").filter(|_| marked) {
                let name = name.split('(').next().unwrap();
                let stem = file.file_stem().unwrap().to_string_lossy();
                tests.push(format!("{stem}::{name}"));
            }
            marked = line == "#[test]" || marked && line.starts_with("#[");
        }
    }
    assert!(tests.len() > 200, "the tests were found");
    tests
}

/// What stands in backticks in the columns `held by` of the document, which are the last: `name`, or `file::name`.
fn cited(document: &str) -> Vec<&str> {
    let mut cited = Vec::new();
    let mut header = "";
    let mut above = "";
    for line in document.lines() {
        let cell = line.trim_end().trim_end_matches('|').rsplit('|').next().unwrap_or("").trim();
        if line.starts_with("|-") {
            header = above;
        } else if !line.starts_with('|') {
            header = "";
        } else if header == "held by" {
            cited.extend(cell.split('`').skip(1).step_by(2));
        }
        above = cell;
    }
    cited
}

#[test]
fn every_test_that_the_conformance_tables_cite_exists() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/conformance.md");
    let document = fs::read_to_string(path).unwrap();
    let tests = tests();
    let cited = cited(&document);
    assert!(cited.len() > 30, "citations were found: {}", cited.len());
    let exists = |name: &str| {
        tests.iter().any(|test| test == name || test.split_once("::").is_some_and(|(_, own)| own == name))
    };
    let missing: Vec<&str> = cited.into_iter().filter(|name| !exists(name)).collect();
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
}
