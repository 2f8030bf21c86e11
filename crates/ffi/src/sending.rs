//! A text that is being sent, as C sees it.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use chat_drafts::{Outcome, Ticket};

use crate::answer::{Hosted, Result, Work, on_given, on_outcome, then, then_on, wait, wait_on, work};
use crate::pointer::{self, Owned, free, free_owned, give, place};
use crate::{
    drafts_bytes, drafts_error, drafts_on_outcome, drafts_outcome, drafts_status, drafts_store, drafts_text, prepare,
};

/// A text that has left its draft to be sent, and is kept until `drafts_ticket_confirm` or `drafts_ticket_abort`. Only the
/// library makes one. Freeing it without either keeps the text, for `drafts_tickets`.
#[repr(C)]
pub struct drafts_ticket {
    /// The number of the sending; after a restart the ticket of the same text has the same.
    pub number: u64,
    /// When it began, in milliseconds since the Unix epoch, UTC.
    pub began_at: i64,
    /// The conversation it is of.
    pub id: drafts_text,
    /// The text to send.
    pub text: drafts_text,
    /// What the host kept with it.
    pub extra: drafts_bytes,
}

/// What is behind a ticket.
pub(crate) struct TicketValue {
    ticket: Arc<Ticket>,
    host: Hosted,
}

/// Tickets in the order in which their sending began.
pub struct drafts_ticket_list(Vec<*mut drafts_ticket>);

impl Drop for drafts_ticket_list {
    fn drop(&mut self) {
        // SAFETY: they were made by `into_owned`, and go with the list.
        self.0.iter().for_each(|ticket| unsafe { free_owned::<drafts_ticket, TicketValue>(*ticket) });
    }
}

/// Hears of a ticket that is the host's from now on, to be freed by `drafts_ticket_free`; NULL if there is an error.
pub type drafts_on_ticket =
    Option<unsafe extern "C" fn(user: *mut c_void, ticket: *mut drafts_ticket, error: *const drafts_error)>;

/// Hears of tickets that are the host's from now on, to be freed by `drafts_ticket_list_free`; NULL if there is an error.
pub type drafts_on_tickets =
    Option<unsafe extern "C" fn(user: *mut c_void, tickets: *mut drafts_ticket_list, error: *const drafts_error)>;

impl drafts_ticket {
    /// Gives a ticket to C.
    pub(crate) fn into_owned(ticket: Ticket, host: Hosted) -> *mut Self {
        let value = TicketValue { ticket: Arc::new(ticket), host };
        pointer::into_owned(Some(value), |value| Self {
            number: value.ticket.number(),
            began_at: value.ticket.began_at(),
            id: drafts_text::of(value.ticket.id().as_str()),
            text: drafts_text::of(value.ticket.text()),
            extra: drafts_bytes::of(value.ticket.extra()),
        })
    }

    fn list(tickets: Vec<Ticket>, host: &Hosted) -> *mut drafts_ticket_list {
        let tickets = tickets.into_iter().map(|ticket| Self::into_owned(ticket, host.clone())).collect();
        Box::into_raw(Box::new(drafts_ticket_list(tickets)))
    }
}

pub(crate) fn on_ticket(
    host: Option<Hosted>,
    answer: drafts_on_ticket,
    user: *mut c_void,
) -> impl FnOnce(Result<Ticket>) + Send {
    on_given(host, answer, user, drafts_ticket::into_owned)
}

/// Takes the text of a conversation out of its draft, to be sent: what was typed last, saved or not. One commit; a save based
/// on what was before is refused from then on, so a sent text never comes back. `NOTHING_TO_SEND` if there is none;
/// `CONFLICT` if somebody else has stored another text than the one typed here. Free the ticket by `drafts_ticket_free`.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_begin_send(
    store: *const drafts_store,
    id: drafts_text,
    ticket: *mut *mut drafts_ticket,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it; a store that is NULL has answered already.
    unsafe {
        wait(
            store,
            || {
                place(ticket, "ticket")?;
                prepare::begin_send(id.id()?)
            },
            error,
            |begun| give(ticket, drafts_ticket::into_owned(begun, (*store).host.clone())),
        )
    }
}

/// `drafts_begin_send`, answered by a callback.
///
/// # Safety
/// As for `drafts_begin_send`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_begin_send_then(
    store: *const drafts_store,
    id: drafts_text,
    answer: drafts_on_ticket,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe {
        let host = store.as_ref().map(|store| store.host.clone());
        then(store, || prepare::begin_send(id.id()?), on_ticket(host, answer, user))
    }
}

/// The texts of which nobody has said what became of them, also before a restart, in the order in which their sending began.
/// Free the list by `drafts_ticket_list_free`.
///
/// # Safety
/// `store` is NULL or a handle that was not freed; every other pointer is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_tickets(
    store: *const drafts_store,
    tickets: *mut *mut drafts_ticket_list,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it; a store that is NULL has answered already.
    unsafe {
        wait(
            store,
            || {
                place(tickets, "tickets")?;
                prepare::tickets()
            },
            error,
            |found| give(tickets, drafts_ticket::list(found, &(*store).host)),
        )
    }
}

/// `drafts_tickets`, answered by a callback.
///
/// # Safety
/// `store` is NULL or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_tickets_then(
    store: *const drafts_store,
    answer: drafts_on_tickets,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe {
        let host = store.as_ref().map(|store| store.host.clone());
        let given = on_given(host, answer, user, |tickets, host| drafts_ticket::list(tickets, &host));
        then(store, prepare::tickets, given)
    }
}

/// How many tickets there are.
///
/// # Safety
/// `tickets` is NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_ticket_list_count(tickets: *const drafts_ticket_list) -> usize {
    // SAFETY: the caller vouches for it.
    unsafe { tickets.as_ref() }.map_or(0, |tickets| tickets.0.len())
}

/// A ticket of a list, counted from 0; NULL behind the last. It lives as long as the list and is not freed by itself.
///
/// # Safety
/// `tickets` is NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_ticket_list_get(
    tickets: *const drafts_ticket_list,
    index: usize,
) -> *const drafts_ticket {
    // SAFETY: the caller vouches for it.
    let ticket = unsafe { tickets.as_ref() }.and_then(|tickets| tickets.0.get(index));
    ticket.map_or(ptr::null(), |ticket| ticket.cast_const())
}

/// Frees a list and its tickets. NULL is fine.
///
/// # Safety
/// `tickets` is NULL, or a list that is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_ticket_list_free(tickets: *mut drafts_ticket_list) {
    // SAFETY: the caller vouches for it.
    unsafe { free(tickets) };
}

/// What is behind a ticket of the caller's.
fn value(ticket: *const drafts_ticket) -> *const Owned<drafts_ticket, TicketValue> {
    ticket.cast()
}

fn ended<F>(
    ticket: &Owned<drafts_ticket, TicketValue>,
    end: impl FnOnce(Arc<Ticket>) -> F + Send + 'static,
) -> (&Hosted, Result<Work<Outcome>>)
where
    F: Future<Output = chat_drafts::Result<Outcome>> + Send + 'static,
{
    let TicketValue { ticket, host } = ticket.value();
    let ticket = Arc::clone(ticket);
    (host, work(|_| end(ticket)))
}

async fn confirm(ticket: Arc<Ticket>) -> chat_drafts::Result<Outcome> {
    ticket.confirm().await
}

async fn abort(ticket: Arc<Ticket>) -> chat_drafts::Result<Outcome> {
    ticket.abort().await
}

/// Deletes the text of a message that was sent, in one commit. `DRAFTS_STATUS_NOT_PENDING` if it is not being sent any more.
/// The ticket is still to be freed.
/// `outcome` may be NULL.
///
/// # Safety
/// `ticket` is NULL or one that was not freed; every other pointer is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_ticket_confirm(
    ticket: *const drafts_ticket,
    outcome: *mut drafts_outcome,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe {
        wait_on(value(ticket), "ticket", |ticket| ended(ticket, confirm), error, |done| give(outcome, done.into()))
    }
}

/// `drafts_ticket_confirm`, answered by a callback.
///
/// # Safety
/// `ticket` is NULL or one that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_ticket_confirm_then(
    ticket: *const drafts_ticket,
    answer: drafts_on_outcome,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then_on(value(ticket), "ticket", |ticket| ended(ticket, confirm), on_outcome(answer, user)) }
}

/// Makes a text that was not sent the draft again, in front of what was typed since, a newline between them. A composer shows
/// it when this returns. `DRAFTS_STATUS_NOT_PENDING` if it is not being sent any more. `outcome` may be NULL.
///
/// # Safety
/// `ticket` is NULL or one that was not freed; every other pointer is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_ticket_abort(
    ticket: *const drafts_ticket,
    outcome: *mut drafts_outcome,
    error: *mut *mut drafts_error,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { wait_on(value(ticket), "ticket", |ticket| ended(ticket, abort), error, |done| give(outcome, done.into())) }
}

/// `drafts_ticket_abort`, answered by a callback.
///
/// # Safety
/// `ticket` is NULL or one that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_ticket_abort_then(
    ticket: *const drafts_ticket,
    answer: drafts_on_outcome,
    user: *mut c_void,
) -> drafts_status {
    // SAFETY: the caller vouches for it.
    unsafe { then_on(value(ticket), "ticket", |ticket| ended(ticket, abort), on_outcome(answer, user)) }
}

/// Frees a ticket that `drafts_begin_send` or a composer gave. NULL is fine.
///
/// # Safety
/// `ticket` is NULL, or one of those, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_ticket_free(ticket: *mut drafts_ticket) {
    // SAFETY: those functions give what `into_owned` made; the caller vouches for the rest.
    unsafe { free_owned::<drafts_ticket, TicketValue>(ticket) };
}
