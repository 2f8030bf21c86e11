//! The shell around the state machine of [`buffer`](super::buffer): it holds the machine's lock, the clock and the store.
//!
//! Each step takes the lock, lets the machine take one input, lets the lock go, and performs the effects: jobs for the store
//! are begun, callers are answered, and the autosave worker is woken if something has become due. No lock is held while the
//! store works or while somebody is told.

mod call;
mod stats;
mod worker;

use std::collections::hash_map::RandomState;
use std::future::poll_fn;
use std::hash::BuildHasher;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

pub(crate) use call::Caller;
use call::Flight;
use stats::Counters;
pub use stats::Stats;
use worker::Worker;

use super::buffer::{
    Answer, Content, Effects, Job, Lifecycle, Loaded, Machine, Pace, Phase, Reply, Request, SeatKey, Target,
};
use crate::notify::is_blocking_refused;
use crate::store::{Batch, Change, Committed, Entry};
use crate::sync::{Condvar, Mutex, MutexGuard, block_on};
use crate::{Clock, ConversationId, DraftState, DraftStore, Error, OrderPolicy, Origin, Query, Result, Revision};

/// The machine of a [`Drafts`](crate::Drafts), its store and its worker.
pub(crate) struct Autosave {
    store: Arc<dyn DraftStore>,
    clock: Arc<dyn Clock>,
    policy: OrderPolicy,
    /// True if the clock runs by itself, so that the worker goes by it.
    runs: bool,
    shared: Arc<Shared>,
    counters: Counters,
}

/// The state of machine and worker, and the bell of the worker: all that a wake-up needs, without the store.
struct Shared {
    state: Mutex<State>,
    /// Wakes the worker.
    wakeups: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct State {
    machine: Machine<Caller>,
    worker: Worker,
}

/// How the jobs of a step are given to the store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Driver {
    /// By futures, which the callers poll.
    Tasks,
    /// By this thread, which waits for its own request.
    ThisThread,
}

impl Driver {
    /// Inside a wake-up nobody waits for the store.
    fn here(self) -> Self {
        if is_blocking_refused() { Self::Tasks } else { self }
    }
}

impl Autosave {
    pub(crate) fn new(
        store: Arc<dyn DraftStore>,
        clock: Arc<dyn Clock>,
        policy: OrderPolicy,
        pace: Pace,
        max_text_len: usize,
    ) -> Self {
        let runs = clock.is_running();
        let life = RandomState::new().hash_one(clock.now());
        let machine = Machine::new(life, pace, max_text_len);
        let state = Mutex::new(State { machine, worker: Worker::default() });
        let shared = Arc::new(Shared { state, wakeups: Condvar::new() });
        Self { store, clock, policy, runs, shared, counters: Counters::default() }
    }

    pub(crate) fn store(&self) -> &Arc<dyn DraftStore> {
        &self.store
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.lock()
    }

    /// Asks the machine something.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&Machine<Caller>) -> T) -> T {
        ask(&self.lock().machine)
    }

    /// Gives the machine an input and performs what follows.
    pub(crate) fn step<T>(self: &Arc<Self>, input: impl FnOnce(&mut Machine<Caller>, &mut Effects<Caller>) -> T) -> T {
        let (value, effects) = self.step_only(input);
        self.perform(effects);
        value
    }

    /// Gives the machine an input; returns what follows, for the caller to perform.
    fn step_only<T>(
        self: &Arc<Self>,
        input: impl FnOnce(&mut Machine<Caller>, &mut Effects<Caller>) -> T,
    ) -> (T, Effects<Caller>) {
        let mut effects = Effects::at(self.clock.elapsed());
        let mut state = self.lock();
        let value = input(&mut state.machine, &mut effects);
        if let Some(due) = effects.due.take() {
            self.call_worker(&mut state, due);
        }
        (value, effects)
    }

    /// Takes an edit; returns its number.
    pub(crate) fn edit(self: &Arc<Self>, seat: SeatKey, text: String, origin: Origin) -> Result<u64> {
        let (now, date) = (self.clock.elapsed(), self.clock.now());
        let mut state = self.lock();
        let edited = state.machine.edit(seat, text, origin, now, date)?;
        if let Some(due) = edited.due {
            self.call_worker(&mut state, due);
        }
        drop(state);
        if edited.replaced.is_some() {
            self.counters.edits.add(1);
        }
        Ok(edited.number)
    }

    /// Sends a request through its buffer, and waits for the answer. Dropping the future does not withdraw it.
    pub(crate) async fn request(
        self: &Arc<Self>,
        target: Target,
        request: Request,
        origin: Origin,
        driver: Driver,
    ) -> Result<Reply> {
        let caller = Caller::default();
        let (number, effects) =
            self.step_only(|machine, effects| machine.begin(&target, request, origin, caller.clone(), effects));
        let number = number?;
        // From here on a dropped future leaves its request to the worker.
        let waiting = Waiting { autosave: self, caller: &caller, number: Some(number), is_answered: false };
        match driver.here() {
            Driver::Tasks => self.perform(effects),
            Driver::ThisThread => self.perform_here(number, effects),
        }
        waiting.answer().await
    }

    /// Suspends, resumes or closes, and waits for that. Dropping the future does not withdraw it.
    pub(crate) async fn lifecycle(self: &Arc<Self>, kind: Lifecycle) -> Result<()> {
        let caller = Caller::default();
        let (number, effects) =
            self.step_only(|machine, effects| machine.begin_lifecycle(kind, caller.clone(), effects));
        let waiting = Waiting { autosave: self, caller: &caller, number: Some(number), is_answered: false };
        self.perform(effects);
        self.save_without_worker();
        waiting.answer().await.map(drop)
    }

    /// Saves everything, whether it is due or not.
    ///
    /// # Errors
    /// [`Error::Unsaved`] names what could not be saved.
    pub(crate) async fn flush(self: &Arc<Self>) -> Result<()> {
        let waiting = self.step(|machine, effects| machine.flush(effects));
        self.save_without_worker();
        let mut unsaved: Option<(Vec<ConversationId>, Error)> = None;
        for (id, caller) in waiting {
            if let Err(error) =
                (Waiting { autosave: self, caller: &caller, number: None, is_answered: false }).answer().await
            {
                unsaved.get_or_insert((Vec::new(), error)).0.push(id);
            }
        }
        match unsaved {
            Some((conversations, reason)) => Err(Error::Unsaved { conversations, reason: Box::new(reason) }),
            None => Ok(()),
        }
    }

    /// Waits until the edits of a seat up to this number are saved, or the next save has failed.
    pub(crate) async fn saved(self: &Arc<Self>, seat: SeatKey, number: u64) -> Result<()> {
        let caller = Caller::default();
        let waits = self.step(|machine, effects| machine.wait_saved(seat, number, caller.clone(), effects));
        if !waits {
            return Ok(());
        }
        Waiting { autosave: self, caller: &caller, number: None, is_answered: false }.answer().await.map(drop)
    }

    /// Performs the effects of a step, and of those that follow from it as far as the store answers at once.
    fn perform(self: &Arc<Self>, effects: Effects<Caller>) {
        if effects.is_empty() {
            return;
        }
        let (mut next, mut more) = (Some(effects), Vec::new());
        while let Some(mut effects) = next.take().or_else(|| more.pop()) {
            self.tell(&mut effects);
            for submit in effects.submits.take() {
                let begun = submit.is_save.then(Instant::now);
                submit.caller.depart(submit.number, begun, self.flight(submit.job));
                more.extend(self.help(&submit.caller));
            }
        }
    }

    /// Performs the effects of a step on this thread, up to the answer of this request.
    fn perform_here(self: &Arc<Self>, number: u64, effects: Effects<Caller>) {
        let (mut next, mut more) = (Some(effects), Vec::new());
        while let Some(mut effects) = next.take().or_else(|| more.pop()) {
            self.tell(&mut effects);
            for submit in effects.submits.take() {
                let begun = submit.is_save.then(Instant::now);
                let answer = self.run(submit.job);
                let ((), effects) = self.step_only(|machine, effects| {
                    machine.answer(submit.number, answer, effects);
                });
                self.count_saves(effects.saved.len(), begun.map_or(Duration::ZERO, |begun| begun.elapsed()));
                if submit.number == number {
                    // What others asked for is theirs.
                    self.perform(effects);
                } else {
                    more.push(effects);
                }
            }
        }
    }

    /// Polls the job of a caller; returns what follows if the store has answered.
    fn help(self: &Arc<Self>, caller: &Caller) -> Option<Effects<Caller>> {
        let (number, answer, took) = caller.poll_flight()?;
        let ((), effects) = self.step_only(|machine, effects| machine.answer(number, answer, effects));
        self.count_saves(effects.saved.len(), took);
        if !effects.answers.iter().any(|(answered, _)| answered.is(caller)) {
            // What it needs next may be the job of another call.
            caller.wake_all();
        }
        Some(effects)
    }

    /// Polls the jobs of these callers, and leaves this waker with all whose job is not done; returns true if one was.
    fn help_on(self: &Arc<Self>, waker: &Waker, callers: impl Fn(&Machine<Caller>) -> Vec<Caller>) -> bool {
        let mut known: Vec<Caller> = Vec::new();
        let mut has_gone_on = false;
        loop {
            let callers = self.ask(&callers);
            let before = known.len();
            for caller in callers {
                if known.iter().any(|known| known.is(&caller)) {
                    continue;
                }
                caller.register(waker);
                if let Some(effects) = self.help(&caller) {
                    self.perform(effects);
                    has_gone_on = true;
                }
                known.push(caller);
            }
            // While somebody else was answered, others may have taken their place, and they do not know the waker.
            if has_gone_on || known.len() == before {
                return has_gone_on;
            }
        }
    }

    /// Counts a commit that has saved so many conversations.
    fn count_saves(&self, saves: usize, took: Duration) {
        if saves > 0 {
            self.counters.commits.add(1);
            self.counters.largest_commit.at_least(saves as u64);
            self.counters.latency.note(took);
        }
    }

    /// Answers callers, and counts what was saved.
    fn tell(self: &Arc<Self>, effects: &mut Effects<Caller>) {
        for edits in effects.saved.drain(..) {
            self.counters.saves.add(1);
            self.counters.coalesced.add(edits.saturating_sub(1));
        }
        for (caller, reply) in effects.answers.take() {
            self.release(caller.answer(reply));
        }
    }

    /// Lets go of what an answer that nobody takes holds.
    fn release(self: &Arc<Self>, answer: Option<Result<Reply>>) {
        if let Some(Ok(Reply::Sent(sent))) = answer {
            self.lock().machine.drop_send(sent.number);
        }
    }

    fn batch(&self, changes: Vec<Change>, origin: Origin) -> Batch {
        Batch { changes, now: self.clock.now(), policy: self.policy, origin }
    }

    /// A job as a future.
    fn flight(&self, job: Job) -> Flight {
        let store = Arc::clone(&self.store);
        match job {
            Job::Commit { changes, origin, read } => {
                let batch = self.batch(changes, origin);
                let date = batch.now;
                Box::pin(async move {
                    let outcome = store.commit(batch).await.and_then(first_outcome);
                    let after = match read {
                        Some(id) if outcome.is_ok() => load(&*store, &id).await.ok(),
                        _ => None,
                    };
                    Answer::Committed { outcome, after, date }
                })
            }
            Job::Pass { id, change, origin } => {
                let batch = self.batch(vec![change], origin);
                Box::pin(async move {
                    let outcome = store.commit(batch).await.and_then(first_outcome);
                    Answer::Passed { id, outcome }
                })
            }
            Job::Load(id) => Box::pin(async move { Answer::Loaded(load(&*store, &id).await) }),
            Job::Maintain(task) => Box::pin(async move { Answer::Maintained(store.maintain(task).await) }),
            Job::Close => Box::pin(async move { Answer::Maintained(store.close().await) }),
        }
    }

    /// A job done on this thread.
    fn run(&self, job: Job) -> Answer {
        match job {
            Job::Commit { changes, origin, read } => {
                let batch = self.batch(changes, origin);
                let date = batch.now;
                let outcome = self.commit_here(batch).and_then(first_outcome);
                let after = read.filter(|_| outcome.is_ok()).and_then(|id| self.load_here(&id).ok());
                Answer::Committed { outcome, after, date }
            }
            Job::Pass { id, change, origin } => {
                let outcome = self.commit_here(self.batch(vec![change], origin)).and_then(first_outcome);
                Answer::Passed { id, outcome }
            }
            Job::Load(id) => Answer::Loaded(self.load_here(&id)),
            job => guarded(|| Ok(block_on(self.flight(job)))).unwrap_or_else(Answer::Failed),
        }
    }

    /// Commits changes that touch no draft.
    pub(crate) async fn commit(&self, changes: Vec<Change>, origin: Origin, driver: Driver) -> Result<Committed> {
        let batch = self.batch(changes, origin);
        match driver.here() {
            Driver::Tasks => self.store.commit(batch).await,
            Driver::ThisThread => self.store.commit_blocking(batch),
        }
    }

    fn commit_here(&self, batch: Batch) -> Result<Committed> {
        guarded(|| self.store.commit_blocking(batch))
    }

    fn load_here(&self, id: &ConversationId) -> Result<Loaded> {
        guarded(|| block_on(load(&*self.store, id)))
    }

    /// Lets the conflict of a seat show what is stored now, if the store can tell without being waited for.
    pub(crate) fn refresh_conflict(self: &Arc<Self>, seat: SeatKey) {
        let id = self.ask(|machine| {
            let is_readable = machine.phase() == Phase::Open && machine.conflict_of(seat).is_some();
            is_readable.then(|| machine.seated(seat).id.clone())
        });
        let Some(id) = id else { return };
        let mut reading = Box::pin(load(&*self.store, &id));
        let polled = guarded(|| Ok(reading.as_mut().poll(&mut Context::from_waker(Waker::noop()))));
        if let Ok(Poll::Ready(Ok(loaded))) = polled {
            self.step(|machine, effects| machine.found(seat, &loaded.state, effects));
        }
    }

    pub(crate) fn stats(&self) -> Stats {
        let unsaved = self.ask(Machine::unsaved_count);
        self.counters.stats(unsaved, self.store.groups())
    }
}

/// A place of a buffer, held by a composer and by whoever waits for one of its edits.
///
/// It keeps no store open: whoever waits for a save when all is over learns that it is closed.
pub(crate) struct Seat {
    pub(crate) autosave: Weak<Autosave>,
    pub(crate) key: SeatKey,
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(autosave) = self.autosave.upgrade() {
            autosave.step(|machine, effects| machine.leave_seat(self.key, effects));
        }
    }
}

/// Waits for the answer of a call, and lets the store's jobs in front of it go on.
struct Waiting<'a> {
    autosave: &'a Arc<Autosave>,
    caller: &'a Caller,
    /// The number of its request; `None` if it waits for the saves of others.
    number: Option<u64>,
    is_answered: bool,
}

impl Waiting<'_> {
    async fn answer(mut self) -> Result<Reply> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Reply>> {
        let mut is_registered = false;
        loop {
            if let Some(answer) = self.caller.take_answer() {
                self.is_answered = true;
                return Poll::Ready(answer);
            }
            if !std::mem::replace(&mut is_registered, true) {
                // Before the next look, so that no answer comes between.
                self.caller.register(context.waker());
                if self.caller.has_flight() {
                    // Nobody is in front.
                    if let Some(effects) = self.autosave.help(self.caller) {
                        self.autosave.perform(effects);
                    } else if self.caller.has_flight() {
                        return Poll::Pending;
                    }
                }
                continue;
            }
            let has_gone_on = self.autosave.help_on(context.waker(), |machine| match self.number {
                Some(number) => machine.in_front_of(number),
                None => machine.in_flight().next().cloned().into_iter().collect(),
            });
            if !has_gone_on {
                return Poll::Pending;
            }
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.is_answered {
            return;
        }
        self.autosave.release(self.caller.abandon());
        if let Some(number) = self.number {
            self.autosave.leave(number, self.caller);
        }
    }
}

/// Returns what is stored of a conversation.
pub(crate) async fn load(store: &dyn DraftStore, id: &ConversationId) -> Result<Loaded> {
    let read = async || Ok::<_, Error>(store.get(std::slice::from_ref(id)).await?.pop().flatten());
    let is_known = |state: &DraftState| state.revision() > Revision::default();
    let mut record = read().await?;
    let mut sequence = 0;
    if !record.as_ref().is_some_and(|record| is_known(&record.state)) {
        // The sequence first: what is changed after it has a higher revision.
        sequence = store.list(&Query::first(0)).await?.sequence;
        record = read().await?;
    }
    let absent = DraftState::Absent(Revision::new(sequence));
    let Some(record) = record else {
        return Ok(Loaded { state: absent, sending: Vec::new(), unresolved: Vec::new() });
    };
    let mut loaded = Loaded {
        state: Some(record.state).filter(is_known).unwrap_or(absent),
        sending: Vec::new(),
        unresolved: Vec::new(),
    };
    for entry in Entry::all_of(&record.sending)? {
        match entry {
            Entry::Sending(sending) => loaded.sending.push((sending.number, sending.text)),
            Entry::Unresolved(typed) => {
                loaded.unresolved.push((typed.life, Content { text: typed.text, extra: typed.extra }));
            }
            Entry::Returned(_) => {}
        }
    }
    Ok(loaded)
}

fn first_outcome(committed: Committed) -> Result<crate::Outcome> {
    committed.outcomes.first().copied().ok_or(Error::corrupt("the store has answered nothing"))
}

/// Lets the store do something; what panics there ends here.
fn guarded<T>(act: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| Err(Error::corrupt("the store panicked")))
}
