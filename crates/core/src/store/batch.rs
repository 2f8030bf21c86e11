use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Record;
use crate::{ConversationId, ConversationUpdate, Revision};

/// Changes that are written all or not at all.
///
/// ```
/// use chat_drafts_core::store::{Batch, Change};
/// use chat_drafts_core::{ConversationId, OrderPolicy, Origin};
///
/// let bob = ConversationId::user("bob")?;
/// let batch = Batch {
///     changes: vec![Change::Pin { id: bob, pinned: true }],
///     now: 1_700_000_000_000,
///     policy: OrderPolicy::DraftFloats,
///     origin: Origin::new(),
/// };
/// # let _ = batch;
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Batch {
    /// What to do, in this order.
    pub changes: Vec<Change>,
    /// The time of the writer's clock, in milliseconds since the Unix epoch, UTC.
    pub now: i64,
    /// Whether a new text moves its conversation up.
    pub policy: OrderPolicy,
    /// Who writes.
    pub origin: Origin,
}

/// One change of a [`Batch`]. `Debug` shows neither ids nor texts.
#[derive(Clone)]
#[non_exhaustive]
pub enum Change {
    /// Sets the text of a draft; an empty one clears it.
    SetDraft {
        /// Whose draft.
        id: ConversationId,
        /// The new text.
        text: String,
        /// The new extra; `None` leaves it as it is.
        extra: Option<Vec<u8>>,
        /// The revision the writer knows; `None` always wins.
        base: Option<Revision>,
        /// True if the conversation stays at its place in the list, whatever the policy says, as long as it has a draft:
        /// somebody goes on typing.
        keeps_place: bool,
    },
    /// Takes the text and the extra of a draft out of it, to be sent. The text is kept beside the draft from then on, under
    /// the sequence of this change, until [`ConfirmSend`](Self::ConfirmSend) or [`AbortSend`](Self::AbortSend) names that
    /// number.
    BeginSend {
        /// Whose draft.
        id: ConversationId,
        /// The text as the writer knows it, which may not be stored yet; `None` for what is stored.
        text: Option<String>,
        /// The extra as the writer knows it; `None` for what is stored.
        extra: Option<Vec<u8>>,
        /// The revision the writer knows, if its draft is another one than what is stored; `None` always wins.
        base: Option<Revision>,
    },
    /// Forgets a text that was sent.
    ConfirmSend {
        /// Whose text.
        id: ConversationId,
        /// Its number.
        number: u64,
    },
    /// Puts a text that was not sent back, in front of the draft there is by now, a newline between them. Several that come
    /// back stand in the order in which their sending began. Its extra comes back unless there is a newer one.
    AbortSend {
        /// Whose text.
        id: ConversationId,
        /// Its number.
        number: u64,
    },
    /// Keeps beside the draft what is typed while somebody else has stored another text, or forgets it. It changes no
    /// revision, no sequence and no order, and tells nobody.
    KeepUnresolved {
        /// Whose draft.
        id: ConversationId,
        /// The number of the [`Drafts`](crate::Drafts) it is typed in.
        life: u64,
        /// The text and the extra; `None` forgets them.
        edit: Option<(String, Vec<u8>)>,
    },
    /// Tells facts of a conversation.
    Update {
        /// Which conversation.
        id: ConversationId,
        /// What is told.
        update: ConversationUpdate,
    },
    /// Pins or unpins a conversation.
    Pin {
        /// Which conversation.
        id: ConversationId,
        /// Whether it is pinned from now on.
        pinned: bool,
    },
    /// Forgets a conversation and its draft.
    Delete {
        /// Which conversation.
        id: ConversationId,
    },
    /// Gives a conversation another id. If the new one is known already both are one from then on: its text stands first,
    /// its facts win, and nothing of either is lost.
    Rename {
        /// The old id, then the new one.
        from_to: [ConversationId; 2],
    },
    /// Puts a record of another store into this one, revision, order and time included. Only into a store that was never
    /// written to, whose revisions are nobody's.
    Restore {
        /// The record.
        record: Box<Record>,
    },
    /// Lets the sequence go on from here at least, and refuses bases of absent drafts older than it: what makes
    /// revisions of the store a copy was made of safe to hold against the copy.
    Advance {
        /// The sequence to reach.
        sequence: u64,
    },
}

impl Change {
    /// The conversations whose records the change reads and writes.
    pub fn ids(&self) -> &[ConversationId] {
        match self {
            Self::SetDraft { id, .. }
            | Self::BeginSend { id, .. }
            | Self::ConfirmSend { id, .. }
            | Self::AbortSend { id, .. }
            | Self::KeepUnresolved { id, .. }
            | Self::Update { id, .. }
            | Self::Pin { id, .. }
            | Self::Delete { id } => std::slice::from_ref(id),
            Self::Rename { from_to } => from_to,
            Self::Restore { record } => std::slice::from_ref(&record.id),
            Self::Advance { .. } => &[],
        }
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SetDraft { .. } => "SetDraft(..)",
            Self::BeginSend { .. } => "BeginSend(..)",
            Self::ConfirmSend { .. } => "ConfirmSend(..)",
            Self::AbortSend { .. } => "AbortSend(..)",
            Self::KeepUnresolved { .. } => "KeepUnresolved(..)",
            Self::Update { .. } => "Update(..)",
            Self::Pin { .. } => "Pin(..)",
            Self::Delete { .. } => "Delete(..)",
            Self::Rename { .. } => "Rename(..)",
            Self::Restore { .. } => "Restore(..)",
            Self::Advance { .. } => "Advance(..)",
        })
    }
}

/// What became of one change.
///
/// ```
/// use chat_drafts_core::{Outcome, Revision};
///
/// let outcome = Outcome::Changed(Revision::new(3));
/// assert!(outcome.is_changed());
/// assert_eq!(outcome.revision(), Revision::new(3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was written. The revision is that of the draft, or of its absence, from now on.
    Changed(Revision),
    /// The store held this already: nothing was written, no event was sent, no time was changed.
    Unchanged(Revision),
}

impl Outcome {
    /// Whether anything was written.
    pub fn is_changed(self) -> bool {
        matches!(self, Self::Changed(_))
    }

    /// The revision of the draft or of its absence: the base for a next write.
    pub fn revision(self) -> Revision {
        match self {
            Self::Changed(revision) | Self::Unchanged(revision) => revision,
        }
    }
}

/// What a store answers to a [`Batch`]: see [`Plan::committed`](super::Plan::committed).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The store's sequence after the batch.
    pub sequence: u64,
    /// One for each change, in their order.
    pub outcomes: Vec<Outcome>,
}

/// Whether a new text moves its conversation up the list. It acts when a change is written and never sorts anew.
///
/// ```
/// # use chat_drafts_core::{Drafts, DraftStore, OrderPolicy, Result};
/// # fn example(store: impl DraftStore) -> Result<()> {
/// let drafts = Drafts::builder(store).order_policy(OrderPolicy::MessagesOnly).build()?;
/// # let _ = drafts;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OrderPolicy {
    /// A new text moves it up, and so does a newer message. What the SDK does.
    #[default]
    DraftFloats,
    /// Only a newer message moves it up.
    MessagesOnly,
}

/// Who made a change: lets a reader of events know its own echo.
///
/// Each [`Drafts`](crate::Drafts) has one; [`Drafts::with_origin`](crate::Drafts::with_origin) gives a handle another.
///
/// ```
/// use chat_drafts_core::Origin;
///
/// assert_ne!(Origin::new(), Origin::new());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin(u64);

impl Origin {
    /// One that no other call in this process gets.
    #[allow(clippy::new_without_default, reason = "a default that differs each time would surprise")]
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}
