use std::cell::Cell;
use std::path::Path;
use std::time::Instant;

use chat_drafts::{ConversationId, Drafts, SqliteStore};

use crate::{Result, text};

/// Our store, in a SQLite file.
pub(crate) struct Ours {
    drafts: Drafts,
    runtime: tokio::runtime::Runtime,
    ids: Vec<ConversationId>,
    count: Cell<usize>,
}

impl Ours {
    pub(crate) fn open(folder: &Path, drafts: usize) -> Result<Self> {
        let path = folder.join("ours.db");
        // Opened, closed and opened: the log has its room.
        Drafts::new(SqliteStore::open(&path)?)?.blocking().close()?;
        let ids = (0..drafts).map(|number| ConversationId::new(format!("!{number}:example.org")));
        let ours = Self {
            drafts: Drafts::new(SqliteStore::open(&path)?)?,
            runtime: tokio::runtime::Builder::new_multi_thread().worker_threads(1).build()?,
            ids: ids.collect::<std::result::Result<_, _>>()?,
            count: Cell::new(0),
        };
        for _ in 0..drafts {
            ours.save()?;
        }
        Ok(ours)
    }

    fn next(&self) -> (ConversationId, String) {
        let count = self.count.get() + 1;
        self.count.set(count);
        (self.ids[count % self.ids.len()].clone(), text(count))
    }

    pub(crate) fn save(&self) -> Result<()> {
        let (id, text) = self.next();
        self.drafts.blocking().set(&id, text)?;
        Ok(())
    }

    pub(crate) fn load(&self) -> Result<()> {
        let (id, _) = self.next();
        self.drafts.blocking().get(&id)?.map(drop).ok_or_else(|| "a draft is not there".into())
    }

    /// Saves of so many tasks on one executor, a second.
    pub(crate) fn saves_a_second(&self, tasks: usize) -> Result<f64> {
        let each = (6_400 / tasks).max(4);
        let saves: Vec<_> = (0..tasks).map(|_| (0..each).map(|_| self.next()).collect::<Vec<_>>()).collect();
        let begun = Instant::now();
        self.runtime.block_on(async {
            let tasks = saves.into_iter().map(|saves| {
                let drafts = self.drafts.clone();
                tokio::spawn(async move {
                    for (id, text) in saves {
                        drafts.set(&id, text).await?;
                    }
                    Ok::<_, chat_drafts::Error>(())
                })
            });
            for task in tasks.collect::<Vec<_>>() {
                task.await??;
            }
            Ok::<_, Box<dyn std::error::Error>>(())
        })?;
        Ok((tasks * each) as f64 / begun.elapsed().as_secs_f64())
    }
}
