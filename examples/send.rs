//! Sends three messages: one arrives, one does not, and during one the app is killed.
//!
//! Run it by `cargo run --example send`.

#![allow(clippy::print_stdout, reason = "it is there to be read")]

use std::error::Error;

use chat_drafts::{ConversationId, Drafts, SqliteStore};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("chat-drafts-send-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let path = folder.join("alice.db");
    let bob = ConversationId::user("bob")?;

    {
        let drafts = Drafts::new(SqliteStore::open(&path)?)?;
        let composer = drafts.compose(&bob).await?;

        composer.set_text("Are you there?")?;
        let ticket = composer.begin_send().await?;
        println!("Sending {:?}; the input is {:?}.", ticket.text(), composer.text());
        ticket.confirm().await?;
        println!("It has arrived, and is forgotten.");

        composer.set_text("I'll be there at nine")?;
        let ticket = composer.begin_send().await?;
        composer.set_text("or at ten")?;
        println!("Sending {:?}, while {:?} is typed.", ticket.text(), composer.text());
        ticket.abort().await?;
        println!("The network is down. The input is {:?}.", composer.text());

        let ticket = composer.begin_send().await?;
        println!("Sending {:?} again, and the app is killed before there is an answer.", ticket.text());
        // Whatever is left of them goes here, as when a process ends.
    }

    let drafts = Drafts::new(SqliteStore::open(&path)?)?;
    for ticket in drafts.tickets().await? {
        println!("After the restart, still to be told: what became of {:?}?", ticket.text());
        ticket.abort().await?;
    }
    println!("It was not sent, so it is the draft again: {:?}", drafts.compose(&bob).await?.text());
    drafts.close().await?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
