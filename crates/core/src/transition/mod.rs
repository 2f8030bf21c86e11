//! The heart: what a change does to a record. Pure functions, no clock, no database.

mod sending;

use crate::store::{Change, OrderPolicy, Record};
use sending::{Outgoing, abort_send, after_change, begin_send, confirm_send, joined_entries, keep_unresolved};

use crate::{ConversationId, ConversationUpdate, Draft, DraftState, Error, Facts, Result, Revision};

/// When and how a change is made.
///
/// ```
/// use chat_drafts_core::OrderPolicy;
/// use chat_drafts_core::store::Moment;
///
/// let moment = Moment { sequence: 8, floor: 0, now: 1_700_000_000_000, policy: OrderPolicy::DraftFloats };
/// # let _ = moment;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The number the change takes if it changes anything: one more than the store's sequence.
    pub sequence: u64,
    /// A base below it on a draft that is absent is refused: what it was read from is forgotten.
    pub floor: u64,
    /// The time, in milliseconds since the Unix epoch, UTC.
    pub now: i64,
    /// Whether a new text moves its conversation up.
    pub policy: OrderPolicy,
}

/// The record after `change`; `None` if the change changes nothing.
///
/// `record` is what the store holds of the change's conversation. Not for [`Change::Advance`] and [`Change::Rename`], which
/// are about none and about two: [`plan`](crate::store::plan) does those.
///
/// ```
/// use chat_drafts_core::store::{Change, Moment, transition};
/// use chat_drafts_core::{ConversationId, OrderPolicy};
///
/// let id = ConversationId::user("bob")?;
/// let change = Change::SetDraft { id, text: "hi".to_owned(), extra: None, base: None, keeps_place: false };
/// let moment = Moment { sequence: 1, floor: 0, now: 0, policy: OrderPolicy::DraftFloats };
///
/// let record = transition(None, &change, &moment)?.expect("a new draft is a change");
/// assert_eq!(record.activity, 1);
/// assert_eq!(transition(Some(&record), &change, &moment)?, None, "the same text again is none");
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Conflict`] if the draft has moved on from the change's base; [`Error::NothingToSend`] if there is no text;
/// [`Error::NotPending`] if a text is not being sent any more; [`Error::NotEmpty`] if a record to restore is there already;
/// [`Error::Corrupt`] if what is being sent cannot be read.
pub fn transition(record: Option<&Record>, change: &Change, moment: &Moment) -> Result<Option<Record>> {
    match change {
        Change::SetDraft { id, text, extra, base, keeps_place } => {
            let has_draft = record.is_some_and(|record| record.state.draft().is_some());
            let policy = if *keeps_place && has_draft { OrderPolicy::MessagesOnly } else { moment.policy };
            set_draft(record, id, text, extra.as_deref(), *base, &Moment { policy, ..*moment })
        }
        Change::BeginSend { id, text, extra, base } => {
            let outgoing = Outgoing { text: text.as_deref(), extra: extra.as_deref(), base: *base };
            begin_send(record, id, &outgoing, moment).map(Some)
        }
        Change::ConfirmSend { number, .. } => confirm_send(record, *number).map(Some),
        Change::AbortSend { number, .. } => abort_send(record, *number, moment).map(Some),
        Change::KeepUnresolved { id, life, edit } => keep_unresolved(record, id, *life, edit.as_ref()),
        Change::Update { id, update } => Ok(update_facts(record, id, update, moment)),
        Change::Pin { id, pinned } => Ok(pin(record, id, *pinned, moment)),
        Change::Delete { id } => Ok(delete(record, id, moment)),
        Change::Restore { record: restored } => match record {
            Some(record) if record.is_visible() => Err(Error::NotEmpty),
            _ => Ok(Some(Record::clone(restored))),
        },
        Change::Advance { .. } | Change::Rename { .. } => Ok(None),
    }
}

fn set_draft(
    record: Option<&Record>,
    id: &ConversationId,
    text: &str,
    extra: Option<&[u8]>,
    base: Option<Revision>,
    moment: &Moment,
) -> Result<Option<Record>> {
    let before = record.and_then(|record| record.state.draft());
    let text_before = before.map_or("", Draft::text);
    let extra_before = before.map_or(&[][..], Draft::extra);
    let extra = if text.is_empty() { &[][..] } else { extra.unwrap_or(extra_before) };
    if (text, extra) == (text_before, extra_before) {
        return Ok(None);
    }
    if base.is_some_and(|base| !holds(record, base, moment)) {
        return Err(conflict(record, moment.sequence - 1));
    }
    let (mut next, is_new) = start(record, id, moment);
    let revision = Revision::new(moment.sequence);
    if text.is_empty() {
        next.state = DraftState::Absent(revision);
    } else {
        next.state = DraftState::Present(Draft::new(text, extra.to_vec(), revision, moment.now));
        if !is_new && text != text_before && moment.policy == OrderPolicy::DraftFloats {
            next.activity = moment.sequence;
        }
    }
    after_change(&mut next, before)?;
    Ok(Some(next))
}

/// Two texts as one. Of none but one, that one.
pub(crate) fn joined(first: &str, second: &str) -> String {
    if first.is_empty() || second.is_empty() { [first, second].concat() } else { [first, "\n", second].concat() }
}

/// Whether the draft is still what a reader knew by this base.
fn holds(record: Option<&Record>, base: Revision, moment: &Moment) -> bool {
    match record.map(|record| &record.state) {
        Some(DraftState::Present(draft)) => base == draft.revision(),
        // Of an absence a reader may know the revision itself or a later sequence at which it still was absent; a draft
        // that never was has only the floor. What the store has not reached yet nobody can have read.
        Some(DraftState::Absent(since)) if since.get() > 0 => *since <= base && base.get() < moment.sequence,
        _ => moment.floor <= base.get() && base.get() < moment.sequence,
    }
}

/// The refusal that tells what a store of this sequence holds.
pub(crate) fn conflict(record: Option<&Record>, sequence: u64) -> Error {
    let current = match record.map(|record| &record.state) {
        Some(state) if state.revision().get() > 0 => state.clone(),
        _ => DraftState::Absent(Revision::new(sequence)),
    };
    Error::Conflict { current: Box::new(current) }
}

fn update_facts(
    record: Option<&Record>,
    id: &ConversationId,
    update: &ConversationUpdate,
    moment: &Moment,
) -> Option<Record> {
    let unknown = Facts::default();
    let before = record.map_or(&unknown, |record| &record.facts);
    let facts = update.applied_to(before);
    if facts == *before {
        return None;
    }
    let has_news = update.has_news_after(before.last_message.as_ref());
    let (mut next, _) = start(record, id, moment);
    next.facts = facts;
    if has_news {
        next.activity = moment.sequence;
    }
    Some(next)
}

fn pin(record: Option<&Record>, id: &ConversationId, pinned: bool, moment: &Moment) -> Option<Record> {
    if record.is_some_and(|record| record.pinned) == pinned {
        return None;
    }
    let (mut next, _) = start(record, id, moment);
    next.pinned = pinned;
    Some(next)
}

fn delete(record: Option<&Record>, id: &ConversationId, moment: &Moment) -> Option<Record> {
    record.filter(|record| record.is_visible() || !record.sending.is_empty())?;
    let mut next = Record::new(id.clone());
    next.state = DraftState::Absent(Revision::new(moment.sequence));
    Some(next)
}

/// The conversation `to` when all that is known of `old` has moved to it.
pub(crate) fn rename(old: &Record, target: Option<&Record>, to: &ConversationId, moment: &Moment) -> Record {
    let mut next = target.filter(|target| target.is_visible()).cloned().unwrap_or_else(|| {
        // Of a conversation that is hidden nothing counts but what is typed in a conflict.
        let sending = target.map_or_else(Vec::new, |target| target.sending.clone());
        Record { sending, ..Record::new(to.clone()) }
    });
    next.activity = next.activity.max(old.activity);
    next.pinned |= old.pinned;
    next.facts.fill_from(&old.facts);
    next.sending = joined_entries(old, &next);
    let revision = Revision::new(moment.sequence);
    match (target.map(|target| &target.state), &old.state) {
        (Some(DraftState::Present(first)), DraftState::Present(second)) => {
            let text = joined(first.text(), second.text());
            next.state = DraftState::Present(Draft::new(text, first.extra().to_vec(), revision, moment.now));
            if moment.policy == OrderPolicy::DraftFloats {
                next.activity = moment.sequence;
            }
        }
        (_, DraftState::Present(moved)) => {
            let (text, extra) = (moved.text(), moved.extra().to_vec());
            next.state = DraftState::Present(Draft::new(text, extra, revision, moved.updated_at()));
        }
        (Some(kept), DraftState::Absent(_)) => next.state = kept.clone(),
        (None, DraftState::Absent(_)) => {}
    }
    next
}

/// The record to change, and whether its conversation comes into being by this: then it takes the change's sequence.
fn start(record: Option<&Record>, id: &ConversationId, moment: &Moment) -> (Record, bool) {
    let mut next = record.cloned().unwrap_or_else(|| Record::new(id.clone()));
    let is_new = !next.is_visible();
    if is_new {
        next.activity = moment.sequence;
    }
    (next, is_new)
}
