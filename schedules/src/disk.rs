//! An engine with schedule points, on a disk that several stores may share as several processes do.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use chat_drafts_core::engine::{Engine, Finish, Upkeep};
use chat_drafts_core::{Error, Result};
use chat_drafts_store_memory::{MemoryDisk, MemoryEngine};
use shuttle::sync::atomic::{AtomicBool, AtomicUsize};

/// Writes after which the engine asks the writer thread for upkeep, and then whoever writes.
const DUE: usize = 2;
const OVERDUE: usize = 4;

/// What stays when a store is closed. Each access is a point at which the explorer may go on with another thread.
#[derive(Clone)]
pub struct Disk(Arc<Inner>);

struct Inner {
    memory: MemoryEngine,
    openings: AtomicUsize,
    /// The number of the write that fails, counted down; 0 if none does.
    fails_in: AtomicUsize,
}

impl Default for Disk {
    fn default() -> Self {
        let memory = MemoryEngine::open(&MemoryDisk::default()).expect("a disk nobody else has can be opened");
        Self(Arc::new(Inner { memory, openings: AtomicUsize::new(0), fails_in: AtomicUsize::new(0) }))
    }
}

impl Disk {
    /// Returns true if a store has it open.
    pub fn is_open(&self) -> bool {
        self.0.openings.load(SeqCst) > 0
    }

    /// Lets the n-th write from now on fail with an I/O error, and keeps nothing of it.
    pub fn fail_write(&self, number: usize) {
        self.0.fails_in.store(number, SeqCst);
    }

    fn step(&self) {
        self.0.openings.load(SeqCst);
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk").finish_non_exhaustive()
    }
}

/// The memory store's engine with schedule points. It holds the core to what an [`Engine`] is promised: writes and upkeep come
/// from one thread at a time, and none comes after a failed write.
#[derive(Debug)]
pub struct Explored {
    disk: Disk,
    is_busy: AtomicBool,
    has_failed: AtomicBool,
    owed: AtomicUsize,
}

impl Explored {
    fn alone<T>(&self, act: impl FnOnce() -> Result<T>) -> Result<T> {
        assert!(!self.has_failed.load(SeqCst), "a write after a failed one");
        assert!(!self.is_busy.swap(true, SeqCst), "two threads write at a time");
        let answer = act();
        self.is_busy.store(false, SeqCst);
        answer
    }
}

impl Engine for Explored {
    type Config = Disk;
    type View<'a> = <MemoryEngine as Engine>::View<'a>;
    type Transaction<'a> = <MemoryEngine as Engine>::Transaction<'a>;

    const SHARED: bool = true;
    const REOPEN_AFTER_FULL: bool = false;

    fn open(disk: &Disk) -> Result<Self> {
        disk.0.openings.fetch_add(1, SeqCst);
        Ok(Self {
            disk: disk.clone(),
            is_busy: AtomicBool::new(false),
            has_failed: AtomicBool::new(false),
            owed: AtomicUsize::new(0),
        })
    }

    fn read<T>(&self, read: impl FnOnce(&Self::View<'_>) -> Result<T>) -> Result<T> {
        self.disk.step();
        // Nothing in here is a schedule point: its lock is the standard library's.
        self.disk.0.memory.read(read)
    }

    fn write<T>(&self, write: impl FnOnce(&mut Self::Transaction<'_>) -> Result<Finish<T>>) -> Result<T> {
        self.alone(|| {
            let fails_in = &self.disk.0.fails_in;
            if fails_in.load(SeqCst) > 0 && fails_in.fetch_sub(1, SeqCst) == 1 {
                self.has_failed.store(true, SeqCst);
                return Err(Error::from_io("write", std::io::Error::other("a fault that was asked for")));
            }
            let answer = self.disk.0.memory.write(write);
            self.owed.fetch_add(1, SeqCst);
            answer
        })
    }

    fn upkeep(&self) -> Upkeep {
        match self.owed.load(SeqCst) {
            ..DUE => Upkeep::None,
            DUE..OVERDUE => Upkeep::Due,
            OVERDUE.. => Upkeep::Overdue,
        }
    }

    fn keep_up(&self) -> Result<()> {
        self.alone(|| {
            self.owed.store(0, SeqCst);
            Ok(())
        })
    }

    fn checkpoint(&self) -> Result<()> {
        Ok(())
    }

    fn compact(&self) -> Result<()> {
        Ok(())
    }

    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn close(self) -> Result<()> {
        Ok(())
    }
}

impl Drop for Explored {
    fn drop(&mut self) {
        self.disk.0.openings.fetch_sub(1, SeqCst);
    }
}
