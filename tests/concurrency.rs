//! 1,000 tasks on each store lose nothing and repeat no revision.

#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use chat_drafts::{
    ConversationId, Draft, DraftInput, DraftStore, Drafts, Error, MemoryStore, Query, RedbStore, Revision, SqliteStore,
};

const TASKS: usize = 1000;

fn a_thousand_tasks(store: impl DraftStore) {
    let drafts = Drafts::new(store).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let shared = ConversationId::group("everybody").unwrap();
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let (drafts, shared) = (drafts.clone(), shared.clone());
                tokio::spawn(async move {
                    let own = ConversationId::user(task.to_string()).unwrap();
                    let mut revisions = Vec::new();
                    for round in 0..3 {
                        let written = drafts.set(&own, format!("{task} {round}")).await.unwrap();
                        revisions.push(written.revision());
                        if task % 20 == 0 {
                            revisions.push(append(&drafts, &shared, &format!("{task} {round},")).await);
                        }
                    }
                    revisions
                })
            })
            .collect();
        let mut revisions = HashSet::new();
        for task in tasks {
            for revision in task.await.unwrap() {
                assert!(revisions.insert(revision), "revision {} twice", revision.get());
            }
        }
        let page = drafts.list(Query::all()).await.unwrap();
        assert_eq!(page.items.len(), TASKS + 1);
        assert_eq!(page.sequence, (TASKS * 3 + TASKS / 20 * 3) as u64, "one for each change");
        for conversation in &page.items {
            match conversation.id().name().parse::<usize>() {
                Ok(task) => assert_eq!(conversation.draft_text(), format!("{task} 2")),
                Err(_) => {
                    assert_eq!(conversation.draft_text().matches(',').count(), TASKS / 20 * 3, "every append is there")
                }
            }
        }
        drafts.close().await.unwrap();
    });
}

/// Adds to a draft that others write too, by comparing and setting.
async fn append(drafts: &Drafts, id: &ConversationId, more: &str) -> Revision {
    loop {
        let base = drafts.revision(id).await.unwrap();
        let text = drafts.get(id).await.unwrap().map_or(String::new(), Draft::into_text);
        match drafts.set_with(id, DraftInput::new(text + more).based_on(base)).await {
            Ok(written) => return written.revision(),
            Err(Error::Conflict { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[test]
fn with_memory() {
    a_thousand_tasks(MemoryStore::new());
}

#[test]
fn with_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    a_thousand_tasks(SqliteStore::open(folder.path().join("alice.db")).unwrap());
}

#[test]
fn with_redb() {
    let folder = tempfile::tempdir().unwrap();
    a_thousand_tasks(RedbStore::open(folder.path().join("alice.redb")).unwrap());
}
