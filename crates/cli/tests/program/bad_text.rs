//! Texts and ids that are refused: the draft before is intact, and no file comes into being.

use crate::sandbox::{SECRET, Sandbox, on_every_engine};

/// Refused on an existing store without a change, and on a missing one without creating it.
fn is_refused(here: &Sandbox, run: impl Fn() -> crate::sandbox::Ran) -> String {
    let nothing = here.files();
    let line = run().refusal();
    assert_eq!(here.files(), nothing);
    here.run(&["set", "c2c_bob", "before"]).printed();
    let (files, rows) = (here.files(), here.run(&["list", "--all", "--json"]).text());
    assert_eq!(run().refusal(), line);
    assert_eq!(here.files(), files);
    assert_eq!(here.run(&["list", "--all", "--json"]).text(), rows);
    line
}

#[test]
fn a_text_above_one_mebibyte() {
    on_every_engine(|here| {
        let long = SECRET.repeat(50_000);
        let line = is_refused(here, || here.run_reading(&["set", "c2c_bob", "-"], long.as_bytes()));
        assert_eq!(line, "drafts: set: the text has 1200000 bytes, at most 1048576 are allowed");
    });
}

#[test]
fn stdin_that_is_not_utf_8() {
    on_every_engine(|here| {
        let broken = [SECRET.as_bytes(), b"\xff\xfe"].concat();
        let line = is_refused(here, || here.run_reading(&["set", "c2c_bob", "-"], &broken));
        assert_eq!(line, "drafts: set: invalid utf-8 sequence of 1 bytes from index 24");
    });
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    on_every_engine(|here| {
        let broken = OsStr::from_bytes(b"the-secret-of-this-draft\xff");
        let [set, get, bob] = ["set", "get", "c2c_bob"].map(OsStr::new);
        for args in
            [&[set, bob, broken][..], &[set, broken, bob], &[get, broken], &[OsStr::new("--store"), broken, get, bob]]
        {
            let line = here.run_plain(args).refusal();
            assert_eq!(line, "drafts: usage: an argument is not valid UTF-8 (try --help)");
        }
        assert!(here.files().is_empty());
    });
}

#[test]
fn what_is_no_id() {
    on_every_engine(|here| {
        let long = "x".repeat(513);
        for (id, reason) in [
            ("", "it is empty"),
            ("c2c_", "nothing follows its prefix"),
            ("group_", "nothing follows its prefix"),
            ("a\nb", "it has a control character"),
            ("\u{85}", "it has a control character"),
            (&long, "it has more than 512 bytes"),
        ] {
            for verb in ["set", "get", "clear"] {
                let text: &[&str] = if verb == "set" { &[SECRET] } else { &[] };
                let line = here.run(&[&[verb, id], text].concat()).refusal();
                assert_eq!(line, format!("drafts: {verb}: not a conversation id: {reason}"));
            }
        }
        assert!(here.files().is_empty());
    });
}
