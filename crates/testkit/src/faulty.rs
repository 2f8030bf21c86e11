//! An engine that fails on demand.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

use chat_drafts_core::engine::{Engine, Finish, Transaction, Upkeep, View};
use chat_drafts_core::store::{Cursor, Record, Shelf};
use chat_drafts_core::{ConversationId, Error, OrderKey, Result};

/// How long is waited at the gate: a store that does what the gate is there to rule out would wait for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// An engine that does what `E` does, and fails when its [`Faults`] say so.
///
/// ```
/// # use chat_drafts_core::engine::{Engine, EngineStore};
/// # use chat_drafts_core::{Drafts, Error, Result};
/// use chat_drafts_testkit::{Faults, Faulty, FaultyConfig};
///
/// fn example<E: Engine>(config: E::Config) -> Result<()> {
///     let faults = Faults::default();
///     let config = FaultyConfig { inner: config, faults: faults.clone() };
///     let drafts = Drafts::new(EngineStore::<Faulty<E>>::open(config)?)?;
///     faults.fail_next_commit(Error::DiskFull);
/// #   drop(drafts);
///     Ok(())
/// }
/// ```
pub struct Faulty<E> {
    inner: E,
    faults: Faults,
}

/// What opening a [`Faulty`] engine needs.
#[derive(Clone)]
pub struct FaultyConfig<C> {
    /// What the engine inside needs.
    pub inner: C,
    /// What tells it to fail.
    pub faults: Faults,
}

impl<C> fmt::Debug for FaultyConfig<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyConfig").field("faults", &self.faults).finish_non_exhaustive()
    }
}

impl<E> fmt::Debug for Faulty<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty").field("faults", &self.faults).finish_non_exhaustive()
    }
}

/// Tells a [`Faulty`] engine when to fail, and counts what it does. Clones are the same.
#[derive(Clone, Default)]
pub struct Faults(Arc<Control>);

#[derive(Default)]
struct Control {
    state: Mutex<State>,
    turned: Condvar,
}

#[derive(Default)]
struct State {
    next_open: Option<Error>,
    next_commit: Option<Error>,
    next_answer: Option<Error>,
    room: Option<usize>,
    panics_in_write: bool,
    panics_in_read: bool,
    is_shut: bool,
    at_the_gate: usize,
    opens: usize,
    writes: usize,
    commits: usize,
    last_writer: Option<ThreadId>,
    owed: Option<Upkeep>,
    last_keeper: Option<ThreadId>,
}

impl Faults {
    /// The next commit fails with this error, and nothing of it is kept.
    pub fn fail_next_commit(&self, error: Error) {
        self.lock().next_commit = Some(error);
    }

    /// The next commit is kept, and answers this error all the same: as when the power of a disk goes at the wrong
    /// moment.
    pub fn lose_next_answer(&self, error: Error) {
        self.lock().next_answer = Some(error);
    }

    /// From now on a write of more than so many bytes of texts, extras and facts finds the disk full; `None` makes room.
    pub fn leave_room(&self, bytes: Option<usize>) {
        self.lock().room = bytes;
    }

    /// The next opening fails with this error.
    pub fn fail_next_open(&self, error: Error) {
        self.lock().next_open = Some(error);
    }

    /// The next write panics.
    pub fn panic_in_next_write(&self) {
        self.lock().panics_in_write = true;
    }

    /// The next read panics.
    pub fn panic_in_next_read(&self) {
        self.lock().panics_in_read = true;
    }

    /// Every write from now on waits at its beginning, until the gate is opened.
    pub fn shut_gate(&self) {
        self.lock().is_shut = true;
    }

    /// Lets the writes that wait, and all that come, go on.
    pub fn open_gate(&self) {
        self.lock().is_shut = false;
        self.0.turned.notify_all();
    }

    /// Waits until a write stands at the gate.
    pub fn wait_for_a_write_at_the_gate(&self) {
        drop(self.wait_while(self.lock(), |state| state.at_the_gate == 0));
    }

    /// How often the engine was opened.
    pub fn opens(&self) -> usize {
        self.lock().opens
    }

    /// How many write transactions were begun.
    pub fn writes(&self) -> usize {
        self.lock().writes
    }

    /// How many were committed.
    pub fn commits(&self) -> usize {
        self.lock().commits
    }

    /// The thread of the last write.
    pub fn last_writer(&self) -> Option<ThreadId> {
        self.lock().last_writer
    }

    /// From now on the engine says that it has this upkeep, until it is done.
    pub fn owe(&self, upkeep: Upkeep) {
        let mut state = self.lock();
        state.owed = Some(upkeep);
        state.last_keeper = None;
    }

    /// Returns the thread that has done what was owed, if it was done.
    pub fn last_keeper(&self) -> Option<ThreadId> {
        self.lock().last_keeper
    }

    /// Waits until what is owed was done; says by which thread.
    pub fn wait_for_upkeep(&self) -> Option<ThreadId> {
        self.wait_while(self.lock(), |state| state.owed.is_some()).last_keeper
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        condition: impl FnMut(&mut State) -> bool,
    ) -> MutexGuard<'a, State> {
        let waited = self.0.turned.wait_timeout_while(state, PATIENCE, condition);
        let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            drop(state);
            panic!("a test has waited too long at the gate");
        }
        state
    }

    fn begin_write(&self) {
        let mut state = self.lock();
        state.writes += 1;
        state.last_writer = Some(std::thread::current().id());
        state.at_the_gate += 1;
        self.0.turned.notify_all();
        state = self.wait_while(state, |state| state.is_shut);
        state.at_the_gate -= 1;
        if std::mem::take(&mut state.panics_in_write) {
            drop(state);
            panic!("a write that panics, as the test asked for");
        }
    }

    fn begin_read(&self) {
        let panics = std::mem::take(&mut self.lock().panics_in_read);
        assert!(!panics, "a read that panics, as the test asked for");
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Faults").field("writes", &state.writes).field("commits", &state.commits).finish_non_exhaustive()
    }
}

impl<E: Engine> Faulty<E> {
    fn opened(config: &FaultyConfig<E::Config>, open: fn(&E::Config) -> Result<E>) -> Result<Self> {
        let faults = config.faults.clone();
        let fault = {
            let mut state = faults.lock();
            state.opens += 1;
            state.next_open.take()
        };
        fault.map_or(Ok(()), Err)?;
        Ok(Self { inner: open(&config.inner)?, faults })
    }
}

impl<E: Engine> Engine for Faulty<E> {
    type Config = FaultyConfig<E::Config>;
    type View<'a> = E::View<'a>;
    type Transaction<'a> = Weighed<'a>;

    const SHARED: bool = E::SHARED;
    const REOPEN_AFTER_FULL: bool = E::REOPEN_AFTER_FULL;

    fn open(config: &Self::Config) -> Result<Self> {
        Self::opened(config, E::open)
    }

    fn reopen(config: &Self::Config) -> Result<Self> {
        Self::opened(config, E::reopen)
    }

    fn read<T>(&self, read: impl FnOnce(&Self::View<'_>) -> Result<T>) -> Result<T> {
        self.faults.begin_read();
        self.inner.read(read)
    }

    fn get(&self, id: &ConversationId) -> Result<Option<Record>> {
        self.faults.begin_read();
        self.inner.get(id)
    }

    fn write<T>(&self, write: impl FnOnce(&mut Self::Transaction<'_>) -> Result<Finish<T>>) -> Result<T> {
        self.faults.begin_write();
        let mut is_committed = false;
        let answer = self.inner.write(|transaction| {
            let room = self.faults.lock().room;
            let finish = write(&mut Weighed { inner: transaction, room })?;
            if matches!(finish, Finish::Commit(_)) {
                let fault = self.faults.lock().next_commit.take();
                fault.map_or(Ok(()), Err)?;
                is_committed = true;
            }
            Ok(finish)
        })?;
        if is_committed {
            let fault = {
                let mut state = self.faults.lock();
                state.commits += 1;
                state.next_answer.take()
            };
            fault.map_or(Ok(()), Err)?;
        }
        Ok(answer)
    }

    fn flushes(&self) -> bool {
        self.inner.flushes()
    }

    fn upkeep(&self) -> Upkeep {
        let owed = self.faults.lock().owed;
        owed.unwrap_or_else(|| self.inner.upkeep())
    }

    fn keep_up(&self) -> Result<()> {
        let kept = self.inner.keep_up();
        let mut state = self.faults.lock();
        state.owed = None;
        state.last_keeper = Some(std::thread::current().id());
        drop(state);
        self.faults.0.turned.notify_all();
        kept
    }

    fn checkpoint(&self) -> Result<()> {
        self.inner.checkpoint()
    }

    fn compact(&self) -> Result<()> {
        self.inner.compact()
    }

    fn check(&self) -> Result<()> {
        self.inner.check()
    }

    fn close(self) -> Result<()> {
        self.inner.close()
    }
}

/// A transaction that runs out of room.
pub struct Weighed<'a> {
    inner: &'a mut dyn Transaction,
    /// Bytes that are left, if they are few.
    room: Option<usize>,
}

impl fmt::Debug for Weighed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Weighed").field("room", &self.room).finish_non_exhaustive()
    }
}

impl View for Weighed<'_> {
    fn get(&self, id: &ConversationId) -> Result<Option<Record>> {
        self.inner.get(id)
    }

    fn scan(&self, shelves: &[Shelf], after: Option<&Cursor>, limit: usize) -> Result<Vec<Record>> {
        self.inner.scan(shelves, after, limit)
    }

    fn top(&self, shelf: Shelf, at_most: OrderKey) -> Result<Option<OrderKey>> {
        self.inner.top(shelf, at_most)
    }

    fn remembered(&self) -> Result<Option<u64>> {
        self.inner.remembered()
    }

    fn remember(&self, sequence: u64) {
        self.inner.remember(sequence);
    }

    fn number(&self, name: &'static str) -> Result<u64> {
        self.inner.number(name)
    }
}

impl Transaction for Weighed<'_> {
    fn replace(&mut self, before: Option<&Record>, now: Option<&Record>) -> Result<()> {
        if let Some(room) = &mut self.room {
            *room = room.checked_sub(now.map_or(0, weight)).ok_or(Error::DiskFull)?;
        }
        self.inner.replace(before, now)
    }

    fn put_number(&mut self, name: &'static str, value: u64) -> Result<()> {
        self.inner.put_number(name, value)
    }
}

/// The bytes of a record's texts, extra and facts, and of what is being sent.
fn weight(record: &Record) -> usize {
    let facts = &record.facts;
    let texts = [&facts.show_name, &facts.avatar_url].map(|text| text.as_ref().map_or(0, String::len));
    record.state.draft().map_or(0, |draft| draft.text().len() + draft.extra().len())
        + texts.iter().sum::<usize>()
        + record.sending.len()
        + facts.last_message.as_ref().map_or(0, |message| message.body().len())
        + facts.custom_data.as_ref().map_or(0, Vec::len)
}
