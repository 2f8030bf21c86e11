//! What 10,000 drafts of 200 bytes take on the disk, with either file engine, all files of a store together.
//!
//! Run it by `cargo run --example footprint`.

#![allow(clippy::print_stdout, reason = "it is there to be read")]

use std::error::Error;
use std::path::Path;

use chat_drafts::{ConversationId, DraftStore, Drafts, RedbStore, SqliteStore};

const DRAFTS: usize = 10_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (sqlite, redb) = (tempfile::tempdir()?, tempfile::tempdir()?);
    fill(SqliteStore::open(sqlite.path().join("alice.db"))?).await?;
    fill(RedbStore::open(redb.path().join("alice.redb"))?).await?;
    println!("{DRAFTS} drafts of 200 bytes are {} bytes of text", DRAFTS * 200);
    println!(
        "SqliteStore: {:>8} bytes, an empty one {:>6}",
        size(sqlite.path())?,
        empty("db", |path| SqliteStore::open(path)).await?
    );
    println!(
        "RedbStore:   {:>8} bytes, an empty one {:>6}",
        size(redb.path())?,
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
    open(&folder.path().join("empty").with_extension(ending))?.close().await?;
    Ok(size(folder.path())?)
}

fn size(folder: &Path) -> std::io::Result<u64> {
    std::fs::read_dir(folder)?.map(|file| Ok(file?.metadata()?.len())).sum()
}
