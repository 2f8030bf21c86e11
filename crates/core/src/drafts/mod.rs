//! What an app holds.

mod blocking;
mod builder;
mod conversations;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

pub use blocking::{Blocking, BlockingConversations};
pub use builder::DraftsBuilder;
pub use conversations::Conversations;

use crate::store::{Batch, Change, Committed, Record, Scope, Task};
use crate::{
    Changes, Clock, Conversation, ConversationId, Draft, DraftInput, DraftState, DraftStore, Error, OrderPolicy,
    Origin, Outcome, Page, Query, Result, Revision,
};

/// The longest extra of a draft, in bytes.
const MAX_EXTRA_LEN: usize = 64 * 1024;

/// The drafts of one account: every conversation keeps the text its user has not sent yet.
///
/// Cheap to clone, `Send` and `Sync`; works under any executor, and without one by [`blocking`](Self::blocking). A store
/// has one `Drafts`; clone it instead of making a second.
///
/// ```
/// # use chat_drafts_core::{ConversationId, Drafts, DraftStore, Query, Result};
/// # async fn example(store: impl DraftStore) -> Result<()> {
/// let drafts = Drafts::new(store)?;
/// let bob = ConversationId::user("bob")?;
///
/// drafts.set(&bob, "I'll be there at").await?; // on disk when it returns
/// let draft = drafts.get(&bob).await?.expect("it was just set");
/// assert_eq!(draft.text(), "I'll be there at");
///
/// drafts.clear(&bob).await?;
/// assert!(drafts.list(Query::first(50)).await?.items.is_empty());
/// drafts.close().await?;
/// # Ok(())
/// # }
/// ```
///
/// Dropping the last clone closes the store too, and waits for what is being written; async code calls
/// [`close`](Self::close), which does not block its thread.
#[derive(Clone)]
pub struct Drafts {
    inner: Arc<Inner>,
    origin: Origin,
    /// Whether commits may be done on the caller's thread.
    blocks: bool,
}

struct Inner {
    store: Arc<dyn DraftStore>,
    clock: Arc<dyn Clock>,
    policy: OrderPolicy,
    max_text_len: usize,
}

/// The stores that have a `Drafts`.
static IN_USE: Mutex<Option<HashSet<usize>>> = Mutex::new(None);

impl Drafts {
    /// The longest text a draft can have, in bytes, unless [`DraftsBuilder::max_text_len`] says otherwise: 1 MiB.
    pub const MAX_TEXT_LEN: usize = 1024 * 1024;

    /// The drafts in this store, with everything else as it is by default. [`builder`](Self::builder) has the choices.
    ///
    /// # Errors
    /// [`Error::InUse`] if the store has a `Drafts` already.
    pub fn new(store: impl DraftStore) -> Result<Self> {
        Self::builder(store).build()
    }

    /// The drafts in this store, with choices: the longest text, the order of the list, the clock.
    pub fn builder(store: impl DraftStore) -> DraftsBuilder {
        DraftsBuilder::new(Arc::new(store))
    }

    /// Sets the text of a draft; an empty one clears it. The extra stays as it is. The SDK's `setConversationDraft`.
    ///
    /// Bytes in, bytes out: nothing is trimmed, normalised or parsed. The same text again changes nothing. When this
    /// returns `Ok`, the text survives what the store promises: with SQLite and redb a kill and a power loss. Dropping
    /// the future does not withdraw the text once the future was polled.
    ///
    /// # Errors
    /// [`Error::TextTooLong`]; and [`Error::DiskFull`], [`Error::Io`] or another failure of the store. The draft before is
    /// intact after each but [`Error::Io`], after which either is there.
    #[doc(alias = "setConversationDraft")]
    pub async fn set(&self, id: &ConversationId, text: impl Into<String>) -> Result<Outcome> {
        self.set_draft(id, text.into(), None, None).await
    }

    /// Sets a text together with its extra, and if wanted only if the draft has not moved on meanwhile.
    ///
    /// # Errors
    /// [`Error::Conflict`] with what is there now; [`Error::ExtraTooLong`] above 64 KiB; and those of [`set`](Self::set).
    pub async fn set_with(&self, id: &ConversationId, input: DraftInput) -> Result<Outcome> {
        self.set_draft(id, input.text, Some(input.extra), input.base).await
    }

    /// Clears a draft, its extra included. Clearing what is not there is fine and changes nothing.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn clear(&self, id: &ConversationId) -> Result<Outcome> {
        self.set_draft(id, String::new(), None, None).await
    }

    async fn set_draft(
        &self,
        id: &ConversationId,
        text: String,
        extra: Option<Vec<u8>>,
        base: Option<Revision>,
    ) -> Result<Outcome> {
        if text.len() > self.inner.max_text_len {
            return Err(Error::TextTooLong { len: text.len(), max: self.inner.max_text_len });
        }
        if let Some(len) = extra.as_ref().map(Vec::len).filter(|len| *len > MAX_EXTRA_LEN) {
            return Err(Error::ExtraTooLong { len, max: MAX_EXTRA_LEN });
        }
        self.commit_one(Change::SetDraft { id: id.clone(), text, extra, base }).await
    }

    /// The draft of a conversation, if it has one.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if its record is damaged; and what the store answers.
    pub async fn get(&self, id: &ConversationId) -> Result<Option<Draft>> {
        Ok(self.get_many(std::slice::from_ref(id)).await?.pop().flatten())
    }

    /// The drafts of these conversations, in this order, all of one moment: for the rows on the screen.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub async fn get_many(&self, ids: &[ConversationId]) -> Result<Vec<Option<Draft>>> {
        let records = self.inner.store.get(ids).await?;
        let draft = |record: Record| match record.state {
            DraftState::Present(draft) => Some(draft),
            DraftState::Absent(_) => None,
        };
        Ok(records.into_iter().map(|record| record.and_then(draft)).collect())
    }

    /// The conversations that have a draft, highest order key first.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub async fn list(&self, query: Query) -> Result<Page> {
        self.inner.store.list(&query.of(Scope::Drafts)).await
    }

    /// The revision of a draft, or of its absence: the base for a [`set_with`](Self::set_with).
    ///
    /// Read it before the text it belongs to: a change between the two is then a conflict, never an overwrite.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub async fn revision(&self, id: &ConversationId) -> Result<Revision> {
        // The sequence first: what is changed after it has a higher revision.
        let sequence = self.list(Query::first(0)).await?.sequence;
        let record = self.inner.store.get(std::slice::from_ref(id)).await?.pop().flatten();
        let revision = record.map(|record| record.state.revision()).unwrap_or_default();
        Ok(if revision > Revision::default() { revision } else { Revision::new(sequence) })
    }

    /// All conversations that are known, not only those with a draft: for hosts without a chat table of their own.
    pub fn conversations(&self) -> Conversations<'_> {
        Conversations::new(self)
    }

    /// Everything that changes from now on, whoever changes it.
    pub fn subscribe(&self) -> Changes {
        self.inner.store.changes()
    }

    /// The same verbs for callers without an executor. A lone blocking write saves the hand-over to the store's thread.
    ///
    /// Not for use inside an executor: it waits for the disk on the caller's thread.
    pub fn blocking(&self) -> Blocking {
        Blocking::new(self.on_this_thread())
    }

    /// A handle whose writes are done by the thread that polls them, if nobody else writes: for bindings, which block on
    /// its futures on threads of their own.
    #[doc(hidden)]
    #[must_use]
    pub fn on_this_thread(&self) -> Self {
        Self { blocks: true, ..self.clone() }
    }

    /// Makes writes work again after [`Error::Poisoned`], by reopening the store's files.
    ///
    /// # Errors
    /// What opening answers.
    pub async fn resume(&self) -> Result<()> {
        self.inner.store.maintain(Task::Resume).await
    }

    /// Reads everything.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if anything is damaged.
    pub async fn check(&self) -> Result<()> {
        self.inner.store.maintain(Task::Check).await
    }

    /// Closes the store: writes what was taken, closes the files, releases every lock. Every later call answers
    /// [`Error::Closed`]; closing again is fine.
    ///
    /// # Errors
    /// What the store answers. It is closed all the same.
    pub async fn close(&self) -> Result<()> {
        self.inner.store.close().await
    }

    /// The store below.
    pub fn store(&self) -> &dyn DraftStore {
        &*self.inner.store
    }

    /// Who this handle is in the events of its changes.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// A handle whose changes carry this origin in their events: one for each window, so that each knows its own echo.
    #[must_use]
    pub fn with_origin(&self, origin: Origin) -> Self {
        Self { origin, ..self.clone() }
    }

    async fn commit_one(&self, change: Change) -> Result<Outcome> {
        let mut committed = self.commit(vec![change]).await?;
        committed.outcomes.pop().ok_or(Error::corrupt("the store has answered nothing"))
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<Committed> {
        let Inner { store, clock, policy, .. } = &*self.inner;
        let batch = Batch { changes, now: clock.now(), policy: *policy, origin: self.origin };
        if self.blocks { store.commit_blocking(batch) } else { store.commit(batch).await }
    }

    async fn conversation(&self, id: &ConversationId) -> Result<Option<Conversation>> {
        let record = self.inner.store.get(std::slice::from_ref(id)).await?.pop().flatten();
        Ok(record.filter(Record::is_visible).map(Into::into))
    }
}

impl fmt::Debug for Drafts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drafts").finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        in_use(|stores| stores.remove(&self.store.identity()));
    }
}

fn in_use(change: impl FnOnce(&mut HashSet<usize>) -> bool) -> bool {
    change(IN_USE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
}
