use std::fmt;

use super::Drafts;
use super::autosave::Turn;
use crate::store::{Change, Record, Scope, Sending};
use crate::{ConversationId, DraftState, Error, Outcome, Query, Result};

/// A text that is being sent. It has left the draft, and is kept until the ticket says what became of it.
///
/// A ticket that is dropped without a word keeps its text in the store, and so does a crash:
/// [`Drafts::tickets`](crate::Drafts::tickets) gives it again.
///
/// ```
/// # use chat_drafts_core::{Composer, Result};
/// # async fn example(composer: &Composer, send: impl AsyncFn(&str) -> bool) -> Result<()> {
/// let ticket = composer.begin_send().await?;
/// if send(ticket.text()).await {
///     ticket.confirm().await?; // it is gone
/// } else {
///     ticket.abort().await?; // it is the draft again, in front of what was typed meanwhile
/// }
/// # Ok(())
/// # }
/// ```
pub struct Ticket {
    drafts: Drafts,
    id: ConversationId,
    sending: Sending,
}

impl Drafts {
    /// Takes the text of a conversation out of its draft, to be sent: what was typed last, saved or not. One commit, after
    /// which the draft is empty, and every save based on what was before is refused: a text that was sent never comes back.
    ///
    /// If the future is dropped before it is answered, a text that was taken is among the [`tickets`](Self::tickets).
    ///
    /// # Errors
    /// [`Error::NothingToSend`] if there is no text; [`Error::Conflict`] if somebody else has stored another text than the
    /// one typed here; and what the store answers. The draft is as before then.
    pub async fn begin_send(&self, id: &ConversationId) -> Result<Ticket> {
        let begun = match self.inner.autosave.slot(id) {
            Some(slot) => self.take_typed(self.inner.autosave.turn(slot).await).await?,
            None => self.commit_one(Change::BeginSend { id: id.clone(), text: None, base: None }).await?,
        };
        let number = begun.revision().get();
        let found = self.find(id, number).await?;
        let (id, sending) = found.ok_or(Error::corrupt("a text that was to be sent is gone"))?;
        Ok(Ticket { drafts: self.clone(), id, sending })
    }

    async fn take_typed(&self, mut turn: Turn) -> Result<Outcome> {
        loop {
            let (id, known) = turn.look()?;
            let (text, base) = known.map_or((None, None), |(text, base)| (Some(text), Some(base)));
            turn.writes("");
            let begun = self.commit_one(Change::BeginSend { id, text, base }).await;
            turn.answered(&begun);
            match begun {
                Err(Error::Conflict { current }) => turn.meet(base.unwrap_or_default(), &current).await?,
                Ok(begun) => {
                    turn.replaced(&DraftState::Absent(begun.revision()));
                    return Ok(begun);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The texts that are being sent, and those of which nobody has said what became of them before a crash, in the order in
    /// which their sending began. Ask after a restart, and confirm or abort each.
    ///
    /// A text whose ticket somebody still holds is among them.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub async fn tickets(&self) -> Result<Vec<Ticket>> {
        let mut tickets = Vec::new();
        for record in self.sending().await? {
            for sending in Sending::all_of(&record.sending)? {
                tickets.push(Ticket { drafts: self.clone(), id: record.id.clone(), sending });
            }
        }
        tickets.sort_by_key(|ticket| ticket.sending.number);
        Ok(tickets)
    }

    async fn sending(&self) -> Result<Vec<Record>> {
        let page = self.read_list(&Query::all().of(Scope::Sending)).await?;
        Ok(page.items.into_iter().map(crate::Conversation::into_record).collect())
    }

    /// A text that is being sent, and whose it is: in this conversation, or, if that was renamed, in another.
    async fn find(&self, id: &ConversationId, number: u64) -> Result<Option<(ConversationId, Sending)>> {
        let take = |mut record: Record| {
            let taken = Sending::take_from(&mut record.sending, number)?;
            Ok(taken.map(|sending| (record.id, sending)))
        };
        if let Some(record) = self.record(id).await?
            && let Some(found) = take(record)?
        {
            return Ok(Some(found));
        }
        let mut elsewhere = self.sending().await?.into_iter().map(take);
        elsewhere.find_map(Result::transpose).transpose()
    }

    async fn confirm_send(&self, id: &ConversationId, number: u64) -> Result<Outcome> {
        self.commit_one(Change::ConfirmSend { id: id.clone(), number }).await
    }

    async fn abort_send(&self, id: &ConversationId, sending: &Sending) -> Result<Outcome> {
        let change = Change::AbortSend { id: id.clone(), number: sending.number };
        let Some(slot) = self.inner.autosave.slot(id) else { return self.commit_one(change).await };
        let mut turn = self.inner.autosave.turn(slot).await;
        match turn.save().await {
            // In a conflict both texts stay where they are: what somebody else has stored gets the unsent one in front.
            Ok(()) | Err(Error::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
        turn.look_aside();
        let aborted = self.commit_one(change).await?;
        if aborted.is_changed() {
            turn.unsent(&sending.text, &self.stored(id).await?);
        }
        Ok(aborted)
    }
}

impl Ticket {
    /// Whose text it is. After a [`rename`](crate::Conversations::rename) the ticket is as good as before.
    pub fn id(&self) -> &ConversationId {
        &self.id
    }

    /// The number of the sending: no other of the store has it. The ticket of the same text after a restart has the same.
    pub fn number(&self) -> u64 {
        self.sending.number
    }

    /// The text to send, byte for byte as it was typed.
    pub fn text(&self) -> &str {
        &self.sending.text
    }

    /// The extra that was kept with it.
    pub fn extra(&self) -> &[u8] {
        &self.sending.extra
    }

    /// When sending began, in milliseconds since the Unix epoch, UTC.
    pub fn began_at(&self) -> i64 {
        self.sending.began_at
    }

    /// It was sent: its text is forgotten. One commit. Confirming again is fine and changes nothing.
    ///
    /// # Errors
    /// What the store answers. The text is still kept then, and the ticket can be used again.
    pub async fn confirm(&self) -> Result<Outcome> {
        let (drafts, number) = (&self.drafts, self.number());
        let confirmed = drafts.confirm_send(&self.id, number).await?;
        match confirmed.is_changed() {
            true => Ok(confirmed),
            false => match drafts.find(&self.id, number).await? {
                Some((id, _)) => drafts.confirm_send(&id, number).await,
                None => Ok(confirmed),
            },
        }
    }

    /// It was not sent: its text stands in front of what was typed since, a newline between them, and is the draft again.
    /// Its extra comes back too, unless there is a newer one. A composer shows the joined text when this returns. Aborting
    /// what was confirmed or aborted before changes nothing.
    ///
    /// # Errors
    /// What the store answers. The text is still kept then, and the ticket can be used again.
    pub async fn abort(&self) -> Result<Outcome> {
        let (drafts, number) = (&self.drafts, self.number());
        let aborted = drafts.abort_send(&self.id, &self.sending).await?;
        match aborted.is_changed() {
            true => Ok(aborted),
            false => match drafts.find(&self.id, number).await? {
                Some((id, sending)) => drafts.abort_send(&id, &sending).await,
                None => Ok(aborted),
            },
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("number", &self.number()).field("text_len", &self.text().len()).finish()
    }
}
