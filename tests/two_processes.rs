//! Two processes with one file: neither overwrites the other unknowingly, and both hear of each other.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::time::Duration;

use chat_drafts::{ConversationId, DraftInput, Error, Event, Keep, Query, open};
use futures_util::StreamExt;
use pollster::block_on;

fn bob() -> ConversationId {
    ConversationId::user("bob").unwrap()
}

/// The child's work: one draft, written by another process.
#[test]
fn writes_once() {
    let Some(url) = support::child_url() else { return };
    let drafts = block_on(open(&url)).unwrap().blocking();
    drafts.set(&bob(), "from the other process").unwrap();
    drafts.close().unwrap();
}

/// The child's work: to find that another process holds the file alone.
#[test]
fn is_locked_out() {
    let Some(url) = support::child_url() else { return };
    assert!(matches!(block_on(open(&url)), Err(Error::Locked)));
}

/// The child's work: drafts of its own, in a file that others create at the same moment.
#[test]
fn writes_its_own() {
    let Some(url) = support::child_url() else { return };
    let drafts = block_on(open(&url)).unwrap().blocking();
    for _ in 0..20 {
        drafts.set(&ConversationId::user(std::process::id().to_string()).unwrap(), "mine").unwrap();
        drafts.set(&ConversationId::user(std::process::id().to_string()).unwrap(), "mine again").unwrap();
    }
    drafts.close().unwrap();
}

fn let_another_process_write(url: &str) {
    assert!(support::start_child("writes_once", url).wait().unwrap().success());
}

#[test]
fn a_commit_of_another_process_is_a_resync_and_a_conflict() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("alice.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let drafts = open(&url).await.unwrap();
        drafts.set(&bob(), "mine").await.unwrap();
        let base = drafts.revision(&bob()).await.unwrap();
        let mut events = drafts.subscribe();
        let_another_process_write(&url);

        let event = tokio::time::timeout(Duration::from_secs(10), events.next()).await.expect("no event came");
        let Some(Event::Resync { sequence }) = event else { panic!("{event:?}") };
        let page = drafts.list(Query::first(1)).await.unwrap();
        assert_eq!(page.items[0].draft_text(), "from the other process");
        assert_eq!(page.sequence, sequence);

        let late = drafts.set_with(&bob(), DraftInput::new("late").based_on(base)).await;
        let Err(Error::Conflict { current }) = late else { panic!("{late:?}") };
        assert_eq!(current.draft().unwrap().text(), "from the other process");
        drafts.close().await.unwrap();
    });
}

#[test]
fn a_commit_of_ours_shows_that_another_came_before() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("alice.db").display());
    let drafts = block_on(open(&url)).unwrap().blocking();
    drafts.set(&bob(), "mine").unwrap();
    let_another_process_write(&url);
    let mut events = drafts.subscribe();
    drafts.set(&bob(), "mine again").unwrap();
    assert_eq!(events.try_next(), Some(Event::Resync { sequence: 2 }));
    assert_eq!(events.try_next().unwrap().sequence(), 3);
}

/// A store that is suspended has let go of its file: another process takes it, also one that holds it alone. What was typed
/// meanwhile is kept beside what that process has written.
fn a_suspended_store_lets_go(url: &str) {
    let drafts = block_on(open(url)).unwrap();
    let blocking = drafts.blocking();
    blocking.set(&bob(), "mine").unwrap();
    let composer = blocking.compose(&bob()).unwrap();
    composer.set_text("typed before").unwrap();
    blocking.suspend().unwrap();
    composer.set_text("typed meanwhile").unwrap();
    let_another_process_write(url);
    assert_eq!(blocking.get(&bob()).unwrap().unwrap().text(), "typed meanwhile");

    blocking.resume().unwrap();
    let flushed = blocking.flush();
    assert!(matches!(flushed, Err(Error::Unsaved { .. })), "{flushed:?}");
    assert_eq!(composer.conflict().unwrap().draft().unwrap().text(), "from the other process");
    composer.resolve(Keep::Both);
    blocking.close().unwrap();
    drop((composer, blocking, drafts));
    let drafts = block_on(open(url)).unwrap().blocking();
    assert_eq!(drafts.get(&bob()).unwrap().unwrap().text(), "from the other process\ntyped meanwhile");
}

#[test]
fn a_suspended_store_lets_go_of_a_sqlite_file() {
    let folder = tempfile::tempdir().unwrap();
    a_suspended_store_lets_go(&format!("sqlite:{}", folder.path().join("alice.db").display()));
}

#[test]
fn a_suspended_store_lets_go_of_a_redb_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("redb:{}", folder.path().join("alice.redb").display());
    let drafts = block_on(open(&url)).unwrap();
    drafts.blocking().set(&bob(), "mine").unwrap();
    assert!(support::start_child("is_locked_out", &url).wait().unwrap().success());
    drop(drafts);
    a_suspended_store_lets_go(&url);
}

#[test]
fn processes_that_create_one_file_at_once_share_it() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("alice.db").display());
        let mut children: Vec<_> = (0..6).map(|_| support::start_child("writes_its_own", &url)).collect();
        for child in &mut children {
            assert!(child.wait().unwrap().success());
        }
        let drafts = block_on(open(&url)).unwrap().blocking();
        let page = drafts.list(Query::all()).unwrap();
        assert_eq!((page.items.len(), page.sequence), (6, 6 * 40));
        drafts.check().unwrap();
    }
}
