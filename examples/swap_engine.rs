//! Moves an account from SQLite to redb, and proves that everything arrived.
//!
//! Run it by `cargo run --example swap_engine`.

#![allow(clippy::print_stdout, reason = "it is there to be read")]

use std::error::Error;
use std::sync::Arc;

use chat_drafts::{ConversationId, DraftStore, Drafts, RedbStore, SqliteStore, copy};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let bob = ConversationId::user("bob")?;

    // Which engine it is is decided at run time.
    let mut store: Arc<dyn DraftStore> = Arc::new(SqliteStore::open(folder.path().join("alice.db"))?);
    let drafts = Drafts::new(Arc::clone(&store))?;
    drafts.set(&bob, "I'll be there at").await?;
    drafts.conversations().pin(&bob, true).await?;
    drop(drafts);

    let new: Arc<dyn DraftStore> = Arc::new(RedbStore::open(folder.path().join("alice.redb"))?);
    let copied = copy(&store, &new).await?;
    println!("moved {} conversation, digest {:016x}", copied.conversations, copied.digest);
    store.close().await?;
    store = new;

    let drafts = Drafts::new(store)?;
    let draft = drafts.get(&bob).await?.ok_or("the draft is gone")?;
    println!("the draft is there: {:?}, revision {}", draft.text(), draft.revision().get());
    drafts.close().await?;
    Ok(())
}
