use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use async_trait::async_trait;

use super::group::{collect_remains, sequence};
use super::queue::{Commit, Job, Queue};
use super::{Engine, Upkeep, View};
use crate::notify;
use crate::store::{
    Batch, ChangeFeed, Changes, Committed, Cursor, DraftStore, Groups, Page, Query, Record, Scope, Shelf, Task,
};
use crate::sync::{AtomicBool, AtomicU64, Mutex, RwLock, RwLockWriteGuard, block_on};
use crate::{ConversationId, Error, Result};

/// The [`DraftStore`] made of an [`Engine`]: its queue, its writer thread, group commit, events and the rules.
///
/// Awaited commits are done by the store's one writer thread, so that no executor waits for a disk; a blocking commit
/// that finds the engine free is done on the caller's thread. Whoever writes takes all that is queued into one
/// transaction, with one flush. Reads run on the caller's thread and wait for nobody.
///
/// Dropping it waits, 2 seconds at most, for what is being written. Async code closes it first.
pub struct EngineStore<E: Engine> {
    shared: Arc<Shared<E>>,
}

pub(super) struct Shared<E: Engine> {
    config: E::Config,
    slot: RwLock<Slot<E>>,
    pub(super) queue: Queue,
    pub(super) feed: ChangeFeed,
    /// How writes have shared transactions. For the leader to change.
    pub(super) groups: Mutex<Groups>,
    /// Whether a write has failed so that the file's state is not known.
    pub(super) poisoned: AtomicBool,
    /// The sequence as this store last saw it: another one means that another process has written.
    pub(super) seen: AtomicU64,
}

/// The engine, if there is one at the moment.
enum Slot<E> {
    Open(E),
    /// It could not be reopened after a failure; the next call tries again.
    Lost,
    /// It was closed until it is resumed.
    Suspended,
    Closed,
}

impl<E: Engine> EngineStore<E> {
    /// Opens the engine and makes a store of it. Blocks for as long as the engine takes to open.
    ///
    /// # Errors
    /// What the engine answers.
    pub fn open(config: E::Config) -> Result<Self> {
        let engine = guarded(|| E::open(&config))?;
        let shared = Shared {
            config,
            slot: RwLock::new(Slot::Open(engine)),
            queue: Queue::default(),
            feed: ChangeFeed::default(),
            groups: Mutex::default(),
            poisoned: AtomicBool::new(false),
            seen: AtomicU64::new(0),
        };
        match shared.engine(collect_remains) {
            Ok(()) | Err(Error::Locked) => {}
            // They can stay until there is room.
            Err(error @ Error::DiskFull) => shared.note_failed_write(&error),
            Err(error) => return Err(error),
        }
        shared.seen.store(shared.engine(|engine| engine.read(|view| sequence(view)))?, Ordering::Relaxed);
        Ok(Self { shared: Arc::new(shared) })
    }
}

impl<E: Engine> Drop for EngineStore<E> {
    fn drop(&mut self) {
        self.shared.abandon();
    }
}

impl<E: Engine> fmt::Debug for EngineStore<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl<E: Engine> DraftStore for EngineStore<E> {
    async fn get(&self, ids: &[ConversationId]) -> Result<Vec<Option<Record>>> {
        self.shared.engine(|engine| match ids {
            [id] => Ok(vec![engine.get(id)?]),
            ids => engine.read(|view| ids.iter().map(|id| view.get(id)).collect()),
        })
    }

    async fn list(&self, query: &Query) -> Result<Page> {
        self.shared.engine(|engine| {
            engine.read(|view| {
                let sequence = sequence(view)?;
                let rows = match query.limit() {
                    0 => Vec::new(),
                    limit => view.scan(query.scope().shelves(), query.cursor(), limit.saturating_add(1))?,
                };
                Ok(Page::new(rows.into_iter().map(Into::into).collect(), query.limit(), sequence))
            })
        })
    }

    async fn commit(&self, batch: Batch) -> Result<Committed> {
        self.shared.check_open()?;
        let (answer, answered) = notify::answer();
        self.shared.submit(Job::Commit(Commit { batch, answer }))?;
        answered.await.unwrap_or(Err(Error::Closed))
    }

    fn changes(&self) -> Changes {
        let changes = self.shared.feed.subscribe();
        if E::SHARED && self.shared.check_open().is_ok() {
            self.shared.start_watching();
        }
        changes
    }

    async fn maintain(&self, task: Task) -> Result<()> {
        self.shared.check_open()?;
        let (answer, answered) = notify::answer();
        self.shared.submit(Job::Maintain(task, answer))?;
        answered.await.unwrap_or(Err(Error::Closed))
    }

    async fn close(&self) -> Result<()> {
        if self.shared.check_open().is_err() {
            return Ok(());
        }
        let (answer, answered) = notify::answer();
        self.shared.submit(Job::Close(answer))?;
        answered.await.unwrap_or(Ok(()))
    }

    fn commit_blocking(&self, batch: Batch) -> Result<Committed> {
        notify::check_blocking()?;
        self.shared.check_open()?;
        let (answer, answered) = notify::answer();
        self.shared.submit_or_lead(Job::Commit(Commit { batch, answer }));
        block_on(answered).unwrap_or(Err(Error::Closed))
    }

    fn groups(&self) -> Groups {
        *self.shared.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E: Engine> Shared<E> {
    /// Whether anybody wants to hear of the commits of other processes.
    pub(super) fn watches(&self) -> bool {
        E::SHARED && self.feed.has_subscribers()
    }

    /// Lets the engine do something; what panics there ends here.
    pub(super) fn engine<T>(&self, act: impl FnOnce(&E) -> Result<T>) -> Result<T> {
        loop {
            let slot = self.slot.read().unwrap_or_else(PoisonError::into_inner);
            match &*slot {
                Slot::Open(engine) => return guarded(|| act(engine)),
                Slot::Closed => return Err(Error::Closed),
                Slot::Suspended => return Err(Error::Suspended),
                Slot::Lost => {}
            }
            drop(slot);
            let slot = self.slot_mut();
            if matches!(*slot, Slot::Lost) {
                self.reopen(slot)?;
            }
        }
    }

    fn check_open(&self) -> Result<()> {
        match *self.slot.read().unwrap_or_else(PoisonError::into_inner) {
            Slot::Closed => Err(Error::Closed),
            Slot::Open(_) | Slot::Lost | Slot::Suspended => Ok(()),
        }
    }

    /// # Errors
    /// [`Error::Poisoned`] after a failed write: what the engine has in memory may not be what is on the disk.
    pub(super) fn check_sound(&self) -> Result<()> {
        if self.poisoned.load(Ordering::Relaxed) { Err(Error::Poisoned) } else { Ok(()) }
    }

    fn slot_mut(&self) -> RwLockWriteGuard<'_, Slot<E>> {
        self.slot.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn reopen(&self, mut slot: RwLockWriteGuard<'_, Slot<E>>) -> Result<()> {
        let old = std::mem::replace(&mut *slot, Slot::Lost);
        *slot = Slot::Open(guarded(|| {
            // It lets go of the file before the new one takes it.
            drop(old);
            E::reopen(&self.config)
        })?);
        Ok(())
    }

    /// Opens what was suspended; what cannot be opened stays suspended, so that nothing but a resume opens it.
    fn wake_up(&self, mut slot: RwLockWriteGuard<'_, Slot<E>>) -> Result<()> {
        *slot = Slot::Open(guarded(|| E::reopen(&self.config))?);
        Ok(())
    }

    /// Makes the engine fit to write again after a full disk, if it needs help with that.
    fn recover_from_full(&self) {
        let slot = self.slot_mut();
        if E::REOPEN_AFTER_FULL && matches!(*slot, Slot::Open(_)) {
            // While it cannot be reopened it is lost, and the next call tries again.
            let _ = self.reopen(slot);
        }
    }

    /// Returns how much upkeep the engine owes; none if it is closed, lost, or not to be written to.
    pub(super) fn upkeep(&self) -> Upkeep {
        if self.check_sound().is_err() {
            return Upkeep::None;
        }
        match &*self.slot.read().unwrap_or_else(PoisonError::into_inner) {
            Slot::Open(engine) => guarded(|| Ok(engine.upkeep())).unwrap_or(Upkeep::None),
            Slot::Lost | Slot::Suspended | Slot::Closed => Upkeep::None,
        }
    }

    /// Does it. What cannot be done is as safe as before, and is tried again after a later write.
    pub(super) fn keep_up(&self) {
        let _ = self.engine(E::keep_up);
    }

    /// Lets the engine write without a change of any record.
    fn tidy(&self, act: impl FnOnce(&E) -> Result<()>) -> Result<()> {
        self.check_sound()?;
        self.engine(act).inspect_err(|error| self.note_failed_write(error))
    }

    pub(super) fn maintain(&self, task: Task) -> Result<()> {
        match task {
            Task::Checkpoint => self.tidy(E::checkpoint),
            Task::Compact => self.tidy(E::compact),
            // Damage that is found stays as it is, and what is not damaged can be written on.
            Task::Check => self.engine(|engine| {
                engine.check()?;
                engine.read(|view| check_records(view))
            }),
            Task::Suspend => {
                let mut slot = self.slot_mut();
                if matches!(*slot, Slot::Closed) {
                    return Err(Error::Closed);
                }
                shut(std::mem::replace(&mut *slot, Slot::Suspended))
            }
            Task::Resume => {
                let slot = self.slot_mut();
                match *slot {
                    Slot::Closed => return Err(Error::Closed),
                    Slot::Suspended => self.wake_up(slot)?,
                    Slot::Open(_) | Slot::Lost => self.reopen(slot)?,
                }
                self.poisoned.store(false, Ordering::Relaxed);
                self.look_for_others();
                Ok(())
            }
        }
    }

    /// Draws the consequences of a write that failed.
    pub(super) fn note_failed_write(&self, error: &Error) {
        match error {
            Error::DiskFull => self.recover_from_full(),
            Error::Locked | Error::Closed | Error::Poisoned | Error::Suspended => {}
            _ => self.poisoned.store(true, Ordering::Relaxed),
        }
    }

    /// Closes the engine; nothing is queued any more that could still be written.
    pub(super) fn close(&self) -> Result<()> {
        let closed = shut(std::mem::replace(&mut *self.slot_mut(), Slot::Closed));
        self.feed.close();
        closed
    }

    /// Closes the engine of a store that was dropped, when nobody is left to hear of an error.
    pub(super) fn shut(&self) {
        let _ = self.close();
    }
}

/// Closes the engine, if there is one.
fn shut<E: Engine>(slot: Slot<E>) -> Result<()> {
    match slot {
        Slot::Open(engine) => guarded(|| engine.close()),
        Slot::Lost | Slot::Suspended | Slot::Closed => Ok(()),
    }
}

/// Reads every record along the lists, and finds each by its id again.
fn check_records(view: &impl View) -> Result<()> {
    const STEP: usize = 256;
    for shelves in [Scope::Conversations.shelves(), &[Shelf::Remains]] {
        let mut after: Option<Cursor> = None;
        loop {
            let records = view.scan(shelves, after.as_ref(), STEP)?;
            for record in &records {
                if view.get(&record.id)?.as_ref() != Some(record) {
                    return Err(Error::corrupt("a list and a record differ"));
                }
            }
            let Some(last) = records.last().filter(|_| records.len() == STEP) else { break };
            after = Some(Cursor::new(last.order_key(), last.id.clone()));
        }
    }
    Ok(())
}

fn guarded<T>(act: impl FnOnce() -> Result<T>) -> Result<T> {
    // An engine that panicked is not written to again before it is reopened: its error poisons the store.
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| Err(Error::corrupt("the database engine panicked")))
}
