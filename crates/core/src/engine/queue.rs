//! Who writes, and when: callers put jobs into one queue, whoever holds the engine takes all that is queued.
//!
//! The engine is held by one thread at a time, the *leader*: the store's writer thread, or a blocking caller that found
//! the engine free. The writer thread is started by the first need for it and ends when it has been idle.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::store::Shared;
use super::{Engine, Upkeep};
use crate::notify::{self, Answer};
use crate::store::{Batch, Committed, Task};
use crate::sync::thread::{self, ThreadId};
use crate::sync::{Condvar, Mutex, MutexGuard, wait_timeout, wait_timeout_while};
use crate::{Error, Result};

/// How long the writer thread stays when there is nothing to do.
const IDLE: Duration = Duration::from_secs(5);

/// How often the writer thread looks for commits of other processes while somebody subscribes.
const WATCH: Duration = Duration::from_secs(1);

/// How long the writer thread, after a group of several, waits for as many again: callers it has just answered are
/// about to come back. A lone caller never waits.
const LINGER: Duration = Duration::from_micros(100);

/// How long dropping a store waits for what is being written.
const LAST_WRITES: Duration = Duration::from_secs(2);

/// What the leader does for somebody.
pub(super) enum Job {
    Commit(Commit),
    Maintain(Task, Answer<Result<()>>),
    Close(Answer<Result<()>>),
}

/// A batch and who waits for it.
pub(super) struct Commit {
    pub(super) batch: Batch,
    pub(super) answer: Answer<Result<Committed>>,
}

#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// Wakes the writer thread.
    work: Condvar,
    /// Wakes who waits for the engine to be free.
    free: Condvar,
}

#[derive(Default)]
struct State {
    jobs: Vec<Job>,
    leader: Option<ThreadId>,
    worker: Worker,
    /// How many jobs are worth waking the writer thread for, less one.
    patience: usize,
    /// Whether the engine has upkeep for the writer thread.
    is_due: bool,
    /// Whether the store was dropped: the writer thread ends, and whoever leads still closes the engine.
    orphaned: bool,
}

#[derive(Default, PartialEq, Eq)]
enum Worker {
    #[default]
    None,
    Asleep,
    Awake,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E: Engine> Shared<E> {
    /// Queues a job for the writer thread.
    pub(super) fn submit(self: &Arc<Self>, job: Job) -> Result<()> {
        let mut state = self.queue.lock();
        state.jobs.push(job);
        if state.leader.is_some() {
            return Ok(());
        }
        let called = self.call_worker(&mut state);
        // An answer that is not sent is dropped on no lock.
        let refused = if called.is_err() { state.jobs.pop() } else { None };
        drop(state);
        drop(refused);
        called
    }

    /// Queues a job and does it, with all others that wait, on this thread if the engine is free.
    pub(super) fn submit_or_lead(self: &Arc<Self>, job: Job) {
        let mut state = self.queue.lock();
        state.jobs.push(job);
        if state.leader.is_some() {
            return;
        }
        state = self.lead(state, Upkeep::Overdue);
        // What was queued meanwhile is the writer thread's; where there can be none, it is done here too.
        while (state.is_due || !state.jobs.is_empty()) && self.call_worker(&mut state).is_err() {
            state = self.lead(state, Upkeep::Due);
        }
    }

    /// Starts the writer thread, so that it watches for other processes.
    pub(super) fn start_watching(self: &Arc<Self>) {
        let mut state = self.queue.lock();
        // Without a thread, what other processes commit is noticed at the next commit of this one.
        let _ = self.call_worker(&mut state);
        if state.worker == Worker::Asleep {
            self.queue.work.notify_one();
        }
    }

    /// Closes the engine of a store that is being dropped, when nobody writes. Waits for that, 2 seconds at most; not at all
    /// on a thread that writes or notifies, which might wait for itself.
    pub(super) fn abandon(&self) {
        let this_thread = thread::current().id();
        let mut state = self.queue.lock();
        let busy = |state: &mut State| state.leader.is_some() || !state.jobs.is_empty();
        if !notify::is_blocking_refused() {
            let Queue { free, state: mutex, .. } = &self.queue;
            state = wait_timeout_while(free, mutex, state, LAST_WRITES, busy).0;
        }
        if !busy(&mut state) {
            state.leader = Some(this_thread);
            drop(state);
            self.shut();
            state = self.queue.lock();
            state.leader = None;
        }
        // A leader that is still busy closes the engine when it is done.
        state.orphaned = true;
        self.queue.work.notify_one();
    }

    fn call_worker(self: &Arc<Self>, state: &mut State) -> Result<()> {
        match state.worker {
            Worker::None => {
                let shared = Arc::clone(self);
                let thread = thread::Builder::new().name("chat-drafts".to_owned());
                thread
                    .spawn(move || shared.work())
                    .map_err(|error| Error::Io { operation: "start the writer thread", source: Arc::new(error) })?;
                state.worker = Worker::Awake;
            }
            Worker::Asleep if state.is_due || state.jobs.len() > state.patience => {
                state.worker = Worker::Awake;
                self.queue.work.notify_one();
            }
            Worker::Asleep | Worker::Awake => {}
        }
        Ok(())
    }

    /// Takes the lead, does all that is queued and then the engine's upkeep, if there is that much of it, and gives the
    /// lead up again.
    fn lead<'a>(self: &'a Arc<Self>, mut state: MutexGuard<'a, State>, from: Upkeep) -> MutexGuard<'a, State> {
        state.leader = Some(thread::current().id());
        let jobs = std::mem::take(&mut state.jobs);
        drop(state);
        // Whatever panics, the lead is given up.
        notify::guarded(|| self.run(jobs));
        let upkeep = self.upkeep();
        let is_due = Upkeep::None < upkeep && upkeep < from;
        if upkeep >= from {
            self.keep_up();
        }
        let mut state = self.resign();
        state.is_due = is_due;
        state
    }

    /// Gives the lead up.
    fn resign<'a>(self: &'a Arc<Self>) -> MutexGuard<'a, State> {
        let mut state = self.queue.lock();
        state.leader = None;
        if state.jobs.is_empty() {
            self.queue.free.notify_all();
            if state.orphaned {
                drop(state);
                self.shut();
                state = self.queue.lock();
            }
        }
        state
    }

    /// The writer thread.
    fn work(self: Arc<Self>) {
        let mut state = self.queue.lock();
        loop {
            if state.leader.is_none() && (state.is_due || !state.jobs.is_empty()) {
                let group = state.jobs.len();
                state = self.lead(state, Upkeep::Due);
                if group > 1 {
                    state = self.linger(state, group);
                }
                continue;
            }
            if state.orphaned && state.leader.is_none() {
                break;
            }
            let watches = self.watches();
            state.worker = Worker::Asleep;
            let Queue { work, state: mutex, .. } = &self.queue;
            let is_over;
            (state, is_over) = wait_timeout(work, mutex, state, if watches { WATCH } else { IDLE });
            state.worker = Worker::Awake;
            if is_over && state.leader.is_none() && state.jobs.is_empty() {
                if !watches {
                    break;
                }
                state.leader = Some(thread::current().id());
                drop(state);
                self.look_for_others();
                state = self.resign();
            }
        }
        state.worker = Worker::None;
    }

    fn linger<'a>(&'a self, mut state: MutexGuard<'a, State>, group: usize) -> MutexGuard<'a, State> {
        state.worker = Worker::Asleep;
        state.patience = group - 1;
        let too_few = |state: &mut State| state.jobs.len() < group && !state.orphaned;
        let Queue { work, state: mutex, .. } = &self.queue;
        state = wait_timeout_while(work, mutex, state, LINGER, too_few).0;
        state.patience = 0;
        state.worker = Worker::Awake;
        state
    }
}
