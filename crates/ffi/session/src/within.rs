//! Waiting with an end.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use chat_drafts::Drafts;

/// The longest time that is counted. It keeps a deadline within what a clock can show.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How long an ending waits for a store.
pub(crate) struct Patience<'a> {
    since: Instant,
    time: Duration,
    /// The store whose writing renews it, and how many calls that had written then.
    writing: Option<(&'a Drafts, u64)>,
}

impl<'a> Patience<'a> {
    /// So long and no longer.
    pub(crate) fn within(time: Duration) -> Self {
        Self { since: Instant::now(), time: time.min(LONGEST), writing: None }
    }

    /// As long as the store writes one call after the other, and so long when it does not.
    pub(crate) fn while_writing(drafts: &'a Drafts, time: Duration) -> Self {
        Self { writing: Some((drafts, drafts.stats().calls)), ..Self::within(time) }
    }

    /// Waits for a future on this thread; `None` if it is not ready in all the time that is left.
    pub(crate) fn wait<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        self.wait_part(1, future)
    }

    /// [`wait`](Self::wait), and leaves half of the time to what comes next.
    pub(crate) fn wait_half<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        self.wait_part(2, future)
    }

    fn wait_part<T>(&mut self, part: u32, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        loop {
            let answer = block_on_until(future.as_mut(), self.since + self.time / part);
            if answer.is_some() || !self.is_renewed() {
                return answer;
            }
        }
    }

    fn is_renewed(&mut self) -> bool {
        let Some((drafts, before)) = &mut self.writing else { return false };
        let written = drafts.stats().calls;
        let is_renewed = written > *before;
        *before = written;
        if is_renewed {
            self.since = Instant::now();
        }
        is_renewed
    }
}

/// Waits for a future on this thread; `None` if it is not ready by the deadline. It is polled once in any case.
fn block_on_until<T>(future: impl Future<Output = T>, deadline: Instant) -> Option<T> {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(answer) = future.as_mut().poll(&mut context) {
            return Some(answer);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        std::thread::park_timeout(left);
    }
}
