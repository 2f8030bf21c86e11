//! Texts and bytes, as they cross the border.

use std::ffi::c_char;
use std::ptr;

use chat_drafts::ConversationId;
use chat_drafts_session::Text;

use crate::drafts_error;
use crate::pointer::array;

/// UTF-8 and its length in bytes. It does not end with a NUL and may hold one. `data` is NULL where there is no text.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct drafts_text {
    /// The bytes.
    pub data: *const c_char,
    /// How many.
    pub len: usize,
}

/// Bytes and how many. `data` is NULL where there are none.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct drafts_bytes {
    /// The bytes.
    pub data: *const u8,
    /// How many.
    pub len: usize,
}

impl drafts_text {
    pub(crate) const NONE: Self = Self { data: ptr::null(), len: 0 };

    pub(crate) fn of(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), len: text.len() }
    }

    pub(crate) fn of_option(text: Option<&str>) -> Self {
        text.map_or(Self::NONE, Self::of)
    }

    /// The text, if there is one.
    ///
    /// # Safety
    /// `data` is NULL, or there are `len` bytes.
    pub(crate) unsafe fn optional(self, name: &'static str) -> Result<Option<String>, drafts_error> {
        // SAFETY: the caller vouches for it.
        match unsafe { self.read() } {
            Text::None => Ok(None),
            Text::Valid(text) => Ok(Some(text)),
            Text::Invalid => Err(drafts_error::not_text(name)),
        }
    }

    /// The text, which must be there.
    ///
    /// # Safety
    /// As for [`optional`](Self::optional).
    pub(crate) unsafe fn required(self, name: &'static str) -> Result<String, drafts_error> {
        // SAFETY: the caller vouches for it.
        unsafe { self.optional(name) }?.ok_or_else(|| drafts_error::null(name))
    }

    /// The id of a conversation.
    ///
    /// # Safety
    /// As for [`optional`](Self::optional).
    pub(crate) unsafe fn id(self) -> Result<ConversationId, drafts_error> {
        // SAFETY: the caller vouches for it.
        Ok(ConversationId::new(unsafe { self.required("id") }?)?)
    }

    /// What the session takes.
    ///
    /// # Safety
    /// As for [`optional`](Self::optional).
    pub(crate) unsafe fn read(self) -> Text {
        if self.data.is_null() {
            return Text::None;
        }
        // SAFETY: the caller vouches for it.
        let bytes = unsafe { array(self.data.cast::<u8>(), self.len, "text") };
        Text::utf8(bytes.ok())
    }
}

impl drafts_bytes {
    pub(crate) const NONE: Self = Self { data: ptr::null(), len: 0 };

    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self { data: bytes.as_ptr(), len: bytes.len() }
    }

    /// The bytes, if there are any.
    ///
    /// # Safety
    /// `data` is NULL, or there are `len` bytes.
    pub(crate) unsafe fn optional(self) -> Option<Vec<u8>> {
        if self.data.is_null() {
            return None;
        }
        // SAFETY: the caller vouches for it.
        unsafe { array(self.data, self.len, "bytes") }.ok().map(<[u8]>::to_vec)
    }
}
