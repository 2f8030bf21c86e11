//! What a store is, and what goes in and out of one.
//!
//! Apps need nothing of this: they hold [`Drafts`](crate::Drafts). It is here for who writes a store of their own, a
//! decorator of one, or moves data between stores.
//!
//! A store of your own: load the records of [`Batch::ids`], let [`plan`] apply the rules, write what it says in one
//! transaction, publish its events through a [`ChangeFeed`]. The example `custom_store` of the repository does it in
//! about 100 lines and passes the conformance suite of `chat-drafts-testkit`.

mod batch;
mod entry;
mod event;
mod feed;
mod query;
mod record;

use std::sync::Arc;

use async_trait::async_trait;

pub use crate::plan::{Plan, Records, plan};
pub use crate::transition::{Moment, transition};
pub use batch::{Batch, Change, Committed, OrderPolicy, Origin, Outcome};
pub(crate) use entry::{Entry, Returned, Sending, Unresolved};
pub use event::Event;
pub use feed::{Alarm, ChangeFeed, Changes};
pub use query::{Cursor, Page, Query, Scope};
pub use record::{Record, Shelf};

use crate::{ConversationId, Result};

/// Keeps conversations. One store serves one signed-in account.
///
/// **Implementers must** apply every batch whole or not at all, in one order for all callers, by the rules of [`plan`];
/// answer a commit only when it is as durable as the store promises; publish its events after that, in commit order, and
/// before they answer; serve reads that never show half a batch and always show what was answered; never make an
/// executor's thread wait for a disk; and never let a dropped future withdraw a batch that was taken.
///
/// **Callers may** share a store between threads by `Arc<dyn DraftStore>` and call it from any executor, or from none.
#[async_trait]
pub trait DraftStore: Send + Sync + 'static {
    /// The records of these conversations, in the order asked for: `None` where there is none. Hidden records
    /// ([`Shelf::Remains`]) are among them. All are of one moment.
    async fn get(&self, ids: &[ConversationId]) -> Result<Vec<Option<Record>>>;

    /// A part of a list, and the sequence it shows. A query for no rows asks for the sequence alone.
    async fn list(&self, query: &Query) -> Result<Page>;

    /// Writes a batch. It is durable when this answers.
    async fn commit(&self, batch: Batch) -> Result<Committed>;

    /// The events from now on.
    fn changes(&self) -> Changes;

    /// Does this work; a store for which there is nothing to do answers `Ok`.
    async fn maintain(&self, task: Task) -> Result<()>;

    /// Writes what was taken, closes the files and releases every lock. Every later call but this one answers
    /// [`Error::Closed`](crate::Error::Closed); closing again is fine.
    async fn close(&self) -> Result<()>;

    /// [`commit`](Self::commit) for callers without an executor. A store that can write on the caller's own thread saves
    /// a hand-over by doing so. Inside a wake-up it answers [`Error::WouldDeadlock`](crate::Error::WouldDeadlock).
    #[doc(hidden)]
    fn commit_blocking(&self, batch: Batch) -> Result<Committed> {
        crate::notify::check_blocking()?;
        crate::sync::block_on(self.commit(batch))
    }

    /// How writes have shared transactions since the store was opened. A decorator answers what its store answers; one that
    /// does not count answers nothing but zeros.
    #[doc(hidden)]
    fn groups(&self) -> Groups {
        Groups::default()
    }

    /// Tells stores apart, so that a second `Drafts` on one is noticed. A decorator answers what its store answers.
    #[doc(hidden)]
    fn identity(&self) -> usize {
        std::ptr::from_ref(self).cast::<()>() as usize
    }
}

/// How writes have shared a store's transactions: what [`Drafts::stats`](crate::Drafts::stats) shows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Groups {
    /// Transactions that were committed.
    pub transactions: u64,
    /// Batches that were written in them.
    pub batches: u64,
    /// The most batches that shared one.
    pub largest: u64,
    /// How many of the transactions waited for the disk.
    pub flushes: u64,
}

/// Work a store can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Task {
    /// Moves what was written lately to where it is kept for long. After a failed write it is refused as a write is.
    Checkpoint,
    /// Gives unused room back to the file system. After a failed write it is refused as a write is.
    Compact,
    /// Reads everything and answers [`Error::Corrupt`](crate::Error::Corrupt) if anything is damaged.
    Check,
    /// Closes the files and releases every lock, until [`Resume`](Self::Resume). Every call but that and
    /// [`close`](DraftStore::close) answers [`Error::Suspended`](crate::Error::Suspended) meanwhile.
    Suspend,
    /// Opens the files again, after [`Suspend`](Self::Suspend), and so that writes work again after
    /// [`Error::Poisoned`](crate::Error::Poisoned).
    Resume,
}

#[async_trait]
impl<S: DraftStore + ?Sized> DraftStore for Arc<S> {
    async fn get(&self, ids: &[ConversationId]) -> Result<Vec<Option<Record>>> {
        (**self).get(ids).await
    }

    async fn list(&self, query: &Query) -> Result<Page> {
        (**self).list(query).await
    }

    async fn commit(&self, batch: Batch) -> Result<Committed> {
        (**self).commit(batch).await
    }

    fn changes(&self) -> Changes {
        (**self).changes()
    }

    async fn maintain(&self, task: Task) -> Result<()> {
        (**self).maintain(task).await
    }

    async fn close(&self) -> Result<()> {
        (**self).close().await
    }

    fn commit_blocking(&self, batch: Batch) -> Result<Committed> {
        (**self).commit_blocking(batch)
    }

    fn groups(&self) -> Groups {
        (**self).groups()
    }

    fn identity(&self) -> usize {
        (**self).identity()
    }
}
