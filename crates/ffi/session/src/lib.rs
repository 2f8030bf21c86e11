//! The session of the SDK whose conversation drafts `chat-drafts` implements: init, login, conversations, listeners, with
//! its order of checks and its error codes. Written once; the wrappers of C, C++, Java and other languages only translate.
//!
//! ```
//! use std::sync::mpsc;
//! use chat_drafts_session::{Config, Session};
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let folder = folder.path();
//! let session = Session::default();
//! assert!(session.init(Config::new(1_400_000_000, folder)));
//!
//! let (sender, answers) = mpsc::channel();
//! session.login("alice".into(), { let sender = sender.clone(); move |answer| sender.send(answer).unwrap() });
//! answers.recv().unwrap()?;
//! session.set_draft("c2c_bob".into(), "I'll be there at".into(), move |answer| sender.send(answer).unwrap());
//! answers.recv().unwrap()?;
//!
//! session.get_conversation("c2c_bob".into(), |conversation| {
//!     println!("{} bytes", conversation.unwrap().draft_text().len());
//! });
//! session.uninit(); // waits for every answer
//! # Ok::<(), chat_drafts_session::Failure>(())
//! ```
//!
//! Every call answers exactly once, never on the caller's stack, and holds no lock while it does. Answers run on the
//! session's own thread, or on the host's [`Executor`]. A callback may call the session again.

mod account;
mod composing;
mod config;
mod conversations;
mod ending;
mod failure;
mod listeners;
mod login;
mod sending;
mod session;
mod text;
mod within;
mod worker;

pub use chat_drafts::{Conversation, ConversationKind, ConversationUpdate, Draft, Keep, LastMessage};
pub use composing::Composer;
pub use config::Config;
pub use conversations::{Deleted, Filter, List};
pub use ending::{Unsaved, close};
pub use failure::{Failure, Result, code};
pub use listeners::{Listener, Listeners};
pub use sending::Ticket;
pub use session::{LoginStatus, Session};
pub use text::Text;
pub use worker::{Executor, Interrupted, Reply, Worker};
