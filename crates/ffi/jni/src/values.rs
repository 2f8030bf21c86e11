//! What answers and events bring, as Java's objects.

use chat_drafts_session::{Conversation, ConversationKind, Deleted, LastMessage, List, Text};
use jni::Env;
use jni::errors::Result;
use jni::objects::{JByteArray, JList, JObject, JObjectArray, JString};

use crate::bindings::{JConversation, JMessage, JNative, JOperationResult, JResult};

/// How many references a conversation needs while it is made.
const FRAME: usize = 16;

pub(crate) fn conversation<'local>(env: &mut Env<'local>, told: &Conversation) -> Result<JConversation<'local>> {
    let (id, facts) = (told.id(), told.facts());
    let kind = match id.kind() {
        ConversationKind::User => 1,
        ConversationKind::Group => 2,
        _ => 0,
    };
    let last_message = message(env, facts.last_message.as_ref())?;
    let custom_data = match &facts.custom_data {
        Some(data) => env.byte_array_from_slice(data)?,
        None => JByteArray::null(),
    };
    let draft_seconds = told.draft().map_or(0, |draft| seconds(draft.updated_at()));
    let id_text = env.new_string(id.as_str())?;
    let name = env.new_string(id.name())?;
    let show_name = env.new_string(facts.show_name.as_deref().unwrap_or_default())?;
    let face_url = env.new_string(facts.avatar_url.as_deref().unwrap_or_default())?;
    let draft_text = env.new_string(told.draft_text())?;
    JConversation::new(
        env,
        kind,
        &id_text,
        &name,
        &show_name,
        &face_url,
        number(facts.unread_count),
        number(facts.receive_option),
        &last_message,
        &draft_text,
        draft_seconds,
        told.is_pinned(),
        told.order_key().get().cast_signed(),
        &custom_data,
    )
}

fn message<'local>(env: &mut Env<'local>, told: Option<&LastMessage>) -> Result<JMessage<'local>> {
    let Some(told) = told else { return Ok(JMessage::null()) };
    let body = env.byte_array_from_slice(told.body())?;
    JMessage::new(env, seconds(told.time()), &body)
}

pub(crate) fn conversations<'local>(env: &mut Env<'local>, told: &[Conversation]) -> Result<JList<'local>> {
    list(env, told, |env, told| Ok(conversation(env, told)?.into()))
}

pub(crate) fn page<'local>(env: &mut Env<'local>, page: &List) -> Result<JResult<'local>> {
    let conversations = conversations(env, &page.conversations)?;
    JResult::new(env, &conversations, page.next_seq.cast_signed(), page.is_finished)
}

pub(crate) fn deletions<'local>(env: &mut Env<'local>, deleted: &[Deleted]) -> Result<JList<'local>> {
    list(env, deleted, |env, deleted| {
        let id = match &deleted.id {
            Text::Valid(id) => env.new_string(id)?,
            Text::None | Text::Invalid => JString::null(),
        };
        let (code, info) = match &deleted.outcome {
            Ok(()) => (0, ""),
            Err(failure) => (failure.code(), failure.sentence()),
        };
        let info = env.new_string(info)?;
        Ok(JOperationResult::new(env, &id, code, &info)?.into())
    })
}

/// A list of any length, in a frame for each item, so that references do not pile up.
pub(crate) fn list<'local, T>(
    env: &mut Env<'local>,
    items: &[T],
    translate: impl for<'item> Fn(&mut Env<'item>, &T) -> Result<JObject<'item>>,
) -> Result<JList<'local>> {
    let array = JObjectArray::<JObject>::new(env, items.len(), JObject::null())?;
    for (index, item) in items.iter().enumerate() {
        env.with_local_frame(FRAME, |env| {
            let item = translate(env, item)?;
            array.set_element(env, index, &item)
        })?;
    }
    JNative::list_of(env, &array)
}

fn seconds(millis: i64) -> i64 {
    millis.div_euclid(1000)
}

/// A number that Java's `int` has. Java cannot tell a greater one, but other languages can.
fn number(told: Option<u32>) -> i32 {
    told.map_or(0, |told| i32::try_from(told).unwrap_or(i32::MAX))
}
