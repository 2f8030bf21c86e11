//! A file that fails when a test says so.

use std::io::{self, ErrorKind};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard};

use redb::{BackendError, StorageBackend};

/// What is to go wrong with the files of a store; clones speak of the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    fault: Fault,
    flushes: u64,
}

#[derive(Debug, Default, Clone, Copy)]
pub(crate) enum Fault {
    /// All is well.
    #[default]
    None,
    /// So many bytes can be written yet, then writing fails like this.
    Room(u64, ErrorKind),
    /// Every flush fails like this.
    Flush(ErrorKind),
    /// So many changes are made yet, then the process is as good as dead.
    Steps(u64),
}

impl Faults {
    /// From now on this goes wrong.
    pub(crate) fn set(&self, fault: Fault) {
        self.plan().fault = fault;
    }

    /// How often a file was flushed.
    pub(crate) fn flushes(&self) -> u64 {
        self.plan().flushes
    }

    pub(crate) fn wrap(&self, file: Box<dyn StorageBackend>) -> Box<dyn StorageBackend> {
        Box::new(FaultyFile { file, faults: self.clone() })
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap()
    }

    fn step(&self, bytes: u64, is_flush: bool) -> io::Result<()> {
        let mut plan = self.plan();
        plan.flushes += u64::from(is_flush);
        match &mut plan.fault {
            Fault::Room(left, kind) if *left < bytes => Err((*kind).into()),
            Fault::Room(left, _) => {
                *left -= bytes;
                Ok(())
            }
            Fault::Flush(kind) if is_flush => Err((*kind).into()),
            Fault::Steps(0) => Err(ErrorKind::Other.into()),
            Fault::Steps(left) => {
                *left -= 1;
                Ok(())
            }
            Fault::None | Fault::Flush(_) => Ok(()),
        }
    }
}

#[derive(Debug)]
struct FaultyFile {
    file: Box<dyn StorageBackend>,
    faults: Faults,
}

impl StorageBackend for FaultyFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.faults.step(0, false)?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.faults.step(0, true)?;
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.faults.step(data.len() as u64, false)?;
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}
