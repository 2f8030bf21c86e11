//! Who writes to a conversation, and what becomes of the text that is composed in it.

use std::sync::Arc;
use std::time::Instant;

use super::{Autosave, Slot};
use crate::{ConversationId, Draft, DraftState, Error, Outcome, Result, Revision};

impl Autosave {
    /// Begins a plain write of our own: saves of the conversation wait until it is answered. `text` is what it leaves.
    pub(crate) fn hold(self: &Arc<Self>, id: &ConversationId, text: &str) -> Option<Hold> {
        // Under the map's lock, so that the slot is not forgotten before it is held.
        let slots = self.slots();
        let slot = Arc::clone(slots.get(id)?);
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
    /// It was answered. If it was made, its text is what the store has from now on, with this extra, or the one before.
    pub(crate) fn answered(mut self, answer: &Result<Outcome>, extra: Option<Vec<u8>>) {
        let revision = match answer {
            Ok(outcome) => outcome.revision(),
            Err(error) => {
                self.text.take_if(|_| !error.is_uncertain());
                return;
            }
        };
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
    version: u64,
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
        state.check_conflict()?;
        Ok((state.id.clone(), state.known()))
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
    /// What the store answers; [`Error::Suspended`]; [`Error::Conflict`] also if there was one before.
    pub(crate) async fn save(&mut self) -> Result<()> {
        self.autosave.check_awake()?;
        loop {
            let save = {
                let mut state = self.slot.lock();
                self.version = state.version();
                state.check_conflict()?;
                state.take()
            };
            let Some(save) = save else { return Ok(()) };
            self.writes(save.text());
            let (saves, begun) = (std::slice::from_ref(&save), Instant::now());
            let committed = self.autosave.store.commit(self.autosave.batch(saves)).await;
            let answer = self.autosave.outcomes(saves, begun, committed).map(|outcomes| outcomes[0]);
            self.answered(&answer);
            self.autosave.note(&self.slot, &save, &answer).ring();
            match answer {
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
