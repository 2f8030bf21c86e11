use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::autosave::{Autosave, Driver};
use super::buffer::Pace;
use super::{Drafts, Inner, in_use};
use crate::{Clock, DraftStore, Error, OrderPolicy, Origin, Result, SystemClock};

/// The choices of a [`Drafts`].
///
/// ```
/// # use chat_drafts_core::{Drafts, DraftStore, OrderPolicy, Result};
/// # fn example(store: impl DraftStore) -> Result<()> {
/// let drafts = Drafts::builder(store).order_policy(OrderPolicy::MessagesOnly).max_text_len(64 * 1024).build()?;
/// # let _ = drafts;
/// # Ok(())
/// # }
/// ```
#[must_use = "call build"]
pub struct DraftsBuilder {
    store: Arc<dyn DraftStore>,
    clock: Arc<dyn Clock>,
    policy: OrderPolicy,
    max_text_len: usize,
    pace: Pace,
}

impl DraftsBuilder {
    pub(super) fn new(store: Arc<dyn DraftStore>) -> Self {
        let clock = Arc::new(SystemClock);
        let pace = Pace { quiet: Duration::from_millis(300), longest: Duration::from_secs(2) };
        Self { store, clock, policy: OrderPolicy::default(), max_text_len: Drafts::MAX_TEXT_LEN, pace }
    }

    /// Whether a new text moves its conversation up the list: yes, by default.
    pub fn order_policy(mut self, policy: OrderPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The longest text, in bytes: [`Drafts::MAX_TEXT_LEN`] by default.
    pub fn max_text_len(mut self, bytes: usize) -> Self {
        self.max_text_len = bytes;
        self
    }

    /// When a [`Composer`](crate::Composer) saves: after so long without an edit, and so long after the first edit that is not
    /// saved at the latest. By default 300 ms and 2 s.
    pub fn autosave(mut self, quiet: Duration, longest: Duration) -> Self {
        self.pace = Pace { quiet, longest };
        self
    }

    /// Where the time comes from: the system, by default.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The drafts.
    ///
    /// # Errors
    /// [`Error::InUse`] if the store has a `Drafts` already.
    pub fn build(self) -> Result<Drafts> {
        let Self { store, clock, policy, max_text_len, pace } = self;
        if !in_use(|stores| stores.insert(store.identity())) {
            return Err(Error::InUse);
        }
        let autosave = Arc::new(Autosave::new(store, clock, policy, pace, max_text_len));
        let inner = Arc::new(Inner { autosave, max_text_len });
        Ok(Drafts { inner, origin: Origin::new(), driver: Driver::Tasks })
    }
}

impl fmt::Debug for DraftsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DraftsBuilder").finish_non_exhaustive()
    }
}
