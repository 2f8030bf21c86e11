//! Conversations and pages of them, as C sees them.

use chat_drafts::{Conversation, ConversationKind, Cursor, OrderKey, Page};

use crate::pointer::{self, free, free_owned, give};
use crate::{drafts_bytes, drafts_draft, drafts_error, drafts_text};

/// A conversation. Only the library makes one; later versions may add fields at the end.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct drafts_conversation {
    /// Its id.
    pub id: drafts_text,
    /// 1 for a chat with one user (`c2c_`), 2 for a group (`group_`), 0 for any other.
    pub kind: i32,
    /// What follows the prefix: the user's or the group's own id, or all of it if there is none.
    pub name: drafts_text,
    /// Whether it has a draft.
    pub has_draft: bool,
    /// Its draft; the text is NULL if it has none.
    pub draft: drafts_draft,
    /// Where it stands in the list: highest first.
    pub order_key: u64,
    /// Whether it is pinned.
    pub pinned: bool,
    /// The name to show; NULL if it was never told, as with every fact.
    pub show_name: drafts_text,
    /// Where the picture is.
    pub avatar_url: drafts_text,
    /// Whether the number of unread messages was told.
    pub has_unread_count: bool,
    /// How many messages are unread.
    pub unread_count: u32,
    /// Whether the receive option was told.
    pub has_receive_option: bool,
    /// How messages are received, in the host's numbers.
    pub receive_option: u32,
    /// Whether the newest message was told.
    pub has_last_message: bool,
    /// The time of the newest message, in milliseconds since the Unix epoch, UTC.
    pub last_message_time: i64,
    /// The newest message, as the host gave it.
    pub last_message: drafts_bytes,
    /// The host's own bytes.
    pub custom_data: drafts_bytes,
}

// SAFETY: its pointers lead into a conversation that lives as long as what holds both, and that nobody changes.
unsafe impl Send for drafts_conversation {}

impl drafts_conversation {
    /// What C sees of it, for as long as it lives unchanged.
    pub(crate) fn of(conversation: &Conversation) -> Self {
        let facts = conversation.facts();
        let none = drafts_draft { text: drafts_text::NONE, extra: drafts_bytes::NONE, revision: 0, updated_at: 0 };
        let message = facts.last_message.as_ref();
        Self {
            id: drafts_text::of(conversation.id().as_str()),
            kind: match conversation.id().kind() {
                ConversationKind::User => 1,
                ConversationKind::Group => 2,
                _ => 0,
            },
            name: drafts_text::of(conversation.id().name()),
            has_draft: conversation.draft().is_some(),
            draft: conversation.draft().map_or(none, drafts_draft::of),
            order_key: conversation.order_key().get(),
            pinned: conversation.is_pinned(),
            show_name: drafts_text::of_option(facts.show_name.as_deref()),
            avatar_url: drafts_text::of_option(facts.avatar_url.as_deref()),
            has_unread_count: facts.unread_count.is_some(),
            unread_count: facts.unread_count.unwrap_or(0),
            has_receive_option: facts.receive_option.is_some(),
            receive_option: facts.receive_option.unwrap_or(0),
            has_last_message: message.is_some(),
            last_message_time: message.map_or(0, chat_drafts::LastMessage::time),
            last_message: message.map_or(drafts_bytes::NONE, |message| drafts_bytes::of(message.body())),
            custom_data: facts.custom_data.as_deref().map_or(drafts_bytes::NONE, drafts_bytes::of),
        }
    }
}

/// Gives a conversation to C; none is NULL.
pub(crate) fn into_owned(conversation: Option<Conversation>) -> *mut drafts_conversation {
    pointer::into_owned(conversation, drafts_conversation::of)
}

/// Frees a conversation that `drafts_conversation_get` gave. NULL is fine.
///
/// # Safety
/// `conversation` is NULL, or such a one, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_conversation_free(conversation: *mut drafts_conversation) {
    // SAFETY: what that function gives was made by `into_owned`; the caller vouches for the rest.
    unsafe { free_owned::<drafts_conversation, Conversation>(conversation) };
}

/// A place in a list: behind one row. It stays valid while conversations change, and over a restart.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct drafts_cursor {
    /// The row's order key.
    pub order_key: u64,
    /// The row's id.
    pub id: drafts_text,
}

impl drafts_cursor {
    /// # Safety
    /// The id's `data` is NULL, or there are `len` bytes.
    pub(crate) unsafe fn read(&self) -> Result<Cursor, drafts_error> {
        let key = OrderKey::from_number(self.order_key).unwrap_or(OrderKey::MAX);
        // SAFETY: the caller vouches for it.
        Ok(Cursor::new(key, unsafe { self.id.id() }?))
    }
}

/// A part of a list: highest order key first, ties by id.
pub struct drafts_page {
    page: Page,
    views: Vec<drafts_conversation>,
}

impl From<Page> for drafts_page {
    fn from(page: Page) -> Self {
        Self { views: page.items.iter().map(drafts_conversation::of).collect(), page }
    }
}

impl drafts_page {
    /// Gives a page to C.
    pub(crate) fn into_owned(page: Page) -> *mut Self {
        Box::into_raw(Box::new(page.into()))
    }
}

/// How many rows a page has.
///
/// # Safety
/// `page` is NULL or a page that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_page_count(page: *const drafts_page) -> usize {
    // SAFETY: the caller vouches for it.
    unsafe { page.as_ref() }.map_or(0, |page| page.views.len())
}

/// A row of a page, counted from 0; NULL behind the last. It lives as long as the page.
///
/// # Safety
/// `page` is NULL or a page that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_page_get(page: *const drafts_page, index: usize) -> *const drafts_conversation {
    // SAFETY: the caller vouches for it.
    let row = unsafe { page.as_ref() }.and_then(|page| page.views.get(index));
    row.map_or(std::ptr::null(), std::ptr::from_ref)
}

/// The store's sequence a page shows: events up to it are in the page already.
///
/// # Safety
/// `page` is NULL or a page that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_page_sequence(page: *const drafts_page) -> u64 {
    // SAFETY: the caller vouches for it.
    unsafe { page.as_ref() }.map_or(0, |page| page.page.sequence)
}

/// Whether the list goes on; then `next` is where, for as long as the page lives.
///
/// # Safety
/// `page` is NULL or a page that was not freed; `next` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_page_next(page: *const drafts_page, next: *mut drafts_cursor) -> bool {
    // SAFETY: the caller vouches for it.
    let Some(cursor) = unsafe { page.as_ref() }.and_then(|page| page.page.next.as_ref()) else { return false };
    let id = drafts_text::of(cursor.id().as_str());
    // SAFETY: the caller vouches for it.
    unsafe { give(next, drafts_cursor { order_key: cursor.order_key().get(), id }) };
    true
}

/// Frees a page. NULL is fine.
///
/// # Safety
/// `page` is NULL, or a page that a function of this library gave to its caller and that is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drafts_page_free(page: *mut drafts_page) {
    // SAFETY: the caller vouches for it.
    unsafe { free(page) };
}
