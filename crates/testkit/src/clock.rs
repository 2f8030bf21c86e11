use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chat_drafts_core::Clock;

/// A clock that stands still until a test turns it. Clones show the same time.
///
/// ```
/// use chat_drafts_core::Clock;
/// use chat_drafts_testkit::TestClock;
///
/// let clock = TestClock::at(1_000);
/// clock.clone().advance(50);
/// assert_eq!(clock.now(), 1_050);
/// ```
#[derive(Debug, Clone, Default)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// A clock that shows this time, in milliseconds since the Unix epoch, UTC.
    pub fn at(millis: i64) -> Self {
        Self(Arc::new(AtomicI64::new(millis)))
    }

    /// Shows this time from now on; it may be an earlier one.
    pub fn set(&self, millis: i64) {
        self.0.store(millis, Ordering::SeqCst);
    }

    /// Lets so many milliseconds pass; a negative number turns it back.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}
