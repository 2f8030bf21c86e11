//! What the fault cases share.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use chat_drafts_core::engine::{Engine, EngineStore};
use chat_drafts_core::{Blocking, Changes, ConversationId, Drafts, Error, Event, Outcome, Result};

use crate::{Faults, Faulty, FaultyConfig, TestClock};

/// A store of a faulty engine.
pub(super) struct Subject<E: Engine> {
    config: FaultyConfig<E::Config>,
    clock: Option<TestClock>,
    pub(super) drafts: Drafts,
    pub(super) faults: Faults,
}

impl<E: Engine> Subject<E> {
    pub(super) fn new(config: E::Config) -> Self {
        Self::by(None, config)
    }

    /// A store whose edits are saved by this clock.
    pub(super) fn at(clock: &TestClock, config: E::Config) -> Self {
        Self::by(Some(clock.clone()), config)
    }

    fn by(clock: Option<TestClock>, config: E::Config) -> Self {
        let faults = Faults::default();
        let config = FaultyConfig { inner: config, faults: faults.clone() };
        let drafts = open::<E>(&config, clock.as_ref()).unwrap();
        Self { config, clock, drafts, faults }
    }

    pub(super) fn blocking(&self) -> Blocking {
        self.drafts.blocking()
    }

    pub(super) fn set(&self, chat: &str, text: &str) -> Result<Outcome> {
        self.blocking().set(&id(chat), text)
    }

    #[track_caller]
    pub(super) fn must_set(&self, chat: &str, text: &str) {
        assert!(self.set(chat, text).unwrap().is_changed());
    }

    pub(super) fn text(&self, chat: &str) -> Option<String> {
        self.blocking().get(&id(chat)).unwrap().map(|draft| draft.into_text())
    }

    /// Drops the store without closing it; gives what opens it again.
    pub(super) fn take_apart(self) -> (Drafts, Reopen<E>) {
        let Self { config, clock, drafts, faults } = self;
        (drafts, Reopen { config, clock, faults })
    }
}

pub(super) struct Reopen<E: Engine> {
    config: FaultyConfig<E::Config>,
    clock: Option<TestClock>,
    pub(super) faults: Faults,
}

impl<E: Engine> Reopen<E> {
    pub(super) fn open(self) -> Subject<E> {
        let drafts = self.try_open().unwrap();
        Subject { config: self.config, clock: self.clock, drafts, faults: self.faults }
    }

    pub(super) fn try_open(&self) -> Result<Drafts> {
        open::<E>(&self.config, self.clock.as_ref())
    }
}

fn open<E: Engine>(config: &FaultyConfig<E::Config>, clock: Option<&TestClock>) -> Result<Drafts> {
    let builder = Drafts::builder(EngineStore::<Faulty<E>>::open(config.clone())?);
    match clock {
        Some(clock) => builder.clock(clock.clone()).build(),
        None => builder.build(),
    }
}

pub(super) fn id(id: &str) -> ConversationId {
    ConversationId::new(id).unwrap()
}

pub(super) fn io_error() -> Error {
    Error::from_io("write for a test", std::io::Error::other("a fault that was asked for"))
}

pub(super) fn sequences(events: &mut Changes) -> Vec<u64> {
    std::iter::from_fn(|| events.try_next()).map(|event: Event| event.sequence()).collect()
}

/// A write that is awaited: so many as there are chats, each polled once, none of them ready.
pub(super) struct Waiting<'a>(Vec<Pin<Box<dyn Future<Output = Result<Outcome>> + 'a>>>);

impl<'a> Waiting<'a> {
    pub(super) fn new(writes: impl IntoIterator<Item = Pin<Box<dyn Future<Output = Result<Outcome>> + 'a>>>) -> Self {
        let mut writes: Vec<_> = writes.into_iter().collect();
        for write in &mut writes {
            let polled = write.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(polled, Poll::Pending), "the gate is shut");
        }
        Self(writes)
    }

    pub(super) fn answers(self) -> Vec<Result<Outcome>> {
        pollster::block_on(futures_util::future::join_all(self.0))
    }
}

/// An awaited `set`, not polled yet.
pub(super) fn set<'a>(
    drafts: &'a Drafts,
    chat: &'a ConversationId,
    text: &'a str,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + 'a>> {
    Box::pin(drafts.set(chat, text))
}
