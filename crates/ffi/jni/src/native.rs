//! The native methods of `chatdrafts.Native`. The bindings catch a panic and throw it as a Java exception.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chat_drafts_session::{Config, ConversationKind, Failure, Filter, Session, Text};
use jni::Env;
use jni::errors::Result;
use jni::objects::{JByteArray, JCharArray, JClass, JObjectArray, JString};

use crate::answer::Answer;
use crate::bindings::{JAnswer, JHearer, JLong, JPoster};
use crate::executor::{self, HostExecutor};
use crate::listener::HostListener;
use crate::text::{text, texts};
use crate::update::Told;
use crate::values;

/// `V2TIMManager` has one instance, so there is one session.
pub(crate) static SESSION: LazyLock<Session> = LazyLock::new(Session::default);

pub(crate) fn init<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    app: i32,
    directory: JCharArray<'local>,
    store: JCharArray<'local>,
    poster: JPoster<'local>,
) -> Result<bool> {
    let (Text::Valid(directory), Text::Valid(store)) = (text(env, &directory)?, text(env, &store)?) else {
        return Ok(false);
    };
    let mut config = Config::new(app.cast_unsigned(), directory).store(&store);
    if !poster.is_null() {
        config = config.executor(Arc::new(HostExecutor(env.new_global_ref(poster)?)));
    }
    Ok(SESSION.init(config))
}

pub(crate) fn save<'local>(_env: &mut Env<'local>, _class: JClass<'local>) -> Result<()> {
    let _ = SESSION.save();
    Ok(())
}

/// Each conversation whose text could not be saved, and behind it the text.
pub(crate) fn uninit<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    millis: i64,
) -> Result<JObjectArray<'local, JString<'local>>> {
    let unsaved = match u64::try_from(millis) {
        Ok(millis) => SESSION.uninit_within(Duration::from_millis(millis)),
        Err(_) => SESSION.uninit(),
    };
    let given = JObjectArray::<JString>::new(env, 2 * unsaved.len(), JString::null())?;
    for (index, unsaved) in unsaved.iter().enumerate() {
        for (place, text) in [unsaved.id.as_str(), &unsaved.text].into_iter().enumerate() {
            let text = env.new_string(text)?;
            given.set_element(env, 2 * index + place, &text)?;
            env.delete_local_ref(text);
        }
    }
    Ok(given)
}

pub(crate) fn login<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    user: JCharArray<'local>,
    answer: JAnswer<'local>,
) -> Result<()> {
    SESSION.login(text(env, &user)?, Answer::new(env, &answer)?.done());
    Ok(())
}

pub(crate) fn logout<'local>(env: &mut Env<'local>, _class: JClass<'local>, answer: JAnswer<'local>) -> Result<()> {
    SESSION.logout(Answer::new(env, &answer)?.done());
    Ok(())
}

pub(crate) fn login_user<'local>(env: &mut Env<'local>, _class: JClass<'local>) -> Result<JString<'local>> {
    match SESSION.login_user() {
        Some(user) => env.new_string(user),
        None => Ok(JString::null()),
    }
}

pub(crate) fn login_status<'local>(_env: &mut Env<'local>, _class: JClass<'local>) -> Result<i32> {
    Ok(SESSION.login_status() as i32)
}

pub(crate) fn set_draft<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    id: JCharArray<'local>,
    draft: JCharArray<'local>,
    answer: JAnswer<'local>,
) -> Result<()> {
    SESSION.set_draft(text(env, &id)?, text(env, &draft)?, Answer::new(env, &answer)?.done());
    Ok(())
}

pub(crate) fn get<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    id: JCharArray<'local>,
    answer: JAnswer<'local>,
) -> Result<()> {
    let answer = Answer::new(env, &answer)?.value(|env, found| Ok(values::conversation(env, &found)?.into()));
    SESSION.get_conversation(text(env, &id)?, answer);
    Ok(())
}

pub(crate) fn get_many<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    ids: JObjectArray<'local, JCharArray<'local>>,
    answer: JAnswer<'local>,
) -> Result<()> {
    let answer = Answer::new(env, &answer)?.value(|env, found: Vec<_>| Ok(values::conversations(env, &found)?.into()));
    SESSION.get_conversations(texts(env, &ids)?, answer);
    Ok(())
}

pub(crate) fn list<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    kind: i32,
    has_unread: bool,
    next_seq: i64,
    count: i32,
    answer: JAnswer<'local>,
) -> Result<()> {
    let kind = match kind {
        1 => Some(ConversationKind::User),
        2 => Some(ConversationKind::Group),
        _ => None,
    };
    let answer = Answer::new(env, &answer)?.value(|env, page| Ok(values::page(env, &page)?.into()));
    SESSION.list(Filter { kind, has_unread }, next_seq.cast_unsigned(), count.into(), answer);
    Ok(())
}

pub(crate) fn pin<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    id: JCharArray<'local>,
    pinned: bool,
    answer: JAnswer<'local>,
) -> Result<()> {
    SESSION.pin(text(env, &id)?, pinned, Answer::new(env, &answer)?.done());
    Ok(())
}

pub(crate) fn rename<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    from: JCharArray<'local>,
    to: JCharArray<'local>,
    answer: JAnswer<'local>,
) -> Result<()> {
    SESSION.rename(text(env, &from)?, text(env, &to)?, Answer::new(env, &answer)?.done());
    Ok(())
}

pub(crate) fn delete<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    id: JCharArray<'local>,
    answer: JAnswer<'local>,
) -> Result<()> {
    SESSION.delete(text(env, &id)?, Answer::new(env, &answer)?.done());
    Ok(())
}

pub(crate) fn delete_many<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    ids: JObjectArray<'local, JCharArray<'local>>,
    answer: JAnswer<'local>,
) -> Result<()> {
    let answer = Answer::new(env, &answer)?.value(|env, gone: Vec<_>| Ok(values::deletions(env, &gone)?.into()));
    SESSION.delete_many(texts(env, &ids)?, answer);
    Ok(())
}

#[allow(clippy::too_many_arguments)]
pub(crate) fn update<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    id: JCharArray<'local>,
    told: i32,
    show_name: JCharArray<'local>,
    face_url: JCharArray<'local>,
    unread_count: i64,
    recv_opt: i64,
    message_millis: i64,
    message_body: JByteArray<'local>,
    custom_data: JByteArray<'local>,
    custom_text: JCharArray<'local>,
    answer: JAnswer<'local>,
) -> Result<()> {
    let told = Told {
        told,
        show_name: text(env, &show_name)?,
        face_url: text(env, &face_url)?,
        unread_count,
        recv_opt,
        message_millis,
        message_body: bytes(env, &message_body)?,
        custom_data: bytes(env, &custom_data)?,
        custom_text: text(env, &custom_text)?,
    };
    SESSION.update(text(env, &id)?, told.update(), Answer::new(env, &answer)?.done());
    Ok(())
}

pub(crate) fn total_unread<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    answer: JAnswer<'local>,
) -> Result<()> {
    let answer = Answer::new(env, &answer)?;
    SESSION.total_unread(answer.value(|env, total: u64| Ok(JLong::value_of(env, total.cast_signed())?.into())));
    Ok(())
}

/// A call that lacks an object this side would need: after the session's own checks, 6017 about it.
pub(crate) fn refuse<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    parameter: JCharArray<'local>,
    answer: JAnswer<'local>,
) -> Result<()> {
    let parameter = text(env, &parameter)?.optional("parameter").ok().flatten().unwrap_or_default();
    SESSION.refuse(Failure::invalid_parameter(&parameter, "it is null"), Answer::new(env, &answer)?.done());
    Ok(())
}

pub(crate) fn add_listener<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    key: i64,
    hearer: JHearer<'local>,
) -> Result<()> {
    SESSION.add_listener(key.cast_unsigned(), Arc::new(HostListener(env.new_global_ref(hearer)?)));
    Ok(())
}

pub(crate) fn remove_listener<'local>(_env: &mut Env<'local>, _class: JClass<'local>, key: i64) -> Result<()> {
    SESSION.remove_listener(key.cast_unsigned());
    Ok(())
}

pub(crate) fn run<'local>(_env: &mut Env<'local>, _class: JClass<'local>, reply: i64) -> Result<()> {
    executor::run(reply);
    Ok(())
}

fn bytes(env: &Env, bytes: &JByteArray) -> Result<Option<Vec<u8>>> {
    if bytes.is_null() { Ok(None) } else { env.convert_byte_array(bytes).map(Some) }
}
