//! The native methods of `chatdrafts.Native` about typing and sending.

use std::time::Duration;

use chat_drafts_session::{Composer, Draft, Failure, Keep, Session, Ticket};
use jni::Env;
use jni::errors::Result;
use jni::objects::{JCharArray, JClass, JObject, JString};

use crate::answer::Answer;
use crate::bindings::{JAnswer, JComposer, JTicket};
use crate::handles::{COMPOSERS, Handles, TICKETS};
use crate::native::SESSION;
use crate::text::text;
use crate::values;

pub(crate) fn compose<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    id: JCharArray<'local>,
    answer: JAnswer<'local>,
) -> Result<()> {
    let answer = Answer::new(env, &answer)?
        .value(|env, composer: Composer| Ok(JComposer::new(env, COMPOSERS.put(composer))?.into()));
    SESSION.compose(text(env, &id)?, answer);
    Ok(())
}

pub(crate) fn composer_id<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    composer: i64,
) -> Result<JString<'local>> {
    env.new_string(COMPOSERS.get(composer).map_or(String::new(), |composer| composer.id().as_str().to_owned()))
}

pub(crate) fn composer_text<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    composer: i64,
) -> Result<JString<'local>> {
    env.new_string(COMPOSERS.get(composer).map_or(String::new(), |composer| composer.text()))
}

pub(crate) fn composer_set_text<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    composer: i64,
    typed: JCharArray<'local>,
) -> Result<i32> {
    let typed = text(env, &typed)?;
    let edited = COMPOSERS.get(composer).ok_or_else(closed).and_then(|composer| composer.set_text(typed));
    Ok(edited.map_or_else(|failure| failure.code(), |()| 0))
}

pub(crate) fn composer_set_text_then<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    composer: i64,
    typed: JCharArray<'local>,
    answer: JAnswer<'local>,
) -> Result<()> {
    let typed = text(env, &typed)?;
    by(&COMPOSERS, composer, Answer::new(env, &answer)?, |composer, answer| {
        composer.set_text_then(typed, answer.done())
    });
    Ok(())
}

pub(crate) fn composer_flush<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    composer: i64,
    answer: JAnswer<'local>,
) -> Result<()> {
    by(&COMPOSERS, composer, Answer::new(env, &answer)?, |composer, answer| composer.flush(answer.done()));
    Ok(())
}

pub(crate) fn composer_begin_send<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    composer: i64,
    answer: JAnswer<'local>,
) -> Result<()> {
    by(&COMPOSERS, composer, Answer::new(env, &answer)?, |composer, answer| composer.begin_send(answer.value(ticket)));
    Ok(())
}

/// What somebody else has stored, empty if they have cleared it; null without a conflict.
pub(crate) fn composer_conflict<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    composer: i64,
) -> Result<JString<'local>> {
    match COMPOSERS.get(composer).and_then(|composer| composer.conflict()) {
        Some(stored) => env.new_string(stored.as_ref().map_or("", Draft::text)),
        None => Ok(JString::null()),
    }
}

pub(crate) fn composer_resolve<'local>(
    _env: &mut Env<'local>,
    _class: JClass<'local>,
    composer: i64,
    keep: i32,
) -> Result<bool> {
    let keep = match keep {
        0 => Keep::Ours,
        1 => Keep::Theirs,
        _ => Keep::Both,
    };
    Ok(COMPOSERS.get(composer).is_some_and(|composer| composer.resolve(keep)))
}

pub(crate) fn composer_close<'local>(_env: &mut Env<'local>, _class: JClass<'local>, composer: i64) -> Result<()> {
    COMPOSERS.close(composer);
    Ok(())
}

pub(crate) fn begin_send<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    id: JCharArray<'local>,
    answer: JAnswer<'local>,
) -> Result<()> {
    SESSION.begin_send(text(env, &id)?, Answer::new(env, &answer)?.value(ticket));
    Ok(())
}

pub(crate) fn tickets<'local>(env: &mut Env<'local>, _class: JClass<'local>, answer: JAnswer<'local>) -> Result<()> {
    let answer = Answer::new(env, &answer)?.value(|env, tickets: Vec<Ticket>| {
        Ok(values::list(env, &tickets, |env, given| ticket(env, given.clone()))?.into())
    });
    SESSION.tickets(answer);
    Ok(())
}

pub(crate) fn ticket_confirm<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    ticket: i64,
    answer: JAnswer<'local>,
) -> Result<()> {
    by(&TICKETS, ticket, Answer::new(env, &answer)?, |ticket, answer| ticket.confirm(answer.done()));
    Ok(())
}

pub(crate) fn ticket_abort<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    ticket: i64,
    answer: JAnswer<'local>,
) -> Result<()> {
    by(&TICKETS, ticket, Answer::new(env, &answer)?, |ticket, answer| ticket.abort(answer.done()));
    Ok(())
}

pub(crate) fn ticket_close<'local>(_env: &mut Env<'local>, _class: JClass<'local>, ticket: i64) -> Result<()> {
    TICKETS.close(ticket);
    Ok(())
}

pub(crate) fn flush<'local>(env: &mut Env<'local>, _class: JClass<'local>, answer: JAnswer<'local>) -> Result<()> {
    SESSION.flush(Answer::new(env, &answer)?.done());
    Ok(())
}

pub(crate) fn flush_within<'local>(_env: &mut Env<'local>, _class: JClass<'local>, millis: i64) -> Result<i32> {
    let time = Duration::from_millis(u64::try_from(millis).unwrap_or(0));
    Ok(Session::flush_within(&SESSION, time).map_or_else(|failure| failure.code(), |()| 0))
}

pub(crate) fn suspend<'local>(env: &mut Env<'local>, _class: JClass<'local>, answer: JAnswer<'local>) -> Result<()> {
    SESSION.suspend(Answer::new(env, &answer)?.done());
    Ok(())
}

pub(crate) fn resume<'local>(env: &mut Env<'local>, _class: JClass<'local>, answer: JAnswer<'local>) -> Result<()> {
    SESSION.resume(Answer::new(env, &answer)?.done());
    Ok(())
}

pub(crate) fn undo_clear<'local>(
    env: &mut Env<'local>,
    _class: JClass<'local>,
    id: JCharArray<'local>,
    answer: JAnswer<'local>,
) -> Result<()> {
    SESSION.undo_clear(text(env, &id)?, Answer::new(env, &answer)?.done());
    Ok(())
}

fn ticket<'local>(env: &mut Env<'local>, ticket: Ticket) -> Result<JObject<'local>> {
    let id = env.new_string(ticket.id().as_str())?;
    let text = env.new_string(ticket.text())?;
    let number = ticket.number().cast_signed();
    Ok(JTicket::new(env, TICKETS.put(ticket), number, &id, &text)?.into())
}

/// Does something with what Java holds by this number; what it has closed answers so.
fn by<T: Clone>(handles: &Handles<T>, handle: i64, answer: Answer, act: impl FnOnce(T, Answer)) {
    match handles.get(handle) {
        Some(value) => act(value, answer),
        None => SESSION.refuse(closed(), answer.done()),
    }
}

fn closed() -> Failure {
    Failure::invalid_parameter("this", "it is closed")
}
