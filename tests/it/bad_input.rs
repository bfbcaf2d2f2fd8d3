//! Bad input of every kind: a clear message, the right exit code, no panic.

use std::fs::{self, File};
use std::process::Stdio;

use crate::desk::{Desk, exists};

#[test]
fn a_missing_file_is_named() {
    Desk::new()
        .run(&["run", "shop.ron"])
        .exits(2)
        .complains(&["cannot read the scenario `shop.ron`: no such file or directory", "knockon new"]);
}

#[test]
fn a_directory_is_no_scenario() {
    let desk = Desk::new();
    fs::create_dir(desk.path("scenarios")).unwrap();
    desk.run(&["run", "scenarios"]).exits(2).complains(&["it is a directory"]);
    desk.run(&["check", "scenarios"]).exits(2).complains(&["it is a directory"]);
}

#[test]
fn binary_junk_is_no_scenario() {
    let desk = Desk::new();
    desk.put("zero.ron", [b'a', 0, b'b']);
    desk.put("junk.ron", [0xff_u8, 0xfe, 0x12, 0x80]);
    for name in ["zero.ron", "junk.ron"] {
        desk.run(&["run", name]).exits(2).complains(&["is not a text", "1 error"]);
    }
}

#[test]
fn an_empty_file_is_no_scenario() {
    let desk = Desk::new();
    desk.put("empty.ron", "");
    desk.run(&["run", "empty.ron"]).exits(2).complains(&["error["]);
}

#[test]
fn a_huge_file_is_refused_without_reading_all_of_it() {
    let desk = Desk::new();
    File::create(desk.path("huge.ron")).unwrap().set_len(100 << 20).unwrap();
    desk.run(&["run", "huge.ron"])
        .exits(2)
        .complains(&["it has 104,857,600 bytes; a scenario has at most 4,194,304"]);
}

#[cfg(unix)]
#[test]
fn a_device_or_a_pipe_is_no_scenario() {
    let desk = Desk::new();
    desk.run(&["run", "/dev/zero"]).exits(2).complains(&["it is not a regular file"]);
    let made = std::process::Command::new("mkfifo").arg(desk.path("pipe.ron")).status().unwrap();
    assert!(made.success());
    desk.run(&["run", "pipe.ron"]).exits(2).complains(&["it is not a regular file"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;

    let desk = Desk::with_shop();
    fs::set_permissions(desk.path("shop.ron"), fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(desk.path("shop.ron")).is_ok() {
        return; // The superuser may read everything.
    }
    desk.run(&["run", "shop.ron"]).exits(2).complains(&["permission denied"]);
}

#[test]
fn a_file_that_cannot_be_written_does_not_silence_the_story() {
    for more in [vec![], vec!["--seeds", "2"]] {
        let desk = Desk::with_shop();
        // A directory stands where the file would.
        desk.put("out/record.json/in-the-way", "");
        let words = [vec!["run", "shop.ron", "--no-pictures", "--out", "out"], more].concat();
        let said = desk.run(&words).exits(3).whole();
        for word in ["checkout", "cannot write", "record.json"] {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
}

#[test]
fn a_base_that_cannot_be_read_is_shown_in_the_file() {
    let desk = Desk::new();
    desk.put("incident.ron", "Scenario(\n    format: 1,\n    base: \"shop.ron\",\n)\n");
    desk.run(&["run", "incident.ron"]).exits(2).complains(&["incident.ron:3:", "shop.ron", "cannot be read"]);
}

#[test]
fn an_output_directory_that_is_a_file_fails_before_the_run() {
    let desk = Desk::with_shop();
    desk.put("taken", "precious");
    desk.run(&["run", "shop.ron", "--out", "taken"])
        .exits(3)
        .complains(&["cannot write to the directory `taken`", "--out DIR"]);
    assert_eq!(desk.read("taken"), "precious");
}

#[test]
fn a_trace_that_has_no_place_fails_before_the_run() {
    let desk = Desk::with_shop();
    desk.put("folder/file", "");
    for path in ["nowhere/trace.json", "folder"] {
        desk.run(&["run", "shop.ron", "--trace", path])
            .exits(3)
            .complains(&[&format!("cannot write `{path}`")]);
        assert!(!exists(&desk.path("output")), "nothing was simulated");
    }
}

#[test]
fn an_unknown_variant_gets_a_suggestion() {
    let desk = Desk::with_shop();
    desk.run(&["run", "shop.ron", "--variant", "no retry"])
        .exits(2)
        .complains(&["there is no variant `no retry`", "no retries"]);
    assert!(!exists(&desk.path("output")), "nothing is written for a wrong command line");
}

#[test]
fn a_wrong_override_is_shown_where_it_is_wrong() {
    let desk = Desk::with_shop();
    for (set, word) in [
        ("services.stok.threads=1", "stok"),
        ("services.stock.threads=many", "many"),
        ("services.stock.threads", "services.stock.threads"),
        ("=", "="),
        ("", "--set"),
        ("format=2", "format"),
        ("horizon=-1s", "-1s"),
    ] {
        desk.run(&["run", "shop.ron", "--set", set]).exits(2).complains(&["error[", "--set", word]);
    }
}

#[test]
fn numbers_out_of_range_are_refused() {
    let desk = Desk::with_shop();
    for number in ["0", "1e18", "1000000000000000000", "-1", "ten", ""] {
        desk.run(&["run", "shop.ron", &format!("--seeds={number}")])
            .exits(2)
            .complains(&["--seeds", "write a whole number from 1 to 100000"]);
    }
    desk.run(&["run", "shop.ron", "--jobs", "0"])
        .exits(2)
        .complains(&["write a whole number from 1 to 1024"]);
    desk.run(&["run", "shop.ron", "--max-wall", "5"]).exits(2).complains(&["the unit is missing"]);
    desk.run(&["run", "shop.ron", "--seed", "18446744073709551615", "--seeds", "2"])
        .exits(2)
        .complains(&["beyond the largest seed"]);
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let desk = Desk::with_shop();
    let mut child = desk
        .command(&["run", "shop.ron", "--no-pictures"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    assert!(exists(&desk.path("output/shop/summary.json")));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_stdout_is_an_error() {
    let desk = Desk::with_shop();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let said = desk.command(&["run", "shop.ron", "--no-pictures"]).stdout(full).output().unwrap();
    assert_eq!(said.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&said.stderr).contains("could not be written to stdout"));
}
