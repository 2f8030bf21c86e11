//! What a thousand times as many conversations cost: a thousand and a million take turns in the same rounds.

use std::path::{Path, PathBuf};

use chat_drafts::store::{Batch, Change};
use chat_drafts::{Blocking, ConversationId, DraftStore, Drafts, OrderPolicy, Origin, Query, RedbStore, SqliteStore};

use crate::report::{Quiet, Report};
use crate::rounds::{Party, Rounds, median, plain_flush, timed};
use crate::{memory, text};

pub(crate) const MANY: usize = 1_000_000;
const SIZES: [usize; 2] = [1_000, MANY];
const BATCH: usize = 10_000;

pub(crate) fn measure(report: &mut Report) {
    let folder = tempfile::tempdir().unwrap();
    grows("sqlite", folder.path(), |path| SqliteStore::open(path), 1.7, report);
    grows("redb", folder.path(), |path| RedbStore::open(path), 3.5, report);
}

fn grows<S: DraftStore>(
    engine: &str,
    folder: &Path,
    open: impl Fn(&Path) -> chat_drafts::Result<S>,
    set_goal: f64,
    report: &mut Report,
) {
    let paths = SIZES.map(|size| folder.join(format!("{size}.{engine}")));
    for (path, size) in paths.iter().zip(SIZES) {
        fill(open(path).unwrap(), size);
    }
    let opening = opening(&paths, &open);
    let stores = paths.each_ref().map(|path| Drafts::new(open(path).unwrap()).unwrap().blocking());
    let [few, many] = &stores;
    let page = |drafts: &Blocking| assert_eq!(drafts.list(Query::first(50)).unwrap().items.len(), 50);
    let mut numbers = [0; 4];
    let [first, second, third, fourth] = &mut numbers;
    let mut written = [MANY; 2];
    let [to_few, to_many] = &mut written;
    let mut parties: [Party<'_>; 7] = [
        plain_flush(folder),
        Box::new(|| page(few)),
        Box::new(|| page(many)),
        Box::new(|| assert!(few.get(&id(next(first, SIZES[0]))).unwrap().is_some())),
        Box::new(|| assert!(many.get(&id(next(second, SIZES[1]))).unwrap().is_some())),
        Box::new(|| set(few, next(third, SIZES[0]), to_few)),
        Box::new(|| set(many, next(fourth, SIZES[1]), to_many)),
    ];
    Rounds::run(1, 100, &mut parties);
    let rounds = Rounds::run(20, 50, &mut parties);
    let quiet = Quiet::by_anchor(&rounds, 0);
    let shown = [1, 2, 3, 4, 5, 6].map(|party| format!("{:.1}", rounds.p50(party)));
    println!("{engine}, a thousand and a million, µs: first page, get, set {shown:?}, open {opening:?}");
    let mut line = |what: &str, ratio, goal, quiet| {
        report.at_most(&format!("{what}, a million over a thousand, {engine}"), ratio, goal, quiet);
    };
    line("open", opening[1] / opening[0], 1.7, Quiet(true));
    line("first 50", rounds.ratio(2, 1), 1.7, Quiet(true));
    line("get", rounds.ratio(4, 3), 4.0, Quiet(true));
    line("set", rounds.ratio(6, 5), set_goal, quiet);
    drop(parties);
    stores.into_iter().for_each(|drafts| drafts.close().unwrap());
    memory::measure(engine, &paths[1], report);
    paths.iter().for_each(|path| std::fs::remove_file(path).unwrap());
}

/// The median of opening each, in microseconds, when the file is in the system's cache.
fn opening<S: DraftStore>(paths: &[PathBuf; 2], open: impl Fn(&Path) -> chat_drafts::Result<S>) -> [f64; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..15 {
        for (path, times) in paths.iter().zip(&mut times) {
            let mut store = None;
            times.push(timed(&mut || store = Some(open(path).unwrap())));
            pollster::block_on(store.unwrap().close()).unwrap();
        }
    }
    times.map(|times| median(times.into_iter()))
}

/// Sets a draft to a text that no other has.
fn set(drafts: &Blocking, number: usize, written: &mut usize) {
    *written += 1;
    assert!(drafts.set(&id(number), text(*written)).unwrap().is_changed());
}

/// Goes through all numbers below `count` here and there.
fn next(number: &mut usize, count: usize) -> usize {
    *number = (*number + 611_953) % count;
    *number
}

pub(crate) fn id(number: usize) -> ConversationId {
    ConversationId::user(number.to_string()).unwrap()
}

fn fill(store: impl DraftStore, size: usize) {
    for begin in (0..size).step_by(BATCH) {
        let draft = |number| Change::SetDraft {
            id: id(number),
            text: text(number),
            extra: None,
            base: None,
            keeps_place: false,
        };
        let changes = (begin..size.min(begin + BATCH)).map(draft).collect();
        let batch = Batch { changes, now: 0, policy: OrderPolicy::default(), origin: Origin::new() };
        store.commit_blocking(batch).unwrap();
    }
    pollster::block_on(store.close()).unwrap();
}
