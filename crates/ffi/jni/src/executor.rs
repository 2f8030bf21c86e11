//! The host's executor.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chat_drafts_session::{Executor, Reply};
use jni::refs::Global;

use crate::attach::with_env;
use crate::bindings::JPoster;

/// The replies that Java has a number of. Java's executor may run one twice, or refuse it after all: the first who asks for
/// it has it.
static POSTED: Mutex<Option<Posted>> = Mutex::new(None);

#[derive(Default)]
struct Posted {
    replies: HashMap<i64, Reply>,
    last: i64,
}

fn posted() -> MutexGuard<'static, Option<Posted>> {
    POSTED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs the reply of this number, unless it has been run.
pub(crate) fn run(number: i64) {
    let reply = posted().as_mut().and_then(|posted| posted.replies.remove(&number));
    if let Some(reply) = reply {
        reply();
    }
}

/// A `java.util.concurrent.Executor`, behind the class that gives it numbers to run.
pub(crate) struct HostExecutor(pub(crate) Global<JPoster<'static>>);

impl Executor for HostExecutor {
    fn execute(&self, reply: Reply) {
        let number = {
            let mut posted = posted();
            let posted = posted.get_or_insert_default();
            posted.last += 1;
            posted.replies.insert(posted.last, reply);
            posted.last
        };
        if with_env(|env| self.0.post(env, number)).is_err() {
            run(number);
        }
    }
}
