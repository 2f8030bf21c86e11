//! Text that is typed and not saved yet, and when it is saved.
//!
//! An edit touches memory only. Each conversation somebody composes in has a [`Slot`]; those with edits that the store does
//! not have are on one list, and the *saver* thread sleeps until the first of them is due. It is woken by an edit only if
//! that is due before all it sleeps for.
//!
//! One write at a time: a save, and a call that takes a text along, has a *turn* of the slot; a plain set, which always
//! wins, waits for nobody and *holds* saves back until it is answered. So a save that is refused shows somebody else's
//! write and never one of our own.
//!
//! Locks are taken in this order: the map of slots or the list, then one slot. None is held while the store writes, or while
//! somebody is told.

mod saver;
mod slot;
mod stats;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};

pub(crate) use saver::Desk;
pub(crate) use slot::{Bells, Pace, Save, Slot};
pub(crate) use stats::Counters;
pub use stats::Stats;

use crate::store::Committed;
use crate::{Clock, ConversationId, Draft, DraftState, DraftStore, Error, Keep, OrderPolicy, Origin, Result, Revision};

/// What a [`Drafts`](crate::Drafts) has in memory.
pub(crate) struct Autosave {
    pub(crate) store: Arc<dyn DraftStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) policy: OrderPolicy,
    pub(crate) pace: Pace,
    /// Whether the clock runs by itself, so that there is a saver.
    runs: bool,
    slots: RwLock<HashMap<ConversationId, Arc<Slot>>>,
    desk: Mutex<Desk>,
    /// Wakes the saver.
    bell: Condvar,
    /// Whether edits are refused.
    is_closed: AtomicBool,
    pub(crate) counters: Counters,
}

impl Autosave {
    pub(crate) fn new(store: Arc<dyn DraftStore>, clock: Arc<dyn Clock>, policy: OrderPolicy, pace: Pace) -> Self {
        Self {
            store,
            policy,
            pace,
            runs: clock.is_running(),
            clock,
            slots: RwLock::default(),
            desk: Mutex::default(),
            bell: Condvar::new(),
            is_closed: AtomicBool::new(false),
            counters: Counters::default(),
        }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The slot of a conversation, if it has one.
    pub(crate) fn slot(&self, id: &ConversationId) -> Option<Arc<Slot>> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// What [`Drafts::get`](crate::Drafts::get) shows in place of what is stored.
    pub(crate) fn pending(&self, id: &ConversationId) -> Option<Option<Draft>> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).get(id)?.lock().pending()
    }

    /// Makes room for one composer more.
    pub(crate) fn join(&self, id: &ConversationId, origin: Origin) -> Arc<Slot> {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.entry(id.clone()).or_insert_with(|| Arc::new(Slot::new(id.clone(), origin)));
        slot.lock().join();
        Arc::clone(slot)
    }

    /// A composer has gone. What it leaves unsaved is saved now; in a conflict that nobody ends any more both texts are kept.
    pub(crate) fn leave(self: &Arc<Self>, slot: &Arc<Slot>) {
        let mut state = slot.lock();
        state.composers -= 1;
        let bells = if state.composers == 0 { state.resolve(Keep::Both) } else { None };
        state.hurry();
        drop(state);
        bells.unwrap_or_default().ring();
        self.look_after(slot);
    }

    /// Takes an edit into memory; gives its number.
    pub(crate) fn edit(self: &Arc<Self>, slot: &Arc<Slot>, text: String, origin: Origin) -> Result<u64> {
        if self.is_closed.load(Ordering::Acquire) {
            return Err(Error::Closed);
        }
        let (now, date) = (self.clock.elapsed(), self.clock.now());
        let mut state = slot.lock();
        let (is_edit, is_first) = state.edit(text, origin, now, date);
        let version = state.version();
        drop(state);
        if is_edit {
            self.counters.edits.add(1);
        }
        if is_first {
            self.look_after(slot);
        }
        Ok(version)
    }

    /// Ends a conflict by this choice; says whether there was one.
    pub(crate) fn resolve(self: &Arc<Self>, slot: &Arc<Slot>, keep: Keep) -> bool {
        let bells = slot.lock().resolve(keep);
        let was_conflict = bells.is_some();
        bells.unwrap_or_default().ring();
        self.look_after(slot);
        was_conflict
    }

    /// Sees to it that a slot is saved when it is due, and forgotten when nobody needs it.
    pub(crate) fn look_after(self: &Arc<Self>, slot: &Arc<Slot>) {
        let mut desk = self.desk();
        let mut state = slot.lock();
        if state.is_dirty() && !std::mem::replace(&mut state.is_listed, true) {
            desk.list(Arc::clone(slot));
        }
        let due = state.due(self.pace);
        let is_idle = state.is_idle();
        drop(state);
        if let Some(due) = due {
            self.call_saver(&mut desk, due);
        }
        drop(desk);
        if is_idle {
            self.forget(slot);
        }
    }

    fn forget(&self, slot: &Arc<Slot>) {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let state = slot.lock();
        if state.is_idle()
            && let Entry::Occupied(entry) = slots.entry(state.id.clone())
            && Arc::ptr_eq(entry.get(), slot)
        {
            entry.remove();
        }
    }

    /// Begins a plain write of our own: saves of the conversation wait until it is answered. `text` is what it leaves.
    pub(crate) fn hold(self: &Arc<Self>, id: &ConversationId, text: &str) -> Option<Hold> {
        let slot = self.slot(id)?;
        let version = slot.lock().hold();
        Some(Hold { autosave: Arc::clone(self), slot, version, text: Some(text.to_owned()) })
    }

    /// Waits until nobody writes to the conversation, and lets nobody do so as long as the turn lasts.
    pub(crate) async fn turn(self: &Arc<Self>, slot: Arc<Slot>) -> Turn {
        loop {
            let (next, version) = {
                let mut state = slot.lock();
                (state.begin(), state.version())
            };
            match next {
                None => return Turn { autosave: Arc::clone(self), slot, version, leaves: None },
                // A turn that is given up without a word is over too.
                Some(next) => drop(next.await),
            }
        }
    }

    /// Refuses edits from now on, or takes them again.
    pub(crate) fn close(&self, is_closed: bool) {
        self.is_closed.store(is_closed, Ordering::Release);
    }

    /// The texts that the store does not have.
    pub(crate) fn unsaved(&self) -> Vec<(ConversationId, String)> {
        let mut unsaved = Vec::new();
        for slot in self.desk().listed() {
            let state = slot.lock();
            if state.is_dirty() {
                unsaved.push((state.id.clone(), state.text().to_owned()));
            }
        }
        unsaved
    }

    /// How many conversations have edits that the store does not have.
    pub(crate) fn unsaved_count(&self) -> u64 {
        self.desk().listed().iter().filter(|slot| slot.lock().is_dirty()).count() as u64
    }

    /// Gives the composers of a conversation another one.
    fn rename(&self, slot: &Arc<Slot>, to: &ConversationId) {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let mut state = slot.lock();
        slots.remove(&state.id);
        state.id = to.clone();
        drop(state);
        // Composers of both ids go on, each with a text of its own; what differs is a conflict.
        slots.entry(to.clone()).or_insert_with(|| Arc::clone(slot));
    }
}

/// A plain write of our own on its way.
pub(crate) struct Hold {
    autosave: Arc<Autosave>,
    slot: Arc<Slot>,
    version: u64,
    /// What it leaves; `None` once it was answered.
    text: Option<String>,
}

impl Hold {
    /// It was made, and this is what the store has from now on.
    pub(crate) fn made(mut self, extra: Option<Vec<u8>>, revision: Revision) {
        let text = self.text.take().unwrap_or_default();
        let mut state = self.slot.lock();
        let now = match text.is_empty() {
            true => DraftState::Absent(revision),
            false => {
                let extra = extra.unwrap_or_else(|| state.extra().to_vec());
                DraftState::Present(Draft::new(text, extra, revision, 0))
            }
        };
        let bells = state.replaced(self.version, &now);
        drop(state);
        bells.ring();
    }

    /// It was refused, or may have been.
    pub(crate) fn failed(mut self, error: &Error) {
        self.text.take_if(|_| !error.is_uncertain());
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut state = self.slot.lock();
        if let Some(text) = self.text.take() {
            state.lose_track(self.version, text);
        }
        let bells = state.let_go();
        drop(state);
        bells.ring();
        self.autosave.look_after(&self.slot);
    }
}

/// The right to be the only one who writes to a conversation.
pub(crate) struct Turn {
    autosave: Arc<Autosave>,
    slot: Arc<Slot>,
    /// The edits it knows.
    pub(crate) version: u64,
    /// What the write under way leaves, as long as it is not answered.
    leaves: Option<String>,
}

impl Turn {
    /// The conversation's id, its text and what that was made of, if it is loaded: what a call takes along.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the host has to choose first.
    pub(crate) fn look(&mut self) -> Result<(ConversationId, Option<(String, Revision)>)> {
        let state = self.slot.lock();
        self.version = state.version();
        match state.conflict() {
            Some(current) => Err(Error::Conflict { current: Box::new(current.clone()) }),
            None => Ok((state.id.clone(), state.known())),
        }
    }

    /// The conversation was renamed from one id to another, and this is stored of both. What was typed meanwhile knows
    /// nothing of it: its save is a conflict.
    pub(crate) fn renamed(&self, from: &ConversationId, to: &ConversationId, now: &DraftState) {
        let mut state = self.slot.lock();
        let is_from = state.id == *from;
        let bells = (state.version() == self.version).then(|| state.moved(self.version, now));
        drop(state);
        if is_from {
            self.autosave.rename(&self.slot, to);
        }
        bells.unwrap_or_default().ring();
    }

    /// Goes by the edits there are now.
    pub(crate) fn look_aside(&mut self) {
        self.version = self.slot.lock().version();
    }

    /// A write was refused, since this is stored.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it is somebody else's; else the next attempt knows of it.
    pub(crate) async fn meet(&self, base: Revision, current: &DraftState) -> Result<()> {
        let (is_foreign, bells) = self.slot.lock().meet(base, current);
        bells.ring();
        self.catch_up().await;
        if is_foreign { Err(Error::Conflict { current: Box::new(current.clone()) }) } else { Ok(()) }
    }

    /// The write was made, and this is stored now, in the place of all edits it knew.
    pub(crate) fn replaced(&self, now: &DraftState) {
        let bells = self.slot.lock().replaced(self.version, now);
        bells.ring();
    }

    /// A text that was not sent stands in front of the draft again, which is this now.
    pub(crate) fn unsent(&self, unsent: &str, now: &DraftState) {
        let bells = self.slot.lock().unsent(self.version, unsent, now);
        bells.ring();
    }

    /// A write is on its way that leaves this text.
    pub(crate) fn writes(&mut self, leaves: &str) {
        self.leaves = Some(leaves.to_owned());
    }

    /// It was answered.
    pub(crate) fn answered<T>(&mut self, answer: &Result<T>) {
        self.leaves.take_if(|_| !answer.as_ref().is_err_and(Error::is_uncertain));
    }

    /// Saves what the store does not have.
    ///
    /// # Errors
    /// What the store answers; [`Error::Conflict`] also if there was one before.
    pub(crate) async fn save(&mut self) -> Result<()> {
        loop {
            let save = {
                let mut state = self.slot.lock();
                self.version = state.version();
                if let Some(current) = state.conflict() {
                    return Err(Error::Conflict { current: Box::new(current.clone()) });
                }
                state.take()
            };
            let Some(save) = save else { return Ok(()) };
            self.writes(save.text());
            let committed = self.autosave.store.commit(self.autosave.batch(std::slice::from_ref(&save))).await;
            self.answered(&committed);
            self.autosave.note(&self.slot, &save, &committed.as_ref().map(first).map_err(Clone::clone)).ring();
            match committed {
                Ok(_) => return Ok(()),
                // If a plain set of our own came between, the next attempt knows of it.
                Err(Error::Conflict { .. }) => self.catch_up().await,
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until the plain writes of our own that are on their way have been answered.
    pub(crate) async fn catch_up(&self) {
        loop {
            let answered = self.slot.lock().holds();
            let Some(answered) = answered else { return };
            let _ = answered.await;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.slot.lock();
        if let Some(text) = self.leaves.take() {
            state.lose_track(self.version, text);
        }
        let bells = state.end();
        drop(state);
        bells.ring();
        self.autosave.look_after(&self.slot);
    }
}

/// What became of the only change of a batch.
pub(crate) fn first(committed: &Committed) -> crate::Outcome {
    committed.outcomes.first().copied().unwrap_or(crate::Outcome::Unchanged(Revision::default()))
}
