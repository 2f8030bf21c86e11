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

mod save;
mod saver;
mod slot;
mod stats;
mod turn;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

pub(crate) use save::{Bells, Save};
pub(crate) use saver::Desk;
pub(crate) use slot::{Pace, Slot};
pub(crate) use stats::Counters;
pub use stats::Stats;
pub(crate) use turn::Turn;

use crate::{Clock, ConversationId, Draft, DraftStore, Error, Keep, OrderPolicy, Origin, Result};

/// The slots of the conversations that have one.
type Slots = HashMap<ConversationId, Arc<Slot>>;

/// What a [`Drafts`](crate::Drafts) has in memory.
pub(crate) struct Autosave {
    pub(crate) store: Arc<dyn DraftStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) policy: OrderPolicy,
    pub(crate) pace: Pace,
    /// Whether the clock runs by itself, so that there is a saver.
    runs: bool,
    slots: RwLock<Slots>,
    desk: Mutex<Desk>,
    /// Wakes the saver.
    bell: Condvar,
    /// Whether edits are refused.
    is_closed: AtomicBool,
    /// Whether the store is not to be used at the moment, and nothing is saved.
    is_suspended: AtomicBool,
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
            is_suspended: AtomicBool::new(false),
            counters: Counters::default(),
        }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slots(&self) -> RwLockReadGuard<'_, Slots> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn slots_mut(&self) -> RwLockWriteGuard<'_, Slots> {
        self.slots.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The slot of a conversation, if it has one.
    pub(crate) fn slot(&self, id: &ConversationId) -> Option<Arc<Slot>> {
        self.slots().get(id).cloned()
    }

    /// What [`Drafts::get`](crate::Drafts::get) shows in place of what is stored.
    pub(crate) fn pending(&self, id: &ConversationId) -> Option<Option<Draft>> {
        self.slots().get(id)?.lock().pending()
    }

    /// Makes room for one composer more.
    pub(crate) fn join(&self, id: &ConversationId, origin: Origin) -> Arc<Slot> {
        let mut slots = self.slots_mut();
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
        let mut slots = self.slots_mut();
        let state = slot.lock();
        if state.is_idle()
            && let Entry::Occupied(entry) = slots.entry(state.id.clone())
            && Arc::ptr_eq(entry.get(), slot)
        {
            entry.remove();
        }
    }

    /// Refuses edits from now on, or takes them again.
    pub(crate) fn close(&self, is_closed: bool) {
        self.is_closed.store(is_closed, Ordering::Release);
    }

    /// # Errors
    /// [`Error::Suspended`] while the store is not to be used.
    pub(crate) fn check_awake(&self) -> Result<()> {
        if self.is_suspended.load(Ordering::Acquire) { Err(Error::Suspended) } else { Ok(()) }
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
        let mut slots = self.slots_mut();
        let mut state = slot.lock();
        slots.remove(&state.id);
        state.id = to.clone();
        drop(state);
        // Composers of both ids go on, each with a text of its own; what differs is a conflict.
        slots.entry(to.clone()).or_insert_with(|| Arc::clone(slot));
    }
}
