//! Rules 11 and 14: reads show what was answered, and never half a batch.

use std::sync::atomic::{AtomicBool, Ordering};

use chat_drafts_core::store::{Batch, Change, Task};
use chat_drafts_core::{ConversationUpdate, DraftInput, Drafts, Error, OrderPolicy, Origin, Query, digest};

use super::setup::{changed, conversation, id, ids, message, name, open, order, reopen, sequence, text};
use crate::{Sandbox, hostile_texts};

/// Rule 14: what was answered is in every read from then on, of this handle and of others.
pub async fn writes_are_read_as_soon_as_they_return(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let other = drafts.clone();
    let bob = id("c2c_bob");
    for number in 0..20 {
        let written = number.to_string();
        let outcome = drafts.set(&bob, &written).await.unwrap();
        assert_eq!(text(&other, &bob).await.as_ref(), Some(&written));
        assert_eq!(other.get_many(&[id("x"), bob.clone()]).await.unwrap()[1].as_ref().unwrap().text(), written);
        let page = other.list(Query::all()).await.unwrap();
        assert_eq!((page.items[0].draft_text(), page.sequence), (written.as_str(), outcome.revision().get()));
        assert_eq!(conversation(&other, &bob).await.draft_text(), written);
        assert_eq!(other.revision(&bob).await.unwrap(), outcome.revision());
        let seen = std::thread::scope(|scope| scope.spawn(|| other.blocking().get(&bob)).join().unwrap());
        assert_eq!(seen.unwrap().unwrap().text(), written);
    }
}

/// The drafts come in the order asked for, the same one twice if asked twice.
pub async fn many_are_read_in_the_order_asked_for(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (ann, bob, eve) = (id("c2c_ann"), id("c2c_bob"), id("c2c_eve"));
    changed(drafts.set(&ann, "ann").await);
    changed(drafts.set(&bob, "bob").await);
    changed(drafts.conversations().pin(&eve, true).await);
    let asked = [bob.clone(), eve, ann, id("nobody"), bob];
    let read = drafts.get_many(&asked).await.unwrap();
    let texts: Vec<_> = read.iter().map(|draft| draft.as_ref().map(|draft| draft.text())).collect();
    assert_eq!(texts, [Some("bob"), None, Some("ann"), None, Some("bob")]);
    assert!(drafts.get_many(&[]).await.unwrap().is_empty());
}

/// Rule 14: a reader never sees half a batch, in `get_many` and in a list, be it a raw one or an `update_many`.
pub async fn a_reader_never_sees_half_a_batch(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let pair = [id("c2c_left"), id("c2c_right")];
    let write = |drafts: &Drafts, number: u32| {
        let set = |id: &_| Change::SetDraft {
            id: Clone::clone(id),
            text: number.to_string(),
            extra: None,
            base: None,
            keeps_place: false,
        };
        let changes = pair.iter().map(set).collect();
        let batch = Batch { changes, now: 0, policy: OrderPolicy::default(), origin: Origin::new() };
        pollster::block_on(drafts.store().commit(batch)).unwrap();
        let updates = pair.iter().map(|id| (id.clone(), ConversationUpdate::new().unread_count(number)));
        pollster::block_on(drafts.conversations().update_many(updates)).unwrap();
    };
    write(&drafts, 0);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    let read = drafts.blocking().get_many(&pair).unwrap();
                    let [Some(left), Some(right)] = &read[..] else { panic!("both are there") };
                    assert_eq!(left.text(), right.text());
                    let page = drafts.blocking().list(Query::all()).unwrap();
                    assert_eq!(page.items.len(), 2);
                    assert_eq!(page.items[0].draft_text(), page.items[1].draft_text());
                    assert_eq!(page.items[0].facts().unread_count, page.items[1].facts().unread_count);
                    assert_eq!(page.sequence % 2, 0, "each batch has two changes");
                }
            });
        }
        for number in 1..60 {
            write(&drafts, number);
        }
        done.store(true, Ordering::Release);
    });
}

/// Rule 11: a restart keeps everything: texts, extras, times, revisions, order, facts. Needs a store that reopens.
pub async fn a_restart_keeps_everything(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let mut drafts = open(sandbox);
    let texts = hostile_texts();
    for round in 0..3 {
        for (number, hostile) in texts.iter().enumerate() {
            let chat = id(&format!("{round} {number}"));
            let input = DraftInput::new(hostile).extra(number.to_string());
            changed(drafts.set_with(&chat, input).await);
            match number % 4 {
                0 => changed(drafts.conversations().pin(&chat, true).await),
                1 => changed(drafts.conversations().update(&chat, name(hostile)).await),
                2 => changed(drafts.conversations().update(&chat, message(number as i64)).await),
                _ => changed(drafts.clear(&chat).await),
            }
        }
        let all = drafts.conversations().list(Query::all()).await.unwrap();
        let (before, digest_before) = (sequence(&drafts).await, digest(drafts.store()).await.unwrap());
        if round == 2 {
            // Without closing first.
            drop(drafts);
            drafts = open(sandbox);
        } else {
            drafts = reopen(drafts, sandbox).await;
        }
        assert_eq!(drafts.conversations().list(Query::all()).await.unwrap(), all);
        assert_eq!((sequence(&drafts).await, digest(drafts.store()).await.unwrap()), (before, digest_before));
        drafts.check().await.unwrap();
    }
}

/// Work on the store's files changes nothing of what is in them.
pub async fn maintenance_changes_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    for number in 0..50 {
        changed(drafts.set(&id(&number.to_string()), "text ".repeat(number + 1)).await);
        if number % 2 == 0 {
            changed(drafts.conversations().delete(&id(&number.to_string())).await);
        }
    }
    let late = drafts.revision(&id("never")).await.unwrap();
    let (before, all) = (digest(drafts.store()).await.unwrap(), order(&drafts).await);
    for task in [Task::Checkpoint, Task::Compact, Task::Check, Task::Resume] {
        drafts.store().maintain(task).await.unwrap();
        assert_eq!((digest(drafts.store()).await.unwrap(), order(&drafts).await), (before, all.clone()));
    }
    drafts.check().await.unwrap();
    drafts.resume().await.unwrap();
    changed(drafts.set_with(&id("never"), DraftInput::new("text").based_on(late)).await);
    assert_eq!(ids(&drafts.list(Query::first(1)).await.unwrap()), ["never"]);
}

/// Rule 24: one disk has one store at a time; the second opening is told so, and the first works on. Needs a store that
/// reopens.
pub async fn a_second_opening_is_refused(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    changed(drafts.set(&bob, "one").await);
    for _ in 0..2 {
        assert!(matches!(sandbox.open().map(drop), Err(Error::Locked)));
    }
    changed(drafts.set(&bob, "two").await);
    let drafts = reopen(drafts, sandbox).await;
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("two"));
}
