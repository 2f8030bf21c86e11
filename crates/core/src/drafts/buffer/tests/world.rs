//! A machine, a store under it, another process beside it, and a person's account of what must not be lost.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::{
    Answer, Content, Effects, Job, Lifecycle, Loaded, Machine, Pace, Phase, Reply, Request, SeatKey, Target,
};
use super::fingerprint;
use crate::store::{Batch, Change, Entry, Records, Task, plan};
use crate::{ConversationId, DraftState, Error, Keep, OrderPolicy, Origin, Result, Revision};

/// Whom the machine answers; 0 is nobody.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Token(pub(super) u32);

/// What happens: first what people do, then what goes on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Edit(usize),
    /// Empties a field.
    Empty(usize),
    Open(usize),
    Leave,
    Save,
    Flush(usize),
    Set(usize),
    SetBased(usize),
    Clear(usize),
    Undo(usize),
    Delete(usize),
    BeginSend(usize),
    BeginSendById(usize),
    Confirm,
    Abort,
    Rename(usize, usize),
    Resolve,
    Suspend,
    Resume,
    Close,
    OtherSets(usize),
    OtherClears(usize),
    OtherSends(usize),
    OtherAborts,
    /// The next job fails.
    Fail,
    /// The store does a job.
    Work(usize),
    /// It fails at one, and has not done it.
    FailAt(usize),
    /// It fails at one, and has done it all the same.
    LoseAt(usize),
    /// An answer arrives.
    Answer(usize),
    /// The worker does what is due.
    Due,
}

/// A call that is not answered yet.
#[derive(Clone)]
struct Open {
    call: Call,
    /// The letters that it may take away.
    takes: BTreeSet<char>,
    /// True if a rename was under way when it began.
    beside_rename: bool,
}

#[derive(Clone, PartialEq, Eq)]
enum Call {
    Load,
    Save,
    Flush,
    Replace,
    /// A set of an empty text, to the conversation of this number.
    Clear(usize),
    Delete,
    Undo,
    Send,
    Confirm(u64),
    Abort(u64),
    Rename,
    Lifecycle,
}

#[derive(Clone)]
pub(super) struct World {
    pub(super) machine: Machine<Token>,
    pub(super) records: Records,
    pub(super) sequence: u64,
    pub(super) jobs: Vec<(u64, Job)>,
    pub(super) answers: Vec<(u64, Answered)>,
    pub(super) seats: Vec<SeatKey>,
    /// The calls that load them.
    loads: Vec<Token>,
    calls: BTreeMap<Token, Open>,
    pub(super) sends: Vec<u64>,
    failures: usize,
    fails_next: bool,
    /// Somebody else has written, or a job has failed: fields may be outdated, and conflicts are real.
    pub(super) is_disturbed: bool,
    is_suspended: bool,
    tokens: u32,
    letters: u8,
    /// The edits that brought letters: the fields, and their numbers.
    pub(super) edits: BTreeMap<char, (SeatKey, u64)>,
    /// What must be somewhere.
    pub(super) live: BTreeSet<char>,
    /// What must be nowhere any more.
    pub(super) dead: BTreeSet<char>,
    /// The conversations whose last clear can be undone.
    cleared: BTreeSet<usize>,
    broken: Option<String>,
}

#[derive(Clone)]
pub(super) enum Answered {
    Passed(ConversationId, Result<crate::Outcome>),
    Committed(Result<crate::Outcome>, Option<Loaded>),
    Loaded(Result<Loaded>),
    Maintained(Result<()>),
}

const NOW: Duration = Duration::from_secs(1_000_000);
/// When every timer has run out.
const LATER: Duration = Duration::from_secs(2_000_000);
const NAMES: [&str; 3] = ["a", "b", "c"];

fn id(chat: usize) -> ConversationId {
    ConversationId::new(NAMES[chat]).unwrap()
}

fn letters(text: &str) -> BTreeSet<char> {
    text.chars().filter(|letter| *letter != '\n').collect()
}

impl World {
    pub(super) fn new(fields: &[usize], failures: usize) -> Self {
        let pace = Pace { quiet: Duration::from_millis(300), longest: Duration::from_secs(2) };
        let mut world = Self {
            machine: Machine::new(7, pace, 1_000),
            records: Records::new(),
            sequence: 0,
            jobs: Vec::new(),
            answers: Vec::new(),
            seats: Vec::new(),
            loads: Vec::new(),
            calls: BTreeMap::new(),
            sends: Vec::new(),
            failures,
            fails_next: false,
            is_disturbed: false,
            is_suspended: false,
            tokens: 0,
            letters: 0,
            edits: BTreeMap::new(),
            live: BTreeSet::new(),
            dead: BTreeSet::new(),
            cleared: BTreeSet::new(),
            broken: None,
        };
        for chat in fields {
            world.act(Action::Open(*chat));
        }
        world.settle(LATER).unwrap();
        world
    }

    /// Does these, each when all is at rest.
    pub(super) fn begin_with(&mut self, actions: &[Action]) {
        for action in actions {
            assert!(self.act(*action), "{action:?} does nothing");
            self.settle(LATER).unwrap();
        }
    }

    /// A field that is there: whoever waits for its text to be loaded has none yet.
    fn seat(&self, nth: usize) -> Option<SeatKey> {
        let seat = self.seats.get(nth).copied()?;
        (!self.calls.contains_key(&self.loads[nth])).then_some(seat)
    }

    fn letter(&mut self) -> char {
        self.letters += 1;
        char::from(b'A' + self.letters - 1)
    }

    fn step<T>(&mut self, input: impl FnOnce(&mut Machine<Token>, &mut Effects<Token>) -> T) -> T {
        let mut effects = Effects::at(NOW);
        let value = input(&mut self.machine, &mut effects);
        self.perform(effects);
        value
    }

    fn perform(&mut self, mut effects: Effects<Token>) {
        for submit in effects.submits.take() {
            self.jobs.push((submit.number, submit.job));
        }
        for (token, reply) in effects.answers.take() {
            if token != Token::default() {
                self.answered(token, reply);
            }
        }
    }

    /// A caller is answered.
    fn answered(&mut self, token: Token, reply: Result<Reply>) {
        let Some(open) = self.calls.remove(&token) else {
            self.broken = Some("a caller was answered twice".to_owned());
            return;
        };
        match (&open.call, &reply) {
            (Call::Send, Ok(Reply::Sent(sent))) => {
                self.sends.push(sent.number);
                // A delete that is under way takes it along.
                if !self.calls.values().any(|open| open.call == Call::Delete) {
                    self.live.extend(letters(&sent.content.text));
                }
            }
            (Call::Confirm(number), Ok(_)) => {
                self.sends.retain(|other| other != number);
                self.dead.extend(&open.takes);
            }
            (Call::Abort(number), Ok(_)) => self.sends.retain(|other| other != number),
            (Call::Replace | Call::Clear(_) | Call::Delete, Ok(_)) if !open.beside_rename => {
                let kept = if self.is_disturbed { self.stored() } else { self.beside_drafts() };
                let shown = self.typed();
                self.dead.extend(open.takes.iter().filter(|letter| !kept.contains(letter) && !shown.contains(letter)));
            }
            _ => {}
        }
        match (&open.call, &reply) {
            (Call::Clear(chat), Ok(Reply::Written(outcome))) if outcome.is_changed() && !self.is_disturbed => {
                self.cleared.insert(*chat);
            }
            (Call::Undo | Call::Delete | Call::Rename, Ok(_)) => self.cleared.clear(),
            _ => {}
        }
        if let (Call::Undo, Ok(_)) = (&open.call, &reply) {
            let back = self.stored();
            self.dead.retain(|letter| !back.contains(letter));
        }
    }

    fn typed(&self) -> BTreeSet<char> {
        let dirty = self.machine.buffers.values().filter(|buffer| buffer.is_dirty());
        dirty.flat_map(|buffer| letters(&buffer.content.text)).collect()
    }

    /// The letters that are being sent, or kept of a conflict.
    fn beside_drafts(&self) -> BTreeSet<char> {
        let entries = self.records.values().flat_map(|record| Entry::all_of(&record.sending).unwrap());
        let text = |entry| match entry {
            Entry::Sending(sending) => sending.text,
            Entry::Unresolved(typed) => typed.text,
            Entry::Returned(_) => String::new(),
        };
        entries.map(text).flat_map(|text| letters(&text)).collect()
    }

    fn stored(&self) -> BTreeSet<char> {
        let drafts = self.records.values().filter_map(|record| record.state.draft());
        drafts.flat_map(|draft| letters(draft.text())).chain(self.beside_drafts()).collect()
    }

    /// The letters that a write of this conversation may replace.
    fn replaceable(&self, chat: usize) -> BTreeSet<char> {
        let stored = self.records.get(&id(chat)).and_then(|record| record.state.draft());
        let buffer = self.machine.buffers.values().find(|buffer| buffer.id == id(chat));
        let mut all = stored.map_or_else(BTreeSet::new, |draft| letters(draft.text()));
        if let Some(buffer) = buffer {
            all.extend(letters(&buffer.content.text));
        }
        // What comes back, or comes from another conversation, before the write has its turn.
        for open in self.calls.values() {
            match open.call {
                Call::Abort(number) => all.extend(self.sent_letters(number)),
                Call::Rename => all.extend(&self.live),
                _ => {}
            }
        }
        all
    }

    /// Somebody calls, and waits for the answer.
    fn call(&mut self, call: Call, takes: BTreeSet<char>) -> Token {
        self.tokens += 1;
        let token = Token(self.tokens);
        let beside_rename = self.calls.values().any(|open| open.call == Call::Rename);
        self.calls.insert(token, Open { call, takes, beside_rename });
        token
    }

    fn begin(&mut self, target: &Target, request: Request, call: Call, takes: BTreeSet<char>) -> bool {
        let token = self.call(call, takes);
        let begun = self.step(|machine, effects| machine.begin(target, request, Origin::new(), token, effects));
        if begun.is_err() {
            self.calls.remove(&token);
        }
        begun.is_ok()
    }

    /// A write that replaces what is there.
    fn replace(&mut self, chat: usize, request: Request, call: Call) -> bool {
        let takes = self.replaceable(chat);
        let begun = self.begin(&Target::Id(id(chat)), request, call, takes.clone());
        if begun {
            self.live.retain(|letter| !takes.contains(letter));
        }
        begun
    }

    fn type_in(&mut self, nth: usize, text: String) -> Option<(SeatKey, u64)> {
        let seat = self.seat(nth)?;
        let shown = letters(&self.machine.seated(seat).content.text);
        let edited = self.machine.edit(seat, text, Origin::new(), NOW, 0).ok()?;
        self.live.retain(|letter| !shown.contains(letter));
        Some((seat, edited.number))
    }

    fn lifecycle(&mut self, kind: Lifecycle) {
        let token = self.call(Call::Lifecycle, BTreeSet::new());
        self.step(|machine, effects| machine.begin_lifecycle(kind, token, effects));
    }

    /// Does it; returns false if that is not possible here.
    pub(super) fn act(&mut self, action: Action) -> bool {
        match action {
            Action::Edit(nth) => {
                let letter = self.letter();
                let Some(edit) = self.type_in(nth, letter.to_string()) else { return false };
                self.edits.insert(letter, edit);
                self.live.insert(letter);
                true
            }
            Action::Empty(nth) => self.type_in(nth, String::new()).is_some(),
            Action::Open(chat) => {
                if self.seats.len() > 1 {
                    return false;
                }
                let seat = self.machine.open_field(&id(chat), Origin::new());
                if !self.begin(&Target::Seat(seat), Request::Load, Call::Load, BTreeSet::new()) {
                    return false;
                }
                self.seats.push(seat);
                self.loads.push(Token(self.tokens));
                true
            }
            Action::Leave => {
                let Some(seat) = self.seats.len().checked_sub(1).and_then(|last| self.seat(last)) else { return false };
                self.seats.pop();
                self.loads.pop();
                self.step(|machine, effects| {
                    machine.close_field(seat, effects);
                    machine.leave_seat(seat, effects);
                });
                true
            }
            Action::Save => {
                let Some(seat) = self.seat(0) else { return false };
                self.begin(&Target::Seat(seat), Request::Save, Call::Save, BTreeSet::new())
            }
            Action::Flush(nth) => {
                let Some(seat) = self.seat(nth) else { return false };
                let token = self.call(Call::Flush, BTreeSet::new());
                let waits = self.step(|machine, effects| {
                    machine.hurry(effects);
                    machine.wait_saved(seat, machine.seated(seat).edited, token, effects)
                });
                if !waits {
                    self.calls.remove(&token);
                }
                waits
            }
            Action::Set(chat) => {
                let letter = self.letter();
                let request = Request::Set { text: letter.to_string(), extra: None, base: None };
                self.replace(chat, request, Call::Replace)
            }
            Action::SetBased(chat) => {
                let letter = self.letter();
                // What is typed is never taken away; what is stored is.
                let base = Some(self.load(&id(chat)).state.revision());
                let request = Request::Set { text: letter.to_string(), extra: Some(Vec::new()), base };
                let stored = self.records.get(&id(chat)).and_then(|record| record.state.draft());
                let takes = stored.map_or_else(BTreeSet::new, |draft| letters(draft.text()));
                let begun = self.begin(&Target::Id(id(chat)), request, Call::Save, BTreeSet::new());
                if begun {
                    self.live.retain(|letter| !takes.contains(letter));
                }
                begun
            }
            Action::Clear(chat) => {
                self.replace(chat, Request::Set { text: String::new(), extra: None, base: None }, Call::Clear(chat))
            }
            Action::Undo(chat) => self.begin(&Target::Id(id(chat)), Request::UndoClear, Call::Undo, BTreeSet::new()),
            Action::Delete(chat) => {
                let sending = self.records.get(&id(chat)).map_or_else(Vec::new, |record| record.sending.clone());
                let sending = Entry::all_of(&sending).unwrap().into_iter().filter_map(|entry| match entry {
                    Entry::Sending(sending) => Some(sending.text),
                    _ => None,
                });
                let gone: BTreeSet<char> = sending.flat_map(|text| letters(&text)).collect();
                let begun = self.replace(chat, Request::Delete, Call::Delete);
                if begun {
                    self.live.retain(|letter| !gone.contains(letter));
                }
                begun
            }
            Action::BeginSend(nth) => {
                let Some(seat) = self.seat(nth) else { return false };
                self.begin(&Target::Seat(seat), Request::BeginSend, Call::Send, BTreeSet::new())
            }
            Action::BeginSendById(chat) => {
                self.begin(&Target::Id(id(chat)), Request::BeginSend, Call::Send, BTreeSet::new())
            }
            Action::Confirm => {
                let Some(number) = self.sends.first().copied() else { return false };
                if self.is_ending(number) {
                    return false;
                }
                let takes = self.sent_letters(number);
                let call = Call::Confirm(number);
                let begun = self.begin(&Target::Send(number), Request::ConfirmSend { number }, call, takes.clone());
                self.live.retain(|letter| !takes.contains(letter));
                begun
            }
            Action::Abort => {
                let Some(number) = self.sends.last().copied() else { return false };
                if self.is_ending(number) {
                    return false;
                }
                let text: String = self.sent_letters(number).into_iter().collect();
                let request = Request::AbortSend { number, text };
                self.begin(&Target::Send(number), request, Call::Abort(number), BTreeSet::new())
            }
            Action::Rename(from, to) => {
                let request = Request::Rename { to: id(to) };
                self.begin(&Target::Id(id(from)), request, Call::Rename, BTreeSet::new())
            }
            Action::Resolve => {
                let Some(seat) = self.seat(0) else { return false };
                let ours = letters(&self.machine.seated(seat).content.text);
                let theirs = self.machine.conflict_of(seat).map(|theirs| Content::of(theirs).text);
                let Some(theirs) = theirs else { return false };
                self.step(|machine, effects| machine.resolve(seat, Keep::Theirs, effects));
                let kept = letters(&theirs);
                self.live.retain(|letter| kept.contains(letter) || !ours.contains(letter));
                true
            }
            Action::Suspend => {
                self.lifecycle(Lifecycle::Suspend);
                true
            }
            Action::Resume => {
                self.lifecycle(Lifecycle::Resume);
                true
            }
            Action::Close => {
                self.lifecycle(Lifecycle::Close);
                true
            }
            Action::OtherSets(chat) => {
                let letter = self.letter();
                let text = letter.to_string();
                let change = Change::SetDraft { id: id(chat), text, extra: None, base: None, keeps_place: false };
                let is_made = self.other(chat, change);
                // Nobody here has seen it, so nothing here may take it away, but for a write that asks for that.
                let replaces = |open: &Open| matches!(open.call, Call::Replace | Call::Clear(_) | Call::Delete);
                if is_made && !self.calls.values().any(replaces) {
                    self.live.insert(letter);
                }
                is_made
            }
            Action::OtherClears(chat) => {
                let text = String::new();
                self.other(chat, Change::SetDraft { id: id(chat), text, extra: None, base: None, keeps_place: false })
            }
            Action::OtherSends(chat) => {
                self.other(chat, Change::BeginSend { id: id(chat), text: None, extra: None, base: None })
            }
            Action::OtherAborts => {
                let Some(number) = self.sends.first().copied() else { return false };
                self.is_disturbed = true;
                let is_replaced = |open: &Open| matches!(open.call, Call::Replace | Call::Clear(_) | Call::Delete);
                if self.calls.values().any(is_replaced) {
                    // Who comes first is not known.
                    let back = self.sent_letters(number);
                    self.live.retain(|letter| !back.contains(letter));
                }
                self.commit(vec![Change::AbortSend { id: id(0), number }]).is_ok()
            }
            Action::Fail => {
                if self.failures == 0 || self.fails_next {
                    return false;
                }
                self.fails_next = true;
                true
            }
            Action::Work(place) => {
                let (number, job) = self.jobs.remove(place);
                if matches!(job, Job::Close | Job::Maintain(Task::Suspend)) && !self.jobs.is_empty() {
                    self.broken = Some("the store is shut while it has work".to_owned());
                }
                let answer = self.work(job);
                self.answers.push((number, answer));
                true
            }
            Action::FailAt(place) | Action::LoseAt(place) => {
                let error = match action {
                    Action::FailAt(_) => Error::DiskFull,
                    _ => Error::Io { operation: "write", source: std::sync::Arc::new(std::io::Error::other("lost")) },
                };
                let (number, job) = self.jobs.remove(place);
                let answer = match &job {
                    Job::Commit { .. } => Answered::Committed(Err(error), None),
                    Job::Pass { id, .. } => Answered::Passed(id.clone(), Err(error)),
                    Job::Load(_) => Answered::Loaded(Err(error)),
                    Job::Maintain(_) | Job::Close => Answered::Maintained(Err(error)),
                };
                if matches!(action, Action::LoseAt(_)) {
                    self.work(job);
                }
                self.answers.push((number, answer));
                self.failures -= 1;
                self.fails_next = false;
                self.is_disturbed = true;
                true
            }
            Action::Answer(place) => {
                let (number, answer) = self.answers.remove(place);
                let answer = match answer {
                    Answered::Committed(outcome, after) => Answer::Committed { outcome, after, date: 0 },
                    Answered::Passed(id, outcome) => Answer::Passed { id, outcome },
                    Answered::Loaded(loaded) => Answer::Loaded(loaded),
                    Answered::Maintained(answer) => Answer::Maintained(answer),
                };
                self.step(|machine, effects| machine.answer(number, answer, effects));
                true
            }
            Action::Due => self.work_until(LATER),
        }
    }

    /// The worker does what is due at this time.
    fn work_until(&mut self, now: Duration) -> bool {
        let due = self.machine.take_due(now);
        let is_some = !due.is_empty();
        let mut effects = Effects::at(NOW);
        effects.submits.extend(due);
        self.perform(effects);
        is_some
    }

    fn is_ending(&self, number: u64) -> bool {
        let ends = |open: &Open| matches!(open.call, Call::Confirm(other) | Call::Abort(other) if other == number);
        self.calls.values().any(ends)
    }

    fn sent_letters(&self, number: u64) -> BTreeSet<char> {
        let entries = self.records.values().flat_map(|record| Entry::all_of(&record.sending).unwrap());
        let text = |entry| match entry {
            Entry::Sending(sending) if sending.number == number => Some(sending.text),
            _ => None,
        };
        entries.filter_map(text).flat_map(|text| letters(&text)).collect()
    }

    fn other(&mut self, chat: usize, change: Change) -> bool {
        let before = self.records.get(&id(chat)).and_then(|record| record.state.draft());
        let before = before.map_or_else(BTreeSet::new, |draft| letters(draft.text()));
        let sends = matches!(change, Change::BeginSend { .. });
        let Ok(outcome) = self.commit(vec![change]) else { return false };
        self.is_disturbed = true;
        if !sends {
            // What was saved is replaced; what is typed is not.
            self.live.retain(|letter| !before.contains(letter));
        }
        outcome.is_changed()
    }

    /// What goes on by itself.
    pub(super) fn steps(&self) -> Vec<Action> {
        let mut steps: Vec<Action> = (0..self.answers.len()).map(Action::Answer).collect();
        for place in 0..self.jobs.len() {
            match self.fails_next {
                true => steps.extend([Action::FailAt(place), Action::LoseAt(place)]),
                false => steps.push(Action::Work(place)),
            }
        }
        steps.push(Action::Due);
        steps
    }

    fn load(&self, id: &ConversationId) -> Loaded {
        let record = self.records.get(id);
        let state = record.map(|record| record.state.clone()).filter(|state| state.revision().get() > 0);
        let mut loaded = Loaded {
            state: state.unwrap_or(DraftState::Absent(Revision::new(self.sequence))),
            sending: Vec::new(),
            unresolved: Vec::new(),
        };
        for entry in record.map_or_else(Vec::new, |record| Entry::all_of(&record.sending).unwrap()) {
            match entry {
                Entry::Sending(sending) => loaded.sending.push((sending.number, sending.text)),
                Entry::Unresolved(typed) => {
                    loaded.unresolved.push((typed.life, Content { text: typed.text, extra: typed.extra }));
                }
                Entry::Returned(_) => {}
            }
        }
        loaded
    }

    fn commit(&mut self, changes: Vec<Change>) -> Result<crate::Outcome> {
        if self.is_suspended {
            return Err(Error::Suspended);
        }
        let batch = Batch { changes, now: 0, policy: OrderPolicy::default(), origin: Origin::new() };
        let plan = plan(&batch, &self.records, self.sequence, 0)?;
        for (before, now) in plan.writes {
            match (before, now) {
                (_, Some(now)) => drop(self.records.insert(now.id.clone(), now)),
                (Some(before), None) => drop(self.records.remove(&before.id)),
                (None, None) => {}
            }
        }
        self.sequence = plan.committed.sequence;
        Ok(plan.committed.outcomes[0])
    }

    fn work(&mut self, job: Job) -> Answered {
        match job {
            Job::Commit { changes, read, .. } => {
                let outcome = self.commit(changes);
                let after = read.filter(|_| outcome.is_ok()).map(|id| self.load(&id));
                Answered::Committed(outcome, after)
            }
            Job::Pass { id, change, .. } => Answered::Passed(id, self.commit(vec![change])),
            Job::Load(_) if self.is_suspended => Answered::Loaded(Err(Error::Suspended)),
            Job::Load(id) => Answered::Loaded(Ok(self.load(&id))),
            Job::Maintain(task) => {
                self.is_suspended = task == Task::Suspend;
                Answered::Maintained(Ok(()))
            }
            Job::Close => {
                self.is_suspended = true;
                Answered::Maintained(Ok(()))
            }
        }
    }

    /// Lets everything go on until nothing does before this time.
    fn settle(&mut self, until: Duration) -> Result<(), String> {
        self.fails_next = false;
        for _ in 0..200 {
            let is_done = if !self.jobs.is_empty() {
                !self.act(Action::Work(0))
            } else if !self.answers.is_empty() {
                !self.act(Action::Answer(0))
            } else {
                !self.work_until(until)
            };
            if is_done {
                return Ok(());
            }
        }
        Err("it never comes to rest".to_owned())
    }

    /// What must hold now, and when everything has come to rest.
    pub(super) fn check(&self) -> Result<(), String> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        let there: BTreeSet<char> = self.stored().into_iter().chain(self.typed()).collect();
        let carried = self.jobs.iter().flat_map(|(_, job)| match job {
            Job::Commit { changes, .. } => changes.as_slice(),
            Job::Pass { change, .. } => std::slice::from_ref(change),
            _ => &[],
        });
        let carried: BTreeSet<char> = carried.flat_map(|change| letters(text_of(change))).collect();
        if let Some(lost) = self.live.iter().find(|letter| !there.contains(letter) && !carried.contains(letter)) {
            return Err(format!("{lost} is nowhere"));
        }
        for buffer in self.machine.buffers.values() {
            if !buffer.head.iter().chain(&buffer.queue).is_sorted() {
                return Err("writes overtake each other".to_owned());
            }
        }
        let stored = self.stored();
        for letter in self.live.iter().filter(|letter| !stored.contains(letter)) {
            if let Some((seat, edit)) = self.edits.get(letter)
                && self.machine.seats.contains_key(seat)
                && self.machine.seated(*seat).saved >= *edit
            {
                return Err(format!("{letter} is said to be saved"));
            }
        }
        let mut rest = self.clone();
        rest.settle(NOW)?;
        if rest.calls.values().any(|open| open.call != Call::Save && open.call != Call::Lifecycle) {
            return Err("somebody waits for a timer".to_owned());
        }
        rest.settle(LATER)?;
        rest.check_at_rest()
    }

    fn check_at_rest(&self) -> Result<(), String> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        if !self.calls.is_empty() {
            return Err(format!("{} callers wait for ever", self.calls.len()));
        }
        let (stored, typed) = (self.stored(), self.typed());
        let is_open = self.machine.phase() == Phase::Open;
        if let Some(lost) =
            self.live.iter().find(|letter| !stored.contains(letter) && (is_open || !typed.contains(letter)))
        {
            return Err(format!("{lost} is not stored, nor unsaved"));
        }
        if let Some(back) = self.dead.iter().find(|letter| stored.contains(letter) || typed.contains(letter)) {
            return Err(format!("{back} is back"));
        }
        if let Some(chat) =
            self.cleared.iter().find(|chat| !self.machine.cleared.iter().any(|(cleared, _)| *cleared == id(**chat)))
        {
            return Err(format!("what was cleared in {} cannot be brought back", NAMES[*chat]));
        }
        for buffer in self.machine.buffers.values() {
            if buffer.conflict.is_some() {
                if !self.is_disturbed {
                    return Err("a conflict with nobody".to_owned());
                }
                continue;
            }
            if is_open && buffer.is_dirty() {
                return Err("what is typed is not saved".to_owned());
            }
            let record = self.records.get(&buffer.id).map(|record| Content::of(&record.state)).unwrap_or_default();
            if is_open && !self.is_disturbed && !buffer.content.is_stored_as(&record) {
                return Err(format!("a field of {} shows another text than is stored", buffer.id.as_str()));
            }
        }
        Ok(())
    }

    pub(super) fn fingerprint(&self) -> u64 {
        let calls: Vec<(u32, u8, String)> = self
            .calls
            .iter()
            .map(|(token, open)| {
                let kind = match open.call {
                    Call::Load => 0,
                    Call::Save => 1,
                    Call::Replace => 2,
                    Call::Clear(_) => 3,
                    Call::Undo => 4,
                    Call::Send => 5,
                    Call::Confirm(_) => 6,
                    Call::Abort(_) => 7,
                    Call::Rename => 8,
                    Call::Lifecycle => 9,
                    Call::Delete => 10,
                    Call::Flush => 11,
                };
                (token.0, kind + 16 * u8::from(open.beside_rename), open.takes.iter().collect())
            })
            .collect();
        let flags = (self.failures, self.fails_next, self.is_disturbed, self.is_suspended, self.cleared.len());
        fingerprint::of(self, &calls, flags)
    }
}

pub(super) fn text_of(change: &Change) -> &str {
    match change {
        Change::SetDraft { text, .. } | Change::BeginSend { text: Some(text), .. } => text,
        Change::KeepUnresolved { edit: Some((text, _)), .. } => text,
        _ => "",
    }
}
