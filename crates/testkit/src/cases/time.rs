//! Rule 6: when a draft last changed.

use chat_drafts_core::DraftInput;

use super::setup::{changed, id, message, name, open_with, unchanged};
use crate::{Sandbox, TestClock};

/// Rule 6: the time is the injected clock's, to the millisecond, earlier ones and ones before 1970 included.
pub async fn the_time_comes_from_the_injected_clock(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(1_700_000_000_123);
    let drafts = open_with(sandbox, |builder| builder.clock(clock.clone()));
    let bob = id("c2c_bob");
    for (number, time) in [1_700_000_000_123, 1_700_000_000_124, 5, 0, -1, i64::MIN, i64::MAX].into_iter().enumerate() {
        clock.set(time);
        changed(drafts.set(&bob, number.to_string()).await);
        assert_eq!(drafts.get(&bob).await.unwrap().unwrap().updated_at(), time);
    }
}

/// Rule 6: a new text and a new extra renew the time; nothing else does.
pub async fn only_a_change_of_the_draft_renews_its_time(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(10);
    let drafts = open_with(sandbox, |builder| builder.clock(clock.clone()));
    let chats = drafts.conversations();
    let (bob, eve) = (id("c2c_bob"), id("c2c_eve"));
    let time = async || drafts.get(&bob).await.unwrap().unwrap().updated_at();
    changed(drafts.set_with(&bob, DraftInput::new("text").extra(b"extra")).await);

    clock.set(20);
    unchanged(drafts.set(&bob, "text").await);
    unchanged(drafts.set_with(&bob, DraftInput::new("text").extra(b"extra")).await);
    changed(chats.pin(&bob, true).await);
    changed(chats.update(&bob, name("Bob")).await);
    changed(chats.update(&bob, message(30)).await);
    changed(drafts.set(&eve, "text").await);
    changed(chats.delete(&eve).await);
    assert_eq!(time().await, 10);

    changed(drafts.set_with(&bob, DraftInput::new("text").extra(b"other")).await);
    assert_eq!(time().await, 20, "the extra is a part of the draft");
    clock.set(30);
    changed(drafts.set(&bob, "other").await);
    assert_eq!(time().await, 30);
}

/// Rule 6: no draft, no time. A draft after an absence has the time of its own beginning.
pub async fn a_cleared_draft_has_no_time(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(10);
    let drafts = open_with(sandbox, |builder| builder.clock(clock.clone()));
    let bob = id("c2c_bob");
    changed(drafts.conversations().pin(&bob, true).await);
    changed(drafts.set(&bob, "text").await);
    changed(drafts.clear(&bob).await);
    assert_eq!(drafts.conversations().get(&bob).await.unwrap().unwrap().draft(), None);
    clock.set(20);
    changed(drafts.set(&bob, "text").await);
    assert_eq!(drafts.get(&bob).await.unwrap().unwrap().updated_at(), 20);
}
