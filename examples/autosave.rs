//! Types into two chats at once: edits stay in memory, a few saves follow, and a restart brings the text back.
//!
//! Run it by `cargo run --example autosave`.

#![allow(clippy::print_stdout, reason = "it is there to be read")]

use std::error::Error;
use std::time::Duration;

use chat_drafts::{Composer, ConversationId, Drafts, SqliteStore};

/// About twelve keys a second.
const KEY: Duration = Duration::from_millis(83);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("chat-drafts-autosave-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let path = folder.join("alice.db");
    let (bob, team) = (ConversationId::user("bob")?, ConversationId::group("team")?);

    let drafts = Drafts::new(SqliteStore::open(&path)?)?;
    let composer = drafts.compose(&bob).await?;
    type_text(&composer, "I'll be there at nine, if the train is on time").await?;
    println!("For Bob, as everybody sees it now: {:?}", composer.text());
    println!("In the file, as a crash would leave it: {:?}", stored(&drafts, &bob).await?);

    // Turning to another chat saves the first.
    drop(composer);
    let composer = drafts.compose(&team).await?;
    let receipt = composer.set_text("Lunch at one?")?;
    receipt.saved().await?;
    println!("For the team: {:?}, and it is on the disk.", composer.text());
    println!("In the file for Bob: {:?}", stored(&drafts, &bob).await?);
    let stats = drafts.stats();
    println!("{} edits were {} saves in {} commits.", stats.edits, stats.saves, stats.commits);

    drop(composer);
    drafts.close().await?;
    drop(drafts);
    let drafts = Drafts::new(SqliteStore::open(&path)?)?;
    println!("After a restart, for Bob: {:?}", drafts.compose(&bob).await?.text());
    drafts.close().await?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

async fn type_text(composer: &Composer, text: &str) -> Result<(), Box<dyn Error>> {
    for (end, key) in text.char_indices() {
        composer.set_text(&text[..end + key.len_utf8()])?;
        tokio::time::sleep(KEY).await;
    }
    Ok(())
}

async fn stored(drafts: &Drafts, id: &ConversationId) -> chat_drafts::Result<String> {
    let row = drafts.conversations().get(id).await?;
    Ok(row.map_or(String::new(), |row| row.draft_text().to_owned()))
}
