//! For who has a blocking embedded database: implement [`Engine`] and [`EngineStore`] makes a
//! [`DraftStore`](crate::DraftStore) of it, with group commit, the writer thread, events and every rule.
//!
//! An engine keeps records and finds them in two ways: by id, and along the lists. It knows no rule: what a record
//! becomes, which shelf it is on and what its order key is, all comes from the core. The engine of the memory store is an
//! example of about 200 lines.
//!
//! To give the store a type of its own, wrap the [`EngineStore`] and let [`forward_store!`](crate::forward_store) write
//! its [`DraftStore`](crate::DraftStore).

mod claim;
pub mod codec;
mod forward;
mod group;
mod merge;
mod queue;
mod store;
mod unblock;

pub use claim::Claim;
pub use merge::merge;
pub use store::EngineStore;
pub use unblock::unblock;

#[doc(hidden)]
pub use async_trait::async_trait;

use crate::store::{Cursor, Record, Shelf};
use crate::{ConversationId, OrderKey, Result};

/// An embedded database that blocks.
///
/// All methods may be called from any thread; writing is called by one thread at a time. Reading must not wait for a
/// writer. A panic inside is caught by the [`EngineStore`] and becomes [`Error::Corrupt`](crate::Error::Corrupt).
///
/// **Errors matter**: [`Error::DiskFull`](crate::Error::DiskFull) means that nothing was written and writing may be tried
/// again; [`Error::Locked`](crate::Error::Locked) that another process holds the file; every other error of a write
/// poisons the store until it is reopened.
pub trait Engine: Sized + Send + Sync + 'static {
    /// All that opening needs: the store opens its engine again by it.
    type Config: Clone + Send + Sync + 'static;

    /// What a read sees: the database at one moment.
    type View<'a>: View;

    /// What a write sees and changes.
    type Transaction<'a>: Transaction;

    /// Whether another process may write to the same file while this one has it open.
    const SHARED: bool;

    /// Whether the database has to be opened anew after [`Error::DiskFull`](crate::Error::DiskFull).
    const REOPEN_AFTER_FULL: bool;

    /// Opens the database, creates or migrates its schema. Must not read the conversations.
    fn open(config: &Self::Config) -> Result<Self>;

    /// Opens the database again after a failure. A file that is gone by now is an error, never a new one.
    fn reopen(config: &Self::Config) -> Result<Self> {
        Self::open(config)
    }

    /// Reads at one moment.
    fn read<T>(&self, read: impl FnOnce(&Self::View<'_>) -> Result<T>) -> Result<T>;

    /// The record of one conversation: [`read`](Self::read) for the most frequent question.
    fn get(&self, id: &ConversationId) -> Result<Option<Record>> {
        self.read(|view| view.get(id))
    }

    /// Writes all or nothing. On [`Finish::Commit`] it is durable when this returns; on [`Finish::RollBack`] or an error
    /// nothing has happened, and nothing was flushed.
    fn write<T>(&self, write: impl FnOnce(&mut Self::Transaction<'_>) -> Result<Finish<T>>) -> Result<T>;

    /// Whether a commit waits for the disk.
    fn flushes(&self) -> bool {
        true
    }

    /// What writing has left for later. Asked after each write.
    fn upkeep(&self) -> Upkeep {
        Upkeep::None
    }

    /// Does what [`upkeep`](Self::upkeep) tells of, in a short time; nobody writes meanwhile. What cannot be done now is
    /// tried again after a later write.
    fn keep_up(&self) -> Result<()> {
        Ok(())
    }

    /// Moves what was written lately to where it is kept for long.
    fn checkpoint(&self) -> Result<()>;

    /// Gives unused room back to the file system.
    fn compact(&self) -> Result<()>;

    /// Looks for damage by the database's own means; the store itself then reads every record.
    fn check(&self) -> Result<()>;

    /// Closes the files; dropping does the same and keeps silent about errors.
    fn close(self) -> Result<()>;
}

/// Work that an engine leaves for the time between two writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Upkeep {
    /// There is none.
    None,
    /// There is some, for the store's own thread: no caller waits for it.
    Due,
    /// There is so much that whoever writes does it now.
    Overdue,
}

/// What becomes of a write transaction.
#[derive(Debug)]
pub enum Finish<T> {
    /// Keep it.
    Commit(T),
    /// Forget it: nothing was written.
    RollBack(T),
}

/// The database at one moment.
pub trait View {
    /// The record of this conversation.
    fn get(&self, id: &ConversationId) -> Result<Option<Record>>;

    /// Up to `limit` records of these shelves as one list (order key falling, ties by id rising), those behind `after` only.
    /// [`merge`] makes one list of several.
    fn scan(&self, shelves: &[Shelf], after: Option<&Cursor>, limit: usize) -> Result<Vec<Record>>;

    /// The highest order key on this shelf that is not above `at_most`.
    fn top(&self, shelf: Shelf, at_most: OrderKey) -> Result<Option<OrderKey>>;

    /// The sequence that was [remembered](Self::remember), if nobody has committed since but this engine itself. An engine
    /// that cannot tell that quickly remembers nothing.
    fn remembered(&self) -> Result<Option<u64>> {
        Ok(None)
    }

    /// Keeps the sequence that the database shows here, in memory; [`remembered`](Self::remembered) was asked here before. It
    /// is to be forgotten if this is a write that is not committed.
    fn remember(&self, _sequence: u64) {}

    /// A number the core keeps under this name, with its [`number_checksum`](codec::number_checksum); 0 if it never did.
    fn number(&self, name: &'static str) -> Result<u64>;
}

/// A write under way. It sees its own changes.
pub trait Transaction: View {
    /// Puts `now` in the place of `before`, which is what the database holds: a new record if there was none, none from
    /// now on if there is no `now`. At least one is given, of one id.
    fn replace(&mut self, before: Option<&Record>, now: Option<&Record>) -> Result<()>;

    /// Keeps a number under this name.
    fn put_number(&mut self, name: &'static str, value: u64) -> Result<()>;
}
