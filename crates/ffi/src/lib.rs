//! The C interface of `chat-drafts`: the native API by handles and callbacks, and the SDK's session.
//!
//! `include/chat_drafts.h` is made of this crate by cbindgen, and is what other languages build on. The conventions are in
//! the README beside it. In short: text is a pointer and a length; every pointer is checked; a function that can fail
//! answers a status and gives an error object if asked for one; each handle has one function that frees it, harmless on
//! NULL; nothing unwinds across the border; a callback comes exactly once, never on the caller's stack.

#![allow(non_camel_case_types, reason = "these are the names in C")]

mod answer;
mod composer;
mod conversation;
mod conversation_operations;
mod draft;
mod error;
mod handle;
mod operations;
mod pointer;
mod prepare;
mod saving;
mod sending;
mod session;
mod session_answers;
mod session_composing;
mod subscription;
mod text;
mod update;
mod version;

pub use answer::*;
pub use composer::*;
pub use conversation::*;
pub use conversation_operations::*;
pub use draft::*;
pub use error::*;
pub use handle::*;
pub use operations::*;
pub use saving::*;
pub use sending::*;
pub use session::*;
pub use session_answers::*;
pub use session_composing::*;
pub use subscription::*;
pub use text::*;
pub use update::*;
pub use version::*;
