use std::fmt;

use super::Drafts;
use super::buffer::{Content, Reply, Request, Sent, Target};
use crate::store::{Entry, Record, Scope};
use crate::{ConversationId, Error, Outcome, Query, Result};

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
    /// The conversation whose draft it was.
    began_in: ConversationId,
    number: u64,
    began_at: i64,
    content: Content,
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
        self.send_of(Target::Id(id.clone())).await
    }

    pub(super) async fn send_of(&self, target: Target) -> Result<Ticket> {
        match self.request(target, Request::BeginSend).await? {
            Reply::Sent(Sent { id, number, began_at, content }) => {
                Ok(Ticket { drafts: self.clone(), began_in: id, number, began_at, content })
            }
            _ => Err(Error::corrupt("a text that was to be sent is gone")),
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
            for entry in Entry::all_of(&record.sending)? {
                let Entry::Sending(sending) = entry else { continue };
                let (number, began_at) = (sending.number, sending.began_at);
                self.inner.autosave.step(|machine, _| machine.hold_send(number, &record.id));
                let content = Content { text: sending.text, extra: sending.extra };
                let began_in = record.id.clone();
                tickets.push(Ticket { drafts: self.clone(), began_in, number, began_at, content });
            }
        }
        tickets.sort_by_key(Ticket::number);
        Ok(tickets)
    }

    async fn sending(&self) -> Result<Vec<Record>> {
        let page = self.read_list(&Query::all().of(Scope::Sending)).await?;
        Ok(page.items.into_iter().map(crate::Conversation::into_record).collect())
    }

    /// Looks for a text that is being sent, in whatever conversation it is by now.
    async fn find(&self, number: u64) -> Result<Option<ConversationId>> {
        for record in self.sending().await? {
            let is_it = |entry: &Entry| matches!(entry, Entry::Sending(sending) if sending.number == number);
            if Entry::all_of(&record.sending)?.iter().any(is_it) {
                return Ok(Some(record.id));
            }
        }
        Ok(None)
    }
}

impl Ticket {
    /// Whose text it is. After a [`rename`](crate::Conversations::rename) it is the new id, and the ticket is as good as before.
    pub fn id(&self) -> ConversationId {
        let id = self.drafts.inner.autosave.ask(|machine| machine.send_id(self.number).cloned());
        id.unwrap_or_else(|| self.began_in.clone())
    }

    /// The number of the sending: no other of the store has it. The ticket of the same text after a restart has the same.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The text to send, byte for byte as it was typed.
    pub fn text(&self) -> &str {
        &self.content.text
    }

    /// The extra that was kept with it.
    pub fn extra(&self) -> &[u8] {
        &self.content.extra
    }

    /// When sending began, in milliseconds since the Unix epoch, UTC.
    pub fn began_at(&self) -> i64 {
        self.began_at
    }

    /// Deletes the text of a message that was sent, in one commit.
    ///
    /// # Errors
    /// [`Error::NotPending`] if it was confirmed or aborted before, here or elsewhere, or deleted with its conversation. What
    /// the store answers; the text is still kept then, and the ticket can be used again.
    pub async fn confirm(&self) -> Result<Outcome> {
        self.end(|number| Request::ConfirmSend { number }).await
    }

    /// Makes a text that was not sent the draft again: it stands in front of what was typed since, a newline between them.
    /// Several that come back stand in the order in which their sending began, as long as the draft still begins with them.
    /// The newest extra wins. A composer shows the joined text when this returns.
    ///
    /// # Errors
    /// Those of [`confirm`](Self::confirm).
    pub async fn abort(&self) -> Result<Outcome> {
        self.end(|number| Request::AbortSend { number, text: self.content.text.clone() }).await
    }

    async fn end(&self, request: impl Fn(u64) -> Request) -> Result<Outcome> {
        let drafts = &self.drafts;
        loop {
            match drafts.request(Target::Send(self.number), request(self.number)).await {
                Ok(Reply::Written(outcome)) => return Ok(outcome),
                Ok(_) => return Err(Error::corrupt("the store has answered nothing")),
                Err(Error::NotPending) => {
                    // Another process may have renamed its conversation.
                    let id = drafts.find(self.number).await?.filter(|id| *id != self.id()).ok_or(Error::NotPending)?;
                    drafts.inner.autosave.step(|machine, _| machine.move_send(self.number, &id));
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.drafts.inner.autosave.step(|machine, _| machine.drop_send(self.number));
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("number", &self.number()).field("text_len", &self.text().len()).finish()
    }
}
