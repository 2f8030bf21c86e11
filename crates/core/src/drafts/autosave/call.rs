//! A caller of the machine, and the job of the store that is driven for it.
//!
//! The future of a job belongs to the call and not to the task that polls it: the caller polls it, whoever waits behind it
//! polls it too, and the autosave worker finishes it when nobody else does. So the answer of the store always arrives, also
//! if a caller drops its future, forgets to poll it, or loses its runtime.
//!
//! While one thread polls, the future is taken out. A wake-up that comes meanwhile is remembered, and the thread polls once
//! more before it puts the future back: others who look in between find nothing to poll and rely on that. Everybody who
//! waits has left a waker before looking, and a wake-up wakes them all.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use crate::drafts::buffer::{Answer, Reply};
use crate::notify::HostWaker;
use crate::sync::{Mutex, MutexGuard};
use crate::{Error, Result};

/// The store at work.
pub(crate) type Flight = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// Whom the machine answers.
#[derive(Clone, Default)]
pub(crate) struct Caller(Arc<Call>);

#[derive(Default)]
struct Call {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    answer: Option<Result<Reply>>,
    /// The job of this number in flight, unless somebody polls it at the moment, and since when, if that is measured.
    flight: Option<(u64, Option<Instant>, Flight)>,
    /// True if the job was never polled, or there was a wake-up since it was.
    is_woken: bool,
    /// True if nobody takes the answer any more.
    is_abandoned: bool,
    waker: Option<HostWaker>,
    more_wakers: Vec<HostWaker>,
}

impl State {
    fn wakers(&self) -> impl Iterator<Item = &HostWaker> {
        self.waker.iter().chain(&self.more_wakers)
    }
}

/// Returns how long a job has taken.
fn took(begun: Option<Instant>) -> Duration {
    begun.map_or(Duration::ZERO, |begun| begun.elapsed())
}

impl Caller {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns true if this is the same call.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Gives the call a job to drive.
    pub(super) fn depart(&self, number: u64, begun: Option<Instant>, flight: Flight) {
        let mut state = self.lock();
        state.flight = Some((number, begun, flight));
        state.is_woken = true;
    }

    /// Returns true if the job is in flight and nobody polls it at the moment.
    pub(super) fn has_flight(&self) -> bool {
        self.lock().flight.is_some()
    }

    /// Polls the job; returns its number, its answer and how long that took, if the store has answered.
    pub(super) fn poll_flight(&self) -> Option<(u64, Answer, Duration)> {
        loop {
            let (number, begun, mut flight) = {
                let mut state = self.lock();
                if !state.is_woken {
                    // It would give the same answer again.
                    return None;
                }
                let flight = state.flight.take()?;
                // Not before: whoever polls at the moment goes by it.
                state.is_woken = false;
                flight
            };
            let waker = Waker::from(Arc::clone(&self.0));
            let polled = catch_unwind(AssertUnwindSafe(|| flight.as_mut().poll(&mut Context::from_waker(&waker))));
            match polled {
                Ok(Poll::Ready(answer)) => return Some((number, answer, took(begun))),
                Ok(Poll::Pending) => {
                    let mut state = self.lock();
                    state.flight = Some((number, begun, flight));
                    if !state.is_woken {
                        return None;
                    }
                }
                // Whether it was made is not known.
                Err(_) => {
                    let error = Error::corrupt("the store panicked");
                    return Some((number, Answer::Failed(error), took(begun)));
                }
            }
        }
    }

    /// Wakes this task when the call is answered or its job goes on.
    pub(super) fn register(&self, waker: &Waker) {
        if self.lock().wakers().any(|known| known.will_wake(waker)) {
            return;
        }
        let waker = HostWaker::clone_from(waker);
        let mut state = self.lock();
        match state.waker {
            None => state.waker = Some(waker),
            Some(_) => state.more_wakers.push(waker),
        }
    }

    /// Wakes everybody who waits for the call or its job.
    pub(super) fn wake_all(&self) {
        self.0.wake_all();
    }

    /// Answers the call; gives the answer back if nobody takes it any more.
    pub(super) fn answer(&self, reply: Result<Reply>) -> Option<Result<Reply>> {
        let mut state = self.lock();
        if state.is_abandoned {
            drop(state);
            self.wake_all();
            return Some(reply);
        }
        state.answer = Some(reply);
        drop(state);
        self.wake_all();
        None
    }

    /// Takes the answer.
    pub(super) fn take_answer(&self) -> Option<Result<Reply>> {
        self.lock().answer.take()
    }

    /// Nobody takes the answer any more; returns it if it was there already.
    pub(super) fn abandon(&self) -> Option<Result<Reply>> {
        let mut state = self.lock();
        state.is_abandoned = true;
        state.answer.take()
    }
}

impl Call {
    fn wake_all(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (waker, more) = (state.waker.take(), std::mem::take(&mut state.more_wakers));
        drop(state);
        waker.into_iter().chain(more).for_each(HostWaker::wake);
    }
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).is_woken = true;
        self.wake_all();
    }
}
