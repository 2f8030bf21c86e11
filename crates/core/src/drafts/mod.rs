//! What an app holds.

mod autosave;
mod blocking;
mod buffer;
mod builder;
mod composer;
mod conversations;
mod sending;
mod undo;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

pub use autosave::Stats;
pub use blocking::{Blocking, BlockingConversations};
pub use builder::DraftsBuilder;
pub use composer::{Composer, Keep, Receipt};
pub use conversations::Conversations;
pub use sending::Ticket;

use autosave::{Autosave, Driver, load};
use buffer::{Lifecycle, Phase, Reply, Request, Target};

use crate::store::{Change, Committed, Record, Scope, Task};
use crate::{
    Changes, Conversation, ConversationId, Copied, Draft, DraftInput, DraftState, DraftStore, Error, Origin, Outcome,
    Page, Query, Result, Revision,
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
/// Dropping the last clone saves what is typed and closes the store too, and waits for that, 2 seconds at most; async code
/// calls [`close`](Self::close), which does not block its thread.
#[derive(Clone)]
pub struct Drafts {
    inner: Arc<Inner>,
    origin: Origin,
    /// By whom its writes are driven.
    driver: Driver,
}

struct Inner {
    autosave: Arc<Autosave>,
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
        let (len, max) = (text.len(), self.inner.max_text_len);
        // A text no longer than the one that is there is always taken.
        if len > max && self.get(id).await?.is_none_or(|draft| draft.text().len() < len) {
            return Err(Error::TextTooLong { len, max });
        }
        if let Some(len) = extra.as_ref().map(Vec::len).filter(|len| *len > MAX_EXTRA_LEN) {
            return Err(Error::ExtraTooLong { len, max: MAX_EXTRA_LEN });
        }
        self.write(Target::Id(id.clone()), Request::Set { text, extra, base }).await
    }

    /// Sends a request through the buffer of its conversation.
    async fn request(&self, target: Target, request: Request) -> Result<Reply> {
        self.inner.autosave.request(target, request, self.origin, self.driver).await
    }

    /// A request that is answered by an outcome.
    async fn write(&self, target: Target, request: Request) -> Result<Outcome> {
        match self.request(target, request).await? {
            Reply::Written(outcome) => Ok(outcome),
            Reply::Done | Reply::Sent(_) => Err(Error::corrupt("the store has answered nothing")),
        }
    }

    /// The draft of a conversation, if it has one: what a [`Composer`] was given last, or else what is stored.
    ///
    /// Of a text that is not saved yet the revision is that it is based on, and the time that of the last edit.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if its record is damaged; and what the store answers.
    pub async fn get(&self, id: &ConversationId) -> Result<Option<Draft>> {
        match self.pending(id) {
            Some(pending) => Ok(pending),
            None => Ok(self.record(id).await?.and_then(draft_of)),
        }
    }

    /// What is typed and not saved; `None` if what is stored counts.
    fn pending(&self, id: &ConversationId) -> Option<Option<Draft>> {
        self.inner.autosave.ask(|machine| machine.pending(id))
    }

    /// The drafts of these conversations, in this order, all of one moment: for the rows on the screen.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub async fn get_many(&self, ids: &[ConversationId]) -> Result<Vec<Option<Draft>>> {
        let pending: Vec<_> = ids.iter().map(|id| self.pending(id)).collect();
        if !pending.is_empty() && pending.iter().all(Option::is_some) {
            return Ok(pending.into_iter().flatten().collect());
        }
        let stored = self.read(ids).await?.into_iter().map(|record| record.and_then(draft_of));
        Ok(pending.into_iter().zip(stored).map(|(pending, stored)| pending.unwrap_or(stored)).collect())
    }

    /// The conversations that have a draft, highest order key first.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub async fn list(&self, query: Query) -> Result<Page> {
        self.read_list(&query.of(Scope::Drafts)).await
    }

    /// The revision of a draft, or of its absence: the base for a [`set_with`](Self::set_with).
    ///
    /// Read it before the text it belongs to: a change between the two is then a conflict, never an overwrite.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub async fn revision(&self, id: &ConversationId) -> Result<Revision> {
        self.check_open()?;
        Ok(load(self.store(), id).await?.state.revision())
    }

    /// All conversations that are known, not only those with a draft: for hosts without a chat table of their own.
    pub fn conversations(&self) -> Conversations<'_> {
        Conversations::new(self)
    }

    /// Everything that changes from now on, whoever changes it.
    pub fn subscribe(&self) -> Changes {
        self.store().changes()
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
        Self { driver: Driver::ThisThread, ..self.clone() }
    }

    /// Saves what is typed, closes the store's files and releases every lock: for systems that end an app which holds one in
    /// the background. Until [`resume`](Self::resume) all that needs the store answers [`Error::Suspended`]. Composers go on:
    /// what is typed meanwhile is in memory, and saved when the store is back.
    ///
    /// # Errors
    /// [`Error::Unsaved`] if a text could not be saved, and what closing answers. The files are closed all the same.
    pub async fn suspend(&self) -> Result<()> {
        self.inner.autosave.lifecycle(Lifecycle::Suspend).await
    }

    /// Opens the store's files again, after [`suspend`](Self::suspend), and so that writes work again after
    /// [`Error::Poisoned`]. What was not saved meanwhile is saved then.
    ///
    /// # Errors
    /// What opening answers: [`Error::Locked`] for instance if another process has the file now. It is as before then, and
    /// can be tried again.
    pub async fn resume(&self) -> Result<()> {
        self.inner.autosave.lifecycle(Lifecycle::Resume).await
    }

    /// Reads everything.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if anything is damaged.
    pub async fn check(&self) -> Result<()> {
        self.check_open()?;
        self.store().maintain(Task::Check).await
    }

    /// Closes the store: saves what is typed, writes what was taken, closes the files, releases every lock. Every later call
    /// answers [`Error::Closed`]; closing again is fine.
    ///
    /// # Errors
    /// [`Error::Unsaved`] if a text could not be saved: the store stays open then. What the store answers, else; it is closed
    /// all the same.
    pub async fn close(&self) -> Result<()> {
        self.inner.autosave.lifecycle(Lifecycle::Close).await
    }

    /// Copies everything, what is typed included, into an empty store of any engine: see [`copy`](crate::copy).
    ///
    /// # Errors
    /// [`Error::Unsaved`] if what is typed cannot be saved first; and those of [`copy`](crate::copy).
    pub async fn copy_to(&self, target: &dyn DraftStore) -> Result<Copied> {
        self.flush().await?;
        self.check_open()?;
        crate::copy(self.store(), target).await
    }

    /// The store below.
    pub fn store(&self) -> &dyn DraftStore {
        &**self.inner.autosave.store()
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
        self.check_open()?;
        self.inner.autosave.commit(changes, self.origin, self.driver).await
    }

    /// # Errors
    /// [`Error::Closed`] and [`Error::Suspended`].
    fn check_open(&self) -> Result<()> {
        self.inner.autosave.ask(|machine| match machine.phase() {
            // What is stored can be read until the end.
            Phase::Closing => Ok(()),
            _ => machine.check_open(),
        })
    }

    async fn read(&self, ids: &[ConversationId]) -> Result<Vec<Option<Record>>> {
        self.check_open()?;
        self.store().get(ids).await
    }

    async fn read_list(&self, query: &Query) -> Result<Page> {
        self.check_open()?;
        self.store().list(query).await
    }

    async fn record(&self, id: &ConversationId) -> Result<Option<Record>> {
        Ok(self.read(std::slice::from_ref(id)).await?.pop().flatten())
    }

    async fn conversation(&self, id: &ConversationId) -> Result<Option<Conversation>> {
        let record = self.record(id).await?;
        Ok(record.filter(Record::is_visible).map(Into::into))
    }
}

impl fmt::Debug for Drafts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drafts").finish_non_exhaustive()
    }
}

fn draft_of(record: Record) -> Option<Draft> {
    match record.state {
        DraftState::Present(draft) => Some(draft),
        DraftState::Absent(_) => None,
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.autosave.finish();
        in_use(|stores| stores.remove(&self.autosave.store().identity()));
    }
}

fn in_use(change: impl FnOnce(&mut HashSet<usize>) -> bool) -> bool {
    change(IN_USE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
}
