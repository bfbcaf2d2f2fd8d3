//! What is said when the program itself is wrong: that it is, and the one command that shows it again.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write as _;
use std::panic;

use knockon::unseen::is_unseen;

/// Installs the words for a panic. The exit code stays Rust's own, 101.
pub(crate) fn install() {
    panic::set_hook(Box::new(|info| {
        let arguments: Vec<String> =
            std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
        let _ = writeln!(std::io::stderr(), "{}", words(&info.to_string(), &arguments));
        // Empty unless RUST_BACKTRACE asks for it.
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            let _ = writeln!(std::io::stderr(), "{trace}");
        }
    }));
}

/// What is said.
fn words(panic: &str, arguments: &[String]) -> String {
    let command = std::iter::once("knockon".to_owned())
        .chain(arguments.iter().map(|argument| quoted(argument)))
        .collect::<Vec<_>>()
        .join(" ");
    format!(
        "internal error: knockon {} is wrong here, not your scenario\n  {panic}\n\
         please report it with the scenario and the command that shows it again:\n  {command}",
        env!("CARGO_PKG_VERSION")
    )
}

/// An argument as a shell reads it back.
pub(crate) fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if argument.contains(is_unseen) {
        format!("$'{}'", argument.chars().map(escape).collect::<String>())
    } else if !argument.is_empty() && argument.chars().all(is_plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

/// A character within `$'...'`, what cannot be seen by its number.
fn escape(c: char) -> String {
    match c {
        '\'' | '\\' => format!("\\{c}"),
        _ if is_unseen(c) => format!("\\U{:08x}", u32::from(c)),
        _ => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_spelled_out() {
        assert_eq!(quoted("a\u{202e}b'c\\"), r"$'a\U0000202eb\'c\\'");
    }

    #[test]
    fn a_crash_names_the_command_that_shows_it_again() {
        let arguments = ["run", "my shop.ron", "--set", "calls.\"a -> b\".timeout=it's"].map(str::to_owned);
        let said = words("panicked at src/engine.rs:1:2", &arguments);
        assert!(said.contains("panicked at src/engine.rs:1:2"), "{said}");
        assert!(
            said.ends_with(r#"knockon run 'my shop.ron' --set 'calls."a -> b".timeout=it'\''s'"#),
            "{said}"
        );
    }
}
