//! Composers: what is typed, saved behind it. No calls of the SDK's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chat_drafts::{ConversationId, Draft, DraftState, Keep, Receipt};

use crate::account::Account;
use crate::conversations::conversation_id;
use crate::{Failure, Result, Session, Text, Ticket, Worker};

/// The input field of one conversation: edits touch memory only and are saved behind. Dropping it saves what is left.
///
/// ```
/// use chat_drafts_session::{Composer, Result};
///
/// fn on_key(composer: &Composer, text: &str) -> Result<()> {
///     composer.set_text(text.into())
/// }
/// # let _ = on_key;
/// ```
#[derive(Clone)]
pub struct Composer {
    composer: Arc<chat_drafts::Composer>,
    account: Arc<Account>,
    worker: Worker,
}

impl Session {
    /// Opens the input field of a conversation: what was typed there is restored.
    pub fn compose(&self, id: Text, answer: impl FnOnce(Result<Composer>) + Send + 'static) {
        let worker = self.inner.worker.clone();
        self.on_account(
            || conversation_id(id),
            |account, id| async move {
                let composer = Arc::new(account.drafts.compose(&id).await?);
                Ok(Composer { composer, account, worker })
            },
            answer,
        );
    }

    /// Saves everything that is typed. 6019 and 6022 if anything could not be saved; it stays in memory, and saving is tried
    /// again.
    pub fn flush(&self, answer: impl FnOnce(Result<()>) + Send + 'static) {
        self.on_account(|| Ok(()), |account, ()| async move { account.drafts.flush().await }, answer);
    }

    /// [`flush`](Self::flush) on this thread, for no longer than so long: for the moment in which a system tells an app that
    /// it goes to the background. Also inside a callback.
    ///
    /// # Errors
    /// 6013 and 6014 about the session; 6019 if the time was not enough; 6019 and 6022 about the store.
    pub fn flush_within(&self, time: Duration) -> Result<()> {
        let account = self.inner.account()?;
        account.drafts.blocking().flush_within(time).map_err(|error| Failure::of_call(&error))
    }

    /// Saves what is typed, closes the files and releases every lock until [`resume`](Self::resume). Composers go on
    /// meanwhile, in memory; every other call answers 6019.
    pub fn suspend(&self, answer: impl FnOnce(Result<()>) + Send + 'static) {
        self.on_account(|| Ok(()), |account, ()| async move { account.drafts.suspend().await }, answer);
    }

    /// Opens the files again and saves what was typed meanwhile. Also after a write that failed.
    pub fn resume(&self, answer: impl FnOnce(Result<()>) + Send + 'static) {
        self.on_account(|| Ok(()), |account, ()| async move { account.drafts.resume().await }, answer);
    }

    /// Brings back the draft that was cleared last in this conversation, if it has none by now.
    pub fn undo_clear(&self, id: Text, answer: impl FnOnce(Result<()>) + Send + 'static) {
        self.on_account(
            || conversation_id(id),
            |account, id| async move { account.drafts.undo_clear(&id).await.map(drop) },
            answer,
        );
    }

    /// A call on the account that is logged in, once its arguments are read, whose writes are the store's thread's.
    pub(crate) fn on_account<A: Send + 'static, T: Send + 'static, F>(
        &self,
        arguments: impl FnOnce() -> Result<A>,
        call: impl FnOnce(Arc<Account>, A) -> F + Send + 'static,
        answer: impl FnOnce(Result<T>) + Send + 'static,
    ) where
        F: Future<Output = chat_drafts::Result<T>> + Send + 'static,
    {
        self.call(arguments, |account, _, arguments| call(account, arguments), answer);
    }
}

impl Composer {
    /// The id of the conversation; after a rename the new one.
    pub fn id(&self) -> ConversationId {
        self.composer.id()
    }

    /// The text as it is now.
    pub fn text(&self) -> String {
        self.composer.text()
    }

    /// Takes the text as it is after an edit. Touches memory only and never waits.
    ///
    /// # Errors
    /// 6017 about the text; 6014 once the user is logged out.
    pub fn set_text(&self, text: Text) -> Result<()> {
        self.edit(text).map(drop)
    }

    /// [`set_text`](Self::set_text); the answer comes when that text, or a newer one, is on the disk, or says why not.
    pub fn set_text_then(&self, text: Text, answer: impl FnOnce(Result<()>) + Send + 'static) {
        // It is typed at once, whenever the answer comes. A logout does not wait for that: it saves, or says why not.
        let edited = self.edit(text);
        let saved = |_| async move { edited?.saved().await.map_err(|error| Failure::of_call(&error)) };
        self.worker.call(saved, answer);
    }

    fn edit(&self, text: Text) -> Result<Receipt> {
        let text = text.optional("draftText")?.unwrap_or_default();
        self.account.edit(|| self.composer.set_text(text).map_err(|error| Failure::of_call(&error)))
    }

    /// Saves the text.
    pub fn flush(&self, answer: impl FnOnce(Result<()>) + Send + 'static) {
        self.call(|_, composer| async move { composer.flush().await }, answer);
    }

    /// Takes the text out of the draft, to be sent.
    pub fn begin_send(&self, answer: impl FnOnce(Result<Ticket>) + Send + 'static) {
        let worker = self.worker.clone();
        self.call(
            |account, composer| async move {
                let ticket = account.drafts.begin_send(&composer.id()).await?;
                Ok(Ticket::new(ticket, account, worker))
            },
            answer,
        );
    }

    /// What somebody else has stored, if the text cannot be saved over it: a draft, or none.
    pub fn conflict(&self) -> Option<Option<Draft>> {
        self.composer.conflict().map(|current| match current {
            DraftState::Present(draft) => Some(draft),
            DraftState::Absent(_) => None,
        })
    }

    /// Ends a conflict; says whether there was one.
    pub fn resolve(&self, keep: Keep) -> bool {
        self.composer.resolve(keep)
    }

    fn call<T: Send + 'static, F: Future<Output = chat_drafts::Result<T>> + Send + 'static>(
        &self,
        work: impl FnOnce(Arc<Account>, Arc<chat_drafts::Composer>) -> F + Send + 'static,
        answer: impl FnOnce(Result<T>) + Send + 'static,
    ) {
        let (under_way, composer) = (self.account.edit(|| Ok(self.account.call())), Arc::clone(&self.composer));
        let work = |_| async move {
            let under_way = under_way?;
            let account = Arc::clone(under_way.account());
            work(account, composer).await.map_err(|error| Failure::of_call(&error))
        };
        self.worker.call(work, answer);
    }
}

impl fmt::Debug for Composer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Composer").finish_non_exhaustive()
    }
}
