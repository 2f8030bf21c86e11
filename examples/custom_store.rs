//! A store of one's own: here a map behind a lock, in an app perhaps the database it has already.
//!
//! The rules are not written again: `plan` says what a batch does to the records, the store keeps what it says.
//! `tests/custom_store.rs` holds this very file to the conformance suite. Run it by `cargo run --example custom_store`.

#![allow(clippy::print_stdout, reason = "it is there to be read")]

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chat_drafts::store::{Batch, ChangeFeed, Committed, Record, Records, Task, plan};
use chat_drafts::{
    Changes, Conversation, ConversationId, Cursor, DraftStore, Drafts, Error, Page, Query, Result, digest,
};

/// Keeps conversations in a map.
#[derive(Debug, Default)]
pub(crate) struct OwnStore {
    state: Mutex<State>,
    feed: ChangeFeed,
}

#[derive(Debug, Default)]
struct State {
    records: BTreeMap<ConversationId, Record>,
    sequence: u64,
    floor: u64,
    is_closed: bool,
}

impl OwnStore {
    fn state(&self) -> Result<MutexGuard<'_, State>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_closed { Err(Error::Closed) } else { Ok(state) }
    }
}

#[async_trait]
impl DraftStore for OwnStore {
    async fn get(&self, ids: &[ConversationId]) -> Result<Vec<Option<Record>>> {
        let state = self.state()?;
        Ok(ids.iter().map(|id| state.records.get(id).cloned()).collect())
    }

    async fn list(&self, query: &Query) -> Result<Page> {
        let state = self.state()?;
        let wanted = |record: &&Record| query.scope().shelves().contains(&record.shelf());
        let place = |record: &Record| Cursor::new(record.order_key(), record.id.clone());
        let mut rows: Vec<&Record> = state.records.values().filter(wanted).collect();
        rows.sort_by_key(|record| place(record));
        rows.retain(|record| query.cursor().is_none_or(|cursor| place(record) > *cursor));
        let rows = rows.into_iter().take(query.limit().saturating_add(1));
        Ok(Page::new(rows.cloned().map(Conversation::from).collect(), query.limit(), state.sequence))
    }

    async fn commit(&self, batch: Batch) -> Result<Committed> {
        let mut state = self.state()?;
        let known = batch.ids().filter_map(|id| Some((id.clone(), state.records.get(id)?.clone())));
        let plan = plan(&batch, &known.collect::<Records>(), state.sequence, state.floor)?;
        // A real store does this in one transaction, and makes it durable.
        for (before, now) in plan.writes {
            if let Some(before) = before {
                state.records.remove(&before.id);
            }
            if let Some(now) = now {
                state.records.insert(now.id.clone(), now);
            }
        }
        state.sequence = plan.committed.sequence;
        state.floor = plan.floor.unwrap_or(state.floor);
        let alarm = self.feed.publish(plan.events);
        drop(state);
        alarm.ring();
        Ok(plan.committed)
    }

    fn changes(&self) -> Changes {
        self.feed.subscribe()
    }

    async fn maintain(&self, _: Task) -> Result<()> {
        self.state().map(drop)
    }

    async fn close(&self) -> Result<()> {
        if let Ok(mut state) = self.state() {
            state.is_closed = true;
        }
        self.feed.close();
        Ok(())
    }
}

#[allow(dead_code, reason = "the test that includes this file has a main of its own")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let drafts = Drafts::new(OwnStore::default())?;
    let bob = ConversationId::user("bob")?;
    drafts.set(&bob, "I'll be there at").await?;
    drafts.set(&bob, "I'll be there at nine").await?;
    println!(
        "kept {} bytes, digest {:016x}",
        drafts.get(&bob).await?.map_or(0, |draft| draft.text().len()),
        digest(drafts.store()).await?
    );
    drafts.close().await
}
