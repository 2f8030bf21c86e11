//! Two processes with one SQLite file: neither overwrites the other unknowingly, and both hear of each other.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::time::Duration;

use chat_drafts::{ConversationId, DraftInput, Error, Event, Query, open};
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
