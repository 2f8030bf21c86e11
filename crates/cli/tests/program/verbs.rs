//! Every verb does what it says.

use chat_drafts::{ConversationId, ConversationUpdate};

use crate::sandbox::on_every_engine;

#[test]
fn a_draft_is_set_read_replaced_and_cleared() {
    on_every_engine(|here| {
        assert_eq!(here.run(&["set", "c2c_bob", "I'll be there at"]).text(), "");
        assert_eq!(here.run(&["get", "c2c_bob"]).text(), "I'll be there at");
        here.run(&["set", "c2c_bob", "nine"]).printed();
        assert_eq!(here.run(&["get", "c2c_bob"]).text(), "nine");
        assert_eq!(here.run(&["clear", "c2c_bob"]).text(), "");
        assert_eq!(here.run(&["clear", "c2c_bob"]).text(), "");
        let none = here.run(&["get", "c2c_bob"]);
        assert_eq!((none.code, none.stdout, none.stderr.as_str()), (Some(1), vec![], ""));
    });
}

#[test]
fn an_empty_text_clears() {
    on_every_engine(|here| {
        for nothing in [["set", "c2c_bob", ""], ["set", "c2c_bob", "-"]] {
            here.run(&["set", "c2c_bob", "hi"]).printed();
            here.run(&nothing).printed();
            assert_eq!(here.run(&["get", "c2c_bob"]).code, Some(1));
            assert_eq!(here.run(&["list", "--all"]).text(), "");
        }
    });
}

#[test]
fn get_exits_with_1_where_there_is_no_draft() {
    on_every_engine(|here| {
        here.run(&["set", "c2c_bob", "hi"]).printed();
        for args in [&["get", "c2c_eve"][..], &["get", "--json", "c2c_eve"], &["get", "c2c_eve", "--json"]] {
            let none = here.run(args);
            assert_eq!((none.code, none.stdout, none.stderr.as_str()), (Some(1), vec![], ""));
        }
    });
}

#[test]
fn the_list_shows_drafts_newest_first_and_pinned_ones_before() {
    on_every_engine(|here| {
        assert_eq!(here.run(&["set", "c2c_ann", "one"]).text(), "");
        here.run(&["set", "group_tea", "two"]).printed();
        here.run(&["set", "-1001", "three"]).printed();
        let drafts = here.library();
        let chats = drafts.blocking();
        let chats = chats.conversations();
        let ann = ConversationId::user("ann").unwrap();
        chats.update(&ann, ConversationUpdate::new().show_name("Ann")).unwrap();
        chats.pin(&ann, true).unwrap();
        let cy = ConversationId::user("cy").unwrap();
        chats.update(&cy, ConversationUpdate::new().show_name("Cy")).unwrap();
        pollster::block_on(drafts.close()).unwrap();

        let begins = |args: &[&str]| -> Vec<String> {
            let rows = here.run(args).text();
            rows.lines().map(|row| row.chars().take(12).collect::<String>().trim_end().to_owned()).collect()
        };
        assert_eq!(begins(&["list"]), ["📌 Ann", "   -1001", "   group_tea"]);
        assert_eq!(begins(&["list", "--all"]), ["📌 Ann", "   Cy", "   -1001", "   group_tea"]);
        assert_eq!(begins(&["list", "--limit", "2"]), ["📌 Ann", "   -1001"]);
        assert_eq!(begins(&["list", "--all", "--limit", "2"]), ["📌 Ann", "   Cy"]);
        assert_eq!(begins(&["list", "--limit", "0"]), [""; 0]);

        let rows = here.run(&["list"]).text();
        let ann = rows.lines().next().unwrap();
        assert!(ann.contains("  [Draft] one  ") && ann.as_bytes()[ann.len() - 3] == b':', "{ann}");
    });
}

#[test]
fn a_row_shows_what_disturbs_a_line() {
    on_every_engine(|here| {
        here.run(&["set", "\u{202e}evil", "a\nb\tc\u{1b}[31m\u{2066}d"]).printed();
        let rows = here.run(&["list"]).text();
        assert!(rows.starts_with("   \\u{202e}evil "), "{rows}");
        assert!(rows.contains("[Draft] a⏎b␉c␛[31m\\u{2066}d "), "{rows}");
        assert_eq!(rows.lines().count(), 1);
    });
}

#[test]
fn without_a_limit_all_rows_are_listed() {
    on_every_engine(|here| {
        let drafts = here.library();
        let told = (0..2000)
            .map(|n| (ConversationId::user(format!("{n:04}")).unwrap(), ConversationUpdate::new().unread_count(1)));
        drafts.blocking().conversations().update_many(told).unwrap();
        pollster::block_on(drafts.close()).unwrap();
        assert_eq!(here.run(&["list"]).text(), "");
        let rows = here.run(&["list", "--all"]).text();
        assert_eq!((rows.lines().count(), rows.lines().next()), (2000, Some("   c2c_1999")));
    });
}

#[test]
fn check_counts() {
    on_every_engine(|here| {
        here.run(&["set", "c2c_bob", "hi"]).printed();
        let line = here.run(&["check"]).text();
        let digest = line.strip_prefix("ok: 1 conversation, 1 draft, digest ").unwrap().trim_end();
        assert!(digest.len() == 16 && digest.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')), "{line}");
        here.run(&["clear", "c2c_bob"]).printed();
        assert!(here.run(&["check"]).text().starts_with("ok: 0 conversations, 0 drafts, digest "));
    });
}

#[test]
fn the_store_is_a_sqlite_file_if_none_is_named() {
    let here = crate::sandbox::Sandbox::new("sqlite");
    here.run_plain(&["set", "c2c_bob", "hi"]).printed();
    assert!(here.path("drafts.db").is_file());
    assert_eq!(here.run_plain(&["get", "c2c_bob"]).text(), "hi");
    assert_eq!(here.run_plain(&["get", "c2c_bob", "--store", "sqlite:drafts.db"]).text(), "hi");
}

#[test]
fn everything_behind_the_first_colon_is_the_path() {
    on_every_engine(|here| {
        for name in ["a:b", "a b?mode=ro", "file:x%20y", "ü.db"] {
            here.run_plain(&["--store", &here.url(name), "set", "c2c_bob", name]).printed();
            assert!(here.path(name).is_file(), "{name}");
            assert_eq!(here.run_plain(&["--store", &here.url(name), "get", "c2c_bob"]).text(), name);
        }
    });
}

#[test]
fn memory_lasts_as_long_as_the_program() {
    let here = crate::sandbox::Sandbox::new("sqlite");
    here.run_plain(&["--store", "memory:", "set", "c2c_bob", "hi"]).printed();
    assert_eq!(here.run_plain(&["--store", "memory:", "get", "c2c_bob"]).code, Some(1));
    assert!(here.files().is_empty());
}

#[test]
fn help_and_version_are_no_errors() {
    let here = crate::sandbox::Sandbox::new("sqlite");
    let help = here.run_plain(&["--help"]).text();
    for verb in ["set", "get", "clear", "list", "copy", "check"] {
        assert!(help.contains(&format!("\n  {verb} ")), "{help}");
        assert!(here.run_plain(&[verb, "--help"]).text().contains("Usage: drafts "));
    }
    assert_eq!(here.run_plain(&["--version"]).text(), format!("drafts {}\n", env!("CARGO_PKG_VERSION")));
    assert!(here.files().is_empty());
}
