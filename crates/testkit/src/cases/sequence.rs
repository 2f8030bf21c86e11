//! Sequences and revisions: one more for every committed change, never one twice.

use chat_drafts_core::{ConversationUpdate, DraftInput, OrderPolicy, Outcome, Revision};

use super::setup::{changed, id, message, name, open, open_with, reopen, sequence};
use crate::Sandbox;

/// Every committed change, of whatever kind, takes exactly one step.
pub async fn every_change_is_one_step(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let (bob, eve) = (id("c2c_bob"), id("c2c_eve"));
    assert_eq!(sequence(&drafts).await, 0);
    let mut expected = 0;
    let mut step = async |outcome: chat_drafts_core::Result<Outcome>| {
        changed(outcome);
        expected += 1;
        assert_eq!(sequence(&drafts).await, expected);
    };
    step(drafts.set(&bob, "text").await).await;
    step(drafts.set(&bob, "other").await).await;
    step(drafts.set_with(&bob, DraftInput::new("other").extra(b"extra")).await).await;
    step(chats.pin(&bob, true).await).await;
    step(chats.update(&bob, name("Bob")).await).await;
    step(drafts.clear(&bob).await).await;
    step(chats.update(&bob, message(1)).await).await;
    step(chats.update(&bob, message(0)).await).await;
    step(chats.pin(&bob, false).await).await;
    step(chats.delete(&bob).await).await;
    step(drafts.set(&eve, "text").await).await;
    step(chats.delete(&eve).await).await;
    step(chats.pin(&eve, true).await).await;
    step(chats.pin(&eve, false).await).await;
    let revision = drafts.set(&bob, "text").await.unwrap();
    assert_eq!(revision, Outcome::Changed(Revision::new(15)));
}

/// The sequence outlives a restart whatever the last change was, even when no row shows it any more: the next change
/// takes the next step, and no revision is given twice. Needs a store that reopens.
pub async fn a_restart_never_gives_a_revision_twice(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let mut drafts = open(sandbox);
    let (bob, eve) = (id("c2c_bob"), id("c2c_eve"));
    for last in 0..12 {
        changed(drafts.set(&bob, format!("text {last}")).await);
        drafts.conversations().pin(&bob, true).await.unwrap();
        changed(drafts.set(&eve, "text").await);
        let chats = drafts.conversations();
        match last {
            0 => changed(chats.delete(&eve).await),
            1 => changed(drafts.clear(&eve).await),
            2 => changed(drafts.set_with(&eve, DraftInput::new("text").extra(b"extra")).await),
            3 => changed(chats.pin(&bob, false).await),
            4 => changed(chats.update(&bob, name("Bob").unread_count(1)).await),
            5 => changed(drafts.clear(&bob).await),
            6 => changed(chats.pin(&eve, true).await),
            7 => changed(chats.update(&eve, message(1)).await),
            8 => changed(chats.update(&eve, message(0)).await),
            9 => changed(chats.delete(&bob).await),
            10 => {
                // Nothing is left that could show it.
                changed(chats.delete(&bob).await);
                changed(chats.delete(&eve).await);
            }
            _ => {
                changed(chats.pin(&id("c2c_pinned"), true).await);
                changed(chats.pin(&id("c2c_pinned"), false).await);
            }
        }
        let before = sequence(&drafts).await;
        drafts = reopen(drafts, sandbox).await;
        assert_eq!(sequence(&drafts).await, before);
        let next = drafts.set(&id("c2c_next"), format!("text {last}")).await.unwrap();
        assert_eq!(next, Outcome::Changed(Revision::new(before + 1)));
        drafts = reopen(drafts, sandbox).await;
        assert_eq!(sequence(&drafts).await, before + 1);
        drafts.conversations().delete(&eve).await.unwrap();
    }
}

/// The same under a policy that moves no row, so that the newest change is seldom shown by an activity. Needs a store
/// that reopens.
pub async fn a_restart_under_messages_only_never_gives_a_revision_twice(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let bob = id("c2c_bob");
    for number in 0..4 {
        let drafts = open_with(sandbox, |builder| builder.order_policy(OrderPolicy::MessagesOnly));
        assert_eq!(sequence(&drafts).await, 2 * number);
        changed(drafts.set(&bob, format!("text {number}")).await);
        changed(drafts.conversations().update(&bob, ConversationUpdate::new().unread_count(number as u32)).await);
        drafts.close().await.unwrap();
    }
}
