//! A draft, as C sees it.

use chat_drafts::Draft;

use crate::pointer::{self, free_owned};
use crate::{drafts_bytes, drafts_text};

/// The unsent text of a conversation. Only the library makes one.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct drafts_draft {
    /// The text, byte for byte as it was set; never empty.
    pub text: drafts_text,
    /// What the host keeps with it.
    pub extra: drafts_bytes,
    /// The revision: the base for a write.
    pub revision: u64,
    /// When it last changed, in milliseconds since the Unix epoch, UTC.
    pub updated_at: i64,
}

impl drafts_draft {
    /// What C sees of it, for as long as it lives unchanged.
    pub(crate) fn of(draft: &Draft) -> Self {
        Self {
            text: drafts_text::of(draft.text()),
            extra: drafts_bytes::of(draft.extra()),
            revision: draft.revision().get(),
            updated_at: draft.updated_at(),
        }
    }
}

/// Gives a draft to C; none is NULL.
pub(crate) fn into_owned(draft: Option<Draft>) -> *mut drafts_draft {
    pointer::into_owned(draft, drafts_draft::of)
}

/// Frees a draft that `drafts_get` or `drafts_get_many` gave. NULL is fine.
///
/// # Safety
/// `draft` is NULL, or one of those, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_draft_free(draft: *mut drafts_draft) {
    // SAFETY: what those functions give was made by `into_owned`; the caller vouches for the rest.
    unsafe { free_owned::<drafts_draft, Draft>(draft) };
}
