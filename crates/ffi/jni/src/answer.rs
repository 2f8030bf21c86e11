//! Answers on their way to Java.

use chat_drafts_session::{Failure, Interrupted, Result};
use jni::Env;
use jni::errors::Result as JniResult;
use jni::objects::{JObject, JString};
use jni::refs::Global;

use crate::attach::with_env;
use crate::bindings::JAnswer;

/// Where the one answer of a call goes: an object of Java's, or nowhere if the host gave no callback.
pub(crate) struct Answer(Option<Global<JAnswer<'static>>>);

impl Answer {
    pub(crate) fn new(env: &Env, answer: &JAnswer) -> JniResult<Self> {
        Ok(Self(if answer.is_null() { None } else { Some(env.new_global_ref(answer)?) }))
    }

    /// The answer of a call that brings nothing but its end.
    pub(crate) fn done(self) -> impl FnOnce(Result<()>) + Send + 'static {
        self.value(|_, ()| Ok(JObject::null()))
    }

    /// The answer of a call that brings something, and how that becomes an object.
    pub(crate) fn value<T>(
        self,
        translate: impl for<'local> FnOnce(&mut Env<'local>, T) -> JniResult<JObject<'local>> + Send + 'static,
    ) -> impl FnOnce(Result<T>) + Send + 'static {
        move |outcome| {
            let Some(answer) = self.0 else { return };
            // Java's side catches what the callback throws; whatever is left is the JVM's own end.
            let _ = with_env(|env| match outcome {
                Ok(value) => match translate(env, value) {
                    Ok(value) => answer.give(env, 0, JString::null(), &value),
                    Err(_) => {
                        // The JVM is out of memory, most likely.
                        env.exception_clear();
                        fail(env, &answer, &Interrupted::Panicked.into())
                    }
                },
                Err(failure) => fail(env, &answer, &failure),
            });
        }
    }
}

fn fail(env: &mut Env, answer: &JAnswer, failure: &Failure) -> JniResult<()> {
    let sentence = env.new_string(failure.sentence())?;
    answer.give(env, failure.code(), &sentence, JObject::null())
}
