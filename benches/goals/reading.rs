//! Reads, on the caller's thread, beside those of the raw engines.

use chat_drafts::store::{Batch, Change};
use chat_drafts::{ConversationId, DraftStore, Drafts, OrderPolicy, Origin, Query, RedbStore, SqliteStore};

use crate::raw::{RawRedb, RawSqlite};
use crate::report::{Quiet, Report};
use crate::rounds::{Party, Rounds};
use crate::text;

const ROWS: usize = 100_000;

pub(crate) fn measure(report: &mut Report) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut raw = RawSqlite::open(&path("raw.db"));
    raw.fill((0..ROWS).map(|row| (id(row), text(row))));
    let drafts = Drafts::new(filled(SqliteStore::open(path("alice.db")).unwrap())).unwrap();
    let ours = drafts.blocking();
    let mut parties: [Party<'_>; 4] = [
        reading(|row| assert!(raw.get(&id(row)).is_some())),
        reading(|row| assert!(ours.get(&ConversationId::new(id(row)).unwrap()).unwrap().is_some())),
        Box::new(|| assert_eq!(raw.first(50).len(), 50)),
        Box::new(|| assert_eq!(ours.list(Query::first(50)).unwrap().items.len(), 50)),
    ];
    let rounds = Rounds::run(30, 300, &mut parties);
    println!(
        "SQLite, {ROWS} drafts: get raw {:.1} µs, ours {:.1}; first 50 raw {:.1}, ours {:.1}",
        rounds.p50(0),
        rounds.p50(1),
        rounds.p50(2),
        rounds.p50(3)
    );
    report.at_most("get over raw SQLite, 100,000 drafts", rounds.ratio(1, 0), 1.3, Quiet(true));
    report.at_most("the first 50 of 100,000 over raw SQLite", rounds.ratio(3, 2), 1.3, Quiet(true));

    const FEW: usize = 1_000;
    let mut raw = RawRedb::open(&path("raw.redb"));
    (0..FEW).for_each(|row| raw.set(&id(row), &text(row)));
    let drafts = Drafts::new(RedbStore::open(path("alice.redb")).unwrap()).unwrap();
    let ours = drafts.blocking();
    (0..FEW).for_each(|row| _ = ours.set(&ConversationId::new(id(row)).unwrap(), text(row)).unwrap());
    let mut parties: [Party<'_>; 2] = [
        reading(|row| assert!(raw.get(&id(row % FEW)).is_some())),
        reading(|row| assert!(ours.get(&ConversationId::new(id(row % FEW)).unwrap()).unwrap().is_some())),
    ];
    let rounds = Rounds::run(30, 300, &mut parties);
    println!("redb, {FEW} drafts: get raw {:.1} µs, ours {:.1}", rounds.p50(0), rounds.p50(1));
    report.at_most("get over raw redb, 1,000 drafts", rounds.ratio(1, 0), 1.3, Quiet(true));
}

fn id(row: usize) -> String {
    format!("c2c_{row}")
}

/// One call of a caller who reads here and there.
fn reading<'a>(read: impl Fn(usize) + 'a) -> Party<'a> {
    let mut row = 0;
    Box::new(move || {
        row = (row + 7_919) % ROWS;
        read(row);
    })
}

fn filled<S: DraftStore>(store: S) -> S {
    for begin in (0..ROWS).step_by(10_000) {
        let draft = |row| {
            let id = ConversationId::new(id(row)).unwrap();
            Change::SetDraft { id, text: text(row), extra: None, base: None, keeps_place: false }
        };
        let changes = (begin..begin + 10_000).map(draft).collect();
        let batch = Batch { changes, now: 0, policy: OrderPolicy::default(), origin: Origin::new() };
        store.commit_blocking(batch).unwrap();
    }
    store
}
