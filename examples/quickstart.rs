//! Saves drafts in a SQLite file, reopens it, shows the list, clears one, and says what it does.
//!
//! Run it by `cargo run --example quickstart`.

#![allow(clippy::print_stdout, reason = "it is there to be read")]

use std::error::Error;

use chat_drafts::{ConversationId, Drafts, Query, SqliteStore};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("chat-drafts-quickstart-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let path = folder.join("alice.db");

    println!("Opening {}", path.display());
    let drafts = Drafts::new(SqliteStore::open(&path)?)?;
    let bob = ConversationId::user("bob")?;
    let team = ConversationId::group("team")?;

    drafts.set(&team, "Lunch at one?").await?;
    drafts.set(&bob, "I'll be there at").await?;
    println!("Saved two drafts. They are on the disk: a crash would lose nothing.");

    drafts.close().await?;
    drop(drafts);
    let drafts = Drafts::new(SqliteStore::open(&path)?)?;
    println!("Closed the store and opened it again, as after a restart. The list, newest first:");
    show(&drafts).await?;

    drafts.clear(&team).await?;
    println!("The message to the team was sent, so its draft is cleared:");
    show(&drafts).await?;

    drafts.close().await?;
    std::fs::remove_dir_all(&folder)?;
    println!("Closed the store and removed the folder.");
    Ok(())
}

async fn show(drafts: &Drafts) -> chat_drafts::Result<()> {
    for conversation in drafts.list(Query::first(50)).await?.items {
        println!("  {:<12} [Draft] {}", conversation.id().as_str(), conversation.draft_text());
    }
    Ok(())
}
