/// The revision of a draft, or of its absence: the store's sequence at its last change.
///
/// A write that names the revision it is based on is refused when the draft has moved on. Numbers are never used twice
/// in a store.
///
/// ```
/// use chat_drafts_core::{DraftInput, Revision};
///
/// let known = Revision::new(7);
/// let input = DraftInput::new("see you").based_on(known);
/// # let _ = input;
/// assert!(known < Revision::new(8));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Revision(u64);

impl Revision {
    /// The revision with this number, for hosts that kept it outside the process.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}
