//! Rule 9: how a conversation comes into being and goes, and what is told of it.

use chat_drafts_core::{ConversationId, ConversationUpdate, DraftInput, DraftState, Drafts, Facts, LastMessage, Query};

use super::setup::{changed, conversation, drain, id, ids, message, name, open, order, reopen, sequence, unchanged};
use crate::Sandbox;

/// That no read shows the conversation.
async fn assert_hidden(drafts: &Drafts, chat: &ConversationId) {
    assert_eq!(drafts.get(chat).await.unwrap(), None);
    assert_eq!(drafts.get_many(&[chat.clone(), chat.clone()]).await.unwrap(), [None, None]);
    assert_eq!(drafts.conversations().get(chat).await.unwrap(), None);
    assert!(!order(drafts).await.contains(&chat.as_str().to_owned()));
    let listed = drafts.list(Query::all()).await.unwrap();
    assert!(!ids(&listed).contains(&chat.as_str().to_owned()));
}

fn everything() -> ConversationUpdate {
    ConversationUpdate::new()
        .show_name("B\0b \u{202e}")
        .avatar_url("")
        .unread_count(u32::MAX)
        .receive_option(0)
        .last_message(LastMessage::new(i64::MIN, [0, 255]))
        .custom_data(Vec::new())
}

/// Rule 9: a draft, a pin or any fact of an unknown conversation creates it.
pub async fn a_draft_a_pin_or_a_fact_creates_a_conversation(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    changed(drafts.set(&id("draft"), " ").await);
    changed(chats.pin(&id("pin"), true).await);
    let tell = ConversationUpdate::new;
    let facts = [
        ("name", tell().show_name("")),
        ("avatar", tell().avatar_url("")),
        ("unread", tell().unread_count(0)),
        ("option", tell().receive_option(0)),
        ("message", tell().last_message(LastMessage::new(0, ""))),
        ("data", tell().custom_data(Vec::new())),
    ];
    for (chat, fact) in facts {
        changed(chats.update(&id(chat), fact).await);
    }
    assert_eq!(order(&drafts).await, ["pin", "data", "message", "option", "unread", "avatar", "name", "draft"]);
    assert_eq!(ids(&drafts.list(Query::all()).await.unwrap()), ["draft"], "only what has a draft");
}

/// Rule 9: an update that tells nothing, or that clears what was never told, creates nothing.
pub async fn an_update_that_tells_nothing_creates_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let mut events = drafts.subscribe();
    let bob = id("c2c_bob");
    unchanged(chats.update(&bob, ConversationUpdate::new()).await);
    let nothing = ConversationUpdate::new()
        .show_name(None)
        .avatar_url(None)
        .unread_count(None)
        .receive_option(None)
        .last_message(None)
        .custom_data(None);
    unchanged(chats.update(&bob, nothing).await);
    unchanged(chats.pin(&bob, false).await);
    assert!(chats.update_many([]).await.unwrap().is_empty());
    assert_hidden(&drafts, &bob).await;
    assert_eq!((sequence(&drafts).await, drain(&mut events)), (0, vec![]));
}

/// Rule 9: clearing the draft of a conversation of which nothing else is known hides it from every read.
pub async fn a_cleared_conversation_is_hidden(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    changed(drafts.set(&id("c2c_eve"), "text").await);
    for round in 0..2 {
        changed(drafts.set(&bob, format!("text {round}")).await);
        changed(drafts.clear(&bob).await);
        assert_hidden(&drafts, &bob).await;
        unchanged(drafts.clear(&bob).await);
        unchanged(drafts.conversations().delete(&bob).await);
    }
    assert_eq!(order(&drafts).await, ["c2c_eve"]);
    assert_eq!(sequence(&drafts).await, 5);
}

/// Rule 9: a conversation without a draft goes with its last fact, and with its pin.
pub async fn a_conversation_goes_with_its_last_fact(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let bob = id("c2c_bob");
    changed(chats.update(&bob, name("Bob").unread_count(1)).await);
    changed(chats.pin(&bob, true).await);
    changed(chats.update(&bob, ConversationUpdate::new().show_name(None)).await);
    changed(chats.pin(&bob, false).await);
    assert_eq!(conversation(&drafts, &bob).await.facts().unread_count, Some(1));
    changed(chats.update(&bob, ConversationUpdate::new().unread_count(None)).await);
    assert_hidden(&drafts, &bob).await;
    unchanged(chats.delete(&bob).await);

    changed(chats.pin(&bob, true).await);
    changed(chats.pin(&bob, false).await);
    assert_hidden(&drafts, &bob).await;
}

/// Rule 9: with facts, a pin or a draft left, it stays.
pub async fn a_conversation_stays_while_anything_is_known(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let bob = id("c2c_bob");
    changed(drafts.set(&bob, "text").await);
    changed(chats.update(&bob, name("Bob")).await);
    changed(drafts.clear(&bob).await);
    let row = conversation(&drafts, &bob).await;
    assert_eq!((row.draft(), row.facts().show_name.as_deref()), (None, Some("Bob")));
    assert_eq!(*row.draft_state(), DraftState::Absent(drafts.revision(&bob).await.unwrap()));
    assert!(drafts.list(Query::all()).await.unwrap().items.is_empty());

    changed(chats.pin(&bob, true).await);
    changed(chats.update(&bob, ConversationUpdate::new().show_name(None)).await);
    changed(drafts.set(&bob, "text").await);
    changed(chats.pin(&bob, false).await);
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "text");
}

/// Rule 9: deleting takes draft, extra, facts and pin along, and nothing of them comes back.
pub async fn deleting_takes_everything_along(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let bob = id("c2c_bob");
    changed(drafts.set_with(&bob, DraftInput::new("text").extra(b"extra")).await);
    changed(chats.update(&bob, everything()).await);
    changed(chats.pin(&bob, true).await);
    changed(chats.delete(&bob).await);
    assert_hidden(&drafts, &bob).await;

    changed(drafts.set(&bob, "text").await);
    let row = conversation(&drafts, &bob).await;
    assert_eq!((row.draft().unwrap().extra(), row.facts(), row.is_pinned()), (&b""[..], &Facts::default(), false));
    assert_eq!(row.order_key().get(), 5);
}

/// Rule 9: each fact comes back as it was told; what an update leaves out stays, `None` clears.
pub async fn facts_are_kept_one_by_one(sandbox: &dyn Sandbox) {
    let mut drafts = open(sandbox);
    let bob = id("c2c_bob");
    changed(drafts.conversations().update(&bob, everything()).await);
    if sandbox.reopens() {
        drafts = reopen(drafts, sandbox).await;
    }
    let chats = drafts.conversations();
    let mut expected = Facts::default();
    expected.show_name = Some("B\0b \u{202e}".to_owned());
    expected.avatar_url = Some(String::new());
    expected.unread_count = Some(u32::MAX);
    expected.receive_option = Some(0);
    expected.last_message = Some(LastMessage::new(i64::MIN, [0, 255]));
    expected.custom_data = Some(Vec::new());
    assert!(*conversation(&drafts, &bob).await.facts() == expected);

    let tell = ConversationUpdate::new;
    changed(chats.update(&bob, tell().unread_count(3)).await);
    expected.unread_count = Some(3);
    assert!(*conversation(&drafts, &bob).await.facts() == expected);
    changed(chats.update(&bob, tell().avatar_url(None).receive_option(None)).await);
    (expected.avatar_url, expected.receive_option) = (None, None);
    assert!(*conversation(&drafts, &bob).await.facts() == expected);
    changed(chats.update(&bob, tell().last_message(None).custom_data(b"data".to_vec())).await);
    (expected.last_message, expected.custom_data) = (None, Some(b"data".to_vec()));
    assert!(*conversation(&drafts, &bob).await.facts() == expected);
    changed(chats.update(&bob, message(1).show_name("Bob").custom_data(None)).await);
    (expected.show_name, expected.custom_data) = (Some("Bob".to_owned()), None);
    expected.last_message = Some(LastMessage::new(1, "body"));
    assert!(*conversation(&drafts, &bob).await.facts() == expected);
}

/// Rule 9: what stays of a hidden conversation goes at the next opening: its id is no longer in the store. Needs a store
/// that reopens.
pub async fn remains_go_at_the_next_opening(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let drafts = open(sandbox);
    let (cleared, deleted, known) = (id("cleared"), id("deleted"), id("known"));
    for chat in [&cleared, &deleted, &known] {
        changed(drafts.set(chat, "text").await);
    }
    changed(drafts.clear(&cleared).await);
    changed(drafts.conversations().delete(&deleted).await);
    changed(drafts.conversations().pin(&known, true).await);
    changed(drafts.clear(&known).await);
    let drafts = reopen(drafts, sandbox).await;
    let records = drafts.store().get(&[cleared, deleted, known.clone()]).await.unwrap();
    let left: Vec<_> = records.into_iter().flatten().map(|record| record.id).collect();
    assert_eq!(left, [known]);
}
