//! What 10,000 drafts of 200 bytes take on the disk, with either file engine.
//!
//! Run it by `cargo run --example footprint`.

#![allow(clippy::print_stdout, reason = "it is there to be read")]

use std::error::Error;
use std::path::Path;

use chat_drafts::{ConversationId, DraftStore, Drafts, RedbStore, SqliteStore};

const DRAFTS: usize = 10_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let sqlite = folder.path().join("alice.db");
    let redb = folder.path().join("alice.redb");
    fill(SqliteStore::open(&sqlite)?).await?;
    fill(RedbStore::open(&redb)?).await?;
    println!("{DRAFTS} drafts of 200 bytes are {} bytes of text", DRAFTS * 200);
    println!(
        "SqliteStore: {:>8} bytes, an empty one {:>6}",
        size(&sqlite)?,
        empty("db", |path| SqliteStore::open(path)).await?
    );
    println!(
        "RedbStore:   {:>8} bytes, an empty one {:>6}",
        size(&redb)?,
        empty("redb", |path| RedbStore::open(path)).await?
    );
    Ok(())
}

async fn fill(store: impl DraftStore) -> chat_drafts::Result<()> {
    let drafts = Drafts::new(store)?;
    let text = "x".repeat(200);
    let tasks = (0..DRAFTS).map(|number| {
        let (drafts, text) = (&drafts, &text);
        async move { drafts.set(&ConversationId::user(number.to_string())?, text.as_str()).await }
    });
    futures_util::future::try_join_all(tasks).await?;
    drafts.close().await
}

async fn empty<S: DraftStore>(
    ending: &str,
    open: impl Fn(&Path) -> chat_drafts::Result<S>,
) -> Result<u64, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("empty").with_extension(ending);
    open(&path)?.close().await?;
    Ok(size(&path)?)
}

fn size(path: &Path) -> std::io::Result<u64> {
    Ok(std::fs::metadata(path)?.len())
}
