//! What a store does when its disk fails, and what only the engine shows.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};

use chat_drafts_core::engine::{Engine, Finish, Transaction, View};
use chat_drafts_core::store::{Record, Scope, Shelf};
use chat_drafts_core::{Blocking, ConversationId, Drafts, Error, Query, Result};
use tempfile::TempDir;

use crate::RedbStore;
use crate::engine::{Config, RedbEngine};
use crate::faults::{Fault, Faults};

struct Bench {
    _folder: TempDir,
    path: PathBuf,
    faults: Faults,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.redb");
        Self { _folder: folder, path, faults: Faults::default() }
    }

    /// A store whose file fails when it is told to. Without a cache, so that reads need the file.
    fn open(&self) -> Result<Blocking> {
        let store = RedbStore::builder(&self.path).cache_size(0).faults(self.faults.clone()).open()?;
        Ok(Drafts::new(store)?.blocking())
    }

    fn engine(&self) -> RedbEngine {
        let config = Config {
            path: self.path.clone(),
            create: true,
            cache_size: 4 * 1024 * 1024,
            wrap: Some(self.faults.clone()),
        };
        RedbEngine::open(&config).unwrap()
    }
}

fn healthy(path: &Path) -> Blocking {
    Drafts::new(RedbStore::open(path).unwrap()).unwrap().blocking()
}

fn id(name: &str) -> ConversationId {
    ConversationId::user(name).unwrap()
}

fn text(drafts: &Blocking, name: &str) -> String {
    drafts.get(&id(name)).unwrap().map(|draft| draft.text().to_owned()).unwrap_or_default()
}

fn record(name: &str, activity: u64, size: usize) -> Record {
    let mut record = Record::new(id(name));
    record.activity = activity;
    record.facts.custom_data = Some(vec![7; size]);
    record
}

fn put(engine: &RedbEngine, record: &Record) -> Result<()> {
    engine.write(|transaction| {
        let before = transaction.get(&record.id)?;
        transaction.replace(before.as_ref(), Some(record))?;
        Ok(Finish::Commit(()))
    })
}

#[test]
fn a_full_disk_loses_nothing_and_writing_works_again() {
    let bench = Bench::new();
    let drafts = bench.open().unwrap();
    drafts.set(&id("bob"), "first").unwrap();
    drafts.set(&id("eve"), "other").unwrap();
    for room in [0, 1, 320, 4096, 20_000, 60_000] {
        bench.faults.set(Fault::Room(room, ErrorKind::StorageFull));
        for _ in 0..2 {
            let refused = drafts.set(&id("bob"), "x".repeat(64 * 1024));
            assert!(matches!(refused, Err(Error::DiskFull)), "{room}: {refused:?}");
            assert_eq!((text(&drafts, "bob"), text(&drafts, "eve")), ("first".into(), "other".into()), "{room}");
            assert_eq!(drafts.list(Query::all()).unwrap().items.len(), 2);
        }
        bench.faults.set(Fault::None);
        drafts.set(&id("eve"), format!("room after {room}")).unwrap();
        drafts.set(&id("eve"), "other").unwrap();
    }
    drafts.set(&id("bob"), "last").unwrap();
    drafts.check().unwrap();
    drop(drafts);
    assert_eq!(text(&healthy(&bench.path), "bob"), "last");
}

#[test]
fn a_quota_is_a_full_disk() {
    let bench = Bench::new();
    let drafts = bench.open().unwrap();
    bench.faults.set(Fault::Room(0, ErrorKind::QuotaExceeded));
    assert!(matches!(drafts.set(&id("bob"), "hi"), Err(Error::DiskFull)));
}

#[test]
fn a_full_disk_has_no_room_for_a_new_store() {
    let bench = Bench::new();
    for room in [0, 320, 640, 5000, 9000] {
        bench.faults.set(Fault::Room(room, ErrorKind::StorageFull));
        assert!(matches!(bench.open(), Err(Error::DiskFull)), "{room}");
        assert!(!bench.path.exists(), "{room}: the file was left behind");
    }
    fs::write(&bench.path, [0; 5000]).unwrap();
    bench.faults.set(Fault::Room(5000, ErrorKind::StorageFull));
    assert!(matches!(bench.open(), Err(Error::DiskFull)));
    assert_eq!(fs::read(&bench.path).unwrap(), [0; 5000], "the file is as it was");
}

#[test]
fn closing_on_a_full_disk_says_so_and_loses_nothing() {
    let bench = Bench::new();
    let drafts = bench.open().unwrap();
    drafts.set(&id("bob"), "hi").unwrap();
    bench.faults.set(Fault::Room(0, ErrorKind::StorageFull));
    assert!(matches!(drafts.close(), Err(Error::DiskFull)));
    assert_eq!(text(&healthy(&bench.path), "bob"), "hi");
}

#[test]
fn after_a_failed_write_reads_go_on_and_resume_heals() {
    let bench = Bench::new();
    let drafts = bench.open().unwrap();
    for number in 0..200 {
        drafts.set(&id(&number.to_string()), format!("text {number}")).unwrap();
    }
    // NotFound and the like: what says something of a path when opening says nothing of one here.
    for kind in [ErrorKind::Other, ErrorKind::NotFound, ErrorKind::PermissionDenied, ErrorKind::FileTooLarge] {
        for fault in [Fault::Room(0, kind), Fault::Room(9000, kind), Fault::Flush(kind)] {
            bench.faults.set(fault);
            let refused = drafts.set(&id("0"), "x".repeat(64 * 1024));
            assert!(matches!(refused, Err(Error::Io { .. })), "{fault:?}: {refused:?}");
            bench.faults.set(Fault::None);
            assert!(matches!(drafts.set(&id("1"), "new"), Err(Error::Poisoned)), "{fault:?}");
            for number in 0..200 {
                assert_eq!(text(&drafts, &number.to_string()), format!("text {number}"), "{fault:?}");
            }
            assert_eq!(drafts.list(Query::all()).unwrap().items.len(), 200);
            drafts.resume().unwrap();
            drafts.set(&id("0"), "on").unwrap();
            drafts.set(&id("0"), "text 0").unwrap();
        }
    }
    drafts.check().unwrap();
}

#[test]
fn a_flush_without_room_leaves_it_open_what_was_kept() {
    let bench = Bench::new();
    let drafts = bench.open().unwrap();
    drafts.set(&id("bob"), "first").unwrap();
    bench.faults.set(Fault::Flush(ErrorKind::StorageFull));
    assert!(matches!(drafts.set(&id("bob"), "second"), Err(Error::Io { .. })));
    bench.faults.set(Fault::None);
    drafts.resume().unwrap();
    assert!(["first", "second"].contains(&&*text(&drafts, "bob")));
}

#[test]
fn a_process_that_dies_while_it_creates_a_store_leaves_a_new_one() {
    let bench = Bench::new();
    for steps in 0.. {
        bench.faults.set(Fault::Steps(steps));
        let opened = bench.open();
        let is_open = opened.is_ok();
        drop(opened);
        let drafts = healthy(&bench.path);
        drafts.set(&id("bob"), "hi").unwrap();
        drop(drafts);
        assert_eq!(text(&healthy(&bench.path), "bob"), "hi", "after {steps} steps");
        fs::remove_file(&bench.path).unwrap();
        if is_open {
            assert!(steps > 5, "{steps}");
            break;
        }
    }
}

#[test]
fn what_was_answered_survives_a_death_at_any_step() {
    const TEXTS: [&str; 4] = ["", "one", "two", "three"];
    let bench = Bench::new();
    healthy(&bench.path).set(&id("eve"), "kept").unwrap();
    let before = fs::read(&bench.path).unwrap();
    for steps in 0.. {
        fs::write(&bench.path, &before).unwrap();
        bench.faults.set(Fault::Steps(steps));
        let drafts = bench.open().unwrap();
        let answered = TEXTS[1..].iter().take_while(|text| drafts.set(&id("bob"), **text).is_ok()).count();
        let is_closed = drafts.close().is_ok() && answered == 3;
        drop(drafts);
        let drafts = healthy(&bench.path);
        assert_eq!(text(&drafts, "eve"), "kept", "after {steps} steps");
        let found = text(&drafts, "bob");
        let may_be = &TEXTS[answered..(answered + 2).min(4)];
        assert!(may_be.contains(&&*found), "after {steps} steps: {found:?}, not one of {may_be:?}");
        drafts.check().unwrap();
        if is_closed {
            assert!(steps > 10, "{steps}");
            break;
        }
    }
}

#[test]
fn a_set_costs_one_flush() {
    let bench = Bench::new();
    bench.open().unwrap().set(&id("bob"), "first").unwrap();
    let opened = bench.faults.flushes();
    let drafts = bench.open().unwrap();
    drafts.set(&id("bob"), "first").unwrap();
    drafts.clear(&id("eve")).unwrap();
    assert_eq!(bench.faults.flushes(), opened, "opening flushes nothing, nor does what changes nothing");
    let mut last = opened;
    let costs: Vec<_> = (0..5)
        .map(|number| {
            drafts.set(&id("bob"), number.to_string()).unwrap();
            let now = bench.faults.flushes();
            now - std::mem::replace(&mut last, now)
        })
        .collect();
    // The first one says that the file is in use, and makes room that closing gave back.
    assert_eq!(costs, [3, 1, 1, 1, 1]);
}

#[test]
fn a_write_that_is_not_kept_leaves_nothing() {
    let bench = Bench::new();
    let engine = bench.engine();
    put(&engine, &record("bob", 1, 10)).unwrap();
    let before = fs::read(&bench.path).unwrap();
    let change = |transaction: &mut crate::tables::WriteTables<'_>| {
        let kept = transaction.get(&id("bob"))?;
        transaction.replace(kept.as_ref(), None)?;
        transaction.replace(None, Some(&record("eve", 2, 100)))?;
        transaction.put_number("x", 7)?;
        assert!(transaction.get(&id("bob"))?.is_none() && transaction.number("x")? == 7, "it sees its own changes");
        assert_eq!(transaction.scan(Scope::Conversations.shelves(), None, 10)?.len(), 1);
        Ok(())
    };
    engine.write(|transaction| change(transaction).map(|()| Finish::RollBack(()))).unwrap();
    let refused: Result<()> =
        engine.write(|transaction| change(transaction).and(Err(Error::corrupt("what the test says"))));
    assert!(refused.is_err());
    assert!(fs::read(&bench.path).unwrap() == before);
    engine
        .read(|view| {
            assert!(view.get(&id("bob"))?.is_some() && view.get(&id("eve"))?.is_none());
            assert_eq!(view.number("x")?, 0);
            assert_eq!(view.scan(Scope::Conversations.shelves(), None, 10)?.len(), 1);
            Ok(())
        })
        .unwrap();
    put(&engine, &record("eve", 3, 10)).unwrap();
    engine.check().unwrap();
}

#[test]
fn a_read_shows_one_moment() {
    let bench = Bench::new();
    let engine = bench.engine();
    put(&engine, &record("bob", 1, 10)).unwrap();
    engine
        .read(|view| {
            std::thread::scope(|scope| {
                scope.spawn(|| put(&engine, &record("eve", 2, 10)).unwrap());
            });
            assert!(view.get(&id("eve"))?.is_none(), "the write waits for no reader and is not seen by it");
            Ok(())
        })
        .unwrap();
    assert!(engine.get(&id("eve")).unwrap().is_some());
}

#[test]
fn the_top_of_a_shelf() {
    let bench = Bench::new();
    let engine = bench.engine();
    use chat_drafts_core::OrderKey;
    let top = |shelf, at_most| engine.read(|view| view.top(shelf, at_most)).unwrap();
    assert_eq!(top(Shelf::Plain, OrderKey::MAX), None);
    let mut pinned = record("pinned", 3, 1);
    pinned.pinned = true;
    for record in [&pinned, &record("a", 5, 1), &record("b", 9, 1)] {
        put(&engine, record).unwrap();
    }
    assert_eq!(top(Shelf::Plain, OrderKey::MAX), Some(OrderKey::new(3, true)));
    assert_eq!(top(Shelf::Plain, OrderKey::MAX_UNPINNED), Some(OrderKey::new(9, false)));
    assert_eq!(top(Shelf::Plain, OrderKey::new(8, false)), Some(OrderKey::new(5, false)));
    assert_eq!(top(Shelf::Plain, OrderKey::new(4, false)), None);
    assert_eq!((top(Shelf::Drafts, OrderKey::MAX), top(Shelf::Remains, OrderKey::MAX)), (None, None));
}

#[test]
fn compacting_gives_room_back_beside_readers() {
    let bench = Bench::new();
    let engine = bench.engine();
    let kept = record("kept", 1, 500_000);
    put(&engine, &kept).unwrap();
    for number in 0..30 {
        put(&engine, &record(&number.to_string(), 2 + number, 500_000)).unwrap();
    }
    for number in 0..30 {
        put(&engine, &record(&number.to_string(), 2 + number, 1)).unwrap();
    }
    let length = || fs::metadata(&bench.path).unwrap().len();
    let before = length();
    let is_done = AtomicBool::new(false);
    let begun = Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            begun.wait();
            while !is_done.load(Ordering::Relaxed) {
                assert_eq!(engine.get(&kept.id).unwrap().as_ref(), Some(&kept));
            }
        });
        begun.wait();
        engine.compact().unwrap();
        is_done.store(true, Ordering::Relaxed);
    });
    assert!(before > 8_000_000 && length() < before / 3, "{before} to {} bytes", length());
    put(&engine, &record("new", 99, 1)).unwrap();
    engine.check().unwrap();
    assert!(engine.get(&id("new")).unwrap().is_some());
}

#[test]
fn a_compacting_that_fails_leaves_the_store_readable() {
    let bench = Bench::new();
    let engine = bench.engine();
    for number in 0..30 {
        put(&engine, &record(&number.to_string(), 1 + number, 100_000)).unwrap();
    }
    for number in 0..29 {
        put(&engine, &record(&number.to_string(), 1 + number, 1)).unwrap();
    }
    bench.faults.set(Fault::Room(5000, ErrorKind::StorageFull));
    assert!(matches!(engine.compact(), Err(Error::DiskFull)));
    bench.faults.set(Fault::None);
    let reads =
        |engine: &RedbEngine| engine.read(|view| view.scan(Scope::Conversations.shelves(), None, 100)).unwrap().len();
    assert_eq!(reads(&engine), 30);
    assert!(matches!(put(&engine, &record("new", 99, 1)), Err(Error::DiskFull)), "it wants to be reopened");
    drop(engine);
    let engine = bench.engine();
    assert_eq!(reads(&engine), 30);
    put(&engine, &record("new", 99, 1)).unwrap();
    engine.check().unwrap();
}

#[test]
fn a_panic_in_a_write_leaves_nothing_behind() {
    let bench = Bench::new();
    let engine = bench.engine();
    put(&engine, &record("bob", 1, 10)).unwrap();
    let write = || -> Result<()> {
        engine.write(|transaction| {
            transaction.replace(None, Some(&record("eve", 2, 10)))?;
            panic!("what the test says")
        })
    };
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(write)).is_err());
    assert!(engine.get(&id("eve")).unwrap().is_none());
    put(&engine, &record("bob", 3, 20)).unwrap();
    drop(engine);
    let engine = bench.engine();
    assert_eq!(engine.get(&id("bob")).unwrap().unwrap().activity, 3);
    engine.check().unwrap();
}

#[test]
fn a_file_that_is_gone_is_missed() {
    let bench = Bench::new();
    let drafts = bench.open().unwrap();
    bench.faults.set(Fault::Flush(ErrorKind::Other));
    assert!(matches!(drafts.set(&id("bob"), "hi"), Err(Error::Io { .. })));
    bench.faults.set(Fault::None);
    fs::remove_file(&bench.path).unwrap();
    assert!(matches!(drafts.resume(), Err(Error::NotFound)));
    assert!(!bench.path.exists());
}

chat_drafts_testkit::survives_faults!(RedbEngine, |folder: &Path| Config {
    path: folder.join("a.redb"),
    create: true,
    cache_size: 4 * 1024 * 1024,
    wrap: None,
});
