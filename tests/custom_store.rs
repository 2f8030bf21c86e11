//! The store of the example, held to the same rules as those of this project.

use chat_drafts_testkit::{VolatileSandbox, conformance};

#[path = "../examples/custom_store.rs"]
mod custom_store;

conformance!(VolatileSandbox::new(custom_store::OwnStore::default));
