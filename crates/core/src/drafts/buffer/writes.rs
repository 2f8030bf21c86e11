//! Writes, from joining a buffer's queue to the job for the store.

use super::edit_buffer::Stored;
use super::{BufferKey, Content, EditBuffer, Effects, Job, Machine, Phase, Place, SeatKey, Submit};
use crate::store::Change;
use crate::{ConversationId, Error, Origin, Outcome, Result, Revision};

/// What a caller, or the machine itself, wants to be done to a conversation.
#[derive(Clone)]
pub(crate) enum Request {
    /// Sets the draft; an empty text clears it. `None` leaves the extra. Without a base it always wins.
    Set { text: String, extra: Option<Vec<u8>>, base: Option<Revision> },
    /// Brings back the draft that was cleared last, if there is no text now.
    UndoClear,
    /// Takes the draft out, to be sent.
    BeginSend,
    /// Forgets a text that was sent.
    ConfirmSend { number: u64 },
    /// Puts a text that was not sent back.
    AbortSend { number: u64, text: String },
    /// Makes the conversation another one.
    Rename { to: ConversationId },
    /// Forgets the conversation.
    Delete,
    /// Reads what is stored.
    Load,
    /// Stores what is typed.
    Save,
    /// Keeps what is typed in a conflict beside the draft.
    KeepUnresolved,
    /// Forgets what was kept of a conflict that is over.
    ForgetUnresolved,
    /// A plain set that was in flight before there was a buffer.
    Passing,
}

/// Whose conversation a request is about. By an id it stays with that id whatever is renamed before; by a seat or by a text
/// being sent it moves along.
#[derive(Clone)]
pub(crate) enum Target {
    Id(ConversationId),
    Seat(SeatKey),
    Send(u64),
}

/// The answer of a request that was not refused.
#[derive(Clone)]
pub(crate) enum Reply {
    Done,
    Written(Outcome),
    Sent(Sent),
}

/// A text that is being sent from now on.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) id: ConversationId,
    pub(crate) number: u64,
    /// When it began, in milliseconds since the Unix epoch, UTC.
    pub(crate) began_at: i64,
    pub(crate) content: Content,
}

/// A request on its way.
#[derive(Clone)]
pub(crate) struct Write<C> {
    pub(super) request: Request,
    pub(super) origin: Origin,
    pub(super) caller: C,
    /// The buffers in whose queues it is: two for a rename, the old id's first.
    pub(super) buffers: [BufferKey; 2],
    /// True if it moves along with the fields of its buffer.
    pub(super) moves: bool,
    /// The edit of each buffer that was unsaved when it joined, and the content: what the caller saw. What is typed later
    /// is none of its business.
    pub(super) seen: [Option<Box<Seen>>; 2],
    /// True if what is stored was read since it is at the head.
    pub(super) has_loaded: bool,
    /// Why what it needs first could not be done.
    pub(super) refusal: Option<Error>,
    /// What the job in flight carries.
    pub(super) carried: Option<Carried>,
}

impl<C> Write<C> {
    /// Returns what it has seen of a buffer in whose queue it is.
    pub(super) fn seen_of(&mut self, key: BufferKey) -> Option<&mut Option<Box<Seen>>> {
        let place = self.buffers.iter().position(|buffer| *buffer == key)?;
        Some(&mut self.seen[place])
    }

    /// A plain set in flight whose conversation has a buffer by now.
    pub(super) fn passing(caller: C, buffer: BufferKey, origin: Origin) -> Self {
        Self {
            request: Request::Passing,
            origin,
            caller,
            buffers: [buffer; 2],
            moves: false,
            seen: [None, None],
            has_loaded: false,
            refusal: None,
            carried: Some(Carried::default()),
        }
    }
}

/// What was typed and not saved in a buffer when a write joined it.
#[derive(Clone)]
pub(crate) struct Seen {
    /// The number of its last edit.
    pub(super) edit: u64,
    pub(super) content: Content,
    /// What was typed alone, if that was joined with something that is stored.
    pub(super) typed: Option<Content>,
}

impl Seen {
    /// Returns what was typed alone.
    pub(super) fn alone(&self) -> &Content {
        self.typed.as_ref().unwrap_or(&self.content)
    }

    /// Joins something that is stored to what was typed.
    pub(super) fn join(&mut self, joined: Content) {
        let before = std::mem::replace(&mut self.content, joined);
        self.typed.get_or_insert(before);
    }
}

/// What a job carries to the store, and by which number.
#[derive(Clone, Default)]
pub(crate) struct Carried {
    pub(super) number: u64,
    pub(super) content: Content,
    /// How many edits it stores.
    pub(super) edits: u64,
    /// True if it forgets what was kept of a conflict.
    pub(super) forgets: bool,
}

/// The next step of a write at the head of its buffers.
enum Step {
    Submit { job: Job, carried: Carried },
    First(BufferKey, Request),
    Answer(Result<Reply>),
}

impl<C: Clone + Default> Machine<C> {
    /// Takes a request; returns its number, by which its jobs are told apart.
    ///
    /// # Errors
    /// [`Error::Closed`] and [`Error::Suspended`].
    pub(crate) fn begin(
        &mut self,
        target: &Target,
        request: Request,
        origin: Origin,
        caller: C,
        effects: &mut Effects<C>,
    ) -> Result<u64> {
        self.check_open()?;
        let request = match (target, request) {
            (Target::Id(id), Request::Set { text, extra, base: None })
                if !text.is_empty() && !self.ids.contains_key(id) =>
            {
                return Ok(self.pass(id, text, extra, origin, caller, effects));
            }
            (_, request) => request,
        };
        let moves = !matches!(target, Target::Id(_));
        let key = match target {
            Target::Id(id) => self.buffer_of(id, origin),
            Target::Seat(seat) => self.seats[seat],
            Target::Send(number) => {
                let id = self.send_id(*number).cloned().ok_or(Error::NotPending)?;
                self.buffer_of(&id, origin)
            }
        };
        let other = match &request {
            Request::Rename { to } => self.buffer_of(to, origin),
            _ => key,
        };
        Ok(self.join([key, other], request, origin, caller, moves, effects))
    }

    /// Lets a plain set pass through a conversation that has no buffer.
    fn pass(
        &mut self,
        id: &ConversationId,
        text: String,
        extra: Option<Vec<u8>>,
        origin: Origin,
        caller: C,
        effects: &mut Effects<C>,
    ) -> u64 {
        let number = self.next_number();
        self.passing += 1;
        self.ids.insert(id.clone(), Place::Passing { number, caller: caller.clone() });
        let change = Change::SetDraft { id: id.clone(), text, extra, base: None, keeps_place: false };
        let job = Job::Pass { id: id.clone(), change, origin };
        effects.submits.push(Submit { number, job, caller, is_save: false });
        number
    }

    /// # Errors
    /// [`Error::Closed`] and [`Error::Suspended`].
    pub(crate) fn check_open(&self) -> Result<()> {
        match self.phase {
            Phase::Open => Ok(()),
            Phase::Closing | Phase::Closed => Err(Error::Closed),
            Phase::Suspending | Phase::Suspended | Phase::Resuming => Err(Error::Suspended),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "a write has no fewer parts, and joins in one place")]
    fn join(
        &mut self,
        buffers: [BufferKey; 2],
        request: Request,
        origin: Origin,
        caller: C,
        moves: bool,
        effects: &mut Effects<C>,
    ) -> u64 {
        let number = self.next_number();
        let [first, second] = buffers;
        let seen = [Some(first), Some(second).filter(|second| *second != first)];
        let seen = seen.map(|key| key.and_then(|key| self.buffers[&key].unsaved()));
        let write =
            Write { request, origin, caller, buffers, moves, seen, has_loaded: false, refusal: None, carried: None };
        self.writes.insert(number, write);
        let keys = [Some(first), Some(second).filter(|second| *second != first)].into_iter().flatten();
        for key in keys.clone() {
            let buffer = self.at(key);
            if buffer.is_free() {
                buffer.head = Some(number);
            } else {
                buffer.queue.push_back(number);
            }
        }
        keys.for_each(|key| self.advance(key, effects));
        number
    }

    /// Lets the machine itself do something to a buffer that is free, or whose head needs it first.
    pub(super) fn do_first(&mut self, key: BufferKey, request: Request, seen: Option<Box<Seen>>) -> Option<Submit<C>> {
        let number = self.next_number();
        let (id, origin) = (self.at(key).id.clone(), self.at(key).origin);
        let write = Write {
            request,
            origin,
            caller: C::default(),
            buffers: [key; 2],
            moves: true,
            seen: [seen, None],
            has_loaded: false,
            refusal: None,
            carried: None,
        };
        self.writes.insert(number, write);
        match self.next_step(number, &id) {
            Step::Submit { job, carried } => self.submit(number, job, carried),
            Step::First(key, request) => {
                let seen = self.writes.remove(&number).and_then(|write| write.seen.into_iter().flatten().next());
                self.do_first(key, request, seen)
            }
            // It is done already, or cannot be done now.
            Step::Answer(_) => {
                self.writes.remove(&number);
                None
            }
        }
    }

    fn submit(&mut self, number: u64, job: Job, mut carried: Carried) -> Option<Submit<C>> {
        let write = self.writes.get(&number)?;
        let (caller, buffers) = (write.caller.clone(), write.buffers);
        let is_save = matches!(write.request, Request::Save);
        if is_save || matches!(write.request, Request::KeepUnresolved) {
            carried.edits = self.at(buffers[0]).take_edits(carried.number);
        }
        for key in buffers {
            self.at(key).in_flight = Some(number);
        }
        self.writes.get_mut(&number)?.carried = Some(carried);
        Some(Submit { number, job, caller, is_save })
    }

    /// Goes on with the writes of a buffer, as far as they need no answer of the store.
    pub(super) fn advance(&mut self, key: BufferKey, effects: &mut Effects<C>) {
        let (mut keys, mut behind) = ([Some(key), None], Vec::new());
        while let Some(key) = keys.iter_mut().find_map(Option::take).or_else(|| behind.pop()) {
            let Some(buffer) = self.buffers.get_mut(&key) else { continue };
            if buffer.in_flight.is_some() {
                continue;
            }
            if buffer.head.is_none() {
                buffer.head = buffer.queue.pop_front();
            }
            let Some(number) = buffer.head else {
                self.settle(key, effects);
                continue;
            };
            let (id, buffers) = (buffer.id.clone(), self.writes[&number].buffers);
            let is_first = |key: &BufferKey| {
                let buffer = &self.buffers[key];
                buffer.head == Some(number) && buffer.in_flight.is_none()
            };
            if !buffers.iter().all(is_first) {
                // The last of its buffers to be free goes on with it.
                continue;
            }
            let id = if buffers[0] == key { id } else { self.buffers[&buffers[0]].id.clone() };
            match self.next_step(number, &id) {
                Step::Submit { job, carried } => effects.submits.extend(self.submit(number, job, carried)),
                Step::First(key, request) => match self.do_first(key, request, self.seen_by(number, key)) {
                    Some(submit) => effects.submits.push(submit),
                    None => behind.push(key),
                },
                Step::Answer(reply) => {
                    behind.extend(keys.into_iter().flatten());
                    if let Some(write) = self.writes.remove(&number) {
                        keys = self.end(number, write, reply, effects);
                    }
                }
            }
        }
    }

    /// Ends a write: answers it, and returns the buffers that can go on.
    pub(super) fn end(
        &mut self,
        number: u64,
        write: Write<C>,
        reply: Result<Reply>,
        effects: &mut Effects<C>,
    ) -> [Option<BufferKey>; 2] {
        effects.answer(write.caller, reply);
        for key in write.buffers {
            let buffer = self.at(key);
            buffer.head.take_if(|head| *head == number);
            buffer.in_flight.take_if(|in_flight| *in_flight == number);
        }
        let [first, second] = write.buffers;
        [Some(first), Some(second).filter(|second| *second != first)]
    }

    /// Returns the next step of a write that is at the head of its buffers, or is done first for another.
    fn next_step(&self, number: u64, id: &ConversationId) -> Step {
        let write = &self.writes[&number];
        let [key, other] = write.buffers;
        let buffer = &self.buffers[&key];
        let (id, origin) = (|| id.clone(), write.origin);
        let unsaved = |place: usize| {
            let buffer = &self.buffers[&write.buffers[place]];
            write.seen[place].as_ref().filter(|seen| seen.edit > buffer.saved).map(|seen| &seen.content)
        };
        let load = || Step::First(key, Request::Load);
        // Edits that it has not seen are none of its business, also if a rename has brought them here since.
        let seen = write.seen[0].as_ref().map_or(0, |seen| seen.edit);
        let knows = if buffer.edited > number { seen } else { number };
        // A job that replaces the draft by this content, and with it what was kept of a conflict.
        let replacing = |number, change, content, read| {
            let mut changes = vec![change];
            changes.extend(self.forgetting(buffer));
            let carried = Carried { number, content, edits: 0, forgets: changes.len() > 1 };
            Step::Submit { job: Job::Commit { changes, origin, read }, carried }
        };
        // A job that leaves the draft, or says by its answer what it has made of it.
        let beside = |number, changes, read| {
            let carried = Carried { number, content: Content::default(), edits: 0, forgets: false };
            Step::Submit { job: Job::Commit { changes, origin, read }, carried }
        };
        if let Some(error) = &write.refusal {
            return Step::Answer(Err(error.clone()));
        }
        match &write.request {
            Request::Set { text, extra, base: None } => {
                if text.is_empty() && unsaved(0).is_none() && !write.has_loaded {
                    // What is cleared can be brought back.
                    return load();
                }
                let read = (extra.is_none() && !text.is_empty() && buffer.seats > 0).then(id);
                let change = Change::SetDraft {
                    id: id(),
                    text: text.clone(),
                    extra: extra.clone(),
                    base: None,
                    keeps_place: false,
                };
                replacing(knows, change, Content::default(), read)
            }
            Request::Set { text, extra, base } => {
                if unsaved(0).is_some() {
                    // What is typed counts as the newest state.
                    return match buffer.conflict {
                        Some(_) => Step::Answer(Err(Error::Conflict { current: Box::new(buffer.typed_state()) })),
                        None => Step::First(key, Request::Save),
                    };
                }
                let change = Change::SetDraft {
                    id: id(),
                    text: text.clone(),
                    extra: extra.clone(),
                    base: *base,
                    keeps_place: false,
                };
                replacing(knows, change, Content::default(), None)
            }
            Request::UndoClear => {
                if let Some(content) = unsaved(0) {
                    return match (content.text.is_empty(), &buffer.conflict) {
                        (true, None) => Step::First(key, Request::Save),
                        _ => Step::Answer(Err(Error::Conflict { current: Box::new(buffer.typed_state()) })),
                    };
                }
                let theirs = buffer.conflict.as_ref().map(|conflict| Stored::of(&conflict.theirs));
                let Some(stored) = theirs.or(buffer.stored.clone()).filter(|_| write.has_loaded) else {
                    return load();
                };
                let Some((_, content)) = self.cleared.iter().find(|(other, _)| *other == buffer.id) else {
                    return Step::Answer(Ok(Reply::Written(Outcome::Unchanged(stored.revision))));
                };
                if !stored.content.text.is_empty() {
                    return Step::Answer(Err(Error::Conflict { current: Box::new(stored.state()) }));
                }
                let base = Some(stored.revision);
                let change = Change::SetDraft {
                    id: id(),
                    text: content.text.clone(),
                    extra: Some(content.extra.clone()),
                    base,
                    keeps_place: false,
                };
                replacing(knows, change, content.clone(), None)
            }
            Request::BeginSend => {
                if let Err(conflict) = buffer.check_conflict() {
                    return Step::Answer(Err(conflict));
                }
                let Some(stored) = &buffer.stored else { return load() };
                let content = unsaved(0).unwrap_or(&stored.content);
                if content.text.is_empty() {
                    return Step::Answer(Err(Error::NothingToSend));
                }
                let base = Some(stored.revision);
                let (text, extra) = (Some(content.text.clone()), Some(content.extra.clone()));
                let change = Change::BeginSend { id: id(), text, extra, base };
                replacing(knows, change, content.clone(), None)
            }
            Request::ConfirmSend { number: sent } => {
                beside(number, vec![Change::ConfirmSend { id: id(), number: *sent }], None)
            }
            Request::AbortSend { number: sent, .. } => match buffer.conflict {
                None if unsaved(0).is_some() => Step::First(key, Request::Save),
                // In a conflict both texts stay where they are: what is stored gets the unsent one in front.
                _ => beside(number, vec![Change::AbortSend { id: id(), number: *sent }], Some(id())),
            },
            Request::Rename { to } => {
                // To its own id it changes nothing, what is typed included.
                for (place, key) in write.buffers.into_iter().enumerate().filter(|_| key != other) {
                    if let Err(conflict) = self.buffers[&key].check_conflict() {
                        return Step::Answer(Err(conflict));
                    }
                    if unsaved(place).is_some() {
                        return Step::First(key, Request::Save);
                    }
                }
                beside(number, vec![Change::Rename { from_to: [id(), to.clone()] }], Some(to.clone()))
            }
            Request::Delete => {
                let change = Change::Delete { id: id() };
                replacing(knows, change, Content::default(), None)
            }
            Request::Load => {
                let carried = Carried { number, content: Content::default(), edits: 0, forgets: false };
                Step::Submit { job: Job::Load(id()), carried }
            }
            Request::Save => match (&buffer.conflict, &buffer.stored) {
                _ if unsaved(0).is_none() => Step::Answer(Ok(Reply::Done)),
                (Some(conflict), _) => {
                    Step::Answer(Err(Error::Conflict { current: Box::new(conflict.theirs.clone()) }))
                }
                (None, None) => load(),
                (None, Some(stored)) => {
                    let content = unsaved(0).cloned().unwrap_or_default();
                    let base = Some(stored.revision);
                    let (text, extra) = (content.text.clone(), Some(content.extra.clone()));
                    let change = Change::SetDraft { id: id(), text, extra, base, keeps_place: true };
                    replacing(seen, change, content, None)
                }
            },
            Request::KeepUnresolved => {
                let Content { text, extra } = buffer.content.clone();
                let kept = Change::KeepUnresolved { id: id(), life: self.life, edit: Some((text, extra)) };
                beside(buffer.edited, self.forgetting(buffer).chain([kept]).collect(), None)
            }
            Request::Passing => Step::Answer(Ok(Reply::Done)),
            Request::ForgetUnresolved => beside(number, self.forgetting(buffer).collect(), None),
        }
    }

    /// Returns the edit of a buffer that was unsaved when a write joined it.
    fn seen_by(&self, number: u64, key: BufferKey) -> Option<Box<Seen>> {
        let write = &self.writes[&number];
        write.seen[usize::from(write.buffers[0] != key)].clone()
    }

    fn forgetting(&self, buffer: &EditBuffer<C>) -> impl Iterator<Item = Change> {
        let id = buffer.id.clone();
        buffer.kept_lives.iter().map(move |life| Change::KeepUnresolved { id: id.clone(), life: *life, edit: None })
    }

    /// Returns the callers whose jobs are in flight in front of this request, or for it: who wants its answer helps them on.
    pub(crate) fn in_front_of(&self, number: u64) -> Vec<C> {
        let mut callers = Vec::new();
        if self.lifecycle.iter().any(|(other, ..)| *other == number) {
            callers.extend(self.lifecycle.front().map(|(.., caller)| caller.clone()));
            // One after the other: each is answered by the store in any case.
            callers.extend(self.in_flight().next().cloned());
            return callers;
        }
        let (mut numbers, mut seen) = (vec![number], Vec::new());
        while let Some(number) = numbers.pop() {
            let Some(write) = self.writes.get(&number) else {
                callers.extend(self.passing(number).cloned());
                continue;
            };
            if seen.contains(&number) {
                continue;
            }
            seen.push(number);
            for key in write.buffers {
                let buffer = &self.buffers[&key];
                match (buffer.in_flight, buffer.head) {
                    (Some(in_flight), _) if in_flight == number => callers.push(write.caller.clone()),
                    (Some(in_flight), _) => callers.push(self.writes[&in_flight].caller.clone()),
                    (None, Some(head)) => numbers.push(head),
                    (None, None) => {}
                }
            }
        }
        callers
    }

    /// Returns true if this request is not answered yet.
    pub(crate) fn is_open_request(&self, number: u64) -> bool {
        self.writes.contains_key(&number)
            || self.lifecycle.iter().any(|(other, ..)| *other == number)
            || self.passing(number).is_some()
    }

    /// Returns the conversation that a plain set of this number passes through.
    pub(super) fn passing_id(&self, number: u64) -> Option<ConversationId> {
        let is_it = |place: &Place<C>| matches!(place, Place::Passing { number: other, .. } if *other == number);
        self.ids.iter().find(|(_, place)| is_it(place)).map(|(id, _)| id.clone())
    }

    /// Returns the caller of a plain set that passes.
    fn passing(&self, number: u64) -> Option<&C> {
        self.ids.values().find_map(|place| match place {
            Place::Passing { number: other, caller } if *other == number => Some(caller),
            _ => None,
        })
    }

    /// Returns every caller whose job is in flight.
    pub(crate) fn in_flight(&self) -> impl Iterator<Item = &C> {
        let passing = self.ids.values().filter_map(|place| match place {
            Place::Passing { caller, .. } => Some(caller),
            Place::Buffer(_) => None,
        });
        let in_flight = self.writes.values().filter(|write| write.carried.is_some());
        in_flight.map(|write| &write.caller).chain(passing)
    }
}
