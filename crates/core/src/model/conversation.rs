use std::fmt;

use crate::store::{Entry, Record};
use crate::{ConversationId, Draft, DraftState, OrderKey};

/// A conversation: its draft, its place in the list, and what the host told of it.
///
/// `Debug` shows neither the id nor any text.
///
/// ```
/// # use chat_drafts_core::Conversation;
/// fn title(conversation: &Conversation) -> &str {
///     conversation.facts().show_name.as_deref().unwrap_or(conversation.id().name())
/// }
/// # let _ = title;
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Conversation(Record);

impl Conversation {
    /// Its id.
    pub fn id(&self) -> &ConversationId {
        &self.0.id
    }

    /// Its draft, if it has one.
    pub fn draft(&self) -> Option<&Draft> {
        self.0.state.draft()
    }

    /// The text of its draft, empty if it has none: the SDK's `draftText`.
    #[doc(alias = "draftText")]
    pub fn draft_text(&self) -> &str {
        self.draft().map_or("", Draft::text)
    }

    /// Its draft, or the revision of the draft's absence.
    ///
    /// The revision of an absence is 0 if the conversation never had a draft;
    /// [`Drafts::revision`](crate::Drafts::revision) gives one that a write can be based on.
    pub fn draft_state(&self) -> &DraftState {
        &self.0.state
    }

    /// Whether a text of it is being sent: [`Drafts::begin_send`](crate::Drafts::begin_send) took it out of the draft, and
    /// its ticket was neither confirmed nor aborted.
    pub fn is_sending(&self) -> bool {
        Entry::has_sending(&self.0.sending)
    }

    /// Whether it is pinned.
    pub fn is_pinned(&self) -> bool {
        self.0.pinned
    }

    /// Where it stands in the list: highest first.
    #[doc(alias = "orderKey")]
    pub fn order_key(&self) -> OrderKey {
        self.0.order_key()
    }

    /// What the host told of it.
    pub fn facts(&self) -> &Facts {
        &self.0.facts
    }

    /// What a store keeps of it.
    pub fn record(&self) -> &Record {
        &self.0
    }

    /// What a store keeps of it, without a copy.
    pub fn into_record(self) -> Record {
        self.0
    }
}

impl From<Record> for Conversation {
    fn from(record: Record) -> Self {
        Self(record)
    }
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversation")
            .field("draft", &self.0.state)
            .field("order_key", &self.order_key().get())
            .finish_non_exhaustive()
    }
}

/// What a host without a chat table of its own lets this library keep of a conversation. Nothing here is parsed.
///
/// Set by [`ConversationUpdate`](crate::ConversationUpdate); a fact never told is `None`. `Debug` shows no content.
///
/// ```
/// # use chat_drafts_core::Facts;
/// let unknown = Facts::default();
/// assert_eq!(unknown.unread_count, None);
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Facts {
    /// The name to show: the SDK's `showName`.
    pub show_name: Option<String>,
    /// Where the picture is: the SDK's `faceUrl`.
    pub avatar_url: Option<String>,
    /// How many messages are unread: the SDK's `unreadCount`.
    pub unread_count: Option<u32>,
    /// How messages are received, in the host's numbers: the SDK's `recvOpt`.
    pub receive_option: Option<u32>,
    /// The newest message.
    pub last_message: Option<LastMessage>,
    /// The host's own bytes: the SDK's `customData`.
    pub custom_data: Option<Vec<u8>>,
}

impl Facts {
    /// Takes what it does not know from another.
    pub(crate) fn fill_from(&mut self, other: &Self) {
        fn fill<T: Clone>(own: &mut Option<T>, other: &Option<T>) {
            if own.is_none() {
                own.clone_from(other);
            }
        }
        let Self { show_name, avatar_url, unread_count, receive_option, last_message, custom_data } = other;
        fill(&mut self.show_name, show_name);
        fill(&mut self.avatar_url, avatar_url);
        fill(&mut self.unread_count, unread_count);
        fill(&mut self.receive_option, receive_option);
        fill(&mut self.last_message, last_message);
        fill(&mut self.custom_data, custom_data);
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Facts(..)")
    }
}

/// The newest message of a conversation, as the host tells it.
///
/// ```
/// use chat_drafts_core::LastMessage;
///
/// let message = LastMessage::new(1_700_000_000_000, "See you at nine");
/// assert_eq!(message.body(), b"See you at nine");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct LastMessage {
    time: i64,
    body: Vec<u8>,
}

impl LastMessage {
    /// A message of this time (milliseconds since the Unix epoch, UTC) in whatever form the host keeps it.
    pub fn new(time: i64, body: impl Into<Vec<u8>>) -> Self {
        Self { time, body: body.into() }
    }

    /// Its time, in milliseconds since the Unix epoch, UTC.
    pub fn time(&self) -> i64 {
        self.time
    }

    /// Its content, as it was given.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Debug for LastMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LastMessage").field("time", &self.time).finish_non_exhaustive()
    }
}
