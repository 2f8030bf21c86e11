//! Rule 7: what moves a conversation up the list, and what does not.

use chat_drafts_core::store::{Batch, Change, Record};
use chat_drafts_core::{
    ConversationUpdate, Draft, DraftInput, DraftState, Drafts, OrderKey, OrderPolicy, Origin, Query, Revision,
};

use super::setup::{
    changed, conversation, id, ids, message, name, open, open_with, order, reopen, sequence, unchanged,
};
use crate::{Sandbox, hostile_ids};

fn messages_only(sandbox: &dyn Sandbox) -> Drafts {
    open_with(sandbox, |builder| builder.order_policy(OrderPolicy::MessagesOnly))
}

async fn three(drafts: &Drafts) {
    for chat in ["a", "b", "c"] {
        changed(drafts.set(&id(chat), "text").await);
    }
    assert_eq!(order(drafts).await, ["c", "b", "a"]);
}

/// Rule 7: by default a new text moves its conversation to the top, and its order key is the change's sequence.
pub async fn a_new_text_moves_its_conversation_up(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    three(&drafts).await;
    changed(drafts.set(&id("a"), "new").await);
    assert_eq!(order(&drafts).await, ["a", "c", "b"]);
    assert_eq!(ids(&drafts.list(Query::all()).await.unwrap()), ["a", "c", "b"]);
    assert_eq!(conversation(&drafts, &id("a")).await.order_key(), OrderKey::new(4, false));
    changed(drafts.set_with(&id("b"), DraftInput::new("new").extra(b"extra")).await);
    assert_eq!(order(&drafts).await, ["b", "a", "c"]);
}

/// Rule 7: under `MessagesOnly` a new text moves nothing.
pub async fn under_messages_only_a_new_text_moves_nothing(sandbox: &dyn Sandbox) {
    let drafts = messages_only(sandbox);
    three(&drafts).await;
    changed(drafts.set(&id("a"), "new").await);
    changed(drafts.set_with(&id("b"), DraftInput::new("new").extra(b"extra")).await);
    assert_eq!(order(&drafts).await, ["c", "b", "a"]);
    assert_eq!(conversation(&drafts, &id("a")).await.order_key(), OrderKey::new(1, false));
    changed(drafts.conversations().update(&id("a"), message(1)).await);
    assert_eq!(order(&drafts).await, ["a", "c", "b"]);
}

/// Rule 7: a new extra under the same text moves nothing: it is no new text.
pub async fn an_extra_alone_moves_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    three(&drafts).await;
    let before = conversation(&drafts, &id("a")).await.order_key();
    changed(drafts.set_with(&id("a"), DraftInput::new("text").extra(b"cursor")).await);
    assert_eq!(order(&drafts).await, ["c", "b", "a"]);
    assert_eq!(conversation(&drafts, &id("a")).await.order_key(), before);
}

/// Rule 7: a last message that is newer than the stored one moves the conversation up, whatever the policy.
pub async fn a_newer_message_moves_its_conversation_up(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    three(&drafts).await;
    let chats = drafts.conversations();
    changed(chats.update(&id("a"), message(100)).await);
    assert_eq!(order(&drafts).await, ["a", "c", "b"]);
    changed(chats.update(&id("b"), message(-5)).await);
    assert_eq!(order(&drafts).await, ["b", "a", "c"], "the first message is newer than none");
    changed(chats.update(&id("a"), message(101)).await);
    assert_eq!(order(&drafts).await, ["a", "b", "c"]);
    assert_eq!(conversation(&drafts, &id("a")).await.order_key(), OrderKey::new(6, false));
}

/// Rule 7: an older message, another one of the same time, or none any more is told, and moves nothing.
pub async fn an_older_or_equal_message_moves_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    changed(chats.update(&id("a"), message(100)).await);
    changed(chats.update(&id("b"), message(50)).await);
    let same_time = ConversationUpdate::new().last_message(chat_drafts_core::LastMessage::new(100, "edited"));
    changed(chats.update(&id("a"), same_time).await);
    assert_eq!(order(&drafts).await, ["b", "a"]);
    changed(chats.update(&id("a"), message(99)).await);
    assert_eq!(order(&drafts).await, ["b", "a"]);
    assert_eq!(conversation(&drafts, &id("a")).await.facts().last_message.as_ref().unwrap().time(), 99);
    changed(chats.update(&id("a"), name("kept alive").last_message(None)).await);
    assert_eq!(order(&drafts).await, ["b", "a"]);
    assert_eq!(conversation(&drafts, &id("a")).await.order_key(), OrderKey::new(1, false));
}

/// Rule 7: no other fact moves a conversation.
pub async fn other_facts_move_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    three(&drafts).await;
    let before = conversation(&drafts, &id("a")).await.order_key();
    let tell = ConversationUpdate::new;
    for update in [
        tell().show_name("A"),
        tell().avatar_url("https://host.example/a.png"),
        tell().unread_count(7),
        tell().receive_option(2),
        tell().custom_data(b"data".to_vec()),
        tell().show_name(None).unread_count(0),
    ] {
        changed(drafts.conversations().update(&id("a"), update).await);
        assert_eq!(conversation(&drafts, &id("a")).await.order_key(), before);
    }
    assert_eq!(order(&drafts).await, ["c", "b", "a"]);
}

/// Rule 7: clearing moves nothing, neither up nor down.
pub async fn clearing_moves_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    for chat in ["a", "b", "c"] {
        changed(drafts.conversations().update(&id(chat), name(chat)).await);
        changed(drafts.set(&id(chat), "text").await);
    }
    let before = conversation(&drafts, &id("b")).await.order_key();
    changed(drafts.clear(&id("b")).await);
    assert_eq!(order(&drafts).await, ["c", "b", "a"]);
    assert_eq!(conversation(&drafts, &id("b")).await.order_key(), before);
    changed(drafts.set(&id("a"), "").await);
    assert_eq!(order(&drafts).await, ["c", "b", "a"]);
}

/// Rule 7: a conversation that comes into being stands at the top, whatever the policy and whatever created it; one
/// that comes back after nothing was known of it is new again.
pub async fn a_new_conversation_takes_its_changes_sequence(sandbox: &dyn Sandbox) {
    let drafts = messages_only(sandbox);
    let chats = drafts.conversations();
    changed(drafts.set(&id("draft"), "text").await);
    changed(chats.update(&id("fact"), name("Fact")).await);
    changed(chats.pin(&id("pin"), true).await);
    changed(chats.update(&id("message"), message(1)).await);
    assert_eq!(order(&drafts).await, ["pin", "message", "fact", "draft"]);
    for (chat, activity) in [("draft", 1), ("fact", 2), ("pin", 3), ("message", 4)] {
        assert_eq!(conversation(&drafts, &id(chat)).await.order_key().activity(), activity);
    }
    changed(drafts.clear(&id("draft")).await);
    changed(drafts.set(&id("draft"), "text").await);
    assert_eq!(conversation(&drafts, &id("draft")).await.order_key(), OrderKey::new(6, false));
    changed(chats.delete(&id("fact")).await);
    changed(chats.update(&id("fact"), name("Fact")).await);
    changed(chats.pin(&id("pin"), false).await);
    changed(chats.pin(&id("pin"), true).await);
    changed(chats.pin(&id("pin"), false).await);
    changed(drafts.set(&id("pin"), "text").await);
    assert_eq!(order(&drafts).await, ["pin", "fact", "draft", "message"]);
    assert_eq!(conversation(&drafts, &id("pin")).await.order_key(), OrderKey::new(12, false));
}

/// Rule 7: the policy acts when a change is written; another policy at the next start sorts nothing anew. Needs a store
/// that reopens.
pub async fn the_policy_never_sorts_anew(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let drafts = open(sandbox);
    three(&drafts).await;
    changed(drafts.set(&id("a"), "new").await);
    drafts.close().await.unwrap();
    drop(drafts);

    let drafts = messages_only(sandbox);
    assert_eq!(order(&drafts).await, ["a", "c", "b"]);
    changed(drafts.set(&id("b"), "new").await);
    assert_eq!(order(&drafts).await, ["a", "c", "b"]);

    let drafts = reopen(drafts, sandbox).await;
    assert_eq!(order(&drafts).await, ["a", "c", "b"]);
    changed(drafts.set(&id("b"), "newer").await);
    assert_eq!(order(&drafts).await, ["b", "a", "c"]);
}

/// Rule 7: pinning puts a conversation above all that are not, and keeps the order among the pinned; there, too, a new
/// text moves up.
pub async fn pinned_conversations_stand_first_in_their_own_order(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    for chat in ["a", "b", "c", "d", "e"] {
        changed(drafts.set(&id(chat), "text").await);
    }
    for chat in ["d", "b", "c"] {
        changed(chats.pin(&id(chat), true).await);
    }
    assert_eq!(order(&drafts).await, ["d", "c", "b", "e", "a"], "whatever the order of pinning");
    assert_eq!(ids(&drafts.list(Query::all()).await.unwrap()), ["d", "c", "b", "e", "a"]);
    assert!(conversation(&drafts, &id("b")).await.is_pinned());
    assert_eq!(conversation(&drafts, &id("b")).await.order_key(), OrderKey::new(2, true));

    changed(drafts.set(&id("b"), "new").await);
    changed(drafts.set(&id("a"), "new").await);
    assert_eq!(order(&drafts).await, ["b", "d", "c", "a", "e"]);
    unchanged(chats.pin(&id("b"), true).await);
}

/// Rule 7: what is unpinned goes back to the place its activity gives it.
pub async fn unpinning_gives_the_old_place_back(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    three(&drafts).await;
    changed(chats.pin(&id("b"), true).await);
    changed(chats.pin(&id("a"), true).await);
    assert_eq!(order(&drafts).await, ["b", "a", "c"]);
    changed(chats.pin(&id("b"), false).await);
    assert_eq!(order(&drafts).await, ["a", "c", "b"]);
    changed(chats.pin(&id("a"), false).await);
    assert_eq!(order(&drafts).await, ["c", "b", "a"]);
    unchanged(chats.pin(&id("a"), false).await);
    assert_eq!(conversation(&drafts, &id("a")).await.order_key(), OrderKey::new(1, false));
}

/// Rule 7: a first import is one batch, in ascending order of last activity; the list is then as the host's was.
pub async fn a_first_import_is_one_batch(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let updates = (0..100).map(|number| (id(&format!("c2c_{number}")), message(1_000 + number)));
    let outcomes = drafts.conversations().update_many(updates).await.unwrap();
    assert!(outcomes.len() == 100 && outcomes.iter().all(|outcome| outcome.is_changed()));
    let expected: Vec<_> = (0..100).rev().map(|number| format!("c2c_{number}")).collect();
    assert_eq!(order(&drafts).await, expected);
    assert_eq!(sequence(&drafts).await, 100);
}

/// Rule 7: rows of the same order key, as only a copy can bring them, stand in the order of their ids' bytes, and pages
/// end and begin between them.
pub async fn ties_are_in_order_of_ids(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let mut expected = hostile_ids();
    let restore = |chat: &String| {
        let mut record = Record::new(id(chat));
        record.state = DraftState::Present(Draft::new("text", Vec::new(), Revision::new(7), 0));
        record.activity = 7;
        Change::Restore { record: Box::new(record) }
    };
    let changes = expected.iter().map(restore).collect();
    let batch = Batch { changes, now: 0, policy: OrderPolicy::default(), origin: Origin::new() };
    drafts.store().commit(batch).await.unwrap();
    expected.sort_by(|left, right| left.as_bytes().cmp(right.as_bytes()));
    assert_eq!(order(&drafts).await, expected);

    let mut walked = Vec::new();
    let mut next = None;
    loop {
        let page = drafts.list(Query::first(3).after(next)).await.unwrap();
        walked.extend(ids(&page));
        assert!(walked.len() <= expected.len(), "the walk comes to an end");
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(walked, expected);
}
