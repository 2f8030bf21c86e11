//! Waiting with an end.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// The longest time that is counted. It keeps a deadline within what a clock can show.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The moment that is so far away.
pub(crate) fn deadline_in(time: Duration) -> Instant {
    Instant::now() + time.min(LONGEST)
}

/// Waits for a future on this thread; `None` if it is not ready by the deadline. It is polled once in any case.
pub(crate) fn block_on_until<T>(future: impl Future<Output = T>, deadline: Instant) -> Option<T> {
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
