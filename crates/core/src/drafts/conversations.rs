use super::Drafts;
use super::buffer::{Request, Target};
use crate::store::{Change, Scope};
use crate::{Conversation, ConversationId, ConversationUpdate, Error, Outcome, Page, Query, Result};

/// The longest fact of a host, in bytes.
const MAX_FACT_LEN: usize = 64 * 1024;

/// All conversations an account knows, with what the host tells of them: for hosts without a chat table of their own.
///
/// A draft, a pin or a fact of an unknown conversation creates it; when nothing is known of it any more it is gone.
///
/// ```
/// # use chat_drafts_core::{ConversationId, ConversationUpdate, Drafts, Query, Result};
/// # async fn example(drafts: &Drafts) -> Result<()> {
/// let chats = drafts.conversations();
/// let bob = ConversationId::user("bob")?;
/// chats.update(&bob, ConversationUpdate::new().show_name("Bob")).await?;
/// chats.pin(&bob, true).await?;
/// assert!(chats.list(Query::first(50)).await?.items[0].is_pinned());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Conversations<'a> {
    drafts: &'a Drafts,
}

impl<'a> Conversations<'a> {
    pub(super) fn new(drafts: &'a Drafts) -> Self {
        Self { drafts }
    }

    /// A conversation, if it is known. The SDK's `getConversation`.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if its record is damaged; and what the store answers.
    #[doc(alias = "getConversation")]
    pub async fn get(&self, id: &ConversationId) -> Result<Option<Conversation>> {
        self.drafts.conversation(id).await
    }

    /// The conversations, highest order key first: pinned ones, then by activity. The SDK's `getConversationList`.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    #[doc(alias = "getConversationList")]
    pub async fn list(&self, query: Query) -> Result<Page> {
        self.drafts.read_list(&query.of(Scope::Conversations)).await
    }

    /// Tells facts of a conversation: what the update leaves out stays as it is.
    ///
    /// # Errors
    /// [`Error::FactTooLong`] above 64 KiB; and what the store answers.
    pub async fn update(&self, id: &ConversationId, update: ConversationUpdate) -> Result<Outcome> {
        self.drafts.commit_one(checked(id.clone(), update)?).await
    }

    /// Tells facts of many conversations, all or nothing. For a first import give them in ascending order of last
    /// activity: each new one comes to stand above those before it.
    ///
    /// # Errors
    /// Those of [`update`](Self::update).
    pub async fn update_many(
        &self,
        updates: impl IntoIterator<Item = (ConversationId, ConversationUpdate)>,
    ) -> Result<Vec<Outcome>> {
        let changes = updates.into_iter().map(|(id, update)| checked(id, update)).collect::<Result<_>>()?;
        Ok(self.drafts.commit(changes).await?.outcomes)
    }

    /// Pins a conversation, so that it stands above all that are not, or unpins it. The SDK's `pinConversation`.
    ///
    /// # Errors
    /// What the store answers.
    #[doc(alias = "pinConversation")]
    pub async fn pin(&self, id: &ConversationId, pinned: bool) -> Result<Outcome> {
        self.drafts.commit_one(Change::Pin { id: id.clone(), pinned }).await
    }

    /// Gives a conversation another id, in one commit: a group that was only planned gets its real id, a room is upgraded.
    ///
    /// If the new id is known already, both are one conversation from then on: its draft stands first, then a newline, then
    /// the old one's; its facts win, and what it does not know comes from the old one; it is pinned if either was. It stands
    /// where the higher of both stood, and moves up only if two drafts became one and new texts do that. A draft that
    /// moves keeps its time. A joined one may be longer than a text that is set. A save that is based on what was before is
    /// refused.
    ///
    /// Renaming what is not known, or to the same id, is fine and changes nothing. Subscribers are told `Removed`, then
    /// `Changed`.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn rename(&self, from: &ConversationId, to: &ConversationId) -> Result<Outcome> {
        let request = Request::Rename { to: to.clone() };
        self.drafts.write(Target::Id(from.clone()), request).await
    }

    /// Forgets a conversation, its draft included. A save that is based on what was before is refused from now on.
    /// Deleting what is not there is fine and changes nothing. The SDK's `deleteConversation`.
    ///
    /// # Errors
    /// What the store answers.
    #[doc(alias = "deleteConversation")]
    pub async fn delete(&self, id: &ConversationId) -> Result<Outcome> {
        self.drafts.write(Target::Id(id.clone()), Request::Delete).await
    }
}

fn checked(id: ConversationId, update: ConversationUpdate) -> Result<Change> {
    let len = update.longest();
    if len > MAX_FACT_LEN {
        return Err(Error::FactTooLong { len, max: MAX_FACT_LEN });
    }
    Ok(Change::Update { id, update })
}
