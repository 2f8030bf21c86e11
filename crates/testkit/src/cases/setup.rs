//! What the cases share.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use chat_drafts_core::store::{Batch, Change};
use chat_drafts_core::{
    Changes, Conversation, ConversationId, ConversationUpdate, DraftState, Drafts, DraftsBuilder, Error, Event,
    LastMessage, OrderPolicy, Origin, Outcome, Page, Query, Result,
};
use futures_util::{FutureExt, StreamExt};

use crate::{Sandbox, TestClock};

pub(super) fn id(id: &str) -> ConversationId {
    ConversationId::new(id).unwrap()
}

pub(super) fn open(sandbox: &dyn Sandbox) -> Drafts {
    open_with(sandbox, |builder| builder)
}

pub(super) fn open_with(sandbox: &dyn Sandbox, choose: impl FnOnce(DraftsBuilder) -> DraftsBuilder) -> Drafts {
    choose(Drafts::builder(sandbox.open().unwrap())).build().unwrap()
}

/// Closes the store and opens it again.
pub(super) async fn reopen(drafts: Drafts, sandbox: &dyn Sandbox) -> Drafts {
    drafts.close().await.unwrap();
    drop(drafts);
    open(sandbox)
}

pub(super) async fn sequence(drafts: &Drafts) -> u64 {
    drafts.list(Query::first(0)).await.unwrap().sequence
}

pub(super) async fn text(drafts: &Drafts, id: &ConversationId) -> Option<String> {
    drafts.get(id).await.unwrap().map(|draft| draft.into_text())
}

pub(super) async fn conversation(drafts: &Drafts, id: &ConversationId) -> Conversation {
    drafts.conversations().get(id).await.unwrap().expect("a conversation that is known")
}

/// The ids of all conversations, from the top of the list.
pub(super) async fn order(drafts: &Drafts) -> Vec<String> {
    ids(&drafts.conversations().list(Query::all()).await.unwrap())
}

pub(super) fn ids(page: &Page) -> Vec<String> {
    page.items.iter().map(|row| row.id().as_str().to_owned()).collect()
}

/// The events that have come so far.
pub(super) fn drain(changes: &mut Changes) -> Vec<Event> {
    std::iter::from_fn(|| changes.try_next()).collect()
}

/// The events that are left in a subscription to a store that was closed; that it has ended.
#[track_caller]
pub(super) fn rest(changes: &mut Changes) -> Vec<Event> {
    let events = drain(changes);
    assert_eq!(changes.next().now_or_never(), Some(None), "closing ends the stream");
    events
}

pub(super) fn name(name: &str) -> ConversationUpdate {
    ConversationUpdate::new().show_name(name)
}

pub(super) fn message(time: i64) -> ConversationUpdate {
    ConversationUpdate::new().last_message(LastMessage::new(time, "body"))
}

/// That the call wrote something.
#[track_caller]
pub(super) fn changed(answer: Result<Outcome>) {
    assert!(answer.unwrap().is_changed(), "it had something to change");
}

/// That the call wrote nothing.
#[track_caller]
pub(super) fn unchanged(answer: Result<Outcome>) {
    assert!(!answer.unwrap().is_changed(), "it had nothing to change");
}

/// That the text is not being sent any more.
#[track_caller]
pub(super) fn not_pending(answer: Result<Outcome>) {
    assert!(matches!(answer, Err(Error::NotPending)), "it was not pending any more: {answer:?}");
}

/// What a refused write was told.
#[track_caller]
pub(super) fn conflict(answer: Result<Outcome>) -> DraftState {
    match answer {
        Err(Error::Conflict { current }) => *current,
        other => panic!("a conflict was expected, not {other:?}"),
    }
}

/// Polls a future once, as an executor does that then forgets it.
pub(super) fn poll_once<T>(future: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Drafts by this clock.
pub(super) fn open_at(sandbox: &dyn Sandbox, clock: &TestClock) -> Drafts {
    open_with(sandbox, |builder| builder.clock(clock.clone()))
}

/// Sets a draft past the `Drafts`, as another process does.
pub(super) async fn somebody_else_sets(drafts: &Drafts, id: &ConversationId, text: &str) {
    let (id, text) = (id.clone(), text.to_owned());
    let changes = vec![Change::SetDraft { id, text, extra: None, base: None, keeps_place: false }];
    let batch = Batch { changes, now: 0, policy: OrderPolicy::DraftFloats, origin: Origin::new() };
    drafts.store().commit(batch).await.unwrap();
}

/// Lets time pass in small steps, and saves what is due at each.
pub(super) fn pass(drafts: &Drafts, clock: &TestClock, millis: i64) {
    for _ in 0..millis {
        clock.advance(1);
        drafts.save_due();
    }
}
