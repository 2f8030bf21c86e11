//! One of those who share a `Drafts`: a thread, or a task.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use chat_drafts_core::store::{Batch, Change};
use chat_drafts_core::{
    Composer, ConversationId, DraftInput, DraftState, Drafts, OrderPolicy, Origin, Outcome, Query, Ticket,
};

use super::history::{Answer, Event, Op, Tokens, token, tokens_of};
use super::{CHATS, Mode, Random, id, locked};

/// What a call is while it is under way.
type Call = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// A composer, by the number of its seat.
pub(super) struct Field {
    pub(super) seat: u32,
    pub(super) composer: Composer,
}

/// What all actors share.
pub(super) struct Shared {
    pub(super) drafts: Drafts,
    /// True if what is typed is saved by itself.
    pub(super) has_timers: bool,
    pub(super) fields: Mutex<Vec<Arc<Field>>>,
    pub(super) tickets: Mutex<Vec<Arc<Ticket>>>,
    stamps: AtomicU64,
    tokens: AtomicU32,
    seats: AtomicU32,
}

impl Shared {
    pub(super) fn new(drafts: Drafts, has_timers: bool) -> Self {
        Self {
            drafts,
            has_timers,
            fields: Mutex::default(),
            tickets: Mutex::default(),
            stamps: AtomicU64::new(0),
            tokens: AtomicU32::new(0),
            seats: AtomicU32::new(0),
        }
    }

    pub(super) fn stamp(&self) -> u64 {
        self.stamps.fetch_add(1, Ordering::SeqCst)
    }

    /// Begins a round: its stamps and tokens start from nothing, so that a history is easy to read.
    pub(super) fn begin_round(&self) {
        self.stamps.store(0, Ordering::SeqCst);
        self.tokens.store(0, Ordering::SeqCst);
    }

    fn new_token(&self) -> u32 {
        self.tokens.fetch_add(1, Ordering::SeqCst)
    }
}

/// The calls of an actor, in its order.
pub(super) type Events = Arc<Mutex<Vec<Event>>>;

pub(super) struct Actor {
    shared: Arc<Shared>,
    number: usize,
    mode: Mode,
    /// With an origin of its own.
    drafts: Drafts,
    /// True if it has a thread of its own, which it may block.
    may_block: bool,
    random: Random,
    events: Events,
    /// Calls that were polled once, and are held while others are made.
    held: Vec<(usize, Call)>,
}

impl Actor {
    pub(super) fn new(
        shared: &Arc<Shared>,
        number: usize,
        mode: Mode,
        may_block: bool,
        random: Random,
        events: &Events,
    ) -> Self {
        Self {
            shared: Arc::clone(shared),
            number,
            mode,
            drafts: shared.drafts.with_origin(Origin::new()),
            may_block,
            random,
            events: Arc::clone(events),
            held: Vec::new(),
        }
    }

    /// Makes so many calls, and ends them all.
    pub(super) async fn run(mut self, calls: usize) {
        for _ in 0..calls {
            if !self.held.is_empty() && self.random.one_in(3) {
                self.end_held().await;
            }
            self.act().await;
        }
        while !self.held.is_empty() {
            self.end_held().await;
        }
    }

    /// Awaits a call that was held, or drops it.
    async fn end_held(&mut self) {
        let place = self.random.below(self.held.len());
        let (event, call) = self.held.swap_remove(place);
        if !self.random.one_in(3) {
            self.answered(event, call.await);
        }
    }

    async fn act(&mut self) {
        if !matches!(self.mode, Mode::Closing) && self.random.one_in(12) {
            self.leave();
        }
        let is_alone = locked(&self.shared.fields).is_empty();
        match self.random.below(100) {
            0..40 if !is_alone => self.edit(),
            kind => {
                if let Some((op, call)) = self.call(kind) {
                    self.perform(op, call).await;
                }
            }
        }
    }

    fn leave(&mut self) {
        let mut fields = locked(&self.shared.fields);
        if !fields.is_empty() {
            let place = self.random.below(fields.len());
            let field = fields.swap_remove(place);
            drop(fields);
            drop(field);
        }
    }

    fn field(&mut self) -> Option<Arc<Field>> {
        let fields = locked(&self.shared.fields);
        (!fields.is_empty()).then(|| Arc::clone(&fields[self.random.below(fields.len())]))
    }

    fn new_text(&self) -> (Tokens, String) {
        let number = self.shared.new_token();
        (vec![number], token(number))
    }

    /// Types: a new text, or one token more, or nothing any more.
    fn edit(&mut self) {
        let Some(field) = self.field() else { return };
        let own = self.new_text();
        let text = match self.random.below(8) {
            0 => String::new(),
            1..4 => own.1,
            _ => field.composer.text() + &own.1,
        };
        let Ok(tokens) = tokens_of(&text) else {
            let event = self.begun(Op::Beside("read of a composer"));
            return self.answered(event, Answer::text(&text));
        };
        let event = self.begun(Op::Edit { seat: field.seat, text: tokens });
        let answer = field.composer.set_text(text);
        let taken = self.shared.stamp();
        locked(&self.events)[event].taken = taken;
        match answer {
            Ok(receipt) => {
                self.answered(event, Answer::Done);
                // It waits for a timer, and for a `resume`.
                if self.shared.has_timers && self.mode != Mode::Suspending && self.random.one_in(10) {
                    let call: Call = Box::pin(async move { Answer::of(receipt.saved().await, |()| Answer::Done) });
                    let event = self.begun(Op::Beside("saved"));
                    self.held.push((event, call));
                }
            }
            Err(error) => self.answered(event, Answer::of(Err::<(), _>(error), |()| Answer::Done)),
        }
    }

    /// Makes a call, in one of the ways a future can be treated.
    async fn perform(&mut self, op: Op, mut call: Call) {
        let is_edit_of_all = matches!(op, Op::Beside("close" | "resume"));
        let way = if is_edit_of_all { 9 } else { self.random.below(12) };
        if way == 0 {
            // A future that was never polled does nothing.
            return;
        }
        let event = self.begun(op);
        let polled = match way {
            1..4 => call.as_mut().poll(&mut Context::from_waker(Waker::noop())),
            _ => poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await,
        };
        let taken = self.shared.stamp();
        locked(&self.events)[event].taken = taken;
        if let Poll::Ready(answer) = polled {
            return self.answered(event, answer);
        }
        match way {
            1 => {}
            2 => {
                if let Poll::Ready(answer) = call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                    self.answered(event, answer);
                }
            }
            3 | 4 => self.held.push((event, call)),
            _ => self.answered(event, call.await),
        }
    }

    fn begun(&self, op: Op) -> usize {
        let begun = self.shared.stamp();
        let mut events = locked(&self.events);
        events.push(Event { actor: self.number, op, begun, taken: u64::MAX, answered: None });
        events.len() - 1
    }

    fn answered(&self, event: usize, answer: Answer) {
        let now = self.shared.stamp();
        let mut events = locked(&self.events);
        events[event].taken = events[event].taken.min(now);
        events[event].answered = Some((now, answer));
    }

    fn call(&mut self, kind: usize) -> Option<(Op, Call)> {
        let blocks = self.may_block && self.random.one_in(3);
        let drafts = if blocks { self.drafts.on_this_thread() } else { self.drafts.clone() };
        let chat = self.random.below(CHATS);
        let (aborts, renames) =
            (self.mode != Mode::Still, matches!(self.mode, Mode::Moving | Mode::Suspending | Mode::WithAnother));
        Some(match kind {
            0..48 => self.compose(drafts, chat),
            48..56 => self.set(drafts, chat),
            56..60 => return self.set_based(drafts, chat),
            60..64 => {
                let call = async move { Answer::of(drafts.clear(&id(chat)).await, changed) };
                (Op::Set { chat, text: Tokens::new() }, Box::pin(call))
            }
            64..68 => {
                let call = async move { Answer::of(drafts.undo_clear(&id(chat)).await, changed) };
                (Op::UndoClear { chat }, Box::pin(call))
            }
            68..76 => self.begin_send(drafts, chat),
            76..82 => return self.end_send(&drafts, aborts),
            82..86 if renames => {
                let to = self.random.below(CHATS);
                let call = async move { Answer::of(drafts.conversations().rename(&id(chat), &id(to)).await, changed) };
                (Op::Rename { from: chat, to }, Box::pin(call))
            }
            86..88 => {
                let call = async move { Answer::of(drafts.conversations().delete(&id(chat)).await, changed) };
                (Op::Delete { chat }, Box::pin(call))
            }
            88..92 => self.of_its_mode(drafts, chat),
            92..94 => return self.flush(drafts),
            94 => {
                let call = async move {
                    let listed = drafts.list(Query::all()).await;
                    Answer::of(listed, |page| {
                        let torn = page.items.iter().find_map(|row| tokens_of(row.draft_text()).err());
                        torn.map_or(Answer::Done, Answer::Wrong)
                    })
                };
                (Op::Beside("list"), Box::pin(call))
            }
            _ => {
                let call = async move {
                    let draft = drafts.get(&id(chat)).await;
                    Answer::of(draft, |draft| Answer::text(draft.as_ref().map_or("", |draft| draft.text())))
                };
                // Between a commit of these and its answer a field still shows what was before.
                let op = if aborts { Op::Beside("get") } else { Op::Get { chat } };
                (op, Box::pin(call))
            }
        })
    }

    fn compose(&self, drafts: Drafts, chat: usize) -> (Op, Call) {
        let seat = self.shared.seats.fetch_add(1, Ordering::SeqCst);
        let shared = Arc::clone(&self.shared);
        let call = async move {
            Answer::of(drafts.compose(&id(chat)).await, |composer| {
                locked(&shared.fields).push(Arc::new(Field { seat, composer }));
                Answer::Done
            })
        };
        (Op::Compose { chat, seat }, Box::pin(call))
    }

    fn set(&mut self, drafts: Drafts, chat: usize) -> (Op, Call) {
        let (tokens, text) = self.new_text();
        let call: Call = match self.random.one_in(2) {
            true => Box::pin(async move { Answer::of(drafts.set(&id(chat), text).await, changed) }),
            false => Box::pin(async move {
                let input = DraftInput::new(text).extra("extra");
                Answer::of(drafts.set_with(&id(chat), input).await, changed)
            }),
        };
        (Op::Set { chat, text: tokens }, call)
    }

    /// A set based on what is stored now.
    fn set_based(&mut self, drafts: Drafts, chat: usize) -> Option<(Op, Call)> {
        let (tokens, text) = self.new_text();
        let base = pollster::block_on(drafts.revision(&id(chat))).ok()?;
        let record = pollster::block_on(drafts.store().get(&[id(chat)])).ok()?.pop().flatten();
        let expected = match record.map(|record| record.state) {
            Some(DraftState::Present(draft)) if draft.revision() == base => tokens_of(draft.text()).ok()?,
            Some(DraftState::Present(_)) => return None,
            _ => Tokens::new(),
        };
        let input = DraftInput::new(text).based_on(base);
        let call = async move { Answer::of(drafts.set_with(&id(chat), input).await, changed) };
        Some((Op::SetBased { chat, text: tokens, expected }, Box::pin(call)))
    }

    fn begin_send(&mut self, drafts: Drafts, chat: usize) -> (Op, Call) {
        let shared = Arc::clone(&self.shared);
        let sent = move |ticket: Ticket| {
            let answer = match tokens_of(ticket.text()) {
                Ok(text) => Answer::Sent { number: ticket.number(), text },
                Err(torn) => Answer::Wrong(torn),
            };
            locked(&shared.tickets).push(Arc::new(ticket));
            answer
        };
        match self.field().filter(|_| self.random.one_in(2)) {
            Some(field) => {
                let seat = field.seat;
                let call = async move { Answer::of(field.composer.begin_send().await, sent) };
                (Op::BeginSendFrom { seat }, Box::pin(call))
            }
            None => {
                let call = async move { Answer::of(drafts.begin_send(&id(chat)).await, sent) };
                (Op::BeginSend { chat }, Box::pin(call))
            }
        }
    }

    /// Confirms a ticket, or aborts it; one somebody holds, or one that is looked up.
    fn end_send(&mut self, drafts: &Drafts, may_abort: bool) -> Option<(Op, Call)> {
        let mut tickets = match self.random.one_in(3) {
            true => pollster::block_on(drafts.tickets()).ok()?.into_iter().map(Arc::new).collect(),
            false => locked(&self.shared.tickets).clone(),
        };
        if tickets.is_empty() {
            return None;
        }
        let ticket = tickets.swap_remove(self.random.below(tickets.len()));
        if self.random.one_in(4) {
            locked(&self.shared.tickets).retain(|other| other.number() != ticket.number());
        }
        let (number, text) = (ticket.number(), tokens_of(ticket.text()).ok()?);
        let chat = chat_of(&ticket.id())?;
        Some(match may_abort && self.random.one_in(2) {
            true => {
                let call = async move { Answer::of(ticket.abort().await, changed) };
                (Op::Abort { chat, number, text }, Box::pin(call))
            }
            false => {
                let call = async move { Answer::of(ticket.confirm().await, changed) };
                (Op::Confirm { chat, number, text }, Box::pin(call))
            }
        })
    }

    fn flush(&mut self, drafts: Drafts) -> Option<(Op, Call)> {
        Some(match self.random.one_in(2) {
            true => {
                let call = async move { Answer::of(drafts.flush().await, |()| Answer::Done) };
                (Op::Beside("flush"), Box::pin(call))
            }
            false => {
                let field = self.field()?;
                let call = async move { Answer::of(field.composer.flush().await, |()| Answer::Done) };
                (Op::Beside("flush of a composer"), Box::pin(call))
            }
        })
    }

    /// A call that only this kind of round has.
    fn of_its_mode(&mut self, drafts: Drafts, chat: usize) -> (Op, Call) {
        let is_first = self.random.one_in(2);
        match self.mode {
            Mode::Suspending if is_first => {
                let call = async move { Answer::of(drafts.suspend().await, |()| Answer::Done) };
                (Op::Beside("suspend"), Box::pin(call))
            }
            Mode::Suspending => {
                let call = async move { Answer::of(drafts.resume().await, |()| Answer::Done) };
                (Op::Beside("resume"), Box::pin(call))
            }
            Mode::Closing if is_first => {
                let call = async move { Answer::of(drafts.close().await, |()| Answer::Done) };
                (Op::Beside("close"), Box::pin(call))
            }
            Mode::WithAnother => {
                let (tokens, text) = if is_first { self.new_text() } else { (Tokens::new(), String::new()) };
                let change = Change::SetDraft { id: id(chat), text, extra: None, base: None, keeps_place: false };
                let (policy, origin) = (OrderPolicy::default(), Origin::new());
                let call = async move {
                    let batch = Batch { changes: vec![change], now: 0, policy, origin };
                    Answer::of(drafts.store().commit(batch).await, |_| Answer::Done)
                };
                (Op::SetByAnother { chat, text: tokens }, Box::pin(call))
            }
            Mode::Still | Mode::Aborting | Mode::Moving | Mode::Closing => {
                let call = async move {
                    let many = drafts.get_many(&[id(chat), id(0)]).await;
                    Answer::of(many, |_| Answer::Done)
                };
                (Op::Beside("get_many"), Box::pin(call))
            }
        }
    }
}

fn changed(outcome: Outcome) -> Answer {
    Answer::Changed(outcome.is_changed())
}

/// Returns the number of a conversation.
pub(super) fn chat_of(conversation: &ConversationId) -> Option<usize> {
    (0..CHATS).find(|chat| id(*chat) == *conversation)
}
