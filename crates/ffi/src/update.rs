//! What a host tells of a conversation.

use chat_drafts::{ConversationUpdate, LastMessage};

use crate::pointer::{free, guarded};
use crate::{drafts_bytes, drafts_text};

/// Facts to tell of a conversation: a fact that is not mentioned stays as it is.
pub struct drafts_update {
    update: ConversationUpdate,
    /// The first fact whose text is not UTF-8.
    not_text: Option<&'static str>,
}

impl drafts_update {
    /// The update, or the name of a fact whose text is not UTF-8.
    pub(crate) fn get(&self) -> Result<ConversationUpdate, &'static str> {
        self.not_text.map_or_else(|| Ok(self.update.clone()), Err)
    }
}

/// Changes an update, if there is one.
///
/// # Safety
/// `update` is NULL or an update that was not freed and that nobody else uses meanwhile.
unsafe fn change(update: *mut drafts_update, change: impl FnOnce(&mut drafts_update)) {
    // SAFETY: the caller vouches for it.
    if let Some(update) = unsafe { update.as_mut() } {
        guarded((), || change(update));
    }
}

/// Changes an update by a text.
///
/// # Safety
/// As for [`change`], and the text's `data` is NULL or has `len` bytes.
unsafe fn change_text(
    update: *mut drafts_update,
    name: &'static str,
    text: drafts_text,
    tell: impl FnOnce(ConversationUpdate, Option<&str>) -> ConversationUpdate,
) {
    // SAFETY: the caller vouches for it.
    unsafe {
        change(update, |update| match text.optional(name) {
            Ok(text) => update.update = tell(std::mem::take(&mut update.update), text.as_deref()),
            Err(_) => update.not_text = update.not_text.or(Some(name)),
        });
    }
}

/// An update that tells nothing yet. Free it by `drafts_update_free`, also after it was used.
#[unsafe(no_mangle)]
pub extern "C" fn drafts_update_new() -> *mut drafts_update {
    Box::into_raw(Box::new(drafts_update { update: ConversationUpdate::new(), not_text: None }))
}

/// Frees an update. NULL is fine.
///
/// # Safety
/// `update` is NULL, or an update that is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_update_free(update: *mut drafts_update) {
    // SAFETY: the caller vouches for it.
    unsafe { free(update) };
}

/// Tells the name to show; NULL clears it. The text is copied. One that is not UTF-8 is told when the update is used.
///
/// # Safety
/// `update` is NULL or an update that was not freed; the name's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_update_show_name(update: *mut drafts_update, name: drafts_text) {
    // SAFETY: the caller vouches for it.
    unsafe { change_text(update, "show_name", name, |update, name| update.show_name(name)) };
}

/// Tells where the picture is; NULL clears it. As `drafts_update_show_name`.
///
/// # Safety
/// `update` is NULL or an update that was not freed; the url's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_update_avatar_url(update: *mut drafts_update, url: drafts_text) {
    // SAFETY: the caller vouches for it.
    unsafe { change_text(update, "avatar_url", url, |update, url| update.avatar_url(url)) };
}

/// Tells how many messages are unread; NULL clears it.
///
/// # Safety
/// `update` is NULL or an update that was not freed; `count` is NULL or can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_update_unread_count(update: *mut drafts_update, count: *const u32) {
    // SAFETY: the caller vouches for both.
    unsafe {
        let count = count.as_ref().copied();
        change(update, |update| update.update = std::mem::take(&mut update.update).unread_count(count));
    }
}

/// Tells how messages are received, in the host's numbers; NULL clears it.
///
/// # Safety
/// `update` is NULL or an update that was not freed; `option` is NULL or can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_update_receive_option(update: *mut drafts_update, option: *const u32) {
    // SAFETY: the caller vouches for both.
    unsafe {
        let option = option.as_ref().copied();
        change(update, |update| update.update = std::mem::take(&mut update.update).receive_option(option));
    }
}

/// Tells the newest message: its time, in milliseconds since the Unix epoch, UTC, and its content in whatever form the
/// host keeps it; NULL clears it. One that is newer than the stored one moves the conversation up the list.
///
/// # Safety
/// `update` is NULL or an update that was not freed; the body's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_update_last_message(update: *mut drafts_update, time: i64, body: drafts_bytes) {
    // SAFETY: the caller vouches for both.
    unsafe {
        let message = body.optional().map(|body| LastMessage::new(time, body));
        change(update, |update| update.update = std::mem::take(&mut update.update).last_message(message));
    }
}

/// Tells the host's own bytes; NULL clears them.
///
/// # Safety
/// `update` is NULL or an update that was not freed; the data's `data` is NULL or has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_update_custom_data(update: *mut drafts_update, data: drafts_bytes) {
    // SAFETY: the caller vouches for both.
    unsafe {
        let data = data.optional();
        change(update, |update| update.update = std::mem::take(&mut update.update).custom_data(data));
    }
}
