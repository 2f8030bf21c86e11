//! The state machine of what is typed, sent and written: pure, like [`transition`](crate::store::transition).
//!
//! Each conversation somebody composes in or writes to has one [`EditBuffer`], and every write goes through it: it joins the
//! buffer's queue, one at a time is in flight, and its answer always comes back here. Edits and writes of all conversations
//! are numbered by one counter, so that the answer of a write says which edits it knew: those with a lower number are in the
//! store now or were replaced there, those with a higher one were typed since and stay.
//!
//! Nothing here has a clock, a lock, a thread or a store. Inputs are the methods of [`Machine`]; outputs are collected in
//! [`Effects`], for the shell (`autosave`) to perform: jobs for the store, answers for callers, and the time at which the
//! machine wants to be asked again. `C` is whatever the shell knows a caller by.
//!
//! | a buffer is | when |
//! |---|---|
//! | idle | nobody composes, nothing is unsaved, nothing is queued: it is forgotten |
//! | loading | its first write needs what is stored, and a load is in flight |
//! | clean | its fields show what is stored |
//! | dirty | its fields show more than what is stored; a save becomes due |
//! | busy | a write is in flight; others wait in the queue, edits do not |
//! | uncertain | the outcome of a write is not known; the next answer of the store tells |
//! | in conflict | somebody else stored another text; ours is kept beside it until the host chooses |

mod answers;
mod conflict;
mod due;
mod edit_buffer;
mod few;
mod lifecycle;
mod rename;
#[cfg(test)]
mod tests;
mod writes;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::time::Duration;

pub(crate) use answers::{Answer, Loaded};
pub(crate) use edit_buffer::{Content, EditBuffer, Pace};
pub(crate) use few::Few;
pub(crate) use lifecycle::{Lifecycle, Phase};
pub(crate) use writes::{Reply, Request, Sent, Target};

use crate::store::{Change, Task};
use crate::{ConversationId, Draft, Error, Origin, Result};
use lifecycle::Drain;
use writes::Write;

/// How many cleared drafts are remembered.
const CLEARED: usize = 32;

/// Names a buffer.
pub(crate) type BufferKey = u64;

/// Names a place of a buffer that a composer, or somebody who waits for one of its edits, holds: a rename moves it to another
/// buffer.
pub(crate) type SeatKey = u64;

/// Values by numbers of the machine's own, which nobody else chooses.
type Numbered<T> = HashMap<u64, T, BuildHasherDefault<NumberHasher>>;

/// Spreads numbers that are counted up.
#[derive(Clone, Default)]
struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// All buffers of a [`Drafts`](crate::Drafts), and whether its store is open.
#[derive(Clone)]
pub(crate) struct Machine<C> {
    /// Tells this `Drafts` from others that keep edits of a conflict in the same record.
    life: u64,
    pace: Pace,
    max_text_len: usize,
    phase: Phase,
    /// The number of the last edit or write, and of the last key.
    counter: u64,
    buffers: Numbered<EditBuffer<C>>,
    ids: HashMap<ConversationId, Place<C>>,
    /// How many writes pass through conversations without a buffer.
    passing: usize,
    seats: Numbered<BufferKey>,
    writes: Numbered<Write<C>>,
    /// The buffers that the autosave worker has work for.
    listed: BTreeSet<BufferKey>,
    /// Texts being sent that somebody holds: whose they are, and how many hold them.
    sends: BTreeMap<u64, (ConversationId, usize)>,
    /// The drafts that were cleared last.
    cleared: VecDeque<(ConversationId, Content)>,
    lifecycle: VecDeque<(u64, Lifecycle, C)>,
    drain: Option<Drain>,
}

/// What there is of a conversation.
#[derive(Clone)]
enum Place<C> {
    Buffer(BufferKey),
    /// A plain set that is in flight, and nothing else: whoever comes meanwhile makes a buffer of it, and waits.
    Passing {
        number: u64,
        caller: C,
    },
}

/// An edit that was taken.
pub(crate) struct Edited {
    pub(crate) number: u64,
    /// The text before, to be dropped on no lock; `None` if it is the same.
    pub(crate) replaced: Option<String>,
    /// When the autosave worker is needed, if a timer was not armed.
    pub(crate) due: Option<Duration>,
}

/// What the shell has to do after a step. No lock is held meanwhile.
pub(crate) struct Effects<C> {
    /// The time of the step, by the clock that never jumps.
    pub(crate) now: Duration,
    /// Jobs for the store, whose answers [`Machine::answer`] takes.
    pub(crate) submits: Few<Submit<C>>,
    /// Callers that are answered.
    pub(crate) answers: Few<(C, Result<Reply>)>,
    /// When the autosave worker is needed, if a buffer has become due for it.
    pub(crate) due: Option<Duration>,
    /// How many edits these saves have stored, each by one write.
    pub(crate) saved: Vec<u64>,
}

/// A job for the store.
pub(crate) struct Submit<C> {
    pub(crate) number: u64,
    pub(crate) job: Job,
    /// Who drives it.
    pub(crate) caller: C,
    /// True if it stores what was typed.
    pub(crate) is_save: bool,
}

/// What the store is asked for.
#[derive(Clone)]
pub(crate) enum Job {
    /// A commit, and then a read of this conversation, if its outcome does not tell all.
    Commit { changes: Vec<Change>, origin: Origin, read: Option<ConversationId> },
    /// A plain set that passes through this conversation, as a change.
    Pass { id: ConversationId, change: Change, origin: Origin },
    /// A read.
    Load(ConversationId),
    /// Maintenance.
    Maintain(Task),
    /// The end.
    Close,
}

impl<C> Effects<C> {
    pub(crate) fn at(now: Duration) -> Self {
        Self { now, submits: Few::default(), answers: Few::default(), due: None, saved: Vec::new() }
    }

    /// Returns true if there is nothing to perform.
    pub(crate) fn is_empty(&self) -> bool {
        self.submits.is_empty() && self.answers.is_empty() && self.saved.is_empty()
    }

    /// Calls the worker for this time.
    fn call_worker(&mut self, due: Duration) {
        self.due = Some(self.due.map_or(due, |earlier| earlier.min(due)));
    }

    fn answer(&mut self, caller: C, reply: Result<Reply>) {
        self.answers.push((caller, reply));
    }
}

impl<C: Clone + Default> Machine<C> {
    pub(crate) fn new(life: u64, pace: Pace, max_text_len: usize) -> Self {
        Self {
            life,
            pace,
            max_text_len,
            phase: Phase::Open,
            counter: 0,
            buffers: Numbered::default(),
            ids: HashMap::new(),
            passing: 0,
            seats: Numbered::default(),
            writes: Numbered::default(),
            listed: BTreeSet::new(),
            sends: BTreeMap::new(),
            cleared: VecDeque::new(),
            lifecycle: VecDeque::new(),
            drain: None,
        }
    }

    fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// Opens a field: its composer has a seat from now on. It shows what is stored once a [`Request::Load`] is answered.
    pub(crate) fn open_field(&mut self, id: &ConversationId, origin: Origin) -> SeatKey {
        let buffer = self.buffer_of(id, origin);
        let seat = self.next_number();
        self.seats.insert(seat, buffer);
        let buffer = self.at(buffer);
        buffer.fields += 1;
        buffer.seats += 1;
        seat
    }

    /// Closes a field: what it leaves unsaved is due now, and in a conflict that nobody ends any more both texts are kept. Its
    /// seat stays until it is left.
    pub(crate) fn close_field(&mut self, seat: SeatKey, effects: &mut Effects<C>) {
        let key = self.seats[&seat];
        self.at(key).fields -= 1;
        if self.at(key).fields == 0 {
            self.keep_both(key, effects);
        }
        self.at(key).hurry();
        self.settle(key, effects);
    }

    /// Leaves a seat: nobody asks by it any more.
    pub(crate) fn leave_seat(&mut self, seat: SeatKey, effects: &mut Effects<C>) {
        let Some(key) = self.seats.remove(&seat) else { return };
        self.at(key).seats -= 1;
        self.settle(key, effects);
    }

    /// Returns the buffer of a seat.
    pub(crate) fn seated(&self, seat: SeatKey) -> &EditBuffer<C> {
        &self.buffers[&self.seats[&seat]]
    }

    /// Takes an edit. One of a buffer that has a timer armed needs no worker.
    ///
    /// # Errors
    /// [`Error::TextTooLong`]; [`Error::Closed`].
    pub(crate) fn edit(
        &mut self,
        seat: SeatKey,
        text: String,
        origin: Origin,
        now: Duration,
        date: i64,
    ) -> Result<Edited> {
        if matches!(self.phase, Phase::Closing | Phase::Closed) {
            return Err(Error::Closed);
        }
        let key = self.seats[&seat];
        let (max, number) = (self.max_text_len, self.counter + 1);
        let buffer = self.at(key);
        if text == buffer.content.text {
            return Ok(Edited { number: buffer.edited, replaced: None, due: None });
        }
        let len = text.len();
        if len > max && len > buffer.content.text.len() {
            return Err(Error::TextTooLong { len, max });
        }
        let has_timer = buffer.is_dirty() && buffer.conflict.is_none();
        let replaced = Some(buffer.edit(text, origin, number, now, date));
        self.counter = number;
        let due = if has_timer { None } else { self.list(key) };
        Ok(Edited { number, replaced, due })
    }

    /// Returns what is typed and not saved; `None` if what is stored counts.
    pub(crate) fn pending(&self, id: &ConversationId) -> Option<Option<Draft>> {
        match self.ids.get(id)? {
            Place::Buffer(key) => self.buffers[key].pending(),
            Place::Passing { .. } => None,
        }
    }

    /// Returns the texts that the store does not have.
    pub(crate) fn unsaved(&self) -> Vec<(ConversationId, String)> {
        let dirty = self.dirty();
        dirty.map(|(_, buffer)| (buffer.id.clone(), buffer.content.text.clone())).collect()
    }

    /// Returns true if the worker has anything to do, now or later.
    pub(crate) fn has_work(&self) -> bool {
        !self.listed.is_empty()
    }

    /// Returns how many conversations have edits that the store does not have.
    pub(crate) fn unsaved_count(&self) -> u64 {
        self.dirty().count() as u64
    }

    fn dirty(&self) -> impl Iterator<Item = (BufferKey, &EditBuffer<C>)> {
        let listed = self.listed.iter().map(|key| (*key, &self.buffers[key]));
        listed.filter(|(_, buffer)| buffer.is_dirty())
    }

    /// Calls back when the edits of a seat up to this one are saved, or the next save has failed; `false` if they are saved
    /// already.
    pub(crate) fn wait_saved(&mut self, seat: SeatKey, number: u64, caller: C, effects: &mut Effects<C>) -> bool {
        let refusal = self.check_saves();
        let key = self.seats[&seat];
        let buffer = self.at(key);
        if number <= buffer.saved {
            return false;
        }
        match refusal.and(buffer.check_conflict()) {
            Ok(()) => buffer.waiting.push((number, caller)),
            Err(refused) => effects.answer(caller, Err(refused)),
        }
        true
    }

    /// # Errors
    /// [`Error::Suspended`] and [`Error::Closed`] while nothing is saved: nobody waits for the host to go on, nor for a
    /// choice of its own.
    fn check_saves(&self) -> Result<()> {
        if matches!(self.phase, Phase::Suspending | Phase::Closing) { Ok(()) } else { self.check_open() }
    }

    /// Keeps track of a text being sent that somebody holds, or returns where it is.
    pub(crate) fn hold_send(&mut self, number: u64, id: &ConversationId) {
        self.sends.entry(number).or_insert_with(|| (id.clone(), 0)).1 += 1;
    }

    /// Returns whose text is being sent under a number that somebody holds.
    pub(crate) fn send_id(&self, number: u64) -> Option<&ConversationId> {
        self.sends.get(&number).map(|(id, _)| id)
    }

    /// Records that another process renamed the conversation of a text being sent.
    pub(crate) fn move_send(&mut self, number: u64, to: &ConversationId) {
        if let Some((id, _)) = self.sends.get_mut(&number) {
            id.clone_from(to);
        }
    }

    /// One holder of a text being sent less.
    pub(crate) fn drop_send(&mut self, number: u64) {
        if let Some((_, holders)) = self.sends.get_mut(&number) {
            *holders -= 1;
            if *holders == 0 {
                self.sends.remove(&number);
            }
        }
    }

    /// Returns true if a field shows all that is known to this process: nothing but a save is under way.
    pub(crate) fn is_shown(&self, seat: SeatKey) -> bool {
        let buffer = self.seated(seat);
        buffer.stored.is_some() && buffer.in_flight.is_some() && buffer.head.is_none() && buffer.queue.is_empty()
    }

    /// Makes everything that is typed due now; returns whose it is, and who is told when it is saved, or why not.
    pub(crate) fn flush(&mut self, effects: &mut Effects<C>) -> Vec<(ConversationId, C)> {
        let refusal = self.check_saves();
        let mut waiting = Vec::new();
        for key in self.hurry(effects) {
            let caller = C::default();
            let buffer = self.at(key);
            waiting.push((buffer.id.clone(), caller.clone()));
            match refusal.clone().and(buffer.check_conflict()) {
                Ok(()) => buffer.waiting.push((buffer.edited, caller)),
                Err(refused) => effects.answer(caller, Err(refused)),
            }
        }
        waiting
    }

    fn at(&mut self, key: BufferKey) -> &mut EditBuffer<C> {
        match self.buffers.get_mut(&key) {
            Some(buffer) => buffer,
            None => unreachable!("a buffer is kept by what names it: a seat, a write, its text"),
        }
    }

    fn buffer_of(&mut self, id: &ConversationId, origin: Origin) -> BufferKey {
        let key = match self.ids.get_mut(id) {
            Some(Place::Buffer(key)) => return *key,
            Some(place @ Place::Passing { .. }) => {
                self.counter += 1;
                let key = self.counter;
                let mut buffer = EditBuffer::new(id.clone(), origin);
                if let Place::Passing { number, caller } = std::mem::replace(place, Place::Buffer(key)) {
                    (buffer.head, buffer.in_flight) = (Some(number), Some(number));
                    self.writes.insert(number, Write::passing(caller, key, origin));
                    self.passing -= 1;
                }
                self.buffers.insert(key, buffer);
                return key;
            }
            None => self.next_number(),
        };
        self.ids.insert(id.clone(), Place::Buffer(key));
        self.buffers.insert(key, EditBuffer::new(id.clone(), origin));
        key
    }

    /// Lists a buffer for the autosave worker if there is work, and forgets it if it is idle.
    fn settle(&mut self, key: BufferKey, effects: &mut Effects<C>) {
        let Some(buffer) = self.buffers.get(&key) else { return };
        if buffer.is_idle() {
            if !self.listed.is_empty() {
                self.listed.remove(&key);
            }
            if let Some(buffer) = self.buffers.remove(&key) {
                self.ids.remove(&buffer.id);
            }
            return;
        }
        if !buffer.has_work() {
            self.listed.remove(&key);
            return;
        }
        if let Some(due) = self.list(key) {
            effects.call_worker(due);
        }
    }

    /// Lists a buffer for the autosave worker; returns when that is needed.
    fn list(&mut self, key: BufferKey) -> Option<Duration> {
        self.listed.insert(key);
        self.due_of(key)
    }

    fn remember_cleared(&mut self, id: &ConversationId, content: Content) {
        self.forget_cleared(id);
        if self.cleared.len() == CLEARED {
            self.cleared.pop_front();
        }
        self.cleared.push_back((id.clone(), content));
    }

    fn forget_cleared(&mut self, id: &ConversationId) -> Option<Content> {
        let place = self.cleared.iter().position(|(other, _)| other == id)?;
        self.cleared.remove(place).map(|(_, content)| content)
    }
}
