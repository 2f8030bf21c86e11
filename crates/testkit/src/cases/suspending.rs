//! Rule 17: a store that is suspended holds nothing, and what is typed meanwhile is not lost.

use chat_drafts_core::store::Task;
use chat_drafts_core::{Error, Query};

use super::setup::{changed, conversation, id, open, open_at, pass, sequence, text};
use crate::{Sandbox, TestClock};

/// Suspending saves; then all that needs the store answers `Suspended`, composers go on, and resuming saves.
pub async fn edits_stay_in_memory(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(0);
    let drafts = open_at(sandbox, &clock);
    let (bob, eve) = (id("c2c_bob"), id("c2c_eve"));
    let (bobs, eves) = (drafts.compose(&bob).await.unwrap(), drafts.compose(&eve).await.unwrap());
    bobs.set_text("before").unwrap();
    drafts.suspend().await.unwrap();
    drafts.suspend().await.unwrap();
    assert_eq!(drafts.unsaved(), vec![], "it was saved first");
    assert!(matches!(drafts.set(&bob, "x").await, Err(Error::Suspended)));
    assert!(matches!(drafts.get(&bob).await, Err(Error::Suspended)));
    assert!(matches!(drafts.list(Query::all()).await, Err(Error::Suspended)));
    assert!(matches!(drafts.tickets().await, Err(Error::Suspended)));
    assert!(matches!(bobs.begin_send().await, Err(Error::Suspended)));

    let receipt = bobs.set_text("meanwhile").unwrap();
    eves.set_text("too").unwrap();
    drop(eves);
    pass(&drafts, &clock, 3_000);
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("meanwhile"), "what is typed is in memory");
    assert_eq!(drafts.unsaved().len(), 2);
    let Err(Error::Unsaved { conversations, reason }) = drafts.flush().await else { panic!("nothing can be saved") };
    assert!(conversations.len() == 2 && matches!(*reason, Error::Suspended));
    assert!(matches!(bobs.flush().await, Err(Error::Suspended)));
    assert!(matches!(drafts.close().await, Err(Error::Unsaved { .. })), "it would be lost");

    drafts.resume().await.unwrap();
    drafts.save_due();
    receipt.saved().await.unwrap();
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "meanwhile");
    assert_eq!(conversation(&drafts, &eve).await.draft_text(), "too");
    assert_eq!(sequence(&drafts).await, 3);
    drafts.resume().await.unwrap();
    drafts.close().await.unwrap();
}

/// A store that is suspended can be closed if nothing is typed, and holds what it held.
pub async fn it_can_be_closed(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.set(&bob, "text").await);
    drafts.suspend().await.unwrap();
    drafts.close().await.unwrap();
    assert!(matches!(drafts.resume().await, Err(Error::Closed)));
    assert!(matches!(drafts.set(&bob, "x").await, Err(Error::Closed)));
    assert!(matches!(drafts.get(&bob).await, Err(Error::Closed)));
    assert!(matches!(drafts.list(Query::all()).await, Err(Error::Closed)));
    assert!(matches!(drafts.tickets().await, Err(Error::Closed)));
    assert!(matches!(drafts.suspend().await, Err(Error::Closed)));
    drafts.flush().await.unwrap();
    drop(drafts);
    if sandbox.reopens() {
        assert_eq!(text(&open(sandbox), &bob).await.as_deref(), Some("text"));
    }
}

/// Somebody else can have the files meanwhile; what was typed here is then a conflict, and nothing is lost. Needs a store that
/// reopens.
pub async fn somebody_else_can_have_it_meanwhile(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.set(&bob, "stored").await);
    let mut events = drafts.subscribe();
    let composer = drafts.compose(&bob).await.unwrap();
    drafts.suspend().await.unwrap();
    composer.set_text("ours").unwrap();

    let other = open(sandbox);
    changed(other.set(&bob, "theirs").await);
    assert!(matches!(drafts.resume().await, Err(Error::Locked)), "one file is open once in a process");
    assert!(matches!(drafts.set(&bob, "x").await, Err(Error::Suspended)), "it is as before");
    other.close().await.unwrap();
    drop(other);

    drafts.resume().await.unwrap();
    assert!(matches!(drafts.store().maintain(Task::Check).await, Ok(())));
    assert!(matches!(drafts.flush().await, Err(Error::Unsaved { .. })));
    assert_eq!(composer.conflict().unwrap().draft().unwrap().text(), "theirs");
    assert_eq!(events.try_next().unwrap().conversation(), None, "others have written: list again");
    drop(composer);
    drafts.flush().await.unwrap();
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "theirs\nours");
}

/// Dropping the last handle opens the store again for what was typed meanwhile. Needs a store that reopens.
pub async fn dropping_everything_meanwhile_saves(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let bob = id("c2c_bob");
    for leaves_first in [false, true] {
        let drafts = open(sandbox);
        let composer = drafts.compose(&bob).await.unwrap();
        drafts.suspend().await.unwrap();
        composer.set_text(format!("meanwhile {leaves_first}")).unwrap();
        if leaves_first {
            drop(composer);
            drop(drafts);
        } else {
            drop(drafts);
            drop(composer);
        }
        assert_eq!(text(&open(sandbox), &bob).await, Some(format!("meanwhile {leaves_first}")));
    }
}
