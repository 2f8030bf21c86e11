//! Command lines that mean nothing.

use crate::sandbox::{SECRET, Sandbox};

#[test]
fn are_refused_in_one_line_that_repeats_nothing() {
    let here = Sandbox::new("sqlite");
    let cases: [&[&str]; 17] = [
        &[],
        &[SECRET],
        &["lst"],
        &["set"],
        &["set", "c2c_bob"],
        &["set", "c2c_bob", "two", SECRET],
        &["set", "c2c_bob", "--store"],
        &["set", "c2c_bob", SECRET, "--json"],
        &["get"],
        &["get", "c2c_bob", SECRET],
        &["list", "--limit", SECRET],
        &["list", "--limit", "-1"],
        &["list", "--limit=1.5"],
        &["list", "--unknown"],
        &["copy", "sqlite:a"],
        &["--store", "sqlite:a", "--store", "sqlite:b", "list"],
        &["help", SECRET],
    ];
    for args in cases {
        let line = here.run_plain(args).refusal();
        assert!(line.starts_with("drafts: usage: ") && line.ends_with(" (try --help)"), "{line}");
    }
    assert!(here.files().is_empty());
}
