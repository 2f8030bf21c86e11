#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod open;

pub use chat_drafts_core::{
    Blocking, BlockingConversations, Changes, Clock, Composer, Conversation, ConversationId, ConversationKind,
    ConversationUpdate, Conversations, Copied, Cursor, Draft, DraftInput, DraftState, DraftStore, Drafts,
    DraftsBuilder, Error, Event, Facts, Keep, LastMessage, OrderKey, OrderPolicy, Origin, Outcome, Page, Query,
    Receipt, Result, Revision, Stats, SystemClock, Ticket, copy, digest, store,
};
#[cfg(feature = "memory")]
pub use chat_drafts_store_memory::{MemoryDisk, MemoryStore};
#[cfg(feature = "redb")]
pub use chat_drafts_store_redb::{RedbBuilder, RedbStore};
#[cfg(feature = "sqlite")]
pub use chat_drafts_store_sqlite::{SqliteBuilder, SqliteStore, Synchronous};
pub use open::{open, open_account, open_existing};
