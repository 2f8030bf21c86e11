//! One `Drafts` shared by threads and tasks, by the system's clock: every text that was accepted is accounted for.
//!
//! Each round begins with empty conversations. A few threads, and tasks on one more, make random calls; some of their futures
//! are dropped after a poll, some are held while others are made. Then all is at rest, and what is there must be what some
//! possible order of the calls leaves, every answer included (`order`). Where another writer writes past the handle no order
//! is looked for: then no text may be missing that nothing has replaced, and none may be back that was sent (`ledger`).

mod actor;
mod history;
mod ledger;
mod order;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, mpsc};
use std::time::{Duration, Instant};

use chat_drafts_core::{ConversationId, DraftStore, Drafts, Error, Keep};
use pollster::block_on;

use crate::{Sandbox, random};
use actor::{Actor, Events, Shared, chat_of};
use history::{Answer, Event, Op, Seen, tokens_of};
use order::{Verdict, explain};

/// How many conversations there are.
const CHATS: usize = 3;
/// Threads that make calls, and tasks that do so on one thread more.
const THREADS: usize = 3;
const TASKS: usize = 2;
/// How long a round may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// After so many rounds the store is opened again.
const REOPENED: u64 = 16;

/// What happens in a round beside the calls of every round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Nothing that reaches a field only with its answer, so that reads are part of the order.
    Still,
    /// Aborts, as in all others.
    Aborting,
    /// Renames too, as in those below.
    Moving,
    Suspending,
    Closing,
    WithAnother,
}

/// Makes so many random calls from several threads and tasks on the `Drafts` of a new sandbox, and checks after each few
/// that nothing is lost, comes back, or hangs. The environment variable `CHAT_DRAFTS_TIMES` makes so many times as many.
///
/// A failure prints the calls of the conversations concerned and the seed. With that in the environment variable
/// `PROPTEST_RNG_SEED` the same calls are chosen again; which thread is first the system chooses anew.
///
/// # Panics
/// If anything is there that no order of the calls explains, or if nothing moves for a minute.
pub fn random_threads(calls: u32, new_sandbox: impl Fn() -> Box<dyn Sandbox> + Send + 'static) {
    let seed = random::seed();
    let calls = u64::from(calls) * u64::from(random::times());
    let now = Arc::new(Mutex::new(String::new()));
    let histories = Arc::new(Mutex::new(Vec::new()));
    let (sender, progress) = mpsc::channel();
    let (shown, told) = (Arc::clone(&now), Arc::clone(&histories));
    watch_library_threads();
    let run = std::thread::Builder::new().name("random_threads".to_owned()).spawn(move || {
        let mut rounds = Rounds::new(&*new_sandbox(), seed, told)?;
        let mut made = 0;
        while made < calls {
            made += rounds.play(&shown)?;
            let _ = sender.send(());
        }
        rounds.end()
    });
    let run = run.expect("a thread");
    loop {
        match progress.recv_timeout(PATIENCE) {
            Ok(()) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                let history = told_of(&locked(&histories), None);
                panic!("nothing moves, {}\n{history}PROPTEST_RNG_SEED={seed}", locked(&now));
            }
        }
    }
    match run.join() {
        Ok(Ok(())) => {}
        Ok(Err(difference)) => panic!("{}: {difference}\nPROPTEST_RNG_SEED={seed}", locked(&now)),
        Err(_) => panic!("{}: a panic\nPROPTEST_RNG_SEED={seed}", locked(&now)),
    }
}

/// How often a thread of the library has panicked.
static PANICS: AtomicUsize = AtomicUsize::new(0);

/// A panic there ends nothing, so nobody else would notice.
fn watch_library_threads() {
    static WATCHES: Once = Once::new();
    WATCHES.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name().is_some_and(|name| name.starts_with("chat-drafts")) {
                PANICS.fetch_add(1, Ordering::SeqCst);
            }
            before(panic);
        }));
    });
}

type Played<T> = Result<T, String>;

struct Rounds {
    sandbox: Box<dyn Sandbox>,
    random: Random,
    /// `None` only while it is opened again.
    shared: Option<Arc<Shared>>,
    histories: Arc<Mutex<Vec<Events>>>,
    number: u64,
    undecided: u64,
}

impl Rounds {
    fn new(sandbox: &dyn Sandbox, seed: u64, histories: Arc<Mutex<Vec<Events>>>) -> Played<Self> {
        let sandbox = sandbox.another();
        let mut random = Random(seed);
        let shared = Some(open(&*sandbox, &mut random)?);
        Ok(Self { sandbox, random, shared, histories, number: 0, undecided: 0 })
    }

    fn shared(&self) -> &Arc<Shared> {
        self.shared.as_ref().expect("it is open between two rounds")
    }

    /// Plays a round; returns how many calls it made.
    fn play(&mut self, shown: &Mutex<String>) -> Played<u64> {
        self.number += 1;
        let mode = match self.random.below(16) {
            0..3 => Mode::Still,
            3..7 => Mode::Aborting,
            7..10 => Mode::Moving,
            10..12 => Mode::Suspending,
            12 if self.sandbox.reopens() => Mode::Closing,
            13..15 => Mode::WithAnother,
            _ => Mode::Moving,
        };
        *locked(shown) = format!("round {}, {mode:?}", self.number);
        if self.random.one_in(2) {
            locked(&self.shared().fields).clear();
        }
        let calls = 1 + self.random.below(if mode == Mode::Still { 6 } else { 8 });
        let before = self.seats();
        self.shared().begin_round();
        self.make_calls(mode, calls)?;
        let events: Vec<Event> = locked(&self.histories).iter().flat_map(|events| locked(events).clone()).collect();
        let checked = self.check(mode, &events, &before);
        checked.map_err(|(difference, chats)| {
            format!("{difference}\n{}", told_of(&locked(&self.histories), Some((&events, &before, &chats))))
        })?;
        self.clean(mode).map_err(|difference| format!("{difference}\n{}", told_of(&locked(&self.histories), None)))?;
        if PANICS.load(Ordering::SeqCst) > 0 {
            return Err(format!("a thread of the library panicked\n{}", told_of(&locked(&self.histories), None)));
        }
        Ok((calls * (THREADS + TASKS)) as u64)
    }

    fn seats(&self) -> Vec<(u32, usize)> {
        let fields = locked(&self.shared().fields);
        fields.iter().filter_map(|field| Some((field.seat, chat_of(&field.composer.id())?))).collect()
    }

    fn make_calls(&mut self, mode: Mode, calls: usize) -> Played<()> {
        let mut actors = Vec::new();
        let histories: Vec<Events> = (0..THREADS + TASKS).map(|_| Events::default()).collect();
        locked(&self.histories).clone_from(&histories);
        for (number, events) in histories.iter().enumerate() {
            let random = Random(self.random.next());
            actors.push(Actor::new(self.shared(), number, mode, number < THREADS, random, events));
        }
        let tasks = actors.split_off(THREADS);
        let mut threads: Vec<_> =
            actors.into_iter().map(|actor| std::thread::spawn(move || block_on(actor.run(calls)))).collect();
        threads.push(std::thread::spawn(move || {
            block_on(futures_util::future::join_all(tasks.into_iter().map(|actor| actor.run(calls))));
        }));
        let panicked = threads.into_iter().filter_map(|thread| thread.join().err()).count();
        if panicked > 0 {
            return Err(format!("a caller panicked\n{}", told_of(&locked(&self.histories), None)));
        }
        Ok(())
    }

    /// Compares what is there with what was asked for; a difference comes with the conversations it is about.
    fn check(
        &mut self,
        mode: Mode,
        events: &[Event],
        before: &[(u32, usize)],
    ) -> Result<(), (String, BTreeSet<usize>)> {
        let all = || (0..CHATS).collect::<BTreeSet<_>>();
        for event in events {
            if let Some(answer) = event.answer()
                && !may_be_answered(&event.op, answer, mode)
            {
                return Err((format!("it must not be answered so: {event}"), all()));
            }
        }
        let seen = self.rest(mode).map_err(|difference| (difference, all()))?;
        let components = components(events);
        for chats in components {
            let concerned: Vec<&Event> =
                events.iter().filter(|event| is_about(event, events, before, &chats)).collect();
            if mode == Mode::WithAnother {
                ledger::check(&concerned, &seen, &chats).map_err(|difference| (difference, chats))?;
                continue;
            }
            let in_order: Vec<&Event> =
                concerned.iter().copied().filter(|event| !matches!(event.op, Op::Beside(_))).collect();
            match explain(&in_order, before, &seen, &chats) {
                Verdict::Explained => {}
                Verdict::Undecided => self.undecided += 1,
                // Typing in two fields that become one meanwhile has more outcomes than any order.
                Verdict::Impossible if is_blurred(&concerned) => {
                    ledger::check(&concerned, &seen, &chats).map_err(|difference| (difference, chats))?;
                }
                Verdict::Impossible => return Err((format!("no order of the calls explains {seen:?}"), chats)),
            }
        }
        Ok(())
    }

    /// Waits until nothing is under way; returns what is there then.
    fn rest(&mut self, mode: Mode) -> Played<Seen> {
        let shared = Arc::clone(self.shared());
        let drafts = &shared.drafts;
        match mode {
            Mode::Suspending => block_on(drafts.resume()).map_err(|error| format!("resume: {error:?}"))?,
            Mode::Closing => {
                block_on(drafts.close()).map_err(|error| format!("close: {error:?}"))?;
                drop(shared);
                self.reopen()?;
                return self.rest(Mode::Moving);
            }
            _ => {}
        }
        for round in 0.. {
            for chat in 0..CHATS {
                // Changes nothing, and is answered after all that came before.
                match block_on(drafts.conversations().rename(&id(chat), &id(chat))) {
                    Ok(_) => {}
                    Err(error) => return Err(format!("a rename to the same id: {error:?}")),
                }
            }
            match block_on(drafts.flush()) {
                Ok(()) => break,
                Err(Error::Unsaved { .. }) if mode == Mode::WithAnother && round < 20 => {
                    for field in &*locked(&shared.fields) {
                        field.composer.resolve(Keep::Both);
                    }
                }
                Err(error) => return Err(format!("the flush: {error:?}")),
            }
        }
        let seen = see(&shared, mode)?;
        if self.sandbox.reopens() && mode != Mode::WithAnother && self.number.is_multiple_of(REOPENED) {
            // What is flushed is there, also after a kill.
            block_on(drafts.store().close()).map_err(|error| format!("closing the store: {error:?}"))?;
            drop(shared);
            self.reopen()?;
            let again = see(self.shared(), mode)?;
            if (&again.texts, &again.sends) != (&seen.texts, &seen.sends) {
                return Err(format!("opened again it holds {again:?} and not {seen:?}"));
            }
        }
        Ok(seen)
    }

    fn reopen(&mut self) -> Played<()> {
        if let Some(shared) = self.shared.take() {
            locked(&shared.fields).clear();
            locked(&shared.tickets).clear();
        }
        self.shared = Some(open(&*self.sandbox, &mut self.random)?);
        Ok(())
    }

    /// Makes the conversations empty again.
    fn clean(&mut self, mode: Mode) -> Played<()> {
        let shared = self.shared();
        locked(&shared.tickets).clear();
        if mode == Mode::WithAnother {
            // Fields may show what was before another one wrote.
            locked(&shared.fields).clear();
        }
        for chat in 0..CHATS {
            let deleted = block_on(shared.drafts.conversations().delete(&id(chat)));
            deleted.map_err(|error| format!("a delete: {error:?}"))?;
        }
        block_on(shared.drafts.flush()).map_err(|error| format!("the flush: {error:?}"))?;
        let seen = see(shared, Mode::Moving)?;
        if seen.texts.iter().any(|text| !text.is_empty()) || !seen.sends.is_empty() {
            return Err(format!("all is deleted, and there is {seen:?}"));
        }
        Ok(())
    }

    fn end(mut self) -> Played<()> {
        if self.undecided * 50 > self.number {
            return Err(format!("{} of {} rounds are not decided", self.undecided, self.number));
        }
        let shared = self.shared.take().expect("it is open between two rounds");
        block_on(shared.drafts.close()).map_err(|error| format!("close: {error:?}"))
    }
}

fn open(sandbox: &dyn Sandbox, random: &mut Random) -> Played<Arc<Shared>> {
    let begun = Instant::now();
    let store: Arc<dyn DraftStore> = loop {
        match sandbox.open() {
            Ok(store) => break store,
            // The worker of the one before may still hold it.
            Err(Error::Locked) if begun.elapsed() < Duration::from_secs(5) => std::thread::yield_now(),
            Err(error) => return Err(format!("opening: {error:?}")),
        }
    };
    let quiet = [Duration::ZERO, Duration::from_micros(200), Duration::from_millis(2), Duration::MAX];
    let quiet = quiet[random.below(quiet.len())];
    let drafts = Drafts::builder(store).autosave(quiet, quiet.saturating_mul(4)).build();
    let drafts = drafts.map_err(|error| format!("opening: {error:?}"))?;
    Ok(Arc::new(Shared::new(drafts, quiet < Duration::MAX)))
}

/// Returns what is there.
fn see(shared: &Shared, mode: Mode) -> Played<Seen> {
    let drafts = &shared.drafts;
    let wrong = |error: Error| format!("a read: {error:?}");
    let mut seen = Seen::default();
    for chat in 0..CHATS {
        let draft = block_on(drafts.get(&id(chat))).map_err(wrong)?;
        let row = block_on(drafts.conversations().get(&id(chat))).map_err(wrong)?;
        let text = draft.as_ref().map_or("", |draft| draft.text());
        let stored = row.as_ref().map_or("", |row| row.draft_text());
        if text != stored {
            return Err(format!("conversation {chat} shows {text:?} at rest, and stores {stored:?}"));
        }
        seen.texts.push(tokens_of(text)?);
    }
    for ticket in block_on(drafts.tickets()).map_err(wrong)? {
        let chat = chat_of(&ticket.id()).ok_or("a ticket of an unknown conversation")?;
        seen.sends.push((ticket.number(), chat, tokens_of(ticket.text())?));
    }
    for field in &*locked(&shared.fields) {
        let (seat, text) = (field.seat, field.composer.text());
        let chat = chat_of(&field.composer.id()).ok_or("a composer of an unknown conversation")?;
        if mode != Mode::WithAnother {
            if field.composer.conflict().is_some() {
                return Err(format!("composer {seat} is in a conflict, and nobody else writes"));
            }
            if tokens_of(&text)? != seen.texts[chat] {
                return Err(format!("composer {seat} of conversation {chat} shows {text:?} at rest, and not {seen:?}"));
            }
        }
        seen.seats.push((seat, chat));
    }
    if mode != Mode::WithAnother && drafts.stats().unsaved > 0 {
        return Err(format!("{:?} is not saved after a flush", drafts.unsaved()));
    }
    Ok(seen)
}

fn may_be_answered(op: &Op, answer: &Answer, mode: Mode) -> bool {
    match answer {
        Answer::Wrong(_) => false,
        Answer::Suspended => mode == Mode::Suspending,
        Answer::Closed => mode == Mode::Closing,
        Answer::Unsaved => mode == Mode::Suspending && matches!(op, Op::Beside(_)) || mode == Mode::WithAnother,
        Answer::Conflict => mode == Mode::WithAnother || matches!(op, Op::SetBased { .. } | Op::UndoClear { .. }),
        _ => true,
    }
}

/// Returns true if a rename was under way while somebody typed or came.
fn is_blurred(events: &[&Event]) -> bool {
    let renames = || events.iter().filter(|event| matches!(event.op, Op::Rename { from, to } if from != to));
    let mut typed = events.iter().filter(|event| matches!(event.op, Op::Edit { .. } | Op::Compose { .. }));
    typed.any(|edit| renames().any(|rename| rename.begun < edit.taken && edit.begun < rename.end()))
}

/// Returns the conversations by what may have become one.
fn components(events: &[Event]) -> Vec<BTreeSet<usize>> {
    let mut components: Vec<BTreeSet<usize>> = (0..CHATS).map(|chat| BTreeSet::from([chat])).collect();
    for event in events {
        if let Op::Rename { from, to } = event.op {
            let (mut joined, rest): (Vec<_>, Vec<_>) =
                components.into_iter().partition(|chats| chats.contains(&from) || chats.contains(&to));
            components = rest;
            let first = joined.pop().unwrap_or_default();
            components.push(joined.into_iter().fold(first, |all, chats| all.union(&chats).copied().collect()));
        }
    }
    components
}

fn is_about(event: &Event, events: &[Event], before: &[(u32, usize)], chats: &BTreeSet<usize>) -> bool {
    let of_seat = |seat: u32| {
        let known = before.iter().find(|(other, _)| *other == seat).map(|(_, chat)| *chat);
        let opened = || {
            events.iter().find_map(|event| match event.op {
                Op::Compose { chat, seat: other } if other == seat => Some(chat),
                _ => None,
            })
        };
        known.or_else(opened).is_some_and(|chat| chats.contains(&chat))
    };
    match event.op {
        Op::Edit { seat, .. } | Op::BeginSendFrom { seat } => of_seat(seat),
        Op::Set { chat, .. }
        | Op::SetBased { chat, .. }
        | Op::UndoClear { chat }
        | Op::BeginSend { chat }
        | Op::Confirm { chat, .. }
        | Op::Abort { chat, .. }
        | Op::Delete { chat }
        | Op::Compose { chat, .. }
        | Op::Get { chat }
        | Op::SetByAnother { chat, .. }
        | Op::Rename { from: chat, .. } => chats.contains(&chat),
        Op::Beside(_) => true,
    }
}

/// The part of a history to look at.
type Part<'a> = (&'a [Event], &'a [(u32, usize)], &'a BTreeSet<usize>);

/// Writes a history down, or the part of it that concerns some conversations.
fn told_of(histories: &[Events], part: Option<Part<'_>>) -> String {
    let mut events: Vec<Event> = histories.iter().flat_map(|events| locked(events).clone()).collect();
    if let Some((all, before, chats)) = part {
        events.retain(|event| is_about(event, all, before, chats));
    }
    events.sort_by_key(|event| event.begun);
    let mut told = String::new();
    if let Some((_, before, chats)) = part {
        let _ = writeln!(told, "conversations {chats:?}, composers of before (and where) {before:?}");
    }
    for event in events {
        let _ = writeln!(told, "{event}");
    }
    told
}

/// The conversation of this number.
fn id(chat: usize) -> ConversationId {
    ConversationId::user(chat.to_string()).expect("a valid id")
}

/// Locks what only panics of others could have poisoned.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Random numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}
