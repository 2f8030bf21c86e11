//! The write-ahead log: its room on the disk, and when it is moved into the file.
//!
//! Growing a file doubles what a flush costs, so the log's room is kept when the file is closed. It holds no old text then:
//! an emptied log is filled with zeros, which SQLite takes for an empty one.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chat_drafts_core::Result;
use chat_drafts_core::engine::Upkeep;
use rusqlite::{Connection, FileControl, MAIN_DB};

use crate::error::sorted;

/// The room that is kept, in bytes: enough for some 60 drafts before the log grows.
const ROOM: usize = 1024 * 1024;

/// So many pages are moved into the file between two writes, by the store's own thread.
const DUE: usize = 1_000;

/// So many are moved by whoever writes, so that the log stays below 16 MiB.
const OVERDUE: usize = 3_000;

/// The log of one file.
pub(crate) struct Log {
    path: PathBuf,
    pages: Arc<Pages>,
}

#[derive(Default)]
struct Pages {
    /// How many are in the log.
    count: AtomicUsize,
    /// How many of them could not be moved when that was tried last, because somebody was reading them.
    stuck: AtomicUsize,
}

impl Pages {
    fn set(&self, count: usize) {
        self.count.store(count, Ordering::Relaxed);
        // A log that was begun anew is not stuck any more.
        self.stuck.fetch_min(count, Ordering::Relaxed);
    }
}

impl Log {
    /// Of the file at this path. From now on SQLite does not move the log by itself, inside a commit.
    pub(crate) fn new(file: &Path, writer: &mut Connection) -> Result<Self> {
        let pages = Arc::new(Pages::default());
        let counted = Arc::clone(&pages);
        let hook = move |_: &mut _, count: std::ffi::c_int| {
            counted.set(usize::try_from(count).unwrap_or(0));
            Ok(())
        };
        writer.wal_hook(Some(hook)).map_err(sorted("watch the log"))?;
        Ok(Self { path: path(file), pages })
    }

    pub(crate) fn upkeep(&self) -> Upkeep {
        let Pages { count, stuck } = &*self.pages;
        match count.load(Ordering::Relaxed).saturating_sub(stuck.load(Ordering::Relaxed)) {
            0..DUE => Upkeep::None,
            DUE..OVERDUE => Upkeep::Due,
            _ => Upkeep::Overdue,
        }
    }

    /// Moves into the file what nobody reads any more; the next write then begins the log anew. For who writes, between
    /// two writes.
    pub(crate) fn shorten(&self, writer: &Connection) -> Result<()> {
        let (in_log, moved): (i64, i64) = writer
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| Ok((row.get(1)?, row.get(2)?)))
            .map_err(sorted("move the log into the file"))?;
        if moved >= in_log {
            self.pages.set(0);
        } else {
            self.pages.stuck.store(self.pages.count.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        Ok(())
    }

    /// Moves all of it into the file and zeroes its room, if no other process is reading from it.
    pub(crate) fn empty(&self, writer: &Connection) -> Result<()> {
        let is_busy: bool = writer
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(sorted("move the log into the file"))?;
        // Nobody writes to the log while this holds the lock on writing. A log without its room costs time, nothing else.
        if !is_busy && writer.execute_batch("BEGIN IMMEDIATE").is_ok() {
            self.pages.set(0);
            let _ = self.make_room();
            writer.execute_batch("ROLLBACK").map_err(sorted("begin or end a transaction"))?;
        }
        Ok(())
    }

    /// Fills an empty log with zeros. SQLite has no lock on it that closing a descriptor would drop.
    fn make_room(&self) -> std::io::Result<()> {
        let mut log = OpenOptions::new().write(true).open(&self.path)?;
        if log.metadata()?.len() > 0 {
            return Ok(());
        }
        let filled = log.write_all(&vec![0; ROOM]).and_then(|()| log.sync_data());
        // On a full disk the room is somebody else's.
        filled.or_else(|error| log.set_len(0).and(Err(error)))
    }
}

/// Keeps the log's room when this connection is the last to be closed.
pub(crate) fn keep_room(connection: &Connection) -> Result<()> {
    let mut keep = 1;
    connection.file_control(Some(MAIN_DB), FileControl::PersistWal(&mut keep)).map_err(sorted("set up the connection"))
}

/// Whether there is a log that has something in it, so that the file itself is not all there is.
///
/// Only for who has no connection to the file.
pub(crate) fn has_pages(file: &Path) -> bool {
    let mut first = [0; 4];
    File::open(path(file)).is_ok_and(|mut log| log.read_exact(&mut first).is_ok() && first != [0; 4])
}

fn path(file: &Path) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push("-wal");
    path.into()
}
