//! `new`: the first minute with the program.

use crate::desk::Desk;

#[test]
fn new_writes_a_scenario_and_says_what_to_do_next() {
    let desk = Desk::new();
    insta::assert_snapshot!(desk.run(&["new", "Black Friday"]).whole());
    assert!(desk.read("black-friday.ron").contains("name: \"Black Friday\""));
}

#[test]
fn new_never_overwrites_unless_told_to() {
    let desk = Desk::new();
    desk.put("shop.ron", "precious");
    desk.run(&["new"]).exits(3).complains(&["`shop.ron` exists already", "--force"]);
    assert_eq!(desk.read("shop.ron"), "precious");
    desk.run(&["new", "--force"]).succeeds();
    assert!(desk.read("shop.ron").contains("format: 1"));
}

#[test]
fn new_says_where_it_cannot_write() {
    let desk = Desk::new();
    desk.run(&["new", "nowhere/shop.ron"]).exits(3).complains(&["there is no directory `nowhere`"]);
}

#[test]
fn the_starter_scenario_checks_and_its_expectations_hold() {
    let desk = Desk::with_shop();
    desk.run(&["check", "shop.ron"]).succeeds().tells(&["3 services", "no problems"]);
    desk.run(&["test", "shop.ron", "--seeds", "5"]).succeeds().tells(&["\n3 passed, 0 failed\n"]);
}
