//! The conformance suite of [`chat-drafts`](https://docs.rs/chat-drafts), for its own stores and for anybody's.
//!
//! - [`conformance!`] makes one test of each case in [`cases`]: give it a [`Sandbox`] of your store.
//! - [`random_histories`] runs made-up histories against a store and a model of it; [`check_agreement`] runs one history
//!   on several stores at a time.
//! - [`random_typing`] types, sends, crashes and lets others write, beside a model that knows what may be lost.
//! - [`random_threads`] lets several threads and tasks share a `Drafts`, and accounts for every text they have given it.
//! - [`Faulty`] makes any [`Engine`](chat_drafts_core::engine::Engine) fail on demand, and [`survives_faults!`] makes a
//!   test of each case in [`fault_cases`].
//!
//! ```no_run
//! # use chat_drafts_core::{DraftStore, Result};
//! # use std::path::Path;
//! # struct MyStore;
//! # impl MyStore { fn open(_: &Path) -> Result<std::sync::Arc<dyn DraftStore>> { Err(chat_drafts_core::Error::NotFound) } }
//! // tests/conformance.rs of a store
//! use chat_drafts_testkit::FileSandbox;
//!
//! chat_drafts_testkit::conformance!(FileSandbox::new("drafts.db", |path| MyStore::open(path)));
//! # fn main() {}
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "assertions are the job of this crate")]

pub mod cases;
mod clock;
pub mod fault_cases;
mod faulty;
mod history;
mod hostile;
mod macros;
pub mod model;
mod operation;
mod player;
mod random;
mod sandbox;
pub mod strategies;
mod threads;
mod typing;

pub use clock::TestClock;
pub use faulty::{Faults, Faulty, FaultyConfig, Weighed};
pub use history::{check_agreement, check_history, random_agreement, random_histories};
pub use hostile::{hostile_ids, hostile_texts};
pub use operation::{Base, Known, Operation, Step, Telling};
pub use sandbox::{DiskSandbox, FileSandbox, Sandbox, VolatileSandbox};
pub use threads::random_threads;
pub use typing::{Key, Typing, Write, check_typing, random_typing};

#[doc(hidden)]
pub mod __private {
    use std::path::Path;

    pub use pollster::block_on;

    /// Runs a case with a config that may name files of a folder, which goes afterwards.
    pub fn in_a_folder<C>(config: impl FnOnce(&Path) -> C, case: fn(C)) {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        case(config(folder.path()));
    }
}
