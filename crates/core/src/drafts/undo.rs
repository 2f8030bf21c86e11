use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Drafts;
use crate::{ConversationId, Draft, DraftInput, DraftState, Error, Outcome, Result, Revision};

/// How many cleared drafts are remembered.
const MOST: usize = 32;

/// The drafts that were cleared last, in memory only.
#[derive(Default)]
pub(super) struct Cleared(Mutex<VecDeque<(ConversationId, Draft, Revision)>>);

impl Cleared {
    fn lock(&self) -> MutexGuard<'_, VecDeque<(ConversationId, Draft, Revision)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This draft was cleared, and has been absent since this revision.
    pub(super) fn remember(&self, id: &ConversationId, draft: Draft, absent_since: Revision) {
        let mut cleared = self.lock();
        cleared.retain(|(other, ..)| other != id);
        if cleared.len() == MOST {
            cleared.pop_front();
        }
        cleared.push_back((id.clone(), draft, absent_since));
    }

    fn get(&self, id: &ConversationId) -> Option<(Draft, Revision)> {
        let cleared = self.lock();
        cleared.iter().find(|(other, ..)| other == id).map(|(_, draft, revision)| (draft.clone(), *revision))
    }

    fn forget(&self, id: &ConversationId) {
        self.lock().retain(|(other, ..)| other != id);
    }

    pub(super) fn forget_all(&self) {
        self.lock().clear();
    }
}

impl Drafts {
    /// Brings back the draft that was cleared last in this conversation, its extra included: one step, kept in memory only,
    /// for the 32 conversations cleared last. Clearing is what [`clear`](Self::clear) and an empty
    /// [`set`](Self::set) do; a text that was sent or deleted does not come back. Without anything to bring back nothing
    /// changes.
    ///
    /// # Errors
    /// [`Error::Conflict`] with what is there if the conversation has a text by now; and those of [`set`](Self::set).
    pub async fn undo_clear(&self, id: &ConversationId) -> Result<Outcome> {
        let Some((draft, absent_since)) = self.inner.cleared.get(id) else {
            return Ok(Outcome::Unchanged(self.revision(id).await?));
        };
        if let Some(Some(typed)) = self.inner.autosave.pending(id) {
            return Err(Error::Conflict { current: Box::new(DraftState::Present(typed)) });
        }
        let extra = draft.extra().to_vec();
        let input = DraftInput::new(draft.into_text()).extra(extra).based_on(absent_since);
        let restored = self.set_with(id, input).await?;
        self.inner.cleared.forget(id);
        Ok(restored)
    }
}
