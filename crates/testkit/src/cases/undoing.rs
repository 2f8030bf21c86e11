//! `undo_clear`: one step, in memory only.

use chat_drafts_core::{DraftInput, Error};

use super::setup::{changed, conflict, id, open, reopen, text, unchanged};
use crate::Sandbox;

/// What was cleared comes back once, with its extra: what was stored, or what was typed last.
pub async fn what_was_cleared_comes_back(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.set_with(&bob, DraftInput::new("text").extra(b"extra")).await);
    changed(drafts.clear(&bob).await);
    changed(drafts.undo_clear(&bob).await);
    let draft = drafts.get(&bob).await.unwrap().unwrap();
    assert_eq!((draft.text(), draft.extra()), ("text", &b"extra"[..]));
    unchanged(drafts.undo_clear(&bob).await);

    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("typed").unwrap();
    changed(drafts.set(&bob, "").await);
    changed(drafts.undo_clear(&bob).await);
    assert_eq!((composer.text(), text(&drafts, &bob).await.as_deref()), ("typed".to_owned(), Some("typed")));
}

/// It never takes the place of a text that is there by now, stored or typed.
pub async fn a_newer_text_is_not_overwritten(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.set(&bob, "text").await);
    changed(drafts.clear(&bob).await);
    changed(drafts.set(&bob, "newer").await);
    assert_eq!(conflict(drafts.undo_clear(&bob).await).draft().unwrap().text(), "newer");
    changed(drafts.clear(&bob).await);
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("typed").unwrap();
    assert_eq!(conflict(drafts.undo_clear(&bob).await).draft().unwrap().text(), "typed");
    assert_eq!(composer.text(), "typed");
}

/// Without a cleared draft nothing changes: none was cleared, it was sent or deleted, or the store was opened anew.
pub async fn without_one_nothing_changes(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    unchanged(drafts.undo_clear(&bob).await);
    unchanged(drafts.clear(&bob).await);
    unchanged(drafts.undo_clear(&bob).await);
    changed(drafts.set(&bob, "text").await);
    changed(drafts.begin_send(&bob).await.unwrap().confirm().await);
    unchanged(drafts.undo_clear(&bob).await);
    changed(drafts.set(&bob, "text").await);
    changed(drafts.conversations().delete(&bob).await);
    unchanged(drafts.undo_clear(&bob).await);
    changed(drafts.set(&bob, "text").await);
    changed(drafts.clear(&bob).await);
    if sandbox.reopens() {
        let drafts = reopen(drafts, sandbox).await;
        unchanged(drafts.undo_clear(&bob).await);
    }
}

/// The 32 conversations cleared last are remembered.
pub async fn the_oldest_is_forgotten(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    for number in 0..33 {
        let chat = id(&number.to_string());
        changed(drafts.set(&chat, "text").await);
        changed(drafts.clear(&chat).await);
    }
    unchanged(drafts.undo_clear(&id("0")).await);
    changed(drafts.undo_clear(&id("1")).await);
    assert!(!matches!(drafts.undo_clear(&id("32")).await, Err(Error::Conflict { .. })));
}

/// What was set, typed and sent meanwhile does not matter, as long as there is no text now.
pub async fn whatever_was_sent_meanwhile(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.set(&bob, "first").await);
    changed(drafts.clear(&bob).await);
    changed(drafts.set(&bob, "second").await);
    changed(drafts.begin_send(&bob).await.unwrap().confirm().await);
    changed(drafts.undo_clear(&bob).await);
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("first"));
}

/// A text that was deleted with its conversation does not come back, also if it was cleared before.
pub async fn what_was_deleted_since_stays_away(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.set(&bob, "text").await);
    changed(drafts.clear(&bob).await);
    drafts.conversations().delete(&bob).await.unwrap();
    unchanged(drafts.undo_clear(&bob).await);
    assert_eq!(text(&drafts, &bob).await, None);
}

/// What was cleared comes back under the new id.
pub async fn it_moves_with_a_rename(sandbox: &dyn Sandbox) {
    let (drafts, temp, real) = (open(sandbox), id("temp"), id("real"));
    let composer = drafts.compose(&temp).await.unwrap();
    composer.set_text("text").unwrap();
    unchanged(drafts.set(&temp, "").await);
    drafts.conversations().rename(&temp, &real).await.unwrap();
    unchanged(drafts.undo_clear(&temp).await);
    changed(drafts.undo_clear(&real).await);
    assert_eq!((composer.text().as_str(), text(&drafts, &real).await.as_deref()), ("text", Some("text")));
}
