//! The conformance suite on the SQLite store.

use chat_drafts_store_sqlite::SqliteStore;
use chat_drafts_testkit::{FileSandbox, conformance};

conformance!(FileSandbox::new("alice.db", |path| SqliteStore::open(path)));
