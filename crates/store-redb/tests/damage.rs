//! Damaged files, and files of killed processes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;

use chat_drafts_core::{Blocking, ConversationId, Drafts, Error, Query, Result};
use chat_drafts_store_redb::RedbStore;

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

/// Every byte of the header and bytes all over what is used of the rest.
fn positions(content: &[u8], count: usize) -> Vec<usize> {
    let used: Vec<_> = (320..content.len()).filter(|at| content[*at] != 0).collect();
    (0..320).chain((0..count).map(|nth| used[nth * used.len() / count])).collect()
}

#[test]
fn a_flipped_bit_gives_no_wrong_text_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let (_, closed) = files(folder.path());
    let (mut refused, mut noticed, mut harmless) = (0, 0, 0);
    for (nth, position) in positions(&closed, 400).into_iter().enumerate() {
        let mut damaged = closed.clone();
        damaged[position] ^= 1 << (nth % 8);
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
    for (nth, position) in positions(&killed, 100).into_iter().enumerate() {
        let mut damaged = killed.clone();
        damaged[position] ^= 1 << (nth % 8);
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
