//! Locks, threads and waiting. Those of the standard library; under `cfg(shuttle)`, which only the workspace `schedules`
//! sets, those of a schedule explorer, which runs one thread at a time and chooses who is next.
//!
//! A `static` stays with the standard library's: the explorer's locks live for one schedule.

#[cfg(shuttle)]
pub(crate) use explored::*;
#[cfg(not(shuttle))]
pub(crate) use standard::*;

#[cfg(not(shuttle))]
mod standard {
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64};
    pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, RwLock, RwLockWriteGuard, mpsc};
    pub(crate) use std::{thread, thread_local};

    use std::pin::pin;
    use std::sync::{Arc, PoisonError};
    use std::task::{Context, Poll, Wake, Waker};
    use std::time::{Duration, Instant};

    pub(crate) use pollster::block_on;

    /// Returns the answer of a future, if it comes within this time.
    pub(crate) fn block_on_within<T>(future: impl Future<Output = T>, time: Duration) -> Option<T> {
        struct Unpark(thread::Thread);
        impl Wake for Unpark {
            fn wake(self: Arc<Self>) {
                self.0.unpark();
            }
        }
        let deadline = Instant::now() + time;
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(answer) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Some(answer);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            thread::park_timeout(left);
        }
    }

    /// Waits until every sender of a channel in which nothing is sent is gone, no longer than `time`.
    pub(crate) fn wait_for_end(ended: &mpsc::Receiver<()>, time: Duration) {
        let _ = ended.recv_timeout(time);
    }

    /// Waits for a notification, no longer than `time`. Returns true beside the guard if the time is over. `_mutex` is the
    /// guard's own.
    pub(crate) fn wait_timeout<'a, T>(
        condvar: &Condvar,
        _mutex: &'a Mutex<T>,
        guard: MutexGuard<'a, T>,
        time: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        let (guard, timeout) = condvar.wait_timeout(guard, time).unwrap_or_else(PoisonError::into_inner);
        (guard, timeout.timed_out())
    }

    /// Waits while the condition holds, no longer than `time`. Returns true beside the guard if it holds still.
    pub(crate) fn wait_timeout_while<'a, T>(
        condvar: &Condvar,
        _mutex: &'a Mutex<T>,
        guard: MutexGuard<'a, T>,
        time: Duration,
        condition: impl FnMut(&mut T) -> bool,
    ) -> (MutexGuard<'a, T>, bool) {
        let waited = condvar.wait_timeout_while(guard, time, condition);
        let (guard, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        (guard, timeout.timed_out())
    }
}

#[cfg(shuttle)]
mod explored {
    pub(crate) use shuttle::future::block_on;
    pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicU64};
    pub(crate) use shuttle::sync::{Condvar, Mutex, MutexGuard, RwLock, RwLockWriteGuard, mpsc};
    pub(crate) use shuttle::{thread, thread_local};

    use std::pin::pin;
    use std::sync::PoisonError;
    use std::task::{Context, Poll, Waker};
    use std::time::Duration;

    use shuttle::rand::{Rng, thread_rng};

    /// The shortest wait that nobody may rely on to end by itself: whoever waits so long for want of a notification is
    /// a deadlock that the explorer reports.
    const LONG: Duration = Duration::from_millis(1);

    /// A wait by the explorer's clock. A short one is over after a few turns of the others. A long one is over early in one
    /// case of four, since any thread may be slow; else it takes a notification to end it.
    pub(crate) fn wait_timeout<'a, T>(
        condvar: &Condvar,
        mutex: &'a Mutex<T>,
        guard: MutexGuard<'a, T>,
        time: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        if !is_over_early(time) {
            return (condvar.wait(guard).unwrap_or_else(PoisonError::into_inner), false);
        }
        drop(guard);
        let_others();
        (mutex.lock().unwrap_or_else(PoisonError::into_inner), true)
    }

    fn is_over_early(time: Duration) -> bool {
        time < LONG || thread_rng().gen_ratio(1, 4)
    }

    fn let_others() {
        for _ in 0..thread_rng().gen_range(0..4) {
            thread::yield_now();
        }
    }

    /// A `block_on` that is over like a [`wait_timeout`].
    pub(crate) fn block_on_within<T>(future: impl Future<Output = T>, time: Duration) -> Option<T> {
        if !is_over_early(time) {
            return Some(block_on(future));
        }
        let mut future = pin!(future);
        for _ in 0..2 {
            if let Poll::Ready(answer) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return Some(answer);
            }
            let_others();
        }
        None
    }

    /// A wait for the end of a channel that is over like a [`wait_timeout`].
    pub(crate) fn wait_for_end(ended: &mpsc::Receiver<()>, time: Duration) {
        if is_over_early(time) {
            let_others();
        } else {
            let _ = ended.recv();
        }
    }

    /// A [`wait_timeout`] for as long as the condition holds.
    pub(crate) fn wait_timeout_while<'a, T>(
        condvar: &Condvar,
        mutex: &'a Mutex<T>,
        mut guard: MutexGuard<'a, T>,
        time: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> (MutexGuard<'a, T>, bool) {
        let mut is_over = false;
        while condition(&mut guard) {
            if is_over {
                return (guard, true);
            }
            (guard, is_over) = wait_timeout(condvar, mutex, guard, time);
        }
        (guard, false)
    }
}
