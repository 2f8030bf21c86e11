//! One caller, who waits for each call.

use std::cell::RefCell;
use std::path::Path;
use std::sync::mpsc::channel;

use chat_drafts::{ConversationId, DraftStore, Drafts, RedbStore, SqliteStore};

use crate::raw::{RawRedb, RawSqlite};
use crate::report::{Quiet, Report};
use crate::rounds::{Party, Rounds, median, plain_flush, timed};

const ROUNDS: usize = 30;
const CALLS: usize = 60;
const CHATS: usize = 100;

pub(crate) fn measure(report: &mut Report) {
    let hand_over = hand_over();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // Opened, closed and opened: the log has its room.
    close(SqliteStore::open(path("sqlite.db")).unwrap());
    close(SqliteStore::open(path("awaited.db")).unwrap());

    let mut raw = RawSqlite::open(&path("raw.db"));
    let set_raw = set_party(move |id, text| raw.set(id, text));
    sets(
        "SQLite",
        folder.path(),
        set_raw,
        |name| SqliteStore::open(path(name).with_extension("db")),
        hand_over,
        report,
    );
    let mut raw = RawRedb::open(&path("raw.redb"));
    let set_raw = set_party(move |id, text| raw.set(id, text));
    sets("redb", folder.path(), set_raw, |name| RedbStore::open(path(name).with_extension("redb")), hand_over, report);
    first_sets(report);
}

fn sets<S: DraftStore>(
    engine: &str,
    folder: &Path,
    raw: Party<'_>,
    open: impl Fn(&str) -> chat_drafts::Result<S>,
    hand_over: f64,
    report: &mut Report,
) {
    let blocking = Drafts::new(open("sqlite").unwrap()).unwrap();
    let awaited = Drafts::new(open("awaited").unwrap()).unwrap();
    let set_blocking = {
        let drafts = blocking.blocking();
        set_party(move |id, text| _ = drafts.set(&ConversationId::new(id).unwrap(), text).unwrap())
    };
    let set_awaited =
        set_party(|id, text| _ = pollster::block_on(awaited.set(&ConversationId::new(id).unwrap(), text)).unwrap());
    let mut parties = [plain_flush(folder), raw, set_blocking, set_awaited];
    // Every file has its rows, and its log its length.
    Rounds::run(1, 10 * CHATS, &mut parties);
    let rounds = Rounds::run(ROUNDS, CALLS, &mut parties);
    let quiet = Quiet::by_anchor(&rounds, 0);
    println!(
        "{engine}: raw {:.1} µs, blocking {:.1}, awaited {:.1}; a hand-over {hand_over:.1}",
        rounds.p50(1),
        rounds.p50(2),
        rounds.p50(3)
    );
    report.at_most(&format!("blocking set over raw {engine}"), rounds.ratio(2, 1), 1.10, quiet);
    let allowed = 1.10 * rounds.p50(1) + hand_over;
    report.at_most(
        &format!("awaited set over 1.1 x raw {engine} and a hand-over"),
        rounds.p50(3) / allowed,
        1.0,
        quiet,
    );
}

/// One call of a caller who sets one chat's draft after another's, each time to something new.
fn set_party<'a>(mut set: impl FnMut(&str, &str) + 'a) -> Party<'a> {
    let mut call = 0;
    Box::new(move || {
        call += 1;
        set(&format!("c2c_{}", call % CHATS), &format!("{call:0>200}"));
    })
}

/// The first 60 sets after an opening, over a plain flush.
fn first_sets(report: &mut Report) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alice.db");
    let mut anchor = plain_flush(folder.path());
    let call = RefCell::new(0);
    close(SqliteStore::open(&path).unwrap());
    let round = |_| {
        let drafts = Drafts::new(SqliteStore::open(&path).unwrap()).unwrap().blocking();
        let mut set = || {
            *call.borrow_mut() += 1;
            drafts.set(&ConversationId::user("bob").unwrap(), format!("{:0>200}", call.borrow())).unwrap();
        };
        let sets = median((0..60).map(|_| timed(&mut set)));
        drafts.close().unwrap();
        let flushes = median((0..60).map(|_| timed(&mut anchor)));
        (flushes, sets / flushes)
    };
    let measured: Vec<_> = (0..ROUNDS).map(round).collect();
    let (low, high) =
        measured.iter().fold((f64::MAX, 0.0_f64), |(low, high), (flush, _)| (low.min(*flush), high.max(*flush)));
    println!("a plain flush: {low:.1} to {high:.1} µs");
    let quiet = Quiet(high <= 2_000.0 && high <= 1.5 * low);
    let ratio = median(measured.iter().map(|(_, ratio)| *ratio));
    report.at_most("the first 60 sets after opening SQLite over a plain flush", ratio, 1.35, quiet);
}

/// What it takes to wake a thread that sleeps, and to be woken by it, in microseconds.
fn hand_over() -> f64 {
    let (there, wakes) = channel::<()>();
    let (back, woken) = channel::<()>();
    let thread = std::thread::spawn(move || wakes.iter().for_each(|()| back.send(()).unwrap()));
    let mut call = || {
        // Both are asleep by then.
        there.send(()).unwrap();
        woken.recv().unwrap();
    };
    let pause = || std::thread::sleep(std::time::Duration::from_micros(200));
    let p50 = median((0..500).map(|_| {
        pause();
        timed(&mut call)
    }));
    drop(there);
    thread.join().unwrap();
    p50
}

fn close(store: impl DraftStore) {
    pollster::block_on(store.close()).unwrap();
}
