//! Where the time of a draft comes from.

use std::time::{SystemTime, UNIX_EPOCH};

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
    /// Milliseconds since the Unix epoch, UTC.
    fn now(&self) -> i64;
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
        let millis = |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
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
}
