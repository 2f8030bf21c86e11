//! Rule 23: a copy moves everything into an empty store, and proves it.

use chat_drafts_core::{ConversationUpdate, DraftInput, Drafts, Error, Query, Revision, Ticket, copy, digest};

use super::setup::{
    changed, conflict, drain, id, message, name, open, open_at, open_with, order, reopen, sequence, text,
};
use crate::{Sandbox, TestClock, hostile_ids, hostile_texts};

/// A store with everything in it that there can be.
async fn full(sandbox: &dyn Sandbox) -> Drafts {
    let clock = TestClock::at(-5);
    let drafts = open_with(sandbox, |builder| builder.clock(clock.clone()));
    let chats = drafts.conversations();
    for (chat, hostile) in hostile_ids().iter().zip(hostile_texts().iter().cycle()) {
        clock.advance(1);
        changed(drafts.set_with(&id(chat), DraftInput::new(hostile).extra(hostile.as_bytes())).await);
    }
    changed(chats.update(&id("x"), name("X").unread_count(3).custom_data(Vec::new())).await);
    changed(chats.update(&id("c2c_x"), message(7)).await);
    changed(chats.pin(&id("group_x"), true).await);
    changed(chats.pin(&id("1"), true).await);
    changed(drafts.clear(&id("x")).await);
    changed(drafts.clear(&id("X")).await);
    changed(chats.delete(&id("..")).await);
    changed(chats.update(&id("plain"), ConversationUpdate::new().avatar_url("")).await);
    changed(chats.delete(&id("K")).await);
    for text in ["sent", "sent too\0"] {
        changed(drafts.set_with(&id("sending"), DraftInput::new(text).extra(b"quote")).await);
        drop(drafts.begin_send(&id("sending")).await.unwrap());
    }
    drafts
}

/// Rule 23: every row of the copy is as it was, revision, order, time, draft and facts; the digests agree, the source
/// is only read, and the copy goes on where the source was.
pub async fn a_copy_holds_everything(sandbox: &dyn Sandbox) {
    let other = sandbox.another();
    let (source, mut target) = (full(sandbox).await, open(&*other));
    let before = (digest(source.store()).await.unwrap(), sequence(&source).await);
    let rows = source.conversations().list(Query::all()).await.unwrap().items;
    let mut events = source.subscribe();

    let copied = copy(source.store(), target.store()).await.unwrap();
    assert_eq!((copied.conversations, copied.digest), (rows.len(), before.0));
    assert_eq!((digest(source.store()).await.unwrap(), sequence(&source).await), before);
    assert_eq!(drain(&mut events), vec![]);
    assert_eq!(target.conversations().list(Query::all()).await.unwrap().items, rows);
    assert_eq!(target.list(Query::all()).await.unwrap().items, source.list(Query::all()).await.unwrap().items);
    assert_eq!((digest(target.store()).await.unwrap(), sequence(&target).await), before);

    if sandbox.reopens() {
        target = reopen(target, &*other).await;
        assert_eq!((digest(target.store()).await.unwrap(), sequence(&target).await), before);
    }
    target.check().await.unwrap();
    let sent =
        |tickets: Vec<Ticket>| tickets.iter().map(|ticket| (ticket.number(), ticket.text().to_owned())).collect();
    let (in_source, in_target): (Vec<_>, Vec<_>) =
        (sent(source.tickets().await.unwrap()), sent(target.tickets().await.unwrap()));
    assert!(in_source.len() == 2 && in_source == in_target);
    let base = target.revision(&id("group_x")).await.unwrap();
    assert_eq!(base, source.revision(&id("group_x")).await.unwrap());
    changed(target.set_with(&id("group_x"), DraftInput::new("next").based_on(base)).await);
    assert_eq!(target.revision(&id("group_x")).await.unwrap(), Revision::new(before.1 + 1));
}

/// Rule 23: a target that holds anything, a conversation of the source or one it does not know, is refused, and both
/// stores stay as they are.
pub async fn a_target_that_is_not_empty_is_refused(sandbox: &dyn Sandbox) {
    let source = full(sandbox).await;
    for mine in ["x", "of the target alone"] {
        let other = sandbox.another();
        let target = open(&*other);
        changed(target.conversations().update(&id(mine), name("Mine")).await);
        let mut events = target.subscribe();
        let before = (digest(source.store()).await.unwrap(), digest(target.store()).await.unwrap());
        assert!(matches!(copy(source.store(), target.store()).await, Err(Error::NotEmpty)));
        assert_eq!((digest(source.store()).await.unwrap(), digest(target.store()).await.unwrap()), before);
        assert_eq!((order(&target).await, sequence(&target).await), (vec![mine.to_owned()], 1));
        assert_eq!(drain(&mut events), vec![]);
    }
}

/// Rules 13, 18 and 23: a store whose conversations are all gone is not a new one: what was known of them, a base or the
/// sequence of a page, must not stand for what was copied. One can be copied of nothing.
pub async fn an_emptied_store_is_not_a_new_one(sandbox: &dyn Sandbox) {
    let (other, third) = (sandbox.another(), sandbox.another());
    let (source, target, empty) = (full(sandbox).await, open(&*other), open(&*third));
    assert_eq!(copy(empty.store(), target.store()).await.unwrap().conversations, 0);
    let stale = target.set(&id("x"), "mine").await.unwrap().revision();
    changed(target.conversations().delete(&id("x")).await);
    assert!(matches!(copy(source.store(), target.store()).await, Err(Error::NotEmpty)));
    assert_eq!((order(&target).await, sequence(&target).await), (vec![], 2));
    conflict(target.set_with(&id("x"), DraftInput::new("late").based_on(stale)).await);
}

/// Rules 13 and 23: a save that was based on the source and comes late to the copy is refused there: nothing that was
/// cleared comes back by way of a copy.
pub async fn a_late_save_over_a_copy_is_refused(sandbox: &dyn Sandbox) {
    let other = sandbox.another();
    let (source, target) = (open(sandbox), open(&*other));
    let (bob, eve) = (id("c2c_bob"), id("c2c_eve"));
    changed(source.conversations().pin(&eve, true).await);
    let absent = [source.revision(&bob).await.unwrap(), source.revision(&eve).await.unwrap()];
    let seen = source.set(&bob, "theirs").await.unwrap().revision();
    changed(source.set(&eve, "theirs").await);
    changed(source.clear(&eve).await);
    changed(source.conversations().delete(&bob).await);
    copy(source.store(), target.store()).await.unwrap();
    for (chat, base) in [(&bob, absent[0]), (&bob, seen), (&eve, absent[1])] {
        let current = conflict(target.set_with(chat, DraftInput::new("late").based_on(base)).await);
        assert_eq!(current.draft(), None);
    }
    assert_eq!((text(&target, &bob).await, text(&target, &eve).await), (None, None));
    let now = target.revision(&bob).await.unwrap();
    changed(target.set_with(&bob, DraftInput::new("new").based_on(now)).await);
}

/// A copy of a `Drafts` saves what is typed first.
pub async fn what_is_typed_is_copied_too(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open_at(sandbox, &TestClock::at(0)), id("c2c_bob"));
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("typed").unwrap();
    let target = sandbox.another();
    let store = target.open().unwrap();
    assert_eq!(drafts.copy_to(&*store).await.unwrap().conversations, 1);
    let copy = Drafts::new(store).unwrap();
    assert_eq!(text(&copy, &bob).await.as_deref(), Some("typed"));
}
