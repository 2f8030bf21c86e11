use std::fmt;
use std::sync::Arc;

use super::Drafts;
use super::autosave::{Autosave, Caller, Seat};
use super::buffer::{EditBuffer, Request, Target};
use crate::notify::check_blocking;
use crate::sync::block_on;
use crate::{ConversationId, DraftState, Error, Result, Ticket};

/// The input field of one conversation: edits touch memory only, and are saved behind them.
///
/// All composers of a conversation share one text. It is saved after 300 ms without an edit, 2 s after the first edit at
/// the latest ([`DraftsBuilder::autosave`](crate::DraftsBuilder::autosave)), and when a composer is dropped; so a crash
/// loses no more than that. A save that fails is tried again after 1 s, then after twice as long each time, up to a minute.
/// The first save moves the conversation up as any new text does, later ones do not.
///
/// If somebody else changes the draft, another process for instance, saving pauses, both texts are kept, and the host
/// chooses: see [`conflict`](Self::conflict). A composer that changed nothing writes nothing.
///
/// ```
/// # use chat_drafts_core::{ConversationId, Drafts, Result};
/// # async fn example(drafts: &Drafts) -> Result<()> {
/// let bob = ConversationId::user("bob")?;
/// let composer = drafts.compose(&bob).await?;
/// println!("{}", composer.text()); // what was typed last time
/// composer.set_text("I'll be there at n")?; // at each key
/// drop(composer); // leaving saves
/// # Ok(())
/// # }
/// ```
pub struct Composer {
    seat: Arc<Seat>,
    drafts: Drafts,
}

/// What a composer keeps in a [conflict](Composer::conflict).
///
/// ```
/// # use chat_drafts_core::{Composer, Keep, Result};
/// # fn example(composer: &Composer) -> Result<()> {
/// if composer.conflict().is_some() {
///     composer.resolve(Keep::Both);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// What was typed here.
    Ours,
    /// What is stored.
    Theirs,
    /// What is stored, a newline, and what was typed here.
    Both,
}

/// Tells when an edit is saved.
///
/// ```
/// # use chat_drafts_core::{Composer, Result};
/// # async fn example(composer: &Composer) -> Result<()> {
/// let receipt = composer.set_text("I'll be there at nine")?;
/// receipt.saved().await?; // that text, or a newer one, survives a power loss
/// # Ok(())
/// # }
/// ```
pub struct Receipt {
    seat: Arc<Seat>,
    number: u64,
}

impl Drafts {
    /// Opens the input field of a conversation: what is typed there is kept, and restored the next time.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub async fn compose(&self, id: &ConversationId) -> Result<Composer> {
        let autosave = &self.inner.autosave;
        // It joins before it reads: what is written from then on is known to it.
        let key = autosave.step(|machine, _| machine.open_field(id, self.origin));
        let seat = Arc::new(Seat { autosave: Arc::downgrade(autosave), key });
        let composer = Composer { seat, drafts: self.clone() };
        let is_shown = autosave.ask(|machine| machine.check_open().map(|()| machine.is_shown(key)))?;
        if !is_shown {
            self.request(Target::Seat(key), Request::Load).await?;
        }
        Ok(composer)
    }

    /// Saves every text that is not saved yet, and waits for that.
    ///
    /// # Errors
    /// [`Error::Unsaved`] names the conversations whose text could not be saved. Their text stays in memory, and saving is
    /// tried again.
    pub async fn flush(&self) -> Result<()> {
        self.inner.autosave.flush().await
    }

    /// The texts that are not saved, or cannot be: for a host that wants to keep them by other means.
    pub fn unsaved(&self) -> Vec<(ConversationId, String)> {
        self.inner.autosave.ask(|machine| machine.unsaved())
    }

    /// What saving while somebody types has come to, and how the store's writes have shared transactions.
    pub fn stats(&self) -> crate::Stats {
        self.inner.autosave.stats()
    }

    /// Saves what is due by now on this thread, and says of how many conversations. For tests with a clock that does not
    /// run by itself ([`Clock::is_running`](crate::Clock::is_running)); else the library does it in time.
    pub fn save_due(&self) -> usize {
        self.inner.autosave.save_due()
    }
}

impl Composer {
    fn autosave(&self) -> &Arc<Autosave> {
        &self.drafts.inner.autosave
    }

    fn ask<T>(&self, ask: impl FnOnce(&EditBuffer<Caller>) -> T) -> T {
        self.autosave().ask(|machine| ask(machine.seated(self.seat.key)))
    }

    /// Whose text it is. After a [`rename`](crate::Conversations::rename) it is the new id.
    pub fn id(&self) -> ConversationId {
        self.ask(|buffer| buffer.id.clone())
    }

    /// The text as it is now: what was stored, or what any composer of this conversation has made of it since.
    pub fn text(&self) -> String {
        self.ask(|buffer| buffer.content.text.clone())
    }

    /// The extra that is stored with it.
    pub fn extra(&self) -> Vec<u8> {
        self.ask(|buffer| buffer.content.extra.clone())
    }

    /// Takes the text as it is after an edit, all of it. Touches memory only and never waits;
    /// [`Drafts::get`](crate::Drafts::get) and the other composers of this conversation show it at once. An empty text
    /// clears the draft when it is saved. The extra stays as it is.
    ///
    /// # Errors
    /// [`Error::TextTooLong`]; [`Error::Closed`] once the store is closed.
    pub fn set_text(&self, text: impl Into<String>) -> Result<Receipt> {
        let number = self.autosave().edit(self.seat.key, text.into(), self.drafts.origin)?;
        Ok(Receipt { seat: Arc::clone(&self.seat), number })
    }

    /// Takes the text out of the draft, to be sent: see [`Drafts::begin_send`](crate::Drafts::begin_send). The composer is
    /// empty then.
    ///
    /// # Errors
    /// Those of [`Drafts::begin_send`](crate::Drafts::begin_send).
    pub async fn begin_send(&self) -> Result<Ticket> {
        self.drafts.send_of(Target::Seat(self.seat.key)).await
    }

    /// Saves the text, and waits for that.
    ///
    /// # Errors
    /// [`Error::Conflict`] if somebody else has changed the draft; and what the store answers.
    pub async fn flush(&self) -> Result<()> {
        // What is saved already needs no store.
        if !self.ask(EditBuffer::is_dirty) {
            return Ok(());
        }
        self.drafts.request(Target::Seat(self.seat.key), Request::Save).await.map(drop)
    }

    /// What somebody else has stored meanwhile, if the text cannot be saved over it. Saving pauses until
    /// [`resolve`](Self::resolve) says what to keep. If every composer of the conversation is dropped before, both are kept.
    pub fn conflict(&self) -> Option<DraftState> {
        self.autosave().refresh_conflict(self.seat.key);
        self.autosave().ask(|machine| machine.conflict_of(self.seat.key).cloned())
    }

    /// Ends a conflict; [`text`](Self::text) is what is kept from then on. Says whether there was one.
    pub fn resolve(&self, keep: Keep) -> bool {
        self.autosave().refresh_conflict(self.seat.key);
        self.autosave().step(|machine, effects| machine.resolve(self.seat.key, keep, effects))
    }
}

impl Receipt {
    /// Waits until this text, or a newer one of the conversation, is as durable as the store makes it.
    ///
    /// # Errors
    /// Why the next save was not made: [`Error::Conflict`], [`Error::Suspended`], or what the store answered. The text stays
    /// in memory.
    pub async fn saved(self) -> Result<()> {
        let autosave = self.seat.autosave.upgrade().ok_or(Error::Closed)?;
        autosave.saved(self.seat.key, self.number).await
    }

    /// [`saved`](Self::saved) for callers without an executor.
    ///
    /// # Errors
    /// Those of [`saved`](Self::saved).
    pub fn saved_blocking(self) -> Result<()> {
        check_blocking()?;
        block_on(self.saved())
    }
}

impl Drop for Composer {
    fn drop(&mut self) {
        self.autosave().step(|machine, effects| machine.close_field(self.seat.key, effects));
    }
}

impl fmt::Debug for Composer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Composer").finish_non_exhaustive()
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt").finish_non_exhaustive()
    }
}
