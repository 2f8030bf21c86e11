//! The conformance suite on the redb store.

use chat_drafts_store_redb::RedbStore;
use chat_drafts_testkit::{FileSandbox, conformance};

conformance!(FileSandbox::new("alice.redb", |path| RedbStore::open(path)));
