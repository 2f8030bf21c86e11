//! What the library speaks of: conversations, their ids, their drafts, their order.

mod conversation;
mod conversation_id;
mod draft;
mod order_key;
mod revision;
mod update;

pub use conversation::{Conversation, Facts, LastMessage};
pub use conversation_id::{ConversationId, ConversationKind};
pub use draft::{Draft, DraftInput, DraftState};
pub use order_key::OrderKey;
pub use revision::Revision;
pub use update::ConversationUpdate;
