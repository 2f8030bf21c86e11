use std::sync::Arc;

use crate::{Conversation, Origin};

/// Something was committed. Events come in commit order, after the change is durable, one for each change and none for
/// a call that changed nothing.
///
/// ```
/// use chat_drafts_core::Event;
///
/// fn on_event(event: &Event) {
///     match event {
///         Event::Added { conversation, .. } | Event::Changed { conversation, .. } => {
///             println!("draft of {} bytes", conversation.draft_text().len());
///         }
///         Event::Removed { .. } => println!("a row is gone"),
///         Event::Resync { .. } => println!("list again"),
///         _ => {}
///     }
/// }
/// # let _ = on_event;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A conversation came into being.
    Added {
        /// The conversation after the change.
        conversation: Arc<Conversation>,
        /// The sequence of the change.
        sequence: u64,
        /// Who made it.
        origin: Origin,
    },
    /// A conversation changed.
    Changed {
        /// The conversation after the change.
        conversation: Arc<Conversation>,
        /// The sequence of the change.
        sequence: u64,
        /// Who made it.
        origin: Origin,
    },
    /// A conversation is gone from every read: it was deleted, or nothing is known of it any more.
    Removed {
        /// The conversation after the change: its id and the revision of the draft's absence.
        conversation: Arc<Conversation>,
        /// The sequence of the change.
        sequence: u64,
        /// Who made it.
        origin: Origin,
    },
    /// Events are missing, because this reader was slow or because another process wrote: list again.
    Resync {
        /// The store's sequence; a list read from now on shows it, or a later one.
        sequence: u64,
    },
}

impl Event {
    /// The store's sequence the event shows. A page whose sequence is not below it includes the change.
    pub fn sequence(&self) -> u64 {
        match self {
            Self::Added { sequence, .. }
            | Self::Changed { sequence, .. }
            | Self::Removed { sequence, .. }
            | Self::Resync { sequence } => *sequence,
        }
    }

    /// The conversation it is about; `None` for [`Resync`](Self::Resync).
    pub fn conversation(&self) -> Option<&Conversation> {
        match self {
            Self::Added { conversation, .. }
            | Self::Changed { conversation, .. }
            | Self::Removed { conversation, .. } => Some(conversation),
            Self::Resync { .. } => None,
        }
    }

    /// Who made the change; `None` for [`Resync`](Self::Resync).
    pub fn origin(&self) -> Option<Origin> {
        match self {
            Self::Added { origin, .. } | Self::Changed { origin, .. } | Self::Removed { origin, .. } => Some(*origin),
            Self::Resync { .. } => None,
        }
    }
}
