//! The core of [`chat-drafts`](https://docs.rs/chat-drafts): the model of a conversation and its draft, the rules a
//! change obeys, and the one path every write takes. It knows no database.
//!
//! - [`Drafts`] is the handle an app holds. It runs on any [`DraftStore`].
//! - [`store`] is for who writes a store of their own: [`DraftStore`], what goes in and out of it, and
//!   [`store::plan`], which applies the rules to a whole batch.
//! - [`engine`] is for who has a blocking embedded database: implement [`engine::Engine`] in about 200 lines and
//!   get the store, group commit and events included.
//!
//! Apps depend on the `chat-drafts` crate, which re-exports this one together with the engines its features pick.

mod account;
mod clock;
mod copy;
mod drafts;
pub mod engine;
mod error;
mod model;
mod notify;
mod plan;
pub mod store;
mod sync;
mod transition;

pub use account::account_path;
pub use clock::{Clock, SystemClock};
pub use copy::{Copied, copy, digest};
pub use drafts::{
    Blocking, BlockingConversations, Composer, Conversations, Drafts, DraftsBuilder, Keep, Receipt, Stats, Ticket,
};
pub use error::{Error, Result, Source};
pub use model::{
    Conversation, ConversationId, ConversationKind, ConversationUpdate, Draft, DraftInput, DraftState, Facts,
    LastMessage, OrderKey, Revision,
};
pub use store::{Changes, Cursor, DraftStore, Event, OrderPolicy, Origin, Outcome, Page, Query};
