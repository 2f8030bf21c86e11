use std::fmt;

use super::Entry;
use crate::{ConversationId, DraftState, Facts, OrderKey, Revision};

/// All that a store keeps of a conversation. Apps see it as a [`Conversation`](crate::Conversation).
///
/// `Debug` shows neither the id nor any text.
///
/// ```
/// use chat_drafts_core::ConversationId;
/// use chat_drafts_core::store::{Record, Shelf};
///
/// let record = Record::new(ConversationId::user("bob")?);
/// assert_eq!(record.shelf(), Shelf::Remains);
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// Whose record it is.
    pub id: ConversationId,
    /// The draft, or the revision of its absence; that is 0 if there never was one.
    pub state: DraftState,
    /// Texts beside the draft, in the core's own encoding: pending sends, and what is typed in a conflict. Empty if there are
    /// none.
    pub sending: Vec<u8>,
    /// The sequence of the last change that moved the conversation up the list.
    pub activity: u64,
    /// Whether it is pinned.
    pub pinned: bool,
    /// What the host told of it.
    pub facts: Facts,
}

/// Which list a record is part of. The number is for stores to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Shelf {
    /// Nothing is known of the conversation any more: hidden, and kept until the next opening for its revision.
    Remains = 0,
    /// A conversation without a draft.
    Plain = 1,
    /// A conversation with a draft.
    Drafts = 2,
    /// One without a draft, and with texts that are being sent.
    Sending = 3,
    /// One with both.
    SendingDrafts = 4,
}

impl Record {
    /// A record of which nothing is known yet.
    pub fn new(id: ConversationId) -> Self {
        Self {
            id,
            state: DraftState::Absent(Revision::default()),
            sending: Vec::new(),
            activity: 0,
            pinned: false,
            facts: Facts::default(),
        }
    }

    /// The list it is part of.
    pub fn shelf(&self) -> Shelf {
        match (self.state.draft(), Entry::has_sending(&self.sending)) {
            (Some(_), true) => Shelf::SendingDrafts,
            (None, true) => Shelf::Sending,
            (Some(_), false) => Shelf::Drafts,
            (None, false) if self.pinned || self.facts != Facts::default() => Shelf::Plain,
            (None, false) => Shelf::Remains,
        }
    }

    /// Whether reads show it.
    pub fn is_visible(&self) -> bool {
        self.shelf() != Shelf::Remains
    }

    /// Its place in the list.
    pub fn order_key(&self) -> OrderKey {
        OrderKey::new(self.activity, self.pinned)
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("shelf", &self.shelf())
            .field("state", &self.state)
            .field("activity", &self.activity)
            .field("pinned", &self.pinned)
            .finish_non_exhaustive()
    }
}
