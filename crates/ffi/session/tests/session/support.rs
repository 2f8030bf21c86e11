//! What the session's tests share.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chat_drafts_session::{Composer, Config, Conversation, Executor, Listener, Reply, Result, Session};

const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn next<T>(receiver: &Receiver<T>) -> T {
    receiver.recv_timeout(PATIENCE).expect("nothing came in time")
}

/// Makes a call and waits for its answer.
pub(crate) fn ask<T: Send + 'static>(call: impl FnOnce(Box<dyn FnOnce(Result<T>) + Send>)) -> Result<T> {
    next(&asked(call))
}

/// Makes a call; its answer comes later.
pub(crate) fn asked<T: Send + 'static>(call: impl FnOnce(Box<dyn FnOnce(Result<T>) + Send>)) -> Receiver<Result<T>> {
    let (sender, receiver) = channel();
    call(Box::new(move |answer| sender.send(answer).unwrap()));
    receiver
}

pub(crate) fn code<T>(answer: Result<T>) -> i32 {
    answer.map_or_else(|failure| failure.code(), |_| 0)
}

pub(crate) fn session_in(folder: &Path) -> Session {
    let session = Session::default();
    assert!(session.init(Config::new(1, folder)));
    session
}

pub(crate) fn log_in(session: &Session, user: &str) {
    assert_eq!(ask(|answer| session.login(user.into(), answer)), Ok(()));
}

pub(crate) fn logged_in(folder: &Path) -> Session {
    let session = session_in(folder);
    log_in(&session, "alice");
    session
}

pub(crate) fn set(session: &Session, id: &str, text: &str) -> Result<()> {
    ask(|answer| session.set_draft(id.into(), text.into(), answer))
}

pub(crate) fn draft_of(session: &Session, id: &str) -> String {
    ask(|answer| session.get_conversation(id.into(), answer)).unwrap().draft_text().to_owned()
}

/// Makes the session stand in a callback until the sender is dropped.
pub(crate) fn hold(session: &Session) -> Sender<()> {
    let (release, held) = channel::<()>();
    let (entered, is_entered) = channel();
    session.get_conversation("x".into(), move |_| {
        entered.send(()).unwrap();
        assert!(held.recv_timeout(PATIENCE).is_err());
    });
    next(&is_entered);
    release
}

/// A session whose answers wait in a queue until the test runs them.
pub(crate) fn queued_session_in(folder: &Path) -> (Session, Receiver<Reply>) {
    struct Queue(Mutex<Sender<Reply>>);
    impl Executor for Queue {
        fn execute(&self, reply: Reply) {
            self.0.lock().unwrap().send(reply).unwrap();
        }
    }
    let (sender, replies) = channel();
    let session = Session::default();
    assert!(session.init(Config::new(1, folder).executor(Arc::new(Queue(Mutex::new(sender))))));
    (session, replies)
}

pub(crate) fn compose(session: &Session, id: &str) -> Composer {
    ask(|answer| session.compose(id.into(), answer)).unwrap()
}

/// Does this on a thread of its own, and fails if it does not return in time.
pub(crate) fn returns<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, returned) = channel();
    std::thread::spawn(move || sender.send(act()).unwrap());
    next(&returned)
}

/// Writes down what it hears: a word and the conversation's id and draft.
pub(crate) struct Scribe(Mutex<Sender<String>>);

impl Scribe {
    pub(crate) fn new() -> (Arc<Self>, Receiver<String>) {
        let (sender, heard) = channel();
        (Arc::new(Self(Mutex::new(sender))), heard)
    }

    fn note(&self, what: &str, conversation: Option<&Conversation>) {
        let told = conversation.map(|told| format!(" {} {:?}", told.id().as_str(), told.draft_text()));
        self.0.lock().unwrap().send(format!("{what}{}", told.unwrap_or_default())).unwrap();
    }
}

impl Listener for Scribe {
    fn on_sync_server_start(&self) {
        self.note("start", None);
    }

    fn on_sync_server_finish(&self) {
        self.note("finish", None);
    }

    fn on_new_conversation(&self, conversation: &Conversation) {
        self.note("new", Some(conversation));
    }

    fn on_conversation_changed(&self, conversation: &Conversation) {
        self.note("changed", Some(conversation));
    }

    fn on_conversation_deleted(&self, conversation: &Conversation) {
        self.note("deleted", Some(conversation));
    }
}
