//! The calls about conversations.

use std::sync::Arc;

use chat_drafts::store::{Record, Scope};
use chat_drafts::{
    Conversation, ConversationId, ConversationKind, ConversationUpdate, Cursor, Drafts, OrderKey, Outcome, Query,
};

use crate::account::Account;
use crate::{Failure, Interrupted, Result, Session, Text};

/// How many rows are read at a time where all are looked through.
const STEP: usize = 256;

/// A part of the list of conversations, highest order key first.
///
/// ```
/// use chat_drafts_session::List;
///
/// fn next(list: &List) -> Option<u64> {
///     (!list.is_finished).then_some(list.next_seq)
/// }
/// # let _ = next;
/// ```
#[derive(Debug, Clone)]
pub struct List {
    /// The conversations.
    pub conversations: Vec<Conversation>,
    /// What to ask for next; 0 at the end. It stays valid while conversations change, and over a restart.
    pub next_seq: u64,
    /// Whether this is the end of the list.
    pub is_finished: bool,
}

/// Which conversations a list is of.
///
/// ```
/// use chat_drafts_session::{ConversationKind, Filter};
///
/// let groups = Filter { kind: Some(ConversationKind::Group), has_unread: false };
/// assert_ne!(groups, Filter::default(), "which lets every conversation pass");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only those of this kind.
    pub kind: Option<ConversationKind>,
    /// Only those with unread messages.
    pub has_unread: bool,
}

/// What became of one conversation that was to be deleted.
///
/// ```
/// use chat_drafts_session::Deleted;
///
/// fn is_gone(deleted: &Deleted) -> bool {
///     deleted.outcome.is_ok()
/// }
/// # let _ = is_gone;
/// ```
#[derive(Debug, Clone)]
pub struct Deleted {
    /// The id, as it was given.
    pub id: Text,
    /// Whether it is gone.
    pub outcome: Result<()>,
}

impl Session {
    /// Sets the draft of a conversation; an empty or null text clears it. It is on the disk when the answer is `Ok`. The
    /// SDK's `setConversationDraft`.
    ///
    /// The answer, here and of every call below: 6013 and 6014 about the session; 6017 about a parameter; 6019 and 6022
    /// about the store.
    pub fn set_draft(&self, id: Text, text: Text, answer: impl FnOnce(Result<()>) + Send + 'static) {
        self.write(
            |account| &account.drafts,
            || Ok((conversation_id(id)?, text.optional("draftText")?.unwrap_or_default())),
            |drafts, (id, text)| async move { drafts.set(&id, text).await },
            answer,
        );
    }

    /// A conversation; one that is not known is an empty one of this id.
    pub fn get_conversation(&self, id: Text, answer: impl FnOnce(Result<Conversation>) + Send + 'static) {
        self.get_conversations(vec![id], |found| {
            answer(found.and_then(|mut found| found.pop().ok_or(Interrupted::Panicked.into())));
        });
    }

    /// Conversations by their ids, in this order, all of one moment.
    pub fn get_conversations(&self, ids: Vec<Text>, answer: impl FnOnce(Result<Vec<Conversation>>) + Send + 'static) {
        let ready = self.inner.reading().and_then(|reading| {
            let ids: Vec<_> = ids.into_iter().map(conversation_id).collect::<Result<_>>()?;
            Ok((reading, ids))
        });
        self.inner.worker.call(
            |_| async move {
                let (reading, ids) = ready?;
                let account = reading.account().await?;
                let records = account.drafts.store().get(&ids).await;
                let records = records.map_err(|error| Failure::of_call(&error))?;
                let shown = |(id, record): (ConversationId, Option<Record>)| {
                    record.filter(Record::is_visible).unwrap_or_else(|| Record::new(id)).into()
                };
                Ok(ids.into_iter().zip(records).map(shown).collect())
            },
            answer,
        );
    }

    /// A page of up to `count` conversations, from `next_seq` on; 0 is the beginning.
    pub fn list(&self, filter: Filter, next_seq: u64, count: i64, answer: impl FnOnce(Result<List>) + Send + 'static) {
        let ready = self.inner.reading().and_then(|reading| {
            let count = usize::try_from(count).ok().filter(|count| *count > 0);
            let count = count.ok_or_else(|| Failure::invalid_parameter("count", "it is not above 0"))?;
            Ok((reading, behind(next_seq)?, count))
        });
        self.inner.worker.call(
            move |_| async move {
                let (reading, after, count) = ready?;
                let account = reading.account().await?;
                filter.list(&account.drafts, after, count).await
            },
            answer,
        );
    }

    /// Pins a conversation above all that are not, or unpins it.
    pub fn pin(&self, id: Text, pinned: bool, answer: impl FnOnce(Result<()>) + Send + 'static) {
        self.write(
            |account| &account.drafts,
            || conversation_id(id),
            move |drafts, id| async move { drafts.conversations().pin(&id, pinned).await },
            answer,
        );
    }

    /// Gives a conversation another id, and makes one of both if that is known already. Listeners hear that the old one was
    /// deleted, and that the new one has changed. No call of the SDK's.
    pub fn rename(&self, from: Text, to: Text, answer: impl FnOnce(Result<()>) + Send + 'static) {
        self.write(
            |account| &account.deleting,
            || Ok((conversation_id(from)?, conversation_id(to)?)),
            |drafts, (from, to)| async move { drafts.conversations().rename(&from, &to).await },
            answer,
        );
    }

    /// Forgets a conversation, its draft included. One that is not there is fine.
    pub fn delete(&self, id: Text, answer: impl FnOnce(Result<()>) + Send + 'static) {
        self.write(
            |account| &account.deleting,
            || conversation_id(id),
            |drafts, id| async move { drafts.conversations().delete(&id).await },
            answer,
        );
    }

    /// Forgets these conversations, each by itself, and tells what became of each.
    pub fn delete_many(&self, ids: Vec<Text>, answer: impl FnOnce(Result<Vec<Deleted>>) + Send + 'static) {
        let ready = self.inner.account();
        self.inner.worker.call(
            |_| async move {
                let account = ready?;
                let mut deleted = Vec::with_capacity(ids.len());
                for id in ids {
                    let outcome = match conversation_id(id.clone()) {
                        Ok(id) => account.delete(&id).await,
                        Err(failure) => Err(failure),
                    };
                    deleted.push(Deleted { id, outcome });
                }
                Ok(deleted)
            },
            answer,
        );
    }

    /// Tells what the host knows of a conversation: what the update leaves out stays as it is. No call of the SDK's: there
    /// a server knows these things.
    pub fn update(
        &self,
        id: Text,
        update: Result<ConversationUpdate>,
        answer: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        self.write(
            |account| &account.drafts,
            || Ok((conversation_id(id)?, update?)),
            |drafts, (id, update)| async move { drafts.conversations().update(&id, update).await },
            answer,
        );
    }

    /// A call that lacks something a wrapper would need: this failure, if nothing comes before it.
    pub fn refuse(&self, failure: Failure, answer: impl FnOnce(Result<()>) + Send + 'static) {
        self.on_account(|| Err::<(), _>(failure), |_, ()| async { Ok(()) }, answer);
    }

    /// How many messages are unread, over all conversations.
    pub fn total_unread(&self, answer: impl FnOnce(Result<u64>) + Send + 'static) {
        let ready = self.inner.reading();
        self.inner.worker.call(
            |_| async move {
                let account = ready?.account().await?;
                let mut total = 0;
                let unread = Filter { has_unread: true, ..Filter::default() };
                let mut after = None;
                loop {
                    let list = unread.list(&account.drafts, after, STEP).await?;
                    let counts = list.conversations.iter().filter_map(|conversation| conversation.facts().unread_count);
                    total += counts.map(u64::from).sum::<u64>();
                    if list.is_finished {
                        return Ok(total);
                    }
                    after = behind(list.next_seq)?;
                }
            },
            answer,
        );
    }

    /// A call that writes: by a handle of the account that is logged in, once its arguments are read.
    fn write<A: Send + 'static, F: Future<Output = chat_drafts::Result<Outcome>> + Send + 'static>(
        &self,
        handle: fn(&Account) -> &Drafts,
        arguments: impl FnOnce() -> Result<A>,
        write: impl FnOnce(Drafts, A) -> F + Send + 'static,
        answer: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        self.call(
            arguments,
            move |account, is_alone, arguments| async move {
                // Blocking this thread is quicker than a hand-over to the store's, if nobody else wants it.
                let drafts = handle(&account);
                let drafts = if is_alone { drafts.on_this_thread() } else { drafts.clone() };
                write(drafts, arguments).await.map(drop)
            },
            answer,
        );
    }

    /// A call on the account that is logged in, once its arguments are read; it is told whether it is alone.
    pub(crate) fn call<A: Send + 'static, T: Send + 'static, F>(
        &self,
        arguments: impl FnOnce() -> Result<A>,
        call: impl FnOnce(Arc<Account>, bool, A) -> F + Send + 'static,
        answer: impl FnOnce(Result<T>) + Send + 'static,
    ) where
        F: Future<Output = chat_drafts::Result<T>> + Send + 'static,
    {
        let ready = self.inner.account().and_then(|account| Ok((account, arguments()?)));
        self.inner.worker.call(
            move |is_alone| async move {
                let (under_way, arguments) = ready?;
                let account = Arc::clone(under_way.account());
                call(account, is_alone, arguments).await.map_err(|error| Failure::of_call(&error))
            },
            answer,
        );
    }
}

impl Account {
    async fn delete(&self, id: &ConversationId) -> Result<()> {
        let deleted = self.deleting.conversations().delete(id).await;
        deleted.map(drop).map_err(|error| Failure::of_call(&error))
    }
}

impl Filter {
    fn passes(&self, conversation: &Conversation) -> bool {
        self.kind.is_none_or(|kind| conversation.id().kind() == kind)
            && (!self.has_unread || conversation.facts().unread_count.is_some_and(|count| count > 0))
    }

    async fn list(&self, drafts: &Drafts, mut after: Option<Cursor>, count: usize) -> Result<List> {
        let mut conversations: Vec<Conversation> = Vec::new();
        let step = if *self == Self::default() { count } else { STEP };
        loop {
            let query = Query::first(step).after(after).of(Scope::Conversations);
            let page = drafts.store().list(&query).await.map_err(|error| Failure::of_call(&error))?;
            for conversation in page.items.into_iter().filter(|conversation| self.passes(conversation)) {
                if conversations.len() == count {
                    return Ok(List::new(conversations, false));
                }
                conversations.push(conversation);
            }
            if page.next.is_none() {
                return Ok(List::new(conversations, true));
            }
            if *self == Self::default() {
                return Ok(List::new(conversations, false));
            }
            after = page.next;
        }
    }
}

impl List {
    fn new(conversations: Vec<Conversation>, is_finished: bool) -> Self {
        let last = conversations.last().filter(|_| !is_finished);
        let next_seq = last.map_or(0, |conversation| conversation.order_key().get());
        Self { conversations, next_seq, is_finished }
    }
}

/// The place behind the conversation with this order key. No two have the same, so the key alone is a place.
fn behind(next_seq: u64) -> Result<Option<Cursor>> {
    /// Behind every id: the last there is.
    const LAST_ID: [char; 128] = [char::MAX; 128];
    if next_seq == 0 {
        return Ok(None);
    }
    let key = OrderKey::from_number(next_seq)
        .ok_or_else(|| Failure::invalid_parameter("nextSeq", "it is no number that a list has given"))?;
    let last = ConversationId::new(String::from_iter(LAST_ID)).map_err(|error| Failure::of_call(&error))?;
    Ok(Some(Cursor::new(key, last)))
}

pub(crate) fn conversation_id(id: Text) -> Result<ConversationId> {
    ConversationId::new(id.required("conversationID")?).map_err(|error| Failure::of_call(&error))
}
