use std::fmt;

use crate::Revision;

/// The unsent text of a conversation, as it is stored.
///
/// `Debug` shows neither text nor extra.
///
/// ```
/// # use chat_drafts_core::{Draft, Revision};
/// # fn show(draft: &Draft) {
/// let cursor = draft.extra();
/// println!("{} bytes at {}", draft.text().len(), draft.updated_at());
/// # let _ = cursor;
/// # }
/// # show(&Draft::new("hello", b"5".to_vec(), Revision::new(1), 0));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    text: String,
    extra: Vec<u8>,
    revision: Revision,
    updated_at: i64,
}

impl Draft {
    /// A draft as a store read it. Apps get theirs from [`Drafts`](crate::Drafts).
    pub fn new(text: impl Into<String>, extra: Vec<u8>, revision: Revision, updated_at: i64) -> Self {
        Self { text: text.into(), extra, revision, updated_at }
    }

    /// The text, byte for byte as it was set. Never empty. The SDK's `draftText`.
    #[doc(alias = "draftText")]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the host keeps with the text (a cursor, a quoted message): opaque bytes, empty if there are none.
    pub fn extra(&self) -> &[u8] {
        &self.extra
    }

    /// The sequence of the draft's last change: the base to name in [`DraftInput::based_on`].
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// When the draft last changed, in milliseconds since the Unix epoch, UTC. The SDK's `draftTimestamp`, which is in
    /// seconds.
    #[doc(alias = "draftTimestamp")]
    pub fn updated_at(&self) -> i64 {
        self.updated_at
    }

    /// The text, without a copy.
    pub fn into_text(self) -> String {
        self.text
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("text_len", &self.text.len())
            .field("extra_len", &self.extra.len())
            .field("revision", &self.revision.get())
            .field("updated_at", &self.updated_at)
            .finish()
    }
}

/// A draft, or the absence of one: absence has a revision too.
///
/// ```
/// use chat_drafts_core::{DraftState, Revision};
///
/// let none = DraftState::Absent(Revision::new(4));
/// assert_eq!((none.draft(), none.revision()), (None, Revision::new(4)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftState {
    /// There is a draft.
    Present(Draft),
    /// There is none, since this revision or at it.
    Absent(Revision),
}

impl DraftState {
    /// The draft, if there is one.
    pub fn draft(&self) -> Option<&Draft> {
        match self {
            Self::Present(draft) => Some(draft),
            Self::Absent(_) => None,
        }
    }

    /// The revision of the draft or of its absence.
    pub fn revision(&self) -> Revision {
        match self {
            Self::Present(draft) => draft.revision,
            Self::Absent(revision) => *revision,
        }
    }
}

/// What to write: a text, and if wanted its extra and the revision it is based on.
///
/// ```
/// use chat_drafts_core::{DraftInput, Revision};
///
/// let input = DraftInput::new("I'll be there at").extra(b"cursor=16").based_on(Revision::new(12));
/// # let _ = input;
/// ```
#[derive(Clone)]
pub struct DraftInput {
    pub(crate) text: String,
    pub(crate) extra: Vec<u8>,
    pub(crate) base: Option<Revision>,
}

impl DraftInput {
    /// This text with no extra, based on nothing, so that it always wins. An empty text clears.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), extra: Vec::new(), base: None }
    }

    /// Keeps these bytes with the text, in place of any before.
    #[must_use]
    pub fn extra(mut self, extra: impl Into<Vec<u8>>) -> Self {
        self.extra = extra.into();
        self
    }

    /// Refuses the write with [`Error::Conflict`](crate::Error::Conflict) unless the draft, or its absence, still has
    /// this revision. A write that changes nothing is never a conflict.
    #[must_use]
    pub fn based_on(mut self, base: Revision) -> Self {
        self.base = Some(base);
        self
    }
}

impl fmt::Debug for DraftInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DraftInput")
            .field("text_len", &self.text.len())
            .field("extra_len", &self.extra.len())
            .field("base", &self.base)
            .finish()
    }
}
