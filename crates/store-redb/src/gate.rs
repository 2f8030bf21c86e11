//! What stands between redb and the file: it decides when something is written at all.

#[cfg(test)]
mod tests;

use std::io::{self, ErrorKind};
use std::ops::Bound;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chat_drafts_core::{Error, Result};
use redb::{BackendError, StorageBackend};

use crate::error::while_open;

const WRITE: &str = "write to the database";

/// A longer file is not looked through for being empty; a file redb has just begun is shorter.
const LONGEST_BEGINNING: u64 = 4 * 1024 * 1024;

/// A [`StorageBackend`] that holds writes back.
///
/// redb writes to a file by opening it, before anybody knows that it is damaged or somebody else's, and by looking for
/// damage; and after one failed write it does not read any more. So:
///
/// - It begins *held*: what redb writes is kept in memory, in order, and reads see it. The first change releases it: all
///   is done again on the file, in the same order. If nothing is ever written, the file is never touched.
/// - *Open*, everything goes through.
/// - The first write that fails *cuts* it: the file gets nothing any more, as if the process had been killed at that
///   moment, while redb goes on in memory and old views stay readable. The engine asks for the failure after each commit.
#[derive(Debug, Clone)]
pub(crate) struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    file: Box<dyn StorageBackend>,
    /// Whether a file with nothing in it is a new one.
    may_begin: bool,
    /// What the file was like when redb asked first; that is when it has locked it.
    found: OnceLock<Found>,
    state: RwLock<State>,
}

#[derive(Debug, Clone, Copy)]
struct Found {
    length: u64,
    /// Whether there was nothing in it.
    is_new: bool,
    /// Whether who wrote to it last has closed it well, so that there is nothing to repair.
    was_closed: bool,
}

struct State {
    mode: Mode,
    /// What redb did that the file has not seen; empty while open.
    log: Vec<Step>,
}

enum Mode {
    Held,
    Open,
    Cut(Error),
}

enum Step {
    Write(u64, Vec<u8>),
    SetLen(u64),
    Sync,
}

impl Step {
    /// Whether what is read here may differ from what is in the file.
    fn concerns(&self, offset: u64, end: u64) -> bool {
        match self {
            Self::Write(at, data) => *at < end && offset < at + data.len() as u64,
            Self::SetLen(_) => true,
            Self::Sync => false,
        }
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}

impl Gate {
    /// Holds back what is written to this file. One with nothing in it is a new one if it `may_begin`, or else damaged.
    pub(crate) fn new(file: Box<dyn StorageBackend>, may_begin: bool) -> Self {
        let state = RwLock::new(State { mode: Mode::Held, log: Vec::new() });
        Self(Arc::new(Inner { file, may_begin, found: OnceLock::new(), state }))
    }

    /// Whether the file was closed well by whoever wrote to it last, so that there is nothing to repair.
    pub(crate) fn was_closed(&self) -> bool {
        self.0.found.get().is_some_and(|found| found.was_closed)
    }

    /// Why nothing is written to the file any more, if so.
    pub(crate) fn check(&self) -> Result<()> {
        match &self.0.state().mode {
            Mode::Cut(cause) => Err(cause.clone()),
            Mode::Held | Mode::Open => Ok(()),
        }
    }

    /// Does on the file what was held back, and lets everything through from now on. After an error all is as before.
    pub(crate) fn release(&self) -> Result<()> {
        {
            // Reads go on meanwhile: the log is still there.
            let state = self.0.state();
            match &state.mode {
                Mode::Open => return Ok(()),
                Mode::Cut(cause) => return Err(cause.clone()),
                Mode::Held => {}
            }
            let done = if self.0.is_new() { self.0.begin_file(&state.log) } else { self.0.redo(&state.log) };
            done.map_err(|error| while_open(WRITE, error))?;
        }
        let mut state = self.0.state_mut();
        state.log.clear();
        state.mode = Mode::Open;
        Ok(())
    }

    /// Lets nothing through any more, for this reason. Says whether the gate was open.
    pub(crate) fn cut(&self, cause: Error) -> bool {
        let before = std::mem::replace(&mut self.0.state_mut().mode, Mode::Cut(cause));
        matches!(before, Mode::Open)
    }

    /// Takes a cut back: what was written since is held.
    pub(crate) fn mend(&self) {
        self.0.state_mut().mode = Mode::Held;
    }

    /// Makes of a new file what it was before, and lets nothing through any more.
    pub(crate) fn withdraw(&self, cause: Error) {
        self.cut(cause);
        if let Some(found) = self.0.found.get().filter(|found| found.is_new) {
            // What cannot be taken back is a new store without a draft.
            let _ = self.0.file.set_len(0).and_then(|()| self.0.file.set_len(found.length));
        }
    }
}

impl Inner {
    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the file once.
    fn find(&self) -> io::Result<Found> {
        // The "god byte" of redb's file format, and the flag in it that says that recovery is required.
        const FLAGS: u64 = 9;
        const RECOVERY_REQUIRED: u8 = 2;
        if let Some(found) = self.found.get() {
            return Ok(*found);
        }
        let length = self.file.len()?;
        // A process that dies while redb begins a file leaves zeros. Nothing is lost by beginning again.
        let is_new = has_only_zeros(&*self.file, length)?;
        if is_new && !self.may_begin {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let mut flags = [RECOVERY_REQUIRED];
        if length > FLAGS {
            self.file.read(FLAGS, &mut flags)?;
        }
        if is_new {
            self.state_mut().log.push(Step::SetLen(0));
        }
        Ok(*self.found.get_or_init(|| Found { length, is_new, was_closed: flags[0] & RECOVERY_REQUIRED == 0 }))
    }

    fn is_new(&self) -> bool {
        self.found.get().is_some_and(|found| found.is_new)
    }

    fn redo<'a>(&self, steps: impl IntoIterator<Item = &'a Step>) -> io::Result<()> {
        steps.into_iter().try_for_each(|step| match step {
            Step::Write(offset, data) => self.file.write(*offset, data),
            Step::SetLen(length) => self.file.set_len(*length),
            Step::Sync => self.file.sync_data(),
        })
    }

    /// Writes the header of a new file last and once, so that a process killed meanwhile leaves zeros or a whole file.
    fn begin_file(&self, log: &[Step]) -> io::Result<()> {
        let is_header = |step: &&Step| matches!(step, Step::Write(0, _));
        self.redo(log.iter().filter(|step| !is_header(step)))?;
        self.file.sync_data()?;
        self.redo(log.iter().rfind(is_header))?;
        self.file.sync_data()
    }

    /// Does this to the file if the gate is open, and remembers it otherwise.
    fn pass(&self, act: impl FnOnce() -> io::Result<()>, step: impl FnOnce() -> Step) -> io::Result<()> {
        let mut cause = None;
        {
            let state = self.state();
            if matches!(state.mode, Mode::Open) {
                match act() {
                    Ok(()) => return Ok(()),
                    Err(error) => cause = Some(error),
                }
            }
        }
        let step = step();
        let mut state = self.state_mut();
        if let Some(error) = cause {
            state.mode = Mode::Cut(match step {
                // What a flush has kept is not known, even if it is room that was missing.
                Step::Sync => Error::Io { operation: "flush the database", source: Arc::new(error) },
                // The commit misses a page, and so is none: redb has a checksum for each.
                Step::Write(..) | Step::SetLen(_) => while_open(WRITE, error),
            });
        }
        state.log.push(step);
        Ok(())
    }
}

impl StorageBackend for Gate {
    fn len(&self) -> io::Result<u64> {
        self.0.find()?;
        let mut length = self.0.file.len()?;
        for step in &self.0.state().log {
            match step {
                Step::Write(offset, data) => length = length.max(offset + data.len() as u64),
                Step::SetLen(new) => length = *new,
                Step::Sync => {}
            }
        }
        Ok(length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.0.state();
        let end = offset + out.len() as u64;
        if !state.log.iter().any(|step| step.concerns(offset, end)) {
            return self.0.file.read(offset, out);
        }
        let mut length = self.0.file.len()?;
        let in_file = clamp(offset, length, out.len());
        if in_file > 0 {
            self.0.file.read(offset, &mut out[..in_file])?;
        }
        out[in_file..].fill(0);
        for step in &state.log {
            match step {
                Step::Write(at, data) => {
                    length = length.max(at + data.len() as u64);
                    let (to, from) = (clamp(offset, *at, out.len()), clamp(*at, offset, data.len()));
                    let count = (out.len() - to).min(data.len() - from);
                    out[to..to + count].copy_from_slice(&data[from..from + count]);
                }
                Step::SetLen(new) => {
                    length = *new;
                    let kept = clamp(offset, *new, out.len());
                    out[kept..].fill(0);
                }
                Step::Sync => {}
            }
        }
        if end > length { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.pass(|| self.0.file.set_len(len), || Step::SetLen(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.pass(|| self.0.file.sync_data(), || Step::Sync)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.pass(|| self.0.file.write(offset, data), || Step::Write(offset, data.to_vec()))
    }

    fn close(&self) -> io::Result<()> {
        self.0.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.file.query_lock_range(start, end)
    }
}

/// How far `to` lies behind `from`, `most` at most.
fn clamp(from: u64, to: u64, most: usize) -> usize {
    usize::try_from(to.saturating_sub(from)).unwrap_or(most).min(most)
}

fn has_only_zeros(file: &dyn StorageBackend, length: u64) -> io::Result<bool> {
    if length > LONGEST_BEGINNING {
        return Ok(false);
    }
    let mut block = [0; 4096];
    let mut offset = 0;
    while offset < length {
        let part = &mut block[..clamp(offset, length, 4096)];
        file.read(offset, part)?;
        if part.iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
        offset += part.len() as u64;
    }
    Ok(true)
}
