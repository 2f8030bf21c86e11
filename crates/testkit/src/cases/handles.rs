//! One `Drafts` for each store, what closing does, and the same verbs without an executor.

use std::sync::Arc;

use chat_drafts_core::store::{Batch, Task};
use chat_drafts_core::{
    ConversationUpdate, DraftInput, Drafts, Error, OrderPolicy, Origin, Outcome, Query, Result, Revision, digest,
};

use super::setup::{changed, conversation, id, name, open, open_with, rest, text};
use crate::{Sandbox, TestClock};

#[track_caller]
fn assert_closed<T>(answer: Result<T>) {
    assert!(matches!(answer, Err(Error::Closed)), "every verb says that the store is closed");
}

/// A store has one `Drafts`; a second is refused until the first, clones included, is gone.
pub async fn a_second_drafts_on_one_store_is_refused(sandbox: &dyn Sandbox) {
    let store = sandbox.open().unwrap();
    let bob = id("c2c_bob");
    let first = Drafts::new(Arc::clone(&store)).unwrap();
    changed(first.set(&bob, "text").await);
    let clone = first.clone();
    let blocking = first.blocking();
    for _ in 0..2 {
        assert!(matches!(Drafts::new(Arc::clone(&store)), Err(Error::InUse)));
    }
    drop(first);
    assert!(matches!(Drafts::new(Arc::clone(&store)), Err(Error::InUse)), "a clone is left");
    drop(clone);
    assert!(matches!(Drafts::builder(Arc::clone(&store)).build(), Err(Error::InUse)), "a blocking view is left");
    assert_eq!(blocking.get(&bob).unwrap().unwrap().text(), "text");
    drop(blocking);

    let second = Drafts::new(store).unwrap();
    assert_eq!(text(&second, &bob).await.as_deref(), Some("text"));
    let other = sandbox.another();
    let elsewhere = open(&*other);
    assert_eq!(elsewhere.get(&bob).await.unwrap(), None, "another store is another account");
}

/// After closing every verb answers `Closed`, by every clone, and closing again is fine.
pub async fn everything_after_closing_is_closed(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let clone = drafts.clone();
    let bob = id("c2c_bob");
    changed(drafts.set(&bob, "text").await);
    drafts.close().await.unwrap();
    drafts.close().await.unwrap();
    for drafts in [drafts, clone] {
        let (chats, update) = (drafts.conversations(), || name("Bob"));
        assert_closed(drafts.set(&bob, "other").await);
        assert_closed(drafts.set(&bob, "text").await);
        assert_closed(drafts.set_with(&bob, DraftInput::new("other").based_on(Revision::new(0))).await);
        assert_closed(drafts.clear(&bob).await);
        assert_closed(drafts.get(&bob).await);
        assert_closed(drafts.get_many(&[]).await);
        assert_closed(drafts.list(Query::first(0)).await);
        assert_closed(drafts.list(Query::all()).await);
        assert_closed(drafts.revision(&bob).await);
        assert_closed(chats.get(&bob).await);
        assert_closed(chats.list(Query::all()).await);
        assert_closed(chats.update(&bob, update()).await);
        assert_closed(chats.update_many([(bob.clone(), update())]).await);
        assert_closed(chats.update_many([]).await);
        assert_closed(chats.pin(&bob, true).await);
        assert_closed(chats.delete(&bob).await);
        assert_closed(drafts.resume().await);
        assert_closed(drafts.check().await);
        for task in [Task::Checkpoint, Task::Compact] {
            assert_closed(drafts.store().maintain(task).await);
        }
        let batch = Batch { changes: vec![], now: 0, policy: OrderPolicy::default(), origin: Origin::new() };
        assert_closed(drafts.store().commit(batch).await);
        assert_closed(digest(drafts.store()).await);

        let (drafts, chats) = (drafts.blocking(), drafts.blocking());
        let chats = chats.conversations();
        assert_closed(drafts.set(&bob, "other"));
        assert_closed(drafts.set_with(&bob, DraftInput::new("other")));
        assert_closed(drafts.clear(&bob));
        assert_closed(drafts.get(&bob));
        assert_closed(drafts.get_many(&[]));
        assert_closed(drafts.list(Query::all()));
        assert_closed(drafts.revision(&bob));
        assert_closed(chats.get(&bob));
        assert_closed(chats.list(Query::all()));
        assert_closed(chats.update(&bob, update()));
        assert_closed(chats.update_many([(bob.clone(), update())]));
        assert_closed(chats.pin(&bob, true));
        assert_closed(chats.delete(&bob));
        assert_closed(drafts.resume());
        assert_closed(drafts.check());
        drafts.close().unwrap();
    }
}

/// Closing writes what was taken: every call that was answered `Ok` before is there at the next opening. Needs a store
/// that reopens.
pub async fn closing_keeps_what_was_taken(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let drafts = open(sandbox);
    let outcomes = std::thread::scope(|scope| {
        let write = |number: usize| {
            let drafts = &drafts;
            scope.spawn(move || drafts.blocking().set(&id(&number.to_string()), "text"))
        };
        let writers: Vec<_> = (0..16).map(write).collect();
        pollster::block_on(drafts.close()).unwrap();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    drop(drafts);
    let drafts = open(sandbox);
    for (number, outcome) in outcomes.into_iter().enumerate() {
        let there = text(&drafts, &id(&number.to_string())).await.is_some();
        match outcome {
            Ok(_) => assert!(there, "it was answered"),
            Err(error) => assert!(matches!(error, Error::Closed) && !there, "it came too late"),
        }
    }
}

/// A store that is dropped without closing keeps what was answered. Needs a store that reopens.
pub async fn dropping_keeps_what_was_answered(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    for number in 0..5 {
        let drafts = open(sandbox);
        changed(drafts.set(&id(&number.to_string()), "text").await);
        drop(drafts);
        let drafts = open(sandbox);
        assert_eq!(drafts.list(Query::all()).await.unwrap().items.len(), number + 1);
    }
}

/// The blocking view gives the same answers as the awaited verbs.
pub async fn the_blocking_view_gives_the_same_answers(sandbox: &dyn Sandbox) {
    let other = sandbox.another();
    let clock = TestClock::at(7);
    let awaited = open_with(sandbox, |builder| builder.clock(clock.clone()));
    let blocked = open_with(&*other, |builder| builder.clock(clock.clone()));
    let (bob, eve) = (id("c2c_bob"), id("c2c_eve"));
    let input = |base| DraftInput::new("text").extra(b"extra").based_on(Revision::new(base));
    let many =
        || vec![(bob.clone(), name("Bob")), (eve.clone(), ConversationUpdate::new()), (eve.clone(), name("Eve"))];

    let outcomes = {
        let chats = awaited.conversations();
        vec![
            awaited.set(&bob, "one").await,
            awaited.set(&bob, "one").await,
            awaited.set_with(&eve, input(1)).await,
            awaited.set_with(&eve, input(0)).await,
            awaited.set_with(&bob, input(9)).await,
            awaited.set(&bob, "x".repeat(2 << 20)).await,
            chats.pin(&eve, true).await,
            chats.update(&bob, name("Robert")).await,
            awaited.clear(&eve).await,
            chats.delete(&id("c2c_nobody")).await,
        ]
    };
    let blocking = blocked.blocking();
    let blocked_outcomes = {
        let chats = blocking.conversations();
        vec![
            blocking.set(&bob, "one"),
            blocking.set(&bob, "one"),
            blocking.set_with(&eve, input(1)),
            blocking.set_with(&eve, input(0)),
            blocking.set_with(&bob, input(9)),
            blocking.set(&bob, "x".repeat(2 << 20)),
            chats.pin(&eve, true),
            chats.update(&bob, name("Robert")),
            blocking.clear(&eve),
            chats.delete(&id("c2c_nobody")),
        ]
    };
    let plain = |answers: Vec<Result<Outcome>>| answers.iter().map(|answer| format!("{answer:?}")).collect::<Vec<_>>();
    assert_eq!(plain(outcomes), plain(blocked_outcomes));

    let chats = blocking.conversations();
    assert_eq!(awaited.conversations().update_many(many()).await.unwrap(), chats.update_many(many()).unwrap());
    assert_eq!(awaited.get(&bob).await.unwrap(), blocking.get(&bob).unwrap());
    let asked = [eve.clone(), bob.clone()];
    assert_eq!(awaited.get_many(&asked).await.unwrap(), blocking.get_many(&asked).unwrap());
    assert_eq!(awaited.list(Query::first(1)).await.unwrap(), blocking.list(Query::first(1)).unwrap());
    assert_eq!(awaited.revision(&eve).await.unwrap(), blocking.revision(&eve).unwrap());
    assert_eq!(Some(conversation(&awaited, &bob).await), chats.get(&bob).unwrap());
    assert_eq!(awaited.conversations().list(Query::all()).await.unwrap(), chats.list(Query::all()).unwrap());
    blocking.check().unwrap();
    blocking.resume().unwrap();

    let mut events = blocking.subscribe();
    changed(blocking.set(&bob, "last"));
    assert_eq!(events.next_blocking().unwrap().conversation().unwrap().draft_text(), "last");
    blocking.close().unwrap();
    assert_eq!(rest(&mut events), vec![]);
}
