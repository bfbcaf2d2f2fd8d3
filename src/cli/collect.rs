//! The scenario files under some paths: files as named, directories searched for `.ron` in a stable order. Opens none.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::exit::{CliError, reason};

/// Directories deeper than this are not searched.
const DEEPEST: usize = 32;

/// All of them, each once.
pub(crate) fn scenarios(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        if path.is_dir() {
            search(path, 0, &mut found)?;
        } else {
            // What is wrong with a named file is told when it is read.
            found.push(path.clone());
        }
    }
    let mut once = std::collections::BTreeSet::new();
    found.retain(|path| once.insert(path.clone()));
    if found.is_empty() {
        let searched: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(CliError::wrong(format!("there is no .ron file under {}", searched.join(", ")))
            .help("`knockon new` writes a starter scenario"));
    }
    Ok(found)
}

/// Adds the files under a directory by name; hidden ones and links to directories are passed over.
fn search(directory: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let failed = |error: &std::io::Error| {
        CliError::wrong(format!("cannot read the directory `{}`: {}", directory.display(), reason(error)))
    };
    let mut entries = Vec::new();
    for entry in fs::read_dir(directory).map_err(|error| failed(&error))? {
        let entry = entry.map_err(|error| failed(&error))?;
        entries.push((entry.path(), entry.file_type().map_err(|error| failed(&error))?, entry.file_name()));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (path, kind, name) in entries {
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if kind.is_dir() && depth < DEEPEST {
            search(&path, depth + 1, found)?;
        } else if path.extension().is_some_and(|extension| extension == "ron") && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_searched_in_a_stable_order() {
        let root = tempfile::tempdir().unwrap();
        for name in ["b.ron", "a/z.ron", "a/y.txt", ".hidden/x.ron", "a/.w.ron"] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = scenarios(&[root.path().to_owned(), root.path().join("b.ron")]).unwrap();
        let names: Vec<_> = found.iter().map(|path| path.strip_prefix(root.path()).unwrap()).collect();
        assert_eq!(names, [Path::new("a/z.ron"), Path::new("b.ron")]);
        assert!(scenarios(&[root.path().join(".hidden")]).is_ok());
    }
}
