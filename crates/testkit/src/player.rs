//! One store that plays a history.

use std::sync::Arc;

use chat_drafts_core::store::{Batch, Scope};
use chat_drafts_core::{
    Changes, Conversation, ConversationId, ConversationUpdate, Cursor, Draft, DraftInput, DraftState, DraftStore,
    Drafts, Error, Event, OrderKey, OrderPolicy, Origin, Outcome, Query, Result, Revision, Ticket, store,
};
use futures_util::{FutureExt, StreamExt};

use crate::model::{self, Place, Refusal, Row, Sending, Told};
use crate::operation::{Base, Step, Telling};
use crate::strategies::MAX_TEXT;
use crate::{Sandbox, TestClock};

/// A store, and the handle on it.
pub(crate) struct Player<'a> {
    pub(crate) name: &'a str,
    sandbox: &'a dyn Sandbox,
    store: Arc<dyn DraftStore>,
    pub(crate) drafts: Drafts,
    events: Changes,
    origin: Origin,
    policy: OrderPolicy,
    clock: TestClock,
}

/// A page as it is compared.
pub(crate) type Listed = (Vec<Row>, Option<(u64, String)>, u64);

impl<'a> Player<'a> {
    pub(crate) fn new(name: &'a str, sandbox: &'a dyn Sandbox, clock: TestClock) -> Result<Self> {
        let (policy, origin) = (OrderPolicy::DraftFloats, Origin::new());
        let store = sandbox.open()?;
        let events = store.changes();
        let drafts = handle(&store, policy, origin, &clock)?;
        Ok(Self { name, sandbox, store, drafts, events, origin, policy, clock })
    }

    pub(crate) async fn perform(&self, step: &Step, base: Option<u64>, block: bool) -> Result<model::Outcome, Refusal> {
        let chat = &id(step.id());
        let (drafts, blocking) = (&self.drafts, self.drafts.blocking());
        let (chats, blocking_chats) = (drafts.conversations(), blocking.conversations());
        let input = |text: &str, extra: &[u8]| {
            let input = DraftInput::new(text).extra(extra);
            match base {
                Some(base) => input.based_on(Revision::new(base)),
                None => input,
            }
        };
        let outcome = match step {
            Step::Set { text, .. } if block => blocking.set(chat, text),
            Step::Set { text, .. } => drafts.set(chat, text).await,
            Step::SetWith { text, extra, .. } if block => blocking.set_with(chat, input(text, extra)),
            Step::SetWith { text, extra, .. } => drafts.set_with(chat, input(text, extra)).await,
            Step::Clear { .. } if block => blocking.clear(chat),
            Step::Clear { .. } => drafts.clear(chat).await,
            Step::Update { telling, .. } if block => blocking_chats.update(chat, telling.into()),
            Step::Update { telling, .. } => chats.update(chat, telling.into()).await,
            Step::Pin { pinned, .. } if block => blocking_chats.pin(chat, *pinned),
            Step::Pin { pinned, .. } => chats.pin(chat, *pinned).await,
            Step::Delete { .. } if block => blocking_chats.delete(chat),
            Step::Delete { .. } => chats.delete(chat).await,
            Step::BeginSend { .. } if block => blocking.begin_send(chat).map(begun),
            Step::BeginSend { .. } => drafts.begin_send(chat).await.map(begun),
            Step::Rename { to, .. } if block => blocking_chats.rename(chat, &id(to)),
            Step::Rename { to, .. } => chats.rename(chat, &id(to)).await,
        };
        outcome.map(seen_outcome).map_err(seen_error)
    }

    /// Confirms or aborts a text that is being sent.
    pub(crate) async fn end(&self, number: u64, confirm: bool, block: bool) -> Result<model::Outcome, Refusal> {
        let blocking = self.drafts.blocking();
        let tickets = self.drafts.tickets().await.map_err(seen_error)?;
        let ticket = tickets.iter().find(|ticket| ticket.number() == number).expect("a text that is being sent");
        let outcome = match (confirm, block) {
            (true, true) => blocking.confirm(ticket),
            (true, false) => ticket.confirm().await,
            (false, true) => blocking.abort(ticket),
            (false, false) => ticket.abort().await,
        };
        outcome.map(seen_outcome).map_err(seen_error)
    }

    /// What is being sent.
    pub(crate) async fn sending(&self) -> Result<Vec<Sending>> {
        let tickets = self.drafts.tickets().await?;
        let sending = |ticket: &Ticket| Sending {
            number: ticket.number(),
            id: ticket.id().as_str().to_owned(),
            text: ticket.text().to_owned(),
            extra: ticket.extra().to_vec(),
        };
        Ok(tickets.iter().map(sending).collect())
    }

    pub(crate) async fn update_many(&self, updates: &[(String, Telling)]) -> Result<Vec<model::Outcome>, Refusal> {
        let updates = updates.iter().map(|(chat, telling)| (id(chat), ConversationUpdate::from(telling)));
        let outcomes = self.drafts.conversations().update_many(updates).await.map_err(seen_error)?;
        Ok(outcomes.into_iter().map(seen_outcome).collect())
    }

    /// Commits a raw batch; gives the sequence too.
    pub(crate) async fn batch(
        &self,
        steps: &[(Step, Option<u64>)],
        now: i64,
    ) -> Result<(Vec<model::Outcome>, u64), Refusal> {
        let changes = steps.iter().map(|(step, base)| raw(step, *base)).collect();
        let batch = Batch { changes, now, policy: self.policy, origin: self.origin };
        let committed = self.store.commit(batch).await.map_err(seen_error)?;
        Ok((committed.outcomes.into_iter().map(seen_outcome).collect(), committed.sequence))
    }

    /// What `conversations().get`, `get` and `revision` answer; the draft only its text and extra.
    pub(crate) async fn get(&self, chat: &str) -> Result<(Option<Row>, Option<Row>, u64)> {
        let chat = &id(chat);
        let row = self.drafts.conversations().get(chat).await?;
        let draft = self.drafts.get(chat).await?;
        let revision = self.drafts.revision(chat).await?;
        Ok((row.as_ref().map(seen_row), draft.as_ref().map(seen_draft), revision.get()))
    }

    pub(crate) async fn get_many(&self, chats: &[String]) -> Result<Vec<Option<Row>>> {
        let chats: Vec<_> = chats.iter().map(|chat| id(chat)).collect();
        Ok(self.drafts.get_many(&chats).await?.iter().map(|draft| draft.as_ref().map(seen_draft)).collect())
    }

    pub(crate) async fn list(&self, scope: Scope, limit: usize, after: Option<&Place>) -> Result<Listed> {
        let after = after.map(|after| {
            let order_key = OrderKey::from_number(after.order_key()).expect("a key of a row");
            Cursor::new(order_key, id(after.id()))
        });
        let query = if limit == usize::MAX { Query::all() } else { Query::first(limit) }.after(after);
        let page = match scope {
            Scope::Drafts => self.drafts.list(query).await?,
            Scope::Conversations => self.drafts.conversations().list(query).await?,
            Scope::Sending => self.store.list(&query.of(scope)).await?,
        };
        let next = page.next.map(|next| (next.order_key().get(), next.id().as_str().to_owned()));
        Ok((page.items.iter().map(seen_row).collect(), next, page.sequence))
    }

    /// What this subscriber was told since the last time.
    pub(crate) fn told(&mut self) -> Vec<Told> {
        std::iter::from_fn(|| self.events.try_next()).map(|event| seen_event(&event, self.origin)).collect()
    }

    /// Makes another `Drafts` of the same store.
    pub(crate) fn choose(self, policy: OrderPolicy) -> Result<Self> {
        let Self { name, sandbox, store, drafts, events, origin, clock, .. } = self;
        drop(drafts);
        let drafts = handle(&store, policy, origin, &clock)?;
        Ok(Self { name, sandbox, store, drafts, events, origin, policy, clock })
    }

    /// Closes or only drops the store and opens it again.
    pub(crate) async fn reopen(self, close: bool) -> Result<Self> {
        let Self { name, sandbox, store, drafts, mut events, origin, policy, clock } = self;
        if close {
            drafts.close().await?;
            let end = events.next().now_or_never();
            assert_eq!(end, Some(None), "{name}: closing tells nothing more, and ends the stream");
        }
        drop((drafts, store, events));
        let store = sandbox.open()?;
        let events = store.changes();
        let drafts = handle(&store, policy, origin, &clock)?;
        Ok(Self { name, sandbox, store, drafts, events, origin, policy, clock })
    }
}

fn handle(store: &Arc<dyn DraftStore>, policy: OrderPolicy, origin: Origin, clock: &TestClock) -> Result<Drafts> {
    let builder = Drafts::builder(Arc::clone(store)).order_policy(policy).clock(clock.clone()).max_text_len(MAX_TEXT);
    Ok(builder.build()?.with_origin(origin))
}

fn id(id: &str) -> ConversationId {
    ConversationId::new(id).expect("the ids of a history are valid")
}

/// The step as a raw change.
fn raw(step: &Step, base: Option<u64>) -> store::Change {
    let named = id;
    let id = id(step.id());
    let base = base.map(Revision::new);
    match step {
        Step::Set { text, .. } => {
            store::Change::SetDraft { id, text: text.clone(), extra: None, base, keeps_place: false }
        }
        Step::SetWith { text, extra, .. } => {
            store::Change::SetDraft { id, text: text.clone(), extra: Some(extra.clone()), base, keeps_place: false }
        }
        Step::Clear { .. } => {
            store::Change::SetDraft { id, text: String::new(), extra: None, base, keeps_place: false }
        }
        Step::Update { telling, .. } => store::Change::Update { id, update: telling.into() },
        Step::Pin { pinned, .. } => store::Change::Pin { id, pinned: *pinned },
        Step::Delete { .. } => store::Change::Delete { id },
        Step::BeginSend { .. } => store::Change::BeginSend { id, text: None, extra: None, base: None },
        Step::Rename { to, .. } => store::Change::Rename { from_to: [id, named(to)] },
    }
}

/// The step as a change of the model.
pub(crate) fn modelled(step: &Step, base: Option<u64>) -> (&str, model::Change<'_>) {
    let change = match step {
        Step::Set { text, .. } => model::Change::Set { text, extra: None, base },
        Step::SetWith { text, extra, .. } => model::Change::Set { text, extra: Some(extra), base },
        Step::Clear { .. } => model::Change::Set { text: "", extra: None, base },
        Step::Update { telling, .. } => model::Change::Update(telling),
        Step::Pin { pinned, .. } => model::Change::Pin(*pinned),
        Step::Delete { .. } => model::Change::Delete,
        Step::BeginSend { .. } => model::Change::BeginSend,
        Step::Rename { to, .. } => model::Change::Rename(to),
    };
    (step.id(), change)
}

/// The revision a step names.
pub(crate) fn base_of(step: &Step, model: &model::Model) -> Option<u64> {
    let Step::SetWith { base, .. } = step else { return None };
    match base {
        Base::None => None,
        Base::Current => Some(model.revision(step.id())),
        Base::Behind(less) => Some(model.sequence().saturating_sub(*less)),
        Base::Ahead(more) => Some(model.sequence() + more),
    }
}

/// The outcome of a begun sending: its number is the revision of the draft's absence.
fn begun(ticket: Ticket) -> Outcome {
    Outcome::Changed(Revision::new(ticket.number()))
}

fn seen_outcome(outcome: Outcome) -> model::Outcome {
    model::Outcome { changed: outcome.is_changed(), revision: outcome.revision().get() }
}

fn seen_error(error: Error) -> Refusal {
    match error {
        Error::Conflict { current } => Refusal::Conflict(Box::new(match &*current {
            DraftState::Present(draft) => seen_draft(draft),
            DraftState::Absent(revision) => Row { revision: revision.get(), ..Row::default() },
        })),
        Error::TextTooLong { .. } => Refusal::TextTooLong,
        Error::ExtraTooLong { .. } => Refusal::ExtraTooLong,
        Error::FactTooLong { .. } => Refusal::FactTooLong,
        Error::NothingToSend => Refusal::NothingToSend,
        other => Refusal::Other(format!("{other:?}")),
    }
}

fn seen_draft(draft: &Draft) -> Row {
    Row {
        text: draft.text().to_owned(),
        extra: draft.extra().to_vec(),
        updated_at: draft.updated_at(),
        revision: draft.revision().get(),
        ..Row::default()
    }
}

fn seen_row(row: &Conversation) -> Row {
    Row {
        id: row.id().as_str().to_owned(),
        revision: row.draft_state().revision().get(),
        activity: row.order_key().activity(),
        pinned: row.is_pinned(),
        is_sending: row.is_sending(),
        facts: row.facts().into(),
        ..row.draft().map(seen_draft).unwrap_or_default()
    }
}

fn seen_event(event: &Event, origin: Origin) -> Told {
    let strange = || Told::Other(format!("{event:?}"));
    if event.origin() != Some(origin) {
        return strange();
    }
    match event {
        Event::Added { conversation, sequence, .. } => Told::Added(seen_row(conversation), *sequence),
        Event::Changed { conversation, sequence, .. } => Told::Changed(seen_row(conversation), *sequence),
        Event::Removed { conversation, sequence, .. } if !conversation.record().is_visible() => Told::Removed {
            id: conversation.id().as_str().to_owned(),
            revision: conversation.draft_state().revision().get(),
            sequence: *sequence,
        },
        _ => strange(),
    }
}
