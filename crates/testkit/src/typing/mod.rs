//! A state machine of typing: edits, timers, sends, other writers and crashes on a store, beside a model that knows what may
//! be lost.

mod model;

use std::sync::Arc;

use chat_drafts_core::store::{Batch, Change};
use chat_drafts_core::{
    Composer, ConversationId, DraftState, DraftStore, Drafts, Error, Keep, OrderPolicy, Origin, Result,
};
use pollster::block_on;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{Sandbox, TestClock, random};
use model::{Model, Refusal};

/// The conversations there are.
const CHATS: [&str; 3] = ["c2c_a", "c2c_b", "group_c"];

/// How often is looked for what is due.
const STEP: i64 = 10;

/// One thing that happens. Composers and tickets are counted round; without any nothing happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typing {
    /// A composer is opened.
    Compose(usize),
    /// A composer is given a text: none, or what it had with one letter more, or another one.
    Edit(usize, Key),
    /// A composer is dropped.
    Leave(usize),
    /// A composer ends its conflict.
    Resolve(usize, Keep),
    /// So many milliseconds pass.
    Pass(u16),
    /// `flush`.
    Flush,
    /// `set` with a text of its own, or `clear`.
    Set(usize, bool),
    /// `delete`.
    Delete(usize),
    /// `rename`, unless somebody composes in both.
    Rename(usize, usize),
    /// `begin_send`.
    BeginSend(usize),
    /// `confirm` or `abort`.
    End(usize, bool),
    /// Another writer sets a text of its own, or clears.
    Other(usize, bool),
    /// `suspend`, edits, time, and `resume`.
    Suspend(Vec<(usize, Key)>),
    /// The process ends without a word; the store is opened again.
    Crash,
    /// Everything is dropped, and the store is opened again.
    Drop,
    /// `close`, and the store is opened again unless that is refused.
    Close,
}

/// What is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// One letter more.
    Letter,
    /// Everything is deleted.
    DeleteAll,
    /// A text no conversation had before.
    Paste,
}

/// Runs so many random sequences, each on the store of a new sandbox that reopens, beside the model. A failing one is made as
/// small as possible and printed together with the seed.
///
/// # Panics
/// If anything that is shown or stored differs from the model at any moment.
pub fn random_typing(cases: u32, new_sandbox: impl Fn() -> Box<dyn Sandbox>) {
    random::run(cases, &vec(typing(), 1..50), |steps| play(&*new_sandbox(), &steps));
}

/// Runs one sequence on the store of a new sandbox that reopens, beside the model.
///
/// # Panics
/// As [`random_typing`] does.
pub fn check_typing(sandbox: &dyn Sandbox, steps: &[Typing]) {
    play(sandbox, steps).unwrap_or_else(|difference| panic!("{difference}"));
}

fn typing() -> impl Strategy<Value = Typing> {
    let chat = || 0..CHATS.len();
    let key = || prop_oneof![6 => Just(Key::Letter), 1 => Just(Key::DeleteAll), 3 => Just(Key::Paste)];
    prop_oneof![
        8 => chat().prop_map(Typing::Compose),
        20 => (0..8_usize, key()).prop_map(|(composer, key)| Typing::Edit(composer, key)),
        4 => (0..8_usize).prop_map(Typing::Leave),
        3 => (0..8_usize, select(vec![Keep::Ours, Keep::Theirs, Keep::Both]))
            .prop_map(|(composer, keep)| Typing::Resolve(composer, keep)),
        12 => (0..2_500_u16).prop_map(Typing::Pass),
        3 => Just(Typing::Flush),
        3 => (chat(), any::<bool>()).prop_map(|(chat, clears)| Typing::Set(chat, clears)),
        2 => chat().prop_map(Typing::Delete),
        2 => (chat(), chat()).prop_map(|(from, to)| Typing::Rename(from, to)),
        6 => chat().prop_map(Typing::BeginSend),
        6 => (0..4_usize, any::<bool>()).prop_map(|(ticket, confirm)| Typing::End(ticket, confirm)),
        4 => (chat(), any::<bool>()).prop_map(|(chat, clears)| Typing::Other(chat, clears)),
        1 => vec((0..8_usize, key()), 0..3).prop_map(Typing::Suspend),
        2 => Just(Typing::Crash),
        1 => Just(Typing::Drop),
        1 => Just(Typing::Close),
    ]
}

type Played<T> = Result<T, String>;

fn play(sandbox: &dyn Sandbox, steps: &[Typing]) -> Played<()> {
    let clock = TestClock::at(1_700_000_000_000);
    let mut machine = Machine::open(sandbox, clock)?;
    for (number, step) in steps.iter().enumerate() {
        machine.perform(step).and_then(|()| machine.compare()).map_err(|difference| {
            format!("step {number}, {step:?}: {difference}\nin the model: {:#?}", machine.model)
        })?;
    }
    Ok(())
}

struct Machine<'a> {
    sandbox: &'a dyn Sandbox,
    clock: TestClock,
    /// The store and the handle on it; `None` only while it is opened again.
    open: Option<(Arc<dyn DraftStore>, Drafts)>,
    composers: Vec<(usize, Composer)>,
    model: Model,
    /// Counted up, so that no text comes twice.
    pasted: usize,
}

impl<'a> Machine<'a> {
    fn open(sandbox: &'a dyn Sandbox, clock: TestClock) -> Played<Self> {
        let model = Model::new(CHATS.len());
        let mut machine = Self { sandbox, clock, open: None, composers: Vec::new(), model, pasted: 0 };
        machine.reopen()?;
        Ok(machine)
    }

    fn reopen(&mut self) -> Played<()> {
        self.composers.clear();
        self.open = None;
        let store = self.sandbox.open().map_err(shown)?;
        let drafts = Drafts::builder(Arc::clone(&store)).clock(self.clock.clone()).build().map_err(shown)?;
        self.open = Some((store, drafts));
        Ok(())
    }

    fn drafts(&self) -> Drafts {
        self.open.as_ref().expect("it is open between two steps").1.clone()
    }

    fn store(&self) -> &dyn DraftStore {
        &*self.open.as_ref().expect("it is open between two steps").0
    }

    /// A text that no conversation had before.
    fn paste(&mut self) -> String {
        self.pasted += 1;
        format!("<{}>", self.pasted)
    }

    fn typed(&mut self, before: &str, key: Key) -> String {
        match key {
            Key::Letter => format!("{before}{}", ["a", "é", "\n", " "][before.len() % 4]),
            Key::DeleteAll => String::new(),
            Key::Paste => self.paste(),
        }
    }

    fn edit(&mut self, nth: usize, key: Key) -> Played<()> {
        let Some(place) = round(nth, self.composers.len()) else { return Ok(()) };
        let (chat, text) = (self.composers[place].0, self.composers[place].1.text());
        let text = self.typed(&text, key);
        self.composers[place].1.set_text(text.as_str()).map_err(shown)?;
        self.model.edit(chat, &text);
        Ok(())
    }

    fn perform(&mut self, step: &Typing) -> Played<()> {
        let drafts = self.drafts();
        match step {
            Typing::Compose(chat) => {
                self.composers.push((*chat, block_on(drafts.compose(&id(*chat))).map_err(shown)?));
                self.model.compose(*chat);
            }
            Typing::Edit(nth, key) => self.edit(*nth, *key)?,
            Typing::Leave(nth) => {
                if let Some(place) = round(*nth, self.composers.len()) {
                    let (chat, composer) = self.composers.remove(place);
                    drop(composer);
                    self.model.leave(chat);
                }
            }
            Typing::Resolve(nth, keep) => {
                if let Some(place) = round(*nth, self.composers.len()) {
                    let (chat, composer) = &self.composers[place];
                    same("a conflict", &composer.resolve(*keep), &self.model.resolve(*chat, *keep))?;
                }
            }
            Typing::Pass(millis) => self.pass(i64::from(*millis)),
            Typing::Flush => {
                let flushed = block_on(drafts.flush()).map_err(refusal);
                same("the flush", &flushed, &self.model.flush())?;
            }
            Typing::Set(chat, clears) => {
                let text = if *clears { String::new() } else { self.paste() };
                block_on(drafts.set(&id(*chat), text.as_str())).map_err(shown)?;
                self.model.set(*chat, &text);
            }
            Typing::Delete(chat) => {
                block_on(drafts.conversations().delete(&id(*chat))).map_err(shown)?;
                self.model.delete(*chat);
            }
            Typing::Rename(from, to) => {
                if !self.model.is_composed(*from) || !self.model.is_composed(*to) {
                    let renamed = block_on(drafts.conversations().rename(&id(*from), &id(*to)));
                    let expected = self.model.rename(*from, *to);
                    let has_moved = matches!(expected, Ok(true));
                    same("the rename", &renamed.map(|outcome| outcome.is_changed()).map_err(refusal), &expected)?;
                    for (chat, _) in self.composers.iter_mut().filter(|(chat, _)| has_moved && chat == from) {
                        *chat = *to;
                    }
                }
            }
            Typing::BeginSend(chat) => {
                let begun = block_on(drafts.begin_send(&id(*chat))).map_err(refusal);
                let begun = begun.map(|ticket| (ticket.number(), ticket.text().to_owned()));
                let expected = self.model.begin_send(*chat, begun.as_ref().map_or(0, |(number, _)| *number));
                same("what is sent", &begun.map(|(_, text)| text), &expected)?;
            }
            Typing::End(nth, confirm) => {
                let tickets = block_on(drafts.tickets()).map_err(shown)?;
                if let Some(place) = round(*nth, tickets.len()) {
                    let ticket = &tickets[place];
                    let ended =
                        block_on(async { if *confirm { ticket.confirm().await } else { ticket.abort().await } });
                    if !ended.map_err(shown)?.is_changed() {
                        return Err("the ticket was not known".to_owned());
                    }
                    self.model.end(ticket.number(), *confirm);
                }
            }
            Typing::Other(chat, clears) => {
                let text = if *clears { String::new() } else { self.paste() };
                self.model.other(*chat, &text);
                let change = Change::SetDraft { id: id(*chat), text, extra: None, base: None, keeps_place: false };
                let (now, policy, origin) = (0, OrderPolicy::default(), Origin::new());
                block_on(self.store().commit(Batch { changes: vec![change], now, policy, origin })).map_err(shown)?;
            }
            Typing::Suspend(edits) => {
                let suspended = block_on(drafts.suspend()).map_err(refusal);
                same("the suspension", &suspended, &self.model.flush())?;
                for (nth, key) in edits {
                    self.edit(*nth, *key)?;
                }
                self.clock.advance(5_000);
                same("saves while it is suspended", &drafts.save_due(), &0)?;
                block_on(drafts.resume()).map_err(shown)?;
                self.model.resume(5_000);
                drafts.save_due();
                self.model.save_due();
            }
            Typing::Crash => {
                drop(drafts);
                // The store goes away below, so that nothing can be saved any more.
                block_on(self.store().close()).map_err(shown)?;
                self.reopen()?;
                self.model.crash()?;
            }
            Typing::Drop => {
                drop(drafts);
                self.composers.drain(..).for_each(|(chat, composer)| {
                    drop(composer);
                    self.model.leave(chat);
                });
                self.reopen()?;
                self.model.flush().map_err(|_| "nobody composes any more")?;
                self.model.restart();
            }
            Typing::Close => {
                let closed = block_on(drafts.close()).map_err(refusal);
                drop(drafts);
                same("closing", &closed, &self.model.flush())?;
                if closed.is_ok() {
                    self.reopen()?;
                    self.model.restart();
                }
            }
        }
        Ok(())
    }

    fn pass(&mut self, millis: i64) {
        let drafts = self.drafts();
        for _ in 0..millis / STEP {
            self.clock.advance(STEP);
            drafts.save_due();
            self.model.pass(STEP);
        }
    }

    /// Everything that is shown, and everything that is stored.
    fn compare(&self) -> Played<()> {
        let drafts = self.drafts();
        let text = |draft: Option<&chat_drafts_core::Draft>| draft.map_or("", |draft| draft.text()).to_owned();
        for chat in 0..CHATS.len() {
            let shown_draft = block_on(drafts.get(&id(chat))).map_err(shown)?;
            same("the draft", &text(shown_draft.as_ref()), &self.model.shown(chat))?;
            let row = block_on(drafts.conversations().get(&id(chat))).map_err(shown)?;
            let stored = row.as_ref().map_or("", |row| row.draft_text()).to_owned();
            same("what is stored", &stored, &self.model.stored(chat))?;
        }
        for (chat, composer) in &self.composers {
            same("the conversation of a composer", &composer.id(), &id(*chat))?;
            same("the text of a composer", &composer.text(), &self.model.shown_by_composer(*chat))?;
            let theirs = composer.conflict().map(|current| text(current.draft()));
            same("the other text of a conflict", &theirs, &self.model.conflict(*chat))?;
        }
        let tickets = block_on(drafts.tickets()).map_err(shown)?;
        let tickets = tickets.iter().map(|ticket| (ticket.number(), ticket.id().clone(), ticket.text().to_owned()));
        let expected = self.model.tickets().iter().map(|(number, chat, text)| (*number, id(*chat), text.clone()));
        same("what is being sent", &tickets.collect::<Vec<_>>(), &expected.collect())?;
        let mut unsaved = drafts.unsaved();
        unsaved.sort();
        let mut expected: Vec<_> = self.model.unsaved().into_iter().map(|(chat, text)| (id(chat), text)).collect();
        expected.sort();
        same("what is not saved", &unsaved, &expected)
    }
}

fn round(nth: usize, count: usize) -> Option<usize> {
    nth.checked_rem(count)
}

fn id(chat: usize) -> ConversationId {
    ConversationId::new(CHATS[chat]).expect("a valid id")
}

fn shown(error: Error) -> String {
    format!("{error:?}")
}

fn refusal(error: Error) -> Refusal {
    match error {
        Error::Conflict { current } => Refusal::Conflict(match *current {
            DraftState::Present(draft) => draft.into_text(),
            DraftState::Absent(_) => String::new(),
        }),
        Error::NothingToSend => Refusal::NothingToSend,
        Error::Unsaved { conversations, .. } => {
            let mut chats: Vec<_> = conversations.iter().map(|chat| chat.as_str().to_owned()).collect();
            chats.sort();
            Refusal::Unsaved(chats)
        }
        other => Refusal::Other(format!("{other:?}")),
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, answer: &T, expected: &T) -> Played<()> {
    if answer == expected { Ok(()) } else { Err(format!("{what} is {answer:?} but should be {expected:?}")) }
}
