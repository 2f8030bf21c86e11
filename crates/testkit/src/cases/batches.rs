//! Rule 12: a batch is all or nothing.

use chat_drafts_core::store::{Batch, Change, Committed};
use chat_drafts_core::{
    ConversationId, ConversationUpdate, DraftState, Drafts, Error, Event, LastMessage, OrderPolicy, Origin, Outcome,
    Result, Revision, digest,
};

use super::setup::{changed, conversation, drain, id, name, open, order, sequence, text};
use crate::Sandbox;

fn set(id: &ConversationId, text: &str, base: Option<Revision>) -> Change {
    Change::SetDraft { id: id.clone(), text: text.to_owned(), extra: None, base, keeps_place: false }
}

async fn commit(drafts: &Drafts, changes: Vec<Change>) -> Result<Committed> {
    let batch = Batch { changes, now: 0, policy: OrderPolicy::default(), origin: Origin::new() };
    drafts.store().commit(batch).await
}

/// Rule 12: one fact that is too long, and none of the batch is written, wherever in the batch it stands.
pub async fn one_fact_too_long_refuses_the_batch(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let mut events = drafts.subscribe();
    let long = "x".repeat((1 << 16) + 1);
    let too_long = [
        ConversationUpdate::new().show_name(long.as_str()),
        ConversationUpdate::new().avatar_url(long.as_str()),
        ConversationUpdate::new().last_message(LastMessage::new(0, long.as_str())),
        ConversationUpdate::new().custom_data(long.clone().into_bytes()),
    ];
    for update in too_long {
        for place in 0..3 {
            let mut updates = vec![(id("a"), name("A")), (id("b"), name("B"))];
            updates.insert(place, (id("c"), update.clone()));
            let answer = chats.update_many(updates).await;
            assert!(matches!(answer, Err(Error::FactTooLong { len, max }) if (len, max) == ((1 << 16) + 1, 1 << 16)));
        }
        assert!(matches!(chats.update(&id("c"), update).await, Err(Error::FactTooLong { .. })));
    }
    assert_eq!(order(&drafts).await, Vec::<String>::new());
    assert_eq!((sequence(&drafts).await, drain(&mut events)), (0, vec![]));
    changed(chats.update(&id("c"), name(&long[1..])).await);
}

/// Rule 12: a batch with a conflict leaves no trace: no row, no step of the sequence, no event; and the same changes
/// without the conflicting one are written.
pub async fn a_batch_with_a_conflict_leaves_no_trace(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (ann, bob, eve) = (id("c2c_ann"), id("c2c_bob"), id("c2c_eve"));
    changed(drafts.set(&bob, "theirs").await);
    changed(drafts.set(&eve, "text").await);
    let before = digest(drafts.store()).await.unwrap();
    let mut events = drafts.subscribe();
    let stale = Some(Revision::new(0));

    for conflicting in 0..5 {
        let mut changes = vec![
            set(&ann, "new", None),
            Change::Pin { id: eve.clone(), pinned: true },
            Change::Delete { id: eve.clone() },
            Change::Update { id: ann.clone(), update: name("Ann") },
        ];
        changes.insert(conflicting, set(&bob, "mine", stale));
        let Err(Error::Conflict { current }) = commit(&drafts, changes).await else { panic!("the base is stale") };
        assert_eq!(current.draft().unwrap().text(), "theirs");
        assert_eq!(current.revision(), Revision::new(1));
    }
    assert_eq!(digest(drafts.store()).await.unwrap(), before);
    assert_eq!(drafts.conversations().get(&ann).await.unwrap(), None);
    assert_eq!((sequence(&drafts).await, drain(&mut events)), (2, vec![]));

    let changes = vec![set(&ann, "new", None), Change::Delete { id: eve.clone() }];
    assert_eq!(commit(&drafts, changes).await.unwrap().sequence, 4);
    assert_eq!(order(&drafts).await, ["c2c_ann", "c2c_bob"]);
}

/// Rules 12 and 13: what a refused batch is told of is what the store holds, and its revision is the base for another
/// attempt: nothing of the batch's own changes shows in it.
pub async fn a_conflict_in_a_batch_tells_what_the_store_holds(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (ann, bob) = (id("c2c_ann"), id("c2c_bob"));
    for _ in 0..2 {
        changed(drafts.set(&bob, "text").await);
        changed(drafts.conversations().delete(&bob).await);
    }
    let stale = Some(Revision::new(1));
    // A conversation that never was has the revision of the store's sequence; one that is beyond it is nobody's.
    let ahead = Some(Revision::new(1_000));
    for (chat, base) in [(&bob, stale), (&ann, ahead)] {
        let changes = vec![set(&id("other"), "a", None), set(&id("another"), "b", None), set(chat, "mine", base)];
        let Err(Error::Conflict { current }) = commit(&drafts, changes).await else { panic!("no such base") };
        assert_eq!(*current, DraftState::Absent(Revision::new(4)));
    }
    changed(drafts.set(&bob, "theirs").await);
    let changes = vec![set(&bob, "first", None), set(&bob, "second", stale)];
    let Err(Error::Conflict { current }) = commit(&drafts, changes).await else { panic!("the base is stale") };
    assert_eq!(*current, DraftState::Present(drafts.get(&bob).await.unwrap().unwrap()));
}

/// Rule 12: the changes of one batch see each other; each has its outcome, its step and its event.
pub async fn the_changes_of_a_batch_see_each_other(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (bob, eve) = (id("c2c_bob"), id("c2c_eve"));
    let mut events = drafts.subscribe();
    let changes = vec![
        set(&bob, "one", Some(Revision::new(0))),
        set(&bob, "one", None),
        set(&bob, "two", Some(Revision::new(1))),
        Change::Pin { id: eve.clone(), pinned: true },
        Change::Pin { id: eve.clone(), pinned: false },
        Change::Delete { id: eve.clone() },
        Change::Update { id: bob.clone(), update: name("Bob") },
        set(&bob, "", None),
    ];
    let committed = commit(&drafts, changes).await.unwrap();
    let revision = Revision::new;
    let expected = [
        Outcome::Changed(revision(1)),
        Outcome::Unchanged(revision(1)),
        Outcome::Changed(revision(2)),
        Outcome::Changed(revision(3)),
        Outcome::Changed(revision(4)),
        Outcome::Unchanged(revision(4)),
        Outcome::Changed(revision(2)),
        Outcome::Changed(revision(6)),
    ];
    assert_eq!((committed.sequence, &committed.outcomes[..]), (6, &expected[..]));

    let events = drain(&mut events);
    let told: Vec<_> = events.iter().map(|event| (event.sequence(), event.conversation().unwrap().id())).collect();
    assert_eq!(told, [(1, &bob), (2, &bob), (3, &eve), (4, &eve), (5, &bob), (6, &bob)]);
    assert!(matches!(events[0], Event::Added { .. }) && matches!(events[1], Event::Changed { .. }));
    assert!(matches!(events[2], Event::Added { .. }) && matches!(events[3], Event::Removed { .. }));
    assert_eq!(events[0].conversation().unwrap().draft_text(), "one");
    assert_eq!(events[1].conversation().unwrap().draft_text(), "two");
    assert_eq!(events[4].conversation().unwrap().draft_text(), "two");
    assert_eq!(*events[5].conversation().unwrap(), conversation(&drafts, &bob).await);
    assert_eq!(order(&drafts).await, ["c2c_bob"]);
}

/// Rule 12: what is refused leaves its neighbours in the same group commit untouched.
pub async fn refused_batches_leave_their_neighbours_alone(sandbox: &dyn Sandbox) {
    const ROUNDS: usize = 12;
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    changed(drafts.set(&bob, "theirs").await);
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let (drafts, bob) = (&drafts, &bob);
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let chat = id(&format!("c2c_{writer}_{round}"));
                    let bad =
                        vec![set(&id(&format!("trace {writer}")), "x", None), set(bob, "x", Some(Revision::new(0)))];
                    if writer % 2 == 0 {
                        changed(pollster::block_on(drafts.set(&chat, "kept")));
                    } else {
                        let answer = pollster::block_on(commit(drafts, bad));
                        assert!(matches!(answer, Err(Error::Conflict { .. })));
                    }
                }
            });
        }
    });
    for writer in (0..8).step_by(2) {
        for round in 0..ROUNDS {
            assert_eq!(text(&drafts, &id(&format!("c2c_{writer}_{round}"))).await.as_deref(), Some("kept"));
        }
    }
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("theirs"));
    assert_eq!(order(&drafts).await.len(), 4 * ROUNDS + 1);
    assert_eq!(sequence(&drafts).await, 4 * ROUNDS as u64 + 1);
}
