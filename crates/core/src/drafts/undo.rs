use super::Drafts;
use super::buffer::{Request, Target};
use crate::{ConversationId, Outcome, Result};

impl Drafts {
    /// Brings back the draft that was cleared last in this conversation, its extra included: one step, kept in memory only,
    /// for the 32 conversations cleared last. Clearing is what [`clear`](Self::clear) and an empty
    /// [`set`](Self::set) do; a text that was sent or deleted does not come back. Without anything to bring back nothing
    /// changes. What was set, sent or typed meanwhile does not matter, as long as there is no text now.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::Error::Conflict) with what is there if the conversation has a text now; and those of
    /// [`set`](Self::set).
    pub async fn undo_clear(&self, id: &ConversationId) -> Result<Outcome> {
        self.write(Target::Id(id.clone()), Request::UndoClear).await
    }
}
