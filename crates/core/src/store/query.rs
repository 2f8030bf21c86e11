use std::fmt;

use super::Shelf;
use crate::{Conversation, ConversationId, OrderKey};

/// Which part of a list to read.
///
/// ```
/// use chat_drafts_core::Query;
///
/// let first = Query::first(50);
/// # let _ = first;
/// // With the page's cursor: Query::first(50).after(cursor)
/// ```
#[derive(Debug, Clone)]
pub struct Query {
    scope: Scope,
    limit: usize,
    after: Option<Cursor>,
}

/// Which conversations a list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those with a draft.
    Drafts,
    /// All that are known.
    Conversations,
    /// Those with texts that are being sent.
    Sending,
}

impl Scope {
    /// The shelves such a list is made of: a record is in it if its [`shelf`](super::Record::shelf) is one of them.
    pub fn shelves(self) -> &'static [Shelf] {
        match self {
            Self::Drafts => &[Shelf::Drafts, Shelf::SendingDrafts],
            Self::Conversations => &[Shelf::Plain, Shelf::Drafts, Shelf::Sending, Shelf::SendingDrafts],
            Self::Sending => &[Shelf::Sending, Shelf::SendingDrafts],
        }
    }
}

impl Query {
    /// The first `limit` rows.
    pub fn first(limit: usize) -> Self {
        Self { scope: Scope::Drafts, limit, after: None }
    }

    /// All rows, as they are at one moment.
    pub fn all() -> Self {
        Self::first(usize::MAX)
    }

    /// Only what comes behind this place.
    #[must_use]
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.after = cursor.into();
        self
    }

    /// Of these conversations. [`Drafts::list`](crate::Drafts::list) and
    /// [`Conversations::list`](crate::Conversations::list) set it themselves; who asks a
    /// [`DraftStore`](crate::DraftStore) says it.
    #[must_use]
    pub fn of(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Which conversations to list.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// How many rows at most.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The place to go on from.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.after.as_ref()
    }
}

/// A place in a list: behind one row. It stays valid while other conversations change, and over a restart.
///
/// `Debug` does not show the id.
///
/// ```
/// # use chat_drafts_core::{Conversation, Cursor};
/// // A page has its cursor in `next`; this is the place behind any row.
/// fn behind(row: &Conversation) -> Cursor {
///     Cursor::new(row.order_key(), row.id().clone())
/// }
/// # let _ = behind;
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    // In this order, so that cursors sort as lists do.
    place: std::cmp::Reverse<OrderKey>,
    id: ConversationId,
}

impl Cursor {
    /// The place behind the row with this key and id.
    pub fn new(order_key: OrderKey, id: ConversationId) -> Self {
        Self { place: std::cmp::Reverse(order_key), id }
    }

    /// The row's key.
    pub fn order_key(&self) -> OrderKey {
        self.place.0
    }

    /// The row's id.
    pub fn id(&self) -> &ConversationId {
        &self.id
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cursor").field(&self.order_key().get()).finish()
    }
}

/// A part of a list: highest order key first, ties by id.
///
/// ```
/// # use chat_drafts_core::{Drafts, Query, Result};
/// # async fn example(drafts: &Drafts) -> Result<()> {
/// let mut page = drafts.list(Query::first(50)).await?;
/// while let Some(cursor) = page.next {
///     page = drafts.list(Query::first(50).after(cursor)).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The rows.
    pub items: Vec<Conversation>,
    /// Where the next page begins; `None` at the end of the list.
    pub next: Option<Cursor>,
    /// The store's sequence the page shows: events up to it are in the page already.
    pub sequence: u64,
}

impl Page {
    /// A page as a store gives it: `rows` may hold one row more than `limit`, which shows that the list goes on.
    pub fn new(mut rows: Vec<Conversation>, limit: usize, sequence: u64) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| Cursor::new(row.order_key(), row.id().clone()));
        Self { items: rows, next, sequence }
    }
}
