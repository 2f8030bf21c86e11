//! The end of a session: what is saved, how long that may take, and what could not be saved.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chat_drafts::{ConversationId, Drafts, Error};

use crate::Worker;
use crate::account::Account;
use crate::login::Login;
use crate::session::{Inner, Session};
use crate::within::Patience;

/// How long the end waits for a store that writes nothing, unless the host names a time: five seconds.
pub(crate) const SAVING_TIME: Duration = Duration::from_secs(5);

/// A text that could not be saved before the end.
///
/// ```
/// use chat_drafts_session::{Session, Unsaved};
///
/// fn end(session: &Session) -> Vec<Unsaved> {
///     session.uninit()
/// }
/// # let _ = end;
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Unsaved {
    /// The conversation.
    pub id: ConversationId,
    /// The text as it was typed last; empty if the draft was to be cleared.
    pub text: String,
}

impl fmt::Debug for Unsaved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsaved").finish_non_exhaustive()
    }
}

impl Session {
    /// [`uninit_within`](Self::uninit_within) as long as the store writes one call after the other, and five seconds when
    /// it does not.
    pub fn uninit(&self) -> Vec<Unsaved> {
        self.inner.uninit(None)
    }

    /// Logs out, waits until every call is answered and what was accepted is on the disk, and ends the session's thread.
    /// Gives the texts that could not be saved: because the disk is full, because somebody else has changed the draft and
    /// nobody has [resolved](crate::Composer::resolve) that, because the session is suspended, or because the time was not
    /// enough. The store is closed all the same, and nothing else keeps these texts.
    ///
    /// Saving is tried once and takes no longer than `time`, half of which the calls that are under way may take. A call
    /// that the store has not answered a second later fails by 6019; where the disk itself hangs, this returns after ten more
    /// seconds at most. The host's callbacks are waited for as long as they take.
    ///
    /// Inside a callback it cannot wait for the callbacks behind it: it waits for the disk, and they follow. With an
    /// executor it waits until the executor has them.
    pub fn uninit_within(&self, time: Duration) -> Vec<Unsaved> {
        self.inner.uninit(Some(time))
    }

    /// Waits until what was accepted is on the disk, as long as [`uninit`](Self::uninit), and accepts nothing more, whatever
    /// callbacks do meanwhile: for the end of a process, when one of them may never return. Gives the texts that could not be
    /// saved.
    pub fn save(&self) -> Vec<Unsaved> {
        let account = self.inner.lock().login.account().cloned();
        account.map_or_else(Vec::new, |account| account.leave(&self.inner.worker, None, false))
    }
}

impl Inner {
    fn uninit(&self, time: Option<Duration>) -> Vec<Unsaved> {
        let mut state = self.lock();
        state.config = None;
        state.endings += 1;
        state.last += 1;
        let number = state.last;
        let left = state.login.leave(number);
        let account = left.account().cloned();
        // The answers of calls that were made before still go there.
        self.worker.set_executor(None);
        drop(state);
        // Those who wait for a login are told.
        drop(left);
        let unsaved = account.map_or_else(Vec::new, |account| account.leave(&self.worker, time, true));
        self.worker.close();
        let mut state = self.lock();
        state.endings -= 1;
        let is_mine = matches!(&state.login, Login::Going(going) if going.number == number);
        let gone = if is_mine { std::mem::take(&mut state.login) } else { Login::Out };
        drop(state);
        self.changed.notify_all();
        drop(gone);
        unsaved
    }
}

impl Account {
    /// Leaves the account for good: saves what is typed, closes the store, and gives what could not be saved. No time is as
    /// long as the store writes.
    fn leave(self: Arc<Self>, worker: &Worker, time: Option<Duration>, waits_for_calls: bool) -> Vec<Unsaved> {
        self.refuse_edits();
        // What was given up once takes no time again.
        let time = if self.is_given_up.load(Ordering::Acquire) { Some(Duration::ZERO) } else { time };
        let mut patience = match time {
            Some(time) => Patience::within(time),
            None => Patience::while_writing(&self.drafts, SAVING_TIME),
        };
        // Inside a callback nothing goes on meanwhile.
        if waits_for_calls && !worker.is_current() {
            worker.catch_up_within(&mut patience);
            let _ = patience.wait_half(self.calls_ended());
        }
        let unsaved = close_within(worker, &self.drafts, patience);
        self.is_given_up.fetch_or(!unsaved.is_empty(), Ordering::AcqRel);
        unsaved
    }
}

/// Closes a store behind all that its worker has accepted, whether everything can be saved or not. Gives the texts that were
/// not saved. It waits as long as the store writes one call after the other, and five seconds when it does not.
///
/// ```
/// use chat_drafts_session::{Worker, close};
///
/// # let drafts = chat_drafts::Drafts::new(chat_drafts_store_memory::MemoryStore::new())?;
/// let worker = Worker::default();
/// assert_eq!(close(&worker, &drafts), []);
/// worker.close();
/// # Ok::<(), chat_drafts::Error>(())
/// ```
pub fn close(worker: &Worker, drafts: &Drafts) -> Vec<Unsaved> {
    close_within(worker, drafts, Patience::while_writing(drafts, SAVING_TIME))
}

fn close_within(worker: &Worker, drafts: &Drafts, mut patience: Patience<'_>) -> Vec<Unsaved> {
    worker.catch_up_within(&mut patience);
    match patience.wait(drafts.close()) {
        None | Some(Err(Error::Unsaved { .. })) => {}
        // It is closed, and everything was saved before.
        Some(Ok(()) | Err(_)) => return Vec::new(),
    }
    let unsaved = drafts.unsaved().into_iter().map(|(id, text)| Unsaved { id, text }).collect();
    // Without this the file stays open and locked, and whoever hears of events waits for the next one for ever.
    let _ = patience.wait(drafts.store().close());
    unsaved
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.uninit(None);
    }
}
