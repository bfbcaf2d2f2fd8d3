//! `validate`: the engine against theory.

use crate::desk::Desk;

#[test]
fn what_agrees_is_told_in_a_table() {
    let said = Desk::new().run(&["validate", "--only", "independent failures"]);
    insta::assert_snapshot!(said.succeeds().whole());
}

#[test]
fn too_few_seeds_are_told_of_and_fail() {
    let said = Desk::new().run(&["validate", "--only", "m/g/INFINITY", "--seeds", "2"]).exits(1);
    assert!(said.stdout.contains("too wide") && said.stderr.contains("--seeds N"), "{said:#?}");
}

#[test]
fn an_unknown_case_gets_a_suggestion() {
    Desk::new()
        .run(&["validate", "--only", "Erlang-B"])
        .exits(2)
        .complains(&["no case is called", "Erlang-A"]);
    Desk::new().run(&["validate", "--seeds", "1"]).exits(2).complains(&["from 2 to"]);
}

#[test]
fn programs_and_papers_get_the_same_rows() {
    let of = |format: &str| {
        let arguments = ["validate", "--only", "independent failures", "--jobs", "1", "--format", format];
        Desk::new().run(&arguments).succeeds().stdout
    };
    let data: serde_json::Value = serde_json::from_str(&of("json")).unwrap();
    let rows = data["rows"].as_array().unwrap();
    assert_eq!(data["agree"], data["judged"]);
    assert_eq!(rows.len() as u64, data["judged"].as_u64().unwrap());
    let paper = of("markdown");
    assert!(paper.starts_with("# Validation\n"));
    for row in rows {
        assert!(paper.contains(row["quantity"].as_str().unwrap()), "{row}");
    }
}
