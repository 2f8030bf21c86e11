use std::time::Duration;

use super::Drafts;
use crate::notify::check_blocking;
use crate::sync::{block_on, block_on_within};
use crate::{
    Changes, Composer, Conversation, ConversationId, ConversationUpdate, Draft, DraftInput, Error, Outcome, Page,
    Query, Result, Revision, Stats, Ticket,
};

/// [`Drafts`] for callers without an executor: the same verbs, each waiting on the caller's thread.
///
/// A verb that would have to wait answers [`Error::WouldDeadlock`] inside a wake-up (when a waker is woken or dropped by this
/// library), where it would wait for itself; the awaited one can be begun there.
///
/// ```
/// # use chat_drafts_core::{ConversationId, Drafts, Result};
/// # fn example(drafts: &Drafts) -> Result<()> {
/// let bob = ConversationId::user("bob")?;
/// drafts.blocking().set(&bob, "I'll be there at")?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Blocking {
    drafts: Drafts,
}

impl Blocking {
    pub(super) fn new(drafts: Drafts) -> Self {
        Self { drafts }
    }

    /// See [`Drafts::set`].
    ///
    /// # Errors
    /// Those of [`Drafts::set`].
    pub fn set(&self, id: &ConversationId, text: impl Into<String>) -> Result<Outcome> {
        wait(self.drafts.set(id, text))
    }

    /// See [`Drafts::set_with`].
    ///
    /// # Errors
    /// Those of [`Drafts::set_with`].
    pub fn set_with(&self, id: &ConversationId, input: DraftInput) -> Result<Outcome> {
        wait(self.drafts.set_with(id, input))
    }

    /// See [`Drafts::clear`].
    ///
    /// # Errors
    /// Those of [`Drafts::clear`].
    pub fn clear(&self, id: &ConversationId) -> Result<Outcome> {
        wait(self.drafts.clear(id))
    }

    /// See [`Drafts::get`].
    ///
    /// # Errors
    /// Those of [`Drafts::get`].
    pub fn get(&self, id: &ConversationId) -> Result<Option<Draft>> {
        // What is in memory needs nobody to wait.
        match self.drafts.pending(id) {
            Some(pending) => Ok(pending),
            None => wait(self.drafts.get(id)),
        }
    }

    /// See [`Drafts::get_many`].
    ///
    /// # Errors
    /// Those of [`Drafts::get_many`].
    pub fn get_many(&self, ids: &[ConversationId]) -> Result<Vec<Option<Draft>>> {
        wait(self.drafts.get_many(ids))
    }

    /// See [`Drafts::list`].
    ///
    /// # Errors
    /// Those of [`Drafts::list`].
    pub fn list(&self, query: Query) -> Result<Page> {
        wait(self.drafts.list(query))
    }

    /// See [`Drafts::revision`].
    ///
    /// # Errors
    /// Those of [`Drafts::revision`].
    pub fn revision(&self, id: &ConversationId) -> Result<Revision> {
        wait(self.drafts.revision(id))
    }

    /// See [`Drafts::undo_clear`].
    ///
    /// # Errors
    /// Those of [`Drafts::undo_clear`].
    pub fn undo_clear(&self, id: &ConversationId) -> Result<Outcome> {
        wait(self.drafts.undo_clear(id))
    }

    /// See [`Drafts::compose`].
    ///
    /// # Errors
    /// Those of [`Drafts::compose`].
    pub fn compose(&self, id: &ConversationId) -> Result<Composer> {
        wait(self.drafts.compose(id))
    }

    /// See [`Drafts::begin_send`].
    ///
    /// # Errors
    /// Those of [`Drafts::begin_send`].
    pub fn begin_send(&self, id: &ConversationId) -> Result<Ticket> {
        wait(self.drafts.begin_send(id))
    }

    /// See [`Ticket::confirm`].
    ///
    /// # Errors
    /// Those of [`Ticket::confirm`].
    pub fn confirm(&self, ticket: &Ticket) -> Result<Outcome> {
        wait(ticket.confirm())
    }

    /// See [`Ticket::abort`].
    ///
    /// # Errors
    /// Those of [`Ticket::abort`].
    pub fn abort(&self, ticket: &Ticket) -> Result<Outcome> {
        wait(ticket.abort())
    }

    /// See [`Drafts::tickets`].
    ///
    /// # Errors
    /// Those of [`Drafts::tickets`].
    pub fn tickets(&self) -> Result<Vec<Ticket>> {
        wait(self.drafts.tickets())
    }

    /// See [`Drafts::flush`].
    ///
    /// # Errors
    /// Those of [`Drafts::flush`].
    pub fn flush(&self) -> Result<()> {
        wait(self.drafts.flush())
    }

    /// [`flush`](Self::flush), and waits no longer than so long: for the moment in which a system tells an app that it goes
    /// to the background. Async code lets its own timeout run beside [`Drafts::flush`]; that may be dropped at any time.
    ///
    /// # Errors
    /// [`Error::Unsaved`], because of [`Error::TimedOut`] if the time was not enough; saving goes on then.
    pub fn flush_within(&self, time: Duration) -> Result<()> {
        check_blocking()?;
        block_on_within(self.drafts.flush(), time).unwrap_or_else(|| {
            let conversations = self.drafts.unsaved().into_iter().map(|(id, _)| id).collect();
            Err(Error::Unsaved { conversations, reason: Box::new(Error::TimedOut) })
        })
    }

    /// See [`Drafts::unsaved`].
    pub fn unsaved(&self) -> Vec<(ConversationId, String)> {
        self.drafts.unsaved()
    }

    /// See [`Drafts::stats`].
    pub fn stats(&self) -> Stats {
        self.drafts.stats()
    }

    /// See [`Drafts::conversations`].
    pub fn conversations(&self) -> BlockingConversations<'_> {
        BlockingConversations { drafts: &self.drafts }
    }

    /// See [`Drafts::subscribe`]; [`Changes::next_blocking`] waits for an event.
    pub fn subscribe(&self) -> Changes {
        self.drafts.subscribe()
    }

    /// See [`Drafts::suspend`].
    ///
    /// # Errors
    /// Those of [`Drafts::suspend`].
    pub fn suspend(&self) -> Result<()> {
        wait(self.drafts.suspend())
    }

    /// See [`Drafts::resume`].
    ///
    /// # Errors
    /// Those of [`Drafts::resume`].
    pub fn resume(&self) -> Result<()> {
        wait(self.drafts.resume())
    }

    /// See [`Drafts::check`].
    ///
    /// # Errors
    /// Those of [`Drafts::check`].
    pub fn check(&self) -> Result<()> {
        wait(self.drafts.check())
    }

    /// See [`Drafts::close`].
    ///
    /// # Errors
    /// Those of [`Drafts::close`].
    pub fn close(&self) -> Result<()> {
        wait(self.drafts.close())
    }
}

/// Waits for the answer on this thread.
fn wait<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    check_blocking()?;
    block_on(future)
}

/// [`Conversations`](crate::Conversations) for callers without an executor.
///
/// ```
/// # use chat_drafts_core::{ConversationId, Drafts, Result};
/// # fn example(drafts: &Drafts) -> Result<()> {
/// drafts.blocking().conversations().pin(&ConversationId::user("bob")?, true)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct BlockingConversations<'a> {
    drafts: &'a Drafts,
}

impl BlockingConversations<'_> {
    /// See [`Conversations::get`](crate::Conversations::get).
    ///
    /// # Errors
    /// Those of [`Conversations::get`](crate::Conversations::get).
    pub fn get(&self, id: &ConversationId) -> Result<Option<Conversation>> {
        wait(self.drafts.conversations().get(id))
    }

    /// See [`Conversations::list`](crate::Conversations::list).
    ///
    /// # Errors
    /// Those of [`Conversations::list`](crate::Conversations::list).
    pub fn list(&self, query: Query) -> Result<Page> {
        wait(self.drafts.conversations().list(query))
    }

    /// See [`Conversations::update`](crate::Conversations::update).
    ///
    /// # Errors
    /// Those of [`Conversations::update`](crate::Conversations::update).
    pub fn update(&self, id: &ConversationId, update: ConversationUpdate) -> Result<Outcome> {
        wait(self.drafts.conversations().update(id, update))
    }

    /// See [`Conversations::update_many`](crate::Conversations::update_many).
    ///
    /// # Errors
    /// Those of [`Conversations::update_many`](crate::Conversations::update_many).
    pub fn update_many(
        &self,
        updates: impl IntoIterator<Item = (ConversationId, ConversationUpdate)>,
    ) -> Result<Vec<Outcome>> {
        wait(self.drafts.conversations().update_many(updates))
    }

    /// See [`Conversations::pin`](crate::Conversations::pin).
    ///
    /// # Errors
    /// Those of [`Conversations::pin`](crate::Conversations::pin).
    pub fn pin(&self, id: &ConversationId, pinned: bool) -> Result<Outcome> {
        wait(self.drafts.conversations().pin(id, pinned))
    }

    /// See [`Conversations::rename`](crate::Conversations::rename).
    ///
    /// # Errors
    /// Those of [`Conversations::rename`](crate::Conversations::rename).
    pub fn rename(&self, from: &ConversationId, to: &ConversationId) -> Result<Outcome> {
        wait(self.drafts.conversations().rename(from, to))
    }

    /// See [`Conversations::delete`](crate::Conversations::delete).
    ///
    /// # Errors
    /// Those of [`Conversations::delete`](crate::Conversations::delete).
    pub fn delete(&self, id: &ConversationId) -> Result<Outcome> {
        wait(self.drafts.conversations().delete(id))
    }
}
