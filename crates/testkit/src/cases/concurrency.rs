//! Many writers at a time: nothing is lost, no revision is given twice.

use std::collections::BTreeSet;
use std::sync::Mutex;

use chat_drafts_core::{DraftInput, Drafts, Error, Outcome, Query, Result};
use futures_util::future::join_all;

use super::setup::{changed, drain, id, open, sequence, text};
use crate::Sandbox;

const WRITERS: u64 = 64;
const WRITES: u64 = 6;

/// Half of the writers have an executor, the other half has none.
fn set(drafts: &Drafts, writer: u64, chat: &str, text: String) -> Result<Outcome> {
    match writer % 2 {
        0 => pollster::block_on(drafts.set(&id(chat), text)),
        _ => drafts.blocking().set(&id(chat), text),
    }
}

/// 64 threads write one conversation and one of their own each: every write is there, each took one step, and the
/// shared conversation holds the text with the highest revision.
pub async fn threads_lose_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let mut events = drafts.subscribe();
    let shared = Mutex::new(Vec::new());
    let own = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (drafts, shared, own) = (&drafts, &shared, &own);
            scope.spawn(move || {
                for write in 0..WRITES {
                    let written = format!("{writer} {write}");
                    let (chat, list) = match write % 2 {
                        0 => ("shared".to_owned(), shared),
                        _ => (format!("own {writer}"), own),
                    };
                    let outcome = set(drafts, writer, &chat, written.clone()).unwrap();
                    assert!(outcome.is_changed());
                    list.lock().unwrap().push((outcome.revision(), written));
                }
            });
        }
    });
    let (shared, own) = (shared.into_inner().unwrap(), own.into_inner().unwrap());
    let revisions: BTreeSet<_> = shared.iter().chain(&own).map(|(revision, _)| revision.get()).collect();
    assert_eq!(revisions, (1..=WRITERS * WRITES).collect());
    assert_eq!(sequence(&drafts).await, WRITERS * WRITES);

    let newest = shared.into_iter().max().unwrap();
    let draft = drafts.get(&id("shared")).await.unwrap().unwrap();
    assert_eq!((draft.revision(), draft.text()), (newest.0, newest.1.as_str()));
    for writer in 0..WRITERS {
        let last = (0..WRITES).rev().find(|write| write % 2 != 0).unwrap();
        assert_eq!(text(&drafts, &id(&format!("own {writer}"))).await, Some(format!("{writer} {last}")));
    }
    assert_eq!(drain(&mut events).len() as u64, WRITERS * WRITES);
    assert_eq!(drafts.list(Query::all()).await.unwrap().items.len() as u64, WRITERS + 1);
    drafts.check().await.unwrap();
}

/// 64 tasks of one executor, polled together.
pub async fn tasks_lose_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    for round in 0..3 {
        let chats: Vec<_> = (0..WRITERS).map(|writer| id(&format!("c2c_{}", writer % 40))).collect();
        let writes = chats.iter().enumerate().map(|(writer, chat)| drafts.set(chat, format!("{round} {writer}")));
        let revisions: BTreeSet<_> =
            join_all(writes).await.into_iter().map(|outcome| outcome.unwrap().revision().get()).collect();
        assert_eq!(revisions, (round * WRITERS + 1..=(round + 1) * WRITERS).collect());
    }
    assert_eq!(sequence(&drafts).await, 3 * WRITERS);
}

/// Writers that compare and set: of all that name one base exactly one wins, so a counter counts every increment.
pub async fn one_of_many_on_one_base_wins(sandbox: &dyn Sandbox) {
    const COUNTERS: u64 = 8;
    const INCREMENTS: u64 = 5;
    let drafts = open(sandbox);
    let counter = id("counter");
    let count = |text: &str| text.split(' ').next().unwrap().parse::<u64>().unwrap();
    changed(drafts.set(&counter, "0").await);
    std::thread::scope(|scope| {
        for writer in 0..COUNTERS {
            let (drafts, counter) = (&drafts, &counter);
            scope.spawn(move || {
                let mut done = 0;
                let mut known = drafts.blocking().get(counter).unwrap().unwrap();
                while done < INCREMENTS {
                    // With the writer's number: the same text twice would be no conflict.
                    let next = format!("{} by {writer}", count(known.text()) + 1);
                    let input = DraftInput::new(next).based_on(known.revision());
                    match pollster::block_on(drafts.set_with(counter, input)) {
                        Ok(outcome) => {
                            assert!(outcome.is_changed());
                            done += 1;
                            known = drafts.blocking().get(counter).unwrap().unwrap();
                        }
                        Err(Error::Conflict { current }) => known = current.draft().unwrap().clone(),
                        Err(other) => panic!("{other:?}"),
                    }
                }
            });
        }
    });
    assert_eq!(count(&text(&drafts, &counter).await.unwrap()), COUNTERS * INCREMENTS);
    assert_eq!(sequence(&drafts).await, COUNTERS * INCREMENTS + 1);
}
