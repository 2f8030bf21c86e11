//! The thread that saves what is due, and who waits for it.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError, mpsc};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use futures_channel::oneshot;

use super::{Autosave, Bells, Save, Slot};
use crate::engine::is_writing;
use crate::store::{Batch, Committed};
use crate::{ConversationId, Error, Origin, Outcome, Result};

/// How long the saver stays when there is nothing to do.
const IDLE: Duration = Duration::from_secs(5);

/// What is due within this time is saved together with what is due now.
const TOGETHER: Duration = Duration::from_millis(50);

/// How long dropping the last `Drafts` waits for what is being saved.
const LAST_SAVES: Duration = Duration::from_secs(2);

/// The list of what is to be saved, and the saver.
#[derive(Default)]
pub(crate) struct Desk {
    slots: Vec<Arc<Slot>>,
    saver: Saver,
    thread: Option<ThreadId>,
    /// Ends with the thread, when it has let go of the store.
    end: Option<mpsc::Receiver<()>>,
    /// Whether the last `Drafts` is gone.
    is_orphaned: bool,
}

#[derive(Default, PartialEq, Eq)]
enum Saver {
    #[default]
    None,
    /// Until this time, or for ever.
    Asleep(Option<Duration>),
    Awake,
}

/// What is on the list.
enum Work {
    Saves(Vec<(Arc<Slot>, Save)>),
    /// Something is due then.
    At(Duration),
    None,
}

impl Desk {
    pub(super) fn list(&mut self, slot: Arc<Slot>) {
        self.slots.push(slot);
    }

    pub(super) fn listed(&self) -> &[Arc<Slot>] {
        &self.slots
    }
}

impl Autosave {
    /// Sees to it that the saver is awake at this time.
    pub(super) fn call_saver(self: &Arc<Self>, desk: &mut Desk, due: Duration) {
        let is_late = match desk.saver {
            Saver::None => true,
            Saver::Asleep(until) => until.is_none_or(|until| due < until),
            Saver::Awake => false,
        };
        if !is_late || self.check_awake().is_err() {
            return;
        }
        self.counters.wakes.add(1);
        if !self.runs {
            // Whoever turns the clock looks for what is due.
            desk.saver = Saver::Asleep(Some(due));
            return;
        }
        if desk.saver != Saver::None {
            desk.saver = Saver::Awake;
            self.bell.notify_one();
            return;
        }
        let (autosave, before) = (Arc::clone(self), desk.end.take());
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
        if let Ok(thread) = std::thread::Builder::new().name("chat-drafts-save".to_owned()).spawn(work) {
            desk.thread = Some(thread.thread().id());
            desk.saver = Saver::Awake;
        }
        desk.end = Some(ended);
    }

    fn work(self: &Arc<Self>) {
        // Should it panic, the next edit starts a new thread.
        let _ = catch_unwind(AssertUnwindSafe(|| self.save_in_time()));
        let mut desk = self.desk();
        desk.saver = Saver::None;
        desk.thread = None;
    }

    fn save_in_time(self: &Arc<Self>) {
        loop {
            let now = self.clock.elapsed();
            let mut desk = self.desk();
            let is_over = match self.take_due(&mut desk, now) {
                Work::Saves(saves) => {
                    drop(desk);
                    self.save(saves);
                    false
                }
                _ if desk.is_orphaned => true,
                Work::At(due) => {
                    self.sleep(desk, Some(due), due.saturating_sub(now));
                    false
                }
                Work::None => !self.sleep(desk, None, IDLE),
            };
            if is_over {
                return;
            }
        }
    }

    /// Sleeps; says whether somebody has called.
    fn sleep(&self, mut desk: MutexGuard<'_, Desk>, until: Option<Duration>, time: Duration) -> bool {
        desk.saver = Saver::Asleep(until);
        let (mut desk, _) = self.bell.wait_timeout(desk, time).unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut desk.saver, Saver::Awake) == Saver::Awake
    }

    /// Takes all that is due, if anything is; forgets what needs no save.
    fn take_due(&self, desk: &mut Desk, now: Duration) -> Work {
        let mut next: Option<Duration> = None;
        desk.slots.retain(|slot| {
            let mut state = slot.lock();
            state.is_listed = state.is_dirty();
            if let Some(due) = state.due(self.pace) {
                next = Some(next.map_or(due, |next| next.min(due)));
            }
            state.is_listed
        });
        let Some(next) = next.filter(|_| self.check_awake().is_ok()) else { return Work::None };
        if next > now {
            return Work::At(next);
        }
        let mut saves = Vec::new();
        for slot in &desk.slots {
            let mut state = slot.lock();
            if state.due(self.pace).is_some_and(|due| due <= now + TOGETHER)
                && state.begin().is_none()
                && let Some(save) = state.take()
            {
                saves.push((Arc::clone(slot), save));
            }
        }
        Work::Saves(saves)
    }

    /// Saves all of these, in one commit if they have one origin, and ends their turns.
    fn save(self: &Arc<Self>, saves: Vec<(Arc<Slot>, Save)>) {
        let mut by_origin: Vec<(Vec<Arc<Slot>>, Vec<Save>)> = Vec::new();
        let mut places: HashMap<Origin, usize> = HashMap::new();
        for (slot, save) in saves {
            let place = *places.entry(save.origin).or_insert(by_origin.len());
            if place == by_origin.len() {
                by_origin.push(Default::default());
            }
            by_origin[place].0.push(slot);
            by_origin[place].1.push(save);
        }
        let mut bells = Vec::new();
        for (slots, saves) in by_origin {
            match self.commit(&saves) {
                Ok(outcomes) => {
                    for ((slot, save), outcome) in slots.iter().zip(&saves).zip(outcomes) {
                        bells.extend(self.end(slot, save, &Ok(outcome)));
                    }
                }
                Err(error) => {
                    for (slot, save) in slots.iter().zip(&saves) {
                        // One that is refused, or too large, fails alone.
                        let answer = match saves.len() {
                            1 => Err(error.clone()),
                            _ => self.commit(std::slice::from_ref(save)).map(|outcomes| outcomes[0]),
                        };
                        bells.extend(self.end(slot, save, &answer));
                    }
                }
            }
        }
        bells.into_iter().for_each(Bells::ring);
    }

    fn commit(&self, saves: &[Save]) -> Result<Vec<Outcome>> {
        let batch = self.batch(saves);
        let begun = Instant::now();
        let committed = catch_unwind(AssertUnwindSafe(|| self.store.commit_blocking(batch)));
        self.outcomes(saves, begun, committed.unwrap_or(Err(Error::corrupt("the store panicked"))))
    }

    /// What became of these saves, which were given to the store at this time in one batch.
    pub(super) fn outcomes(
        &self,
        saves: &[Save],
        begun: Instant,
        committed: Result<Committed>,
    ) -> Result<Vec<Outcome>> {
        let committed = committed?;
        if committed.outcomes.len() != saves.len() {
            return Err(Error::corrupt("the store has not answered every save"));
        }
        self.counters.commits.add(1);
        self.counters.largest_commit.at_least(saves.len() as u64);
        self.counters.latency.note(begun.elapsed());
        Ok(committed.outcomes)
    }

    /// These saves, of one origin, as a batch.
    pub(super) fn batch(&self, saves: &[Save]) -> Batch {
        let origin = saves.first().map_or_else(Origin::new, |save| save.origin);
        let changes = saves.iter().map(Save::change).collect();
        Batch { changes, now: self.clock.now(), policy: self.policy, origin }
    }

    /// What became of a save.
    pub(super) fn note(&self, slot: &Slot, save: &Save, answer: &Result<Outcome>) -> Bells {
        let now = self.clock.elapsed();
        let mut state = slot.lock();
        match answer {
            Ok(outcome) => {
                self.counters.saves.add(1);
                self.counters.coalesced.add(state.edits_before(save));
                state.saved(save, *outcome)
            }
            Err(error) => state.failed(save, error, now),
        }
    }

    /// Ends the turn of a save; gives who is to be told.
    fn end(self: &Arc<Self>, slot: &Arc<Slot>, save: &Save, answer: &Result<Outcome>) -> [Bells; 2] {
        let noted = self.note(slot, save, answer);
        let next = slot.lock().end();
        self.look_after(slot);
        [next, noted]
    }

    /// Saves what is due by now, on this thread; says how many conversations.
    pub(crate) fn save_due(self: &Arc<Self>) -> usize {
        let mut count = 0;
        loop {
            let now = self.clock.elapsed();
            let mut desk = self.desk();
            let work = self.take_due(&mut desk, now);
            if !self.runs {
                desk.saver = match work {
                    Work::At(due) => Saver::Asleep(Some(due)),
                    Work::Saves(_) => Saver::Awake,
                    Work::None => Saver::Asleep(None),
                };
            }
            drop(desk);
            let Work::Saves(saves) = work else { return count };
            count += saves.len();
            self.save(saves);
        }
    }

    /// Saves everything, whether it is due or not.
    ///
    /// # Errors
    /// [`Error::Unsaved`] names what could not be saved.
    pub(crate) async fn flush(self: &Arc<Self>) -> Result<()> {
        let waiting = self.hurry();
        if !self.has_saver() {
            self.save_due();
        }
        let mut unsaved: Option<(Vec<ConversationId>, Error)> = None;
        for (id, receipt) in waiting {
            let answer = match receipt {
                Some(receipt) => receipt.await.unwrap_or(Err(Error::Closed)),
                None => Err(Error::Suspended),
            };
            if let Err(error) = answer {
                unsaved.get_or_insert((Vec::new(), error)).0.push(id);
            }
        }
        match unsaved {
            Some((conversations, reason)) => Err(Error::Unsaved { conversations, reason: Box::new(reason) }),
            None => Ok(()),
        }
    }

    /// Whether there is a thread that saves: not by a clock that stands still, nor where there are no threads to be had.
    fn has_saver(&self) -> bool {
        self.runs && self.desk().saver != Saver::None
    }

    /// Makes everything due now; gives who is not saved, and what tells when it is, unless nothing is saved at the moment.
    fn hurry(self: &Arc<Self>) -> Vec<(ConversationId, Option<oneshot::Receiver<Result<()>>>)> {
        let mut waiting = Vec::new();
        let mut desk = self.desk();
        for slot in &desk.slots {
            let mut state = slot.lock();
            let version = state.version();
            if self.check_awake().is_err() && state.is_dirty() {
                waiting.push((state.id.clone(), None));
            } else if let Some(receipt) = state.receipt(version) {
                state.hurry();
                waiting.push((state.id.clone(), Some(receipt)));
            }
        }
        if !waiting.is_empty() {
            self.call_saver(&mut desk, Duration::ZERO);
        }
        waiting
    }

    /// Leaves the store alone from now on, or saves again, and then at once.
    pub(crate) fn suspend(self: &Arc<Self>, is_suspended: bool) {
        let mut desk = self.desk();
        self.is_suspended.store(is_suspended, Ordering::Release);
        if !is_suspended {
            desk.slots.iter().for_each(|slot| slot.lock().hurry());
            if !desk.slots.is_empty() {
                self.call_saver(&mut desk, Duration::ZERO);
            }
        }
    }

    /// The last `Drafts` is gone: saves what is left, and waits for that, not for ever, and not on a thread that writes.
    pub(crate) fn finish(self: &Arc<Self>) {
        let mut desk = self.desk();
        desk.is_orphaned = true;
        self.is_suspended.store(false, Ordering::Release);
        desk.slots.iter().for_each(|slot| slot.lock().hurry());
        if !desk.slots.is_empty() || desk.saver != Saver::None {
            self.call_saver(&mut desk, Duration::ZERO);
        }
        let end = desk.end.take().filter(|_| desk.thread != Some(std::thread::current().id()) && !is_writing());
        drop(desk);
        if !self.has_saver() {
            self.save_due();
        }
        if let Some(end) = end {
            // Nothing is sent: the channel ends with the thread.
            let _ = end.recv_timeout(LAST_SAVES);
        }
    }
}
