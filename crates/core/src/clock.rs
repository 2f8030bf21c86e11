//! Where time comes from.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Tells the time. Apps keep the [`SystemClock`]; tests inject one they can turn.
///
/// ```
/// use chat_drafts_core::Clock;
///
/// struct Noon;
///
/// impl Clock for Noon {
///     fn now(&self) -> i64 {
///         1_700_000_000_000
///     }
/// }
/// // With it: Drafts::builder(store).clock(Noon).build()
/// # assert_eq!(Noon.now(), 1_700_000_000_000);
/// ```
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since the Unix epoch, UTC: when a draft was changed.
    fn now(&self) -> i64;

    /// Time since a moment that stays the same, which no change of the date makes jump: when an edit is saved. That of the
    /// system, if a clock does not say otherwise.
    fn elapsed(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }

    /// Whether [`elapsed`](Self::elapsed) goes on by itself. If not, no thread waits for it, and edits are saved when
    /// [`Drafts::save_due`](crate::Drafts::save_due) is called.
    fn is_running(&self) -> bool {
        true
    }
}

/// The clock of the system.
///
/// ```
/// use chat_drafts_core::{Clock, SystemClock};
///
/// assert!(SystemClock.now() > 1_700_000_000_000);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => millis(since),
            Err(before) => -millis(before.duration()),
        }
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> i64 {
        (**self).now()
    }

    fn elapsed(&self) -> Duration {
        (**self).elapsed()
    }

    fn is_running(&self) -> bool {
        (**self).is_running()
    }
}
