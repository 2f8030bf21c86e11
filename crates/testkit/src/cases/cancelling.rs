//! Dropping a future does not withdraw what was taken; one that was never polled asks for nothing.

use std::pin::pin;
use std::task::Poll;

use chat_drafts_core::Event;

use super::setup::{changed, drain, id, name, open, poll_once, rest, sequence, text};
use crate::Sandbox;

/// A future that was polled once and dropped still commits.
pub async fn a_dropped_future_still_commits(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let mut events = drafts.subscribe();
    for number in 0..20 {
        let (chat, other) = (id(&format!("c2c_{number}")), id(&format!("fact {number}")));
        _ = poll_once(pin!(drafts.set(&chat, "text")));
        _ = poll_once(pin!(drafts.conversations().update(&other, name("x"))));
    }
    // Closing writes what was taken; whatever was has told its event then.
    drafts.close().await.unwrap();
    let mut told: Vec<_> =
        rest(&mut events).iter().map(|event| event.conversation().unwrap().id().as_str().to_owned()).collect();
    let mut expected: Vec<_> = (0..20).flat_map(|number| [format!("c2c_{number}"), format!("fact {number}")]).collect();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
}

/// A future that was never polled does nothing.
pub async fn a_future_that_was_never_polled_does_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let mut events = drafts.subscribe();
    let bob = id("c2c_bob");
    drop(drafts.set(&bob, "text"));
    drop(drafts.clear(&bob));
    drop(drafts.conversations().pin(&bob, true));
    changed(drafts.set(&id("c2c_eve"), "text").await);
    assert_eq!((sequence(&drafts).await, drain(&mut events).len()), (1, 1));
    assert_eq!(text(&drafts, &bob).await, None);
}

/// Polling again, and dropping what was answered, changes nothing any more.
pub async fn a_change_is_made_once_however_often_it_is_polled(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    let mut events = drafts.subscribe();
    {
        let mut set = pin!(drafts.set(&bob, "text"));
        let mut answer = Poll::Pending;
        for _ in 0..3 {
            if answer.is_pending() {
                answer = poll_once(set.as_mut());
            }
        }
        let outcome = match answer {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => set.await,
        };
        changed(outcome);
    }
    let events = drain(&mut events);
    assert!(matches!(&events[..], [Event::Added { sequence: 1, .. }]));
    assert_eq!(sequence(&drafts).await, 1);
}
