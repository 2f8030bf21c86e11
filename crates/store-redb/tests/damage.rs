//! Damaged files, and files of killed processes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;

use chat_drafts_core::{Blocking, ConversationId, Drafts, Error, Query, Result};
use chat_drafts_store_redb::RedbStore;
use redb::{Database, ReadableTable, TableDefinition};

const DRAFTS: usize = 60;

fn open(path: &Path) -> Result<Blocking> {
    Ok(Drafts::new(RedbStore::open(path)?)?.blocking())
}

fn id(number: usize) -> ConversationId {
    ConversationId::user(number.to_string()).unwrap()
}

fn text(number: usize) -> String {
    format!("text {number} ").repeat(1 + number % 40)
}

/// A store with drafts, as it is after its process was killed and as it is when it was closed.
fn files(folder: &Path) -> (Vec<u8>, Vec<u8>) {
    let path = folder.join("whole.redb");
    let drafts = open(&path).unwrap();
    for number in 0..DRAFTS {
        drafts.set(&id(number), text(number)).unwrap();
    }
    let killed = fs::read(&path).unwrap();
    drafts.close().unwrap();
    (killed, fs::read(&path).unwrap())
}

fn is_damage(error: &Error) -> bool {
    matches!(error, Error::Corrupt { .. } | Error::Foreign | Error::SchemaTooNew { .. })
}

/// Whether everything is there. What is there is right.
fn reads_all(drafts: &Blocking, may_miss: usize) -> bool {
    let mut found = 0;
    for number in 0..DRAFTS {
        match drafts.get(&id(number)) {
            Ok(Some(draft)) => {
                assert_eq!(draft.text(), text(number));
                found += 1;
            }
            Ok(None) => {}
            Err(error) => assert!(is_damage(&error), "{error:?}"),
        }
    }
    let listed = match drafts.list(Query::all()) {
        Ok(page) => page.items.len(),
        Err(error) => {
            assert!(is_damage(&error), "{error:?}");
            0
        }
    };
    found + may_miss >= DRAFTS && listed == found
}

/// Bits to flip: one of every byte of the header, all of its flags, and some all over what is used of the rest.
fn bits(content: &[u8], count: usize) -> impl Iterator<Item = (usize, u8)> {
    const FLAGS: usize = 9;
    let used: Vec<_> = (320..content.len()).filter(|at| content[*at] != 0).collect();
    let bytes = (0..320).chain((0..count).map(move |nth| used[nth * used.len() / count]));
    bytes.enumerate().map(|(nth, byte)| (byte, 1 << (nth % 8))).chain((0..8).map(|bit| (FLAGS, 1 << bit)))
}

#[test]
fn a_flipped_bit_gives_no_wrong_text_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let (_, closed) = files(folder.path());
    let (mut refused, mut noticed, mut harmless) = (0, 0, 0);
    for (position, bit) in bits(&closed, 400) {
        let mut damaged = closed.clone();
        damaged[position] ^= bit;
        fs::write(&path, &damaged).unwrap();
        match open(&path) {
            Err(error) => {
                assert!(is_damage(&error), "byte {position}: {error:?}");
                refused += 1;
            }
            Ok(drafts) => {
                let is_whole = reads_all(&drafts, 0);
                match drafts.check() {
                    Ok(()) => assert!(is_whole, "byte {position}: something is missing and nobody says so"),
                    Err(error) => assert!(is_damage(&error), "byte {position}: {error:?}"),
                }
                if is_whole {
                    harmless += 1
                } else {
                    noticed += 1
                }
                drop(drafts);
            }
        }
        assert!(fs::read(&path).unwrap() == damaged, "byte {position}: the file was changed");
    }
    assert!(refused > 20 && noticed > 20 && harmless > 20, "{refused} {noticed} {harmless}");
}

#[test]
fn a_damaged_file_of_a_killed_process_gives_no_wrong_text_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let (killed, _) = files(folder.path());
    for (position, bit) in bits(&killed, 100) {
        let mut damaged = killed.clone();
        damaged[position] ^= bit;
        fs::write(&path, &damaged).unwrap();
        match open(&path) {
            // A damaged last commit cannot be told from one that was cut off: it is the last draft that may be missing.
            Ok(drafts) => assert!(reads_all(&drafts, 1), "byte {position}: something is missing and nobody says so"),
            Err(error) => {
                assert!(is_damage(&error), "byte {position}: {error:?}");
                assert!(fs::read(&path).unwrap() == damaged, "byte {position}: the file was changed");
            }
        }
    }
}

#[test]
fn a_truncated_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let (killed, closed) = files(folder.path());
    for (content, is_closed) in [(killed, false), (closed, true)] {
        let length = content.len();
        for kept in [1, 8, 9, 10, 320, 4095, 4096, 8192, 12288, length / 2, length - 4096, length - 1] {
            fs::write(&path, &content[..kept]).unwrap();
            match open(&path) {
                // After a kill redb measures the file anew, and takes what misses nothing but unused pages at its end.
                Ok(drafts) => assert!(!is_closed && reads_all(&drafts, 0), "{kept} of {length}"),
                Err(error) => {
                    assert!(is_damage(&error), "{kept} of {length}: {error:?}");
                    assert!(fs::read(&path).unwrap() == content[..kept], "{kept} of {length}: the file was changed");
                }
            }
        }
    }
}

#[test]
fn the_file_of_a_killed_process_has_every_draft() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let (killed, _) = files(folder.path());
    fs::write(&path, &killed).unwrap();
    let drafts = open(&path).unwrap();
    assert!(reads_all(&drafts, 0));
    drafts.check().unwrap();
    drafts.set(&id(0), "on").unwrap();
    drop(drafts);
    assert_eq!(open(&path).unwrap().get(&id(0)).unwrap().unwrap().text(), "on");
}

#[test]
fn a_repair_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let (killed, _) = files(folder.path());
    fs::write(&path, &killed).unwrap();
    drop(open(&path).unwrap());
    let repaired = fs::read(&path).unwrap();
    assert!(repaired != killed);
    drop(open(&path).unwrap());
    assert!(fs::read(&path).unwrap() == repaired, "it was closed well, so there is nothing to repair");
}

#[test]
fn after_a_check_that_found_damage_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let (_, closed) = files(folder.path());
    let position = closed.windows(7).position(|bytes| bytes == b"text 39").unwrap();
    let mut damaged = closed.clone();
    damaged[position] ^= 1;
    fs::write(&path, &damaged).unwrap();

    let drafts = open(&path).unwrap();
    assert!(matches!(drafts.get(&id(39)), Err(Error::Corrupt { .. })));
    assert!(matches!(drafts.check(), Err(Error::Corrupt { .. })));
    assert_eq!(drafts.get(&id(38)).unwrap().unwrap().text(), text(38), "reads go on");
    assert!(matches!(drafts.set(&id(1), "new"), Err(Error::Corrupt { .. })));
    drop(drafts);
    assert!(fs::read(&path).unwrap() == damaged);
}

/// Flips a bit in every place of the file that holds this.
fn damage(path: &Path, what: &[u8]) -> Vec<u8> {
    let mut content = fs::read(path).unwrap();
    let places: Vec<_> = (0..content.len()).filter(|at| content[*at..].starts_with(what)).collect();
    assert!(!places.is_empty());
    places.into_iter().for_each(|at| content[at] ^= 1);
    fs::write(path, &content).unwrap();
    content
}

#[test]
fn a_check_does_not_go_back_to_the_commit_before_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let drafts = open(&path).unwrap();
    drafts.set(&id(1), "the first").unwrap();
    drafts.set(&id(2), "the last").unwrap();
    let damaged = damage(&path, b"the last");
    assert!(matches!(drafts.check(), Err(Error::Corrupt { .. })));
    assert_eq!(drafts.get(&id(1)).unwrap().unwrap().text(), "the first");
    assert!(matches!(drafts.set(&id(1), "new"), Err(Error::Corrupt { .. })));
    drop(drafts);
    assert!(fs::read(&path).unwrap() == damaged);
}

#[test]
fn a_store_that_was_checked_is_closed_well() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let drafts = open(&path).unwrap();
    drafts.set(&id(1), "one").unwrap();
    drafts.check().unwrap();
    drop(drafts);
    let closed = fs::read(&path).unwrap();
    drop(open(&path).unwrap());
    assert!(fs::read(&path).unwrap() == closed, "it had to be repaired");
}

#[test]
fn lists_that_do_not_fit_the_records_are_noticed() {
    const LISTS: TableDefinition<'_, (u8, u64, &str), ()> = TableDefinition::new("lists");
    let folder = tempfile::tempdir().unwrap();
    let (path, whole) = (folder.path().join("a.redb"), folder.path().join("whole.redb"));
    files(folder.path());
    for (spoil, can_list) in [("move", false), ("name", false), ("shelf", false), ("forget", true)] {
        fs::copy(&whole, &path).unwrap();
        let database = Database::open(&path).unwrap();
        let transaction = database.begin_write().unwrap();
        let mut lists = transaction.open_table(LISTS).unwrap();
        let (shelf, place, id) = {
            let (first, _) = lists.first().unwrap().unwrap();
            let (shelf, place, id) = first.value();
            (shelf, place, id.to_owned())
        };
        lists.remove((shelf, place, &*id)).unwrap();
        match spoil {
            "move" => drop(lists.insert((shelf, place + 1, &*id), ()).unwrap()),
            "name" => drop(lists.insert((shelf, place, "c2c_nobody"), ()).unwrap()),
            "shelf" => drop(lists.insert((1, place, &*id), ()).unwrap()),
            _ => {}
        }
        drop(lists);
        transaction.commit().unwrap();
        drop(database);

        let drafts = open(&path).unwrap();
        let listed = drafts.conversations().list(Query::all());
        assert_eq!(listed.is_ok(), can_list, "{spoil}");
        assert!(matches!(drafts.check(), Err(Error::Corrupt { .. })), "{spoil}");
        assert_eq!(drafts.get(&self::id(3)).unwrap().unwrap().text(), text(3), "{spoil}");
    }
}
