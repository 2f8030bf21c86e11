use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use chat_drafts_core::Clock;

/// A clock that stands still until a test turns it. Clones show the same time.
///
/// As it does not run by itself, edits are saved when
/// [`Drafts::save_due`](chat_drafts_core::Drafts::save_due) is called.
///
/// ```
/// use chat_drafts_core::Clock;
/// use chat_drafts_testkit::TestClock;
///
/// let clock = TestClock::at(1_000);
/// clock.clone().advance(50);
/// assert_eq!(clock.now(), 1_050);
/// assert_eq!(clock.elapsed().as_millis(), 50);
/// ```
#[derive(Debug, Clone, Default)]
pub struct TestClock(Arc<Times>);

#[derive(Debug, Default)]
struct Times {
    now: AtomicI64,
    elapsed: AtomicU64,
}

impl TestClock {
    /// A clock that shows this time, in milliseconds since the Unix epoch, UTC.
    pub fn at(millis: i64) -> Self {
        let clock = Self::default();
        clock.set(millis);
        clock
    }

    /// Shows this time from now on; it may be an earlier one. No time passes by that.
    pub fn set(&self, millis: i64) {
        self.0.now.store(millis, Ordering::SeqCst);
    }

    /// Lets so many milliseconds pass; a negative number turns the date back, and no time passes.
    pub fn advance(&self, millis: i64) {
        self.0.now.fetch_add(millis, Ordering::SeqCst);
        self.0.elapsed.fetch_add(millis.max(0).unsigned_abs(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        self.0.now.load(Ordering::SeqCst)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.elapsed.load(Ordering::SeqCst))
    }

    fn is_running(&self) -> bool {
        false
    }
}
