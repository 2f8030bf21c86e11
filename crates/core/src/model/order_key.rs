/// Where a conversation stands in the list: highest first.
///
/// A growing number, not a time: the conversation's activity (the sequence of the last change that moved it up), plus
/// 2^62 if it is pinned. The SDK's `orderKey`.
///
/// ```
/// use chat_drafts_core::OrderKey;
///
/// let pinned = OrderKey::new(3, true);
/// assert!(pinned > OrderKey::new(9, false));
/// assert_eq!((pinned.activity(), pinned.is_pinned()), (3, true));
/// ```
#[doc(alias = "orderKey")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct OrderKey(u64);

/// What being pinned adds.
const PINNED: u64 = 1 << 62;

impl OrderKey {
    /// The highest key there is.
    pub const MAX: Self = Self(PINNED | (PINNED - 1));
    /// The highest key of a conversation that is not pinned.
    pub const MAX_UNPINNED: Self = Self(PINNED - 1);

    /// The key of a conversation with this activity.
    pub const fn new(activity: u64, pinned: bool) -> Self {
        Self(if pinned { activity | PINNED } else { activity })
    }

    /// The key with this number; `None` if no conversation can have it.
    pub const fn from_number(number: u64) -> Option<Self> {
        if number <= Self::MAX.0 { Some(Self(number)) } else { None }
    }

    /// The number; it fits a signed 64-bit integer.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The sequence of the last change that moved the conversation up.
    pub const fn activity(self) -> u64 {
        self.0 & (PINNED - 1)
    }

    /// Whether the conversation is pinned.
    pub const fn is_pinned(self) -> bool {
        self.0 & PINNED != 0
    }
}
