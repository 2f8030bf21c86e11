//! What opening a path answers, and what it leaves there.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;

use chat_drafts_core::{Blocking, ConversationId, Drafts, Error, Query, Result};
use chat_drafts_store_redb::RedbStore;
use redb::{Database, TableDefinition};

fn open(path: &Path) -> Result<Blocking> {
    Ok(Drafts::new(RedbStore::open(path)?)?.blocking())
}

fn bob() -> ConversationId {
    ConversationId::user("bob").unwrap()
}

fn text(drafts: &Blocking, id: &ConversationId) -> Option<String> {
    drafts.get(id).unwrap().map(|draft| draft.text().to_owned())
}

/// Opening answers this error, and the file is as it was.
fn refuses(path: &Path, is_right: impl Fn(&Error) -> bool) {
    let before = fs::read(path).unwrap();
    let error = RedbStore::open(path).unwrap_err();
    assert!(is_right(&error), "{error:?}");
    assert!(fs::read(path).unwrap() == before, "the file was changed");
}

#[test]
fn drafts_are_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let texts = ["", "a\0b\n\u{202e}😀 ", &"x".repeat(1024 * 1024)];
    {
        let drafts = open(&path).unwrap();
        for (number, text) in texts.iter().enumerate() {
            drafts.set(&ConversationId::user(number.to_string()).unwrap(), *text).unwrap();
        }
        drafts.conversations().pin(&ConversationId::user("1").unwrap(), true).unwrap();
    }
    let drafts = open(&path).unwrap();
    for (number, expected) in texts.iter().enumerate() {
        let found = text(&drafts, &ConversationId::user(number.to_string()).unwrap());
        assert!(found.as_deref() == Some(*expected).filter(|text| !text.is_empty()), "text {number}");
    }
    let page = drafts.list(Query::all()).unwrap();
    let ids: Vec<_> = page.items.iter().map(|row| row.id().as_str()).collect();
    assert_eq!(ids, ["c2c_1", "c2c_2"], "the pinned one first");
    drafts.close().unwrap();
    assert!(matches!(drafts.get(&bob()), Err(Error::Closed)));
}

#[test]
fn the_lists_are_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let drafts = open(&folder.path().join("a.redb")).unwrap();
    let id = |number: usize| ConversationId::new(format!("{number}")).unwrap();
    for number in 0..300 {
        drafts.set(&id(number), "x").unwrap();
    }
    // Every third has no draft any more but is known, so that the list merges two shelves.
    for number in (0..300).step_by(3) {
        drafts.conversations().pin(&id(number), true).unwrap();
        drafts.conversations().pin(&id(number), number % 2 == 0).unwrap();
        drafts.clear(&id(number)).unwrap();
    }
    let all = drafts.conversations().list(Query::all()).unwrap().items;
    let expected: Vec<_> = (0..300)
        .rev()
        .filter(|number| number % 6 == 0)
        .chain((0..300).rev().filter(|number| number % 3 != 0))
        .collect();
    let found: Vec<usize> = all.iter().map(|row| row.id().as_str().parse().unwrap()).collect();
    assert_eq!(found, expected);
    let mut paged = Vec::new();
    let mut cursor = None;
    loop {
        let page = drafts.conversations().list(Query::first(7).after(cursor)).unwrap();
        paged.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert!(paged == all);
    drafts.check().unwrap();
}

#[test]
fn what_does_not_exist() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let opened = RedbStore::builder(&path).create(false).open();
    assert!(matches!(opened, Err(Error::NotFound)));
    assert!(!path.exists());

    let below = folder.path().join("missing").join("a.redb");
    assert!(matches!(RedbStore::open(&below), Err(Error::NotFound)));
    assert!(!below.parent().unwrap().exists());
}

#[test]
fn what_is_no_path() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path(), Path::new(""), Path::new(":memory:"), Path::new("/"), Path::new("a\0b")] {
        let opened = RedbStore::open(path);
        assert!(matches!(opened, Err(Error::InvalidPath { .. })), "{opened:?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_empty_file_is_a_new_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    for begun in [0, 1, 4096, 1024 * 1024] {
        fs::write(&path, vec![0; begun]).unwrap();
        let opened = RedbStore::builder(&path).create(false).open();
        assert!(matches!(opened, Err(Error::Corrupt { .. })), "{begun} zeros, none to be created: {opened:?}");
        assert!(fs::read(&path).unwrap() == vec![0; begun]);

        open(&path).unwrap().set(&bob(), "hi").unwrap();
        let drafts = Drafts::new(RedbStore::builder(&path).create(false).open().unwrap()).unwrap().blocking();
        assert_eq!(text(&drafts, &bob()).as_deref(), Some("hi"), "{begun} zeros");
    }
}

#[test]
fn foreign_files_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let mut sqlite = b"SQLite format 3\0".to_vec();
    sqlite.resize(8192, 1);
    let mut zeros_then_text = vec![0; 8192];
    zeros_then_text.extend(b"somebody's");
    for content in [b"hello\n".to_vec(), sqlite, zeros_then_text, b"redb".to_vec()] {
        fs::write(&path, content).unwrap();
        refuses(&path, |error| matches!(error, Error::Foreign));
    }
}

#[test]
fn a_redb_file_of_somebody_else_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    for name in ["records", "x", "chat_drafts"] {
        let database = Database::create(&path).unwrap();
        let transaction = database.begin_write().unwrap();
        transaction.open_table(TableDefinition::<u8, u8>::new(name)).unwrap().insert(1, 2).unwrap();
        transaction.commit().unwrap();
        drop(database);
        refuses(&path, |error| matches!(error, Error::Foreign));
        fs::remove_file(&path).unwrap();
    }
    let database = Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_multimap_table(redb::MultimapTableDefinition::<u8, u8>::new("x")).unwrap();
    transaction.commit().unwrap();
    drop(database);
    refuses(&path, |error| matches!(error, Error::Foreign));
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    open(&path).unwrap().set(&bob(), "hi").unwrap();
    let set_schema = |schema: Option<u64>| {
        let database = Database::create(&path).unwrap();
        let transaction = database.begin_write().unwrap();
        let mut about = transaction.open_table(TableDefinition::<&str, u64>::new("chat_drafts")).unwrap();
        match schema {
            Some(schema) => drop(about.insert("schema", schema).unwrap()),
            None => drop(about.remove("schema").unwrap()),
        }
        drop(about);
        transaction.commit().unwrap();
    };
    set_schema(Some(2));
    refuses(&path, |error| matches!(error, Error::SchemaTooNew { found: 2, supported: 1 }));
    set_schema(None);
    refuses(&path, |error| matches!(error, Error::Corrupt { .. }));
    set_schema(Some(1));
    assert_eq!(text(&open(&path).unwrap(), &bob()).as_deref(), Some("hi"));
}

#[test]
fn a_store_without_one_of_its_tables_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    open(&path).unwrap().set(&bob(), "hi").unwrap();
    let database = Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.delete_table(TableDefinition::<(u8, u64, &str), ()>::new("lists")).unwrap();
    transaction.commit().unwrap();
    drop(database);
    refuses(&path, |error| matches!(error, Error::Corrupt { .. }));
}

#[test]
fn one_store_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let first = RedbStore::open(&path).unwrap();
    assert!(matches!(RedbStore::open(&path), Err(Error::Locked)));
    #[cfg(unix)]
    {
        let (soft, hard) = (folder.path().join("soft"), folder.path().join("hard"));
        std::os::unix::fs::symlink(&path, &soft).unwrap();
        fs::hard_link(&path, &hard).unwrap();
        assert!(matches!(RedbStore::open(&soft), Err(Error::Locked)));
        assert!(matches!(RedbStore::open(&hard), Err(Error::Locked)));
        drop(first);
        drop(RedbStore::open(&soft).unwrap());
        RedbStore::open(&hard).unwrap();
    }
}

#[test]
fn a_lock_of_another_holder_is_respected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    open(&path).unwrap().set(&bob(), "hi").unwrap();
    let other = Database::open(&path).unwrap();
    refuses(&path, |error| matches!(error, Error::Locked));
    drop(other);
    let drafts = open(&path).unwrap();
    assert!(matches!(Database::open(&path), Err(redb::DatabaseError::DatabaseAlreadyOpen)));
    drafts.close().unwrap();
    Database::open(&path).unwrap();
}

#[test]
fn a_store_can_be_opened_right_after_it_was_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    for round in 0..20 {
        let drafts = open(&path).unwrap();
        drafts.set(&bob(), round.to_string()).unwrap();
        if round % 2 == 0 {
            drafts.close().unwrap();
        }
    }
}

#[test]
fn reading_does_not_touch_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    open(&path).unwrap().set(&bob(), "hi").unwrap();
    let before = fs::read(&path).unwrap();

    let drafts = open(&path).unwrap();
    assert_eq!(text(&drafts, &bob()).as_deref(), Some("hi"));
    drafts.set(&bob(), "hi").unwrap();
    drafts.clear(&ConversationId::user("eve").unwrap()).unwrap();
    drafts.check().unwrap();
    assert_eq!(drafts.list(Query::all()).unwrap().items.len(), 1);
    assert!(fs::read(&path).unwrap() == before, "while open");
    drafts.close().unwrap();
    assert!(fs::read(&path).unwrap() == before, "after close");
}

#[test]
fn a_builder_can_be_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let builder = RedbStore::builder(&path);
    drop(builder.clone().open().unwrap());
    fs::remove_file(&path).unwrap();
    drop(builder.open().unwrap());
    assert!(path.exists());
}

#[test]
fn debug_shows_no_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alice.redb");
    let builder = RedbStore::builder(&path).cache_size(1);
    let shown = format!("{builder:?} {:?}", builder.clone().open().unwrap());
    assert!(shown.contains("RedbBuilder") && shown.contains("RedbStore"), "{shown}");
    assert!(!shown.contains("alice"), "{shown}");
}
