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
    pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, RwLock, RwLockWriteGuard};
    pub(crate) use std::{thread, thread_local};

    use std::sync::PoisonError;
    use std::time::Duration;

    pub(crate) use pollster::block_on;

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
    pub(crate) use shuttle::sync::{Condvar, Mutex, MutexGuard, RwLock, RwLockWriteGuard};
    pub(crate) use shuttle::{thread, thread_local};

    use std::sync::PoisonError;
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
        if time >= LONG && !thread_rng().gen_ratio(1, 4) {
            return (condvar.wait(guard).unwrap_or_else(PoisonError::into_inner), false);
        }
        drop(guard);
        for _ in 0..thread_rng().gen_range(0..4) {
            thread::yield_now();
        }
        (mutex.lock().unwrap_or_else(PoisonError::into_inner), true)
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
