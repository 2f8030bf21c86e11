//! Rule 19: no text, no extra, no fact and no id in anything that is formatted.

use std::fmt::Debug;

use chat_drafts_core::store::{Batch, Change};
use chat_drafts_core::{
    ConversationId, ConversationUpdate, DraftInput, DraftState, Error, Keep, LastMessage, OrderPolicy, Origin, Query,
    Revision,
};

use super::setup::{changed, conversation, drain, id, open, open_at, somebody_else_sets};
use crate::{Sandbox, TestClock};

/// A word that is in every text, extra, fact and id of these cases.
const SECRET: &str = "kumquat";

#[track_caller]
fn assert_silent(formatted: &str) {
    assert!(!formatted.to_lowercase().contains(SECRET), "something private was formatted");
    // Bytes are formatted as numbers.
    let numbers: String = formatted.split_whitespace().collect();
    let secret: Vec<_> = SECRET.bytes().map(|byte| byte.to_string()).collect();
    assert!(!numbers.contains(&secret.join(",")), "private bytes were formatted");
}

#[track_caller]
fn assert_quiet(value: &impl Debug) {
    assert_silent(&format!("{value:?}"));
    assert_silent(&format!("{value:#?}"));
}

#[track_caller]
fn assert_quiet_error(error: &impl std::error::Error) {
    assert_quiet(error);
    assert_silent(&error.to_string());
    let mut source = error.source();
    while let Some(below) = source {
        assert_silent(&format!("{below} {below:?}"));
        source = below.source();
    }
}

fn input() -> DraftInput {
    DraftInput::new("kumquat text").extra(b"kumquat extra")
}

fn update() -> ConversationUpdate {
    ConversationUpdate::new()
        .show_name("kumquat name")
        .avatar_url("https://host.example/kumquat")
        .last_message(LastMessage::new(1, "kumquat body"))
        .custom_data(b"kumquat data".to_vec())
}

/// Rule 19: nothing a store answers or tells shows what it holds.
pub async fn what_a_store_gives_shows_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let (bob, gone) = (id("c2c_kumquat"), id("kumquat gone"));
    let mut events = drafts.subscribe();
    assert_quiet(&drafts.set_with(&bob, input()).await.unwrap());
    assert_quiet(&chats.update(&bob, update()).await.unwrap());
    changed(drafts.set_with(&gone, input()).await);
    assert_quiet(&events);
    changed(chats.delete(&gone).await);

    assert_quiet(&bob);
    assert_quiet(&drafts.get(&bob).await.unwrap());
    assert_quiet(&drafts.get_many(&[bob.clone(), gone]).await.unwrap());
    let row = conversation(&drafts, &bob).await;
    assert_eq!(row.draft_text(), "kumquat text");
    assert_quiet(&row);
    assert_quiet(row.facts());
    assert_quiet(row.facts().last_message.as_ref().unwrap());
    assert_quiet(row.record());
    assert_quiet(row.draft_state());
    changed(drafts.set(&id("kumquat other"), "kumquat").await);
    let page = chats.list(Query::first(1)).await.unwrap();
    assert_quiet(&page.next);
    assert_quiet(&Query::first(1).after(page.next.clone()));
    assert_quiet(&page);
    assert_quiet(&drafts.store().get(&[bob]).await.unwrap());
    for event in drain(&mut events) {
        assert_quiet(&event);
    }
}

/// Rule 19: nothing that typing and sending give shows what is typed or sent.
pub async fn what_typing_and_sending_give_shows_nothing(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open_at(sandbox, &TestClock::at(0)), id("c2c_kumquat"));
    changed(drafts.set_with(&bob, input()).await);
    let composer = drafts.compose(&bob).await.unwrap();
    let receipt = composer.set_text("kumquat typed").unwrap();
    assert_quiet(&composer);
    assert_quiet(&receipt);
    assert_quiet(&drafts);
    assert_quiet(&drafts.stats());
    drop(receipt);
    somebody_else_sets(&drafts, &bob, "kumquat theirs").await;
    assert_quiet_error(&drafts.flush().await.unwrap_err());
    assert_quiet(&composer.conflict());
    assert_quiet_error(&composer.begin_send().await.unwrap_err());
    composer.resolve(Keep::Both);
    let ticket = composer.begin_send().await.unwrap();
    assert_eq!(ticket.text(), "kumquat theirs\nkumquat typed");
    assert_quiet(&ticket);
    assert_quiet(&drafts.tickets().await.unwrap());
    assert_quiet(&conversation(&drafts, &bob).await);
}

/// Rule 19: what an app hands in shows nothing.
pub async fn what_a_store_takes_shows_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_kumquat");
    assert_quiet(&input());
    assert_quiet(&input().based_on(Revision::new(3)));
    assert_quiet(&update());
    changed(drafts.set_with(&bob, input()).await);
    assert_quiet(&drafts);
    assert_quiet(&drafts.conversations());
    assert_quiet(&drafts.blocking());
    assert_quiet(&drafts.blocking().conversations());
    let record = conversation(&drafts, &bob).await.into_record();
    let text = "kumquat".to_owned();
    let changes = vec![
        Change::SetDraft { id: bob.clone(), text, extra: Some(b"kumquat".to_vec()), base: None, keeps_place: false },
        Change::Update { id: bob.clone(), update: update() },
        Change::Pin { id: bob.clone(), pinned: true },
        Change::Delete { id: bob },
        Change::Restore { record: Box::new(record) },
    ];
    assert_quiet(&Batch { changes, now: 0, policy: OrderPolicy::default(), origin: Origin::new() });
}

/// Rule 19: no error shows what it is about, a conflict included, which holds it.
pub async fn errors_show_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let bob = id("c2c_kumquat");
    changed(drafts.set_with(&bob, input()).await);
    let conflict = drafts.set_with(&bob, DraftInput::new("kumquat").based_on(Revision::new(0))).await.unwrap_err();
    let Error::Conflict { current } = &conflict else { panic!("the base is stale") };
    assert!(matches!(&**current, DraftState::Present(draft) if draft.text() == "kumquat text"));
    assert_quiet_error(&conflict);

    let long = "kumquat".repeat(200_000);
    assert_quiet_error(&drafts.set(&bob, &long).await.unwrap_err());
    assert_quiet_error(&drafts.set_with(&bob, input().extra(long.as_bytes())).await.unwrap_err());
    assert_quiet_error(&chats.update(&bob, ConversationUpdate::new().show_name(long.as_str())).await.unwrap_err());
    for bad in ["kumquat\0", &long] {
        assert_quiet_error(&ConversationId::new(bad).unwrap_err());
        assert_quiet_error(&ConversationId::user(bad).unwrap_err());
    }
    assert_quiet_error(&chat_drafts_core::account_path("kumquat".as_ref(), &long, "db").unwrap_err());
    drafts.close().await.unwrap();
    assert_quiet_error(&drafts.set(&bob, "kumquat").await.unwrap_err());
}
