//! Sending: a text leaves its draft, and a ticket says what became of it. No calls of the SDK's.

use std::fmt;
use std::sync::Arc;

use chat_drafts::{ConversationId, Outcome};

use crate::account::Account;
use crate::conversations::conversation_id;
use crate::{Failure, Result, Session, Text, Worker};

/// A text that is being sent. Dropping it keeps the text, for [`Session::tickets`].
///
/// ```
/// use chat_drafts_session::Ticket;
///
/// fn arrived(ticket: &Ticket) {
///     ticket.confirm(|answer| println!("forgotten: {}", answer.is_ok()));
/// }
/// # let _ = arrived;
/// ```
#[derive(Clone)]
pub struct Ticket {
    ticket: Arc<chat_drafts::Ticket>,
    account: Arc<Account>,
    worker: Worker,
}

impl Session {
    /// Takes the text of a conversation out of its draft, to be sent. 6017 if there is none; 6019 if somebody else has
    /// stored another text than the one that is typed.
    pub fn begin_send(&self, id: Text, answer: impl FnOnce(Result<Ticket>) + Send + 'static) {
        let worker = self.inner.worker.clone();
        self.on_account(
            || conversation_id(id),
            |account, id| async move { Ok(Ticket::new(account.drafts.begin_send(&id).await?, account, worker)) },
            answer,
        );
    }

    /// The texts of which nobody has said what became of them, in the order in which their sending began: for the time after
    /// a restart.
    pub fn tickets(&self, answer: impl FnOnce(Result<Vec<Ticket>>) + Send + 'static) {
        let worker = self.inner.worker.clone();
        self.on_account(
            || Ok(()),
            |account, ()| async move {
                let tickets = account.drafts.tickets().await?;
                let held = |ticket| Ticket::new(ticket, Arc::clone(&account), worker.clone());
                Ok(tickets.into_iter().map(held).collect())
            },
            answer,
        );
    }
}

impl Ticket {
    pub(crate) fn new(ticket: chat_drafts::Ticket, account: Arc<Account>, worker: Worker) -> Self {
        Self { ticket: Arc::new(ticket), account, worker }
    }

    /// The number of the sending; after a restart the ticket of the same text has the same.
    pub fn number(&self) -> u64 {
        self.ticket.number()
    }

    /// The conversation whose text it is; after a rename the new one.
    pub fn id(&self) -> ConversationId {
        self.ticket.id()
    }

    /// The text to send.
    pub fn text(&self) -> &str {
        self.ticket.text()
    }

    /// Deletes the text of a message that was sent. The answer is 6017 if it is not being sent any more.
    pub fn confirm(&self, answer: impl FnOnce(Result<()>) + Send + 'static) {
        self.end(|ticket| async move { ticket.confirm().await }, answer);
    }

    /// Puts a text that was not sent in front of what was typed since. The answer is 6017 if it is not being sent any more.
    pub fn abort(&self, answer: impl FnOnce(Result<()>) + Send + 'static) {
        self.end(|ticket| async move { ticket.abort().await }, answer);
    }

    fn end<F: Future<Output = chat_drafts::Result<Outcome>> + Send + 'static>(
        &self,
        end: impl FnOnce(Arc<chat_drafts::Ticket>) -> F + Send + 'static,
        answer: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        let (under_way, ticket) = (self.account.call(), Arc::clone(&self.ticket));
        let ended = |_| async move {
            let ended = end(ticket).await;
            drop(under_way);
            ended.map(drop).map_err(|error| Failure::of_call(&error))
        };
        self.worker.call(ended, answer);
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("number", &self.number()).finish_non_exhaustive()
    }
}
