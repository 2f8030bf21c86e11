//! A state machine of typing: edits, timers, sends, other writers and crashes on a store, beside a model that knows what may
//! be lost.

mod model;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use chat_drafts_core::store::{Batch, Change};
use chat_drafts_core::{
    Composer, ConversationId, Draft, DraftInput, DraftState, DraftStore, Drafts, Error, Keep, OrderPolicy, Origin,
    Outcome, Result,
};
use pollster::block_on;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{Sandbox, TestClock, random};
use model::{Content, Model, Refusal};

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
    /// A call that writes, awaited.
    Write(usize, Write),
    /// A call that writes, whose future is polled once and dropped.
    Dropped(usize, Write),
    /// Another writer writes, past the handle.
    Other(usize, Write),
    /// `suspend`, edits, time, and `resume`.
    Suspend(Vec<(usize, Key)>),
    /// The process ends without a word; the store is opened again.
    Crash,
    /// Everything is dropped, and the store is opened again.
    Drop,
    /// `close`, and the store is opened again unless that is refused.
    Close,
}

/// What is written to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// `set` with a text of its own.
    Set,
    /// `set_with` a text and an extra of its own.
    SetWithExtra,
    /// `set_with` a text of its own, based on what is stored. Another writer does what [`Set`](Self::Set) does.
    SetBased,
    /// `clear`.
    Clear,
    /// `undo_clear`. Another writer does nothing.
    Undo,
    /// `delete`. Another writer does what [`Clear`](Self::Clear) does.
    Delete,
    /// `rename` to this one.
    Rename(usize),
    /// `begin_send`.
    BeginSend,
    /// `confirm` of this ticket.
    Confirm(usize),
    /// `abort` of this ticket.
    Abort(usize),
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
    let write = || {
        prop_oneof![
            2 => Just(Write::Set),
            2 => Just(Write::SetWithExtra),
            2 => Just(Write::SetBased),
            2 => Just(Write::Clear),
            2 => Just(Write::Undo),
            1 => Just(Write::Delete),
            3 => (0..CHATS.len()).prop_map(Write::Rename),
            6 => Just(Write::BeginSend),
            2 => (0..4_usize).prop_map(Write::Confirm),
            5 => (0..4_usize).prop_map(Write::Abort),
        ]
    };
    prop_oneof![
        8 => chat().prop_map(Typing::Compose),
        20 => (0..8_usize, key()).prop_map(|(composer, key)| Typing::Edit(composer, key)),
        5 => (0..8_usize).prop_map(Typing::Leave),
        3 => (0..8_usize, select(vec![Keep::Ours, Keep::Theirs, Keep::Both]))
            .prop_map(|(composer, keep)| Typing::Resolve(composer, keep)),
        12 => (0..2_500_u16).prop_map(Typing::Pass),
        3 => Just(Typing::Flush),
        16 => (chat(), write()).prop_map(|(chat, write)| Typing::Write(chat, write)),
        6 => (chat(), write()).prop_map(|(chat, write)| Typing::Dropped(chat, write)),
        8 => (chat(), write()).prop_map(|(chat, write)| Typing::Other(chat, write)),
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
            Typing::Write(chat, write) => {
                let written = self.write(*chat, *write)?;
                let expected = self.model_write(*chat, *write, &written)?;
                same("the answer", &written, &expected)?;
            }
            Typing::Dropped(chat, write) => self.drop_write(*chat, *write)?,
            Typing::Other(chat, write) => self.other(*chat, *write)?,
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

    /// A call of the handle; what it was given is in the answer.
    fn call<'b>(&mut self, drafts: &'b Drafts, chat: usize, write: Write) -> Played<Option<Call<'b>>> {
        let own = self.paste();
        let chat_id = id(chat);
        let (text, extra) = match write {
            Write::Set | Write::SetBased => (own, String::new()),
            Write::SetWithExtra => (own.clone(), format!("extra of {own}")),
            _ => (String::new(), String::new()),
        };
        let given = Content::new(&text, &extra);
        let call: Future<'b> = match write {
            Write::Set => Box::pin(async move { drafts.set(&chat_id, text).await.map(Answer::of) }),
            Write::Clear => Box::pin(async move { drafts.clear(&chat_id).await.map(Answer::of) }),
            Write::SetWithExtra => {
                let input = DraftInput::new(text).extra(extra);
                Box::pin(async move { drafts.set_with(&chat_id, input).await.map(Answer::of) })
            }
            Write::SetBased => {
                let base = block_on(drafts.revision(&chat_id)).map_err(shown)?;
                let input = DraftInput::new(text).based_on(base);
                Box::pin(async move { drafts.set_with(&chat_id, input).await.map(Answer::of) })
            }
            Write::Undo => Box::pin(async move { drafts.undo_clear(&chat_id).await.map(Answer::of) }),
            Write::Delete => Box::pin(async move { drafts.conversations().delete(&chat_id).await.map(Answer::of) }),
            Write::Rename(to) => {
                let to = id(to);
                Box::pin(async move { drafts.conversations().rename(&chat_id, &to).await.map(Answer::of) })
            }
            Write::BeginSend => Box::pin(async move {
                let ticket = drafts.begin_send(&chat_id).await?;
                let content = Content::new(ticket.text(), &String::from_utf8_lossy(ticket.extra()));
                Ok(Answer::Sent(ticket.number(), content))
            }),
            Write::Confirm(nth) | Write::Abort(nth) => {
                let mut tickets = block_on(drafts.tickets()).map_err(shown)?;
                let Some(place) = round(nth, tickets.len()) else { return Ok(None) };
                let (ticket, confirms) = (tickets.remove(place), matches!(write, Write::Confirm(_)));
                let number = ticket.number();
                let end: Future<'b> = Box::pin(async move {
                    let ended = if confirms { ticket.confirm().await } else { ticket.abort().await };
                    ended.map(|_| Answer::Ended(number))
                });
                return Ok(Some(Call { given: Content::default(), number, future: end }));
            }
        };
        Ok(Some(Call { given, number: 0, future: call }))
    }

    fn write(&mut self, chat: usize, write: Write) -> Played<Written> {
        let drafts = self.drafts();
        let Some(Call { given, future, .. }) = self.call(&drafts, chat, write)? else { return Ok(None) };
        Ok(Some((given, block_on(future).map_err(refusal))))
    }

    /// What the model answers to the same.
    fn model_write(&mut self, chat: usize, write: Write, written: &Written) -> Played<Written> {
        let Some((given, answer)) = written else { return Ok(None) };
        let model = &mut self.model;
        let changed = |answer: std::result::Result<bool, Refusal>| answer.map(Answer::Written);
        let answer = match (write, answer) {
            // Whether it changes anything is compared by what is stored.
            (Write::Set | Write::Clear, Ok(answer)) => {
                model.set(chat, &given.text, None);
                Ok(answer.clone())
            }
            (Write::SetWithExtra, Ok(answer)) => {
                model.set(chat, &given.text, Some(&given.extra));
                Ok(answer.clone())
            }
            (Write::Delete, Ok(answer)) => {
                model.delete(chat);
                Ok(answer.clone())
            }
            (Write::SetBased, _) => changed(model.set_based(chat, &given.text)),
            (Write::Undo, _) => changed(model.undo(chat)),
            (Write::Rename(to), _) => {
                let renamed = model.rename(chat, to);
                if renamed.is_ok() && chat != to {
                    self.composers.iter_mut().filter(|(of, _)| *of == chat).for_each(|(of, _)| *of = to);
                }
                changed(renamed)
            }
            (Write::BeginSend, _) => {
                let number = match answer {
                    Ok(Answer::Sent(number, _)) => *number,
                    _ => 0,
                };
                model.begin_send(chat, number).map(|content| Answer::Sent(number, content))
            }
            (Write::Confirm(_) | Write::Abort(_), Ok(Answer::Ended(number))) => {
                model.end(*number, matches!(write, Write::Confirm(_)));
                Ok(Answer::Ended(*number))
            }
            (_, answer) => return Err(format!("it should not have answered {answer:?}")),
        };
        Ok(Some((given.clone(), answer)))
    }

    /// A call whose future is polled once and dropped does what it would have done; whoever comes behind it sees that.
    fn drop_write(&mut self, chat: usize, write: Write) -> Played<()> {
        let drafts = self.drafts();
        let before = self.numbers()?;
        let Some(Call { given, number, mut future }) = self.call(&drafts, chat, write)? else { return Ok(()) };
        let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        drop(future);
        for chat in 0..CHATS.len() {
            // Changes nothing, and is answered after all that came before.
            block_on(drafts.conversations().rename(&id(chat), &id(chat))).map_err(shown)?;
        }
        let answer = match (polled, write) {
            (Poll::Ready(answer), _) => answer.map_err(refusal),
            (Poll::Pending, Write::BeginSend) => {
                let begun = self.numbers()?.into_iter().find(|number| !before.contains(number));
                begun.map(|number| Answer::Sent(number, Content::default())).ok_or(Refusal::NothingToSend)
            }
            (Poll::Pending, Write::Confirm(_) | Write::Abort(_)) => Ok(Answer::Ended(number)),
            (Poll::Pending, _) => Ok(Answer::Written(true)),
        };
        self.model_write(chat, write, &Some((given, answer)))?;
        Ok(())
    }

    fn numbers(&self) -> Played<Vec<u64>> {
        let tickets = block_on(self.drafts().tickets()).map_err(shown)?;
        Ok(tickets.iter().map(chat_drafts_core::Ticket::number).collect())
    }

    fn other(&mut self, chat: usize, write: Write) -> Played<()> {
        let own = self.paste();
        let set = |text: String, extra: Option<String>| Change::SetDraft {
            id: id(chat),
            text,
            extra: extra.map(String::into_bytes),
            base: None,
            keeps_place: false,
        };
        let change = match write {
            Write::Set | Write::SetBased => {
                self.model.other_sets(chat, &own, None);
                set(own, None)
            }
            Write::SetWithExtra => {
                let extra = format!("extra of {own}");
                self.model.other_sets(chat, &own, Some(&extra));
                set(own, Some(extra))
            }
            Write::Clear | Write::Delete => {
                self.model.other_sets(chat, "", None);
                set(String::new(), None)
            }
            Write::Undo => return Ok(()),
            Write::Rename(to) => {
                self.model.other_renames(chat, to);
                Change::Rename { from_to: [id(chat), id(to)] }
            }
            Write::BeginSend if self.model.stored(chat).text.is_empty() => return Ok(()),
            Write::BeginSend => Change::BeginSend { id: id(chat), text: None, extra: None, base: None },
            Write::Confirm(nth) | Write::Abort(nth) => {
                let tickets = self.model.tickets();
                let Some(place) = round(nth, tickets.len()) else { return Ok(()) };
                let (number, id) = (tickets[place].number, id(tickets[place].chat));
                let confirms = matches!(write, Write::Confirm(_));
                self.model.other_ends(number, confirms);
                if confirms { Change::ConfirmSend { id, number } } else { Change::AbortSend { id, number } }
            }
        };
        let (now, policy, origin) = (0, OrderPolicy::default(), Origin::new());
        let committed =
            block_on(self.store().commit(Batch { changes: vec![change], now, policy, origin })).map_err(shown)?;
        if write == Write::BeginSend {
            self.model.other_begins_to_send(chat, committed.outcomes[0].revision().get());
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
    fn compare(&mut self) -> Played<()> {
        let drafts = self.drafts();
        let of = |draft: Option<&Draft>| {
            let extra = |draft: &Draft| String::from_utf8_lossy(draft.extra()).into_owned();
            draft.map_or_else(Content::default, |draft| Content::new(draft.text(), &extra(draft)))
        };
        for (chat, composer) in &self.composers {
            // A look at a conflict that is over ends it.
            let theirs = composer.conflict().map(|current| of(current.draft()).text);
            same("the other text of a conflict", &theirs, &self.model.conflict(*chat))?;
            same("the conversation of a composer", &composer.id(), &id(*chat))?;
            let shown = Content::new(&composer.text(), &String::from_utf8_lossy(&composer.extra()));
            same("the text of a composer", &shown, &self.model.shown_by_composer(*chat))?;
        }
        for chat in 0..CHATS.len() {
            let shown_draft = block_on(drafts.get(&id(chat))).map_err(shown)?;
            same("the draft", &of(shown_draft.as_ref()), &self.model.shown(chat))?;
            let row = block_on(drafts.conversations().get(&id(chat))).map_err(shown)?;
            let stored = of(row.as_ref().and_then(chat_drafts_core::Conversation::draft));
            same("what is stored", &stored, &self.model.stored(chat))?;
        }
        let tickets = block_on(drafts.tickets()).map_err(shown)?;
        let mut tickets: Vec<_> = tickets
            .iter()
            .map(|ticket| {
                let content = Content::new(ticket.text(), &String::from_utf8_lossy(ticket.extra()));
                (ticket.number(), ticket.id(), content)
            })
            .collect();
        tickets.sort_by_key(|(number, ..)| *number);
        let expected = self.model.tickets().iter();
        let mut expected: Vec<_> =
            expected.map(|ticket| (ticket.number, id(ticket.chat), ticket.content.clone())).collect();
        expected.sort_by_key(|(number, ..)| *number);
        same("what is being sent", &tickets, &expected)?;
        let mut unsaved = drafts.unsaved();
        unsaved.sort();
        let mut expected: Vec<_> = self.model.unsaved().into_iter().map(|(chat, text)| (id(chat), text)).collect();
        expected.sort();
        same("what is not saved", &unsaved, &expected)
    }
}

type Future<'a> = Pin<Box<dyn std::future::Future<Output = Result<Answer>> + 'a>>;

/// A call, and what it was given.
struct Call<'a> {
    given: Content,
    /// Of the ticket that it ends.
    number: u64,
    future: Future<'a>,
}

/// What a call was given and has answered, unless there was nothing to call.
type Written = Option<(Content, std::result::Result<Answer, Refusal>)>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Written(bool),
    Sent(u64, Content),
    Ended(u64),
}

impl Answer {
    fn of(outcome: Outcome) -> Self {
        Self::Written(outcome.is_changed())
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
