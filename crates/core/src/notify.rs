//! Wake-ups. A waker is the host's code: it may panic, make calls, or own the last handle of a store. So wakers are cloned,
//! woken and dropped while no lock of ours is held, and each of them is guarded.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

use futures_channel::oneshot;

use crate::{Error, Result};

crate::sync::thread_local! {
    static REFUSES_BLOCKING: Cell<bool> = const { Cell::new(false) };
}

/// Refuses blocking calls on this thread until it is dropped.
struct Refusal {
    before: bool,
}

impl Refusal {
    fn begin() -> Self {
        Self { before: REFUSES_BLOCKING.with(|refuses| refuses.replace(true)) }
    }
}

impl Drop for Refusal {
    fn drop(&mut self) {
        REFUSES_BLOCKING.with(|refuses| refuses.set(self.before));
    }
}

/// Returns true if this thread writes for a store or runs wake-ups: waiting here for a write may be waiting for itself.
pub(crate) fn is_blocking_refused() -> bool {
    REFUSES_BLOCKING.with(Cell::get)
}

/// Refuses a blocking call on a thread that writes or notifies. Every blocking call begins with it.
///
/// # Errors
/// [`Error::WouldDeadlock`].
pub(crate) fn check_blocking() -> Result<()> {
    if is_blocking_refused() { Err(Error::WouldDeadlock) } else { Ok(()) }
}

/// Runs code that must not end this thread by a panic, and refuses blocking calls inside it. Must be called on no lock.
pub(crate) fn guarded(act: impl FnOnce()) {
    let _refusal = Refusal::begin();
    let Err(payload) = catch_unwind(AssertUnwindSafe(act)) else { return };
    // The payload is the host's too.
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(payload);
    }
}

/// A waker of the host's that is kept. Cloned from the original, woken and dropped on no lock.
#[derive(Debug)]
pub(crate) struct HostWaker(Option<Waker>);

impl HostWaker {
    /// Clones a waker. A panic in that is the caller's.
    pub(crate) fn clone_from(waker: &Waker) -> Self {
        let _refusal = Refusal::begin();
        Self(Some(waker.clone()))
    }

    /// Returns true if it wakes the same task as `waker`. Runs no code of the host's.
    pub(crate) fn will_wake(&self, waker: &Waker) -> bool {
        self.0.as_ref().is_some_and(|kept| kept.will_wake(waker))
    }

    /// Wakes the task.
    pub(crate) fn wake(mut self) {
        if let Some(waker) = self.0.take() {
            guarded(|| waker.wake());
        }
    }
}

impl Drop for HostWaker {
    fn drop(&mut self) {
        if let Some(waker) = self.0.take() {
            guarded(|| drop(waker));
        }
    }
}

/// The sending half of an answer. Sending and dropping it wake the task that waits, so both are done on no lock.
#[derive(Debug)]
pub(crate) struct Answer<T>(Option<oneshot::Sender<T>>);

/// Returns an answer to be sent and the future that waits for it.
pub(crate) fn answer<T>() -> (Answer<T>, oneshot::Receiver<T>) {
    let (sender, receiver) = oneshot::channel();
    (Answer(Some(sender)), receiver)
}

impl<T> Answer<T> {
    /// Sends the answer. One that nobody waits for any more is dropped.
    pub(crate) fn send(mut self, value: T) {
        if let Some(sender) = self.0.take() {
            guarded(|| drop(sender.send(value)));
        }
    }
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        if let Some(sender) = self.0.take() {
            guarded(|| drop(sender));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{panic_any, resume_unwind};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    /// A panic payload that panics when it is dropped.
    struct Grenade;

    impl Drop for Grenade {
        fn drop(&mut self) {
            resume_unwind(Box::new(()));
        }
    }

    #[derive(Default)]
    struct Panics(AtomicUsize);

    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            assert!(is_blocking_refused());
            self.0.fetch_add(1, Ordering::Relaxed);
            resume_unwind(Box::new(Grenade));
        }
    }

    #[test]
    fn a_panic_ends_in_its_guard() {
        guarded(|| panic_any(Grenade));
        let panics = Arc::new(Panics::default());
        let waker = Waker::from(Arc::clone(&panics));
        HostWaker::clone_from(&waker).wake();
        for is_sent in [false, true] {
            let (answer, mut answered) = answer();
            let poll = std::pin::Pin::new(&mut answered).poll(&mut std::task::Context::from_waker(&waker));
            assert!(poll.is_pending());
            if is_sent {
                answer.send(7)
            } else {
                drop(answer)
            }
            assert_eq!(pollster::block_on(answered).ok(), is_sent.then_some(7));
        }
        assert_eq!(panics.0.load(Ordering::Relaxed), 3);
        assert!(check_blocking().is_ok(), "the wake-up is over");
    }

    #[test]
    fn a_guard_inside_a_guard_refuses_on() {
        guarded(|| {
            guarded(|| {});
            assert!(matches!(check_blocking(), Err(Error::WouldDeadlock)));
        });
        assert!(check_blocking().is_ok());
    }
}
