//! An open store, whose it is, and the calls that are under way on it.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::task::{Poll, Waker};

use chat_drafts::{Drafts, Event, Origin};

use crate::listeners::Listeners;
use crate::{Failure, Listener, Result, Worker};

/// An open store and whose it is.
pub(crate) struct Account {
    pub(crate) user: String,
    pub(crate) drafts: Drafts,
    /// The handle that deletes: its origin tells a deletion from a row that went with its draft.
    pub(crate) deleting: Drafts,
    is_watched: AtomicBool,
    /// Whether edits are refused for good. Held for reading while an edit is taken, so that none falls between the refusal
    /// and the last save.
    is_left: RwLock<bool>,
    /// Whether texts were given up because they could not be saved.
    pub(crate) is_given_up: AtomicBool,
    calls: Mutex<Calls>,
}

/// The calls that are under way.
#[derive(Default)]
struct Calls {
    /// Their numbers.
    running: BTreeSet<u64>,
    /// The number of the last one.
    last: u64,
    /// Woken when one ends.
    waiting: Vec<Waker>,
}

/// A call that is under way on an account. A logout waits until there is none.
pub(crate) struct Call {
    account: Arc<Account>,
    number: u64,
}

impl Account {
    pub(crate) fn new(user: String, drafts: Drafts) -> Self {
        let deleting = drafts.with_origin(Origin::new());
        Self {
            user,
            drafts,
            deleting,
            is_watched: AtomicBool::new(false),
            is_left: RwLock::new(false),
            is_given_up: AtomicBool::new(false),
            calls: Mutex::default(),
        }
    }

    /// Begins a call.
    pub(crate) fn call(self: &Arc<Self>) -> Call {
        let mut calls = self.calls();
        calls.last += 1;
        let number = calls.last;
        calls.running.insert(number);
        drop(calls);
        Call { account: Arc::clone(self), number }
    }

    /// Waits until every call has ended that was begun before.
    pub(crate) async fn calls_ended(&self) {
        let last = self.calls().last;
        std::future::poll_fn(|context| {
            let mut calls = self.calls();
            if calls.running.first().is_none_or(|first| *first > last) {
                return Poll::Ready(());
            }
            calls.waiting.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Lets a composer do something.
    ///
    /// # Errors
    /// 6014 once the account is left for good; what the edit answers.
    pub(crate) fn edit<T>(&self, edit: impl FnOnce() -> Result<T>) -> Result<T> {
        let is_left = self.is_left.read().unwrap_or_else(PoisonError::into_inner);
        if *is_left { Err(Failure::not_logged_in()) } else { edit() }
    }

    /// Refuses edits from now on.
    pub(crate) fn refuse_edits(&self) {
        *self.is_left.write().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// Passes the account's events on to the listeners, if that is not done yet. An account nobody listens to costs
    /// nothing.
    pub(crate) fn watch(&self, worker: &Worker, listeners: &Arc<Listeners<dyn Listener>>) {
        if self.is_watched.swap(true, Ordering::Relaxed) {
            return;
        }
        let listeners = Arc::clone(listeners);
        let deleting = self.deleting.origin();
        worker.watch(self.drafts.subscribe(), move |event| listeners.tell_of(&event, deleting));
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for Call {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.account
    }
}

impl Call {
    /// The account.
    pub(crate) fn account(&self) -> &Arc<Account> {
        &self.account
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let mut calls = self.calls();
        calls.running.remove(&self.number);
        let waiting = std::mem::take(&mut calls.waiting);
        drop(calls);
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// What the events of a store mean to the SDK's listeners.
impl Listeners<dyn Listener> {
    fn tell_of(&self, event: &Event, deleting: Origin) {
        match event {
            Event::Added { conversation, .. } => self.tell(|listener| listener.on_new_conversation(conversation)),
            Event::Removed { conversation, origin, .. } if *origin == deleting => {
                self.tell(|listener| listener.on_conversation_deleted(conversation));
            }
            Event::Changed { conversation, .. } | Event::Removed { conversation, .. } => {
                self.tell(|listener| listener.on_conversation_changed(conversation));
            }
            // Events are missing: what is known of the list is read anew, as after a login.
            _ => self.tell_of_sync(),
        }
    }

    /// Tells that the list is read anew.
    pub(crate) fn tell_of_sync(&self) {
        self.tell(|listener| listener.on_sync_server_start());
        self.tell(|listener| listener.on_sync_server_finish());
    }
}
