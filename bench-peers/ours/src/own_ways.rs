//! What an app does that has no library for it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use crate::{Result, text};

/// All drafts in one file: written anew, flushed, renamed over the old one, and the folder flushed.
pub(crate) struct JsonFile {
    path: PathBuf,
    drafts: BTreeMap<String, String>,
    count: usize,
}

impl JsonFile {
    pub(crate) fn new(path: PathBuf, drafts: usize) -> Self {
        let drafts = (0..drafts).map(|number| (format!("!{number}:example.org"), text(number))).collect();
        Self { path, drafts, count: 0 }
    }

    pub(crate) fn save(&mut self) -> Result<()> {
        self.count += 1;
        self.drafts.insert(format!("!{}:example.org", self.count % 100), text(self.count));
        let new = self.path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(&self.drafts)?)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        let folder = self.path.parent().ok_or("a file in a folder")?;
        Ok(File::open(folder)?.sync_all()?)
    }
}

/// A table in a SQLite file, as it is opened by default: with a rollback journal.
pub(crate) struct PlainSqlite {
    connection: Connection,
    count: usize,
}

impl PlainSqlite {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch("CREATE TABLE drafts (id TEXT PRIMARY KEY NOT NULL, text TEXT NOT NULL) STRICT")?;
        Ok(Self { connection, count: 0 })
    }

    pub(crate) fn save(&mut self) -> Result<()> {
        self.count += 1;
        let id = format!("!{}:example.org", self.count % 100);
        self.connection
            .prepare_cached("INSERT INTO drafts VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET text = ?2")?
            .execute(params![id, text(self.count)])?;
        Ok(())
    }
}
