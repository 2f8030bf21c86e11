//! A file that fails when a test says so.

use std::io::{self, ErrorKind};
use std::ops::Bound;
use std::sync::Arc;
use std::sync::Mutex;

use redb::{BackendError, StorageBackend};

/// What is to go wrong, and a count of what went right; clones speak of the same file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    /// The failure, and how many bytes may still be written before it. A flush fails when none may.
    fault: Option<(ErrorKind, u64)>,
    flushes_only: bool,
    writes: u64,
    flushes: u64,
}

impl Faults {
    /// From now on so many bytes can be written, then every write fails like this.
    pub(crate) fn fail_after(&self, bytes: u64, kind: ErrorKind) {
        let mut plan = self.0.lock().unwrap();
        plan.fault = Some((kind, bytes));
        plan.flushes_only = false;
    }

    /// From now on every flush fails like this.
    pub(crate) fn fail_flushes(&self, kind: ErrorKind) {
        let mut plan = self.0.lock().unwrap();
        plan.fault = Some((kind, 0));
        plan.flushes_only = true;
    }

    /// All is well again.
    pub(crate) fn heal(&self) {
        self.0.lock().unwrap().fault = None;
    }

    /// How often was written and flushed.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let plan = self.0.lock().unwrap();
        (plan.writes, plan.flushes)
    }

    pub(crate) fn wrap(&self, file: Box<dyn StorageBackend>) -> Box<dyn StorageBackend> {
        Box::new(FaultyFile { file, faults: self.clone() })
    }

    fn write(&self, bytes: u64) -> io::Result<()> {
        let mut plan = self.0.lock().unwrap();
        plan.writes += 1;
        match &mut plan.fault {
            Some((kind, left)) if *left < bytes => Err((*kind).into()),
            Some((_, left)) => {
                *left -= bytes;
                Ok(())
            }
            None => Ok(()),
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
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut plan = self.faults.0.lock().unwrap();
        plan.flushes += 1;
        match plan.fault {
            Some((kind, 0)) if plan.flushes_only => Err(kind.into()),
            _ => self.file.sync_data(),
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if !self.faults.0.lock().unwrap().flushes_only {
            self.faults.write(data.len() as u64)?;
        }
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}
