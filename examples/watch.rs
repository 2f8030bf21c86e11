//! A list that stays true: subscribe, then list, then apply what happens.
//!
//! Run it by `cargo run --example watch`.

#![allow(clippy::print_stdout, reason = "it is there to be read")]

use chat_drafts::{ConversationId, Drafts, Event, MemoryStore, Origin, Query, Result};
use futures_util::StreamExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let drafts = Drafts::new(MemoryStore::new())?;
    let bob = ConversationId::user("bob")?;
    let team = ConversationId::group("team")?;
    drafts.set(&bob, "I'll be there at").await?;

    // In this order nothing falls between: what the page shows already is passed over by its sequence.
    let mut events = drafts.subscribe();
    let page = drafts.list(Query::first(50)).await?;
    println!("{} drafts at sequence {}", page.items.len(), page.sequence);

    // Two windows of the app, each with an origin of its own.
    let other_window = drafts.with_origin(Origin::new());
    drafts.set(&team, "Lunch at one?").await?;
    other_window.set(&bob, "I'll be there at nine").await?;
    other_window.set(&bob, "I'll be there at nine").await?; // the same again: no event
    drafts.clear(&team).await?;
    drafts.close().await?;

    while let Some(event) = events.next().await {
        let whose = if event.origin() == Some(drafts.origin()) { "this window" } else { "another window" };
        match event {
            event if event.sequence() <= page.sequence => {}
            Event::Added { conversation, .. } => println!("+ {} by {whose}", conversation.id().as_str()),
            Event::Changed { conversation, .. } => println!("~ {} by {whose}", conversation.id().as_str()),
            Event::Removed { conversation, .. } => println!("- {} by {whose}", conversation.id().as_str()),
            // Too slow, or another process wrote: list again.
            _ => println!("list again"),
        }
    }
    Ok(())
}
