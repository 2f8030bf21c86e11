//! The autosave worker: the thread that saves what is due, and finishes what callers have left.
//!
//! It starts with the first need and ends when it has been idle. By a clock that stands still there are no timers, and
//! whoever turns the clock saves; the worker then only finishes what callers have left.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::task::{Wake, Waker};
use std::time::{Duration, Instant};

use super::{Autosave, Caller, Shared, State};
use crate::drafts::buffer::{Answer, Job, Lifecycle, Submit};
use crate::notify::is_blocking_refused;
use crate::store::Change;
use crate::sync::{MutexGuard, mpsc, thread, wait_for_end, wait_timeout};
use crate::{Error, Origin, Outcome, Result};

/// Idle time after which the worker exits.
const IDLE: Duration = Duration::from_secs(5);

/// How long dropping the last `Drafts` waits for what is being saved.
const LAST_SAVES: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(super) struct Worker {
    activity: Activity,
    thread: Option<thread::ThreadId>,
    /// Ends with the thread, when it has let go of the store.
    end: Option<mpsc::Receiver<()>>,
    /// Calls whose callers are gone.
    left: Vec<(u64, Caller)>,
    /// True if one of their jobs can go on.
    is_woken: bool,
    /// True if the last `Drafts` is gone.
    is_orphaned: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Activity {
    #[default]
    None,
    /// Until this time, or until it is woken.
    Asleep(Option<Duration>),
    Awake,
}

impl Worker {
    fn retire(&mut self) {
        self.thread = None;
        self.activity = Activity::None;
    }
}

/// The number of a write, and its changes.
type Save = (u64, Vec<Change>);

/// Wakes the worker for a job that can go on.
struct Alarm {
    shared: Weak<Shared>,
    autosave: Weak<Autosave>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        let Some(shared) = self.shared.upgrade() else { return };
        let mut state = shared.lock();
        state.worker.is_woken = true;
        if state.worker.thread.is_some() {
            return shared.rouse(&mut state);
        }
        let is_needed = !state.worker.is_orphaned || state.machine.has_work() || !state.worker.left.is_empty();
        drop(state);
        // It has ended since. Not without need, as whoever drops the last handle does not wait for this thread.
        if let Some(autosave) = is_needed.then(|| self.autosave.upgrade()).flatten() {
            autosave.wake_worker(&mut autosave.lock());
        }
    }
}

impl Shared {
    /// Wakes the thread, if it sleeps.
    fn rouse(&self, state: &mut State) {
        if state.worker.activity != Activity::Awake {
            state.worker.activity = Activity::Awake;
            self.wakeups.notify_one();
        }
    }
}

impl Autosave {
    /// Sees to it that the worker is awake at this time. By a clock that stands still, whoever turns it looks for what is
    /// due.
    pub(super) fn call_worker(self: &Arc<Self>, state: &mut State, due: Duration) {
        let worker = &mut state.worker;
        let is_late = match worker.activity {
            Activity::None => true,
            Activity::Asleep(until) => until.is_none_or(|until| due < until),
            Activity::Awake => false,
        };
        if !is_late {
            return;
        }
        self.counters.wakes.add(1);
        if self.runs {
            self.wake_worker(state);
        } else if worker.activity != Activity::Awake {
            worker.activity = Activity::Asleep(Some(due));
        }
    }

    /// Leaves a call to the worker.
    pub(super) fn leave(self: &Arc<Self>, number: u64, caller: &Caller) {
        let mut state = self.lock();
        if !state.machine.is_open_request(number) {
            return;
        }
        state.worker.left.push((number, caller.clone()));
        state.worker.is_woken = true;
        self.wake_worker(&mut state);
    }

    fn wake_worker(self: &Arc<Self>, state: &mut State) {
        let worker = &mut state.worker;
        if worker.thread.is_some() {
            return self.shared.rouse(state);
        }
        let (autosave, before) = (Arc::clone(self), worker.end.take());
        let (end, ended) = mpsc::channel();
        let work = move || {
            if let Some(before) = before {
                // Nothing is sent: this waits until the thread before has let go of the store.
                let _ = before.recv();
            }
            autosave.work();
            drop(autosave);
            drop(end);
        };
        // Without a thread the text stays unsaved, and the next edit or flush tries again.
        if let Ok(thread) = thread::Builder::new().name("chat-drafts-save".to_owned()).spawn(work) {
            worker.thread = Some(thread.thread().id());
            worker.activity = Activity::Awake;
        }
        worker.end = Some(ended);
    }

    fn work(self: &Arc<Self>) {
        // Should it panic, the next need starts a new thread.
        if catch_unwind(AssertUnwindSafe(|| self.work_in_time())).is_err() {
            self.lock().worker.retire();
        }
    }

    fn work_in_time(self: &Arc<Self>) {
        let alarm =
            Waker::from(Arc::new(Alarm { shared: Arc::downgrade(&self.shared), autosave: Arc::downgrade(self) }));
        loop {
            self.finish_left(&alarm);
            let now = self.clock.elapsed();
            self.clear_the_way(now, &alarm);
            let mut state = self.lock();
            let is_orphaned = state.worker.is_orphaned;
            let due = if self.runs || is_orphaned { state.machine.take_due(now) } else { Vec::new() };
            if !due.is_empty() {
                drop(state);
                self.save(due);
                continue;
            }
            if state.worker.is_woken {
                continue;
            }
            let waits = !state.worker.left.is_empty();
            if is_orphaned && !waits {
                return state.worker.retire();
            }
            let due = || state.machine.next_due().into_iter().chain(state.machine.next_in_the_way(now)).min();
            let next = if self.runs { due() } else { None };
            let time = match next {
                Some(next) => next.saturating_sub(now),
                None => IDLE,
            };
            let (mut state, was_woken) = self.sleep(state, next, time);
            if !was_woken && next.is_none() && !waits {
                // Under the lock it has slept with: who calls from now on starts another thread.
                return state.worker.retire();
            }
        }
    }

    /// Sleeps; returns true if somebody has called.
    fn sleep<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        until: Option<Duration>,
        time: Duration,
    ) -> (MutexGuard<'a, State>, bool) {
        state.worker.activity = Activity::Asleep(until);
        let (mut state, _) = wait_timeout(&self.shared.wakeups, &self.shared.state, state, time);
        let was_called = std::mem::replace(&mut state.worker.activity, Activity::Awake) == Activity::Awake;
        let was_woken = was_called || state.worker.is_woken;
        (state, was_woken)
    }

    /// Lets the jobs of callers that are gone go on.
    fn finish_left(self: &Arc<Self>, alarm: &Waker) {
        let left = {
            let mut state = self.lock();
            state.worker.is_woken = false;
            std::mem::take(&mut state.worker.left)
        };
        for (number, caller) in left {
            // Before the look, so that no wake-up comes between.
            caller.register(alarm);
            while self.help_on(alarm, |machine| machine.in_front_of(number)) {}
            let mut state = self.lock();
            if state.machine.is_open_request(number) {
                caller.register(alarm);
                state.worker.left.push((number, caller));
            }
        }
    }

    /// Helps on what is in flight in front of a text that is due, also if its caller holds it and does not poll.
    fn clear_the_way(self: &Arc<Self>, now: Duration, alarm: &Waker) {
        if !self.runs {
            return;
        }
        while self.help_on(alarm, |machine| machine.in_the_way(now)) {}
    }

    /// Does these jobs, those of one origin in one commit; what is refused, or too large, fails alone.
    fn save(self: &Arc<Self>, submits: Vec<Submit<Caller>>) -> usize {
        let mut by_origin: Vec<(Origin, Vec<Save>)> = Vec::new();
        let mut places: HashMap<Origin, usize> = HashMap::new();
        let mut answers = Vec::new();
        let mut count = 0;
        for Submit { number, job, .. } in submits {
            match job {
                Job::Commit { changes, origin, read: None } => {
                    count += 1;
                    let place = *places.entry(origin).or_insert(by_origin.len());
                    if place == by_origin.len() {
                        by_origin.push((origin, Vec::new()));
                    }
                    by_origin[place].1.push((number, changes));
                }
                job => answers.push((number, self.run(job))),
            }
        }
        for (origin, group) in by_origin {
            match self.commit_together(origin, &group) {
                Ok(outcomes) => {
                    let outcomes = group.iter().map(|(number, _)| *number).zip(outcomes.into_iter().map(Ok));
                    answers.extend(outcomes.map(|(number, outcome)| (number, committed(outcome))));
                }
                Err(error) if group.len() == 1 => answers.push((group[0].0, committed(Err(error)))),
                Err(_) => {
                    for write in &group {
                        let outcome =
                            self.commit_together(origin, std::slice::from_ref(write)).map(|outcomes| outcomes[0]);
                        answers.push((write.0, committed(outcome)));
                    }
                }
            }
        }
        for (number, answer) in answers {
            self.step(|machine, effects| machine.answer(number, answer, effects));
        }
        count
    }

    /// Writes all of these in one batch; returns the outcome of the first change of each.
    fn commit_together(&self, origin: Origin, group: &[Save]) -> Result<Vec<Outcome>> {
        let batch = self.batch(group.iter().flat_map(|(_, changes)| changes.iter().cloned()).collect(), origin);
        let begun = Instant::now();
        let committed = self.commit_here(batch)?;
        let mut first = 0;
        let mut outcomes = Vec::with_capacity(group.len());
        for (_, changes) in group {
            let outcome = committed.outcomes.get(first).copied();
            outcomes.push(outcome.ok_or(Error::corrupt("the store has not answered every save"))?);
            first += changes.len();
        }
        self.count_saves(group.len(), begun.elapsed());
        Ok(outcomes)
    }

    /// Saves what is due by now, on this thread; returns how many commits of conversations were asked for.
    pub(crate) fn save_due(self: &Arc<Self>) -> usize {
        let mut count = 0;
        loop {
            let now = self.clock.elapsed();
            let mut state = self.lock();
            let due = state.machine.take_due(now);
            if !self.runs && state.worker.thread.is_none() {
                state.worker.activity = Activity::Asleep(state.machine.next_due());
            }
            drop(state);
            if due.is_empty() {
                return count;
            }
            count += self.save(due);
        }
    }

    /// Saves what is due on this thread if there is no worker that does it.
    pub(super) fn save_without_worker(self: &Arc<Self>) {
        if !self.runs || self.lock().worker.thread.is_none() {
            self.save_due();
        }
    }

    /// The last `Drafts` is gone: saves what is left, also if the store is suspended, and waits for that, not for ever, and
    /// not on a thread that writes.
    pub(crate) fn finish(self: &Arc<Self>) {
        let (dirty, is_suspended) = {
            let mut state = self.lock();
            state.worker.is_orphaned = true;
            (state.machine.unsaved_count() > 0, state.machine.is_suspended_soon())
        };
        if dirty && is_suspended {
            // Nobody waits for its answer: the worker finishes it.
            let caller = Caller::default();
            let number =
                self.step(|machine, effects| machine.begin_lifecycle(Lifecycle::Resume, caller.clone(), effects));
            self.leave(number, &caller);
        }
        self.step(|machine, effects| machine.hurry(effects));
        let mut state = self.lock();
        let is_idle = state.worker.thread.is_none() && !state.machine.has_work() && state.worker.left.is_empty();
        if !is_idle {
            self.wake_worker(&mut state);
        }
        let this_thread = Some(thread::current().id());
        let end = state.worker.end.take().filter(|_| state.worker.thread != this_thread && !is_blocking_refused());
        self.shared.wakeups.notify_one();
        drop(state);
        if let Some(end) = end {
            // The channel ends with the thread.
            wait_for_end(&end, LAST_SAVES);
        }
    }
}

fn committed(outcome: Result<Outcome>) -> Answer {
    Answer::Committed { outcome, after: None, date: 0 }
}
