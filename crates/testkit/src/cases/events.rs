//! Rule 18: events, exactly one for each change, in commit order, after the change can be read.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use chat_drafts_core::{Changes, Conversation, ConversationUpdate, DraftInput, Drafts, Event, Origin, Query};

use super::setup::{changed, conversation, drain, id, message, name, open, rest, sequence, unchanged};
use crate::Sandbox;

/// The one event that has come.
#[track_caller]
fn only(events: &mut Changes) -> Event {
    let mut came = drain(events);
    assert_eq!(came.len(), 1, "one change, one event");
    came.remove(0)
}

/// That the change told `Changed`, with the conversation as it is read now and the store's sequence.
async fn assert_changed(drafts: &Drafts, events: &mut Changes, chat: &str) {
    let expected = Event::Changed {
        conversation: conversation(drafts, &id(chat)).await.into(),
        sequence: sequence(drafts).await,
        origin: drafts.origin(),
    };
    assert_eq!(only(events), expected);
}

async fn assert_added(drafts: &Drafts, events: &mut Changes, chat: &str) {
    let expected = Event::Added {
        conversation: conversation(drafts, &id(chat)).await.into(),
        sequence: sequence(drafts).await,
        origin: drafts.origin(),
    };
    assert_eq!(only(events), expected);
}

/// That the change told `Removed`, with the id and the revision of the draft's absence.
async fn assert_removed(drafts: &Drafts, events: &mut Changes, chat: &str) {
    let event = only(events);
    assert!(matches!(event, Event::Removed { .. }));
    assert_eq!((event.sequence(), event.origin()), (sequence(drafts).await, Some(drafts.origin())));
    let gone = event.conversation().unwrap();
    assert_eq!((gone.id(), gone.draft(), gone.is_pinned()), (&id(chat), None, false));
    assert_eq!(*gone.facts(), chat_drafts_core::Facts::default());
    assert_eq!(gone.draft_state().revision(), drafts.revision(&id(chat)).await.unwrap());
}

/// Rule 18: each kind of change tells one event of the right kind, with the whole conversation, the sequence and the
/// origin.
pub async fn each_change_tells_one_event(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let (a, b, c) = (id("a"), id("b"), id("c"));
    let mut events = drafts.subscribe();

    changed(drafts.set_with(&a, DraftInput::new("text").extra(b"extra")).await);
    assert_added(&drafts, &mut events, "a").await;
    changed(drafts.set(&a, "other").await);
    assert_changed(&drafts, &mut events, "a").await;
    changed(drafts.set_with(&a, DraftInput::new("other").extra(b"cursor")).await);
    assert_changed(&drafts, &mut events, "a").await;
    changed(chats.pin(&a, true).await);
    assert_changed(&drafts, &mut events, "a").await;
    changed(chats.update(&a, message(1)).await);
    assert_changed(&drafts, &mut events, "a").await;
    changed(drafts.clear(&a).await);
    assert_changed(&drafts, &mut events, "a").await;
    changed(chats.pin(&a, false).await);
    assert_changed(&drafts, &mut events, "a").await;
    changed(chats.delete(&a).await);
    assert_removed(&drafts, &mut events, "a").await;

    changed(chats.update(&b, name("B")).await);
    assert_added(&drafts, &mut events, "b").await;
    changed(drafts.set(&b, "text").await);
    assert_changed(&drafts, &mut events, "b").await;
    changed(chats.update(&b, ConversationUpdate::new().show_name(None)).await);
    assert_changed(&drafts, &mut events, "b").await;
    changed(drafts.set(&b, "").await);
    assert_removed(&drafts, &mut events, "b").await;

    changed(chats.pin(&b, true).await);
    assert_added(&drafts, &mut events, "b").await;
    changed(drafts.set(&a, "back").await);
    assert_added(&drafts, &mut events, "a").await;
    changed(chats.update(&c, name("C")).await);
    assert_added(&drafts, &mut events, "c").await;
    changed(drafts.set(&c, "text").await);
    changed(drafts.clear(&c).await);
    assert_eq!(drain(&mut events).len(), 2);
    changed(chats.update(&c, ConversationUpdate::new().show_name(None)).await);
    assert_removed(&drafts, &mut events, "c").await;
}

/// Rule 18: what changes nothing, is refused or is only read tells nothing.
pub async fn what_changes_nothing_tells_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let bob = id("c2c_bob");
    changed(drafts.set(&bob, "text").await);
    let mut events = drafts.subscribe();
    unchanged(drafts.set(&bob, "text").await);
    unchanged(chats.pin(&bob, false).await);
    unchanged(chats.update(&bob, ConversationUpdate::new()).await);
    unchanged(drafts.clear(&id("c2c_eve")).await);
    unchanged(chats.delete(&id("c2c_eve")).await);
    let stale = DraftInput::new("mine").based_on(chat_drafts_core::Revision::new(0));
    drafts.set_with(&bob, stale).await.unwrap_err();
    drafts.set(&bob, "x".repeat(2 << 20)).await.unwrap_err();
    drafts.get(&bob).await.unwrap();
    drafts.list(Query::all()).await.unwrap();
    drafts.check().await.unwrap();
    assert_eq!(drain(&mut events), vec![]);
}

/// Rule 18: an event carries the origin of the handle that made the change, so that a window knows its own echo.
pub async fn an_event_carries_its_origin(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (left, right) = (drafts.with_origin(Origin::new()), drafts.with_origin(Origin::new()));
    assert!(left.origin() != right.origin() && left.origin() != drafts.origin());
    let bob = id("c2c_bob");
    let mut events = drafts.subscribe();
    changed(left.set(&bob, "left").await);
    changed(right.conversations().pin(&bob, true).await);
    changed(right.blocking().set(&bob, "right"));
    changed(left.clone().clear(&bob).await);
    right.conversations().update_many([(bob.clone(), name("Bob")), (id("c2c_eve"), name("Eve"))]).await.unwrap();
    changed(drafts.conversations().delete(&bob).await);
    let origins: Vec<_> = drain(&mut events).iter().map(|event| event.origin().unwrap()).collect();
    let (left, right) = (left.origin(), right.origin());
    assert_eq!(origins, [left, right, right, left, right, right, drafts.origin()]);
}

/// Rule 18: every subscriber gets every event from its subscribing on, and none from before.
pub async fn every_subscriber_gets_every_event(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let mut first = drafts.subscribe();
    changed(drafts.set(&id("c2c_bob"), "one").await);
    let mut second = drafts.subscribe();
    drop(drafts.subscribe());
    changed(drafts.set(&id("c2c_bob"), "two").await);
    let (first, second) = (drain(&mut first), drain(&mut second));
    assert_eq!((first.len(), second.len()), (2, 1));
    assert_eq!(first[1..], second);
}

/// Rule 18: events come in commit order, each sequence once, however many write at a time.
pub async fn events_come_in_commit_order(sandbox: &dyn Sandbox) {
    const WRITERS: u64 = 16;
    const WRITES: u64 = 12;
    let drafts = open(sandbox);
    let mut events = drafts.subscribe();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let drafts = &drafts;
            scope.spawn(move || {
                for write in 0..WRITES {
                    let chat = id(&format!("c2c_{}", (writer + write) % 5));
                    changed(pollster::block_on(drafts.set(&chat, format!("{writer} {write}"))));
                }
            });
        }
    });
    let events = drain(&mut events);
    let sequences: Vec<_> = events.iter().map(Event::sequence).collect();
    assert_eq!(sequences, (1..=WRITERS * WRITES).collect::<Vec<_>>());
    for event in &events {
        assert_eq!(event.conversation().unwrap().draft().unwrap().revision().get(), event.sequence());
    }
}

/// Rule 18: who subscribes and then lists misses nothing: the page, and the events beyond its sequence, are what a
/// later list shows.
pub async fn subscribing_then_listing_leaves_no_gap(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for step in 0..150 {
                let chat = id(&format!("c2c_{}", step % 7));
                match step % 4 {
                    3 => _ = drafts.blocking().conversations().delete(&chat).unwrap(),
                    _ => changed(drafts.blocking().set(&chat, step.to_string())),
                }
            }
            done.store(true, Ordering::Release);
        });
        let mut readers = Vec::new();
        while readers.len() < 3 || (readers.len() < 40 && !done.load(Ordering::Acquire)) {
            let events = drafts.subscribe();
            readers.push((events, drafts.blocking().conversations().list(Query::all()).unwrap()));
        }
        writer.join().unwrap();
        let end = drafts.blocking().conversations().list(Query::all()).unwrap();
        for (mut events, page) in readers {
            let mut rows: BTreeMap<_, Conversation> =
                page.items.into_iter().map(|row| (row.id().clone(), row)).collect();
            let mut seen = page.sequence;
            for event in drain(&mut events).into_iter().filter(|event| event.sequence() > page.sequence) {
                assert_eq!(event.sequence(), seen + 1);
                seen = event.sequence();
                let row = event.conversation().unwrap().clone();
                match event {
                    Event::Removed { .. } => drop(rows.remove(row.id())),
                    _ => drop(rows.insert(row.id().clone(), row)),
                }
            }
            let mut rows: Vec<_> = rows.into_values().collect();
            rows.sort_by_key(|row| std::cmp::Reverse(row.order_key()));
            assert_eq!((seen, rows), (end.sequence, end.items.clone()));
        }
    });
}

/// Rule 18: a reader that does not read gets `Resync`, never silence, and then the events behind it; one that keeps up
/// gets every event.
pub async fn a_slow_reader_is_told_to_list_again(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (mut slow, mut quick) = (drafts.subscribe(), drafts.subscribe());
    let mut seen = Vec::new();
    for round in 0..4 {
        let updates = (0..500).map(|number| (id(&number.to_string()), ConversationUpdate::new().unread_count(round)));
        drafts.conversations().update_many(updates).await.unwrap();
        seen.extend(drain(&mut quick).iter().map(Event::sequence));
    }
    changed(drafts.set(&id("c2c_bob"), "text").await);
    seen.extend(drain(&mut quick).iter().map(Event::sequence));
    assert_eq!(seen, (1..=2_001).collect::<Vec<_>>());

    let events = drain(&mut slow);
    assert!(matches!(events[0], Event::Resync { .. }), "what it missed is told first");
    let shown: Vec<_> = events.iter().map(Event::sequence).collect();
    assert_eq!(shown, (shown[0]..=2_001).collect::<Vec<_>>(), "nothing is missing behind it");
}

/// Rule 18: a subscription ends when the store is closed, behind its last event.
pub async fn closing_ends_the_stream(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let mut events = drafts.subscribe();
    changed(drafts.set(&id("c2c_bob"), "text").await);
    drafts.close().await.unwrap();
    assert_eq!(rest(&mut events).len(), 1);
    assert_eq!(rest(&mut events), vec![]);
    assert_eq!(rest(&mut drafts.subscribe()), vec![]);
}

/// A reader that waits is woken by the event, and by the end.
pub async fn a_waiting_reader_is_woken(sandbox: &dyn Sandbox) {
    const PATIENCE: Duration = Duration::from_secs(20);
    let drafts = open(sandbox);
    let mut events = drafts.subscribe();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        while let Some(event) = events.next_blocking() {
            sender.send(Some(event.sequence())).unwrap();
        }
        sender.send(None).unwrap();
    });
    for number in 1..4 {
        changed(drafts.set(&id("c2c_bob"), number.to_string()).await);
        assert_eq!(receiver.recv_timeout(PATIENCE), Ok(Some(number)));
    }
    drafts.close().await.unwrap();
    assert_eq!(receiver.recv_timeout(PATIENCE), Ok(None));
}
