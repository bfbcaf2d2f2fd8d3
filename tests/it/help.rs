//! What the program says about itself.

use crate::desk::Desk;

/// The help of a command, short and long.
fn help_of(command: &[&str]) -> String {
    let desk = Desk::new();
    let said = |option| desk.run(&[command, &[option]].concat()).succeeds().stdout;
    format!("{}\n=====\n\n{}", said("-h"), said("--help"))
}

#[test]
fn the_help_of_the_program_is_known() {
    insta::assert_snapshot!(help_of(&[]));
}

#[test]
fn the_help_of_run_is_known() {
    insta::assert_snapshot!(help_of(&["run"]));
}

#[test]
fn the_help_of_check_is_known() {
    insta::assert_snapshot!(help_of(&["check"]));
}

#[test]
fn the_help_of_graph_is_known() {
    insta::assert_snapshot!(help_of(&["graph"]));
}

#[test]
fn the_help_of_report_is_known() {
    insta::assert_snapshot!(help_of(&["report"]));
}

#[test]
fn the_help_of_test_is_known() {
    insta::assert_snapshot!(help_of(&["test"]));
}

#[test]
fn the_help_of_validate_is_known() {
    insta::assert_snapshot!(help_of(&["validate"]));
}

#[test]
fn the_help_of_new_is_known() {
    insta::assert_snapshot!(help_of(&["new"]));
}

#[test]
fn the_help_of_explain_is_known() {
    insta::assert_snapshot!(help_of(&["explain"]));
}

#[test]
fn the_version_goes_to_stdout() {
    Desk::new().run(&["--version"]).succeeds().tells(&["knockon ", env!("CARGO_PKG_VERSION")]);
}

#[test]
fn without_a_command_the_help_is_shown_as_an_error() {
    Desk::new().run(&[]).exits(2).complains(&["Usage: knockon", "Commands:"]);
}

#[test]
fn a_mistyped_option_gets_a_suggestion() {
    let desk = Desk::new();
    desk.run(&["run", "shop.ron", "--varient", "x"]).exits(2).complains(&["--variant"]);
    desk.run(&["chekc"]).exits(2).complains(&["check"]);
}

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        Desk::new().run(&["completions", shell]).succeeds().tells(&["knockon"]);
    }
}
