//! Rules 9 and 13, the trap: a window reads that there is no draft, somebody else writes and sends it, and the window's
//! save comes late. It must not bring anything back, nor overwrite what it never saw.

use chat_drafts_core::{ConversationId, DraftInput, DraftState, Drafts, Revision};

use super::setup::{changed, conflict, drain, id, open, reopen, sequence, text};
use crate::Sandbox;

/// A store with a history, a conversation without a draft, and the base a window has read of it.
async fn window(sandbox: &dyn Sandbox) -> (Drafts, ConversationId, Revision) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    changed(drafts.set(&id("c2c_other"), "text").await);
    let base = drafts.revision(&bob).await.unwrap();
    assert_eq!(base, Revision::new(1));
    (drafts, bob, base)
}

/// The late save: refused, told what is there, and nothing changed; the base it was given then works.
async fn assert_refused(drafts: &Drafts, bob: &ConversationId, base: Revision) {
    let (before, text_before) = (sequence(drafts).await, text(drafts, bob).await);
    let mut events = drafts.subscribe();
    let current = conflict(drafts.set_with(bob, DraftInput::new("late").based_on(base)).await);
    let expected = match drafts.get(bob).await.unwrap() {
        Some(draft) => DraftState::Present(draft),
        None => DraftState::Absent(drafts.revision(bob).await.unwrap()),
    };
    assert_eq!(current, expected);
    assert_eq!(text(drafts, bob).await, text_before);
    assert_eq!((sequence(drafts).await, drain(&mut events)), (before, vec![]));

    changed(drafts.set_with(bob, DraftInput::new("late").based_on(current.revision())).await);
    assert_eq!(text(drafts, bob).await.as_deref(), Some("late"));
}

/// Meanwhile somebody has written a draft.
pub async fn over_a_text_it_is_refused(sandbox: &dyn Sandbox) {
    let (drafts, bob, base) = window(sandbox).await;
    changed(drafts.set(&bob, "theirs").await);
    assert_refused(&drafts, &bob, base).await;
}

/// Meanwhile somebody has written a draft and cleared it: it was sent elsewhere.
pub async fn over_a_cleared_text_it_is_refused(sandbox: &dyn Sandbox) {
    let (drafts, bob, base) = window(sandbox).await;
    changed(drafts.set(&bob, "theirs").await);
    changed(drafts.clear(&bob).await);
    assert_refused(&drafts, &bob, base).await;
}

/// Meanwhile somebody has written a draft and cleared it, and the conversation is known by its facts.
pub async fn over_a_cleared_text_of_a_known_conversation_it_is_refused(sandbox: &dyn Sandbox) {
    let (drafts, bob, base) = window(sandbox).await;
    changed(drafts.conversations().pin(&bob, true).await);
    changed(drafts.set(&bob, "theirs").await);
    changed(drafts.clear(&bob).await);
    assert_refused(&drafts, &bob, base).await;
}

/// Meanwhile somebody has written a draft and deleted the conversation.
pub async fn over_a_deleted_conversation_it_is_refused(sandbox: &dyn Sandbox) {
    let (drafts, bob, base) = window(sandbox).await;
    changed(drafts.set(&bob, "theirs").await);
    changed(drafts.conversations().delete(&bob).await);
    assert_refused(&drafts, &bob, base).await;
}

/// Meanwhile somebody has written, cleared and deleted it, and told a fact that was taken back: all that is left of it
/// is older than what hid it last.
pub async fn over_a_conversation_that_came_and_went_it_is_refused(sandbox: &dyn Sandbox) {
    let (drafts, bob, base) = window(sandbox).await;
    changed(drafts.set(&bob, "theirs").await);
    changed(drafts.clear(&bob).await);
    changed(drafts.conversations().pin(&bob, true).await);
    changed(drafts.conversations().pin(&bob, false).await);
    assert_refused(&drafts, &bob, base).await;
}

/// A draft that was there when the window read it, and is deleted: its own revision is no base any more.
pub async fn a_base_on_a_deleted_draft_is_refused(sandbox: &dyn Sandbox) {
    let (drafts, bob, _) = window(sandbox).await;
    let base = drafts.set(&bob, "seen").await.unwrap().revision();
    changed(drafts.conversations().delete(&bob).await);
    assert_refused(&drafts, &bob, base).await;
}

/// The same with a restart in between, at which what is left of a cleared draft is collected. Needs a store that
/// reopens.
pub async fn over_a_cleared_text_and_a_restart_it_is_refused(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let (drafts, bob, base) = window(sandbox).await;
    changed(drafts.set(&bob, "theirs").await);
    changed(drafts.clear(&bob).await);
    let drafts = reopen(drafts, sandbox).await;
    assert_refused(&drafts, &bob, base).await;
}

/// The same with a restart after deleting, and writes of others behind it. Needs a store that reopens.
pub async fn over_a_deleted_conversation_and_a_restart_it_is_refused(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let (drafts, bob, base) = window(sandbox).await;
    let seen = drafts.set(&bob, "theirs").await.unwrap().revision();
    changed(drafts.conversations().delete(&bob).await);
    let drafts = reopen(drafts, sandbox).await;
    changed(drafts.set(&id("c2c_other"), "newer").await);
    let drafts = reopen(drafts, sandbox).await;
    let late = conflict(drafts.set_with(&bob, DraftInput::new("late").based_on(seen)).await);
    assert_eq!(late, DraftState::Absent(drafts.revision(&bob).await.unwrap()));
    assert_refused(&drafts, &bob, base).await;
}

/// A restart between the writing and the clearing, so that the remains are of a later opening. Needs a store that
/// reopens.
pub async fn over_two_restarts_it_is_refused(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let (drafts, bob, base) = window(sandbox).await;
    changed(drafts.set(&bob, "theirs").await);
    let drafts = reopen(drafts, sandbox).await;
    changed(drafts.clear(&bob).await);
    let drafts = reopen(drafts, sandbox).await;
    let drafts = reopen(drafts, sandbox).await;
    assert_refused(&drafts, &bob, base).await;
}
