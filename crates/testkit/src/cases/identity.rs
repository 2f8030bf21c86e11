//! Rule 4: what an id is, and that no two ever meet.

use std::collections::HashSet;

use chat_drafts_core::{ConversationId, ConversationKind, Error, Query};

use super::setup::{changed, conversation, drain, id, ids, name, open, order, reopen, sequence, text};
use crate::{Sandbox, hostile_ids};

/// Rule 4: ids never collide, whatever they contain: each conversation keeps its own text and its own facts, and
/// deleting one leaves the others.
pub async fn hostile_ids_never_collide(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let hostile = hostile_ids();
    assert_eq!(hostile.iter().collect::<HashSet<_>>().len(), hostile.len());
    let chats: Vec<_> = hostile.iter().map(|hostile| id(hostile)).collect();
    for (number, chat) in chats.iter().enumerate() {
        changed(drafts.set(chat, format!("text {number}")).await);
        changed(drafts.conversations().update(chat, name(&format!("name {number}"))).await);
    }
    let listed = order(&drafts).await;
    assert_eq!(listed.iter().rev().collect::<Vec<_>>(), hostile.iter().collect::<Vec<_>>());
    let drafts_of_all = drafts.get_many(&chats).await.unwrap();
    for (number, chat) in chats.iter().enumerate() {
        assert_eq!(drafts_of_all[number].as_ref().unwrap().text(), format!("text {number}"));
        let row = conversation(&drafts, chat).await;
        assert_eq!((row.id(), row.draft_text()), (chat, format!("text {number}").as_str()));
        assert_eq!(row.facts().show_name.as_deref(), Some(format!("name {number}").as_str()));
    }
    for (number, chat) in chats.iter().enumerate() {
        changed(drafts.conversations().delete(chat).await);
        assert_eq!(drafts.get(chat).await.unwrap(), None);
        let left = drafts.conversations().list(Query::all()).await.unwrap();
        assert_eq!(left.items.len(), chats.len() - number - 1, "one conversation went, and no other");
    }
}

/// Rule 4 over a restart. Needs a store that reopens.
pub async fn hostile_ids_survive_a_restart(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let drafts = open(sandbox);
    for (number, hostile) in hostile_ids().iter().enumerate() {
        changed(drafts.set(&id(hostile), number.to_string()).await);
    }
    let before = order(&drafts).await;
    let drafts = reopen(drafts, sandbox).await;
    assert_eq!(order(&drafts).await, before);
    for (number, hostile) in hostile_ids().iter().enumerate() {
        assert_eq!(text(&drafts, &id(hostile)).await, Some(number.to_string()));
    }
}

/// Rule 4: only the first prefix gives the kind, and the kinds do not share names.
pub async fn users_and_groups_of_one_name_are_different(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = [
        (ConversationId::user("x").unwrap(), ConversationKind::User, "x"),
        (ConversationId::group("x").unwrap(), ConversationKind::Group, "x"),
        (ConversationId::new("x").unwrap(), ConversationKind::Other, "x"),
        (ConversationId::user("group_x").unwrap(), ConversationKind::User, "group_x"),
        (ConversationId::group("c2c_x").unwrap(), ConversationKind::Group, "c2c_x"),
    ];
    for (chat, ..) in &chats {
        changed(drafts.set(chat, chat.as_str()).await);
    }
    for (chat, kind, name) in &chats {
        let row = conversation(&drafts, chat).await;
        assert_eq!((row.id().kind(), row.id().name(), row.draft_text()), (*kind, *name, chat.as_str()));
    }
}

/// Rule 4: 1 to 512 bytes without control characters, and something behind the prefix.
pub async fn what_is_no_id_is_refused(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let long = "\u{e9}".repeat(256);
    for bad in ["", "c2c_", "group_", "a\0", "\n", "a\tb", "\u{7f}", "\u{9f}", &format!("{long}x"), &"x".repeat(513)] {
        assert!(matches!(ConversationId::new(bad), Err(Error::InvalidId { .. })));
    }
    let longest = id(&long);
    assert_eq!(longest.as_str().len(), 512);
    changed(drafts.set(&longest, "text").await);
    assert_eq!(ids(&drafts.list(Query::all()).await.unwrap()), [long]);
}

/// Rule 5: one store, one account: what one holds, tells and counts is nothing to another.
pub async fn two_stores_never_see_each_other(sandbox: &dyn Sandbox) {
    let elsewhere = sandbox.another();
    let (ours, theirs) = (open(sandbox), open(&*elsewhere));
    let bob = id("c2c_bob");
    let (mut our_events, mut their_events) = (ours.subscribe(), theirs.subscribe());
    changed(ours.set(&bob, "ours").await);
    assert_eq!(theirs.get(&bob).await.unwrap(), None);
    changed(theirs.conversations().update(&bob, name("Bob")).await);
    changed(theirs.set(&bob, "theirs").await);
    assert_eq!(text(&ours, &bob).await.as_deref(), Some("ours"));
    changed(ours.conversations().delete(&bob).await);
    assert_eq!(text(&theirs, &bob).await.as_deref(), Some("theirs"));
    assert_eq!((sequence(&ours).await, sequence(&theirs).await), (2, 2));
    assert_eq!((drain(&mut our_events).len(), drain(&mut their_events).len()), (2, 2));
    ours.close().await.unwrap();
    changed(theirs.set(&bob, "still theirs").await);
}
