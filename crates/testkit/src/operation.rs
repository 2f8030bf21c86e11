//! What a history is made of. Everything here is test data, so it formats as it is.

use chat_drafts_core::store::Scope;
use chat_drafts_core::{ConversationUpdate, Facts, LastMessage, OrderPolicy};

/// One step of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// A verb of [`Drafts`](chat_drafts_core::Drafts), awaited.
    Do(Step),
    /// The same verb of the [`Blocking`](chat_drafts_core::Blocking) view.
    Block(Step),
    /// Confirms or aborts one of the texts that are being sent, counted round; nothing if there is none.
    End {
        /// Which.
        nth: usize,
        /// Whether it was sent.
        confirm: bool,
        /// Whether by the [`Blocking`](chat_drafts_core::Blocking) view.
        block: bool,
    },
    /// `update_many`.
    UpdateMany(Vec<(String, Telling)>),
    /// A raw [`Batch`](chat_drafts_core::store::Batch) of several changes.
    Batch(Vec<Step>),
    /// `get`, `conversations().get` and `revision` of one conversation.
    Get(String),
    /// `get_many`.
    GetMany(Vec<String>),
    /// Reads a list from its top, so many pages of so many rows.
    List {
        /// Which list.
        scope: Scope,
        /// Rows of a page.
        limit: usize,
        /// How many pages at most.
        pages: usize,
    },
    /// Reads one more page behind the last one read, whatever has changed meanwhile.
    NextPage {
        /// Rows of the page.
        limit: usize,
    },
    /// Reads all of a list at once.
    ListAll(Scope),
    /// Turns the clock by so many milliseconds.
    AdvanceClock(i64),
    /// Drops the `Drafts` and makes another of the same store, with this policy. A history begins with
    /// [`OrderPolicy::DraftFloats`].
    Policy(OrderPolicy),
    /// Closes the store and opens it again; left out where a sandbox does not reopen.
    Reopen,
    /// Drops the store without closing it and opens it again; left out where a sandbox does not reopen.
    DropAndReopen,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `set`.
    Set {
        /// Whose draft.
        id: String,
        /// The text.
        text: String,
    },
    /// `set_with`.
    SetWith {
        /// Whose draft.
        id: String,
        /// The text.
        text: String,
        /// The extra.
        extra: Vec<u8>,
        /// What it is based on.
        base: Base,
    },
    /// `clear`.
    Clear {
        /// Whose draft.
        id: String,
    },
    /// `update`.
    Update {
        /// Of which conversation.
        id: String,
        /// What is told.
        telling: Telling,
    },
    /// `pin`.
    Pin {
        /// Which conversation.
        id: String,
        /// Whether it is pinned from now on.
        pinned: bool,
    },
    /// `delete`.
    Delete {
        /// Which conversation.
        id: String,
    },
    /// `begin_send`.
    BeginSend {
        /// Whose draft.
        id: String,
    },
    /// `rename`.
    Rename {
        /// Which conversation.
        id: String,
        /// Its new id.
        to: String,
    },
}

impl Step {
    /// The conversation it is about.
    pub fn id(&self) -> &str {
        match self {
            Self::Set { id, .. }
            | Self::SetWith { id, .. }
            | Self::Clear { id }
            | Self::Update { id, .. }
            | Self::Pin { id, .. }
            | Self::Delete { id }
            | Self::BeginSend { id }
            | Self::Rename { id, .. } => id,
        }
    }
}

/// What a write is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Nothing: it always wins.
    None,
    /// What `revision` answers now.
    Current,
    /// The store's sequence, less this.
    Behind(u64),
    /// The store's sequence, and this more.
    Ahead(u64),
}

/// A [`ConversationUpdate`] one can look into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are the fields of an update")]
#[allow(clippy::option_option, reason = "absent leaves, none clears")]
pub struct Telling {
    pub show_name: Option<Option<String>>,
    pub avatar_url: Option<Option<String>>,
    pub unread_count: Option<Option<u32>>,
    pub receive_option: Option<Option<u32>>,
    pub last_message: Option<Option<(i64, Vec<u8>)>>,
    pub custom_data: Option<Option<Vec<u8>>>,
}

impl From<&Telling> for ConversationUpdate {
    fn from(telling: &Telling) -> Self {
        let mut update = Self::new();
        if let Some(name) = &telling.show_name {
            update = update.show_name(name.as_deref());
        }
        if let Some(url) = &telling.avatar_url {
            update = update.avatar_url(url.as_deref());
        }
        if let Some(count) = telling.unread_count {
            update = update.unread_count(count);
        }
        if let Some(option) = telling.receive_option {
            update = update.receive_option(option);
        }
        if let Some(message) = &telling.last_message {
            update = update.last_message(message.as_ref().map(|(time, body)| LastMessage::new(*time, body.clone())));
        }
        if let Some(data) = &telling.custom_data {
            update = update.custom_data(data.clone());
        }
        update
    }
}

/// [`Facts`] one can look into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are the fields of the facts")]
pub struct Known {
    pub show_name: Option<String>,
    pub avatar_url: Option<String>,
    pub unread_count: Option<u32>,
    pub receive_option: Option<u32>,
    pub last_message: Option<(i64, Vec<u8>)>,
    pub custom_data: Option<Vec<u8>>,
}

impl From<&Facts> for Known {
    fn from(facts: &Facts) -> Self {
        Self {
            show_name: facts.show_name.clone(),
            avatar_url: facts.avatar_url.clone(),
            unread_count: facts.unread_count,
            receive_option: facts.receive_option,
            last_message: facts.last_message.as_ref().map(|message| (message.time(), message.body().to_vec())),
            custom_data: facts.custom_data.clone(),
        }
    }
}
