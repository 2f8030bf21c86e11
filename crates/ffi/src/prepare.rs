//! The arguments of each call, read and made into work, once for both of its forms.
//!
//! The safety of these functions is that of the calls: handles are NULL or live, texts and bytes have NULL or `len` bytes,
//! arrays have `count` values, and what is written to is NULL or can be written to.

use chat_drafts::{Composer, Conversation, ConversationId, Draft, DraftInput, Outcome, Page, Query, Revision, Ticket};

use crate::answer::{Result, Work, work};
use crate::pointer::{array, required};
use crate::{drafts_bytes, drafts_cursor, drafts_error, drafts_store, drafts_text, drafts_update};

pub(crate) unsafe fn set(id: drafts_text, text: drafts_text) -> Result<Work<Outcome>> {
    // SAFETY: the caller vouches for it.
    let (id, text) = unsafe { (id.id()?, text.optional("text")?.unwrap_or_default()) };
    work(move |drafts| async move { drafts.set(&id, text).await })
}

pub(crate) unsafe fn set_with(
    id: drafts_text,
    text: drafts_text,
    extra: drafts_bytes,
    base: *const u64,
) -> Result<Work<Outcome>> {
    // SAFETY: the caller vouches for it.
    let (id, input, base) = unsafe {
        let text = text.optional("text")?.unwrap_or_default();
        (id.id()?, DraftInput::new(text).extra(extra.optional().unwrap_or_default()), base.as_ref())
    };
    let input = match base {
        Some(base) => input.based_on(Revision::new(*base)),
        None => input,
    };
    work(move |drafts| async move { drafts.set_with(&id, input).await })
}

pub(crate) unsafe fn get(id: drafts_text) -> Result<Work<Option<Draft>>> {
    // SAFETY: the caller vouches for it.
    let id = unsafe { id.id() }?;
    work(move |drafts| async move { drafts.get(&id).await })
}

pub(crate) unsafe fn get_many(ids: *const drafts_text, count: usize) -> Result<Work<Vec<Option<Draft>>>> {
    // SAFETY: the caller vouches for it.
    let ids = unsafe { array(ids, count, "ids")?.iter().map(|id| id.id()).collect::<Result<Vec<_>>>()? };
    work(move |drafts| async move { drafts.get_many(&ids).await })
}

pub(crate) unsafe fn query(after: *const drafts_cursor, limit: usize) -> Result<Query> {
    // SAFETY: the caller vouches for it.
    let after = unsafe { after.as_ref().map(|after| after.read()).transpose()? };
    Ok(Query::first(limit).after(after))
}

pub(crate) unsafe fn list(after: *const drafts_cursor, limit: usize) -> Result<Work<Page>> {
    // SAFETY: the caller vouches for it.
    let query = unsafe { query(after, limit) }?;
    work(move |drafts| async move { drafts.list(query).await })
}

pub(crate) unsafe fn revision(id: drafts_text) -> Result<Work<Revision>> {
    // SAFETY: the caller vouches for it.
    let id = unsafe { id.id() }?;
    work(move |drafts| async move { drafts.revision(&id).await })
}

pub(crate) unsafe fn conversation(id: drafts_text) -> Result<Work<Option<Conversation>>> {
    // SAFETY: the caller vouches for it.
    let id = unsafe { id.id() }?;
    work(move |drafts| async move { drafts.conversations().get(&id).await })
}

pub(crate) unsafe fn conversations(after: *const drafts_cursor, limit: usize) -> Result<Work<Page>> {
    // SAFETY: the caller vouches for it.
    let query = unsafe { query(after, limit) }?;
    work(move |drafts| async move { drafts.conversations().list(query).await })
}

pub(crate) unsafe fn update(id: drafts_text, update: *const drafts_update) -> Result<Work<Outcome>> {
    // SAFETY: the caller vouches for it.
    let (id, update) = unsafe { (id.id()?, required(update, "update")?.get()) };
    let update = update.map_err(drafts_error::not_text)?;
    work(move |drafts| async move { drafts.conversations().update(&id, update).await })
}

pub(crate) unsafe fn update_many(
    ids: *const drafts_text,
    updates: *const *const drafts_update,
    count: usize,
) -> Result<Work<()>> {
    // SAFETY: the caller vouches for it.
    let (ids, updates) = unsafe { (array(ids, count, "ids")?, array(updates, count, "updates")?) };
    let mut told = Vec::with_capacity(count);
    for (id, update) in ids.iter().zip(updates) {
        // SAFETY: the caller vouches for it.
        let (id, update) = unsafe { (id.id()?, required(*update, "update")?.get()) };
        told.push((id, update.map_err(drafts_error::not_text)?));
    }
    work(move |drafts| async move { drafts.conversations().update_many(told).await.map(drop) })
}

pub(crate) unsafe fn pin(id: drafts_text, pinned: bool) -> Result<Work<Outcome>> {
    // SAFETY: the caller vouches for it.
    let id = unsafe { id.id() }?;
    work(move |drafts| async move { drafts.conversations().pin(&id, pinned).await })
}

pub(crate) unsafe fn rename(from: drafts_text, to: drafts_text) -> Result<Work<Outcome>> {
    // SAFETY: the caller vouches for it.
    let (from, to) = unsafe { (from.id()?, to.id()?) };
    work(move |drafts| async move { drafts.conversations().rename(&from, &to).await })
}

pub(crate) unsafe fn delete(id: drafts_text) -> Result<Work<Outcome>> {
    // SAFETY: the caller vouches for it.
    let id = unsafe { id.id() }?;
    work(move |drafts| async move { drafts.conversations().delete(&id).await })
}

/// # Safety
/// `target` is NULL or a handle that was not freed.
pub(crate) unsafe fn copy(target: *const drafts_store) -> Result<Work<()>> {
    // SAFETY: the caller vouches for it.
    let target = unsafe { required(target, "target") }?.host.drafts.clone();
    work(move |drafts| async move { chat_drafts::copy(drafts.store(), target.store()).await.map(drop) })
}

pub(crate) unsafe fn compose(id: drafts_text) -> Result<Work<Composer>> {
    // SAFETY: the caller vouches for it.
    let id = unsafe { id.id() }?;
    work(move |drafts| async move { drafts.compose(&id).await })
}

pub(crate) fn begin_send(id: ConversationId) -> Result<Work<Ticket>> {
    work(move |drafts| async move { drafts.begin_send(&id).await })
}

pub(crate) fn tickets() -> Result<Work<Vec<Ticket>>> {
    work(|drafts| async move { drafts.tickets().await })
}

pub(crate) unsafe fn undo_clear(id: drafts_text) -> Result<Work<Outcome>> {
    // SAFETY: the caller vouches for it.
    let id = unsafe { id.id() }?;
    work(move |drafts| async move { drafts.undo_clear(&id).await })
}

pub(crate) fn flush() -> Result<Work<()>> {
    work(|drafts| async move { drafts.flush().await })
}

pub(crate) fn suspend() -> Result<Work<()>> {
    work(|drafts| async move { drafts.suspend().await })
}

pub(crate) fn resume() -> Result<Work<()>> {
    work(|drafts| async move { drafts.resume().await })
}

pub(crate) fn check() -> Result<Work<()>> {
    work(|drafts| async move { drafts.check().await })
}

pub(crate) fn close() -> Result<Work<()>> {
    work(|drafts| async move { drafts.close().await })
}
