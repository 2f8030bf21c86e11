//! The [`Engine`] over redb.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use chat_drafts_core::engine::{Claim, Engine, Finish};
use chat_drafts_core::{Error, Result};
use redb::backends::FileBackend;
use redb::{Database, StorageBackend};

use crate::error::{from_opening, from_redb};
use crate::gate::Gate;
use crate::tables::{self, ReadTables, WriteTables};

const OPEN: &str = "open the database";

/// All that opening needs.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) path: PathBuf,
    pub(crate) create: bool,
    pub(crate) cache_size: usize,
    /// What tests put between the store and its file.
    #[cfg(test)]
    pub(crate) wrap: Option<crate::faults::Faults>,
}

/// One open database.
pub(crate) struct RedbEngine {
    // In this order they are dropped: the view, the database with its file lock, the file, the claim.
    open: RwLock<Open>,
    gate: Gate,
    _claim: Claim,
}

struct Open {
    /// What reads see: kept from commit to commit, so that a read need not open one. Whoever commits replaces it, or redb
    /// could not use old pages again. `None` if that failed; the next read tries again.
    view: RwLock<Option<Arc<ReadTables>>>,
    database: Database,
}

impl Open {
    fn view(&self) -> Result<Arc<ReadTables>> {
        if let Some(view) = &*self.view.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(Arc::clone(view));
        }
        let mut slot = self.view.write().unwrap_or_else(PoisonError::into_inner);
        match &*slot {
            Some(view) => Ok(Arc::clone(view)),
            None => Ok(Arc::clone(slot.insert(Arc::new(ReadTables::now(&self.database)?)))),
        }
    }

    fn renew_view(&self) {
        let view = ReadTables::now(&self.database).ok().map(Arc::new);
        let old = std::mem::replace(&mut *self.view.write().unwrap_or_else(PoisonError::into_inner), view);
        // Outside the lock.
        drop(old);
    }
}

impl RedbEngine {
    fn new(config: &Config, claim: Claim) -> Result<Self> {
        match Self::open_database(config, &claim) {
            Ok((open, gate)) => Ok(Self { open: RwLock::new(open), gate, _claim: claim }),
            Err(error) => {
                claim.abandon();
                Err(error)
            }
        }
    }

    fn open_database(config: &Config, claim: &Claim) -> Result<(Open, Gate)> {
        let failed = |error| Error::from_io(OPEN, error);
        let file = OpenOptions::new().read(true).write(true).open(claim.path()).map_err(failed)?;
        let file: Box<dyn StorageBackend> = Box::new(FileBackend::new(file).map_err(from_opening)?);
        #[cfg(test)]
        let file = match &config.wrap {
            Some(faults) => faults.wrap(file),
            None => file,
        };
        let gate = Gate::new(file, config.create);
        let is_repaired = Arc::new(AtomicBool::new(false));
        let (repairs, before) = (Arc::clone(&is_repaired), gate.clone());
        let database = Database::builder()
            .set_cache_size(config.cache_size)
            .set_repair_callback(move |repair| {
                repairs.store(true, Ordering::Relaxed);
                // A file that was closed well needs none: it has changed since, and redb would go back to the commit
                // before the last.
                if before.was_closed() {
                    repair.abort();
                }
            })
            .create_with_backend(gate.clone())
            .map_err(from_opening)?;
        match prepare(&database, &gate, claim.path()) {
            Ok(view) => {
                if is_repaired.load(Ordering::Relaxed) {
                    // So that the next opening need not repair it again. If it cannot be kept now, the next write will.
                    let _ = gate.release();
                }
                Ok((Open { view: RwLock::new(Some(Arc::new(view))), database }, gate))
            }
            Err(error) => {
                gate.withdraw(error.clone());
                Err(error)
            }
        }
    }

    fn shared(&self) -> RwLockReadGuard<'_, Open> {
        self.open.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what redb does for nobody but a lone holder: when the reads under way are done, those that come wait.
    fn alone(&self, act: impl FnOnce(&mut Database) -> Result<()>) -> Result<()> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        *open.view.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
        let done = act(&mut open.database);
        open.renew_view();
        done
    }
}

/// Looks whether the database is ours and makes it one of ours if it is new.
fn prepare(database: &Database, gate: &Gate, path: &Path) -> Result<ReadTables> {
    if tables::is_empty(database)? {
        gate.release()?;
        let transaction = database.begin_write().map_err(|error| from_redb(OPEN, error))?;
        tables::create(&transaction, gate)?;
        transaction.commit().map_err(|error| from_redb(OPEN, error))?;
        gate.check()?;
        sync_folder(path);
    }
    ReadTables::now(database)
}

/// Makes the name of a new file as durable as what will be written to it.
fn sync_folder(path: &Path) {
    if cfg!(unix)
        && let Some(folder) = path.parent()
    {
        // Not every file system can do it, and those that need it can.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

impl Engine for RedbEngine {
    type Config = Config;
    type View<'a> = ReadTables;
    type Transaction<'a> = WriteTables<'a>;

    const SHARED: bool = false;
    const REOPEN_AFTER_FULL: bool = true;

    fn open(config: &Config) -> Result<Self> {
        Self::new(config, Claim::new(&config.path, config.create)?)
    }

    fn reopen(config: &Config) -> Result<Self> {
        Self::open(&Config { create: false, ..config.clone() })
    }

    fn read<T>(&self, read: impl FnOnce(&ReadTables) -> Result<T>) -> Result<T> {
        let open = self.shared();
        // Dropped before the guard: who waits to be alone finds no view left.
        let view = open.view()?;
        read(&view)
    }

    fn write<T>(&self, write: impl FnOnce(&mut WriteTables<'_>) -> Result<Finish<T>>) -> Result<T> {
        const WRITE: &str = "write to the database";
        let open = self.shared();
        self.gate.check()?;
        // What reads go on with if the commit fails.
        drop(open.view()?);
        let transaction = open.database.begin_write().map_err(|error| from_redb(WRITE, error))?;
        let mut tables = WriteTables::open(&transaction, &self.gate)?;
        let finish = write(&mut tables);
        drop(tables);
        match finish {
            Ok(Finish::Commit(answer)) => {
                // It is open since the first change; a commit without one would go nowhere.
                self.gate.release()?;
                transaction.commit().map_err(|error| from_redb(WRITE, error))?;
                self.gate.check()?;
                open.renew_view();
                Ok(answer)
            }
            Ok(Finish::RollBack(answer)) => {
                transaction.abort().map_err(|error| from_redb(WRITE, error))?;
                Ok(answer)
            }
            // Dropping the transaction aborts it.
            Err(error) => Err(error),
        }
    }

    fn checkpoint(&self) -> Result<()> {
        Ok(())
    }

    fn compact(&self) -> Result<()> {
        self.alone(|database| {
            self.gate.release()?;
            database.compact().map_err(|error| from_redb("compact the database", error))?;
            self.gate.check()
        })
    }

    fn check(&self) -> Result<()> {
        self.alone(|database| {
            self.gate.check()?;
            // redb repairs what it finds; a damaged file is to stay as it is.
            let was_open = self.gate.cut(Error::corrupt("the check of the file did not end"));
            let found = match database.check_integrity() {
                Ok(true) => {
                    self.gate.mend();
                    // If this fails, the next write does it and answers why not.
                    let _ = if was_open { self.gate.release() } else { Ok(()) };
                    return Ok(());
                }
                Ok(false) => Error::corrupt("the database does not fit its checksums"),
                Err(error) => from_redb("check the database", error),
            };
            self.gate.cut(found.clone());
            Err(found)
        })?;
        self.shared().view()?.check_numbers()
    }

    fn close(self) -> Result<()> {
        let Open { view, database } = self.open.into_inner().unwrap_or_else(PoisonError::into_inner);
        drop(view);
        let told = self.gate.check();
        let closed = database.close().map_err(|error| from_redb("close the database", error));
        // A failure of an earlier write was answered to who wrote.
        if told.is_err() { Ok(()) } else { closed.and(self.gate.check()) }
    }
}
