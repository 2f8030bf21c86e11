//! Addresses of stores, and one file per account.

#![allow(clippy::unwrap_used)]

use chat_drafts::{ConversationId, Error, open, open_account, open_existing};
use pollster::block_on;

fn refusal(url: &str) -> Error {
    block_on(open(url)).unwrap_err()
}

#[test]
fn addresses_that_lead_nowhere() {
    for unknown in ["", "alice.db", "postgres:alice", "SQLite:alice.db", ":alice.db", "/tmp/alice.db"] {
        assert!(matches!(refusal(unknown), Error::UnknownEngine), "{unknown}");
    }
    for pathless in ["sqlite:", "redb:", "memory:alice", "sqlite::memory:"] {
        assert!(matches!(refusal(pathless), Error::InvalidPath { .. }), "{pathless}");
    }
    for missing in ["sqlite:no/such/folder/alice.db", "redb:no/such/folder/alice.redb"] {
        assert!(matches!(refusal(missing), Error::NotFound), "{missing}");
    }
}

#[test]
fn all_after_the_first_colon_is_the_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a:b?c=d.db");
    drop(block_on(open(&format!("sqlite:{}", path.display()))).unwrap());
    assert!(path.is_file());
}

#[test]
fn what_exists_is_opened_and_nothing_is_created() {
    let folder = tempfile::tempdir().unwrap();
    for engine in ["sqlite", "redb"] {
        let url = format!("{engine}:{}", folder.path().join(engine).display());
        assert!(matches!(block_on(open_existing(&url)), Err(Error::NotFound)));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn accounts_never_see_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let long = "ä".repeat(33);
    let names = ["alice", "Alice", "..", "../alice", "a/b", "a\\b", "al:ice", "con", "\0", &long, &long[..64]];
    let bob = ConversationId::user("bob").unwrap();
    for engine in ["sqlite", "redb", "memory"] {
        let account = |name: &str| block_on(open_account(folder.path(), engine, name)).unwrap().blocking();
        let all: Vec<_> = names.iter().map(|name| account(name)).collect();
        for (drafts, name) in all.iter().zip(names) {
            assert_eq!(drafts.get(&bob).unwrap(), None, "the text of another account");
            drafts.set(&bob, format!("of {name}")).unwrap();
        }
        for (drafts, name) in all.iter().zip(names) {
            assert_eq!(drafts.get(&bob).unwrap().unwrap().text(), format!("of {name}"));
            drafts.close().unwrap();
        }
        if engine != "memory" {
            drop(all);
            assert_eq!(account("Alice").get(&bob).unwrap().unwrap().text(), "of Alice");
        }
    }
    assert!(matches!(block_on(open_account(folder.path(), "sqlite", "")), Err(Error::InvalidAccount { .. })));
    let too_long = block_on(open_account(folder.path(), "sqlite", &"ä".repeat(34)));
    assert!(matches!(too_long, Err(Error::InvalidAccount { .. })));
    let nowhere = folder.path().join("missing");
    assert!(matches!(block_on(open_account(&nowhere, "sqlite", "alice")), Err(Error::NotFound)));
    assert!(!nowhere.exists());
    assert!(matches!(block_on(open_account(folder.path(), "oracle", "alice")), Err(Error::UnknownEngine)));
}

#[test]
fn one_account_is_open_once() {
    let folder = tempfile::tempdir().unwrap();
    let first = block_on(open_account(folder.path(), "sqlite", "alice")).unwrap();
    assert!(matches!(block_on(open_account(folder.path(), "sqlite", "alice")), Err(Error::Locked)));
    drop(first);
    block_on(open_account(folder.path(), "sqlite", "alice")).unwrap();
}
