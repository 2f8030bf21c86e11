//! What a host tells of a conversation: the fields of `chatdrafts.V2TIMConversationUpdate`.

use chat_drafts_session::{ConversationUpdate, Failure, LastMessage, Result, Text};

/// The bits of `told`, by the names they have in Java.
const SHOW_NAME: i32 = 1;
const FACE_URL: i32 = 2;
const UNREAD_COUNT: i32 = 4;
const RECV_OPT: i32 = 8;
const LAST_MESSAGE: i32 = 16;
const CUSTOM_DATA: i32 = 32;

/// A number that is told to be gone.
const CLEARED: i64 = i64::MIN;

/// The fields, as they came over. What is not told by its bit counts for nothing; what is null is cleared.
pub(crate) struct Told {
    pub(crate) told: i32,
    pub(crate) show_name: Text,
    pub(crate) face_url: Text,
    pub(crate) unread_count: i64,
    pub(crate) recv_opt: i64,
    pub(crate) message_millis: i64,
    pub(crate) message_body: Option<Vec<u8>>,
    /// Custom data comes as bytes, or else as a text.
    pub(crate) custom_data: Option<Vec<u8>>,
    pub(crate) custom_text: Text,
}

impl Told {
    pub(crate) fn update(self) -> Result<ConversationUpdate> {
        let is_told = |bit: i32| self.told & bit != 0;
        let mut update = ConversationUpdate::new();
        if is_told(SHOW_NAME) {
            update = update.show_name(self.show_name.optional("showName")?.as_deref());
        }
        if is_told(FACE_URL) {
            update = update.avatar_url(self.face_url.optional("faceUrl")?.as_deref());
        }
        if is_told(UNREAD_COUNT) {
            update = update.unread_count(number("unreadCount", self.unread_count)?);
        }
        if is_told(RECV_OPT) {
            update = update.receive_option(number("recvOpt", self.recv_opt)?);
        }
        if is_told(LAST_MESSAGE) {
            update = update.last_message(self.message_body.map(|body| LastMessage::new(self.message_millis, body)));
        }
        if is_told(CUSTOM_DATA) {
            let text = self.custom_text.optional("customData")?.map(String::into_bytes);
            update = update.custom_data(self.custom_data.or(text));
        }
        Ok(update)
    }
}

fn number(name: &str, told: i64) -> Result<Option<u32>> {
    if told == CLEARED {
        return Ok(None);
    }
    u32::try_from(told).map(Some).map_err(|_| Failure::invalid_parameter(name, "it is below 0"))
}
