//! Two connections to one file: one writes, one reads beside it.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chat_drafts_core::engine::{Claim, Engine, Finish, Upkeep, View};
use chat_drafts_core::store::Record;
use chat_drafts_core::{ConversationId, Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, MAIN_DB, OpenFlags};

use crate::builder::{SqliteBuilder, Synchronous};
use crate::error::sorted;
use crate::header;
use crate::log::{self, Log};
use crate::schema;
use crate::tables::{Memo, Tables};

/// More than there are statements.
const STATEMENTS: usize = 32;

pub(crate) struct SqliteEngine {
    // In this order: the reader goes first, so that the writer is the last connection and empties the log; the claim goes
    // when no connection is left.
    reader: Mutex<Side>,
    writer: Mutex<Side>,
    log: Log,
    flushes: bool,
    _claim: Claim,
}

/// A connection, and what it remembers.
struct Side {
    connection: Connection,
    memo: Memo,
}

impl Side {
    fn new(connection: Connection) -> Mutex<Self> {
        Mutex::new(Self { connection, memo: Memo::default() })
    }

    fn tables(&self) -> Tables<'_> {
        Tables { connection: &self.connection, memo: &self.memo }
    }
}

impl Engine for SqliteEngine {
    type Config = SqliteBuilder;
    type View<'a> = Tables<'a>;
    type Transaction<'a> = Tables<'a>;

    const SHARED: bool = true;
    const REOPEN_AFTER_FULL: bool = false;

    fn open(config: &SqliteBuilder) -> Result<Self> {
        let claim = Claim::new(&config.path, config.create)?;
        match connect_in_time(claim.path(), config) {
            Ok((writer, reader, log)) => {
                let flushes = config.synchronous == Synchronous::Full;
                Ok(Self { reader: Side::new(reader), writer: Side::new(writer), log, flushes, _claim: claim })
            }
            Err(error) => {
                claim.abandon();
                Err(error)
            }
        }
    }

    fn reopen(config: &SqliteBuilder) -> Result<Self> {
        Self::open(&config.clone().create(false))
    }

    fn read<T>(&self, read: impl FnOnce(&Tables<'_>) -> Result<T>) -> Result<T> {
        let side = lock(&self.reader);
        let open = Open::begin(&side.connection, "BEGIN")?;
        let answer = read(&side.tables());
        drop(open);
        answer
    }

    fn get(&self, id: &ConversationId) -> Result<Option<Record>> {
        // A single statement needs no transaction around it.
        lock(&self.reader).tables().get(id)
    }

    fn write<T>(&self, write: impl FnOnce(&mut Tables<'_>) -> Result<Finish<T>>) -> Result<T> {
        let side = lock(&self.writer);
        let open = Open::begin(&side.connection, "BEGIN IMMEDIATE")?;
        let written = write(&mut side.tables()).and_then(|finish| match finish {
            Finish::Commit(answer) => open.commit().map(|()| answer),
            Finish::RollBack(answer) => Ok(answer),
        });
        written.inspect_err(|_| side.memo.forget())
    }

    fn flushes(&self) -> bool {
        self.flushes
    }

    fn upkeep(&self) -> Upkeep {
        self.log.upkeep()
    }

    fn keep_up(&self) -> Result<()> {
        self.log.shorten(&lock(&self.writer).connection)
    }

    fn checkpoint(&self) -> Result<()> {
        self.log.empty(&lock(&self.writer).connection)
    }

    fn compact(&self) -> Result<()> {
        let side = lock(&self.writer);
        side.connection.execute_batch("VACUUM").map_err(sorted("compact the file"))?;
        self.log.empty(&side.connection)
    }

    fn check(&self) -> Result<()> {
        let side = lock(&self.writer);
        let verdict: String = side
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(sorted("check the file"))?;
        if verdict == "ok" { Ok(()) } else { Err(Error::corrupt("SQLite's integrity check finds damage")) }
    }

    fn close(self) -> Result<()> {
        let Self { reader, writer, log, _claim, .. } = self;
        let connection = |side: Mutex<Side>| side.into_inner().unwrap_or_else(PoisonError::into_inner).connection;
        let (reader, writer) = (connection(reader), connection(writer));
        let closed = |connection: Connection| connection.close().map_err(|(_, error)| sorted("close the file")(error));
        let read = closed(reader);
        let emptied = log.empty(&writer);
        read.and(emptied).and(closed(writer))
    }
}

fn lock(side: &Mutex<Side>) -> MutexGuard<'_, Side> {
    // A panic in between has left an open transaction at most, and that is rolled back by its guard.
    side.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An open transaction, rolled back unless it is committed.
struct Open<'a>(&'a Connection);

impl<'a> Open<'a> {
    fn begin(connection: &'a Connection, begin: &str) -> Result<Self> {
        run(connection, begin)?;
        Ok(Self(connection))
    }

    fn commit(self) -> Result<()> {
        run(self.0, "COMMIT")
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        // After a commit, or where SQLite has rolled back itself, there is none.
        if !self.0.is_autocommit() {
            let _ = run(self.0, "ROLLBACK");
        }
    }
}

fn run(connection: &Connection, sql: &str) -> Result<()> {
    let mut statement = connection.prepare_cached(sql).map_err(sorted("prepare a statement"))?;
    statement.execute([]).map(drop).map_err(sorted("begin or end a transaction"))
}

/// [`connect`], again while the file is locked: in some moments, when one process creates a file or switches its log and
/// another one comes, SQLite refuses at once instead of waiting.
fn connect_in_time(path: &Path, config: &SqliteBuilder) -> Result<(Connection, Connection, Log)> {
    const PAUSE: Duration = Duration::from_millis(2);
    let deadline = Instant::now() + config.busy_timeout;
    loop {
        match connect(path, config) {
            Err(Error::Locked) if Instant::now() < deadline => std::thread::sleep(PAUSE),
            connected => return connected,
        }
    }
}

/// The writer and the reader of this file, and its log.
fn connect(path: &Path, config: &SqliteBuilder) -> Result<(Connection, Connection, Log)> {
    header::inspect(path)?;
    let mut writer = connection(path, config)?;
    let read_only = writer.is_readonly(MAIN_DB).map_err(sorted("open the file"))?;
    if read_only {
        return Err(Error::PermissionDenied);
    }
    let synchronous = match config.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    // Before the first write. fullfsync matters on Apple's systems and is ignored elsewhere.
    pragmas(&writer, &format!("synchronous = {synchronous}; PRAGMA secure_delete = ON"))?;
    pragmas(&writer, "fullfsync = ON; PRAGMA checkpoint_fullfsync = ON")?;
    // A new file gets its schema before its log: the mark that it is ours is then in the file itself.
    schema::migrate(&mut writer)?;
    let mode: String = writer
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(sorted("switch to the write-ahead log"))?;
    if mode != "wal" {
        let source = std::io::Error::from(std::io::ErrorKind::Unsupported);
        return Err(Error::Io { operation: "switch to the write-ahead log", source: std::sync::Arc::new(source) });
    }
    let reader = connection(path, config)?;
    pragmas(&reader, "query_only = ON")?;
    log::keep_room(&writer)?;
    log::keep_room(&reader)?;
    let log = Log::new(path, &mut writer)?;
    Ok((writer, reader, log))
}

/// The longest path SQLite takes, the names of its logs included.
const MAX_PATH: usize = 504;

fn connection(path: &Path, config: &SqliteBuilder) -> Result<Connection> {
    if path.as_os_str().len() > MAX_PATH {
        return Err(Error::InvalidPath { reason: "it is longer than SQLite takes" });
    }
    // No URI: a path is a path. No CREATE: the claim has created the file. No mutex: ours is enough.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::PermissionDenied) => Error::PermissionDenied,
        _ => sorted("open the file")(error),
    })?;
    connection.busy_timeout(config.busy_timeout).map_err(sorted("open the file"))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Otherwise a list is planned anew whenever it begins at another place.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(sorted("set up the connection"))?;
    // SQLite takes a negative number as KiB.
    pragmas(&connection, &format!("cache_size = -{}", (config.cache_size / 1024).max(1)))?;
    Ok(connection)
}

fn pragmas(connection: &Connection, pragmas: &str) -> Result<()> {
    connection.execute_batch(&format!("PRAGMA {pragmas};")).map_err(sorted("set up the connection"))
}

#[cfg(test)]
mod tests {
    use chat_drafts_core::engine::Transaction;
    use chat_drafts_core::store::{Cursor, Scope, Shelf};
    use chat_drafts_core::{Draft, DraftState, OrderKey, Revision};

    use super::*;

    fn record(text: String) -> Record {
        let mut record = Record::new(ConversationId::user("bob").unwrap());
        record.state = DraftState::Present(Draft::new(text, Vec::new(), Revision::new(1), 0));
        record
    }

    fn put(engine: &SqliteEngine, record: &Record) -> Result<()> {
        engine.write(|tables| tables.replace(None, Some(record)).map(Finish::Commit))
    }

    #[test]
    fn no_list_is_planned_anew() {
        let folder = tempfile::tempdir().unwrap();
        let engine = SqliteEngine::open(&SqliteBuilder::new(&folder.path().join("planned.db"))).unwrap();
        let cursors = [5, 9].map(|key| Cursor::new(OrderKey::new(key, false), ConversationId::user("bob").unwrap()));
        for cursor in &cursors {
            for shelves in [Scope::Drafts.shelves(), Scope::Conversations.shelves()] {
                engine.read(|view| view.scan(shelves, Some(cursor), 10)).unwrap();
                engine.write(|view| view.scan(shelves, Some(cursor), 10).map(Finish::RollBack)).unwrap();
            }
            engine.write(|view| view.top(Shelf::Drafts, cursor.order_key()).map(Finish::RollBack)).unwrap();
        }
        for side in [&engine.reader, &engine.writer] {
            assert_eq!(lock(side).tables().planned_anew(), 0);
        }
    }

    #[test]
    fn a_full_disk_is_said_and_survived() {
        let folder = tempfile::tempdir().unwrap();
        let engine = SqliteEngine::open(&SqliteBuilder::new(&folder.path().join("full.db"))).unwrap();
        let room = |pages: u32| {
            let sql = format!("PRAGMA max_page_count = {pages}");
            lock(&engine.writer).connection.query_row(&sql, [], |_| Ok(())).unwrap();
        };
        let small = record("small".into());
        put(&engine, &small).unwrap();
        room(16);
        let large = record("x".repeat(1024 * 1024));
        assert!(matches!(put(&engine, &large), Err(Error::DiskFull)));
        assert_eq!(engine.get(&small.id).unwrap(), Some(small.clone()), "what was there is there");
        put(&engine, &record("other".into())).unwrap();
        room(1024 * 1024);
        put(&engine, &large).unwrap();
        assert_eq!(engine.get(&small.id).unwrap(), Some(large));
    }

    #[test]
    fn a_panic_leaves_no_transaction_behind() {
        let folder = tempfile::tempdir().unwrap();
        let engine = SqliteEngine::open(&SqliteBuilder::new(&folder.path().join("panic.db"))).unwrap();
        let written = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            engine.write(|tables| -> Result<Finish<()>> {
                tables.replace(None, Some(&record("lost".into())))?;
                panic!("on purpose");
            })
        }));
        assert!(written.is_err());
        let kept = record("kept".into());
        assert_eq!(engine.get(&kept.id).unwrap(), None);
        put(&engine, &kept).unwrap();
        assert_eq!(engine.get(&kept.id).unwrap(), Some(kept));
    }

    chat_drafts_testkit::survives_faults!(SqliteEngine, |folder: &Path| SqliteBuilder::new(&folder.join("alice.db")));
}
