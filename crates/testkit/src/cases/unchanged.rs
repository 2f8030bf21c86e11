//! Rule 8: what the store holds already is not written again.

use chat_drafts_core::{ConversationUpdate, DraftInput, LastMessage, Outcome};

use super::setup::{changed, conversation, drain, id, message, open_with, order, sequence, unchanged};
use crate::{Sandbox, TestClock};

/// Rule 8: the same text and extra again is `Unchanged`: no write, no event, no move, no new time, no new revision.
pub async fn the_same_draft_again_changes_nothing(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(10);
    let drafts = open_with(sandbox, |builder| builder.clock(clock.clone()));
    let (bob, eve) = (id("c2c_bob"), id("c2c_eve"));
    changed(drafts.set_with(&bob, DraftInput::new("text").extra(b"extra")).await);
    changed(drafts.set(&eve, "text").await);
    let before = conversation(&drafts, &bob).await;
    let mut events = drafts.subscribe();
    clock.set(20);

    let revision = before.draft().unwrap().revision();
    assert_eq!(drafts.set(&bob, "text").await.unwrap(), Outcome::Unchanged(revision));
    let again = DraftInput::new("text").extra(b"extra");
    assert_eq!(drafts.set_with(&bob, again).await.unwrap(), Outcome::Unchanged(revision));

    assert_eq!(drain(&mut events), vec![]);
    assert_eq!(sequence(&drafts).await, 2);
    assert_eq!(conversation(&drafts, &bob).await, before);
    assert_eq!(order(&drafts).await, ["c2c_eve", "c2c_bob"]);
}

/// Rule 8 for facts and pins: telling what is known already is `Unchanged` too.
pub async fn the_same_facts_again_change_nothing(sandbox: &dyn Sandbox) {
    let drafts = open_with(sandbox, |builder| builder);
    let chats = drafts.conversations();
    let (bob, eve) = (id("c2c_bob"), id("c2c_eve"));
    let all = || {
        ConversationUpdate::new()
            .show_name("Bob")
            .avatar_url("")
            .unread_count(0)
            .receive_option(2)
            .last_message(LastMessage::new(7, "body"))
            .custom_data(Vec::new())
    };
    changed(chats.update(&bob, all()).await);
    changed(chats.pin(&bob, true).await);
    changed(chats.update(&eve, message(1)).await);
    let before = conversation(&drafts, &bob).await;
    let mut events = drafts.subscribe();

    unchanged(chats.update(&bob, all()).await);
    unchanged(chats.update(&bob, ConversationUpdate::new()).await);
    unchanged(chats.update(&bob, ConversationUpdate::new().show_name("Bob")).await);
    unchanged(chats.update(&bob, message(7)).await);
    unchanged(chats.update(&eve, ConversationUpdate::new().show_name(None).custom_data(None)).await);
    unchanged(chats.pin(&bob, true).await);
    unchanged(chats.pin(&eve, false).await);

    assert_eq!(drain(&mut events), vec![]);
    assert_eq!(sequence(&drafts).await, 3);
    assert_eq!(conversation(&drafts, &bob).await, before);
}
