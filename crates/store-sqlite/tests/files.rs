//! What the file can be when a store is opened on it, and what then becomes of it.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use chat_drafts_core::store::Task;
use chat_drafts_core::{ConversationId, Drafts, Error, Query, Result};
use chat_drafts_store_sqlite::SqliteStore;
use rusqlite::Connection;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn bob() -> ConversationId {
    ConversationId::user("bob").unwrap()
}

/// A closed store with a few drafts in it.
fn filled(path: &Path) {
    let drafts = Drafts::new(SqliteStore::open(path).unwrap()).unwrap().blocking();
    for number in 0..50 {
        drafts.set(&ConversationId::user(number.to_string()).unwrap(), "text ".repeat(100)).unwrap();
    }
    drafts.set(&bob(), "hi").unwrap();
    drafts.close().unwrap();
}

/// Opening gives this error, and the file is byte for byte what it was, with nothing new beside it.
fn refused(path: &Path, is_it: impl Fn(&Error) -> bool) {
    let beside = || fs::read_dir(path.parent().unwrap()).unwrap().count();
    let (before, count) = (fs::read(path).unwrap(), beside());
    let refusal = SqliteStore::open(path).unwrap_err();
    assert!(is_it(&refusal), "{refusal:?}");
    assert!(fs::read(path).unwrap() == before, "the file was changed");
    assert_eq!(beside(), count, "something was created beside it");
}

#[test]
fn paths_that_name_no_store() {
    let folder = folder();
    let opened = |path: &Path| SqliteStore::open(path).map(drop).unwrap_err();
    assert!(matches!(opened(Path::new("")), Error::InvalidPath { .. }));
    assert!(matches!(opened(folder.path()), Error::InvalidPath { .. }));
    assert!(matches!(opened(Path::new(":memory:")), Error::InvalidPath { .. }));
    assert!(matches!(opened(Path::new("a\0b")), Error::InvalidPath { .. }));
    assert!(matches!(opened(Path::new("/dev/null")), Error::InvalidPath { .. }));
    assert!(matches!(opened(&folder.path().join("missing/alice.db")), Error::NotFound));
    let deep = folder.path().join("x".repeat(250)).join("x".repeat(250));
    fs::create_dir_all(&deep).unwrap();
    assert!(matches!(opened(&deep.join("alice.db")), Error::InvalidPath { .. }));
    assert_eq!(fs::read_dir(&deep).unwrap().count(), 0);
    fs::remove_dir_all(deep.parent().unwrap()).unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(opened(&file.join("alice.db")), Error::InvalidPath { .. }));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "only what the test has made");
}

#[test]
fn a_uri_is_a_path() {
    let folder = folder();
    drop(SqliteStore::open(folder.path().join("file:alice.db?mode=memory")).unwrap());
    assert!(folder.path().join("file:alice.db?mode=memory").is_file());
}

#[test]
fn a_missing_file_is_not_created_unasked() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    assert!(matches!(SqliteStore::builder(&path).create(false).open(), Err(Error::NotFound)));
    assert!(!path.exists());
}

#[test]
fn an_empty_file_is_a_new_store() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    fs::write(&path, "").unwrap();
    assert!(matches!(SqliteStore::builder(&path).create(false).open(), Err(Error::Corrupt { .. })));
    assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    drop(SqliteStore::open(&path).unwrap());
    assert!(fs::metadata(&path).unwrap().len() > 0);
}

#[test]
fn what_is_not_ours_stays_as_it_is() {
    let folder = folder();
    let path = folder.path().join("notes.txt");
    for content in ["x", "just a text file\n", &"long ".repeat(1000)] {
        fs::write(&path, content).unwrap();
        refused(&path, |error| matches!(error, Error::Foreign));
    }
    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    refused(&path, |error| matches!(error, Error::Foreign));
}

#[test]
fn a_creation_that_was_cut_short_is_begun_anew() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    // A journal that is hot says that the file was empty; the pages were on their way.
    let donor = folder.path().join("donor.db");
    let connection = Connection::open(&donor).unwrap();
    connection
        .execute_batch("PRAGMA synchronous = FULL; BEGIN; CREATE TABLE half (x); PRAGMA cache_size = 1;")
        .unwrap();
    connection.execute_batch("PRAGMA cache_spill = 1; CREATE TABLE more AS SELECT randomblob(100000) AS x;").unwrap();
    fs::copy(folder.path().join("donor.db-journal"), folder.path().join("alice.db-journal")).unwrap();
    fs::write(&path, [0; 8192]).unwrap();
    drop(connection);
    let drafts = Drafts::new(SqliteStore::open(&path).unwrap()).unwrap().blocking();
    drafts.set(&bob(), "hi").unwrap();
    drafts.check().unwrap();
}

#[test]
fn a_newer_schema_stays_as_it_is() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    filled(&path);
    Connection::open(&path).unwrap().execute_batch("PRAGMA journal_mode = DELETE; PRAGMA user_version = 7").unwrap();
    refused(&path, |error| matches!(error, Error::SchemaTooNew { found: 7, supported: 1 }));
}

#[test]
fn a_file_that_is_cut_off_is_damaged() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    filled(&path);
    let whole = fs::read(&path).unwrap();
    for len in [5, 99, 100, 1000, 4096, 8192, whole.len() - 1] {
        fs::write(&path, &whole[..len]).unwrap();
        refused(&path, |error| matches!(error, Error::Corrupt { .. }));
    }
}

#[test]
fn a_flipped_bit_is_never_read_as_text() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    filled(&path);
    let whole = fs::read(&path).unwrap();
    let intact = read_all(&path).unwrap();
    let mut noticed = 0;
    for position in (0..whole.len()).step_by(97) {
        let mut damaged = whole.clone();
        damaged[position] ^= 1 << (position % 8);
        fs::write(&path, &damaged).unwrap();
        match read_all(&path) {
            // In a byte that nothing is kept in.
            Ok(read) => assert!(read == intact, "byte {position} gave another text"),
            Err(Error::Corrupt { .. } | Error::Foreign | Error::SchemaTooNew { .. }) => noticed += 1,
            Err(error) => panic!("byte {position} gave {error:?}"),
        }
    }
    assert!(noticed > 100, "{noticed} of {} were noticed", whole.len() / 97);
}

fn read_all(path: &Path) -> Result<Vec<String>> {
    let drafts = Drafts::new(SqliteStore::open(path)?)?.blocking();
    drafts.check()?;
    let listed = drafts.list(Query::all())?.items;
    for conversation in &listed {
        assert_eq!(drafts.get(conversation.id())?.as_ref(), conversation.draft());
    }
    Ok(listed.iter().map(|conversation| conversation.draft_text().to_owned()).collect())
}

#[test]
fn a_change_by_hand_is_noticed() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    filled(&path);
    let shell = Connection::open(&path).unwrap();
    shell.execute("UPDATE conversations SET draft_text = 'forged' WHERE id = 'c2c_bob'", []).unwrap();
    drop(shell);
    let drafts = Drafts::new(SqliteStore::open(&path).unwrap()).unwrap().blocking();
    assert!(matches!(drafts.get(&bob()), Err(Error::Corrupt { .. })));
    assert!(matches!(drafts.check(), Err(Error::Corrupt { .. })));
    assert!(matches!(drafts.set(&bob(), "new"), Err(Error::Corrupt { .. })), "nothing is written over it");
    let eve = ConversationId::user("eve").unwrap();
    drafts.set(&eve, "others go on").unwrap();
}

#[test]
fn a_number_that_was_changed_by_hand_is_noticed() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    filled(&path);
    let drafts = Drafts::new(SqliteStore::open(&path).unwrap()).unwrap().blocking();
    drafts.clear(&bob()).unwrap();
    drafts.close().unwrap();
    drop(drafts);
    assert_eq!(Connection::open(&path).unwrap().execute("UPDATE numbers SET value = value - 1", []).unwrap(), 1);
    assert!(matches!(SqliteStore::open(&path), Err(Error::Corrupt { .. })));
}

#[test]
fn resuming_never_begins_a_new_file() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    let drafts = Drafts::new(SqliteStore::open(&path).unwrap()).unwrap().blocking();
    drafts.set(&bob(), "hi").unwrap();
    drafts.resume().unwrap();
    assert_eq!(drafts.get(&bob()).unwrap().unwrap().text(), "hi");
    let away = folder.path().join("away.db");
    fs::rename(&path, &away).unwrap();
    assert!(matches!(drafts.resume(), Err(Error::NotFound)));
    assert!(matches!(drafts.set(&bob(), "lost"), Err(Error::NotFound)));
    assert!(!path.exists());
    fs::rename(&away, &path).unwrap();
    assert_eq!(drafts.get(&bob()).unwrap().unwrap().text(), "hi", "it is found again");
    drafts.resume().unwrap();
    drafts.set(&bob(), "on").unwrap();
}

#[test]
fn one_file_has_one_store() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    let store = SqliteStore::open(&path).unwrap();
    assert!(matches!(SqliteStore::open(&path), Err(Error::Locked)));
    let dotted = folder.path().join(".").join("alice.db");
    assert!(matches!(SqliteStore::open(dotted), Err(Error::Locked)));
    #[cfg(unix)]
    {
        let (link, hard) = (folder.path().join("link.db"), folder.path().join("hard.db"));
        std::os::unix::fs::symlink(&path, &link).unwrap();
        fs::hard_link(&path, &hard).unwrap();
        assert!(matches!(SqliteStore::open(link), Err(Error::Locked)));
        assert!(matches!(SqliteStore::open(hard), Err(Error::Locked)));
    }
    drop(store);
    drop(SqliteStore::open(&path).unwrap());
}

#[test]
fn another_writer_is_waited_for_and_then_said() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    let drafts = Drafts::new(SqliteStore::builder(&path).busy_timeout(Duration::from_millis(50)).open().unwrap())
        .unwrap()
        .blocking();
    drafts.set(&bob(), "before").unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(drafts.set(&bob(), "during"), Err(Error::Locked)));
    assert_eq!(drafts.get(&bob()).unwrap().unwrap().text(), "before", "reads go on");
    other.execute_batch("ROLLBACK").unwrap();
    drafts.set(&bob(), "after").unwrap();
}

#[test]
fn a_file_that_is_held_by_another_process_is_locked() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    filled(&path);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT").unwrap();
    let opened = SqliteStore::builder(&path).busy_timeout(Duration::from_millis(50)).open();
    assert!(matches!(opened, Err(Error::Locked)));
}

#[test]
fn cleared_and_replaced_text_is_gone_after_close() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    let drafts = Drafts::new(SqliteStore::open(&path).unwrap()).unwrap().blocking();
    for text in ["secret one", "secret two", ""] {
        drafts.set(&bob(), text).unwrap();
    }
    drafts.close().unwrap();
    assert_eq!(secrets_in(folder.path()), 0);
}

/// Where pages are divided and joined, SQLite leaves copies in their gaps, `secure_delete` or not.
#[test]
fn a_compacted_file_has_no_text_that_is_not_in_it() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    let drafts = Drafts::new(SqliteStore::open(&path).unwrap()).unwrap();
    let blocking = drafts.blocking();
    for round in 0..20 {
        for number in 0..50 {
            let id = ConversationId::user(number.to_string()).unwrap();
            blocking.set(&id, format!("secret {round} {}", "x".repeat(number * 50))).unwrap();
            if number % 3 == 0 {
                blocking.clear(&id).unwrap();
            }
        }
    }
    let kept = blocking.list(Query::all()).unwrap().items.len();
    pollster::block_on(drafts.store().maintain(Task::Compact)).unwrap();
    blocking.close().unwrap();
    assert_eq!(secrets_in(folder.path()), kept, "each text that is left, once");
}

/// How often the word stands in the files of a folder.
fn secrets_in(folder: &Path) -> usize {
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    files.map(|bytes| bytes.windows(7).filter(|window| window == b"secret ").count()).sum()
}

/// The log of the file at this path.
fn log(path: &Path) -> std::path::PathBuf {
    path.with_extension("db-wal")
}

#[test]
fn the_logs_room_is_kept_and_holds_no_text() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    for round in 0..3 {
        filled(&path);
        let kept = fs::read(log(&path)).unwrap();
        assert_eq!(kept.len(), 1024 * 1024, "round {round}");
        assert!(kept.iter().all(|byte| *byte == 0), "round {round}");
    }
    let drafts = Drafts::new(SqliteStore::open(&path).unwrap()).unwrap().blocking();
    assert_eq!(drafts.list(Query::all()).unwrap().items.len(), 51);
    drafts.check().unwrap();
    // Any SQLite takes it for an empty log.
    drafts.close().unwrap();
    let other = Connection::open(&path).unwrap();
    let count: i64 = other.query_row("SELECT count(*) FROM conversations", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 51);
}

#[test]
fn the_room_is_used_before_the_log_grows() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    filled(&path);
    let drafts = Drafts::new(SqliteStore::open(&path).unwrap()).unwrap().blocking();
    for number in 0..60 {
        drafts.set(&bob(), format!("{number:0>200}")).unwrap();
        assert_eq!(fs::metadata(log(&path)).unwrap().len(), 1024 * 1024);
    }
}

#[test]
fn the_log_stays_short_however_many_write() {
    const LIMIT: u64 = 16 * 1024 * 1024;
    let folder = folder();
    let path = folder.path().join("alice.db");
    let store = SqliteStore::builder(&path).synchronous(chat_drafts_store_sqlite::Synchronous::Normal).open().unwrap();
    let drafts = Drafts::new(store).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let drafts = drafts.blocking();
            scope.spawn(move || {
                for number in 0..2_500 {
                    let id = ConversationId::user(format!("{thread}-{}", number % 500)).unwrap();
                    drafts.set(&id, format!("{number:0>200}")).unwrap();
                }
            });
        }
    });
    let longest = fs::metadata(log(&path)).unwrap().len();
    assert!(longest <= LIMIT, "{longest} bytes, and a log never gets shorter by itself");

    // One that somebody reads cannot be moved, and is moved when the reader has gone.
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM conversations").unwrap();
    reader.query_row("SELECT count(*) FROM conversations", [], |_| Ok(())).unwrap();
    let set_many = |count: usize| {
        for number in 0..count {
            drafts.blocking().set(&bob(), format!("{number:0>200}")).unwrap();
        }
    };
    set_many(3_000);
    reader.execute_batch("COMMIT").unwrap();
    set_many(1_000);
    let longest = fs::metadata(log(&path)).unwrap().len();
    set_many(6_000);
    assert_eq!(fs::metadata(log(&path)).unwrap().len(), longest, "it was begun anew");
}

#[test]
fn the_sequence_goes_on_from_what_others_have_written() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    filled(&path);
    let drafts = Drafts::new(SqliteStore::open(&path).unwrap()).unwrap().blocking();
    let sequence = || drafts.list(Query::first(0)).unwrap().sequence;
    let other = Connection::open(&path).unwrap();
    for later in [1_000, 2_000] {
        drafts.set(&bob(), format!("before {later}")).unwrap();
        assert!(sequence() < later);
        // As another process would: any row shows the sequence that the file has reached.
        other.execute("UPDATE conversations SET order_key = ?1 WHERE id = 'c2c_7'", [later.cast_signed()]).unwrap();
        assert_eq!(sequence(), later);
        let outcome = drafts.set(&bob(), format!("after {later}")).unwrap();
        assert_eq!((outcome.revision().get(), sequence()), (later + 1, later + 1));
    }
}

#[test]
fn a_write_that_fails_takes_no_sequence() {
    let folder = folder();
    let path = folder.path().join("alice.db");
    filled(&path);
    let drafts = Drafts::new(SqliteStore::open(&path).unwrap()).unwrap();
    let blocking = drafts.blocking();
    let before = blocking.set(&bob(), "before").unwrap().revision().get();
    let mut events = drafts.subscribe();
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TRIGGER refuse BEFORE UPDATE ON conversations BEGIN SELECT RAISE(ABORT, 'no'); END")
        .unwrap();
    assert!(matches!(blocking.set(&bob(), "refused"), Err(Error::Io { .. })));
    other.execute_batch("DROP TRIGGER refuse").unwrap();
    blocking.resume().unwrap();
    assert_eq!(blocking.set(&bob(), "after").unwrap().revision().get(), before + 1);
    assert_eq!(
        events.try_next().map(|event| event.sequence()),
        Some(before + 1),
        "nobody is told that events are missing"
    );
}
