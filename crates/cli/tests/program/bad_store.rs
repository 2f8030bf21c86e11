//! Stores that cannot be opened: every verb exits with 2, says why in one line, creates nothing and changes nothing.

use std::fs;

use crate::sandbox::{SECRET, Sandbox, on_every_engine};

/// Runs every verb on this store, those that may create a file included, and gives the lines they told.
fn every_verb(here: &Sandbox, url: &str) -> Vec<String> {
    let mut lines = verbs_that_create_nothing(here, url);
    lines.push(here.run_plain(&["--store", url, "set", "c2c_bob", SECRET]).refusal());
    lines.push(here.run_plain(&["copy", "memory:", url]).refusal());
    lines
}

fn verbs_that_create_nothing(here: &Sandbox, url: &str) -> Vec<String> {
    let verbs: [&[&str]; 6] = [
        &["get", "c2c_bob"],
        &["get", "c2c_bob", "--json"],
        &["clear", "c2c_bob"],
        &["list"],
        &["list", "--all", "--json"],
        &["check"],
    ];
    let mut lines: Vec<String> =
        verbs.iter().map(|verb| here.run_plain(&[&["--store", url], *verb].concat()).refusal()).collect();
    lines.push(here.run_plain(&["copy", url, &here.url("new.db")]).refusal());
    lines
}

#[track_caller]
fn all_tell(lines: &[String], expected: &str) {
    for line in lines {
        assert_eq!(line, expected);
    }
}

#[test]
fn a_missing_file() {
    on_every_engine(|here| {
        let url = here.url("drafts.db");
        let lines = verbs_that_create_nothing(here, &url);
        all_tell(&lines, &format!("drafts: open {url}: there is no such file or folder"));
        assert!(here.files().is_empty());
    });
}

#[test]
fn a_missing_folder() {
    on_every_engine(|here| {
        let url = here.url("no/drafts.db");
        all_tell(&every_verb(here, &url), &format!("drafts: open {url}: there is no such file or folder"));
        assert!(here.files().is_empty());
    });
}

#[test]
fn a_folder_in_place_of_a_file() {
    on_every_engine(|here| {
        fs::create_dir(here.path("drafts.db")).unwrap();
        let (url, before) = (here.url("drafts.db"), here.files());
        all_tell(&every_verb(here, &url), &format!("drafts: open {url}: the path cannot name a store: it is a folder"));
        assert_eq!(here.files(), before);
    });
}

#[test]
fn a_file_in_place_of_a_folder() {
    on_every_engine(|here| {
        fs::write(here.path("file"), "").unwrap();
        let before = here.files();
        every_verb(here, &here.url("file/drafts.db"));
        assert_eq!(here.files(), before);
    });
}

#[test]
fn a_foreign_file() {
    on_every_engine(|here| {
        for content in [&b"x"[..], "no store at all\n".repeat(10_000).as_bytes(), &[0xab; 8192]] {
            fs::write(here.path("drafts.db"), content).unwrap();
            let (url, before) = (here.url("drafts.db"), here.files());
            all_tell(&every_verb(here, &url), &format!("drafts: open {url}: the file is not a store of drafts"));
            assert_eq!(here.files(), before);
        }
    });
}

#[test]
fn a_store_of_another_engine() {
    on_every_engine(|here| {
        let other = if here.engine == "redb" { "sqlite" } else { "redb" };
        here.run(&["set", "c2c_bob", SECRET]).printed();
        let (url, before) = (format!("{other}:drafts.db"), here.files());
        all_tell(&every_verb(here, &url), &format!("drafts: open {url}: the file is not a store of drafts"));
        assert_eq!(here.files(), before);
    });
}

#[test]
fn a_truncated_file() {
    on_every_engine(|here| {
        for n in 0..30 {
            here.run_reading(&["set", &format!("c2c_{n}"), "-"], SECRET.repeat(400).as_bytes()).printed();
        }
        let whole = fs::read(here.path("drafts.db")).unwrap();
        for keep in [whole.len() / 2, 5000, 100] {
            fs::write(here.path("drafts.db"), &whole[..keep]).unwrap();
            here.run(&["check"]).refusal();
            here.run_plain(&["copy", &here.url("drafts.db"), &here.url("new.db")]).refusal();
            assert!(!here.path("new.db").exists());
            assert_eq!(fs::read(here.path("drafts.db")).unwrap(), &whole[..keep]);
        }
    });
}

#[test]
fn a_locked_file() {
    let here = Sandbox::new("redb");
    here.run(&["set", "c2c_bob", SECRET]).printed();
    let before = here.files();
    let held = chat_drafts::RedbStore::open(here.path("drafts.db")).unwrap();
    let url = here.url("drafts.db");
    all_tell(&every_verb(&here, &url), &format!("drafts: open {url}: the store is locked: it is open elsewhere"));
    assert_eq!(here.files().keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    drop(held);
    assert_eq!(here.run(&["get", "c2c_bob"]).text(), SECRET);
}

#[test]
fn an_address_that_is_none() {
    let here = Sandbox::new("sqlite");
    for url in [
        "",
        ":",
        ":a.db",
        "a.db",
        "mysql:a.db",
        "SQLITE:a.db",
        "sqlite",
        "sqlite:",
        "redb:",
        "memory:a",
        "sqlite::memory:",
        "sqlite:..",
        "redb:/",
    ] {
        for line in every_verb(&here, url) {
            assert!(line.starts_with(&format!("drafts: open {url}: ")), "{line}");
        }
    }
    assert!(here.files().is_empty());
}

#[test]
fn a_path_cannot_break_the_line() {
    on_every_engine(|here| {
        let line = here.run_plain(&["--store", &here.url("a\nb\u{202e}c"), "list"]).refusal();
        assert_eq!(line, format!("drafts: open {}:a⏎b\\u{{202e}}c: there is no such file or folder", here.engine));
    });
}

#[cfg(unix)]
#[test]
fn a_file_or_a_folder_without_permission() {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;

    on_every_engine(|here| {
        here.run(&["set", "c2c_bob", SECRET]).printed();
        let mode = |name: &str, mode| fs::set_permissions(here.path(name), Permissions::from_mode(mode)).unwrap();
        let is_root = fs::metadata(here.path("")).unwrap().uid() == 0;
        let program = Sandbox::new(here.engine);
        // By a process of its own: a file this one has open for writing, children that another test is just starting
        // included, cannot be run.
        let copy =
            std::process::Command::new("cp").arg(env!("CARGO_BIN_EXE_drafts")).arg(program.path("drafts")).status();
        assert!(copy.unwrap().success());
        fs::set_permissions(program.path(""), Permissions::from_mode(0o755)).unwrap();
        let refusal = |args: &[&str]| {
            let mut command = std::process::Command::new(program.path("drafts"));
            command.args(args).current_dir(here.path(""));
            if is_root {
                // Nothing is forbidden to root.
                command.uid(65534).gid(65534);
            }
            crate::sandbox::Ran::from(command.output().unwrap()).refusal()
        };
        let (url, new) = (here.url("drafts.db"), here.url("new.db"));
        let expected = |url: &str| format!("drafts: open {url}: no permission to read and write the store");

        mode("", 0o755);
        mode("drafts.db", 0o000);
        for args in [&["get", "c2c_bob"][..], &["list"], &["check"], &["clear", "c2c_bob"], &["set", "c2c_bob", SECRET]]
        {
            assert_eq!(refusal(&[&["--store", &url], args].concat()), expected(&url));
        }
        assert_eq!(refusal(&["copy", &url, "memory:"]), expected(&url));
        assert_eq!(refusal(&["copy", "memory:", &url]), expected(&url));

        mode("drafts.db", 0o600);
        mode("", 0o555);
        assert_eq!(refusal(&["--store", &new, "set", "c2c_bob", SECRET]), expected(&new));
        mode("", 0o755);
        assert!(!here.path("new.db").exists());
        assert_eq!(here.run(&["get", "c2c_bob"]).text(), SECRET);
    });
}
