//! `new`: writes a starter scenario that can be read like a tutorial. Never overwrites unless told to.

use std::path::{Path, PathBuf};

use knockon::unseen::is_unseen;

use crate::cli::args::NewArgs;
use crate::cli::crash::quoted;
use crate::cli::exit::{CliError, Exit};
use crate::cli::output::{slug, write_whole};
use crate::cli::terminal::Terminal;

/// The starter scenario.
pub(crate) const STARTER: &str = include_str!("starter.ron");
/// The name that stands in it.
const STARTER_NAME: &str = "Starter shop";

/// Runs the command.
pub(crate) fn new(args: &NewArgs, terminal: Terminal) -> Result<Exit, CliError> {
    let (path, name) = file(&args.name);
    if path.is_dir() {
        return Err(CliError::output(format!("`{}` is a directory", path.display()))
            .help("name a file in it, like `knockon new scenarios/shop.ron`"));
    }
    if path.exists() && !args.force {
        return Err(CliError::output(format!("`{}` exists already", path.display()))
            .help("choose another name, or overwrite it with `--force`"));
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty() && !parent.is_dir()) {
        return Err(
            CliError::output(format!("there is no directory `{}`", parent.display())).help("make it first")
        );
    }
    write_whole(&path, starter(&name).as_bytes())?;
    if !terminal.is_quiet() {
        let shown = quoted(&path.display().to_string());
        terminal.result(&format!(
            "wrote {shown}\n\nnext:\n  knockon check {shown}   find mistakes, without simulating\n  \
             knockon run {shown}     simulate it and read what happened\n  \
             knockon test {shown}    run its expectations, and those of its variants\n"
        ))?;
    }
    Ok(Exit::Done)
}

/// The file to write and the scenario's name: `Black Friday` gives `black-friday.ron`, a path stays as it is.
fn file(name: &str) -> (PathBuf, String) {
    let path = Path::new(name);
    let is_path =
        path.extension().is_some_and(|extension| extension == "ron") || path.components().count() > 1;
    if !is_path {
        return (PathBuf::from(format!("{}.ron", slug(name))), name.to_owned());
    }
    let path = if path.extension().is_some() { path.to_owned() } else { path.with_extension("ron") };
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    (path, stem)
}

/// The starter scenario under a name.
fn starter(name: &str) -> String {
    let name: String = name.chars().filter(|letter| !is_unseen(*letter)).collect();
    let safe = name.replace('\\', r"\\").replace('"', "\\\"");
    STARTER.replace(STARTER_NAME, &safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_file_and_a_path_stays_one() {
        assert_eq!(file("Black Friday"), ("black-friday.ron".into(), "Black Friday".to_owned()));
        assert_eq!(file("a/shop.ron"), ("a/shop.ron".into(), "shop".to_owned()));
        assert_eq!(file("a/shop"), ("a/shop.ron".into(), "shop".to_owned()));
        assert_eq!(file("shop.ron"), ("shop.ron".into(), "shop".to_owned()));
    }

    #[test]
    fn a_name_cannot_break_the_text() {
        assert!(starter(r#"a "b" \c"#).contains(r#"name: "a \"b\" \\c""#));
        assert!(!starter("x").contains(STARTER_NAME));
        assert!(starter("a\u{202e}b").contains(r#"name: "ab""#));
    }
}
