//! Who hears of conversations.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use chat_drafts::Conversation;

/// Hears of conversations: the SDK's `V2TIMConversationListener`. What is not implemented is passed over.
///
/// ```
/// use std::sync::Arc;
/// use chat_drafts_session::{Conversation, Listener};
///
/// struct Rows;
///
/// impl Listener for Rows {
///     fn on_conversation_changed(&self, conversation: &Conversation) {
///         println!("a draft of {} bytes", conversation.draft_text().len());
///     }
/// }
/// # let _: Arc<dyn Listener> = Arc::new(Rows);
/// ```
pub trait Listener: Send + Sync + 'static {
    /// The list is about to be read anew: after a login, and when another process has written to the same file.
    fn on_sync_server_start(&self) {}
    /// The list can be read now.
    fn on_sync_server_finish(&self) {}
    /// A conversation came into being, by its draft for instance.
    fn on_new_conversation(&self, _conversation: &Conversation) {}
    /// A conversation changed; one that is known no more has an empty draft.
    fn on_conversation_changed(&self, _conversation: &Conversation) {}
    /// A conversation was deleted.
    fn on_conversation_deleted(&self, _conversation: &Conversation) {}
}

/// Those who listen, each under a key of the host's. No lock is held while one of them is called.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use chat_drafts_session::Listeners;
///
/// let listeners = Listeners::<AtomicU32>::default();
/// let heard = Arc::new(AtomicU32::new(0));
/// listeners.add(1, Arc::clone(&heard));
/// listeners.tell(|listener| _ = listener.fetch_add(1, Ordering::Relaxed));
/// listeners.remove(1, true);
/// listeners.tell(|listener| _ = listener.fetch_add(1, Ordering::Relaxed));
/// assert_eq!(heard.load(Ordering::Relaxed), 1);
/// ```
pub struct Listeners<L: ?Sized> {
    state: Mutex<State<L>>,
    returned: Condvar,
}

struct State<L: ?Sized> {
    entries: Vec<(u64, Arc<L>)>,
    /// The calls under way: which listener, on which thread.
    running: Vec<(u64, u64)>,
}

impl<L: ?Sized> Default for Listeners<L> {
    fn default() -> Self {
        Self { state: Mutex::new(State { entries: Vec::new(), running: Vec::new() }), returned: Condvar::new() }
    }
}

impl<L: ?Sized> Listeners<L> {
    /// Adds it, unless the key is there already.
    pub fn add(&self, key: u64, listener: Arc<L>) {
        let mut state = self.lock();
        if !state.has(key) {
            state.entries.push((key, listener));
        }
    }

    /// Takes it away. With `waits` it is not called any more when this returns, unless this is a call of its own.
    pub fn remove(&self, key: u64, waits: bool) {
        let this_thread = thread_number();
        let mut state = self.lock();
        state.entries.retain(|(entry, _)| *entry != key);
        let runs_elsewhere = |state: &mut State<L>| {
            state.running.iter().any(|(running, thread)| *running == key && *thread != this_thread)
        };
        if waits {
            drop(self.returned.wait_while(state, runs_elsewhere));
        }
    }

    /// Whether nobody listens.
    pub fn is_empty(&self) -> bool {
        self.lock().entries.is_empty()
    }

    /// Calls every listener that is still there when its turn comes. A panic of one is its own.
    pub fn tell(&self, tell: impl Fn(&L)) {
        let thread = thread_number();
        let entries = self.lock().entries.clone();
        for (key, listener) in entries {
            let mut state = self.lock();
            if !state.has(key) {
                continue;
            }
            state.running.push((key, thread));
            drop(state);
            // The others still hear.
            let _ = catch_unwind(AssertUnwindSafe(|| tell(&*listener)));
            let mut state = self.lock();
            let ended = state.running.iter().rposition(|running| *running == (key, thread));
            ended.map(|place| state.running.remove(place));
            drop(state);
            self.returned.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<L>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L: ?Sized> State<L> {
    fn has(&self, key: u64) -> bool {
        self.entries.iter().any(|(entry, _)| *entry == key)
    }
}

/// A number of this thread's own, without asking for its handle, which costs a thread of another language memory it never
/// gives back.
fn thread_number() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    thread_local! {
        static NUMBER: u64 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    NUMBER.with(|number| *number)
}

impl<L: ?Sized> fmt::Debug for Listeners<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners").field("count", &self.lock().entries.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_removal_waits_for_the_call_that_is_under_way() {
        let listeners = Listeners::<AtomicU32>::default();
        listeners.add(1, Arc::default());
        let log = Mutex::new(Vec::new());
        let (release, released) = std::sync::mpsc::channel::<()>();
        let (entered, is_entered) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let (listeners, log) = (&listeners, &log);
            let released = Mutex::new(released);
            scope.spawn(move || {
                listeners.tell(|_| {
                    entered.send(()).unwrap();
                    let _ = released.lock().unwrap().recv();
                    log.lock().unwrap().push("returned");
                });
            });
            is_entered.recv().unwrap();
            scope.spawn(move || {
                listeners.remove(1, true);
                log.lock().unwrap().push("removed");
            });
            // From then on it waits, or it never does.
            while !listeners.is_empty() {
                std::thread::yield_now();
            }
            drop(release);
        });
        assert_eq!(*log.lock().unwrap(), ["returned", "removed"]);
    }

    #[test]
    fn one_that_another_has_removed_is_not_called_any_more() {
        let listeners = Listeners::<AtomicU32>::default();
        let heard = [Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0))];
        listeners.add(1, Arc::clone(&heard[0]));
        listeners.add(2, Arc::clone(&heard[1]));
        listeners.tell(|listener| {
            listener.fetch_add(1, Ordering::Relaxed);
            listeners.remove(2, true);
            listeners.remove(1, true);
        });
        assert_eq!(heard.map(|heard| heard.load(Ordering::Relaxed)), [1, 0]);
        assert!(listeners.is_empty());
    }
}
