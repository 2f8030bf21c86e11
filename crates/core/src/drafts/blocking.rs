use pollster::block_on;

use super::Drafts;
use crate::{
    Changes, Conversation, ConversationId, ConversationUpdate, Draft, DraftInput, Outcome, Page, Query, Result,
    Revision,
};

/// [`Drafts`] for callers without an executor: the same verbs, each waiting on the caller's thread.
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
        block_on(self.drafts.set(id, text))
    }

    /// See [`Drafts::set_with`].
    ///
    /// # Errors
    /// Those of [`Drafts::set_with`].
    pub fn set_with(&self, id: &ConversationId, input: DraftInput) -> Result<Outcome> {
        block_on(self.drafts.set_with(id, input))
    }

    /// See [`Drafts::clear`].
    ///
    /// # Errors
    /// Those of [`Drafts::clear`].
    pub fn clear(&self, id: &ConversationId) -> Result<Outcome> {
        block_on(self.drafts.clear(id))
    }

    /// See [`Drafts::get`].
    ///
    /// # Errors
    /// Those of [`Drafts::get`].
    pub fn get(&self, id: &ConversationId) -> Result<Option<Draft>> {
        block_on(self.drafts.get(id))
    }

    /// See [`Drafts::get_many`].
    ///
    /// # Errors
    /// Those of [`Drafts::get_many`].
    pub fn get_many(&self, ids: &[ConversationId]) -> Result<Vec<Option<Draft>>> {
        block_on(self.drafts.get_many(ids))
    }

    /// See [`Drafts::list`].
    ///
    /// # Errors
    /// Those of [`Drafts::list`].
    pub fn list(&self, query: Query) -> Result<Page> {
        block_on(self.drafts.list(query))
    }

    /// See [`Drafts::revision`].
    ///
    /// # Errors
    /// Those of [`Drafts::revision`].
    pub fn revision(&self, id: &ConversationId) -> Result<Revision> {
        block_on(self.drafts.revision(id))
    }

    /// See [`Drafts::conversations`].
    pub fn conversations(&self) -> BlockingConversations<'_> {
        BlockingConversations { drafts: &self.drafts }
    }

    /// See [`Drafts::subscribe`]; [`Changes::next_blocking`] waits for an event.
    pub fn subscribe(&self) -> Changes {
        self.drafts.subscribe()
    }

    /// See [`Drafts::resume`].
    ///
    /// # Errors
    /// Those of [`Drafts::resume`].
    pub fn resume(&self) -> Result<()> {
        block_on(self.drafts.resume())
    }

    /// See [`Drafts::check`].
    ///
    /// # Errors
    /// Those of [`Drafts::check`].
    pub fn check(&self) -> Result<()> {
        block_on(self.drafts.check())
    }

    /// See [`Drafts::close`].
    ///
    /// # Errors
    /// Those of [`Drafts::close`].
    pub fn close(&self) -> Result<()> {
        block_on(self.drafts.close())
    }
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
        block_on(self.drafts.conversations().get(id))
    }

    /// See [`Conversations::list`](crate::Conversations::list).
    ///
    /// # Errors
    /// Those of [`Conversations::list`](crate::Conversations::list).
    pub fn list(&self, query: Query) -> Result<Page> {
        block_on(self.drafts.conversations().list(query))
    }

    /// See [`Conversations::update`](crate::Conversations::update).
    ///
    /// # Errors
    /// Those of [`Conversations::update`](crate::Conversations::update).
    pub fn update(&self, id: &ConversationId, update: ConversationUpdate) -> Result<Outcome> {
        block_on(self.drafts.conversations().update(id, update))
    }

    /// See [`Conversations::update_many`](crate::Conversations::update_many).
    ///
    /// # Errors
    /// Those of [`Conversations::update_many`](crate::Conversations::update_many).
    pub fn update_many(
        &self,
        updates: impl IntoIterator<Item = (ConversationId, ConversationUpdate)>,
    ) -> Result<Vec<Outcome>> {
        block_on(self.drafts.conversations().update_many(updates))
    }

    /// See [`Conversations::pin`](crate::Conversations::pin).
    ///
    /// # Errors
    /// Those of [`Conversations::pin`](crate::Conversations::pin).
    pub fn pin(&self, id: &ConversationId, pinned: bool) -> Result<Outcome> {
        block_on(self.drafts.conversations().pin(id, pinned))
    }

    /// See [`Conversations::rename`](crate::Conversations::rename).
    ///
    /// # Errors
    /// Those of [`Conversations::rename`](crate::Conversations::rename).
    pub fn rename(&self, from: &ConversationId, to: &ConversationId) -> Result<Outcome> {
        block_on(self.drafts.conversations().rename(from, to))
    }

    /// See [`Conversations::delete`](crate::Conversations::delete).
    ///
    /// # Errors
    /// Those of [`Conversations::delete`](crate::Conversations::delete).
    pub fn delete(&self, id: &ConversationId) -> Result<Outcome> {
        block_on(self.drafts.conversations().delete(id))
    }
}
