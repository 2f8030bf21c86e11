//! Files with a thousand and with a million drafts, filled once for the parts that need them.

use std::path::{Path, PathBuf};
use std::process::Command;

use chat_drafts::store::{Batch, Change};
use chat_drafts::{ConversationId, DraftStore, Drafts, OrderPolicy, Origin, RedbStore, SqliteStore};
use tempfile::TempDir;

use crate::text;

pub(crate) const FEW: usize = 1_000;
pub(crate) const MANY: usize = 1_000_000;
const BATCH: usize = 10_000;

/// What the files and their logs take at most while they are filled and written to.
const ROOM_MIB: u64 = 2 * 1024;

/// An engine, and what is wanted of it.
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    /// The cache that is asked for, in MiB: its default.
    pub(crate) cache: usize,
    /// How many times dearer a set may be with a million drafts.
    pub(crate) set: f64,
    open: fn(&Path, usize) -> chat_drafts::Result<Drafts>,
}

pub(crate) const ENGINES: [Engine; 2] = [
    Engine {
        name: "SQLite",
        cache: 2,
        set: 1.7,
        open: |path, cache| Drafts::new(SqliteStore::builder(path).cache_size(cache).open()?),
    },
    Engine {
        name: "redb",
        cache: 8,
        set: 3.5,
        open: |path, cache| Drafts::new(RedbStore::builder(path).cache_size(cache).open()?),
    },
];

impl Engine {
    pub(crate) fn open(&self, path: &Path) -> Drafts {
        (self.open)(path, self.cache * 1024 * 1024).unwrap()
    }
}

/// The files of all engines, removed when this is dropped.
pub(crate) struct Files(TempDir);

impl Files {
    /// Fills them. `None`, and a word about it, if there is no room.
    pub(crate) fn fill() -> Option<Self> {
        let files = Self(tempfile::tempdir().unwrap());
        if free_mib(files.folder()).is_some_and(|free| free < ROOM_MIB) {
            println!("a million drafts are left out: {} has less than {ROOM_MIB} MiB free", files.folder().display());
            return None;
        }
        for engine in &ENGINES {
            for rows in [FEW, MANY] {
                let drafts = engine.open(&files.path(engine, rows));
                fill(drafts.store(), rows);
                drafts.blocking().close().unwrap();
            }
        }
        Some(files)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, engine: &Engine, rows: usize) -> PathBuf {
        self.folder().join(format!("{}.{rows}", engine.name))
    }
}

fn fill(store: &dyn DraftStore, rows: usize) {
    for begin in (0..rows).step_by(BATCH) {
        let draft =
            |row| Change::SetDraft { id: id(row), text: text(row), extra: None, base: None, keeps_place: false };
        let changes = (begin..rows.min(begin + BATCH)).map(draft).collect();
        let batch = Batch { changes, now: 0, policy: OrderPolicy::default(), origin: Origin::new() };
        store.commit_blocking(batch).unwrap();
    }
}

pub(crate) fn id(row: usize) -> ConversationId {
    ConversationId::user(row.to_string()).unwrap()
}

/// What is free where this folder is; `None` where there is no `df` to tell.
fn free_mib(folder: &Path) -> Option<u64> {
    let told = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let table = String::from_utf8(told.stdout).ok()?;
    let free: u64 = table.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(free / 1024)
}
