//! A draft, as C sees it.

use chat_drafts::Draft;

use crate::pointer::free;
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

/// A draft that C owns.
#[repr(C)]
struct Owned {
    /// First, so that a pointer to it is one to all of this.
    view: drafts_draft,
    draft: Draft,
}

/// Gives a draft to C; none is NULL.
pub(crate) fn into_owned(draft: Option<Draft>) -> *mut drafts_draft {
    draft.map_or(std::ptr::null_mut(), |draft| {
        // Texts do not move when what holds them does.
        Box::into_raw(Box::new(Owned { view: drafts_draft::of(&draft), draft })).cast()
    })
}

/// Frees a draft that `drafts_get` or `drafts_get_many` gave. NULL is fine.
///
/// # Safety
/// `draft` is NULL, or one of those, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_draft_free(draft: *mut drafts_draft) {
    let owned = draft.cast::<Owned>();
    // SAFETY: what those functions give was made by `into_owned`; the caller vouches for the rest.
    unsafe { free(owned) };
}
